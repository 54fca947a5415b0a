import LibAIO
import Servers
import Sys9
import Testing

/// What a client must see: its bytes, back and in order, or an error.
private final class CheckedClient: Aio.Receiver {
  let total: Int
  let salt: Int
  private var sent = 0
  private(set) var received = 0
  private(set) var mismatches = 0
  private(set) var lastCompletions: [Aio.OpKind: Int] = [:]
  private(set) var isClosed = false
  private(set) var hasFailed = false
  private var isClosing = false

  init(total: Int, salt: Int) {
    self.total = total
    self.salt = salt
  }

  private func byte(_ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: (index &+ salt) &* 131 >> 4)
  }

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    if completion.isLast { lastCompletions[completion.kind, default: 0] += 1 }
    switch completion.kind {
    case .connect:
      guard completion.error == nil else { return fail(completion.handle, loop) }
      loop.receive(from: completion.handle, repeating: true, to: self)
      sendMore(completion.handle, loop)
    case .send:
      if completion.error != nil { return fail(completion.handle, loop) }
      sendMore(completion.handle, loop)
    case .receive: receive(&completion, loop)
    case .close: isClosed = true
    default: break
    }
  }

  private func receive(_ completion: inout Aio.Completion, _ loop: Aio.Loop) {
    if completion.error != nil || completion.isEnd { return fail(completion.handle, loop) }
    if let buffer = completion.takeBuffer() {
      for index in 0..<buffer.count where buffer[index] != byte(received + index) {
        mismatches += 1
      }
      received += buffer.count
    }
    if received == total { close(completion.handle, loop) }
  }

  private func sendMore(_ handle: Aio.Handle, _ loop: Aio.Loop) {
    if sent == total || isClosing { return }
    let count = min(1 + (sent &* 7 + salt) % 9000, total - sent)
    let bytes = (sent..<sent + count).map(byte)
    sent += count
    loop.send(Aio.Buffer(bytes), to: handle, self)
  }

  private func fail(_ handle: Aio.Handle, _ loop: Aio.Loop) {
    // What ends because it closes has not failed.
    if !isClosing { hasFailed = true }
    close(handle, loop)
  }

  private func close(_ handle: Aio.Handle, _ loop: Aio.Loop) {
    if isClosing { return }
    isClosing = true
    loop.close(handle, self)
  }
}

@Suite("Simulation") struct SimulationTests {
  /// A relay between clients and an echo server, each on a loop of its own.
  private func run(seed: UInt64, faults: Aio.SimFaults) throws -> (Aio.SimNetwork, [CheckedClient])
  {
    let network = Aio.SimNetwork(seed: seed, faults: faults)
    let world = Aio.World.simulated(network)
    let (server, middle, front) = (try world.makeLoop(), try world.makeLoop(), try world.makeLoop())
    let echoPort = try server.announce(.ipv4(0, port: 7))
    let echo = EchoServer(on: echoPort, of: server)
    let relayPort = try middle.announce(.ipv4(0, port: 8))
    let relay = Relay(from: relayPort, to: .ipv4(0, port: 7), on: middle)
    let clients = (0..<8).map {
      CheckedClient(total: 1 + Int(seed % 7) * 20_000 / ($0 + 1), salt: $0)
    }
    for client in clients { _ = try front.connect(to: .ipv4(0, port: 8), client) }
    #expect(network.run(limit: 1_000_000), "comes to rest, seed \(seed)")
    for client in clients {
      #expect(client.isClosed, "each client is closed, seed \(seed)")
      #expect(client.mismatches == 0, "bytes come back in order, seed \(seed)")
      #expect(client.hasFailed || client.received == client.total, "or it was told, seed \(seed)")
      #expect(client.lastCompletions[.connect] == 1 && client.lastCompletions[.close] == 1)
    }
    #expect(relay.open == 0, "no pair is left, seed \(seed)")
    #expect(echo.open == 0, "no connection is left, seed \(seed)")
    for loop in [server, middle, front] {
      #expect(loop.isAtRest, "no buffer and no operation is left, seed \(seed)")
    }
    return (network, clients)
  }

  @Test("a clean network loses nothing", arguments: 1...20 as ClosedRange<UInt64>)
  func clean(seed: UInt64) throws {
    let (_, clients) = try run(seed: seed, faults: Aio.SimFaults())
    #expect(clients.allSatisfy { !$0.hasFailed && $0.received == $0.total }, "seed \(seed)")
  }

  @Test("whatever fails is told", arguments: 1...100 as ClosedRange<UInt64>)
  func faulty(seed: UInt64) throws { _ = try run(seed: seed, faults: .all) }

  @Test func oneSeedIsOneRun() throws {
    let runs = try (0..<2).map { _ in try run(seed: 42, faults: .all).0 }
    #expect(runs[0].eventCount == runs[1].eventCount && runs[0].now == runs[1].now)
    #expect(runs[0].faultCount == runs[1].faultCount && runs[0].faultCount > 0)
  }
}
