// Threads of the system, and what a thread has to itself.

internal import CNine
import Glibc

/// A thread of the system: made, waited for, put to sleep and woken.
public enum SystemThread {
  /// A thread, by the number that the system's library gives it.
  public struct ID: Hashable, Sendable {
    let raw: CUnsignedLong

    /// The thread as an opaque number.
    public var number: UInt { UInt(raw) }
  }

  /// The calling thread.  `pthread_self(3)`.
  public static var current: ID { ID(raw: cnine_thread_self()) }

  /// The Swift task that the calling thread runs, as a number; 0 for none.
  ///
  /// A call and a load, where `withUnsafeCurrentTask` counts references: 80 instructions.  Numbers
  /// of tasks that have ended are used again.
  public static var currentTask: UInt { UInt(cnine_current_task()) }

  /// What a thread runs, and does last.  The thread has it, since `exit` leaves frames behind.
  private final class Body {
    let run: () -> Void
    let ending: (() -> Void)?

    init(_ run: @escaping () -> Void, _ ending: (() -> Void)?) {
      self.run = run
      self.ending = ending
    }
  }

  /// Starts a thread that runs `body`.  `pthread_create(3)`.
  ///
  /// - Parameters:
  ///   - stackSize: bytes of stack at least; 0 for what the system gives.
  ///   - isDetached: nobody joins it.
  ///   - ending: called last on the thread, when `body` returns or the thread exits.
  /// - Throws: `EAGAIN` where there are too many threads.
  @discardableResult
  public static func start(
    stackSize: Int = 0, isDetached: Bool = false, ending: (@Sendable () -> Void)? = nil,
    _ body: @escaping @Sendable () -> Void
  ) throws(SystemError) -> ID {
    let context = unsafe Unmanaged.passRetained(Body(body, ending)).toOpaque()
    var id: CUnsignedLong = 0
    let code = unsafe cnine_thread_start(
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe cnine_set_thread_body(argument)
        unsafe Unmanaged<Body>.fromOpaque(argument)._withUnsafeGuaranteedRef { $0.run() }
        SystemThread.finish()
        return nil
      }, context, stackSize, &id, isDetached ? 1 : 0)
    if code != 0 {
      unsafe Unmanaged<Body>.fromOpaque(context).release()
      throw SystemError(call: "pthread_create", errno: code).noted()
    }
    return ID(raw: id)
  }

  /// Gives back what the calling thread was started with, if it was started here.
  private static func finish() {
    guard let context = unsafe cnine_thread_body() else { return }
    cnine_set_thread_body(nil)
    unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().ending?()
  }

  /// Waits until a thread that was not detached has ended.  Once a thread.  `pthread_join(3)`.
  public static func join(_ thread: ID) {
    let code = cnine_thread_join(thread.raw)
    precondition(code == 0, "a thread is joined once, and not by itself")
  }

  /// Ends the calling thread.  What the frames above hold is not given back.  `pthread_exit(3)`.
  public static func exit() -> Never {
    finish()
    cnine_thread_exit()
  }

  /// Lets others run.  `sched_yield(2)`.
  public static func yield() { sched_yield() }

  /// Keeps the calling thread on one processor; false where the system refuses.
  @discardableResult
  public static func pin(to cpu: Int) -> Bool { cnine_thread_pin(CInt(cpu)) == 0 }

  // What a thread has to itself.

  /// A pointer of the calling thread, nil at first, for the program.  `threaddata`.
  public static var data: UnsafeMutablePointer<UnsafeMutableRawPointer?> {
    unsafe cnine_thread_data()
  }

  /// The runtime's pointer of the calling thread: the worker that it runs.
  public static var worker: UnsafeMutableRawPointer? {
    get { unsafe cnine_thread_worker() }
    set { unsafe cnine_set_thread_worker(newValue) }
  }

  /// The same: what the loop is doing of which the thread runs a turn.
  public static var loop: UnsafeMutableRawPointer? {
    get { unsafe cnine_thread_loop() }
    set { unsafe cnine_set_thread_loop(newValue) }
  }

  /// 64 bytes of the calling thread, for the one queue that it waits in.
  public static var node: UnsafeMutableRawPointer { unsafe cnine_thread_node() }

  // Sleeping.

  /// Sleeps while the 32-bit word at `word` is `value`; may return for no reason.  `futex(2)`.
  ///
  /// - Parameter timeoutNs: how long at most; for ever if that is negative.
  /// - Returns: false if the time has run out.
  @discardableResult
  public static func park(
    _ word: UnsafeMutableRawPointer, while value: UInt32, timeoutNs: Int64 = -1
  ) -> Bool {
    unsafe cnine_park(word.assumingMemoryBound(to: UInt32.self), value, timeoutNs) != 0
  }

  /// Wakes at most `count` of those that sleep on `word`.  `futex(2)`.
  ///
  /// The word is not looked at: its memory may be gone.
  public static func unpark(_ word: UnsafeMutableRawPointer, count: Int = 1) {
    unsafe cnine_unpark(word.assumingMemoryBound(to: UInt32.self), CInt(clamping: count))
  }

  /// What a loop that waits for another processor does between two looks.
  public static func spinwait() { cnine_spinwait() }

  /// The processor's counter.  `rdtsc`.
  public static func cycles() -> UInt64 { cnine_cycles() }

  /// Asks for the cache lines behind `count` pointers, which will be written soon.
  public static func prefetch(_ addresses: UnsafeRawPointer, count: Int) {
    unsafe cnine_prefetch(
      addresses.assumingMemoryBound(to: UnsafeMutableRawPointer?.self), CInt(count))
  }

  // Looking at another.

  /// Lets others ask for the calls of this thread: SIGURG, by default ignored, is not blocked.
  public static func answerBacktraces() { cnine_answer_backtraces() }

  /// The calls under way in another thread, innermost first; nil if it does not answer.
  ///
  /// The thread is interrupted by SIGURG, whose handler this takes.  One caller at a time.
  public static func backtrace(
    of thread: ID, timeoutNs: Int64 = 100_000_000
  ) -> [UnsafeMutableRawPointer]? {
    var found = unsafe [UnsafeMutableRawPointer?](repeating: nil, count: 64)
    let count = unsafe cnine_backtrace_of(thread.raw, &found, 64, timeoutNs)
    return unsafe count < 0 ? nil : found.prefix(Int(count)).compactMap { unsafe $0 }
  }

  /// The function at an address, as far as the program's tables know it; else the place in its
  /// file, which `addr2line` and `llvm-symbolizer` understand.  `dladdr(3)`.
  public static func describe(_ address: UnsafeMutableRawPointer) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
      guard let base = text.baseAddress else { return "" }
      _ = unsafe cnine_describe_address(address, base, text.count)
      return unsafe String(cString: base)
    }
  }
}
