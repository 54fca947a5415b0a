// What a task asks of its loop.  The theory is in LoopTaskExecutor.swift.
//
// Each function submits the operation of the same name and waits for its terminal completion; an
// error is thrown, and a task that is cancelled meanwhile cancels the operation and throws
// ECANCELED.

import Glibc
public import Lib9c
public import Sys9
public import SystemPackage

extension Aio {
  /// A loop as the tasks on it see it.
  ///
  /// Its functions belong to tasks that prefer the loop's executor; another caller is a fault of
  /// the program, and stops it.
  public final class AsyncLoop: @unchecked Sendable {
    /// The loop.
    let loop: Loop

    init(_ loop: Loop) { self.loop = loop }

    /// Where its tasks run.
    public var executor: LoopTaskExecutor { loop.executor }

    /// The loop's time in nanoseconds, taken once a turn.  Corresponds to `Aio::now`.
    public var now: UInt64 { loop.now }

    /// The loop itself, for what has callbacks.
    public func withLoop<Result>(_ body: (Loop) throws -> Result) rethrows -> Result {
      check()
      return try body(loop)
    }

    @inline(__always)
    func check() { precondition(loop.executor.isCurrent, "X1: a loop's tasks run on its executor") }

    /// Starts a task on this loop.  One a connection, not one a message: it costs 300 to 700 ns.
    ///
    /// What it registers is said to be registered where it was started.
    ///
    /// - Parameter group: whose work it does; that of the event under way if nil.
    @discardableResult
    public func spawn(
      group: EventGroup? = nil, file: StaticString = #fileID, line: UInt32 = #line,
      function: StaticString = #function, _ body: sending @escaping @isolated(any) () async -> Void
    ) -> Swift.Task<Void, Never> {
      let body = TaskScope.Body(function: body)
      let mailbox = loop.mailbox
      let site = Site(file, line: line, function: function)
      return Swift.Task(executorPreference: loop.executor) { [self] in
        loop.recorder.place(site, group ?? loop.group)
        await TaskScope.run(body, mailbox)
      }
    }
  }
}

/// Somebody who waits for one operation.
@safe final class Waiter: Aio.Receiver, CancellableWait {
  private var token = Aio.OpToken.none
  private unowned(unsafe) var loop: Aio.Loop?
  private var continuation: UnsafeContinuation<Void, Never>?
  private(set) var isDone = false
  private(set) var result = 0
  private(set) var connection = Aio.Handle.none
  private(set) var activity: Activity?
  private var parts: Aio.Buffer.Parts?
  private(set) var failure: SystemError?

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    if !completion.isLast { return }
    isDone = true
    result = completion.result
    connection = completion.accepted
    activity = completion.activity
    failure = completion.failure
    if let buffer = completion.takeBuffer() { parts = buffer.unwrap() }
    if let waiting = unsafe continuation {
      unsafe continuation = nil
      unsafe waiting.resume()
    }
  }

  deinit { if let parts { _ = Aio.Buffer(parts) } }

  func takeBuffer() -> Aio.Buffer? {
    guard let parts else { return nil }
    self.parts = nil
    return Aio.Buffer(parts)
  }

  /// The task that waits was cancelled.
  func cancel(_ wait: TaskScope.Wait) { unsafe loop?.cancel(token) }

  /// Waits for the terminal completion (X2).
  nonisolated(nonsending) func wait(_ token: Aio.OpToken, _ loop: Aio.AsyncLoop) async {
    if isDone { return }
    var remembered: TaskScope?
    if let scope = TaskScope.current(&remembered) {
      self.token = token
      unsafe self.loop = loop.loop
      scope.begin(.reading, of: self)
      await unsafe withUnsafeContinuation { waiting in unsafe continuation = unsafe waiting }
      scope.end()
      return
    }
    let carried = CarriedWaiter(waiter: self, loop: loop)
    await withTaskCancellationHandler {
      await unsafe withUnsafeContinuation { waiting in
        if carried.waiter.isDone {
          unsafe waiting.resume()
        } else {
          unsafe carried.waiter.continuation = unsafe waiting
        }
      }
    } onCancel: {
      // On whatever thread; and perhaps at once, in the middle of this call.
      carried.loop.loop.mailbox.send { $0.cancel(token) }
    }
  }
}

private struct CarriedWaiter: @unchecked Sendable {
  let waiter: Waiter
  let loop: Aio.AsyncLoop
}

extension Aio.AsyncLoop {
  /// Submits what `submit` submits and waits for it; throws what it failed with.
  nonisolated(nonsending) func perform(
    _ call: String, _ submit: (Aio.Loop, Waiter) -> Aio.OpToken
  ) async throws(SystemError) -> Waiter {
    check()
    if Swift.Task.isCancelled { throw SystemError(call: call, errno: ECANCELED) }
    let waiter = Waiter()
    let token = submit(loop, waiter)
    await waiter.wait(token, self)
    if waiter.result < 0 {
      throw waiter.failure ?? SystemError(call: call, errno: CInt(-waiter.result))
    }
    return waiter
  }

  // Time.

  /// Waits until `delay` has passed.
  ///
  /// - Throws: `ECANCELED` at once if the task is cancelled.
  public nonisolated(nonsending) func sleep(for delay: Duration) async throws(SystemError) {
    check()
    let (sleeper, waiter) = (Sleeper(), Waiter())
    _ = loop.begin(sleeper, .timer, waiter, loop.site)
    sleeper.start(loop.deadline(after: delay), on: loop)
    await waiter.wait(sleeper.token, self)
    if waiter.result < 0 { throw SystemError(call: "sleep", errno: ECANCELED) }
  }

