// A child process that is measured: theory of operation.
//
// Problem.  What a program costs is seen only from outside, and each step of looking can be part
// of the figure: a shell, a pipe that must be drained, a wait that wakes late.  And a program that
// hangs, or leaves others behind, must not hold up or disturb the next measurement.
//
// Shape.
//
//     clock -> posix_spawn -> poll(pidfd, interrupt, time left) -> clock -> kill group -> wait4
//
// The child leads a process group of its own.  Its outputs go to /dev/null or to files in memory,
// which nobody has to drain while it runs.  When the leader has ended, the group is killed before
// the leader is waited for: until then its number cannot be used again, so that nobody else is
// hit, and nothing that it left behind runs into the next measurement.
//
// Invariants.
//   C1  Every child that was started is waited for, once, whatever is thrown.
//   C2  A signal goes to a group only while its leader has not been waited for.
//
// Threads.  Any; `waitForAny` blocks the caller.
//
// Rejected.  SIGALRM for the time limit: it belongs to the whole process.  A pipe for outputs: the
// reader's wake-ups compete with the child for the processor.

import CNine
import Glibc
public import SystemPackage

/// What a child process used, as the kernel counted it.  Corresponds to `struct rusage`.
public struct ResourceUse: Equatable, Sendable {
  /// Seconds of processor time in the program itself.
  public var user = 0.0
  /// Seconds of processor time in the kernel on its behalf.
  public var system = 0.0
  /// The largest resident size in bytes; never below the parent's own, which `exec` counts too.
  public var residentMax = 0.0
  /// Page faults without input or output.
  public var minorFaults = 0.0
  /// Page faults that read from a disk.
  public var majorFaults = 0.0
  /// Times that it gave the processor up.
  public var voluntarySwitches = 0.0
  /// Times that the processor was taken away.
  public var involuntarySwitches = 0.0

  /// Nothing used.
  public init() {}

  init(_ use: rusage) {
    // Divided rather than multiplied: the nearest number to what the kernel says, which prints
    // in six decimals.
    func seconds(_ time: timeval) -> Double {
      Double(Int(time.tv_sec) * 1_000_000 + Int(time.tv_usec)) / 1e6
    }
    user = seconds(use.ru_utime)
    system = seconds(use.ru_stime)
    residentMax = Double(use.ru_maxrss) * 1024
    minorFaults = Double(use.ru_minflt)
    majorFaults = Double(use.ru_majflt)
    voluntarySwitches = Double(use.ru_nvcsw)
    involuntarySwitches = Double(use.ru_nivcsw)
  }

  /// What this process itself has used so far.  `getrusage(2)`.
  public static func ofSelf() -> ResourceUse {
    var use = rusage()
    return unsafe getrusage(RUSAGE_SELF.rawValue, &use) == 0 ? ResourceUse(use) : ResourceUse()
  }
}

/// How a measured child ended.
public enum ChildEnd: Equatable, Sendable {
  /// It exited with this status.
  case exited(Int)
  /// This signal ended it.
  case signalled(Int)
  /// The time limit ended it.
  case timedOut
  /// The caller was interrupted, and the child ended.
  case interrupted
}

/// A started child, to be waited for with ``waitForAny(_:until:interrupt:)``.
public final class MeasuredChild {
  /// What to start, and how.
  public struct Request: Sendable {
    /// The words of the command; the first is looked up in `PATH`.
    public var arguments: [String]
    /// The directory to start in; nil for this process's own.
    public var directory: FilePath?
    /// The whole environment as `NAME=value`; nil for this process's own.
    public var environment: [String]?
    /// Where its standard output goes; nil for `/dev/null`.
    public var output: CInt?
    /// Where its standard error goes; nil for `/dev/null`.
    public var errors: CInt?

    /// Starts `arguments`, at least one word, without outputs.
    public init(_ arguments: [String]) {
      precondition(!arguments.isEmpty, "a command needs a program")
      self.arguments = arguments
    }
  }

  /// The moment before it was started.
  public let startNs: Int64
  /// The moment at which its end was noticed; 0 while it runs.
  public private(set) var endNs: Int64 = 0
  /// What it used; known when it has ended.
  public private(set) var use = ResourceUse()
  /// How it ended; nil while it runs.
  public private(set) var end: ChildEnd?

  private let pid: pid_t
  private let watch: CInt  // -1 once closed

  /// Starts a child in a process group of its own.
  ///
  /// - Throws: what `posix_spawnp(3)` or `pidfd_open(2)` reports, with the program as subject.
  public init(_ request: Request) throws(SystemError) {
    startNs = Clocks.monotonicNs()
    let child = try Self.spawn(request)
    pid = child
    do throws(SystemError) {
      watch = try check("pidfd_open") { cnine_pidfd_open(child) }
    } catch {
      kill(-child, SIGKILL)
      _ = try? check("wait4") { wait4(child, nil, 0, nil) }  // C1
      throw SystemError(call: error.call, errno: error.errno, subject: request.arguments[0])
    }
  }

