// Messages between loops, and blocking work, beside an echo.
//
// A message may find its loop asleep, with nothing else that would wake it: a wake-up that is lost
// is a message that is never run.

import Glibc
import LibAIO
import Sys9

final class MessageProgram: EchoProgram {
  private var box = MessageBox()
  private var workers: [BlockingClient] = []

  override func addCrowd() throws(SystemError) {
    try super.addCrowd()
    box = MessageBox()
    for sender in 0..<1 + draw(4) { send(1 + draw(30), from: sender) }
    workers = []
    for _ in 0..<1 + draw(3) {
      let worker = BlockingClient(network, ledger)
      worker.start(front)
      workers.append(worker)
    }
  }

  /// A chain of messages: each one is sent by the one before it, to a loop that is drawn.
  private func send(_ count: Int, from sender: Int) {
    box.expected += count
    pass(count, sender, 0)
  }

  private func pass(_ left: Int, _ sender: Int, _ number: Int) {
    if left == 0 { return }
    let (box, ledger, network) = (box, ledger, network)
    let chain = MessageChain(box, ledger, network, loops.map(\.remote), sender)
    chain.pass(left, number)
  }

  override func check() -> [String] {
    var found = super.check()
    if box.arrived != box.expected {
      found.append("M2: \(box.arrived) of \(box.expected) messages were run")
    }
    for worker in workers where !worker.isIdle { found.append("Z2: work was never answered") }
    return found
  }

  override func end() {
    workers = []
    super.end()
  }
}

private final class MessageBox {
  var expected = 0
  var arrived = 0
}

/// A chain of messages, each to another loop; all of it runs in the network's thread.
private final class MessageChain: @unchecked Sendable {
  private let box: MessageBox
  private let ledger: Ledger
  private let network: Aio.SimNetwork
  private let remotes: [Aio.Loop.Remote]
  private var next = 0

  init(
    _ box: MessageBox, _ ledger: Ledger, _ network: Aio.SimNetwork, _ remotes: [Aio.Loop.Remote],
    _ sender: Int
  ) {
    self.box = box
    self.ledger = ledger
    self.network = network
    self.remotes = remotes
  }

  func pass(_ left: Int, _ number: Int) {
    if left == 0 { return }
    // Several at once to one loop keep their order (M1).
    let batch = min(1 + network.draw(below: 3), left)
    let remote = remotes[network.draw(below: remotes.count)]
    for offset in 0..<batch {
      remote.send { [self] loop in
        if next != number + offset { ledger.fault("M1: message \(number + offset) overtakes") }
        next += 1
        box.arrived += 1
        guard offset == batch - 1 else { return }
        // The next one at once, or after a while in which everybody falls asleep.
        if network.draw(below: 2) == 0 { return pass(left - batch, number + batch) }
        loop.addOneShot(
          after: .milliseconds(network.draw(below: 1000)),
          to: Aio.Callback { [self] _, _ in pass(left - batch, number + batch) })
      }
    }
  }
}

/// Has daemons work, and changes its mind now and then.
private final class BlockingClient: Tracked {
  private let network: Aio.SimNetwork
  private var left: Int
  private var expected: Int32 = 0

  init(_ network: Aio.SimNetwork, _ ledger: Ledger) {
    self.network = network
    left = 1 + network.draw(below: 10)
    super.init(ledger)
  }

  func start(_ loop: Aio.Loop) {
    if left == 0 { return }
    left -= 1
    let number = Int32(left)
    expected = number
    let token = expect(loop.runBlocking(self) { number })
    if network.draw(below: 4) == 0 { loop.cancel(token) }
  }

  override func told(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    let isRight =
      completion.result == Int(expected) || completion.error == ECANCELED
      || completion.error == EAGAIN
    if !isRight { ledger.fault("work answers \(completion.result), not \(expected)") }
    start(loop)
  }
}
