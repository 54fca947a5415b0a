import CAllocations
import Testing

@testable import LibAIO

/// A promise of the manual: in the steady state a task allocates nothing.
@Suite("Allocations of tasks", .enabled(if: callocations_are_counted() != 0))
struct TaskAllocationTests {
  private static let leaf: Aio.TaskThunk = { worker, task in
    let worker = unsafe Aio.Worker(worker), task = unsafe Aio.Task(task)
    worker.signal(Aio.TaskBarrier(bits: task[0]))
    worker.free(task)
  }

  private static let nothing: Aio.TaskThunk = { worker, task in
    unsafe Aio.Worker(worker).free(Aio.Task(task))
  }

  private func round(_ runtime: Aio.Runtime, _ work: Aio.Work) {
    let worker = runtime.worker(0)
    let end = worker.allocTask()
    unsafe end.initialize(Self.nothing)
    let barrier = worker.makeBarrier(5000, end)
    for number in 0..<5000 {
      unsafe worker.sched(Self.leaf, barrier.bits)
      if number % 5 == 0 { worker.sched(work) }
    }
    let lock = worker.makeLock()
    for _ in 0..<10 {
      let task = worker.allocTask()
      unsafe task.initialize(
        { worker, task in
          let worker = unsafe Aio.Worker(worker), task = unsafe Aio.Task(task)
          worker.unlock(Aio.TaskLock(bits: task[0]))
          worker.free(task)
        }, lock.bits)
      worker.lock(lock, task)
    }
    runtime.runUntilIdle()
    worker.free(lock)
  }

  @Test(
    "a task in the steady state allocates nothing", arguments: TestWorld.real,
    Aio.Scheduler.allCases)
  func steadyState(world: TestWorld, scheduler: Aio.Scheduler) throws {
    let kind = RuntimeKind(world: world, workers: 1, scheduler: scheduler)
    let runtime = try kind.make { $0.recordsEvents = 256 }
    final class Count { var runs = 0 }
    let count = Count()
    let work = Aio.Work { _ in count.runs += 1 }
    for _ in 0..<3 { round(runtime, work) }
    let memory = runtime.stats().taskMemory
    // What running costs when there is nothing to run is not a task's: one allocation at most.
    let idle = callocations_count()
    runtime.runUntilIdle()
    let before = callocations_count()
    round(runtime, work)
    let after = callocations_count()
    #expect(before - idle <= 1)
    #expect(after - before == before - idle)
    #expect(runtime.stats().taskMemory == memory, "A3")
    #expect(count.runs == 4000)
    // The count counts: a closure is an allocation or two.
    let first = callocations_count()
    runtime.worker(0).sched { _ in count.runs += 1 }
    #expect((1...3).contains(callocations_count() - first))
    runtime.runUntilIdle()
  }
}
