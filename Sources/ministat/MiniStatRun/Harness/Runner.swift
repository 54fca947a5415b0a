// One run: prepared, started, waited for, and its values collected.

import Glibc
internal import MiniStat
internal import Sys9
internal import SystemPackage

/// Starts the programs of a plan and measures them.
struct Runner {
  /// What is known of the way in which it measures.
  private(set) var facts: [Fact] = []

  private let plan: RunPlan
  private let interrupt: CInt?
  private let counters: Counters
  private let environment: [String]

  /// How much of a failed run's standard error is kept.
  static let errorsMax = 2000
  /// The largest output that is read for results.
  static let outputMax = 64 << 20

  /// How a run ended, and what it gave.
  struct Outcome {
    var failure: String?
    var values: [RunValue] = []
    var facts: [Fact] = []
    /// The metrics of the values that its output told.
    var metrics: [Metric] = []

    /// The value of `metric` in the run as a whole, or in the first benchmark that has it.
    func value(of metric: String) -> Double? { values.first { $0.metric == metric }?.value }
  }

  init(_ plan: RunPlan, interrupt: CInt?) {
    self.plan = plan
    self.interrupt = interrupt
    environment = Environment.all
    // Two at a time cannot be told apart by counters that children inherit.
    counters = plan.isDuet ? Counters(none: "a duet runs two at a time") : Counters()
    facts = [Fact("counters", counters.description)]
    if !plan.cpus.isEmpty {
      facts.append(Fact("pinned", plan.cpus.map { "\($0)" }.joined(separator: ",")))
    }
    facts.append(Fact("environment-size", "\(environment.reduce(0) { $0 + $1.utf8.count + 1 })"))
  }

  /// What each run is asked for.
  var metrics: [Metric] {
    Metric.own.filter { metric in
      Counters.names[metric.name].map { counters.has($0) } ?? true
    }
  }

  /// Runs a command that is not measured; how it failed, nil if it did not or is empty.
  ///
  /// - Parameter isLast: true for a teardown, which an interrupt must not cut short.
  func auxiliary(_ words: [String], of arm: ArmPlan, isLast: Bool = false) -> String? {
    if words.isEmpty { return nil }
    var request = MeasuredChild.Request(words)
    request.directory = arm.directory
    request.environment = environment(of: arm, padding: 0)
    request.errors = 2
    do throws(SystemError) {
      let child = try MeasuredChild(request)
      try MeasuredChild.waitForAny(
        [child], until: child.startNs + RunPlan.auxiliaryLimitNs,
        interrupt: isLast ? nil : interrupt)
      return Self.failure(child.end ?? .interrupted)
    } catch {
      return "\(error)"
    }
  }

  /// Runs the slots at the same time; nil for each that the interrupt ended.
  func run(_ slots: [Schedule.Slot]) -> [Outcome?] {
    precondition(slots.count == 1 || plan.isDuet, "one at a time, but for a duet")
    for slot in slots {
      if let failure = auxiliary(plan.arms[slot.arm].prepare, of: plan.arms[slot.arm]) {
        return slots.map { _ in Outcome(failure: "preparation: \(failure)") }
      }
    }
    do throws(SystemError) {
      return try start(slots)
    } catch {
      return slots.map { _ in Outcome(failure: "cannot be run: \(error)") }
    }
  }

  private func start(_ slots: [Schedule.Slot]) throws(SystemError) -> [Outcome?] {
    var children: [MeasuredChild] = []
    var files: [Files] = []
    let before = plan.cpus.isEmpty ? [] : try Affinity.current()
    defer { if !before.isEmpty { try? Affinity.set(before) } }  // H4; it was ours before
    try counters.start()
    for (index, slot) in slots.enumerated() {
      let arm = plan.arms[slot.arm]
      let outputs = try Files(readsResults: plan.output == .results)
      var request = MeasuredChild.Request(arm.words)
      request.directory = arm.directory
      request.environment = environment(of: arm, padding: plan.isShaken ? slot.padding : 0)
      request.output = outputs.output
      request.errors = outputs.errors
      if !plan.cpus.isEmpty { try Affinity.set(plan.isDuet ? [plan.cpus[index]] : plan.cpus) }
      files.append(outputs)
      children.append(try MeasuredChild(request))
    }
    while children.contains(where: { $0.end == nil }) {
      let deadline = plan.timeLimitNs.map { (children.map(\.startNs).min() ?? 0) + $0 }
      try MeasuredChild.waitForAny(children, until: deadline, interrupt: interrupt)
    }
    let counts = try counters.stop()
    return slots.indices.map { index in
      outcome(children[index], files[index], counts, slots[index], cpu: index)
    }
  }

  /// The files that take a child's outputs.
  private final class Files {
    private let outputFile: Descriptor?
    private let errorFile: Descriptor

    init(readsResults: Bool) throws(SystemError) {
      outputFile = readsResults ? try .inMemory() : nil
      errorFile = try .inMemory()
    }

    var output: CInt? {
      switch outputFile {
      case .some(let file): file.raw
      case .none: nil
      }
    }
    var errors: CInt { errorFile.raw }

    func results() throws(SystemError) -> [UInt8] {
      switch outputFile {
      case .some(let file): try file.content(from: 0, count: min(file.status().size, outputMax))
      case .none: []
      }
    }

