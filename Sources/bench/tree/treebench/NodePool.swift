// Nodes by number: theory of operation.
//
// Problem.  A tree of separately allocated nodes measures the allocator and the reference
// counts rather than the tree.
//
// Shape.  All nodes of a tree lie in one array, and a link is the number of a slot in it:
// four bytes instead of eight, no reference count, and bounds that are checked.
//
//     slot    0        1 ..< fresh            fresh ... capacity
//           [ none ] [ in use or given back ] [ never in use     ]
//
// Invariants.
//   P1  Slot 0 belongs to the tree and is never handed out: it stands for "no node".
//   P2  A slot is in use, or on the list of slots given back, or at or above `fresh`.
//
// Rejected.  Unsafe pointers: with a `MutableSpan` taken once an operation, what is left of the
// bounds checks was not worth an unsafe line in the tree.

/// The number of a node in its pool; `none` is no node.
typealias Slot = UInt32

/// The slot that is no node.
let none: Slot = 0

/// What a pool asks of a node: to exist before it is used, and to carry a link when it is not.
protocol PoolNode {
  /// A node that is in no tree.
  init()
  /// A link that the pool may use as long as the node is not in the tree.
  var left: Slot { get set }
}

/// A fixed number of nodes, handed out and taken back in constant time.
struct NodePool<Node: PoolNode>: ~Copyable {
  /// The nodes by slot.  The tree changes them; it does not change how many there are.
  var nodes: [Node]
  private var unused = none
  private var fresh: Slot = 1

  /// Creates a pool of `capacity` nodes, their memory already touched.
  init(capacity: Int) {
    precondition(capacity >= 0 && capacity < Int(Slot.max), "a slot number has 32 bits")
    nodes = Array(repeating: Node(), count: capacity + 1)
  }

  /// Hands out a slot whose node has any content.
  @inline(__always)
  mutating func take() -> Slot {
    let slot = unused
    if slot != none {
      unused = nodes[Int(slot)].left
      return slot
    }
    precondition(Int(fresh) < nodes.count, "the tree is full")
    fresh += 1
    return fresh - 1
  }

  /// Takes back `slot`, to which no link leads any more.
  @inline(__always)
  mutating func giveBack(_ slot: Slot) {
    assert(slot != none && slot < fresh, "P1, P2: only what was handed out comes back")
    nodes[Int(slot)].left = unused
    unused = slot
  }
}
