// More than two arms at once.

import Glibc

/// Several arms compared as one question, with the number of comparisons taken into account.
///
/// Assumes equal spread in all arms, as Tukey's and Dunnett's methods do.
public struct ManyArms: Sendable {
  /// One pair of arms.
  public struct Pair: Equatable, Sendable {
    /// The index of the arm that is compared with.
    public let base: Int
    /// The index of the arm that is compared.
    public let other: Int
    /// Other minus base of the means, with an interval that holds for all pairs together.
    public let difference: Estimate
    /// The difference over the base's mean, plus 1, as if that mean were exact; nil if it is not
    /// above 0.
    public let ratio: Estimate?
    /// The probability, adjusted for all pairs.
    public let p: Double
  }

  /// The names of the arms, in their order.
  public let names: [String]
  /// Whether any mean differs (one-way analysis of variance).
  public let anova: TestResult
  /// Whether any arm differs, by ranks (Kruskal and Wallis).
  public let kruskal: TestResult
  /// Whether the spreads differ, which Tukey and Dunnett take to be equal (Brown and Forsythe).
  public let spreads: TestResult
  /// All pairs, after Tukey and Kramer.
  public let tukey: [Pair]
  /// Every other arm against the first, after Dunnett.
  public let dunnett: [Pair]

  /// More arms than this have no Tukey and Dunnett intervals: their integrals take long.
  public static let armsMax = 100

  /// True if the spreads differ so clearly that Tukey's and Dunnett's intervals are in doubt.
  public var spreadsDiffer: Bool { spreads.p < Self.spreadsLevel }
  private static let spreadsLevel = 0.01

  /// Compares `arms`, at least two, of at least two values each; the first is the base.
  ///
  /// O(n log n), and some milliseconds for each pair.
  public init(_ arms: [Arm], level: ConfidenceLevel = .standard) {
    precondition(arms.count >= 2, "there is something to compare")
    precondition(arms.allSatisfy { $0.count > 1 }, "a deviation needs two values")
    names = arms.map(\.name)
    let scale = Scale(of: arms)
    let scaled = arms.map { $0.scaled(by: scale) }
    let moments = scaled.map { Moments($0.values) }
    anova = SeveralMeans.anova(moments)
    kruskal = SeveralMeans.kruskalWallis(sorted: arms.map(\.sorted))
    spreads = SeveralMeans.brownForsythe(scaled.map(\.values))
    let (variance, df) = SeveralMeans.pooled(moments)
    if variance == 0 || arms.count > Self.armsMax {
      (tukey, dunnett) = ([], [])
      return
    }
    let tail = (100 - level.percent) / 100
    let range = StudentizedRange(count: arms.count, degreesOfFreedom: df)
    let criticalRange = range.quantile(upperTail: tail) / 2.0.squareRoot()
    let all = arms.indices.flatMap { i in arms.indices.filter { $0 > i }.map { (i, $0) } }
    tukey = all.map { base, other in
      Self.pair(
        base, other, moments, variance: variance, critical: criticalRange, level: level,
        scale: scale
      ) { range.upperTail($0 * 2.0.squareRoot()) }
    }
    let largest = DunnettDistribution(
      baseCount: arms[0].count, counts: arms.dropFirst().map(\.count), degreesOfFreedom: df)
    let criticalLargest = largest.quantile(upperTail: tail)
    dunnett = arms.indices.dropFirst().map { other in
      Self.pair(
        0, other, moments, variance: variance, critical: criticalLargest, level: level,
        scale: scale
      ) { largest.upperTail($0) }
    }
  }

  private static func pair(
    _ base: Int, _ other: Int, _ moments: [Moments], variance: Double, critical: Double,
    level: ConfidenceLevel, scale: Scale, _ upperTail: (Double) -> Double
  ) -> Pair {
    let (first, second) = (moments[base], moments[other])
    let error = (variance * (1 / Double(first.count) + 1 / Double(second.count))).squareRoot()
    let value = second.mean - first.mean
    let half = critical * error
    let difference = Estimate(
      value, Interval(value - half, value + half), level: level.percent)
    var ratio: Estimate?
    if first.mean > 0 && abs(second.mean) / first.mean < MeanComparison.ratioMax {
      let (lower, upper) = (1 + (value - half) / first.mean, 1 + (value + half) / first.mean)
      ratio = Estimate(
        second.mean / first.mean, Interval(lower, max(lower, upper)), level: level.percent)
    }
    return Pair(
      base: base, other: other, difference: scale.undone(difference), ratio: ratio,
      p: upperTail(abs(value) / error))
  }
}
