// Tasks, barriers and locks on several workers, beside an echo.

import LibAIO
import Sys9

final class TaskProgram: EchoProgram {
  private var runtime: Aio.Runtime?
  private var tally = TaskTally()

  required init(
    _ network: Aio.SimNetwork, _ ledger: Ledger, isHarmless: Bool
  ) throws(SystemError) {
    try super.init(network, ledger, isHarmless: isHarmless)
    runtime = try Aio.Runtime(workers: 1 + network.draw(below: 3), world: .simulated(network))
  }

  override func addCrowd() throws(SystemError) {
    try super.addCrowd()
    guard let runtime else { return }
    tally = TaskTally()
    for _ in 0..<1 + draw(4) { addTree(runtime, depth: 1 + draw(6)) }
    addBarrier(runtime, count: 1 + draw(40))
    addLock(runtime, count: 1 + draw(20))
  }

  private func addTree(_ runtime: Aio.Runtime, depth: Int) {
    tally.expected += (1 << (depth + 1)) - 1
    let (tally, network) = (tally, network)
    runtime.sched(on: draw(runtime.workerCount)) { worker in
      tally.grow(depth, worker, runtime, network)
    }
  }

  /// A barrier that so many tasks signal: its task runs once, and after all of them.
  private func addBarrier(_ runtime: Aio.Runtime, count: Int) {
    let (tally, ledger) = (tally, ledger)
    tally.expected += count + 1
    var signals = 0
    let last = Aio.Work { _ in
      tally.ran += 1
      if signals != count { ledger.fault("a barrier opens after \(signals) of \(count) signals") }
    }
    let worker = runtime.worker(0)
    let task = worker.allocTask()
    task.run(last)
    let barrier = worker.makeBarrier(UInt(count), task)
    for number in 0..<count {
      let work = Aio.Work { worker in
        tally.ran += 1
        signals += 1
        worker.signal(barrier)
      }
      let task = runtime.allocTask()
      task.run(work)
      runtime.sched(task, on: number % runtime.workerCount)
    }
  }

  /// A lock that so many tasks want: one at a time has it, in the order of coming.
  private func addLock(_ runtime: Aio.Runtime, count: Int) {
    let (tally, ledger) = (tally, ledger)
    tally.expected += count
    let worker = runtime.worker(0)
    let lock = worker.makeLock()
    var held = 0, next = 0
    for number in 0..<count {
      let task = worker.allocTask()
      task.run(
        Aio.Work { worker in
          tally.ran += 1
          held += 1
          if held != 1 { ledger.fault("K1: a lock is held twice") }
          if next != number { ledger.fault("a lock is handed to \(number), not to \(next)") }
          next += 1
          held -= 1
          worker.unlock(lock)
          if next == count { worker.free(lock) }
        })
      worker.lock(lock, task)
    }
  }

  override func check() -> [String] {
    let isRight = tally.ran == tally.expected
    return super.check() + (isRight ? [] : ["\(tally.ran) of \(tally.expected) tasks ran"])
  }

  /// Tasks that have not run by then keep what they hold: they are run to the end.
  override var mayBeDropped: Bool { false }

  override func end() {
    super.end()
    runtime = nil
  }
}

/// What tasks count; all of them run in the network's thread.
private final class TaskTally: @unchecked Sendable {
  var expected = 0
  var ran = 0

  func grow(_ depth: Int, _ worker: Aio.Worker, _ runtime: Aio.Runtime, _ network: Aio.SimNetwork) {
    ran += 1
    if depth == 0 { return }
    for _ in 0..<2 {
      if network.draw(below: 3) == 0 {
        runtime.sched(on: network.draw(below: runtime.workerCount)) { [self] worker in
          grow(depth - 1, worker, runtime, network)
        }
      } else {
        worker.sched { [self] worker in grow(depth - 1, worker, runtime, network) }
      }
    }
  }
}
