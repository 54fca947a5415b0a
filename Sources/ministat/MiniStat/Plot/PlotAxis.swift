// Axes: where a value stands on a line, and which values are written beside it.

import Glibc

/// A linear scale between two values, with round numbers to write at it.
///
/// Invariant A1: low < high, both finite, and every tick lies between them.
public struct PlotAxis: Equatable, Sendable {
  /// A value that is written at the axis.
  public struct Tick: Equatable, Sendable {
    /// The value.
    public let value: Double
    /// How it is written.
    public let text: String
  }

  /// The value at the near end.
  public let low: Double
  /// The value at the far end.
  public let high: Double

  /// An axis from `low` to `high`; if these are equal, something around them.
  ///
  /// - Parameter margin: how much to add at both ends, as a part of the span.
  public init(from low: Double, to high: Double, margin: Double = 0) {
    precondition(low.isFinite && high.isFinite && low <= high, "A1: a range of finite values")
    // Within this, spans and margins do not overflow.
    let limit = Double.greatestFiniteMagnitude / 8
    let (near, far) = (min(max(low, -limit), limit), min(max(high, -limit), limit))
    let middle = near / 2 + far / 2
    // Below this, neighbouring columns would be the same number.
    let spanMin = max(max(abs(near), abs(far)) * 1e-12, 1e-305)
    let around = far - near > spanMin ? 0 : abs(middle) > 1e-305 ? abs(middle) * 1e-3 : 1
    let add = (far - near) * margin + around
    self.low = near - add
    self.high = far + add
    assert(self.low < self.high, "A1")
  }

  /// The axis that shows all of `values`; from 0 to 1 if there are none.
  public init(showing values: some Sequence<Double>, margin: Double = 0) {
    var low = Double.infinity
    var high = -Double.infinity
    for value in values where value.isFinite {
      low = min(low, value)
      high = max(high, value)
    }
    if low > high { (low, high) = (0, 1) }
    self.init(from: low, to: high, margin: margin)
  }

  /// Where `value` stands: 0 at the near end, 1 at the far end; beyond them for values outside.
  public func place(of value: Double) -> Double {
    (value / 2 - low / 2) / (high / 2 - low / 2)
  }

  /// The one of `count` equal steps into which `value` falls, the nearest for values outside.
  public func step(of value: Double, of count: Int) -> Int {
    let place = place(of: value) * Double(count)
    assert(!place.isNaN, "A1: not-a-number has no place")
    return Int(min(max(place, 0), Double(count - 1)))
  }

  /// Round numbers on the axis, `count` or fewer, at least one where the span allows.
  ///
  /// - Parameter isWhole: true if there is nothing between whole numbers.
  public func ticks(_ count: Int, isWhole: Bool = false) -> [Tick] {
    let span = high - low
    guard span.isFinite, count > 0 else { return [] }
    var unit = Self.power(floor(log10(span / Double(count))))
    if isWhole { unit = max(unit, 1) }
    guard unit > 0, unit.isFinite else { return [] }
    for factor in [1.0, 2, 2.5, 5, 10] where Self.steps(low, high, unit * factor) <= count {
      if isWhole && factor == 2.5 && unit == 1 { continue }
      unit *= factor
      break
    }
    // 2.5 needs a digit more than its power of ten, and 10 one less.
    let decimals = Self.decimals(of: unit)
    let first = (low / unit).rounded(.up)
    let number = min(Self.steps(low, high, unit), count)
    return (0..<max(0, number)).map { index in
      let value = (first + Double(index)) * unit
      return Tick(value: value == 0 ? 0 : value, text: Self.text(value, decimals: decimals))
    }
  }

  private static func power(_ exponent: Double) -> Double { pow(10, exponent) }

  /// How many multiples of `unit` lie from `low` to `high`.
  private static func steps(_ low: Double, _ high: Double, _ unit: Double) -> Int {
    let first = (low / unit).rounded(.up)
    let last = (high / unit).rounded(.down)
    return Int(min(max(last - first + 1, 0), 1e6))
  }

  private static func decimals(of unit: Double) -> Int {
    let exponent = Int(floor(log10(unit) + 1e-9))
    let mantissa = unit / power(Double(exponent))
    return -exponent + (abs(mantissa - mantissa.rounded()) > 1e-6 ? 1 : 0)
  }

  private static func text(_ value: Double, decimals: Int) -> String {
    // The difference of neighbours that should be 0 is some rounding error.
    let clean = abs(value) < pow(10, Double(-decimals)) / 100 ? 0 : value
    if clean == 0 && decimals > 6 { return "0" }
    let isLong = abs(clean) >= 1e7 || (clean != 0 && decimals > 6)
    if isLong { return NumberText.general(clean, digits: 6) }
    return NumberText.fixed(clean, decimals: max(0, decimals))
  }
}
