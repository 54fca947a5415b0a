import Glibc
import MiniStat
import Testing

@Suite("Sets beside scipy, statsmodels, diptest and R") struct ReferenceSetTests {
  private let table: ReferenceTable
  private let sets: [String: [Double]]

  init() throws {
    table = try ReferenceTable("tests.tsv")
    sets = try ReferenceTable.sets()
  }

  private func each(_ name: String, _ body: ([Double], ReferenceTable.Row) throws -> Void) throws {
    for row in table(name) { try body(try #require(sets[row.keys[0]]), row) }
  }

  private func pairs(
    _ name: String, _ body: ([Double], [Double], ReferenceTable.Row) throws -> Void
  ) throws {
    for row in table(name) {
      try body(try #require(sets[row.keys[0]]), try #require(sets[row.keys[1]]), row)
    }
  }

  @Test("moments, quantiles, medians")
  func summaries() throws {
    try each("moments") { values, row in
      let moments = Moments(values)
      expectNear(moments.mean, row.values[0], relative: 1e-12, absolute: 1e-13, "\(row)")
      expectNear(moments.standardDeviation, row.values[1], relative: 1e-9, "\(row)")
    }
    try each("quantile") { values, row in
      let (sorted, at) = (values.sorted(), try #require(Double(row.keys[1])))
      expectNear(
        Quantile.of(sorted: sorted, at: at), row.values[0], relative: 1e-12, absolute: 1e-14,
        "\(row)")
      expectNear(
        Quantile.of(sorted: sorted, at: at, rule: .type8), row.values[1], relative: 1e-12,
        absolute: 1e-14, "\(row)")
    }
    try each("mad") { values, row in
      let sorted = values.sorted()
      let ours = Quantile.medianDeviation(
        sorted: sorted, about: Quantile.of(sorted: sorted, at: 0.5))
      expectNear(ours, row.values[0], relative: 1e-9, "\(row)")
    }
    try each("medianInterval") { values, row in
      let ours = Quantile.medianEstimate(sorted: values.sorted(), level: .standard)
      #expect(ours.interval == Interval(row.values[0], row.values[1]), "\(row)")
      expectNear(ours.level, row.values[2], relative: 1e-10, "\(row)")
    }
    try each("silverman") { values, row in
      expectNear(
        Density.silverman(sorted: values.sorted()), row.values[0], relative: 1e-9, "\(row)")
    }
  }

  @Test("normality: Shapiro and Wilk, Anderson and Darling")
  func normality() throws {
    try each("shapiro") { values, row in
      let ours = Normality.shapiroWilk(sorted: values.sorted())
      expectNear(ours.statistic, row.values[0], relative: 1e-6, "\(row)")
      expectNear(ours.p, row.values[1], relative: 1e-3, absolute: 1e-4, "\(row)")
    }
    try each("anderson") { values, row in
      let ours = Normality.andersonDarling(sorted: values.sorted())
      expectNear(ours.statistic, row.values[0], relative: 1e-8, "\(row)")
      expectNear(ours.p, row.values[1], relative: 1e-7, "\(row)")
    }
  }

  @Test("order: Ljung and Box, runs, Mann and Kendall, effective counts, cuts and jumps")
  func order() throws {
    try each("ljungBox") { values, row in
      let ours = Dependence.ljungBox(values)
      expectNear(ours.statistic, row.values[0], relative: 1e-9, "\(row)")
      expectNear(ours.p, row.values[1], relative: 1e-9, "\(row)")
    }
    try each("runs") { values, row in
      if row.values[0].isNaN { return }
      expectNear(Dependence.runs(values).p, row.values[0], relative: 1e-9, "\(row)")
    }
    try each("mannKendall") { values, row in
      let ours = MannKendall(values)
      #expect(ours.s == row.values[0])
      expectNear(ours.p, row.values[1], relative: 1e-9, "\(row)")
      expectNear(ours.slope, row.values[2], relative: 1e-9, absolute: 1e-15, "\(row)")
    }
    try each("geyer") { values, row in
      let capped = min(row.values[0], Double(values.count))
      expectNear(Dependence.effectiveCount(values), capped, relative: 1e-9, "\(row)")
    }
    try each("mser") { #expect(Double(Steadiness.warmUpCut($0)) == $1.values[0], "\($1)") }
    try each("change") { values, row in
      #expect(Steadiness.jump(values).map { Double($0.index) } == row.values[0], "\(row)")
    }
  }

  @Test("the dip")
  func dip() throws {
    try each("dip") { values, row in
      let ours = Dip.test(sorted: values.sorted())
      expectNear(ours.statistic, row.values[0], relative: 1e-9, "\(row)")
      expectNear(ours.p, row.values[1], relative: 0.2, absolute: 0.01, "\(row)")
    }
  }

  @Test("Welch, Fieller, equivalence, effect sizes")
  func means() throws {
    try pairs("welch") { base, other, row in
      let ours = MeanComparison(base: Moments(base), other: Moments(other)).test
      expectNear(ours.statistic, row.values[0], relative: 1e-9, "\(row)")
      expectNear(ours.degreesOfFreedom ?? 0, row.values[1], relative: 1e-9, "\(row)")
      expectNear(ours.p, row.values[2], relative: 1e-9, "\(row)")
    }
    try pairs("difference") { base, other, row in
      let ours = MeanComparison(base: Moments(base), other: Moments(other)).difference(.standard)
      for (mine, theirs) in zip(ours.figures, row.values) {
        expectNear(mine, theirs, relative: 1e-9, "\(row)")
      }
    }
    try pairs("fieller") { base, other, row in
      let means = MeanComparison(base: Moments(base), other: Moments(other))
      let ours =
        means.ratio(.standard).figures
        + means.ratioByLogarithm(.standard).figures.dropFirst()
      for (mine, theirs) in zip(ours, row.values) {
        expectNear(mine, theirs, relative: 1e-9, "\(row)")
      }
    }
    try pairs("tost") { base, other, row in
      let means = MeanComparison(base: Moments(base), other: Moments(other))
      expectNear(means.equivalence(margin: 0.1).p, row.values[0], relative: 1e-9, "\(row)")
    }
    try pairs("hedges") { base, other, row in
      let comparison = Comparison(
        base: Arm(name: "base", values: base), other: Arm(name: "other", values: other))
      let ours = try #require(comparison.effect.hedges)
      for (mine, theirs) in zip(ours.figures, row.values) {
        expectNear(mine, theirs, relative: 1e-7, absolute: 1e-8, "\(row)")
      }
    }
  }

  @Test("ranks: Mann and Whitney with and without ties, Cliff, Hodges and Lehmann")
  func ranks() throws {
    try pairs("mannWhitney") { base, other, row in
      let ours = MannWhitney(base: base.sorted(), other: other.sorted())
      #expect(ours.u == row.values[0] && ours.isExact)
      expectNear(ours.p, row.values[1], relative: 1e-9, "\(row)")
    }
    try pairs("mannWhitneyNormal") { base, other, row in
      // An inflation next to 1 takes the normal approximation.
      let ours = MannWhitney(
        base: base.sorted(), other: other.sorted(), inflation: 1.0.nextUp)
      #expect(ours.u == row.values[0] && !ours.isExact)
      expectNear(ours.p, row.values[1], relative: 1e-9, "\(row)")
    }
    try pairs("cliff") { base, other, row in
      let ours = MannWhitney(base: base.sorted(), other: other.sorted())
      expectNear(
        2 * ours.superiority - 1, row.values[0], relative: 1e-12, absolute: 1e-15, "\(row)")
    }
    try pairs("hodgesLehmann") { base, other, row in
      let comparison = Comparison(
        base: Arm(name: "base", values: base), other: Arm(name: "other", values: other))
      expectNear(comparison.shift.value, row.values[0], relative: 1e-12, "\(row)")
    }
    try pairs("rShift") { base, other, row in
      let comparison = Comparison(
        base: Arm(name: "base", values: base), other: Arm(name: "other", values: other))
      for (mine, theirs) in zip(comparison.shift.figures, row.values) {
        expectNear(mine, theirs, relative: 1e-9, "\(row)")
      }
    }
  }

  @Test("Brunner and Munzel, Yuen, Kolmogorov and Smirnov, Brown and Forsythe, permutation")
  func others() throws {
    try pairs("brunnerMunzel") { base, other, row in
      let ours = TwoSets.brunnerMunzel(base, other)
      expectNear(ours.statistic, row.values[0], relative: 1e-9, "\(row)")
      expectNear(ours.p, row.values[1], relative: 1e-9, "\(row)")
    }
    try pairs("yuen") { base, other, row in
      let ours = TwoSets.yuen(sorted: base.sorted(), other.sorted())
      expectNear(ours.statistic, row.values[0], relative: 1e-9, "\(row)")
      expectNear(ours.p, row.values[1], relative: 1e-9, "\(row)")
    }
    try pairs("kolmogorov") { base, other, row in
      let ours = TwoSets.kolmogorovSmirnov(sorted: base.sorted(), other.sorted())
      expectNear(ours.statistic, row.values[0], relative: 1e-12, "\(row)")
      expectNear(ours.p, row.values[1], relative: 1e-9, "\(row)")
    }
    try pairs("brownForsythe") { base, other, row in
      let ours = SeveralMeans.brownForsythe([base, other])
      expectNear(ours.statistic, row.values[0], relative: 1e-9, "\(row)")
      expectNear(ours.p, row.values[1], relative: 1e-9, "\(row)")
    }
    try pairs("permutation") { base, other, row in
      let ours = try #require(TwoSets.permutation(base, other))
      expectNear(ours.p, row.values[0], relative: 1e-9, "\(row)")
    }
  }

  @Test("pairs: t on logarithms, Wilcoxon, sign, and R's interval")
  func paired() throws {
    let compare = { (base: [Double], other: [Double]) in
      PairedComparison(
        base: Arm(name: "base", values: base), other: Arm(name: "other", values: other),
        level: .standard)
    }
    try pairs("pairedT") { base, other, row in
      let ours = compare(base, other)
      for (mine, theirs) in zip(ours.centre.figures + [ours.student.p], row.values) {
        expectNear(mine, theirs, relative: 1e-9, "\(row)")
      }
    }
    try pairs("wilcoxon") { base, other, row in
      expectNear(compare(base, other).wilcoxon.p, row.values[0], relative: 1e-9, "\(row)")
    }
    try pairs("sign") { base, other, row in
      expectNear(compare(base, other).sign.p, row.values[0], relative: 1e-9, "\(row)")
    }
    try pairs("pairedCentre") { base, other, row in
      expectNear(compare(base, other).typical.value, row.values[0], relative: 1e-9, "\(row)")
    }
    try pairs("rPaired") { base, other, row in
      for (mine, theirs) in zip(compare(base, other).typical.figures, row.values.map { exp($0) }) {
        expectNear(mine, theirs, relative: 1e-9, "\(row)")
      }
    }
  }

  @Test("several sets: variance, Kruskal and Wallis, spreads, Tukey")
  func several() throws {
    for row in table("anova") {
      let ours = SeveralMeans.anova(try row.keys.map { Moments(try #require(sets[$0])) })
      expectNear(ours.statistic, row.values[0], relative: 1e-9, "\(row)")
      expectNear(ours.p, row.values[1], relative: 1e-9, "\(row)")
    }
    for row in table("kruskal") {
      let ours = SeveralMeans.kruskalWallis(try row.keys.map { try #require(sets[$0]) })
      expectNear(ours.statistic, row.values[0], relative: 1e-9, "\(row)")
      expectNear(ours.p, row.values[1], relative: 1e-9, "\(row)")
    }
    for row in table("brownForsytheMany") {
      let ours = SeveralMeans.brownForsythe(try row.keys.map { try #require(sets[$0]) })
      expectNear(ours.p, row.values[1], relative: 1e-9, "\(row)")
    }
    for row in table("tukey") {
      let arms = try row.keys.map { Arm(name: $0, values: try #require(sets[$0])) }
      for (pair, p) in zip(ManyArms(arms).tukey, row.values) {
        expectNear(pair.p, p, relative: 1e-6, absolute: 1e-9, "\(row)")
      }
    }
  }
}

extension Estimate {
  /// The value and both ends.
  var figures: [Double] { [value, interval.lower, interval.upper] }
}
