// The red-black tree in C, seen as a `SearchTree`.

import CTree

/// `redblack.c` behind the interface of the Swift trees.
@safe struct CRedBlackTree: ~Copyable, SearchTree {
  static var name: String { "red-black in C" }

  private let tree: OpaquePointer

  init(capacity: Int) {
    guard let tree = unsafe redblack_new(capacity) else { preconditionFailure("no memory") }
    unsafe self.tree = tree
  }

  deinit { unsafe redblack_delete(tree) }

  var count: Int { unsafe redblack_count(tree) }
  mutating func insert(_ key: UInt64) -> Bool { unsafe redblack_insert(tree, key) }
  mutating func contains(_ key: UInt64) -> Bool { unsafe redblack_find(tree, key) }
  mutating func remove(_ key: UInt64) -> Bool { unsafe redblack_remove(tree, key) }
  func brokenInvariant() -> String? {
    unsafe redblack_check(tree) ? nil : "R1-R6: see redblack_check"
  }
}
