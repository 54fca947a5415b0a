// The daemons: theory of operation.
//
// Problem.  fsync(2) blocks, opening a file on a slow disk blocks, and getaddrinfo(3) blocks for as
// long as a name server is silent.  A loop must not; a pool of threads for everything lets dead
// name servers hold up files.
//
// Shape.  A lane for each class of work: files, names, and the program's own.  Each is a queue with
// a limit, first come first served, and a few threads that are started when there is work.  What a
// job answers goes to the loop that asked, through its mailbox.
//
//     loop --submit--> [ lane's queue ] --> daemon: body() --mailbox--> loop: deliver(answer)
//
// Invariants.
//   Q1  Each job that a lane takes is answered once, or given up by its loop before.
//   Q2  No lane waits for another one.
//   Q3  Jobs of one lane begin in the order of their submission.
//
// Cost.  Two thread switches a job: this is for what blocks, not for what is fast.

import Glibc
import Synchronization

extension Aio {
  /// Threads that block so that loops need not.  Shared by all loops that are given it.
  ///
  /// Corresponds to the AIO daemons, and `init` to the second argument of `ainit`.
  public final class Daemons: Sendable {
    /// What a job waits for.
    public enum Lane: Int, CaseIterable, Sendable {
      /// Files and disks.
      case files
      /// Names of hosts.
      case names
      /// What programs want to wait for.
      case user
    }

    /// What loops share that are given no daemons of their own.
    public static let shared = Daemons()

    private let lanes: [DaemonLane]

    /// Daemons of their own: at most so many threads a lane, none before there is work.
    ///
    /// - Parameter queueMax: jobs that may wait in a lane; more are refused with `EAGAIN`.
    public init(files: Int = 4, names: Int = 2, user: Int = 2, queueMax: Int = 4096) {
      precondition(min(files, names, user) > 0, "a lane has at least one thread")
      lanes = [files, names, user].map { DaemonLane(threads: $0, queueMax: queueMax) }
    }

    deinit { for lane in lanes { lane.close() } }

    /// Runs `body` on a thread of `lane`; false if too many wait there.
    func run(_ lane: Lane, _ body: sending @escaping () -> Void) -> Bool {
      lanes[lane.rawValue].add(body)
    }

    /// Jobs that wait in `lane`, and threads that it has.
    public func load(of lane: Lane) -> (waiting: Int, threads: Int) { lanes[lane.rawValue].load }
  }
}

/// A queue of jobs and its threads.
@safe final class DaemonLane: @unchecked Sendable {
  private struct State: ~Copyable {
    /// Jobs that wait; the first ones are taken already.
    var jobs: [(() -> Void)?] = []
    var taken = 0
    var threads = 0
    var idle = 0
    var isClosed = false
  }

  private let threadsMax: Int
  private let queueMax: Int
  /// Guarded by `mutex`.
  private var state = State()
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(threads: Int, queueMax: Int) {
    threadsMax = threads
    self.queueMax = queueMax
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(wake, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(wake)
    unsafe pthread_mutex_destroy(mutex)
    unsafe wake.deallocate()
    unsafe mutex.deallocate()
  }

  var load: (waiting: Int, threads: Int) {
    locked { (state.jobs.count - state.taken, state.threads) }
  }

  func add(_ job: sending @escaping () -> Void) -> Bool {
    let (isTaken, wantsThread) = locked {
      if state.jobs.count - state.taken >= queueMax || state.isClosed { return (false, false) }
      state.jobs.append(job)
      unsafe pthread_cond_signal(wake)
      let waiting = state.jobs.count - state.taken
      let wants = state.idle < waiting && state.threads < threadsMax
      if wants { state.threads += 1 }
      return (true, wants)
    }
    // Without a new thread the others do it; without any, the next job tries again.
    if wantsThread && !startThread() { locked { state.threads -= 1 } }
    return isTaken
  }

  /// Nothing more will be added; threads end when all is done.
  func close() {
    locked {
      state.isClosed = true
      unsafe pthread_cond_broadcast(wake)
    }
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body()
  }

  private func startThread() -> Bool {
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    // Signals are for the program's own threads.
    var all = sigset_t(), before = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    let this = unsafe Unmanaged.passRetained(self)
    let code = unsafe pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<DaemonLane>.fromOpaque(argument).takeRetainedValue().work()
        return nil
      }, this.toOpaque())
    if code != 0 {
      unsafe this.release()
      return false
    }
    return true
  }

  /// What a thread does.
  private func work() {
    while let job = next() { job() }
  }

  /// The next job; nil if there will be none any more.
  private func next() -> (() -> Void)? {
    locked {
      while state.taken == state.jobs.count {
        if state.isClosed {
          state.threads -= 1
          return nil
        }
        state.idle += 1
        unsafe pthread_cond_wait(wake, mutex)
        state.idle -= 1
      }
      let job = state.jobs[state.taken]
      state.jobs[state.taken] = nil
      state.taken += 1
      // What has been taken goes when it is half of all.
      if state.taken * 2 >= state.jobs.count {
        state.jobs.removeFirst(state.taken)
        state.taken = 0
      }
      return job
    }
  }
}
