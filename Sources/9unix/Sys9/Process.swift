// Child processes: run one, and keep what it says.

import CNine
import Glibc

/// How a child process ended, and what it wrote.
public struct Outcome: Sendable {
  /// The exit status, or 128 plus the signal that ended it, as a shell counts.
  public let status: Int
  /// What it wrote to its standard output.
  public let output: [UInt8]
}

/// Running other programs.
public enum Command {
  /// Runs `arguments[0]`, looked up in `PATH`, and waits for it.
  ///
  /// Standard input is `/dev/null`; standard error is this process's own unless `quiet`.
  /// - Throws: what `posix_spawnp(3)` reports, with the program as subject.
  public static func run(
    _ arguments: [String], quiet: Bool = false
  ) throws(SystemError) -> Outcome {
    precondition(!arguments.isEmpty, "a command needs a program")
    var ends: [CInt] = [-1, -1]
    _ = try check("pipe2") { unsafe cnine_pipe(&ends) }
    let reading = Descriptor(adopting: ends[0])
    let writing = Descriptor(adopting: ends[1])
    let child = try spawn(arguments, output: writing.raw, quiet: quiet)
    try writing.close()
    let output = try Files.read(all: reading.raw)
    return Outcome(status: try wait(for: child), output: output)
  }

  private static func spawn(
    _ arguments: [String], output: CInt, quiet: Bool
  ) throws(SystemError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    if quiet { unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) }
    var child: pid_t = 0
    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
    unsafe words.append(nil)
    defer { unsafe words.forEach { unsafe free($0) } }
    let code = unsafe posix_spawnp(&child, arguments[0], &actions, nil, words, cnine_environ())
    if code != 0 { throw SystemError(call: "posix_spawn", errno: code, subject: arguments[0]) }
    return child
  }

  private static func wait(for child: pid_t) throws(SystemError) -> Int {
    var status: CInt = 0
    _ = try check("waitpid") { unsafe waitpid(child, &status, 0) }
    let signal = Int(status & 0x7F)
    return signal == 0 ? Int((status >> 8) & 0xFF) : 128 + signal
  }
}
