// Intrusive search trees, tree(3): theory of operation.
//
// Problem.  What must be found by a key (a timer by its time, a connection by its address)
// exists already, and may be in several trees at once.  A dictionary would allocate, hash, keep
// no order, and count references at each hop.
//
// Shape.  As in queue(3) the links lie in the nodes (Queue.swift), and a *field*, a type that
// conforms to `RedBlackLinked` or `SplayLinked`, says where, what a node's key is, and how two
// keys compare.
//
//     RedBlackTree  RB     O(log n) always; lookups only read    link [left, right, parent|red]
//     SplayTree     SPLAY  O(log n) on average over many calls;  link [left, right]
//                          what is looked up moves to the root
//
// Invariants of both.
//   T1  Keys ascend strictly from left to right: an equal key is refused, and who holds it said.
//   T2  A node's key does not change while it is in the tree.
// of a red-black tree.
//   R1  The root is black.
//   R2  A red node has no red child.
//   R3  Every way from the root to a missing child meets the same number of black nodes.
//   R4  The parent of a node's child is that node, the root's parent is nil.
// So no path is longer than 2 log2(n + 1).  The colour is bit 0 of the parent's address, which
// alignment leaves free: 24 bytes a node where C's has 32.
//
// Left and right are a value, 0 and 1, and the children an array of two, so that each case of
// the mending is written once and not mirrored.
//
// Threads.  A red-black tree may be read by many at once; looking into a splay tree changes it.
//
// Rejected.  Rank-balanced trees, FreeBSD's since 2020: fewer rotations in a removal, but
// rotations are 3 % of the time here (perf, 3x10^5 keys), and the colour is simpler to check.
// Links by slot number: four bytes each instead of eight, but then the nodes must lie in the tree's
// own array.

/// What a node of a search tree is found by: the comparison that `RB_GENERATE(3)` is given.
public protocol Keyed {
  /// What is in the tree.
  associatedtype Node
  /// What a node is found by.
  associatedtype Key
  /// The key of a node, which does not change while the node is in the tree.
  static func key(of node: UnsafeMutablePointer<Node>) -> Key
  /// Negative if `left` comes before `right`, zero if they are equal, else positive.
  static func compare(_ left: Key, _ right: Key) -> Int
}

extension Keyed {
  /// The address of a node.
  public typealias Pointer = UnsafeMutablePointer<Node>
}

extension Keyed where Key: Comparable {
  /// The natural order.
  @inlinable @inline(__always)
  public static func compare(_ left: Key, _ right: Key) -> Int {
    left < right ? -1 : left == right ? 0 : 1
  }
}

/// The link of a node in a red-black tree.  `RB_ENTRY(3)`.
@safe @frozen
public struct RedBlackLink<Node> {
  @usableFromInline var left: UnsafeMutablePointer<Node>?
  @usableFromInline var right: UnsafeMutablePointer<Node>?
  /// The parent's address; bit 0 is set in a red node.
  @usableFromInline var parentBits: UInt

  /// A link that is in no tree.
  @inlinable public init() {
    unsafe left = nil
    unsafe right = nil
    parentBits = 0
  }
}

/// The link of a node in a splay tree.  `SPLAY_ENTRY(3)`.
@safe @frozen
public struct SplayLink<Node> {
  @usableFromInline var left: UnsafeMutablePointer<Node>?
  @usableFromInline var right: UnsafeMutablePointer<Node>?

  /// A link that is in no tree.
  @inlinable public init() {
    unsafe left = nil
    unsafe right = nil
  }
}

/// Where nodes have the link of a red-black tree, and their key.
///
/// ```swift
/// struct Timer {
///   var due: UInt64
///   var order = RedBlackLink<Timer>()
///   enum ByTime: RedBlackLinked {
///     static func link(
///       of node: UnsafeMutablePointer<Timer>
///     ) -> UnsafeMutablePointer<RedBlackLink<Timer>> {
///       node.link(\.order)
///     }
///     static func key(of node: UnsafeMutablePointer<Timer>) -> UInt64 { node.pointee.due }
///   }
/// }
/// var timers = RedBlackTree<Timer.ByTime>()
/// ```
public protocol RedBlackLinked: Keyed {
  /// The address of a node's link: always the same distance from the node.
  static func link(
    of node: UnsafeMutablePointer<Node>
  ) -> UnsafeMutablePointer<RedBlackLink<Node>>
}

/// Where nodes have the link of a splay tree, and their key.  See `RedBlackLinked`.
public protocol SplayLinked: Keyed {
  /// The address of a node's link: always the same distance from the node.
  static func link(of node: UnsafeMutablePointer<Node>) -> UnsafeMutablePointer<SplayLink<Node>>
}
