// `config bench`: the same benchmarks in several variants, and which is better.

import ArgumentParser
import ConfigBench
import ConfigKit
import MiniStatRun
import Sys9
import SystemPackage

/// How much is measured, as one types it.
struct BenchOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Run each variant N times.", valueName: "N"))
  var pairs: Int?

  @Option(
    help: ArgumentHelp(
      "Stop when the difference is known to so many percent (1%, unless --pairs).",
      valueName: "PERCENT"))
  var until: String?

  @Option(
    help: ArgumentHelp(
      "Stop each benchmark after this time, such as 90s or 5m (60s, unless --pairs).",
      valueName: "TIME"))
  var maxTime: String?

  @Option(
    help: ArgumentHelp("Run everything N times before, uncounted.", valueName: "N"))
  var warmup = 0

  @Option(
    help: ArgumentHelp(
      "What the order is drawn from, and BENCH_SEED (the clock).", valueName: "NUMBER"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Run on these processors only.", valueName: "N[,M]"))
  var cpu: String?

  @Flag(help: "Pad the environment at random for each run, against lucky layouts.")
  var shake = false

  func validate() throws {
    if let pairs, pairs < 1 { throw ValidationError("--pairs takes a number from 1.") }
    if warmup < 0 { throw ValidationError("--warmup takes a number from 0.") }
    if let until, Quantity.fraction(until) == nil {
      throw ValidationError("--until takes a percentage such as 1%, not '\(until)'.")
    }
    if let maxTime, Quantity.nanoseconds(maxTime) == nil {
      throw ValidationError("--max-time takes a time such as 90s, 5m or 1h, not '\(maxTime)'.")
    }
    if let cpu, processors(cpu).contains(nil) {
      throw ValidationError("--cpu takes processors' numbers with commas, not '\(cpu)'.")
    }
  }

  private func processors(_ text: String) -> [Int?] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      Int(part).flatMap { $0 >= 0 ? $0 : nil }
    }
  }

  var settings: BenchSettings {
    var settings = BenchSettings()
    settings.stop = .asked(
      pairs: pairs, target: until.flatMap(Quantity.fraction),
      timeMaxNs: maxTime.flatMap(Quantity.nanoseconds))
    settings.warmup = warmup
    // Short enough to type again.
    settings.seed = seed ?? UInt64(Clocks.realtimeNs()) % 1_000_000_007
    settings.cpus = (cpu.map(processors) ?? []).compactMap { $0 }
    settings.isShaken = shake
    return settings
  }
}

