// Whether values could be from a normal distribution.

import Glibc

/// Tests of normality.
public enum Normality {
  /// The values that Shapiro and Wilk's test takes, at most: its p is not known beyond.
  public static let shapiroMax = 5000

  /// Shapiro and Wilk's test, after Royston's AS R94 (1995).
  ///
  /// As R's `shapiro.test` and scipy's `shapiro`: W within 1e-6 relative, p within 1e-4 absolute
  /// of both, whose coefficients are rounded.
  ///
  /// - Parameter sorted: 3 to 5000 ascending values that are not all equal.
  public static func shapiroWilk(sorted: [Double]) -> TestResult {
    let count = sorted.count
    precondition(count >= 3 && count <= shapiroMax, "3 to 5000 values")
    let weights = shapiroWeights(count)
    let moments = Moments(sorted)
    let squares = moments.variance * Double(count - 1)
    precondition(squares > 0, "values that do not vary have no shape")
    var product = 0.0
    for (index, weight) in weights.enumerated() {
      product += weight * (sorted[count - 1 - index] - sorted[index])
    }
    // 1 - W is what matters, and W may be next to 1.
    let w = min(product / squares * product, 1)
    return TestResult("Shapiro-Wilk", statistic: w, p: shapiroP(w, count))
  }

  /// The weights of the upper half: positive, falling.
  private static func shapiroWeights(_ count: Int) -> [Double] {
    if count == 3 { return [(0.5).squareRoot()] }
    let n = Double(count)
    let half = (0..<count / 2).map {
      Normal.quantile(upperTail: (Double($0) + 1 - 0.375) / (n + 0.25))
    }
    let total = 2 * half.reduce(0) { $0 + $1 * $1 }
    let length = total.squareRoot()
    let u = 1 / n.squareRoot()
    let first =
      half[0] / length
      + polynomial([0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056], u)
    if count <= 5 {
      let rest = ((total - 2 * half[0] * half[0]) / (1 - 2 * first * first)).squareRoot()
      return [first] + half.dropFirst().map { $0 / rest }
    }
    let second =
      half[1] / length
      + polynomial([0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], u)
    let above = total - 2 * half[0] * half[0] - 2 * half[1] * half[1]
    let rest = (above / (1 - 2 * first * first - 2 * second * second)).squareRoot()
    return [first, second] + half.dropFirst(2).map { $0 / rest }
  }

  private static func shapiroP(_ w: Double, _ count: Int) -> Double {
    if w >= 1 { return 1 }
    let n = Double(count)
    if count == 3 {
      let p = 6 / Double.pi * (asin(w.squareRoot()) - asin((0.75).squareRoot()))
      return min(max(p, 0), 1)
    }
    let y = log(1 - w)
    let mean: Double
    let deviation: Double
    var value = y
    if count <= 11 {
      let limit = -2.273 + 0.459 * n
      if y >= limit { return 0 }
      value = -log(limit - y)
      mean = polynomial([0.544, -0.39978, 0.025054, -6.714e-4], n)
      deviation = exp(polynomial([1.3822, -0.77857, 0.062767, -0.0020322], n))
    } else {
      let x = log(n)
      mean = polynomial([-1.5861, -0.31082, -0.083751, 0.0038915], x)
      deviation = exp(polynomial([-0.4803, -0.082676, 0.0030302], x))
    }
    return Normal.upperTail((value - mean) / deviation)
  }

  private static func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
    coefficients.reversed().reduce(0) { $0 * x + $1 }
  }

  /// Anderson and Darling's test with mean and deviation from the values (Stephens 1974); p
  /// after D'Agostino and Stephens 1986, relative error below 1e-9 against the same formula.
  ///
  /// - Parameter sorted: 8 or more ascending values that are not all equal.
  public static func andersonDarling(sorted: [Double]) -> TestResult {
    precondition(sorted.count >= 8, "8 values or more")
    let moments = Moments(sorted)
    precondition(moments.standardDeviation > 0, "values that do not vary have no shape")
    let n = Double(sorted.count)
    var sum = 0.0
    for index in 0..<sorted.count {
      let low = (sorted[index] - moments.mean) / moments.standardDeviation
      let high = (sorted[sorted.count - 1 - index] - moments.mean) / moments.standardDeviation
      sum += Double(2 * index + 1) * (log(Normal.lowerTail(low)) + log(Normal.upperTail(high)))
    }
    let a = max(0, -n - sum / n)
    let adjusted = a * (1 + 0.75 / n + 2.25 / (n * n))
    let p =
      switch adjusted {
      case 0.6...: exp(1.2937 - 5.709 * adjusted + 0.0186 * adjusted * adjusted)
      case 0.34..<0.6: exp(0.9177 - 4.279 * adjusted - 1.38 * adjusted * adjusted)
      case 0.2..<0.34: 1 - exp(-8.318 + 42.796 * adjusted - 59.938 * adjusted * adjusted)
      default: 1 - exp(-13.436 + 101.14 * adjusted - 223.73 * adjusted * adjusted)
      }
    // The first formula rises again far beyond what it was made for.
    return TestResult(
      "Anderson-Darling", statistic: a, p: adjusted > 150 ? 0 : min(max(p, 0), 1))
  }
}
