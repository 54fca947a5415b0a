// Timer wheel: theory of operation.
//
// Problem.  A server arms and cancels a timer for each request; few ever fire.  Both must be
// constant in time, must not allocate, and a million pending must cost nobody anything.
//
// Shape.  Time is cut into ticks of 2^20 ns, about a millisecond.  Six levels of 64 slots; a slot
// of level k covers 64^k ticks.  A timer goes to the lowest level at which its tick and the
// wheel's lie in the same turn, and moves down when its slot's time comes:
//
//     level 0  [ 1 tick each ]   fires
//     level 1  [ 64 ticks    ]   cascades into level 0
//     ...
//     level 5  [ 64^5 ticks  ]   13 days a slot; what lies further waits in the last one
//
// A slot is a list, doubly linked by index, whose ends are a sentinel node of the slot: so a timer
// is unlinked without knowing where it is.  A bit a slot says which are not empty.
//
// Invariants.
//   W1  An armed timer is on exactly one slot's list.
//   W2  Bit s of occupied[k] is set if slot s of level k is not empty; a set bit of an empty slot
//       is cleared when it is met.
//   W3  Timers fire in the order of their deadlines, those of equal deadlines in that of arming.
//   W4  No timer fires before its deadline.
//
// Cost.  Arm and cancel: a list operation each.  Firing: each timer cascades at most five times.
// 48 bytes a timer.
//
// Rejected.  A heap: O(log n) to cancel, and 5 to 25 times slower at a million.

import Sys9

/// A function that a timer calls: the loop, and what was given when it was armed.
public typealias TimerThunk =
  @convention(c) (_ loop: UnsafeMutableRawPointer, _ context: UnsafeMutableRawPointer?) -> Void

/// A timer: 48 bytes.
@safe struct TimerRecord {
  /// The next timer of the slot, or the next free record.
  var next: UInt32
  var previous: UInt32
  var generation: UInt32
  /// Ticks between firings, or 0 for a timer that fires once.
  var period: UInt32
  /// When it fires, in nanoseconds.
  var deadline: UInt64
  var thunk: TimerThunk?
  var context: UnsafeMutableRawPointer?
  var group: UInt32
  /// Arming order, for W3.
  var order: UInt32
}

/// Timers by deadline.  Owned by one thread.
struct TimerWheel: ~Copyable {
  /// Nanoseconds of a tick, as a power of two.
  static let tickShift: UInt64 = 20
  private static let levels = 6
  private static let slots: UInt32 = 64
  /// More timers than this are refused: 0.8 GB of address space.
  private static let timersMax: UInt32 = 1 << 24

  private var timers: Slab<TimerRecord>
  private var occupied = InlineArray<6, UInt64>(repeating: 0)
  /// The tick up to which all has fired.
  private var tick: UInt64
  private var order: UInt32 = 0

  /// A wheel that starts at `now`.
  init(now: UInt64) throws(SystemError) {
    tick = now >> Self.tickShift
    timers = try Slab(capacity: Self.timersMax)
    // The first records are the sentinels of the slots.
    for index in 0..<(UInt32(Self.levels) * Self.slots) {
      _ = timers.take()
      unsafe timers[index].pointee.next = index
      unsafe timers[index].pointee.previous = index
    }
  }

  /// How many timers are armed.
  var count: Int { Int(timers.count - UInt32(Self.levels) * Self.slots) }

  /// Arms a timer; nil if there are too many.
  mutating func arm(
    deadline: UInt64, period: UInt32 = 0, _ thunk: TimerThunk, _ context: UnsafeMutableRawPointer?,
    group: UInt32 = 0
  ) -> Aio.TimerToken? {
    guard let index = timers.take() else { return nil }
    let timer = unsafe timers[index]
    unsafe timer.pointee.deadline = deadline
    unsafe timer.pointee.period = period
    unsafe timer.pointee.thunk = thunk
    unsafe timer.pointee.context = unsafe context
    unsafe timer.pointee.group = group
    place(index)
    return unsafe Aio.TimerToken(index: index, generation: timer.pointee.generation)
  }

