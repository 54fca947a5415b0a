// Swift's tasks on a loop: theory of operation.
//
// Problem.  A handler that waits reads best as a function that waits.  What makes such functions
// slow in other runtimes is not the language but the bridge: a task a message, a stream of
// elements, an executor on another thread.
//
// Shape.  The loop is the executor.  A task that prefers it runs in the loop's turns, a job is one
// word in a ring, and a function that waits leaves its continuation where the operation's receiver
// would be: to resume it is to append a word.
//
//     await receive() --submit--> loop ... completion --resume--> job --next phase--> task
//
// One long-lived task a connection, and what is received is taken from a queue of the connection's
// (a multishot receive fills it), so that most waits end before they begin: 8 ns then, 120 when the
// task is suspended.
//
// Invariants.
//   X1  Jobs run on the loop's thread, in the order in which they became ready, outside of all
//       callbacks.
//   X2  A continuation is resumed exactly once: by the terminal completion, by an element that
//       comes, or by the cancellation that took it out of its place.
//   X3  Cancelling a task is advice to its operation: what waits is resumed by the completion.
//   X4  A job goes on with the event that made it ready: what it registers has that event for its
//       cause, and the event's group.  So a group that a task sets once stays with it.
//
// Rejected.  A type that is both a TaskExecutor and a SerialExecutor: it crashes as soon as an
// actor uses it, and the runtime has a slow path for it.  AsyncStream: 16 percent of an echo.

import Glibc
import Synchronization

extension Aio {
  /// A loop as the executor of tasks.
  ///
  /// `Task(executorPreference: loop.executor) { ... }` runs in the loop's turns.
  public final class LoopTaskExecutor: TaskExecutor {
    private let mailbox: Mailbox
    /// The thread that runs the loop, as a number; 0 while none does.
    private let thread = Atomic<UInt>(0)
    /// Jobs that became ready on the loop's own thread, which alone touches them.
    private let jobs = JobRing()

    init(_ mailbox: Mailbox) { self.mailbox = mailbox }

    /// Makes `job` run in the loop's next phase for tasks.  Any thread.
    public func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      if thread.load(ordering: .relaxed) == Self.current {
        jobs.append(Job(job: job, origin: Recorder.underWay))
      } else {
        mailbox.send { loop in
          loop.executor.jobs.append(Job(job: job, origin: Recorder.underWay))
        }
      }
    }

    private static var current: UInt { UInt(pthread_self()) }

    /// Whether the caller is the thread that runs the loop.
    var isCurrent: Bool { thread.load(ordering: .relaxed) == Self.current }

    /// The calling thread runs the loop from now on.
    func adopt() { thread.store(Self.current, ordering: .relaxed) }

    /// The calling thread does not run the loop for a while; false if it did not before.
    func leave() -> Bool {
      if !isCurrent { return false }
      thread.store(0, ordering: .relaxed)
      return true
    }

    /// Whether a job is ready.
    @inline(__always)
    var hasJobs: Bool { !jobs.isEmpty }

    /// Operations of a job that may end without the task waiting, before others have their turn.
    private static let collectionsPerJobMax = 16

    /// Runs jobs that are ready, at most `budget`; those that become ready meanwhile count too.
    @inline(__always)
    func run(_ budget: Int, collecting: UnsafeMutablePointer<Int>, _ recorder: Recorder) {
      var left = budget
      while left > 0, let job = jobs.popFirst() {
        unsafe collecting.pointee = Self.collectionsPerJobMax
        recorder.resume(job.origin)
        unsafe job.job.runSynchronously(on: asUnownedTaskExecutor())
        left -= 1
      }
      recorder.resume((0, 0))
    }
  }
}

/// A job, and the event that made it ready (X4).
struct Job {
  let job: UnownedJob
  let origin: (event: UInt64, place: UInt64)
}

/// A ring of jobs that grows.  One thread's.
@safe final class JobRing: @unchecked Sendable {
  private var slots: UnsafeMutablePointer<Job?>
  private var mask = 255
  private var head = 0
  private var tail = 0

  init() {
    unsafe slots = .allocate(capacity: 256)
    unsafe slots.initialize(repeating: nil, count: 256)
  }

  deinit { unsafe slots.deallocate() }

  var isEmpty: Bool { head == tail }

  func append(_ job: Job) {
    if tail - head > mask { grow() }
    unsafe slots[tail & mask] = job
    tail += 1
  }

  func popFirst() -> Job? {
    if head == tail { return nil }
    let job = unsafe slots[head & mask]
    head += 1
    return job
  }

  private func grow() {
    let count = (mask + 1) * 2
    let larger = UnsafeMutablePointer<Job?>.allocate(capacity: count)
    unsafe larger.initialize(repeating: nil, count: count)
    for index in head..<tail { unsafe larger[index & (count - 1)] = slots[index & mask] }
    unsafe slots.deallocate()
    unsafe slots = unsafe larger
    mask = count - 1
  }
}
