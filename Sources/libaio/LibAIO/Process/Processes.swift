// Signals and processes: theory of operation.
//
// Signals.  A handler in C writes the signal's number to a socket of the loop that asked for it;
// what comes out at the other end is an event like any other, and no thread has to block anything.
//
// Children.  The system has a descriptor of a process, readable when it has ended: so a child is
// waited for as a connection is, no signal is needed, and nobody else's children are taken.
//
// Invariants.
//   K1  A signal has one loop, which told the system last; a loop that ends gives its signals back.
//   K2  The news of a child is taken once, by the loop that waits for it.

import Glibc
public import Lib9c
public import Sys9

/// What a loop has to do with signals and children; made when first needed.
final class ProcessTable {
  /// Who is told of a signal.
  fileprivate var signals: [CInt: Aio.Receiver] = [:]
  /// Where the system writes signals.
  fileprivate var signalFd: CInt = -1
  fileprivate var children: [Int32: ChildActivity] = [:]

  /// The operation that waits for a child.
  func token(ofChild pid: Int32) -> Aio.OpToken { children[pid]?.token ?? .none }

  deinit {
    for number in signals.keys { try? SignalBytes.send(number, to: nil) }  // K1: as they were
    if signalFd >= 0 { Kernel.close(signalFd) }
  }
}

/// What knows how a child ended.
protocol EndedChildCarrier {
  var ended: EndedChild? { get }
}

/// A child that is waited for.
private final class ChildActivity: Activity, EndedChildCarrier {
  let pid: Int32
  private var handle = Aio.Handle.none
  private(set) var ended: EndedChild?

  init(_ pid: Int32) { self.pid = pid }

  func start(_ descriptor: consuming Descriptor, on loop: Aio.Loop) throws(SystemError) {
    let fd = descriptor.release()
    handle = try loop.add(fd, [])
    loop.waitReadable(
      handle,
      Aio.Callback { [weak self] completion, loop in
        guard let self, completion.error == nil else { return }
        // K2: it has ended, and its news is there at once.
        do throws(SystemError) {
          ended = try Children.poll(.descriptor(fd))
          finish(ended == nil ? -EAGAIN : 0, loop)
        } catch {
          finish(-error.errno, loop)
        }
      })
  }

  private func finish(_ result: Int32, _ loop: Aio.Loop) {
    loop.processes.children[pid] = nil
    loop.close(handle)
    loop.end(self, result)
  }

  override func stop(on loop: Aio.Loop) { finish(-ECANCELED, loop) }
}

extension Aio.Completion {
  /// How a child ended; nil for other operations and for errors.  Corresponds to `Waitmsg`.
  public var waitmsg: Waitmsg? { (activity as? ChildActivity)?.ended.map { Waitmsg($0) } }

  /// How a child ended, in the system's words; nil for other operations and for errors.
  public var child: EndedChild? { (activity as? ChildActivity)?.ended }
}

extension Aio.Loop {
  /// Tells `receiver` of the signal `number` from now on, or gives the signal its default again.
  ///
  /// The completions' result is the signal's number; they are never the last one.  Signals of one
  /// number that come faster than they are told may be told once.  The receiver is held until
  /// another takes its place.
  ///
  /// - Returns: whom this loop told before.
  /// - Throws: `ENOSYS` in a simulation, `EINVAL` for what is no signal or cannot be caught.
  ///
  /// Corresponds to `Aio::sigInstall`.
  @discardableResult
  public final func sigInstall(
    _ receiver: Aio.Receiver?, _ number: CInt
  ) throws(SystemError) -> Aio.Receiver? {
    if isSimulated { throw SystemError(call: "sigaction", errno: ENOSYS) }
    let table = processes
    if receiver != nil && table.signalFd < 0 { try listenForSignals(table) }
    try SignalBytes.send(number, to: receiver == nil ? nil : table.signalFd)
    let before = table.signals[number]
    table.signals[number] = receiver
    return before
  }

