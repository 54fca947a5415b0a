// What the driver and the tests know of a tree.

/// An ordered set of 64-bit keys with room for a fixed number of them.
///
/// No operation allocates.  Not thread-safe, and a lookup may change the tree's shape.
protocol SearchTree: ~Copyable {
  /// What the tree is called in messages.
  static var name: String { get }

  /// Creates an empty tree with room for `capacity` keys, its memory already touched.
  init(capacity: Int)

  /// The number of keys in the set.
  var count: Int { get }

  /// Puts `key` into the set; false if it was there already.  The tree must not be full then.
  mutating func insert(_ key: UInt64) -> Bool

  /// True if `key` is in the set.
  mutating func contains(_ key: UInt64) -> Bool

  /// Takes `key` out of the set; false if it was not there.
  mutating func remove(_ key: UInt64) -> Bool

  /// The first invariant that does not hold, by name; nil if all do.  O(count).
  func brokenInvariant() -> String?
}
