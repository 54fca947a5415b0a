// A grid of dots in the cells of a terminal.
//
// With Unicode a cell is a braille character and holds 2 x 4 dots; in ASCII it holds one, drawn
// as the symbol of its set.  Dots are addressed from the lower left corner, so that what draws
// need not know which of them it is:
//
//          1 column, Unicode       1 column, ASCII
//        y=3   1  4                 y=0   x
//        y=2   2  5
//        y=1   3  6
//        y=0   7  8
//
// Where sets meet in a cell, braille dots are united and the last set's ink is taken; ASCII shows
// `#`.  Without colour, sets differ by how their lines are broken, or by their symbols.

/// The characters that plots may use.
public enum PlotGlyphs: Sendable {
  /// Braille, blocks and lines.
  case unicode
  /// Nothing but ASCII.
  case ascii

  /// What marks the values of set `index`.
  public func symbol(_ index: Int) -> String {
    let symbols =
      self == .ascii
      ? ["x", "+", "*", "o", "%", "@", "="] : ["●", "○", "◆", "◇", "■", "□", "▲"]
    return symbols[index % symbols.count]
  }

  /// The end of a text that was cut.
  public var ellipsis: String { self == .ascii ? "~" : "…" }
  /// Between the lower and the upper end of a range.
  public var to: String { self == .ascii ? "to" : "…" }
  /// A value more or less.
  public var plusMinus: String { self == .ascii ? "+-" : "±" }
  /// A negative number's sign.
  public var minus: String { self == .ascii ? "-" : "−" }
}

/// A drawing of dots, in cells of text.
public struct PlotCanvas {
  /// The cells from left to right.
  public let columns: Int
  /// The cells from bottom to top.
  public let rows: Int
  /// The dots from left to right.
  public let width: Int
  /// The dots from bottom to top.
  public let height: Int

  private struct Cell {
    var bits: UInt8 = 0
    var set = -1
  }

  private let glyphs: PlotGlyphs
  private var cells: [Cell]

  /// The largest number of cells: above it a plot is no plot.
  public static let cellsMax = 1 << 20

  /// An empty canvas.
  public init(columns: Int, rows: Int, glyphs: PlotGlyphs) {
    precondition(columns > 0 && rows > 0, "a canvas has cells")
    precondition(columns <= Self.cellsMax / rows, "a canvas has at most \(Self.cellsMax) cells")
    self.columns = columns
    self.rows = rows
    self.glyphs = glyphs
    width = glyphs == .unicode ? columns * 2 : columns
    height = glyphs == .unicode ? rows * 4 : rows
    cells = Array(repeating: Cell(), count: columns * rows)
  }

  /// Draws a dot of set `set`; nothing if it lies outside.
  public mutating func dot(x: Int, y: Int, set: Int) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    if glyphs == .ascii {
      let index = (rows - 1 - y) * columns + x
      let isShared = cells[index].set >= 0 && cells[index].set != set
      cells[index].bits = isShared ? 2 : max(1, cells[index].bits)
      cells[index].set = set
      return
    }
    let index = (rows - 1 - y / 4) * columns + x / 2
    cells[index].bits |= Self.bit(x: x % 2, fromTop: 3 - y % 4)
    cells[index].set = set
  }

  /// How a set's line is broken, so that sets differ without colour.
  private static func isDrawn(_ length: Int, set: Int) -> Bool {
    switch set % 4 {
    case 0: true
    case 1: length % 6 < 4
    case 2: length % 4 < 2
    default: length % 4 < 1
    }
  }

  /// Draws the steps of a function: level `levels[x]` at each dot column, joined vertically.
  public mutating func steps(_ levels: [Int], set: Int) {
    precondition(levels.count <= width, "a level for each column of dots, or for the first ones")
    var length = 0
    var last = levels.first ?? 0
    for (x, level) in levels.enumerated() {
      let from = min(last, level)
      let to = max(last, level)
      for y in from...to {
        if y == last && x > 0 && from != to { continue }  // drawn at the column before
        if glyphs == .ascii || Self.isDrawn(length, set: set) { dot(x: x, y: y, set: set) }
        length += 1
      }
      last = level
    }
  }

  /// The rows from the top.
  public func lines() -> [PlotText] {
    (0..<rows).map { row in
      var line = PlotText()
      for cell in cells[(row * columns)..<((row + 1) * columns)] {
        line.append(text(cell), cell.set >= 0 ? .arm(cell.set) : .plain)
      }
      return line
    }
  }

  private func text(_ cell: Cell) -> String {
    if cell.bits == 0 { return " " }
    if glyphs == .ascii { return cell.bits == 2 ? "#" : glyphs.symbol(cell.set) }
    guard let scalar = Unicode.Scalar(0x2800 + UInt32(cell.bits)) else { return " " }
    return String(Character(scalar))
  }

  private static func bit(x: Int, fromTop y: Int) -> UInt8 {
    if y == 3 { return x == 0 ? 0x40 : 0x80 }
    return 1 << UInt8(3 * x + y)
  }
}
