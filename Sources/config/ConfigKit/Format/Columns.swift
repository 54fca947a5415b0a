// Lines of cells to bytes: which columns are shared, and the tabs that lead there.

/// A line of the layout.
struct LayoutLine {
  var indent = 0
  /// What stands on it, divided where columns are aligned; empty for a blank line.
  var cells: [[UInt8]] = []
  var comment: [UInt8]?
  /// True if a backslash joins the next line to it.
  var isJoined = false
  /// True if its last word ends in a backslash, which must not join the next line.
  var endsInBackslash = false
  /// The lines that share its columns; -1 for none.
  var group: Int
  /// The column of its second cell, at least; 0 for a line that shares it with its neighbours.
  var second = 0

  init(group: Int) { self.group = group }

  static let blank = LayoutLine(group: -1)

  /// A comment on a line of its own.
  static func comment(_ text: [UInt8], indent: Int) -> LayoutLine {
    var line = LayoutLine(group: -1)
    line.indent = indent
    line.cells = [text]
    return line
  }

  var isBlank: Bool { cells.isEmpty }

  /// True for a line whose words go over several lines: it has no columns to share.
  var isTall: Bool { cells.contains { $0.contains(Byte.newline) } }
}

/// Aligns the cells of neighbouring lines at tab stops.
struct Columns {
  /// The distance of tab stops, as every terminal and the kernel's configurations have it.
  static let tabStop = 8
  /// A cell that ends behind this column does not push its neighbours' columns to the right.
  static let alignedMax = 72

  private let lines: [LayoutLine]

  init(_ lines: [LayoutLine]) { self.lines = lines }

  /// All lines as bytes, each with its newline.
  func render() -> [UInt8] {
    var bytes: [UInt8] = []
    var start = 0
    while start < lines.count {
      var end = start + 1
      if lines[start].group >= 0 {
        while end < lines.count && isNeighbour(lines[end], lines[start].group) { end += 1 }
      }
      let columns = columns(of: lines[start..<end])
      for line in lines[start..<end] { render(line, columns, into: &bytes) }
      start = end
    }
    return bytes
  }

  /// Comments between two lines of a group do not divide it.
  private func isNeighbour(_ line: LayoutLine, _ group: Int) -> Bool {
    line.group == group || line.group < 0 && !line.isBlank
  }

  /// Where the second cell begins in these lines, and where their comments do.
  private func columns(of lines: ArraySlice<LayoutLine>) -> (second: Int, comment: Int) {
    var second = 0
    var comment = 0
    for line in lines where line.cells.count > 1 && !line.isTall && line.second == 0 {
      let end = Self.end(of: line.cells[0], from: line.indent * Self.tabStop)
      if end < Self.alignedMax { second = max(second, Self.next(end)) }
    }
    for line in lines where line.comment != nil && !line.isTall {
      let end = Self.end(of: line, second)
      if end < Self.alignedMax { comment = max(comment, Self.next(end)) }
    }
    return (second, comment)
  }

  /// The first tab stop behind `column`, with at least a blank between.
  private static func next(_ column: Int) -> Int { (column / tabStop + 1) * tabStop }

  /// The column in which `cell` ends that begins in `column`; characters are one column wide.
  private static func end(of cell: [UInt8], from column: Int) -> Int {
    var column = column
    for byte in cell {
      if byte == Byte.tab {
        column = next(column)
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return column
  }

  /// The column in which the words of `line` end.
  private static func end(of line: LayoutLine, _ second: Int) -> Int {
    var column = end(of: line.cells[0], from: line.indent * tabStop)
    for cell in line.cells.dropFirst() {
      column = end(of: cell, from: max(next(column), line.second == 0 ? second : line.second))
    }
    return column
  }

  private func render(
    _ line: LayoutLine, _ columns: (second: Int, comment: Int), into bytes: inout [UInt8]
  ) {
    bytes += repeatElement(Byte.tab, count: line.indent)
    var column = line.indent * Self.tabStop
    for (index, cell) in line.cells.enumerated() {
      if index > 0 {
        let second = line.isTall ? 0 : columns.second
        column = pad(from: column, to: line.second == 0 ? second : line.second, &bytes)
      }
      bytes += cell
      column = Self.end(of: cell, from: column)
    }
    if line.isJoined { bytes += [Byte.space, Byte.backslash] }
    if let comment = line.comment {
      _ = pad(from: column, to: line.isTall ? 0 : columns.comment, &bytes)
      bytes += comment
    } else if line.endsInBackslash && !line.isJoined {
      bytes.append(Byte.space)
    }
    bytes.append(Byte.newline)
  }

  /// Puts tabs from `column` to `target`, at least one; the result is the column reached.
  private func pad(from column: Int, to target: Int, _ bytes: inout [UInt8]) -> Int {
    let end = max(Self.next(column), target)
    let count = (end - column / Self.tabStop * Self.tabStop) / Self.tabStop
    bytes += repeatElement(Byte.tab, count: count)
    return end
  }
}
