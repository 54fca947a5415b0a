// How many runs it takes.

import Glibc

/// Power and sample sizes of comparisons of two means.
public enum SampleSize {
  /// The power of a two-sided t test of two sets of `count` values, for a difference of `effect`
  /// deviations.  Absolute error below 1e-9.
  public static func power(effect: Double, count: Double, alpha: Double) -> Double {
    let df = 2 * (count - 1)
    precondition(df >= 1, "two values of each at least")
    let critical = StudentT(degreesOfFreedom: df).critical(1 - alpha, outside: alpha)
    let distribution = NoncentralT(
      degreesOfFreedom: df, noncentrality: effect * (count / 2).squareRoot())
    return distribution.upperTail(critical) + distribution.lowerTail(-critical)
  }

  /// The power of a two-sided t test of `count` values or pairs, for a mean of `effect`
  /// deviations.  Absolute error below 1e-9.
  public static func powerOfOne(effect: Double, count: Double, alpha: Double) -> Double {
    precondition(count >= 2, "two values at least")
    let df = count - 1
    let critical = StudentT(degreesOfFreedom: df).critical(1 - alpha, outside: alpha)
    let distribution = NoncentralT(
      degreesOfFreedom: df, noncentrality: effect * count.squareRoot())
    return distribution.upperTail(critical) + distribution.lowerTail(-critical)
  }

  /// The values of each set with which a difference of `effect` deviations is found with
  /// probability `power`; nil beyond 10^7.
  public static func count(effect: Double, power: Double, alpha: Double) -> Int? {
    precondition(power > alpha && power < 1, "a power lies between alpha and 1")
    return smallest { self.power(effect: effect, count: Double($0), alpha: alpha) >= power }
  }

  /// The values after which the interval of a mean reaches no farther than `relative` of the mean
  /// on either side, where the deviation is `variation` of it; nil beyond 10^7.
  public static func count(
    halfWidth relative: Double, variation: Double, level: ConfidenceLevel
  ) -> Int? {
    precondition(relative > 0 && variation >= 0, "a width is positive")
    return smallest { count in
      let t = StudentT(degreesOfFreedom: Double(count - 1)).critical(level)
      return t * variation / Double(count).squareRoot() <= relative
    }
  }

  /// The smallest count, from 2, for which `holds`, which goes on holding.
  private static func smallest(_ holds: (Int) -> Bool) -> Int? {
    var high = 2
    while !holds(high) {
      high *= 2
      if high > 20_000_000 { return nil }
    }
    var low = high / 2
    while high - low > 1 {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle }
    }
    return high <= 10_000_000 ? high : nil
  }
}

/// Runs within runs: iterations of executions (Kalibera and Jones 2013).
public struct NestedRuns: Equatable, Sendable {
  /// The mean of all.
  public let mean: Double
  /// The variance of the iterations within an execution.
  public let withinVariance: Double
  /// The variance of the means of the executions, as it is measured: S2 squared.
  public let meansVariance: Double
  /// What of it is the executions' own: T2 squared, 0 at least.
  public let betweenVariance: Double
  /// The number of executions.
  public let executions: Int
  /// The number of iterations of each.
  public let iterations: Int

  /// Looks at `runs`, one array of iterations for each execution, all of one length.
  ///
  /// - Precondition: at least two executions of at least two iterations, all as many.
  public init(_ runs: [[Double]]) {
    precondition(runs.count > 1, "a deviation needs two executions")
    let length = runs[0].count
    precondition(length > 1, "a deviation needs two iterations")
    precondition(runs.allSatisfy { $0.count == length }, "executions are of one length")
    let moments = runs.map { Moments($0) }
    let means = Moments(moments.map(\.mean))
    executions = runs.count
    iterations = length
    mean = means.mean
    withinVariance = moments.reduce(0) { $0 + $1.variance } / Double(runs.count)
    meansVariance = means.variance
    betweenVariance = max(0, meansVariance - withinVariance / Double(length))
  }

  /// The mean with the interval that counts executions, not iterations.
  public func estimate(_ level: ConfidenceLevel) -> Estimate {
    let half =
      StudentT(degreesOfFreedom: Double(executions - 1)).critical(level)
      * (meansVariance / Double(executions)).squareRoot()
    return Estimate(mean, Interval(mean - half, mean + half), level: level.percent)
  }

  /// The iterations of each execution that make the most of the time, where an execution costs
  /// `executionCost` to start and an iteration `iterationCost`; nil if executions do not differ,
  /// so that one long execution is best.
  public func iterationsBest(executionCost: Double, iterationCost: Double) -> Int? {
    precondition(executionCost >= 0 && iterationCost > 0, "costs are not negative")
    if betweenVariance == 0 { return nil }
    let best = (executionCost / iterationCost * withinVariance / betweenVariance).squareRoot()
    return max(1, Int(min(best.rounded(.up), 1e9)))
  }
}
