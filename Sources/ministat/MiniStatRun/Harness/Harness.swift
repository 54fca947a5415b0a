// The harness: theory of operation.
//
// Problem.  All runs of one program and then all of the other: what drifts meanwhile (heat, load,
// caches, the phase of the moon) is then taken for a difference.  On a machine that drifts by
// three deviations such a test finds a difference 99 times in 100 where there is none.
//
// Shape.
//
//     Schedule   which arm next, with which padding      pure, one seed repeats it
//     StopRule   whether to go on                        pure, sees widths only
//     Harness    setup, warm-up, blocks, teardown        this file: the edge
//     Recording  what was run and what came of it        lines of text, or series to compare
//
//     setup of each arm
//     warm-up blocks              recorded, not counted
//     block 0   B A C             every arm once, in an order drawn for each block
//     block 1   A C B
//     ...                         until the rule says stop
//     teardown of each arm        whatever happened
//
// Invariants.
//   H1  Every run that ended by itself or at its limit is recorded, failed or not.
//   H2  A run that the caller's interrupt ended is not recorded: it was cut off, it did not fail.
//   H3  The teardown of an arm runs if its setup was begun.
//   H4  The affinity of the calling thread is, afterwards, what it was before.
//
// Cost.  Between two runs: a block's arithmetic and a line of record, some microseconds.
//
// Rejected.  A shell around each command, whose start is then to be estimated and subtracted: an
// estimate has an error, and a start that is not there needs none.

internal import Sys9

/// What the harness reports while it works.
public enum HarnessEvent {
  /// Everything is known that the head of a record holds; no run has taken place.
  case started(Recording)
  /// A run's output has told of a metric that was not known; its run follows.
  case metric(Metric)
  /// A run has ended.
  case run(RunRecord)
  /// A block has ended.
  case block(Progress)
  /// Measuring is over, for this reason; these facts are known only now.
  case ended(StopRule.Reason, [Fact])
}

/// Why there is nothing to report.
public struct HarnessError: Error, Equatable, Sendable {
  /// What happened, and what to do about it.
  public let text: String

  /// The error that `text` tells of.
  public init(text: String) { self.text = text }
}

/// Runs a plan.  Not thread-safe; blocks the caller, who may be interrupted through a descriptor.
public final class Harness {
  /// Hears of what happens; what it throws ends the measurement after the teardowns.
  public typealias Listener = (HarnessEvent) throws(HarnessError) -> Void

  private let plan: RunPlan
  private let interrupt: CInt?
  private let listener: Listener
  private var runner: Runner
  private var recording = Recording()
  private var place = 0
  private var failures = 0
  /// Failures of each arm since its last success; nil once it has succeeded.
  private var failuresAtStart: [Int?]
  private var ratios: [RunningRatio]

  /// A harness for `plan`.
  ///
  /// - Parameters:
  ///   - plan: what to measure.
  ///   - interrupt: a descriptor that becomes readable when measuring shall end, such as that of
  ///     a ``Sys9/SignalWatch``; what was measured is kept.
  ///   - listener: hears of every run.
  public init(_ plan: RunPlan, interrupt: CInt? = nil, listener: @escaping Listener) {
    precondition(!plan.isDuet || plan.arms.count == 2, "a duet has two arms")
    self.plan = plan
    self.interrupt = interrupt
    self.listener = listener
    runner = Runner(plan, interrupt: interrupt)
    failuresAtStart = plan.arms.map { _ in 0 }
    ratios = plan.arms.map { _ in RunningRatio() }
  }

  /// Measures, and returns the record.
  ///
  /// - Throws: what makes measuring impossible: a processor that is not there, a setup that fails,
  ///   a program that cannot be started, or what the listener throws.
  public func run() throws(HarnessError) -> Recording {
    try describe()
    var begun = 0
    defer { for arm in plan.arms[..<begun].reversed() { tearDown(arm) } }  // H3
    for arm in plan.arms {
      begun += 1
      if let failure = runner.auxiliary(arm.setup, of: arm) {
        throw HarnessError(text: "the setup of \(arm.name) failed: \(failure)")
      }
    }
    let reason = try measure()
    recording.end = reason
    let facts = Circumstances.load().map { [Fact("load-after", $0)] } ?? []
    recording.facts += facts
    try listener(.ended(reason, facts))
    return recording
  }

