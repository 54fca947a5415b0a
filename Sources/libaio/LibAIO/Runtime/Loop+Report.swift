// What a loop says of itself.

public import Sys9

extension Aio.Loop {
  /// What the loop has done and what it has now, as text for people: what a program prints when it
  /// is asked how it is.  Lines, without a line feed at the end.
  public final func report() -> String {
    let stats = stats
    return """
      handles \(handles.count), operations \(ops.count), timers \(timers.count), \
      buffers free \(pool.freeCount) of \(pool.blockCount)
      waits \(stats.waits), completions \(stats.completions), timers fired \(stats.timers), \
      messages \(stats.messages), tasks \(stats.tasks)
      waited for buffers \(stats.starved), moved out of buffers \(stats.spilled), \
      waited for descriptors \(stats.throttled)
      """
  }

  /// Keeps records of the last `count` events from now on, for ``trace()`` and for debuggers.
  ///
  /// - Parameter count: a power of two; each is 64 bytes.
  public final func keepRecords(last count: Int) { recorder.record(last: count) }

  /// The records as a trace in Chrome's JSON format, as UTF-8: see `Runtime.trace`.
  ///
  /// Empty of events unless ``keepRecords(last:)`` was called.
  public final func trace() -> [UInt8] {
    let records = recorder.records()
    var writer = TraceWriter(
      origin: records.first?.time ?? 0, usPerCycle: 1000 / Double(Aio.Runtime.cyclesPerMs()))
    let worker = Int(unsafe recorder.block.pointee.worker)
    writer.nameThread(worker)
    for record in records { writer.add(record, thread: worker) }
    writer.addArrows()
    return writer.bytes
  }
}

extension Aio.Runtime {
  /// Calls `tell` with the runtime's ``report()`` whenever the signal `number` comes.
  ///
  /// On the thread of the first worker; the signal is that worker's from now on.
  /// - Throws: what `Loop.sigInstall` does.
  public func reportOnSignal(
    _ number: Int32, _ tell: @escaping (String) -> Void
  ) throws(SystemError) {
    let receiver = Aio.Callback { [weak self] _, _ in if let self { tell(report()) } }
    try worker(0).loop.sigInstall(receiver, number)
  }
}

extension Aio {
  /// The counters of the runtime that the calling thread is a worker of; nil on other threads.
  ///
  /// Corresponds to the seed's performance monitoring.
  public static func stats() -> RuntimeStats? { Worker.current?.runtime.stats() }
}
