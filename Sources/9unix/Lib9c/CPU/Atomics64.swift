// The operations of atomic(9) on words of 64 bits.  Their theory is in Atomics32.swift.
//
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import Synchronization

/// The word at an address as Synchronization sees it (M1).
@inlinable @inline(__always)
func atomic64(_ word: UnsafeMutablePointer<UInt64>) -> UnsafeMutablePointer<Atomic<UInt64>> {
  unsafe UnsafeMutableRawPointer(word).assumingMemoryBound(to: Atomic<UInt64>.self)
}

/// Adds `value`.  `atomic_add_64(9)`.
@inlinable @inline(__always)
public func atomic_add_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
  _ = unsafe atomic64(word).pointee.wrappingAdd(value, ordering: .relaxed)
}

/// Adds `value`; what comes later stays later.  `atomic_add_acq_64(9)`.
@inlinable @inline(__always)
public func atomic_add_acq_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
  _ = unsafe atomic64(word).pointee.wrappingAdd(value, ordering: .acquiring)
}

/// Adds `value`; what came before stays before.  `atomic_add_rel_64(9)`.
@inlinable @inline(__always)
public func atomic_add_rel_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
  _ = unsafe atomic64(word).pointee.wrappingAdd(value, ordering: .releasing)
}

/// Subtracts `value`.  `atomic_subtract_64(9)`.
@inlinable @inline(__always)
public func atomic_subtract_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
  _ = unsafe atomic64(word).pointee.wrappingSubtract(value, ordering: .relaxed)
}

/// Subtracts `value`; what comes later stays later.  `atomic_subtract_acq_64(9)`.
@inlinable @inline(__always)
public func atomic_subtract_acq_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
  _ = unsafe atomic64(word).pointee.wrappingSubtract(value, ordering: .acquiring)
}

/// Subtracts `value`; what came before stays before.  `atomic_subtract_rel_64(9)`.
@inlinable @inline(__always)
public func atomic_subtract_rel_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
  _ = unsafe atomic64(word).pointee.wrappingSubtract(value, ordering: .releasing)
}

/// Sets the bits of `value`.  `atomic_set_64(9)`.
@inlinable @inline(__always)
public func atomic_set_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
  _ = unsafe atomic64(word).pointee.bitwiseOr(value, ordering: .relaxed)
}

/// Sets the bits of `value`; what comes later stays later.  `atomic_set_acq_64(9)`.
@inlinable @inline(__always)
public func atomic_set_acq_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
  _ = unsafe atomic64(word).pointee.bitwiseOr(value, ordering: .acquiring)
}

/// Sets the bits of `value`; what came before stays before.  `atomic_set_rel_64(9)`.
@inlinable @inline(__always)
public func atomic_set_rel_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
  _ = unsafe atomic64(word).pointee.bitwiseOr(value, ordering: .releasing)
}

/// Clears the bits of `value`.  `atomic_clear_64(9)`.
@inlinable @inline(__always)
public func atomic_clear_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
  _ = unsafe atomic64(word).pointee.bitwiseAnd(~value, ordering: .relaxed)
}

/// Clears the bits of `value`; what comes later stays later.  `atomic_clear_acq_64(9)`.
@inlinable @inline(__always)
public func atomic_clear_acq_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
  _ = unsafe atomic64(word).pointee.bitwiseAnd(~value, ordering: .acquiring)
}

/// Clears the bits of `value`; what came before stays before.  `atomic_clear_rel_64(9)`.
@inlinable @inline(__always)
public func atomic_clear_rel_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
  _ = unsafe atomic64(word).pointee.bitwiseAnd(~value, ordering: .releasing)
}

/// Stores `new` if the word is `expected`, and says whether it was.
///
/// `atomic_cmpset_64(9)`.
@inlinable @inline(__always)
public func atomic_cmpset_64(
  _ word: UnsafeMutablePointer<UInt64>, _ expected: UInt64, _ new: UInt64
) -> Bool {
  unsafe atomic64(word).pointee
    .compareExchange(expected: expected, desired: new, ordering: .relaxed).exchanged
}

/// As `atomic_cmpset_64`, but gives the word found in `expected`, and may fail for no
/// reason: for loops.  `atomic_fcmpset_64(9)`.
@inlinable @inline(__always)
public func atomic_fcmpset_64(
  _ word: UnsafeMutablePointer<UInt64>, _ expected: inout UInt64, _ new: UInt64
) -> Bool {
  let (exchanged, original) = unsafe atomic64(word).pointee
    .weakCompareExchange(expected: expected, desired: new, ordering: .relaxed)
  expected = original
  return exchanged
}

