// The turn of a loop, and how long it goes on.

import Sys9

extension Aio.Loop {
  /// Completions handed out in a phase before the next phase has its turn: 256 callbacks at the
  /// budgeted 2 us are half a tick of the timers.
  static let completionsPerTurnMax = 256
  /// Looks between two looks at the clock.
  private static let looksPerClock = 32
  /// Timers fired in a turn.
  static let timersPerTurnMax = 256
  /// Handles that get their turn: each is a system call or two.
  private static let handlesPerTurnMax = 128

  /// Runs until `stop` is called.  Corresponds to `amain`.
  public final func run() {
    inWorld {
      begin()
      while !isStopping { turn(waiting: true) }
      isStopping = false
      flush()
    }
  }

  /// Runs until there is nothing to do without waiting, and says whether there was anything.
  ///
  /// For tests and for other loops, which wait for `descriptor` to become readable.  A simulated
  /// loop does not wait: its time goes on, and all loops of its network run, until nothing is under
  /// way but interval timers.
  @discardableResult
  public final func runUntilIdle() -> Bool {
    if let didWork = runWorldUntilIdle() { return didWork }
    begin()
    var didWork = false
    while !isStopping {
      let before = workCount
      turn(waiting: false)
      let isBusy = workCount != before
      if isBusy { didWork = true }
      if !isBusy && !hasImmediateWork { break }
    }
    isStopping = false
    return didWork
  }

  /// Whatever was done so far, as a number.
  private var workCount: UInt64 {
    stats.completions &+ stats.timers &+ stats.messages &+ stats.tasks
  }

  /// Makes `run` return after the current turn.
  public final func stop() { isStopping = true }

  /// Whether nothing is under way but accepts, and every buffer is home: what a server that serves
  /// nobody looks like.
  public final var isAtRest: Bool {
    pool.collect()
    datagramPool?.collect()
    var accepts: UInt32 = 0
    for index in 0..<ops.freshCount where unsafe ops[index].pointee.state.contains(.isLive) {
      if unsafe ops[index].pointee.kind == .accept { accepts += 1 }
    }
    return ops.count == accepts && handles.count == accepts && pool.freeCount == pool.blockCount
      && timers.count == 0 && !hasImmediateWork
      && datagramPool?.freeCount == datagramPool?.blockCount
  }

  final func begin() {
    pool.adopt()
    datagramPool?.adopt()
    executor.adopt()
    now = clock()
  }

  final var hasImmediateWork: Bool {
    !due.isEmpty || !turns.isEmpty || !refused.isEmpty || mailbox.hasMail || executor.hasJobs
      || guest?.hasWork ?? false
  }

  /// One turn.
  final func turn(waiting: Bool) {
    let outer = unsafe recorder.enter()
    recorder.lookForProbes()
    defer { unsafe recorder.leave(outer) }
    guest?.turn(self)
    if mailbox.hasMail { stats.messages &+= mailbox.drain(into: self) }
    if now >= throttledUntil { feedThrottled() }
    if !starved.isEmpty { relieve() }
    if !due.isEmpty || !refused.isEmpty { _ = deliverDue(Self.completionsPerTurnMax) }
    takeTurns()
    fireTimers()
    if executor.hasJobs { runJobs() }
    if isStopping { return }
    if waiting && spinNs > 0 && !hasImmediateWork { spin() }
    if !waiting || hasImmediateWork {
      wait(until: 0)
    } else {
      let deadline = nextDeadline
      // Whoever sends from now on must wake us; whoever sent before is seen here.
      if park() {
        wait(until: deadline)
        unpark()
      } else {
        wait(until: 0)
      }
    }
    stats.waits &+= 1
    now = clock()
  }

  /// Watches for work from other threads, for a bounded time and not beyond the next timer.
  private func spin() {
    let end = min(now &+ spinNs, nextDeadline ?? .max)
    repeat {
      for _ in 0..<Self.looksPerClock {
        if hasImmediateWork { return }
        SystemThread.spinwait()
      }
    } while clock() < end
  }

  private func runJobs() {
    unsafe executor.run(Self.jobsPerTurnMax, collecting: &hot.pointee.collectionsLeft, recorder)
  }

  /// When there is something to do even if nothing happens; nil for never.
  final var nextDeadline: UInt64? {
    var deadline = timers.count == 0 ? nil : timers.nextDeadline()
    if throttledUntil != .max { deadline = min(deadline ?? .max, throttledUntil) }
    // Buffers that are with other threads come home without a word.
    if !starved.isEmpty && foreignBuffersNs != .max {
      deadline = min(deadline ?? .max, now &+ foreignBuffersNs)
    }
    return deadline
  }

  final var hasFreeBlocks: Bool {
    pool.collect()
    datagramPool?.collect()
    return pool.freeCount > 0 && datagramPool?.freeCount != 0
  }

  /// Says that the loop is about to sleep; false if it must not.
  final func park() -> Bool {
    if mailbox.park() {
      guard let guest else { return true }
      if guest.park() {
        isParked = true
        return true
      }
    }
    mailbox.unpark()
    return false
  }

  /// Says that the loop is awake: called as soon as a wait has returned, and again after it.
  @inline(__always)
  final func unpark() {
    recorder.lookForProbes()
    mailbox.unpark()
    if isParked {
      isParked = false
      guest?.awake()
    }
  }

  private func takeTurns() {
    var count = 0
    while count < Self.handlesPerTurnMax, turns.head != .max {
      let index = turns.head
      let record = unsafe handles[index]
      turns.head = unsafe record.pointee.next
      if turns.head == .max { turns.tail = .max }
      unsafe record.pointee.state.remove(.isQueued)
      if unsafe record.pointee.state.contains(.isLive) {
        attempt(index)
      } else {
        handles.give(index)
      }
      count += 1
    }
  }
}
