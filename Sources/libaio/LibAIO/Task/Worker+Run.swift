// Running tasks: a worker's turn, and where its next task comes from.
//
// A turn runs tasks for as long as there are any, but for half a millisecond at most before the
// loop looks at the kernel again: after every 61 tasks (fewer while they are new to us, since
// nobody knows how long they take) it looks at the clock, at its inbox and at the tasks pinned to
// it.  A turn that ends with tasks left runs the oldest of them, so that newest-first starves none
// (T2): not more often, since the oldest task is the coldest, and that of a tree makes the most new
// ones.

import Sys9

extension Aio.Worker {
  /// Tasks between two looks at the clock and at the other queues.
  static var sliceMax: Int { 61 }

  // A turn.

  /// Runs tasks for `quota` cycles, and says whether some are left.
  func turn(quota: UInt64) -> Bool {
    unsafe state.pointee.counters.turns &+= 1
    guard findWork() else { return false }
    let begin = SystemThread.cycles()
    var slice = 1
    while true {
      runSlice(slice)
      let elapsed = SystemThread.cycles() &- begin
      guard findWork() else { return false }
      if elapsed >= quota {
        runOldest()
        return true
      }
      if elapsed < quota / 4 { slice = min(slice * 2, Self.sliceMax) }
    }
  }

  /// Runs about `count` tasks, and says whether some are left: a turn in a simulated world.
  func turn(count: Int) -> Bool {
    unsafe state.pointee.counters.turns &+= 1
    guard findWork() else { return false }
    runSlice(count)
    runOldest()
    return findWork()
  }

  /// Runs about `count` tasks of each queue.
  private func runSlice(_ count: Int) {
    let before = unsafe state.pointee.block.pointee.sequence
    if unsafe state.pointee.policy == .fifo {
      runOldestFirst(count)
    } else {
      runNewestFirst(count)
    }
    if unsafe state.pointee.pinned != 0 { runPinned(count) }
    leave(since: before)
    drainInbox()
    if unsafe state.pointee.spilled != nil { publishSpilled() }
    if unsafe state.pointee.idle.pointee.load() != 0 { offerHalf() }
  }

  /// Ends the tasks that ran since an event.
  private func leave(since before: UInt64) {
    if unsafe state.pointee.signalled != 0 { flushSignals() }
    unsafe state.pointee.block.pointee.event = 0  // R2
    unsafe state.pointee.block.pointee.place = 0
    unsafe state.pointee.recordedUntil = 0
    unsafe state.pointee.counters.tasks &+= state.pointee.block.pointee.sequence &- before
  }

  /// Runs one task, as the event of this number.
  @inline(__always)
  private func run(_ task: Aio.Task, _ event: UInt64) {
    let record = unsafe task.record
    let block = unsafe state.pointee.block
    unsafe block.pointee.event = event
    unsafe block.pointee.place = record.pointee.place
    if unsafe block.pointee.flags != 0 { return runRecorded(task) }
    unsafe record.pointee.thunk.unsafelyUnwrapped(
      UnsafeMutableRawPointer(state), UnsafeMutableRawPointer(record))
  }

  /// Runs one task, as the next event.
  private func runNext(_ task: Aio.Task) {
    unsafe state.pointee.block.pointee.sequence &+= 1
    run(task, unsafe state.pointee.block.pointee.sequence)
  }

  /// Runs one task, and writes down when, for how long and on whose behalf.
  ///
  /// A task begins when the one before it has ended: the counter is read once a task, since that is
  /// a third of what a record costs.
  @inline(never)
  private func runRecorded(_ task: Aio.Task) {
    let thunk = unsafe task.record.pointee.thunk.unsafelyUnwrapped
    let recorder = unsafe state.pointee.recorder
    let ended = unsafe state.pointee.recordedUntil
    let begin = ended != 0 ? ended : SystemThread.cycles()
    unsafe recorder.note(
      .task, UInt64(task.record.pointee.link), unsafeBitCast(thunk, to: UInt.self),
      task.record.pointee.argument0, -1, 0, at: begin)
    let event = unsafe state.pointee.block.pointee.event
    unsafe thunk(UnsafeMutableRawPointer(state), UnsafeMutableRawPointer(task.record))
    let end = SystemThread.cycles()
    unsafe state.pointee.recordedUntil = end
    let cycles = end &- begin
    recorder.close(event, cycles: cycles)
    // Two buckets for each power of two.
    unsafe state.pointee.histogram[Histogram.bucket(cycles)] &+= 1
  }

  // Where tasks come from: newest first.

  private func runNewestFirst(_ count: Int) {
    // The number of the event is kept here: a counter in memory would be the slowest part.
    var event = unsafe state.pointee.block.pointee.sequence
    let last = event &+ UInt64(count)
    while event != last {
      let top = unsafe state.pointee.top
      if unsafe top == state.pointee.base {
        guard refill() else { break }
        continue
      }
      unsafe state.pointee.top = top - 1
      event &+= 1
      unsafe run(Aio.Task(bits: (top - 1).pointee), event)
    }
    unsafe state.pointee.block.pointee.sequence = event
  }

