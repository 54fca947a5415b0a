// The tests of a variant, without writing anything.

import Sys9
import SystemPackage

extension Generator {
  /// What is to be tested in the variant that was asked for.
  ///
  /// - Returns: nil if the description is wrong, or what runs programs is missing; `messages` says
  ///   how.
  public func testPlan() -> (plan: TestPlan?, messages: String) {
    let found = locate().flatMap { read($0) }.flatMap { reading in
      resolve(reading).map { (reading, $0) }
    }
    guard let (reading, resolution) = found else {
      return (nil, diagnostics.render(files, caret: false, colour: false))
    }
    if let toolchain = reading.toolchain { checkNeeds(of: toolchain, resolution.variables, [.run]) }
    if diagnostics.failed { return (nil, diagnostics.render(files, caret: false, colour: false)) }
    var variables = resolution.variables
    let runner = (try? variables.expand(MakeText(variable: "RUN").pieces)) ?? []
    let directory = reading.buildDirectory
    // The tree is two directories up, as from every build directory of a matrix.
    let marker = String(decoding: [treeMarker], as: UTF8.self)
    let tests = resolution.graph.tests.map { test in
      PlannedTest(
        name: test.name, isBench: test.isBench,
        words: test.words.map { $0.replacing(marker, with: "../..") }, isShell: test.isShell,
        input: test.input, output: test.output, status: test.status,
        limitSeconds: test.limitSeconds, metrics: test.metrics, skipped: test.skipped,
        place: test.place)
    }
    let text = String(decoding: runner, as: UTF8.self).replacing(marker, with: "../..")
    return (
      TestPlan(
        name: directory.lastComponent?.string ?? "", directory: directory, runner: text,
        writesCarriageReturns: reading.location.os == "Windows", tests: tests), ""
    )
  }
}
