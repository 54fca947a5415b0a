// One drift through two arms that were measured one after the other.

import Glibc

/// Whether a difference between two arms could be a drift that went on through both.
///
/// Base and other are laid end to end, in the order of their values.  Two explanations compete:
/// a step between them, each arm level; and one straight line.  A step says nothing of slopes
/// within the arms, a line wants both to slope the same way.
struct CommonDrift {
  /// The slope within the arms, each with its own level, per value.
  let slope: Double
  /// The slope in the direction of the difference, in its own errors.
  let slopeInErrors: Double
  /// The one-sided probability of so large a slope in the direction of the difference.
  let p: Double
  /// True if a line leaves smaller squares than a step.
  let lineIsBetter: Bool

  /// Looks at two arms of at least three values each.  O(n).
  init(base: [Double], other: [Double], baseMean: Double, otherMean: Double) {
    let (n1, n2) = (Double(base.count), Double(other.count))
    let step = otherMean - baseMean
    // Products of times and values about the means within each arm.
    let within1 = Self.products(base, mean: baseMean)
    let within2 = Self.products(other, mean: otherMean)
    let times = within1.times + within2.times
    let product = within1.product + within2.product
    let squares = within1.squares + within2.squares
    slope = product / times
    let left = max(0, squares - slope * product)
    let df = n1 + n2 - 3
    let error = (left / df / times).squareRoot()
    let toward = step < 0 ? -slope : slope
    slopeInErrors = error > 0 ? toward / error : 0
    p = error > 0 ? StudentT(degreesOfFreedom: df).upperTail(toward / error) : 1
    // Both laid end to end: the middles are (n1 + n2) / 2 apart.
    let weight = n1 * n2 / (n1 + n2)
    let distance = (n1 + n2) / 2
    let timesAll = times + weight * distance * distance
    let productAll = product + weight * distance * step
    let squaresAll = squares + weight * step * step
    lineIsBetter = squaresAll - productAll * productAll / timesAll < squares
  }

  private static func products(
    _ values: [Double], mean: Double
  ) -> (times: Double, product: Double, squares: Double) {
    let middle = Double(values.count - 1) / 2
    var product = 0.0
    var squares = 0.0
    for index in values.indices {
      let deviation = values[index] - mean
      product += (Double(index) - middle) * deviation
      squares += deviation * deviation
    }
    let n = Double(values.count)
    return (n * (n * n - 1) / 12, product, squares)
  }
}
