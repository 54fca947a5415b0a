// From an interval to a word.

import Glibc

/// The rule by which a headline becomes a verdict.
enum Decision {
  static func verdict(
    _ headline: Headline, evidence: Evidence, options: AnalysisOptions
  ) -> Verdict {
    let interval = headline.estimate.interval
    if headline.isRatio {
      let within = Interval(1 - options.margin, 1 + options.margin)
      if options.margin > 0 && interval.lies(within: within) { return .same }
    }
    if headline.excludesNeutral && interval != .unbounded {
      let isLower = interval.upper < headline.neutral
      return isLower == (options.metric.better == .lower) ? .better : .worse
    }
    if interval == Interval(headline.neutral, headline.neutral) { return .same }
    let count = min(evidence.base.count, evidence.other.count)
    return .undecided(moreRuns: moreRuns(headline, count: count, options: options))
  }

  /// How many more runs of each arm would probably decide.
  ///
  /// The half width h of the interval shrinks as 1 / sqrt(n).  A change as large as the one
  /// estimated is found 4 times in 5 when h is (z_level + z_0.8) / z_level times smaller than
  /// it; a change of 0 is shown to lie within the margin 9 times in 10 likewise.  The larger of
  /// both, estimate and margin, is what there is to find.
  static func moreRuns(
    _ headline: Headline, count: Int, options: AnalysisOptions
  ) -> Int? {
    let interval = headline.estimate.interval
    guard headline.isRatio, interval.isBounded, interval.width > 0 else {
      return interval.isBounded ? nil : max(2, Thresholds.countWanted - count)
    }
    let z = Normal.quantile(upperTail: options.alpha / 2)
    let change = abs(headline.estimate.value - 1)
    let target = max(change, options.margin)
    if target == 0 { return nil }
    let power = change > options.margin ? 0.8416212335729143 : 1.2815515655446004
    let wanted = target * z / (z + power)
    // Few values have wide intervals also because Student's t is: n - 2 shrinks as h^2 does.
    let needed = Double(count) * pow(interval.width / 2 / wanted, 2)
    let more = (needed - Double(count)).rounded(.up)
    if !(more < Double(Verdict.moreRunsMax)) { return nil }
    return max(1, Int(more))
  }

  /// The same for a comparison that is decided otherwise by itself.
  static func moreRuns(_ comparison: Comparison) -> Int? {
    moreRuns(
      comparison.headline, count: min(comparison.base.count, comparison.other.count),
      options: comparison.options)
  }
}
