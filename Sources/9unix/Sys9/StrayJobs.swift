// Jobs of Swift's tasks on their way to executors of Swift's own.
//
// A world that is simulated has one thread and a clock of its own, and a task that goes to Swift's
// pool of threads leaves both.  Swift's library has hooks for whoever brings an executor: here they
// serve the threads of such worlds alone, and are not set in a process that has none.

internal import CNine

/// Who is given the jobs that would leave a thread for Swift's pool of threads.
open class StrayJobs {
  /// Nobody is given anything before ``catching(_:)``.
  public init() {}

  /// Whether jobs can be caught: not where somebody else has brought executors for the process.
  public static let canBeCaught: Bool = unsafe cnine_catch_escapes(take) != 0

  private static let take:
    @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void = { world, job in
      guard let world = unsafe world else { return }
      let stray = unsafe Unmanaged<StrayJobs>.fromOpaque(world).takeUnretainedValue()
      guard let job = unsafe job else { return stray.wantsMainExecutor() }
      stray.caught(unsafe unsafeBitCast(job, to: UnownedJob.self))
    }

  /// Given a job that was going to the pool: whoever is given it runs it, once.
  ///
  /// The thread is the one that is ``catching(_:)``, and the code that made the job ready is under
  /// way on it.
  open func caught(_ job: UnownedJob) {}

  /// Called when that thread asks for the main actor's executor, mostly to send a job there, which
  /// cannot be caught.
  open func wantsMainExecutor() {}

  /// Runs `body`, and is given each job that it would send to an executor of Swift's own.
  ///
  /// Two stores to thread-local memory.  May be nested: the innermost is given them.
  public final func catching<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard Self.canBeCaught else { return try body() }
    let before = unsafe cnine_thread_world()
    unsafe cnine_set_thread_world(Unmanaged.passUnretained(self).toOpaque())
    defer { unsafe cnine_set_thread_world(before) }
    return try body()
  }

  /// Runs a job that was caught: in the calling thread, as if it were one of the pool.
  public static func run(_ job: UnownedJob) {
    // The executor of the pool is two words of nothing.
    unsafe job.runSynchronously(
      on: unsafeBitCast((0 as UInt, 0 as UInt), to: UnownedSerialExecutor.self))
  }
}
