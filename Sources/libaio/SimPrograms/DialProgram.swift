// Dialling: names with several addresses, of which some refuse and some are silent, with time
// limits and changes of mind.

import Glibc
import LibAIO
import Sys9

final class DialProgram: EchoProgram {
  private var dialers: [Dialer] = []

  override func addCrowd() throws(SystemError) {
    network.faults.refuseOneIn = 3
    network.faults.silenceOneIn = 4
    network.names = [
      "two": [.ipv4(0x7F00_0001, port: 0), .ipv4(0x7F00_0002, port: 0)],
      "many": (1...6).map { .ipv4(0x7F00_0000 + $0, port: 0) },
      "one": [.ipv4(0x7F00_0001, port: 0)],
    ]
    dialers = []
    for _ in 0..<2 + draw(6) {
      let dialer = Dialer(network, ledger)
      dialer.start(front)
      dialers.append(dialer)
    }
  }

  override func check() -> [String] {
    super.check()
      + dialers.compactMap { dialer in
        if !dialer.isDone { return "Z3: who dials waits for ever" }
        return dialer.isIdle ? nil : "Z2: an operation has not ended"
      }
  }

  override func end() {
    dialers = []
    super.end()
  }
}

private final class Dialer: Tracked {
  private let network: Aio.SimNetwork
  private var token = Aio.OpToken.none
  private var connection = Aio.Handle.none
  private var isOver = false
  private(set) var isDone = false
  private var startedAt: UInt64 = 0
  private var limitNs: UInt64 = .max

  init(_ network: Aio.SimNetwork, _ ledger: Ledger) {
    self.network = network
    super.init(ledger)
  }

  func start(_ loop: Aio.Loop) {
    let name = ["two", "many", "one", "none", "127.0.0.1"][network.draw(below: 5)]
    let seconds = 1 + network.draw(below: 100)
    let timeout: Duration? = network.draw(below: 4) == 0 ? nil : .seconds(seconds)
    startedAt = loop.now
    if timeout != nil { limitNs = UInt64(seconds) * 1_000_000_000 }
    token = expect(loop.adial("tcp!\(name)!7", timeout: timeout, to: self))
    // Perhaps it is not wanted any more after a while.
    if network.draw(below: 4) == 0 {
      loop.addOneShot(after: .milliseconds(network.draw(below: 3000)), to: self)
    }
  }

  override func told(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    switch completion.kind {
    case .timer: loop.cancel(token)
    case .dial:
      if isOver { ledger.fault("L1: a dial ends twice") }
      isOver = true
      loop.removeTimers(of: self)
      if loop.now - startedAt > limitNs {
        ledger.fault("a dial ends \((loop.now - startedAt) / 1_000_000) ms after it began")
      }
      guard completion.error == nil else {
        if completion.failure == nil && completion.error != ECANCELED {
          ledger.fault("a dial fails without a word")
        }
        isDone = true
        return
      }
      connection = completion.accepted
      expect(loop.send(Aio.Buffer("ping"), to: connection, self))
      expect(loop.receive(from: connection, repeating: true, to: self))
    case .receive:
      if completion.isLast || completion.error == nil { close(loop) }
    case .send: if completion.error != nil { close(loop) }
    case .close: isDone = true
    default: break
    }
  }

  private var isClosing = false

  private func close(_ loop: Aio.Loop) {
    if isClosing { return }
    isClosing = true
    expect(loop.close(connection, self))
  }
}
