// Children that begin as a table says: theory of operation.
//
// Problem.  Between fork and exec a child of a threaded program may do next to nothing: a lock that
// another thread held is held for ever.  Swift allocates and locks as it likes.
//
// Shape.  What the child shall do is a table of plain values; C walks through it, in a child that
// shares the parent's memory and runs while the parent's thread stands still (`clone(2)` with
// CLONE_VM, CLONE_VFORK and CLONE_PIDFD).  So no page is copied, the child's errno is simply seen,
// and the descriptor of the process exists from its birth: its number is never mistaken.

import CNine
import Glibc

/// One thing that a child does before its program begins.
@safe public enum ChildAction {
  /// Makes `number` a copy of `of`, which stays open; a copy of itself stays open over the start.
  case duplicate(of: CInt, as: CInt)
  /// Closes a descriptor.
  case close(CInt)
  /// Opens a file as `number`.
  case open(String, flags: CInt, as: CInt)
  /// Goes to a directory.
  case changeDirectory(String)
  /// Begins a session of its own.  `setsid(2)`.
  case newSession
  /// Joins a group of processes; 0 for one of its own.  `setpgid(2)`.
  case processGroup(Int32)
  /// Blocks these signals and no others, which is what a child begins with.
  case blockSignals([CInt])
  /// Limits a resource, such as `RLIMIT_NOFILE`.  `setrlimit(2)`.
  case limit(CInt, soft: UInt64, hard: UInt64)
  /// Calls a C function: 0, or an errno.  It may do what is async-signal-safe, and must not be
  /// Swift.
  case call(@convention(c) (UnsafeMutableRawPointer?) -> CInt, UnsafeMutableRawPointer?)
}

/// A process that has been started.
public struct SpawnedChild: ~Copyable {
  /// Its number.
  public let pid: Int32
  /// A descriptor of it, readable when it has ended; it never means another process.
  public let descriptor: Descriptor

  /// Gives the descriptor to the caller.
  public consuming func release() -> Descriptor { descriptor }
}

extension Children {
  /// Starts `path` with arguments, the first of which is the program's name, and with `NAME=value`
  /// strings as its environment.
  ///
  /// Everything that is close-on-exec stays here; signals are as at the start of a process.
  ///
  /// - Throws: what the system refuses, with the action that failed, or the path, as subject.
  public static func spawn(
    _ path: String, _ arguments: [String], environment: [String], _ actions: [ChildAction] = []
  ) throws(SystemError) -> SpawnedChild {
    let words = CWords(arguments)
    let settings = CWords(environment)
    let table = CActions(actions)
    var descriptor: CInt = -1
    var failed: CInt = 0
    let pid = unsafe cnine_spawn(
      path, words.list, settings.list, table.list, CInt(actions.count), &descriptor, &failed)
    if pid < 0 {
      let code = errno
      let isProgram = Int(failed) >= actions.count
      throw SystemError(
        call: isProgram ? "execve" : "clone", errno: code,
        subject: isProgram ? path : "\(actions[Int(failed)])")
    }
    return SpawnedChild(pid: pid, descriptor: Descriptor(adopting: descriptor))
  }

  /// Forks: the child calls `function` and exits with what that returns.
  ///
  /// The function must be C's, and may do only what is async-signal-safe, such as `execve`: the
  /// child has one thread, and whatever others had locked is locked for ever.
  public static func fork(
    _ function: @convention(c) (UnsafeMutableRawPointer?) -> CInt,
    _ context: UnsafeMutableRawPointer?
  ) throws(SystemError) -> SpawnedChild {
    var descriptor: CInt = -1
    let pid = unsafe cnine_fork(function, context, &descriptor)
    if pid < 0 { throw failure("fork") }
    if descriptor < 0 { throw failure("pidfd_open") }
    return SpawnedChild(pid: pid, descriptor: Descriptor(adopting: descriptor))
  }
}

/// Signals as bytes.
public enum SignalBytes {
  /// From now on the signal `number` is written to `fd` as one byte, whatever thread it meets; with
  /// nil it has its default again.  `sigaction(2)`.
  public static func send(_ number: CInt, to fd: CInt?) throws(SystemError) {
    _ = try check("sigaction") { cnine_signal_to(number, fd ?? -1) }
  }
}

/// Strings as C takes them: an array that ends in a null pointer.
@safe private final class CWords {
  let list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ words: [String]) {
    count = words.count
    unsafe list = .allocate(capacity: count + 1)
    for (index, word) in words.enumerated() {
      unsafe (list + index).initialize(to: strdup(word))
    }
    unsafe (list + count).initialize(to: nil)
  }

  deinit {
    for index in 0..<count { unsafe free(list[index]) }
    unsafe list.deallocate()
  }
}

/// Actions as C takes them.
@safe private final class CActions {
  let list: UnsafeMutablePointer<cnine_child_action>
  private let count: Int

  init(_ actions: [ChildAction]) {
    count = actions.count
    unsafe list = .allocate(capacity: max(count, 1))
    for (index, action) in actions.enumerated() {
      unsafe (list + index).initialize(to: Self.raw(action))
    }
  }

  deinit {
    for index in 0..<count { unsafe free(UnsafeMutablePointer(mutating: list[index].path)) }
    unsafe list.deallocate()
  }

  private static func raw(_ action: ChildAction) -> cnine_child_action {
    var raw = unsafe cnine_child_action()
    func set(_ what: cnine_child_what, _ number: CInt = 0, _ number2: CInt = 0) {
      unsafe raw.what = CInt(what.rawValue)
      unsafe raw.number = number
      unsafe raw.number2 = number2
    }
    switch action {
    case .duplicate(let from, let to): set(CNINE_CHILD_DUP, from, to)
    case .close(let fd): set(CNINE_CHILD_CLOSE, fd)
    case .open(let path, let flags, let number):
      set(CNINE_CHILD_OPEN, flags, number)
      unsafe raw.path = UnsafePointer(strdup(path))
    case .changeDirectory(let path):
      set(CNINE_CHILD_CHDIR)
      unsafe raw.path = UnsafePointer(strdup(path))
    case .newSession: set(CNINE_CHILD_SETSID)
    case .processGroup(let group): set(CNINE_CHILD_SETPGID, group)
    case .blockSignals(let signals):
      set(CNINE_CHILD_BLOCK)
      unsafe raw.low = signals.reduce(0) { $0 | 1 << UInt64($1 - 1) }
    case .limit(let resource, let soft, let hard):
      set(CNINE_CHILD_RLIMIT, resource)
      unsafe raw.low = soft
      unsafe raw.high = hard
    case .call(let function, let context):
      set(CNINE_CHILD_CALL)
      unsafe raw.function = unsafe function
      unsafe raw.context = unsafe context
    }
    return unsafe raw
  }
}
