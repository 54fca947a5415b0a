// Rebuilding: theory of operation.
//
// Problem.  "Why is this compiled again?"  Ninja has `-d explain`, GNU make a flood of `--debug`,
// BSD make nothing that one could read; and none knows why config removed an object.
//
// Shape.  What each of them would decide is decided here, from the same facts, step by step in the
// order of need, and every reason is kept:
//
//     make    a file is missing, or older than a prerequisite: those of its rule, those that its
//             depfile told, the stamp of the flags; BSD make compares whole seconds
//     Ninja   the same, without the stamp; its log must know the output, and its deps the headers
//     config  before both: an input of the description changed, and with it commands and headers
//
// Invariants.
//   P1  Without edits of what is generated, the files that this names as certain are exactly
//       those that the next build makes.  Steps that may leave an output untouched make what
//       follows uncertain: `may`.
//   P2  Nothing is built, and nothing is written.

/// Why a file will be made anew.
enum RebuildReason {
  /// It is not there.
  case missing
  /// It is not there, since the last run of config removed it: these words of its command differ.
  case removed([WordChange])
  /// config will remove it: these words of its command differ.
  case command([WordChange])
  /// config will remove it: what it begins with is another program.
  case tool(String)
  /// config will remove it: what it is made of came or went.
  case inputs(added: [String], removed: [String])
  /// An input is newer than it, both in nanoseconds.
  case newer(String, inputNs: Int64, outputNs: Int64)
  /// config rewrites an input first.
  case rewritten(String)
  /// An input will be made anew first; `may` if that may leave the input untouched.
  case made(String, may: Bool)
  /// An input is gone.
  case gone(String)
  /// make's command line or the environment differ from the last time.
  case flags(old: String, new: String)
  /// Ninja does not remember that it made it.
  case unknown
  /// Ninja does not remember what it read.
  case noDependencies

  /// True if it may turn out that nothing is to be done.
  var isUncertain: Bool {
    if case .made(_, let may) = self { return may }
    return false
  }

  /// True for a reason that lies in something else that is made anew.
  var isFollowing: Bool {
    if case .made = self { return true }
    return false
  }
}

/// What will be made anew by the next build, and why.
struct Rebuild {
  /// What is known of each step: its reasons, empty if it is up to date.
  private(set) var reasons: [[RebuildReason]]
  private let graph: Graph
  private let plan: Plan
  private let state: BuildState
  private var producers: [Node: Int] = [:]
  /// Reasons that config itself has, by output.
  private let changes: [String: RebuildReason]
  /// Steps whose commands write a depfile.
  private let writesDepfile: [Bool]
  private let flags: (old: String, new: String)?

  /// Decides about every step of `plan`.
  ///
  /// - Parameters:
  ///   - changes: why config will remove, or has removed, outputs, by name.
  ///   - flags: what make's command line and environment were and will be, if that differs.
  init(
    _ plan: Plan, _ state: BuildState, changes: [String: RebuildReason], writesDepfile: [Bool],
    flags: (old: String, new: String)?
  ) {
    self.plan = plan
    graph = plan.graph
    self.state = state
    self.changes = changes
    self.writesDepfile = writesDepfile
    self.flags = flags
    reasons = Array(repeating: [], count: plan.graph.steps.count)
    for (index, step) in graph.steps.enumerated() {
      for output in graph[step.outputs] { producers[output] = index }
    }
    for index in order() { reasons[index] = decide(index) }
  }

  /// The step that makes the file called `path` in the build directory.
  func step(making path: String) -> Int? {
    guard let name = plan.names.find(Array(path.utf8)) else { return nil }
    return producers[Node(name, isInTree: false)]
  }

  /// True if step `index` may find nothing to do.
  func isUncertain(_ index: Int) -> Bool {
    !reasons[index].isEmpty && reasons[index].allSatisfy(\.isUncertain)
  }

