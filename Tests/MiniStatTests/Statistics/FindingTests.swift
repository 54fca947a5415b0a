import Glibc
import MiniStat
import Testing

@Suite("Findings") struct FindingTests {
  private func noise(_ count: Int, seed: UInt64 = 1) -> [Double] {
    var generator = Generator(seed: seed)
    return (0..<count).map { _ in generator.normal() }
  }

  private func findings(_ values: [Double]) -> [Finding] {
    Summary(Arm(name: "A", values: values)).findings
  }

  private func codes(_ values: [Double]) -> Set<String> { Set(findings(values).map(\.code)) }

  @Test("quiet data have nothing to say")
  func quiet() {
    #expect(findings(noise(40).map { 100 + $0 }).isEmpty)
  }

  @Test("who ran the arms in turn is not told to")
  func interleaved() {
    let kinds: [Finding.Kind] = [
      .dependent(lag1: 0.5, p: 0, effectiveCount: 10), .drifts(perRun: 0.1, p: 0),
      .jumps(at: 3, ratio: 2, p: 0), .driftExplains(perRun: 0.1, p: 0),
    ]
    for finding in kinds.map({ Finding(.warning, $0) }) {
      #expect(finding.cure?.contains("in turn") == true)
      #expect(finding.cure(isInterleaved: true)?.contains("in turn") != true)
    }
    let noisy = Finding(.warning, .noisy(variation: 1))
    #expect(noisy.cure(isInterleaved: true) == noisy.cure)
  }

  @Test("a warm-up is cut where it ends, and the sentence says so")
  func warmUp() throws {
    let sets = try ReferenceTable.sets()
    let found = findings(sets["warm30", default: []])
    let cuts = found.compactMap { finding -> Int? in
      if case .warmUp(let cut, _) = finding.kind { cut } else { nil }
    }
    #expect(cuts == [6])
    let text = try #require(found.first { $0.code == "warmUp" }?.text)
    #expect(text.hasPrefix("A: the first 6 values are unlike the rest (+"), "\(text)")
    #expect(text.hasSuffix("leave them out, as with `--warmup 6`"))
  }

  @Test("a drift has its direction")
  func drift() throws {
    let found = findings(noise(40).enumerated().map { 100 + $1 - 0.08 * Double($0) })
    let drift = try #require(found.first { $0.code == "drifts" })
    #expect(drift.severity == .warning && drift.sentence.hasPrefix("the values fall steadily"))
    #expect(drift.cure?.contains("ministat run") == true)
  }

  @Test("two places, chained values, steps of the clock, far values")
  func others() throws {
    let sets = try ReferenceTable.sets()
    #expect(codes(sets["bimodal60", default: []]).contains("bimodal"))
    #expect(codes(sets["ar80", default: []]).contains("dependent"))
    #expect(codes(noise(40).map { (5 + $0 / 2).rounded() }).contains("coarseClock"))
    #expect(codes(noise(40).map { 100 + $0 } + [200]).contains("outliers"))
    #expect(codes([5, 5, 5, 5]) == ["constant"])
    #expect(codes([5, 6, 5.5]).contains("tooFew"))
    let level = noise(200).enumerated().map { 100 + $1 + ($0 < 130 ? 0 : 2) }
    #expect(!codes(level).isDisjoint(with: ["jumps", "warmUp"]))
  }

  @Test("a drift through both arms is offered as the explanation")
  func driftThroughBoth() {
    let values = noise(60, seed: 9).enumerated().map { 100 + $1 + 0.08 * Double($0) }
    let comparison = Comparison(
      base: Arm(name: "A", values: Array(values[..<30])),
      other: Arm(name: "B", values: Array(values[30...])))
    #expect(comparison.warnings.contains { $0.code == "driftExplains" })
    // In pairs, which are measured in turn, a drift explains nothing.
    var options = AnalysisOptions()
    options.pairing = .paired
    let inTurn = Comparison(
      base: Arm(name: "A", values: stride(from: 0, to: 60, by: 2).map { values[$0] }),
      other: Arm(name: "B", values: stride(from: 1, to: 60, by: 2).map { values[$0] }),
      options: options)
    #expect(!inTurn.warnings.contains { $0.code == "driftExplains" })
    #expect(inTurn.headline.kind == .ratioOfPairs)
  }

  @Test("pairs that vary together are taken, and find what is lost otherwise")
  func pairs() throws {
    let sets = try ReferenceTable.sets()
    let base = Arm(name: "A", values: sets["pair20", default: []])
    let other = Arm(name: "B", values: sets["beside20", default: []])
    var options = AnalysisOptions()
    let apart = Comparison(base: base, other: other, options: options)
    options.pairing = .automatic
    let beside = Comparison(base: base, other: other, options: options)
    #expect(beside.headline.kind == .ratioOfPairs)
    #expect(beside.findings.contains { $0.code == "pairsTaken" })
    let (wide, narrow) = (apart.headline.estimate.interval, beside.headline.estimate.interval)
    #expect(narrow.width < wide.width / 3)
    let unrelated = Comparison(
      base: Arm(name: "A", values: noise(30, seed: 4).map { 50 + $0 }),
      other: Arm(name: "B", values: noise(30, seed: 5).map { 50 + $0 }), options: options)
    #expect(unrelated.headline.kind == .ratioOfMeans)
    #expect(unrelated.findings.contains { $0.code == "pairsUnrelated" })
  }

  @Test("values not above 0 are compared by their difference")
  func differences() {
    let comparison = Comparison(
      base: Arm(name: "A", values: noise(20)),
      other: Arm(name: "B", values: noise(20, seed: 2).map { $0 - 5 }))
    #expect(comparison.ratio == nil && comparison.headline.kind == .differenceOfMeans)
    #expect(comparison.verdict == .better && comparison.equivalence == nil)
    #expect(comparison.findings.contains { $0.code == "notPositive" })
  }

  @Test("a base that is as good as 0 leaves the ratio without bounds")
  func unbounded() {
    let comparison = Comparison(
      base: Arm(name: "A", values: [0, 0, 0, 1, 0]), other: Arm(name: "B", values: [1, 2, 1, 2, 2]))
    #expect(comparison.ratio?.interval == .unbounded)
    #expect(comparison.findings.contains { $0.code == "ratioUnbounded" })
    guard case .undecided = comparison.verdict else {
      Issue.record("\(comparison.verdict)")
      return
    }
  }

  @Test("counts that never vary are compared exactly")
  func exact() {
    let base = Arm(name: "A", values: [100, 100, 100])
    let more = Arm(name: "B", values: [105, 105, 105])
    #expect(Comparison(base: base, other: more).verdict == .worse)
    #expect(Comparison(base: base, other: base).verdict == .same)
  }
}
