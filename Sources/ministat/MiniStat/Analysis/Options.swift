// What is asked of an analysis, and what is measured.

/// Which way a quantity is better.
public enum Direction: String, Equatable, Sendable {
  /// Less is better: times, sizes, counts of misses.
  case lower
  /// More is better: rates.
  case higher
}

/// What was measured: a name, a unit, and which way is better.
public struct Metric: Equatable, Hashable, Sendable {
  /// The name, as `wall time`.
  public var name: String
  /// The unit, as `s`, `B` or `MB/s`; empty for pure numbers.
  public var unit: String
  /// Which way it is better.
  public var better: Direction

  /// A metric.
  public init(name: String, unit: String = "", better: Direction = .lower) {
    self.name = name
    self.unit = unit
    self.better = better
  }

  /// A metric about which nothing is known but that it is a time or the like.
  public static let plain = Metric(name: "value")

  /// What `amount` is called when it is the better side of a comparison: `faster`, `smaller`.
  public var wordBetter: String { words.better }

  /// What it is called when it is the worse side: `slower`, `larger`.
  public var wordWorse: String { words.worse }

  private static let unitsOfTime: Set<String> = [
    "", "ns", "us", "µs", "μs", "ms", "s", "sec", "min", "h", "cycles", "instructions",
  ]
  private static let unitsOfSize: Set<String> = [
    "B", "kB", "KB", "MB", "GB", "KiB", "MiB", "GiB", "bytes",
  ]

  private var words: (better: String, worse: String) {
    let head = unit.split(separator: "/").first.map(String.init) ?? ""
    if better == .lower && Self.unitsOfSize.contains(head) { return ("smaller", "larger") }
    if better == .lower && Self.unitsOfTime.contains(head) { return ("faster", "slower") }
    if better == .higher && unit.hasSuffix("/s") { return ("faster", "slower") }
    return better == .lower ? ("lower", "higher") : ("higher", "lower")
  }
}

/// Whether the values of two arms belong together one by one.
public enum Pairing: String, Equatable, Sendable {
  /// They do not.
  case independent
  /// The k-th value of one arm was measured beside the k-th of the other.
  case paired
  /// As `paired` where the pairs go up and down together, else as `independent`.
  ///
  /// For interleaved runs: what disturbs both of a pair cancels, and where nothing does, nothing
  /// is lost.  The choice looks at the correlation only, which says nothing of the difference.
  case automatic
}

/// What is asked of an analysis.
public struct AnalysisOptions: Equatable, Sendable {
  /// How sure intervals are, and what counts as significant.
  public var level = ConfidenceLevel.standard
  /// A relative change up to this does not matter: 0.01 is 1 %.
  public var margin = 0.01
  /// What was measured.
  public var metric = Metric.plain
  /// Whether values come in pairs.
  public var pairing = Pairing.independent
  /// Rounds of the bootstrap, from 100; fewer leave the bootstrapped interval out.
  public var bootstrapRounds = 0
  /// Where the bootstrap's random numbers start; the same seed gives the same results.
  public var seed: UInt64 = 0x6d69_6e69_7374_6174

  /// The usual options: 95 %, a margin of 1 %, independent values.
  public init() {}

  /// 1 - level, as a probability.
  public var alpha: Double { (100 - level.percent) / 100 }
}

/// The measurements of one thing, in the order in which they were made.
public struct Arm: Sendable {
  /// What it is called.
  public let name: String
  /// The values in the order of time.
  public let values: [Double]
  /// The values in ascending order.
  public let sorted: [Double]

  /// An arm of at least one finite value.  O(n log n), above 10^4 values O(n).
  ///
  /// Takes 8 bytes a value for the sorted copy, and as much again while it is made.
  public init(name: String, values: [Double]) {
    precondition(!values.isEmpty, "an arm has values")
    self.name = name
    self.values = values
    sorted = Ordering.sorted(values)
    precondition(sorted[0].isFinite && sorted[sorted.count - 1].isFinite, "values are finite")
  }

  /// An arm whose `sorted` values are known.
  init(name: String, values: [Double], sorted: [Double]) {
    assert(values.count == sorted.count, "the same values, in order")
    self.name = name
    self.values = values
    self.sorted = sorted
  }

  /// The number of values.
  public var count: Int { values.count }
}
