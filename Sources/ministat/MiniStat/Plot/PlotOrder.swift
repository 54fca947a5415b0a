// Values in the order in which they were measured: drift, warm-up and outbursts are seen here
// before any test says so.
//
// A panel for each set, all on the same axes, so that what happened to the machine at one time is
// at one place in every panel.

/// A plot of the values of sets in the order of their measurement.
public struct PlotOrder: Sendable {
  /// Values with their positions, thinned where they are too many.
  public struct Points: Equatable, Sendable {
    /// The positions, from 0 and ascending.
    public let positions: [Int]
    /// The values.
    public let values: [Double]
    /// The last position of all, thinned ones too; -1 if there are no values.
    public let last: Int
    /// True if only the extremes of each stretch are kept.
    public let isThinned: Bool

    /// More values than this are thinned.
    public static let countMax = 2000

    /// The points of `values`, divided by `scale`.
    ///
    /// Beyond ``countMax``, each stretch of values is represented by its extremes.  O(n).
    public init(_ values: Span<Double>, positions given: [Int]? = nil, scale: Double = 1) {
      precondition(given.map { $0.count == values.count } ?? true, "a position for each value")
      var positions: [Int] = []
      var kept: [Double] = []
      let stretch = values.count > Self.countMax ? 2 * values.count / Self.countMax + 1 : 1
      for start in stride(from: 0, to: values.count, by: stretch) {
        var (low, high) = (start, start)
        for index in start..<min(start + stretch, values.count) {
          if values[index] < values[low] { low = index }
          if values[index] > values[high] { high = index }
        }
        for index in low == high ? [low] : [min(low, high), max(low, high)] {
          positions.append(given?[index] ?? index)
          kept.append(values[index] / scale)
        }
      }
      self.positions = positions
      self.values = kept
      last = given?.max() ?? values.count - 1
      isThinned = stretch > 1
    }
  }

  private let series: [PlotSeries]
  private let layout: PlotLayout
  private let rows: Int

  /// A plot of `series`; not empty.
  public init(_ series: [PlotSeries], layout: PlotLayout, rows: Int = 4) {
    precondition(!series.isEmpty, "something to draw")
    self.series = series
    self.layout = layout
    self.rows = max(2, rows)
  }

  /// The lines from the top, each of the layout's columns or fewer.
  public func lines() -> [PlotText] {
    let values = PlotAxis(showing: series.flatMap(\.order.values), margin: 0.02)
    let ticks = values.ticks(rows)
    let tickColumns = ticks.map { PlotWidth.cells(of: $0.text) }.max() ?? 0
    let name = layout.nameColumns(series.map(\.name))
    let left = name + 1 + tickColumns + 2
    let width = max(10, layout.columns - left)
    let last = series.reduce(0) { max($0, $1.order.last) }
    let runs = PlotAxis(from: 1, to: Double(max(2, last + 1)))
    var lines: [PlotText] = []
    for one in series {
      if !lines.isEmpty { lines.append(PlotText()) }
      let panel = panel(one, values: values, runs: runs, width: width)
      for (row, dots) in panel.enumerated() {
        var line =
          row == rows / 2 ? layout.label(one.name, .arm(one.index), width: name) : PlotText()
        line.pad(to: name + 1)
        line.append(edge(row: row, ticks: ticks, axis: values, columns: tickColumns))
        line.append(dots)
        lines.append(line)
      }
    }
    let axis = layout.axisLines(runs, left: left, width: width, unit: "", isWhole: true)
    return lines + axis
  }

  private func panel(
    _ one: PlotSeries, values: PlotAxis, runs: PlotAxis, width: Int
  ) -> [PlotText] {
    var canvas = PlotCanvas(columns: width, rows: rows, glyphs: layout.glyphs)
    for (position, value) in zip(one.order.positions, one.order.values) {
      let x = runs.step(of: Double(position + 1), of: canvas.width)
      let y = values.step(of: value, of: canvas.height)
      canvas.dot(x: x, y: y, set: one.index)
      // A single dot is hard to see where runs are few: they get two by two.
      if layout.glyphs == .unicode, one.order.positions.count * 2 <= canvas.width {
        for (x, y) in [(x ^ 1, y), (x, y ^ 1), (x ^ 1, y ^ 1)] {
          canvas.dot(x: x, y: y, set: one.index)
        }
      }
    }
    return canvas.lines()
  }

  /// The edge of a row with the tick that lies in it.
  private func edge(
    row: Int, ticks: [PlotAxis.Tick], axis: PlotAxis, columns: Int
  ) -> PlotText {
    let tick = ticks.first { rows - 1 - axis.step(of: $0.value, of: rows) == row }
    var line = PlotText(tick?.text ?? "", .faint).aligned(.right, in: columns)
    let edges = layout.glyphs == .ascii ? ["+", "|"] : ["┤", "│"]
    line.append(" " + edges[tick == nil ? 1 : 0], .faint)
    return line
  }
}
