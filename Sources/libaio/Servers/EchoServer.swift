// The smallest server: what comes in goes out.
//
// A peer that sends and does not read is held back when `waitingMax` of its buffers wait: it pays
// with its own.

import Glibc
public import LibAIO

/// Sends back whatever its connections receive.
///
/// One object serves all connections: nothing is kept of them, and nothing allocated.
public final class EchoServer: Service {
  /// Sends that wait before what comes in is held back: 64 KiB, as much as a socket has.
  private static let waitingMax = 16
  /// Sends that may still wait when it goes on.
  private static let waitingMin = 4

  private let closer = Closer()
  /// Whether anybody was ever held back: until then there is nobody to let go on.
  private var hasHeldBack = false

  /// A server that accepts on `listener` from now on.
  public override init(on listener: Aio.Handle, of loop: Aio.Loop) {
    super.init(on: listener, of: loop)
    closer.server = self
  }

  /// Goes on with a connection.
  public override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    switch completion.kind {
    case .receive:
      let handle = completion.handle
      if let buffer = completion.takeBuffer(), !buffer.isEmpty {
        let sending = loop.send(buffer, to: handle, self)
        if let sent = loop.collect(sending) {
          // Nearly always: the socket has taken it, and nothing waits.
          if sent < 0 { finish(handle, error: CInt(-sent), loop) }
        } else if loop.waitingSends(on: handle, upTo: Self.waitingMax) == Self.waitingMax {
          hasHeldBack = true
          loop.pause(completion.token)
        }
      } else if completion.isLast {
        finish(handle, error: completion.error, loop)
      }
    case .accept:
      guard completion.error == nil else { return }
      began()
      loop.receive(from: completion.accepted, repeating: true, to: self)
    case .send:
      if let error = completion.error { return finish(completion.handle, error: error, loop) }
      if hasHeldBack,
        loop.waitingSends(on: completion.handle, upTo: Self.waitingMin) < Self.waitingMin
      {
        loop.resumeReceiving(from: completion.handle)
      }
    case .close: if completion.error == nil { closed(on: loop) }
    default: break
    }
  }

  /// At the end of a stream, what is still to be sent goes out before the close.
  private func finish(_ handle: Aio.Handle, error: CInt?, _ loop: Aio.Loop) {
    if error == nil {
      loop.send(Aio.Buffer(""), to: handle, closer)
    } else {
      loop.close(handle, self)
    }
  }

  /// Closes a connection once all before it has been sent.
  private final class Closer: Aio.Receiver {
    unowned var server: EchoServer?

    override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
      loop.close(completion.handle, server)
    }
  }
}
