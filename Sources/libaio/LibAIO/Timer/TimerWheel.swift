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
//   W3  Timers fire in the order of their deadlines; those of equal deadlines in that of arming, if
//       they were armed less than two years ahead.
//   W4  No timer fires before its deadline.
//   W5  Where a timer is follows from its deadline and the wheel's tick: all timers of a deadline
//       are on one slot's list, or wait beyond the last level.
//
// W3 needs no field: lists keep the order of arming, and a slot is cascaded before a timer can be
// armed directly into what it is cascaded to.
//
// Cost.  Arm and cancel: a list operation each.  Firing: each timer cascades at most five times.
// 48 bytes a timer, with its place among its owner's timers, its group and its site.
//
// Rejected.  A heap: O(log n) to cancel, and 5 to 25 times slower at a million.

import Sys9

/// A timer: 48 bytes.
@safe struct TimerRecord {
  /// The next timer of the slot, or the next free record.
  var next: UInt32
  var previous: UInt32
  var generation: UInt32
  /// The time between firings, or 0 for a timer that fires once.
  var period: TimerPeriod
  /// When it fires, in nanoseconds.
  var deadline: UInt64
  /// Who is told; nil for a record that is free.
  var owner: UnsafeMutableRawPointer?
  /// Its neighbours among its owner's timers.
  var ownerNext: UInt32
  var ownerPrevious: UInt32
  /// What it is done for, and where it was armed.
  var group: UInt32
  var site: UInt32
}

/// A time between firings in four bytes: microseconds up to 35 minutes, then units of 1,024.
struct TimerPeriod: Equatable {
  private let raw: UInt32
  private static let isCoarse: UInt32 = 1 << 31

  /// No period: a timer that fires once.
  static var never: TimerPeriod { TimerPeriod(ns: 0) }

  /// The longest period: 25 days.
  static let nsMax: UInt64 = UInt64(isCoarse - 1) * 1_024_000

  /// The shortest that is at least `ns`; `ns` is at most `nsMax`.
  init(ns: UInt64) {
    let microseconds = (ns + 999) / 1000
    if microseconds < UInt64(Self.isCoarse) {
      raw = UInt32(microseconds)
    } else {
      raw = UInt32((microseconds + 1023) / 1024) | Self.isCoarse
    }
  }

  var isNever: Bool { raw == 0 }

  var ns: UInt64 {
    raw & Self.isCoarse == 0
      ? UInt64(raw) * 1000 : UInt64(raw & ~Self.isCoarse) * 1_024_000
  }
}

/// Timers by deadline.  Owned by one thread.
@safe struct TimerWheel: ~Copyable {
  /// Nanoseconds of a tick, as a power of two.
  static let tickShift: UInt64 = 20
  private static let levels = 6
  private static let slots: UInt32 = 64
  /// More timers than this are refused: 0.8 GB of address space.
  private static let timersMax: UInt32 = 1 << 24

  /// What changes, behind a pointer as in a slab.
  private struct State {
    var occupied = InlineArray<6, UInt64>(repeating: 0)
    /// The tick up to which all has fired.
    var tick: UInt64
    /// Timers of the current slot that wait to be called, last first.
    var firing: [Due] = []
  }

  let timers: Slab<TimerRecord>
  private let state: UnsafeMutablePointer<State>

  private var tick: UInt64 { unsafe state.pointee.tick }

  /// A wheel that starts at `now`.
  init(now: UInt64) throws(SystemError) {
    timers = try Slab(capacity: Self.timersMax)
    unsafe state = .allocate(capacity: 1)
    unsafe state.initialize(to: State(tick: now >> Self.tickShift))
    unsafe Kernel.useLargePages(timers.base, Int(Self.timersMax) * MemoryLayout<TimerRecord>.stride)
    // The first records are the sentinels of the slots.
    for index in 0..<(UInt32(Self.levels) * Self.slots) {
      _ = timers.take()
      unsafe timers[index].pointee.next = index
      unsafe timers[index].pointee.previous = index
    }
  }

  deinit {
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
  }

  /// How many timers are armed.
  var count: Int { Int(timers.count - UInt32(Self.levels) * Self.slots) }

