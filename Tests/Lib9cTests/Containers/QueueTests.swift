// queue(3): every list beside an array, and beside libbsd's in the same program.

import CQueueOracle
import Lib9c
import Testing

/// What can happen to a list, in the words of the oracle.
private enum Change: CInt, CaseIterable {
  case insertFirst, append, insertAfter, insertBefore, remove, removeFirst, concatenate, swap
}

/// A kind of list, ours, by the numbers of nodes.
private protocol TestedList: ~Copyable {
  static var kind: CInt { get }
  /// False if this kind of list has no such operation.
  static func has(_ change: Change) -> Bool
  init()
  mutating func apply(_ change: Change, _ node: TestNode.Pointer, _ other: TestNode.Pointer)
  mutating func concatenate(_ other: inout Self)
  mutating func split(after node: TestNode.Pointer, into rest: inout Self)
  /// The numbers of the nodes, walked in every way that there is.
  func walks() -> [[Int]]
}

private struct TestedSLIST: TestedList, ~Copyable {
  var list = SinglyLinkedList<TestNode.Single>()
  static var kind: CInt { CInt(ORACLE_SLIST.rawValue) }
  static func has(_ change: Change) -> Bool { change != .append && change != .insertBefore }

  mutating func apply(_ change: Change, _ node: TestNode.Pointer, _ other: TestNode.Pointer) {
    switch change {
    case .insertFirst: unsafe list.insertFirst(node)
    case .insertAfter: unsafe list.insert(node, after: other)
    case .remove: #expect(unsafe list.remove(node))
    case .removeFirst: unsafe list.removeFirst()
    default: break
    }
  }
  mutating func concatenate(_ other: inout Self) { list.append(&other.list) }
  mutating func split(after node: TestNode.Pointer, into rest: inout Self) {
    unsafe list.split(after: node, into: &rest.list)
  }
  func walks() -> [[Int]] {
    var there: [Int] = []
    unsafe list.forEach { unsafe there.append($0.pointee.number) }
    return [there]
  }
}

private struct TestedSTAILQ: TestedList, ~Copyable {
  var list = SinglyLinkedTailQueue<TestNode.SingleTail>()
  static var kind: CInt { CInt(ORACLE_STAILQ.rawValue) }
  static func has(_ change: Change) -> Bool { change != .insertBefore }

  mutating func apply(_ change: Change, _ node: TestNode.Pointer, _ other: TestNode.Pointer) {
    switch change {
    case .insertFirst: unsafe list.insertFirst(node)
    case .append: unsafe list.append(node)
    case .insertAfter: unsafe list.insert(node, after: other)
    case .remove: #expect(unsafe list.remove(node))
    case .removeFirst: unsafe list.removeFirst()
    default: break
    }
  }
  mutating func concatenate(_ other: inout Self) { list.append(&other.list) }
  mutating func split(after node: TestNode.Pointer, into rest: inout Self) {
    unsafe list.split(after: node, into: &rest.list)
  }
  func walks() -> [[Int]] {
    var there: [Int] = []
    unsafe list.forEach { unsafe there.append($0.pointee.number) }
    #expect(unsafe list.last?.pointee.number == there.last, "Q1: next ends at the last node")
    return [there]
  }
}

private struct TestedLIST: TestedList, ~Copyable {
  var list = LinkedList<TestNode.Double>()
  static var kind: CInt { CInt(ORACLE_LIST.rawValue) }
  static func has(_ change: Change) -> Bool { change != .append }

  mutating func apply(_ change: Change, _ node: TestNode.Pointer, _ other: TestNode.Pointer) {
    switch change {
    case .insertFirst: unsafe list.insertFirst(node)
    case .insertAfter: unsafe list.insert(node, after: other)
    case .insertBefore: unsafe list.insert(node, before: other)
    case .remove: unsafe list.remove(node)
    case .removeFirst: unsafe list.removeFirst()
    default: break
    }
  }
  mutating func concatenate(_ other: inout Self) { list.append(&other.list) }
  mutating func split(after node: TestNode.Pointer, into rest: inout Self) {
    unsafe list.split(after: node, into: &rest.list)
  }
  func walks() -> [[Int]] {
    var there: [Int] = []
    var back: [Int] = []
    var end: TestNode.Pointer?
    unsafe list.forEach {
      unsafe there.append($0.pointee.number)
      unsafe end = $0
    }
    unsafe TestNode.Double.forEachReversed(from: end) { unsafe back.append($0.pointee.number) }
    return [there, back.reversed()]
  }
}

