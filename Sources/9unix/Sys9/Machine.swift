// What measuring asks of the machine: processors to run on, events to count, signals to notice.

import CNine
import Glibc

/// The processors that the calling thread, and what it starts, may run on.
public enum Affinity {
  private static let countMax = 1024

  /// The numbers of the processors that the calling thread may run on.  `sched_getaffinity(2)`.
  public static func current() throws(SystemError) -> [Int] {
    var cpus = [UInt8](repeating: 0, count: countMax)
    let count = try check("sched_getaffinity") {
      unsafe cnine_get_affinity(&cpus, CInt(countMax))
    }
    return (0..<Int(count)).filter { cpus[$0] != 0 }
  }

  /// Lets the calling thread run on `cpus` only.  `sched_setaffinity(2)`.
  ///
  /// - Throws: `EINVAL` if there is no such processor, or it is not ours to use.
  public static func set(_ cpus: [Int]) throws(SystemError) {
    var marks = [UInt8](repeating: 0, count: countMax)
    for cpu in cpus where cpu >= 0 && cpu < countMax { marks[cpu] = 1 }
    _ = try check("sched_setaffinity") { unsafe cnine_set_affinity(marks, CInt(countMax)) }
  }
}

/// A hardware event, counted in user space over this process and the children that it starts.
public final class EventCounter {
  /// An event that processors count.
  public enum Event: CInt, CaseIterable, Sendable {
    /// Instructions that were completed.
    case instructions = 0
    /// Processor cycles.
    case cycles
    /// Branches that were guessed wrong.
    case branchMisses
    /// Accesses that missed the last cache.
    case cacheMisses
    /// Nanoseconds on a processor; counted by the kernel, so that it is there without hardware.
    case taskClock

    /// The events that hardware counts.
    public static let hardware: [Event] = [.instructions, .cycles, .branchMisses, .cacheMisses]
  }

  /// The event that is counted.
  public let event: Event
  private let file: Descriptor

  /// Makes a counter of `event`, which does not count yet.  `perf_event_open(2)`.
  ///
  /// - Throws: `EACCES` or `EPERM` where the system forbids it, `ENOENT`, `EOPNOTSUPP` or
  ///   `ENODEV` where the machine, often a virtual one, does not count.
  public init(_ event: Event) throws(SystemError) {
    self.event = event
    let kind = event.rawValue
    file = Descriptor(adopting: try check("perf_event_open") { cnine_perf_open(kind) })
  }

  /// Counts from now on.
  public func start() throws(SystemError) {
    let fd = file.raw
    _ = try check("ioctl") { cnine_perf_start(fd) }
  }

  /// Counts no more.
  public func stop() throws(SystemError) {
    let fd = file.raw
    _ = try check("ioctl") { cnine_perf_stop(fd) }
  }

  /// The events counted so far, children that have ended included.
  public func value() throws(SystemError) -> Double {
    let fd = file.raw
    var value = 0.0
    _ = try check("read") { unsafe cnine_perf_read(fd, &value) }
    return value
  }
}

/// SIGINT, SIGTERM and SIGHUP as something to read instead of something that ends the process.
public struct SignalWatch: ~Copyable {
  private let file: Descriptor

  /// Blocks the three signals for the calling thread and watches for them.  `signalfd(2)`.
  ///
  /// For programs whose other threads, if any, are started afterwards.
  public init() throws(SystemError) {
    file = Descriptor(adopting: try check("signalfd") { cnine_signalfd() })
    Self.change(SIG_BLOCK)
  }

  deinit { Self.change(SIG_UNBLOCK) }

  /// Readable when one of the signals has come; stays so until ``next()``.
  public var descriptor: CInt { file.raw }

  /// Takes the signal that came and returns its number; nil if none has.
  ///
  /// One that is not taken strikes when the watch ends.
  public borrowing func next() throws(SystemError) -> CInt? {
    let fd = file.raw
    do {
      return try check("read") { cnine_signalfd_read(fd) }
    } catch {
      if error.errno == EAGAIN { return nil }
      throw error
    }
  }

  private static func change(_ how: CInt) {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&set, signal) }
    unsafe pthread_sigmask(how, &set, nil)
  }
}

extension Descriptor {
  /// A nameless file in memory.  `memfd_create(2)`.
  public static func inMemory() throws(SystemError) -> Descriptor {
    Descriptor(adopting: try check("memfd_create") { cnine_memfd() })
  }

  /// The bytes of the open file from `offset` on, at most `count`.  `pread(2)`.
  public borrowing func content(from offset: Int, count: Int) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let fd = raw
    var filled = 0
    while filled < count {
      let at = filled
      let got = try unsafe bytes.withUnsafeMutableBufferPointer { (room) throws(SystemError) in
        let rest = unsafe UnsafeMutableBufferPointer(rebasing: room[at...])
        return try check("pread") {
          unsafe pread(fd, rest.baseAddress, rest.count, off_t(offset + at))
        }
      }
      if got == 0 { break }
      filled += got
    }
    bytes.removeLast(count - filled)
    return bytes
  }
}

extension Environment {
  /// Every variable as `NAME=value`, in the system's order.  `environ(7)`.
  public static var all: [String] {
    var result: [String] = []
    guard var next = unsafe cnine_environ() else { return [] }
    while let text = unsafe next.pointee {
      unsafe result.append(String(cString: text))
      unsafe next += 1
    }
    return result
  }
}

extension Clocks {
  /// The step of the monotonic clock in nanoseconds, as the system states it.  `clock_getres(2)`.
  public static func monotonicResolutionNs() -> Int64 {
    var time = timespec()
    unsafe clock_getres(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
