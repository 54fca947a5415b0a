// The table of processes of a simulated world.  The theory is in SimProcess.swift.

import Glibc
import Sys9

/// Programs and processes.  Owned by one network.
final class SimChildren {
  /// So many numbers are used again and again.
  private static let numbers: Int32 = 64

  unowned let network: Aio.SimNetwork
  var programs: [String: (Aio.SimProcess) -> [Aio.SimAct]] = [:]
  /// Those that live, and those whose news nobody has taken.
  private(set) var processes: [Int32: Aio.SimProcess] = [:]
  /// Who is told of a signal that the program itself gets: the loop that asked last (K1).
  private var signals: [CInt: SimHolder] = [:]

  private struct SimHolder { weak var loop: SimLoop? }

  init(_ network: Aio.SimNetwork) { self.network = network }

  /// Starts a program.
  func spawn(
    _ path: String, _ arguments: [String], _ environment: [String], _ actions: [ChildAction]
  ) throws(SystemError) -> Int32 {
    if network.happens(.spawn, oneIn: network.faults.spawnOneIn) {
      let errno = network.draw(below: 2) == 0 ? EAGAIN : ENOMEM
      throw SystemError(call: "clone", errno: errno, subject: path)
    }
    guard let pid = freeNumber() else {
      throw SystemError(call: "clone", errno: EAGAIN, subject: path)
    }
    let process = Aio.SimProcess(pid, path, arguments, environment, network)
    for action in actions {
      do throws(SystemError) { try perform(action, process) } catch {
        if error.errno == 0 { throw error }
        throw SystemError(call: "clone", errno: error.errno, subject: "\(action)")
      }
    }
    guard let program = programs[path] else {
      throw SystemError(call: "execve", errno: ENOENT, subject: path)
    }
    processes[pid] = process
    process.acts = program(process)[...]
    process.schedule()
    return pid
  }

  private func freeNumber() -> Int32? {
    let first = Int32(network.draw(below: Int(Self.numbers)))
    for offset in 0..<Self.numbers {
      let pid = 1000 + (first + offset) % Self.numbers
      if processes[pid] == nil { return pid }
    }
    // Who starts so many at once gets numbers that are not used again soon.
    let next = (processes.keys.max() ?? 1000) + 1
    return next < 4_194_304 ? next : nil
  }

  private func perform(
    _ action: ChildAction, _ process: Aio.SimProcess
  ) throws(SystemError) {
    switch action {
    case .duplicate(let from, let to):
      let source = process.files[from]?.descriptor.raw ?? from
      process.files[to] = SimChildFile(Descriptor(adopting: try duplicate(source)))
    case .close(let fd): process.files[fd] = nil
    case .open(let path, let flags, let number):
      let result = network.files.open(path, flags, from: process.directory)
      if result < 0 { throw SystemError(call: "open", errno: -result, subject: path) }
      process.files[number] = SimChildFile(Descriptor(adopting: result))
    case .changeDirectory(let path):
      let result = network.files.find(directory: path, from: process.directory)
      switch result {
      case .success(let found): process.directory = found
      case .failure(let error): throw error
      }
    case .newSession, .processGroup, .limit: break
    case .blockSignals(let signals): process.blocked = Set(signals)
    case .call:
      throw SystemError(
        call: "clone", text: "a simulated process cannot call a function of C: \(process.path)")
    }
  }

  /// The news of a process, once (P1); an errno if it was taken.
  func take(_ process: Aio.SimProcess) -> Result<EndedChild, SystemError> {
    guard let ended = process.ended, processes[process.pid] === process else {
      return .failure(SystemError(call: "waitid", errno: ECHILD))
    }
    processes[process.pid] = nil
    return .success(ended)
  }

  // Signals.

  /// Whoever is told of `number` from now on; its default if nil.
  func listen(_ number: CInt, _ loop: SimLoop?) throws(SystemError) {
    guard (1...64).contains(number), number != SIGKILL, number != SIGSTOP else {
      throw SystemError(call: "sigaction", errno: EINVAL)
    }
    signals[number] = loop.map { SimHolder(loop: $0) }
  }

  /// A signal comes to the program itself, after a moment.
  func raise(_ number: CInt) {
    if signals[number]?.loop == nil { return }
    network.schedule(
      .job { [weak self] in
        guard let loop = self?.signals[number]?.loop else { return }
        loop.send(signal: number)
      }, on: -1)
  }

  /// Who waits for a process that has ended, and will not be told (P2).
  func findStuck(_ found: inout [String]) {
    for pid in processes.keys.sorted() {
      guard let process = processes[pid], process.ended != nil, process.notices == 0 else {
        continue
      }
      if process.watchers.contains(where: { $0.activity != nil && $0.loop != nil }) {
        found.append("E1: process \(pid), \(process.path), has ended, and who waits is not told")
      }
    }
  }
}

extension Aio.SimNetwork {
  /// A program of this name, which loops of this world can start with `aspawn`, from now on.
  ///
  /// - Parameter body: says what a process does that is started; it may look at its arguments, and
  ///   draw.
  public func addProgram(
    _ path: String, _ body: @escaping (Aio.SimProcess) -> [Aio.SimAct]
  ) {
    children.programs[path] = body
  }

  /// Processes that live, or whose news nobody has taken.
  public var processCount: Int { children.processes.count }

  /// Sends the program itself a signal, of which a loop that asked by `sigInstall` is told; another
  /// one is lost.
  public func raise(_ signal: CInt) { children.raise(signal) }
}
