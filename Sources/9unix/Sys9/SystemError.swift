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
//   E3  What is thrown is also the thread's error string, noted at the failing call.
//
// Threads.  No state but the test seam in Faults.swift and the error string of each thread.

import Glibc

/// What failed outside the program: which call, why, and on what.
///
/// The one error type of the operating system and of the network.
public struct SystemError: Error, Equatable, Sendable {
  /// The call's C name, such as `openat`.
  public let call: String
  /// The value of `errno(3)` after the call; 0 if the reason is `text` alone.
  public let errno: CInt
  /// What the call was about, usually a path; empty where there is nothing to name.
  public var subject: String
  /// The reason in words where no errno tells it, such as `malformed address`; else empty.
  public let text: String

  /// Creates an error for `call`, which left `errno` behind.
  public init(call: String, errno: CInt, subject: String = "") {
    assert(errno != EINTR, "E1: EINTR is retried, never reported")
    self.call = call
    self.errno = errno
    self.subject = subject
    text = ""
  }

  /// Creates an error for `call` whose reason no errno tells.
  public init(call: String, text: String, subject: String = "") {
    self.call = call
    errno = 0
    self.subject = subject
    self.text = text
  }

  /// The reason in words, such as `No such file or directory`.  See `strerror(3)`.
  public var reason: String { text.isEmpty ? Sys9.reason(errno) : text }

  /// The error, made the calling thread's error string on the way.  Throw this, see E3.
  public func noted() -> SystemError {
    if text.isEmpty { ErrorString.set(errno: errno) } else { werrstr(text) }
    return self
  }
}

extension SystemError: CustomStringConvertible {
  /// `subject: reason`, or `call: reason` where the error has no subject.
  public var description: String { "\(subject.isEmpty ? call : subject): \(reason)" }
}

/// The error of `call`, which has just failed and left its reason in `errno(3)`.
func failure(_ call: StaticString, _ subject: String = "") -> SystemError {
  SystemError(call: "\(call)", errno: Glibc.errno, subject: subject).noted()
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
    ErrorString.set(errno: code)
    throw SystemError(call: "\(call)", errno: code)
  }
}
