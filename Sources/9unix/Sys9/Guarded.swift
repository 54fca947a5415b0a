// A value behind a lock.
//
// Not `Mutex` of Synchronization: the standard library is not built for ThreadSanitizer, which
// therefore does not see that a Mutex orders anything, and reports what it guards as races.  It
// knows pthread's locks by name.

import Glibc

/// A value that one thread at a time may touch.
///
/// Cost: one allocation, and two atomic operations for each use that nobody else is in the way of.
/// Of POSIX's normal kind: a thread that takes it again in `withLock` waits for itself for ever.
@safe public final class Guarded<Value: ~Copyable>: @unchecked Sendable {
  // In memory of its own: pthread tells locks apart by their address.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var value: Value

  /// A value that nobody else has.
  public init(_ value: consuming Value) {
    self.value = value
    unsafe mutex.initialize(to: pthread_mutex_t())
    // Without attributes it fails for want of memory alone, and here none is asked for.
    let code = unsafe pthread_mutex_init(mutex, nil)
    precondition(code == 0, "a plain lock can always be made")
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  /// Calls `body` with the value, alone.  `pthread_mutex_lock(3)`.
  public func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
