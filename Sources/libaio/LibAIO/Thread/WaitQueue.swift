// Threads in line.

import Synchronization
import Sys9

/// A thread that waits: 64 bytes of its own storage.
@safe struct WaitNode: ~Copyable {
  /// 1 when the wait is over; the thread sleeps on it.
  let word: Atomic<UInt32>
  /// What is waited for.
  var kind: UInt32
  var next: UnsafeMutablePointer<WaitNode>?

  /// The calling thread's node, ready to wait.
  static func own(_ kind: UInt32) -> UnsafeMutablePointer<WaitNode> {
    assert(MemoryLayout<WaitNode>.size <= 64)
    let node = unsafe SystemThread.node.assumingMemoryBound(to: WaitNode.self)
    unsafe node.pointee.word.store(0, ordering: .relaxed)
    unsafe node.pointee.kind = kind
    unsafe node.pointee.next = nil
    return unsafe node
  }

  /// Sleeps until somebody ends the wait.
  static func sleep(_ node: UnsafeMutablePointer<WaitNode>) {
    while unsafe node.pointee.word.load(ordering: .acquiring) == 0 {
      unsafe SystemThread.park(node, while: 0)
    }
  }

  /// Ends a thread's wait; its node is not touched afterwards (N3).
  static func wake(_ node: UnsafeMutablePointer<WaitNode>) {
    unsafe node.pointee.word.store(1, ordering: .releasing)
    // The thread may be gone by now, and its storage with it: the address is all that is used.
    unsafe SystemThread.unpark(node)
  }
}

/// A line of waiting threads, guarded by a Lock.
@safe struct WaitQueue {
  private var first: UnsafeMutablePointer<WaitNode>?
  private var last: UnsafeMutablePointer<WaitNode>?

  var isEmpty: Bool { unsafe first == nil }

  /// What the first in line waits for; nil if nobody does.
  var nextKind: UInt32? { unsafe first?.pointee.kind }

  mutating func append(_ node: UnsafeMutablePointer<WaitNode>) {
    if let last = unsafe last {
      unsafe last.pointee.next = unsafe node
    } else {
      unsafe first = unsafe node
    }
    unsafe last = unsafe node
  }

  mutating func popFirst() -> UnsafeMutablePointer<WaitNode>? {
    guard let node = unsafe first else { return nil }
    unsafe first = unsafe node.pointee.next
    if unsafe first == nil { unsafe last = nil }
    return unsafe node
  }
}