  /// Disarms a timer; returns its context, or nil if it is not armed any more.
  mutating func disarm(_ token: Aio.TimerToken) -> (wasArmed: Bool, UnsafeMutableRawPointer?) {
    guard timers.has(token.index) else { return (false, nil) }
    let timer = unsafe timers[token.index]
    guard unsafe timer.pointee.generation == token.generation, unsafe timer.pointee.thunk != nil
    else { return (false, nil) }
    let context = unsafe timer.pointee.context
    unlink(token.index)
    retire(token.index)
    return unsafe (true, context)
  }

  private mutating func retire(_ index: UInt32) {
    unsafe timers[index].pointee.generation &+= 1
    unsafe timers[index].pointee.thunk = nil
    timers.give(index)
  }

  private func unlink(_ index: UInt32) {
    let timer = unsafe timers[index]
    let next = unsafe timer.pointee.next, previous = unsafe timer.pointee.previous
    unsafe timers[next].pointee.previous = previous
    unsafe timers[previous].pointee.next = next
  }

  /// Puts a timer where its deadline belongs (W1, W2).
  private mutating func place(_ index: UInt32) {
    let timer = unsafe timers[index]
    order &+= 1
    unsafe timer.pointee.order = order
    link(index)
  }

  /// Links a timer into the slot of its deadline.
  private mutating func link(_ index: UInt32) {
    let timer = unsafe timers[index]
    let due = max(unsafe timer.pointee.deadline >> Self.tickShift, tick)
    let difference = due ^ tick
    // The highest level is as far as we look: later timers cascade back into it.
    let level =
      difference == 0 ? 0 : min((63 - difference.leadingZeroBitCount) / 6, Self.levels - 1)
    let here = tick >> UInt64(6 * level)
    // Less than a whole turn of the last level away: its slot, before or behind the current one.
    // What lies further waits as long as that level can, and is looked at again.
    let slot = min(due >> UInt64(6 * level), here + 63) & 63
    let sentinel = UInt32(level) * Self.slots + UInt32(slot)
    let last = unsafe timers[sentinel].pointee.previous
    unsafe timer.pointee.next = sentinel
    unsafe timer.pointee.previous = last
    unsafe timers[last].pointee.next = index
    unsafe timers[sentinel].pointee.previous = index
    occupied[level] |= 1 << slot
  }

  /// A moment at which there may be something to do; nil if no timer is armed.
  ///
  /// Never later than the earliest deadline, and exact if that is less than a turn of level 0 away.
  mutating func nextDeadline() -> UInt64? {
    guard let found = nextSlot(after: false) else { return nil }
    return found.level == 0 ? earliest(in: found.sentinel) : found.tick << Self.tickShift
  }

  /// A slot with timers, and the tick at which it begins.
  private struct Found {
    let level: Int
    let sentinel: UInt32
    let tick: UInt64
  }

  /// The first slot that is not empty, from the current tick on or `after` it.
  ///
  /// The slots of a level that are to come lie before all that are to come of the next level, so
  /// the first level that has one has the first one.
  private mutating func nextSlot(after: Bool) -> Found? {
    for level in 0..<Self.levels {
      let shift = UInt64(6 * level)
      let here = tick >> shift & 63
      let excludesHere = level > 0 || after
      while true {
        let coming = occupied[level] & (~0 << here) & ~(excludesHere ? 1 << here : 0)
        // Only what lies beyond the last level waits behind its current slot.
        let wrapped = level == Self.levels - 1 ? occupied[level] & ~(~0 << here) : 0
        guard coming | wrapped != 0 else { break }
        let slot = UInt64((coming != 0 ? coming : wrapped).trailingZeroBitCount)
        let sentinel = UInt32(level) * Self.slots + UInt32(slot)
        if unsafe timers[sentinel].pointee.next == sentinel {
          occupied[level] &= ~(1 << slot)
          continue
        }
        let turn = tick >> (shift + 6) + (coming != 0 ? 0 : 1)
        return Found(level: level, sentinel: sentinel, tick: (turn << 6 | slot) << shift)
      }
    }
    return nil
  }

