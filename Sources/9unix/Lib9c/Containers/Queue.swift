// Intrusive lists, queue(3): theory of operation.
//
// Problem.  What waits in a queue (a task, a buffer, a timer) exists already, is on several
// lists at once, and leaves them from the middle.  An array of references would allocate, count
// references, and search.
//
// Shape.  The links lie in the elements.  An element is a node at an address that does not
// change, such as `UnsafeMutablePointer<Job>.allocate(capacity: 1)`; a list holds the addresses
// of its ends, and asks its *field*, a type that conforms to `SinglyLinked` or `DoublyLinked`,
// where in a node its link is.  A node with two links is on two lists.
//
//     SinglyLinkedList       SLIST   head [first]         link [next]
//     SinglyLinkedTailQueue  STAILQ  head [first, last]   link [next]
//     LinkedList             LIST    head [first]         link [next, previous]
//     TailQueue              TAILQ   head [first, last]   link [next, previous]
//
//        first ->[ node |next]->[ node |next]->[ node |next]-> nil
//
// Invariants.
//   Q1  Following `next` from `first` ends at nil, and in a queue with a `last` there.
//   Q2  next(n).previous == n, and the first node's previous is nil.
//   Q3  A list is empty exactly if its first, and where it has one its last, is nil.
// A node's link is meaningful only while it is on the list: nothing resets it on removal.
//
// Cost.  Every operation is O(1) but those that say otherwise.  Nothing allocates, counts
// references or locks.  A list is not copyable: two heads of one list would drift apart.
//
// Differences from C.  There a link points at the pointer that points at its node, so that
// LIST_REMOVE needs no head; a Swift value has no address, so our links hold the node before,
// and `remove` is asked of the list.  SLIST_SWAP and the others are `swap(&a, &b)`.
//
// Rejected.  Classes with references: a hop would cost two atomic operations.  Key paths for
// the link: a stored one is an object, and is called.

/// The link of a node that knows its successor.  `SLIST_ENTRY(3)`, `STAILQ_ENTRY(3)`.
@safe @frozen
public struct SingleLink<Node> {
  /// The node behind this one; nil at the end.
  public var next: UnsafeMutablePointer<Node>?

  /// A link that is on no list.
  @inlinable public init() { unsafe next = nil }
}

/// The link of a node that knows both neighbours.  `LIST_ENTRY(3)`, `TAILQ_ENTRY(3)`.
@safe @frozen
public struct DoubleLink<Node> {
  /// The node behind this one; nil at the end.
  public var next: UnsafeMutablePointer<Node>?
  /// The node before this one; nil at the beginning.
  public var previous: UnsafeMutablePointer<Node>?

  /// A link that is on no list.
  @inlinable public init() {
    unsafe next = nil
    unsafe previous = nil
  }
}

extension UnsafeMutablePointer {
  /// The address of the link that `path` names, in the node at this address.
  ///
  /// An addition, once optimized.  `offsetof(3)`, and the field of the macros.
  ///
  /// - Precondition: `path` names a stored property of a struct.
  @inlinable @inline(__always)
  public func link<Link>(_ path: WritableKeyPath<Pointee, Link>) -> UnsafeMutablePointer<Link> {
    guard let place = unsafe pointer(to: path) else {
      preconditionFailure("a link is a stored property of a struct")
    }
    return unsafe place
  }
}

/// Where nodes have the link of a singly linked list: the last argument of the macros of
/// `queue(3)`.
///
/// ```swift
/// struct Job {
///   var id = 0
///   var waiting = SingleLink<Job>()
///   enum Waiting: SinglyLinked {
///     static func link(
///       of node: UnsafeMutablePointer<Job>
///     ) -> UnsafeMutablePointer<SingleLink<Job>> {
///       node.link(\.waiting)
///     }
///   }
/// }
/// var queue = SinglyLinkedTailQueue<Job.Waiting>()
/// ```
public protocol SinglyLinked {
  /// What is on the list.
  associatedtype Node
  /// The address of a node's link: always the same distance from the node.
  static func link(of node: UnsafeMutablePointer<Node>) -> UnsafeMutablePointer<SingleLink<Node>>
}

/// Where nodes have the link of a doubly linked list.  See `SinglyLinked`.
public protocol DoublyLinked {
  /// What is on the list.
  associatedtype Node
  /// The address of a node's link: always the same distance from the node.
  static func link(of node: UnsafeMutablePointer<Node>) -> UnsafeMutablePointer<DoubleLink<Node>>
}

