// Where the classic programs differ from each other, and ours from them.

public import MiniStat

/// Whose decisions the classic report follows where the originals differ.
public enum ClassicRules: String, CaseIterable, Sendable {
  /// Our own: FreeBSD's text, with exact quantiles at any level.
  case own
  /// Those of FreeBSD's program.
  case freebsd
  /// Those of Debian's package of 2015.
  case debian

  /// What the median of an even number of values is.
  public var median: Selection.MedianRule { self == .debian ? .upper : .mean }

  /// How the uncertainty of a relative difference is taken.
  public var relative: PooledTest.RelativeRule { self == .debian ? .baseExact : .delta }

  /// Where critical values of Student's t come from.
  public var critical: ConfidenceLevel.Source {
    self == .own ? .tableThenExact : .tableThenNormal
  }

  /// True if only the levels of the classic table are taken.
  public var hasClassicLevelsOnly: Bool { self != .own }

  /// True if the file name `-` is the standard input.
  public var readsDash: Bool { self != .freebsd }

  /// True if a missing file is reported before any file is read.
  public var opensFirst: Bool { self != .debian }

  /// True if a NUL byte ends its line rather than being an error.
  public var endsLinesAtNUL: Bool { self != .own }

  /// True if options may follow file names.
  public var permutes: Bool { self != .freebsd }

  /// The exit status when a file cannot be opened.
  public var statusOfMissingFile: CInt { self == .debian ? 1 : 2 }
}
