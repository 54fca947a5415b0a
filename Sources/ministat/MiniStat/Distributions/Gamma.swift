// The incomplete gamma function and the distributions that stand on it and on the beta function.
//
// P(a, x) = integral of t^(a-1) e^-t from 0 to x, over Gamma(a).  Its head
//
//     x^a e^-x / Gamma(a) = sqrt(a / (2 pi)) exp(a (ln(1 + u) - u) - delta(a)),  u = (x - a) / a
//
// is taken with Stirling's remainder delta, as SpecialFunctions does for the beta function, and
// for the same reason: large terms cancel on paper.

import Glibc

extension SpecialFunctions {
  /// The regularized incomplete gamma function P(a, x), and Q = 1 - P to full precision.
  ///
  /// Relative error below 1e-12 of the smaller one for a up to 10^6.  O(sqrt(a)).
  ///
  /// - Precondition: a > 0, x >= 0.
  public static func incompleteGamma(
    _ a: Double, _ x: Double
  ) -> (value: Double, complement: Double) {
    precondition(a > 0 && x >= 0, "the incomplete gamma function wants a > 0, x >= 0")
    if x == 0 { return (0, 1) }
    if x == .infinity { return (1, 0) }
    if x < a + 1 {
      let value = gammaHead(a, x) / a * gammaSeries(a, x)
      return (value, 1 - value)
    }
    let complement = gammaHead(a, x) * gammaFraction(a, x)
    return (1 - complement, complement)
  }

  /// x^a e^-x / Gamma(a).
  static func gammaHead(_ a: Double, _ x: Double) -> Double {
    let power = a * logLessLinear((x - a) / a, logarithm: log(x / a))
    return (a / (2 * Double.pi)).squareRoot() * exp(power - stirlingRemainder(a))
  }

  /// Gamma(df / 2) / (sqrt(df / 2) Gamma((df - 1) / 2)), by which Hedges' g is smaller than
  /// Cohen's d; df > 1.  Relative error below 1e-13.
  static func hedgesCorrection(_ df: Double) -> Double {
    // With z = (df - 1) / 2 as in StudentT.density.
    let z = (df - 1) / 2
    let power = z * logLessLinear(0.5 / z, logarithm: log1p(0.5 / z))
    let remainders = stirlingRemainder(z + 0.5) - stirlingRemainder(z)
    return (z / (z + 0.5)).squareRoot() * exp(power + remainders)
  }

  /// The sum of x^k / ((a + 1) ... (a + k)), DLMF 8.7.1.
  private static func gammaSeries(_ a: Double, _ x: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    var k = a
    for _ in 0..<100_000 {
      k += 1
      term *= x / k
      sum += term
      if term < 1e-17 * sum { break }
    }
    return sum
  }

  /// The continued fraction of Q, DLMF 8.9.2, by the modified method of Lentz.
  private static func gammaFraction(_ a: Double, _ x: Double) -> Double {
    var b = x + 1 - a
    var c = 1e300
    var d = 1 / b
    var result = d
    for term in 1...100_000 {
      let k = Double(term)
      let an = -k * (k - a)
      b += 2
      d = an * d + b
      c = b + an / c
      d = 1 / (abs(d) < 1e-300 ? 1e-300 : d)
      c = abs(c) < 1e-300 ? 1e-300 : c
      result *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    return result
  }

  /// The x with P(a, x) = p; relative error below 1e-11.
  ///
  /// - Parameters:
  ///   - a: the parameter, above 0.
  ///   - p: the probability below, 0 to 1.
  ///   - complement: 1 - p, for callers that know more of its digits.
  public static func incompleteGammaInverse(
    _ a: Double, _ p: Double, complement: Double? = nil
  ) -> Double {
    let tail = complement ?? 1 - p
    precondition(a > 0 && p >= 0 && tail >= 0, "a probability lies between 0 and 1")
    if p == 0 { return 0 }
    if tail == 0 { return .infinity }
    // Wilson and Hilferty's cube, or the first term of the series where that fails.
    let z = p < 0.5 ? -Normal.quantile(upperTail: p) : Normal.quantile(upperTail: tail)
    let cube = 1 - 1 / (9 * a) + z / (3 * a.squareRoot())
    let small = exp((log(p) + lgamma(a + 1).0) / a)
    let guess = cube > 0.2 ? a * cube * cube * cube : small
    return Inverse.solve(p: p, complement: tail, guess: guess, within: 0, .infinity) { x in
      let (value, complement) = incompleteGamma(a, x)
      return (value, complement, x > 0 ? gammaHead(a, x) / x : 0)
    }
  }

  /// The x with I_x(a, b) = p, and 1 - x to full precision; relative error below 1e-10 of both.
  public static func incompleteBetaInverse(
    _ p: Double, complement: Double? = nil, a: Double, b: Double
  ) -> (value: Double, complement: Double) {
    let tail = complement ?? 1 - p
    precondition(a > 0 && b > 0 && p >= 0 && tail >= 0, "a probability lies between 0 and 1")
    if p == 0 { return (0, 1) }
    if tail == 0 { return (1, 0) }
    // On the scale of ln(x / (1 - x)), where both ends are as far away.
    let guess = log(a / b)
    let logit = Inverse.solve(
      p: p, complement: tail, guess: guess, within: -.infinity, .infinity
    ) { s in
      let x = s < 0 ? exp(s) / (1 + exp(s)) : 1 / (1 + exp(-s))
      let y = s < 0 ? 1 / (1 + exp(s)) : exp(-s) / (1 + exp(-s))
      let (value, complement) = incompleteBeta(x, complement: y, a: a, b: b)
      return (value, complement, betaPower(x, y, a: a, b: b))
    }
    return logit < 0
      ? (exp(logit) / (1 + exp(logit)), 1 / (1 + exp(logit)))
      : (1 / (1 + exp(-logit)), exp(-logit) / (1 + exp(-logit)))
  }
}

/// Distribution functions turned round.
enum Inverse {
  /// The x at which a distribution function has the value `p`.
  ///
  /// Newton's method on the logarithm of the smaller of the two tails, kept inside a bracket.
  ///
  /// - Parameters:
  ///   - p: the probability below x.
  ///   - complement: that above it.
  ///   - guess: where to begin, within the support.
  ///   - lower: the lower end of the support.
  ///   - upper: its upper end.
  ///   - tails: the probabilities below and above a value, and the density there.
  static func solve(
    p: Double, complement: Double, guess: Double, within lower: Double, _ upper: Double,
    _ tails: (Double) -> (below: Double, above: Double, density: Double)
  ) -> Double {
    var (low, high) = (lower, upper)
    var x = guess
    for _ in 0..<200 {
      let now = tails(x)
      let small = p < complement
      let ratio = small ? now.below / p : complement / now.above
      if ratio < 1 { low = x } else { high = x }
      // d ln(tail) / dx = density / tail, of either tail.
      let tail = small ? now.below : now.above
      let step = -log(ratio) * tail / now.density
      var next = x + step
      if !(next > low && next < high) || !next.isFinite {
        next = halfway(low, high, from: x)
      }
      if abs(next - x) <= 1e-15 * abs(x) { return next }
      x = next
    }
    return x
  }

