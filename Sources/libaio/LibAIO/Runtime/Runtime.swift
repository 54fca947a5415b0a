// The life of a runtime: theory of operation.
//
// Shape.  A runtime is made with a number of workers, one for each processor that the process may
// use: `ainit`.  A worker is a loop (its world's: epoll, io_uring or simulated) and a queue of
// tasks; each turn of the loop begins with tasks, for half a millisecond at most, then messages,
// completions, timers, and the kernel.  `run` gives each worker a thread, its own to the first:
// `amain`.  `exit` ends them: `aexit`.
//
// Two other ways to run it serve tests and programs that have a loop already.  `runUntilIdle` runs
// all workers in turn on the calling thread until there is nothing to do.  `runOnce` runs a turn of
// the first worker and says how long its thread may sleep, on `descriptor` or in a loop of its own.
//
// In a simulated world there are no threads: the network runs all loops in turn, and how many tasks
// a turn runs, whom a worker steals from and which worker has the first turn are drawn from the
// seed.
//
// Invariants.
//   X1  A worker's turn runs on one thread at a time.
//   X2  `run` returns when all workers have stopped, and not before.
//   X3  What was scheduled and did not run by the end is given back, references and all.

import Synchronization
public import Sys9

extension Aio {
  /// What a runtime may use, and how.
  public struct RuntimeOptions: Sendable {
    /// How tasks are shared out.
    public var scheduler = Scheduler.configured
    /// What each worker's loop may use.
    public var loop = LoopOptions()
    /// How long a worker runs tasks before it looks at the kernel, in nanoseconds.
    ///
    /// The paper's figure is half a millisecond; a twentieth of it costs 1 % in system calls.
    public var quotaNs: UInt64 = 50_000
    /// Whether each thread stays on one processor.  Corresponds to `param AIO_PIN`.
    public var pinsThreads = false
    /// Records of events that each worker keeps, a power of two; 0 for none.
    public var recordsEvents = 0
    /// Where memory for tasks comes from.
    public var memory = BlockSource.system

    /// Work stealing, no records.
    public init() {}
  }

  /// Workers, their loops and their tasks.  Corresponds to what `ainit` sets up.
  public final class Runtime: @unchecked Sendable {
    /// Workers of a runtime at most.
    public static let workersMax = 1024
    /// Chunks that a worker offers at once: 61,440 tasks; others wait with it.
    private static let dequeCapacity = 1024

    /// How many workers there are.
    public let workerCount: Int
    let options: RuntimeOptions
    let network: SimNetwork?
    let sleepers: Sleepers<MachineWord>
    let depot: Depot
    let quotaCycles: UInt64
    /// Loops and workers by number; written by `init` alone.
    let loops: [Loop]
    private let states: [Worker]
    private let foreign: Guarded<ForeignCache>
    private let nextWorker = Atomic<Int>(0)
    let life = Guarded(Life())
    /// What cycles are measured against: both clocks when the runtime was made.
    let birth: (cycles: UInt64, ns: UInt64)

    /// What happens to the runtime as a whole.
    struct Life {
      var threads: [SystemThread.ID] = []
      /// The thread of each worker that runs.
      var workers: [Int: SystemThread.ID] = [:]
      var isStarted = false
      /// Whether the workers have run on one thread: io_uring knows them by it.
      var isShared = false
      var isExiting = false
      var status = ""
    }

