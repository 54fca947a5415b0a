// Fault injection: a seam for tests at the one place where system calls are made.
//
// A test installs a function that is asked before each call and may answer with an errno, in
// which case the call is not made.  Programs never install one, and then the price is one load
// and one predictable branch a system call.

import Synchronization

/// The seam through which tests make system calls fail.  Not for programs.
public enum Faults {
  /// Asked before each system call with its C name; a result other than nil is its errno.
  public typealias Script = @Sendable (_ call: String) -> CInt?

  // One writer, a test that runs alone, and before the threads that read it start.
  nonisolated(unsafe) private static var script: Script?

  private static let turn = Mutex(())

  @inline(__always)
  static func next(_ call: StaticString) -> CInt? {
    guard let script = unsafe script else { return nil }
    return script("\(call)")
  }

  /// Runs `body` with `script` answering for the kernel, then takes the script away.
  ///
  /// One at a time: another one waits.  Scripts are asked for the calls of every thread.
  public static func inject<Result>(
    _ script: @escaping Script, into body: () throws -> Result
  ) rethrows -> Result {
    try turn.withLock { _ in
      unsafe self.script = script
      defer { unsafe self.script = nil }
      return try body()
    }
  }
}
