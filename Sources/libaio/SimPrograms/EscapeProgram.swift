// Tasks that leave their loop for Swift's own executors, and come back.

import LibAIO
import Sys9

/// An echo by tasks, beside tasks that hop to the pool, to actors and back to their loop.
final class EscapeProgram: EchoProgram {
  private var hops = HopTally()

  required init(
    _ network: Aio.SimNetwork, _ ledger: Ledger, isHarmless: Bool
  ) throws(SystemError) {
    try super.init(network, ledger, isHarmless: isHarmless)
    network.escapePolicy = .run
  }

  /// A task that waits holds its loop.
  override var mayBeDropped: Bool { false }

  override func addCrowd() throws(SystemError) {
    try super.addCrowd()
    hops = HopTally()
    let thread = SystemThread.current
    for number in 0..<2 + draw(5) {
      let (loop, hops, count) = (loops[draw(loops.count)].async, hops, 1 + draw(8))
      hops.expected += count
      let pause = Duration.microseconds(draw(3000))
      loop.spawn {
        for round in 0..<count {
          await hops.hop(number &+ round, thread)
          try? await loop.sleep(for: pause)
          // Here the task is on its loop again, whose functions stop the program elsewhere.
          hops.returned += loop.withLoop { _ in 1 }
        }
      }
    }
  }

  override func check() -> [String] {
    var found = super.check()
    if hops.returned != hops.expected {
      found.append("Z3: \(hops.returned) of \(hops.expected) tasks came back")
    }
    if hops.strangers > 0 {
      found.append("V5: \(hops.strangers) times a task ran on a thread of the machine")
    }
    return found
  }
}

/// What the tasks count; all of them run in the network's thread.
private final class HopTally: @unchecked Sendable {
  var expected = 0, returned = 0, strangers = 0
  private let counter = HopCounter()

  func note(_ thread: SystemThread.ID) { if thread != SystemThread.current { strangers += 1 } }

  /// Somewhere else for a moment.
  func hop(_ way: Int, _ thread: SystemThread.ID) async {
    switch way % 4 {
    case 0: await Swift.Task.detached { self.note(thread) }.value
    case 1: await counter.add(self, thread)
    case 2:
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<3 {
          group.addTask { await Swift.Task.detached { self.note(thread) }.value }
        }
      }
    default: await away(thread)
    }
  }

  @concurrent private func away(_ thread: SystemThread.ID) async { note(thread) }
}

private actor HopCounter {
  private var count = 0

  func add(_ tally: HopTally, _ thread: SystemThread.ID) async {
    count += 1
    tally.note(thread)
    await Swift.Task.detached { tally.note(thread) }.value
    tally.note(thread)
  }
}
