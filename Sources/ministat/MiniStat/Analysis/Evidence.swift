// What a decision stands on: all estimates of a comparison, before one of them is chosen.

import Glibc

/// The figures of a comparison.
///
/// What has the unit of the values is multiplied by `scale`, but for `base` and `other`.
struct Evidence {
  let scale: Scale
  let base: Summary
  let other: Summary
  let inflation: Double
  let means: MeanComparison
  let ranks: MannWhitney
  let ratio: Estimate?
  let shift: Estimate
  let typicalRatio: Estimate?
  let medianRatio: Estimate?
  let effect: EffectSizes
  let paired: PairedComparison?
  private(set) var headline: Headline
  private(set) var findings: [Finding]
  private(set) var equivalence: Equivalence?
  /// The moments of both arms, multiplied by the scale they share.
  private let baseMoments: Moments
  private let otherMoments: Moments
  /// The test of equal spreads.
  private let spreads: TestResult
  /// True if no value lies below 0.
  private let isNotNegative: Bool
  /// True if the pairs decide.
  private var usesPairs: Bool

  init(base: Arm, other: Arm, options: AnalysisOptions) {
    precondition(base.count > 1 && other.count > 1, "a comparison needs two values of each")
    let level = options.level
    let scale = Scale(of: [base, other])
    self.scale = scale
    self.base = Summary(base, options: options)
    self.other = Summary(other, options: options)
    let (first, second) = (base.scaled(by: scale), other.scaled(by: scale))
    baseMoments = scale.isOne ? self.base.moments : Moments(first.values)
    otherMoments = scale.isOne ? self.other.moments : Moments(second.values)
    // Logarithms of the values as they were given: a value that became 0 has none.
    let isPositive = base.sorted[0] > 0 && other.sorted[0] > 0
    let sides = isPositive ? (base: base, other: other) : (base: first, other: second)
    let pairs = Self.pairs(sides.base, sides.other, options: options)
    let inflation = Self.inflation(first, second, pairs: pairs)
    self.inflation = inflation
    paired =
      inflation == 1 || pairs == nil
      ? pairs
      : PairedComparison(
        base: sides.base, other: sides.other, level: level, inflation: inflation)
    means = MeanComparison(base: baseMoments, other: otherMoments, inflation: inflation)
    ranks = MannWhitney(base: base.sorted, other: other.sorted, inflation: inflation)
    isNotNegative = base.sorted[0] >= 0 && other.sorted[0] >= 0
    ratio = isNotNegative && means.hasRatio ? means.ratio(level) : nil
    shift = HodgesLehmann.shift(
      base: first.sorted, other: second.sorted, test: ranks, level: level, inflation: inflation)
    typicalRatio = Self.typicalRatio(base, other, ranks, level: level, inflation: inflation)
    medianRatio = Self.medianRatio(base, other, options)
    effect = EffectSizes(base: baseMoments, other: otherMoments, ranks: ranks, level: level)
    headline = Headline(kind: .differenceOfMeans, estimate: shift, p: 1)
    findings = []
    spreads = SeveralMeans.brownForsythe(
      [first, second].map { Ordering.thinned($0.sorted, to: Thresholds.slowMax) })
    usesPairs = false
    choose(options)
    compareOrder(first, second, alpha: options.alpha)
    compareSpreads(first, second)
    if inflation > 1 { findings.append(Finding(.note, .widened(factor: inflation))) }
    // Stable: among equally grave ones those of the comparison come first.
    findings =
      findings.filter { $0.severity == .warning } + findings.filter { $0.severity == .note }
  }

  /// Chooses the headline, as the head of Comparison.swift says.
  private mutating func choose(_ options: AnalysisOptions) {
    let farOut =
      base.outliers.spoilMean(of: base.count) || other.outliers.spoilMean(of: other.count)
    let margin = options.margin
    equivalence = ratio == nil ? nil : means.equivalence(margin: margin)
    if let paired, decides(paired, options) {
      usesPairs = true
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
      // Otherwise one arm is too small beside the other for their ratio to be a number.
      if !isNotNegative || base.moments.mean == 0 { findings.append(Finding(.note, .notPositive)) }
      headline = Headline(
        kind: .differenceOfMeans, estimate: means.difference(options.level), p: means.test.p)
      return
    }
    if let typicalRatio, farOut, ranksMayDecide {
      findings.append(Finding(.note, .decidedByRanks))
      headline = Headline(kind: .ratioOfTypical, estimate: typicalRatio, p: ranks.p)
      return
    }
    if !ratio.interval.isBounded { findings.append(Finding(.warning, .ratioUnbounded)) }
    headline = Headline(kind: .ratioOfMeans, estimate: ratio, p: means.test.p)
  }

