// The order in which libraries are linked.
//
// A linker that reads archives once, from left to right, wants who needs before who is needed.
// Libraries that need one another have no such order: they form a group, which is read until it
// gives nothing more.  That is what the strongly connected components of the graph are; Tarjan's
// algorithm finds them in one walk, the needed ones first, without recursion here, since a chain
// of libraries may be as long as somebody likes.

/// Sorts libraries for the linker.
public enum LinkOrder {
  /// Groups of libraries, those that need others first; a group of several needs itself.
  ///
  /// What does not decide the order keeps it as it was given, as far as there is a choice.
  ///
  /// - Parameter needs: for each library the numbers of those it needs; a number that is none of
  ///   theirs is a fault of the caller.
  /// - Returns: every number once.  O(libraries + needs).
  public static func groups(_ needs: [[Int]]) -> [[Int]] {
    precondition(needs.allSatisfy { $0.allSatisfy(needs.indices.contains) }, "needs are libraries")
    var walk = Walk(needs: needs)
    // The last begins, so that what comes out, turned round, begins with the first.
    for start in needs.indices.reversed() { walk.visit(start) }
    return walk.groups.reversed().map { $0.sorted() }
  }

  private struct Walk {
    let needs: [[Int]]
    var groups: [[Int]] = []
    var next = 0
    var order: [Int]
    var low: [Int]
    var isOpen: [Bool]
    var open: [Int] = []

    init(needs: [[Int]]) {
      self.needs = needs
      order = Array(repeating: -1, count: needs.count)
      low = order
      isOpen = Array(repeating: false, count: needs.count)
    }

    mutating func visit(_ start: Int) {
      if order[start] >= 0 { return }
      var path: [(node: Int, edge: Int)] = []
      enter(start, &path)
      while let (node, edge) = path.last {
        if edge < needs[node].count {
          path[path.count - 1].edge += 1
          let other = needs[node][needs[node].count - 1 - edge]
          if order[other] < 0 {
            enter(other, &path)
          } else if isOpen[other] {
            low[node] = min(low[node], order[other])
          }
        } else {
          path.removeLast()
          if let above = path.last?.node { low[above] = min(low[above], low[node]) }
          if low[node] == order[node] { close(node) }
        }
      }
    }

    private mutating func enter(_ node: Int, _ path: inout [(node: Int, edge: Int)]) {
      order[node] = next
      low[node] = next
      next += 1
      open.append(node)
      isOpen[node] = true
      path.append((node, 0))
    }

    private mutating func close(_ node: Int) {
      var group: [Int] = []
      while let last = open.popLast() {
        isOpen[last] = false
        group.append(last)
        if last == node { break }
      }
      groups.append(group)
    }
  }
}
