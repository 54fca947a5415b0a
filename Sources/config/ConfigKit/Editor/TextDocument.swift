// Texts as editors see them: lines, and columns in UTF-16 or bytes.

import LibJSON

/// A line and a column as the protocol counts them, both from 0.
struct EditorPosition: Equatable, Comparable {
  var line: Int
  var character: Int

  static func < (a: EditorPosition, b: EditorPosition) -> Bool {
    a.line == b.line ? a.character < b.character : a.line < b.line
  }

  init(line: Int, character: Int) {
    self.line = line
    self.character = character
  }

  /// The position in `json`, nil if it is none.
  init?(_ json: JSON?) {
    guard let line = json?["line"]?.int, let character = json?["character"]?.int, line >= 0,
      character >= 0
    else { return nil }
    self.init(line: line, character: character)
  }

  var json: JSON { ["line": .int(line), "character": .int(character)] }
}

/// What a column counts.
enum PositionEncoding: String {
  case utf8 = "utf-8"
  case utf16 = "utf-16"
}

/// A text with its lines.
struct TextDocument {
  private(set) var bytes: [UInt8]
  private var lineStarts: [Int]
  let encoding: PositionEncoding

  init(_ bytes: [UInt8], _ encoding: PositionEncoding) {
    self.bytes = bytes
    self.encoding = encoding
    lineStarts = [0]
    for index in bytes.indices where bytes[index] == Byte.newline { lineStarts.append(index + 1) }
  }

  /// How many UTF-16 units the scalar has that begins with `byte`; none for a byte inside one.
  private static func units(_ byte: UInt8) -> Int {
    byte & 0xC0 == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1
  }

  /// The position of the byte at `offset`; of the end for one beyond.
  func position(_ offset: Int) -> EditorPosition {
    let offset = min(max(offset, 0), bytes.count)
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let line = bytes[lineStarts[low]..<offset]
    let character =
      encoding == .utf8 ? line.count : line.reduce(0) { $0 + Self.units($1) }
    return EditorPosition(line: low, character: character)
  }

  /// The byte at `position`: the end of its line for a column beyond, of the text for a line
  /// beyond.
  func offset(_ position: EditorPosition) -> Int {
    guard position.line < lineStarts.count else { return bytes.count }
    var index = lineStarts[position.line]
    var left = position.character
    while index < bytes.count && bytes[index] != Byte.newline {
      let units = encoding == .utf8 ? 1 : Self.units(bytes[index])
      if left <= 0 && units > 0 { break }
      left -= units
      index += 1
    }
    return index
  }

  /// The range of the bytes from `range.lowerBound` to `range.upperBound`.
  func range(_ range: Range<Int>) -> JSON {
    ["start": position(range.lowerBound).json, "end": position(range.upperBound).json]
  }

  /// Replaces what is between two positions; false if they are no range.
  mutating func replace(_ start: EditorPosition, _ end: EditorPosition, with text: String) -> Bool {
    if end < start { return false }
    var copy = bytes
    copy.replaceSubrange(offset(start)..<offset(end), with: Array(text.utf8))
    self = TextDocument(copy, encoding)
    return true
  }
}
