// The operations of atomic(9) on words of 32 bits: theory of operation.
//
// Problem.  Memory that is shared with C, with another process or with a device is a word at an
// address, not an `Atomic` that Swift made.
//
// Shape.  FreeBSD's names; `_int` is `_32`, and `_long` is `_64` (Atomics64.swift, the same for
// 64 bits).  What stands before the width says what is ordered:
//
//     (nothing)  the operation alone
//     _acq       what comes later stays later
//     _rel       what came before stays before
//
// Each is what the module Synchronization does at that address: one instruction on x86 and
// arm64, or the loop that the processor wants.
//
// Invariants.
//   M1  The address is aligned to the word's size; an `Atomic` of Synchronization has the layout
//       of its word.
//
// Use `Atomic` and `Mutex` of Synchronization where the memory is ours, and the locks of the
// runtime to wait: these do neither.
//
// Names are those that one searches for:
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import Synchronization

/// The word at an address as Synchronization sees it (M1).
@inlinable @inline(__always)
func atomic32(_ word: UnsafeMutablePointer<UInt32>) -> UnsafeMutablePointer<Atomic<UInt32>> {
  unsafe UnsafeMutableRawPointer(word).assumingMemoryBound(to: Atomic<UInt32>.self)
}

/// Adds `value`.  `atomic_add_32(9)`.
@inlinable @inline(__always)
public func atomic_add_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) {
  _ = unsafe atomic32(word).pointee.wrappingAdd(value, ordering: .relaxed)
}

/// Adds `value`; what comes later stays later.  `atomic_add_acq_32(9)`.
@inlinable @inline(__always)
public func atomic_add_acq_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) {
  _ = unsafe atomic32(word).pointee.wrappingAdd(value, ordering: .acquiring)
}

/// Adds `value`; what came before stays before.  `atomic_add_rel_32(9)`.
@inlinable @inline(__always)
public func atomic_add_rel_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) {
  _ = unsafe atomic32(word).pointee.wrappingAdd(value, ordering: .releasing)
}

/// Subtracts `value`.  `atomic_subtract_32(9)`.
@inlinable @inline(__always)
public func atomic_subtract_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) {
  _ = unsafe atomic32(word).pointee.wrappingSubtract(value, ordering: .relaxed)
}

/// Subtracts `value`; what comes later stays later.  `atomic_subtract_acq_32(9)`.
@inlinable @inline(__always)
public func atomic_subtract_acq_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) {
  _ = unsafe atomic32(word).pointee.wrappingSubtract(value, ordering: .acquiring)
}

/// Subtracts `value`; what came before stays before.  `atomic_subtract_rel_32(9)`.
@inlinable @inline(__always)
public func atomic_subtract_rel_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) {
  _ = unsafe atomic32(word).pointee.wrappingSubtract(value, ordering: .releasing)
}

/// Sets the bits of `value`.  `atomic_set_32(9)`.
@inlinable @inline(__always)
public func atomic_set_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) {
  _ = unsafe atomic32(word).pointee.bitwiseOr(value, ordering: .relaxed)
}

/// Sets the bits of `value`; what comes later stays later.  `atomic_set_acq_32(9)`.
@inlinable @inline(__always)
public func atomic_set_acq_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) {
  _ = unsafe atomic32(word).pointee.bitwiseOr(value, ordering: .acquiring)
}

/// Sets the bits of `value`; what came before stays before.  `atomic_set_rel_32(9)`.
@inlinable @inline(__always)
public func atomic_set_rel_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) {
  _ = unsafe atomic32(word).pointee.bitwiseOr(value, ordering: .releasing)
}

/// Clears the bits of `value`.  `atomic_clear_32(9)`.
@inlinable @inline(__always)
public func atomic_clear_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) {
  _ = unsafe atomic32(word).pointee.bitwiseAnd(~value, ordering: .relaxed)
}

/// Clears the bits of `value`; what comes later stays later.  `atomic_clear_acq_32(9)`.
@inlinable @inline(__always)
public func atomic_clear_acq_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) {
  _ = unsafe atomic32(word).pointee.bitwiseAnd(~value, ordering: .acquiring)
}

/// Clears the bits of `value`; what came before stays before.  `atomic_clear_rel_32(9)`.
@inlinable @inline(__always)
public func atomic_clear_rel_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) {
  _ = unsafe atomic32(word).pointee.bitwiseAnd(~value, ordering: .releasing)
}

/// Stores `new` if the word is `expected`, and says whether it was.
///
/// `atomic_cmpset_32(9)`.
@inlinable @inline(__always)
public func atomic_cmpset_32(
  _ word: UnsafeMutablePointer<UInt32>, _ expected: UInt32, _ new: UInt32
) -> Bool {
  unsafe atomic32(word).pointee
    .compareExchange(expected: expected, desired: new, ordering: .relaxed).exchanged
}

/// As `atomic_cmpset_32`, but gives the word found in `expected`, and may fail for no
/// reason: for loops.  `atomic_fcmpset_32(9)`.
@inlinable @inline(__always)
public func atomic_fcmpset_32(
  _ word: UnsafeMutablePointer<UInt32>, _ expected: inout UInt32, _ new: UInt32
) -> Bool {
  let (exchanged, original) = unsafe atomic32(word).pointee
    .weakCompareExchange(expected: expected, desired: new, ordering: .relaxed)
  expected = original
  return exchanged
}

/// Stores `new` if the word is `expected`, and says whether it was; what comes later stays later.
///
/// `atomic_cmpset_acq_32(9)`.
@inlinable @inline(__always)
public func atomic_cmpset_acq_32(
  _ word: UnsafeMutablePointer<UInt32>, _ expected: UInt32, _ new: UInt32
) -> Bool {
  unsafe atomic32(word).pointee
    .compareExchange(expected: expected, desired: new, ordering: .acquiring).exchanged
}

