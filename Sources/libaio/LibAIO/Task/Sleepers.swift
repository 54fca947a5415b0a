// Who sleeps and who looks for work: theory of operation.
//
// Problem.  A worker without work must sleep, and must be woken when there is some: not too late,
// or work waits while processors idle; not too often, since waking costs a system call and 24 us of
// somebody's time here.  And the two must not miss each other.
//
// Shape.  Each worker has a state, and one word counts the workers in two of them:
//
//     running --found nothing--> spinning --still nothing--> parked
//        ^                          |  ^                        |
//        +--------found work--------+  +-----woken for work-----+
//
// "Spinning" means looking for work, for a bounded time; it is not idling.  Who publishes work
// wakes a parked worker only if nobody is spinning, and who finds work as the last one that was
// spinning wakes another: so at most one wake-up is under way for any burst of work.
//
// Invariants.
//   S1  The word's halves count the workers that are parked, and that are spinning, but for
//       transitions under way.
//   S2  A worker that parks looks at all sources of work after it has said so; who publishes looks
//       at the word after publishing.  Both in sequential order: one of them sees the other.
//   S3  Whoever moves a worker from parked to spinning wakes it, and nobody else does.
//
// Rejected.  Waking at each publication (a system call a chunk), a lock and a condition variable
// (an event loop sleeps in the kernel on other things too), spinning by default (the processor
// belongs to somebody else).

/// The states of `count` workers.  A view: copies are the same states.
@safe struct Sleepers<Word: SharedWord & ~Copyable> {
  private static var line: Int { 16 }
  static var running: UInt { 0 }
  static var spinning: UInt { 1 }
  static var parked: UInt { 2 }

  /// One parked worker, and one spinning worker, in the counting word.
  private static var oneParked: UInt { 1 }
  private static var oneSpinning: UInt { 1 << 32 }

  let count: Int
  private let words: UnsafeMutablePointer<Word>

  init(count: Int) {
    self.count = count
    unsafe words = .allocate(capacity: (count + 1) * Self.line)
    for index in 0..<(count + 1) * Self.line { unsafe (words + index).initialize(to: Word(0)) }
  }

  func deallocate() {
    unsafe words.deinitialize(count: (count + 1) * Self.line)
    unsafe words.deallocate()
  }

  /// The word that counts: 0 while everybody is running.
  var counts: UnsafeMutablePointer<Word> { unsafe words }
  private func state(_ worker: Int) -> UnsafeMutablePointer<Word> {
    unsafe words + (worker + 1) * Self.line
  }

  /// Whether anybody would take work, or would have a moment ago.
  @inline(__always)
  var isAnyoneIdle: Bool { unsafe counts.pointee.load() != 0 }

  /// Whether a worker sleeps, or is about to.
  func isParked(_ worker: Int) -> Bool {
    unsafe state(worker).pointee.loadSequential() == Self.parked
  }

  // The worker's own moves.

  /// Begins to look for work.
  func beginSpinning(_ worker: Int) {
    unsafe state(worker).pointee.store(Self.spinning)
    _ = unsafe counts.pointee.add(Self.oneSpinning)
  }

  /// Ends looking: there is work.
  ///
  /// - Returns: whether nobody looks any more though somebody sleeps: then wake one, since who
  ///   published meanwhile relied on us.
  func endSpinning(_ worker: Int) -> Bool {
    unsafe state(worker).pointee.store(Self.running)
    let left = unsafe counts.pointee.add(0 &- Self.oneSpinning)
    return left < Self.oneSpinning && left != 0
  }

  /// Says that a spinning worker is about to sleep.
  ///
  /// - Parameter hasWork: looks at every source of work (S2).
  /// - Returns: whether it may sleep; if not, it is spinning.
  func park(_ worker: Int, hasWork: () -> Bool) -> Bool {
    unsafe state(worker).pointee.storeSequential(Self.parked)
    _ = unsafe counts.pointee.add(Self.oneParked &- Self.oneSpinning)
    Word.fence()
    if !hasWork() { return true }
    // Whoever has woken us meanwhile has counted us already (S3).
    if unsafe state(worker).pointee.compareExchange(Self.parked, Self.spinning).done {
      _ = unsafe counts.pointee.add(Self.oneSpinning &- Self.oneParked)
    }
    return false
  }

  /// Says that a worker that was parked is awake.
  ///
  /// - Returns: whether somebody woke it for work, so that it is spinning; else it is running.
  func awake(_ worker: Int) -> Bool {
    if unsafe state(worker).pointee.compareExchange(Self.parked, Self.running).done {
      _ = unsafe counts.pointee.add(0 &- Self.oneParked)
      return false
    }
    return true
  }

  // Others' moves.

  /// Chooses a worker to wake for work that has just been published; nil if nobody need be.
  ///
  /// - Parameter first: where to begin to look.
  func wakeOne(first: Int) -> Int? {
    Word.fence()  // S2
    let seen = unsafe counts.pointee.load()
    if seen == 0 || seen >= Self.oneSpinning { return nil }
    for step in 0..<count {
      let worker = (first + step) % count
      if wake(worker) { return worker }
    }
    return nil
  }

  /// Moves a parked worker to spinning; if true, the caller wakes it.
  func wake(_ worker: Int) -> Bool {
    if unsafe state(worker).pointee.loadSequential() != Self.parked { return false }
    guard unsafe state(worker).pointee.compareExchange(Self.parked, Self.spinning).done else {
      return false
    }
    _ = unsafe counts.pointee.add(Self.oneSpinning &- Self.oneParked)
    return true
  }
}
