// Student's t test with a pooled deviation: the classic comparison.

/// What the classic test says of two sets: Student's t with the pooled standard deviation.
///
/// Assumes normal values, independent of each other, of equal spread in both sets.
public struct PooledTest: Equatable, Sendable {
  /// How the uncertainty of the relative difference is taken.
  public enum RelativeRule: Sendable {
    /// By propagation of the errors of both means (the delta method).
    case delta
    /// That of the difference, over the base mean, as if that one were exact.
    case baseExact
  }

  /// The difference of the means, other minus base.
  public let difference: Double
  /// Half the width of the confidence interval of the difference.
  public let halfWidth: Double
  /// The difference in percent of the base mean; nil where that mean is 0.
  public let relative: Double?
  /// Half the width of the interval of ``relative``, never negative; nil where that is nil.
  public let relativeHalfWidth: Double?
  /// The pooled standard deviation.
  public let pooledDeviation: Double

  /// True if the interval of the difference excludes 0.
  public var isSignificant: Bool { abs(difference) > halfWidth }

  /// One side of a comparison.
  public struct Side: Equatable, Sendable {
    /// The number of values.
    public let count: Int
    /// Their mean.
    public let mean: Double
    /// Their standard deviation, n - 1 below.
    public let deviation: Double

    /// A side of `count` values with `mean` and `deviation`.
    public init(count: Int, mean: Double, deviation: Double) {
      self.count = count
      self.mean = mean
      self.deviation = deviation
    }
  }

  /// Compares `other` with `base`.
  ///
  /// - Parameters:
  ///   - base: the set to compare with.
  ///   - other: the set that is compared.
  ///   - critical: the critical value of t for `degreesOfFreedom(base, other)`.
  ///   - rule: how the relative interval is taken.
  public init(base: Side, other: Side, critical: Double, relative rule: RelativeRule = .delta) {
    precondition(base.count > 1 && other.count > 1, "a deviation needs two values")
    precondition(critical > 0, "a critical value is positive")
    let (n1, n2) = (Double(base.count), Double(other.count))  // not Int: n1 n2 may overflow
    let df = n1 + n2 - 2
    // Deviations are divided by the larger first, so that no square overflows or vanishes.
    let unit = max(base.deviation, other.deviation)
    let s1 = unit > 0 ? base.deviation / unit : 0
    let s2 = unit > 0 ? other.deviation / unit : 0
    let pooled = ((n1 - 1) * (s1 * s1) + (n2 - 1) * (s2 * s2)) / df
    pooledDeviation = unit * pooled.squareRoot()
    difference = other.mean - base.mean
    halfWidth = critical * pooledDeviation * (1 / n1 + 1 / n2).squareRoot()
    if base.mean == 0 {
      (relative, relativeHalfWidth) = (nil, nil)
      return
    }
    relative = difference * 100 / base.mean
    switch rule {
    case .baseExact: relativeHalfWidth = abs(halfWidth * 100 / base.mean)
    case .delta:
      let ratio = other.mean / base.mean
      let squares = (n2 - 1) * (s2 * s2) + (n1 - 1) * (s1 * s1) * (ratio * ratio)
      let error = critical * unit * (squares * (n1 + n2) / (n1 * n2 * df)).squareRoot()
      relativeHalfWidth = abs(error * 100 / base.mean)
    }
  }

  /// The degrees of freedom of the test of two such sets.
  public static func degreesOfFreedom(_ base: Side, _ other: Side) -> Int {
    base.count + other.count - 2
  }
}
