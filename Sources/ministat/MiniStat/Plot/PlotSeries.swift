// What is drawn of one set of values: counted, summed up, and thinned.

/// A set of values as plots need it, a few pages of memory however many values there are.
public struct PlotSeries: Equatable, Sendable {
  /// The set's name.
  public var name: String
  /// The index of the set, which decides its colour and symbol.
  public var index: Int
  /// The values on a grid.
  public var bins: PlotBins
  /// The values summed up.
  public var marks: PlotMarks
  /// The values in the order in which they were measured.
  public var order: PlotOrder.Points

  /// A series of `values`, finite and in their order; `scale` divides them for the unit shown.
  ///
  /// O(n).  `marks` and `axis` are in the unit shown already.
  ///
  /// - Parameter positions: when each value was measured among all; nil for one after the other.
  public init(
    _ name: String, index: Int, values: Span<Double>, positions: [Int]? = nil,
    marks: PlotMarks, axis: PlotAxis, scale: Double = 1
  ) {
    self.name = name
    self.index = index
    self.marks = marks
    bins =
      scale == 1
      ? PlotBins(values, on: axis) : Self.scaledBins(values, on: axis, scale: scale)
    order = PlotOrder.Points(values, positions: positions, scale: scale)
  }

  private static func scaledBins(
    _ values: Span<Double>, on axis: PlotAxis, scale: Double
  ) -> PlotBins {
    // The grid is laid over the values as they are, and then called by the unit shown.
    let raw = PlotBins(values, on: PlotAxis(from: axis.low * scale, to: axis.high * scale))
    return PlotBins(axis: axis, counts: raw.counts, count: raw.count)
  }
}

extension PlotBins {
  init(axis: PlotAxis, counts: [Int], count: Int) {
    self.axis = axis
    self.counts = counts
    self.count = count
  }
}

/// What plots of the same report have in common.
public struct PlotLayout: Sendable {
  /// The columns of the whole plot, labels included.
  public var columns: Int
  /// The characters that may be used.
  public var glyphs: PlotGlyphs
  /// The unit of the values, after scaling; may be empty.
  public var unit: String

  /// A plot needs at least this many columns; with fewer, lines are longer than asked for.
  public static let columnsMin = 40
  /// Names longer than this are cut.
  static let nameColumnsMax = 20

  /// A layout of `columns` columns.
  public init(columns: Int, glyphs: PlotGlyphs, unit: String = "") {
    self.columns = max(columns, Self.columnsMin)
    self.glyphs = glyphs
    self.unit = unit
  }

  /// The columns that names need in front of a plot: those of the longest, within bounds.
  func nameColumns(_ names: [String]) -> Int {
    let longest = names.map { PlotWidth.cells(of: PlotWidth.visible($0)) }.max() ?? 0
    return min(longest, min(Self.nameColumnsMax, columns / 4))
  }

  /// `name` in a field of `width` columns.
  func label(_ name: String, _ ink: PlotInk, width: Int) -> PlotText {
    let shown = PlotWidth.cut(
      PlotWidth.visible(name), to: width, ellipsis: glyphs.ellipsis)
    return PlotText(shown, ink).aligned(.left, in: width)
  }

  /// The two lines of an axis below a plot that begins at column `left` and has `width` columns.
  func axisLines(
    _ axis: PlotAxis, left: Int, width: Int, unit: String? = nil, isWhole: Bool = false
  ) -> [PlotText] {
    // A label and two blanks for each tick.
    let ticks = axis.ticks(max(2, width / 9), isWhole: isWhole)
    var rule = [String](repeating: glyphs == .ascii ? "-" : "─", count: width)
    var labels = PlotText()
    labels.pad(to: left)
    for tick in ticks {
      let column = axis.step(of: tick.value, of: width)
      rule[column] = glyphs == .ascii ? "+" : "┴"
      let size = PlotWidth.cells(of: tick.text)
      let start = left + min(max(0, column - size / 2), max(0, width - size))
      if start < labels.width + (labels.width > left ? 1 : 0) { continue }
      labels.pad(to: start)
      labels.append(tick.text, .faint)
    }
    let unit = unit ?? self.unit
    if !unit.isEmpty { labels.append(" " + unit, .faint) }
    var line = PlotText()
    line.pad(to: left)
    line.append(rule.joined(), .faint)
    return [line, labels]
  }
}
