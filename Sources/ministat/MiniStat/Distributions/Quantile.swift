// Quantiles of measurements.

/// Quantiles of sorted values.
public enum Quantile {
  /// How values between two order statistics are found (Hyndman and Fan 1996).
  public enum Rule: Sendable {
    /// Type 7: the smallest value is quantile 0, the largest is quantile 1, evenly between.
    /// What R, numpy and spreadsheets do.
    case type7
    /// Type 8: nearly without bias in the median whatever the distribution.
    case type8
  }

  /// The quantile of `sorted` at `probability`, 0 to 1.  O(1).
  ///
  /// - Precondition: `sorted` is ascending and not empty.
  public static func of(
    sorted: [Double], at probability: Double, rule: Rule = .type7
  ) -> Double {
    precondition(!sorted.isEmpty, "no values have no quantiles")
    precondition(probability >= 0 && probability <= 1, "a probability lies between 0 and 1")
    let count = Double(sorted.count)
    let place =
      switch rule {
      case .type7: (count - 1) * probability
      case .type8: (count + 1.0 / 3) * probability - 2.0 / 3
      }
    let inside = min(max(place, 0), count - 1)
    let below = Int(inside)
    let part = inside - Double(below)
    if part == 0 || below + 1 == sorted.count { return sorted[below] }
    return sorted[below] * (1 - part) + sorted[below + 1] * part
  }

  /// The median with its interval by order statistics.
  ///
  /// The interval runs from the k-th smallest to the k-th largest value with the largest k whose
  /// level is not below `level`; the level it has, from the binomial distribution, is in the
  /// result.  Unbounded if even the whole range has less (below 6 values for 95 %).  No
  /// assumption but independence.  O(sqrt(n)).
  public static func medianEstimate(sorted: [Double], level: ConfidenceLevel) -> Estimate {
    let median = of(sorted: sorted, at: 0.5)
    let count = sorted.count
    let tail = (100 - level.percent) / 200
    // P(fewer than k of n values lie below the median) for k = 1, 2, ...
    let below = { (k: Int) in
      SpecialFunctions.incompleteBeta(
        0.5, complement: 0.5, a: Double(count - k + 1), b: Double(k)
      ).value
    }
    let z = Normal.quantile(upperTail: tail)
    var k = max(1, Int(Double(count) / 2 - z * Double(count).squareRoot() / 2))
    while k > 1 && below(k) > tail { k -= 1 }
    while 2 * (k + 1) <= count + 1 && below(k + 1) <= tail { k += 1 }
    if 2 * k > count + 1 || below(k) > tail {
      return Estimate(median, .unbounded, level: 100)
    }
    return Estimate(
      median, Interval(sorted[k - 1], sorted[count - k]), level: 100 * (1 - 2 * below(k)))
  }

  /// The median distance of `sorted` from `centre`, which lies in their range.  O(n).
  public static func medianDeviation(sorted: [Double], about centre: Double) -> Double {
    // Distances grow outwards from the centre on both sides: a merge of two sorted lists.
    var right = Ordering.count(in: sorted, below: centre)
    var left = right - 1
    let middle = sorted.count / 2
    var last = 0.0
    var previous = 0.0
    for _ in 0...middle {
      previous = last
      let leftward = left >= 0 ? centre - sorted[left] : .infinity
      let rightward = right < sorted.count ? sorted[right] - centre : .infinity
      if leftward <= rightward {
        last = leftward
        left -= 1
      } else {
        last = rightward
        right += 1
      }
    }
    return sorted.count.isMultiple(of: 2) ? previous / 2 + last / 2 : last
  }
}
