// The tasks of the benchmark.  A round is a task that makes others, and a barrier that waits for
// them and runs the next round.

import LibAIO
import Sys9

/// Rounds of one kind of work, and the fastest of them.  Its tasks hold it without a reference:
/// whoever makes it keeps it until the runtime has ended.
final class PoolBench {
  private var best = PoolFigures()
  private let work: PoolOptions.Work
  private let count: Int
  private var roundsLeft: Int
  private var cpuStart: UInt64 = 0
  private var wallStart: UInt64 = 0

  private init(work: PoolOptions.Work, count: Int, rounds: Int) {
    self.work = work
    self.count = count
    roundsLeft = rounds
  }

  /// Runs all rounds of `work` on a runtime of its own.
  static func run(
    _ work: PoolOptions.Work, _ options: PoolOptions
  ) throws(SystemError) -> PoolFigures {
    var runtimeOptions = Aio.RuntimeOptions()
    runtimeOptions.scheduler = options.scheduler ?? .configured
    runtimeOptions.recordsEvents = options.records
    let runtime = try Aio.Runtime(
      workers: options.workers, world: options.world, options: runtimeOptions)
    let bench = PoolBench(work: work, count: options.count(work), rounds: options.rounds)
    bench.begin(on: runtime.worker(0))
    try runtime.run()
    if options.isVerbose { StandardOutput.complain("\(runtime.stats())\n") }
    return bench.best
  }

  /// Schedules the first round.
  private func begin(on worker: Aio.Worker) {
    unsafe worker.sched(
      nextRound, UInt(bitPattern: unsafe Unmanaged.passUnretained(self).toOpaque()))
  }

  /// Begins a round, after the end of the one before.
  fileprivate func round(on worker: Aio.Worker, _ task: Aio.Task) {
    let wall = Kernel.monotonicNs(), cpu = Kernel.processCpuNs()
    if wallStart != 0 { best.note(cpuNs: cpu - cpuStart, wallNs: wall - wallStart) }
    if roundsLeft == 0 {
      worker.free(task)
      return worker.runtime.exit()
    }
    roundsLeft -= 1
    wallStart = Kernel.monotonicNs()
    cpuStart = Kernel.processCpuNs()
    switch work {
    case .flat:
      // The task that runs is the next round's: it goes to the barrier.
      let barrier = worker.makeBarrier(UInt(count), task)
      for _ in 0..<count { unsafe worker.sched(leaf, barrier.bits) }
    case .tree:
      // 2^(depth + 1) - 1 tasks in all.
      let depth = UInt(max(Int.bitWidth - (count - 1).leadingZeroBitCount, 1) - 1)
      let barrier = worker.makeBarrier(1 << depth, task)
      unsafe worker.sched(fork, barrier.bits, depth)
    }
  }
}

/// Ends a round and begins the next one.
private let nextRound: Aio.TaskThunk = { worker, task in
  let task = unsafe Aio.Task(task)
  guard let bench = unsafe UnsafeRawPointer(bitPattern: task[0]) else { return }
  unsafe Unmanaged<PoolBench>.fromOpaque(bench).takeUnretainedValue()
    .round(on: Aio.Worker(worker), task)
}

/// A task that does nothing but say that it is done.
private let leaf: Aio.TaskThunk = { worker, task in
  let worker = unsafe Aio.Worker(worker), task = unsafe Aio.Task(task)
  worker.signal(Aio.TaskBarrier(bits: task[0]))
  worker.free(task)
}

/// A task that makes two of half its size: another one, and itself once more.
private let fork: Aio.TaskThunk = { worker, task in
  let worker = unsafe Aio.Worker(worker), task = unsafe Aio.Task(task)
  let depth = task[1]
  if depth == 0 {
    worker.signal(Aio.TaskBarrier(bits: task[0]))
    return worker.free(task)
  }
  unsafe worker.sched(fork, task[0], depth - 1)
  task[1] = depth - 1
  worker.sched(task)
}
