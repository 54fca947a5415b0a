// What other threads send to a worker: theory of operation.
//
// Shape.  A stack that anyone pushes to and its owner takes whole: a compare-and-swap to send, an
// exchange to receive all, after which the owner turns it round.  Items are linked through
// themselves, so sending allocates nothing.
//
// Invariants.
//   I1  Each item that was pushed is taken once, those of one sender in their order.
//   I2  The push that finds the box empty says so: whoever empties it has seen all before.

/// Items on their way to one worker.  A view: copies are the same box.
@safe struct Inbox<Word: SharedWord & ~Copyable> {
  private let head: UnsafeMutablePointer<Word>

  init() {
    unsafe head = .allocate(capacity: 1)
    unsafe head.initialize(to: Word(0))
  }

  func deallocate() {
    unsafe head.deinitialize(count: 1)
    unsafe head.deallocate()
  }

  /// Whether there is nothing to take, or was a moment ago.
  @inline(__always)
  var isEmpty: Bool { unsafe head.pointee.load() == 0 }

  /// The same, in order with the sleepers' words: for the last look before sleeping.
  var isEmptySequential: Bool { unsafe head.pointee.loadSequential() == 0 }

  /// Sends an item, which is not 0.  Any thread.
  ///
  /// - Parameter link: stores the item that follows this one in the box.
  func push(_ item: UInt, link: (_ next: UInt) -> Void) {
    assert(item != 0)
    var seen = unsafe head.pointee.load()
    while true {
      link(seen)
      let (done, found) = unsafe head.pointee.compareExchange(seen, item)
      if done { return }
      seen = found
    }
  }

  /// Takes all items; the newest, to which the others are linked, or 0.
  func takeAll() -> UInt { unsafe head.pointee.exchange(0) }
}
