// `ministat run`: the plan from the command line, and what is said meanwhile.

import Glibc
import LibBSD
import MiniStat
import MiniStatRun
import Sys9
import SystemPackage

/// From a command line to a plan.
struct RunRequest {
  let plan: RunPlan
  /// Where the record goes; nil for nowhere.
  let output: String?

  /// Reads the plan; `clock` is what the seed is taken from if nobody gives one.
  init(_ line: Invocation, clock: UInt64) throws(UsageError) {
    if line.operands.isEmpty {
      throw UsageError(text: "There is nothing to run; say NAME=command for each arm")
    }
    let usesShell = line.has(.shell)
    func words(_ text: String) throws(UsageError) -> [String] {
      if usesShell { return ["/bin/sh", "-c", text] }
      do throws(Words.Fault) {
        return try Words.split(text)
      } catch {
        throw UsageError(text: error.text)
      }
    }
    var arms: [ArmPlan] = []
    for operand in line.operands {
      let (name, command) = try Self.named(operand)
      let words = try words(command)
      guard let first = words.first, !first.isEmpty else {
        throw UsageError(text: "\(operand): there is no command behind the =")
      }
      if arms.contains(where: { $0.name == name }) {
        throw UsageError(text: "Two arms are called \(name)")
      }
      arms.append(ArmPlan(name: name, command: words))
    }
    let names = arms.map(\.name)
    func forArms(
      _ option: CommandOption, _ body: (inout ArmPlan, [String]) -> Void
    ) throws(UsageError) {
      for text in line.texts(option) {
        let split = Self.prefix(text, of: names)
        let words = try words(split?.rest ?? text)
        for index in arms.indices where split == nil || arms[index].name == split?.name {
          body(&arms[index], words)
        }
      }
    }
    try forArms(.prepare) { $0.prepare = $1 }
    try forArms(.setup) { $0.setup = $1 }
    try forArms(.teardown) { $0.teardown = $1 }
    for text in line.texts(.directory) {
      guard let split = Self.prefix(text, of: names),
        let index = arms.firstIndex(where: { $0.name == split.name })
      else {
        let known = names.joined(separator: ", ")
        throw UsageError(
          text: "--directory '\(text)' is not ARM=directory with one of \(known)")
      }
      arms[index].directory = FilePath(split.rest)
    }
    plan = try Self.plan(arms, line, clock: clock)
    output = line.text(.output)
  }

  /// The name and the command of `NAME=command`.
  private static func named(_ operand: String) throws(UsageError) -> (String, String) {
    guard let equals = operand.firstIndex(of: "="), equals != operand.startIndex else {
      throw UsageError(
        text: "'\(operand)' is not NAME=command; name each arm, as in A='\(operand)'")
    }
    let name = String(operand[..<equals])
    if name.contains(where: { $0.isWhitespace || $0 == "/" }) {
      throw UsageError(text: "'\(name)' is no name for an arm; as in A='\(operand)'")
    }
    return (name, String(operand[operand.index(after: equals)...]))
  }

  /// `text` without one of `names` and `=` before it.
  private static func prefix(_ text: String, of names: [String]) -> (name: String, rest: String)? {
    for name in names where text.hasPrefix(name + "=") {
      return (name, String(text.dropFirst(name.count + 1)))
    }
    return nil
  }

  private static func plan(
    _ arms: [ArmPlan], _ line: Invocation, clock: UInt64
  ) throws(UsageError) -> RunPlan {
    var plan = RunPlan(arms: arms)
    let pairs = try line.integer(.pairs, atLeast: 1)
    let target = try line.fraction(.until)
    let time = try line.nanoseconds(.timeMax)
    // A number of pairs is taken at its word; otherwise the width decides, within a minute.
    plan.stop = StopRule(
      pairsMax: pairs ?? RunPlan.pairsMaxStandard,
      target: target ?? (pairs == nil ? 0.01 : nil),
      timeMaxNs: time ?? (pairs == nil ? 60 * RunPlan.second : nil))
    plan.warmup = try line.integer(.warmup, atLeast: 0) ?? 0
    plan.timeLimitNs = try line.nanoseconds(.timeLimit)
    plan.isShaken = line.has(.shake)
    plan.isDuet = line.has(.duet)
    plan.takesFailures = line.has(.ignoreFailure)
    plan.output = line.has(.results) ? .results : .ignored
    if line.texts(.metric).count > 1 {
      throw UsageError(text: "--metric: a run waits for one metric; the report has all of them")
    }
    plan.metric = line.text(.metric) ?? "wall"
    if let text = line.text(.seed) {
      guard let seed = UInt64(text) else {
        throw UsageError(text: "--seed '\(text)' is not a whole number from 0 on")
      }
      plan.seed = seed
    } else {
      plan.seed = clock % 1_000_000_007  // short enough to type again
    }
    if let text = line.text(.cpu) {
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let cpu = Int(part), cpu >= 0 else {
          throw UsageError(
            text: "--cpu '\(text)' is not a processor's number, or several with commas")
        }
        plan.cpus.append(cpu)
      }
    }
    if plan.isDuet && (arms.count != 2 || Set(plan.cpus).count != 2) {
      throw UsageError(text: "A duet has two arms and two processors: --duet --cpu 0,1 A=... B=...")
    }
    return plan
  }
}

