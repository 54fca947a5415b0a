// Timers for programs.  The wheel is Timer/TimerWheel.swift.
//
// A timer is armed for a receiver, which is told by a completion of kind `.timer`: the same object
// serves operations and timers, and "whoever this was armed for" is a name to remove it by.  The
// timers of a receiver are linked through their records, so that a connection that closes removes
// its own in the time that they take, and not in that of all.
//
// Removing is final and at once: no completion comes afterwards.  A timer is not an operation: it
// is ours alone, and there is nobody to wait for.
//
// Deadlines are times of the loop's clock, `now`, which never goes back.  A time of day is moved to
// it by the difference that the two had when the loop was made: whoever sets the machine's clock
// does not move timers.

import Glibc

extension Aio.Loop {
  /// Arms a timer for the moment `deadline` of the loop's clock; in the past means at once.
  ///
  /// Fires in the next turn at the earliest.  O(1), 48 bytes and no allocation; the 16 millionth
  /// timer at once is refused: its completion has `ENOBUFS`.  Corresponds to `Aio::addOneShot`.
  @discardableResult
  public final func addOneShot(
    at deadline: UInt64, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.TimerToken {
    addOneShot(at: deadline, to: receiver, place(file, line, function))
  }

  /// The same for who knows the place.
  @inline(__always)
  final func addOneShot(
    at deadline: UInt64, to receiver: Aio.Receiver, _ site: Aio.Site
  ) -> Aio.TimerToken {
    stats.oneShots &+= 1
    return arm(deadline, .never, receiver, site)
  }

  /// Arms a timer that fires when `delay` has passed since `now`.  Corresponds to
  /// `Aio::addOneShot`.
  @discardableResult
  public final func addOneShot(
    after delay: Duration, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.TimerToken {
    addOneShot(
      at: deadline(after: delay), to: receiver, file: file, line: line, function: function)
  }

  /// Arms a timer for a time of day.  Corresponds to `Aio::addOneShot`.
  @discardableResult
  public final func addOneShot(
    at time: Aio.TimeVal, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.TimerToken {
    addOneShot(at: deadline(at: time), to: receiver, file: file, line: line, function: function)
  }

  /// Arms a timer that fires every `interval`, for the first time one interval from `now`.
  ///
  /// Armed anew before it is told: calls that come late are not made up for.  Exact to the
  /// microsecond up to half an hour, to a millisecond beyond.  Corresponds to `Aio::addInterval`.
  /// - Parameter interval: above 0, and at most 25 days.
  @discardableResult
  public final func addInterval(
    _ interval: Duration, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.TimerToken {
    let ns = interval.clampedNs
    precondition(ns > 0 && UInt64(ns) <= TimerPeriod.nsMax, "an interval is at most 25 days")
    stats.intervals &+= 1
    return arm(
      deadline(after: interval), TimerPeriod(ns: UInt64(ns)), receiver,
      place(file, line, function))
  }

  /// Removes a timer, and says whether it was still armed.  O(1).
  @discardableResult
  public final func removeTimer(_ token: Aio.TimerToken) -> Bool {
    guard timers.isArmed(token) else { return false }
    remove(token.index)
    return true
  }

  /// Removes all timers that were armed for `receiver`, and says how many there were.  O(those).
  ///
  /// Corresponds to `Aio::removeTimer(CallBack)`.
  @discardableResult
  public final func removeTimers(of receiver: Aio.Receiver) -> Int {
    var count = 0
    while unsafe receiver.firstTimer != .max {
      unsafe remove(receiver.firstTimer)
      count += 1
    }
    return count
  }

  /// Removes all one-shot timers of `deadline`, a moment of the loop's clock, and says how many
  /// there were.  O(timers of that millisecond).  Corresponds to `Aio::removeTimer(TimeVal&)`.
  @discardableResult
  public final func removeTimers(at deadline: UInt64) -> Int {
    let found = timers.timers(at: deadline)
    for index in found { remove(index) }
    return found.count
  }

  /// Removes all one-shot timers of a time of day.  Corresponds to `Aio::removeTimer(TimeVal&)`.
  @discardableResult
  public final func removeTimers(at time: Aio.TimeVal) -> Int {
    removeTimers(at: deadline(at: time))
  }

  /// Timers that are armed.
  public final var timerCount: Int { timers.count }

  /// The time of day, asked for now.  Corresponds to `Aio::getTimeOfDay`; see `now`, which costs
  /// nothing.
  public final func getTimeOfDay() -> Aio.TimeVal {
    stats.clockReads &+= 1
    return Aio.TimeVal(ns: Int64(clamping: timeOfDay()))
  }

  /// The loop's deadline for what is due after `delay`, saturating.
  final func deadline(after delay: Duration) -> UInt64 {
    let ns = delay.clampedNs
    return ns <= 0 ? now : now.addingReportingOverflow(UInt64(ns)).partialValue
  }

  private func deadline(at time: Aio.TimeVal) -> UInt64 {
    let (since, over) = time.ns.subtractingReportingOverflow(dayOffset)
    return over || since < 0 ? 0 : UInt64(since)
  }

  // Arming and removing.

  @inline(__always)
  private func arm(
    _ deadline: UInt64, _ period: TimerPeriod, _ receiver: Aio.Receiver, _ site: Aio.Site
  ) -> Aio.TimerToken {
    let owner = unsafe Unmanaged.passUnretained(receiver).toOpaque()
    guard
      let token = unsafe timers.arm(
        deadline: deadline, period: period, owner, group: group.id, site: site.id)
    else {
      _ = refuse(.timer, .none, ENOBUFS, receiver)
      return .none
    }
    receiver.hold()
    recorder.causes(timer: token.index)
    let timer = unsafe timers.timers[token.index]
    let first = unsafe receiver.firstTimer
    unsafe timer.pointee.ownerNext = first
    unsafe timer.pointee.ownerPrevious = .max
    if first != .max { unsafe timers.timers[first].pointee.ownerPrevious = token.index }
    unsafe receiver.firstTimer = token.index
    return token
  }

  /// Takes an armed timer off the wheel, and lets its owner go.
  @inline(__always)
  private func remove(_ index: UInt32) {
    guard let owner = unsafe timers.timers[index].pointee.owner else { return }
    timers.disarm(index)
    unsafe Unmanaged<Aio.Receiver>.fromOpaque(owner)._withUnsafeGuaranteedRef {
      disown(index, $0)
      $0.letGo()
    }
  }

  /// Takes a timer out of its owner's list.
  @inline(__always)
  private func disown(_ index: UInt32, _ owner: Aio.Receiver) {
    let timer = unsafe timers.timers[index]
    let next = unsafe timer.pointee.ownerNext, previous = unsafe timer.pointee.ownerPrevious
    if next != .max { unsafe timers.timers[next].pointee.ownerPrevious = previous }
    if previous != .max {
      unsafe timers.timers[previous].pointee.ownerNext = next
    } else {
      assert(unsafe owner.firstTimer == index, "C1: a timer is on its owner's list")
      unsafe owner.firstTimer = next
    }
  }

  /// Tells the owners of timers that are due, as many as a turn allows.
  final func fireTimers() {
    if timers.count == 0 { return }
    var count = 0
    while count < Self.timersPerTurnMax, let fired = timers.next(now) {
      unsafe Unmanaged<Aio.Receiver>.fromOpaque(fired.owner)._withUnsafeGuaranteedRef { owner in
        // One that repeats may be removed in its own call, and with it the last hold.
        if fired.isLast { disown(fired.token.index, owner) } else { owner.hold() }
        tell(fired, owner)
        owner.letGo()
      }
      count += 1
    }
    stats.timers &+= UInt64(count)
  }

  @inline(__always)
  private func tell(_ fired: TimerWheel.Fired, _ owner: Aio.Receiver) {
    recorder.begin(
      .timer, place: UInt64(fired.site) << 32 | UInt64(fired.group),
      parent: recorder.cause(ofTimer: fired.token.index),
      callback: unsafe UInt(bitPattern: fired.owner), argument: UInt(fired.token.index))
    let name = Aio.OpToken(index: fired.token.index, generation: fired.token.generation)
    var completion = Aio.Completion(
      token: name, kind: .timer, isLast: fired.isLast, handle: .none, accepted: .none, result: 0,
      buffer: nil)
    owner.completed(&completion, on: self)
    recorder.finish()
  }

  /// Disarms all timers and lets their owners go, telling nobody: the loop ends.
  final func dropTimers() {
    for index in timers.armed() { remove(index) }
  }
}