  /// Finds tasks for a private chunk that is empty, among what is this worker's own.
  private func refill() -> Bool {
    if let chunk = unsafe state.pointee.deque.take() {
      unsafe exchange(Block(bitPattern: chunk).unsafelyUnwrapped)
      return true
    }
    if let chunk = unsafe takeSpilled() {
      unsafe exchange(chunk)
      return true
    }
    if let chunk = unsafe state.pointee.oldestChunk,
      unsafe state.pointee.oldest != state.pointee.oldestEnd
    {
      let start = unsafe chunk + Chunk.header
      unsafe giveChunk(state.pointee.chunk)
      unsafe adopt(
        chunk, first: state.pointee.oldest - start, end: state.pointee.oldestEnd - start)
      unsafe state.pointee.oldestChunk = nil
      unsafe state.pointee.oldestEnd = unsafe state.pointee.oldest
      return true
    }
    // An empty chunk has room from its start on.
    unsafe adopt(state.pointee.chunk, first: 0, end: 0)
    return false
  }

  /// Makes a chunk with tasks the private one, instead of an empty one.
  private func exchange(_ chunk: Block) {
    unsafe giveChunk(state.pointee.chunk)
    let first = unsafe Int(chunk[2])
    unsafe adopt(chunk, first: first, end: first + Int(chunk[1]))
  }

  private func takeSpilled() -> Block? {
    guard let chunk = unsafe state.pointee.spilled else { return nil }
    unsafe state.pointee.spilled = unsafe Block(bitPattern: chunk[0])
    if unsafe state.pointee.spilled == nil { unsafe state.pointee.spilledLast = nil }
    return unsafe chunk
  }

  /// Runs the oldest task that this worker has (T2): of the oldest chunk, which is then kept for
  /// this, or else of the private one.
  private func runOldest() {
    if unsafe state.pointee.policy == .fifo { return }
    let before = unsafe state.pointee.block.pointee.sequence
    runOldestTask()
    leave(since: before)
  }

  private func runOldestTask() {
    if unsafe state.pointee.oldest == state.pointee.oldestEnd {
      if case .chunk(let bits) = unsafe state.pointee.deque.steal() {
        unsafe beginOldest(Block(bitPattern: bits).unsafelyUnwrapped)
      } else {
        let base = unsafe state.pointee.base
        // One that is alone is the newest too: its turn is next.
        if unsafe state.pointee.top - base < 2 { return }
        unsafe state.pointee.base = base + 1
        unsafe runNext(Aio.Task(bits: base.pointee))
        return
      }
    }
    let task = unsafe Aio.Task(bits: state.pointee.oldest.pointee)
    unsafe state.pointee.oldest += 1
    runNext(task)
  }

  /// Makes a chunk the one whose tasks are run from its beginning.
  private func beginOldest(_ chunk: Block) {
    if let old = unsafe state.pointee.oldestChunk { unsafe giveChunk(old) }
    unsafe state.pointee.oldestChunk = unsafe chunk
    unsafe state.pointee.oldest = chunk + Chunk.header + Int(chunk[2])
    unsafe state.pointee.oldestEnd = state.pointee.oldest + Int(chunk[1])
  }

  // Oldest first.

  private func runOldestFirst(_ count: Int) {
    for _ in 0..<count {
      if unsafe state.pointee.oldest == state.pointee.oldestEnd, !advance() { return }
      let task = unsafe Aio.Task(bits: state.pointee.oldest.pointee)
      unsafe state.pointee.oldest += 1
      runNext(task)
    }
  }

  /// Goes on to the next chunk: of the deque, of those it had no room for, then the private one.
  private func advance() -> Bool {
    while true {
      switch unsafe state.pointee.deque.steal() {
      case .chunk(let bits):
        unsafe beginOldest(Block(bitPattern: bits).unsafelyUnwrapped)
        return true
      case .lost: continue
      case .nothing: break
      }
      break
    }
    if let chunk = unsafe takeSpilled() {
      unsafe beginOldest(chunk)
      return true
    }
    let base = unsafe state.pointee.base, top = unsafe state.pointee.top
    if unsafe base == top { return false }
    let chunk = unsafe state.pointee.chunk
    unsafe chunk[2] = UInt(base - (chunk + Chunk.header))
    unsafe chunk[1] = UInt(top - base)
    unsafe beginOldest(chunk)
    unsafe adopt(takeChunk(), first: 0, end: 0)
    return true
  }

  /// Runs at most `count` of the tasks that are pinned here.
  private func runPinned(_ count: Int) {
    for _ in 0..<count {
      let bits = unsafe state.pointee.pinned
      if bits == 0 { return }
      let task = Aio.Task(bits: bits)
      let next = unsafe task.record.pointee.link
      unsafe state.pointee.pinned = next
      if next == 0 { unsafe state.pointee.pinnedLast = 0 }
      unsafe task.record.pointee.link = 0
      runNext(task)
    }
  }

