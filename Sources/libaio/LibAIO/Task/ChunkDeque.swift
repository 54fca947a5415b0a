// Work that can be stolen: theory of operation.
//
// Problem.  An idle worker takes work from a busy one.  If that can happen at any task, each task
// costs its owner a fence, and each theft the thief a cache line: a thief then costs more than it
// gives (10 to 114 ns a task, measured, for tasks of 5).
//
// Shape.  Workers exchange chunks of 60 tasks.  The owner pushes and takes at the bottom, thieves
// at the top (Chase and Lev, 2005, with the orders of Lê, Pop, Cohen and Zappa Nardelli, 2013): one
// compare-and-swap a chunk.  The array is bounded; what does not fit stays with its owner.
//
//     thieves steal <- [top ... chunks ... bottom) <-> owner pushes and takes
//
// Invariants.
//   D1  A chunk that was pushed is taken or stolen exactly once.
//   D2  bottom - top is at most the capacity, and at least -1 (while the owner takes).
//   D3  The owner's fence stands between its claim of the last chunk and its look at top: without
//       it owner and thief both get the last one.  It is not met when the deque is seen empty.
//
// Cost.  Push: two stores.  Take: a fence (4.4 ns).  Steal: a compare-and-swap.
//
// Rejected.  A lock (convoys), an array that grows (old ones must be kept for thieves), stealing
// half a deque at once (a chunk is enough work for the way).

/// Chunks by number, which an owner and thieves take from its two ends.  A view: copies are the
/// same deque.
@safe struct ChunkDeque<Word: SharedWord & ~Copyable> {
  /// Words between top and bottom: they are written by different threads.
  private static var line: Int { 16 }

  private let words: UnsafeMutablePointer<Word>
  private let mask: UInt

  /// An empty deque for `capacity` chunks, a power of two.
  init(capacity: Int) {
    precondition(capacity > 0 && capacity & (capacity - 1) == 0)
    mask = UInt(capacity - 1)
    unsafe words = .allocate(capacity: 2 * Self.line + capacity)
    for index in 0..<2 * Self.line + capacity { unsafe (words + index).initialize(to: Word(0)) }
  }

  /// Gives the memory back; chunks that are left are nobody's.
  func deallocate() {
    unsafe words.deinitialize(count: 2 * Self.line + Int(mask) + 1)
    unsafe words.deallocate()
  }

  private var top: UnsafeMutablePointer<Word> { unsafe words }
  private var bottom: UnsafeMutablePointer<Word> { unsafe words + Self.line }
  @inline(__always)
  private func entry(_ index: UInt) -> UnsafeMutablePointer<Word> {
    unsafe words + 2 * Self.line + Int(index & mask)
  }

  /// Chunks in the deque, or nearly so.
  var count: Int {
    Int(truncatingIfNeeded: max(unsafe bottom.pointee.load() &- top.pointee.load(), 0))
  }

  /// Whether there is nothing to steal, or was a moment ago.
  var isEmpty: Bool {
    Int(bitPattern: unsafe bottom.pointee.load() &- top.pointee.load()) <= 0
  }

  /// Appends a chunk; false if there is no room.  Owner only.
  func push(_ chunk: UInt) -> Bool {
    let end = unsafe bottom.pointee.load()
    let start = unsafe top.pointee.loadAcquire()
    if Int(bitPattern: end &- start) > Int(mask) { return false }
    unsafe entry(end).pointee.store(chunk)
    unsafe bottom.pointee.storeRelease(end &+ 1)
    return true
  }

  /// Takes the chunk that was pushed last; nil if there is none.  Owner only.
  func take() -> UInt? {
    let end = unsafe bottom.pointee.load() &- 1
    // top only grows: what is seen empty is empty, and needs no fence.
    if Int(bitPattern: end &- (unsafe top.pointee.load())) < 0 { return nil }
    unsafe bottom.pointee.store(end)
    Word.fence()  // D3
    let start = unsafe top.pointee.load()
    let left = Int(bitPattern: end &- start)
    if left > 0 { return unsafe entry(end).pointee.load() }
    var found: UInt?
    if left == 0 {
      // The last one: whoever moves top has it (D1).
      let chunk = unsafe entry(end).pointee.load()
      if unsafe top.pointee.compareExchange(start, start &+ 1).done { found = chunk }
    }
    unsafe bottom.pointee.store(end &+ 1)
    return found
  }

  /// What became of a theft.
  enum Theft: Equatable {
    case chunk(UInt)
    case nothing
    /// Somebody else was faster: it may be worth another try.
    case lost
  }

  /// Takes the oldest chunk.  Any thread, the owner too.
  func steal() -> Theft {
    let start = unsafe top.pointee.loadAcquire()
    Word.fence()
    let end = unsafe bottom.pointee.loadAcquire()
    if Int(bitPattern: end &- start) <= 0 { return .nothing }
    let chunk = unsafe entry(start).pointee.load()
    return unsafe top.pointee.compareExchange(start, start &+ 1).done ? .chunk(chunk) : .lost
  }
}
