// A red-black tree: theory of operation.
//
// Problem.  A search tree whose keys come in order becomes a list.
//
// Shape.  Nodes are red or black.  Slot 0 is every missing child, and also the parent of the
// root, which hangs on its left: no rotation and no loop asks whether it has come to an edge.
// Left and right are a value, `Side`, so that each case is written once and not mirrored.
//
// Invariants.
//   R1  Slot 0 is black, and so is the root.
//   R2  A red node has no red child.
//   R3  Every way from the root to a missing child meets the same number of black nodes.
//   R4  Keys ascend from left to right.
//   R5  The parent of a node's child is that node.  Slot 0's own parent is scratch.
//   R6  `count` is the number of nodes that can be reached.
// So no path is longer than 2·log2(count + 1), and a lookup only reads.
//
// Rejected.  No parent links and a stack of the path: 16 bytes a node instead of 24, but every
// lookup of an update then writes its path down.

/// A balanced tree in which a lookup costs O(log count) at worst.
struct RedBlackTree: ~Copyable, SearchTree {
  static var name: String { "red-black" }

  fileprivate enum Side {
    case left, right
    var other: Side { self == .left ? .right : .left }
  }

  fileprivate struct Node: PoolNode {
    var key: UInt64 = 0
    var parent = none
    var left = none
    var right = none
    var isRed = false

    subscript(_ side: Side) -> Slot {
      @inline(__always) get { side == .left ? left : right }
      @inline(__always) set { if side == .left { left = newValue } else { right = newValue } }
    }
  }

  private var pool: NodePool<Node>
  private(set) var count = 0

  init(capacity: Int) { pool = NodePool(capacity: capacity) }

  mutating func insert(_ key: UInt64) -> Bool {
    var parent = none
    var side = Side.left
    do {
      let nodes = pool.nodes.span
      var slot = nodes[Int(none)].left
      while slot != none {
        let here = nodes[Int(slot)].key
        if here == key { return false }
        side = key < here ? .left : .right
        parent = slot
        slot = nodes[Int(slot)][side]
      }
    }
    let slot = pool.take()
    var nodes = pool.nodes.mutableSpan
    nodes[Int(slot)] = Node(key: key, parent: parent, isRed: true)
    nodes[Int(parent)][side] = slot
    Self.mendAfterInsert(slot, in: &nodes)
    count += 1
    return true
  }

  mutating func contains(_ key: UInt64) -> Bool {
    Self.find(key, in: pool.nodes.span) != none
  }

  mutating func remove(_ key: UInt64) -> Bool {
    let found = Self.find(key, in: pool.nodes.span)
    if found == none { return false }
    var nodes = pool.nodes.mutableSpan
    var victim = found
    if nodes[Int(found)].left != none && nodes[Int(found)].right != none {
      // The next key moves here, and its node, which has no left child, goes instead.
      victim = nodes[Int(found)].right
      while nodes[Int(victim)].left != none { victim = nodes[Int(victim)].left }
      nodes[Int(found)].key = nodes[Int(victim)].key
    }
    Self.unlink(victim, in: &nodes)
    pool.giveBack(victim)
    count -= 1
    return true
  }
}

extension RedBlackTree {
  private static func find(_ key: UInt64, in nodes: Span<Node>) -> Slot {
    var slot = nodes[Int(none)].left
    while slot != none {
      let here = nodes[Int(slot)].key
      if here == key { return slot }
      slot = nodes[Int(slot)][key < here ? .left : .right]
    }
    return none
  }

  /// The side of its parent on which `slot` hangs; left for the root.
  @inline(__always)
  private static func side(of slot: Slot, in nodes: borrowing MutableSpan<Node>) -> Side {
    nodes[Int(nodes[Int(slot)].parent)].right == slot ? .right : .left
  }

  /// Moves `slot` down to `side`; its child on the other side takes its place.
  private static func rotate(_ slot: Slot, to side: Side, in nodes: inout MutableSpan<Node>) {
    let child = nodes[Int(slot)][side.other]
    let inner = nodes[Int(child)][side]
    let parent = nodes[Int(slot)].parent
    assert(child != none, "a missing child cannot rise")
    nodes[Int(parent)][Self.side(of: slot, in: nodes)] = child
    nodes[Int(child)].parent = parent
    nodes[Int(child)][side] = slot
    nodes[Int(slot)].parent = child
    nodes[Int(slot)][side.other] = inner
    nodes[Int(inner)].parent = slot
  }

