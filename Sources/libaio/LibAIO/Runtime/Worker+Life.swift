// A worker's beginning and end.

import Sys9

extension Aio.Worker {
  /// A worker with empty queues.
  static func make(
    _ number: Int, of count: Int, _ loop: Aio.Loop, _ sleepers: Sleepers<MachineWord>,
    _ depot: Depot, _ options: Aio.RuntimeOptions, seed: UInt64, offerCycles: UInt64
  ) -> Aio.Worker {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: MemoryLayout<WorkerState>.stride, alignment: 128)
    let state = unsafe memory.bindMemory(to: WorkerState.self, capacity: 1)
    let chunk = unsafe depot.takeChunk()
    let start = unsafe chunk + Chunk.header
    let loaded = unsafe depot.exchange(full: nil), other = unsafe depot.exchange(full: nil)
    let first = unsafe loaded + Magazine.header
    let histogram = UnsafeMutablePointer<UInt64>.allocate(capacity: Histogram.bucketCount)
    unsafe histogram.initialize(repeating: 0, count: Histogram.bucketCount)
    unsafe state.initialize(
      to: WorkerState(
        top: start, base: start, limit: start + Chunk.capacity, freeTop: first, freeBase: first,
        freeLimit: first + Magazine.capacity, block: loop.recorder.block, idle: sleepers.counts,
        siteKeys: SiteTable.shared.keys, chunk: chunk, magazine: other,
        policy: options.scheduler, offerCycles: offerCycles, number: number,
        random: (seed &+ UInt64(number)) &* 0x9E37_79B9_7F4A_7C15 | 1, oldest: start,
        oldestEnd: start, deque: ChunkDeque(capacity: 1024), inbox: Inbox(),
        histogram: histogram, recorder: loop.recorder, loop: Unmanaged.passUnretained(loop),
        owner: nil))
    // An event's number begins with its worker's.
    unsafe loop.recorder.block.pointee.worker = UInt32(number)
    unsafe loop.recorder.block.pointee.sequence = UInt64(number + 1) << 48
    if options.recordsEvents > 0 { loop.recorder.record(last: options.recordsEvents) }
    return unsafe Aio.Worker(state: state)
  }

  /// Makes the worker one of `runtime`.
  func settle(in runtime: Aio.Runtime) {
    unsafe state.pointee.owner = Unmanaged.passUnretained(runtime)
  }

  /// Gives back all tasks that will not run any more, and the references that they hold.
  func abandon() {
    drainInbox()
    while let task = takeAny() {
      task.forgetWork()
      free(task)
    }
  }

  private func takeAny() -> Aio.Task? {
    if unsafe state.pointee.pinned != 0 {
      let task = unsafe Aio.Task(bits: state.pointee.pinned)
      unsafe state.pointee.pinned = task.record.pointee.link
      return task
    }
    return takeQueued()
  }

  /// Gives the worker's memory back.
  func deallocate() {
    unsafe state.pointee.deque.deallocate()
    unsafe state.pointee.inbox.deallocate()
    unsafe state.pointee.histogram.deallocate()
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
  }
}
