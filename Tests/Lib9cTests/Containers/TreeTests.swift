// tree(3): both trees beside a sorted array, and beside libbsd's in the same program.

import CQueueOracle
import Lib9c
import Sys9
import Testing

/// The oracle is a set of globals: one test at a time.
enum OracleLock {
  private static let turns = Guarded(0)
  static func held(_ body: () -> Void) {
    turns.withLock { turn in
      turn += 1
      body()
    }
  }
}

@Suite("tree(3)", .serialized) struct TreeTests {
  private let nodes = TestNodes(ORACLE_NODES)

  /// The number of a node as the oracle gives it.
  private func number(_ node: TestNode.Pointer?) -> CInt {
    unsafe node.map { unsafe CInt($0.pointee.number) } ?? -1
  }

  @Test func redBlackTreeAgrees() {
    var random = TestRandom("tree(3), red-black")
    var tree = RedBlackTree<TestNode.RedBlack>()
    var model: [Int] = []
    OracleLock.held {
      oracle_reset()
      for round in 0..<20_000 {
        let node = Int.random(in: 0..<nodes.count, using: &random)
        let key = node / 2
        if let place = model.firstIndex(where: { $0 / 2 == key }), Bool.random(using: &random) {
          let old = model.remove(at: place)
          unsafe tree.remove(nodes[old])
          oracle_tree_remove(0, CInt(old))
        } else if round.isMultiple(of: 3) || !model.contains(node) {
          let there = model.first { $0 / 2 == key }
          if there == node { continue }
          let found = unsafe number(tree.insert(nodes[node]))
          #expect(found == CInt(there ?? -1), "who has the key already is returned")
          #expect(oracle_tree_insert(0, CInt(node)) == found)
          if there == nil {
            model.insert(node, at: model.firstIndex { $0 / 2 > key } ?? model.count)
          }
        }
        ask(tree, model, key)
        if round.isMultiple(of: 50) { walk(tree, model) }
      }
    }
  }

  private func ask(
    _ tree: borrowing RedBlackTree<TestNode.RedBlack>, _ model: [Int], _ key: Int
  ) {
    let found = unsafe number(tree.find(key))
    #expect(found == CInt(model.first { $0 / 2 == key } ?? -1))
    #expect(found == oracle_tree_find(0, CInt(key)))
    let atLeast = unsafe number(tree.find(atLeast: key))
    #expect(atLeast == CInt(model.first { $0 / 2 >= key } ?? -1))
    #expect(atLeast == oracle_tree_nfind(CInt(key)))
    #expect(unsafe number(tree.first) == oracle_tree_min(0))
    #expect(unsafe number(tree.last) == oracle_tree_max(0))
    if found >= 0 {
      let node = unsafe nodes[Int(found)]
      let next = unsafe number(TestNode.RedBlack.next(after: node))
      #expect(next == oracle_tree_next(0, found))
      #expect(unsafe number(TestNode.RedBlack.previous(before: node)) == oracle_tree_prev(found))
    }
  }

  private func walk(_ tree: borrowing RedBlackTree<TestNode.RedBlack>, _ model: [Int]) {
    #expect(tree.brokenInvariant() == nil)
    var there: [Int] = []
    unsafe tree.forEach { unsafe there.append($0.pointee.number) }
    #expect(there == model)
    #expect(tree.count == model.count && tree.isEmpty == model.isEmpty)
    var back: [Int] = []
    unsafe TestNode.RedBlack.forEachReversedSafe(from: tree.last) {
      unsafe back.append($0.pointee.number)
    }
    #expect(back.reversed() == model)
  }

  @Test func splayTreeAgrees() {
    var random = TestRandom("tree(3), splay")
    var tree = SplayTree<TestNode.Splay>()
    var model: [Int] = []
    OracleLock.held {
      oracle_reset()
      for _ in 0..<20_000 {
        let node = Int.random(in: 0..<nodes.count, using: &random)
        let key = node / 2
        let there = model.first { $0 / 2 == key }
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
          guard let there else { continue }
          unsafe tree.remove(nodes[there])
          oracle_tree_remove(1, CInt(there))
          model.removeAll { $0 == there }
        case 1, 2:
          if there == node { continue }
          let found = unsafe number(tree.insert(nodes[node]))
          #expect(found == CInt(there ?? -1))
          #expect(oracle_tree_insert(1, CInt(node)) == found)
          if there == nil {
            model.insert(node, at: model.firstIndex { $0 / 2 > key } ?? model.count)
          }
        case 3:
          #expect(unsafe number(tree.find(key)) == oracle_tree_find(1, CInt(key)))
          let atLeast = CInt(model.first { $0 / 2 >= key } ?? -1)
          #expect(unsafe number(tree.find(atLeast: key)) == atLeast)
        case 4:
          #expect(unsafe number(tree.min()) == oracle_tree_min(1))
          #expect(unsafe number(tree.max()) == oracle_tree_max(1))
        default:
          guard let there else { continue }
          let place = model.firstIndex(of: there) ?? 0
          let next = unsafe number(tree.next(after: nodes[there]))
          #expect(next == oracle_tree_next(1, CInt(there)))
          let before = place > 0 ? model[place - 1] : -1
          #expect(unsafe number(tree.previous(before: nodes[there])) == CInt(before))
        }
        var walked: [Int] = []
        unsafe tree.forEach { unsafe walked.append($0.pointee.number) }
        #expect(walked == model, "T1: keys ascend, and all are there")
      }
    }
  }

  @Test func aNodeMayLeaveWhileItIsVisited() {
    var tree = RedBlackTree<TestNode.RedBlack>()
    for number in stride(from: 0, to: nodes.count, by: 2) { unsafe tree.insert(nodes[number]) }
    unsafe TestNode.RedBlack.forEachSafe(from: tree.first) { node in
      if unsafe node.pointee.number % 3 != 0 { unsafe tree.remove(node) }
    }
    #expect(tree.brokenInvariant() == nil)
    var left: [Int] = []
    unsafe tree.forEach { unsafe left.append($0.pointee.number) }
    #expect(left == Array(stride(from: 0, to: nodes.count, by: 6)))
    var gone: Set<Int> = []
    unsafe tree.removeAll { node in
      #expect(unsafe gone.insert(node.pointee.number).inserted)
    }
    #expect(gone == Set(left))
    let isEmpty = tree.isEmpty
    #expect(isEmpty)
  }

  @Test func ascendingKeysStayBalanced() {
    var tree = RedBlackTree<TestNode.RedBlack>()
    let many = TestNodes(1 << 14)
    for number in stride(from: 0, to: many.count, by: 2) { unsafe tree.insert(many[number]) }
    #expect(tree.brokenInvariant() == nil)
    for number in stride(from: 0, to: many.count, by: 4) { unsafe tree.remove(many[number]) }
    #expect(tree.brokenInvariant() == nil)
    #expect(tree.count == many.count / 4)
  }

  @Test func aLongChainDoesNotOverflowTheStack() {
    var tree = SplayTree<TestNode.Splay>()
    let many = TestNodes(1 << 18)
    for number in stride(from: 0, to: many.count, by: 2) { unsafe tree.insert(many[number]) }
    var last = -1
    unsafe tree.forEach { node in
      #expect(unsafe node.pointee.number > last)
      unsafe last = node.pointee.number
    }
    #expect(unsafe tree.min()?.pointee.number == 0)
  }
}
