// A lock that tasks wait for without a thread: theory of operation.
//
// Shape.  One word: 0 if the lock is free, 1 if it is held and nobody waits, else the task that
// came last, linked to those that came before, down to 1.  Who unlocks with nobody in line takes
// the whole stack and turns it round into a line of its own, which later holders go on with: so the
// lock is handed on in the order of coming, at one atomic operation a lock and at most one an
// unlock.
//
// Invariants.
//   K1  At most one task holds the lock: it was free when the holder came, or was handed on.
//   K2  The line belongs to the holder: it is read and written between its lock and its unlock.
//   K3  Who comes first is served first: all of the line came before all of the stack.

/// A lock's two words.  A view: copies are the same lock.
@safe struct LockCore<Word: SharedWord & ~Copyable> {
  private static var free: UInt { 0 }
  private static var held: UInt { 1 }

  /// The lock's word.
  private let word: UnsafeMutablePointer<Word>
  /// The first of those that wait in line; 0 if none does (K2).
  private let line: UnsafeMutablePointer<UInt>

  init(word: UnsafeMutablePointer<Word>, line: UnsafeMutablePointer<UInt>) {
    unsafe self.word = unsafe word
    unsafe self.line = unsafe line
  }

  /// Takes the lock if it is free.
  func tryLock() -> Bool { unsafe word.pointee.compareExchange(Self.free, Self.held).done }

  /// Takes the lock if it is free; else `item` waits for it, and the holder will hand it on.
  ///
  /// - Parameter link: stores what follows the item in the stack.
  /// - Returns: whether the caller holds the lock.
  func lock(_ item: UInt, link: (_ next: UInt) -> Void) -> Bool {
    assert(item > Self.held)
    var seen = unsafe word.pointee.load()
    while true {
      if seen == Self.free {
        let (done, found) = unsafe word.pointee.compareExchange(Self.free, Self.held)
        if done { return true }
        seen = found
      } else {
        link(seen)
        let (done, found) = unsafe word.pointee.compareExchange(seen, item)
        if done { return false }
        seen = found
      }
    }
  }

  /// Gives the lock up.
  ///
  /// - Returns: the item that holds it from now on, or 0 if it is free.
  func unlock(next: (UInt) -> UInt, link: (_ item: UInt, _ next: UInt) -> Void) -> UInt {
    let first = unsafe line.pointee
    if first != 0 {
      unsafe line.pointee = next(first)
      return first
    }
    if unsafe word.pointee.compareExchange(Self.held, Self.free).done { return 0 }
    var item = unsafe word.pointee.exchange(Self.held)
    assert(item > Self.held, "K1: the lock is unlocked by its holder, once")
    var reversed: UInt = 0
    while item > Self.held {
      let below = next(item)
      link(item, reversed)
      reversed = item
      item = below
    }
    unsafe line.pointee = next(reversed)
    return reversed
  }
}
