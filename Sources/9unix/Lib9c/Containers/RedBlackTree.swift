// RB of tree(3): a balanced tree.  The theory is in Tree.swift, the mending in
// RedBlackTree+Balance.swift.

/// A tree of the caller's nodes in which every lookup and change takes O(log count).
///
/// Nodes stay the caller's.  Many threads may read at once.  `RB_HEAD(3)`.
@safe @frozen
public struct RedBlackTree<Field: RedBlackLinked>: ~Copyable {
  /// The address of a node.
  public typealias Pointer = UnsafeMutablePointer<Field.Node>

  @usableFromInline var top: Pointer?

  /// An empty tree.  `RB_INIT(3)`.
  @inlinable public init() { unsafe top = nil }

  /// The root; nil if the tree is empty.  `RB_ROOT(3)`.
  @inlinable public var root: Pointer? { unsafe top }

  /// True if there is no node.  `RB_EMPTY(3)`.
  @inlinable public var isEmpty: Bool { unsafe top == nil }

  /// The number of nodes, which is counted: O(count).
  @inlinable public var count: Int {
    var result = 0
    unsafe forEach { _ in result += 1 }
    return result
  }

  /// The node whose key is `key`; nil if there is none.  `RB_FIND(3)`.
  @inlinable
  public func find(_ key: Field.Key) -> Pointer? {
    var here = unsafe top
    while let node = unsafe here {
      let order = unsafe Field.compare(key, Field.key(of: node))
      if order == 0 { return unsafe node }
      unsafe here = unsafe Field.child(TreeSide(order), of: node)
    }
    return nil
  }

  /// The first node whose key is `key` or follows it; nil if all come before.  `RB_NFIND(3)`.
  @inlinable
  public func find(atLeast key: Field.Key) -> Pointer? {
    var here = unsafe top
    var best: Pointer?
    while let node = unsafe here {
      let order = unsafe Field.compare(key, Field.key(of: node))
      if order == 0 { return unsafe node }
      if order < 0 { unsafe best = node }
      unsafe here = unsafe Field.child(TreeSide(order), of: node)
    }
    return unsafe best
  }

  /// The node with the lowest key.  `RB_MIN(3)`.
  @inlinable public var first: Pointer? { unsafe outermost(.left) }

  /// The node with the highest key.  `RB_MAX(3)`.
  @inlinable public var last: Pointer? { unsafe outermost(.right) }

  @inlinable
  func outermost(_ side: TreeSide) -> Pointer? {
    guard let top = unsafe top else { return nil }
    return unsafe Field.outermost(side, below: top)
  }

  /// Puts `node` in its place, unless a node with an equal key is there.  `RB_INSERT(3)`.
  ///
  /// - Returns: the node that is there already; then `node` is not inserted.
  @inlinable @discardableResult
  public mutating func insert(_ node: Pointer) -> Pointer? {
    let key = unsafe Field.key(of: node)
    guard var parent = unsafe top else {
      unsafe Field.link(of: node).pointee = RedBlackLink()
      unsafe top = node
      return nil
    }
    while true {
      let order = unsafe Field.compare(key, Field.key(of: parent))
      if order == 0 { return unsafe parent }
      let side = TreeSide(order)
      guard let next = unsafe Field.child(side, of: parent) else {
        unsafe Field.link(of: node).pointee = RedBlackLink()
        unsafe Field.adopt(node, on: side, of: parent)
        unsafe Field.setRed(node, true)
        if unsafe Field.isRed(parent) { unsafe mendAfterInsert(node) }
        return nil
      }
      unsafe parent = next
    }
  }

  /// Takes `node` out, which is in the tree.  `RB_REMOVE(3)`.
  @inlinable
  public mutating func remove(_ node: Pointer) {
    let (hole, side, wasRed, child) = unsafe unlink(node)
    if wasRed { return }
    if let child = unsafe child, unsafe Field.isRed(child) {
      unsafe Field.setRed(child, false)
    } else if let hole = unsafe hole {
      unsafe mendAfterRemove(below: hole, on: side)
    }
  }

  /// Takes all nodes out, and calls `body` with each, which may free it: O(count), no order.
  @inlinable
  public mutating func removeAll(_ body: (Pointer) -> Void) {
    var here = unsafe top
    unsafe top = nil
    while let node = unsafe here {
      if let child = unsafe Field.child(.left, of: node) ?? Field.child(.right, of: node) {
        unsafe here = child
        continue
      }
      let parent = unsafe Field.parent(of: node)
      if let parent = unsafe parent {
        unsafe Field.setChild(nil, on: Field.side(of: node, below: parent), of: parent)
      }
      unsafe body(node)
      unsafe here = parent
    }
  }

  /// Calls `body` with each node in order; the tree does not change meanwhile.
  ///
  /// To remove on the way: `RB_FOREACH_SAFE(3)` is `Field.forEachSafe(from: tree.first)`.
  /// `RB_FOREACH(3)`.
  @inlinable
  public func forEach<Failure>(_ body: (Pointer) throws(Failure) -> Void) throws(Failure) {
    var here = unsafe first
    while let node = unsafe here {
      try unsafe body(node)
      unsafe here = unsafe Field.next(after: node)
    }
  }
}

extension RedBlackLinked {
  /// The node with the next higher key.  `RB_NEXT(3)`.
  @inlinable
  public static func next(after node: Pointer) -> Pointer? { unsafe neighbour(.right, of: node) }

  /// The node with the next lower key.  `RB_PREV(3)`.
  @inlinable
  public static func previous(before node: Pointer) -> Pointer? {
    unsafe neighbour(.left, of: node)
  }

  /// Calls `body` with each node in order from `start` on; it may remove the node and free it.
  ///
  /// The tree is not borrowed meanwhile.  `RB_FOREACH_SAFE(3)`, `RB_FOREACH_FROM(3)`.
  @inlinable
  public static func forEachSafe<Failure>(
    from start: Pointer?, _ body: (Pointer) throws(Failure) -> Void
  ) throws(Failure) {
    var here = unsafe start
    while let node = unsafe here {
      unsafe here = unsafe next(after: node)
      try unsafe body(node)
    }
  }

  /// As `forEachSafe`, from `start` back to the first.  `RB_FOREACH_REVERSE_SAFE(3)`,
  /// `RB_FOREACH_REVERSE(3)`, `RB_FOREACH_REVERSE_FROM(3)`.
  @inlinable
  public static func forEachReversedSafe<Failure>(
    from start: Pointer?, _ body: (Pointer) throws(Failure) -> Void
  ) throws(Failure) {
    var here = unsafe start
    while let node = unsafe here {
      unsafe here = unsafe previous(before: node)
      try unsafe body(node)
    }
  }
}