/// As `atomic_cmpset_acq_32`, but gives the word found in `expected`, and may fail for no
/// reason: for loops.  `atomic_fcmpset_acq_32(9)`.
@inlinable @inline(__always)
public func atomic_fcmpset_acq_32(
  _ word: UnsafeMutablePointer<UInt32>, _ expected: inout UInt32, _ new: UInt32
) -> Bool {
  let (exchanged, original) = unsafe atomic32(word).pointee
    .weakCompareExchange(expected: expected, desired: new, ordering: .acquiring)
  expected = original
  return exchanged
}

/// Stores `new` if the word is `expected`, and says whether it was; what came before stays before.
///
/// `atomic_cmpset_rel_32(9)`.
@inlinable @inline(__always)
public func atomic_cmpset_rel_32(
  _ word: UnsafeMutablePointer<UInt32>, _ expected: UInt32, _ new: UInt32
) -> Bool {
  unsafe atomic32(word).pointee
    .compareExchange(expected: expected, desired: new, ordering: .releasing).exchanged
}

/// As `atomic_cmpset_rel_32`, but gives the word found in `expected`, and may fail for no
/// reason: for loops.  `atomic_fcmpset_rel_32(9)`.
@inlinable @inline(__always)
public func atomic_fcmpset_rel_32(
  _ word: UnsafeMutablePointer<UInt32>, _ expected: inout UInt32, _ new: UInt32
) -> Bool {
  let (exchanged, original) = unsafe atomic32(word).pointee
    .weakCompareExchange(expected: expected, desired: new, ordering: .releasing)
  expected = original
  return exchanged
}

/// Adds `value` and returns what was there.  `atomic_fetchadd_32(9)`.
@inlinable @inline(__always)
public func atomic_fetchadd_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) -> UInt32 {
  unsafe atomic32(word).pointee.wrappingAdd(value, ordering: .relaxed).oldValue
}

/// Stores `value` and returns what was there.  `atomic_swap_32(9)`.
@inlinable @inline(__always)
public func atomic_swap_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) -> UInt32 {
  unsafe atomic32(word).pointee.exchange(value, ordering: .relaxed)
}

/// Stores 0 and returns what was there.  `atomic_readandclear_32(9)`.
@inlinable @inline(__always)
public func atomic_readandclear_32(_ word: UnsafeMutablePointer<UInt32>) -> UInt32 {
  unsafe atomic32(word).pointee.exchange(0, ordering: .relaxed)
}

/// The word; nothing is ordered.  `atomic_load_32(9)`.
@inlinable @inline(__always)
public func atomic_load_32(_ word: UnsafeMutablePointer<UInt32>) -> UInt32 {
  unsafe atomic32(word).pointee.load(ordering: .relaxed)
}

/// The word; what comes later stays later.  `atomic_load_acq_32(9)`.
@inlinable @inline(__always)
public func atomic_load_acq_32(_ word: UnsafeMutablePointer<UInt32>) -> UInt32 {
  unsafe atomic32(word).pointee.load(ordering: .acquiring)
}

/// Stores `value`; nothing is ordered.  `atomic_store_32(9)`.
@inlinable @inline(__always)
public func atomic_store_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) {
  unsafe atomic32(word).pointee.store(value, ordering: .relaxed)
}

/// Stores `value`; what came before stays before.  `atomic_store_rel_32(9)`.
@inlinable @inline(__always)
public func atomic_store_rel_32(_ word: UnsafeMutablePointer<UInt32>, _ value: UInt32) {
  unsafe atomic32(word).pointee.store(value, ordering: .releasing)
}

/// Sets the bit `bit`, counted from 0 modulo 32, and says whether it was set.
///
/// `atomic_testandset_32(9)`.
@inlinable @inline(__always)
public func atomic_testandset_32(_ word: UnsafeMutablePointer<UInt32>, _ bit: Int) -> Bool {
  let mask = UInt32(1) << (bit & 31)
  return unsafe atomic32(word).pointee.bitwiseOr(mask, ordering: .relaxed).oldValue & mask != 0
}

/// Clears the bit `bit`, counted from 0 modulo 32, and says whether it was set.
///
/// `atomic_testandclear_32(9)`.
@inlinable @inline(__always)
public func atomic_testandclear_32(_ word: UnsafeMutablePointer<UInt32>, _ bit: Int) -> Bool {
  let mask = UInt32(1) << (bit & 31)
  return unsafe atomic32(word).pointee.bitwiseAnd(~mask, ordering: .relaxed).oldValue & mask != 0
}

/// What comes later stays later.  `atomic_thread_fence_acq(9)`.
@inlinable @inline(__always)
public func atomic_thread_fence_acq() { atomicMemoryFence(ordering: .acquiring) }

/// What came before stays before.  `atomic_thread_fence_rel(9)`.
@inlinable @inline(__always)
public func atomic_thread_fence_rel() { atomicMemoryFence(ordering: .releasing) }

/// What came before stays before, and what comes later later.  `atomic_thread_fence_acq_rel(9)`.
@inlinable @inline(__always)
public func atomic_thread_fence_acq_rel() { atomicMemoryFence(ordering: .acquiringAndReleasing) }

/// One order for all processors.  `atomic_thread_fence_seq_cst(9)`.
@inlinable @inline(__always)
public func atomic_thread_fence_seq_cst() {
  atomicMemoryFence(ordering: .sequentiallyConsistent)
}
