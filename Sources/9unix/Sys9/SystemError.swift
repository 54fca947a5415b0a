// System errors: theory of operation.
//
// Problem.  Every program of ours meets the kernel, and each meeting can end in EINTR, in a
// short count, or in an errno.  If that is decided at each call, some call decides it wrong.
//
// Shape.  `check` is the one place that turns -1 into an error and the one place that retries
// EINTR.  Every wrapper in this module goes through it.
//
// Invariants.
//   E1  A SystemError's errno is never EINTR.
//   E2  EFAULT is our bug: it crashes.  EBADF crashes for a descriptor that we own; the
//       wrappers that take a caller's raw descriptor report it.
//
// Threads.  No state but the test seam in Faults.swift.

import Glibc

/// A system call that failed: which one, why, and on what.
public struct SystemError: Error, Equatable, Sendable {
  /// The call's C name, such as `openat`.
  public let call: String
  /// The value of `errno(3)` after the call.
  public let errno: CInt
  /// What the call was about, usually a path; empty where there is nothing to name.
  public var subject: String

  /// Creates an error for `call`, which left `errno` behind.
  public init(call: String, errno: CInt, subject: String = "") {
    assert(errno != EINTR, "E1: EINTR is retried, never reported")
    self.call = call
    self.errno = errno
    self.subject = subject
  }

  /// The system's text for the error, such as `No such file or directory`.  See `strerror(3)`.
  public var reason: String { unsafe String(cString: strerror(errno)) }
}

extension SystemError: CustomStringConvertible {
  /// `subject: reason`, or `call: reason` where the error has no subject.
  public var description: String { "\(subject.isEmpty ? call : subject): \(reason)" }
}

/// Calls `body` until it is not interrupted, and throws what else made it fail.
///
/// - Parameters:
///   - call: the C name of the call, for the error and for fault injection.
///   - body: one system call; a negative result means that `errno` holds the reason.
/// - Throws: any errno but `EINTR`.
@inline(__always)
func check<Result: FixedWidthInteger & SignedInteger>(
  _ call: StaticString, _ body: () -> Result
) throws(SystemError) -> Result {
  while true {
    let result: Result
    if let fault = Faults.next(call) {
      Glibc.errno = fault
      result = -1
    } else {
      result = body()
    }
    if result >= 0 { return result }
    let code = Glibc.errno
    if code == EINTR { continue }
    precondition(code != EFAULT, "E2: a bad address is our bug, not the kernel's")
    throw SystemError(call: "\(call)", errno: code)
  }
}
