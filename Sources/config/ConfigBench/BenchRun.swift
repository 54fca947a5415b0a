// Running a plan: one harness for each benchmark, and one record of all.

internal import ConfigKit
import Glibc
public import MiniStatRun
internal import Sys9
internal import SystemPackage

/// What a run reports while it works.
public enum BenchEvent {
  /// Lines for the record; written when it is told, they hold all that was measured (B4).
  case lines(String)
  /// A benchmark begins.
  case began(Benchmark)
  /// A run has ended.
  case run(RunRecord)
  /// A block has ended.
  case block(Benchmark, Progress)
  /// The benchmark could not be measured, for this reason; others may be.
  case fault(Benchmark, String)
  /// A benchmark has ended.
  case ended(Benchmark)
}

/// Measures the benchmarks of a plan.  Not thread-safe; blocks the caller.
public final class BenchRun {
  /// Hears of what happens; what it throws ends everything.
  public typealias Listener = (BenchEvent) throws(HarnessError) -> Void

  private let plan: BenchPlan
  private let interrupt: CInt?
  private let listener: Listener
  private var recording = Recording()
  private var numbers = BenchNumbers()
  private var hasBegun = false
  private var listenerFailed: HarnessError?
  /// True if a benchmark could not be measured, or gave up.
  public private(set) var hasFaults = false

  /// A run of `plan`; `interrupt` is a descriptor that becomes readable when it shall end.
  public init(_ plan: BenchPlan, interrupt: CInt? = nil, listener: @escaping Listener) {
    self.plan = plan
    self.interrupt = interrupt
    self.listener = listener
  }

  /// Measures, and returns the record of everything.
  ///
  /// - Throws: what the listener throws, and what keeps inputs from being written.
  public func run() throws(HarnessError) -> Recording {
    do throws(SystemError) {
      for input in plan.inputs {
        try Files.makeDirectories(input.path.removingLastComponent())
        try Self.write(input.bytes, to: input.path)
      }
    } catch {
      throw HarnessError(text: "cannot write an input: \(error)")
    }
    for benchmark in plan.benchmarks {
      try tell(.began(benchmark))
      let end = try measure(benchmark)
      try tell(.ended(benchmark))
      if end == .failing { hasFaults = true }
      if let end { recording.end = end }
      if end == .interrupted { break }
    }
    if hasBegun, let end = recording.end {
      try tell(.lines(RecordText.tail(end, facts: [])))
    }
    return recording
  }

  private func tell(_ event: BenchEvent) throws(HarnessError) {
    do {
      try listener(event)
    } catch {
      listenerFailed = error
      throw error
    }
  }

  /// Measures one benchmark; why that ended, nil if it could not be measured.
  private func measure(_ benchmark: Benchmark) throws(HarnessError) -> StopRule.Reason? {
    let harness = Harness(benchmark.plan, interrupt: interrupt) {
      (event) throws(HarnessError) in
      switch event {
      case .started(let head): try self.begin(head)
      case .metric, .ended: break
      case .run(let run):
        let woven = self.numbers.woven(run, as: benchmark.name)
        self.recording.runs.append(woven)
        try self.tell(.lines(RecordText.line(woven)))
        try self.tell(.run(woven))
      case .block(let progress): try self.tell(.block(benchmark, progress))
      }
    }
    let result = Result { () throws(HarnessError) in try harness.run() }
    numbers.next()
    switch result {
    case .success(let part): return part.end
    case .failure(let error):
      if let listenerFailed { throw listenerFailed }
      hasFaults = true
      try tell(.fault(benchmark, error.text))
      return nil
    }
  }

  /// Writes the record's head when the machine is known.
  private func begin(_ head: Recording) throws(HarnessError) {
    if hasBegun { return }
    hasBegun = true
    recording.facts = head.facts
    recording.design = head.design
    recording.metric = plan.benchmarks[0].plan.metric
    recording.metrics = plan.metrics + head.metrics
    recording.arms = arms()
    try tell(.lines(RecordText.head(recording)))
  }

  /// The arms with what is known of their programs, in the order of the variants.
  private func arms() -> [MiniStatRun.Arm] {
    var arms: [MiniStatRun.Arm] = []
    for benchmark in plan.benchmarks {
      for arm in benchmark.plan.arms {
        var facts = Circumstances.program(arm.command, in: arm.directory)
        let isKnown = arms.contains { $0.name == arm.name }
        let known = arms.first { $0.name == arm.name }?.facts ?? []
        // Of further programs only which they are.
        if isKnown { facts = facts.filter { $0.key == "sha256" && !known.contains($0) } }
        if isKnown { facts = facts.map { Fact("\($0.key)-\(benchmark.name)", $0.value) } }
        if !isKnown {
          if let name = arm.directory?.lastComponent?.string { facts.append(Fact("variant", name)) }
          if !arm.emulator.isEmpty { facts.append(Fact("emulator", Words.joined(arm.emulator))) }
          arms.append(MiniStatRun.Arm(name: arm.name, command: arm.command))
        }
        facts.append(Fact("bench-\(benchmark.name)", Words.joined(arm.command)))
        guard let index = arms.firstIndex(where: { $0.name == arm.name }) else { continue }
        arms[index].facts += facts
      }
    }
    return arms
  }

  private static func write(_ bytes: [UInt8], to path: FilePath) throws(SystemError) {
    let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC)
    var writer = BufferedWriter(file.raw)
    try writer.write(bytes)
    try writer.flush()
    try file.close()
  }
}

/// The numbers of blocks and places over several benchmarks (B3).
struct BenchNumbers {
  private var blockBase = 0
  private var placeBase = 0
  private var blockNext = 0
  private var placeNext = 0

  /// `run` as a run of `benchmark`, with numbers that no other run has.
  mutating func woven(_ run: RunRecord, as benchmark: String) -> RunRecord {
    let block = run.block < 0 ? -1 : blockBase + run.block
    let place = run.place < 0 ? -1 : placeBase + run.place
    blockNext = max(blockNext, block + 1)
    placeNext = max(placeNext, place + 1)
    return RunRecord(
      arm: run.arm, block: block, place: place, isWarmup: run.isWarmup, failure: run.failure,
      values: run.values.map {
        RunValue(benchmark: benchmark, metric: $0.metric, value: $0.value)
      },
      facts: run.facts)
  }

  /// The next benchmark's numbers follow those so far.
  mutating func next() {
    blockBase = blockNext
    placeBase = placeNext
  }
}
