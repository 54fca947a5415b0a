// The scheduler's entry points in the top-level name space: "a convenience of dubious value", as
// the paper says.  They look up the worker of the calling thread, which costs a nanosecond or two
// that a worker passed along does not.

extension Aio {
  /// The worker of the calling thread; ends the program where there is none.
  private static func here(_ name: StaticString) -> Worker {
    guard let worker = Worker.current else {
      preconditionFailure("\(name): this thread is no worker's; use Runtime.sched")
    }
    return worker
  }

  /// A task of the cache of the calling thread's worker.  Corresponds to `Aio::allocTask`.
  public static func allocTask() -> Task { here("allocTask").allocTask() }

  /// Gives a task back.  Corresponds to `Aio::freeTask`.
  public static func freeTask(_ task: Task) { here("freeTask").free(task) }

  /// Schedules a task on the calling thread's worker.  Corresponds to `Aio::sched(Task*)`.
  public static func sched(_ task: Task) { here("sched").sched(task) }

  /// Schedules a task that runs `work`.  Corresponds to `Aio::sched(CallBack)`.
  public static func sched(
    _ work: Work, group: EventGroup? = nil, file: StaticString = #fileID, line: UInt32 = #line,
    function: StaticString = #function
  ) { here("sched").sched(work, group: group, file: file, line: line, function: function) }

  /// Schedules a task that runs `work` and then waits for `operation` on `handle` anew.
  /// Corresponds to `Aio::sched(CallBack, int fd, int op)`.
  public static func sched(
    _ work: Work, _ handle: Handle, _ operation: OpKind, group: EventGroup? = nil,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) {
    here("sched").sched(
      work, handle, operation, group: group, file: file, line: line, function: function)
  }
}