  /// Takes a task out of the queues, in no order: at the end, when none will run.
  func takeQueued() -> Aio.Task? {
    if unsafe state.pointee.top == state.pointee.base, !refill() {
      guard unsafe state.pointee.policy == .fifo, advance() else { return nil }
    }
    if unsafe state.pointee.top == state.pointee.base {
      let task = unsafe Aio.Task(bits: state.pointee.oldest.pointee)
      unsafe state.pointee.oldest += 1
      return task
    }
    unsafe state.pointee.top -= 1
    return unsafe Aio.Task(bits: state.pointee.top.pointee)
  }

  // Looking for work.

  /// Whether this worker has a task of its own.
  var hasWork: Bool {
    unsafe state.pointee.top != state.pointee.base
      || state.pointee.oldest != state.pointee.oldestEnd || state.pointee.pinned != 0
      || !state.pointee.deque.isEmpty || state.pointee.spilled != nil
      || !state.pointee.inbox.isEmpty
  }

  /// Finds a task, here or with the others; else this worker is spinning, and may park.
  private func findWork() -> Bool {
    drainInbox()
    if hasWork {
      stopSpinning()
      return true
    }
    return unsafe state.pointee.runtime._withUnsafeGuaranteedRef { search($0) }
  }

  private func stopSpinning() {
    if unsafe !state.pointee.isSpinning { return }
    unsafe state.pointee.isSpinning = false
    let isLast = unsafe state.pointee.runtime._withUnsafeGuaranteedRef {
      unsafe $0.sleepers.endSpinning(state.pointee.number)
    }
    if isLast { wakeOne() }
  }

  /// Looks for work with the others, for a bounded time.
  private func search(_ runtime: Aio.Runtime) -> Bool {
    if unsafe !state.pointee.isSpinning {
      unsafe state.pointee.isSpinning = true
      unsafe runtime.sleepers.beginSpinning(state.pointee.number)
    }
    unsafe state.pointee.counters.searches &+= 1
    if runtime.workerCount == 1 { return false }
    // As long as a wake-up would cost us and whoever wakes us: 5 us or so.
    let begin = runtime.isSimulated ? 0 : SystemThread.cycles()
    var round = 0
    while true {
      if let chunk = unsafe steal(runtime) {
        unsafe take(chunk)
        stopSpinning()
        return true
      }
      if unsafe !state.pointee.inbox.isEmpty || loop.mailbox.hasMail { break }
      let limit = unsafe state.pointee.offerCycles
      if runtime.isSimulated || SystemThread.cycles() &- begin > limit { break }
      for _ in 0..<min(round, 8) { SystemThread.spinwait() }
      round += 1
    }
    drainInbox()
    guard hasWork else { return false }
    stopSpinning()
    return true
  }

  /// A chunk of some other worker; nil if there was none to be had.
  private func steal(_ runtime: Aio.Runtime) -> Block? {
    let count = runtime.workerCount
    let first = Int(truncatingIfNeeded: draw() % UInt64(count))
    for step in 0..<count {
      let victim = (first + step) % count
      if unsafe victim == state.pointee.number { continue }
      if case .chunk(let bits) = runtime.deque(victim).steal() {
        return unsafe Block(bitPattern: bits)
      }
    }
    return nil
  }

  /// Makes a stolen chunk this worker's own, and asks for its tasks' memory.
  private func take(_ chunk: Block) {
    unsafe state.pointee.counters.stolen &+= 1
    let count = unsafe Int(chunk[1])
    unsafe SystemThread.prefetch(chunk + Chunk.header + Int(chunk[2]), count: count)
    if unsafe state.pointee.policy == .fifo {
      unsafe beginOldest(chunk)
    } else {
      unsafe exchange(chunk)
    }
  }

  /// The next number of this worker's own sequence: xorshift64 (Marsaglia, 2003).
  func draw() -> UInt64 {
    var word = unsafe state.pointee.random
    word ^= word << 13
    word ^= word >> 7
    word ^= word << 17
    unsafe state.pointee.random = word
    return word
  }

  // Sleeping.

  /// Says that this worker is about to sleep; false if it must not.
  func park(_ runtime: Aio.Runtime) -> Bool {
    if hasWork { return false }
    if unsafe !state.pointee.isSpinning {
      // Something was found and done since the last search: search again before sleeping.
      return false
    }
    unsafe state.pointee.counters.parks &+= 1
    return unsafe runtime.sleepers.park(state.pointee.number) {
      if unsafe !state.pointee.inbox.isEmptySequential { return true }
      for victim in 0..<runtime.workerCount where !runtime.deque(victim).isEmpty { return true }
      return false
    }
  }

  /// Says that this worker is awake.
  func awake(_ runtime: Aio.Runtime) {
    unsafe state.pointee.isSpinning = runtime.sleepers.awake(state.pointee.number)
  }
}
