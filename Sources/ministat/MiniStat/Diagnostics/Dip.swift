// Hartigan's dip: theory of operation.
//
// Problem.  Do the values gather around one place or around several?
//
// Shape.  The dip is the largest distance between the distribution of the values and the nearest
// distribution with one mode: convex up to it, concave beyond.  Values sorted, the steps of their
// distribution are points (x_i, i).  Between two bounds low and high, first the whole range:
//
//     1  the greatest convex function below the points and the least concave one above them,
//        from low to high, are polygons through some of the points
//     2  d is their largest distance, at a point of one of them; there the mode may begin or end
//     3  if d is no more than the dip so far, stop
//     4  the dip is at least the distance of the points from the convex polygon left of the place
//        of d and from the concave polygon right of it
//     5  the bounds move to the vertices at d; go on
//
// (J. A. Hartigan and P. M. Hartigan, Ann. Statist. 13, 1985; P. M. Hartigan's AS 217.)
//
// The probability is that of as large a dip in as many uniform values, which is the hardest case
// with one mode.  It is read off DipTable, which the simulation program made.

import Glibc

/// Hartigan's dip test that values have one mode.
public enum Dip {
  /// Values that are looked at; of more, as many evenly spread over their order.
  public static let countMax = 2000

  /// The dip of ascending values: 1 / (2 n) at least, 1 / 4 at most.  O(n).
  ///
  /// Relative error below 1e-12 against the definition.
  public static func statistic(sorted x: [Double]) -> Double {
    let n = x.count
    precondition(n > 0, "no values have no dip")
    if n < 2 || x[0] == x[n - 1] { return 0.5 / Double(n) }
    let convex = hullBelow(x)
    let concave = hullAbove(x)
    var low = 0
    var high = n - 1
    var dip = 1.0  // in steps of the distribution, doubled below
    while true {
      let lower = path(convex, from: high, to: low)  // vertices, descending
      let upper = path(concave, from: low, to: high)  // vertices, ascending
      let widest = widestGap(x, lower, upper)
      if widest.gap < dip || low == high { break }
      let newLow = lower[widest.lowerIndex]
      let newHigh = upper[widest.upperIndex]
      dip = max(dip, below(x, lower, downTo: widest.lowerIndex))
      dip = max(dip, above(x, upper, from: widest.upperIndex))
      if newLow == low && newHigh == high { break }
      (low, high) = (newLow, newHigh)
    }
    return dip / Double(2 * n)
  }

  /// The dip of ascending values, with the probability of a larger one in uniform values.
  ///
  /// p by interpolation between simulated quantiles: within 0.005 of the truth in the middle,
  /// within a fifth of it down to 0.0005, where it stops.
  public static func test(sorted: [Double]) -> TestResult {
    let seen = Ordering.thinned(sorted, to: countMax)
    let dip = statistic(sorted: seen)
    return TestResult("Hartigan's dip", statistic: dip, p: DipTable.upperTail(dip, seen.count))
  }

  /// For each point its predecessor on the greatest convex function below the points up to it.
  private static func hullBelow(_ x: [Double]) -> [Int] {
    var previous = [Int](repeating: 0, count: x.count)
    for j in 1..<x.count {
      previous[j] = j - 1
      while true {
        let a = previous[j]
        let b = previous[a]
        if a == 0 || (x[j] - x[a]) * Double(a - b) < (x[a] - x[b]) * Double(j - a) { break }
        previous[j] = b
      }
    }
    return previous
  }

  /// For each point its successor on the least concave function above the points from it on.
  private static func hullAbove(_ x: [Double]) -> [Int] {
    let last = x.count - 1
    var next = [Int](repeating: last, count: x.count)
    for j in stride(from: last - 1, through: 0, by: -1) {
      next[j] = j + 1
      while true {
        let a = next[j]
        let b = next[a]
        if a == last || (x[j] - x[a]) * Double(a - b) < (x[a] - x[b]) * Double(j - a) { break }
        next[j] = b
      }
    }
    return next
  }

  private static func path(_ hull: [Int], from start: Int, to end: Int) -> [Int] {
    var path = [start]
    var at = start
    while at != end {
      let next = hull[at]
      if next == at { break }
      at = start > end ? max(next, end) : min(next, end)
      path.append(at)
    }
    return path
  }

  /// The largest distance between both polygons, and the vertices where it is.
  private static func widestGap(
    _ x: [Double], _ lower: [Int], _ upper: [Int]
  ) -> (gap: Double, lowerIndex: Int, upperIndex: Int) {
    if lower.count == 2 && upper.count == 2 { return (1, lower.count - 1, upper.count - 1) }
    var gap = 0.0
    var ix = lower.count - 2  // lower goes down from high to low: walk it from low up
    var iv = 1
    var lowerIndex = lower.count - 1
    var upperIndex = 0
    while true {
      let atLower = lower[ix]
      let atUpper = upper[iv]
      if atLower > atUpper {
        // The next vertex is of the concave polygon: its height over the convex edge there.
        let start = lower[ix + 1]
        let run = x[atLower] - x[start]
        let height =
          Double(atUpper - start + 1)
          - (x[atUpper] - x[start]) * Double(atLower - start) / run
        iv += 1
        if height >= gap {
          gap = height
          lowerIndex = ix + 1
          upperIndex = iv - 1
        }
      } else {
        let start = upper[iv - 1]
        let run = x[atUpper] - x[start]
        let height =
          (x[atLower] - x[start]) * Double(atUpper - start) / run
          - Double(atLower - start - 1)
        ix -= 1
        if height >= gap {
          gap = height
          lowerIndex = ix + 1
          upperIndex = iv
        }
      }
      ix = max(ix, 0)
      iv = min(iv, upper.count - 1)
      if lower[ix] == upper[iv] { break }
    }
    return (gap, lowerIndex, upperIndex)
  }

  /// The largest distance of the points above the convex polygon left of a vertex of it.
  private static func below(_ x: [Double], _ lower: [Int], downTo vertex: Int) -> Double {
    var largest = 0.0
    for j in vertex..<max(vertex, lower.count - 1) {
      let (start, end) = (lower[j + 1], lower[j])
      var here = 1.0
      if end - start > 1 && x[end] != x[start] {
        let slope = Double(end - start) / (x[end] - x[start])
        for k in start...end {
          here = max(here, Double(k - start + 1) - (x[k] - x[start]) * slope)
        }
      }
      largest = max(largest, here)
    }
    return largest
  }

  /// The largest distance of the points below the concave polygon right of a vertex of it.
  private static func above(_ x: [Double], _ upper: [Int], from vertex: Int) -> Double {
    var largest = 0.0
    for k in vertex..<max(vertex, upper.count - 1) {
      let (start, end) = (upper[k], upper[k + 1])
      var here = 1.0
      if end - start > 1 && x[end] != x[start] {
        let slope = Double(end - start) / (x[end] - x[start])
        for j in start...end {
          here = max(here, (x[j] - x[start]) * slope - Double(j - start - 1))
        }
      }
      largest = max(largest, here)
    }
    return largest
  }
}
