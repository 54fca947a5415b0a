// Locks for threads: theory of operation.
//
// Problem.  Not everything is an event.  Threads that share memory need the locks that Plan 9's
// thread(2) has: `Lock` for a few instructions, `QLock` for longer, `RWLock`, `Rendez`, `Ref`.
//
// Shape.  A Lock is one word (free, held, held with sleepers): an atomic operation to take it if it
// is free, some looks if it is not, and then sleep in the kernel: a lock that only spins is a trap
// where there are more threads than processors.  The others are made of a Lock and a queue of
// waiting threads: whoever unlocks hands the lock to the first in line, so that nobody is
// overtaken. A waiting thread is a node of 64 bytes in its own storage, since it waits in one queue
// at a time: waiting allocates nothing.
//
// Profiling.  Each lock counts how often it was taken and how often somebody had to wait, under the
// lock itself, which costs an addition.  All that live are registered, as in the seed: `lockinit`
// is `init`, `lockfree` is `deinit`.
//
// Invariants.
//   N1  At most one thread holds a Lock, a QLock or the writing half of an RWLock.
//   N2  QLock and RWLock serve in the order of coming; readers that come together go together.
//   N3  A thread is in at most one queue, and its node is not touched once its word is set.
//
// Cost.  Lock: two atomic operations, 5 to 9 ns; see docs/libaio-tasks.md.
//
// Rejected.  pthread's mutexes (not in the order of coming, not to be profiled), a node allocated a
// wait, `Mutex` of Synchronization (no canlock that fits, no queue).

import Synchronization
import Sys9

extension Aio {
  /// Mutual exclusion for very short sections.  Corresponds to `Lock`.
  ///
  /// Spins for a moment and then sleeps.  Not in the order of coming: whoever is there takes it.
  @safe public final class Lock: @unchecked Sendable {
    private static let free: UInt32 = 0
    private static let held: UInt32 = 1
    private static let contended: UInt32 = 2
    /// Looks before sleeping: about as long as a section of this kind of lock.
    private static let spinsMax = 100

    private let word = UnsafeMutablePointer<Atomic<UInt32>>.allocate(capacity: 1)
    /// What was counted; written by who holds the lock.
    private var taken: UInt64 = 0
    private let waited = Atomic<UInt64>(0)
    private let entry: LockEntry

    /// A free lock.  Corresponds to `lockinit`.
    ///
    /// - Parameter name: what reports call it; its place if nil.
    public init(
      _ name: String? = nil, file: StaticString = #fileID, line: UInt32 = #line,
      function: StaticString = #function
    ) {
      unsafe word.initialize(to: Atomic(Self.free))
      entry = LockEntry(.lock, name, Site(file, line: line, function: function))
      entry.lock = self
      LockProfile.shared.add(entry)
    }

    /// A lock of another lock, which counts for itself.
    init(of entry: LockEntry) {
      unsafe word.initialize(to: Atomic(Self.free))
      self.entry = entry
    }

    /// Corresponds to `lockfree`.
    deinit {
      precondition(unsafe word.pointee.load(ordering: .relaxed) == Self.free, "N1: freed when held")
      if entry.kind == .lock { LockProfile.shared.remove(entry) }
      unsafe word.deallocate()
    }

    /// Takes the lock, and waits until it is free.
    public func lock() {
      if !canlock() { wait() }
    }

    /// Takes the lock if it is free, and says whether it did.
    public func canlock() -> Bool {
      let done = unsafe word.pointee.compareExchange(
        expected: Self.free, desired: Self.held, ordering: .acquiring
      ).exchanged
      if done { taken &+= 1 }
      return done
    }

    /// Gives the lock up.
    public func unlock() {
      let before = unsafe word.pointee.exchange(Self.free, ordering: .releasing)
      precondition(before != Self.free, "N1: a lock is unlocked by its holder, once")
      if before == Self.contended { unsafe SystemThread.unpark(word) }
    }

    /// Calls `body` with the lock held.
    public func withLock<Result, Failure: Error>(
      _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
      lock()
      defer { unlock() }
      return try body()
    }

    private func wait() {
      waited.add(1, ordering: .relaxed)
      for _ in 0..<Self.spinsMax {
        SystemThread.spinwait()
        if unsafe word.pointee.load(ordering: .relaxed) == Self.free, canlock() { return }
      }
      // Whoever takes it from here on cannot know whether others sleep: it wakes one.
      while unsafe word.pointee.exchange(Self.contended, ordering: .acquiring) != Self.free {
        unsafe SystemThread.park(word, while: Self.contended)
      }
      taken &+= 1
    }

    var counts: (taken: UInt64, waited: UInt64) { (taken, waited.load(ordering: .relaxed)) }
  }

  /// An atomic count of references.  Corresponds to `Ref`.
  public final class Ref: Sendable {
    private let count: Atomic<Int>

    /// A count that begins with `count`.
    public init(_ count: Int = 0) { self.count = Atomic(count) }

    /// Adds one.  Corresponds to `incref`.
    public func incref() { count.add(1, ordering: .relaxed) }

    /// Takes one away and returns what is left: 0 for whoever was the last.  Corresponds to
    /// `decref`.
    @discardableResult
    public func decref() -> Int {
      let left = count.subtract(1, ordering: .acquiringAndReleasing).newValue
      precondition(left >= 0, "a reference is given up once")
      return left
    }

    /// The count now.
    public var value: Int { count.load(ordering: .relaxed) }
  }
}
