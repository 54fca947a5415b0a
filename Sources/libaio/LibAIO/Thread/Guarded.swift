// A value behind a lock.
//
// Not `Mutex` of Synchronization: the standard library is not built for ThreadSanitizer, which
// therefore does not see that a Mutex orders anything, and reports what it guards as races.

/// A value that one thread at a time may touch.
@safe final class Guarded<Value: ~Copyable>: @unchecked Sendable {
  // Of no kind that registers itself: there is one for each part of the runtime.
  private let lock = Aio.Lock(of: LockEntry(.qlock, nil, .none))
  private var value: Value

  init(_ value: consuming Value) { self.value = value }

  /// Calls `body` with the value, alone.
  func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
