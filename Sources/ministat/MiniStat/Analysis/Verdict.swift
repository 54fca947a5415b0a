// The decision in a word.

/// What a comparison comes to.
public enum Verdict: Equatable, Sendable {
  /// Better than the base, and by more than does not matter.
  case better
  /// Worse than the base, and by more than does not matter.
  case worse
  /// The same within the margin: the whole interval lies within it.
  case same
  /// Neither shown; with `moreRuns` more runs of each arm it probably will be.
  ///
  /// Nil where no number can be given: the data have no spread, or too many would be needed.
  case undecided(moreRuns: Int?)

  /// More runs than this are not advised: the margin is too small for such noise.
  public static let moreRunsMax = 100_000

  /// The verdict in a word or two: `faster`, `slower`, `same`, `undecided`.
  public func word(for metric: Metric) -> String {
    switch self {
    case .better: metric.wordBetter
    case .worse: metric.wordWorse
    case .same: "same"
    case .undecided: "undecided"
    }
  }

  /// The verdict with what it needs to be understood: `same within 1 %`,
  /// `undecided (needs about 30 more runs of each)`.
  public func phrase(for metric: Metric, margin: Double) -> String {
    switch self {
    case .better, .worse: word(for: metric)
    case .same: "same within \(Words.percent(margin))"
    case .undecided(let more?):
      "undecided (needs about \(more) more run\(more == 1 ? "" : "s") of each)"
    case .undecided(nil): "undecided"
    }
  }
}

/// The estimate on which the verdict stands, and what kind it is.
public struct Headline: Equatable, Sendable {
  /// What is estimated.
  public enum Kind: String, Equatable, Sendable {
    /// The ratio of the means, other over base, with Fieller's interval.
    case ratioOfMeans
    /// The ratio of typical values: the median of all ratios of a value of the other and one of
    /// the base (Hodges-Lehmann on logarithms), with the interval of the Mann-Whitney test.
    /// Taken where outliers would spoil the means.
    case ratioOfTypical
    /// The geometric mean of the ratios of the pairs, with the interval of the paired t test.
    case ratioOfPairs
    /// The typical ratio of the pairs, with the interval of Wilcoxon's signed rank test.
    /// Taken where outliers would spoil the mean.
    case ratioOfTypicalPairs
    /// The difference of the means, other minus base, with Welch's interval.  Taken where values
    /// are not above 0, so that ratios mean nothing.
    case differenceOfMeans
  }

  /// What is estimated.
  public let kind: Kind
  /// The estimate, its interval widened where values depend on each other.
  public let estimate: Estimate
  /// The two-sided probability that belongs to the interval: below 1 - level iff the interval
  /// excludes ``neutral``, but for the steps of exact rank tests.
  public let p: Double

  /// True if the estimate is a ratio, false if it is a difference.
  public var isRatio: Bool { kind != .differenceOfMeans }

  /// The value that says "no change": 1 for a ratio, 0 for a difference.
  public var neutral: Double { isRatio ? 1 : 0 }

  /// True if the interval excludes "no change".
  public var excludesNeutral: Bool { !estimate.interval.contains(neutral) }

  /// The headline in the unit of the values.
  func undone(_ scale: Scale) -> Headline {
    isRatio ? self : Headline(kind: kind, estimate: scale.undone(estimate), p: p)
  }

  /// An estimate to stand on.
  public init(kind: Kind, estimate: Estimate, p: Double) {
    self.kind = kind
    self.estimate = estimate
    self.p = p
  }
}

/// Whether a change is shown to be no larger than the margin (two one-sided tests).
public struct Equivalence: Equatable, Sendable {
  /// The margin: the ratio is compared with 1 - margin and 1 + margin.
  public let margin: Double
  /// The larger of the two one-sided probabilities.
  public let p: Double

  /// A result at `margin`.
  public init(margin: Double, p: Double) {
    self.margin = margin
    self.p = p
  }
}

/// How large a difference is beside the spread of the values.
public struct EffectSizes: Equatable, Sendable {
  /// Hedges' g: the difference of the means in pooled deviations, without the bias of small
  /// sets, other minus base; nil where there is no spread.
  public let hedges: Estimate?
  /// Cliff's delta: P(other > base) - P(other < base).
  public let cliff: Double
  /// Vargha and Delaney's A: P(other > base) + P(equal) / 2.
  public let superiority: Double

  /// Effect sizes.
  public init(hedges: Estimate?, cliff: Double, superiority: Double) {
    self.hedges = hedges
    self.cliff = cliff
    self.superiority = superiority
  }
}
