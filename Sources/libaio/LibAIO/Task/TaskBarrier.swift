// Barriers and locks for tasks, as programs see them: theory in BarrierCore.swift and
// LockCore.swift.
//
// Both live in blocks of 64 bytes of the task cache, so that making one costs what making a task
// costs.
//
// Signals of an ordinary barrier are collected on their worker: a counter that two workers take
// from each other at every signal costs 20 to 60 ns a time, and tasks that end one after the other
// nearly always signal the same barrier.  They are handed on when another barrier is signalled and
// at the end of a slice: after 61 tasks at most, and after one where tasks take long.

extension Aio {
  /// Schedules a task when it has been signalled often enough.  Corresponds to `TaskBarrier`.
  ///
  /// Its mode is fixed when it is made: ordinary (`signal`), with a threshold and without an end
  /// (`admit`), or with both (`admitBounded`).  A barrier that ends destroys itself.  A name, free
  /// to copy; may be signalled by any worker of its runtime.
  @safe public struct TaskBarrier: @unchecked Sendable {
    /// As a bound: the barrier has no end.  Corresponds to `TaskBarrier::Infty`.
    public static var infinity: UInt { UInt.max }

    @usableFromInline let block: UnsafeMutablePointer<BarrierBlock>

    /// The barrier as a word, for a task's arguments.
    @inlinable
    public var bits: UInt { unsafe UInt(bitPattern: block) }

    /// The barrier of a word that ``bits`` gave.
    @inlinable
    public init(bits: UInt) {
      // Barriers alone have bits, and none is at 0.
      unsafe block = UnsafeMutablePointer(bitPattern: bits).unsafelyUnwrapped
    }

    init(block: UnsafeMutablePointer<BarrierBlock>) { unsafe self.block = unsafe block }
  }

  /// Lets one task at a time go on.  Corresponds to `TaskLock`.
  ///
  /// Nobody blocks: a task that finds the lock held is scheduled when it has been handed on, in the
  /// order of coming.  A name, free to copy; for all workers of its runtime.
  @safe public struct TaskLock: @unchecked Sendable {
    @usableFromInline let block: UnsafeMutablePointer<LockBlock>

    /// The lock as a word, for a task's arguments.
    @inlinable
    public var bits: UInt { unsafe UInt(bitPattern: block) }

    /// The lock of a word that ``bits`` gave.
    @inlinable
    public init(bits: UInt) {
      // Locks alone have bits, and none is at 0.
      unsafe block = UnsafeMutablePointer(bitPattern: bits).unsafelyUnwrapped
    }

    init(block: UnsafeMutablePointer<LockBlock>) { unsafe self.block = unsafe block }
  }
}

/// A barrier: 64 bytes.
@safe
@usableFromInline struct BarrierBlock: ~Copyable {
  let arrived: MachineWord
  let pending: MachineWord
  let threshold: UInt
  let bound: UInt
  let task: UInt
}

/// A lock: 64 bytes.
@safe
@usableFromInline struct LockBlock: ~Copyable {
  let word: MachineWord
  var line: UInt
}

extension Aio.Worker {
  // Barriers.

  /// A barrier that schedules `task` after `count` signals and then is no more.
  ///
  /// Corresponds to `TaskBarrier(n, t)`.
  public func makeBarrier(_ count: UInt, _ task: Aio.Task) -> Aio.TaskBarrier {
    precondition(count > 0, "a barrier waits for at least one signal")
    return makeBarrier(arrived: count, pending: 1, threshold: count, bound: count, task)
  }

  /// A barrier that schedules a copy of `task` after every `threshold` signals, and `task` itself
  /// after the one that makes them `bound`; then it is no more.
  ///
  /// Corresponds to `TaskBarrier(n, tot, t)`; with a bound of `infinity` it has no end, schedules
  /// copies alone, and is to be freed by the program, its task with it.
  public func makeBarrier(
    threshold: UInt, bound: UInt, _ task: Aio.Task
  ) -> Aio.TaskBarrier {
    precondition(threshold > 0 && threshold <= bound, "a threshold is at most the bound")
    let pending = BarrierCore<MachineWord>.firings(threshold: threshold, bound: bound)
    return makeBarrier(arrived: 0, pending: pending, threshold: threshold, bound: bound, task)
  }

  private func makeBarrier(
    arrived: UInt, pending: UInt, threshold: UInt, bound: UInt, _ task: Aio.Task
  ) -> Aio.TaskBarrier {
    assert(MemoryLayout<BarrierBlock>.size <= MemoryLayout<Aio.TaskRecord>.size)
    let raw = unsafe UnsafeMutableRawPointer(allocTask().record)
    let block = unsafe raw.bindMemory(to: BarrierBlock.self, capacity: 1)
    unsafe block.initialize(
      to: BarrierBlock(
        arrived: MachineWord(arrived), pending: MachineWord(pending), threshold: threshold,
        bound: bound, task: task.bits))
    return unsafe Aio.TaskBarrier(block: block)
  }

  /// Gives back a barrier without an end, and its task.  Nobody signals it any more.
  public func free(_ barrier: Aio.TaskBarrier) {
    free(Aio.Task(bits: unsafe barrier.block.pointee.task))
    unsafe end(barrier.block)
  }