  /// A point between `low` and `high`, either of which may be infinite.
  private static func halfway(_ low: Double, _ high: Double, from x: Double) -> Double {
    if low.isFinite && high.isFinite {
      // In proportion where the ends differ by orders of magnitude.
      return low > 0 && high > 4 * low ? (low * high).squareRoot() : low / 2 + high / 2
    }
    if high.isFinite { return x > 0 ? x / 2 : x * 2 - 1 }
    return x > 0 ? x * 2 : x / 2 + 1
  }
}

/// The chi-squared distribution.
public struct ChiSquared: Equatable, Sendable {
  /// The degrees of freedom, above 0.
  public let degreesOfFreedom: Double

  /// The distribution with `degreesOfFreedom`, which is above 0.
  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "degrees of freedom are positive")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of a value below `x`.  Relative error below 1e-11.
  public func lowerTail(_ x: Double) -> Double {
    SpecialFunctions.incompleteGamma(degreesOfFreedom / 2, max(0, x) / 2).value
  }

  /// The probability of a value above `x`.  Relative error below 1e-11.
  public func upperTail(_ x: Double) -> Double {
    SpecialFunctions.incompleteGamma(degreesOfFreedom / 2, max(0, x) / 2).complement
  }

  /// The value that is exceeded with probability `tail`.  Relative error below 1e-10.
  public func quantile(upperTail tail: Double) -> Double {
    2
      * SpecialFunctions.incompleteGammaInverse(
        degreesOfFreedom / 2, 1 - tail, complement: tail)
  }
}

/// Fisher's F distribution.
public struct FDistribution: Equatable, Sendable {
  /// The degrees of freedom of the numerator, above 0.
  public let numerator: Double
  /// The degrees of freedom of the denominator, above 0.
  public let denominator: Double

  /// The distribution with both degrees of freedom above 0.
  public init(numerator: Double, denominator: Double) {
    precondition(numerator > 0 && denominator > 0, "degrees of freedom are positive")
    self.numerator = numerator
    self.denominator = denominator
  }

  /// The probability of a value below `f`.  Relative error below 1e-10.
  public func lowerTail(_ f: Double) -> Double { tails(f).value }

  /// The probability of a value above `f`.  Relative error below 1e-10.
  public func upperTail(_ f: Double) -> Double { tails(f).complement }

  /// The value that is exceeded with probability `tail`.  Relative error below 1e-10.
  public func quantile(upperTail tail: Double) -> Double {
    let (x, y) = SpecialFunctions.incompleteBetaInverse(
      1 - tail, complement: tail, a: numerator / 2, b: denominator / 2)
    return x / y * (denominator / numerator)
  }

  private func tails(_ f: Double) -> (value: Double, complement: Double) {
    if f <= 0 { return (0, 1) }
    if f == .infinity { return (1, 0) }
    let scaled = numerator * f
    return SpecialFunctions.incompleteBeta(
      scaled / (scaled + denominator), complement: denominator / (scaled + denominator),
      a: numerator / 2, b: denominator / 2)
  }
}
