// What programs print of metrics that were described.

import Testing

@testable import MiniStatRun

@Suite("Printed results") struct PrintedResultsTests {
  private static let time = PrintedMetric(name: "time", unit: "ms", better: .lower)
  private static let rate = PrintedMetric(name: "rate", unit: "1/s", better: .higher)

  @Test(
    "are read by name",
    arguments: [
      ("time 5\nrate 7\n", 0.005, 7), ("# heading\nrate: 7\r\n  time:\t5 ms\n", 0.005, 7),
      ("time 4\ntime 6\nrate 7 of them\n", 0.005, 7), ("timed 9\ntime 5e0\nrate 7", 0.005, 7),
    ] as [(String, Double, Double)])
  func read(_ text: String, _ time: Double, _ rate: Double) throws {
    let values = try PrintedResults.read(Array(text.utf8), [Self.time, Self.rate])
    #expect(
      values == [RunValue(metric: "time", value: time), RunValue(metric: "rate", value: rate)])
  }

  @Test func aSingleOneMayBePlainNumbers() throws {
    let values = try PrintedResults.read(Array("4\n6\n".utf8), [Self.time])
    #expect(values == [RunValue(metric: "time", value: 0.005)])
  }

  @Test(
    "are refused where they are none",
    arguments: [
      ("", "it says nothing of 'time': print a line 'time VALUE'"),
      ("5\n7\n", "it says nothing of 'time': print a line 'time VALUE'"),
      ("time\n", "nothing behind 'time', where a number was expected"),
      ("time nan\n", "'nan' behind 'time', where a number was expected"),
      ("time 5 s\n", "'time' is in s, but was described in 'ms'"),
      ("time 5\n", "it says nothing of 'rate': print a line 'rate VALUE'"),
    ])
  func refused(_ text: String, _ fault: String) {
    let error = #expect(throws: SourceError.self) {
      try PrintedResults.read(Array(text.utf8), [Self.time, Self.rate])
    }
    #expect(error?.text == fault)
  }

  @Test func theNumberOfABlockFollowsFromTheSeed() {
    var plan = RunPlan(arms: [ArmPlan(name: "A", command: ["a"])])
    plan.seed = 7
    let numbers = (0..<100).map { plan.number(of: $0) }
    #expect(Set(numbers).count == 100 && numbers.allSatisfy { $0.utf8.count == 9 })
    #expect(numbers == (0..<100).map { plan.number(of: $0) })
    plan.seed = 8
    #expect(plan.number(of: 0) != numbers[0])
  }
}