private struct TestedTAILQ: TestedList, ~Copyable {
  var list = TailQueue<TestNode.DoubleTail>()
  static var kind: CInt { CInt(ORACLE_TAILQ.rawValue) }
  static func has(_ change: Change) -> Bool { true }

  mutating func apply(_ change: Change, _ node: TestNode.Pointer, _ other: TestNode.Pointer) {
    switch change {
    case .insertFirst: unsafe list.insertFirst(node)
    case .append: unsafe list.append(node)
    case .insertAfter: unsafe list.insert(node, after: other)
    case .insertBefore: unsafe list.insert(node, before: other)
    case .remove: unsafe list.remove(node)
    case .removeFirst: unsafe list.removeFirst()
    default: break
    }
  }
  mutating func concatenate(_ other: inout Self) { list.append(&other.list) }
  mutating func split(after node: TestNode.Pointer, into rest: inout Self) {
    unsafe list.split(after: node, into: &rest.list)
  }
  func walks() -> [[Int]] {
    var there: [Int] = []
    var back: [Int] = []
    unsafe list.forEach { unsafe there.append($0.pointee.number) }
    unsafe list.forEachReversed { unsafe back.append($0.pointee.number) }
    return [there, back.reversed()]
  }
}

/// The oracle is a set of globals, so these run one after the other.
@Suite("queue(3)", .serialized) struct QueueTests {
  private func oracle(_ kind: CInt, _ list: CInt) -> [Int] {
    var numbers = [CInt](repeating: 0, count: ORACLE_NODES)
    let count = unsafe numbers.withUnsafeMutableBufferPointer {
      unsafe oracle_list_nodes(kind, list, $0.baseAddress)
    }
    return numbers.prefix(Int(count)).map(Int.init)
  }

  /// Two lists of a kind, ours, as arrays, and libbsd's, through the same random changes.
  private func compare<List: TestedList & ~Copyable>(_ type: List.Type) {
    var random = TestRandom("queue(3), \(type)")
    let nodes = TestNodes(ORACLE_NODES)
    var first = List()
    var second = List()
    var model: [[Int]] = [[], []]
    OracleLock.held {
      oracle_reset()
      for _ in 0..<20_000 {
        guard let change = Change.allCases.randomElement(using: &random), List.has(change) else {
          continue
        }
        let list = Int.random(in: 0...1, using: &random)
        let free = Int.random(in: 0..<nodes.count, using: &random)
        let other = model[list].randomElement(using: &random)
        var node = free
        switch change {
        case .insertFirst, .append, .insertAfter, .insertBefore:
          if model[0].contains(free) || model[1].contains(free) { continue }
          if (change == .insertAfter || change == .insertBefore) && other == nil { continue }
          if model[list].count > 40 { continue }
        case .remove, .removeFirst:
          guard let other else { continue }
          node = other
        case .concatenate, .swap: break
        }
        apply(change, list, node, other ?? 0, &first, &second, nodes)
        change(&model, list, node, other ?? 0)
        oracle_list(List.kind, change.rawValue, CInt(list), CInt(node), CInt(other ?? 0))
        for (mine, index) in [(first.walks(), 0), (second.walks(), 1)] {
          for walk in mine { #expect(walk == model[index], "after \(change)") }
          #expect(oracle(List.kind, CInt(index)) == model[index], "libbsd's, after \(change)")
        }
      }
    }
  }

  private func apply<List: TestedList & ~Copyable>(
    _ change: Change, _ list: Int, _ node: Int, _ other: Int, _ first: inout List,
    _ second: inout List, _ nodes: TestNodes
  ) {
    switch change {
    case .concatenate: first.concatenate(&second)
    case .swap: swap(&first, &second)
    default:
      if list == 0 {
        unsafe first.apply(change, nodes[node], nodes[other])
      } else {
        unsafe second.apply(change, nodes[node], nodes[other])
      }
    }
  }

  @Test func singlyLinkedListAgrees() { compare(TestedSLIST.self) }
  @Test func singlyLinkedTailQueueAgrees() { compare(TestedSTAILQ.self) }
  @Test func linkedListAgrees() { compare(TestedLIST.self) }
  @Test func tailQueueAgrees() { compare(TestedTAILQ.self) }

  private func split<List: TestedList & ~Copyable>(_ type: List.Type) {
    for place in 0..<5 {
      let nodes = TestNodes(5)
      var list = List()
      var rest = List()
      for number in (0..<5).reversed() { unsafe list.apply(.insertFirst, nodes[number], nodes[0]) }
      unsafe list.split(after: nodes[place], into: &rest)
      for walk in list.walks() { #expect(walk == Array(0...place)) }
      for walk in rest.walks() { #expect(walk == Array(place + 1..<5)) }
      list.concatenate(&rest)
      for walk in list.walks() { #expect(walk == Array(0..<5)) }
    }
  }

  @Test func splitAndJoined() {
    split(TestedSLIST.self)
    split(TestedSTAILQ.self)
    split(TestedLIST.self)
    split(TestedTAILQ.self)
  }

  @Test func aNodeMayLeaveWhileItIsVisited() {
    let nodes = TestNodes(6)
    var queue = TailQueue<TestNode.DoubleTail>()
    for number in 0..<6 { unsafe queue.append(nodes[number]) }
    unsafe TestNode.DoubleTail.forEachSafe(from: queue.first) { node in
      if unsafe node.pointee.number.isMultiple(of: 2) { unsafe queue.remove(node) }
    }
    var left: [Int] = []
    unsafe TestNode.DoubleTail.forEachReversedSafe(from: queue.last) { node in
      unsafe left.append(node.pointee.number)
      unsafe queue.remove(node)
    }
    #expect(left == [5, 3, 1])
    #expect(unsafe queue.isEmpty && queue.first == nil && queue.last == nil)
  }

  @Test func whatIsUnwantedLeavesASinglyLinkedList() {
    let nodes = TestNodes(7)
    var list = SinglyLinkedList<TestNode.Single>()
    for number in 0..<7 { unsafe list.insertFirst(nodes[number]) }
    unsafe list.removeAll { unsafe $0.pointee.number % 3 == 0 }
    var left: [Int] = []
    unsafe TestNode.Single.forEachSafe(from: list.first) { unsafe left.append($0.pointee.number) }
    #expect(left == [5, 4, 2, 1])
    #expect(unsafe list.removeNext(after: nodes[4])?.pointee.number == 2)
    #expect(unsafe !list.remove(nodes[2]), "it is gone already")
    #expect(list.count == 3)
  }

  @Test func aQueueTurnsAroundAndANodeIsReplaced() {
    let nodes = TestNodes(4)
    var chain = SinglyLinkedTailQueue<TestNode.SingleTail>()
    for number in 0..<3 { unsafe chain.append(nodes[number]) }
    chain.reverse()
    #expect(unsafe chain.first?.pointee.number == 2 && chain.last?.pointee.number == 0)
    #expect(unsafe chain.removeNext(after: nodes[1])?.pointee.number == 0)
    #expect(unsafe chain.last?.pointee.number == 1)
    var queue = TailQueue<TestNode.DoubleTail>()
    for number in 0..<3 { unsafe queue.append(nodes[number]) }
    unsafe queue.replace(nodes[1], with: nodes[3])
    #expect(unsafe queue.removeLast()?.pointee.number == 2)
    #expect(unsafe queue.removeLast()?.pointee.number == 3)
    var list = LinkedList<TestNode.Double>()
    unsafe list.insertFirst(nodes[0])
    unsafe list.replace(nodes[0], with: nodes[1])
    #expect(unsafe list.first?.pointee.number == 1 && list.count == 1)
  }
}

extension Change {
  /// What the change means, to arrays.
  fileprivate func callAsFunction(_ model: inout [[Int]], _ list: Int, _ node: Int, _ other: Int) {
    let place = model[list].firstIndex(of: other) ?? 0
    switch self {
    case .insertFirst: model[list].insert(node, at: 0)
    case .append: model[list].append(node)
    case .insertAfter: model[list].insert(node, at: place + 1)
    case .insertBefore: model[list].insert(node, at: place)
    case .remove: model[list].removeAll { $0 == node }
    case .removeFirst: model[list].removeFirst()
    case .concatenate: model = [model[0] + model[1], []]
    case .swap: model.swapAt(0, 1)
    }
  }
}
