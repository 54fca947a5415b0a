// Empirical distribution functions, over one another: the whole of the data, unsmoothed.
//
//     100% ┤            ⢀⡠⠤⠒⠊⠉⠉⠉⠉
//      50% ┤      ⢀⡠⠊ ⡠⠊
//       0% ┤⣀⣀⠤⠒⠉⣀⠤⠊
//          └──┴───────┴───────┴──
//
// The curve of a faster set lies to the left of the other's over its whole height; where curves
// cross, which one is faster depends on which runs one looks at.

/// A plot of the distribution functions of sets.
public struct PlotDistribution: Sendable {
  private let series: [PlotSeries]
  private let layout: PlotLayout
  private let rows: Int

  private static let labelColumns = 5

  /// A plot of `series`, all on the same axis; not empty.
  public init(_ series: [PlotSeries], layout: PlotLayout, rows: Int = 8) {
    precondition(!series.isEmpty, "something to draw")
    precondition(series.allSatisfy { $0.bins.axis == series[0].bins.axis }, "one axis for all")
    self.series = series
    self.layout = layout
    self.rows = max(2, rows)
  }

  /// The lines from the top, each of the layout's columns or fewer.
  public func lines() -> [PlotText] {
    let left = Self.labelColumns + 1
    let width = max(10, layout.columns - left - PlotWidth.cells(of: layout.unit) - 1)
    var canvas = PlotCanvas(columns: width, rows: rows, glyphs: layout.glyphs)
    for one in series {
      let levels = one.bins.cumulative(columns: canvas.width).map { part in
        Int((part * Double(canvas.height - 1)).rounded())
      }
      canvas.steps(levels, set: one.index)
    }
    var lines = legend(left: left)
    for (row, dots) in canvas.lines().enumerated() {
      var line = PlotText()
      line.append(edge(row: row), .faint)
      line.append(dots)
      lines.append(line)
    }
    var bottom = layout.axisLines(series[0].bins.axis, left: left, width: width)
    var corner = PlotText(String(repeating: " ", count: left - 1))
    corner.append(layout.glyphs == .ascii ? "+" : "└", .faint)
    for run in bottom[0].runs where run.ink == .faint { corner.append(run.text, .faint) }
    bottom[0] = corner
    return lines + bottom
  }

  private func edge(row: Int) -> String {
    let labels = [0: "100%", rows / 2: "50%", rows - 1: "0%"]
    let isASCII = layout.glyphs == .ascii
    guard let label = labels[row] else {
      return String(repeating: " ", count: Self.labelColumns) + (isASCII ? "|" : "│")
    }
    let text = PlotText(label).aligned(.right, in: Self.labelColumns - 1).plain
    return text + (isASCII ? " +" : " ┤")
  }

  private func legend(left: Int) -> [PlotText] {
    var blank = PlotText()
    blank.pad(to: left)
    var lines: [PlotText] = []
    var line = blank
    for one in series {
      var entry = PlotText(sample(one.index) + " ", .arm(one.index))
      let room = layout.columns - left - entry.width
      entry.append(
        PlotWidth.cut(PlotWidth.visible(one.name), to: room, ellipsis: layout.glyphs.ellipsis))
      if line.width > left && line.width + 3 + entry.width > layout.columns {
        lines.append(line)
        line = blank
      }
      if line.width > left { line.append("   ") }
      line.append(entry)
    }
    return lines + [line]
  }

  /// A piece of the set's line.
  private func sample(_ index: Int) -> String {
    if layout.glyphs == .ascii { return layout.glyphs.symbol(index) }
    var canvas = PlotCanvas(columns: 4, rows: 1, glyphs: .unicode)
    canvas.steps([Int](repeating: 1, count: canvas.width), set: index)
    return canvas.lines()[0].plain
  }
}
