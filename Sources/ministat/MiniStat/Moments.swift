// Moments: theory of operation.
//
// Problem.  The textbook's one-pass variance, (sum of squares - square of sum / n) / (n - 1),
// loses all its digits when the mean is large against the deviation: for 10^9 + {0...4} it gives
// 0 instead of 2.5, for times in nanoseconds since 1970 a negative number.  Squares also leave
// the range of a Double at 10^155 and 10^-160, long before the values do.
//
// Shape.  Two passes over the values.
//
//     pass 1   minimum, maximum, sum           -> centre c = sum / n, and a power of two f
//     pass 2   d = (x - c) * f:  S1 = sum d, S2 = sum d^2
//     result   mean = c + S1 / (n f),   variance = (S2 - S1^2 / n) / (n - 1) / f^2
//
// S1 would be zero if c were the mean; what it is instead corrects the rounding of c.  The factor
// f is 1 unless the values are extreme, and then brings them near 1, which is exact.
//
// Invariants.
//   M1  Equal values have standard deviation 0 and their value as mean, exactly.
//   M2  minimum <= mean <= maximum.
//   M3  The deviation is never negative and never not-a-number.
//
// Rejected.  Welford's recurrence: as exact, but a division for each value, and serial.
//
// The second pass keeps eight sums side by side, which is where its speed comes from and which
// makes its rounding error smaller than that of one long sum.

/// The size, range, centre and spread of a set of finite values.
public struct Moments: Equatable, Sendable {
  /// The number of values.
  public let count: Int
  /// The smallest value.
  public let minimum: Double
  /// The largest value.
  public let maximum: Double
  /// The values added one by one in their order, as the first calculators did.
  ///
  /// Overflows and rounds as such a sum does; ``mean`` does not.
  public let sum: Double
  /// The mean, correct to the last digits.
  public let mean: Double
  /// The standard deviation with n - 1 below, 0 for a single value.
  public let standardDeviation: Double

  /// The square of the standard deviation; infinite where only the square overflows.
  public var variance: Double { standardDeviation * standardDeviation }

  /// The moments of `values`, all of them finite.
  ///
  /// O(n), two passes, no allocation.
  ///
  /// - Precondition: `values` is not empty.
  public init(_ values: Span<Double>) {
    precondition(!values.isEmpty, "no values have no moments")
    let range = unsafe values.withUnsafeBufferPointer { unsafe Self.range($0) }
    let count = Double(values.count)
    self.count = values.count
    (minimum, maximum, sum) = range
    if range.minimum == range.maximum {  // M1
      mean = range.minimum
      standardDeviation = 0
      return
    }
    let factor = Self.factor(for: max(abs(range.minimum), abs(range.maximum)))
    let centre =
      range.sum.isFinite && factor == 1
      ? range.sum / count * factor
      : range.minimum * factor * 0.5 + range.maximum * factor * 0.5
    let (first, second) = unsafe values.withUnsafeBufferPointer {
      unsafe Self.deviations($0, from: centre, factor: factor)
    }
    let exact = (centre + first / count) / factor
    mean = min(max(exact, range.minimum), range.maximum)  // M2
    let squares = max(0, second - first * (first / count))  // M3
    standardDeviation = (squares / (count - 1)).squareRoot() / factor
    assert(!standardDeviation.isNaN, "M3")
  }

  /// The moments of `values`, all of them finite and at least one.
  public init(_ values: [Double]) {
    self.init(values.span)
  }

  /// A power of two that brings `magnitude` where squares neither overflow nor vanish.
  private static func factor(for magnitude: Double) -> Double {
    let exponent = magnitude.exponent
    // Deviations are at least 2^-53 of the magnitude: their squares stay above 2^-906 here.
    if abs(exponent) < 400 { return 1 }
    return Double(sign: .plus, exponent: min(-exponent, 1000), significand: 1)
  }

  private static func range(
    _ values: UnsafeBufferPointer<Double>
  ) -> (minimum: Double, maximum: Double, sum: Double) {
    var minimum = Double.infinity
    var maximum = -Double.infinity
    var sum = 0.0
    for index in 0..<values.count {
      let value = unsafe values[index]
      // Comparisons rather than min(): not-a-number is excluded, so one instruction will do.
      minimum = value < minimum ? value : minimum
      maximum = value > maximum ? value : maximum
      sum += value
    }
    return (minimum, maximum, sum)
  }

  private static func deviations(
    _ values: UnsafeBufferPointer<Double>, from centre: Double, factor: Double
  ) -> (first: Double, second: Double) {
    typealias Lanes = SIMD8<Double>
    var first = Lanes.zero
    var second = Lanes.zero
    let whole = values.count / Lanes.scalarCount
    let memory = UnsafeRawBufferPointer(values)
    for block in 0..<whole {
      let offset = block * MemoryLayout<Lanes>.stride
      let lanes = unsafe memory.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
      let deviation = lanes * factor - centre
      first += deviation
      second += deviation * deviation
    }
    var firstSum = first.sum()
    var secondSum = second.sum()
    for index in (whole * Lanes.scalarCount)..<values.count {
      let deviation = unsafe values[index] * factor - centre
      firstSum += deviation
      secondSum += deviation * deviation
    }
    return (firstSum, secondSum)
  }
}