  /// All steps, those that others need before them.
  private func order() -> [Int] {
    var result: [Int] = []
    var waits = [Int](repeating: 0, count: graph.steps.count)
    var users: [[Int]] = Array(repeating: [], count: graph.steps.count)
    for (index, step) in graph.steps.enumerated() {
      for input in needs(step) {
        guard let producer = producers[input], producer != index else { continue }
        waits[index] += 1
        users[producer].append(index)
      }
    }
    result = graph.steps.indices.filter { waits[$0] == 0 }
    var next = 0
    while next < result.count {
      for user in users[result[next]] {
        waits[user] -= 1
        if waits[user] == 0 { result.append(user) }
      }
      next += 1
    }
    return result
  }

  /// What a step needs that makes it old, and what must be there before it.
  private func needs(_ step: Step) -> [Node] {
    Array(graph[step.inputs]) + Array(graph[step.implicit])
      + (step.waits ? graph.beforeDep : [])
  }

  // MARK: One step

  private func decide(_ index: Int) -> [RebuildReason] {
    let step = graph.steps[index]
    let outputs = graph[step.outputs].map { text(plan.path($0)) }
    guard let first = outputs.first else { return [] }
    for output in outputs {
      if let reason = changes[output] { return [reason] }
      if state.time(output) == nil { return [.missing] }
    }
    let isStamped =
      state.backEnd.isMake
      && (step.kind.keepsEqualOutput || outputs.count > 1 && state.backEnd == .bsd)
    let target = isStamped ? first + ".stamp" : first
    guard var made = state.time(target) else { return [.missing] }
    if !isStamped { for output in outputs { made = min(made, state.time(output) ?? made) } }
    var found: [RebuildReason] = []
    if !state.backEnd.isMake {
      guard let logged = state.ninja.times[first] else { return [.unknown] }
      // What a step left untouched was up to date when the step ran.
      if step.kind.keepsEqualOutput { made = logged }
      if writesDepfile[index] && state.ninja.deps[first] == nil { return [.noDependencies] }
    } else if let flags {
      found.append(.flags(old: flags.old, new: flags.new))
    }
    for input in Array(graph[step.inputs]) + Array(graph[step.implicit]) {
      let path = text(plan.path(input))
      found += compare(path, producers[input], made)
    }
    for path in dependencies(target, first) where !path.isEmpty {
      let producer = self.step(making: path)
      if producer == index { continue }
      found += compare(path, producer, made)
    }
    if state.backEnd.isMake && flags == nil { found += compareFlags(made) }
    return unique(found)
  }

  private func dependencies(_ target: String, _ output: String) -> [String] {
    if state.backEnd.isMake { return state.depends[target] ?? [] }
    return state.ninja.deps[output]?.inputs ?? []
  }

  /// What the file at `path`, made by `producer` if any, means for what was made at `made`.
  private func compare(_ path: String, _ producer: Int?, _ made: Int64) -> [RebuildReason] {
    if let producer, !reasons[producer].isEmpty {
      let keeps = graph.steps[producer].kind.keepsEqualOutput
      return [.made(path, may: keeps || isUncertain(producer))]
    }
    guard let time = state.time(path) else {
      return producer == nil ? [.gone(path)] : [.made(path, may: false)]
    }
    if time == Int64.max { return [.rewritten(path)] }
    return state.isNewer(time, than: made)
      ? [.newer(path, inputNs: time, outputNs: made)] : []
  }

  /// The stamp of the flags, which is as new as the last change of them.
  private func compareFlags(_ made: Int64) -> [RebuildReason] {
    guard let time = state.time("o/.flags") else { return [.made("o/.flags", may: false)] }
    return state.isNewer(time, than: made)
      ? [.newer("o/.flags", inputNs: time, outputNs: made)] : []
  }

  private func unique(_ found: [RebuildReason]) -> [RebuildReason] {
    var seen: Set<String> = []
    return found.filter { seen.insert(RebuildText.sentence($0)).inserted }
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
