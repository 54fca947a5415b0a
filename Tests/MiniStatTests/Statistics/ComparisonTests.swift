import MiniStat
import Testing

@Suite("Comparisons") struct ComparisonTests {
  private let before = Arm(
    name: "before", values: [10.1, 9.9, 10.2, 10.0, 9.8, 10.3, 10.05, 9.95, 10.15, 9.85])
  private let after = Arm(
    name: "after", values: [9.1, 8.9, 9.2, 9.0, 8.8, 9.3, 9.05, 8.95, 9.15, 8.85])

  @Test("ten per cent less is faster, and its ratio is 0.9")
  func faster() throws {
    let comparison = Comparison(base: before, other: after)
    #expect(comparison.verdict == .better)
    #expect(comparison.headline.kind == .ratioOfMeans)
    let ratio = try #require(comparison.ratio)
    #expect(abs(ratio.value - 9.03 / 10.03) < 1e-12)
    #expect(ratio.interval.contains(0.9) && ratio.interval.upper < 0.92)
    #expect(comparison.mannWhitney.statistic == 0 && comparison.mannWhitney.isExact)
    #expect(comparison.verdict.word(for: comparison.options.metric) == "faster")
  }

  @Test("of rates more is better")
  func direction() {
    var options = AnalysisOptions()
    options.metric = Metric(name: "rate", unit: "MB/s", better: .higher)
    #expect(Comparison(base: before, other: after, options: options).verdict == .worse)
    #expect(Comparison(base: after, other: before, options: options).verdict == .better)
    #expect(options.metric.wordBetter == "faster")
  }

  @Test("an arm and itself are not different, and how many runs are wanting is said")
  func itself() {
    let comparison = Comparison(base: before, other: before)
    guard case .undecided(let more?) = comparison.verdict else {
      Issue.record("\(comparison.verdict)")
      return
    }
    #expect(more > 2 && more < 200)
    var options = AnalysisOptions()
    options.margin = 0.05
    #expect(Comparison(base: before, other: before, options: options).verdict == .same)
  }

  @Test("a suite asks for more than a comparison by itself")
  func suite() {
    let other = Arm(name: "other", values: before.values.map { $0 - 0.17 })
    let one = Comparison(base: before, other: other)
    #expect(one.verdict == .better && one.p > 0.005 && one.p < 0.05)
    let itself = Comparison(base: before, other: before)
    let suite = Suite((0..<10).map { ("row \($0)", $0 == 0 ? one : itself) })
    #expect(abs(suite.rows[0].pHolm - 10 * one.p) < 1e-12)
    guard case .undecided(.some) = suite.rows[0].verdict else {
      Issue.record("\(suite.rows[0].verdict)")
      return
    }
    #expect(Suite([("alone", one)]).rows[0].verdict == .better)
  }
}

@Suite("Comparisons of many values") struct ManyValuesTests {
  private func normal(_ count: Int, mean: Double, seed: UInt64) -> [Double] {
    var generator = Generator(seed: seed)
    return (0..<count).map { _ in mean + generator.normal() }
  }

  @Test("thousands of values are sorted as by comparison, whatever their signs")
  func sorted() {
    var values = normal(10_000, mean: 0, seed: 3).map { $0 * $0 * $0 * 1e10 }
    values += [0, -0.0, 5e-300, -5e-300, 1e308, -1e308, 1, 1, 1]
    #expect(Arm(name: "", values: values).sorted == values.sorted())
  }

  @Test("intervals of thinned sets are those of the whole")
  func thinned() throws {
    let base = normal(50_000, mean: 100, seed: 1)
    let other = normal(60_000, mean: 101, seed: 2)
    let comparison = Comparison(
      base: Arm(name: "base", values: base), other: Arm(name: "other", values: other))
    #expect(comparison.findings.contains { $0.code == "thinned" })
    // Of normal values the interval by ranks is sqrt(pi / 3) times as wide as that by means.
    let ratio = comparison.shift.interval.width / comparison.difference.interval.width
    #expect(abs(ratio - 1.0233) < 0.03, "\(ratio)")
    #expect(abs(comparison.shift.value - comparison.difference.value) < 0.01)
    let typical = try #require(comparison.typicalRatio)
    #expect(typical.interval.contains(1.01) && typical.interval.width < 0.001)
    #expect(comparison.headline.kind == .ratioOfMeans)
  }

  @Test("values that lie far out leave the decision to ranks")
  func ranksDecide() {
    var values = normal(40, mean: 100, seed: 5)
    for index in [3, 17, 30] { values[index] = 200 }
    let quiet = Arm(name: "quiet", values: normal(40, mean: 97, seed: 6))
    let comparison = Comparison(base: Arm(name: "loud", values: values), other: quiet)
    #expect(comparison.headline.kind == .ratioOfTypical)
    #expect(comparison.verdict == .better)
    #expect(comparison.findings.contains { $0.code == "outliers" })
  }
}
