// Running tests: theory of operation.
//
// Problem.  Some hundred short programs, in several variants, under several emulators, are to run
// side by side without overloading the machine, each with a limit of time, and none may take the
// others with it.
//
// Shape.  Each test becomes a shell script of six lines in its build directory, and all scripts of
// all variants become one Ninja file: the pool of jobs, the progress and the interrupt are Ninja's.
// A script always succeeds; what came of the test lies in files beside it, and is judged here:
//
//     o/.test/NAME.sh   o/.test/NAME.out   .err   .status: status, start, end in nanoseconds
//
// Invariants.
//   E1  A test is run anew each time: its output is named in Ninja's file and never made.
//   E2  A test without a `.status` did not end: it failed.
//   E3  The verdict is a function of status and output alone.

public import Sys9
public import SystemPackage

/// How a test came out.
public enum TestVerdict: Sendable, Equatable {
  /// As expected.
  case passed
  /// Not as expected, in one line.
  case failed(String)
  /// Not run in this variant.
  case skipped(String)
}

/// One test in one variant, after its run.
public struct TestOutcome: Sendable {
  /// The variant's name.
  public let variant: String
  /// The test.
  public let test: PlannedTest
  /// How it came out.
  public let verdict: TestVerdict
  /// How long it took, in milliseconds.
  public let timeMs: Int
  /// What it wrote to standard error, at most 4 KB of it.
  public let errors: String

  /// The outcome of `test` in `variant`.
  public init(
    variant: String, test: PlannedTest, verdict: TestVerdict, timeMs: Int, errors: String
  ) {
    self.variant = variant
    self.test = test
    self.verdict = verdict
    self.timeMs = timeMs
    self.errors = errors
  }
}

/// What is tested in one variant.
public struct TestPlan: Sendable {
  /// The variant's name.
  public let name: String
  /// Its build directory.
  public let directory: FilePath
  /// What runs its programs, such as `qemu-aarch64 -L ...`; empty for nothing.
  public let runner: String
  /// True if its programs end lines with CR LF.
  public let writesCarriageReturns: Bool
  /// The tests and benchmarks.
  public let tests: [PlannedTest]

  /// This plan with the tests for which `isWanted` holds.
  public func keeping(_ isWanted: (PlannedTest) -> Bool) -> TestPlan {
    TestPlan(
      name: name, directory: directory, runner: runner,
      writesCarriageReturns: writesCarriageReturns, tests: tests.filter(isWanted))
  }
}

/// Runs the tests of several variants.
public struct TestRun {
  let plans: [TestPlan]
  /// The directory of the matrix, beside the build directories.
  let directory: FilePath
  /// How many tests run at once; nil for Ninja's choice.
  public var jobs: Int?

  /// A run of `plans` in `directory`.
  public init(_ plans: [TestPlan], directory: FilePath) {
    self.plans = plans
    self.directory = directory
  }

  /// Runs all tests that are not skipped, and judges them.
  public func run() throws(SystemError) -> [TestOutcome] {
    let file = try OutputFile(directory.appending("test.ninja"))
    file.put("# Made by config test; edits here are lost.\nbuilddir = test\n")
    file.put("rule t\n  command = sh $in\n  description = $out\n\n")
    var count = 0
    for plan in plans {
      let folder = plan.directory.appending("o").appending(".test")
      if try Files.status(folder) != nil { try Files.removeTree(folder) }
      try Files.makeDirectories(folder)
      for test in plan.tests where test.skipped == nil {
        try prepare(test, plan, folder)
        let name = "../\(plan.name)/o/.test/\(test.name)"
        file.put("build \(name): t \(name).sh\n".utf8)
        count += 1
      }
    }
    if try file.finish() { try file.commit() }
    if count > 0 {
      var words = ["ninja", "-C", directory.description, "-f", "test.ninja", "-k", "0"]
      if let jobs { words += ["-j", "\(jobs)"] }
      _ = try Command.run(words)
    }
    var outcomes: [TestOutcome] = []
    for plan in plans { for test in plan.tests { outcomes.append(outcome(of: test, plan)) } }
    return outcomes
  }

