// Processes of a simulated world: theory of operation.
//
// Problem.  A supervisor is tried where children die at the wrong moment: before anybody waits,
// while they are told to end, as the supervisor itself ends.  Real children do that once a year.
//
// Shape.  A program of the world is a function of Swift that says what a process does: a list of
// acts (work for a while, write, copy the input, end).  Between two acts a moment passes that is
// drawn, and a signal may come.  What the child's table of actions opens are files of the world.
//
//     aspawn --> process: act, act, ... --> ended, a zombie --notice--> handler: its news is taken
//                            ^ signal: dies, stops, goes on, or does not care
//
// Numbers of processes are few and used again at once, as they would be after a day.
//
// Invariants.
//   P1  The news of a process is taken once; its number is not another's before.
//   P2  Who waits for a process that has ended is told: a notice is on its way.
//   P3  A process that has ended does nothing more, and has no descriptors.
//
// Not simulated: code between fork and exec (`afork`, `ChildAction.call`), which cannot be undone
// here, and says so; groups of processes and sessions, which nobody can see; the limits' effects.

import Glibc
import Sys9

extension Aio {
  /// One thing that a process of a simulated world does.
  public enum SimAct {
    /// Takes processor time.
    case work(Duration)
    /// Waits, without taking any; for ever if nil.
    case sleep(Duration?)
    /// Writes to a descriptor of its own: 1, 2, or what the table of actions opened; what is
    /// written to another one is lost.
    case write([UInt8], to: CInt)
    /// Copies what descriptor 0 leads to, to its end, to descriptor 1.
    case copy
    /// Does not die of this signal from now on.
    case ignore(CInt)
    /// Does what a function says then.
    case then((SimProcess) -> [SimAct])
    /// Ends by itself.  Behind the last act it does, with 0.
    case exit(CInt)
    /// Dies of a signal of its own making.
    case die(CInt)
  }

  /// A process of a simulated world, as its program sees it.
  public final class SimProcess {
    /// Its number.
    public let pid: Int32
    /// The program.
    public let path: String
    /// Its arguments, the first of which is its name.
    public let arguments: [String]
    /// `NAME=value` each.
    public let environment: [String]
    /// Where it is; empty if it was not sent anywhere.
    public internal(set) var directory = ""
    /// The moment at which it began, of the network's time in nanoseconds.
    public let beganNs: UInt64

    /// Its world, from which it may draw.
    public unowned let network: SimNetwork
    /// What it will do.
    var acts: ArraySlice<SimAct> = []
    /// The next step that is on its way; others are void.
    var stepNumber = 0
    var isStopped = false
    /// Whether a step came while it was stopped.
    var hasMissedStep = false
    var ignored: Set<CInt> = []
    var blocked: Set<CInt> = []
    var workedNs: Int64 = 0
    var files: [CInt: SimChildFile] = [:]
    /// How it ended; its news has not been taken yet.
    var ended: EndedChild?
    var watchers: [SimWatcher] = []
    /// Notices that are on their way.
    var notices = 0

    init(
      _ pid: Int32, _ path: String, _ arguments: [String], _ environment: [String],
      _ network: SimNetwork
    ) {
      self.pid = pid
      self.path = path
      self.arguments = arguments
      self.environment = environment
      self.network = network
      beganNs = network.now
    }
  }
}

/// A descriptor of a process: one of the machine's, and how far it has been read.
final class SimChildFile {
  let descriptor: Descriptor
  private var readAt: Int64 = 0

  init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

  /// The next bytes; empty at the end, and where reading fails.
  func read() -> [UInt8] {
    guard let bytes = try? descriptor.content(from: Int(readAt), count: 4096) else { return [] }
    readAt += Int64(bytes.count)
    return bytes
  }
}

/// Who waits for a process.
struct SimWatcher {
  weak var loop: SimLoop?
  weak var activity: ChildActivity?
}

extension Aio.SimProcess {
  /// Its next step, after a moment.
  func schedule(after delay: UInt64 = 0) {
    stepNumber += 1
    let number = stepNumber
    network.schedule(
      .job { [weak self] in
        guard let self, number == stepNumber, ended == nil else { return }
        if isStopped { hasMissedStep = true } else { step() }
      }, on: -1, notBefore: network.now + delay)
  }

