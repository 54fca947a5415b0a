// What a report says in words: the sentence that a reader wants first, and the figures behind it.

import Glibc
import MiniStat

/// Sentences and figures, in the characters that may be used.
struct ReportWords {
  let glyphs: PlotGlyphs

  /// A sentence with its figures and what it means.
  struct Statement: Equatable {
    /// The sentence, without a full stop.
    var sentence: String
    /// The figures behind it, a line each; may be none.
    var figures: [String]
    /// Good news, bad news, or a reason for caution.
    var ink: PlotInk
  }

  // MARK: Verdicts

  /// The verdict of one comparison: `new is faster than old`.
  func statement(_ row: Suite.Row, of metric: Metric, name: String) -> Statement {
    let (base, other) = (row.comparison.base.name, row.comparison.other.name)
    let prefix = name.isEmpty ? "" : "\(name): "
    let sentence =
      switch row.verdict {
      case .better, .worse:
        isCount(metric)
          ? "\(prefix)\(other) has \(word(row, of: metric)) \(metric.name) than \(base)"
          : "\(prefix)\(other) is \(word(row, of: metric)) than \(base)"
      case .same:
        "\(prefix)\(other) is the same as \(base) within "
          + "\(Self.percent(row.comparison.options.margin))"
      case .undecided: "\(prefix)undecided whether \(other) differs from \(base)\(cure(row))"
      }
    return Statement(
      sentence: sentence, figures: figures(row, of: metric), ink: ink(row.verdict, metric))
  }

  private func cure(_ row: Suite.Row) -> String {
    guard case .undecided(let more) = row.verdict else { return "" }
    guard let more else { return "" }
    return ": about \(more) more run\(more == 1 ? "" : "s") of each would probably tell"
  }

  /// The verdict in a word: `faster`.
  func word(_ row: Suite.Row, of metric: Metric) -> String {
    let isWorse = row.verdict == .worse
    guard isWorse || row.verdict == .better else { return row.verdict.word(for: metric.analysed) }
    if metric.better == .neither { return isWorse ? "higher" : "lower" }
    if isCount(metric) { return isWorse ? "more" : "fewer" }
    return row.verdict.word(for: metric.analysed)
  }

  /// A count of faults is not faster for being lower.
  private func isCount(_ metric: Metric) -> Bool {
    metric.unit.isEmpty && Metric.own.contains { $0.name == metric.name }
  }

  /// The verdict in a table: `faster`, `same within 1 %`, `undecided`.
  func short(_ row: Suite.Row, of metric: Metric) -> String {
    switch row.verdict {
    case .better, .worse: word(row, of: metric)
    case .same: "same within \(Self.percent(row.comparison.options.margin))"
    case .undecided: "undecided"
    }
  }

  /// How many more runs would tell: `+30 runs`; nothing where the verdict stands.
  func more(_ row: Suite.Row) -> String {
    guard case .undecided(let more?) = row.verdict else { return "" }
    return "+\(more) run\(more == 1 ? "" : "s")"
  }

  /// How a verdict is shown.
  func ink(_ verdict: Verdict, _ metric: Metric) -> PlotInk {
    switch verdict {
    case .better: metric.better == .neither ? .strong : .good
    case .worse: metric.better == .neither ? .strong : .bad
    case .same: .plain
    case .undecided: .caution
    }
  }

  /// `fraction` in percent: `1 %`.
  static func percent(_ fraction: Double) -> String {
    NumberText.general(fraction * 100, digits: 3) + " %"
  }

  // MARK: Figures

  /// `wall -4.8 %, 95 % interval -5.7 % to -3.9 %` and
  /// `ratio new/old 0.952, 95 % interval 0.943 to 0.961`.
  func figures(_ row: Suite.Row, of metric: Metric) -> [String] {
    let headline = row.comparison.headline
    let level = Self.level(headline.estimate.level)
    if !headline.isRatio {
      return [
        "\(metric.name) \(change(headline, of: metric)), \(level) interval "
          + interval(headline, of: metric)
      ]
    }
    let name = "\(row.comparison.other.name)/\(row.comparison.base.name)"
    let ratio = "ratio \(name) \(ratioWithInterval(headline.estimate))"
    let change =
      "\(metric.name) \(change(headline, of: metric)), \(level) interval "
      + interval(headline, of: metric)
    return [change, ratio]
  }

  /// `95 %`.
  static func level(_ percent: Double) -> String {
    NumberText.general(percent, digits: 6) + " %"
  }