/// Stores `new` if the word is `expected`, and says whether it was; what comes later stays later.
///
/// `atomic_cmpset_acq_64(9)`.
@inlinable @inline(__always)
public func atomic_cmpset_acq_64(
  _ word: UnsafeMutablePointer<UInt64>, _ expected: UInt64, _ new: UInt64
) -> Bool {
  unsafe atomic64(word).pointee
    .compareExchange(expected: expected, desired: new, ordering: .acquiring).exchanged
}

/// As `atomic_cmpset_acq_64`, but gives the word found in `expected`, and may fail for no
/// reason: for loops.  `atomic_fcmpset_acq_64(9)`.
@inlinable @inline(__always)
public func atomic_fcmpset_acq_64(
  _ word: UnsafeMutablePointer<UInt64>, _ expected: inout UInt64, _ new: UInt64
) -> Bool {
  let (exchanged, original) = unsafe atomic64(word).pointee
    .weakCompareExchange(expected: expected, desired: new, ordering: .acquiring)
  expected = original
  return exchanged
}

/// Stores `new` if the word is `expected`, and says whether it was; what came before stays before.
///
/// `atomic_cmpset_rel_64(9)`.
@inlinable @inline(__always)
public func atomic_cmpset_rel_64(
  _ word: UnsafeMutablePointer<UInt64>, _ expected: UInt64, _ new: UInt64
) -> Bool {
  unsafe atomic64(word).pointee
    .compareExchange(expected: expected, desired: new, ordering: .releasing).exchanged
}

/// As `atomic_cmpset_rel_64`, but gives the word found in `expected`, and may fail for no
/// reason: for loops.  `atomic_fcmpset_rel_64(9)`.
@inlinable @inline(__always)
public func atomic_fcmpset_rel_64(
  _ word: UnsafeMutablePointer<UInt64>, _ expected: inout UInt64, _ new: UInt64
) -> Bool {
  let (exchanged, original) = unsafe atomic64(word).pointee
    .weakCompareExchange(expected: expected, desired: new, ordering: .releasing)
  expected = original
  return exchanged
}

/// Adds `value` and returns what was there.  `atomic_fetchadd_64(9)`.
@inlinable @inline(__always)
public func atomic_fetchadd_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) -> UInt64 {
  unsafe atomic64(word).pointee.wrappingAdd(value, ordering: .relaxed).oldValue
}

/// Stores `value` and returns what was there.  `atomic_swap_64(9)`.
@inlinable @inline(__always)
public func atomic_swap_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) -> UInt64 {
  unsafe atomic64(word).pointee.exchange(value, ordering: .relaxed)
}

/// Stores 0 and returns what was there.  `atomic_readandclear_64(9)`.
@inlinable @inline(__always)
public func atomic_readandclear_64(_ word: UnsafeMutablePointer<UInt64>) -> UInt64 {
  unsafe atomic64(word).pointee.exchange(0, ordering: .relaxed)
}

/// The word; nothing is ordered.  `atomic_load_64(9)`.
@inlinable @inline(__always)
public func atomic_load_64(_ word: UnsafeMutablePointer<UInt64>) -> UInt64 {
  unsafe atomic64(word).pointee.load(ordering: .relaxed)
}

/// The word; what comes later stays later.  `atomic_load_acq_64(9)`.
@inlinable @inline(__always)
public func atomic_load_acq_64(_ word: UnsafeMutablePointer<UInt64>) -> UInt64 {
  unsafe atomic64(word).pointee.load(ordering: .acquiring)
}

/// Stores `value`; nothing is ordered.  `atomic_store_64(9)`.
@inlinable @inline(__always)
public func atomic_store_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
  unsafe atomic64(word).pointee.store(value, ordering: .relaxed)
}

/// Stores `value`; what came before stays before.  `atomic_store_rel_64(9)`.
@inlinable @inline(__always)
public func atomic_store_rel_64(_ word: UnsafeMutablePointer<UInt64>, _ value: UInt64) {
  unsafe atomic64(word).pointee.store(value, ordering: .releasing)
}

/// Sets the bit `bit`, counted from 0 modulo 64, and says whether it was set.
///
/// `atomic_testandset_64(9)`.
@inlinable @inline(__always)
public func atomic_testandset_64(_ word: UnsafeMutablePointer<UInt64>, _ bit: Int) -> Bool {
  let mask = UInt64(1) << (bit & 63)
  return unsafe atomic64(word).pointee.bitwiseOr(mask, ordering: .relaxed).oldValue & mask != 0
}

/// Clears the bit `bit`, counted from 0 modulo 64, and says whether it was set.
///
/// `atomic_testandclear_64(9)`.
@inlinable @inline(__always)
public func atomic_testandclear_64(_ word: UnsafeMutablePointer<UInt64>, _ bit: Int) -> Bool {
  let mask = UInt64(1) << (bit & 63)
  return unsafe atomic64(word).pointee.bitwiseAnd(~mask, ordering: .relaxed).oldValue & mask != 0
}