  private func step() {
    if network.happens(.kill, oneIn: network.faults.killOneIn) { return end(.killed(SIGKILL)) }
    guard let act = acts.popFirst() else { return end(.exited(0)) }
    switch act {
    case .work(let time):
      workedNs += Int64(clamping: time.ns)
      schedule(after: time.ns)
    case .sleep(let time): if let time { schedule(after: time.ns) }
    case .write(let bytes, let number):
      if bytes.count > 1, network.happens(.short, oneIn: network.faults.shortOneIn) {
        let part = 1 + network.draw(below: bytes.count - 1)
        write(Array(bytes[..<part]), to: number)
        acts = [.write(Array(bytes[part...]), to: number)] + acts
      } else {
        write(bytes, to: number)
      }
      schedule()
    case .copy:
      let bytes = files[0]?.read() ?? []
      if !bytes.isEmpty {
        write(bytes, to: 1)
        acts = [.copy] + acts
      }
      schedule()
    case .ignore(let signal):
      ignored.insert(signal)
      schedule()
    case .then(let body):
      acts = body(self) + acts
      schedule()
    case .exit(let status): end(.exited(status & 0xFF))
    case .die(let signal): end(.killed(signal))
    }
  }

  private func write(_ bytes: [UInt8], to number: CInt) {
    // A program that does not look whether it could write is no rarity.
    try? files[number]?.descriptor.write(all: bytes)
  }

  /// A signal comes; nothing if it has ended.
  func receive(_ signal: CInt) {
    if ended != nil || signal == 0 { return }
    switch signal {
    case SIGKILL: return end(.killed(SIGKILL))
    case SIGSTOP: isStopped = true
    case SIGCONT:
      isStopped = false
      if hasMissedStep {
        hasMissedStep = false
        schedule()
      }
    case SIGCHLD, SIGURG, SIGWINCH: break
    case _ where ignored.contains(signal) || blocked.contains(signal): break
    case SIGTSTP, SIGTTIN, SIGTTOU: isStopped = true
    default: end(.killed(signal))
    }
  }

  private enum End { case exited(CInt), killed(CInt) }

  private func end(_ how: End) {
    acts = []
    files = [:]  // P3
    let cause: EndedChild.Cause =
      switch how {
      case .exited(let status): .exited(status)
      case .killed(let signal): .killed(signal, dumpedCore: false)
      }
    ended = EndedChild(
      pid: pid, cause: cause, userNs: workedNs, systemNs: 0,
      elapsedNs: Int64(clamping: network.now - beganNs))
    let name = path
    network.remark("process \(pid), \(name), has ended: \(cause)")
    for watcher in watchers { announce(to: watcher) }
    network.raise(SIGCHLD)
  }

  /// Somebody waits from now on.
  func watch(_ activity: ChildActivity, on loop: SimLoop) {
    let watcher = SimWatcher(loop: loop, activity: activity)
    watchers.append(watcher)
    if ended != nil { announce(to: watcher) }
  }

  func unwatch(_ activity: ChildActivity) { watchers.removeAll { $0.activity === activity } }

  /// The descriptor of the process becomes readable for one who waits (P2).
  private func announce(to watcher: SimWatcher) {
    notices += 1
    network.schedule(
      .job { [weak self] in
        guard let self else { return }
        notices -= 1
        guard let loop = watcher.loop, let activity = watcher.activity else { return }
        if network.happens(.interrupt, oneIn: network.faults.interruptOneIn) {
          return announce(to: watcher)
        }
        activity.isTold(network.children.take(self), on: loop)
        loop.wake()
      }, on: -1)
  }
}

extension Duration {
  /// As nanoseconds; 0 for what is past.
  fileprivate var ns: UInt64 {
    let (seconds, attoseconds) = components
    return UInt64(clamping: seconds) * 1_000_000_000 + UInt64(clamping: attoseconds / 1_000_000_000)
  }
}
