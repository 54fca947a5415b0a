// What differs between two texts, line by line: the unified format of diff(1).
//
// Myers's greedy algorithm (1986), on what is left when the common beginning and end are taken
// away.  Beyond `editsMax` differences all that is left counts as replaced: nobody reads more.

/// The difference of two texts.
public struct LineDiff {
  /// Unequal lines around which others are shown.
  static let context = 3
  /// Differences that are searched for; the search takes the square of this in memory.
  static let editsMax = 1000

  private enum Edit { case keep, remove, add }

  private let old: [ArraySlice<UInt8>]
  private let new: [ArraySlice<UInt8>]
  private var edits: [Edit] = []

  /// Compares the lines of `old` and `new`.
  public init(_ old: [UInt8], _ new: [UInt8]) {
    self.old = Self.lines(old)
    self.new = Self.lines(new)
    var head = 0
    while head < min(self.old.count, self.new.count) && self.old[head] == self.new[head] {
      head += 1
    }
    var tail = 0
    while tail < min(self.old.count, self.new.count) - head
      && self.old[self.old.count - 1 - tail] == self.new[self.new.count - 1 - tail]
    {
      tail += 1
    }
    let middle = middle(
      self.old[head..<(self.old.count - tail)], self.new[head..<(self.new.count - tail)])
    edits =
      Array(repeating: .keep, count: head) + middle + Array(repeating: .keep, count: tail)
  }

  /// The lines of `text`, each with its newline.
  private static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    for index in text.indices where text[index] == Byte.newline {
      lines.append(text[start...index])
      start = index + 1
    }
    if start < text.count { lines.append(text[start...]) }
    return lines
  }

  /// The edits that lead from `a` to `b`.
  private func middle(_ a: ArraySlice<ArraySlice<UInt8>>, _ b: ArraySlice<ArraySlice<UInt8>>)
    -> [Edit]
  {
    let limit = min(a.count + b.count, Self.editsMax)
    // reach[limit + k]: how far into `a` a path on diagonal k (place in a - place in b) goes.
    var reach = [Int](repeating: 0, count: 2 * limit + 3)
    var trace: [[Int]] = []
    for count in 0...limit {
      trace.append(reach)
      for diagonal in stride(from: -count, through: count, by: 2) {
        let slot = limit + 1 + diagonal
        let isDown =
          diagonal == -count || diagonal != count && reach[slot - 1] < reach[slot + 1]
        var x = isDown ? reach[slot + 1] : reach[slot - 1] + 1
        while x < a.count && x - diagonal < b.count
          && a[a.startIndex + x] == b[b.startIndex + x - diagonal]
        {
          x += 1
        }
        reach[slot] = x
        if x >= a.count && x - diagonal >= b.count {
          return Self.backtrack(trace, a.count, b.count, limit)
        }
      }
    }
    return Array(repeating: .remove, count: a.count) + Array(repeating: .add, count: b.count)
  }

  private static func backtrack(
    _ trace: [[Int]], _ aCount: Int, _ bCount: Int, _ limit: Int
  ) -> [Edit] {
    var edits: [Edit] = []
    var (x, y) = (aCount, bCount)
    for (count, reach) in trace.enumerated().reversed() {
      let diagonal = x - y
      let slot = limit + 1 + diagonal
      let isDown = diagonal == -count || diagonal != count && reach[slot - 1] < reach[slot + 1]
      let startX = isDown ? reach[slot + 1] : reach[slot - 1]
      let startY = startX - (isDown ? diagonal + 1 : diagonal - 1)
      while x > startX && y > startY {
        edits.append(.keep)
        x -= 1
        y -= 1
      }
      if count > 0 { edits.append(isDown ? .add : .remove) }
      (x, y) = (startX, startY)
    }
    return edits.reversed()
  }

  /// The difference in the unified format, empty if there is none.
  ///
  /// - Parameters:
  ///   - oldName: what the old text is called, and `newName` the new one.
  public func unified(_ oldName: String, _ newName: String) -> [UInt8] {
    var result: [UInt8] = []
    for hunk in hunks() {
      if result.isEmpty { result += Array("--- \(oldName)\n+++ \(newName)\n".utf8) }
      result += render(hunk)
    }
    return result
  }

  private typealias Hunk = (edits: Range<Int>, old: Int, new: Int)

  /// The runs of edits that are shown, each with the lines at which it begins.
  private func hunks() -> [Hunk] {
    var hunks: [Hunk] = []
    var (oldLine, newLine) = (0, 0)
    var starts: [(Int, Int)] = []
    for edit in edits {
      starts.append((oldLine, newLine))
      if edit != .add { oldLine += 1 }
      if edit != .remove { newLine += 1 }
    }
    for (index, edit) in edits.enumerated() where edit != .keep {
      let lower = max(0, index - Self.context)
      let upper = min(edits.count, index + 1 + Self.context)
      if let last = hunks.last, lower <= last.edits.upperBound {
        hunks[hunks.count - 1].edits = last.edits.lowerBound..<upper
      } else {
        hunks.append((lower..<upper, starts[lower].0, starts[lower].1))
      }
    }
    return hunks
  }

  private func render(_ hunk: Hunk) -> [UInt8] {
    var (oldLine, newLine) = (hunk.old, hunk.new)
    var body: [UInt8] = []
    for edit in edits[hunk.edits] {
      let line = edit == .add ? new[newLine] : old[oldLine]
      body.append(edit == .keep ? Byte.space : edit == .add ? Byte.plus : UInt8(ascii: "-"))
      body += line
      if line.last != Byte.newline { body += Array("\n\\ No newline at end of file\n".utf8) }
      if edit != .add { oldLine += 1 }
      if edit != .remove { newLine += 1 }
    }
    func range(_ start: Int, _ count: Int) -> String {
      count == 1 ? "\(start + 1)" : "\(count == 0 ? start : start + 1),\(count)"
    }
    let head =
      "@@ -\(range(hunk.old, oldLine - hunk.old)) +\(range(hunk.new, newLine - hunk.new)) @@\n"
    return Array(head.utf8) + body
  }
}
