// The connections of a server of tasks: how many there are, and when the last one has ended.

public import LibAIO

/// Tasks that serve, one a connection.  Belongs to the tasks of one loop.
@safe public final class Connections {
  private let loop: Aio.AsyncLoop
  /// Connections that are served.
  public private(set) var open = 0
  /// Connections so far.
  public private(set) var accepted = 0
  /// Whether nothing more is accepted, and what is open comes to its end.
  public private(set) var isEnding = false
  private var waiting: UnsafeContinuation<Void, Never>?

  /// None yet.
  public init(on loop: Aio.AsyncLoop) { self.loop = loop }

  /// Serves whatever `listener` accepts until the calling task is cancelled; then lets the
  /// connections come to their ends, and returns when the last one has.
  ///
  /// - Parameters:
  ///   - endsInput: whether what comes in is ended then, after what has arrived.
  ///   - serve: serves a connection, and closes it.
  public nonisolated(nonsending) func serve(
    _ listener: Aio.AsyncListener, endsInput: Bool = true,
    _ serve: nonisolated(nonsending) @escaping (Aio.AsyncConnection) async -> Void
  ) async {
    // Ends when the task is cancelled: what a listener can get over it does not tell.
    while let connection = try? await listener.accept() {
      accepted += 1
      open += 1
      let carried = Carried(connection: connection, owner: self, serve: serve)
      loop.spawn {
        await carried.serve(carried.connection)
        carried.owner.ended()
      }
    }
    isEnding = true
    listener.close()
    if endsInput { loop.withLoop { $0.endReceiving() } }
    if open == 0 { return }
    await unsafe withUnsafeContinuation { unsafe self.waiting = unsafe $0 }
  }

  private struct Carried: @unchecked Sendable {
    let connection: Aio.AsyncConnection
    let owner: Connections
    let serve: nonisolated(nonsending) (Aio.AsyncConnection) async -> Void
  }

  private func ended() {
    open -= 1
    guard open == 0, let task = unsafe waiting else { return }
    unsafe waiting = nil
    unsafe task.resume()
  }
}
