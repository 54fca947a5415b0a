// Tasks: theory of operation.
//
// Problem.  A program that is cut into small pieces runs on as many processors as there are, if a
// piece costs next to nothing: making, passing on and running an empty one in a few nanoseconds,
// without a lock, an allocation or a reference count.
//
// Shape.  A task is 64 bytes, one cache line: a C function and three words for it, or a `Work` (a
// closure with an identity), and who asked for it.  Workers run them; each has a chunk of up to 60
// pointers to tasks that is its own, and publishes full ones for the others to steal.
//
//     sched --> [private chunk, 60] --full--> [deque of chunks] --stolen--> another worker's chunk
//                    |  ^ newest first                                (Task/ChunkDeque.swift)
//                    v  |
//                   run it: thunk(worker, task)
//     sched(on:) --> [inbox of a worker] --> run there, never stolen  (Task/Inbox.swift)
//
// Life.  alloc -> (initialize) -> sched -> run -> free, or sched again, or wait in a TaskLock or at
// a TaskBarrier.  A function task belongs to its function while it runs, which gives it back or
// passes it on; the runtime's own thunk gives back those of closures.
//
// Invariants.
//   T1  A task is in one place: with a cache, with its owner, in one queue, or running.
//   T2  Every task that was scheduled runs, whatever others do: see `runOldest`.
//   T3  A pinned task runs on the worker it was pinned to.
//   T4  In the steady state nothing is allocated.
//
// Cost.  docs/design/libaio-tasks.md has the table, bin/bench.d/runtime.d/tasks prints it.
//
// Rejected.  Closures in the task (10 ns a call and 46 to make and drop one), a global queue (a
// lock a task), stealing task by task (see ChunkDeque.swift), tasks by value in the chunks (a task
// that waits for a lock or at a barrier needs an address of its own).

extension Aio {
  /// A function that a task runs: the worker, as `Aio.Worker(raw)`, and the task, as
  /// `Aio.Task(raw)`, which belongs to it from now on.
  public typealias TaskThunk =
    @convention(c) (_ worker: UnsafeMutableRawPointer, _ task: UnsafeMutableRawPointer) -> Void

  /// A piece of work: 64 bytes that somebody owns until they are scheduled or freed.
  ///
  /// A name of memory, not an owner in Swift's sense: copying it is free, and using a task after it
  /// was freed or scheduled is an error that nobody notices at once.  Corresponds to `Task*`.
  @safe public struct Task {
    @usableFromInline let record: UnsafeMutablePointer<TaskRecord>

    @inlinable @inline(__always)
    init(record: UnsafeMutablePointer<TaskRecord>) { unsafe self.record = unsafe record }

    /// The task that a thunk was given.
    @inlinable @inline(__always)
    public init(_ raw: UnsafeMutableRawPointer) {
      unsafe record = raw.assumingMemoryBound(to: TaskRecord.self)
    }

    /// Words for the function.  Corresponds to `Task::NArg`.
    public static var argumentCount: Int { 3 }
    /// Words for the scheduler.  Corresponds to `Task::NHint`.
    public static var hintCount: Int { 2 }
  }

  /// The fields of a task, which `Task` and `Worker` read and write.
  @safe
  @usableFromInline struct TaskRecord {
    /// The next task of a list; while the task waits in a chunk, the event that scheduled it.
    @usableFromInline var link: UInt = 0
    @usableFromInline var thunk: TaskThunk?
    @usableFromInline var barrier: UInt = 0
    @usableFromInline var hint0: UInt32 = 0
    @usableFromInline var hint1: UInt32 = 0
    /// The group in the lower half, the site in the upper one.
    @usableFromInline var place: UInt64 = 0
    @usableFromInline var argument0: UInt = 0
    @usableFromInline var argument1: UInt = 0
    @usableFromInline var argument2: UInt = 0

