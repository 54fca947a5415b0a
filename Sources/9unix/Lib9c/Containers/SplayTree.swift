// SPLAY of tree(3): a tree that learns.
//
// Each operation first *splays* its key: it walks down from the root, cuts what it passes into
// two trees, of lower and of higher keys, turning every second step on the way, and makes what
// it ends at the root of all:
//
//            root                        end
//           /    \        splay         /   \
//        ...      ...    ------>    lower   higher
//
// So what is asked for often is near the root, and no balance is stored.

/// A tree of the caller's nodes in which what is asked for moves to the root.
///
/// A call takes O(log count) on average over many calls, O(count) at worst.  Even looking
/// something up changes the tree.  Nodes stay the caller's.  Not thread-safe.  `SPLAY_HEAD(3)`.
@safe @frozen
public struct SplayTree<Field: SplayLinked>: ~Copyable {
  /// The address of a node.
  public typealias Pointer = UnsafeMutablePointer<Field.Node>

  @usableFromInline var top: Pointer?

  /// An empty tree.  `SPLAY_INIT(3)`.
  @inlinable public init() { unsafe top = nil }

  /// The root; nil if the tree is empty.  `SPLAY_ROOT(3)`.
  @inlinable public var root: Pointer? { unsafe top }

  /// True if there is no node.  `SPLAY_EMPTY(3)`.
  @inlinable public var isEmpty: Bool { unsafe top == nil }

  /// The node whose key is `key`, which becomes the root; nil if there is none.  `SPLAY_FIND(3)`.
  @inlinable
  public mutating func find(_ key: Field.Key) -> Pointer? {
    unsafe splay(key) == 0 ? top : nil
  }

  /// The first node whose key is `key` or follows it; nil if all come before.
  @inlinable
  public mutating func find(atLeast key: Field.Key) -> Pointer? {
    let order = splay(key)
    guard let node = unsafe top else { return nil }
    return unsafe order <= 0 ? node : Field.outermost(.left, below: Field.child(.right, of: node))
  }

  /// The node with the lowest key, which becomes the root.  `SPLAY_MIN(3)`.
  @inlinable
  public mutating func min() -> Pointer? {
    unsafe splay { _ in -1 }
    return unsafe top
  }

  /// The node with the highest key, which becomes the root.  `SPLAY_MAX(3)`.
  @inlinable
  public mutating func max() -> Pointer? {
    unsafe splay { _ in 1 }
    return unsafe top
  }

  /// The node with the next higher key; `node` becomes the root.  `SPLAY_NEXT(3)`.
  @inlinable
  public mutating func next(after node: Pointer) -> Pointer? {
    unsafe splay(Field.key(of: node))
    return unsafe Field.outermost(.left, below: Field.child(.right, of: node))
  }

  /// The node with the next lower key; `node` becomes the root.  `SPLAY_PREV`, which C lacks.
  @inlinable
  public mutating func previous(before node: Pointer) -> Pointer? {
    unsafe splay(Field.key(of: node))
    return unsafe Field.outermost(.right, below: Field.child(.left, of: node))
  }

  /// Makes `node` the root, unless a node with an equal key is there.  `SPLAY_INSERT(3)`.
  ///
  /// - Returns: the node that is there already; then `node` is not inserted.
  @inlinable @discardableResult
  public mutating func insert(_ node: Pointer) -> Pointer? {
    let order = unsafe splay(Field.key(of: node))
    unsafe Field.link(of: node).pointee = SplayLink()
    if let root = unsafe top {
      if order == 0 { return unsafe root }
      let side = order < 0 ? TreeSide.left : .right
      unsafe Field.setChild(Field.child(side, of: root), on: side, of: node)
      unsafe Field.setChild(root, on: side.other, of: node)
      unsafe Field.setChild(nil, on: side, of: root)
    }
    unsafe top = node
    return nil
  }

  /// Takes `node` out, which is in the tree.  `SPLAY_REMOVE(3)`.
  @inlinable
  public mutating func remove(_ node: Pointer) {
    let key = unsafe Field.key(of: node)
    splay(key)
    unsafe precondition(top == node, "T1: the node is of this tree")
    let right = unsafe Field.child(.right, of: node)
    unsafe top = unsafe Field.child(.left, of: node)
    guard unsafe top != nil else {
      unsafe top = right
      return
    }
    splay(key)
    if let root = unsafe top { unsafe Field.setChild(right, on: .right, of: root) }
  }

