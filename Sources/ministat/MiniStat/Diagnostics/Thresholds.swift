// From where on a diagnostic speaks: all of it in one table.
//
// Each warning costs false alarms on clean data, and together they may cost 5 in 100 comparisons
// (two arms).  `bin/bench ministat --simulate` counts them; the figures here were tuned with it.

/// The limits of the diagnostics.
enum Thresholds {
  /// Fewer values of an arm than this are too few: below it the interval of the median does not
  /// exist at 95 % (6), and no diagnostic has a chance to see anything (8).
  static let countWanted = 8
  /// Lag-1 correlation: one-sided probability below which an arm's values are called dependent.
  static let dependentP = 0.006
  /// The same for both arms together; below it the interval is widened.  Wide open on purpose:
  /// on clean data it widens 1 comparison in 15, by little.
  static let widenP = 0.07
  /// Mann-Kendall: two-sided probability below which an arm drifts.
  static let driftP = 0.005
  /// Fewer values than this are not looked at for dependence and drift.
  static let orderMin = 8
  /// Deviation over mean above which a measurement is called noisy.
  static let variationMax = 0.25
  /// Share of outliers that is worth a note.
  static let outlierShare = 0.05
  /// Correlation within pairs from which pairs are taken by themselves.
  static let pairCorrelationMin = 0.25
}
