// One arm looked over.

/// What is odd about one arm, and what it does to its mean.
struct Diagnosis: Sendable {
  /// By what dependence widens the interval of the mean.
  private(set) var inflation = 1.0
  /// What was found, the gravest first.
  private(set) var findings: [Finding] = []

  /// Looks over `arm`, whose moments and outliers are known.
  init(of arm: Arm, moments: Moments, outliers: OutlierCounts, options: AnalysisOptions) {
    if moments.minimum == moments.maximum {
      if arm.count > 1 { note(.constant, arm) }
      if arm.count < 2 { note(.tooFew(count: arm.count, wanted: Thresholds.countWanted), arm) }
      return
    }
    if arm.count < Thresholds.countWanted {
      note(.tooFew(count: arm.count, wanted: Thresholds.countWanted), arm)
    }
    if Double(outliers.total) > Thresholds.outlierShare * Double(arm.count) || outliers.severe > 0 {
      note(.outliers(outliers, count: arm.count), arm)
    }
    if moments.mean > 0 && moments.standardDeviation / moments.mean > Thresholds.variationMax {
      note(.noisy(variation: moments.standardDeviation / moments.mean), arm)
    }
    if arm.count >= Thresholds.orderMin { order(arm, moments) }
    findings.sort { $0.severity > $1.severity }
  }

  /// Looks at the values in the order of time.
  private mutating func order(_ arm: Arm, _ moments: Moments) {
    let neighbours = Autocorrelation([arm.values])
    if neighbours.p < Thresholds.dependentP {
      inflation = neighbours.inflation
      let effective = Double(arm.count) / (inflation * inflation)
      warn(
        .dependent(lag1: neighbours.lag1, p: neighbours.p, effectiveCount: effective), arm)
    }
    let trend = MannKendall(arm.values)
    if trend.p < Thresholds.driftP && trend.slope != 0 {
      let centre = Quantile.of(sorted: arm.sorted, at: 0.5)
      warn(.drifts(perRun: centre == 0 ? trend.slope : trend.slope / centre, p: trend.p), arm)
    }
  }

  private mutating func note(_ kind: Finding.Kind, _ arm: Arm) {
    findings.append(Finding(.note, kind, arm: arm.name))
  }

  private mutating func warn(_ kind: Finding.Kind, _ arm: Arm) {
    findings.append(Finding(.warning, kind, arm: arm.name))
  }
}
