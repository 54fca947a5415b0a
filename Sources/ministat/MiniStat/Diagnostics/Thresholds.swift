// From where on a diagnostic speaks: all of it in one table.
//
// Each warning costs false alarms on clean data, and together they may cost 5 in 100 comparisons
// (two arms).  `bin/bench ministat --simulate` counts them; the figures here were tuned with it.
// Notes cost nothing but the reader's time, and have round figures.

/// The limits of the diagnostics.
enum Thresholds {
  /// Fewer values of an arm than this are too few: below it the interval of the median does not
  /// exist at 95 % (6), and no diagnostic has a chance to see anything (8).
  static let countWanted = 8
  /// Fewer values than this are not looked at for dependence and drift.
  static let orderMin = 8
  /// Lag-1 correlation: one-sided probability below which an arm's values are called dependent.
  /// The largest that keeps clean data within 5 %, since a coefficient of 0.5 in 20 values is
  /// hard to see.
  static let dependentP = 0.01
  /// The same for both arms together; below it the interval is widened.  Wide open on purpose:
  /// on clean data it widens 1 comparison in 15, by little.
  static let widenP = 0.07
  /// However they depend, values tell as much as this many: the correlation of short series is
  /// too uncertain to say less.
  static let effectiveMin = 2.0
  /// Mann-Kendall: two-sided probability below which an arm drifts.
  static let driftP = 0.005
  /// How large the slope within both arms must be, in its own errors, for a drift to be offered
  /// as the explanation of a difference of `count` values in all, provided that a line fits
  /// better than a step.  It is only looked at where there is a difference.
  ///
  /// A drift of 3 deviations through both arms has a slope of 3 / sqrt(12) / 2 sqrt(count) such
  /// errors; less 1.4, it is seen 92 times in 100.  That is as strict as the limit can be, and
  /// at two blocks of 20 it is 1.34: there a true step is taken for a drift 1 time in 12.  Smaller
  /// blocks cannot be promised anything, and have the usual 5 %.
  static func driftExplainsSlope(count: Int) -> Double {
    if count < 38 { return 1.645 }
    return min(max(0.433 * Double(count).squareRoot() - 1.4, 1.28), 2.33)
  }
  /// Probability below which a change of level is told: it agrees with drift and dependence,
  /// and is there for long series in which neither is seen.
  static let jumpP = 0.001
  /// Fewer values than this are not looked at for two places.
  static let dipMin = 20
  /// The dip's probability below which values gather around two places.  It is that of uniform
  /// values; normal ones come below it once in thousands.
  static let dipP = 0.005
  /// Probability below which values are said not to be normal (a note).
  static let normalP = 0.001
  /// Probability below which spreads are said to differ (a note).
  static let spreadP = 0.001
  /// The same when ranks ask whether they may decide: they must not where spreads and sizes differ.
  static let spreadForRanksP = 0.05
  /// Deviation over mean above which a measurement is called noisy (a note).
  static let variationMax = 0.25
  /// Share of outliers that is worth a note.
  static let outlierShare = 0.05
  /// Correlation within pairs from which pairs are taken by themselves.
  static let pairCorrelationMin = 0.25
  /// Fewer values than this have bootstrapped intervals that are too short.
  static let bootstrapMin = 30
  /// Values of an arm that the bootstrap draws from.
  static let bootstrapMax = 2000
  /// Values that slow tests look at; of more, as many evenly spread.
  static let slowMax = 20_000
}
