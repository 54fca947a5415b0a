// What all programs of a run have: loops, crowds of clients, an orderly end.

import LibAIO
import Servers
import Sys9

/// A program in a simulated world.
public class SimProgram {
  /// The programs that there are.
  public enum Kind: String, CaseIterable, Sendable {
    /// `EchoServer` and clients that check what comes back.
    case echo
    /// `Relay` between such clients and an `EchoServer`.
    case proxy
    /// `WebServer` and clients that ask for its text.
    case http
    /// Timers beside a model of them.
    case timers
    /// Datagrams there and back.
    case datagrams
    /// Dialling of names with several addresses, with timeouts and cancelling.
    case dial
    /// `AsyncEcho` and `AsyncRelay`, with the clients of `echo`.
    case async
    /// Messages between loops, and blocking work.
    case messages
    /// Tasks, barriers and locks on several workers.
    case tasks
    /// Files and what sends them.
    case files
    /// `proxy` with fewer buffers than its clients send bytes.
    case exhaustion
    /// A supervisor of processes that fail.
    case supervisor
    /// Trees of folders that are copied.
    case copy
    /// Tasks that leave their loop, and come back.
    case escape

    func make(
      _ network: Aio.SimNetwork, _ ledger: Ledger, isHarmless: Bool
    ) throws(SystemError) -> SimProgram {
      let type: SimProgram.Type =
        switch self {
        case .echo: EchoProgram.self
        case .proxy: ProxyProgram.self
        case .http: WebProgram.self
        case .timers: TimerProgram.self
        case .datagrams: DatagramProgram.self
        case .dial: DialProgram.self
        case .async: AsyncProgram.self
        case .messages: MessageProgram.self
        case .tasks: TaskProgram.self
        case .files: FileProgram.self
        case .exhaustion: ExhaustionProgram.self
        case .supervisor: SupervisorProgram.self
        case .copy: CopyProgram.self
        case .escape: EscapeProgram.self
        }
      return try type.init(network, ledger, isHarmless: isHarmless)
    }
  }

  let network: Aio.SimNetwork
  let ledger: Ledger
  /// Whether nothing that goes wrong may lose anything.
  let isHarmless: Bool
  /// Its loops; `end` brings them to rest.
  final var loops: [Aio.Loop] = []

  required init(
    _ network: Aio.SimNetwork, _ ledger: Ledger, isHarmless: Bool
  ) throws(SystemError) {
    self.network = network
    self.ledger = ledger
    self.isHarmless = isHarmless
  }

  /// How much clients send, and how many buffers there are for it.
  enum Size {
    /// Few buffers, which run out; but no more bytes than sockets hold.
    case small
    /// More bytes than sockets hold, and buffers for all of them.
    case large
    /// More bytes than sockets hold, and few buffers.
    case exhausting
  }

  final var size = Size.small

  /// A loop with few buffers, so that they run out, or with many.
  final func makeLoop() throws(SystemError) -> Aio.Loop {
    var options = Aio.LoopOptions()
    options.bufferCount = size == .large ? 8192 : 1 << (2 + network.draw(below: 5))
    options.bufferSize = size == .large ? 128 : 128 << network.draw(below: 6)
    let loop = try Aio.World.simulated(network).makeLoop(options)
    loops.append(loop)
    return loop
  }

  /// More work.
  func addCrowd() throws(SystemError) {}

  /// What is wrong now that the network rests, in words.
  func check() -> [String] { [] }

  /// Ends servers, in order: afterwards the loops are at rest.
  func end() {}

  /// Whether all may be dropped in the middle.
  var mayBeDropped: Bool { true }

  final func draw(_ limit: Int) -> Int { network.draw(below: limit) }
}

/// A server at a port, and a crowd of clients that speak with it.
class ServedProgram: SimProgram {
  final var listeners: [(loop: Aio.Loop, handle: Aio.Handle)] = []
  final var clients: [StreamClient] = []
  final var front: Aio.Loop
  /// Where the clients connect.
  final var port: UInt16 = 7

  required init(
    _ network: Aio.SimNetwork, _ ledger: Ledger, isHarmless: Bool
  ) throws(SystemError) {
    var options = Aio.LoopOptions()
    options.bufferCount = 4 << network.draw(below: 4)
    front = try Aio.World.simulated(network).makeLoop(options)
    try super.init(network, ledger, isHarmless: isHarmless)
    loops.append(front)
  }

