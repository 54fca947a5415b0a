// What a worker does once in sixty tasks: exchanging magazines and chunks, and sharing work.

import Sys9

/// The worker of the calling thread.
func currentWorker() -> UnsafeMutableRawPointer? { unsafe SystemThread.worker }

extension Aio.Worker {
  // The cache.

  /// Takes a task when the loaded magazine is empty.
  @usableFromInline @inline(never)
  func allocSlowly() -> Aio.Task {
    let empty = unsafe state.pointee.freeBase - Magazine.header
    if unsafe state.pointee.isMagazineFull {
      unsafe load(state.pointee.magazine, isFull: true)
      unsafe state.pointee.magazine = unsafe empty
      unsafe state.pointee.isMagazineFull = false  // A2
    } else {
      unsafe load(depot.exchange(empty: empty), isFull: true)
    }
    return allocTask()
  }

  /// Gives a task back when the loaded magazine is full.
  @usableFromInline @inline(never)
  func freeSlowly(_ task: Aio.Task) {
    let full = unsafe state.pointee.freeBase - Magazine.header
    if unsafe state.pointee.isMagazineFull {
      unsafe load(depot.exchange(full: full), isFull: false)
    } else {
      unsafe load(state.pointee.magazine, isFull: false)
      unsafe state.pointee.magazine = unsafe full
      unsafe state.pointee.isMagazineFull = true  // A2
    }
    free(task)
  }

  private func load(_ magazine: Block, isFull: Bool) {
    unsafe state.pointee.freeBase = magazine + Magazine.header
    unsafe state.pointee.freeLimit = magazine + Magazine.header + Magazine.capacity
    unsafe state.pointee.freeTop = isFull ? state.pointee.freeLimit : state.pointee.freeBase
  }

  var depot: Depot { unsafe state.pointee.runtime._withUnsafeGuaranteedRef { $0.depot } }

  /// A list of `count` tasks, linked; at most a magazine's worth is worth asking for at once.
  ///
  /// Corresponds to `allocTask(int)`, and may not give fewer.
  /// - Returns: the first and the last task of the list.
  public func allocTasks(_ count: Int) -> (first: Aio.Task, last: Aio.Task) {
    precondition(count > 0, "a list has at least one task")
    let last = allocTask()
    unsafe last.record.pointee.link = 0
    var first = last
    for _ in 1..<count {
      let task = allocTask()
      unsafe task.record.pointee.link = first.bits
      first = task
    }
    return (first, last)
  }

  /// The task after `task` in a list.
  public func next(after task: Aio.Task) -> Aio.Task? {
    let bits = unsafe task.record.pointee.link
    return bits == 0 ? nil : Aio.Task(bits: bits)
  }

  /// Gives back a list, from its first task to its last one.  Corresponds to
  /// `freeTask(Task*, Task*)`.
  public func free(_ first: Aio.Task, through last: Aio.Task) {
    var task = first
    while true {
      let bits = unsafe task.record.pointee.link
      let isLast = task.bits == last.bits
      free(task)
      if isLast { return }
      precondition(bits != 0, "the last task of a list is in it")
      task = Aio.Task(bits: bits)
    }
  }

  // Chunks.

  func takeChunk() -> Block {
    guard let chunk = unsafe state.pointee.spare else { return unsafe depot.takeChunk() }
    unsafe state.pointee.spare = unsafe Block(bitPattern: chunk[0])
    unsafe state.pointee.spareCount -= 1
    return unsafe chunk
  }

  /// Keeps an empty chunk, or gives half of those that there are to the depot.
  func giveChunk(_ chunk: Block) {
    unsafe chunk[0] = UInt(bitPattern: state.pointee.spare)
    unsafe state.pointee.spare = unsafe chunk
    unsafe state.pointee.spareCount += 1
    if unsafe state.pointee.spareCount < 16 { return }
    var last = unsafe chunk
    for _ in 1..<8 { unsafe last = unsafe Block(bitPattern: last[0]).unsafelyUnwrapped }
    unsafe state.pointee.spare = unsafe Block(bitPattern: last[0])
    unsafe state.pointee.spareCount -= 8
    unsafe depot.giveChunks(chunk, last)
  }

  /// Makes `chunk`, which holds tasks from `first` up to `end`, the private one.
  func adopt(_ chunk: Block, first: Int, end: Int) {
    unsafe state.pointee.chunk = unsafe chunk
    unsafe state.pointee.base = chunk + Chunk.header + first
    unsafe state.pointee.top = chunk + Chunk.header + end
    unsafe state.pointee.limit = chunk + Chunk.header + Chunk.capacity
  }

  /// Puts a task on top of a private chunk that has no room above.
  @usableFromInline @inline(never)
  func pushSlowly(_ task: Aio.Task) {
    let start = unsafe state.pointee.chunk + Chunk.header
    let base = unsafe state.pointee.base
    let count = unsafe state.pointee.top - base
    if unsafe base - start >= Chunk.capacity / 2 {
      // More room below than tasks: move them down.
      unsafe start.update(from: base, count: count)
      unsafe state.pointee.base = unsafe start
      unsafe state.pointee.top = start + count
    } else {
      unsafe publish(state.pointee.chunk, first: base - start, count: count)
      unsafe adopt(takeChunk(), first: 0, end: 0)
    }
    push(task)
  }

