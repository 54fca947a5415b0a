// Densities side by side: where the values of each set lie, and its vital marks below.
//
//          ▁▃▆█▇▅▃▂▁                   the density, in eighths of a row, highest set highest
//     old ├───▐▓▓█▓▓▌────┤             extremes, quartiles, median
//                  ▁▂▄▇█▆▄▂▁
//     new         ├──▐▓█▓▓▌──┤
//         ──┴───────┴───────┴──
//
// The heights of all sets have the same scale: areas are equal, and a set of widely spread values
// is as flat as it is.  A density that would not reach the lowest eighth is blank.

/// A plot of the densities of sets, one above the other on one axis.
public struct PlotDensity: Sendable {
  private let series: [PlotSeries]
  private let layout: PlotLayout
  /// Rows for a density.
  private let rows: Int

  /// A plot of `series`, all on the same axis; not empty.
  public init(_ series: [PlotSeries], layout: PlotLayout, rows: Int = 2) {
    precondition(!series.isEmpty, "something to draw")
    precondition(series.allSatisfy { $0.bins.axis == series[0].bins.axis }, "one axis for all")
    precondition(rows > 0, "a density takes a row")
    self.series = series
    self.layout = layout
    self.rows = rows
  }

  /// The lines from the top, each of the layout's columns or fewer.
  public func lines() -> [PlotText] {
    let left = layout.nameColumns(series.map(\.name)) + 1
    let width = max(10, layout.columns - left - PlotWidth.cells(of: layout.unit) - 1)
    let axis = series[0].bins.axis
    let densities = series.map { one in
      one.bins.density(columns: width, bandwidth: one.marks.bandwidth)
    }
    let highest = densities.reduce(0) { max($0, $1.max() ?? 0) }
    var lines: [PlotText] = []
    for (one, density) in zip(series, densities) {
      let ink = PlotInk.arm(one.index)
      for row in (0..<rows).reversed() {
        let hill = hill(density, highest: highest, row: row)
        if hill.allSatisfy({ $0 == " " }) { continue }
        var line = PlotText()
        line.pad(to: left)
        line.append(hill, ink)
        lines.append(line)
      }
      var line = layout.label(one.name, ink, width: left - 1)
      line.pad(to: left)
      line.append(box(one.marks, axis: axis, width: width, ink: ink))
      lines.append(line)
    }
    return lines + layout.axisLines(axis, left: left, width: width)
  }

  private static let eighths: [String] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  private static let levels: [String] = [" ", ".", ":", "|"]

  private func hill(_ density: [Double], highest: Double, row: Int) -> String {
    let glyphs = layout.glyphs == .ascii ? Self.levels : Self.eighths
    let parts = glyphs.count - 1
    return density.map { height in
      let whole = highest > 0 ? height / highest * Double(rows * parts) : 0
      return glyphs[min(max(0, Int(whole.rounded()) - row * parts), parts)]
    }.joined()
  }

  private func box(_ marks: PlotMarks, axis: PlotAxis, width: Int, ink: PlotInk) -> PlotText {
    let isASCII = layout.glyphs == .ascii
    var cells = [String](repeating: " ", count: width)
    let (low, high) = (
      axis.step(of: marks.minimum, of: width),
      axis.step(of: marks.maximum, of: width)
    )
    let lower = axis.step(of: marks.lowerQuartile, of: width)
    let upper = axis.step(of: marks.upperQuartile, of: width)
    for column in low...max(low, high) { cells[column] = isASCII ? "-" : "─" }
    cells[low] = isASCII ? "|" : "├"
    cells[high] = isASCII ? "|" : "┤"
    for column in lower...max(lower, upper) { cells[column] = isASCII ? "=" : "━" }
    let median = axis.step(of: marks.median, of: width)
    cells[median] = isASCII ? "M" : "┃"
    var line = PlotText()
    for (column, cell) in cells.enumerated() {
      line.append(cell, column == median ? .strong : ink)
    }
    return line
  }
}