  /// Restores R2, broken by the new red node `slot` alone, and R1.
  private static func mendAfterInsert(_ slot: Slot, in nodes: inout MutableSpan<Node>) {
    var slot = slot
    while true {
      var parent = nodes[Int(slot)].parent
      if !nodes[Int(parent)].isRed { break }
      let above = nodes[Int(parent)].parent
      assert(above != none, "R1: a red node is not the root")
      let side = Self.side(of: parent, in: nodes)
      let uncle = nodes[Int(above)][side.other]
      if nodes[Int(uncle)].isRed {
        nodes[Int(parent)].isRed = false
        nodes[Int(uncle)].isRed = false
        nodes[Int(above)].isRed = true
        slot = above
        continue
      }
      if nodes[Int(parent)][side.other] == slot {
        rotate(parent, to: side, in: &nodes)
        parent = slot
      }
      nodes[Int(parent)].isRed = false
      nodes[Int(above)].isRed = true
      rotate(above, to: side.other, in: &nodes)
      break
    }
    nodes[Int(nodes[Int(none)].left)].isRed = false
  }

  /// Takes `victim`, which has one child at most, out of the tree.
  private static func unlink(_ victim: Slot, in nodes: inout MutableSpan<Node>) {
    let left = nodes[Int(victim)].left
    let child = left != none ? left : nodes[Int(victim)].right
    let parent = nodes[Int(victim)].parent
    let side = Self.side(of: victim, in: nodes)
    assert(left == none || nodes[Int(victim)].right == none, "a node with two children stays")
    nodes[Int(parent)][side] = child
    nodes[Int(child)].parent = parent
    if nodes[Int(victim)].isRed { return }
    if nodes[Int(child)].isRed {
      nodes[Int(child)].isRed = false
    } else {
      mendAfterRemove(below: parent, on: side, in: &nodes)
    }
  }

  /// Restores R3: the ways through `side` of `parent` are one black node short.
  private static func mendAfterRemove(
    below parent: Slot, on side: Side, in nodes: inout MutableSpan<Node>
  ) {
    var parent = parent
    var side = side
    while parent != none {
      let far = side.other
      var sibling = nodes[Int(parent)][far]
      if nodes[Int(sibling)].isRed {
        nodes[Int(sibling)].isRed = false
        nodes[Int(parent)].isRed = true
        rotate(parent, to: side, in: &nodes)
        sibling = nodes[Int(parent)][far]
      }
      assert(sibling != none, "R3: who has a black node too few has a sibling")
      let wasRed = nodes[Int(parent)].isRed
      let outer = nodes[Int(sibling)][far]
      let inner = nodes[Int(sibling)][side]
      if nodes[Int(outer)].isRed {
        nodes[Int(sibling)].isRed = wasRed
        nodes[Int(parent)].isRed = false
        nodes[Int(outer)].isRed = false
        return rotate(parent, to: side, in: &nodes)
      }
      if nodes[Int(inner)].isRed {
        nodes[Int(inner)].isRed = wasRed
        nodes[Int(parent)].isRed = false
        rotate(sibling, to: far, in: &nodes)
        return rotate(parent, to: side, in: &nodes)
      }
      nodes[Int(sibling)].isRed = true
      if wasRed {
        nodes[Int(parent)].isRed = false
        return
      }
      side = Self.side(of: parent, in: nodes)
      parent = nodes[Int(parent)].parent
    }
  }
}

extension RedBlackTree {
  func brokenInvariant() -> String? {
    let nodes = pool.nodes
    let root = nodes[Int(none)].left
    if nodes[Int(none)].isRed || nodes[Int(root)].isRed || nodes[Int(none)].right != none {
      return "R1: slot 0 and the root are black"
    }
    var reached = 0
    var last: UInt64?
    do throws(Broken) {
      _ = try Self.blackHeight(of: root, in: nodes, reached: &reached, last: &last)
    } catch {
      return error.rule
    }
    return reached == count ? nil : "R6: count is what can be reached"
  }

  private struct Broken: Error {
    let rule: String
  }

  /// Walks the nodes below `slot` in order and says how many of them are black on every way.
  private static func blackHeight(
    of slot: Slot, in nodes: [Node], reached: inout Int, last: inout UInt64?
  ) throws(Broken) -> Int {
    if slot == none { return 0 }
    let node = nodes[Int(slot)]
    for child in [node.left, node.right] where child != none {
      if node.isRed && nodes[Int(child)].isRed { throw Broken(rule: "R2: red has no red child") }
      if nodes[Int(child)].parent != slot { throw Broken(rule: "R5: links lead back") }
    }
    let left = try blackHeight(of: node.left, in: nodes, reached: &reached, last: &last)
    if let last, last >= node.key { throw Broken(rule: "R4: keys ascend") }
    last = node.key
    reached += 1
    if reached >= nodes.count { throw Broken(rule: "R6: no circles") }
    let right = try blackHeight(of: node.right, in: nodes, reached: &reached, last: &last)
    if left != right { throw Broken(rule: "R3: every way has as many black nodes") }
    return left + (node.isRed ? 0 : 1)
  }
}
