// Ranks compared: theory of operation.
//
// Problem.  Which of two sets is larger, whatever the shape of their distributions, and by how
// much; few values want exact probabilities, ten million want O(n).
//
// Shape.  U counts the pairs (base, other) in which other is larger, equal pairs half.  Under the
// hypothesis all orders of the n1 + n2 values are as likely, and the number of orders with
// U = u is the coefficient of q^u in the Gaussian binomial
//
//     [n1 + n2 over n1]_q = product over i = 1...n1 of (1 - q^(n2 + i)) / (1 - q^i)
//
// which is multiplied and divided out in place, one factor at a time, as in `counts`.  With equal
// values the orders of the groups are counted instead: the number of ways to take k of the values
// with a given sum of (doubled) ranks.  Beyond the limits below the normal approximation with
// correction for ties and continuity.
//
// The shift that belongs to the test is the median of all differences other - base (Hodges and
// Lehmann 1963), and its interval ends at the differences that the test would just not reject.
// They are found among the n1 n2 differences without making them: see DifferenceMatrix.

import Glibc

/// The test of Mann and Whitney (Wilcoxon's rank sum test) of two sets.
public struct MannWhitney: Equatable, Sendable {
  /// The number of values of the base.
  public let baseCount: Int
  /// The number of values of the other.
  public let otherCount: Int
  /// How often other is larger than base, over all pairs; equal pairs count half.
  public let u: Double
  /// The sum of t^3 - t over groups of t equal values; 0 if all differ.
  public let ties: Double
  /// The two-sided probability of such an U.
  public let p: Double
  /// True if ``p`` was counted, false if it comes from the normal approximation.
  public let isExact: Bool

  /// Without ties, exact up to this n1 n2: 50 against 50.
  static let exactMax = 2500
  /// With ties, exact up to this n1 n2: 20 against 20.
  static let exactTiesMax = 400

  /// Compares sorted values.  O(n1 + n2), beyond counting exactly.
  ///
  /// Relative error of p below 1e-9.
  ///
  /// - Parameters:
  ///   - base: ascending values to compare with.
  ///   - other: ascending values that are compared.
  ///   - inflation: by what the deviation of U is multiplied, for values that depend on each
  ///     other; other than 1 it takes the normal approximation.
  public init(base: [Double], other: [Double], inflation: Double = 1) {
    precondition(!base.isEmpty && !other.isEmpty, "a set has values")
    baseCount = base.count
    otherCount = other.count
    let merged = Self.merge(base.span, other.span)
    (u, ties) = (merged.u, merged.ties)
    let pairs = base.count.multipliedReportingOverflow(by: other.count).partialValue
    let few = base.count < 100_000 && other.count < 100_000
    if inflation == 1 && ties == 0 && few && pairs <= Self.exactMax {
      p = Self.exact(u: u, base.count, other.count)
      isExact = true
    } else if inflation == 1 && ties > 0 && few && pairs <= Self.exactTiesMax {
      p = Self.exactWithTies(base.span, other.span)
      isExact = true
    } else {
      let deviation = Self.deviation(base.count, other.count, ties: ties) * inflation
      let distance = abs(u - Double(base.count) * Double(other.count) / 2)
      p = deviation > 0 ? min(1, 2 * Normal.upperTail(max(0, distance - 0.5) / deviation)) : 1
      isExact = false
    }
  }

  /// The test as a result among others.
  public var test: TestResult {
    TestResult("Mann-Whitney U", statistic: u, p: p, isExact: isExact)
  }

  /// P(other > base) + P(equal) / 2, Vargha and Delaney's A.
  public var superiority: Double { u / Double(baseCount) / Double(otherCount) }

  /// The standard deviation of U under the hypothesis.
  static func deviation(_ first: Int, _ second: Int, ties: Double) -> Double {
    let (n1, n2) = (Double(first), Double(second))
    let n = n1 + n2
    return (max(0, n1 * n2 / 12 * ((n + 1) - ties / (n * (n - 1))))).squareRoot()
  }

  /// U and the ties, from one walk over both.
  private static func merge(
    _ base: Span<Double>, _ other: Span<Double>
  ) -> (u: Double, ties: Double) {
    var u = 0.0
    var ties = 0.0
    var (i, j) = (0, 0)
    while j < other.count {
      let value = other[j]
      while i < base.count && base[i] < value { i += 1 }
      var (equalBase, equalOther) = (0, 1)
      while i + equalBase < base.count && base[i + equalBase] == value { equalBase += 1 }
      while j + equalOther < other.count && other[j + equalOther] == value { equalOther += 1 }
      u += Double(equalOther) * (Double(i) + 0.5 * Double(equalBase))
      let size = Double(equalBase + equalOther)
      ties += size * size * size - size
      i += equalBase
      j += equalOther
    }
    return (u, ties + tiesApart(base, other))
  }

