// Signals and processes: theory of operation.
//
// Signals.  A handler in C writes the signal's number to a socket of the loop that asked for it;
// what comes out at the other end is an event like any other, and no thread has to block anything.
//
// Children.  The system has a descriptor of a process, readable when it has ended: so a child is
// waited for as a connection is, no signal is needed, and nobody else's children are taken.
//
// In a simulated world processes are the world's (Sim/SimProcess.swift), and so are signals.
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
    if signalFd < 0 { return }
    for number in signals.keys { try? SignalBytes.send(number, to: nil) }  // K1: as they were
    Kernel.close(signalFd)
  }
}

/// What knows how a child ended.
protocol EndedChildCarrier {
  var ended: EndedChild? { get }
}

/// A child that is waited for.
final class ChildActivity: Activity, EndedChildCarrier {
  let pid: Int32
  private var handle = Aio.Handle.none
  /// The child itself where it is simulated.
  private var process: Aio.SimProcess?
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

  func start(_ process: Aio.SimProcess, on loop: SimLoop) {
    self.process = process
    process.watch(self, on: loop)
  }

  /// What became of a simulated child.
  func isTold(_ news: Result<EndedChild, SystemError>, on loop: Aio.Loop) {
    if !loop.isUnderWay(self) { return }
    switch news {
    case .success(let child):
      ended = child
      finish(0, loop)
    case .failure(let error): finish(-error.errno, loop)
    }
  }

  private func finish(_ result: Int32, _ loop: Aio.Loop) {
    loop.processes.children[pid] = nil
    if let process {
      process.unwatch(self)
      self.process = nil
    } else {
      loop.close(handle)
    }
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
  /// - Throws: `EINVAL` for what is no signal or cannot be caught.
  ///
  /// Corresponds to `Aio::sigInstall`.
  @discardableResult
  public final func sigInstall(
    _ receiver: Aio.Receiver?, _ number: CInt
  ) throws(SystemError) -> Aio.Receiver? {
    let table = processes
    if let simulation = self as? SimLoop {
      try simulation.network.children.listen(number, receiver == nil ? nil : simulation)
    } else {
      if receiver != nil && table.signalFd < 0 { try listenForSignals(table) }
      try SignalBytes.send(number, to: receiver == nil ? nil : table.signalFd)
    }
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
        for index in 0..<buffer.count { loop.tell(signal: CInt(buffer[index])) }
      })
  }

  /// Tells whoever asked for it of a signal that came.
  final func tell(signal number: CInt) {
    guard let receiver = processes.signals[number] else { return }
    var told = Aio.Completion(
      token: .none, kind: .signal, isLast: false, handle: .none, accepted: .none,
      result: Int(number), buffer: nil)
    receiver.completed(&told, on: self)
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
    if let simulation = self as? SimLoop {
      guard let process = simulation.network.children.processes[pid] else {
        return refuse(.child, .none, ECHILD, receiver)
      }
      return simulation.wait(for: process, receiver, site)
    }
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
  /// - Throws: what the system or the child's actions refuse.
  ///
  /// Corresponds to `Aio::aspawn`.
  public final func aspawn(
    _ path: String, _ arguments: [String], environment: [String] = [],
    actions: [ChildAction] = [], _ receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) throws(SystemError) -> Int32 {
    let site = Aio.Site(file, line: line, function: function)
    if let simulation = self as? SimLoop {
      let children = simulation.network.children
      let pid = try children.spawn(path, arguments, environment, actions)
      if let process = children.processes[pid] { simulation.wait(for: process, receiver, site) }
      return pid
    }
    let child = try Children.spawn(path, arguments, environment: environment, actions)
    let pid = child.pid
    _ = try wait(for: child.release(), pid, receiver, site)
    return pid
  }

  /// Sends a signal to a child that this loop waits for.  `kill(2)`.
  ///
  /// It is the child that is meant, and no other process that has its number by now: the news of it
  /// has not been taken.  What a signal did is told by the child's end.
  ///
  /// - Throws: `ESRCH` for another process, `EINVAL` for what is no signal, `EPERM` for a child
  ///   that has become somebody else.
  public final func sendSignal(_ number: CInt, toChild pid: Int32) throws(SystemError) {
    guard processes.children[pid] != nil else {
      throw SystemError(call: "kill", errno: ESRCH, subject: "\(pid)")
    }
    if let simulation = self as? SimLoop {
      guard (0...64).contains(number) else { throw SystemError(call: "kill", errno: EINVAL) }
      simulation.network.children.processes[pid]?.receive(number)
    } else if kill(pid, number) < 0 {
      throw SystemError(call: "kill", errno: errno, subject: "\(pid)")
    }
  }

  /// Forks: the child calls a C function, which may only exec or exit, and exits with its result.
  ///
  /// Rings are not in the child, and descriptors of ours are close-on-exec.  Corresponds to
  /// `Aio::afork`; see `aspawn`, which has a use.
  ///
  /// - Throws: what the system refuses; always in a simulation, which cannot fork.
  public final func afork(
    _ function: @convention(c) (UnsafeMutableRawPointer?) -> CInt,
    _ context: UnsafeMutableRawPointer?, _ receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, name: StaticString = #function
  ) throws(SystemError) -> Int32 {
    if isSimulated {
      throw SystemError(
        call: "fork", text: "a simulated world cannot fork: add a program to it, and use aspawn")
    }
    let child = try unsafe Children.fork(function, context)
    let pid = child.pid
    let site = Aio.Site(file, line: line, function: name)
    _ = try wait(for: child.release(), pid, receiver, site)
    return pid
  }
}

extension SimLoop {
  /// Waits for a process of the world.
  @discardableResult
  final func wait(
    for process: Aio.SimProcess, _ receiver: Aio.Receiver, _ site: Aio.Site
  ) -> Aio.OpToken {
    removeChildHandler(process.pid)
    let activity = ChildActivity(process.pid)
    let token = begin(activity, .child, receiver, site)
    if token == .none { return token }
    processes.children[process.pid] = activity
    activity.start(process, on: self)
    return token
  }

  /// A signal has come: it is told in the loop's next turn.
  func send(signal number: CInt) { mailbox.send { $0.tell(signal: number) } }
}