  /// The change as it stands in tables: `-4.8 %`, `3.2 x` or `+1.2 ms`.
  func change(_ headline: Headline, of metric: Metric) -> String {
    let estimate = headline.estimate
    if headline.isRatio {
      if Self.isFold(estimate.value) { return fold(estimate.value, halfWidth(estimate)) }
      return ReportNumber.percent(estimate.value - 1, decimals: percentDecimals(estimate))
    }
    let unit = unit(for: headline, of: metric)
    let decimals = unit.decimals(estimate.value, halfWidth: halfWidth(estimate))
    let sign = estimate.value > 0 ? "+" : ""
    return unit.with(sign + unit.number(estimate.value, decimals: decimals))
  }

  /// The interval of the change: `-5.7 % to -3.9 %`.
  func interval(_ headline: Headline, of metric: Metric) -> String {
    let estimate = headline.estimate
    let (low, high) = (estimate.interval.lower, estimate.interval.upper)
    if headline.isRatio && Self.isFold(estimate.value) {
      let half = halfWidth(estimate)
      return "\(bound(fold(low, half), low)) \(glyphs.to) \(bound(fold(high, half), high))"
    }
    if headline.isRatio {
      let decimals = percentDecimals(estimate)
      let ends = [low, high].map {
        bound(ReportNumber.percent($0 - 1, decimals: decimals), $0)
      }
      return "\(ends[0]) \(glyphs.to) \(ends[1])"
    }
    let unit = unit(for: headline, of: metric)
    let decimals = unit.decimals(estimate.value, halfWidth: halfWidth(estimate))
    let ends = [low, high].map { bound(unit.number($0, decimals: decimals), $0) }
    return unit.with("\(ends[0]) \(glyphs.to) \(ends[1])")
  }

  /// An end of an interval, or that it has none.
  private func bound(_ text: String, _ value: Double) -> String {
    value.isFinite ? text : "no bound"
  }

  /// `0.952, 95 % interval 0.943 to 0.961`.
  func ratioWithInterval(_ estimate: Estimate) -> String {
    let decimals = ratioDecimals(estimate)
    let ends = [estimate.interval.lower, estimate.interval.upper].map {
      bound(ReportNumber.text($0, decimals: decimals), $0)
    }
    let value = ReportNumber.text(estimate.value, decimals: decimals)
    return "\(value), \(Self.level(estimate.level)) interval "
      + "\(ends[0]) \(glyphs.to) \(ends[1])"
  }

  /// A ratio so far from 1 that percents are hard to read.
  private static func isFold(_ ratio: Double) -> Bool { ratio >= 2 }

  private func fold(_ ratio: Double, _ halfWidth: Double) -> String {
    let decimals = ReportNumber.decimals(ratio, halfWidth: halfWidth)
    return ReportNumber.text(ratio, decimals: decimals) + (glyphs == .ascii ? " x" : " ×")
  }

  /// The decimals of a ratio: those of its change in percent, and two more.
  func ratioDecimals(_ estimate: Estimate) -> Int { percentDecimals(estimate) + 2 }

  private func percentDecimals(_ estimate: Estimate) -> Int {
    if halfWidth(estimate) == 0 { return estimate.value == 1 ? 0 : 2 }
    // Of the change, not of the ratio: a change of nothing has no first digit to keep.  And where
    // nothing varies, nobody wants fifteen digits.
    return min(max(0, ReportNumber.decimals(0, halfWidth: 100 * halfWidth(estimate))), 3)
  }

  /// The shorter one of both sides of an interval; infinite where there is no bound.
  func halfWidth(_ estimate: Estimate) -> Double {
    let sides = [
      estimate.value - estimate.interval.lower, estimate.interval.upper - estimate.value,
    ]
    return max(0, min(sides[0], sides[1]))
  }

  private func unit(for headline: Headline, of metric: Metric) -> ReportUnit {
    let interval = headline.estimate.interval
    let ends = [headline.estimate.value, interval.lower, interval.upper].filter(\.isFinite)
    return unit(ends.reduce(0) { max($0, abs($1)) }, of: metric)
  }

  /// The unit in which values of `metric` of about `magnitude` are shown.
  func unit(_ magnitude: Double, of metric: Metric) -> ReportUnit {
    ReportUnit.showing(magnitude, of: metric.unit, isASCII: glyphs == .ascii)
  }

  /// `21.38 ± 0.12 ms`.
  func mean(_ summary: Summary, in unit: ReportUnit) -> String {
    let half = halfWidth(summary.mean)
    let decimals = unit.decimals(summary.mean.value, halfWidth: half)
    let value = unit.number(summary.mean.value, decimals: decimals)
    if half == 0 || !half.isFinite { return unit.with(value) }
    return unit.with(
      "\(value) \(glyphs.plusMinus) \(unit.number(half, decimals: decimals))")
  }

  /// A probability with its name: `p<0.001`.
  static func p(_ value: Double) -> String {
    let text = ReportNumber.probability(value)
    return text.hasPrefix("<") ? "p" + text : "p=" + text
  }
}
