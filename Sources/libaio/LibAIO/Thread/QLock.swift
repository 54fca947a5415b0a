// Locks that threads queue for, and rendezvous points.  Theory in Lock.swift.

import Synchronization
import Sys9

extension Aio {
  /// Mutual exclusion for longer sections, in the order of coming.  Corresponds to `QLock`.
  @safe public final class QLock: @unchecked Sendable {
    private let guarding: Lock
    private var queue = WaitQueue()
    private var isHeld = false
    private var taken: UInt64 = 0
    private var waited: UInt64 = 0
    private let entry: LockEntry

    /// A free lock.  Corresponds to `qlockinit`.
    public init(
      _ name: String? = nil, file: StaticString = #fileID, line: UInt32 = #line,
      function: StaticString = #function
    ) {
      entry = LockEntry(.qlock, name, Site(file, line: line, function: function))
      guarding = Lock(of: entry)
      entry.qlock = self
      LockProfile.shared.add(entry)
    }

    /// Corresponds to `qlockfree`.
    deinit {
      precondition(!isHeld, "N1: freed when held")
      LockProfile.shared.remove(entry)
    }

    /// Takes the lock; sleeps in line until it is handed on.  Corresponds to `qlock`.
    public func lock() {
      guarding.lock()
      taken &+= 1
      if !isHeld {
        isHeld = true
        return guarding.unlock()
      }
      waited &+= 1
      let node = unsafe WaitNode.own(0)
      unsafe queue.append(node)
      guarding.unlock()
      unsafe WaitNode.sleep(node)
    }

    /// Takes the lock if it is free, and says whether it did.  Corresponds to `canqlock`.
    public func canlock() -> Bool {
      guarding.lock()
      defer { guarding.unlock() }
      if isHeld { return false }
      taken &+= 1
      isHeld = true
      return true
    }

    /// Hands the lock to the first in line, or frees it.  Corresponds to `qunlock`.
    public func unlock() {
      guarding.lock()
      precondition(isHeld, "N1: a lock is unlocked by its holder, once")
      let next = unsafe queue.popFirst()
      if unsafe next == nil { isHeld = false }
      guarding.unlock()
      if let next = unsafe next { unsafe WaitNode.wake(next) }
    }

    /// Calls `body` with the lock held.
    public func withLock<Result, Failure: Error>(
      _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
      lock()
      defer { unlock() }
      return try body()
    }

    /// Whether somebody holds the lock, which nobody but the holder can rely on.
    var isLocked: Bool { guarding.withLock { isHeld } }
    var counts: (taken: UInt64, waited: UInt64) { guarding.withLock { (taken, waited) } }
  }

  /// One writer or any number of readers, in the order of coming.  Corresponds to `RWLock`.
  @safe public final class RWLock: @unchecked Sendable {
    private static let reads: UInt32 = 0
    private static let writes: UInt32 = 1

    private let guarding: Lock
    private var queue = WaitQueue()
    private var readers = 0
    private var hasWriter = false
    private var taken: UInt64 = 0
    private var waited: UInt64 = 0
    private let entry: LockEntry

    /// A free lock.  Corresponds to `rwlockinit`.
    public init(
      _ name: String? = nil, file: StaticString = #fileID, line: UInt32 = #line,
      function: StaticString = #function
    ) {
      entry = LockEntry(.rwlock, name, Site(file, line: line, function: function))
      guarding = Lock(of: entry)
      entry.rwlock = self
      LockProfile.shared.add(entry)
    }

    /// Corresponds to `rwlockfree`.
    deinit {
      precondition(readers == 0 && !hasWriter, "N1: freed when held")
      LockProfile.shared.remove(entry)
    }

    /// Waits until no writer holds the lock or came before.  Corresponds to `rlock`.
    public func rlock() { take(Self.reads) }
    /// Waits until nobody holds the lock.  Corresponds to `wlock`.
    public func wlock() { take(Self.writes) }
    /// Takes the lock for reading if that can be at once.  Corresponds to `canrlock`.
    public func canrlock() -> Bool { tryTake(Self.reads) }
    /// Takes the lock for writing if that can be at once.  Corresponds to `canwlock`.
    public func canwlock() -> Bool { tryTake(Self.writes) }

