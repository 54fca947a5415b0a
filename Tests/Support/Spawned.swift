// Child processes for tests.

import Glibc
import Sys9

/// Shells that are left to the test to wait for.
public struct Spawned: Sendable {
  /// The process's number.
  public let pid: Int32
  private let gate: CInt

  /// Starts a shell that runs `script`; the caller waits for it.
  public static func shell(_ script: String) throws -> Int32 { try start(script, input: nil) }

  /// Starts a shell that runs `script` when it is let go.
  public static func held(_ script: String) throws -> Spawned {
    let (mine, its) = try Sockets.pair(.stream)
    let pid = try start("read x; \(script)", input: its)
    close(its)
    return Spawned(pid: pid, gate: mine)
  }

  /// Lets the shell run on.
  public func letGo() { close(gate) }

  private static func start(_ script: String, input: CInt?) throws -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    // Threads of a test runner block signals, and children inherit that.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    if let input { unsafe posix_spawn_file_actions_adddup2(&actions, input, 0) }
    let command = ["sh", "-c", script]
    var words: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) }
    unsafe words.append(nil)
    defer { unsafe words.forEach { unsafe free($0) } }
    var pid: pid_t = 0
    let code = unsafe posix_spawnp(&pid, "sh", &actions, &attributes, words, nil)
    if code != 0 { throw SystemError(call: "posix_spawn", errno: code, subject: "sh") }
    return pid
  }
}
