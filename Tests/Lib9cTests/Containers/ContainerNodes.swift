// Nodes with a link of each kind, by number, and a random source whose seed is printed.

import Lib9c

/// A node that can be on a list and in a tree of each kind.
struct TestNode {
  var number = 0
  var single = SingleLink<TestNode>()
  var singleTail = SingleLink<TestNode>()
  var double = DoubleLink<TestNode>()
  var doubleTail = DoubleLink<TestNode>()
  var redBlack = RedBlackLink<TestNode>()
  var splay = SplayLink<TestNode>()

  typealias Pointer = UnsafeMutablePointer<TestNode>

  enum Single: SinglyLinked {
    static func link(of node: Pointer) -> UnsafeMutablePointer<SingleLink<TestNode>> {
      unsafe node.link(\.single)
    }
  }
  enum SingleTail: SinglyLinked {
    static func link(of node: Pointer) -> UnsafeMutablePointer<SingleLink<TestNode>> {
      unsafe node.link(\.singleTail)
    }
  }
  enum Double: DoublyLinked {
    static func link(of node: Pointer) -> UnsafeMutablePointer<DoubleLink<TestNode>> {
      unsafe node.link(\.double)
    }
  }
  enum DoubleTail: DoublyLinked {
    static func link(of node: Pointer) -> UnsafeMutablePointer<DoubleLink<TestNode>> {
      unsafe node.link(\.doubleTail)
    }
  }
  enum RedBlack: RedBlackLinked {
    static func link(of node: Pointer) -> UnsafeMutablePointer<RedBlackLink<TestNode>> {
      unsafe node.link(\.redBlack)
    }
    static func key(of node: Pointer) -> Int { unsafe node.pointee.number / 2 }
  }
  enum Splay: SplayLinked {
    static func link(of node: Pointer) -> UnsafeMutablePointer<SplayLink<TestNode>> {
      unsafe node.link(\.splay)
    }
    static func key(of node: Pointer) -> Int { unsafe node.pointee.number / 2 }
  }
}

/// All nodes of a test, each at its own address; a list that leads out of them is a crash.
@safe final class TestNodes {
  private let nodes: TestNode.Pointer
  let count: Int

  init(_ count: Int) {
    self.count = count
    unsafe nodes = TestNode.Pointer.allocate(capacity: count)
    for number in 0..<count { unsafe (nodes + number).initialize(to: TestNode(number: number)) }
  }

  deinit { unsafe nodes.deallocate() }

  subscript(number: Int) -> TestNode.Pointer {
    precondition((0..<count).contains(number))
    return unsafe nodes + number
  }
}

/// SplitMix64, so that a printed seed repeats a run.
struct TestRandom: RandomNumberGenerator {
  private var state: UInt64

  /// A generator for the test called `name`, which prints the seed.
  init(_ name: String, seed: UInt64 = UInt64.random(in: 0 ... .max)) {
    state = seed
    print("\(name): seed \(seed)")
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
