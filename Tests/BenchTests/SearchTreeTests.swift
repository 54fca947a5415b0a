// The trees against the obvious slow version, a sorted array.

import Testing

@testable import TreeBench

/// The set that cannot be wrong.
private struct SortedArray {
  private(set) var keys: [UInt64] = []

  private func place(of key: UInt64) -> Int { keys.firstIndex { $0 >= key } ?? keys.count }

  func contains(_ key: UInt64) -> Bool { keys.contains(key) }

  mutating func insert(_ key: UInt64) -> Bool {
    if keys.contains(key) { return false }
    keys.insert(key, at: place(of: key))
    return true
  }

  mutating func remove(_ key: UInt64) -> Bool {
    guard let index = keys.firstIndex(of: key) else { return false }
    keys.remove(at: index)
    return true
  }
}

@Suite("Search trees") struct SearchTreeTests {
  /// Does the same to a tree and to the array, and asks after each step whether they agree.
  private func compare<Tree: SearchTree & ~Copyable>(
    _ kind: Tree.Type, seed: UInt64, keys: UInt64, steps: Int
  ) {
    var random = XorShift(seed: seed)
    var tree = Tree(capacity: Int(keys))
    var model = SortedArray()
    for step in 0..<steps {
      // The ends of the range are keys too: nothing may take them for something special.
      let drawn = UInt64(random.below(Int(keys)))
      let key = drawn == keys - 1 ? UInt64.max : drawn
      let place: Comment = "\(Tree.name), seed \(seed), step \(step), key \(key)"
      let answer: (tree: Bool, model: Bool)
      switch random.below(5) {
      case 0, 1: answer = (tree.insert(key), model.insert(key))
      case 2, 3: answer = (tree.remove(key), model.remove(key))
      default: answer = (tree.contains(key), model.contains(key))
      }
      #expect(answer.tree == answer.model, place)
      let count = tree.count
      let broken = tree.brokenInvariant()
      #expect(broken == nil, place)
      #expect(count == model.keys.count, place)
      if broken != nil { return }
    }
    for key in 0..<keys {
      let answer = tree.contains(key)
      #expect(answer == model.contains(key), "\(Tree.name), seed \(seed), key \(key)")
    }
  }

  private func compareAll(seed: UInt64, keys: UInt64, steps: Int) {
    compare(RedBlackTree.self, seed: seed, keys: keys, steps: steps)
    compare(SplayTree.self, seed: seed, keys: keys, steps: steps)
    compare(CRedBlackTree.self, seed: seed, keys: keys, steps: steps)
    compare(CSplayTree.self, seed: seed, keys: keys, steps: steps)
  }

  @Test("agree with a sorted array", arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8])
  func model(seed: UInt64) { compareAll(seed: seed, keys: 12, steps: 600) }

  @Test("agree with a sorted array when they grow", arguments: [UInt64(11), 12])
  func larger(seed: UInt64) { compareAll(seed: seed, keys: 90, steps: 1500) }

  @Test func agreeOnSeedsNeverTriedBefore() {
    let seed = UInt64.random(in: 0...UInt64.max)
    compareAll(seed: seed, keys: 24, steps: 600)
  }

  private func inOrder<Tree: SearchTree & ~Copyable>(_ kind: Tree.Type, _ keys: [UInt64]) {
    var tree = Tree(capacity: keys.count)
    func expectSound(count expected: Int) {
      let found = (tree.count, tree.brokenInvariant())
      #expect(found.0 == expected && found.1 == nil, "\(Tree.name): \(found)")
    }
    let inserted = keys.count { tree.insert($0) }
    #expect(inserted == keys.count)
    expectSound(count: keys.count)
    let again = tree.insert(keys[0])
    #expect(!again, "a full tree may be asked for what it has")
    let removed = keys.count { tree.remove($0) }
    #expect(removed == keys.count)
    expectSound(count: 0)
    let back = keys.count { tree.insert($0) }
    #expect(back == keys.count, "every slot comes back")
    expectSound(count: keys.count)
  }

  /// A splay tree is one long branch then: whoever recursed would overflow the stack.
  @Test func takeKeysInOrder() {
    for keys in [Array(0..<20_000), Array((0..<20_000).reversed())] as [[UInt64]] {
      inOrder(RedBlackTree.self, keys)
      inOrder(SplayTree.self, keys)
      inOrder(CRedBlackTree.self, keys)
      inOrder(CSplayTree.self, keys)
    }
  }

  @Test func anEmptyTreeHasNothing() {
    var tree = ChosenTree(capacity: 0)
    let found = tree.contains(0)
    let removed = tree.remove(0)
    #expect(!found && !removed)
    let broken = tree.brokenInvariant()
    #expect(broken == nil)
  }

  @Test func aFullTreeTakesNoMore() async {
    await #expect(processExitsWith: .failure) {
      var tree = RedBlackTree(capacity: 1)
      _ = tree.insert(1)
      _ = tree.insert(2)
    }
    await #expect(processExitsWith: .failure) {
      var tree = CSplayTree(capacity: 1)
      _ = tree.insert(1)
      _ = tree.insert(2)
    }
  }
}
