// The driver: its command line, its workloads and what it prints.

import Testing

@testable import TreeBench

@Suite("treebench") struct TreeBenchTests {
  /// Runs the driver and returns its status and what it wrote to each descriptor.
  private func run(
    _ arguments: [String], failingWrites: Bool = false
  ) -> (status: CInt, output: String, errors: String) {
    var output = ""
    var errors = ""
    let status = TreeBench.run(arguments) { fd, text in
      if fd == 1 { output += text } else { errors += text }
      return !failingWrites
    }
    return (status, output, errors)
  }

  @Test("prints one number a repetition", arguments: ["random", "sequential", "skewed"])
  func numbers(workload: String) throws {
    for flags in [[], ["-c"], ["-x"], ["-cx"]] {
      let result = run(["-n", "500", "-r3", "-w", workload] + flags)
      #expect(result.status == 0)
      #expect(result.errors == "")
      let lines = result.output.split(separator: "\n")
      #expect(lines.count == 3)
      for line in lines { #expect(try #require(Double(line)) > 0) }
    }
  }

  @Test("reads its arguments")
  func arguments() throws {
    let options = try Options(["-n", "10", "-r5", "-cw", "skewed", "-xs9"])
    #expect(options.size == 10)
    #expect(options.repetitions == 5)
    #expect(options.workload == .skewed)
    #expect(options.seed == 9)
    #expect(options.usesC && options.measuresWall && !options.wantsHelp)
    #expect(try Options([]).size == Options.defaultSize)
  }

  @Test(
    "refuses bad arguments",
    arguments: [
      (["-z"], "unknown option -z"),
      (["-n"], "option -n needs a value"),
      (["-n", "0"], "-n: '0' is not a number from 1 to 50000000"),
      (["-n", "-5"], "-n: '-5' is not a number from 1 to 50000000"),
      (["-n", "ten"], "-n: 'ten' is not a number from 1 to 50000000"),
      (["-r", "99999999999999999999"], "is not a number from 1 to 1000000"),
      (["-s", "x"], "-s: 'x' is no seed"),
      (["-w", "rndom"], "unknown workload 'rndom' (there are: random, sequential, skewed)"),
      (["file"], "unexpected argument 'file'"),
      (["-"], "unexpected argument '-'"),
      (["--"], "unexpected argument '--'"),
      ([""], "unexpected argument ''"),
    ])
  func refuses(arguments: [String], message: String) {
    let result = run(arguments)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix("treebench: "))
    #expect(result.errors.contains(message))
    #expect(result.errors.contains("usage: treebench"))
  }

  @Test func helpIsNoError() {
    let result = run(["-h"])
    #expect(result.status == 0)
    #expect(result.output == Options.usage)
    #expect(result.errors == "")
  }

  @Test func aFailedWriteIsAFailure() {
    #expect(run(["-n", "5"], failingWrites: true).status == 1)
    #expect(run(["-h"], failingWrites: true).status == 1)
  }

  @Test(
    "rounds to two digits",
    arguments: [
      (0.0, "0.00"), (0.004, "0.00"), (0.005, "0.01"), (1.999, "2.00"), (12.3, "12.30"),
      (123456.789, "123456.79"),
    ])
  func rounds(value: Double, text: String) { #expect(TreeBench.decimal(value) == text) }

  @Test("knows its workloads", arguments: Workload.Kind.allCases, [1, 2, 3, 1000])
  func workloads(kind: Workload.Kind, count: Int) {
    let workload = Workload(kind, count: count, seed: 7)
    let keys = Set(workload.inserted)
    #expect(keys.count == count, "W1")
    #expect(Set(workload.removed) == keys, "W1")
    #expect(workload.found.count { keys.contains($0) } == workload.hits, "W2")
    let again = Workload(kind, count: count, seed: 7)
    #expect(again.found == workload.found, "one seed, one workload")
  }

  @Test func aWrongTreeIsFoundOut() {
    let workload = Workload(.random, count: 100, seed: 1)
    var forgetful = ForgetfulTree(capacity: 100)
    #expect(workload.run(on: &forgetful) != workload.expected)
  }
}

/// A tree that believes in every key.
private struct ForgetfulTree: ~Copyable, SearchTree {
  static var name: String { "forgetful" }
  let count = 0
  init(capacity: Int) {}
  mutating func insert(_ key: UInt64) -> Bool { true }
  mutating func contains(_ key: UInt64) -> Bool { true }
  mutating func remove(_ key: UInt64) -> Bool { true }
  func brokenInvariant() -> String? { nil }
}

@Suite("Random numbers") struct XorShiftTests {
  @Test("stay below their bound", arguments: [1, 2, 3, 7, 100, 1 << 40])
  func bounds(bound: Int) {
    var random = XorShift(seed: 0)
    for _ in 0..<2000 {
      #expect((0..<bound).contains(random.below(bound)))
      #expect((0..<bound).contains(random.popular(bound)))
    }
  }

  @Test func reachEveryNumber() {
    var random = XorShift(seed: 3)
    var seen: Set<Int> = []
    var popular: Set<Int> = []
    for _ in 0..<2000 {
      seen.insert(random.below(10))
      popular.insert(random.popular(10))
    }
    #expect(seen.count == 10 && popular.count == 10)
  }

  /// Each octave is as likely as the next: rank 0 is drawn about once in log2(bound).
  @Test func favourTheFirstRanks() {
    var random = XorShift(seed: 4)
    let draws = (0..<4096).map { _ in random.popular(1023) }
    let first = draws.count { $0 == 0 }
    #expect((300...520).contains(first), "10 octaves: about 410 of 4096, found \(first)")
  }

  @Test func areTheSameEverywhere() {
    var random = XorShift(seed: 1)
    let first = (random.next(), random.next())
    var again = XorShift(seed: 1)
    #expect((again.next(), again.next()) == first)
    var other = XorShift(seed: 2)
    #expect(other.next() != first.0)
  }
}
