// The servers of this folder once more, by tasks: one a connection.

import Glibc
public import LibAIO
public import Sys9

/// Sends back whatever its connections receive.
public enum AsyncEcho {
  /// Accepts until the task is cancelled, and returns when all connections have ended.
  public nonisolated(nonsending) static func serve(
    _ listener: Aio.AsyncListener, on connections: Connections
  ) async {
    await connections.serve(listener) { connection in
      // A connection that fails has nobody to be told.
      do throws(SystemError) {
        while let buffer = try await connection.receive() { try await connection.send(buffer) }
      } catch {}
      await connection.close()
    }
  }
}

/// Passes connections on to another address.
public enum AsyncRelay {
  /// Accepts until the task is cancelled, and returns when all connections have ended.
  ///
  /// - Parameters:
  ///   - patience: how long to look for the target and to connect to it.
  ///   - complain: told why the target cannot be reached, each time.
  public nonisolated(nonsending) static func serve(
    _ listener: Aio.AsyncListener, to target: Relay.Target, _ loop: Aio.AsyncLoop,
    on connections: Connections, patience: Duration = .seconds(10),
    complain: @escaping (SystemError) -> Void = { _ in }
  ) async {
    await connections.serve(listener, endsInput: false) { client in
      // Who cannot be connected is told by the end of the stream.
      do throws(SystemError) {
        let other = try await loop.adial(target.dialString, timeout: patience)
        await relay(client, other, loop)
      } catch {
        complain(error)
        await client.close()
      }
    }
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
