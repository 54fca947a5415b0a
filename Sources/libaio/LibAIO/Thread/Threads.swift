// Threads, as the seed's thread library has them.
//
// For what is no event: a computation, a library that blocks.  A thread is the system's; those that
// `threadcreate` made are counted, so that `threadmain` can wait for the last of them.

import Glibc
import Synchronization
public import Sys9

/// Threads that run, and what to do when the last one ends.
private let population = Population()

private final class Population: Sendable {
  private let count = Atomic<Int>(0)
  private let status = Mutex("")
  private let lock = Aio.QLock("threads of the program")
  private let isEmpty: Aio.Rendez

  init() { isEmpty = Aio.Rendez(lock) }

  func enter() { count.add(1, ordering: .relaxed) }

  func note(_ text: String) { status.withLock { $0 = text } }

  func leave() {
    lock.withLock {
      if count.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { isEmpty.wakeupAll() }
    }
  }

  func waitUntilEmpty() -> String {
    lock.withLock {
      while count.load(ordering: .acquiring) > 0 { isEmpty.sleep() }
    }
    return status.withLock { $0 }
  }
}

extension Aio {
  /// Starts a thread that calls `body`.  Corresponds to `threadcreate`.
  ///
  /// - Parameter stackSize: bytes of stack at least; 0 for what the system gives.
  /// - Returns: the thread's number, as ``threadid()`` gives it there.
  /// - Throws: `EAGAIN` where there are too many threads.
  @discardableResult
  public static func threadcreate(
    stackSize: Int = 0, _ body: @escaping @Sendable () -> Void
  ) throws(SystemError) -> UInt {
    population.enter()
    do {
      // However it ends: by its return or by `threadexits`.
      return try SystemThread.start(
        stackSize: stackSize, isDetached: true, ending: { population.leave() }, body
      ).number
    } catch {
      population.leave()
      throw error
    }
  }

  /// The opaque number of the calling thread.  Corresponds to `threadid`.
  public static func threadid() -> UInt { SystemThread.current.number }

  /// Lets other threads run.  Corresponds to `threadyield`.
  public static func threadyield() { SystemThread.yield() }

  /// Ends the calling thread, which `threadcreate` made.  Corresponds to `threadexits`.
  ///
  /// What the frames above hold is not given back: return from the thread's body where you can.
  /// - Parameter status: what `threadmain` will return, if it is not empty.
  public static func threadexits(_ status: String? = nil) -> Never {
    if let status, !status.isEmpty { population.note(status) }
    SystemThread.exit()
  }

  /// Ends the program: status 0 if `status` is nil or empty, else 1 and the text on standard error.
  /// Corresponds to `threadexitsall`.
  public static func threadexitsall(_ status: String? = nil) -> Never {
    guard let status, !status.isEmpty else { exit(0) }
    let line = Array("\(status)\n".utf8)
    // The program ends: there is nobody to tell that nobody listens.
    unsafe line.withUnsafeBytes {
      if let base = $0.baseAddress { _ = unsafe Kernel.write(STDERR_FILENO, base, $0.count) }
    }
    exit(1)
  }

  /// A pointer of the calling thread, nil at first, for the program's own data.  Corresponds to
  /// `threaddata`.  The runtime keeps its own elsewhere.
  public static func threaddata() -> UnsafeMutablePointer<UnsafeMutableRawPointer?> {
    unsafe SystemThread.data
  }

  /// Calls `body` with the program's arguments and waits until all threads have ended.
  /// Corresponds to `threadmain`, which here is called by `main` and not instead of it.
  ///
  /// - Returns: the last status that was given to `threadexits`; empty if all went well.
  @discardableResult
  public static func threadmain(_ body: (_ arguments: [String]) -> Void) -> String {
    body(CommandLine.arguments)
    return population.waitUntilEmpty()
  }
}
