// More tests of two sets: for unequal spreads, for trimmed means, for whole distributions, and
// by counting all ways in which the values could have been dealt.

import Glibc

/// Tests of two sets beside those by means and ranks.
public enum TwoSets {
  /// Brunner and Munzel's test that neither set tends to be larger, whatever their spreads.
  ///
  /// As scipy's `brunnermunzel`, with Student's t.  Relative error of p below 1e-9.  O(n log n).
  ///
  /// - Precondition: at least two values of each.
  public static func brunnerMunzel(_ base: [Double], _ other: [Double]) -> TestResult {
    precondition(base.count > 1 && other.count > 1, "a deviation needs two values")
    let (n1, n2) = (Double(base.count), Double(other.count))
    let all = Ordering.ranks(base + other).ranks
    let (first, second) = (Array(all[..<base.count]), Array(all[base.count...]))
    let (rank1, rank2) = (first.reduce(0, +) / n1, second.reduce(0, +) / n2)
    let spread = { (inAll: [Double], values: [Double], mean: Double) -> Double in
      let own = Ordering.ranks(values).ranks
      let n = Double(values.count)
      let sum = zip(inAll, own).reduce(0.0) { sum, pair in
        let d = pair.0 - pair.1 - mean + (n + 1) / 2
        return sum + d * d
      }
      return sum / (n - 1)
    }
    let (s1, s2) = (spread(first, base, rank1), spread(second, other, rank2))
    let (v1, v2) = (n1 * s1, n2 * s2)
    let name = "Brunner-Munzel"
    if v1 + v2 == 0 {
      // The sets do not overlap at all, or all values are equal.
      let apart = rank1 != rank2
      return TestResult(name, statistic: apart ? .infinity : 0, p: apart ? 0 : 1)
    }
    let w = n1 * n2 * (rank2 - rank1) / ((n1 + n2) * (v1 + v2).squareRoot())
    let df = (v1 + v2) * (v1 + v2) / (v1 * v1 / (n1 - 1) + v2 * v2 / (n2 - 1))
    return TestResult(
      name, statistic: w, degreesOfFreedom: df, p: StudentT(degreesOfFreedom: df).twoTails(w))
  }

  /// Yuen's test of trimmed means: Welch's test without the outer `trim` of each side.
  ///
  /// As scipy's `ttest_ind(trim:)`.  Relative error of p below 1e-9.
  ///
  /// - Precondition: `base` and `other` are ascending; at least two values of each are left.
  public static func yuen(sorted base: [Double], _ other: [Double], trim: Double = 0.2)
    -> TestResult
  {
    precondition(trim >= 0 && trim < 0.5, "less than half is trimmed from each side")
    let sides = [base, other].map { values -> (mean: Double, error: Double, left: Double) in
      let cut = Int(trim * Double(values.count))
      let kept = Array(values[cut..<values.count - cut])
      precondition(kept.count > 1, "a deviation needs two values")
      // Winsorized: what was cut counts as the nearest that was kept.
      let low = Array(repeating: kept[0], count: cut)
      let high = Array(repeating: kept[kept.count - 1], count: cut)
      let spread = Moments(low + kept + high)
      let h = Double(kept.count)
      let squares = spread.variance * Double(values.count - 1)
      return (Moments(kept).mean, squares / (h * (h - 1)), h)
    }
    let (v1, v2) = (sides[0].error, sides[1].error)
    let difference = sides[1].mean - sides[0].mean
    let name = "Yuen's t"
    if v1 + v2 == 0 {
      return TestResult(
        name, statistic: difference == 0 ? 0 : .infinity, p: difference == 0 ? 1 : 0)
    }
    let df =
      (v1 + v2) * (v1 + v2) / (v1 * v1 / (sides[0].left - 1) + v2 * v2 / (sides[1].left - 1))
    let t = difference / (v1 + v2).squareRoot()
    return TestResult(
      name, statistic: t, degreesOfFreedom: df, p: StudentT(degreesOfFreedom: df).twoTails(t))
  }

  /// Up to this n1 n2 the test of Kolmogorov and Smirnov is exact.
  private static let pathsMax = 1_000_000

