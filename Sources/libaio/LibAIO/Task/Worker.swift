// A worker, as tasks see it: where they are made, scheduled and given back.
//
// What is here is inlined into programs; what happens once in sixty tasks is in Worker+Slow.swift,
// and running them in Worker+Run.swift.

extension Aio {
  /// One thread's share of a runtime: its loop, its tasks, its cache.
  ///
  /// A name, free to copy; passed to every task.  All calls belong to the worker's thread, but
  /// where they say otherwise.
  @safe public struct Worker {
    @usableFromInline let state: UnsafeMutablePointer<WorkerState>

    @usableFromInline init(state: UnsafeMutablePointer<WorkerState>) {
      unsafe self.state = unsafe state
    }

    /// The worker that a thunk was given.
    @inlinable @inline(__always)
    public init(_ raw: UnsafeMutableRawPointer) {
      unsafe state = raw.assumingMemoryBound(to: WorkerState.self)
    }
  }
}

extension Aio.Worker {
  // Making tasks.

  /// A task of the worker's cache; what it holds is undefined: initialize it.
  ///
  /// About 1 ns.  Ends the process where the system has no memory.  Corresponds to `allocTask()`.
  @inlinable @inline(__always)
  public func allocTask() -> Aio.Task {
    let top = unsafe state.pointee.freeTop
    if unsafe top == state.pointee.freeBase { return allocSlowly() }
    unsafe state.pointee.freeTop = top - 1
    return unsafe Aio.Task(
      record: UnsafeMutablePointer(bitPattern: (top - 1).pointee).unsafelyUnwrapped)
  }

  /// Gives a task back to the cache.  Corresponds to `freeTask(Task*)`.
  @inlinable @inline(__always)
  public func free(_ task: Aio.Task) {
    let top = unsafe state.pointee.freeTop
    if unsafe top == state.pointee.freeLimit { return freeSlowly(task) }
    unsafe top.pointee = task.bits
    unsafe state.pointee.freeTop = top + 1
  }

  // Scheduling.

  /// Schedules a task, which belongs to the runtime until it runs.  Corresponds to `sched(Task*)`.
  @inlinable @inline(__always)
  public func sched(_ task: Aio.Task) {
    unsafe task.record.pointee.link = UInt(state.pointee.block.pointee.event)
    if unsafe task.record.pointee.hint0 != 0 { return schedHinted(task) }
    push(task)
  }

  /// Makes a task that runs `thunk` with these words, and schedules it.
  ///
  /// The thunk owns the task and gives it back.  The task belongs to `group`, or to that of the
  /// event under way; file, line and function say where it was registered.
  @inlinable @inline(__always)
  public func sched(
    _ thunk: Aio.TaskThunk, _ argument0: UInt = 0, _ argument1: UInt = 0, _ argument2: UInt = 0,
    group: Aio.EventGroup? = nil, file: StaticString = #fileID, line: UInt32 = #line,
    function: StaticString = #function
  ) {
    let place = place(group, file, line, function)
    let task = allocTask()
    unsafe task.record.initialize(
      to: Aio.TaskRecord(
        thunk, argument0, argument1, argument2, place: place,
        link: UInt(state.pointee.block.pointee.event)))
    push(task)
  }

  /// Notes whose a task is and where it was registered.
  @inlinable @inline(__always)
  public func setPlace(
    _ task: Aio.Task, _ group: Aio.EventGroup? = nil, _ file: StaticString = #fileID,
    _ line: UInt32 = #line, _ function: StaticString = #function
  ) { unsafe task.record.pointee.place = place(group, file, line, function) }

  /// A group, or that of the event under way, and a site, as records hold them.
  @inlinable @inline(__always)
  func place(
    _ group: Aio.EventGroup?, _ file: StaticString, _ line: UInt32, _ function: StaticString
  ) -> UInt64 {
    let key = SiteTable.key(file, line)
    let quick = unsafe SiteTable.quickly(state.pointee.siteKeys, key)
    let site = quick != 0 ? quick : Aio.Site(file, line: line, function: function).id
    let own = unsafe UInt32(truncatingIfNeeded: state.pointee.block.pointee.place)
    return UInt64(site) << 32 | UInt64(group?.id ?? own)
  }

  /// Puts a task on top of the private chunk.
  @inlinable @inline(__always)
  func push(_ task: Aio.Task) {
    let top = unsafe state.pointee.top
    if unsafe top == state.pointee.limit { return pushSlowly(task) }
    unsafe top.pointee = task.bits
    unsafe state.pointee.top = top + 1
    if unsafe state.pointee.idle.pointee.load() != 0 { offer() }
  }

  // Looking around.

  /// The loop of this worker.
  public var loop: Aio.Loop { unsafe state.pointee.loop.takeUnretainedValue() }

  /// The runtime that this worker belongs to.
  public var runtime: Aio.Runtime { unsafe state.pointee.runtime.takeUnretainedValue() }

  /// The number of this worker, from 0.
  public var number: Int { unsafe state.pointee.number }

  /// The group of the event under way, which registrations inherit.
  public var group: Aio.EventGroup {
    get {
      Aio.EventGroup(id: UInt32(truncatingIfNeeded: unsafe state.pointee.block.pointee.place))
    }
    nonmutating set {
      let place = unsafe state.pointee.block.pointee.place
      unsafe state.pointee.block.pointee.place = (place & ~0xFFFF_FFFF) | UInt64(newValue.id)
    }
  }

  /// The worker that runs on the calling thread; nil on a thread that is none's.
  public static var current: Aio.Worker? {
    guard let raw = unsafe currentWorker() else { return nil }
    return unsafe Aio.Worker(raw)
  }
}
