// The words that threads share, and what may be done with them.
//
// All of the runtime's lock-free code is written on this protocol: on `MachineWord`, which is
// `Synchronization.Atomic` and costs what the processor's instructions cost, it is the product; on
// the word of the tests' explorer, which stops before each operation and tries every order, it is
// the proof.  So what is explored is the code that runs.

public import Synchronization

/// A word that several threads read and write.
protocol SharedWord: ~Copyable {
  init(_ value: UInt)
  /// Reads, in no order with other words.
  func load() -> UInt
  /// Reads; what the writer did before its release is seen from here on.
  func loadAcquire() -> UInt
  /// Reads, in one order with all other sequential operations.
  func loadSequential() -> UInt
  /// Writes, in no order with other words.
  func store(_ value: UInt)
  /// Writes; who acquires it sees what was done before.
  func storeRelease(_ value: UInt)
  /// Writes, in one order with all other sequential operations.
  func storeSequential(_ value: UInt)
  /// Writes and returns what was there; acquires and releases.
  func exchange(_ value: UInt) -> UInt
  /// Writes `desired` if `expected` is there, and returns what was there.  Sequential.
  func compareExchange(_ expected: UInt, _ desired: UInt) -> (done: Bool, found: UInt)
  /// Adds, wrapping, and returns the sum; acquires and releases.
  func add(_ value: UInt) -> UInt
  /// Orders all that the calling thread did before with all that it does after.
  static func fence()
}

/// A word of the machine.
@usableFromInline struct MachineWord: ~Copyable, SharedWord {
  @usableFromInline let atomic: Atomic<UInt>

  @usableFromInline init(_ value: UInt) { atomic = Atomic(value) }

  @inlinable @inline(__always)
  func load() -> UInt { atomic.load(ordering: .relaxed) }
  @inline(__always)
  func loadAcquire() -> UInt { atomic.load(ordering: .acquiring) }
  @inline(__always)
  func loadSequential() -> UInt { atomic.load(ordering: .sequentiallyConsistent) }
  @inline(__always)
  func store(_ value: UInt) { atomic.store(value, ordering: .relaxed) }
  @inline(__always)
  func storeRelease(_ value: UInt) { atomic.store(value, ordering: .releasing) }
  @inline(__always)
  func storeSequential(_ value: UInt) { atomic.store(value, ordering: .sequentiallyConsistent) }
  @inline(__always)
  func exchange(_ value: UInt) -> UInt {
    atomic.exchange(value, ordering: .acquiringAndReleasing)
  }
  @inline(__always)
  func compareExchange(_ expected: UInt, _ desired: UInt) -> (done: Bool, found: UInt) {
    let (done, found) = atomic.compareExchange(
      expected: expected, desired: desired, ordering: .sequentiallyConsistent)
    return (done, found)
  }
  @inline(__always)
  func add(_ value: UInt) -> UInt {
    atomic.wrappingAdd(value, ordering: .acquiringAndReleasing).newValue
  }
  @inline(__always)
  static func fence() { atomicMemoryFence(ordering: .sequentiallyConsistent) }
}