struct BenchCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config bench",
    abstract: "Run the same benchmarks in several variants, and say which variant is better.",
    usage: "config bench [options] conf/NAME... [-- BENCH...]",
    discussion: """
      Variants are chosen as for config matrix: several configurations, or one with --with or \
      --toolchain; the first is what the others are compared with.  Each is built.  Then each \
      bench of the description is run in turns: in blocks of one run a variant, in an order drawn \
      for each block, so that what drifts meanwhile meets all alike.  BENCH_SEED in the \
      environment, and $$BENCH_SEED among the args, is a number that differs between blocks and \
      not within them.

      Every run is kept, with what is known of the machine and the programs, in \
      compile/bench/NAMES-DATE.jsonl or where -o says; config compare, and ministat, read it.  \
      Ctrl-C ends the measurement: what was measured is kept and compared.

      EXAMPLE
        config bench conf/TREE_RB conf/TREE_SPLAY
        config bench conf/HELLO --with FAST=off,on --until 0.5% --max-time 5m -- speed

      EXIT STATUS
        0 if everything was measured, whichever variant is better; 1 if something was not built, \
      or a run failed; 2 wrong usage; 128 and the signal's number if one came.
      """)

  @OptionGroup var options: MatrixOptions
  @OptionGroup var amount: BenchOptions
  @OptionGroup var style: ReportOptions

  @Option(
    name: [.customShort("o")],
    help: ArgumentHelp("Keep the record in FILE.", valueName: "FILE"), completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Build with ninja (the default), or with GNU make.", valueName: "ninja|make"))
  var build = BenchBuilder.ninja

  @Option(
    name: [.customLong("only")], parsing: .singleValue,
    help: ArgumentHelp(
      "Run this benchmark only; may be repeated, and the same as after --.", valueName: "BENCH"))
  var names: [String] = []

  @Argument(help: ArgumentHelp("Configurations.", valueName: "conf/NAME"), completion: .file())
  var roots: [String]

  /// The parser takes one list of operands: names behind `--` become options.
  static func arranged(_ arguments: [String]) -> [String] {
    guard let end = arguments.firstIndex(of: "--") else { return arguments }
    return Array(arguments[..<end]) + arguments[(end + 1)...].flatMap { ["--only", $0] }
  }

  func execute() -> CInt {
    let shared = SharedReading()
    let variants = roots.flatMap {
      options.generate($0, shared, for: build == .make ? .gnu : .matrix)
    }
    guard let first = variants.compactMap(\.report.buildDirectory).first else { return 1 }
    guard let built = BenchBuild(options, build).built(variants, roots[0]) else { return 1 }
    var plans: [TestPlan] = []
    for variant in built {
      let found = Generator(variant.request, machine: Console.machine(), shared: shared).testPlan()
      Console.write(2, found.messages)
      guard let plan = found.plan else { return 1 }
      plans.append(plan)
    }
    let settings = amount.settings
    do throws(BenchFault) {
      let plan = try BenchPlan(plans, only: names, platform: Console.machine().platform, settings)
      for remark in plan.remarks { Console.write(2, "config: note: \(remark)\n") }
      let file = output.map { FilePath($0) } ?? place(beside: first)
      let session = BenchSession(plan, record: file, seed: settings.seed)
      let status = session.run(style)
      return status == 0 && built.count < variants.count ? 1 : status
    } catch {
      Console.write(2, "config: error: \(error.text)\n")
      return 1
    }
  }

  /// Where the record goes if nobody says: `compile/bench`.
  private func place(beside directory: FilePath) -> FilePath {
    let folder = directory.removingLastComponent().appending("bench")
    let seconds = Int(Clocks.realtimeNs() / 1_000_000_000)
    return folder.appending(BenchComparison.recordName(roots, seconds: seconds))
  }
}

/// What builds the variants.
enum BenchBuilder: String, ExpressibleByArgument, CaseIterable { case ninja, make }

/// Building the variants before they are measured.
struct BenchBuild {
  private let options: MatrixOptions
  private let builder: BenchBuilder

  init(_ options: MatrixOptions, _ builder: BenchBuilder) {
    self.options = options
    self.builder = builder
  }

  /// The variants that are built; nil if one is not and without it nothing is measured.
  func built(_ variants: [MatrixVariant], _ configuration: String) -> [MatrixVariant]? {
    let isBuilt: [Bool]
    switch builder {
    case .make: isBuilt = variants.map { !$0.report.failed && make($0) }
    case .ninja:
      guard let directory = options.directory(variants, configuration),
        let outcomes = options.build(variants, in: directory, targets: [])
      else { return nil }
      isBuilt = outcomes.map { $0.result == .ok || $0.result == .unchanged }
      if isBuilt.contains(false) { Console.write(2, MatrixBuild.table(outcomes)) }
    }
    let good = zip(variants, isBuilt).filter(\.1).map(\.0)
    if good.count == variants.count { return good }
    if good.isEmpty || !options.keepsGoing {
      Console.write(2, "config: error: not all variants are built; -k measures the others\n")
      return nil
    }
    return good
  }

  /// Runs GNU make in the variant's directory; its output is shown if it fails.
  private func make(_ variant: MatrixVariant) -> Bool {
    guard let directory = variant.report.buildDirectory else { return false }
    let isTerminal = Terminal.isTerminal(2)
    if isTerminal { Console.write(2, "make \(Console.shown(directory)) ...") }
    defer { if isTerminal { Console.write(2, "\r\u{1B}[K") } }
    let jobs = options.jobs ?? max(1, (try? Affinity.current().count) ?? 1)
    let words = ["sh", "-c", "exec make -C \"$0\" -j\"$1\" 2>&1", directory.string, "\(jobs)"]
    do throws(SystemError) {
      let outcome = try Command.run(words)
      if outcome.status == 0 { return true }
      if isTerminal { Console.write(2, "\n") }
      Console.write(2, outcome.output)
      Console.write(2, "config: error: \(variant.name) is not built\n")
    } catch {
      Console.write(2, "config: error: \(error)\n")
    }
    return false
  }
}
