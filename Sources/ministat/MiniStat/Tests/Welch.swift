// Means compared: Welch's test, Fieller's interval of a ratio, equivalence.

import Glibc

/// Two means, each with its own spread: Welch's t, the ratio by Fieller, equivalence.
///
/// All three stand on the same statistic, (m2 - r m1) / sqrt(v2 + r^2 v1) with v = s^2 / n, and
/// on the same degrees of freedom, so that the interval of the ratio contains 1 exactly where
/// the test finds no difference.
public struct MeanComparison: Equatable, Sendable {
  /// The mean of the base.
  public let baseMean: Double
  /// The mean of the other.
  public let otherMean: Double
  /// The squared standard error of the base's mean.
  public let baseError: Double
  /// The squared standard error of the other's mean.
  public let otherError: Double
  /// Welch and Satterthwaite's degrees of freedom; infinite where nothing varies.
  public let degreesOfFreedom: Double

  /// Compares `other` with `base`, of at least two values each.
  ///
  /// - Parameters:
  ///   - base: the moments of what is compared with.
  ///   - other: the moments of what is compared.
  ///   - inflation: by what standard errors are multiplied, for values that depend on each other.
  public init(base: Moments, other: Moments, inflation: Double = 1) {
    precondition(base.count > 1 && other.count > 1, "a deviation needs two values")
    let (n1, n2) = (Double(base.count), Double(other.count))
    let (v1, v2) = (base.variance / n1, other.variance / n2)
    baseMean = base.mean
    otherMean = other.mean
    baseError = v1 * inflation * inflation
    otherError = v2 * inflation * inflation
    let sum = v1 + v2
    // Shares, not squares: v^2 may leave the range of a Double.
    degreesOfFreedom =
      sum > 0
      ? 1 / (v1 / sum * (v1 / sum) / (n1 - 1) + v2 / sum * (v2 / sum) / (n2 - 1)) : .infinity
  }

  /// Other minus base, with Welch's interval.
  public func difference(_ level: ConfidenceLevel) -> Estimate {
    let value = otherMean - baseMean
    let half = critical(level) * (baseError + otherError).squareRoot()
    return Estimate(value, Interval(value - half, value + half), level: level.percent)
  }

  /// Welch's test of equal means.  Relative error of p below 1e-9.
  public var test: TestResult {
    let (statistic, p) = statistic(ratio: 1)
    return TestResult(
      "Welch's t", statistic: statistic, degreesOfFreedom: degreesOfFreedom, p: 2 * min(p, 0.5))
  }

  /// Beyond this the square of a ratio would leave the range of a Double.
  static let ratioMax = 0x1p400

  /// True if the base's mean is above 0, and not so far below the other's that the ratio is
  /// hardly a number.
  var hasRatio: Bool { baseMean > 0 && abs(otherMean) / baseMean < Self.ratioMax }

  /// Other over base, with Fieller's interval; relative error of the ends below 1e-9.
  ///
  /// The interval is unbounded where the base's mean is not distinguishable from 0 at `level`.
  ///
  /// - Precondition: the base's mean is not 0.
  ///
  /// E. C. Fieller, "Some problems in interval estimation", 1954.
  public func ratio(_ level: ConfidenceLevel) -> Estimate {
    precondition(baseMean != 0, "a ratio has a base")
    let ratio = otherMean / baseMean
    let t = critical(level)
    let g = t * t * (baseError / baseMean / baseMean)
    if !(g < 1) { return Estimate(ratio, .unbounded, level: level.percent) }
    let spread = otherError * (1 - g) + ratio * ratio * baseError
    let half = t / abs(baseMean) * spread.squareRoot()
    return Estimate(
      ratio, Interval((ratio - half) / (1 - g), (ratio + half) / (1 - g)), level: level.percent)
  }

  /// Other over base, with the interval of the logarithm of the ratio by propagated errors.
  ///
  /// - Precondition: both means are above 0.
  public func ratioByLogarithm(_ level: ConfidenceLevel) -> Estimate {
    precondition(baseMean > 0 && otherMean > 0, "a logarithm wants means above 0")
    let (r1, r2) = (baseError / baseMean / baseMean, otherError / otherMean / otherMean)
    let half = critical(level) * (r1 + r2).squareRoot()
    let ratio = otherMean / baseMean
    return Estimate(
      ratio, Interval(ratio * exp(-half), ratio * exp(half)), level: level.percent)
  }

  /// Two one-sided tests that the ratio lies between 1 - margin and 1 + margin.
  ///
  /// D. J. Schuirmann, "A comparison of the two one-sided tests procedure", 1987.
  public func equivalence(margin: Double) -> Equivalence {
    let above = statistic(ratio: 1 - margin)
    let below = statistic(ratio: 1 + margin)
    let pAbove = above.statistic > 0 ? above.p : 1 - above.p
    let pBelow = below.statistic < 0 ? below.p : 1 - below.p
    return Equivalence(margin: margin, p: max(pAbove, pBelow))
  }

  /// The statistic for the hypothesis that other / base = ratio, and the tail beyond it.
  private func statistic(ratio: Double) -> (statistic: Double, p: Double) {
    let error = (otherError + ratio * ratio * baseError).squareRoot()
    let distance = otherMean - ratio * baseMean
    if error == 0 {
      return distance == 0 ? (0, 0.5) : (distance > 0 ? .infinity : -.infinity, 0)
    }
    let t = distance / error
    if t.isInfinite { return (t, 0) }
    return (t, StudentT(degreesOfFreedom: degreesOfFreedom).upperTail(abs(t)))
  }

  private func critical(_ level: ConfidenceLevel) -> Double {
    if degreesOfFreedom.isInfinite { return 0 }  // nothing varies, and errors are 0
    return StudentT(degreesOfFreedom: degreesOfFreedom).critical(level)
  }
}
