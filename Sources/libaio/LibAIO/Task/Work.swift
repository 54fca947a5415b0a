// Tasks that run closures.

extension Aio {
  /// A closure with an identity, to be run by a task, once or again and again.
  ///
  /// Allocates when it is made and not when it is scheduled.  It is a receiver too: given to an
  /// operation, it schedules itself when that completes, since completions are delivered in the
  /// loop's context and ought to be short.  Corresponds to `Callback`, and to `CallBack` tasks.
  public final class Work: Receiver {
    private let body: (Worker) -> Void

    /// Work that is done by calling `body` on whatever worker has it.
    public init(_ body: @escaping (Worker) -> Void) { self.body = body }

    func run(on worker: Worker) { body(worker) }

    /// Schedules the work: called when an operation completes that it was given to.
    public override func completed(_ completion: inout Completion, on loop: Loop) {
      guard let worker = loop.worker else {
        preconditionFailure("a Work is told by a loop of a Runtime")
      }
      // Its handle is gone: there is nothing to be done.
      if completion.error != nil { return }
      worker.sched(self, completion.handle, completion.kind)
    }
  }
}

extension Aio.Worker {
  /// Schedules a task that runs `work`.  Takes a task from the cache and a reference to the work.
  /// Corresponds to `sched(CallBack)`.
  public func sched(
    _ work: Aio.Work, group: Aio.EventGroup? = nil, file: StaticString = #fileID,
    line: UInt32 = #line, function: StaticString = #function
  ) {
    let task = allocTask()
    task.run(work)
    setPlace(task, group, file, line, function)
    sched(task)
  }

  /// Schedules a task that runs `work` and then waits for `operation` on `handle` anew, after which
  /// it is scheduled again.  Corresponds to `sched(CallBack, int fd, int op)`.
  ///
  /// - Parameter operation: `.readable` or `.writable`; with any other nothing is waited for.
  public func sched(
    _ work: Aio.Work, _ handle: Aio.Handle, _ operation: Aio.OpKind,
    group: Aio.EventGroup? = nil, file: StaticString = #fileID, line: UInt32 = #line,
    function: StaticString = #function
  ) {
    let task = allocTask()
    let raw = unsafe Unmanaged.passRetained(work).toOpaque()
    let name = UInt(handle.index) | UInt(handle.generation) << 32
    unsafe task.initialize(runWorkAgain, UInt(bitPattern: raw), name, UInt(operation.rawValue))
    setPlace(task, group, file, line, function)
    // A handle belongs to its loop: so does whoever waits for it.
    sched(task, on: self)
  }

  /// Schedules a task that runs `body`.  Allocates what the closure captures.
  public func sched(
    group: Aio.EventGroup? = nil, file: StaticString = #fileID, line: UInt32 = #line,
    function: StaticString = #function, _ body: @escaping (Aio.Worker) -> Void
  ) { sched(Aio.Work(body), group: group, file: file, line: line, function: function) }
}

extension Aio.Task {
  /// Makes the task run `work`, to which it takes a reference.
  public func run(_ work: Aio.Work) {
    unsafe initialize(runWork, UInt(bitPattern: unsafe Unmanaged.passRetained(work).toOpaque()))
  }

  /// Gives up the reference of a task that will not run.
  func forgetWork() {
    let own = unsafe unsafeBitCast(thunk, to: UInt.self)
    if unsafe own == unsafeBitCast(runWork, to: UInt.self)
      || own == unsafeBitCast(runWorkAgain, to: UInt.self)
    {
      unsafe work(of: self).release()
    }
  }
}

/// The thunk of tasks that run a `Work`: gives back the task, then the reference.
private let runWork: Aio.TaskThunk = { worker, raw in
  let worker = unsafe Aio.Worker(worker), task = unsafe Aio.Task(raw)
  let work = unsafe work(of: task)
  worker.free(task)
  unsafe work._withUnsafeGuaranteedRef { $0.run(on: worker) }
  unsafe work.release()
}

/// The thunk of tasks that wait for their handle again when they are done.
private let runWorkAgain: Aio.TaskThunk = { worker, raw in
  let worker = unsafe Aio.Worker(worker), task = unsafe Aio.Task(raw)
  let work = unsafe work(of: task)
  let handle = Aio.Handle(
    index: UInt32(truncatingIfNeeded: task[1]),
    generation: UInt32(truncatingIfNeeded: task[1] >> 32))
  let operation = Aio.OpKind(rawValue: UInt8(truncatingIfNeeded: task[2]))
  worker.free(task)
  unsafe work._withUnsafeGuaranteedRef { work in
    work.run(on: worker)
    switch operation {
    case .readable: worker.loop.waitReadable(handle, work)
    case .writable: worker.loop.waitWritable(handle, work)
    default: break
    }
  }
  unsafe work.release()
}

private func work(of task: Aio.Task) -> Unmanaged<Aio.Work> {
  // The first word holds a reference that `sched` took.
  unsafe Unmanaged.fromOpaque(UnsafeRawPointer(bitPattern: task[0]).unsafelyUnwrapped)
}
