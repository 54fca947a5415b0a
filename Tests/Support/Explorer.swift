// Every order of steps: theory of operation.
//
// Problem.  Lock-free code is wrong in one order of a million, which a test on real threads meets
// on somebody else's machine.
//
// Shape.  The threads of a small program are fibers on one real thread.  Each stops before every
// operation on a shared word and says what it is going to do; the explorer chooses who goes on.  A
// run is a sequence of choices.  After each run the last choice that has alternatives is changed,
// and the program runs again from the beginning, until there is no other choice: depth first, by
// replay.
//
// Memory is that of x86 (TSO): each thread has a buffer of stores, which reach the memory in order
// and at any later time: that is a choice too.  An atomic read-modify-write and a fence wait until
// the thread's buffer is empty.  So code that lacks a fence fails here as it does on the machine.
//
// Of orders that differ only by exchanging neighbours that do not touch the same word, one is run:
// sleep sets (Godefroid, 1996).  An alternative that has been tried stays asleep until something
// happens that it does not commute with.
//
// Limits.  Weaker memories than TSO are not explored; words are the only things at which threads
// stop, so data between them must be checked by what is read from it.

import CFibers

/// Runs a small program in every order of its threads' steps.
public final class Explorer {
  /// The explorer whose program runs now: words belong to it.
  public static var current: Explorer {
    guard let explorer = unsafe running else { preconditionFailure("no program is explored") }
    return explorer
  }
  nonisolated(unsafe) private static var running: Explorer?

  /// A program: its threads, and what must hold in the end.
  public struct Program {
    let threads: [() -> Void]
    let atEnd: () -> String?

    /// A program.
    ///
    /// - Parameters:
    ///   - threads: what each thread does; they share what the closures share.
    ///   - atEnd: says what is wrong when all threads have ended, or wait for ever; nil if nothing.
    public init(_ threads: [() -> Void], atEnd: @escaping () -> String?) {
      self.threads = threads
      self.atEnd = atEnd
    }
  }

  /// What was found.
  public struct Outcome {
    /// Runs that ended.
    public var runs = 0
    /// Whether every order was tried.
    public var isComplete = false
    /// What was wrong in a run, and the steps that led there.
    public var failure: String?
  }

  /// Whether fibers can be used: not under sanitizers.
  public static var isUsable: Bool { cfibers_usable() != 0 }

  // An action: a thread's next operation, or the arrival of its oldest store in memory.

  private struct Action: Equatable {
    let thread: Int
    let isArrival: Bool
    let word: Int
    let writes: Bool

    func isSame(_ other: Action) -> Bool {
      thread == other.thread && isArrival == other.isArrival
    }
    /// Whether the order of the two may matter.
    func depends(on other: Action) -> Bool {
      thread == other.thread || word == other.word && (writes || other.writes)
    }
  }

  private struct Node {
    var enabled: [Action]
    var asleep: [Action]
    var chosen: Int
  }

  @safe private final class Thread {
    let fiber: OpaquePointer
    var body: () -> Void = {}
    var hasEnded = false
    var pending: Action?
    var needsEmptyBuffer = false
    var condition: (() -> Bool)?
    var buffer: [(word: Int, value: UInt)] = []

    init() { unsafe fiber = cfiber_make() }
    deinit { unsafe cfiber_free(fiber) }
  }

  private var memory: [UInt] = []
  private var threads: [Thread] = []
  private var now = -1
  private var path: [Node] = []
  private var depth = 0
  private var steps: [String] = []
  private var isTracing = false
  private var sleepBlocked = false
  private var fault: String?
  private static let stepsMax = 2000

  private init() {}

  /// Tries the orders of `program`, which is made anew for each run; at most `limit` runs.
  public static func explore(limit: Int = 2_000_000, _ program: () -> Program) -> Outcome {
    let explorer = Explorer()
    let before = unsafe running
    unsafe running = explorer
    defer { unsafe running = before }
    var outcome = Outcome()
    while outcome.runs < limit {
      if explorer.run(program) != nil {
        // Once more, and this time with notes.
        explorer.isTracing = true
        let fault = explorer.run(program) ?? "a failure that does not come again"
        outcome.failure = "\(fault)\n" + explorer.steps.joined(separator: "\n")
        return outcome
      }
      if !explorer.sleepBlocked { outcome.runs += 1 }
      if !explorer.backtrack() {
        outcome.isComplete = true
        return outcome
      }
    }
    return outcome
  }

  // Runs.

  private func run(_ program: () -> Program) -> String? {
    memory = []
    steps = []
    depth = 0
    now = -1
    sleepBlocked = false
    fault = nil
    let program = program()
    while threads.count < program.threads.count { threads.append(Thread()) }
    for (thread, body) in zip(threads, program.threads) {
      thread.body = body
      thread.hasEnded = false
      thread.pending = nil
      thread.buffer = []
      unsafe cfiber_begin(
        thread.fiber, { unsafe explorerFiber($0) }, Unmanaged.passUnretained(thread).toOpaque())
    }
    for number in threads.indices { go(number) }
    for _ in 0..<Self.stepsMax {
      let enabled = enabledActions()
      if enabled.isEmpty { return sleepBlocked ? nil : fault ?? program.atEnd() }
      take(enabled[choose(enabled)])
      if let fault { return fault }
    }
    return "more than \(Self.stepsMax) steps"
  }

