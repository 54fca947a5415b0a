// TAILQ of queue(3): everything in constant time, at both ends and in the middle.

/// A queue in which every operation takes constant time, at both ends and in the middle.
///
/// Nodes stay the caller's.  Not thread-safe.  `TAILQ_HEAD(3)`.
@safe @frozen
public struct TailQueue<Field: DoublyLinked>: ~Copyable {
  /// The address of a node.
  public typealias Pointer = UnsafeMutablePointer<Field.Node>

  @usableFromInline var front: Pointer?
  @usableFromInline var back: Pointer?

  /// The first node; nil if the queue is empty.  `TAILQ_FIRST(3)`.
  @inlinable public var first: Pointer? { unsafe front }
  /// The last node; nil if the queue is empty.  `TAILQ_LAST(3)`.
  @inlinable public var last: Pointer? { unsafe back }

  /// An empty queue.  `TAILQ_INIT(3)`.
  @inlinable public init() {
    unsafe front = nil
    unsafe back = nil
  }

  /// True if there is no node.  `TAILQ_EMPTY(3)`.
  @inlinable public var isEmpty: Bool { unsafe first == nil }

  /// The number of nodes, which is counted: O(count).
  @inlinable public var count: Int {
    var result = 0
    unsafe forEach { _ in result += 1 }
    return result
  }

  /// Calls `body` with each node, from the first on.  `TAILQ_FOREACH(3)`.
  @inlinable
  public func forEach<Failure>(_ body: (Pointer) throws(Failure) -> Void) throws(Failure) {
    try unsafe Field.forEach(from: first, body)
  }

  /// Calls `body` with each node, from the last on.  `TAILQ_FOREACH_REVERSE(3)`.
  @inlinable
  public func forEachReversed<Failure>(
    _ body: (Pointer) throws(Failure) -> Void
  ) throws(Failure) {
    try unsafe Field.forEachReversed(from: last, body)
  }

  @inlinable @inline(__always)
  static func link(_ node: Pointer) -> UnsafeMutablePointer<DoubleLink<Field.Node>> {
    unsafe Field.link(of: node)
  }

  /// Makes `next` follow `previous`; nil stands for the end that it would be.
  @inlinable @inline(__always)
  mutating func join(_ previous: Pointer?, _ next: Pointer?) {
    if let previous = unsafe previous {
      unsafe Self.link(previous).pointee.next = next
    } else {
      unsafe front = next
    }
    if let next = unsafe next {
      unsafe Self.link(next).pointee.previous = previous
    } else {
      unsafe back = previous
    }
  }

  /// Puts `node` in front.  `TAILQ_INSERT_HEAD(3)`.
  @inlinable
  public mutating func insertFirst(_ node: Pointer) {
    let next = unsafe first
    unsafe join(nil, node)
    unsafe join(node, next)
  }

  /// Puts `node` at the end.  `TAILQ_INSERT_TAIL(3)`.
  @inlinable
  public mutating func append(_ node: Pointer) {
    let previous = unsafe last
    unsafe join(previous, node)
    unsafe join(node, nil)
  }

  /// Puts `node` behind `other`, which is in the queue.  `TAILQ_INSERT_AFTER(3)`.
  @inlinable
  public mutating func insert(_ node: Pointer, after other: Pointer) {
    let next = unsafe Self.link(other).pointee.next
    unsafe join(other, node)
    unsafe join(node, next)
  }

  /// Puts `node` before `other`, which is in the queue.  `TAILQ_INSERT_BEFORE(3)`.
  @inlinable
  public mutating func insert(_ node: Pointer, before other: Pointer) {
    let previous = unsafe Self.link(other).pointee.previous
    unsafe join(node, other)
    unsafe join(previous, node)
  }

  /// Takes `node` off, which is in the queue.  `TAILQ_REMOVE(3)`.
  @inlinable
  public mutating func remove(_ node: Pointer) {
    let next = unsafe Self.link(node).pointee.next
    let previous = unsafe Self.link(node).pointee.previous
    unsafe precondition(previous != nil || first == node, "Q2: the node is of this queue")
    unsafe precondition(next != nil || last == node, "Q2: the node is of this queue")
    unsafe join(previous, next)
  }

  /// Takes the first node off; nil if there is none.
  @inlinable @discardableResult
  public mutating func removeFirst() -> Pointer? {
    guard let node = unsafe first else { return nil }
    unsafe remove(node)
    return unsafe node
  }

  /// Takes the last node off; nil if there is none.
  @inlinable @discardableResult
  public mutating func removeLast() -> Pointer? {
    guard let node = unsafe last else { return nil }
    unsafe remove(node)
    return unsafe node
  }

  /// Puts `node` in the place of `other`, which is in the queue.  `TAILQ_REPLACE(3)`.
  @inlinable
  public mutating func replace(_ other: Pointer, with node: Pointer) {
    unsafe insert(node, after: other)
    unsafe remove(other)
  }

  /// Moves all of `other` to the end.  `TAILQ_CONCAT(3)`.
  @inlinable
  public mutating func append(_ other: inout Self) {
    guard let start = unsafe other.first else { return }
    let end = unsafe other.last
    unsafe join(last, start)
    unsafe back = end
    unsafe other.front = nil
    unsafe other.back = nil
  }

  /// Moves what is behind `node`, which is in the queue, to `rest`, which is empty.
  ///
  /// `TAILQ_SPLIT_AFTER(3)`.
  @inlinable
  public mutating func split(after node: Pointer, into rest: inout Self) {
    precondition(rest.isEmpty, "what is split off goes to an empty queue")
    guard let next = unsafe Self.link(node).pointee.next else { return }
    unsafe rest.front = next
    unsafe rest.back = last
    unsafe Self.link(next).pointee.previous = nil
    unsafe Self.link(node).pointee.next = nil
    unsafe back = node
  }
}
