// Fault injection: a seam for tests at the one place where system calls are made.
//
// A test installs a function that is asked before each call of its thread and may answer with an
// errno, in which case the call is not made; or one that is asked how many bytes a transfer may
// move, for short counts.  Other threads do not notice: tests run side by side.  Programs install
// none, and then the price is one load and one predictable branch a call.

public import CNine
import Glibc

/// The seam through which tests make system calls fail.  Not for programs.
public enum Faults {
  /// Asked before each system call with its C name; a result other than nil is its errno.
  public typealias Script = @Sendable (_ call: String) -> CInt?
  /// Asked before each transfer with its C name; a result other than nil is the most bytes, at
  /// least 1, that it moves.
  public typealias Limit = @Sendable (_ call: String) -> Int?

  /// What a thread's calls meet.
  private final class Scene {
    let script: Script?
    let limit: Limit?

    init(script: Script?, limit: Limit?) {
      self.script = script
      self.limit = limit
    }
  }

  /// Whether any thread has a scene, which is nearly never: what a call looks at before all else.
  @inlinable @inline(__always)
  static var isAny: Bool { cnine_has_scenes() != 0 }

  /// Where a thread keeps its scene.
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let result = unsafe pthread_key_create(&key, nil)
    precondition(result == 0, "a process has 1,024 keys")
    return key
  }()

  private static var scene: Scene? {
    guard let scene = unsafe pthread_getspecific(key) else { return nil }
    return unsafe Unmanaged<Scene>.fromOpaque(scene).takeUnretainedValue()
  }

  @inline(__always)
  static func next(_ call: StaticString) -> CInt? {
    if !isAny { return nil }
    let code = answer(call)
    return code == 0 ? nil : code
  }

  /// The errno that this thread's scene has for `call`; 0 if it has none.
  @usableFromInline @inline(never)
  static func answer(_ call: StaticString) -> CInt { scene?.script?("\(call)") ?? 0 }

  /// How many of `count` bytes the transfer `call` may move.
  @inline(__always)
  static func room(_ call: StaticString, _ count: Int) -> Int {
    if !isAny { return count }
    return shortened(call, count)
  }

  @inline(never)
  private static func shortened(_ call: StaticString, _ count: Int) -> Int {
    guard let most = scene?.limit?("\(call)") else { return count }
    return min(count, max(most, 1))
  }

  /// Runs `body` with `script` answering for the kernel on this thread, then takes it away.
  ///
  /// A limit that holds goes on holding; an outer script does not answer meanwhile.
  public static func inject<Result>(
    _ script: @escaping Script, into body: () throws -> Result
  ) rethrows -> Result {
    try play(Scene(script: script, limit: scene?.limit), body)
  }

  /// Runs `body` with this thread's transfers as short as `limit` says, then takes that away.
  public static func shorten<Result>(
    _ limit: @escaping Limit, in body: () throws -> Result
  ) rethrows -> Result {
    try play(Scene(script: scene?.script, limit: limit), body)
  }

  private static func play<Result>(_ next: Scene, _ body: () throws -> Result) rethrows -> Result {
    let before = unsafe pthread_getspecific(key)
    unsafe pthread_setspecific(key, Unmanaged.passUnretained(next).toOpaque())
    cnine_count_scene(1)
    defer {
      cnine_count_scene(-1)
      unsafe pthread_setspecific(key, before)
    }
    return try withExtendedLifetime(next) { try body() }
  }
}
