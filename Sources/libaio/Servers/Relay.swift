// A relay of TCP connections: theory of operation.
//
// Shape.  Each connection that is accepted gets one to the target; a `Pipe` for each direction
// receives on one side and sends on the other.  A pipe that has sent more than the other side takes
// holds its source back, so that a slow reader costs its own buffers and nothing else.
//
//     client --receive--> Pipe --send--> target
//     client <--send-- Pipe <--receive-- target
//
// Invariants.
//   P1  A pipe owns at most `highWater` bytes and buffers, and what was under way when it held its
//       source back.
//   P2  The end of a direction is passed on after its last byte; when both have ended, or one has
//       failed, both sides are closed.

import Glibc
public import LibAIO
public import Sys9

/// Passes connections on to another address.
///
/// Its connections are pairs: those that are open end by themselves, and not because the relay
/// does.
public final class Relay: Service {
  /// Where connections are passed on to.
  public enum Target: Sendable, Equatable {
    /// An address.
    case address(SocketAddress)
    /// A dial string, whose names are asked for anew for each connection.
    case name(String)
  }

  private let target: Target
  private let patience: Duration
  private let complain: (SystemError) -> Void
  /// Clients whose target could not be reached.
  public private(set) var refused = 0

  /// A relay from `listener` to `target`, from now on.
  ///
  /// - Parameters:
  ///   - patience: how long to look for a target that is a name, and to connect to it.
  ///   - complain: told why the target cannot be reached, each time.
  public init(
    from listener: Aio.Handle, to target: Target, on loop: Aio.Loop,
    patience: Duration = .seconds(10), complain: @escaping (SystemError) -> Void = { _ in }
  ) {
    self.target = target
    self.patience = patience
    self.complain = complain
    super.init(on: listener, of: loop)
  }

  /// A relay from `listener` to an address, from now on.
  public convenience init(
    from listener: Aio.Handle, to target: SocketAddress, on loop: Aio.Loop
  ) {
    self.init(from: listener, to: .address(target), on: loop)
  }

  /// Nothing is known of what a pair has promised: it ends by itself.
  public override func endConnections(on loop: Aio.Loop) {}

  /// Clients whose target could not be reached.
  public override var summary: String { refused == 0 ? "" : "targets not reached: \(refused)" }

  /// A new client: its way to the target begins.
  public override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    guard completion.kind == .accept, completion.error == nil else { return }
    began()
    let pair = Pair(client: completion.accepted, relay: self)
    switch target {
    case .name(let name): loop.adial(name, timeout: patience, to: pair)
    case .address(let address):
      do {
        pair.target = try loop.connect(to: address, pair)
      } catch {
        notReached(error)
        pair.fail(loop)
      }
    }
  }

  fileprivate func notReached(_ error: SystemError) {
    refused += 1
    complain(error)
  }

  fileprivate func notReached(_ errno: CInt) {
    notReached(SystemError(call: "connect", errno: errno, subject: target.description))
  }
}

extension Relay.Target: CustomStringConvertible {
  /// `host:port`, or the dial string.
  public var description: String {
    switch self {
    case .address(let address): "\(address.host):\(address.port)"
    case .name(let name): name
    }
  }

  /// What `Loop.adial` takes.
  var dialString: String {
    switch self {
    case .address(let address): "tcp!\(address.host)!\(address.port)"
    case .name(let name): name
    }
  }
}

/// A client, its target, and a pipe each way.
private final class Pair: Aio.Receiver {
  let client: Aio.Handle
  var target = Aio.Handle.none
  private let relay: Relay
  private var closing = 0
  private var ended = 0
  private var isClosing = false

  init(client: Aio.Handle, relay: Relay) {
    self.client = client
    self.relay = relay
  }

  /// The connection to the target is made, or the pair is closed.
  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    switch completion.kind {
    case .connect:
      if let error = completion.error, !isClosing { relay.notReached(error) }
      guard completion.error == nil, !isClosing else { return fail(loop) }
      begin(loop)
    case .dial:
      if let error = completion.error {
        relay.notReached(completion.failure ?? SystemError(call: "dial", errno: error))
        return fail(loop)
      }
      target = completion.accepted
      begin(loop)
    case .close:
      closing -= 1
      if closing == 0 { relay.closed(on: loop) }
    default: break
    }
  }

  private func begin(_ loop: Aio.Loop) {
    _ = Pipe(from: client, to: target, in: self, on: loop)
    _ = Pipe(from: target, to: client, in: self, on: loop)
  }

  /// A direction has ended as it should (P2).
  func pipeEnded(_ loop: Aio.Loop) {
    ended += 1
    if ended == 2 { fail(loop) }
  }

  /// Closes both sides, once.
  func fail(_ loop: Aio.Loop) {
    if isClosing { return }
    isClosing = true
    closing = target == .none ? 1 : 2
    loop.close(client, self)
    if target != .none { loop.close(target, self) }
  }
}

/// One direction of a pair.
private final class Pipe: Aio.Receiver {
  /// More bytes or buffers than this on their way to a side that does not take them, and the source
  /// waits: a buffer may hold one byte.
  private static let highWater = (bytes: 65_536, buffers: 16)
  private static let lowWater = (bytes: 16_384, buffers: 4)

  private let source: Aio.Handle
  private let sink: Aio.Handle
  private unowned let pair: Pair
  private let keeping: Pair
  private var receiving = Aio.OpToken.none
  private var pending = (bytes: 0, buffers: 0)
  private var isHeldBack = false
  private var hasEnded = false

  init(from source: Aio.Handle, to sink: Aio.Handle, in pair: Pair, on loop: Aio.Loop) {
    self.source = source
    self.sink = sink
    self.pair = pair
    keeping = pair
    super.init()
    receiving = loop.receive(from: source, repeating: true, to: self)
  }

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    switch completion.kind {
    case .receive: received(&completion, loop)
    case .send:
      guard completion.error == nil else { return pair.fail(loop) }
      pending.bytes -= completion.result
      pending.buffers -= 1
      if isHeldBack && pending.bytes <= Self.lowWater.bytes
        && pending.buffers <= Self.lowWater.buffers
      {
        isHeldBack = false
        loop.resume(receiving)
      }
      if hasEnded && pending.buffers == 0 { passOnTheEnd(loop) }
    default: break
    }
  }

  private func received(_ completion: inout Aio.Completion, _ loop: Aio.Loop) {
    guard completion.error == nil else { return pair.fail(loop) }
    if let buffer = completion.takeBuffer(), !buffer.isEmpty {
      pending.bytes += buffer.count
      pending.buffers += 1
      loop.send(buffer, to: sink, self)
      let isBehind =
        pending.bytes > Self.highWater.bytes || pending.buffers > Self.highWater.buffers
      if isBehind && !isHeldBack && !completion.isLast {
        isHeldBack = true
        loop.pause(receiving)
      }
    } else if completion.isLast {
      hasEnded = true
      if pending.buffers == 0 { passOnTheEnd(loop) }
    }
  }

  private func passOnTheEnd(_ loop: Aio.Loop) {
    // A side that is gone already needs no telling.
    try? loop.shutdown(sink, CInt(SHUT_WR))
    pair.pipeEnded(loop)
  }
}