    /// The end of the standard error.
    func lastErrors() throws(SystemError) -> String {
      let size = try errorFile.status().size
      let start = max(0, size - errorsMax)
      let bytes = try errorFile.content(from: start, count: size - start)
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  private func outcome(
    _ child: MeasuredChild, _ files: Files, _ counts: [RunValue], _ slot: Schedule.Slot, cpu: Int
  ) -> Outcome? {
    guard let end = child.end, end != .interrupted else { return nil }
    var outcome = Outcome(failure: Self.failure(end))
    if case .exited = end, plan.takesFailures { outcome.failure = nil }
    outcome.values = Self.values(child) + counts
    if plan.isShaken { outcome.facts.append(Fact("padding", "\(slot.padding)")) }
    if plan.isDuet { outcome.facts.append(Fact("cpu", "\(plan.cpus[cpu])")) }
    if outcome.failure == nil && plan.output == .results {
      do {
        let results = try Self.results(files.results())
        outcome.values += results.values
        outcome.metrics = results.metrics
      } catch {
        outcome.failure = "its output: \(error)"
      }
    }
    if outcome.failure != nil, let errors = try? files.lastErrors(), !errors.isEmpty {
      outcome.facts.append(Fact("errors", errors))
    }
    return outcome
  }

  /// What the kernel and the clock say of the run.
  private static func values(_ child: MeasuredChild) -> [RunValue] {
    let use = child.use
    let cpu = ((use.user + use.system) * 1e6).rounded() / 1e6  // microseconds, as they were
    var values = [
      RunValue(metric: "wall", value: Double(child.endNs - child.startNs) / 1e9),
      RunValue(metric: "cpu", value: cpu),
      RunValue(metric: "user", value: use.user),
      RunValue(metric: "system", value: use.system),
    ]
    // What a process had mapped before `exec` counts, and that was ours: a figure that is no
    // larger than ours says nothing of the program.
    if use.residentMax > ResourceUse.ofSelf().residentMax {
      values.append(RunValue(metric: "maxrss", value: use.residentMax))
    }
    return values + [
      RunValue(metric: "minor-faults", value: use.minorFaults),
      RunValue(metric: "major-faults", value: use.majorFaults),
      RunValue(metric: "voluntary-switches", value: use.voluntarySwitches),
      RunValue(metric: "involuntary-switches", value: use.involuntarySwitches),
    ]
  }

  /// The results in a run's output: the mean of what each benchmark says of each metric.
  static func results(
    _ bytes: [UInt8]
  ) throws(SourceError) -> (values: [RunValue], metrics: [Metric]) {
    let found = try SourceReader.read(bytes, name: "standard output", arm: "")
    let values = found.series.map { series in
      let mean = Moments(series.values).mean
      return RunValue(benchmark: series.benchmark, metric: series.metric, value: mean)
    }
    return (values, found.metrics)
  }

  private func environment(of arm: ArmPlan, padding: Int) -> [String]? {
    if arm.variables.isEmpty && padding == 0 { return nil }
    let names = arm.variables.map { $0.key + "=" }
    var result = environment.filter { line in !names.contains { line.hasPrefix($0) } }
    result += arm.variables.map { "\($0.key)=\($0.value)" }
    if padding > 0 { result.append("MINISTAT_PADDING=" + String(repeating: "x", count: padding)) }
    return result
  }

  /// How `end` is a failure, in words; nil if it is none.
  static func failure(_ end: ChildEnd) -> String? {
    switch end {
    case .exited(0): nil
    case .exited(let status): "exit status \(status)"
    case .signalled(let signal):
      "signal \(signal) (\(unsafe String(cString: strsignal(CInt(signal)))))"
    case .timedOut: "time limit"
    case .interrupted: "interrupted"
    }
  }
}

/// The hardware counters that this machine gives us, or a word why it does not.
private final class Counters {
  static let names: [String: EventCounter.Event] = [
    "instructions": .instructions, "cycles": .cycles, "branch-misses": .branchMisses,
    "cache-misses": .cacheMisses,
  ]

  /// What there is, or why there is nothing.
  let description: String
  private let counters: [EventCounter]
  private var before: [Double] = []

  init(none reason: String) {
    description = "none: \(reason)"
    counters = []
  }

  init() {
    var made: [EventCounter] = []
    var failure: SystemError?
    for event in EventCounter.Event.hardware {
      do throws(SystemError) {
        made.append(try EventCounter(event))
      } catch {
        failure = failure ?? error
      }
    }
    counters = made
    description =
      made.isEmpty
      ? "none: \(Self.reason(failure))"
      : made.compactMap { Self.name($0.event) }.joined(separator: " ")
  }

  func has(_ event: EventCounter.Event) -> Bool { counters.contains { $0.event == event } }

  func start() throws(SystemError) {
    before = []
    for counter in counters {
      before.append(try counter.value())
      try counter.start()
    }
  }

  /// What was counted since the start.
  func stop() throws(SystemError) -> [RunValue] {
    var values: [RunValue] = []
    for (counter, before) in zip(counters, before) {
      try counter.stop()
      guard let name = Self.name(counter.event) else { continue }
      values.append(RunValue(metric: name, value: try counter.value() - before))
    }
    return values
  }

  private static func name(_ event: EventCounter.Event) -> String? {
    names.first { $0.value == event }?.key
  }

  private static func reason(_ failure: SystemError?) -> String {
    switch failure?.errno {
    case EACCES, EPERM:
      "not permitted; see /proc/sys/kernel/perf_event_paranoid, or run as root"
    case ENOENT, EOPNOTSUPP, ENODEV: "this machine, often a virtual one, has no hardware counters"
    case ENOSYS: "the system has no perf_event_open(2)"
    case .some: failure.map { "\($0)" } ?? ""
    case .none: "unknown"
    }
  }
}
