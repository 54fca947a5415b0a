// STAILQ of queue(3): first in, first out, with one pointer in a node.

/// A queue whose links are one pointer: nodes come at both ends and leave at the front.
///
/// Nodes stay the caller's.  Not thread-safe.  `STAILQ_HEAD(3)`.
@safe @frozen
public struct SinglyLinkedTailQueue<Field: SinglyLinked>: ~Copyable {
  /// The address of a node.
  public typealias Pointer = UnsafeMutablePointer<Field.Node>

  @usableFromInline var front: Pointer?
  @usableFromInline var back: Pointer?

  /// The first node; nil if the queue is empty.  `STAILQ_FIRST(3)`.
  @inlinable public var first: Pointer? { unsafe front }
  /// The last node; nil if the queue is empty.  `STAILQ_LAST(3)`.
  @inlinable public var last: Pointer? { unsafe back }

  /// An empty queue.  `STAILQ_INIT(3)`.
  @inlinable public init() {
    unsafe front = nil
    unsafe back = nil
  }

  /// True if there is no node.  `STAILQ_EMPTY(3)`.
  @inlinable public var isEmpty: Bool { unsafe first == nil }

  /// The number of nodes, which is counted: O(count).
  @inlinable public var count: Int {
    var result = 0
    unsafe forEach { _ in result += 1 }
    return result
  }

  /// Calls `body` with each node, from the first on.  `STAILQ_FOREACH(3)`.
  @inlinable
  public func forEach<Failure>(_ body: (Pointer) throws(Failure) -> Void) throws(Failure) {
    try unsafe Field.forEach(from: first, body)
  }

  @inlinable @inline(__always)
  static func link(_ node: Pointer) -> UnsafeMutablePointer<SingleLink<Field.Node>> {
    unsafe Field.link(of: node)
  }

  /// Puts `node` in front.  `STAILQ_INSERT_HEAD(3)`.
  @inlinable
  public mutating func insertFirst(_ node: Pointer) {
    unsafe Self.link(node).pointee.next = first
    if unsafe first == nil { unsafe back = node }
    unsafe front = node
  }

  /// Puts `node` at the end.  `STAILQ_INSERT_TAIL(3)`.
  @inlinable
  public mutating func append(_ node: Pointer) {
    unsafe Self.link(node).pointee.next = nil
    if let last = unsafe last {
      unsafe Self.link(last).pointee.next = node
    } else {
      unsafe front = node
    }
    unsafe back = node
  }

  /// Puts `node` behind `other`, which is in the queue.  `STAILQ_INSERT_AFTER(3)`.
  @inlinable
  public mutating func insert(_ node: Pointer, after other: Pointer) {
    let next = unsafe Self.link(other).pointee.next
    unsafe Self.link(node).pointee.next = next
    unsafe Self.link(other).pointee.next = node
    if unsafe next == nil { unsafe back = node }
  }

  /// Takes the first node off; nil if there is none.  `STAILQ_REMOVE_HEAD(3)`.
  @inlinable @discardableResult
  public mutating func removeFirst() -> Pointer? {
    guard let node = unsafe first else { return nil }
    unsafe front = Self.link(node).pointee.next
    if unsafe first == nil { unsafe back = nil }
    return unsafe node
  }

  /// Takes the node behind `other` off; nil if there is none.  `STAILQ_REMOVE_AFTER(3)`.
  @inlinable @discardableResult
  public mutating func removeNext(after other: Pointer) -> Pointer? {
    guard let node = unsafe Self.link(other).pointee.next else { return nil }
    let next = unsafe Self.link(node).pointee.next
    unsafe Self.link(other).pointee.next = next
    if unsafe next == nil { unsafe back = other }
    return unsafe node
  }

  /// Takes `node` off, which is searched: O(count).  `STAILQ_REMOVE(3)`.
  ///
  /// - Returns: false if it is not in the queue.
  @inlinable @discardableResult
  public mutating func remove(_ node: Pointer) -> Bool {
    if unsafe first == node {
      unsafe removeFirst()
      return true
    }
    var here = unsafe first
    while let other = unsafe here {
      let next = unsafe Self.link(other).pointee.next
      if unsafe next == node {
        unsafe removeNext(after: other)
        return true
      }
      unsafe here = next
    }
    return false
  }

  /// Moves all of `other` to the end.  `STAILQ_CONCAT(3)`.
  @inlinable
  public mutating func append(_ other: inout Self) {
    guard let start = unsafe other.first else { return }
    if let last = unsafe last {
      unsafe Self.link(last).pointee.next = start
    } else {
      unsafe front = start
    }
    unsafe back = other.last
    unsafe other.front = nil
    unsafe other.back = nil
  }

  /// Moves what is behind `node`, which is in the queue, to `rest`, which is empty.
  ///
  /// `STAILQ_SPLIT_AFTER(3)`.
  @inlinable
  public mutating func split(after node: Pointer, into rest: inout Self) {
    precondition(rest.isEmpty, "what is split off goes to an empty queue")
    guard let next = unsafe Self.link(node).pointee.next else { return }
    unsafe rest.front = next
    unsafe rest.back = last
    unsafe Self.link(node).pointee.next = nil
    unsafe back = node
  }

  /// Turns the order around: O(count).  `STAILQ_REVERSE(3)`.
  @inlinable
  public mutating func reverse() {
    var here = unsafe first
    unsafe front = nil
    unsafe back = nil
    while let node = unsafe here {
      unsafe here = Self.link(node).pointee.next
      unsafe insertFirst(node)
    }
  }
}