  private func end(_ block: UnsafeMutablePointer<BarrierBlock>) {
    unsafe block.deinitialize(count: 1)
    unsafe free(Aio.Task(UnsafeMutableRawPointer(block)))
  }

  /// Signals an ordinary barrier once; the last signal schedules its task.  1 ns.
  ///
  /// Corresponds to `TaskBarrier::signal`.
  @inlinable @inline(__always)
  public func signal(_ barrier: Aio.TaskBarrier) {
    if unsafe state.pointee.signalled == barrier.bits {
      unsafe state.pointee.signals &+= 1
    } else {
      signalSlowly(barrier)
    }
  }

  @usableFromInline @inline(never)
  func signalSlowly(_ barrier: Aio.TaskBarrier) {
    flushSignals()
    unsafe state.pointee.signalled = barrier.bits
    unsafe state.pointee.signals = 1
  }

  /// Hands on the signals that were collected.
  func flushSignals() {
    let bits = unsafe state.pointee.signalled
    if bits == 0 { return }
    unsafe state.pointee.signalled = 0
    let barrier = Aio.TaskBarrier(bits: bits)
    guard unsafe core(barrier).signal(state.pointee.signals) else { return }
    let task = Aio.Task(bits: unsafe barrier.block.pointee.task)
    unsafe end(barrier.block)
    sched(task)
  }

  /// Signals a barrier that has a threshold and no end.  Corresponds to `TaskBarrier::admit`.
  public func admit(_ barrier: Aio.TaskBarrier) {
    if core(barrier).admit() { schedCopy(of: barrier) }
  }

  /// Signals a barrier that has a threshold and a bound.
  ///
  /// Corresponds to `TaskBarrier::admit_bounded`.
  public func admitBounded(_ barrier: Aio.TaskBarrier) {
    let core = core(barrier)
    switch core.admitBounded() {
    case .none: return
    case .copy: schedCopy(of: barrier)
    case .last: break
    }
    guard core.fired() else { return }
    let task = Aio.Task(bits: unsafe barrier.block.pointee.task)
    unsafe end(barrier.block)
    sched(task)
  }

  private func core(_ barrier: Aio.TaskBarrier) -> BarrierCore<MachineWord> {
    let words = unsafe UnsafeMutableRawPointer(barrier.block).assumingMemoryBound(
      to: MachineWord.self)
    return unsafe BarrierCore(
      arrived: words, pending: words + 1, threshold: barrier.block.pointee.threshold,
      bound: barrier.block.pointee.bound)
  }

  private func schedCopy(of barrier: Aio.TaskBarrier) {
    let copy = allocTask()
    let task = Aio.Task(bits: unsafe barrier.block.pointee.task)
    unsafe copy.record.pointee = unsafe task.record.pointee
    sched(copy)
  }

  // Locks.

  /// A lock that nobody holds.
  public func makeLock() -> Aio.TaskLock {
    let raw = unsafe UnsafeMutableRawPointer(allocTask().record)
    let block = unsafe raw.bindMemory(to: LockBlock.self, capacity: 1)
    unsafe block.initialize(to: LockBlock(word: MachineWord(0), line: 0))
    return unsafe Aio.TaskLock(block: block)
  }

  /// Gives back a lock that nobody holds or waits for.
  public func free(_ lock: Aio.TaskLock) {
    precondition(unsafe lock.block.pointee.word.load() == 0, "K1: a lock in use is not freed")
    unsafe lock.block.deinitialize(count: 1)
    unsafe free(Aio.Task(UnsafeMutableRawPointer(lock.block)))
  }

  /// Schedules `task` as soon as it holds `lock`; returns at once.  Corresponds to
  /// `TaskLock::lock(Task*)`.
  public func lock(_ lock: Aio.TaskLock, _ task: Aio.Task) {
    // The event that waits is the parent, unless the link is needed to stand in line.
    let isHeld = core(lock).lock(task.bits) { next in
      unsafe task.record.pointee.link = next
    }
    if isHeld { sched(task) }
  }

  /// Takes `lock` for the task that runs, if it is free.  Corresponds to `TaskLock::canlock()`.
  public func canlock(_ lock: Aio.TaskLock) -> Bool { core(lock).tryLock() }

  /// Schedules `task` holding `lock`, if that is free; says whether it was.
  ///
  /// Corresponds to `TaskLock::canlock(Task*)`.
  public func canlock(_ lock: Aio.TaskLock, _ task: Aio.Task) -> Bool {
    guard core(lock).tryLock() else { return false }
    sched(task)
    return true
  }

  /// Gives `lock` up; the task that has waited longest holds it and is scheduled here, where the
  /// data that the lock guards is in the cache.  Corresponds to `TaskLock::unlock()`.
  public func unlock(_ lock: Aio.TaskLock) {
    let next = core(lock).unlock { item in
      unsafe Aio.Task(bits: item).record.pointee.link
    } link: { item, next in
      unsafe Aio.Task(bits: item).record.pointee.link = next
    }
    if next != 0 { sched(Aio.Task(bits: next)) }
  }

  private func core(_ lock: Aio.TaskLock) -> LockCore<MachineWord> {
    let raw = unsafe UnsafeMutableRawPointer(lock.block)
    let line = unsafe (raw + MemoryLayout<UInt>.size).assumingMemoryBound(to: UInt.self)
    return unsafe LockCore(word: raw.assumingMemoryBound(to: MachineWord.self), line: line)
  }
}
