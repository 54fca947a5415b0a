import Support
import Synchronization
import Sys9
import Testing

@testable import LibAIO

/// Runtimes of every kind: each test of tasks runs on all of them.
struct RuntimeKind: CustomTestStringConvertible, Sendable {
  let world: TestWorld
  let workers: Int
  let scheduler: Aio.Scheduler

  var testDescription: String { "\(workers) on \(world.rawValue), \(scheduler)" }

  static let all: [RuntimeKind] = TestWorld.allCases.flatMap { world in
    [1, 3].flatMap { workers in
      Aio.Scheduler.allCases.map {
        RuntimeKind(world: world, workers: workers, scheduler: $0)
      }
    }
  }

  func make(_ change: (inout Aio.RuntimeOptions) -> Void = { _ in }) throws -> Aio.Runtime {
    var options = Aio.RuntimeOptions()
    options.scheduler = scheduler
    options.loop.bufferCount = 16
    change(&options)
    return try Aio.Runtime(workers: workers, world: world.world(seed: 7), options: options)
  }
}

/// What a task's first word points to, in tests: counters that outlive the runtime.
final class Tally: Sendable {
  let runs = Atomic<Int>(0)
  let sum = Atomic<Int>(0)
  let held = Atomic<Int>(0)
  let faults = Atomic<Int>(0)
  let order = Guarded<[Int]>([])

  var bits: UInt { UInt(bitPattern: unsafe Unmanaged.passUnretained(self).toOpaque()) }

  @safe static func of(_ bits: UInt) -> Tally {
    // The tests keep their tallies until the runtime has ended.
    unsafe Unmanaged<Tally>.fromOpaque(UnsafeRawPointer(bitPattern: bits).unsafelyUnwrapped)
      .takeUnretainedValue()
  }
}

/// Ends the runtime.
private let finish: Aio.TaskThunk = { worker, task in
  let worker = unsafe Aio.Worker(worker)
  worker.free(unsafe Aio.Task(task))
  worker.runtime.exit("done")
}

@Suite("Tasks") struct TaskTests {
  @Test("a tree of tasks is run, each once", arguments: RuntimeKind.all)
  func tree(kind: RuntimeKind) throws {
    let fork: Aio.TaskThunk = { worker, task in
      let worker = unsafe Aio.Worker(worker), task = unsafe Aio.Task(task)
      let depth = task[2]
      if depth == 0 {
        Tally.of(task[0]).runs.add(1, ordering: .relaxed)
        worker.signal(Aio.TaskBarrier(bits: task[1]))
      } else {
        for _ in 0..<2 {
          let child = worker.allocTask()
          unsafe child.initialize(task.thunk.unsafelyUnwrapped, task[0], task[1], depth - 1)
          child.setHint(0, UInt32(depth))
          worker.sched(child)
        }
      }
      worker.free(task)
    }
    let tally = Tally()
    let runtime = try kind.make()
    let worker = runtime.worker(0)
    let end = worker.allocTask()
    unsafe end.initialize(finish)
    let barrier = worker.makeBarrier(1 << 12, end)
    unsafe worker.sched(fork, tally.bits, barrier.bits, 12)
    #expect(try runtime.run() == "done")
    #expect(tally.runs.load(ordering: .relaxed) == 1 << 12)
    #expect(runtime.stats().tasks == (1 << 13))
  }

  @Test("a hundred thousand tasks of one worker are run, each once", arguments: RuntimeKind.all)
  func flat(kind: RuntimeKind) throws {
    let leaf: Aio.TaskThunk = { worker, task in
      let worker = unsafe Aio.Worker(worker), task = unsafe Aio.Task(task)
      Tally.of(task[0]).sum.add(Int(task[1]), ordering: .relaxed)
      worker.signal(Aio.TaskBarrier(bits: task[2]))
      worker.free(task)
    }
    let count = 100_000
    let tally = Tally()
    let runtime = try kind.make()
    let worker = runtime.worker(0)
    let end = worker.allocTask()
    unsafe end.initialize(finish)
    let barrier = worker.makeBarrier(UInt(count), end)
    for number in 0..<count { unsafe worker.sched(leaf, tally.bits, UInt(number), barrier.bits) }
    try runtime.run()
    #expect(tally.sum.load(ordering: .relaxed) == count * (count - 1) / 2)
  }

