// Intervals below one another: what is known of each ratio, beside the one that means no change.
//
//                 0.9        1.0        1.1
//     parse   ├────●────┤     ┊
//     print                ├──┊●──┤
//                          ░░░┊░░░          the margin within which nobody cares
//
// An interval that goes on beyond the axis ends in an arrow.

/// A plot of intervals.
public struct PlotInterval: Sendable {
  /// An interval to draw.
  public struct Row: Equatable, Sendable {
    /// What it is an interval of.
    public var name: String
    /// The estimate.
    public var middle: Double
    /// The lower end, -infinity if there is none.
    public var low: Double
    /// The upper end, infinity if there is none.
    public var high: Double
    /// How it is drawn: ``PlotInk/good``, ``PlotInk/bad`` or another.
    public var ink: PlotInk
    /// What is written behind it.
    public var note: String

    /// A row given part by part.
    public init(
      name: String, middle: Double, low: Double, high: Double, ink: PlotInk = .plain,
      note: String = ""
    ) {
      self.name = name
      self.middle = middle
      self.low = low
      self.high = high
      self.ink = ink
      self.note = note
    }
  }

  private let rows: [Row]
  private let layout: PlotLayout
  private let reference: Double
  private let margin: Double
  private let axis: PlotAxis

  /// What lies so many times as far from the reference as the middle one of all ends does not
  /// widen the axis: the others would shrink to points.
  private static let reachMax = 8.0

  /// A plot of `rows`, not empty, around `reference`.
  ///
  /// - Parameter margin: the distance from the reference up to which changes do not matter.
  public init(_ rows: [Row], layout: PlotLayout, reference: Double = 1, margin: Double = 0) {
    precondition(!rows.isEmpty, "something to draw")
    self.rows = rows
    self.layout = layout
    self.reference = reference
    self.margin = margin
    axis = Self.axis(rows, reference: reference, margin: margin)
  }

  /// The axis of such a plot, which drawings of other kinds may share.
  public static func axis(_ rows: [Row], reference: Double, margin: Double) -> PlotAxis {
    let ends = rows.flatMap { [$0.low, $0.high] }.filter(\.isFinite)
    let distances = ends.map { abs($0 - reference) }.sorted()
    let usual = distances.isEmpty ? 0 : distances[distances.count / 2]
    let reach = max(usual * reachMax, 2 * margin, abs(reference) * 1e-4)
    let near = ends.filter { abs($0 - reference) <= reach }
    let middles = rows.map(\.middle).filter { abs($0 - reference) <= reach }
    let around = [reference - 1.5 * margin, reference + 1.5 * margin]
    return PlotAxis(showing: near + middles + around, margin: 0.04)
  }

  /// The lines from the top, each of the layout's columns or fewer.
  public func lines() -> [PlotText] {
    let left = layout.nameColumns(rows.map(\.name)) + 1
    let noteColumns = rows.map { PlotWidth.cells(of: $0.note) }.max() ?? 0
    let width = max(10, layout.columns - left - (noteColumns > 0 ? noteColumns + 2 : 0))
    var lines = rows.map { row in
      var line = layout.label(row.name, .plain, width: left - 1)
      line.pad(to: left)
      line.append(bar(row, width: width))
      if !row.note.isEmpty {
        line.append("  ")
        line.append(row.note, row.ink)
      }
      return line
    }
    lines += layout.axisLines(axis, left: left, width: width)
    return lines
  }

  private func bar(_ row: Row, width: Int) -> PlotText {
    let isASCII = layout.glyphs == .ascii
    var cells = [(text: String, ink: PlotInk)](repeating: (" ", .plain), count: width)
    if margin > 0 {
      let low = axis.step(of: reference - margin, of: width)
      for column in low...axis.step(of: reference + margin, of: width) {
        cells[column] = (isASCII ? "." : "░", .faint)
      }
    }
    cells[axis.step(of: reference, of: width)] = (isASCII ? ":" : "┊", .faint)
    guard !row.middle.isNaN else { return joined(cells) }
    let low = row.low.isNaN ? -Double.infinity : row.low
    let high = row.high.isNaN ? Double.infinity : row.high
    let first = axis.step(of: low, of: width)
    let last = axis.step(of: high, of: width)
    for column in first...max(first, last) { cells[column] = (isASCII ? "-" : "─", row.ink) }
    if high >= axis.low {
      cells[last].text = high > axis.high ? (isASCII ? ">" : "▶") : (isASCII ? "|" : "┤")
    }
    if low <= axis.high {
      cells[first].text = low < axis.low ? (isASCII ? "<" : "◀") : (isASCII ? "|" : "├")
    }
    if row.middle >= axis.low && row.middle <= axis.high {
      cells[axis.step(of: row.middle, of: width)].text = isASCII ? "o" : "●"
    }
    return joined(cells)
  }

  private func joined(_ cells: [(text: String, ink: PlotInk)]) -> PlotText {
    cells.reduce(into: PlotText()) { $0.append($1.text, $1.ink) }
  }
}
