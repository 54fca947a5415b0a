// Whether values rise or fall with time.

import Glibc

/// Mann and Kendall's test for a steady rise or fall, with Theil and Sen's slope.
public struct MannKendall: Equatable, Sendable {
  /// Pairs that rise minus pairs that fall.
  public let s: Double
  /// The standard normal value of ``s``, with corrections for ties and continuity.
  public let z: Double
  /// The two-sided probability of such an ``s`` in values without order.
  public let p: Double
  /// The number of values that were looked at.
  public var count: Int { seen.count }

  /// The values that were looked at.
  private let seen: [Double]
  /// How many steps of time lie between them.
  private let spacing: Double

  /// Values that are looked at; of more, as many evenly spread.
  public static let countMax = 1000

  /// Tests `values` in the order of time.  O(n^2) up to ``countMax``.
  ///
  /// H. B. Mann 1945; P. K. Sen 1968.  Normal approximation of p: absolute error below 0.01
  /// from 8 values on.
  public init(_ values: [Double]) {
    let seen = Ordering.thinned(values, to: Self.countMax)
    self.seen = seen
    spacing = Double(values.count) / Double(max(1, seen.count))
    s = Double(Self.risesLessFalls(seen.span))
    if seen.count < 2 {
      (z, p) = (0, 1)
      return
    }
    let (_, ties) = Ordering.ranks(seen)
    let n = Double(seen.count)
    // The sum over ties of t (t - 1) (2 t + 5) is 2 (t^3 - t) + 3 t (t - 1).
    let pairs = Self.tiedPairs(seen)
    let variance = (n * (n - 1) * (2 * n + 5) - 2 * ties - 3 * pairs) / 18
    let distance = max(0, abs(s) - 1)
    z = variance > 0 ? (s < 0 ? -1 : 1) * distance / variance.squareRoot() : 0
    p = min(1, 2 * Normal.upperTail(abs(z)))
  }

  /// The median of all slopes between two values, per step of time (Theil and Sen).  O(n^2) at
  /// each call.
  public var slope: Double {
    if seen.count < 2 { return 0 }
    var slopes: [Double] = []
    slopes.reserveCapacity(seen.count * (seen.count - 1) / 2)
    for i in 0..<seen.count - 1 {
      for j in i + 1..<seen.count { slopes.append((seen[j] - seen[i]) / Double(j - i)) }
    }
    return Quantile.of(sorted: Ordering.sorted(slopes), at: 0.5) / spacing
  }

  private static func risesLessFalls(_ values: Span<Double>) -> Int {
    var sum = 0
    for i in 0..<values.count {
      let from = values[i]
      for j in i + 1..<max(i + 1, values.count) {
        sum += (values[j] > from ? 1 : 0) - (values[j] < from ? 1 : 0)
      }
    }
    return sum
  }

  /// The sum of t (t - 1) over groups of t equal values.
  private static func tiedPairs(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    var sum = 0.0
    var run = 1.0
    for index in 1..<max(1, sorted.count) {
      if sorted[index] == sorted[index - 1] {
        sum += 2 * run
        run += 1
      } else {
        run = 1
      }
    }
    return sum
  }
}