  @Test("FIFO runs one worker's tasks in their order", arguments: TestWorld.allCases)
  func fifo(world: TestWorld) throws {
    let runtime = try RuntimeKind(world: world, workers: 1, scheduler: .fifo).make()
    let tally = Tally()
    for number in 0..<1000 {
      runtime.worker(0).sched { worker in
        tally.order.withLock { $0.append(number) }
        if number % 10 == 0 {
          worker.sched { _ in tally.order.withLock { $0.append(1000 + number / 10) } }
        }
      }
    }
    runtime.runUntilIdle()
    #expect(tally.order.withLock { $0 } == Array(0..<1100))
  }

  @Test("a task pinned to a worker runs there", arguments: RuntimeKind.all)
  func pinned(kind: RuntimeKind) throws {
    let tally = Tally()
    let runtime = try kind.make()
    let workers = kind.workers
    let count = 300
    for number in 0..<count {
      runtime.sched(on: number % workers) { worker in
        if worker.number != number % workers { tally.faults.add(1, ordering: .relaxed) }
        let task = worker.allocTask()
        task.run(
          Aio.Work { worker in
            if worker.number != (number + 1) % workers { tally.faults.add(1, ordering: .relaxed) }
            if tally.runs.add(1, ordering: .relaxed).newValue == count { worker.runtime.exit() }
          })
        worker.sched(task, on: worker.runtime.worker((number + 1) % workers))
      }
    }
    try runtime.run()
    #expect(tally.runs.load(ordering: .relaxed) == count)
    #expect(tally.faults.load(ordering: .relaxed) == 0)
  }

  @Test("newest first starves no old task", arguments: TestWorld.allCases)
  func starvation(world: TestWorld) throws {
    let runtime = try RuntimeKind(world: world, workers: 1, scheduler: .stealing).make {
      $0.quotaNs = 1000
    }
    let tally = Tally()
    for _ in 0..<200 {
      runtime.worker(0).sched { worker in
        if tally.runs.add(1, ordering: .relaxed).newValue == 200 { worker.runtime.exit() }
      }
    }
    // One that comes again and again, each time as the newest.
    let again: Aio.TaskThunk = { worker, task in
      let worker = unsafe Aio.Worker(worker)
      if worker.runtime.isExiting { return worker.free(unsafe Aio.Task(task)) }
      worker.sched(unsafe Aio.Task(task))
    }
    unsafe runtime.worker(0).sched(again)
    try runtime.run()
    #expect(tally.runs.load(ordering: .relaxed) == 200)
  }

  @Test("threads that are no workers' schedule too", arguments: RuntimeKind.all)
  func foreign(kind: RuntimeKind) throws {
    let tally = Tally()
    let runtime = try kind.make()
    Threads.run(3) { number in
      for _ in 0..<200 {
        runtime.sched { worker in
          if tally.runs.add(1, ordering: .relaxed).newValue == 600 { worker.runtime.exit() }
        }
      }
    }
    try runtime.run()
    #expect(tally.runs.load(ordering: .relaxed) == 600)
    #expect(runtime.stats().received == 600)
  }

  @Test("what has not run by the end is given back", arguments: RuntimeKind.all)
  func abandoned(kind: RuntimeKind) throws {
    final class Guard: Sendable {
      let tally: Tally
      init(_ tally: Tally) { self.tally = tally }
      deinit { tally.runs.add(1, ordering: .relaxed) }
    }
    let tally = Tally()
    do {
      let runtime = try kind.make()
      for number in 0..<200 {
        let held = Guard(tally)
        if number % 2 == 0 {
          runtime.worker(0).sched { _ in withExtendedLifetime(held) {} }
        } else {
          runtime.sched(on: number % kind.workers) { _ in withExtendedLifetime(held) {} }
        }
      }
    }
    #expect(tally.runs.load(ordering: .relaxed) == 200)
  }

