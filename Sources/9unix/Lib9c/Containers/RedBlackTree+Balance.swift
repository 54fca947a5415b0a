// How a red-black tree keeps its balance.  The invariants are those of Tree.swift.

/// One of the two children of a node, as the index of its pointer in the link.
@frozen @usableFromInline
struct TreeSide: Equatable {
  @usableFromInline let index: Int

  @inlinable @inline(__always) init(index: Int) { self.index = index }

  /// The side on which a key lies that compares by `order` to a node's.
  @inlinable @inline(__always) init(_ order: Int) { index = order < 0 ? 0 : 1 }

  @inlinable static var left: TreeSide { @inline(__always) get { TreeSide(index: 0) } }
  @inlinable static var right: TreeSide { @inline(__always) get { TreeSide(index: 1) } }
  @inlinable var other: TreeSide { @inline(__always) get { TreeSide(index: 1 &- index) } }
}

extension RedBlackLinked {
  /// The address of the pointer to a child: `left` and `right` are an array of two.
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

  @inlinable @inline(__always)
  static func parent(of node: Pointer) -> Pointer? {
    unsafe Pointer(bitPattern: link(of: node).pointee.parentBits & ~1)
  }

  /// Makes `parent` the parent of `node`, whose colour stays.
  @inlinable @inline(__always)
  static func setParent(_ parent: Pointer?, of node: Pointer) {
    let colour = unsafe link(of: node).pointee.parentBits & 1
    unsafe link(of: node).pointee.parentBits = UInt(bitPattern: parent) | colour
  }

  @inlinable @inline(__always)
  static func isRed(_ node: Pointer) -> Bool { unsafe link(of: node).pointee.parentBits & 1 == 1 }

  /// A missing child is black.
  @inlinable @inline(__always)
  static func isRed(_ node: Pointer?) -> Bool {
    guard let node = unsafe node else { return false }
    return unsafe isRed(node)
  }

  @inlinable @inline(__always)
  static func setRed(_ node: Pointer, _ red: Bool) {
    let parent = unsafe link(of: node).pointee.parentBits & ~1
    unsafe link(of: node).pointee.parentBits = parent | (red ? 1 : 0)
  }

  /// The side of `parent` on which `node` hangs.
  @inlinable @inline(__always)
  static func side(of node: Pointer, below parent: Pointer) -> TreeSide {
    unsafe child(.right, of: parent) == node ? .right : .left
  }

  /// Hangs `node` on `side` of `parent`.
  @inlinable @inline(__always)
  static func adopt(_ node: Pointer, on side: TreeSide, of parent: Pointer) {
    unsafe setChild(node, on: side, of: parent)
    unsafe setParent(parent, of: node)
  }

  /// The outermost node on `side`, `node` itself included.
  @inlinable
  static func outermost(_ side: TreeSide, below node: Pointer) -> Pointer {
    var node = unsafe node
    while let child = unsafe child(side, of: node) { unsafe node = child }
    return unsafe node
  }

  /// The next node in order, to the right or to the left.
  @inlinable
  static func neighbour(_ side: TreeSide, of node: Pointer) -> Pointer? {
    if let child = unsafe child(side, of: node) {
      return unsafe outermost(side.other, below: child)
    }
    var node = unsafe node
    while let parent = unsafe parent(of: node) {
      if unsafe Self.child(side, of: parent) != node { return unsafe parent }
      unsafe node = parent
    }
    return nil
  }
}

extension RedBlackTree {
  /// Puts `node`, or nothing, in the place of `old` below `parent`; nil is above the root.
  @inlinable @inline(__always)
  mutating func replace(_ old: Pointer, with node: Pointer?, below parent: Pointer?) {
    if let parent = unsafe parent {
      unsafe Field.setChild(node, on: Field.side(of: old, below: parent), of: parent)
    } else {
      unsafe top = node
    }
    if let node = unsafe node { unsafe Field.setParent(parent, of: node) }
  }

  /// Moves `node` down to `side`; its child on the other side, `child`, takes its place.
  @inlinable
  mutating func rotate(_ node: Pointer, to side: TreeSide, under child: Pointer) {
    let inner = unsafe Field.child(side, of: child)
    unsafe replace(node, with: child, below: Field.parent(of: node))
    unsafe Field.adopt(node, on: side, of: child)
    unsafe Field.setChild(inner, on: side.other, of: node)
    if let inner = unsafe inner { unsafe Field.setParent(node, of: inner) }
  }

  /// Restores R2, which the red node `fresh` alone may break, and R1.
  @inlinable
  mutating func mendAfterInsert(_ fresh: Pointer) {
    var node = unsafe fresh
    while var parent = unsafe Field.parent(of: node), unsafe Field.isRed(parent) {
      guard let above = unsafe Field.parent(of: parent) else {
        unsafe Field.setRed(parent, false)  // R1: a red root becomes black
        return
      }
      let side = unsafe Field.side(of: parent, below: above)
      if let uncle = unsafe Field.child(side.other, of: above), unsafe Field.isRed(uncle) {
        unsafe Field.setRed(parent, false)
        unsafe Field.setRed(uncle, false)
        unsafe Field.setRed(above, true)
        unsafe node = above
        continue
      }
      if unsafe Field.child(side.other, of: parent) == node {
        unsafe rotate(parent, to: side, under: node)
        unsafe parent = node
      }
      unsafe Field.setRed(parent, false)
      unsafe Field.setRed(above, true)
      unsafe rotate(above, to: side.other, under: parent)
      return
    }
    if unsafe Field.parent(of: node) == nil { unsafe Field.setRed(node, false) }
  }