  /// Whether the pairs decide; says why in the findings.
  private mutating func decides(
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

  /// Ranks compare typical values if both arms are spread alike; where sizes differ, too, the
  /// rank test is wrong more often than it says.
  private var ranksMayDecide: Bool {
    let (n1, n2) = (Double(base.count), Double(other.count))
    if min(n1, n2) < Double(Thresholds.countWanted) { return false }
    return max(n1, n2) <= 1.5 * min(n1, n2) || !(spreads.p < Thresholds.spreadForRanksP)
  }

  /// Adds what is odd about the order of the values, of each arm or of the pairs.
  private mutating func compareOrder(_ first: Arm, _ second: Arm, alpha: Double) {
    if usesPairs, let paired {
      // What both arms share cancels: only what is left counts.
      findings += (base.findings + other.findings).map {
        Finding($0.isAboutOrder ? .note : $0.severity, $0.kind, arm: $0.arm)
      }
      findings +=
        Diagnosis(
          ofDifferences: paired.differences, scale: paired.isRatio ? .one : scale
        ).findings
      return
    }
    findings += base.findings + other.findings
    let isBlocks = paired == nil && min(base.count, other.count) >= Thresholds.orderMin
    let plain = MeanComparison(base: baseMoments, other: otherMoments)
    if !isBlocks || !(plain.test.p < alpha) { return }
    let drift = CommonDrift(
      base: first.values, other: second.values, baseMean: baseMoments.mean,
      otherMean: otherMoments.mean)
    let limit = Thresholds.driftExplainsSlope(count: first.count + second.count)
    if drift.slopeInErrors > limit && drift.lineIsBetter {
      let centre = abs(Quantile.of(sorted: first.sorted, at: 0.5))
      let perRun = centre == 0 ? scale.undone(drift.slope) : drift.slope / centre
      findings.append(Finding(.warning, .driftExplains(perRun: perRun, p: drift.p)))
    }
  }

  private mutating func compareSpreads(_ first: Arm, _ second: Arm) {
    let (s1, s2) = (baseMoments.standardDeviation, otherMoments.standardDeviation)
    if spreads.p < Thresholds.spreadP && s1 > 0 && s2 > 0 {
      findings.append(
        Finding(.note, .unequalSpread(ratio: max(s1, s2) / min(s1, s2), p: spreads.p)))
    }
    if DifferenceMatrix.sizeMax < max(first.count, second.count) {
      findings.append(
        Finding(
          .note, .thinned(from: max(first.count, second.count), to: DifferenceMatrix.sizeMax)))
    }
  }

  private static func hasFarOut(_ values: [Double]) -> Bool {
    let sorted = Ordering.sorted(values)
    let quartiles = Interval(
      Quantile.of(sorted: sorted, at: 0.25), Quantile.of(sorted: sorted, at: 0.75))
    return OutlierCounts(sorted: sorted, quartiles: quartiles).spoilMean(of: sorted.count)
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

  /// Bootstrapped where that was asked for and has a meaning: from 30 values of each on.
  private static func medianRatio(
    _ base: Arm, _ other: Arm, _ options: AnalysisOptions
  ) -> Estimate? {
    let few = min(base.count, other.count) < Thresholds.bootstrapMin
    if options.bootstrapRounds < Bootstrap.roundsMin || few || base.sorted[0] <= 0 { return nil }
    if !(other.magnitude / base.sorted[0] < MeanComparison.ratioMax) { return nil }
    let sets = [base, other].map { Ordering.thinned($0.sorted, to: Thresholds.bootstrapMax) }
    return Bootstrap(rounds: options.bootstrapRounds, seed: options.seed)
      .ratioOfMedians(sets[0], sets[1], level: options.level)
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

extension Finding {
  /// True if it is about the order of the values.
  var isAboutOrder: Bool {
    switch kind {
    case .dependent, .drifts, .warmUp, .jumps: true
    default: false
    }
  }
}

extension EffectSizes {
  /// The effect sizes of two arms whose rank test is known.
  init(base: Moments, other: Moments, ranks: MannWhitney, level: ConfidenceLevel) {
    let (n1, n2) = (Double(base.count), Double(other.count))
    let df = n1 + n2 - 2
    let pooled = (((n1 - 1) * base.variance + (n2 - 1) * other.variance) / df).squareRoot()
    var hedges: Estimate?
    if pooled > 0 && pooled.isFinite && df > 1 {
      let correction = SpecialFunctions.hedgesCorrection(df)
      let g = (other.mean - base.mean) / pooled * correction
      let scale = (n1 / (n1 + n2) * n2).squareRoot()
      let t = g / correction * scale
      let tail = (100 - level.percent) / 200
      let ends = [tail, 1 - tail].map {
        NoncentralT.noncentrality(exceeding: t, upperTail: $0, degreesOfFreedom: df)
          / scale * correction
      }
      hedges = Estimate(
        g, Interval(min(ends[0], g), max(ends[1], g)), level: level.percent)
    }
    self.init(
      hedges: hedges, cliff: 2 * ranks.superiority - 1, superiority: ranks.superiority)
  }
}