  /// Arms a timer for `owner`; nil if there are too many.
  @inline(__always)
  func arm(
    deadline: UInt64, period: TimerPeriod = .never, _ owner: UnsafeMutableRawPointer,
    group: UInt32 = 0, site: UInt32 = 0
  ) -> Aio.TimerToken? {
    guard let index = timers.take() else { return nil }
    let timer = unsafe timers[index]
    unsafe timer.pointee.deadline = deadline
    unsafe timer.pointee.period = period
    unsafe timer.pointee.owner = unsafe owner
    unsafe timer.pointee.group = group
    unsafe timer.pointee.site = site
    link(index)
    return unsafe Aio.TimerToken(index: index, generation: timer.pointee.generation)
  }

  /// Whether `token` names a timer that is armed.
  @inline(__always)
  func isArmed(_ token: Aio.TimerToken) -> Bool {
    guard timers.has(token.index) else { return false }
    let timer = unsafe timers[token.index]
    return unsafe timer.pointee.generation == token.generation && timer.pointee.owner != nil
  }

  /// Disarms a timer that is armed; what its record says is valid until the next one is armed.
  @inline(__always)
  func disarm(_ index: UInt32) {
    assert(unsafe timers[index].pointee.owner != nil, "W1: disarmed once")
    unlink(index)
    retire(index)
  }

  /// The timers of `deadline` that fire once.
  func timers(at deadline: UInt64) -> [UInt32] {
    var found: [UInt32] = []
    func look(_ sentinel: UInt32) {
      var index = unsafe timers[sentinel].pointee.next
      while index != sentinel {
        let timer = unsafe timers[index]
        if unsafe timer.pointee.deadline == deadline && timer.pointee.period.isNever {
          found.append(index)
        }
        index = unsafe timer.pointee.next
      }
    }
    let home = slot(of: deadline)
    look(home)
    let last = UInt32(Self.levels - 1) * Self.slots
    if home >= last {
      // It may have been armed when it lay beyond the last level (W5).
      for sentinel in last..<last + Self.slots where sentinel != home { look(sentinel) }
    }
    return found
  }

  /// All timers that are armed, in no order.
  func armed() -> [UInt32] {
    let sentinels = UInt32(Self.levels) * Self.slots
    return (sentinels..<timers.freshCount).filter { unsafe timers[$0].pointee.owner != nil }
  }

  @inline(__always)
  private func retire(_ index: UInt32) {
    unsafe timers[index].pointee.generation &+= 1
    unsafe timers[index].pointee.owner = nil
    timers.give(index)
  }

  @inline(__always)
  private func unlink(_ index: UInt32) {
    let timer = unsafe timers[index]
    let next = unsafe timer.pointee.next, previous = unsafe timer.pointee.previous
    unsafe timers[next].pointee.previous = previous
    unsafe timers[previous].pointee.next = next
  }

  /// The sentinel of the slot to which a deadline belongs (W5).
  @inline(__always)
  private func slot(of deadline: UInt64) -> UInt32 {
    let due = max(deadline >> Self.tickShift, tick)
    let difference = due ^ tick
    // The highest level is as far as we look: later timers cascade back into it.
    let level =
      difference == 0 ? 0 : min((63 - difference.leadingZeroBitCount) / 6, Self.levels - 1)
    let here = tick >> UInt64(6 * level)
    // Less than a whole turn of the last level away: its slot, before or behind the current one.
    // What lies further waits as long as that level can, and is looked at again.
    let slot = min(due >> UInt64(6 * level), here + 63) & 63
    return UInt32(level) * Self.slots + UInt32(slot)
  }

  /// Links a timer into the slot of its deadline (W1, W2).
  @inline(__always)
  private func link(_ index: UInt32) {
    let timer = unsafe timers[index]
    let sentinel = unsafe slot(of: timer.pointee.deadline)
    let last = unsafe timers[sentinel].pointee.previous
    unsafe timer.pointee.next = sentinel
    unsafe timer.pointee.previous = last
    unsafe timers[last].pointee.next = index
    unsafe timers[sentinel].pointee.previous = index
    unsafe state.pointee.occupied[Int(sentinel / Self.slots)] |=
      1 << UInt64(sentinel % Self.slots)
  }

