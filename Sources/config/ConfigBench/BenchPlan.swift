// Benchmarks of several variants: theory of operation.
//
// Problem.  A project describes its benchmarks once, and config builds it in many variants.  Which
// variant is better is a question for the statistics, and they can answer it only if the runs of
// the variants were interleaved, in an order that nobody chose, and if what was measured is kept
// with what it was measured on.
//
// Shape.
//
//     TestPlan of each variant --BenchPlan--> Benchmark: one RunPlan, whose arms are the variants
//     Benchmark --Harness--> runs          --BenchRun--> one record of all benchmarks
//     record --Recording.measurement--> Measurement --Report--> text
//     records --BenchComparison--> Measurement, whose arms are the records
//
// One benchmark is measured after the other, each in blocks of one run a variant.  Their runs
// become one record: blocks and places go on from one benchmark to the next.
//
// Invariants.
//   B1  An arm has one name in all benchmarks, and it follows from the variant alone: records of
//       different days can be compared.
//   B2  A metric has one unit and one direction in all benchmarks.
//   B3  Blocks of different benchmarks have different numbers, and places rise.
//   B4  What was measured is in the record, whatever happens afterwards.
//
// Rejected.  All benchmarks in one block: an interval that is narrow soon would be measured until
// the widest is.  A record for each benchmark: nobody wants to name ten files to compare a week.

public import ConfigKit
public import MiniStatRun
internal import SystemPackage

/// Why benchmarks cannot be run, in words.
public struct BenchFault: Error, Equatable, Sendable {
  /// What is wrong, and what to do about it.
  public let text: String
}

/// How much is measured.
public struct BenchSettings: Sendable {
  /// When to stop, for each benchmark.
  public var stop = StopRule.asked()
  /// What the order of the runs is drawn from.
  public var seed: UInt64 = 1
  /// Blocks that are run before, and not counted.
  public var warmup = 0
  /// The processors to run on; empty for those of this process.
  public var cpus: [Int] = []
  /// True to pad the environment by a random number of bytes for each run.
  public var isShaken = false

  /// The usual settings.
  public init() {}
}

/// One benchmark in all variants that have it.
public struct Benchmark: Sendable {
  /// Its name in the description.
  public let name: String
  /// What is run; the arms are the variants.
  public let plan: RunPlan
}

/// What is measured.
public struct BenchPlan: Sendable {
  /// The variable that holds a number for each block, the same for all variants.
  public static let variable = "BENCH_SEED"

  /// The benchmarks in the order of the description; at least one.
  public let benchmarks: [Benchmark]
  /// What is left out, and why: a line each.
  public let remarks: [String]
  /// What the benchmarks read: files by path, to be written first.
  let inputs: [(path: FilePath, bytes: [UInt8])]

  /// The benchmarks of `plans`, the base first.
  ///
  /// - Parameters:
  ///   - plans: what the variants describe.
  ///   - names: the benchmarks that are wanted; empty for all.
  ///   - platform: this machine's, as `Linux.amd64`; it is left out of the names of arms.
  ///   - settings: how much is measured.
  public init(
    _ plans: [TestPlan], only names: [String], platform: String, _ settings: BenchSettings
  ) throws(BenchFault) {
    let arms = Self.armNames(plans.map(\.name), platform: platform)
    var order: [String] = []
    var remarks: [String] = []
    var inputs: [(path: FilePath, bytes: [UInt8])] = []
    var found: [String: (tests: [PlannedTest], arms: [ArmPlan])] = [:]
    for (plan, name) in zip(plans, arms) {
      for test in plan.tests where test.isBench && (names.isEmpty || names.contains(test.name)) {
        if !order.contains(test.name) { order.append(test.name) }
        if let reason = test.skipped {
          remarks.append("\(test.name) is left out of \(name): \(reason)")
          continue
        }
        found[test.name, default: ([], [])].tests.append(test)
        found[test.name, default: ([], [])].arms.append(try Self.arm(name, test, plan))
        if let bytes = test.input {
          inputs.append((plan.directory.pushing(Self.input(test)), bytes))
        }
      }
    }
    try Self.check(order, names, plans)
    var benchmarks: [Benchmark] = []
    for name in order {
      guard let (tests, arms) = found[name] else { continue }
      benchmarks.append(
        Benchmark(
          name: name, plan: try Self.plan(name, tests, arms, benchmarks.count, settings)))
    }
    if benchmarks.isEmpty {
      throw BenchFault(text: "no variant has \(order.joined(separator: ", "))")
    }
    try Self.check(benchmarks)
    self.benchmarks = benchmarks
    self.remarks = remarks
    self.inputs = inputs
  }

