// What plots keep of the values of a set: counts on a fine grid, never the values.
//
// So a plot of 10^7 values costs one pass and 16 KiB, and no sorting.  Both the distribution
// function and the density are read from the same counts:
//
//     F(x)  = values in the bins up to x / n
//     f(x)  = sum over bins of count * Gauss((x - centre) / h) / (n h)
//
// A bin is a two-thousandth of the range, finer than a dot of any plot here.
//
// Invariant B1: the counts add up to the number of values.

import Glibc

/// The values of one set, counted on a grid over an axis.
public struct PlotBins: Equatable, Sendable {
  /// The axis over which the grid lies.
  public let axis: PlotAxis
  /// How many values fall into each bin.
  public let counts: [Int]
  /// The number of values.
  public let count: Int

  /// The number of bins.
  public static let binCount = 2048
  /// The kernel is cut off at this many bandwidths, where it is 4e-6 of its height.
  private static let reach = 5.0

  /// Counts `values`, all of them finite; those beyond the axis count in its last bins.  O(n).
  public init(_ values: Span<Double>, on axis: PlotAxis) {
    var counts = [Int](repeating: 0, count: Self.binCount)
    for index in values.indices {
      counts[axis.step(of: values[index], of: Self.binCount)] += 1
    }
    assert(counts.reduce(0, +) == values.count, "B1")
    self.axis = axis
    self.counts = counts
    count = values.count
  }

  /// The part of the values up to and with each bin, ending in 1; all 0 if there are no values.
  public func cumulative() -> [Double] {
    var sum = 0
    return counts.map { bin in
      sum += bin
      return count == 0 ? 0 : Double(sum) / Double(count)
    }
  }

  /// The part of the values up to the end of each of `columns` equal steps of the axis.
  public func cumulative(columns: Int) -> [Double] {
    let all = cumulative()
    return (0..<columns).map { all[min((($0 + 1) * Self.binCount) / columns, Self.binCount) - 1] }
  }

  /// The bin at `place`, which may lie far outside.
  private static func bin(_ place: Double) -> Int {
    Int(min(max(place, 0), Double(binCount - 1)))
  }

  /// The density at the middle of each of `columns` equal steps, in values per unit of the axis,
  /// smoothed with the kernel of Gauss and `bandwidth`, a positive number.
  ///
  /// O(bins + columns x bins within reach of the kernel).
  public func density(columns: Int, bandwidth: Double) -> [Double] {
    precondition(bandwidth > 0, "a kernel has a width")
    let step = axis.high / Double(Self.binCount) - axis.low / Double(Self.binCount)
    // A kernel narrower than a bin would fall between the middles of the columns.
    let width = max(bandwidth, step)
    let first = axis.low + step / 2
    let scale = 1 / (Double(max(count, 1)) * width * (2 * Double.pi).squareRoot())
    return (0..<columns).map { column in
      let part = (Double(column) + 0.5) / Double(columns)
      let x = axis.low * (1 - part) + axis.high * part
      let low = Self.bin((x - Self.reach * width - first) / step)
      let high = Self.bin((x + Self.reach * width - first) / step)
      var sum = 0.0
      for bin in stride(from: low, through: high, by: 1) where counts[bin] > 0 {
        let distance = (first + Double(bin) * step - x) / width
        sum += Double(counts[bin]) * exp(-distance * distance / 2)
      }
      return sum * scale
    }
  }
}

/// The marks by which a set's values are summed up in a plot.
public struct PlotMarks: Equatable, Sendable {
  /// The smallest value.
  public var minimum: Double
  /// A quarter of the values lie below.
  public var lowerQuartile: Double
  /// Half of the values lie below.
  public var median: Double
  /// A quarter of the values lie above.
  public var upperQuartile: Double
  /// The largest value.
  public var maximum: Double
  /// The mean.
  public var mean: Double
  /// The standard deviation.
  public var deviation: Double
  /// The number of values.
  public var count: Int

  /// Marks given one by one.
  public init(
    minimum: Double, lowerQuartile: Double, median: Double, upperQuartile: Double,
    maximum: Double, mean: Double, deviation: Double, count: Int
  ) {
    self.minimum = minimum
    self.lowerQuartile = lowerQuartile
    self.median = median
    self.upperQuartile = upperQuartile
    self.maximum = maximum
    self.mean = mean
    self.deviation = deviation
    self.count = count
  }

  /// The bandwidth of a kernel by Silverman's rule of thumb, R's `bw.nrd0`: 0.9 times the lesser
  /// of the deviation and the quartiles' distance over 1.34, times n to the -1/5.
  ///
  /// Positive, also where all values are equal.
  public var bandwidth: Double {
    let quartiles = (upperQuartile - lowerQuartile) / 1.34
    let spread = quartiles > 0 && quartiles < deviation ? quartiles : deviation
    let fallback = max(abs(median), 1e-300) * 1e-3
    let usable = spread > 0 && spread.isFinite ? spread : fallback
    return 0.9 * usable * pow(Double(max(count, 1)), -0.2)
  }
}
