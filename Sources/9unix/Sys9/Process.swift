// Child processes: run one, and keep what it says.

import CNine
import Glibc
import SystemPackage

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

  /// Runs `arguments[0]`, looked up in `PATH`, with this process's own input and outputs, and
  /// waits for it; the status is that of `Outcome`.
  ///
  /// - Throws: what `posix_spawnp(3)` reports, with the program as subject.
  public static func call(_ arguments: [String]) throws(SystemError) -> Int {
    precondition(!arguments.isEmpty, "a command needs a program")
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    return try unsafe wait(for: spawn(arguments, &actions))
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
    return try unsafe spawn(arguments, &actions)
  }

  private static func spawn(
    _ arguments: [String], _ actions: inout posix_spawn_file_actions_t
  ) throws(SystemError) -> pid_t {
    var child: pid_t = 0
    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
    unsafe words.append(nil)
    defer { unsafe words.forEach { unsafe free($0) } }
    do {
      // It returns its errno; `check` wants it as the system calls leave it.
      _ = try check("posix_spawn") {
        errno = unsafe posix_spawnp(&child, arguments[0], &actions, nil, words, cnine_environ())
        return errno == 0 ? 0 : -1
      }
    } catch {
      throw SystemError(call: error.call, errno: error.errno, subject: arguments[0])
    }
    return child
  }

  private static func wait(for child: pid_t) throws(SystemError) -> Int {
    var status: CInt = 0
    _ = try check("waitpid") { unsafe waitpid(child, &status, 0) }
    let signal = Int(status & 0x7F)
    return signal == 0 ? Int((status >> 8) & 0xFF) : 128 + signal
  }
}

/// A process by number and time of birth, so that a reused number is not taken for it.
public struct ProcessIdentity: Equatable, Sendable {
  /// The process's number.
  public let pid: Int32
  /// When it was started, in the kernel's ticks; 0 where the system does not tell.
  public let start: UInt64

  /// The process `pid`, nil if there is none.  Reads `/proc/PID/stat`, see `proc(5)`.
  public init?(_ pid: Int32) {
    guard pid > 0, kill(pid, 0) == 0 || errno == EPERM else { return nil }
    let fields = Self.fields(pid) ?? []
    if fields.first == "Z" { return nil }  // it has ended, only its parent has not looked yet
    self.pid = pid
    start = fields.count > 19 ? UInt64(fields[19]) ?? 0 : 0
  }

  /// The identity that `description` gave, whether or not the process still lives.
  public init?(_ text: String) {
    let words = text.split(separator: " ")
    guard words.count == 2, let pid = Int32(words[0]), let start = UInt64(words[1]) else {
      return nil
    }
    self.pid = pid
    self.start = start
  }

  /// True while the process lives.
  public var isAlive: Bool { ProcessIdentity(pid) == self }

  /// The process that started it, nil if that is unknown.
  public var parent: ProcessIdentity? {
    guard let fields = Self.fields(pid), fields.count > 1, let pid = Int32(fields[1]) else {
      return nil
    }
    return ProcessIdentity(pid)
  }

  /// Waits until the process has ended.  `pidfd_open(2)`.
  public func waitForEnd() throws(SystemError) {
    let number = pid
    _ = try check("pidfd_open") { cnine_wait_end(number) }
  }

  /// The fields of `/proc/PID/stat` behind the name: state, parent, ...
  private static func fields(_ pid: Int32) -> [Substring]? {
    guard let bytes = try? Files.read(FilePath("/proc/\(pid)/stat")),
      let end = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    return String(decoding: bytes[(end + 1)...], as: UTF8.self).split(separator: " ")
  }
}

extension ProcessIdentity: CustomStringConvertible {
  /// The number and the time of birth.
  public var description: String { "\(pid) \(start)" }
}
