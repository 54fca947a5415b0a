// modules: Lib9c
//
// Red-black trees of 10^6 random keys: the CPU seconds of insert, find, iterate and delete.
//
// usage: trees COUNT rb|splay

import Glibc
import Lib9c

struct Item {
  var link = RedBlackLink<Item>()
  var key: UInt64

  enum ByKey: RedBlackLinked {
    static func link(
      of node: UnsafeMutablePointer<Item>
    ) -> UnsafeMutablePointer<RedBlackLink<Item>> { node.link(\.link) }
    static func key(of node: UnsafeMutablePointer<Item>) -> UInt64 { node.pointee.key }
  }
}

struct Twig {
  var link = SplayLink<Twig>()
  var key: UInt64

  enum ByKey: SplayLinked {
    static func link(of node: UnsafeMutablePointer<Twig>) -> UnsafeMutablePointer<SplayLink<Twig>> {
      node.link(\.link)
    }
    static func key(of node: UnsafeMutablePointer<Twig>) -> UInt64 { node.pointee.key }
  }
}

struct Keys {
  var state: UInt64 = 20150715
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func part(_ name: String, _ body: () -> Void) {
  let start = now()
  body()
  print(name, now() - start)
}

func redBlack(_ keys: [UInt64]) {
  var tree = RedBlackTree<Item.ByKey>()
  part("insert") {
    for key in keys {
      let node = UnsafeMutablePointer<Item>.allocate(capacity: 1)
      node.initialize(to: Item(key: key))
      tree.insert(node)
    }
  }
  var sum: UInt64 = 0
  part("find") {
    for key in keys { sum &+= tree.find(key)!.pointee.key }
  }
  part("iterate") {
    var here = tree.first
    while let node = here {
      sum &-= node.pointee.key
      here = Item.ByKey.next(after: node)
    }
  }
  precondition(sum == 0)
  part("delete") {
    for key in keys {
      let node = tree.find(key)!
      tree.remove(node)
      node.deallocate()
    }
  }
  precondition(tree.isEmpty)
}

func splay(_ keys: [UInt64]) {
  var tree = SplayTree<Twig.ByKey>()
  part("insert") {
    for key in keys {
      let node = UnsafeMutablePointer<Twig>.allocate(capacity: 1)
      node.initialize(to: Twig(key: key))
      tree.insert(node)
    }
  }
  part("find") {
    for key in keys { precondition(tree.find(key) != nil) }
  }
  part("delete") {
    for key in keys {
      let node = tree.find(key)!
      tree.remove(node)
      node.deallocate()
    }
  }
}

let count = Int(CommandLine.arguments[1])!
var source = Keys()
let keys = (0..<count).map { _ in source.next() }
if CommandLine.arguments[2] == "rb" { redBlack(keys) } else { splay(keys) }
