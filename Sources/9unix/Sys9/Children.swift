// Child processes that end: asked for by number, by descriptor, or whichever is next.

import CNine
import Glibc
import SystemPackage

/// A child process that has ended.
public struct EndedChild: Equatable, Sendable {
  /// How it ended.
  public enum Cause: Equatable, Sendable {
    /// By itself, with this status.
    case exited(CInt)
    /// By this signal.
    case killed(CInt, dumpedCore: Bool)
  }

  /// The process's number, which may be given to another process from now on.
  public let pid: Int32
  /// How it ended.
  public let cause: Cause
  /// Processor time that it and its own children spent in the program, in nanoseconds.
  public let userNs: Int64
  /// Processor time that the system spent for it and its own children, in nanoseconds.
  public let systemNs: Int64
  /// From its start to its end, in nanoseconds, as exact as the system's clock tick (10 ms); nil
  /// where the system does not tell.
  public let elapsedNs: Int64?

  /// A child that has ended so: what a world that is simulated says.
  public init(pid: Int32, cause: Cause, userNs: Int64, systemNs: Int64, elapsedNs: Int64?) {
    self.pid = pid
    self.cause = cause
    self.userNs = userNs
    self.systemNs = systemNs
    self.elapsedNs = elapsedNs
  }
}

/// Waiting for child processes.
public enum Children {
  /// Which child is meant.
  public enum Which: Equatable, Sendable {
    /// Whichever ends next.
    case any
    /// The one of this number.
    case pid(Int32)
    /// The one behind this descriptor, see `open`.
    case descriptor(CInt)

    fileprivate var raw: (type: CInt, id: CInt) {
      switch self {
      case .any: (0, 0)  // P_ALL
      case .pid(let pid): (1, pid)  // P_PID
      case .descriptor(let fd): (3, fd)  // P_PIDFD
      }
    }
  }

  /// A descriptor of a process, which can be read (polled) when the process has ended, and which
  /// never means another process.  `pidfd_open(2)`.
  public static func open(_ pid: Int32) throws(SystemError) -> Descriptor {
    Descriptor(adopting: try check("pidfd_open") { cnine_pidfd_open(pid) })
  }

  /// Waits until a child has ended, and takes the news, so that its number is free again.
  ///
  /// Several threads may wait; each child is given to one of them.  `waitid(2)`.
  /// - Throws: `ECHILD` if there is no such child.
  public static func wait(_ which: Which) throws(SystemError) -> EndedChild {
    while true {
      guard let pid = try peek(which, options: WEXITED), let child = try take(pid) else { continue }
      return child
    }
  }

  /// As `wait`, but nil if such a child still runs.
  public static func poll(_ which: Which) throws(SystemError) -> EndedChild? {
    while let pid = try peek(which, options: WEXITED | WNOHANG) {
      if let child = try take(pid) { return child }
    }
    return nil
  }

  /// The number of a child that has ended and stays so; nil if none has.
  private static func peek(_ which: Which, options: CInt) throws(SystemError) -> Int32? {
    var info = unsafe siginfo_t()
    let (type, id) = which.raw
    // A number that is none: the system would take 0 and what is negative for groups.
    if case .pid(let pid) = which, pid <= 0 {
      throw SystemError(call: "waitid", errno: ECHILD).noted()
    }
    _ = try check("waitid") { unsafe cnine_waitid(type, id, &info, options | WNOWAIT, nil) }
    let pid = unsafe cnine_si_pid(&info)
    return pid == 0 ? nil : pid
  }

  /// Takes the news of the child `pid`, which has ended; nil if another thread was faster.
  private static func take(_ pid: Int32) throws(SystemError) -> EndedChild? {
    let elapsed = elapsedNs(pid)
    var info = unsafe siginfo_t()
    var usage = rusage()
    do {
      _ = try check("waitid") { unsafe cnine_waitid(1, pid, &info, WEXITED | WNOHANG, &usage) }
    } catch {
      if error.errno == ECHILD { return nil }
      throw error
    }
    if unsafe cnine_si_pid(&info) == 0 { return nil }
    let status = unsafe cnine_si_status(&info)
    let cause: EndedChild.Cause
    switch unsafe info.si_code {
    case 1: cause = .exited(status)  // CLD_EXITED
    case 3: cause = .killed(status, dumpedCore: true)  // CLD_DUMPED
    default: cause = .killed(status, dumpedCore: false)
    }
    func nanoseconds(_ time: timeval) -> Int64 {
      Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_usec) * 1000
    }
    return EndedChild(
      pid: pid, cause: cause, userNs: nanoseconds(usage.ru_utime),
      systemNs: nanoseconds(usage.ru_stime), elapsedNs: elapsed)
  }

  /// How long ago the process began; nil where the system does not tell.
  private static func elapsedNs(_ pid: Int32) -> Int64? {
    guard let bytes = try? Files.read(FilePath("/proc/\(pid)/stat")),
      let end = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
    let ticks = Int64(sysconf(CInt(_SC_CLK_TCK)))
    guard fields.count > 19, let start = Int64(String(decoding: fields[19], as: UTF8.self)) else {
      return nil
    }
    return max(0, Clocks.bootNs() - start * (1_000_000_000 / ticks))
  }
}