  /// Kolmogorov and Smirnov's test that both sets have one distribution.
  ///
  /// Exact without ties up to n1 n2 = 10^6 (relative error below 1e-9), conservative with ties;
  /// beyond, the limit distribution.  O(n1 n2), or O(n1 + n2) beyond.
  ///
  /// - Precondition: both are ascending and not empty.
  public static func kolmogorovSmirnov(sorted base: [Double], _ other: [Double]) -> TestResult {
    let (n1, n2) = (base.count, other.count)
    var (i, j) = (0, 0)
    var widest = 0  // |i n2 - j n1|, whole, so that comparing is exact
    while i < n1 && j < n2 {
      let value = min(base[i], other[j])
      while i < n1 && base[i] == value { i += 1 }
      while j < n2 && other[j] == value { j += 1 }
      widest = max(widest, abs(i * n2 - j * n1))
    }
    let d = Double(widest) / Double(n1) / Double(n2)
    if n1 * n2 <= pathsMax {
      return TestResult(
        "Kolmogorov-Smirnov", statistic: d, p: pathsBeyond(widest, n1, n2), isExact: true)
    }
    let size = Double(n1) / Double(n1 + n2) * Double(n2)
    return TestResult(
      "Kolmogorov-Smirnov", statistic: d, p: Kolmogorov.upperTail(size.squareRoot() * d))
  }

  /// The share of orders of n1 and n2 values that somewhere stray `widest` or more apart.
  private static func pathsBeyond(_ widest: Int, _ n1: Int, _ n2: Int) -> Double {
    if widest == 0 { return 1 }
    // strayed[j]: of the orders of i and j values, the share that has strayed.  Each step comes
    // from the left with the chance j / (i + j), from below with i / (i + j).
    var strayed = [Double](repeating: 0, count: n2 + 1)
    for i in 0...n1 {
      for j in 0...n2 {
        if abs(i * n2 - j * n1) >= widest {
          strayed[j] = 1
        } else if i + j > 0 {
          let fromBelow = i > 0 ? strayed[j] * Double(i) : 0
          let fromLeft = j > 0 ? strayed[j - 1] * Double(j) : 0
          strayed[j] = (fromBelow + fromLeft) / Double(i + j)
        }
      }
    }
    return min(1, strayed[n2])
  }

  /// Ways of dealing that the permutation test counts through.
  public static let dealsMax = 1_000_000.0

  /// Fisher and Pitman's test of equal means by all ways in which the values could have been
  /// dealt; nil if there are more than a million.
  ///
  /// Exact, with ties or without.  O(ways).
  public static func permutation(_ base: [Double], _ other: [Double]) -> TestResult? {
    let n = base.count + other.count
    let few = min(base.count, other.count)
    var ways = 1.0
    for k in 0..<few { ways = ways * Double(n - k) / Double(k + 1) }
    if ways > dealsMax { return nil }
    let all = base + other
    let mean = Moments(all).mean
    // Sums of the smaller side, less their mean; the difference of means grows with them.
    let centred = all.map { $0 - mean }
    let smaller = base.count <= other.count ? centred[..<few] : centred[base.count...]
    let observed = abs(smaller.reduce(0, +))
    let scale = centred.reduce(0) { max($0, abs($1)) }
    // Sums that are equal on paper may differ by their rounding.
    let limit = observed - 1e-12 * scale * Double(n)
    var beyond = 0.0
    deal(centred.span, from: 0, left: few, sum: 0) { sum in
      if abs(sum) >= limit { beyond += 1 }
    }
    let difference = Moments(other).mean - Moments(base).mean
    return TestResult(
      "permutation", statistic: difference, p: min(1, beyond / ways.rounded()), isExact: true)
  }

  private static func deal(
    _ values: Span<Double>, from start: Int, left: Int, sum: Double, _ body: (Double) -> Void
  ) {
    if left == 0 { return body(sum) }
    for index in start...(values.count - left) {
      deal(values, from: index + 1, left: left - 1, sum: sum + values[index], body)
    }
  }
}

/// Kolmogorov's limit distribution.
public enum Kolmogorov {
  /// The probability of a value above `x`.  Relative error below 1e-12.
  public static func upperTail(_ x: Double) -> Double {
    if x <= 0 { return 1 }
    if x < 1 {
      // The same theta function turned over, which converges where the other does not.
      let step = exp(-Double.pi * Double.pi / (8 * x * x))
      var sum = 0.0
      for k in 0..<20 { sum += pow(step, Double((2 * k + 1) * (2 * k + 1))) }
      return max(0, 1 - (2 * Double.pi).squareRoot() / x * sum)
    }
    var sum = 0.0
    for k in 1...20 {
      let term = exp(-2 * Double(k * k) * x * x)
      sum += k.isMultiple(of: 2) ? -term : term
    }
    return min(1, 2 * sum)
  }
}
