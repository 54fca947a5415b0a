// Distributions of the largest of several differences: Tukey's and Dunnett's.

import Glibc

/// The distribution of the range of `count` normal values over an estimate of their deviation.
///
/// R's `ptukey` and `qtukey` with one range.
public struct StudentizedRange: Equatable, Sendable {
  /// How many values have the range, at least 2.
  public let count: Int
  /// The degrees of freedom of the deviation, at least 1; may be infinite.
  public let degreesOfFreedom: Double

  /// The distribution for `count` values.
  public init(count: Int, degreesOfFreedom: Double) {
    precondition(count >= 2, "a range needs two values")
    precondition(degreesOfFreedom >= 1, "at least one degree of freedom")
    self.count = count
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of a larger range than `q`.  Absolute error below 1e-10.
  public func upperTail(_ q: Double) -> Double {
    if q <= 0 { return 1 }
    let tail = Quadrature.meanOverDeviation(df: degreesOfFreedom) { w in beyond(q * w) }
    return min(max(tail, 0), 1)
  }

  /// The range that is exceeded with probability `tail`.  Absolute error below 1e-8.
  public func quantile(upperTail tail: Double) -> Double {
    precondition(tail > 0 && tail < 1, "a probability lies between 0 and 1")
    return MaximumQuantile.solve(tail) { upperTail($0) }
  }

  /// The probability of a range above `width` where the deviation is known to be 1.
  ///
  /// The smallest value is z and all others lie within `width` above it, or not:
  /// 1 - k integral phi(z) (Phi(z + width) - Phi(z))^(k-1) dz.
  private func beyond(_ width: Double) -> Double {
    let k = Double(count)
    // 1 - (1 - tail)^(k-1) of the part of each value, so that small tails keep their digits:
    // k phi(z) Q(z)^(k-1) integrates to 1, with Q the probability above z.
    return Quadrature.meanOverNormal { z in
      let above = Normal.upperTail(z)
      if above < 1e-300 { return 0 }
      let outside = Normal.upperTail(z + width) / above
      return -k * exp((k - 1) * log(above)) * expm1((k - 1) * log1p(-min(outside, 1)))
    }
  }
}

/// The distribution of the largest of several |t| that share a base and a deviation.
public struct DunnettDistribution: Equatable, Sendable {
  /// The square roots of the correlations with the base, one for each comparison:
  /// sqrt(n / (n + n of the base)).
  public let loadings: [Double]
  /// The degrees of freedom of the deviation, at least 1; may be infinite.
  public let degreesOfFreedom: Double

  /// The distribution for a base of `baseCount` values and others of `counts` values.
  public init(baseCount: Int, counts: [Int], degreesOfFreedom: Double) {
    precondition(baseCount > 0 && !counts.isEmpty, "arms have values")
    precondition(degreesOfFreedom >= 1, "at least one degree of freedom")
    loadings = counts.map { (Double($0) / Double($0 + baseCount)).squareRoot() }
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of a larger maximum than `t`.  Absolute error below 1e-10.
  public func upperTail(_ t: Double) -> Double {
    if t <= 0 { return 1 }
    let tail = Quadrature.meanOverDeviation(df: degreesOfFreedom) { w in
      Quadrature.meanOverNormal { z in -expm1(logInside(z, limit: t * w)) }
    }
    return min(max(tail, 0), 1)
  }

  /// The maximum that is exceeded with probability `tail`.  Absolute error below 1e-8.
  public func quantile(upperTail tail: Double) -> Double {
    precondition(tail > 0 && tail < 1, "a probability lies between 0 and 1")
    return MaximumQuantile.solve(tail) { upperTail($0) }
  }

  /// ln of the probability that all lie within `limit`, the base lying at `z`.
  private func logInside(_ z: Double, limit: Double) -> Double {
    var sum = 0.0
    for loading in loadings {
      let rest = (1 - loading * loading).squareRoot()
      let outside =
        Normal.upperTail((limit - loading * z) / rest)
        + Normal.upperTail((limit + loading * z) / rest)
      sum += log1p(-min(outside, 1))
    }
    return sum
  }
}

/// Quantiles of distributions of which only the tail is known.
enum MaximumQuantile {
  /// The value at which the falling function `upperTail` is `tail`.
  static func solve(_ tail: Double, _ upperTail: (Double) -> Double) -> Double {
    var (low, high) = (0.0, 4.0)
    while upperTail(high) > tail && high < 1e6 { (low, high) = (high, high * 2) }
    // Secants between the ends of the bracket on the logarithm of the tail (Illinois method).
    var (fLow, fHigh) = (
      log(max(upperTail(low), 1e-300) / tail), log(max(upperTail(high), 1e-300) / tail)
    )
    for _ in 0..<100 {
      if high - low < 1e-11 * high { break }
      let x = (low * fHigh - high * fLow) / (fHigh - fLow)
      let f = log(max(upperTail(x), 1e-300) / tail)
      if f == 0 { return x }
      if f > 0 {
        (low, fLow) = (x, f)
        fHigh /= 2
      } else {
        (high, fHigh) = (x, f)
        fLow /= 2
      }
      if abs(f) < 1e-12 { return x }
    }
    return low / 2 + high / 2
  }
}
