// Where a series begins to be steady, and where its level changes.

import Glibc

/// Warm-up and jumps in values in the order of time.
public enum Steadiness {
  /// How many values to leave out at the beginning so that the mean of the rest is known best.
  ///
  /// The marginal standard error rule (White 1997): the cut d, at most half, with the smallest
  /// sum of squares of what is left over its count squared.  O(n).
  public static func warmUpCut(_ values: [Double]) -> Int {
    let n = values.count
    if n < 2 { return 0 }
    // From the back, mean and squares of what is left (Welford), so that nothing cancels.
    var mean = 0.0
    var squares = 0.0
    var count = 0.0
    var best = Double.infinity
    var cut = 0
    for index in stride(from: n - 1, through: 0, by: -1) {
      count += 1
      let distance = values[index] - mean
      mean += distance / count
      squares += distance * (values[index] - mean)
      if index <= n / 2 {
        let error = squares / (count * count)
        if error <= best {
          best = error
          cut = index
        }
      }
    }
    return cut
  }

  /// One change of level.
  public struct Jump: Equatable, Sendable {
    /// The index of the first value of the new level.
    public let index: Int
    /// The mean before it.
    public let before: Double
    /// The mean from it on.
    public let after: Double
    /// The squares that the change explains over the variance of differences of neighbours.
    public let gain: Double
    /// The probability of a gain as large anywhere in steady independent values.
    public let p: Double
  }

  /// The change of level that leaves the smallest sum of squares, with its probability.
  ///
  /// The largest of n - 1 statistics; its probability by Worsley's (1986) bound through
  /// Yao and Davis's (1986) limit of extreme values, for normal values: a guide, good to a factor
  /// of two from 20 values on.  Nil for fewer than 4 values or values without spread.  O(n).
  public static func jump(_ values: [Double]) -> Jump? {
    let n = values.count
    if n < 4 { return nil }
    let moments = Moments(values)
    let total = moments.variance * Double(n - 1)
    if total == 0 { return nil }
    var sum = 0.0
    var best = 0.0
    var place = 1
    for index in 1..<n {
      sum += values[index - 1] - moments.mean
      let gain = sum * sum * (1 / Double(index) + 1 / Double(n - index))
      if gain > best { (best, place) = (gain, index) }
    }
    let excess = values[..<place].reduce(0) { $0 + ($1 - moments.mean) }
    let before = moments.mean + excess / Double(place)
    let after = moments.mean - excess / Double(n - place)
    let residual = max(total - best, total * 1e-15) / Double(n - 2)
    let gain = best / residual
    // The t statistic as a normal value of the same tail, then the limit for its maximum.
    let tail = StudentT(degreesOfFreedom: Double(n - 2)).twoTails(gain.squareRoot())
    let z = tail > 0 ? Normal.quantile(upperTail: max(tail, 1e-300) / 2) : 37
    let scale = (2 * log(log(Double(max(n, 16))))).squareRoot()
    let shift = scale * scale + log(scale * scale / 2) / 2 - log(Double.pi.squareRoot())
    let p = -expm1(-2 * exp(-(scale * z - shift)))
    return Jump(index: place, before: before, after: after, gain: gain, p: min(max(p, tail), 1))
  }
}
