// Tests of several sets at once: variance, ranks, spreads.

import Glibc

/// Tests of the hypothesis that several sets are alike.
public enum SeveralMeans {
  /// One-way analysis of variance.  Relative error of p below 1e-9.
  public static func anova(_ sets: [Moments]) -> TestResult {
    precondition(sets.count >= 2, "there is something to compare")
    let count = sets.reduce(0.0) { $0 + Double($1.count) }
    let mean = sets.reduce(0.0) { $0 + $1.mean * (Double($1.count) / count) }
    let between = sets.reduce(0.0) {
      $0 + Double($1.count) * ($1.mean - mean) * ($1.mean - mean)
    }
    let (within, df) = pooled(sets)
    let top = Double(sets.count - 1)
    let f = within > 0 ? between / top / within : (between > 0 ? .infinity : 0)
    let p = df > 0 ? FDistribution(numerator: top, denominator: df).upperTail(f) : .nan
    return TestResult("analysis of variance", statistic: f, degreesOfFreedom: top, p: p)
  }

  /// The variance within all sets together, and its degrees of freedom.
  static func pooled(_ sets: [Moments]) -> (variance: Double, degreesOfFreedom: Double) {
    let df = sets.reduce(0.0) { $0 + Double($1.count - 1) }
    let squares = sets.reduce(0.0) { $0 + Double($1.count - 1) * $1.variance }
    return (df > 0 ? squares / df : 0, df)
  }

  /// Kruskal and Wallis's test by ranks with correction for ties; p from chi-squared.
  ///
  /// Relative error below 1e-9 against the same approximation.  O(n log n).
  public static func kruskalWallis(_ sets: [[Double]]) -> TestResult {
    kruskalWallis(sorted: sets.map { Ordering.sorted($0) })
  }

  /// The same of sets in ascending order.  O(n k) for k sets.
  static func kruskalWallis(sorted sets: [[Double]]) -> TestResult {
    precondition(sets.count >= 2, "there is something to compare")
    let (totals, ties) = Ordering.rankSums(sorted: sets)
    let n = Double(sets.reduce(0) { $0 + $1.count })
    var sum = 0.0
    for (set, total) in zip(sets, totals) {
      // Less the mean rank, so that nothing cancels.
      let excess = total - Double(set.count) * (n + 1) / 2
      sum += excess * excess / Double(set.count)
    }
    let df = Double(sets.count - 1)
    let correction = 1 - ties / (n * n * n - n)
    let h = correction > 0 ? 12 * sum / (n * (n + 1)) / correction : 0
    return TestResult(
      "Kruskal-Wallis", statistic: h, degreesOfFreedom: df,
      p: ChiSquared(degreesOfFreedom: df).upperTail(h))
  }

  /// Brown and Forsythe's test of equal spreads: analysis of variance of the distances from the
  /// medians.  Relative error of p below 1e-9.
  public static func brownForsythe(_ sets: [[Double]]) -> TestResult {
    let distances = sets.map { set in
      let median = Quantile.of(sorted: Ordering.sorted(set), at: 0.5)
      return Moments(set.map { abs($0 - median) })
    }
    let result = anova(distances)
    return TestResult(
      "Brown-Forsythe", statistic: result.statistic, degreesOfFreedom: result.degreesOfFreedom,
      p: result.p)
  }
}
