// Counting signals: theory of operation.
//
// Problem.  A barrier's task runs after every t of n signals, and after the last; then the barrier
// is no more.  Signals come from all sides at once, and the memory of a barrier that has ended is
// somebody else's.
//
// Shape.  `arrived` counts signals.  The one that makes it a multiple of t, or n, fires.  All but
// the last firing schedule a copy of the task, so that one activation never overtakes another's
// memory; the last gets the task itself.  The last firing may be done while an earlier one still
// copies: `pending` counts firings that are under way or to come, and who ends the last of those,
// whichever it is, hands over the task and frees the barrier.
//
// Invariants.
//   B1  The task is activated once for each t signals, and once for the n-th.
//   B2  Nobody touches a barrier after its end: pending reaches 0 once, and then nobody is within.

/// What a signal brings about.
enum Firing: Equatable {
  /// Nothing: others are to come.
  case none
  /// A copy of the task runs; then call `fired`.
  case copy
  /// A copy is not needed: call `fired`.
  case last
}

/// A barrier's two words and its numbers.  A view: copies are the same barrier.
@safe struct BarrierCore<Word: SharedWord & ~Copyable> {
  private let arrived: UnsafeMutablePointer<Word>
  private let pending: UnsafeMutablePointer<Word>
  private let threshold: UInt
  /// Signals until the end; `UInt.max` for a barrier without one.
  private let bound: UInt

  init(
    arrived: UnsafeMutablePointer<Word>, pending: UnsafeMutablePointer<Word>, threshold: UInt,
    bound: UInt
  ) {
    unsafe self.arrived = unsafe arrived
    unsafe self.pending = unsafe pending
    self.threshold = threshold
    self.bound = bound
  }

  /// Firings of a bounded barrier: how `pending` begins.
  static func firings(threshold: UInt, bound: UInt) -> UInt { (bound - 1) / threshold + 1 }

  /// A signal of an ordinary barrier; whether it was the last, after which nobody is within.
  /// Here `arrived` counts down from the bound: one operation.
  ///
  /// - Parameter count: how many signals these are.
  func signal(_ count: UInt) -> Bool {
    let left = unsafe arrived.pointee.add(0 &- count)
    assert(left < bound, "B1: signalled more often than was agreed")
    return left == 0
  }

  /// A signal of a barrier without an end; whether a copy of the task runs.
  func admit() -> Bool { unsafe arrived.pointee.add(1) % threshold == 0 }

  /// A signal of a barrier with threshold and bound.
  func admitBounded() -> Firing {
    let count = unsafe arrived.pointee.add(1)
    assert(count <= bound, "B1: signalled more often than was agreed")
    if count == bound { return .last }
    return count % threshold == 0 ? .copy : .none
  }

  /// Ends a firing, after its copy has been made; whether the caller is to hand over the task and
  /// free the barrier (B2).
  func fired() -> Bool { unsafe pending.pointee.add(0 &- 1) == 0 }
}
