// Many comparisons read as one: the correction for their number, the geometric mean.

import Glibc

/// A suite of comparisons, one a row, as a table shows them.
///
/// Of twenty comparisons in which nothing changed one is "significant" at 95 %.  The verdicts here
/// count how many questions were asked.
public struct Suite: Sendable {
  /// A comparison among others.
  public struct Row: Sendable {
    /// The name of the benchmark.
    public let name: String
    /// The comparison by itself.
    public let comparison: Comparison
    /// The probability of its headline, adjusted after Holm.
    public let pHolm: Double
    /// The same after Benjamini and Hochberg.
    public let pBenjaminiHochberg: Double
    /// The verdict after the suite's correction: `better` and `worse` only where the adjusted
    /// probability is below 1 - level.
    public let verdict: Verdict
  }

  /// The rows in the order in which they were given.
  public let rows: [Row]
  /// The correction that the verdicts follow.
  public let method: Multiplicity.Method
  /// The geometric mean of the ratios, with the interval that follows from those of the rows;
  /// nil if no row has a ratio above 0.
  public let geometricMean: Estimate?
  /// The names of the rows that ``geometricMean`` leaves out because they have no ratio.
  public let left: [String]

  /// Gathers `comparisons`, which have names.
  ///
  /// The comparisons of one suite should be of one metric: a geometric mean over seconds and
  /// bytes says nothing.
  public init(
    _ comparisons: [(name: String, comparison: Comparison)],
    method: Multiplicity.Method = .holm
  ) {
    let ps = comparisons.map { $0.comparison.p }
    let holm = Multiplicity.holm(ps)
    let rate = Multiplicity.benjaminiHochberg(ps)
    let adjusted = Multiplicity.adjust(ps, by: method)
    self.method = method
    rows = comparisons.enumerated().map { index, entry in
      Row(
        name: entry.name, comparison: entry.comparison, pHolm: holm[index],
        pBenjaminiHochberg: rate[index],
        verdict: Self.verdict(entry.comparison, adjusted: adjusted[index], count: ps.count))
    }
    let withRatio = comparisons.filter { $0.comparison.headline.isPositiveRatio }
    left = comparisons.filter { !$0.comparison.headline.isPositiveRatio }.map(\.name)
    geometricMean = Self.geometricMean(withRatio.map(\.comparison))
  }

  private static func verdict(
    _ comparison: Comparison, adjusted: Double, count: Int
  ) -> Verdict {
    let isDifferent = comparison.verdict == .better || comparison.verdict == .worse
    if !isDifferent || count < 2 || adjusted < comparison.options.alpha {
      return comparison.verdict
    }
    return .undecided(moreRuns: Decision.moreRuns(comparison))
  }

  /// The mean of the logarithms; its error from the widths of the rows' intervals, which are
  /// independent of each other.
  private static func geometricMean(_ comparisons: [Comparison]) -> Estimate? {
    guard let options = comparisons.first?.options else { return nil }
    let count = Double(comparisons.count)
    var sum = 0.0
    var squares = 0.0
    for comparison in comparisons {
      let estimate = comparison.headline.estimate
      sum += log(estimate.value)
      let lower = max(estimate.interval.lower, 0)
      let half = (log(estimate.interval.upper) - log(lower)) / 2
      squares += half * half
    }
    let half = squares.squareRoot() / count
    let mean = sum / count
    return Estimate(mean, Interval(mean - half, mean + half), level: options.level.percent)
      .exponential
  }
}

extension Headline {
  /// True if the estimate has a logarithm.
  var isPositiveRatio: Bool { isRatio && estimate.value > 0 && estimate.value.isFinite }
}
