// What an estimate and a test say: the small types that all results are made of.

/// A range of numbers; its ends may be infinite, which says that the data set no bound.
public struct Interval: Equatable, Sendable {
  /// The lower end.
  public let lower: Double
  /// The upper end, not below the lower one.
  public let upper: Double

  /// The range from `lower` to `upper`.
  public init(_ lower: Double, _ upper: Double) {
    precondition(lower <= upper, "the ends of an interval are in order")
    self.lower = lower
    self.upper = upper
  }

  /// The range of all numbers: what an interval is when the data say nothing.
  public static let unbounded = Interval(-.infinity, .infinity)

  /// The length.
  public var width: Double { upper - lower }

  /// True if both ends are finite.
  public var isBounded: Bool { lower.isFinite && upper.isFinite }

  /// True if `value` lies in the range or on one of its ends.
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

  /// True if this range lies within `other`.
  public func lies(within other: Interval) -> Bool { other.lower <= lower && upper <= other.upper }

  /// The range with both distances from `centre`, which lies in it, multiplied by `factor`.
  public func widened(by factor: Double, about centre: Double) -> Interval {
    assert(factor >= 1, "an interval is not narrowed")
    if factor == 1 { return self }
    return Interval(
      min(lower, centre - (centre - lower) * factor),
      max(upper, centre + (upper - centre) * factor))
  }
}

/// A number that was estimated, and how sure that is.
public struct Estimate: Equatable, Sendable {
  /// The estimate itself.
  public let value: Double
  /// The confidence interval, at the level that was asked for unless ``level`` says otherwise.
  public let interval: Interval
  /// The probability that such an interval covers the truth, in percent.
  public let level: Double

  /// An estimate `value` with `interval` at `level` percent.
  public init(_ value: Double, _ interval: Interval, level: Double) {
    self.value = value
    self.interval = interval
    self.level = level
  }
}

/// What a test of a hypothesis says.
public struct TestResult: Equatable, Sendable {
  /// The name of the test, as `Welch's t`.
  public let name: String
  /// The value of the test's statistic.
  public let statistic: Double
  /// The degrees of freedom, where the statistic has any.
  public let degreesOfFreedom: Double?
  /// The two-sided probability of such a statistic, or a larger one, if the hypothesis holds.
  public let p: Double
  /// True if `p` is exact under the test's assumptions, false if it is an approximation.
  public let isExact: Bool

  /// A result of the test `name`.
  public init(
    _ name: String, statistic: Double, degreesOfFreedom: Double? = nil, p: Double,
    isExact: Bool = false
  ) {
    assert(p.isNaN || (p >= 0 && p <= 1), "a probability lies between 0 and 1")
    self.name = name
    self.statistic = statistic
    self.degreesOfFreedom = degreesOfFreedom
    self.p = p
    self.isExact = isExact
  }
}
