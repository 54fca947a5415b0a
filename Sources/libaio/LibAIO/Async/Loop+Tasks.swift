// How a loop runs tasks, and how it ends with them.
//
// A program is one task and what that starts.  To end it is to cancel that task, which cancels what
// waits, down to the operations; and to wait for it, but not for ever.

extension Aio.Loop {
  /// Jobs of tasks in a turn before others have theirs.
  static let jobsPerTurnMax = 1024

  /// The loop as its tasks see it.
  public final var async: Aio.AsyncLoop { Aio.AsyncLoop(self) }

  /// Runs the loop until `body`, a task on it, has returned.
  ///
  /// `stop` does not wait for the task; `Remote.shutdown` does.
  ///
  /// - Returns: what `body` returned; nil if the loop was stopped before.
  @discardableResult
  public final func run<Result>(
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
    _ body: sending @escaping (Aio.AsyncLoop) async -> Result
  ) -> Result? {
    let async = async
    let carried = CarriedBody(body: body)
    executor.adopt()
    mainTask = async.spawn(file: file, line: line, function: function) {
      carried.result = await carried.body(async)
      async.loop.stop()
    }
    run()
    mainTask = nil
    return carried.result
  }

  /// Cancels the task that `run` runs, and stops the loop if that has not ended after `grace`.
  final func shutDown(grace: Duration) {
    guard let mainTask else { return stop() }
    mainTask.cancel()
    addOneShot(
      after: grace,
      to: Aio.Callback { _, loop in
        loop.wasCutOff = loop.mainTask != nil
        loop.stop()
      })
  }
}

/// A body on its way into the task, and its result on the way back: all on the loop's thread.
private final class CarriedBody<Result>: @unchecked Sendable {
  let body: (Aio.AsyncLoop) async -> Result
  var result: Result?

  init(body: @escaping (Aio.AsyncLoop) async -> Result) { self.body = body }
}

extension Aio.Loop.Remote {
  /// Cancels the task that the loop runs, so that its `run` returns when the task has ended, or
  /// after `grace`: then what is left is dropped with the loop.  Any thread.
  public func shutdown(grace: Duration = .seconds(10)) {
    mailbox.send { $0.shutDown(grace: grace) }
  }
}
