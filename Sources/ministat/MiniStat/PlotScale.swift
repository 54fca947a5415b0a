// Which column of a plot a value falls into.

/// Maps values to the columns of a plot, as the original does, to the last bit.
///
/// The lowest value falls into the middle of the first column, the highest into that of the last:
///
///     step = (highest - lowest) / (columns - 1),   origin = lowest - step / 2
///     column = (value - origin) / step, rounded down
///
/// Invariant S1: every finite value has a column from 0 to columns - 1.
public struct PlotScale: Equatable, Sendable {
  /// The number of columns.
  public let columns: Int
  /// Values are multiplied by this power of two first; 1 unless they are extreme.
  let factor: Double
  let origin: Double
  let step: Double

  /// A scale of `columns` columns, at least 2, that shows all of `points`; nil if all are equal.
  public init?(columns: Int, showing points: [Double]) {
    precondition(columns >= 2, "a plot has at least two columns")
    var lowest = Double.infinity
    var highest = -Double.infinity
    for point in points {
      let finite = Self.finite(point)
      lowest = min(lowest, finite)
      highest = max(highest, finite)
    }
    if !(highest > lowest) { return nil }
    // Without this the span of the largest numbers overflows, and the step of the smallest
    // vanishes.
    let exponent = max(abs(lowest), abs(highest)).exponent
    factor = abs(exponent) < 900 ? 1 : exponent > 0 ? 0x1p-200 : 0x1p500
    lowest *= factor
    highest *= factor
    if !(highest > lowest) { return nil }
    self.columns = columns
    step = (highest - lowest) / Double(columns - 1)
    origin = lowest - 0.5 * step
    assert(step > 0 && step.isFinite, "S1")
  }

  /// The column of `value`, the nearest one for a value beyond the scale.
  public func column(of value: Double) -> Int {
    let place = (Self.finite(value) * factor - origin) / step
    return min(max(Int(min(max(place, 0), 1e15)), 0), columns - 1)
  }

  /// How many of `values`, all finite, fall into each column.
  public func counts(of values: Span<Double>) -> [Int] {
    var counts = [Int](repeating: 0, count: columns)
    // S1 is kept by the clamp: rounding can put the last value one column too far.
    let last = Double(columns - 1)
    for index in values.indices {
      let place = (unsafe values[unchecked: index] * factor - origin) / step
      let column = place > 0 ? (place < last ? place : last) : 0
      counts[Int(column)] += 1
    }
    return counts
  }

  private static func finite(_ value: Double) -> Double {
    assert(!value.isNaN, "S1: not-a-number has no place on a scale")
    let largest = Double.greatestFiniteMagnitude
    return min(max(value, -largest), largest)
  }
}