    /// Gives up what was locked for reading.  Corresponds to `runlock`.
    public func runlock() {
      guarding.lock()
      precondition(readers > 0, "N1: unlocked for reading by a reader, once")
      readers -= 1
      admit()
    }

    /// Gives up what was locked for writing.  Corresponds to `wunlock`.
    public func wunlock() {
      guarding.lock()
      precondition(hasWriter, "N1: unlocked for writing by the writer, once")
      hasWriter = false
      admit()
    }

    /// Calls `body` with the lock held for reading.
    public func withReadLock<Result, Failure: Error>(
      _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
      rlock()
      defer { runlock() }
      return try body()
    }

    /// Calls `body` with the lock held for writing.
    public func withWriteLock<Result, Failure: Error>(
      _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
      wlock()
      defer { wunlock() }
      return try body()
    }

    private func isOpen(_ kind: UInt32) -> Bool {
      kind == Self.reads ? !hasWriter : !hasWriter && readers == 0
    }

    private func enter(_ kind: UInt32) {
      if kind == Self.reads { readers += 1 } else { hasWriter = true }
    }

    private func tryTake(_ kind: UInt32) -> Bool {
      guarding.lock()
      defer { guarding.unlock() }
      guard queue.isEmpty, isOpen(kind) else { return false }
      taken &+= 1
      enter(kind)
      return true
    }

    private func take(_ kind: UInt32) {
      guarding.lock()
      taken &+= 1
      // A reader does not overtake a writer that waits, who would wait for ever (N2).
      if queue.isEmpty && isOpen(kind) {
        enter(kind)
        return guarding.unlock()
      }
      waited &+= 1
      let node = unsafe WaitNode.own(kind)
      unsafe queue.append(node)
      guarding.unlock()
      unsafe WaitNode.sleep(node)
    }

    /// Lets in those who are first in line, and gives `guarding` up.
    private func admit() {
      var admitted = WaitQueue()
      while let kind = queue.nextKind, isOpen(kind), let node = unsafe queue.popFirst() {
        enter(kind)
        unsafe node.pointee.next = nil
        unsafe admitted.append(node)
      }
      guarding.unlock()
      while let node = unsafe admitted.popFirst() { unsafe WaitNode.wake(node) }
    }

    var counts: (taken: UInt64, waited: UInt64) { guarding.withLock { (taken, waited) } }
  }

  /// A place where threads meet: a condition of what a QLock guards.  Corresponds to `Rendez`.
  ///
  /// All calls are made with the lock held.
  @safe public final class Rendez: @unchecked Sendable {
    /// The lock.  Corresponds to `Rendez.l`.
    public let lock: QLock
    private var queue = WaitQueue()

    /// A rendezvous under `lock`.
    public init(_ lock: QLock) { self.lock = lock }

    deinit { precondition(queue.isEmpty, "a rendezvous ends after those who sleep there") }

    /// Gives up the lock, sleeps until it is woken, and holds the lock again.  As one step: no
    /// wake-up between is lost.  Corresponds to `rsleep`.
    public func sleep() {
      assert(lock.isLocked, "a rendezvous is used with its lock held")
      let node = unsafe WaitNode.own(0)
      unsafe queue.append(node)
      lock.unlock()
      unsafe WaitNode.sleep(node)
      lock.lock()
    }

    /// Wakes who has slept longest, and says whether there was anybody.  Corresponds to `rwakeup`.
    @discardableResult
    public func wakeup() -> Bool {
      assert(lock.isLocked, "a rendezvous is used with its lock held")
      guard let node = unsafe queue.popFirst() else { return false }
      unsafe WaitNode.wake(node)
      return true
    }

    /// Wakes all, and says how many there were.  Corresponds to `rwakeupall`.
    @discardableResult
    public func wakeupAll() -> Int {
      var count = 0
      while wakeup() { count += 1 }
      return count
    }
  }
}