  private func prepare(
    _ test: PlannedTest, _ plan: TestPlan, _ folder: FilePath
  ) throws(SystemError) {
    if let input = test.input {
      try write(folder.appending("\(test.name).in"), input)
    }
    try write(folder.appending("\(test.name).sh"), Array(Self.script(test, plan).utf8))
  }

  private func write(_ path: FilePath, _ bytes: [UInt8]) throws(SystemError) {
    let out = try OutputFile(path)
    out.put(bytes)
    if try out.finish() { try out.commit() }
  }

  /// The script that runs `test`, from the directory of the matrix.
  static func script(_ test: PlannedTest, _ plan: TestPlan) -> String {
    func quoted(_ text: String) -> String {
      String(decoding: Quoting.shell(Array(text.utf8)), as: UTF8.self)
    }
    let base = "o/.test/\(test.name)"
    let command =
      test.isShell
      ? "sh -c \(quoted(test.words[0]))"
      : ([plan.runner] + test.words.map(quoted)).filter { !$0.isEmpty }.joined(separator: " ")
    let input = test.input == nil ? "/dev/null" : "\(base).in"
    return """
      cd \(quoted("../\(plan.name)")) || exit
      RUN=\(quoted(plan.runner)) S=../..
      export RUN S
      b=$(date +%s%N)
      timeout -k 5 \(test.limitSeconds) \(command) <\(input) >\(base).out 2>\(base).err
      echo "$? $b $(date +%s%N)" >\(base).status

      """
  }

  // MARK: Verdicts

  private func outcome(of test: PlannedTest, _ plan: TestPlan) -> TestOutcome {
    if let reason = test.skipped {
      return TestOutcome(
        variant: plan.name, test: test, verdict: .skipped(reason), timeMs: 0, errors: "")
    }
    let base = plan.directory.appending("o").appending(".test")
    func read(_ suffix: String) -> [UInt8]? {
      try? Files.read(base.appending("\(test.name).\(suffix)"))
    }
    let fields = String(decoding: read("status") ?? [], as: UTF8.self)
      .split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    let status = fields.count == 3 ? fields[0] : nil
    let timeMs = fields.count == 3 ? (fields[2] - fields[1]) / 1_000_000 : 0
    var output = read("out") ?? []
    if plan.writesCarriageReturns { output.removeAll { $0 == Byte.carriageReturn } }
    let errors = String(decoding: (read("err") ?? []).prefix(4096), as: UTF8.self)
    return TestOutcome(
      variant: plan.name, test: test, verdict: Self.verdict(test, status: status, output: output),
      timeMs: timeMs, errors: errors)
  }

  /// The verdict on a test that ended with `status`, nil if it did not, and wrote `output` (E3).
  static func verdict(_ test: PlannedTest, status: Int?, output: [UInt8]) -> TestVerdict {
    guard let status else { return .failed("it did not end") }
    if status == 124 && test.status != 124 {
      return .failed("it took longer than \(test.limitSeconds) seconds")
    }
    if status != test.status {
      let signal = status > 128 ? " (signal \(status - 128))" : ""
      return .failed("status \(status)\(signal) instead of \(test.status)")
    }
    guard let expected = test.output, !isEqual(output, expected) else { return .passed }
    return .failed(difference(output, expected))
  }

  /// True if the bytes are equal, but perhaps for a newline at the end of one.
  private static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    func plain(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
      bytes.last == Byte.newline ? bytes.dropLast() : bytes[...]
    }
    return plain(a) == plain(b)
  }

  /// The first line that differs, in words.
  private static func difference(_ output: [UInt8], _ expected: [UInt8]) -> String {
    func lines(_ bytes: [UInt8]) -> [String] {
      bytes.split(separator: Byte.newline, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    }
    let (said, wanted) = (lines(output), lines(expected))
    for index in 0..<max(said.count, wanted.count) {
      let a = index < said.count ? "'\(said[index].prefix(120))'" : "the end"
      let b = index < wanted.count ? "'\(wanted[index].prefix(120))'" : "the end"
      if a != b { return "line \(index + 1) is \(a) instead of \(b)" }
    }
    return "the output differs"
  }
}
