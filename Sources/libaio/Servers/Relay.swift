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
//   P1  A pipe owns at most `highWater` bytes and what was under way when it held its source back.
//   P2  The end of a direction is passed on after its last byte; when both have ended, or one has
//       failed, both sides are closed.

import Glibc
public import LibAIO
public import Sys9

/// Passes connections on to another address.
public final class Relay: Aio.Receiver {
  private let target: SocketAddress
  /// Pairs that are open.
  public private(set) var open = 0
  /// Pairs so far.
  public private(set) var total = 0

  /// A relay from `listener` to `target`, from now on.
  public init(from listener: Aio.Handle, to target: SocketAddress, on loop: Aio.Loop) {
    self.target = target
    super.init()
    loop.accept(on: listener, repeating: true, to: self)
  }

  /// A new client: its way to the target begins.
  public override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    guard completion.kind == .accept, completion.error == nil else { return }
    total += 1
    open += 1
    let pair = Pair(client: completion.accepted, relay: self)
    do {
      pair.target = try loop.connect(to: target, pair)
    } catch {
      pair.fail(loop)
    }
  }

  fileprivate func pairClosed() { open -= 1 }
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
      guard completion.error == nil, !isClosing else { return fail(loop) }
      _ = Pipe(from: client, to: target, in: self, on: loop)
      _ = Pipe(from: target, to: client, in: self, on: loop)
    case .close:
      closing -= 1
      if closing == 0 { relay.pairClosed() }
    default: break
    }
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
  /// More than this on its way to a side that does not take it, and the source waits.
  private static let highWater = 65_536
  private static let lowWater = 16_384

  private let source: Aio.Handle
  private let sink: Aio.Handle
  private unowned let pair: Pair
  private let keeping: Pair
  private var receiving = Aio.OpToken.none
  private var pending = 0
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
      pending -= completion.result
      if isHeldBack && pending <= Self.lowWater {
        isHeldBack = false
        loop.resume(receiving)
      }
      if hasEnded && pending == 0 { passOnTheEnd(loop) }
    default: break
    }
  }

  private func received(_ completion: inout Aio.Completion, _ loop: Aio.Loop) {
    guard completion.error == nil else { return pair.fail(loop) }
    if let buffer = completion.takeBuffer(), !buffer.isEmpty {
      pending += buffer.count
      loop.send(buffer, to: sink, self)
      if pending > Self.highWater && !isHeldBack && !completion.isLast {
        isHeldBack = true
        loop.pause(receiving)
      }
    } else if completion.isLast {
      hasEnded = true
      if pending == 0 { passOnTheEnd(loop) }
    }
  }

  private func passOnTheEnd(_ loop: Aio.Loop) {
    // A side that is gone already needs no telling.
    try? loop.shutdown(sink, CInt(SHUT_WR))
    pair.pipeEnded(loop)
  }
}
