// A runtime within another loop: the first worker runs a turn when the other loop says so.

extension Aio.Runtime {
  /// What the other loop waits for until it can be read: then it calls `runOnce`; -1 in a simulated
  /// world.  Belongs to the runtime.
  public var descriptor: Int32 { loops[0].descriptor }

  /// Runs one turn of the first worker, without waiting, on the thread that always does.
  ///
  /// - Returns: how many nanoseconds the caller may wait for ``descriptor`` before it calls again;
  ///   0 if there is more to do at once, nil if nothing but the descriptor will tell.
  public func runOnce() -> UInt64? {
    let loop = loops[0]
    loop.beginEmbedded()
    loop.turn(waiting: false)
    if loop.hasImmediateWork || !loop.park() { return 0 }
    guard let deadline = loop.nextDeadline else { return nil }
    let now = loop.clock()
    if deadline <= now {
      loop.unpark()
      return 0
    }
    return deadline - now
  }
}

extension Aio.Loop {
  /// The loop is awake, whoever has woken it, and its time goes on.
  fileprivate func beginEmbedded() {
    unpark()
    pool.adopt()
    now = clock()
  }
}
