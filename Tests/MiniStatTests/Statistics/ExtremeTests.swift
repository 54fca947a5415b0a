import Glibc
import MiniStat
import Support
import Sys9
import Testing

@Suite("Comparisons at the ends of what a Double holds") struct ExtremeTests {
  private func compare(
    _ base: [Double], _ other: [Double], _ pairing: Pairing = .independent
  ) -> Comparison {
    var options = AnalysisOptions()
    options.pairing = pairing
    return Comparison(
      base: Arm(name: "base", values: base),
      other: Arm(name: "other", values: other), options: options)
  }

  private func isUndecided(_ comparison: Comparison) -> Bool {
    if case .undecided = comparison.verdict { true } else { false }
  }

  /// Values that are compared at many scales, and what should come of it.
  private static let plain: [(base: [Double], other: [Double], isDecided: Bool)] = [
    ([1, 2, 3], [2, 2.5, 1], false),
    ([1, 2], [2, 3], false),
    ([10, 10.5, 9.75, 10.25], [5, 5.25, 4.75, 5.125], true),
    ([10, 10.5], [5, 5.25], true),
    ([-10, -10.5, -9.75, -10.25], [5, 5.25, 4.75, 5.125], true),
    ([-1, 0, 1, 2], [1, 2, 3, 4], false),
    ([0, 0, 0], [1, 1.25, 0.75], true),
    ([5, 5, 5], [5, 5, 5], true),
    ([5, 5, 5], [6, 6, 6], true),
    ([0, 0], [0, 0], true),
  ]

  @Test(
    "what is decided at scale 1 is decided at every scale, and as surely",
    arguments: [-1070, -1000, -500, -201, -199, 199, 201, 500, 1000, 1019])
  func scales(exponent: Int) {
    for (base, other, isDecided) in Self.plain {
      let near = compare(base, other)
      #expect(isUndecided(near) == !isDecided, "\(base) \(other)")
      let far = { (values: [Double]) in values.map { scalbn($0, exponent) } }
      let scaled = compare(far(base), far(other))
      #expect(scaled.verdict == near.verdict, "\(base) \(other) 2^\(exponent)")
      #expect(scaled.p == near.p)
      #expect(scaled.ratio == near.ratio)
      #expect(scaled.headline.kind == near.headline.kind)
      #expect(scaled.effect.hedges == near.effect.hedges)
      #expect(scaled.findings.map(\.code) == near.findings.map(\.code))
      #expect(scaled.difference.value == scalbn(near.difference.value, exponent))
      #expect(scaled.shift.value == scalbn(near.shift.value, exponent))
    }
  }

  @Test("tiny values that differ by chance are not decided")
  func tiny() {
    let comparison = compare([1e-300, 2e-300, 3e-300], [2e-300, 2.5e-300, 1e-300])
    #expect(isUndecided(comparison))
    #expect(comparison.p > 0.5)
    #expect(comparison.difference.interval.width > 1e-300)
  }

  @Test("values whose differences are beyond a Double are compared, by the right sign")
  func beyond() {
    let most = Double.greatestFiniteMagnitude
    let apart = compare([-most, -most, -most.nextDown], [most, most, most.nextDown])
    #expect(apart.verdict == .worse)
    #expect(apart.difference.value == .infinity)
    #expect(compare([most, most], [-most, -most]).verdict == .better)
    #expect(compare([most, most], [most, most]).verdict == .same)
  }

  @Test("an arm that is nothing beside the other has a verdict, though no ratio")
  func magnitudes() {
    let (tiny, huge) = ([1e-300, 2e-300, 3e-300], [1e300, 1.01e300, 1.02e300])
    let up = compare(tiny, huge)
    #expect(up.verdict == .worse && up.ratio == nil)
    #expect(!up.findings.contains { $0.code == "notPositive" })
    let down = compare(huge, tiny)
    #expect(down.verdict == .better)
    #expect(abs(down.headline.estimate.value) < 1e-300)
    // The tiny arm itself is described as if it were alone.
    #expect(up.base.median.value == 2e-300 && up.base.moments.mean == 2e-300)
    #expect(!up.base.findings.contains { $0.code == "constant" })
  }

  @Test("pairs of any magnitude are compared by their ratios")
  func pairs() throws {
    let base = (0..<12).map { scalbn(1 + Double($0 % 5) / 100, 160 * ($0 - 6)) }
    let other = base.map { $0 * 1.25 }
    let comparison = compare(base, other, .paired)
    #expect(comparison.verdict == .worse)
    let paired = try #require(comparison.paired)
    #expect(paired.isRatio && abs(paired.centre.value - 1.25) < 1e-9)
  }

  @Test("subnormal numbers are as good as others")
  func subnormal() {
    let least = Double.leastNonzeroMagnitude
    let base = [10, 11, 9, 10].map { $0 * least }
    let other = [40, 41, 39, 42].map { $0 * least }
    #expect(compare(base, other).verdict == .worse)
    #expect(isUndecided(compare(base, [10, 11, 10, 9].map { $0 * least })))
  }

  @Test("several arms have the same probabilities at every scale")
  func many() throws {
    let sets: [[Double]] = [[1, 2, 3, 4], [2, 3, 4, 6], [9, 10, 11, 12]]
    let arms = { (exponent: Int) in
      sets.map { Arm(name: "", values: $0.map { scalbn($0, exponent) }) }
    }
    let near = ManyArms(arms(0))
    for exponent in [-1000, 1000] {
      let far = ManyArms(arms(exponent))
      #expect(far.anova == near.anova)
      #expect(far.tukey.map(\.p) == near.tukey.map(\.p))
      #expect(far.dunnett.map(\.ratio) == near.dunnett.map(\.ratio))
      #expect(far.tukey[0].difference.value == scalbn(near.tukey[0].difference.value, exponent))
    }
  }

  /// True if two verdicts are the same; how many runs are missing is an estimate, which may round
  /// either way.
  private func agree(_ a: Verdict, _ b: Verdict) -> Bool {
    guard case .undecided(let x?) = a, case .undecided(let y?) = b else { return a == b }
    return abs(x - y) <= 1
  }

  @Test("any finite values have a verdict, and the verdict has no scale")
  func anyValues() {
    var (random, seed) = SplitMix.printed(
      "ExtremeTests", environment: Environment["TEST_SEED"])
    for round in 0..<300 {
      let sides = [AnyValues.some(&random), AnyValues.some(&random)]
      let pairings: [Pairing] = [.independent, .paired, .automatic]
      let pairing = sides[0].count == sides[1].count ? pairings[round % 3] : .independent
      let given = compare(sides[0], sides[1], pairing)
      let exponent = Int.random(in: -1500...1500, using: &random)
      let moved = sides.map { $0.map { scalbn($0, exponent) } }
      let back = moved.map { $0.map { scalbn($0, -exponent) } }
      if back != sides || !moved.joined().allSatisfy(\.isFinite) { continue }
      let scaled = compare(moved[0], moved[1], pairing)
      #expect(
        agree(scaled.verdict, given.verdict),
        "seed \(seed) round \(round): \(sides) times 2^\(exponent), \(pairing)")
    }
  }
}