    /// Makes a runtime.  Corresponds to `ainit`.
    ///
    /// - Parameters:
    ///   - workers: how many; one for each processor in the affinity mask if nil.
    ///   - world: what the loops stand on.
    /// - Throws: what the system refuses, of memory and descriptors.
    public init(
      workers: Int? = nil, world: World = .machine, options: RuntimeOptions = RuntimeOptions()
    ) throws(SystemError) {
      let count: Int
      if let workers { count = workers } else { count = max(try Affinity.current().count, 1) }
      precondition(count > 0 && count <= Self.workersMax, "a runtime has 1 to 1,024 workers")
      var loops: [Loop] = []
      for _ in 0..<count { loops.append(try world.makeLoop(options.loop)) }
      workerCount = count
      self.options = options
      self.loops = loops
      network = if case .simulated(let network) = world { network } else { nil }
      let sleepers = Sleepers<MachineWord>(count: count)
      let depot = Depot(source: options.memory)
      self.sleepers = sleepers
      self.depot = depot
      foreign = Guarded(ForeignCache())
      birth = (SystemThread.cycles(), Kernel.monotonicNs())
      quotaCycles = Self.cyclesPerMs() * options.quotaNs / 1_000_000
      let seed = network?.draw() ?? Kernel.monotonicNs()
      // In a simulated world nothing may depend on the real clock.
      let offerCycles = network == nil ? Self.cyclesPerMs() / 200 : 0
      states = loops.enumerated().map { number, loop in
        Worker.make(
          number, of: count, loop, sleepers, depot, options, seed: seed, offerCycles: offerCycles)
      }
      for (worker, loop) in zip(states, loops) {
        worker.settle(in: self)
        loop.guest = WorkerGuest(worker: worker, runtime: self)
      }
    }

    deinit {
      precondition(life.withLock { $0.threads.isEmpty }, "X2: a runtime ends after its threads")
      for worker in states { worker.abandon() }
      for loop in loops { loop.guest = nil }
      for worker in states { worker.deallocate() }
      sleepers.deallocate()
    }

    /// Whether the world is a simulated one.
    var isSimulated: Bool { network != nil }

    /// How many tasks a turn runs in a simulated world; nil in a real one.
    func sliceCount() -> Int? { network.map { 1 + $0.draw(below: Worker.sliceMax) } }

    /// A worker, to make and schedule tasks with before the runtime runs, and from tasks.
    ///
    /// Its calls belong to its own thread: before `run`, to the thread that will call it.
    public func worker(_ number: Int) -> Worker { states[number] }

    func deque(_ number: Int) -> ChunkDeque<MachineWord> {
      unsafe states[number].state.pointee.deque
    }

    // Scheduling from anywhere.

    /// Sends a task to a worker, which is woken if it sleeps.
    func send(_ task: Task, to worker: Int, isPinned: Bool) {
      unsafe states[worker].state.pointee.inbox.push(task.bits | (isPinned ? 1 : 0)) { next in
        unsafe task.record.pointee.link = next
      }
      if sleepers.wake(worker) { rouse(worker) }
    }

    /// Makes the loop of a worker return from its wait.
    func rouse(_ worker: Int) { loops[worker].mailbox.rouse() }

    /// Schedules a task from a thread that is no worker's.  Corresponds to `sched(Task*)`.
    ///
    /// - Parameter number: the worker that shall run it; whichever comes if nil.
    public func sched(_ task: Task, on number: Int? = nil) {
      if let number {
        precondition(number >= 0 && number < workerCount, "there is no worker \(number)")
        return send(task, to: number, isPinned: true)
      }
      let hint = Int(task.hint(0))
      let next =
        hint != 0 ? hint : nextWorker.wrappingAdd(1, ordering: .relaxed).newValue & Int.max
      send(task, to: next % workerCount, isPinned: false)
    }

    /// A task, for a thread that is no worker's.  A lock and a load.
    public func allocTask() -> Task {
      foreign.withLock { Task(bits: $0.take(from: depot)) }
    }

    /// Schedules a call of `body` on some worker, or on worker `number`.  Any thread.
    ///
    /// Corresponds to `sched(CallBack)`.  Allocates what the closure captures.
    public func sched(
      on number: Int? = nil, group: EventGroup = .none, file: StaticString = #fileID,
      line: UInt32 = #line, function: StaticString = #function,
      _ body: sending @escaping (Worker) -> Void
    ) {
      let task = allocTask()
      task.run(Work(body))
      task.group = group
      task.site = Site(file, line: line, function: function)
      sched(task, on: number)
    }

    // Running.