  /// Takes `node` out of the links.
  ///
  /// - Returns: where a node is missing now (below `hole`, nil above the root, on `side`), the
  ///   colour that is missing there, and the child that hangs there.
  @inlinable
  mutating func unlink(
    _ node: Pointer
  ) -> (hole: Pointer?, side: TreeSide, wasRed: Bool, child: Pointer?) {
    let parent = unsafe Field.parent(of: node)
    guard let left = unsafe Field.child(.left, of: node),
      let right = unsafe Field.child(.right, of: node)
    else {
      let child = unsafe Field.child(.left, of: node) ?? Field.child(.right, of: node)
      let side = unsafe parent.map { unsafe Field.side(of: node, below: $0) } ?? .left
      let wasRed = unsafe Field.isRed(node)
      unsafe replace(node, with: child, below: parent)
      return unsafe (parent, side, wasRed, child)
    }
    // The next node, which has no left child, leaves its place and takes that of `node`.
    let heir = unsafe Field.outermost(.left, below: right)
    let child = unsafe Field.child(.right, of: heir)
    let wasRed = unsafe Field.isRed(heir)
    var hole = unsafe heir
    var side = TreeSide.right
    if unsafe heir != right, let place = unsafe Field.parent(of: heir) {
      unsafe hole = place
      side = .left
      unsafe Field.setChild(child, on: .left, of: place)
      if let child = unsafe child { unsafe Field.setParent(place, of: child) }
      unsafe Field.adopt(right, on: .right, of: heir)
    }
    unsafe Field.adopt(left, on: .left, of: heir)
    unsafe replace(node, with: heir, below: parent)
    unsafe Field.setRed(heir, Field.isRed(node))
    return unsafe (hole, side, wasRed, child)
  }

  /// Restores R3: the ways through `side` of `hole` are one black node short.
  @inlinable
  mutating func mendAfterRemove(below hole: Pointer, on side: TreeSide) {
    var parent = unsafe hole
    var side = side
    while true {
      let far = side.other
      // R3: who has a black node too few has a sibling.
      guard var sibling = unsafe Field.child(far, of: parent) else { return }
      if unsafe Field.isRed(sibling) {
        unsafe Field.setRed(sibling, false)
        unsafe Field.setRed(parent, true)
        unsafe rotate(parent, to: side, under: sibling)
        guard let next = unsafe Field.child(far, of: parent) else { return }
        unsafe sibling = next
      }
      if let outer = unsafe Field.child(far, of: sibling), unsafe Field.isRed(outer) {
        unsafe Field.setRed(sibling, Field.isRed(parent))
        unsafe Field.setRed(parent, false)
        unsafe Field.setRed(outer, false)
        return unsafe rotate(parent, to: side, under: sibling)
      }
      if let inner = unsafe Field.child(side, of: sibling), unsafe Field.isRed(inner) {
        unsafe Field.setRed(inner, Field.isRed(parent))
        unsafe Field.setRed(parent, false)
        unsafe rotate(sibling, to: far, under: inner)
        return unsafe rotate(parent, to: side, under: inner)
      }
      unsafe Field.setRed(sibling, true)
      if unsafe Field.isRed(parent) {
        unsafe Field.setRed(parent, false)
        return
      }
      guard let above = unsafe Field.parent(of: parent) else { return }
      side = unsafe Field.side(of: parent, below: above)
      unsafe parent = above
    }
  }

  /// The name of an invariant that does not hold, or nil.  O(count); for tests.
  public func brokenInvariant() -> String? {
    guard let top = unsafe top else { return nil }
    if unsafe Field.isRed(top) { return "R1: the root is black" }
    if unsafe Field.parent(of: top) != nil { return "R4: the root has no parent" }
    var height: Int?
    var before: Pointer?
    var broken: String?
    unsafe forEach { node in
      if let before = unsafe before,
        unsafe Field.compare(Field.key(of: before), Field.key(of: node)) >= 0
      {
        broken = "T1: keys ascend"
      }
      unsafe before = node
      for side in [TreeSide.left, .right] {
        if let child = unsafe Field.child(side, of: node) {
          if unsafe Field.parent(of: child) != node { broken = "R4: links lead back" }
          if unsafe Field.isRed(node) && Field.isRed(child) { broken = "R2: no red below red" }
        } else {
          let black = unsafe Self.blackNodes(from: node)
          if let height, height != black { broken = "R3: every way has as many black nodes" }
          height = black
        }
      }
    }
    return broken
  }

  private static func blackNodes(from node: Pointer) -> Int {
    var count = 0
    var here: Pointer? = unsafe node
    while let node = unsafe here {
      if unsafe !Field.isRed(node) { count += 1 }
      unsafe here = unsafe Field.parent(of: node)
    }
    return count
  }
}
