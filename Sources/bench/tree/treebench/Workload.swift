// Workloads: theory of operation.
//
// Problem.  A number from a benchmark says something only if what was done is known, is the
// same in every variant, and was really done.
//
// Shape.  A workload is a list of keys for each phase, drawn from a seed before the clock
// starts, so that neither the generator nor the allocator is measured.  It also knows how many
// of its operations succeed; the run counts them, and a tree that got it wrong is told so
// instead of being timed.
//
// Invariants.
//   W1  Keys of `inserted` are distinct, and `removed` is a permutation of them.
//   W2  `hits` is the number of `found` keys that are also in `inserted`.

/// What is done to a tree, drawn in advance.
struct Workload {
  /// The kinds of workload, by the names that the command line knows.
  enum Kind: String, CaseIterable {
    /// Keys in no order; half of the lookups are for keys that are not there.
    case random
    /// Keys in ascending order, in every phase.
    case sequential
    /// Four lookups a key, most of them for few keys, after Zipf's law.
    case skewed
  }

  /// Lookups for each key of a skewed workload, so that they outweigh the updates.
  static let skewedLookups = 4

  let inserted: [UInt64]
  let found: [UInt64]
  let removed: [UInt64]
  let hits: Int

  /// The number of operations in one repetition.
  var operationCount: Int { inserted.count + found.count + removed.count }

  /// Draws a workload over `count` keys from `seed`.
  init(_ kind: Kind, count: Int, seed: UInt64) {
    precondition(count > 0, "a workload has keys")
    var random = XorShift(seed: seed)
    // Even numbers are in the set, odd ones are not.
    let keys = (0..<UInt64(count)).map { $0 * 2 }
    switch kind {
    case .sequential:
      inserted = keys
      found = keys
      removed = keys
      hits = count
    case .random:
      inserted = Self.shuffled(keys, &random)
      found = (0..<count).map { _ in UInt64(random.below(2 * count)) }
      removed = Self.shuffled(keys, &random)
      hits = found.count { $0 % 2 == 0 }
    case .skewed:
      let byRank = Self.shuffled(keys, &random)
      inserted = Self.shuffled(keys, &random)
      found = (0..<Self.skewedLookups * count).map { _ in byRank[random.popular(count)] }
      removed = Self.shuffled(keys, &random)
      hits = found.count
    }
    assert(Set(removed) == Set(keys), "W1: what is put in is taken out")
  }

  private static func shuffled(_ keys: [UInt64], _ random: inout XorShift) -> [UInt64] {
    var keys = keys
    random.shuffle(&keys)
    return keys
  }
}

extension Workload {
  /// How many operations of each phase succeeded.
  struct Score: Equatable {
    var inserted = 0
    var found = 0
    var removed = 0
  }

  /// The score of a tree that works.
  var expected: Score { Score(inserted: inserted.count, found: hits, removed: removed.count) }

  /// Does everything to `tree`, which is empty before and after.
  @inline(never)
  func run<Tree: SearchTree & ~Copyable>(on tree: inout Tree) -> Score {
    assert(tree.count == 0, "a workload begins with an empty tree")
    var score = Score()
    for key in inserted where tree.insert(key) { score.inserted += 1 }
    assert(tree.brokenInvariant() == nil, tree.brokenInvariant() ?? "")
    for key in found where tree.contains(key) { score.found += 1 }
    assert(tree.brokenInvariant() == nil, tree.brokenInvariant() ?? "")
    for key in removed where tree.remove(key) { score.removed += 1 }
    assert(tree.count == 0, "what is put in is taken out")
    return score
  }
}