  /// Calls `body` with each node in order; the tree does not change meanwhile.
  ///
  /// Unlike `SPLAY_FOREACH(3)` it leaves the shape alone.  O(count) for all, O(depth) memory.
  @inlinable
  public func forEach<Failure>(_ body: (Pointer) throws(Failure) -> Void) throws(Failure) {
    var waiting: [Pointer] = unsafe []
    var here = unsafe top
    while true {
      while let node = unsafe here {
        unsafe waiting.append(node)
        unsafe here = unsafe Field.child(.left, of: node)
      }
      guard let node = unsafe waiting.popLast() else { return }
      unsafe here = unsafe Field.child(.right, of: node)
      try unsafe body(node)
    }
  }
}

extension SplayTree {
  /// Splays `key`, and says how it compares to the root's.
  @inlinable @discardableResult
  mutating func splay(_ key: Field.Key) -> Int {
    unsafe splay { node in unsafe Field.compare(key, Field.key(of: node)) }
    guard let top = unsafe top else { return -1 }
    return unsafe Field.compare(key, Field.key(of: top))
  }

  /// Makes the node at the end of the way that `order` shows the root.
  ///
  /// - Parameter order: negative for the left, positive for the right, zero for here.
  @inlinable
  mutating func splay(_ order: (Pointer) -> Int) {
    guard var node = unsafe top else { return }
    // The two trees of what was passed, [lower, higher], and the node on which they grow.
    var roots: (lower: Pointer?, higher: Pointer?) = (nil, nil)
    var ends: (lower: Pointer?, higher: Pointer?) = (nil, nil)
    while true {
      let turn = unsafe order(node)
      if turn == 0 { break }
      let side = turn < 0 ? TreeSide.left : .right
      guard var child = unsafe Field.child(side, of: node) else { break }
      let next = unsafe order(child)
      if (next < 0 && side == .left) || (next > 0 && side == .right) {
        // Twice the same way: turn, so that a long way becomes half as long.
        unsafe Field.setChild(Field.child(side.other, of: child), on: side, of: node)
        unsafe Field.setChild(node, on: side.other, of: child)
        unsafe node = child
        guard let beyond = unsafe Field.child(side, of: node) else { break }
        unsafe child = beyond
      }
      // What we leave to the left is higher than the key, and grows to the left.
      if side == .left {
        unsafe Self.grow(&roots.higher, &ends.higher, with: node, on: .left)
      } else {
        unsafe Self.grow(&roots.lower, &ends.lower, with: node, on: .right)
      }
      unsafe node = child
    }
    unsafe Self.grow(&roots.lower, &ends.lower, with: Field.child(.left, of: node), on: .right)
    unsafe Self.grow(&roots.higher, &ends.higher, with: Field.child(.right, of: node), on: .left)
    unsafe Field.setChild(roots.lower, on: .left, of: node)
    unsafe Field.setChild(roots.higher, on: .right, of: node)
    unsafe top = node
  }

  /// Hangs `node` on `side` of the end of a tree, which it becomes.
  @inlinable @inline(__always)
  static func grow(
    _ root: inout Pointer?, _ end: inout Pointer?, with node: Pointer?, on side: TreeSide
  ) {
    if let end = unsafe end {
      unsafe Field.setChild(node, on: side, of: end)
    } else {
      unsafe root = node
    }
    unsafe end = node
  }
}

extension SplayLinked {
  @inlinable @inline(__always)
  static func childPlace(_ side: TreeSide, of node: Pointer) -> UnsafeMutablePointer<Pointer?> {
    unsafe UnsafeMutableRawPointer(link(of: node))
      .assumingMemoryBound(to: Optional<Pointer>.self) + side.index
  }

  @inlinable @inline(__always)
  static func child(_ side: TreeSide, of node: Pointer) -> Pointer? {
    unsafe childPlace(side, of: node).pointee
  }

  @inlinable @inline(__always)
  static func setChild(_ child: Pointer?, on side: TreeSide, of node: Pointer) {
    unsafe childPlace(side, of: node).pointee = child
  }

  /// The outermost node on `side`, `node` itself included; nil below nothing.
  @inlinable
  static func outermost(_ side: TreeSide, below node: Pointer?) -> Pointer? {
    guard var node = unsafe node else { return nil }
    while let child = unsafe child(side, of: node) { unsafe node = child }
    return unsafe node
  }
}
