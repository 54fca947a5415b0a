// A smooth picture of a distribution.

import Glibc

/// A Gaussian kernel estimate of a density, for violins and the like.
public struct Density: Equatable, Sendable {
  /// The deviation of the kernel.
  public let bandwidth: Double
  /// Where the density was computed, evenly spaced.
  public let points: [Double]
  /// The density at ``points``.
  public let values: [Double]

  /// Values that are looked at; of more, as many evenly spread over their order.
  public static let countMax = 5000

  /// Silverman's rule of thumb, R's `bw.nrd0`: 0.9 min(deviation, quartiles / 1.34) n^(-1/5).
  ///
  /// Relative error below 1e-12.  For values that do not vary 1, or their magnitude.
  public static func silverman(sorted: [Double]) -> Double {
    precondition(!sorted.isEmpty, "no values have no density")
    let deviation = Moments(sorted).standardDeviation
    let quartiles =
      Quantile.of(sorted: sorted, at: 0.75) - Quantile.of(sorted: sorted, at: 0.25)
    var spread = min(deviation, quartiles / 1.34)
    if spread == 0 { spread = deviation }
    if spread == 0 { spread = sorted[0] == 0 ? 1 : abs(sorted[0]) }
    return 0.9 * spread * pow(Double(sorted.count), -0.2)
  }

  /// The density of ascending values at `count` points over `range`.
  ///
  /// Without a `range`, three bandwidths beyond the values on either side.  O(n points).
  public init(
    sorted: [Double], count: Int = 128, range: Interval? = nil, bandwidth: Double? = nil
  ) {
    precondition(count >= 2, "a picture has two points")
    let seen = Ordering.thinned(sorted, to: Self.countMax)
    let width = bandwidth ?? Self.silverman(sorted: sorted)
    precondition(width > 0, "a bandwidth is positive")
    let span =
      range ?? Interval(sorted[0] - 3 * width, sorted[sorted.count - 1] + 3 * width)
    let step = span.width / Double(count - 1)
    let points = (0..<count).map { span.lower + Double($0) * step }
    // Beyond 9 deviations the kernel is 0 in a picture, and in a Double nearly so.
    values = points.map { point in
      let start = Ordering.count(in: seen, below: point - 9 * width)
      let end = Ordering.count(in: seen, upTo: point + 9 * width)
      let sum = seen[start..<end].reduce(0.0) { $0 + Normal.density((point - $1) / width) }
      return sum / (Double(seen.count) * width)
    }
    self.bandwidth = width
    self.points = points
  }
}