    @inlinable @inline(__always)
    init(
      _ thunk: TaskThunk?, _ argument0: UInt, _ argument1: UInt, _ argument2: UInt,
      place: UInt64 = 0, link: UInt = 0
    ) {
      self.link = link
      unsafe self.thunk = unsafe thunk
      self.place = place
      self.argument0 = argument0
      self.argument1 = argument1
      self.argument2 = argument2
    }
  }
}

extension Aio.Task {
  /// Makes the task run `thunk` with these words, belong to no group and have no hint.
  ///
  /// What ``Aio/Worker/allocTask()`` gives holds anything: call this first.
  @inlinable @inline(__always)
  public func initialize(
    _ thunk: Aio.TaskThunk, _ argument0: UInt = 0, _ argument1: UInt = 0, _ argument2: UInt = 0
  ) {
    unsafe record.initialize(to: Aio.TaskRecord(thunk, argument0, argument1, argument2))
  }

  /// A word for the function, 0 to 2.
  @inlinable @inline(__always)
  public subscript(index: Int) -> UInt {
    get {
      switch index {
      case 0: unsafe record.pointee.argument0
      case 1: unsafe record.pointee.argument1
      default: unsafe record.pointee.argument2
      }
    }
    nonmutating set {
      precondition(index >= 0 && index < Self.argumentCount, "a task has three words")
      switch index {
      case 0: unsafe record.pointee.argument0 = newValue
      case 1: unsafe record.pointee.argument1 = newValue
      default: unsafe record.pointee.argument2 = newValue
      }
    }
  }

  /// A word for the scheduler: tasks of the same first hint, if that is not 0, like the same cache.
  /// The others are the program's.  Corresponds to `Task::hint`.
  @inlinable
  public func hint(_ index: Int) -> UInt32 {
    unsafe index == 0 ? record.pointee.hint0 : record.pointee.hint1
  }

  /// Sets a word for the scheduler.
  @inlinable
  public func setHint(_ index: Int, _ value: UInt32) {
    precondition(index >= 0 && index < Self.hintCount, "a task has two hints")
    if index == 0 {
      unsafe record.pointee.hint0 = value
    } else {
      unsafe record.pointee.hint1 = value
    }
  }

  /// The function.
  @inlinable
  public var thunk: Aio.TaskThunk? {
    get { unsafe record.pointee.thunk }
    nonmutating set { unsafe record.pointee.thunk = newValue }
  }

  /// A barrier that the function is to signal, if the program says so: the runtime does not look
  /// at it.  Corresponds to the task's pointer to a `TaskBarrier`.
  @inlinable
  public var barrier: Aio.TaskBarrier? {
    get {
      let bits = unsafe record.pointee.barrier
      return bits == 0 ? nil : Aio.TaskBarrier(bits: bits)
    }
    nonmutating set { unsafe record.pointee.barrier = newValue?.bits ?? 0 }
  }

  /// Whose the task is.
  @inlinable
  public var group: Aio.EventGroup {
    get { Aio.EventGroup(id: UInt32(truncatingIfNeeded: unsafe record.pointee.place)) }
    nonmutating set {
      unsafe record.pointee.place = (record.pointee.place & ~0xFFFF_FFFF) | UInt64(newValue.id)
    }
  }

  /// Where the task was registered.
  @inlinable
  public var site: Aio.Site {
    get { Aio.Site(id: UInt32(truncatingIfNeeded: unsafe record.pointee.place >> 32)) }
    nonmutating set {
      unsafe record.pointee.place =
        UInt64(newValue.id) << 32 | (record.pointee.place & 0xFFFF_FFFF)
    }
  }

  /// The task as the number that queues hold.
  @inlinable @inline(__always)
  var bits: UInt { UInt(bitPattern: unsafe record) }

  /// The task of a number.
  @inline(__always)
  init(bits: UInt) {
    // A queue holds tasks alone, and a task is not at 0.
    unsafe record = UnsafeMutablePointer(bitPattern: bits).unsafelyUnwrapped
  }
}
