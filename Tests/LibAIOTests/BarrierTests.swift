import Support
import Synchronization
import Sys9
import Testing

@testable import LibAIO

/// What a barrier's task does in these tests: counts, and ends the runtime at a number.
private let count: Aio.TaskThunk = { worker, task in
  let worker = unsafe Aio.Worker(worker), task = unsafe Aio.Task(task)
  let runs = Tally.of(task[0]).runs.add(1, ordering: .relaxed).newValue
  if runs == Int(task[1]) { worker.runtime.exit() }
  worker.free(task)
}

@Suite("Barriers and locks of tasks") struct BarrierTests {
  /// How often a barrier of threshold and bound runs its task.
  @Test(
    "a bounded barrier fires at its threshold and at its end",
    arguments: [
      (1, 1, 1), (1, 5, 5), (3, 3, 1), (3, 7, 3), (3, 6, 2), (2, 1000, 500), (1000, 1001, 2),
    ], [1, 3])
  func bounded(_ numbers: (threshold: Int, bound: Int, firings: Int), workers: Int) throws {
    for world in TestWorld.allCases {
      let kind = RuntimeKind(world: world, workers: workers, scheduler: .stealing)
      let runtime = try kind.make()
      let tally = Tally()
      let worker = runtime.worker(0)
      let end = worker.allocTask()
      unsafe end.initialize(count, tally.bits, UInt(numbers.firings))
      let barrier = worker.makeBarrier(
        threshold: UInt(numbers.threshold), bound: UInt(numbers.bound), end)
      for number in 0..<numbers.bound {
        runtime.sched(on: number % workers) { $0.admitBounded(barrier) }
      }
      try runtime.run()
      #expect(tally.runs.load(ordering: .relaxed) == numbers.firings)
    }
  }

  @Test("a barrier without an end fires again and again", arguments: [1, 3])
  func unbounded(workers: Int) throws {
    for world in TestWorld.allCases {
      let kind = RuntimeKind(world: world, workers: workers, scheduler: .stealing)
      let runtime = try kind.make()
      let tally = Tally()
      let worker = runtime.worker(0)
      let task = worker.allocTask()
      unsafe task.initialize(count, tally.bits, 100)
      let barrier = worker.makeBarrier(threshold: 10, bound: Aio.TaskBarrier.infinity, task)
      for number in 0..<1005 {
        runtime.sched(on: number % workers) { $0.admit(barrier) }
      }
      try runtime.run()
      runtime.worker(0).free(barrier)
      #expect(tally.runs.load(ordering: .relaxed) == 100)
    }
  }

  @Test("a lock lets in one at a time, in the order of coming", arguments: RuntimeKind.all)
  func lock(kind: RuntimeKind) throws {
    let runtime = try kind.make()
    let tally = Tally()
    let lock = runtime.worker(0).makeLock()
    let total = 500
    // Held across a task boundary: the holder passes the lock's possession to another task.
    let second = { @Sendable (worker: Aio.Worker) in
      if tally.held.add(-1, ordering: .relaxed).newValue != 0 {
        tally.faults.add(1, ordering: .relaxed)
      }
      if tally.runs.add(1, ordering: .relaxed).newValue == total { worker.runtime.exit() }
      worker.unlock(lock)
    }
    let first = { @Sendable (worker: Aio.Worker) in
      if tally.held.add(1, ordering: .relaxed).newValue != 1 {
        tally.faults.add(1, ordering: .relaxed)
      }
      worker.sched(Aio.Work(second))
    }
    for number in 0..<total {
      runtime.sched(on: number % kind.workers) { worker in
        let task = worker.allocTask()
        task.run(Aio.Work(first))
        worker.lock(lock, task)
      }
    }
    try runtime.run()
    #expect(tally.runs.load(ordering: .relaxed) == total)
    #expect(tally.faults.load(ordering: .relaxed) == 0)
  }

  @Test func aLockThatIsHeldIsNotTaken() throws {
    let runtime = try RuntimeKind(world: .simulation, workers: 1, scheduler: .stealing).make()
    let tally = Tally()
    let worker = runtime.worker(0)
    let lock = worker.makeLock()
    #expect(worker.canlock(lock))
    #expect(!worker.canlock(lock))
    for number in 0..<5 {
      let task = worker.allocTask()
      task.run(
        Aio.Work { worker in
          tally.order.withLock { $0.append(number) }
          worker.unlock(lock)
        })
      worker.lock(lock, task)
    }
    let refused = worker.allocTask()
    #expect(!worker.canlock(lock, refused))
    worker.unlock(lock)
    runtime.runUntilIdle()
    #expect(tally.order.withLock { $0 } == [0, 1, 2, 3, 4], "first come, first served")
    let taken = refused
    taken.run(Aio.Work { $0.unlock(lock) })
    #expect(worker.canlock(lock, taken))
    runtime.runUntilIdle()
    worker.free(lock)
  }
}