  @Test func listsOfTasksAreTakenAndGivenBack() throws {
    let runtime = try RuntimeKind(world: .simulation, workers: 1, scheduler: .stealing).make()
    let worker = runtime.worker(0)
    let (first, last) = worker.allocTasks(200)
    var count = 1
    var task = first
    var seen: Set<UInt> = [task.bits]
    while let next = worker.next(after: task) {
      task = next
      seen.insert(task.bits)
      count += 1
    }
    #expect(count == 200 && seen.count == 200)
    #expect(task.bits == last.bits)
    worker.free(first, through: last)
    let size = runtime.stats().taskMemory
    let again = worker.allocTasks(200)
    #expect(runtime.stats().taskMemory == size, "the cache has them")
    worker.free(again.first, through: again.last)
  }

  @Test func tasksHaveGroupsAndPlaces() throws {
    let runtime = try RuntimeKind(world: .epoll, workers: 1, scheduler: .stealing).make()
    let group = Aio.EventGroup("request 7")
    let tally = Tally()
    let line = #line + 1
    runtime.worker(0).sched(group: group) { worker in
      #expect(worker.group == group)
      worker.sched { worker in
        #expect(worker.group == group, "inherited")
        tally.runs.add(1, ordering: .relaxed)
      }
      worker.group = .none
      worker.sched { worker in #expect(worker.group == .none) }
    }
    runtime.runUntilIdle()
    #expect(tally.runs.load(ordering: .relaxed) == 1)
    let site = Aio.Site(line: UInt32(line))
    #expect(site.file == "LibAIOTests/TaskTests.swift" && site.line == line)
    #expect(site.description == "LibAIOTests/TaskTests.swift:\(line) in tasksHaveGroupsAndPlaces()")
    #expect(Aio.Site(id: site.id) == site)
    #expect(group.description == "request 7")
  }

  @Test("exit ends all workers, whoever calls it", arguments: RuntimeKind.all)
  func exit(kind: RuntimeKind) throws {
    let runtime = try kind.make()
    runtime.exit("enough")
    #expect(try runtime.run() == "enough")
  }

  @Test("tells who asks for its descriptor late what has come", arguments: TestWorld.embeddable)
  func embeddedLate(world: TestWorld) throws {
    let runtime = try RuntimeKind(world: world, workers: 1, scheduler: .stealing).make()
    let tally = Tally()
    try runtime.start()
    while runtime.runOnce() == 0 {}
    runtime.sched(on: 0) { _ in tally.runs.add(1, ordering: .relaxed) }
    #expect(Kernel.isReady(runtime.descriptor, .canRead))
    while tally.runs.load(ordering: .relaxed) == 0 { _ = runtime.runOnce() }
    runtime.exit()
    runtime.join()
  }

  @Test("can be embedded in a loop that waits for a descriptor", arguments: TestWorld.embeddable)
  func embedded(world: TestWorld) throws {
    let runtime = try RuntimeKind(world: world, workers: 2, scheduler: .stealing).make()
    let tally = Tally()
    try runtime.start()
    runtime.sched(on: 1) { worker in
      worker.runtime.sched(on: 0) { _ in tally.runs.add(1, ordering: .relaxed) }
    }
    while tally.runs.load(ordering: .relaxed) == 0 {
      let rest = runtime.runOnce()
      if rest == 0 || tally.runs.load(ordering: .relaxed) > 0 { continue }
      Descriptors.waitReadable(runtime.descriptor)
    }
    runtime.exit()
    runtime.join()
    #expect(tally.runs.load(ordering: .relaxed) == 1)
  }
}
