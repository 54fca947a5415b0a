// How far a measurement is, in one line that is drawn again and again.
//
//     12 of 60 pairs  ━━━━━━──────────────  0:31  new/old -3.7 % ± 1.1 %  goal 1 %  1 failed
//
// A pure function of the state and the width: who draws it owns the clock and the terminal.  What
// does not fit is left out, the least important first; the line never exceeds the width.

public import MiniStat

/// The state of a measurement, for its progress line.
public struct ReportProgress: Equatable, Sendable {
  /// The blocks that have been measured; a block is a run of each arm.
  public var blocks = 0
  /// The blocks after which it ends at the latest; nil where there is no such number.
  public var blocksMax: Int?
  /// Nanoseconds since the first run.
  public var elapsedNs: Int64 = 0
  /// Nanoseconds after which it ends; nil where there is no such time.
  public var elapsedNsMax: Int64?
  /// The name of the base; empty if there is one arm only.
  public var base = ""
  /// The arm whose interval is widest; empty before there is any.
  public var arm = ""
  /// The ratio of the arm to the base so far; nil before it is known.
  public var ratio: Double?
  /// The half width of its interval, as a part of the ratio; nil before it is known.
  public var halfWidth: Double?
  /// The half width at which it ends; nil if that is not what it waits for.
  public var halfWidthGoal: Double?
  /// The runs that have failed.
  public var failures = 0

  /// The state before the first run.
  public init() {}

  /// Columns of the bar.
  private static let barColumns = 20

  /// The part that is done, 0 to 1: the furthest of what ends the measurement; nil if unknown.
  ///
  /// The width of an interval shrinks with the root of the number of runs, so that the part done
  /// on the way to a goal is the square of the ratio of goal and width.
  public var part: Double? {
    var parts: [Double] = []
    if let blocksMax, blocksMax > 0 { parts.append(Double(blocks) / Double(blocksMax)) }
    if let elapsedNsMax, elapsedNsMax > 0 {
      parts.append(Double(elapsedNs) / Double(elapsedNsMax))
    }
    if let goal = halfWidthGoal, let halfWidth, halfWidth > 0 {
      parts.append((goal / halfWidth) * (goal / halfWidth))
    }
    return parts.max().map { min(max($0, 0), 1) }
  }

  /// The line, of `width` columns at most.
  public func line(width: Int, glyphs: PlotGlyphs = .unicode) -> PlotText {
    // In the order in which they stand; the highest rank is left out first.
    var pieces: [(text: PlotText, rank: Int)] = [(PlotText(count), 0)]
    if let bar = bar(glyphs) { pieces.append((bar, 5)) }
    pieces.append((PlotText(Self.clock(elapsedNs)), 3))
    if let estimate = estimate(glyphs) { pieces.append((estimate, 1)) }
    if let goal = halfWidthGoal {
      pieces.append((PlotText("goal " + ReportWords.percent(goal), .faint), 4))
    }
    if failures > 0 { pieces.append((PlotText("\(failures) failed", .bad), 2)) }
    while pieces.count > 1, Self.joined(pieces.map(\.text)).width > width {
      let worst = pieces.indices.max { pieces[$0].rank < pieces[$1].rank } ?? 0
      pieces.remove(at: worst)
    }
    let line = Self.joined(pieces.map(\.text))
    if line.width <= width { return line }
    return PlotText(PlotWidth.cut(line.plain, to: max(0, width), ellipsis: glyphs.ellipsis))
  }

  private static func joined(_ pieces: [PlotText]) -> PlotText {
    var line = PlotText()
    for piece in pieces {
      if line.width > 0 { line.append("  ") }
      line.append(piece)
    }
    return line
  }

  private var count: String {
    let noun = base.isEmpty ? "run" : "block"
    if let blocksMax { return "\(blocks) of \(blocksMax) \(noun)s" }
    return "\(blocks) \(noun)\(blocks == 1 ? "" : "s")"
  }

  private func bar(_ glyphs: PlotGlyphs) -> PlotText? {
    guard let part else { return nil }
    let full = Int((part * Double(Self.barColumns)).rounded(.down))
    let marks = glyphs == .ascii ? ("#", ".") : ("━", "─")
    var bar = PlotText(String(repeating: marks.0, count: full), .arm(0))
    bar.append(String(repeating: marks.1, count: Self.barColumns - full), .faint)
    return bar
  }

  private func estimate(_ glyphs: PlotGlyphs) -> PlotText? {
    guard !arm.isEmpty else { return nil }
    var line = PlotText(base.isEmpty ? arm : "\(arm)/\(base)")
    guard let ratio else { return line }
    let half = halfWidth ?? .nan
    if !base.isEmpty {
      let decimals = max(0, ReportNumber.decimals(0, halfWidth: 100 * half))
      let isKnown = half.isFinite && half > 0
      line.append(
        " " + ReportNumber.percent(ratio - 1, decimals: isKnown ? min(decimals, 3) : 1), .strong)
    }
    if half.isFinite { line.append(" \(glyphs.plusMinus) " + Self.percent(half)) }
    return line
  }

  private static func percent(_ part: Double) -> String {
    let shown = part * 100
    let decimals = max(0, min(3, ReportNumber.decimals(0, halfWidth: shown)))
    return ReportNumber.text(shown, decimals: decimals) + " %"
  }

  /// `0:31`, `1:02:03`.
  private static func clock(_ ns: Int64) -> String {
    let seconds = max(0, ns / 1_000_000_000)
    let two = { (value: Int64) in value < 10 ? "0\(value)" : "\(value)" }
    let minutes = "\(seconds < 3600 ? "\(seconds / 60)" : two(seconds / 60 % 60))"
    return (seconds < 3600 ? "" : "\(seconds / 3600):") + minutes + ":" + two(seconds % 60)
  }
}