  /// The first deadline of a slot of level 0, or the slot's beginning if the list is long.
  private func earliest(in sentinel: UInt32) -> UInt64 {
    var index = unsafe timers[sentinel].pointee.next
    var found = UInt64.max
    for _ in 0..<32 {
      if index == sentinel { return found }
      found = min(found, unsafe timers[index].pointee.deadline)
      index = unsafe timers[index].pointee.next
    }
    let tick = unsafe timers[timers[sentinel].pointee.next].pointee.deadline >> Self.tickShift
    return tick << Self.tickShift
  }

  // Firing.

  /// Timers that have come off the wheel and wait to be called, by deadline.
  private var firing: [UInt32] = []

  /// Takes the next timer whose deadline is not after `now`; nil if there is none.
  ///
  /// A timer that repeats is armed anew before it is handed out, so that its call may disarm it.
  mutating func next(_ now: UInt64) -> (TimerThunk, UnsafeMutableRawPointer?, group: UInt32)? {
    while true {
      while let index = firing.popLast() {
        let timer = unsafe timers[index]
        // One that was disarmed meanwhile has left the slot's list and is a free record.
        guard let thunk = unsafe timer.pointee.thunk, unsafe timer.pointee.deadline <= now else {
          continue
        }
        unlink(index)
        let call = unsafe (thunk, timer.pointee.context, group: timer.pointee.group)
        let period = unsafe timer.pointee.period
        if period == 0 {
          retire(index)
        } else {
          let step = UInt64(period) << Self.tickShift
          let deadline = unsafe timer.pointee.deadline
          // Late by more than a period: the missed ones are not made up for.
          unsafe timer.pointee.deadline = max(
            deadline + step, now &- (now &- deadline) % step + step)
          place(index)
        }
        return unsafe call
      }
      if !advance(now) { return nil }
    }
  }

  /// Moves the wheel towards `now`, to the next slot that has something due; false if none has.
  private mutating func advance(_ now: UInt64) -> Bool {
    let last = now >> Self.tickShift
    while true {
      collect(UInt32(tick & 63), now)
      if !firing.isEmpty { return true }
      if tick >= last { return false }
      guard let found = nextSlot(after: true), found.tick <= last else {
        tick = last  // every slot on the way is empty
        return false
      }
      tick = found.tick
      if found.level > 0 { cascade(found) }
    }
  }

  /// Moves the timers of a slot that begins now to where they belong from now on.
  private mutating func cascade(_ slot: Found) {
    var index = unsafe timers[slot.sentinel].pointee.next
    unsafe timers[slot.sentinel].pointee.next = slot.sentinel
    unsafe timers[slot.sentinel].pointee.previous = slot.sentinel
    while index != slot.sentinel {
      let next = unsafe timers[index].pointee.next
      link(index)
      index = next
    }
  }

  /// Lists the timers of a slot of level 0 that are due, last first (W3, W4).
  private mutating func collect(_ sentinel: UInt32, _ now: UInt64) {
    firing.removeAll(keepingCapacity: true)
    var index = unsafe timers[sentinel].pointee.next
    while index != sentinel {
      if unsafe timers[index].pointee.deadline <= now { firing.append(index) }
      index = unsafe timers[index].pointee.next
    }
    firing.sort { first, second in
      let one = unsafe timers[first].pointee, other = unsafe timers[second].pointee
      if one.deadline != other.deadline { return one.deadline > other.deadline }
      return Int32(bitPattern: one.order &- other.order) > 0
    }
  }
}

extension Aio {
  /// A timer that has been armed and has not fired for the last time.
  public struct TimerToken: Hashable, Sendable {
    let index: UInt32
    let generation: UInt32

    /// A token that names no timer.
    public static var none: TimerToken { TimerToken(index: .max, generation: 0) }
  }
}
