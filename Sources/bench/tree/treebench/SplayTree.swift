// A splay tree: theory of operation.
//
// Problem.  Lookups are seldom even: a few keys are asked for again and again, and a balanced
// tree makes each of them pay for the whole set.
//
// Shape.  Every operation brings its key to the root, and halves the depth of what it passes.
// The splaying is from the top down: the tree is taken apart on the way to the key; what is
// smaller than the key hangs on the right of the left heap, what is greater on the left of the
// right heap, and at the end the two become the children of the node that was found.  Slot 0
// holds the two heaps meanwhile, which is why it starts and ends empty.
//
// Invariants.
//   S1  Keys ascend from left to right.
//   S2  `count` is the number of nodes that can be reached.
//   S3  After an operation on a key in the set, that key is the root.
//
// Cost.  O(log count) amortised, and less where few keys are popular; but one operation may
// cost O(count), and a lookup writes.

/// A tree in which what was asked for lately is near.
struct SplayTree: ~Copyable, SearchTree {
  static var name: String { "splay" }

  fileprivate struct Node: PoolNode {
    var key: UInt64 = 0
    var left = none
    var right = none
  }

  private var pool: NodePool<Node>
  private var root = none
  private(set) var count = 0

  init(capacity: Int) { pool = NodePool(capacity: capacity) }

  mutating func insert(_ key: UInt64) -> Bool {
    if contains(key) { return false }
    let slot = pool.take()
    let old = root
    root = slot
    count += 1
    var nodes = pool.nodes.mutableSpan
    var node = Node(key: key)
    if old != none && key < nodes[Int(old)].key {
      node.left = nodes[Int(old)].left
      node.right = old
      nodes[Int(old)].left = none
    } else if old != none {
      node.right = nodes[Int(old)].right
      node.left = old
      nodes[Int(old)].right = none
    }
    nodes[Int(slot)] = node
    return true
  }

  mutating func contains(_ key: UInt64) -> Bool {
    if root == none { return false }
    root = Self.splay(key, below: root, in: &pool.nodes)
    return pool.nodes[Int(root)].key == key
  }

  mutating func remove(_ key: UInt64) -> Bool {
    if !contains(key) { return false }
    let victim = root
    let left = pool.nodes[Int(victim)].left
    let right = pool.nodes[Int(victim)].right
    if left == none {
      root = right
    } else {
      root = Self.splay(key, below: left, in: &pool.nodes)
      assert(pool.nodes[Int(root)].right == none, "S1: the greatest key has none on its right")
      pool.nodes[Int(root)].right = right
    }
    pool.giveBack(victim)
    count -= 1
    return true
  }

  /// Brings `key`, or one of its neighbours, to the top of what hangs below `top`.
  private static func splay(
    _ key: UInt64, below top: Slot, in array: inout [Node]
  ) -> Slot {
    var nodes = array.mutableSpan
    assert(top != none, "there is a node to bring up")
    var top = top
    var left = none  // where the left heap grows: on the right of this node
    var right = none  // and the right heap: on the left of this one
    while true {
      let here = nodes[Int(top)].key
      if key < here {
        var child = nodes[Int(top)].left
        if child == none { break }
        if key < nodes[Int(child)].key {
          nodes[Int(top)].left = nodes[Int(child)].right
          nodes[Int(child)].right = top
          top = child
          child = nodes[Int(top)].left
          if child == none { break }
        }
        nodes[Int(right)].left = top
        right = top
        top = child
      } else if key > here {
        var child = nodes[Int(top)].right
        if child == none { break }
        if key > nodes[Int(child)].key {
          nodes[Int(top)].right = nodes[Int(child)].left
          nodes[Int(child)].left = top
          top = child
          child = nodes[Int(top)].right
          if child == none { break }
        }
        nodes[Int(left)].right = top
        left = top
        top = child
      } else {
        break
      }
    }
    nodes[Int(left)].right = nodes[Int(top)].left
    nodes[Int(right)].left = nodes[Int(top)].right
    nodes[Int(top)].left = nodes[Int(none)].right
    nodes[Int(top)].right = nodes[Int(none)].left
    nodes[Int(none)] = Node()
    return top
  }
}

extension SplayTree {
  func brokenInvariant() -> String? {
    // A splay tree may be one long branch: this walks with a stack of its own.
    let nodes = pool.nodes
    var path: [Slot] = []
    var slot = root
    var reached = 0
    var last: UInt64?
    while slot != none || !path.isEmpty {
      while slot != none {
        if path.count > count { return "S2: no circles" }
        path.append(slot)
        slot = nodes[Int(slot)].left
      }
      let node = nodes[Int(path.removeLast())]
      if let last, last >= node.key { return "S1: keys ascend" }
      last = node.key
      reached += 1
      if reached > count { return "S2: count is what can be reached" }
      slot = node.right
    }
    return reached == count ? nil : "S2: count is what can be reached"
  }
}
