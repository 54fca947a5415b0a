// Student's t distribution.

import Glibc

/// Student's t distribution.
public struct StudentT: Equatable, Sendable {
  /// The degrees of freedom, above 0; need not be whole, as Welch's test wants.
  public let degreesOfFreedom: Double

  /// The distribution with `degreesOfFreedom`, which is above 0.
  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "degrees of freedom are positive")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability density at `t`.
  public func density(_ t: Double) -> Double {
    let df = degreesOfFreedom
    // The ratio of gamma functions by Stirling's remainders, for the reason that
    // SpecialFunctions gives: with z = df / 2,
    // Gamma(z + 1/2) / Gamma(z) = sqrt(z / e) (1 + 1/(2z))^z exp(delta(z + 1/2) - delta(z)).
    let z = df / 2
    let remainders =
      SpecialFunctions.stirlingRemainder(z + 0.5) - SpecialFunctions.stirlingRemainder(z)
    let exponent =
      z * SpecialFunctions.logLessLinear(0.5 / z, logarithm: log1p(0.5 / z)) + remainders
      - (df + 1) / 2 * log1p(t / df * t)
    return exp(exponent) / (2 * Double.pi).squareRoot()
  }

  /// The probability of a value farther from 0 than `t`, on either side.
  public func twoTails(_ t: Double) -> Double { probabilities(t).outside }

  /// The probability of a value below `t`.
  public func lowerTail(_ t: Double) -> Double {
    let (inside, outside) = probabilities(t)
    return t < 0 ? outside / 2 : 0.5 + inside / 2
  }

  /// The probability of a value above `t`.
  public func upperTail(_ t: Double) -> Double { lowerTail(-t) }

  /// The t such that a value lies between -t and t with probability `confidence`.
  ///
  /// Relative error below 1e-12.
  ///
  /// - Parameters:
  ///   - confidence: the probability of the middle, above 0 and below 1.
  ///   - outside: 1 - confidence, for callers that know more of its digits.
  public func critical(_ confidence: Double, outside: Double? = nil) -> Double {
    let outside = outside ?? 1 - confidence
    precondition(confidence > 0 && outside > 0, "a probability lies between 0 and 1")
    let z = Normal.quantile(upperTail: outside / 2)
    let df = degreesOfFreedom
    if df == 1 { return confidence < 0.5 ? tan(confidence * .pi / 2) : 1 / tan(outside * .pi / 2) }
    return refine(z + (z * z * z + z) / (4 * df), confidence: confidence, outside: outside)
  }

  /// The value that is exceeded with probability `tail`, above 0 and below 1.
  public func quantile(upperTail tail: Double) -> Double {
    precondition(tail > 0 && tail < 1, "a probability lies between 0 and 1")
    if tail == 0.5 { return 0 }
    if tail > 0.5 { return -critical(2 * tail - 1, outside: 2 * (1 - tail)) }
    return critical(1 - 2 * tail, outside: 2 * tail)
  }

  /// Newton's method, on the logarithm of the nearer probability, kept inside a bracket.
  private func refine(_ guess: Double, confidence: Double, outside: Double) -> Double {
    var low = 0.0
    var high = Double.infinity
    var t = guess
    for _ in 0..<200 {
      let now = probabilities(t)
      // Both errors have the sign of t - t*; the smaller probability has the better digits.
      let middle = confidence < outside
      let ratio = middle ? now.inside / confidence : outside / now.outside
      if ratio < 1 { low = t } else { high = t }
      let slope = 2 * density(t) / (middle ? now.inside : now.outside)
      // In the tail the logarithm falls as that of a power of t: step on ln t there.
      var next = t > 1 ? t * exp(-log(ratio) / (slope * t)) : t - log(ratio) / slope
      if !(next > low && next < high) {
        next = high.isFinite ? low + (high - low) / 2 : 2 * t
      }
      if abs(next - t) <= 1e-15 * t { return next }
      t = next
    }
    return t
  }

  /// The probabilities of a value nearer to 0 than `t`, and of one farther away.
  private func probabilities(_ t: Double) -> (inside: Double, outside: Double) {
    if let z = normalEquivalent(abs(t)) {
      return (erf(z / 2.0.squareRoot()), erfc(z / 2.0.squareRoot()))
    }
    let df = degreesOfFreedom
    // x = df / (df + t^2), written so that t^2 does not overflow.
    let ratio = t / df * t
    if !ratio.isFinite { return (1, 0) }
    let x = 1 / (1 + ratio)
    let beta = SpecialFunctions.incompleteBeta(x, complement: ratio * x, a: df / 2, b: 0.5)
    return (beta.complement, beta.value)
  }

  /// The normal deviate as far out as `t`, where Fisher's expansion gives all its digits.
  ///
  /// There the continued fraction would lose as many digits as df / t^2 has: its x is near 1.
  private func normalEquivalent(_ t: Double) -> Double? {
    let df = degreesOfFreedom
    if df < 1000 { return nil }
    let square = t * t
    // What the first term left out changes in the logarithm of the tail.
    let neglected = 0.055 * (square / df) * (square / df) * square * square * (square / df)
    if !(neglected / df * square / df < 1e-13) { return nil }
    let first = square + 1
    let second = (13 * square + 8) * square + 3
    let third = ((35 * square + 19) * square + 1) * square - 15
    let fourth = (((6271 * square + 3224) * square - 102) * square - 1680) * square - 945
    let tail = fourth / (92160 * df) - third / 384
    return t * (1 + (-first / 4 + (second / 96 + tail / df) / df) / df)
  }
}

extension StudentT {
  /// The t such that a value lies between -t and t with the probability of `level`.
  public func critical(_ level: ConfidenceLevel) -> Double {
    critical(level.percent / 100, outside: (100 - level.percent) / 100)
  }
}