  private func describe() throws(HarnessError) {
    for arm in plan.arms {
      if Circumstances.find(arm.words[0], in: arm.directory) == nil {
        throw HarnessError(text: "\(arm.name): there is no program '\(arm.words[0])' to run")
      }
    }
    if plan.isDuet && plan.cpus.count != 2 {
      throw HarnessError(text: "a duet needs two processors; give them with --cpu N,M")
    }
    let possible = Result { () throws(SystemError) in try Affinity.current() }
    switch possible {
    case .failure(let error): throw HarnessError(text: "\(error)")
    case .success(let possible):
      for cpu in plan.cpus where !possible.contains(cpu) {
        let known = possible.map { "\($0)" }.joined(separator: " ")
        throw HarnessError(text: "there is no processor \(cpu) for us; there are: \(known)")
      }
    }
    recording.facts = Circumstances.machine() + runner.facts
    recording.design = plan.isDuet ? .duet(seed: plan.seed) : .interleaved(seed: plan.seed)
    recording.metric = plan.metric
    recording.metrics = runner.metrics
    recording.arms = plan.arms.map { arm in
      let program = Circumstances.program(arm.command, in: arm.directory)
      let variables = arm.variables.map { Fact("env-\($0.key)", $0.value) }
      let emulator = arm.emulator.isEmpty ? [] : [Fact("emulator", Words.joined(arm.emulator))]
      let known = arm.facts.filter { fact in !program.contains { $0.key == fact.key } }
      return Arm(
        name: arm.name, command: arm.command, facts: program + known + emulator + variables)
    }
    try listener(.started(recording))
  }

  private func tearDown(_ arm: ArmPlan) {
    if let failure = runner.auxiliary(arm.teardown, of: arm, isLast: true) {
      recording.facts.append(Fact("teardown-\(arm.name)", failure))
    }
  }

  /// Warm-up and blocks.
  private func measure() throws(HarnessError) -> StopRule.Reason {
    var schedule = Schedule(armCount: plan.arms.count, seed: plan.seed)
    for block in 0..<plan.warmup {
      if let reason = try runBlock(schedule.next(), block: block, isWarmup: true) { return reason }
    }
    var stop = plan.stop
    let start = Clocks.monotonicNs()
    var block = 0
    while true {
      if let reason = try runBlock(schedule.next(), block: block, isWarmup: false) {
        return reason
      }
      block += 1
      if block == 1 { try checkMetric() }
      let elapsed = Clocks.monotonicNs() - start
      try listener(.block(progress(blocks: block, elapsedNs: elapsed)))
      let others = ratios.count > 1 ? Array(ratios.dropFirst()) : ratios
      let reason = stop.decide(
        others, blocks: block, elapsedNs: elapsed, blockNs: elapsed / Int64(block))
      if let reason { return reason }
    }
  }

  /// A metric that no run gives would be waited for to the end of time.
  private func checkMetric() throws(HarnessError) {
    let counted = recording.runs.filter { !$0.isWarmup && $0.failure == nil }
    let known = Set(counted.flatMap { $0.values.map(\.metric) })
    if counted.isEmpty || known.contains(plan.metric) { return }
    let names = known.sorted().joined(separator: ", ")
    throw HarnessError(text: "no run gives a metric '\(plan.metric)'; there are \(names)")
  }

  private func progress(blocks: Int, elapsedNs: Int64) -> Progress {
    var progress = Progress()
    progress.blocks = blocks
    progress.failures = failures
    progress.elapsedNs = elapsedNs
    progress.base = ratios.count > 1 ? plan.arms[0].name : ""
    let candidates = ratios.count > 1 ? ratios.indices.dropFirst() : ratios.indices[...]
    let widest = candidates.max { a, b in
      (ratios[a].halfWidth() ?? .infinity) < (ratios[b].halfWidth() ?? .infinity)
    }
    if let widest { progress.widest = (plan.arms[widest].name, ratios[widest]) }
    return progress
  }

  /// Runs a block; the reason if it is the last one, whatever the rule says.
  private func runBlock(
    _ slots: [Schedule.Slot], block: Int, isWarmup: Bool
  ) throws(HarnessError) -> StopRule.Reason? {
    var values = [Double?](repeating: nil, count: plan.arms.count)
    let groups = plan.isDuet ? [slots] : slots.map { [$0] }
    for group in groups {
      let outcomes = runner.run(group)
      for (slot, outcome) in zip(group, outcomes) {
        guard let outcome else { return .interrupted }  // H2
        let record = RunRecord(
          arm: plan.arms[slot.arm].name, block: block, place: place, isWarmup: isWarmup,
          failure: outcome.failure, values: outcome.values, facts: outcome.facts)
        place += 1
        for metric in outcome.metrics
        where !recording.metrics.contains(where: { $0.name == metric.name }) {
          recording.metrics.append(metric)
          try listener(.metric(metric))
        }
        recording.runs.append(record)  // H1
        try listener(.run(record))
        if note(outcome, of: slot.arm) { return .failing }
        values[slot.arm] = outcome.failure == nil ? outcome.value(of: plan.metric) : nil
      }
    }
    if !isWarmup { take(values) }
    return nil
  }

  /// Counts failures; true if the arm is hopeless.
  private func note(_ outcome: Runner.Outcome, of arm: Int) -> Bool {
    if outcome.failure == nil {
      failuresAtStart[arm] = nil
      return false
    }
    failures += 1
    guard let before = failuresAtStart[arm] else { return false }
    failuresAtStart[arm] = before + 1
    return before + 1 >= RunPlan.failuresMax
  }

  private func take(_ values: [Double?]) {
    if values.count == 1 {
      if let value = values[0] { ratios[0].add(base: 1, other: value) }
      return
    }
    guard let base = values[0] else { return }
    for index in 1..<values.count {
      if let value = values[index] { ratios[index].add(base: base, other: value) }
    }
  }
}