    /// Runs until `exit`; the calling thread is the first worker's.  Corresponds to `amain`.
    ///
    /// Once: what the loops have with the system is given back at the end.
    /// In a simulated world, until nothing is under way any more.
    /// - Returns: what was given to `exit`.
    /// - Throws: `EAGAIN` where there are too many threads; then nothing runs.
    @discardableResult
    public func run() throws(SystemError) -> String {
      if let network {
        while !isExiting, !network.run(limit: 1024) {}
      } else {
        try start()
        runWorker(0)
        join()
      }
      return life.withLock { life in
        life.isExiting = false
        return life.status
      }
    }

    /// Gives all workers but the first a thread; the first is the caller's to run.
    ///
    /// For programs that embed the first worker with `runOnce`; they call `exit` and ``join()``.
    public func start() throws(SystemError) {
      let isFirst = life.withLock { life in
        defer { life.isStarted = true }
        return !life.isStarted && (workerCount == 1 || !life.isShared)
      }
      precondition(isFirst, "X1: a runtime is started once, and its workers keep their threads")
      for number in 1..<workerCount {
        do {
          let thread = try SystemThread.start { self.runWorker(number) }
          life.withLock { $0.threads.append(thread) }
        } catch {
          exit("")
          join()
          life.withLock { $0.isExiting = false }
          throw error
        }
      }
    }

    /// Waits for the threads of `start`, after `exit`.
    public func join() {
      let threads = life.withLock { $0.threads }
      for thread in threads { SystemThread.join(thread) }
      life.withLock { $0.threads = [] }
    }

    private func runWorker(_ number: Int) {
      let thread = SystemThread.current
      life.withLock { $0.workers[number] = thread }
      SystemThread.answerBacktraces()
      if options.pinsThreads { pin(number) }
      // One that was told to exit before it began has the message in its mailbox.
      loops[number].run()
      loops[number].retire()
      unsafe SystemThread.worker = nil
      life.withLock { life in _ = life.workers.removeValue(forKey: number) }
    }

    private func pin(_ number: Int) {
      // Where the mask cannot be read nobody is pinned: it is about speed alone.
      guard let cpus = try? Affinity.current(), !cpus.isEmpty else { return }
      SystemThread.pin(to: cpus[number % cpus.count])
    }

    /// Makes `run` return this status, when each worker has ended its turn.  Any thread.
    ///
    /// Corresponds to `aexit`.
    public func exit(_ status: String = "") {
      life.withLock { life in
        life.isExiting = true
        life.status = status
      }
      for loop in loops { loop.remote.stop() }
    }

    /// Whether `exit` was called and `run` has not returned.
    public var isExiting: Bool { life.withLock { $0.isExiting } }

    /// Runs all workers on the calling thread until there is nothing to do without waiting, and
    /// says whether there was anything.  For tests; not while `run` does.
    @discardableResult
    public func runUntilIdle() -> Bool {
      let isStarted = life.withLock { life in
        life.isShared = true
        return life.isStarted
      }
      precondition(!isStarted, "X1: the workers have threads of their own")
      var didWork = false
      var isBusy = true
      while isBusy {
        isBusy = false
        for loop in loops where loop.runUntilIdle() { isBusy = true }
        // One loop has run until it was idle; of a network, the first one has run them all.
        if loops.count == 1 || network != nil { isBusy = false }
        if isBusy { didWork = true }
      }
      unsafe SystemThread.worker = nil
      return didWork
    }

    /// Cycles in a millisecond, measured for one.
    static func cyclesPerMs() -> UInt64 { cyclesPerMsMeasured }
    private static let cyclesPerMsMeasured: UInt64 = {
      let ns = Kernel.monotonicNs(), cycles = SystemThread.cycles()
      var now = ns
      while now - ns < 1_000_000 { now = Kernel.monotonicNs() }
      return max((SystemThread.cycles() - cycles) * 1_000_000 / (now - ns), 1)
    }()
  }
}

/// Free tasks for threads that are no workers'.
@safe struct ForeignCache {
  private var magazine: Block?
  private var count = 0

  /// A free task, as its number.
  mutating func take(from depot: Depot) -> UInt {
    if count == 0 {
      unsafe magazine = unsafe depot.exchange(empty: magazine ?? depot.exchange(full: nil))
      count = Magazine.capacity
    }
    count -= 1
    return unsafe magazine.unsafelyUnwrapped[Magazine.header + count]
  }
}
