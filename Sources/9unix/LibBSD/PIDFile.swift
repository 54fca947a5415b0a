// The file that says which process is the only one of its kind.

import CBSD
import Glibc
public import Sys9

extension BSD {
  /// Why there is no process file.
  public enum PIDFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another process holds it: its number, nil if it has not written it yet.
    case running(Int32?)
    /// The system refuses.
    case system(SystemError)

    /// The reason in words.
    public var description: String {
      switch self {
      case .running(let process?): "process \(process) is running already"
      case .running(nil): "another process is starting"
      case .system(let error): error.description
      }
    }
  }

  /// A file with the process's number, locked as long as it is held: one process at a time.
  ///
  /// Take it before becoming a daemon, while errors can still be told, and `write` afterwards:
  /// the number changes with the fork.  When the value goes the file goes; use `close` in a parent
  /// whose child holds it.  Corresponds to `pidfile(3)`.
  @safe public struct PIDFile: ~Copyable {
    private let handle: OpaquePointer

    /// Opens and locks the file at `path`.  `pidfile_open(3)`.
    ///
    /// - Throws: `.running` if another process holds it.
    public init(_ path: String, mode: UInt32 = 0o600) throws(PIDFileError) {
      var other: pid_t = -1
      guard let opened = unsafe pidfile_open(path, mode, &other) else {
        if errno == EEXIST { throw .running(other > 0 ? other : nil) }
        throw .system(SystemError(call: "pidfile_open", errno: errno, subject: path))
      }
      unsafe handle = opened
    }

    deinit { unsafe _ = pidfile_remove(handle) }

    /// Writes the number of this process.  `pidfile_write(3)`.
    public func write() throws(SystemError) {
      if unsafe pidfile_write(handle) == -1 {
        throw SystemError(call: "pidfile_write", errno: errno)
      }
    }

    /// Lets go of the file without removing it, for whom else has it.  `pidfile_close(3)`.
    public consuming func close() throws(SystemError) {
      let handle = unsafe handle
      discard self
      if unsafe pidfile_close(handle) == -1 {
        throw SystemError(call: "pidfile_close", errno: errno)
      }
    }
  }
}
