// The smallest server: what comes in goes out.

import Glibc
public import LibAIO

/// Sends back whatever its connections receive.
///
/// One object serves all connections: nothing is kept of them, and nothing allocated.
public final class EchoServer: Aio.Receiver {
  /// Connections accepted.
  public private(set) var accepted = 0
  /// Connections closed.
  public private(set) var closed = 0

  /// A server that accepts on `listener` from now on.
  public init(on listener: Aio.Handle, of loop: Aio.Loop) {
    super.init()
    loop.accept(on: listener, repeating: true, to: self)
  }

  /// Goes on with a connection.
  public override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    switch completion.kind {
    case .receive:
      if let buffer = completion.takeBuffer(), !buffer.isEmpty {
        loop.send(buffer, to: completion.handle, self)
      } else if completion.isLast {
        finish(completion.handle, error: completion.error, loop)
      }
    case .accept:
      guard completion.error == nil else { return }
      accepted += 1
      loop.receive(from: completion.accepted, repeating: true, to: self)
    case .send: if let error = completion.error { finish(completion.handle, error: error, loop) }
    case .close: if completion.error == nil { closed += 1 }
    default: break
    }
  }

  /// At the end of a stream, what is still to be sent goes out before the close.
  private func finish(_ handle: Aio.Handle, error: CInt?, _ loop: Aio.Loop) {
    if error == nil {
      loop.send(Aio.Buffer(""), to: handle, Closer.shared(for: self))
    } else {
      loop.close(handle, self)
    }
  }

  /// Closes a connection once all before it has been sent.
  private final class Closer: Aio.Receiver {
    private unowned let server: EchoServer
    private init(_ server: EchoServer) { self.server = server }

    static func shared(for server: EchoServer) -> Closer {
      if let closer = server.closer { return closer }
      let closer = Closer(server)
      server.closer = closer
      return closer
    }

    override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
      loop.close(completion.handle, server)
    }
  }

  private var closer: Closer?
}