  deinit {
    if end == nil { collect(as: .interrupted) }  // C1
    close(watch)
  }

  /// Waits until one of `children` has ended, and notes its end.
  ///
  /// - Parameters:
  ///   - deadlineNs: when all that still run are killed, by ``Clocks/monotonicNs()``; nil for
  ///     never.
  ///   - interrupt: a descriptor; when it becomes readable, all that still run are killed.
  public static func waitForAny(
    _ children: [MeasuredChild], until deadlineNs: Int64?, interrupt: CInt?
  ) throws(SystemError) {
    let running = children.filter { $0.end == nil }
    precondition(!running.isEmpty, "there is nothing to wait for")
    var polled = running.map { pollfd(fd: $0.watch, events: Int16(POLLIN), revents: 0) }
    if let interrupt { polled.append(pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0)) }
    let count = nfds_t(polled.count)
    while true {
      let left = deadlineNs.map { max(0, $0 - Clocks.monotonicNs()) }
      // Rounded up: a limit that ends early would poll again and again.
      let milliseconds = left.map { CInt(min(($0 + 999_999) / 1_000_000, 1_000_000_000)) } ?? -1
      let ready = try check("poll") { unsafe poll(&polled, count, milliseconds) }
      let now = Clocks.monotonicNs()
      var hasEnded = false
      for (index, child) in running.enumerated() where polled[index].revents != 0 {
        child.endNs = now
        child.collect(as: nil)
        hasEnded = true
      }
      if hasEnded { return }
      let isInterrupted = ready > 0
      if isInterrupted || deadlineNs.map({ now >= $0 }) ?? false {
        for child in running {
          child.endNs = now
          child.collect(as: isInterrupted ? .interrupted : .timedOut)
        }
        return
      }
    }
  }

  /// Ends the group and waits for its leader.
  ///
  /// - Parameter reason: why it is killed; nil if it has ended by itself.
  private func collect(as reason: ChildEnd?) {
    precondition(end == nil, "C1: a child is waited for once")
    kill(-pid, SIGKILL)  // C2; that there is nobody left is the usual case
    var status: CInt = 0
    var usage = rusage()
    let number = pid
    guard (try? check("wait4", { unsafe wait4(number, &status, 0, &usage) })) != nil else {
      // Somebody else has waited for it, which only a mistake of the caller's can do.
      end = reason ?? .exited(-1)
      return
    }
    use = ResourceUse(usage)
    let signal = Int(status & 0x7F)
    end = reason ?? (signal == 0 ? .exited(Int((status >> 8) & 0xFF)) : .signalled(signal))
  }

  private static func spawn(_ request: Request) throws(SystemError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    if let directory = request.directory?.string {
      unsafe cnine_spawn_chdir(&actions, directory)
    }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (number, target) in [(CInt(1), request.output), (2, request.errors)] {
      if let target {
        unsafe posix_spawn_file_actions_adddup2(&actions, target, number)
      } else {
        unsafe posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_WRONLY, 0)
      }
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    unsafe sigemptyset(&all)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT] { unsafe sigaddset(&all, signal) }
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    let program = request.arguments[0]
    let code = unsafe withCStrings(request.arguments) { words in
      guard let environment = request.environment else {
        return unsafe start(program, &actions, &attributes, words, cnine_environ())
      }
      return unsafe withCStrings(environment) {
        unsafe start(program, &actions, &attributes, words, $0)
      }
    }
    switch code {
    case .success(let pid): return pid
    case .failure(let error): throw error
    }
  }

  private static func start(
    _ program: String, _ actions: inout posix_spawn_file_actions_t,
    _ attributes: inout posix_spawnattr_t,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
    _ environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
  ) -> Result<pid_t, SystemError> {
    var child: pid_t = 0
    var code = Faults.next("posix_spawn") ?? 0
    if code == 0 {
      code = unsafe posix_spawnp(&child, program, &actions, &attributes, words, environment)
    }
    if code == 0 { return .success(child) }
    return .failure(SystemError(call: "posix_spawn", errno: code, subject: program))
  }
}

/// Calls `body` with `strings` as C wants an argument list: pointers, and a null behind them.
private func withCStrings<Result>(
  _ strings: [String],
  _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var words: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) }
  unsafe words.append(nil)
  defer { unsafe words.forEach { unsafe free($0) } }
  return unsafe words.withUnsafeMutableBufferPointer { list in
    guard let start = list.baseAddress else { preconditionFailure("a list has its null") }
    return unsafe body(start)
  }
}
