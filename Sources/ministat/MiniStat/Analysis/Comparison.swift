// Two arms compared: theory of operation.
//
// Problem.  Someone wants to know whether B is faster than A, and by how much.  Many tests answer
// that; which of them is believed must not be chosen by its answer.
//
// Shape.  Everything is computed; one estimate, the headline, decides.  Which one that is depends
// only on things that say nothing of the difference:
//
//     values not above 0              difference of means, Welch
//     pairs that vary together        mean of the logarithms of the pairs' ratios, Student
//       ... with values far out       the same by signed ranks
//     neither                         ratio of means, Fieller
//       ... with values far out       ratio of typical values by ranks
//
// and the verdict depends only on the headline's interval:
//
//     wholly within 1 +- margin       same
//     excludes 1                      better or worse
//     otherwise                       undecided, with how many more runs would decide
//
// Values that depend on their neighbours tell less than their number says: the interval is
// widened by sqrt((1 + r) / (1 - r)) with r from both arms together.
//
// Invariants.
//   C1  `headline.excludesNeutral` iff `headline.p` < 1 - level, for bounded ratios of means.
//   C2  A verdict of `better` or `worse` has an interval that excludes "no change".
//   C3  A verdict of `same` has an interval within the margin, or no width at all.
//
// Cost.  Sorting; everything else is O(n) but for diagnostics that look at 2000 values and
// quantiles of differences that look at 20,000.
//
// Rejected.  The smallest p of several tests: wrong 1 time in 10 instead of 20.  A test of
// normality that chooses between t and ranks: with few values it sees nothing, with many it
// always objects.

/// One arm compared with another.
public struct Comparison: Sendable {
  /// What was asked.
  public let options: AnalysisOptions
  /// The arm that is compared with.
  public let base: Summary
  /// The arm that is compared.
  public let other: Summary
  /// Other minus base, of the means, with Welch's interval.
  public let difference: Estimate
  /// Other over base, of the means, with Fieller's interval; nil if ratios mean nothing.
  public let ratio: Estimate?
  /// Welch's test.
  public let welch: TestResult
  /// Mann and Whitney's test.
  public let mannWhitney: TestResult
  /// The median of all differences other - base, with the interval of the rank test.
  public let shift: Estimate
  /// The median of all ratios other / base, likewise; nil if a value is not above 0.
  public let typicalRatio: Estimate?
  /// The ratio of the medians, other over base, with its bootstrapped (BCa) interval; nil unless
  /// ``AnalysisOptions/bootstrapRounds`` asks for it, for fewer than 30 values of an arm, and for
  /// values not above 0.  Of more than 2000 values of an arm as many evenly spread are drawn from.
  public let medianRatio: Estimate?
  /// How large the difference is beside the spread.
  public let effect: EffectSizes
  /// Whether the change is shown to be within the margin; nil if ratios mean nothing.
  public let equivalence: Equivalence?
  /// The comparison by pairs; nil if values do not come in pairs.
  public let paired: PairedComparison?
  /// By what dependence between values widened the intervals, 1 or more.
  public let inflation: Double
  /// The estimate that decides.
  public let headline: Headline
  /// The decision.
  public let verdict: Verdict
  /// What is odd about the comparison and both arms, the gravest first.
  public let findings: [Finding]

  /// The findings that put the result in doubt.
  public var warnings: [Finding] { findings.filter { $0.severity == .warning } }

  /// The probability that belongs to the headline.
  public var p: Double { headline.p }

  /// Compares `other` with `base`, of at least two values each.
  public init(base: Arm, other: Arm, options: AnalysisOptions = AnalysisOptions()) {
    let evidence = Evidence(base: base, other: other, options: options)
    self.init(evidence, options: options)
  }

  init(_ evidence: Evidence, options: AnalysisOptions) {
    self.options = options
    base = evidence.base
    other = evidence.other
    let scale = evidence.scale
    difference = scale.undone(evidence.means.difference(options.level))
    ratio = evidence.ratio
    welch = evidence.means.test
    mannWhitney = evidence.ranks.test
    shift = scale.undone(evidence.shift)
    typicalRatio = evidence.typicalRatio
    medianRatio = evidence.medianRatio
    effect = evidence.effect
    paired = evidence.paired?.undone(scale)
    inflation = evidence.inflation
    headline = evidence.headline.undone(scale)
    equivalence = evidence.equivalence
    verdict = Decision.verdict(evidence.headline, evidence: evidence, options: options)
    findings = evidence.findings
    let isByMeans = headline.kind == .ratioOfMeans || headline.kind == .ratioOfPairs
    if isByMeans && headline.estimate.interval.isBounded {
      let close = abs(headline.p - options.alpha) < 1e-9 * options.alpha
      assert(close || headline.excludesNeutral == (headline.p < options.alpha), "C1")
    }
    if case .same = verdict, headline.isRatio {
      let within = Interval(1 - options.margin, 1 + options.margin)
      // Where ratios mean nothing, "same" is a difference of exactly 0.
      assert(!headline.isRatio || headline.estimate.interval.lies(within: within), "C3")
    }
    if verdict == .better || verdict == .worse { assert(evidence.headline.excludesNeutral, "C2") }
  }
}
