// One arm looked over.

import Glibc

/// What is odd about one arm, and what it does to its mean.
struct Diagnosis: Sendable {
  /// By what dependence widens the interval of the mean.
  private(set) var inflation = 1.0
  /// What was found, the gravest first.
  private(set) var findings: [Finding] = []

  private let name: String?
  /// By what the values were multiplied.
  private let scale: Scale

  /// Looks over `arm`, whose values were multiplied by `scale`, and whose moments and outliers
  /// are known.
  init(
    of arm: Arm, moments: Moments, outliers: OutlierCounts, options: AnalysisOptions,
    scale: Scale = .one
  ) {
    name = arm.name
    self.scale = scale
    let isConstant = moments.minimum == moments.maximum
    if arm.count < 2 || (arm.count < Thresholds.countWanted && !isConstant) {
      note(.tooFew(count: arm.count, wanted: Thresholds.countWanted))
    }
    if isConstant {
      if arm.count > 1 { note(.constant) }
      return
    }
    let isCoarse = clock(arm, moments)
    if arm.count >= Thresholds.orderMin {
      order(arm.values, moments, centre: Quantile.of(sorted: arm.sorted, at: 0.5))
      if !isCoarse { shape(arm.sorted) }
    }
    if outliers.spoilMean(of: arm.count)
      || Double(outliers.total) > Thresholds.outlierShare * Double(arm.count)
    {
      note(.outliers(outliers, count: arm.count))
    }
    if moments.mean > 0 && moments.standardDeviation / moments.mean > Thresholds.variationMax {
      note(.noisy(variation: moments.standardDeviation / moments.mean))
    }
    findings.sort { $0.severity > $1.severity }
  }

  /// Looks over differences within pairs, which are logarithms or values: their order only.
  init(ofDifferences differences: [Double], scale: Scale = .one) {
    name = nil
    self.scale = scale
    let moments = Moments(differences)
    if differences.count < Thresholds.orderMin || moments.standardDeviation == 0 { return }
    // About 1, so that what is relative to the centre is as it is for ratios.
    order(differences, moments, centre: scale.applied(to: 1))
    findings.removeAll { if case .warmUp = $0.kind { true } else { false } }
  }

  /// True if the values come in steps that are coarse beside their spread.
  private mutating func clock(_ arm: Arm, _ moments: Moments) -> Bool {
    let seen = Ordering.thinned(arm.sorted, to: Thresholds.slowMax)
    var distinct = 1
    var step = Double.infinity
    for index in 1..<seen.count where seen[index] > seen[index - 1] {
      distinct += 1
      step = min(step, seen[index] - seen[index - 1])
    }
    if arm.count < Thresholds.countWanted || 2 * distinct > seen.count { return false }
    if step > 2 * moments.standardDeviation || distinct <= 3 {
      warn(.coarseClock(step: step, distinct: distinct))
      return true
    }
    if step > moments.standardDeviation / 4 {
      note(.coarseClock(step: step, distinct: distinct))
    }
    return true
  }

  /// Looks at the values in the order of time.
  private mutating func order(_ values: [Double], _ moments: Moments, centre: Double) {
    let neighbours = Autocorrelation([values])
    if neighbours.p < Thresholds.dependentP {
      inflation = neighbours.inflation
      let effective = Double(values.count) / (inflation * inflation)
      warn(.dependent(lag1: neighbours.lag1, p: neighbours.p, effectiveCount: effective))
    }
    let trend = MannKendall(values)
    if trend.p < Thresholds.driftP {
      let slope = trend.slope
      let perRun = centre == 0 ? scale.undone(slope) : slope / abs(centre)
      if slope != 0 { warn(.drifts(perRun: perRun, p: trend.p)) }
    }
    let jump = Steadiness.jump(values)
    let jumps = jump.map { $0.p < Thresholds.jumpP } ?? false
    if !jumps && findings.allSatisfy({ $0.severity == .note }) { return }
    // Something is wrong with the order: is it the beginning?
    let cut = Steadiness.warmUpCut(values)
    if cut > 0 && cut < values.count / 2 {
      let first = Moments(Array(values[..<cut])).mean
      let rest = Moments(Array(values[cut...]))
      let error = rest.standardDeviation / Double(cut).squareRoot()
      if rest.mean != 0 && abs(first - rest.mean) > 3 * error {
        warn(.warmUp(cut: cut, ratio: first / rest.mean))
        return
      }
    }
    if let jump, jumps, jump.before != 0 {
      warn(.jumps(at: jump.index, ratio: jump.after / jump.before, p: jump.p))
    }
  }

  /// Looks at how the values are distributed.
  private mutating func shape(_ sorted: [Double]) {
    let normality =
      sorted.count <= Normality.shapiroMax
      ? Normality.shapiroWilk(sorted: sorted)
      : Normality.andersonDarling(sorted: Ordering.thinned(sorted, to: Thresholds.slowMax))
    if normality.p < Thresholds.normalP {
      note(.nonNormal(test: normality.name, p: normality.p))
    }
    if sorted.count < Thresholds.dipMin { return }
    let dip = Dip.test(sorted: sorted)
    if dip.p < Thresholds.dipP { warn(.bimodal(dip: dip.statistic, p: dip.p)) }
  }

  private mutating func note(_ kind: Finding.Kind) {
    findings.append(Finding(.note, kind, arm: name))
  }

  private mutating func warn(_ kind: Finding.Kind) {
    findings.append(Finding(.warning, kind, arm: name))
  }
}