  /// Runs a thread up to its next operation.
  private func go(_ number: Int) {
    let before = now
    now = number
    if unsafe cfiber_enter(threads[number].fiber) != 0 { threads[number].hasEnded = true }
    now = before
  }

  fileprivate static func begin(_ raw: UnsafeMutableRawPointer) {
    unsafe Unmanaged<Thread>.fromOpaque(raw).takeUnretainedValue().body()
  }

  private func enabledActions() -> [Action] {
    var found: [Action] = []
    for (number, thread) in threads.enumerated() {
      if let first = thread.buffer.first {
        found.append(Action(thread: number, isArrival: true, word: first.word, writes: true))
      }
      guard !thread.hasEnded, let pending = thread.pending else { continue }
      if thread.needsEmptyBuffer && !thread.buffer.isEmpty { continue }
      if let condition = thread.condition, !condition() { continue }
      found.append(pending)
    }
    return found
  }

  /// The index of the action that is taken here.
  private func choose(_ enabled: [Action]) -> Int {
    if sleepBlocked { return 0 }
    if depth == path.count {
      var asleep: [Action] = []
      if let last = path.last {
        let taken = last.enabled[last.chosen]
        asleep = last.asleep.filter { !$0.depends(on: taken) }
      }
      guard
        let first = enabled.indices.first(where: { index in
          !asleep.contains { $0.isSame(enabled[index]) }
        })
      else {
        // All that could follow has been tried elsewhere: let the run end as it likes.
        sleepBlocked = true
        return 0
      }
      path.append(Node(enabled: enabled, asleep: asleep, chosen: first))
    }
    let node = path[depth]
    precondition(node.enabled == enabled, "a program depends on its threads' steps alone")
    depth += 1
    return node.chosen
  }

  /// Moves on to the next order; false if there is none.
  private func backtrack() -> Bool {
    while var node = path.popLast() {
      node.asleep.append(node.enabled[node.chosen])
      if let next = node.enabled.indices.first(where: { index in
        !node.asleep.contains { $0.isSame(node.enabled[index]) }
      }) {
        node.chosen = next
        path.append(node)
        return true
      }
    }
    return false
  }

  private func take(_ action: Action) {
    let thread = threads[action.thread]
    if action.isArrival {
      let (word, value) = thread.buffer.removeFirst()
      memory[word] = value
      if isTracing { steps.append("thread \(action.thread): word \(word) becomes \(value)") }
    } else {
      thread.pending = nil
      thread.condition = nil
      go(action.thread)
    }
  }

  // What words do.

  /// A new word of the program's memory.
  public func allocate(_ value: UInt) -> Int {
    memory.append(value)
    return memory.count - 1
  }

  /// Stops before an operation, until it is chosen; nothing in a program's beginning and end.
  private func stop(_ word: Int, writes: Bool, atomic: Bool, _ condition: (() -> Bool)? = nil) {
    if now < 0 { return }
    let thread = threads[now]
    thread.pending = Action(thread: now, isArrival: false, word: word, writes: writes)
    thread.needsEmptyBuffer = atomic
    thread.condition = condition
    cfiber_leave()
  }

  private func note(_ text: @autoclosure () -> String) {
    if isTracing && now >= 0 { steps.append("thread \(now): \(text())") }
  }

  private func seen(_ word: Int) -> UInt {
    if now >= 0, let own = threads[now].buffer.last(where: { $0.word == word }) { return own.value }
    return memory[word]
  }

  /// Reads a word.
  public func load(_ word: Int) -> UInt {
    stop(word, writes: false, atomic: false)
    let value = seen(word)
    note("reads word \(word): \(value)")
    return value
  }

  /// Writes a word, some time.
  public func store(_ word: Int, _ value: UInt) {
    if now < 0 {
      memory[word] = value
    } else {
      threads[now].buffer.append((word, value))
      note("writes word \(word): \(value)")
    }
  }

  /// Waits until all that the thread has written has arrived.
  public func fence() {
    if now < 0 || threads[now].buffer.isEmpty { return }
    let word = threads[now].buffer[0].word
    stop(word, writes: false, atomic: true)
    note("has fenced")
  }

  /// Reads and writes a word as one step.
  public func change(_ word: Int, _ body: (UInt) -> UInt) -> UInt {
    stop(word, writes: true, atomic: true)
    let before = memory[word]
    memory[word] = body(before)
    note("changes word \(word): \(before) to \(memory[word])")
    return before
  }

  /// Waits until a word has a value that fits.
  public func wait(_ word: Int, until fits: @escaping (UInt) -> Bool) {
    stop(word, writes: false, atomic: false) { [unowned self] in fits(memory[word]) }
    note("has waited for word \(word)")
  }

  /// Says that something is wrong; the run ends.
  public func fail(_ text: String) { if fault == nil { fault = text } }
}

/// What a fiber runs.
private func explorerFiber(_ raw: UnsafeMutableRawPointer?) {
  if let raw = unsafe raw { unsafe Explorer.begin(raw) }
}