  private func listenForSignals(_ table: ProcessTable) throws(SystemError) {
    let (mine, its) = try Sockets.pair(.stream)
    table.signalFd = its
    // A signal must never wait: what a full socket would hold up has been noticed.
    _ = Kernel.setBlocking(its, false)
    _ = Kernel.setBlocking(mine, false)
    let handle = try adopt(Descriptor(adopting: mine))
    receive(
      from: handle, repeating: true,
      to: Aio.Callback { completion, loop in
        guard let buffer = completion.takeBuffer() else { return }
        for index in 0..<buffer.count {
          let number = CInt(buffer[index])
          guard let receiver = loop.processes.signals[number] else { continue }
          var told = Aio.Completion(
            token: .none, kind: .signal, isLast: false, handle: .none, accepted: .none,
            result: Int(number), buffer: nil)
          receiver.completed(&told, on: loop)
        }
      })
  }

  /// Tells `receiver` when the child `pid` has ended, and takes the news of it.
  ///
  /// The completion's `waitmsg` says how; `ECHILD` if there is no such child.  A second handler for
  /// one child takes the place of the first, which is cancelled.  Corresponds to
  /// `Aio::addChildHandler`.
  @discardableResult
  public final func addChildHandler(
    _ receiver: Aio.Receiver, _ pid: Int32,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = Aio.Site(file, line: line, function: function)
    if isSimulated { return refuse(.child, .none, ENOSYS, receiver) }
    do {
      return try wait(for: try Children.open(pid), pid, receiver, site)
    } catch {
      // A number that is no process's is no child of ours.
      return refuse(.child, .none, error.errno == ESRCH ? ECHILD : error.errno, receiver)
    }
  }

  private func wait(
    for descriptor: consuming Descriptor, _ pid: Int32, _ receiver: Aio.Receiver?,
    _ site: Aio.Site
  ) throws(SystemError) -> Aio.OpToken {
    removeChildHandler(pid)
    let activity = ChildActivity(pid)
    let token = begin(activity, .child, receiver, site)
    if token == .none { return token }
    processes.children[pid] = activity
    do {
      try activity.start(descriptor, on: self)
    } catch {
      processes.children[pid] = nil
      end(activity, -error.errno)
    }
    return token
  }

  /// Cancels the handler of the child `pid`, if there is one; the child stays.  Corresponds to
  /// `Aio::removeChildHandler`.
  public final func removeChildHandler(_ pid: Int32) {
    processes.children[pid]?.stop(on: self)
  }

  /// Starts a program: `path` with `arguments`, the first of which is its name.
  ///
  /// `receiver` is told how it ended, as by `addChildHandler`.  What the child does before is a
  /// table of actions, in C: the seed's callback that ran in the child is `ChildAction.call`.
  ///
  /// - Parameter environment: `NAME=value` each.
  /// - Returns: the child's number.
  /// - Throws: what the system or the child's actions refuse; `ENOSYS` in a simulation.
  ///
  /// Corresponds to `Aio::aspawn`.
  public final func aspawn(
    _ path: String, _ arguments: [String], environment: [String] = [],
    actions: [ChildAction] = [], _ receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) throws(SystemError) -> Int32 {
    if isSimulated { throw SystemError(call: "clone", errno: ENOSYS, subject: path) }
    let child = try Children.spawn(path, arguments, environment: environment, actions)
    let pid = child.pid
    let site = Aio.Site(file, line: line, function: function)
    _ = try wait(for: child.release(), pid, receiver, site)
    return pid
  }

  /// Forks: the child calls a C function, which may only exec or exit, and exits with its result.
  ///
  /// Rings are not in the child, and descriptors of ours are close-on-exec.  Corresponds to
  /// `Aio::afork`; see `aspawn`, which has a use.
  public final func afork(
    _ function: @convention(c) (UnsafeMutableRawPointer?) -> CInt,
    _ context: UnsafeMutableRawPointer?, _ receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, name: StaticString = #function
  ) throws(SystemError) -> Int32 {
    if isSimulated { throw SystemError(call: "fork", errno: ENOSYS) }
    let child = try unsafe Children.fork(function, context)
    let pid = child.pid
    let site = Aio.Site(file, line: line, function: name)
    _ = try wait(for: child.release(), pid, receiver, site)
    return pid
  }
}
