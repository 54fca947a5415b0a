// What one set of measurements is like.

/// The size, centre, spread and oddities of one arm.
public struct Summary: Sendable {
  /// What the arm is called.
  public let name: String
  /// Size, range, mean and deviation.
  public let moments: Moments
  /// The mean with Student's interval, widened where the values depend on each other.
  public let mean: Estimate
  /// The median with its interval by order statistics; `median.level` is the level achieved,
  /// and the interval is unbounded where the values are too few for it.
  public let median: Estimate
  /// The lower quartile (type 7).
  public let quartileLower: Double
  /// The upper quartile (type 7).
  public let quartileUpper: Double
  /// The median distance from the median, not scaled.
  public let medianDeviation: Double
  /// How many values lie outside, in Tukey's classes.
  public let outliers: OutlierCounts
  /// By how much dependence between the values widens the interval of the mean, 1 or more.
  public let inflation: Double
  /// What is odd about the values, the gravest first.
  public let findings: [Finding]

  /// The number of values.
  public var count: Int { moments.count }

  /// The deviation over the mean; nil for a mean of 0.
  public var variation: Double? {
    moments.mean == 0 ? nil : moments.standardDeviation / abs(moments.mean)
  }

  /// Looks at `arm`.  O(n log n); what is quadratic looks at 2000 values.
  public init(_ arm: Arm, options: AnalysisOptions = AnalysisOptions()) {
    name = arm.name
    let scale = Scale(of: [arm])
    let scaled = arm.scaled(by: scale)
    moments = Moments(arm.values)
    // Halves of subnormal numbers are rounded; but small values next to huge ones must be kept.
    let (sorted, unit) = scale.raises ? (scaled.sorted, scale) : (arm.sorted, .one)
    let centre = Quantile.medianEstimate(sorted: sorted, level: options.level)
    let quartiles = Interval(
      Quantile.of(sorted: sorted, at: 0.25), Quantile.of(sorted: sorted, at: 0.75))
    median = unit.undone(centre)
    quartileLower = unit.undone(quartiles.lower)
    quartileUpper = unit.undone(quartiles.upper)
    medianDeviation = unit.undone(Quantile.medianDeviation(sorted: sorted, about: centre.value))
    outliers = OutlierCounts(sorted: sorted, quartiles: quartiles)
    let scaledMoments = scale.isOne ? moments : Moments(scaled.values)
    let diagnosis = Diagnosis(
      of: scaled, moments: scaledMoments, outliers: outliers, options: options, scale: scale)
    inflation = diagnosis.inflation
    findings = diagnosis.findings.map { $0.undone(scale) }
    mean = scale.undone(
      Self.mean(of: scaledMoments, inflation: inflation, level: options.level))
  }

  private static func mean(
    of moments: Moments, inflation: Double, level: ConfidenceLevel
  ) -> Estimate {
    if moments.count < 2 { return Estimate(moments.mean, .unbounded, level: level.percent) }
    let student = StudentT(degreesOfFreedom: Double(moments.count - 1))
    let half =
      student.critical(level.percent / 100, outside: (100 - level.percent) / 100)
      * moments.standardDeviation / Double(moments.count).squareRoot() * inflation
    return Estimate(
      moments.mean, Interval(moments.mean - half, moments.mean + half), level: level.percent)
  }
}

/// How many values lie outside, in Tukey's classes.
///
/// With the distance q of the quartiles: mild beyond 1.5 q from the nearer quartile, severe
/// beyond 3 q.  Reported, never dropped.
public struct OutlierCounts: Equatable, Sendable {
  /// Values more than 3 q below the lower quartile.
  public let severeLow: Int
  /// Values 1.5 to 3 q below the lower quartile.
  public let mildLow: Int
  /// Values 1.5 to 3 q above the upper quartile.
  public let mildHigh: Int
  /// Values more than 3 q above the upper quartile.
  public let severeHigh: Int

  /// All of them.
  public var total: Int { severeLow + mildLow + mildHigh + severeHigh }
  /// The severe ones.
  public var severe: Int { severeLow + severeHigh }

  /// True if enough values lie very far out, of `count` in all, to spoil a mean: one in a
  /// thousand.  (One in 400,000 does so of normal values, which is nothing odd in a million.)
  func spoilMean(of count: Int) -> Bool { severe > 0 && 1000 * severe >= count }

  /// The outliers among `sorted`, which are ascending and have these `quartiles`.  O(log n).
  ///
  /// Values whose quartiles are equal, as a coarse clock gives them, have no outliers.
  public init(sorted: [Double], quartiles: Interval) {
    let distance = quartiles.width
    if distance == 0 {
      (severeLow, mildLow, mildHigh, severeHigh) = (0, 0, 0, 0)
      return
    }
    let below = { (bound: Double) in Ordering.count(in: sorted, below: bound) }
    let above = { (bound: Double) in sorted.count - Ordering.count(in: sorted, upTo: bound) }
    // Bounds of huge values are computed in units that are larger, so that none is infinite.
    let unit = distance < 0x1p1000 ? 1 : 0x1p100
    let (lower, upper) = (quartiles.lower / unit, quartiles.upper / unit)
    let reach = upper - lower
    severeLow = below((lower - 3 * reach) * unit)
    mildLow = below((lower - 1.5 * reach) * unit) - severeLow
    severeHigh = above((upper + 3 * reach) * unit)
    mildHigh = above((upper + 1.5 * reach) * unit) - severeHigh
  }
}
