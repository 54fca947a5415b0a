// Programs in a simulated world: theory of operation.
//
// Problem.  A runtime is right if every program on it is, whatever the system does and whenever it
// is stopped.  Tests say what happens in the cases that somebody thought of.
//
// Shape.  A run is a number.  It chooses a program, its clients, what goes wrong and when all of it
// is dropped; the network draws the rest.  Programs are the ones of this repository (the servers)
// and some that use what is left of the runtime; they touch the outside through the runtime alone.
//
//     seed --> faults, program --> crowd of clients --> rest? --> checks --> the next crowd
//                                        |                                      |
//                                        +--> dropped in the middle             +--> orderly end
//
// Clients know what they must get.  Where no fault did harm, they must get all of it; where one
// did, what they get is a beginning of it, and they are told that the rest is missing.
//
// Invariants, beside those of the audit (SimAudit.swift).
//   Z1  A run has `eventsMin` events and `faultsMin` faults at least: crowd follows crowd.
//   Z2  Each operation of a client ends exactly once, and nothing is told after its end.
//   Z3  At rest every client is done: nobody waits for what will never come.
//   Z4  When loops, servers and clients are dropped, at whatever step, nothing of them is left.
//   Z5  Two runs of a seed have one digest.

import LibAIO
import Sys9

/// One run of one seed.
public struct SimRun {
  /// The fewest events and faults of a run.
  public static let eventsMin = 1000
  /// The fewest faults of a run.
  public static let faultsMin = 20
  /// A run that needs more turns than this between two crowds does not come to rest.
  private static let stepsMax = 1_000_000
  /// Crowds in a run at most: a program that makes no events is a fault too.
  private static let crowdsMax = 400

  /// What a run came to.
  public struct Report {
    /// What the run was chosen by.
    public let seed: UInt64
    /// Which program ran.
    public let program: SimProgram.Kind
    /// Events, faults and turns of loops.
    public var events = 0, faults = 0, steps = 0
    /// Crowds of clients.
    public var crowds = 0
    /// Whether all was dropped in the middle.
    public var wasDropped = false
    /// The same in two runs of a seed.
    public var digest: UInt64 = 0
    /// What must not be, in words; empty if all was well.
    public var violations: [String] = []
    /// The last events, if something was wrong.
    public var trace: [String] = []
  }

  private let seed: UInt64
  private let chosen: SimProgram.Kind?
  private let eventsMin: Int
  private let listener: ((String) -> Void)?

  /// - Parameters:
  ///   - program: what runs; the seed's choice if nil.
  ///   - eventsMin: crowds follow each other until there were so many events.
  ///   - listener: called with a line for each event.
  public init(
    seed: UInt64, program: SimProgram.Kind? = nil, eventsMin: Int = Self.eventsMin,
    listener: ((String) -> Void)? = nil
  ) {
    self.seed = seed
    chosen = program
    self.eventsMin = eventsMin
    self.listener = listener
  }

  /// Runs it.  A function of the seed and the program, and of nothing else (Z5).
  public func run() -> Report {
    let network = Aio.SimNetwork(seed: seed)
    if let listener { network.listen(listener) }
    let kinds = SimProgram.Kind.allCases
    let kind = chosen ?? kinds[Int(seed % UInt64(kinds.count))]
    let isHarmless = network.draw(below: 2) == 0
    network.faults = isHarmless ? .benign : .all
    network.escapePolicy = .report
    let dropAt = network.draw(below: 3) == 0 ? eventsMin + network.draw(below: 1000) : Int.max
    var report = Report(seed: seed, program: kind)
    let ledger = Ledger()
    do throws(SystemError) {
      let program = try kind.make(network, ledger, isHarmless: isHarmless)
      try play(program, network, program.mayBeDropped ? dropAt : .max, &report)
    } catch {
      report.violations.append("the program did not begin: \(error)")
    }
    // Here nobody holds the program, its loops or its clients any more (Z4).
    network.abandon()
    if report.violations.isEmpty {
      report.violations += network.remains() + ledger.violations
      if ledger.live != 0 { report.violations.append("Z4: \(ledger.live) receivers are left") }
    } else {
      report.violations += ledger.violations
    }
    report.events = network.eventCount
    report.faults = network.faultCount
    report.steps = network.stepCount
    report.digest = network.digest
    if !report.violations.isEmpty { report.trace = network.trace }
    return report
  }

  private func play(
    _ program: SimProgram, _ network: Aio.SimNetwork, _ dropAt: Int, _ report: inout Report
  ) throws(SystemError) {
    while true {
      report.crowds += 1
      // A turn of each loop, so that all know what time it is.
      network.wakeAll()
      network.step()
      try program.addCrowd()
      guard runToRest(program, network, dropAt, &report) else { return }
      report.violations += network.audit() + network.unfinished() + program.check()
      if !report.violations.isEmpty { report.violations += network.state() }
      if !report.violations.isEmpty { return }
      let isEnough =
        network.eventCount >= eventsMin && network.faultCount >= Self.faultsMin
        && dropAt == .max
      if isEnough { break }
      if report.crowds == Self.crowdsMax {
        report.violations.append("Z1: \(network.eventCount) events, \(network.faultCount) faults")
        return
      }
    }
    program.end()
    guard runToRest(program, network, .max, &report) else { return }
    report.violations += network.audit()
    for (number, loop) in program.loops.enumerated() where !loop.isAtRest {
      report.violations.append("Z4: loop \(number) has something left after an orderly end")
    }
  }

  /// Runs until nothing is under way; false if that was not reached, or all is to be dropped.
  private func runToRest(
    _ program: SimProgram, _ network: Aio.SimNetwork, _ dropAt: Int, _ report: inout Report
  ) -> Bool {
    let last = network.stepCount + Self.stepsMax
    var untilAudit = 1 + network.draw(below: 64)
    network.wakeAll()
    while network.step() {
      untilAudit -= 1
      if untilAudit == 0 {
        untilAudit = 1 + network.draw(below: 128)
        report.violations += network.audit()
      }
      if !program.ledger.violations.isEmpty || !report.violations.isEmpty { return false }
      if network.eventCount >= dropAt && network.faultCount >= Self.faultsMin {
        report.wasDropped = true
        return false
      }
      if network.stepCount >= last {
        report.violations.append("Z3: no rest after \(Self.stepsMax) turns")
        report.violations += network.state()
        return false
      }
    }
    return program.ledger.violations.isEmpty
  }
}