  /// The arms' names: the variants', without this machine's platform where that leaves them
  /// different (B1).
  static func armNames(_ names: [String], platform: String) -> [String] {
    let short = names.map { name -> String in
      guard let range = name.firstRange(of: ".\(platform)") else { return name }
      let rest = name[range.upperBound...]
      return rest.isEmpty || rest.hasPrefix(".") ? String(name[..<range.lowerBound] + rest) : name
    }
    return zip(names, short).map { name, brief in
      short.count { $0 == brief } == 1 ? brief : name
    }
  }

  private static func input(_ test: PlannedTest) -> FilePath {
    FilePath("o/.bench/\(test.name).in")
  }

  private static func arm(
    _ name: String, _ test: PlannedTest, _ plan: TestPlan
  ) throws(BenchFault) -> ArmPlan {
    var arm = ArmPlan(name: name, command: test.isShell ? ["sh", "-c"] + test.words : test.words)
    arm.directory = plan.directory
    if test.input != nil { arm.input = input(test) }
    if test.isShell {
      arm.variables = [Fact("RUN", plan.runner), Fact("S", "../..")]
      return arm
    }
    do {
      arm.emulator = try Words.split(plan.runner)
    } catch {
      throw BenchFault(text: "RUN of \(plan.name): \(error.text)")
    }
    return arm
  }

  private static func check(
    _ order: [String], _ names: [String], _ plans: [TestPlan]
  ) throws(BenchFault) {
    let all = plans.flatMap { $0.tests.filter(\.isBench).map(\.name) }
    var known: [String] = []
    for name in all where !known.contains(name) { known.append(name) }
    let list = known.isEmpty ? "none is described" : "there are \(known.joined(separator: ", "))"
    for name in names where !order.contains(name) {
      throw BenchFault(text: "there is no bench '\(name)'; \(list)")
    }
    if order.isEmpty { throw BenchFault(text: "there is nothing to measure: describe a 'bench'") }
  }

  private static func plan(
    _ name: String, _ tests: [PlannedTest], _ arms: [ArmPlan], _ index: Int,
    _ settings: BenchSettings
  ) throws(BenchFault) -> RunPlan {
    let metrics = tests[0].metrics
    for test in tests where test.metrics != metrics {
      throw BenchFault(text: "bench '\(name)' has other metrics in one variant than in another")
    }
    var plan = RunPlan(arms: arms)
    plan.stop = settings.stop
    // Another order for each benchmark, all from one seed.
    plan.seed = settings.seed &+ UInt64(index)
    plan.warmup = settings.warmup
    plan.cpus = settings.cpus
    plan.isShaken = settings.isShaken
    plan.blockVariable = variable
    plan.timeLimitNs = Int64(tests[0].limitSeconds) * RunPlan.second
    plan.status = tests[0].status
    plan.metric = metrics.first?.name ?? plan.metric
    plan.output = .printed(
      metrics.map {
        PrintedMetric(
          name: $0.name, unit: $0.unit, better: $0.higherIsBetter ? .higher : .lower)
      })
    return plan
  }

  /// The metrics that the benchmarks print, the first of the first benchmark first.
  var metrics: [Metric] {
    var result: [Metric] = []
    for benchmark in benchmarks {
      for metric in benchmark.printed where !result.contains(metric) { result.append(metric) }
    }
    return result
  }

  /// B2; a metric must not be called as one of the harness's own either.
  private static func check(_ benchmarks: [Benchmark]) throws(BenchFault) {
    var known: [String: (metric: Metric, bench: String)] = [:]
    for metric in Metric.own { known[metric.name] = (metric, "every run") }
    for benchmark in benchmarks {
      for metric in benchmark.printed {
        if let before = known[metric.name], before.metric != metric || before.bench == "every run" {
          throw BenchFault(
            text: "metric '\(metric.name)' of bench '\(benchmark.name)' is that of \(before.bench),"
              + " too: give it another name, or the same unit and direction")
        }
        known[metric.name] = (metric, "bench '\(benchmark.name)'")
      }
    }
  }
}

extension Benchmark {
  /// The metrics that it prints.
  var printed: [Metric] {
    if case .printed(let metrics) = plan.output { return metrics.map(\.metric) }
    return []
  }
}
