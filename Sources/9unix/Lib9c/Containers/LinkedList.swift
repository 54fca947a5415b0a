// LIST of queue(3): nodes leave from the middle, the head is one pointer.

/// A list from whose middle nodes leave in constant time; its head is one pointer.
///
/// Nodes stay the caller's.  Not thread-safe.  `LIST_HEAD(3)`.
@safe @frozen
public struct LinkedList<Field: DoublyLinked>: ~Copyable {
  /// The address of a node.
  public typealias Pointer = UnsafeMutablePointer<Field.Node>

  @usableFromInline var front: Pointer?

  /// The first node; nil if the list is empty.  `LIST_FIRST(3)`.
  @inlinable public var first: Pointer? { unsafe front }

  /// An empty list.  `LIST_INIT(3)`.
  @inlinable public init() { unsafe front = nil }

  /// True if there is no node.  `LIST_EMPTY(3)`.
  @inlinable public var isEmpty: Bool { unsafe first == nil }

  /// The number of nodes, which is counted: O(count).
  @inlinable public var count: Int {
    var result = 0
    unsafe forEach { _ in result += 1 }
    return result
  }

  /// Calls `body` with each node, from the first on.  `LIST_FOREACH(3)`.
  @inlinable
  public func forEach<Failure>(_ body: (Pointer) throws(Failure) -> Void) throws(Failure) {
    try unsafe Field.forEach(from: first, body)
  }

  @inlinable @inline(__always)
  static func link(_ node: Pointer) -> UnsafeMutablePointer<DoubleLink<Field.Node>> {
    unsafe Field.link(of: node)
  }

  /// Puts `node` in front.  `LIST_INSERT_HEAD(3)`.
  @inlinable
  public mutating func insertFirst(_ node: Pointer) {
    unsafe Self.link(node).pointee.next = first
    unsafe Self.link(node).pointee.previous = nil
    if let first = unsafe first { unsafe Self.link(first).pointee.previous = node }
    unsafe front = node
  }

  /// Puts `node` behind `other`, which is on the list.  `LIST_INSERT_AFTER(3)`.
  @inlinable
  public mutating func insert(_ node: Pointer, after other: Pointer) {
    let next = unsafe Self.link(other).pointee.next
    unsafe Self.link(node).pointee.next = next
    unsafe Self.link(node).pointee.previous = other
    unsafe Self.link(other).pointee.next = node
    if let next = unsafe next { unsafe Self.link(next).pointee.previous = node }
  }

  /// Puts `node` before `other`, which is on the list.  `LIST_INSERT_BEFORE(3)`.
  @inlinable
  public mutating func insert(_ node: Pointer, before other: Pointer) {
    guard let previous = unsafe Self.link(other).pointee.previous else {
      return unsafe insertFirst(node)
    }
    unsafe insert(node, after: previous)
  }

  /// Takes `node` off, which is on the list.  `LIST_REMOVE(3)`.
  @inlinable
  public mutating func remove(_ node: Pointer) {
    let next = unsafe Self.link(node).pointee.next
    let previous = unsafe Self.link(node).pointee.previous
    if let next = unsafe next { unsafe Self.link(next).pointee.previous = previous }
    if let previous = unsafe previous {
      unsafe assert(Self.link(previous).pointee.next == node, "Q2: links lead back")
      unsafe Self.link(previous).pointee.next = next
    } else {
      unsafe precondition(first == node, "Q2: only the first node of this list has none before")
      unsafe front = next
    }
  }

  /// Takes the first node off; nil if there is none.
  @inlinable @discardableResult
  public mutating func removeFirst() -> Pointer? {
    guard let node = unsafe first else { return nil }
    unsafe remove(node)
    return unsafe node
  }

  /// Puts `node` in the place of `other`, which is on the list.  `LIST_REPLACE(3)`.
  @inlinable
  public mutating func replace(_ other: Pointer, with node: Pointer) {
    unsafe insert(node, after: other)
    unsafe remove(other)
  }

  /// Moves all of `other` behind the last node: O(count).  `LIST_CONCAT(3)`.
  @inlinable
  public mutating func append(_ other: inout Self) {
    guard let start = unsafe other.first else { return }
    unsafe other.front = nil
    guard var last = unsafe first else {
      unsafe front = start
      return
    }
    while let next = unsafe Self.link(last).pointee.next { unsafe last = next }
    unsafe Self.link(last).pointee.next = start
    unsafe Self.link(start).pointee.previous = last
  }

  /// Moves what is behind `node`, which is on the list, to `rest`, which is empty.
  ///
  /// `LIST_SPLIT_AFTER(3)`.
  @inlinable
  public mutating func split(after node: Pointer, into rest: inout Self) {
    precondition(rest.isEmpty, "what is split off goes to an empty list")
    guard let next = unsafe Self.link(node).pointee.next else { return }
    unsafe rest.front = next
    unsafe Self.link(next).pointee.previous = nil
    unsafe Self.link(node).pointee.next = nil
  }
}