extension SinglyLinked {
  /// The address of a node.
  public typealias Pointer = UnsafeMutablePointer<Node>

  /// The node behind `node`.  `SLIST_NEXT(3)`, `STAILQ_NEXT(3)`.
  @inlinable @inline(__always)
  public static func next(after node: Pointer) -> Pointer? { unsafe link(of: node).pointee.next }

  /// Calls `body` with each node from `start` on, which may be nil.
  ///
  /// A node that `body` inserts behind the current one is met.  The current node stays on the
  /// list.  `SLIST_FOREACH(3)`, `SLIST_FOREACH_FROM(3)`, `STAILQ_FOREACH(3)`,
  /// `STAILQ_FOREACH_FROM(3)`.
  @inlinable
  public static func forEach<Failure>(
    from start: Pointer?, _ body: (Pointer) throws(Failure) -> Void
  ) throws(Failure) {
    var here = unsafe start
    while let node = unsafe here {
      try unsafe body(node)
      unsafe here = unsafe next(after: node)
    }
  }

  /// Calls `body` with each node from `start` on, which may be nil; `body` may remove the node
  /// from the list and free it, and no other.
  ///
  /// The list itself is not borrowed meanwhile, so that `body` may change it:
  /// `Field.forEachSafe(from: list.first) { list.remove($0) }`.
  /// `SLIST_FOREACH_SAFE(3)`, `SLIST_FOREACH_FROM_SAFE(3)`, `STAILQ_FOREACH_SAFE(3)`,
  /// `STAILQ_FOREACH_FROM_SAFE(3)`.
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
}

extension DoublyLinked {
  /// The address of a node.
  public typealias Pointer = UnsafeMutablePointer<Node>

  /// The node behind `node`.  `LIST_NEXT(3)`, `TAILQ_NEXT(3)`.
  @inlinable @inline(__always)
  public static func next(after node: Pointer) -> Pointer? { unsafe link(of: node).pointee.next }

  /// The node before `node`.  `LIST_PREV(3)`, `TAILQ_PREV(3)`.
  @inlinable @inline(__always)
  public static func previous(before node: Pointer) -> Pointer? {
    unsafe link(of: node).pointee.previous
  }

  /// Calls `body` with each node from `start` on, which may be nil.
  ///
  /// A node that `body` inserts behind the current one is met.  The current node stays on the
  /// list.  `LIST_FOREACH(3)`, `LIST_FOREACH_FROM(3)`, `TAILQ_FOREACH(3)`, `TAILQ_FOREACH_FROM(3)`.
  @inlinable
  public static func forEach<Failure>(
    from start: Pointer?, _ body: (Pointer) throws(Failure) -> Void
  ) throws(Failure) {
    var here = unsafe start
    while let node = unsafe here {
      try unsafe body(node)
      unsafe here = unsafe next(after: node)
    }
  }

  /// Calls `body` with each node from `start` on, which may be nil; `body` may remove the node
  /// from the list and free it, and no other.
  ///
  /// The list itself is not borrowed meanwhile, so that `body` may change it:
  /// `Field.forEachSafe(from: list.first) { list.remove($0) }`.
  /// `LIST_FOREACH_SAFE(3)`, `LIST_FOREACH_FROM_SAFE(3)`, `TAILQ_FOREACH_SAFE(3)`,
  /// `TAILQ_FOREACH_FROM_SAFE(3)`.
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

  /// Calls `body` with each node from `start` back to the first.  The current node stays on the
  /// list.  `TAILQ_FOREACH_REVERSE(3)`, `TAILQ_FOREACH_REVERSE_FROM(3)`.
  @inlinable
  public static func forEachReversed<Failure>(
    from start: Pointer?, _ body: (Pointer) throws(Failure) -> Void
  ) throws(Failure) {
    var here = unsafe start
    while let node = unsafe here {
      try unsafe body(node)
      unsafe here = unsafe previous(before: node)
    }
  }

  /// Calls `body` with each node from `start` back to the first; `body` may remove the node and
  /// free it.  `TAILQ_FOREACH_REVERSE_SAFE(3)`, `TAILQ_FOREACH_REVERSE_FROM_SAFE(3)`.
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
