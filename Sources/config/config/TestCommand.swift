// `config test`: every test of every variant, under its emulator.

import ArgumentParser
import ConfigKit
import Glibc
import Sys9
import SystemPackage

struct TestCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config test",
    abstract: "Build every variant of configurations, run their tests, and say how it went.",
    discussion: """
      Variants are chosen as for config matrix.  Each is built; then the tests of all run side by \
      side, under what RUN says, such as qemu-aarch64.  --only names the tests to run, instead of \
      all.

      EXAMPLE
        config test conf/HELLO -p Linux/amd64 -p Linux/arm64 --junit result.xml

      EXIT STATUS
        0 if every test passed or was skipped, 1 if one failed or was not built, 2 wrong usage.
      """)

  @OptionGroup var options: MatrixOptions

  @Option(
    help: ArgumentHelp("Write the Test Anything Protocol to FILE; - for here.", valueName: "FILE"))
  var tap: String?

  @Option(help: ArgumentHelp("Write JUnit's XML to FILE; - for here.", valueName: "FILE"))
  var junit: String?

  @Argument(help: ArgumentHelp("Configurations.", valueName: "conf/NAME"), completion: .file())
  var roots: [String]

  @Option(
    name: [.customLong("only")], parsing: .singleValue,
    help: ArgumentHelp("Run this test only; may be repeated.", valueName: "TEST"))
  var names: [String] = []

  func execute() -> CInt {
    let shared = SharedReading()
    let variants = roots.flatMap { options.generate($0, shared) }
    guard let directory = options.directory(variants, roots[0]) else { return 1 }
    guard let built = options.build(variants, in: directory, targets: []) else { return 1 }
    let isBuilt = built.allSatisfy { $0.result == .ok || $0.result == .unchanged }
    if !isBuilt { Console.write(1, MatrixBuild.table(built)) }
    var plans: [TestPlan] = []
    var isWhole = isBuilt
    for (variant, outcome) in zip(variants, built)
    where outcome.result == .ok || outcome.result == .unchanged {
      let found = Generator(variant.request, machine: Console.machine(), shared: shared).testPlan()
      Console.write(2, found.messages)
      if let plan = found.plan { plans.append(chosen(plan)) } else { isWhole = false }
    }
    for name in names where !plans.contains(where: { $0.tests.contains { $0.name == name } }) {
      Console.write(2, "config: error: there is no test '\(name)'\n")
      return 1
    }
    do {
      var run = TestRun(plans, directory: directory)
      run.jobs = options.jobs
      let outcomes = try run.run()
      if !report(outcomes) { return 1 }
      let failed = outcomes.contains { outcome in
        if case .failed = outcome.verdict { return true }
        return false
      }
      return failed || !isWhole ? 1 : 0
    } catch {
      Console.write(2, "config: error: \(error)\n")
      return 1
    }
  }

  /// The tests of `plan` that were asked for; benchmarks have a command of their own.
  private func chosen(_ plan: TestPlan) -> TestPlan {
    plan.keeping { !$0.isBench && (names.isEmpty || names.contains($0.name)) }
  }

  /// Writes what was asked for; false if that failed.
  private func report(_ outcomes: [TestOutcome]) -> Bool {
    let forms = [(tap, TestReport.tap(outcomes)), (junit, TestReport.junit(outcomes))]
    for (file, text) in forms {
      guard let file else { continue }
      if file == "-" {
        if Console.write(1, text) != 0 { return false }
        continue
      }
      do {
        let out = try Descriptor.open(FilePath(file), O_WRONLY | O_CREAT | O_TRUNC)
        var writer = BufferedWriter(out.raw)
        try writer.write(Array(text.utf8))
        try writer.flush()
        try out.close()
      } catch {
        Console.write(2, "config: error: cannot write '\(file)': \(error.reason)\n")
        return false
      }
    }
    if tap == "-" || junit == "-" { return true }
    return Console.write(1, TestReport.summary(outcomes)) == 0
  }
}
