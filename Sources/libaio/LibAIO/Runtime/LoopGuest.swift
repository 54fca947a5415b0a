// What else runs on a loop's thread.

import Sys9

/// Somebody who has a share of each turn of a loop: the worker of a runtime.
class LoopGuest {
  /// The worker, for callbacks that schedule tasks.
  final let worker: Aio.Worker

  init(worker: Aio.Worker) { self.worker = worker }

  /// Does a part of what there is to do, at the beginning of a turn.
  func turn(_ loop: Aio.Loop) {}
  /// Whether there is something to do now.
  var hasWork: Bool { false }
  /// Whether the loop may sleep: from now on whoever has something for us wakes it.
  func park() -> Bool { true }
  /// The loop is awake; follows every `park` that was granted.
  func awake() {}
}

extension Aio.Loop {
  /// The worker whose loop this is; nil for a loop that was made without a runtime.
  public final var worker: Aio.Worker? { guest?.worker }
}

/// A worker as the guest of its loop.
final class WorkerGuest: LoopGuest {
  private unowned(unsafe) let runtime: Aio.Runtime

  init(worker: Aio.Worker, runtime: Aio.Runtime) {
    unsafe self.runtime = runtime
    super.init(worker: worker)
  }

  override func turn(_ loop: Aio.Loop) {
    let runtime = unsafe runtime
    // Loops of one simulated network, and those of `runUntilIdle`, share a thread.
    unsafe SystemThread.worker = UnsafeMutableRawPointer(worker.state)
    let before = unsafe worker.state.pointee.counters.tasks
    if let count = runtime.sliceCount() {
      _ = worker.turn(count: count)
    } else {
      _ = worker.turn(quota: runtime.quotaCycles)
    }
    loop.stats.tasks &+= unsafe worker.state.pointee.counters.tasks &- before
  }

  override var hasWork: Bool { worker.hasWork }

  override func park() -> Bool { worker.park(unsafe runtime) }

  override func awake() { worker.awake(unsafe runtime) }
}
