// What a decision stands on: all estimates of a comparison, before one of them is chosen.

import Glibc

/// The figures of a comparison.
struct Evidence {
  let base: Summary
  let other: Summary
  let inflation: Double
  let means: MeanComparison
  let ranks: MannWhitney
  let ratio: Estimate?
  let shift: Estimate
  let typicalRatio: Estimate?
  let effect: EffectSizes
  let paired: PairedComparison?
  private(set) var headline: Headline
  private(set) var findings: [Finding]
  private(set) var equivalence: Equivalence?

  init(base: Arm, other: Arm, options: AnalysisOptions) {
    precondition(base.count > 1 && other.count > 1, "a comparison needs two values of each")
    let level = options.level
    self.base = Summary(base, options: options)
    self.other = Summary(other, options: options)
    let pairs = Self.pairs(base, other, options: options)
    let inflation = Self.inflation(base, other, pairs: pairs)
    self.inflation = inflation
    paired =
      inflation == 1 || pairs == nil
      ? pairs
      : PairedComparison(base: base, other: other, level: level, inflation: inflation)
    means = MeanComparison(
      base: self.base.moments, other: self.other.moments, inflation: inflation)
    ranks = MannWhitney(base: base.sorted, other: other.sorted, inflation: inflation)
    let notNegative = base.sorted[0] >= 0 && other.sorted[0] >= 0
    ratio = notNegative && means.baseMean > 0 ? means.ratio(level) : nil
    shift = HodgesLehmann.shift(
      base: base.sorted, other: other.sorted, test: ranks, level: level, inflation: inflation)
    typicalRatio = Self.typicalRatio(base, other, ranks, level: level, inflation: inflation)
    effect = EffectSizes(
      base: self.base.moments, other: self.other.moments, ranks: ranks, level: level)
    headline = Headline(kind: .differenceOfMeans, estimate: shift, p: 1)
    findings = []
    choose(options)
    findings += self.base.findings + self.other.findings
    if inflation > 1 { findings.append(Finding(.note, .widened(factor: inflation))) }
    // Stable: among equally grave ones those of the comparison come first.
    findings =
      findings.filter { $0.severity == .warning } + findings.filter { $0.severity == .note }
  }

  /// Chooses the headline, as the head of Comparison.swift says.
  private mutating func choose(_ options: AnalysisOptions) {
    let farOut = base.outliers.severe + other.outliers.severe > 0
    let margin = options.margin
    equivalence = ratio == nil ? nil : means.equivalence(margin: margin)
    if let paired, usesPairs(paired, options) {
      equivalence = paired.equivalence(margin: margin)
      if !paired.isRatio { findings.append(Finding(.note, .notPositive)) }
      if paired.count >= Thresholds.countWanted && Self.hasFarOut(paired.differences) {
        findings.append(Finding(.note, .decidedByRanks))
        headline = Headline(
          kind: paired.isRatio ? .ratioOfTypicalPairs : .differenceOfMeans,
          estimate: paired.typical, p: paired.wilcoxon.p)
      } else {
        headline = Headline(
          kind: paired.isRatio ? .ratioOfPairs : .differenceOfMeans,
          estimate: paired.centre, p: paired.student.p)
      }
      return
    }
    guard let ratio else {
      findings.append(Finding(.note, .notPositive))
      headline = Headline(
        kind: .differenceOfMeans, estimate: means.difference(options.level), p: means.test.p)
      return
    }
    if let typicalRatio, farOut, min(base.count, other.count) >= Thresholds.countWanted {
      findings.append(Finding(.note, .decidedByRanks))
      headline = Headline(kind: .ratioOfTypical, estimate: typicalRatio, p: ranks.p)
      return
    }
    if !ratio.interval.isBounded { findings.append(Finding(.warning, .ratioUnbounded)) }
    headline = Headline(kind: .ratioOfMeans, estimate: ratio, p: means.test.p)
  }

  /// Whether the pairs decide; says why in the findings.
  private mutating func usesPairs(
    _ paired: PairedComparison, _ options: AnalysisOptions
  ) -> Bool {
    let related = paired.correlation >= Thresholds.pairCorrelationMin
    if options.pairing == .automatic {
      findings.append(
        Finding(
          .note,
          related
            ? .pairsTaken(correlation: paired.correlation)
            : .pairsUnrelated(correlation: paired.correlation)))
    }
    return options.pairing == .paired || related
  }

  private static func hasFarOut(_ values: [Double]) -> Bool {
    let sorted = Ordering.sorted(values)
    let quartiles = Interval(
      Quantile.of(sorted: sorted, at: 0.25), Quantile.of(sorted: sorted, at: 0.75))
    return OutlierCounts(sorted: sorted, quartiles: quartiles).severe > 0
  }

  private static func pairs(
    _ base: Arm, _ other: Arm, options: AnalysisOptions
  ) -> PairedComparison? {
    if options.pairing == .independent || base.count != other.count { return nil }
    return PairedComparison(base: base, other: other, level: options.level)
  }

  /// How far intervals are widened: by the dependence of what is compared.
  private static func inflation(_ base: Arm, _ other: Arm, pairs: PairedComparison?) -> Double {
    if min(base.count, other.count) < Thresholds.orderMin { return 1 }
    let taken = pairs.map { $0.correlation >= Thresholds.pairCorrelationMin } ?? false
    let neighbours = Autocorrelation(
      taken ? [pairs?.differences ?? []] : [base.values, other.values])
    return neighbours.p < Thresholds.widenP ? neighbours.inflation : 1
  }

  private static func typicalRatio(
    _ base: Arm, _ other: Arm, _ ranks: MannWhitney, level: ConfidenceLevel, inflation: Double
  ) -> Estimate? {
    if !(base.sorted[0] > 0 && other.sorted[0] > 0) { return nil }
    let size = DifferenceMatrix.sizeMax
    let logarithms = [base, other].map { arm in
      Ordering.thinned(arm.sorted, to: size).map { log($0) }
    }
    return HodgesLehmann.shift(
      base: logarithms[0], other: logarithms[1], test: ranks, level: level,
      inflation: inflation
    ).exponential
  }
}

extension EffectSizes {
  /// The effect sizes of two arms whose rank test is known.
  init(base: Moments, other: Moments, ranks: MannWhitney, level: ConfidenceLevel) {
    let (n1, n2) = (Double(base.count), Double(other.count))
    let df = n1 + n2 - 2
    let pooled = (((n1 - 1) * base.variance + (n2 - 1) * other.variance) / df).squareRoot()
    var hedges: Estimate?
    if pooled > 0 && pooled.isFinite {
      // Gamma(df / 2) / (sqrt(df / 2) Gamma((df - 1) / 2)), Hedges' correction.
      let correction =
        df > 1 ? exp(lgamma(df / 2).0 - lgamma((df - 1) / 2).0) / (df / 2).squareRoot() : 0
      let g = (other.mean - base.mean) / pooled * correction
      let error = ((n1 + n2) / (n1 * n2) + g * g / (2 * (n1 + n2))).squareRoot()
      let half = Normal.quantile(upperTail: (100 - level.percent) / 200) * error
      hedges = Estimate(g, Interval(g - half, g + half), level: level.percent)
    }
    self.init(
      hedges: hedges, cliff: 2 * ranks.superiority - 1, superiority: ranks.superiority)
  }
}
