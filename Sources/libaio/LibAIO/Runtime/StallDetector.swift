// Tasks that run too long: theory of operation.
//
// Problem.  One task that computes or blocks for 50 ms makes every connection of its worker late,
// and when somebody looks it is gone.
//
// Shape.  A thread looks at each worker's current event every few milliseconds.  If it is the same
// one as a limit ago, the worker is interrupted, notes its calls, and a report says which task it
// is, where it was registered, for how long it has run and what it is doing.  The workers do
// nothing for it: the number of the event is there anyway.  Reported once an event.
//
// Cost.  Nothing for the workers; a look at a cache line a worker each quarter of the limit.

import Synchronization
public import Sys9

extension Aio {
  /// What was found to run too long.
  public struct Stall: Sendable, CustomStringConvertible {
    /// The worker that is held up.
    public let worker: Int
    /// How long the event has run at least, in nanoseconds.
    public let ns: UInt64
    /// Whose event it is.
    public let group: EventGroup
    /// Where what runs was registered.
    public let site: Site
    /// The calls under way, innermost first, as far as the program's tables name them.
    public let calls: [String]

    /// Several lines for people.
    public var description: String {
      let head = """
        worker \(worker): one event for \(ns / 1_000_000) ms, registered at \(site), \
        group \(group)
        """
      return ([head] + calls.map { "  \($0)" }).joined(separator: "\n")
    }
  }

  /// Looks for events that run too long, from a thread of its own, until it is stopped.
  public final class StallDetector: Sendable {
    private let wakeWord: WakeWord
    private let thread: SystemThread.ID

    /// A word that a thread sleeps on.
    @safe private final class WakeWord: @unchecked Sendable {
      let word = UnsafeMutablePointer<Atomic<UInt32>>.allocate(capacity: 1)
      init() { unsafe word.initialize(to: Atomic(0)) }
      deinit { unsafe word.deallocate() }
    }

    /// Begins to look at the workers of `runtime`, which must outlive the detector.
    ///
    /// - Parameters:
    ///   - limitNs: what is too long; 10 ms by default.
    ///   - report: told of each event once, on the detector's thread.
    public init(
      _ runtime: Runtime, limitNs: UInt64 = 10_000_000,
      _ report: @escaping @Sendable (Stall) -> Void
    ) throws(SystemError) {
      let wakeWord = WakeWord()
      self.wakeWord = wakeWord
      thread = try SystemThread.start {
        var watch = StallWatch(workers: runtime.workerCount, limitNs: limitNs)
        while unsafe wakeWord.word.pointee.load(ordering: .acquiring) == 0 {
          unsafe SystemThread.park(
            wakeWord.word, while: 0, timeoutNs: Int64(clamping: limitNs / 4 + 1))
          let now = Kernel.monotonicNs()
          for number in 0..<runtime.workerCount {
            let (event, place) = runtime.currentEvent(number)
            guard let ns = watch.look(number, event, now) else { continue }
            report(
              Stall(
                worker: number, ns: ns, group: EventGroup(id: UInt32(truncatingIfNeeded: place)),
                site: Site(id: UInt32(truncatingIfNeeded: place >> 32)),
                calls: runtime.calls(of: number)))
          }
        }
      }
    }

    /// Looks no more; returns when the detector's thread has ended.  Once.
    public func stop() {
      unsafe wakeWord.word.pointee.store(1, ordering: .releasing)
      unsafe SystemThread.unpark(wakeWord.word)
      SystemThread.join(thread)
    }
  }
}

/// What a detector remembers, and what it makes of what it sees: no clock, no thread.
struct StallWatch {
  private struct Seen {
    var event: UInt64 = 0
    var since: UInt64 = 0
    var isReported = false
  }

  private var seen: [Seen]
  private let limitNs: UInt64

  init(workers: Int, limitNs: UInt64) {
    seen = Array(repeating: Seen(), count: workers)
    self.limitNs = limitNs
  }

  /// How long the event of a worker has run at least, if that is to be reported now.
  mutating func look(_ worker: Int, _ event: UInt64, _ now: UInt64) -> UInt64? {
    if event != seen[worker].event || event == 0 {
      seen[worker] = Seen(event: event, since: now)
      return nil
    }
    let ns = now - seen[worker].since
    if ns < limitNs || seen[worker].isReported { return nil }
    seen[worker].isReported = true
    return ns
  }
}

extension Aio.Runtime {
  /// The event of a worker and its place, or nearly so: read without a lock, from another thread.
  func currentEvent(_ number: Int) -> (event: UInt64, place: UInt64) {
    let block = unsafe loops[number].recorder.block
    let first = unsafe block.pointee.event
    return unsafe (first, block.pointee.place)
  }

  /// The calls under way on a worker's thread, innermost first.
  func calls(of number: Int) -> [String] {
    guard let thread = life.withLock({ $0.workers[number] }),
      let found = unsafe SystemThread.backtrace(of: thread)
    else { return [] }
    return unsafe found.map { unsafe SystemThread.describe($0) }
  }
}
