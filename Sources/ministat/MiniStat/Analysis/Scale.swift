// Values at the ends of what a Double holds: theory of operation.
//
// Problem.  The square of 10^200 is infinite and that of 10^-200 is 0: variances, sums of squares
// and products of differences leave the range of a Double long before the values do, and a
// verdict that stands on them is wrong.
//
// Shape.  What is computed from squares does not depend on the unit of the values, or goes with
// it.  Values that are all very small or that hold a very large one are therefore multiplied by
// a power of two, which rounds nothing, before they are squared; what has their unit is divided
// by it at the end.
//
// Both arms of a comparison have one scale.  Beside the largest value of both, what is 2^500
// times smaller then counts as 0 in sums and squares, which is right to all digits.  What looks
// at order, at signs or at logarithms takes the values as they were given: of those nothing may
// be lost.
//
// Invariants.
//   Z1  Ordinary values, up to 2^200 times larger or smaller than 1, are not touched.
//   Z2  No value that is made larger is rounded; none that is made smaller but those that are
//       2^1000 times smaller than the largest.

/// The power of two by which values are multiplied before they are squared.
struct Scale: Equatable {
  /// The exponent of the power; 0 for ordinary values.
  let exponent: Int

  /// Magnitudes within 2 to the power of +-this are ordinary.
  private static let ordinary = 200

  /// The scale of values whose largest magnitude is `magnitude`.
  init(magnitude: Double) {
    let isOrdinary = magnitude == 0 || abs(Int(magnitude.exponent)) <= Self.ordinary  // Z1
    exponent = isOrdinary ? 0 : -Int(magnitude.exponent)
  }

  /// The scale that all of `arms` have together.  O(1).
  init(of arms: [Arm]) {
    self.init(magnitude: arms.reduce(0) { max($0, $1.magnitude) })
  }

  /// The scale of ordinary values.
  static let one = Scale(magnitude: 1)

  /// True if values are not touched.
  var isOne: Bool { exponent == 0 }

  /// True if values are made larger, which rounds none of them.
  var raises: Bool { exponent > 0 }

  /// `value` multiplied by the power.
  func applied(to value: Double) -> Double { Self.product(value, exponent) }

  /// `value`, which was computed from multiplied values, in their own unit; infinite if it is
  /// beyond the range of a Double.
  func undone(_ value: Double) -> Double { Self.product(value, -exponent) }

  /// `estimate`, likewise.
  func undone(_ estimate: Estimate) -> Estimate {
    if isOne { return estimate }
    let interval = Interval(undone(estimate.interval.lower), undone(estimate.interval.upper))
    return Estimate(undone(estimate.value), interval, level: estimate.level)
  }

  private static func product(_ value: Double, _ exponent: Int) -> Double {
    exponent == 0 ? value : Double(sign: .plus, exponent: exponent, significand: value)
  }
}

extension Arm {
  /// The largest distance of a value from 0.
  var magnitude: Double { max(abs(sorted[0]), abs(sorted[sorted.count - 1])) }

  /// The arm with all values multiplied; O(n) and as much memory again, unless `scale` is 1.
  func scaled(by scale: Scale) -> Arm {
    if scale.isOne { return self }
    return Arm(
      name: name, values: values.map { scale.applied(to: $0) },
      sorted: sorted.map { scale.applied(to: $0) })
  }
}

extension Finding {
  /// The finding in the unit of the values, where it was made on multiplied ones.
  func undone(_ scale: Scale) -> Finding {
    if scale.isOne { return self }
    guard case .coarseClock(let step, let distinct) = kind else { return self }
    return Finding(
      severity, .coarseClock(step: scale.undone(step), distinct: distinct), arm: arm)
  }
}
