// Pairs compared: Wilcoxon's signed ranks, the sign test, their medians.

import Glibc

/// Wilcoxon's signed rank test that differences lie around 0, and the sign test.
public struct SignedRank: Equatable, Sendable {
  /// The number of differences that are not 0.
  public let count: Int
  /// The sum of the ranks of the positive differences.
  public let positiveSum: Double
  /// How many are positive.
  public let positiveCount: Int
  /// The two-sided probability of such a rank sum.
  public let p: Double
  /// True if ``p`` was counted, false if it comes from the normal approximation.
  public let isExact: Bool
  /// The two-sided probability of so many positive ones (the sign test), exact.
  public let signP: Double

  /// Exact up to this many differences.
  static let exactMax = 100

  /// Tests `differences`; those that are 0 are left out, as Wilcoxon did.  O(n log n).
  ///
  /// Exact, also with ties, up to 100 differences.  Relative error of p below 1e-9.
  public init(_ differences: [Double], inflation: Double = 1) {
    let kept = differences.filter { $0 != 0 }
    let (ranks, ties) = Ordering.ranks(kept.map(abs))
    count = kept.count
    positiveCount = kept.count { $0 > 0 }
    positiveSum = zip(kept, ranks).reduce(0) { $1.0 > 0 ? $0 + $1.1 : $0 }
    signP = Self.sign(positive: positiveCount, of: kept.count)
    if kept.isEmpty {
      (p, isExact) = (1, true)
      return
    }
    let n = Double(kept.count)
    let distance = abs(positiveSum - n * (n + 1) / 4)
    if kept.count <= Self.exactMax && inflation == 1 {
      p = Self.exact(ranks: ranks, distance: distance)
      isExact = true
    } else {
      let deviation = (n * (n + 1) * (2 * n + 1) / 24 - ties / 48).squareRoot() * inflation
      p = min(1, 2 * Normal.upperTail(max(0, distance - 0.5) / deviation))
      isExact = false
    }
  }

  /// The test as a result among others.
  public var test: TestResult {
    TestResult("Wilcoxon signed rank", statistic: positiveSum, p: p, isExact: isExact)
  }

  /// The sign test as a result among others.
  public var signTest: TestResult {
    TestResult("sign test", statistic: Double(positiveCount), p: signP, isExact: true)
  }

  private static func sign(positive: Int, of count: Int) -> Double {
    if count == 0 { return 1 }
    let fewer = min(positive, count - positive)
    // P(B <= fewer) for a fair coin.
    let tail = SpecialFunctions.incompleteBeta(
      0.5, complement: 0.5, a: Double(count - fewer), b: Double(fewer + 1)
    ).value
    return min(1, 2 * tail)
  }

  /// The probability of each sum of (doubled) ranks, each rank positive or negative as likely.
  private static func distribution(_ doubled: [Int]) -> [Double] {
    var shares = [1.0]
    for rank in doubled {
      var next = [Double](repeating: 0, count: shares.count + rank)
      for (sum, share) in shares.enumerated() {
        next[sum] += share / 2
        next[sum + rank] += share / 2
      }
      shares = next
    }
    return shares
  }

  private static func exact(ranks: [Double], distance: Double) -> Double {
    let doubled = ranks.map { Int(2 * $0) }
    let shares = distribution(doubled)
    let centre = doubled.reduce(0, +)  // twice the mean of the doubled sum
    let limit = Int((4 * distance).rounded())
    let tail = shares.enumerated().reduce(0.0) { sum, entry in
      2 * entry.offset - centre >= limit ? sum + entry.element : sum
    }
    return min(1, limit == 0 ? 1 : 2 * tail)
  }

  /// The median of all means of two differences (Hodges-Lehmann), with the test's interval.
  ///
  /// O(n^2) for up to 2000 differences; more are thinned evenly over their order.
  static func centre(
    _ differences: [Double], level: ConfidenceLevel, inflation: Double = 1
  ) -> Estimate {
    let sorted = Ordering.thinned(Ordering.sorted(differences), to: 2000)
    var means: [Double] = []
    means.reserveCapacity(sorted.count * (sorted.count + 1) / 2)
    for i in sorted.indices {
      for j in i..<sorted.count { means.append(sorted[i] / 2 + sorted[j] / 2) }
    }
    means = Ordering.sorted(means)
    let median = Quantile.of(sorted: means, at: 0.5)
    guard let share = lowerShare(differences.count, level: level, inflation: inflation) else {
      return Estimate(median, .unbounded, level: level.percent)
    }
    let rank = min(Int(share * Double(means.count) + 1e-6), (means.count - 1) / 2)
    return Estimate(
      median, Interval(means[rank], means[means.count - 1 - rank]), level: level.percent)
  }

