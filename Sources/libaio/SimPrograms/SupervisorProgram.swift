// A supervisor: it starts workers, starts them again when they fail, and ends them in order.

import Glibc
import LibAIO
import Sys9

/// Workers that write what they did to a file of their own, fail, hang, and do not care to be told
/// to end; and who looks after them.
final class SupervisorProgram: SimProgram {
  private let loop: Aio.Loop
  private var supervisors: [Supervisor] = []

  required init(
    _ network: Aio.SimNetwork, _ ledger: Ledger, isHarmless: Bool
  ) throws(SystemError) {
    loop = try Aio.World.simulated(network).makeLoop()
    try super.init(network, ledger, isHarmless: isHarmless)
    loops.append(loop)
    try network.addFile("/log/.there", [])
    network.addProgram("/bin/worker") { worker in Self.work(worker) }
  }

  /// What a worker does.
  private static func work(_ worker: Aio.SimProcess) -> [Aio.SimAct] {
    let network = worker.network
    func draw(_ limit: Int) -> Int { network.draw(below: limit) }
    var acts: [Aio.SimAct] = []
    if draw(8) == 0 { acts.append(.ignore(SIGTERM)) }
    for _ in 0..<1 + draw(4) {
      acts += [.work(.milliseconds(draw(50))), .write(Array("a piece of work.".utf8), to: 1)]
    }
    switch draw(8) {
    case 0: acts.append(.die(SIGSEGV))
    case 1: acts.append(.exit(1))
    case 2: acts.append(.sleep(nil))
    default: acts += [.write(Array("!".utf8), to: 1), .exit(0)]
    }
    return acts
  }

  override func addCrowd() throws(SystemError) {
    supervisors = []
    for number in 0..<2 + draw(6) {
      let supervisor = Supervisor(network, ledger, "/log/\(number)")
      supervisor.start(loop)
      supervisors.append(supervisor)
    }
  }

  override func check() -> [String] {
    var found = supervisors.compactMap { $0.fault(isHarmless: isHarmless) }
    if network.processCount > 0 {
      found.append("P1: \(network.processCount) processes are left, or nobody took their news")
    }
    return found
  }

  override func end() { supervisors = [] }
}

/// Looks after one worker: it may fail three times, and it may take a second.
private final class Supervisor: Tracked {
  private static let failuresMax = 3

  private let network: Aio.SimNetwork
  private let log: String
  private var pid: Int32 = 0
  private var timer = Aio.TimerToken.none
  private var failures = 0
  /// Starts, and ends that were told.
  private var starts = 0, ends = 0
  private var isDone = false
  private var succeeded = false
  /// Whether it changed its mind about whom it waits for.
  private var hasSwapped = false
  private var wasTerminated = false

  init(_ network: Aio.SimNetwork, _ ledger: Ledger, _ log: String) {
    self.network = network
    self.log = log
    super.init(ledger)
  }

  func start(_ loop: Aio.Loop) {
    do {
      wasTerminated = false
      pid = try loop.aspawn(
        "/bin/worker", ["worker"],
        actions: [.open(log, flags: O_WRONLY | O_CREAT | O_TRUNC, as: 1)], self)
      starts += 1
      expectUnnamed()
      timer = loop.addOneShot(after: .seconds(1), to: self)
      // Another handler, this one again, takes the place of the first: that is told to end.
      if network.draw(below: 6) == 0 {
        hasSwapped = true
        expect(loop.addChildHandler(self, pid))
      }
    } catch {
      pid = 0
      let known: Set<CInt> = [EAGAIN, ENOMEM, EIO, EMFILE, EACCES, ENOSPC]
      if !known.contains(error.errno) { ledger.fault("a start fails with \(error)") }
      fail(loop)
    }
  }

  /// Once more, a little later, or never.
  private func fail(_ loop: Aio.Loop) {
    failures += 1
    if failures > Self.failuresMax {
      isDone = true
    } else {
      timer = loop.addOneShot(after: .milliseconds(100 * failures), to: self)
    }
  }

  override func told(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    if completion.kind == .timer { return late(loop) }
    if completion.result == -Int(ECANCELED) && hasSwapped {
      hasSwapped = false
      return
    }
    guard let ended = completion.child else {
      ledger.fault("P1: the end of a child is told with \(completion.result)")
      return
    }
    if ended.pid != pid { ledger.fault("P1: the end of \(ended.pid) is told for that of \(pid)") }
    ends += 1
    pid = 0
    loop.removeTimer(timer)
    switch ended.cause {
    case .exited(0):
      succeeded = true
      isDone = true
      checkLog()
    case .exited: fail(loop)
    case .killed(let signal, _):
      let may = signal == SIGSEGV || signal == SIGKILL || signal == SIGTERM && wasTerminated
      if !may { ledger.fault("a child died of signal \(signal)") }
      fail(loop)
    }
  }

  /// The worker takes too long, or it is time to try again.
  private func late(_ loop: Aio.Loop) {
    if pid == 0 { return start(loop) }
    do {
      // It is asked first, and then it is not.
      try loop.sendSignal(wasTerminated ? SIGKILL : SIGTERM, toChild: pid)
      wasTerminated = true
      timer = loop.addOneShot(after: .milliseconds(200), to: self)
    } catch {
      ledger.fault("a child that is waited for cannot be sent a signal: \(error)")
    }
  }

  /// What a worker that succeeded has written.
  private func checkLog() {
    let text = network.fileContent(log) ?? []
    if text.last != UInt8(ascii: "!") || text.count < 2 {
      ledger.fault("a worker that succeeded wrote '\(String(decoding: text, as: UTF8.self))'")
    }
  }

  func fault(isHarmless: Bool) -> String? {
    if !isDone { return "Z3: a supervisor waits for ever, for \(pid)" }
    if !isIdle || starts != ends { return "Z2: \(starts) starts, and \(ends) ends were told" }
    if !succeeded && failures <= Self.failuresMax { return "a worker was not tried again" }
    return nil
  }
}
