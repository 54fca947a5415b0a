// Fault injection: a seam for tests at the one place where system calls are made.
//
// A test installs a function that is asked before each call and may answer with an errno, in
// which case the call is not made; and one that is asked how many bytes a transfer may move, for
// short counts.  Programs never install one, and then the price is one load and one predictable
// branch a system call.

/// The seam through which tests make system calls fail.  Not for programs.
public enum Faults {
  /// Asked before each system call with its C name; a result other than nil is its errno.
  public typealias Script = @Sendable (_ call: String) -> CInt?
  /// Asked before each transfer with its C name; a result other than nil is the most bytes, at
  /// least 1, that it moves.
  public typealias Limit = @Sendable (_ call: String) -> Int?

  // One writer, a test that runs alone, and before the threads that read it start.
  nonisolated(unsafe) private static var script: Script?
  nonisolated(unsafe) private static var limit: Limit?

  @inline(__always)
  static func next(_ call: StaticString) -> CInt? {
    guard let script = unsafe script else { return nil }
    return script("\(call)")
  }

  /// How many of `count` bytes the transfer `call` may move.
  @inline(__always)
  static func room(_ call: StaticString, _ count: Int) -> Int {
    guard let limit = unsafe limit, let most = limit("\(call)") else { return count }
    return min(count, max(most, 1))
  }

  /// Runs `body` with `script` answering for the kernel, then takes the script away.
  ///
  /// Not thread-safe: the caller sees to it that nothing else makes system calls meanwhile.
  public static func inject<Result>(
    _ script: @escaping Script, into body: () throws -> Result
  ) rethrows -> Result {
    unsafe self.script = script
    defer { unsafe self.script = nil }
    return try body()
  }

  /// Runs `body` with transfers as short as `limit` says, then takes the limit away.
  ///
  /// Not thread-safe, as `inject`.
  public static func shorten<Result>(
    _ limit: @escaping Limit, in body: () throws -> Result
  ) rethrows -> Result {
    unsafe self.limit = limit
    defer { unsafe self.limit = nil }
    return try body()
  }
}
