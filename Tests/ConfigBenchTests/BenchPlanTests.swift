// From descriptions to what is run, and from runs to one record.

import ConfigKit
import MiniStatRun
import SystemPackage
import Testing

@testable import ConfigBench
@testable import ConfigKit

@Suite("The plan of a benchmark") struct BenchPlanTests {
  static let time = PlannedMetric(name: "time", unit: "ms", higherIsBetter: false)

  static func bench(
    _ name: String, words: [String] = ["./p"], isShell: Bool = false, isBench: Bool = true,
    input: String? = nil, status: Int = 0, metrics: [PlannedMetric] = [time],
    skipped: String? = nil
  ) -> PlannedTest {
    PlannedTest(
      name: name, isBench: isBench, words: words, isShell: isShell,
      input: input.map { Array($0.utf8) }, output: nil, status: status, limitSeconds: 7,
      metrics: metrics, skipped: skipped, place: "conf/files:3:7")
  }

  static func variant(
    _ name: String, _ tests: [PlannedTest], runner: String = ""
  ) -> TestPlan {
    TestPlan(
      name: name, directory: FilePath("compile").appending(name), runner: runner,
      writesCarriageReturns: false, tests: tests)
  }

  private func plan(
    _ plans: [TestPlan], only names: [String] = [], _ settings: BenchSettings = BenchSettings()
  ) throws(BenchFault) -> BenchPlan {
    try BenchPlan(plans, only: names, platform: "Linux.amd64", settings)
  }

  @Test(
    "names arms after variants, without this machine's platform",
    arguments: [
      (["A.Linux.amd64", "B.Linux.amd64"], ["A", "B"]),
      (["A.Linux.amd64.X-1", "A.Linux.amd64.X-off"], ["A.X-1", "A.X-off"]),
      (["A.Linux.amd64", "A.Linux.arm64"], ["A", "A.Linux.arm64"]),
      (["A.Linux.amd64", "A"], ["A.Linux.amd64", "A"]),
      (["A.Linux.amd64x"], ["A.Linux.amd64x"]),
    ])
  func named(_ names: [String], _ arms: [String]) {
    #expect(BenchPlan.armNames(names, platform: "Linux.amd64") == arms)
  }

  @Test func runsEachVariantInItsDirectoryUnderItsEmulator() throws {
    var settings = BenchSettings()
    settings.seed = 5
    settings.warmup = 2
    let tests = [
      Self.bench("t", isBench: false), Self.bench("one", words: ["./p", "a b"], input: "x"),
      Self.bench("two", words: ["./p | cat"], isShell: true, status: 3),
    ]
    let made = try plan(
      [
        Self.variant("A.Linux.amd64", tests),
        Self.variant("A.Linux.arm64", tests, runner: "qemu-aarch64 -L '/usr/a b'"),
      ], settings)
    #expect(made.benchmarks.map(\.name) == ["one", "two"])
    let one = made.benchmarks[0].plan
    #expect(one.arms.map(\.name) == ["A", "A.Linux.arm64"])
    #expect(one.arms[1].emulator == ["qemu-aarch64", "-L", "/usr/a b"])
    #expect(one.arms[1].command == ["./p", "a b"])
    #expect(one.arms[1].directory == "compile/A.Linux.arm64")
    #expect(one.arms[0].input == "o/.bench/one.in")
    #expect(made.inputs.map(\.path).first == "compile/A.Linux.amd64/o/.bench/one.in")
    #expect(one.timeLimitNs == 7_000_000_000)
    #expect(one.metric == "time" && one.warmup == 2)
    let two = made.benchmarks[1].plan
    #expect(two.arms[1].command == ["sh", "-c", "./p | cat"] && two.arms[1].emulator.isEmpty)
    #expect(two.arms[1].variables.contains(Fact("RUN", "qemu-aarch64 -L '/usr/a b'")))
    #expect(two.status == 3)
    #expect(one.seed == 5 && two.seed != one.seed)
  }

  @Test func leavesOutWhatAVariantDoesNotHave() throws {
    let made = try plan([
      Self.variant("A.Linux.amd64", [Self.bench("x"), Self.bench("y", skipped: "because")]),
      Self.variant("B.Linux.amd64", [Self.bench("x"), Self.bench("y")]),
    ])
    #expect(made.benchmarks[1].plan.arms.map(\.name) == ["B"])
    #expect(made.remarks == ["y is left out of A: because"])
    let only = try plan([Self.variant("A", [Self.bench("x"), Self.bench("y")])], only: ["y"])
    #expect(only.benchmarks.map(\.name) == ["y"])
  }

  @Test(
    "says what cannot be measured",
    arguments: [
      ([bench("x")], ["nosuch"], "there is no bench 'nosuch'; there are x"),
      ([bench("t", isBench: false)], ["t"], "there is no bench 't'; none is described"),
      ([bench("t", isBench: false)], [], "there is nothing to measure: describe a 'bench'"),
      ([bench("x", skipped: "why")], [], "no variant has x"),
      (
        [
          bench("x"),
          bench("y", metrics: [PlannedMetric(name: "time", unit: "B", higherIsBetter: false)]),
        ], [],
        "metric 'time' of bench 'y' is that of bench 'x', too: give it another name, or the same"
          + " unit and direction"
      ),
      (
        [bench("x", metrics: [PlannedMetric(name: "wall", unit: "s", higherIsBetter: false)])], [],
        "metric 'wall' of bench 'x' is that of every run, too: give it another name, or the same"
          + " unit and direction"
      ),
    ] as [([PlannedTest], [String], String)])
  func refuses(_ tests: [PlannedTest], _ names: [String], _ text: String) {
    #expect(throws: BenchFault(text: text)) {
      try plan([Self.variant("A", tests)], only: names)
    }
  }

  @Test func unitsOfOneKindAreOneMetric() throws {
    let seconds = PlannedMetric(name: "time", unit: "s", higherIsBetter: false)
    let made = try plan([
      Self.variant("A", [Self.bench("x"), Self.bench("y", metrics: [seconds])])
    ])
    #expect(made.metrics == [Metric(name: "time", unit: "s", better: .lower)])
  }

  @Test func numbersGoOnFromOneBenchmarkToTheNext() {
    var numbers = BenchNumbers()
    func run(_ block: Int, _ place: Int) -> RunRecord {
      let value = RunValue(metric: "time", value: 1)
      let run = RunRecord(arm: "A", block: block, place: place, values: [value])
      return numbers.woven(run, as: "x")
    }
    let first = [run(0, 0), run(0, 1), run(1, 2), run(1, 3)]
    numbers.next()
    let second = [run(0, 0), run(0, 1)]
    #expect((first + second).map(\.place) == [0, 1, 2, 3, 4, 5])
    #expect((first + second).map(\.block) == [0, 0, 1, 1, 2, 2])
    #expect(second[0].values == [RunValue(benchmark: "x", metric: "time", value: 1)])
  }
}