  final func announce(_ port: UInt16, on loop: Aio.Loop) throws(SystemError) -> Aio.Handle {
    let handle = try loop.announce(.ipv4(0, port: port))
    listeners.append((loop, handle))
    return handle
  }

  override func addCrowd() throws(SystemError) {
    clients = []
    for _ in 0..<1 + draw(6) {
      let isLarge = size != .small && clients.isEmpty
      let client = StreamClient(network, ledger, isLarge: isLarge)
      client.start(.ipv4(0x7F00_0001, port: port), front)
      clients.append(client)
    }
  }

  override func check() -> [String] {
    clients.enumerated().compactMap { index, client in
      client.fault(isHarmless: isHarmless).map { "client \(index): \($0)" }
    }
  }

  override func end() {
    clients = []
    for listener in listeners { listener.loop.close(listener.handle) }
  }
}

class EchoProgram: ServedProgram {
  private let server: EchoServer

  required init(
    _ network: Aio.SimNetwork, _ ledger: Ledger, isHarmless: Bool
  ) throws(SystemError) {
    var options = Aio.LoopOptions()
    options.bufferCount = 4 << network.draw(below: 4)
    options.bufferSize = 256 << network.draw(below: 5)
    let back = try Aio.World.simulated(network).makeLoop(options)
    let handle = try back.announce(.ipv4(0, port: 7))
    server = EchoServer(on: handle, of: back)
    try super.init(network, ledger, isHarmless: isHarmless)
    loops.append(back)
    listeners.append((back, handle))
  }

  override func check() -> [String] {
    let left = server.open
    return super.check() + (left == 0 ? [] : ["Z3: the server has \(left) connections"])
  }
}

/// A relay whose clients send more than it has buffers for.
final class ExhaustionProgram: ProxyProgram {
  override var isTight: Bool { true }
}

class ProxyProgram: ServedProgram {
  /// Whether buffers are too few on purpose.
  var isTight: Bool { false }
  private var relay: Relay?
  private var server: EchoServer?

  required init(
    _ network: Aio.SimNetwork, _ ledger: Ledger, isHarmless: Bool
  ) throws(SystemError) {
    try super.init(network, ledger, isHarmless: isHarmless)
    size = isTight ? .exhausting : draw(16) == 0 ? .large : .small
    let (back, middle) = (try makeLoop(), try makeLoop())
    server = EchoServer(on: try announce(7, on: back), of: back)
    relay = Relay(from: try announce(8, on: middle), to: .ipv4(0x7F00_0001, port: 7), on: middle)
    port = 8
  }

  override func check() -> [String] {
    var found = super.check()
    if let relay, relay.open != 0 { found.append("Z3: the relay has \(relay.open) pairs") }
    if let server, server.open != 0 {
      found.append("Z3: the server has \(server.open) connections")
    }
    return found
  }
}

final class AsyncProgram: ServedProgram {
  private var tasks: [Swift.Task<Void, Never>] = []

  required init(
    _ network: Aio.SimNetwork, _ ledger: Ledger, isHarmless: Bool
  ) throws(SystemError) {
    try super.init(network, ledger, isHarmless: isHarmless)
    size = draw(16) == 0 ? .large : .small
    let (back, middle) = (try makeLoop(), try makeLoop())
    let (echo, relay) = (
      try back.announce(.ipv4(0, port: 7)), try middle.announce(.ipv4(0, port: 8))
    )
    for loop in loops { loop.runUntilIdle() }
    let (one, other) = (back.async, middle.async)
    tasks.append(
      one.spawn { await AsyncEcho.serve(Aio.AsyncListener(echo, one), on: Connections(on: one)) })
    tasks.append(
      other.spawn {
        await AsyncRelay.serve(
          Aio.AsyncListener(relay, other), to: .address(.ipv4(0x7F00_0001, port: 7)), other,
          on: Connections(on: other))
      })
    port = draw(2) == 0 ? 7 : 8
  }

  /// A task that waits holds its loop: tasks are cancelled, not dropped.
  override var mayBeDropped: Bool { false }

  /// Whoever serves is cancelled, and closes its listener.
  override func end() {
    super.end()
    for task in tasks { task.cancel() }
    tasks = []
  }
}