  /// A moment at which there may be something to do; nil if no timer is armed.
  ///
  /// Never later than the earliest deadline, and exact if that is less than a turn of level 0 away.
  func nextDeadline() -> UInt64? {
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
  private func nextSlot(after: Bool) -> Found? {
    for level in 0..<Self.levels {
      let shift = UInt64(6 * level)
      let here = tick >> shift & 63
      let excludesHere = level > 0 || after
      while true {
        let occupied = unsafe state.pointee.occupied[level]
        let coming = occupied & (~0 << here) & ~(excludesHere ? 1 << here : 0)
        // Only what lies beyond the last level waits behind its current slot.
        let wrapped = level == Self.levels - 1 ? occupied & ~(~0 << here) : 0
        guard coming | wrapped != 0 else { break }
        let slot = UInt64((coming != 0 ? coming : wrapped).trailingZeroBitCount)
        let sentinel = UInt32(level) * Self.slots + UInt32(slot)
        if unsafe timers[sentinel].pointee.next == sentinel {
          unsafe state.pointee.occupied[level] &= ~(1 << slot)
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

  /// A timer of the current slot that is due.
  private struct Due {
    let deadline: UInt64
    /// Its place in the slot's list, which is the order of arming (W3).
    let place: UInt32
    let index: UInt32
    let generation: UInt32
  }

  /// A timer that has fired.
  @safe struct Fired {
    let token: Aio.TimerToken
    let owner: UnsafeMutableRawPointer
    /// Whether it will not fire again: its record is free.
    let isLast: Bool
    let group: UInt32
    let site: UInt32
  }

  /// Takes the next timer whose deadline is not after `now`; nil if there is none.
  ///
  /// A timer that repeats is armed anew before it is handed out, so that its call may disarm it.
  func next(_ now: UInt64) -> Fired? {
    while true {
      while let due = unsafe state.pointee.firing.popLast() {
        let timer = unsafe timers[due.index]
        // One that was disarmed meanwhile, and perhaps armed as another, has another name.
        guard unsafe timer.pointee.generation == due.generation,
          let owner = unsafe timer.pointee.owner
        else { continue }
        unlink(due.index)
        let token = Aio.TimerToken(index: due.index, generation: due.generation)
        let period = unsafe timer.pointee.period
        if period.isNever {
          retire(due.index)
        } else {
          // Late by more than a period: the missed ones are not made up for.
          unsafe timer.pointee.deadline = max(
            due.deadline + period.ns, now &- (now &- due.deadline) % period.ns + period.ns)
          link(due.index)
        }
        return unsafe Fired(
          token: token, owner: owner, isLast: period.isNever, group: timer.pointee.group,
          site: timer.pointee.site)
      }
      if !advance(now) { return nil }
    }
  }

  /// Moves the wheel towards `now`, to the next slot that has something due; false if none has.
  private func advance(_ now: UInt64) -> Bool {
    let last = now >> Self.tickShift
    while true {
      collect(UInt32(tick & 63), now)
      if unsafe !state.pointee.firing.isEmpty { return true }
      if tick >= last { return false }
      guard let found = nextSlot(after: true), found.tick <= last else {
        unsafe state.pointee.tick = last  // every slot on the way is empty
        return false
      }
      unsafe state.pointee.tick = found.tick
      if found.level > 0 { cascade(found) }
    }
  }

  /// Moves the timers of a slot that begins now to where they belong from now on.
  private func cascade(_ slot: Found) {
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
  private func collect(_ sentinel: UInt32, _ now: UInt64) {
    unsafe state.pointee.firing.removeAll(keepingCapacity: true)
    var index = unsafe timers[sentinel].pointee.next
    while index != sentinel {
      let timer = unsafe timers[index]
      if unsafe timer.pointee.deadline <= now {
        unsafe state.pointee.firing.append(
          Due(
            deadline: timer.pointee.deadline, place: UInt32(state.pointee.firing.count),
            index: index, generation: timer.pointee.generation))
      }
      index = unsafe timer.pointee.next
    }
    if unsafe state.pointee.firing.count < 2 { return }
    unsafe state.pointee.firing.sort { one, other in
      (one.deadline, one.place) > (other.deadline, other.place)
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
