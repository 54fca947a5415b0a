// The servers of this folder once more, by tasks: one a connection.

import Glibc
public import LibAIO
public import Sys9

/// Sends back whatever its connections receive.
public enum AsyncEcho {
  /// Accepts until the task is cancelled.
  public static func serve(_ listener: Aio.AsyncListener, _ loop: Aio.AsyncLoop) async {
    while let connection = try? await listener.accept() {
      loop.spawn { await echo(connection) }
    }
    listener.close()
  }

  private nonisolated(nonsending) static func echo(_ connection: Aio.AsyncConnection) async {
    // A connection that fails has nobody to be told.
    do throws(SystemError) {
      while let buffer = try await connection.receive() { try await connection.send(buffer) }
    } catch {}
    await connection.close()
  }
}

/// Passes connections on to another address.
public enum AsyncRelay {
  /// Accepts until the task is cancelled.
  public static func serve(
    _ listener: Aio.AsyncListener, to target: SocketAddress, _ loop: Aio.AsyncLoop
  ) async {
    while let client = try? await listener.accept() {
      loop.spawn {
        // Who cannot be connected is told by the end of the stream.
        if let other = try? await loop.adial("tcp!\(target.host)!\(target.port)") {
          await relay(client, other, loop)
        } else {
          await client.close()
        }
      }
    }
    listener.close()
  }

  private nonisolated(nonsending) static func relay(
    _ client: Aio.AsyncConnection, _ target: Aio.AsyncConnection, _ loop: Aio.AsyncLoop
  ) async {
    let back = loop.spawn { await pass(from: target, to: client) }
    await pass(from: client, to: target)
    await back.value
    await client.close()
    await target.close()
  }

  /// Passes one direction on, and its end; what breaks ends both.
  private nonisolated(nonsending) static func pass(
    from source: Aio.AsyncConnection, to sink: Aio.AsyncConnection
  ) async {
    do throws(SystemError) {
      while let buffer = try await source.receive() { try await sink.send(buffer) }
      try sink.shutdown(CInt(SHUT_WR))
    } catch {
      // A side that is gone already needs no telling.
      try? source.shutdown(CInt(SHUT_RDWR))
      try? sink.shutdown(CInt(SHUT_RDWR))
      // What has come holds buffers, for want of which the other direction may not see its end.
      do throws(SystemError) { while try await source.receive() != nil {} } catch {}
    }
  }
}