  /// The rank of the mean at which the interval begins, over their number; nil if there is none.
  private static func lowerShare(
    _ count: Int, level: ConfidenceLevel, inflation: Double
  ) -> Double? {
    let tail = (100 - level.percent) / 200
    let n = Double(count)
    let pairs = n * (n + 1) / 2
    if count <= exactMax && inflation == 1 {
      var sum = 0.0
      var rank = 0
      for share in distribution(Array(1...count)) {
        if sum + share > tail { break }
        sum += share
        rank += 1
      }
      return rank == 0 ? nil : Double(rank - 1) / pairs
    }
    let deviation = (n * (n + 1) * (2 * n + 1) / 24).squareRoot() * inflation
    let place = pairs / 2 - Normal.quantile(upperTail: tail) * deviation - 0.5
    return place < 0 ? nil : place / pairs
  }
}

/// Two arms compared pair by pair.
public struct PairedComparison: Equatable, Sendable {
  /// The number of pairs.
  public let count: Int
  /// The correlation within the pairs, of logarithms where all values are above 0.
  public let correlation: Double
  /// True if ``centre`` and ``typical`` are ratios, false if they are differences, because some
  /// value is not above 0.
  public let isRatio: Bool
  /// The geometric mean of other / base with the interval of the t test on logarithms; or the
  /// mean difference with that of the t test.
  public private(set) var centre: Estimate
  /// The same by Hodges and Lehmann with the interval of the signed rank test.
  public private(set) var typical: Estimate
  /// The t test.
  public let student: TestResult
  /// The signed rank test.
  public let wilcoxon: TestResult
  /// The sign test.
  public let sign: TestResult
  /// The differences, of logarithms where ``isRatio``, in the order of the pairs.
  let differences: [Double]
  /// The mean of ``differences`` and its standard error.
  let mean: (value: Double, error: Double)

  /// Compares the k-th of `other` with the k-th of `base`; at least two pairs, as many of both.
  public init(base: Arm, other: Arm, level: ConfidenceLevel, inflation: Double = 1) {
    precondition(base.count == other.count, "pairs have two members")
    precondition(base.count > 1, "a deviation needs two pairs")
    count = base.count
    isRatio = base.sorted[0] > 0 && other.sorted[0] > 0
    let before = isRatio ? base.values.map { log($0) } : base.values
    let after = isRatio ? other.values.map { log($0) } : other.values
    differences = zip(after, before).map { $0 - $1 }
    correlation = Self.correlation(before, after)
    let moments = Moments(differences)
    let error = moments.standardDeviation / Double(count).squareRoot() * inflation
    mean = (moments.mean, error)
    let distribution = StudentT(degreesOfFreedom: Double(count - 1))
    let half = distribution.critical(level) * error
    let t = error == 0 ? (moments.mean == 0 ? 0 : .infinity) : moments.mean / error
    student = TestResult(
      isRatio ? "paired t on logarithms" : "paired t", statistic: t,
      degreesOfFreedom: Double(count - 1), p: t.isInfinite ? 0 : distribution.twoTails(t))
    let signed = SignedRank(differences, inflation: inflation)
    (wilcoxon, sign) = (signed.test, signed.signTest)
    let straight = Estimate(
      moments.mean, Interval(moments.mean - half, moments.mean + half), level: level.percent)
    let ranked = SignedRank.centre(differences, level: level, inflation: inflation)
    (centre, typical) = isRatio ? (straight.exponential, ranked.exponential) : (straight, ranked)
  }

  /// The comparison in the unit of the values, where they were multiplied.
  ///
  /// But for ``differences`` and ``mean``, on which tests stand.
  func undone(_ scale: Scale) -> PairedComparison {
    if isRatio || scale.isOne { return self }
    var result = self
    (result.centre, result.typical) = (scale.undone(centre), scale.undone(typical))
    return result
  }

  /// Two one-sided t tests that the ratio lies between 1 - margin and 1 + margin; nil unless
  /// ``isRatio``.
  public func equivalence(margin: Double) -> Equivalence? {
    if !isRatio || margin <= 0 || margin >= 1 { return nil }
    if mean.error == 0 {
      let inside = mean.value > log(1 - margin) && mean.value < log(1 + margin)
      return Equivalence(margin: margin, p: inside ? 0 : 1)
    }
    let distribution = StudentT(degreesOfFreedom: Double(count - 1))
    let above = distribution.upperTail((mean.value - log(1 - margin)) / mean.error)
    let below = distribution.upperTail((log(1 + margin) - mean.value) / mean.error)
    return Equivalence(margin: margin, p: max(above, below))
  }

  /// Pearson's correlation; 0 where one side does not vary.
  static func correlation(_ first: [Double], _ second: [Double]) -> Double {
    let (m1, m2) = (Moments(first), Moments(second))
    let scale = m1.standardDeviation * m2.standardDeviation * Double(first.count - 1)
    if scale == 0 { return 0 }
    let product = zip(first, second).reduce(0.0) { $0 + ($1.0 - m1.mean) * ($1.1 - m2.mean) }
    return min(max(product / scale, -1), 1)
  }

  /// Comparisons are the same if their figures are.
  public static func == (left: PairedComparison, right: PairedComparison) -> Bool {
    left.differences == right.differences && left.centre == right.centre
      && left.typical == right.typical
  }
}

extension Estimate {
  /// What was estimated on logarithms, as a ratio.
  var exponential: Estimate {
    Estimate(exp(value), Interval(exp(interval.lower), exp(interval.upper)), level: level)
  }
}
