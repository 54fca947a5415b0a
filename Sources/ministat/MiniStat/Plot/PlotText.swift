// Text whose pieces know what they are, so that colour is decided last.
//
// A plot or a report is made of lines; a line is made of pieces, each with an ink.  Whether the
// ink becomes an escape sequence, a class of a page or nothing is the business of the one who
// prints.  Nothing of the layout depends on it.
//
// Invariants.
//   T1  No piece holds a control character: names from outside cannot drive the terminal.
//   T2  `width` is the number of columns that the line takes on a terminal.

/// What a piece of text is, from which its colour follows.
public enum PlotInk: Hashable, Sendable {
  /// Ordinary text.
  case plain
  /// Scaffolding: axes, borders, units.
  case faint
  /// What is to be read first.
  case strong
  /// A change for the better.
  case good
  /// A change for the worse.
  case bad
  /// What the reader should be careful about.
  case caution
  /// What belongs to a set of values, by its index.
  case arm(Int)
}

/// A line of text in inks.
public struct PlotText: Equatable, Sendable {
  /// Some text in one ink.
  public struct Run: Equatable, Sendable {
    /// The text, without control characters.
    public var text: String
    /// What it is.
    public var ink: PlotInk
  }

  /// The pieces from left to right.
  public private(set) var runs: [Run] = []
  /// The columns that the line takes.
  public private(set) var width = 0

  /// An empty line.
  public init() {}

  /// A line of `text`, in which control characters are spelled out.
  public init(_ text: String, _ ink: PlotInk = .plain) { append(text, ink) }

  /// Adds `text` at the right end; control characters are spelled out.
  public mutating func append(_ text: String, _ ink: PlotInk = .plain) {
    if text.isEmpty { return }
    let shown = PlotWidth.visible(text)  // T1
    width += PlotWidth.cells(of: shown)  // T2
    if let last = runs.indices.last, runs[last].ink == ink {
      runs[last].text += shown
    } else {
      runs.append(Run(text: shown, ink: ink))
    }
  }

  /// Adds the pieces of `other` at the right end.
  public mutating func append(_ other: PlotText) {
    for run in other.runs { append(run.text, run.ink) }
  }

  /// Adds blanks up to column `column`; nothing if the line is there already.
  public mutating func pad(to column: Int) {
    append(String(repeating: " ", count: max(0, column - width)))
  }

  /// Where a text stands in a field that is wider.
  public enum Alignment: Sendable {
    /// At the left.
    case left
    /// At the right.
    case right
  }

  /// The line in a field of `field` columns: longer lines stay as they are.
  public func aligned(_ alignment: Alignment, in field: Int) -> PlotText {
    let room = max(0, field - width)
    var line = PlotText()
    if alignment == .right { line.pad(to: room) }
    line.append(self)
    if alignment == .left { line.pad(to: field) }
    return line
  }

  /// The text without inks.
  public var plain: String { runs.reduce(into: "") { $0 += $1.text } }

  /// The text without inks, and without blanks at its end.
  public var trimmed: String {
    var text = plain
    while text.last == " " { text.removeLast() }
    return text
  }

  /// The text for a terminal: with colours (SGR sequences), or as ``trimmed``.
  public func rendered(colour: Bool) -> String {
    if !colour { return trimmed }
    return runs.reduce(into: "") { line, run in
      if let code = run.ink.selectGraphicRendition {
        line += "\u{1B}[\(code)m\(run.text)\u{1B}[0m"
      } else {
        line += run.text
      }
    }
  }
}

extension PlotInk {
  /// The colours of sets: bright enough on black, dark enough on white, and told apart by people
  /// who see no red or no green.  Beyond them they begin anew.
  private static let armCodes = ["34", "33", "36", "35", "32", "31", "94"]

  /// The parameter of SGR (ECMA-48 8.3.117) for the ink; nil for none.
  var selectGraphicRendition: String? {
    switch self {
    case .plain: nil
    case .faint: "2"
    case .strong: "1"
    case .good: "1;32"
    case .bad: "1;31"
    case .caution: "33"
    case .arm(let index): Self.armCodes[index % Self.armCodes.count]
    }
  }
}