  /// Lets others steal a chunk, and wakes one of them if all that have nothing to do sleep.
  private func publish(_ chunk: Block, first: Int, count: Int) {
    unsafe chunk[1] = UInt(count)
    unsafe chunk[2] = UInt(first)
    unsafe state.pointee.counters.published &+= 1
    if unsafe state.pointee.spilled != nil || !state.pointee.deque.push(UInt(bitPattern: chunk)) {
      unsafe spill(chunk)
      return
    }
    if unsafe state.pointee.idle.pointee.load() != 0 { wakeOne() }
  }

  /// Keeps a chunk that the deque has no room for, behind those that are kept already.
  private func spill(_ chunk: Block) {
    unsafe chunk[0] = 0
    if let last = unsafe state.pointee.spilledLast {
      unsafe last[0] = UInt(bitPattern: chunk)
    } else {
      unsafe state.pointee.spilled = unsafe chunk
    }
    unsafe state.pointee.spilledLast = unsafe chunk
  }

  /// Moves chunks that are kept to the deque, as far as it has room.
  func publishSpilled() {
    while let chunk = unsafe state.pointee.spilled {
      let next = unsafe Block(bitPattern: chunk[0])
      if unsafe !state.pointee.deque.push(UInt(bitPattern: chunk)) { return }
      unsafe state.pointee.spilled = unsafe next
      if unsafe next == nil { unsafe state.pointee.spilledLast = nil }
    }
  }

  /// Gives the older half of the private chunk to others, if somebody idles and there is nothing
  /// that could be stolen; but not more often than every 5 us, in which a worker with small tasks
  /// fills a chunk and publishes it anyway.
  @usableFromInline @inline(never)
  func offer() {
    // One to give and one to go on with; and the clock is not asked at every push.
    if unsafe (state.pointee.top - state.pointee.base) & 7 == 2 { offerHalf() }
  }

  /// See `offer`; called at the end of a slice too, when nobody knows how long the next task takes.
  func offerHalf() {
    let count = unsafe state.pointee.top - state.pointee.base
    guard count >= 2, unsafe state.pointee.deque.isEmpty else { return }
    let now = SystemThread.cycles()
    if unsafe now &- state.pointee.lastOffer < state.pointee.offerCycles { return }
    unsafe state.pointee.lastOffer = now
    let half = count / 2
    let chunk = unsafe takeChunk()
    unsafe (chunk + Chunk.header).update(from: state.pointee.base, count: half)
    unsafe state.pointee.base += half
    unsafe publish(chunk, first: 0, count: half)
  }

  // Others.

  /// Wakes a worker for work that was published, unless one is looking already.
  func wakeOne() {
    let first = unsafe state.pointee.number + 1
    unsafe state.pointee.runtime._withUnsafeGuaranteedRef { runtime in
      guard let found = runtime.sleepers.wakeOne(first: first) else { return }
      unsafe state.pointee.counters.wakes &+= 1
      runtime.rouse(found)
    }
  }

  /// Schedules a task that has a hint.
  @usableFromInline @inline(never)
  func schedHinted(_ task: Aio.Task) {
    guard unsafe state.pointee.policy == .affine else { return push(task) }
    let runtime = unsafe state.pointee.runtime
    unsafe runtime._withUnsafeGuaranteedRef { runtime in
      let home = Int(unsafe task.record.pointee.hint0) % runtime.workerCount
      if unsafe home == state.pointee.number {
        push(task)
      } else {
        noteSend(task, to: home)
        runtime.send(task, to: home, isPinned: false)
      }
    }
  }

  /// Schedules a task on a worker of the same runtime, and nowhere else (T3).  Any worker may call.
  ///
  /// Corresponds to `sched(Task*)` with a processor; ``Aio/Runtime/sched(_:on:)`` is the same for
  /// other threads.
  public func sched(_ task: Aio.Task, on worker: Aio.Worker) {
    unsafe task.record.pointee.link = UInt(state.pointee.block.pointee.event)
    if unsafe worker.state == state {
      pin(task)
    } else {
      noteSend(task, to: worker.number)
      unsafe state.pointee.runtime._withUnsafeGuaranteedRef {
        $0.send(task, to: worker.number, isPinned: true)
      }
    }
  }

  /// Puts a task behind those that run here alone.
  func pin(_ task: Aio.Task) {
    unsafe task.record.pointee.link = 0
    if unsafe state.pointee.pinnedLast != 0 {
      unsafe Aio.Task(bits: state.pointee.pinnedLast).record.pointee.link = task.bits
    } else {
      unsafe state.pointee.pinned = task.bits
    }
    unsafe state.pointee.pinnedLast = task.bits
  }

  /// Takes what was sent here, oldest first.
  func drainInbox() {
    if unsafe state.pointee.inbox.isEmpty { return }
    var item = unsafe state.pointee.inbox.takeAll()
    var reversed: UInt = 0
    while item != 0 {
      let task = Aio.Task(bits: item & ~1)
      let next = unsafe task.record.pointee.link
      unsafe task.record.pointee.link = reversed
      reversed = item
      item = next
    }
    while reversed != 0 {
      let task = Aio.Task(bits: reversed & ~1)
      let next = unsafe task.record.pointee.link
      unsafe state.pointee.counters.received &+= 1
      if reversed & 1 != 0 {
        pin(task)
      } else {
        unsafe task.record.pointee.link = 0
        push(task)
      }
      reversed = next
    }
  }

  /// Records that a task goes to another worker: its own record there cannot say who sent it.
  private func noteSend(_ task: Aio.Task, to worker: Int) {
    guard unsafe state.pointee.block.pointee.flags & LoopBlock.records != 0 else { return }
    unsafe state.pointee.recorder.noteSend(task.bits, task.record.pointee.place, to: worker)
  }
}
