// How far a measurement is, in one line.

internal import MiniStat

/// Where a measurement stands after a block.
public struct Progress: Equatable, Sendable {
  /// The blocks that have been run and counted.
  public var blocks = 0
  /// The runs that have failed.
  public var failures = 0
  /// Nanoseconds since the first counted run.
  public var elapsedNs: Int64 = 0
  /// The metric that is looked at.
  public var metric = ""
  /// The arm whose interval is widest against the base, and its interval; the only arm if there
  /// is one.
  public var widest: (arm: String, ratio: RunningRatio)?
  /// The name of the base; "" if there is no other arm.
  public var base = ""

  /// Equal if they would be shown equally.
  public static func == (a: Progress, b: Progress) -> Bool { a.text == b.text }

  /// The state as a line, such as `12 pairs, 3.1 s: B/A 1.021 ± 0.8 % (wall)`.
  public var text: String {
    let noun = base.isEmpty ? "run" : "pair"
    var text = "\(blocks) \(noun)\(blocks == 1 ? "" : "s"), \(Self.seconds(elapsedNs))"
    if let widest, let ratio = widest.ratio.ratio {
      let half = widest.ratio.halfWidth().map { " ± " + Self.percent($0) } ?? ""
      text +=
        base.isEmpty
        ? ": \(widest.arm)\(half) (\(metric))"
        : ": \(widest.arm)/\(base) \(NumberText.general(ratio, digits: 4))\(half) (\(metric))"
    }
    if failures > 0 { text += ", \(failures) failed" }
    return text
  }

  private static func seconds(_ ns: Int64) -> String {
    let tenths = (ns + 50_000_000) / 100_000_000
    return "\(tenths / 10).\(tenths % 10) s"
  }

  private static func percent(_ part: Double) -> String {
    let shown = part * 100
    return NumberText.general(shown, digits: shown < 10 ? 2 : 3) + " %"
  }
}
