// Tables, laid out once for text, Markdown and pages.
//
// A column has a title, an alignment and a rank.  Where a terminal is too narrow for all columns,
// those of the highest rank are left out, so that a row is never broken; the other faces show all.
// A column in which nothing stands is left out everywhere.

import MiniStat

/// A table of inked text.
struct ReportTable {
  /// A column.
  struct Column {
    var title: String
    var alignment = PlotText.Alignment.right
    /// 0 for what is never left out; the highest is left out first.
    var rank = 0
  }

  /// A row of cells, or a heading over the rows below.
  enum Row {
    case cells([PlotText])
    case heading(PlotText)
  }

  let columns: [Column]
  private(set) var rows: [Row] = []

  private static let gap = 2

  init(_ columns: [Column]) { self.columns = columns }

  mutating func add(_ cells: [PlotText]) {
    precondition(cells.count == columns.count, "a cell for each column")
    rows.append(.cells(cells))
  }

  mutating func add(heading: PlotText) { rows.append(.heading(heading)) }

  /// The rows of cells.
  var cells: [[PlotText]] {
    rows.compactMap { row in
      if case .cells(let cells) = row { return cells }
      return nil
    }
  }

  /// The columns in which something stands.
  var used: [Int] {
    columns.indices.filter { column in cells.contains { $0[column].width > 0 } }
  }

  /// The lines of the table in `width` columns, each behind `indent` blanks.
  ///
  /// The names in the first column and the titles are cut where they would leave no room.
  func lines(width: Int, indent: Int = 2, ellipsis: String = "…") -> [PlotText] {
    if let narrow = narrowed(width: width, ellipsis: ellipsis) {
      return narrow.lines(width: width, indent: indent, ellipsis: ellipsis)
    }
    var shown = used
    var widths = fields(shown)
    while widths.reduce(indent - Self.gap, { $0 + $1 + Self.gap }) > width {
      guard let worst = shown.max(by: { columns[$0].rank < columns[$1].rank }),
        columns[worst].rank > 0
      else { break }
      shown.removeAll { $0 == worst }
      widths = fields(shown)
    }
    let titles = columns.map { PlotText($0.title, .faint) }
    var lines = [line(titles, shown, widths, indent: indent)]
    for row in rows {
      switch row {
      case .cells(let cells): lines.append(line(cells, shown, widths, indent: indent))
      case .heading(let text):
        var line = PlotText()
        line.pad(to: indent)
        line.append(text)
        lines.append(line)
      }
    }
    return lines
  }

  private static let titleColumnsMax = 24

  /// The table with its long names cut; nil if there are none.
  private func narrowed(width: Int, ellipsis: String) -> ReportTable? {
    let most = max(16, width / 3)
    let isLong =
      cells.contains { ($0.first?.width ?? 0) > most }
      || columns.contains { PlotWidth.cells(of: $0.title) > Self.titleColumnsMax }
    if !isLong { return nil }
    var table = ReportTable(
      columns.map { column in
        var column = column
        column.title = PlotWidth.cut(
          PlotWidth.visible(column.title), to: Self.titleColumnsMax, ellipsis: ellipsis)
        return column
      })
    for row in rows {
      guard case .cells(var cells) = row else {
        table.rows.append(row)
        continue
      }
      if cells[0].width > most {
        let ink = cells[0].runs.first?.ink ?? .plain
        cells[0] = PlotText(PlotWidth.cut(cells[0].plain, to: most, ellipsis: ellipsis), ink)
      }
      table.add(cells)
    }
    return table
  }

  private func fields(_ shown: [Int]) -> [Int] {
    shown.map { column in
      cells.reduce(PlotWidth.cells(of: columns[column].title)) { max($0, $1[column].width) }
    }
  }

  private func line(
    _ cells: [PlotText], _ shown: [Int], _ widths: [Int], indent: Int
  ) -> PlotText {
    var line = PlotText()
    line.pad(to: indent)
    for (index, (column, width)) in zip(shown, widths).enumerated() {
      if index > 0 { line.append(String(repeating: " ", count: Self.gap)) }
      line.append(cells[column].aligned(columns[column].alignment, in: width))
    }
    return line
  }

