// SLIST of queue(3): the smallest list, a stack.

/// A list whose head is one pointer and whose links are one: a stack, or a chain of a hash table.
///
/// Nodes stay the caller's.  Not thread-safe.  `SLIST_HEAD(3)`.
@safe @frozen
public struct SinglyLinkedList<Field: SinglyLinked>: ~Copyable {
  /// The address of a node.
  public typealias Pointer = UnsafeMutablePointer<Field.Node>

  @usableFromInline var front: Pointer?

  /// The first node; nil if the list is empty.  `SLIST_FIRST(3)`.
  @inlinable public var first: Pointer? { unsafe front }

  /// An empty list.  `SLIST_INIT(3)`.
  @inlinable public init() { unsafe front = nil }

  /// True if there is no node.  `SLIST_EMPTY(3)`.
  @inlinable public var isEmpty: Bool { unsafe first == nil }

  /// The number of nodes, which is counted: O(count).
  @inlinable public var count: Int {
    var result = 0
    unsafe forEach { _ in result += 1 }
    return result
  }

  /// Calls `body` with each node, from the first on.  `SLIST_FOREACH(3)`.
  @inlinable
  public func forEach<Failure>(_ body: (Pointer) throws(Failure) -> Void) throws(Failure) {
    try unsafe Field.forEach(from: first, body)
  }

  @inlinable @inline(__always)
  static func link(_ node: Pointer) -> UnsafeMutablePointer<SingleLink<Field.Node>> {
    unsafe Field.link(of: node)
  }

  /// Puts `node` in front.  `SLIST_INSERT_HEAD(3)`.
  @inlinable
  public mutating func insertFirst(_ node: Pointer) {
    unsafe Self.link(node).pointee.next = first
    unsafe front = node
  }

  /// Puts `node` behind `other`, which is on the list.  `SLIST_INSERT_AFTER(3)`.
  @inlinable
  public mutating func insert(_ node: Pointer, after other: Pointer) {
    unsafe Self.link(node).pointee.next = Self.link(other).pointee.next
    unsafe Self.link(other).pointee.next = node
  }

  /// Takes the first node off; nil if there is none.  `SLIST_REMOVE_HEAD(3)`.
  @inlinable @discardableResult
  public mutating func removeFirst() -> Pointer? {
    guard let node = unsafe first else { return nil }
    unsafe front = Self.link(node).pointee.next
    return unsafe node
  }

  /// Takes the node behind `other` off; nil if there is none.  `SLIST_REMOVE_AFTER(3)`.
  @inlinable @discardableResult
  public mutating func removeNext(after other: Pointer) -> Pointer? {
    guard let node = unsafe Self.link(other).pointee.next else { return nil }
    unsafe Self.link(other).pointee.next = Self.link(node).pointee.next
    return unsafe node
  }

  /// Takes `node` off, which is searched: O(count).  `SLIST_REMOVE(3)`.
  ///
  /// - Returns: false if it is not on the list.
  @inlinable @discardableResult
  public mutating func remove(_ node: Pointer) -> Bool {
    var before: Pointer?
    var here = unsafe first
    while let other = unsafe here {
      if unsafe other == node {
        let next = unsafe Self.link(node).pointee.next
        if let before = unsafe before {
          unsafe Self.link(before).pointee.next = next
        } else {
          unsafe front = next
        }
        return true
      }
      unsafe before = other
      unsafe here = Self.link(other).pointee.next
    }
    return false
  }

  /// Takes off every node for which `isUnwanted` is true; it may free those.  O(count).
  ///
  /// `SLIST_FOREACH_PREVPTR(3)` with `SLIST_REMOVE_PREVPTR(3)`.
  @inlinable
  public mutating func removeAll<Failure>(
    where isUnwanted: (Pointer) throws(Failure) -> Bool
  ) throws(Failure) {
    var before: Pointer?
    var here = unsafe first
    while let node = unsafe here {
      let next = unsafe Self.link(node).pointee.next
      unsafe here = next
      if try unsafe !isUnwanted(node) {
        unsafe before = node
      } else if let before = unsafe before {
        unsafe Self.link(before).pointee.next = next
      } else {
        unsafe front = next
      }
    }
  }

  /// Moves all of `other` behind the last node: O(count).  `SLIST_CONCAT(3)`.
  @inlinable
  public mutating func append(_ other: inout Self) {
    if var last = unsafe first {
      while let next = unsafe Self.link(last).pointee.next { unsafe last = next }
      unsafe Self.link(last).pointee.next = other.first
    } else {
      unsafe front = other.first
    }
    unsafe other.front = nil
  }

  /// Moves what is behind `node`, which is on the list, to `rest`, which is empty.
  ///
  /// `SLIST_SPLIT_AFTER(3)`.
  @inlinable
  public mutating func split(after node: Pointer, into rest: inout Self) {
    precondition(rest.isEmpty, "what is split off goes to an empty list")
    unsafe rest.front = Self.link(node).pointee.next
    unsafe Self.link(node).pointee.next = nil
  }
}
