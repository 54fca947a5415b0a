// The functions on which the distributions stand: theory of operation.
//
// The regularized incomplete beta function I_x(a, b) is computed as
//
//     I_x(a, b) = P(x) / a * 1 / (1 + d1 / (1 + d2 / (1 + ...)))        DLMF 8.17.22
//     P(x)      = x^a (1 - x)^b / B(a, b)
//
// for x below (a + 1) / (a + b + 2), and as 1 - I_{1-x}(b, a) above, where the fraction
// converges fast.  The difficulty is P: as exp(lnGamma(a + b) - ...) it has lost eight digits at
// a = 10^7.  With Stirling's remainder
//
//     delta(z) = lnGamma(z) - ((z - 1/2) ln z - z + ln(2 pi) / 2)
//
// the large terms cancel on paper instead of in the machine:
//
//     P(x) = sqrt(a b / (2 pi n)) exp(a ln(x n / a) + b ln((1 - x) n / b) + delta(n) - delta(a)
//            - delta(b)),     n = a + b
//
// and since a ln(1 + u) + b ln(1 + v) has a u + b v = 0, the logarithms are taken less their
// linear terms.  (Loader, "Fast and accurate computation of binomial probabilities", 2000.)

import Glibc

/// Special functions of real arguments.
public enum SpecialFunctions {
  /// Terms of the continued fraction: it needs about sqrt(max(a, b)), so this serves a = 10^9.
  private static let termsMax = 100_000

  /// The regularized incomplete beta function I_x(a, b), and 1 - I_x(a, b) to full precision.
  ///
  /// Relative error below 1e-11 unless a (1 - x) or b x is small against a or b by more than
  /// four digits: that many digits the fraction loses.  O(sqrt(max(a, b))).
  ///
  /// - Parameters:
  ///   - x: the argument, 0 to 1.
  ///   - complement: 1 - x, given apart because the caller may know more of its digits.
  ///   - a: the first parameter, above 0.
  ///   - b: the second parameter, above 0.
  public static func incompleteBeta(
    _ x: Double, complement: Double, a: Double, b: Double
  ) -> (value: Double, complement: Double) {
    precondition(a > 0 && b > 0, "the parameters of a beta function are positive")
    precondition(x >= 0 && complement >= 0, "the argument lies between 0 and 1")
    if x == 0 { return (0, 1) }
    if complement == 0 { return (1, 0) }
    let power = betaPower(x, complement, a: a, b: b)
    if x < (a + 1) / (a + b + 2) {
      let value = power / a * betaFraction(x, a: a, b: b)
      return (value, 1 - value)
    }
    let value = power / b * betaFraction(complement, a: b, b: a)
    return (1 - value, value)
  }

  /// x^a (1 - x)^b / B(a, b), as the head of this file says.
  static func betaPower(_ x: Double, _ y: Double, a: Double, b: Double) -> Double {
    let n = a + b
    let excess = b * x - a * y  // = x n - a, without its cancellation
    let exponent =
      a * logLessLinear(excess / a, logarithm: log(x / a * n))
      + b * logLessLinear(-excess / b, logarithm: log(y / b * n))
    let remainder = stirlingRemainder(n) - stirlingRemainder(a) - stirlingRemainder(b)
    return (a * b / (2 * Double.pi * n)).squareRoot() * exp(exponent + remainder)
  }

  /// The continued fraction of I_x(a, b) by the modified method of Lentz.
  private static func betaFraction(_ x: Double, a: Double, b: Double) -> Double {
    let tiny = 1e-300
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    d = 1 / (abs(d) < tiny ? tiny : d)
    var result = d
    for term in 1...termsMax {
      let m = Double(term)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 + even * d
      c = 1 + even / c
      d = 1 / (abs(d) < tiny ? tiny : d)
      c = abs(c) < tiny ? tiny : c
      result *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 + odd * d
      c = 1 + odd / c
      d = 1 / (abs(d) < tiny ? tiny : d)
      c = abs(c) < tiny ? tiny : c
      let step = d * c
      result *= step
      if abs(step - 1) < 1e-16 { break }
    }
    return result
  }

  /// ln(1 + u) - u without cancellation for small `u`; u > -1.
  ///
  /// For `u` near -1, where 1 + u has lost its digits, the caller knows its logarithm.
  static func logLessLinear(_ u: Double, logarithm: @autoclosure () -> Double) -> Double {
    if abs(u) > 0.4 { return logarithm() - u }
    // ln(1 + u) = 2 atanh(r) with r = u / (2 + u), and u = 2 r + r u.
    let r = u / (2 + u)
    let square = r * r
    var power = r * square
    var sum = 0.0
    var odd = 3.0
    while abs(power) > 1e-18 * abs(sum) * odd {
      sum += power / odd
      power *= square
      odd += 2
    }
    return 2 * sum - r * u
  }

  /// What Stirling's formula for ln Gamma(z) lacks; z > 0.
  static func stirlingRemainder(_ z: Double) -> Double {
    if z < 16 {
      return lgamma(z).0 - ((z - 0.5) * log(z) - z + 0.5 * log(2 * Double.pi))
    }
    // The asymptotic series with Bernoulli numbers; its first neglected term is 3e-18 at 16.
    let inverse = 1 / z
    let square = inverse * inverse
    let tail = 1.0 / 1188 - square * (691.0 / 360_360 - square / 156)
    let middle = 1.0 / 1260 - square * (1.0 / 1680 - square * tail)
    return inverse * (1.0 / 12 - square * (1.0 / 360 - square * middle))
  }
}
