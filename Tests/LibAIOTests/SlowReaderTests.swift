import Glibc
import LibAIO
import Servers
import Support
import Sys9
import Testing

/// Sends what it is given and does not read, or reads and counts.
private final class Peer: Aio.Receiver {
  private var pieces: Int
  private let piece: [UInt8]
  private let reads: Bool
  private(set) var received = 0
  private(set) var sent = 0
  private(set) var handle = Aio.Handle.none
  var whenReceived: (Int, Aio.Loop) -> Void = { _, _ in }

  init(pieces: Int, of size: Int, reads: Bool) {
    self.pieces = pieces
    piece = [UInt8](repeating: 0x78, count: size)
    self.reads = reads
  }

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    switch completion.kind {
    case .connect:
      #expect(completion.error == nil)
      handle = completion.handle
      if reads { read(on: loop) }
      sendNext(loop)
    case .send:
      if completion.error != nil { return }
      sent += piece.count
      sendNext(loop)
    case .receive:
      if completion.error != nil { return }
      received += completion.result
      whenReceived(received, loop)
    default: break
    }
  }

  func read(on loop: Aio.Loop) { loop.receive(from: handle, repeating: true, to: self) }

  private func sendNext(_ loop: Aio.Loop) {
    if pieces == 0 { return }
    pieces -= 1
    loop.send(Aio.Buffer(piece), to: handle, self)
  }
}

/// What a relay's test keeps.
private final class Both {
  let echo: EchoServer
  let relay: Relay

  init(echo: EchoServer, relay: Relay) {
    self.echo = echo
    self.relay = relay
  }
}

/// Peers that send and do not read.
@Suite("Slow readers", .timeLimit(.minutes(2))) struct SlowReaderTests {
  /// More slow ones than there are blocks, and then one that wants an answer.
  ///
  /// - Parameter serve: makes a server; keep what it returns.
  private func holdUp(
    _ world: TestWorld, _ serve: (Aio.Handle, Aio.Loop) throws -> AnyObject
  ) throws {
    var options = Aio.LoopOptions()
    options.bufferCount = 4
    let loop = try world.makeLoop(options)
    let listener = try loop.announce(.ipv4(0x7F00_0001, port: 0))
    let server = try serve(listener, loop)
    let address = try loop.localAddress(of: listener)
    // More than the system takes for itself; of that, a simulation has little.
    let pieces = world == .simulation ? 40 : 1000
    let slow = (0..<6).map { _ in Peer(pieces: pieces, of: 10_000, reads: false) }
    for peer in slow { _ = try loop.connect(to: address, peer) }
    let quick = Peer(pieces: 50, of: 1000, reads: true)
    quick.whenReceived = { received, loop in if received == 50_000 { loop.stop() } }
    _ = try loop.connect(to: address, quick)
    loop.run()
    #expect(quick.received == 50_000)
    // And nothing was lost of what the slow ones sent, once they read.
    for peer in slow { peer.read(on: loop) }
    var complete = 0
    for peer in slow {
      peer.whenReceived = { received, loop in
        if received == pieces * 10_000 { complete += 1 }
        if complete == 6 { loop.stop() }
      }
    }
    loop.run()
    #expect(slow.allSatisfy { $0.received == pieces * 10_000 })
    withExtendedLifetime(server) {}
  }

  @Test("hold up nobody else of an echo", arguments: TestWorld.allCases)
  func echo(_ world: TestWorld) throws {
    try holdUp(world) { listener, loop in EchoServer(on: listener, of: loop) }
  }

  @Test("hold up nobody else of a relay", arguments: TestWorld.allCases)
  func relay(_ world: TestWorld) throws {
    try holdUp(world) { listener, loop in
      let back = try loop.announce(.ipv4(0x7F00_0001, port: 0))
      let echo = EchoServer(on: back, of: loop)
      let relay = Relay(from: listener, to: try loop.localAddress(of: back), on: loop)
      return Both(echo: echo, relay: relay)
    }
  }

  @Test("are held back: their server's memory does not grow", arguments: TestWorld.allCases)
  func bounded(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let listener = try loop.announce(.ipv4(0x7F00_0001, port: 0))
    let server = EchoServer(on: listener, of: loop)
    let slow = Peer(pieces: 10_000, of: 10_000, reads: false)
    _ = try loop.connect(to: try loop.localAddress(of: listener), slow)
    // Until nothing moves any more: the kernel's buffers hold some megabytes.
    var before = -1
    while slow.sent != before {
      before = slow.sent
      for _ in 0..<50 { loop.runUntilIdle() }
    }
    #expect(slow.sent < 50_000_000, "100 MB were to be sent, and \(slow.sent) were taken")
    #expect(server.open == 1)
  }
}
