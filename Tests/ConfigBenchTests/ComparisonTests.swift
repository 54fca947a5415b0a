// Stored records side by side.

import MiniStatRun
import Testing

@testable import ConfigBench

@Suite("Stored records") struct ComparisonTests {
  private func record(
    _ arms: [String], _ value: Double, kernel: String = "6.1"
  ) -> Measurement {
    var measurement = Measurement()
    measurement.format = .records
    measurement.design = .interleaved(seed: 1)
    measurement.facts = [Fact("kernel", kernel)]
    for (index, arm) in arms.enumerated() {
      measurement.add(
        Series(
          arm: arm, benchmark: "speed", metric: "time", values: [value, value + 1],
          blocks: [0, 1], sequence: [index, index + arms.count]))
    }
    return measurement
  }

  @Test func oneIsShownAsItIs() {
    let one = record(["A", "B"], 1)
    #expect(BenchComparison.measurement([("x.jsonl", one)]) == one)
  }

  @Test func ofSeveralEachIsAnArmAndVariantsAreRows() {
    let both = BenchComparison.measurement([
      ("old/x.jsonl", record(["A", "B"], 1)), ("new/y.jsonl", record(["A", "B"], 5)),
    ])
    both.checkInvariants()
    #expect(both.arms.map(\.name) == ["x", "y"])
    #expect(both.benchmarks == ["A speed", "B speed"])
    #expect(both["y", "B speed", "time"]?.values == [5, 6])
    #expect(both.design == .sequential)
    // Runs of different days are no pairs.
    let pairs = both.pairs(base: "x", other: "y", benchmark: "A speed", metric: "time")
    #expect(pairs.map { $0.base.isEmpty } ?? true)
  }

  @Test func recordsOfOneConfigurationKeepTheNamesOfBenchmarks() {
    let both = BenchComparison.measurement([
      ("a.jsonl", record(["A"], 1)), ("b.jsonl", record(["B"], 5)),
    ])
    #expect(both.arms.map(\.name) == ["a", "b"] && both.benchmarks == ["speed"])
  }

  @Test(
    "have short labels that differ",
    arguments: [
      (["c/x.jsonl", "c/y.jsonl"], ["x", "y"]), (["old/x.jsonl", "new/x.jsonl"], nil),
      (["x.jsonl", "x.jsonl"], ["x.jsonl", "x.jsonl (2)"]), (["r", "s.json"], ["r", "s.json"]),
    ] as [([String], [String]?)])
  func labelled(_ files: [String], _ labels: [String]?) {
    #expect(BenchComparison.labels(files) == labels ?? files)
  }

  @Test func tellWhereTheMachinesDiffer() {
    let files = [("x", record(["A"], 1)), ("y", record(["A"], 1, kernel: "6.2"))]
    #expect(BenchComparison.differences(files) == ["kernel is 6.1 in x, and 6.2 in y"])
    #expect(BenchComparison.differences([files[0], files[0]]).isEmpty)
  }

  @Test(
    "are named after configurations and the time",
    arguments: [
      (["conf/A", "conf/B"], 0, "A-B-1970-01-01T000000Z.jsonl"),
      (["conf/A", "x/A"], 951_782_399, "A-2000-02-28T235959Z.jsonl"),
      (["A"], 951_782_400, "A-2000-02-29T000000Z.jsonl"),
      (["A"], 1_795_273_262, "A-2026-11-21T150102Z.jsonl"),
      (["A"], 4_107_542_399, "A-2100-02-28T235959Z.jsonl"),
      (["A"], 4_107_542_400, "A-2100-03-01T000000Z.jsonl"),
    ])
  func named(_ configurations: [String], _ seconds: Int, _ name: String) {
    #expect(BenchComparison.recordName(configurations, seconds: seconds) == name)
  }

  @Test func manyConfigurationsStillGiveAName() {
    let names = (0..<100).map { "conf/CONFIGURATION\($0)" }
    let name = BenchComparison.recordName(names, seconds: 0)
    #expect(name == "CONFIGURATION0-and-99-1970-01-01T000000Z.jsonl")
  }
}