  // Network.

  /// A listener for `address`, such as `tcp!*!80`: see `Loop.announce`.
  public nonisolated(nonsending) func announce(
    _ address: String, options: Aio.ListenOptions = Aio.ListenOptions()
  ) async throws(SystemError) -> Aio.AsyncListener {
    let found = try await perform("announce") { loop, waiter in
      loop.announce(address, options: options, to: waiter)
    }
    return Aio.AsyncListener(found.connection, self)
  }

  /// Connects to `address`, such as `tcp!example.com!http`: see `Loop.adial`.
  public nonisolated(nonsending) func adial(
    _ address: String, timeout: Duration? = .seconds(60)
  ) async throws(SystemError) -> Aio.AsyncConnection {
    let found = try await perform("dial") { loop, waiter in
      loop.adial(address, timeout: timeout, to: waiter)
    }
    return Aio.AsyncConnection(found.connection, self)
  }

  /// The addresses of a dial string: see `Loop.resolve`.
  public nonisolated(nonsending) func resolve(
    _ name: DialString, timeout: Duration? = nil
  ) async throws(SystemError) -> [Aio.ResolvedAddress] {
    let deadline = timeout.map { loop.deadline(after: $0) }
    let found = try await perform("resolve") { loop, waiter in
      loop.resolve(name, deadline: deadline, to: waiter)
    }
    guard let activity = found.activity as? ResolveActivity,
      case .success(let addresses) = activity.result
    else { return [] }
    return addresses
  }

  // Files and blocking work.

  /// Opens a file: see `Loop.open`.
  public nonisolated(nonsending) func open(
    _ path: FilePath, _ flags: CInt = 0, mode: UInt32 = 0o666
  ) async throws(SystemError) -> Descriptor {
    let found = try await perform("open") { loop, waiter in
      loop.open(path, flags, mode: mode, to: waiter)
    }
    guard let file = (found.activity as? FileActivity)?.takeDescriptor() else {
      throw SystemError(call: "open", errno: EBADF)
    }
    return file
  }

  /// Waits until a file is on the disk: see `Loop.fsync`.
  public nonisolated(nonsending) func fsync(_ fd: CInt) async throws(SystemError) {
    _ = try await perform("fsync") { loop, waiter in loop.fsync(fd, to: waiter) }
  }

  /// Reads a part of a file; empty at its end: see `Loop.read`.
  public nonisolated(nonsending) func read(
    _ fd: CInt, at offset: Int64, count: Int
  ) async throws(SystemError) -> Aio.Buffer {
    let found = try await perform("read") { loop, waiter in
      loop.read(fd, at: offset, count: count, to: waiter)
    }
    return found.takeBuffer() ?? Aio.Buffer("")
  }

  /// Asks whether this process may do to a file what `mode` says: see `Loop.access`.
  public nonisolated(nonsending) func access(
    _ path: FilePath, _ mode: CInt
  ) async throws(SystemError) {
    _ = try await perform("access") { loop, waiter in loop.access(path, mode, to: waiter) }
  }

  /// A file's directory entry: see `Loop.dirstat`.
  public nonisolated(nonsending) func dirstat(_ path: String) async throws(SystemError) -> Dir {
    let found = try await perform("dirstat") { loop, waiter in loop.dirstat(path, to: waiter) }
    guard let job = found.activity as? DaemonJob<Result<Dir, SystemError>>,
      case .success(let dir) = job.answer
    else { throw SystemError(call: "dirstat", errno: ENOENT) }
    return dir
  }

  /// Changes a file's directory entry: see `Loop.dirwstat`.
  public nonisolated(nonsending) func dirwstat(
    _ path: String, _ change: DirChange
  ) async throws(SystemError) {
    _ = try await perform("dirwstat") { loop, waiter in
      loop.dirwstat(path, change, to: waiter)
    }
  }

  /// Runs `work` on a daemon of the user's lane: see `Loop.runBlocking`.
  public nonisolated(nonsending) func runBlocking(
    _ work: @escaping @Sendable () -> Int32
  ) async throws(SystemError) -> Int {
    try await perform("blocking") { loop, waiter in loop.runBlocking(waiter, work) }.result
  }

  // Processes.

  /// Runs a program and waits for its end: see `Loop.aspawn`.  A task that is cancelled leaves it.
  public nonisolated(nonsending) func aspawn(
    _ path: String, _ arguments: [String], environment: [String] = [],
    actions: [ChildAction] = []
  ) async throws(SystemError) -> Waitmsg {
    check()
    let waiter = Waiter()
    let pid = try loop.aspawn(path, arguments, environment: environment, actions: actions, waiter)
    await waiter.wait(loop.processes.token(ofChild: pid), self)
    if waiter.result < 0 {
      throw SystemError(call: "wait", errno: CInt(-waiter.result), subject: path)
    }
    guard let ended = (waiter.activity as? any EndedChildCarrier)?.ended else {
      throw SystemError(call: "wait", errno: ECHILD, subject: path)
    }
    return Waitmsg(ended)
  }
}

/// A wait for a moment, as an operation that can be cancelled.  Whoever waits keeps it, not the
/// other way round.
private final class Sleeper: Activity {
  private var timer = Aio.TimerToken.none

  func start(_ deadline: UInt64, on loop: Aio.Loop) {
    timer = loop.addOneShot(
      at: deadline,
      to: Aio.Callback { [weak self] _, loop in if let self { loop.end(self, 0) } }, loop.site)
  }

  override func stop(on loop: Aio.Loop) {
    loop.removeTimer(timer)
    loop.end(self, -ECANCELED)
  }
}
