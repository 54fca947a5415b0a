// Waiting for child processes, in Plan 9's words.

import Glibc

/// How a child ended.  Corresponds to `Waitmsg`.
public struct Waitmsg: Equatable, Sendable {
  /// The process's number.
  public let pid: Int32
  /// Milliseconds: in the program, in the system, and from its start to its end.
  ///
  /// The last is as exact as the system's clock tick, 10 ms; where the system does not tell it, it
  /// is the sum of the others.
  public let time: (user: Int, sys: Int, real: Int)
  /// Empty if it succeeded, else its status in decimal, or `signal: ` and the signal's name.
  public let msg: String

  /// The words for what the system tells.
  public init(_ child: EndedChild) {
    pid = child.pid
    let (user, sys) = (Int(child.userNs / 1_000_000), Int(child.systemNs / 1_000_000))
    time = (user, sys, child.elapsedNs.map { Int($0 / 1_000_000) } ?? user + sys)
    switch child.cause {
    case .exited(0): msg = ""
    case .exited(let status): msg = "\(status)"
    case .killed(let signal, let dumpedCore):
      msg = "signal: \(signalName(signal))" + (dumpedCore ? " (core dumped)" : "")
    }
  }

  /// True if the same process ended in the same way.
  public static func == (a: Waitmsg, b: Waitmsg) -> Bool {
    a.pid == b.pid && a.time == b.time && a.msg == b.msg
  }
}

/// Plan 9's name of a signal, such as `interrupt`; `sys: signal N` where it has none.
public func signalName(_ signal: CInt) -> String {
  switch signal {
  case SIGHUP: "hangup"
  case SIGINT: "interrupt"
  case SIGQUIT: "quit"
  case SIGALRM: "alarm"
  case SIGTERM: "kill"
  default: systemSignals[signal].map { "sys: \($0)" } ?? "sys: signal \(signal)"
  }
}

private let systemSignals: [CInt: String] = [
  SIGILL: "illegal instruction", SIGTRAP: "breakpoint", SIGABRT: "abort", SIGFPE: "fp: trap",
  SIGKILL: "kill", SIGBUS: "bus error", SIGSEGV: "segmentation violation",
  SIGPIPE: "write on closed pipe", SIGURG: "urgent condition on socket", SIGSTOP: "stop",
  SIGTSTP: "tstp", SIGCONT: "cont", SIGCHLD: "child", SIGTTIN: "ttin", SIGTTOU: "ttou",
  SIGIO: "i/o possible on fd", SIGXCPU: "cpu time limit exceeded",
  SIGXFSZ: "file size limit exceeded", SIGVTALRM: "virtual time alarm",
  SIGPROF: "profiling timer alarm", SIGWINCH: "window size change", SIGUSR1: "usr1",
  SIGUSR2: "usr2",
]

/// What there is to know of children without waiting.
public enum ChildNews: Equatable, Sendable {
  /// One has ended.
  case ended(Waitmsg)
  /// All of them run.
  case running
  /// There is none.
  case none
}

/// A child process by a descriptor, which never means another process once the number is reused.
///
/// The descriptor can be polled: it is readable when the child has ended.
public struct Child: ~Copyable {
  /// The process's number.
  public let pid: Int32
  /// The process's descriptor.  `pidfd_open(2)`.
  public let descriptor: Descriptor

  /// The child `pid` of this process.
  ///
  /// - Throws: `ESRCH` if there is no such process.
  public init(_ pid: Int32) throws(SystemError) {
    self.pid = pid
    descriptor = try Children.open(pid)
  }

  /// Waits until it has ended, and takes the news.
  ///
  /// - Throws: `ECHILD` if it is not this process's, or somebody else took the news.
  public borrowing func wait() throws(SystemError) -> Waitmsg {
    Waitmsg(try Children.wait(.descriptor(descriptor.raw)))
  }

  /// The news if it has ended; nil if it runs.
  public borrowing func poll() throws(SystemError) -> Waitmsg? {
    try Children.poll(.descriptor(descriptor.raw)).map { Waitmsg($0) }
  }
}

/// Waits until a child of this process has ended.
///
/// - Throws: `ECHILD` if there is none.
public func nextChild() throws(SystemError) -> Waitmsg { Waitmsg(try Children.wait(.any)) }

/// What there is to know of children without waiting: the three cases that `waitnohang` cannot
/// tell apart.
public func childNews() throws(SystemError) -> ChildNews {
  do {
    return try Children.poll(.any).map { .ended(Waitmsg($0)) } ?? .running
  } catch {
    if error.errno == ECHILD { return .none }
    throw error
  }
}

/// Waits until a child has ended; nil if there is none.  Corresponds to `wait(3)`.
public func wait() -> Waitmsg? { classic(nextChild) }

/// A child that has ended; nil if none has, or there is none.  Corresponds to `waitnohang`.
public func waitnohang() -> Waitmsg? {
  classic { () throws(SystemError) in try Children.poll(.any).map { Waitmsg($0) } } ?? nil
}

/// Waits until the child `pid` has ended; nil if there is none.  Corresponds to `waitfor`.
///
/// It goes through a descriptor of the process: no other that gets the number is meant.
public func waitfor(_ pid: Int32) -> Waitmsg? {
  classic { () throws(SystemError) in try Child(pid).wait() }
}
