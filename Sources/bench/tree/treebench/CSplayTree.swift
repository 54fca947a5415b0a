// The splay tree in C, seen as a `SearchTree`.

import CTree

/// `splay.c` behind the interface of the Swift trees.
@safe struct CSplayTree: ~Copyable, SearchTree {
  static var name: String { "splay in C" }

  private let tree: OpaquePointer

  init(capacity: Int) {
    guard let tree = unsafe splay_new(capacity) else { preconditionFailure("no memory") }
    unsafe self.tree = tree
  }

  deinit { unsafe splay_delete(tree) }

  var count: Int { unsafe splay_count(tree) }
  mutating func insert(_ key: UInt64) -> Bool { unsafe splay_insert(tree, key) }
  mutating func contains(_ key: UInt64) -> Bool { unsafe splay_find(tree, key) }
  mutating func remove(_ key: UInt64) -> Bool { unsafe splay_remove(tree, key) }
  func brokenInvariant() -> String? {
    unsafe splay_check(tree) ? nil : "S1, S2: see splay_check"
  }
}
