// The driver: reads the command line, measures, prints.

import Glibc

/// Where the driver writes: 1 and 2 in the program, an array in the tests.
typealias Output = (_ fd: CInt, _ text: String) -> Bool

/// The program treebench.
enum TreeBench {
  /// Exit statuses: a tree that miscounts or a failed write, and a bad command line.
  static let failure: CInt = 1
  static let badUsage: CInt = 2

  /// Does what `arguments` (without the program's name) ask for; returns the exit status.
  static func run(_ arguments: some Sequence<String>, _ output: Output) -> CInt {
    let options: Options
    do {
      options = try Options(arguments)
    } catch {
      _ = output(2, "treebench: \(error.text)\n\(Options.usage)")
      return badUsage
    }
    if options.wantsHelp { return output(1, Options.usage) ? 0 : failure }
    return options.usesC
      ? measure(ChosenCTree.self, options, output) : measure(ChosenTree.self, options, output)
  }

  private static func measure<Tree: SearchTree & ~Copyable>(
    _ kind: Tree.Type, _ options: Options, _ output: Output
  ) -> CInt {
    let workload = Workload(options.workload, count: options.size, seed: options.seed)
    let clock = options.measuresWall ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID
    for _ in 0..<options.repetitions {
      // A new tree each time: the order of the slots that a run leaves behind would be another.
      var tree = Tree(capacity: options.size)
      let startNs = now(clock)
      let score = workload.run(on: &tree)
      let elapsedNs = now(clock) - startNs
      if score != workload.expected {
        _ = output(2, "treebench: the \(Tree.name) tree is wrong: \(score)\n")
        return failure
      }
      let line = decimal(Double(elapsedNs) / Double(workload.operationCount))
      if !output(1, line + "\n") { return failure }
    }
    return 0
  }

  /// `value` with two digits after the point.
  static func decimal(_ value: Double) -> String {
    let hundredths = UInt64((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  private static func now(_ clock: CInt) -> UInt64 {
    var time = timespec()
    let status = unsafe clock_gettime(clock, &time)
    precondition(status == 0, "Linux has both clocks")
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
