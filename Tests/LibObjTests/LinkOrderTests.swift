// The order of libraries, against what order means.

import LibObj
import Support
import Sys9
import Testing

@Suite("The order of libraries") struct LinkOrderTests {
  @Test(
    "puts who needs before who is needed",
    arguments: [
      ([], []), ([[]], [[0]]), ([[1], []], [[0], [1]]), ([[], [0]], [[1], [0]]),
      ([[2], [2], []], [[0], [1], [2]]), ([[1], [0]], [[0, 1]]), ([[0]], [[0]]),
      ([[1], [2], [1]], [[0], [1, 2]]), ([[], [], []], [[0], [1], [2]]),
    ] as [([[Int]], [[Int]])])
  func small(needs: [[Int]], expected: [[Int]]) {
    #expect(LinkOrder.groups(needs) == expected)
  }

  /// Which numbers each can reach, by trying until nothing changes.
  private func reach(_ needs: [[Int]]) -> [Set<Int>] {
    var reached = needs.indices.map { Set([$0] + needs[$0]) }
    var changes = true
    while changes {
      changes = false
      for index in needs.indices {
        let more = reached[index].reduce(reached[index]) { $0.union(reached[$1]) }
        if more != reached[index] { (reached[index], changes) = (more, true) }
      }
    }
    return reached
  }

  @Test func holdsForAnyGraph() {
    var (random, _) = SplitMix.printed("link order", environment: Environment["TEST_SEED"])
    for _ in 0..<400 {
      let count = Int.random(in: 1...12, using: &random)
      let density = Double.random(in: 0...0.4, using: &random)
      let needs = (0..<count).map { _ in
        (0..<count).filter { _ in Double.random(in: 0..<1, using: &random) < density }
      }
      let groups = LinkOrder.groups(needs)
      #expect(groups.flatMap { $0 }.sorted() == Array(0..<count), "L1: each once")
      let reached = reach(needs)
      for (place, group) in groups.enumerated() {
        for one in group {
          // In a group all reach one another; and nobody that is needed stood before it.
          #expect(group.allSatisfy { reached[one].contains($0) })
          for earlier in groups[..<place].flatMap({ $0 }) {
            #expect(!reached[one].contains(earlier), "L2: \(one) needs \(earlier): \(needs)")
          }
        }
      }
    }
  }

  @Test func aLongChainIsNoTrouble() {
    let count = 200_000
    let groups = LinkOrder.groups((0..<count).map { $0 + 1 < count ? [$0 + 1] : [] })
    #expect(groups.count == count)
    #expect(groups.first == [0])
    #expect(LinkOrder.groups((0..<count).map { [($0 + 1) % count] }).count == 1)
  }
}
