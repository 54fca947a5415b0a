// Records by index: theory of operation.
//
// Problem.  Handles, operations and timers are many, small, short-lived, and named by numbers that
// go to the kernel and come back.
//
// Shape.  One reservation of address space for the most there may ever be; the system gives pages
// when they are touched.  A record never moves, and finding it is one multiplication.  What is
// given back is linked through its first four bytes and taken again first, while it is warm.
//
// Invariants.
//   S1  A record is in use or on the free list, never both.
//   S2  What a record holds beyond its first four bytes survives being free: generations do.
//
// Cost.  Take and give: 1 ns each; no allocation after the first.

import Sys9

/// A growing table of `Record`s with stable addresses.  Owned by one thread.
@safe struct Slab<Record>: ~Copyable {
  /// No record.
  static var none: UInt32 { .max }

  /// What changes, behind a pointer: a slab is a constant of its owner, and the compiler checks no
  /// access to it for another one at the same time, which would cost more than the access.
  private struct State {
    var free = UInt32.max
    var fresh: UInt32 = 0
    var count: UInt32 = 0
  }

  let base: UnsafeMutablePointer<Record>
  private let capacity: UInt32
  private let state: UnsafeMutablePointer<State>

  /// Records in use.
  var count: UInt32 { unsafe state.pointee.count }

  /// Reserves room for `capacity` records of a trivial type, all zero at first.
  init(capacity: UInt32) throws(SystemError) {
    assert(capacity < .max && MemoryLayout<Record>.size >= 4)
    let size = Int(capacity) * MemoryLayout<Record>.stride
    guard let memory = unsafe Kernel.map(size) else {
      throw SystemError(call: "mmap", errno: 12, subject: "\(size) bytes for the loop's tables")
    }
    unsafe base = memory.bindMemory(to: Record.self, capacity: Int(capacity))
    self.capacity = capacity
    unsafe state = .allocate(capacity: 1)
    unsafe state.initialize(to: State())
  }

  deinit {
    unsafe Kernel.unmap(base, Int(capacity) * MemoryLayout<Record>.stride)
    unsafe state.deallocate()
  }

  /// The record at `index`, which must have been taken before.
  @inline(__always)
  subscript(index: UInt32) -> UnsafeMutablePointer<Record> {
    assert(index < freshCount, "S1: a record that was never taken")
    return unsafe base + Int(index)
  }

  /// How many records have ever been in use: the indices below.
  @inline(__always)
  var freshCount: UInt32 { unsafe state.pointee.fresh }

  /// Whether `index` has ever been in use, so that its generation may be looked at.
  @inline(__always)
  func has(_ index: UInt32) -> Bool { index < freshCount }

  /// A record for use; nil if all are in use.
  @inline(__always)
  func take() -> UInt32? {
    var index = unsafe state.pointee.free
    if index != Self.none {
      unsafe state.pointee.free = unsafe UnsafeRawPointer(base + Int(index)).load(as: UInt32.self)
    } else {
      index = unsafe state.pointee.fresh
      if index == capacity { return nil }
      unsafe state.pointee.fresh = index + 1
    }
    unsafe state.pointee.count += 1
    return index
  }

  /// Takes `index` back.
  @inline(__always)
  func give(_ index: UInt32) {
    assert(index < freshCount && count > 0, "S1: given back what was not taken")
    unsafe UnsafeMutableRawPointer(base + Int(index)).storeBytes(
      of: state.pointee.free, as: UInt32.self)
    unsafe state.pointee.free = index
    unsafe state.pointee.count -= 1
  }
}