  // MARK: Markdown and pages

  /// The table in GitHub's Markdown.
  func markdown() -> [String] {
    let shown = used
    let title = shown.map { Self.markdown(columns[$0].title) }
    let rule = shown.map { columns[$0].alignment == .right ? "--:" : "---" }
    var lines = [title, rule].map { "| " + $0.joined(separator: " | ") + " |" }
    for row in rows {
      switch row {
      case .cells(let cells):
        let texts = shown.map { Self.markdown(cells[$0]) }
        lines.append("| " + texts.joined(separator: " | ") + " |")
      case .heading(let text):
        let rest = String(repeating: " |", count: max(0, shown.count - 1))
        lines.append("| **\(Self.markdown(text.trimmed))** |" + rest)
      }
    }
    return lines
  }

  private static func markdown(_ text: PlotText) -> String {
    let shown = markdown(text.trimmed)
    let isStrong = text.runs.contains { [.strong, .good, .bad].contains($0.ink) }
    return isStrong && !shown.isEmpty ? "**\(shown)**" : shown
  }

  /// `text` with what Markdown would read as markup escaped.
  static func markdown(_ text: String) -> String {
    var result = ""
    for character in PlotWidth.visible(text) {
      switch character {
      case "<": result += "&lt;"
      case "&": result += "&amp;"
      case "\\", "|", "*", "_", "`", "[", "]", "#", "~": result += "\\\(character)"
      default: result.append(character)
      }
    }
    return result
  }

  /// The table in `markup`.
  func write(to markup: inout Markup) {
    let shown = used
    markup.element("div", [("class", "scroll")]) { markup in
      markup.element("table") { markup in
        markup.element("thead") { markup in
          markup.element("tr") { markup in
            for column in shown {
              let isLeft = columns[column].alignment == .left
              let type = [("scope", "col")] + (isLeft ? [("class", "left")] : [])
              markup.element(
                "th", type.map { (name: $0.0, value: $0.1) }, text: columns[column].title)
            }
          }
        }
        markup.newline()
        markup.element("tbody") { markup in
          for row in rows {
            write(row, shown, to: &markup)
            markup.newline()
          }
        }
      }
    }
    markup.newline()
  }

  private func write(_ row: Row, _ shown: [Int], to markup: inout Markup) {
    switch row {
    case .heading(let text):
      markup.element("tr", [("class", "subject")]) { markup in
        markup.element("th", [("colspan", String(shown.count))], text: text.trimmed)
      }
    case .cells(let cells):
      markup.element("tr") { markup in
        for (index, column) in shown.enumerated() {
          let isLeft = columns[column].alignment == .left
          var attributes: [Markup.Attribute] = index == 0 ? [("scope", "row")] : []
          if isLeft && index > 0 { attributes.append(("class", "left")) }
          markup.element(index == 0 ? "th" : "td", attributes) { $0.write(cells[column]) }
        }
      }
    }
  }
}

extension Markup {
  /// Adds a line's pieces, each in the colour of its ink.
  mutating func write(_ text: PlotText) {
    let last = text.runs.count - 1
    for (index, run) in text.runs.enumerated() {
      let shown = index == last ? Self.withoutBlanks(run.text) : run.text
      let content = ReportFigure.minus(shown)
      guard let type = run.ink.type else {
        write(content)
        continue
      }
      element("span", [("class", type)], text: content)
    }
  }

  private static func withoutBlanks(_ text: String) -> String {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
  }
}

extension PlotInk {
  /// The class of the style sheet for the ink; nil for ordinary text.
  var type: String? {
    switch self {
    case .plain: nil
    case .strong: "strong"
    case .faint: "soft"
    case .good: "good"
    case .bad: "bad"
    case .caution: "caution"
    case .arm(let index): "arm\(index % 7)"
    }
  }
}
