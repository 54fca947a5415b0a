// When one side is faster than the other: theory of operation.
//
// Problem.  Received bytes lie in blocks of the loop's pool.  What is sent on to a peer that does
// not read keeps its block, and a few such peers have them all: then nobody receives any more.
//
// Shape.  Two measures, one for each half of the fault.  A program holds a connection back whose
// sends pile up (`waitingSends`, `pause`, `resumeReceiving`), so that a slow reader's bytes stay
// with its own sender.  And when no block has become free for a while, the loop moves what waits to
// be sent out of the pool, into memory of its own size: slow readers then cost memory, and no
// longer blocks.  A send that is with the kernel is taken back for it, and goes on where it was.
//
// Invariants.
//   B3  While connections wait for blocks, no send that could give its block up keeps it for more
//       than `patienceNs`.
//
// Cost.  Nothing while there are blocks.  Moving looks at all operations and copies what waits.
//
// Rejected.  A pool that grows: it never shrinks, and a block is larger than what is in it.

import Glibc
import Sys9

extension Aio.Loop {
  /// How many sends wait on `handle`, one that is with the system included; `limit` if there are
  /// more.
  ///
  /// O(limit).  Many are the sign of a peer that does not read: ``pause(_:)`` what comes in for it.
  public final func waitingSends(on handle: Aio.Handle, upTo limit: Int) -> Int {
    guard let record = unsafe record(handle) else { return 0 }
    var count = 0
    var index = unsafe record.pointee.writes.head
    while index != .max && count < limit {
      count += 1
      index = unsafe ops[index].pointee.next
    }
    return count
  }

  /// Lets the repeating receive or accept of `handle` go on, if it is held back.
  public final func resumeReceiving(from handle: Aio.Handle) {
    guard let record = unsafe record(handle) else { return }
    let head = unsafe record.pointee.reads.head
    if head != .max, unsafe ops[head].pointee.state.contains(.isPaused) {
      resume(name(ofOp: head))
    }
  }

  /// Ends what comes in on every connection that this loop has accepted: what has arrived is still
  /// received, and then the end of the stream.
  ///
  /// For servers that end: each connection comes to its own end, with all its answers.
  /// O(handles).
  public final func endReceiving() {
    for index in 0..<handles.freshCount {
      let record = unsafe handles[index]
      let state = unsafe record.pointee.state
      if !state.contains([.isLive, .isAccepted]) || state.contains(.isClosing) { continue }
      // What is gone already needs no end.
      _ = shutdown(unsafe record.pointee.fd, CInt(SHUT_RD))
    }
  }

  // Blocks.

  /// Gives those that wait for blocks another turn, when there are some; makes some if there have
  /// been none for too long (B3).
  final func relieve() {
    if !hasFreeBlocks {
      if starvedSince == .max { starvedSince = now }
      if now &- starvedSince < patienceNs { return }
      starvedSince = now
      spill()
      if !hasFreeBlocks { return }
    }
    starvedSince = .max
    feedStarved()
  }

  /// Moves what waits to be sent out of the pool.
  private func spill() {
    let home = unsafe Unmanaged.passUnretained(pool).toOpaque()
    for index in 0..<ops.freshCount {
      let op = unsafe ops[index]
      guard unsafe op.pointee.kind == .send, let own = unsafe op.pointee.home,
        unsafe own.toOpaque() == home,
        unsafe op.pointee.state.contains(.isLive), unsafe !op.pointee.state.contains(.isDue)
      else { continue }
      if unsafe op.pointee.state.contains(.isWithKernel) {
        hold(index)  // it comes back, and is moved then
      } else {
        moveOut(index)
      }
    }
  }

  /// Moves the bytes that a send has still to send into memory of their own.
  final func moveOut(_ index: UInt32) {
    let op = unsafe ops[index]
    guard let base = unsafe op.pointee.base, let home = unsafe op.pointee.home else { return }
    let bytes = unsafe UnsafeRawBufferPointer(
      start: base + Int(op.pointee.start), count: Int(op.pointee.end - op.pointee.start))
    let parts = unsafe Aio.Buffer(copying: bytes).unwrap()
    unsafe op.pointee.base = unsafe parts.base
    unsafe op.pointee.home = unsafe parts.home
    unsafe op.pointee.start = parts.start
    unsafe op.pointee.end = parts.end
    unsafe home._withUnsafeGuaranteedRef { unsafe $0.give(base) }
    stats.spilled &+= 1
  }
}
