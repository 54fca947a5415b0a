// The normal distribution.

import Glibc

/// The standard normal distribution.
public enum Normal {
  /// The probability density at `z`.
  public static func density(_ z: Double) -> Double {
    exp(-0.5 * z * z) / (2 * Double.pi).squareRoot()
  }

  /// The probability of a value below `z`.  Relative error below 1e-14,
  /// in far tails z^2 1e-16.
  public static func lowerTail(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

  /// The probability of a value above `z`.  Relative error below 1e-14,
  /// in far tails z^2 1e-16.
  public static func upperTail(_ z: Double) -> Double { 0.5 * erfc(z / 2.0.squareRoot()) }

  /// The value that is exceeded with probability `tail`.
  ///
  /// - Precondition: 0 < tail < 1.
  public static func quantile(upperTail tail: Double) -> Double {
    precondition(tail > 0 && tail < 1, "a probability lies between 0 and 1")
    if tail > 0.5 { return -quantile(upperTail: 1 - tail) }
    // Abramowitz and Stegun 26.2.23, good to 4.5e-4; each round of Halley's method triples the
    // digits.
    let t = (-2 * log(tail)).squareRoot()
    let above = 2.515517 + t * (0.802853 + t * 0.010328)
    let below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    var z = t - above / below
    for _ in 0..<3 {
      let error = (upperTail(z) - tail) / density(z)
      z += error / (1 - 0.5 * error * z)
    }
    return z
  }
}