  /// The ties among values of the base that the other does not have.
  private static func tiesApart(_ base: Span<Double>, _ other: Span<Double>) -> Double {
    var ties = 0.0
    var j = 0
    var start = 0
    while start < base.count {
      let value = base[start]
      var end = start + 1
      while end < base.count && base[end] == value { end += 1 }
      if end - start > 1 {
        while j < other.count && other[j] < value { j += 1 }
        if j == other.count || other[j] != value {
          let size = Double(end - start)
          ties += size * size * size - size
        }
      }
      start = end
    }
    return ties
  }

  /// The probabilities of U = 0, 1, ... n1 n2 / 2 (rounded down), without ties.
  ///
  /// O(n1 n2 min(n1, n2)).  Relative error of each below 1e-12.
  static func probabilities(_ first: Int, _ second: Int) -> [Double] {
    let (few, many) = (min(first, second), max(first, second))
    let half = few * many / 2
    var counts = [Double](repeating: 0, count: half + 1)
    counts[0] = 1
    // Each factor with its share of the total, so that nothing overflows.
    for factor in 1...few {
      if many + factor <= half {
        for index in stride(from: half, through: many + factor, by: -1) {
          counts[index] -= counts[index - many - factor]
        }
      }
      if factor <= half {
        for index in factor...half { counts[index] += counts[index - factor] }
      }
      let share = Double(factor) / Double(many + factor)
      for index in 0...half { counts[index] *= share }
    }
    return counts
  }

  private static func exact(u: Double, _ first: Int, _ second: Int) -> Double {
    let pairs = first * second
    let smaller = Int(min(u, Double(pairs) - u))
    let probabilities = probabilities(first, second)
    return min(1, 2 * probabilities[...smaller].reduce(0, +))
  }

  private static func exactWithTies(_ base: Span<Double>, _ other: Span<Double>) -> Double {
    // Doubled mid-ranks of all values, and the base's sum of them.
    var (i, j, place) = (0, 0, 0)
    var groups: [(size: Int, rank: Int, base: Int)] = []
    while i < base.count || j < other.count {
      let value = min(
        i < base.count ? base[i] : .infinity, j < other.count ? other[j] : .infinity)
      var (inBase, inOther) = (0, 0)
      while i < base.count && base[i] == value { (i, inBase) = (i + 1, inBase + 1) }
      while j < other.count && other[j] == value { (j, inOther) = (j + 1, inOther + 1) }
      let size = inBase + inOther
      groups.append((size, 2 * place + size + 1, inBase))
      place += size
    }
    let observed = groups.reduce(0) { $0 + $1.base * $1.rank }
    let total = base.count * (base.count + other.count + 1)  // twice the mean of the sum
    return RankSums(groups.flatMap { repeatElement($0.rank, count: $0.size) }, take: base.count)
      .probability(atLeast: abs(observed - total), from: total)
  }
}

/// The distribution of the sum of `take` of some whole numbers, all choices being as likely.
struct RankSums {
  /// The probability of each sum.
  private var probabilities: [Double]

  /// O(count take sum): for a few dozen numbers.
  init(_ numbers: [Int], take: Int) {
    let highest = numbers.sorted().suffix(take).reduce(0, +)
    let width = highest + 1
    // ways[k * width + s]: of the numbers so far, the share of choices of k with the sum s,
    // scaled at each number so that the last row adds up to 1.
    var ways = [Double](repeating: 0, count: (take + 1) * width)
    ways[0] = 1
    for (index, number) in numbers.enumerated() {
      for k in stride(from: min(take, index + 1), through: 1, by: -1) {
        for sum in stride(from: highest, through: number, by: -1) {
          ways[k * width + sum] += ways[(k - 1) * width + sum - number]
        }
      }
    }
    let row = Array(ways[(take * width)...])
    let all = row.reduce(0, +)
    probabilities = row.map { $0 / all }
  }

  /// The probability of a sum whose distance from `centre` is `distance` or more.
  func probability(atLeast distance: Int, from centre: Int) -> Double {
    var inside = 0.0
    var outside = 0.0
    for (sum, share) in probabilities.enumerated() {
      if abs(sum - centre) >= distance { outside += share } else { inside += share }
    }
    return min(1, outside < 0.5 ? outside : 1 - inside)
  }
}