/// Running a plan.
struct RunCommand {
  private let request: RunRequest

  init(_ request: RunRequest) { self.request = request }

  /// Measures; the record, and the signal that ended it.
  func run() throws(Failure) -> (recording: Recording, signal: CInt?) {
    let record = try RecordFile(request.output)
    let screen = ProgressLine(request.plan.stop)
    let watch: SignalWatch
    do throws(SystemError) {
      watch = try SignalWatch()
    } catch {
      throw Failure("cannot watch for signals: \(error)")
    }
    let harness = Harness(request.plan, interrupt: watch.descriptor) {
      (event) throws(HarnessError) in
      switch event {
      case .started(let recording): try record.write(RecordText.head(recording))
      case .metric(let metric): try record.write(RecordText.line(metric))
      case .run(let run):
        try record.write(RecordText.line(run))
        if let failure = run.failure { screen.tell(failure, of: run) }
      case .block(let progress): screen.show(progress)
      case .ended(let reason, let facts):
        try record.write(RecordText.tail(reason, facts: facts))
        screen.clear()
      }
    }
    let result = Result { () throws(HarnessError) in try harness.run() }
    // Taken, so that it does not strike when the watch ends.
    let signal = (try? watch.next()) ?? nil
    switch result {
    case .success(let recording): return (recording, signal)
    case .failure(let error):
      screen.clear()
      throw Failure(error.text, status: signal.map { 128 + $0 } ?? 2)
    }
  }
}

/// The file that takes the record, a line at a time.
private final class RecordFile {
  private let file: Descriptor?
  private let name: String

  init(_ name: String?) throws(Failure) {
    self.name = name ?? ""
    guard let name else {
      file = nil
      return
    }
    do throws(SystemError) {
      file = try Descriptor.open(FilePath(name), O_WRONLY | O_CREAT | O_TRUNC)
    } catch {
      throw Failure("Cannot write \(name): \(error.reason)")
    }
  }

  func write(_ text: String) throws(HarnessError) {
    let bytes = Array(text.utf8)
    do throws(SystemError) {
      switch file {
      case .none: break
      case .some(let file):
        try unsafe bytes.withUnsafeBufferPointer { (piece) throws(SystemError) in
          try unsafe file.write(all: UnsafeRawBufferPointer(piece))
        }
      }
    } catch {
      throw HarnessError(text: "cannot write the record \(name): \(error.reason)")
    }
  }
}

/// The line at the bottom of a terminal; nothing where there is no terminal.
private final class ProgressLine {
  private let isTerminal = Terminal.isTerminal(2)
  private let hasColour = Terminal.wantsColour(2)
  private let rule: StopRule
  private var isShown = false
  private var lastNs: Int64 = 0
  private var told = 0

  /// Nanoseconds between two pictures: an eye follows no more than ten in a second.
  private static let stepNs: Int64 = 100_000_000
  /// Failed runs that are told one by one.
  private static let toldMax = 3

  init(_ rule: StopRule) { self.rule = rule }

  func show(_ progress: Progress) {
    let now = Clocks.monotonicNs()
    if !isTerminal || now - lastNs < Self.stepNs { return }
    lastNs = now
    let columns = max(20, Terminal.columns(2) ?? 80)
    let line = progress.report(rule).line(width: columns - 1)
    put("\r\u{1B}[K" + line.rendered(colour: hasColour))
    isShown = true
  }

  func clear() {
    if isShown { put("\r\u{1B}[K") }
    isShown = false
  }

  /// Tells of a failed run, the first ones with what they wrote.
  func tell(_ failure: String, of run: RunRecord) {
    told += 1
    if told > Self.toldMax { return }
    clear()
    var text = "ministat: \(run.arm): run \(run.place) failed: \(failure)\n"
    for line in (run.facts["errors"] ?? "").split(separator: "\n").suffix(5) {
      text += "ministat: \(run.arm): \(line)\n"
    }
    if told == Self.toldMax { text += "ministat: further failures are counted only\n" }
    put(BSD.visible(Array(text.utf8)))
  }

  private func put(_ text: String) {
    let bytes = Array(text.utf8)
    // Progress that cannot be shown is not worth a failure.
    try? unsafe bytes.withUnsafeBufferPointer { (piece) throws(SystemError) in
      try unsafe Sys9.write(2, all: UnsafeRawBufferPointer(piece))
    }
  }
}
