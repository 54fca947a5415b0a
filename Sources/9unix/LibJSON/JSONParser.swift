// Bytes to values: one pass, by recursive descent, strict.

/// What is wrong with a text that should be JSON, and where.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  /// Line and column, counted from one; a column is a byte.
  public let line: Int, column: Int
  /// What was found and what was wanted, without the place.
  public let message: String

  /// A fault at a place.
  public init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }

  /// The place and the message, as compilers write them.
  public var description: String { "\(line):\(column): \(message)" }
}

extension JSON {
  /// The value that `bytes`, UTF-8, hold; there may be blanks around it and nothing else.
  ///
  /// O(bytes); allocates the value alone.  A byte-order mark is not accepted (RFC 8259, 8.1).
  public static func parse(bytes: [UInt8]) throws(JSONError) -> JSON {
    try parse(bytes, bytes.indices)
  }

  /// The value that `text` holds.
  public static func parse(_ text: String) throws(JSONError) -> JSON {
    try parse(bytes: Array(text.utf8))
  }

  /// The values of JSON Lines: one a line, empty lines apart.
  ///
  /// - Throws: the fault of the first line that has one, with the line's number in the whole.
  public static func parseLines(_ bytes: [UInt8]) throws(JSONError) -> [JSON] {
    var values: [JSON] = []
    for line in bytes.indices.split(whereSeparator: { bytes[$0] == 0x0A }) {
      if bytes[line].allSatisfy(JSONParser.isBlank) { continue }
      values.append(try parse(bytes, line))
    }
    return values
  }

  private static func parse(_ bytes: [UInt8], _ range: Range<Int>) throws(JSONError) -> JSON {
    var parser = JSONParser(bytes, range)
    let value = try parser.value(depth: 0)
    try parser.end()
    return value
  }
}

/// The reader: a place in the text, and one function for each rule of the grammar.
struct JSONParser {
  /// The deepest nesting: beyond it the stack would be at the mercy of the input.
  static let depthMax = 512

  private let bytes: [UInt8]
  private let limit: Int
  private var at: Int

  /// Reads the part `range` of `bytes`; places in messages are places in the whole.
  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    at = range.lowerBound
    limit = range.upperBound
  }

  static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private var next: UInt8? { at < limit ? bytes[at] : nil }

  private func fault(_ message: String, at place: Int? = nil) -> JSONError {
    var line = 1, start = 0
    let place = place ?? at
    for index in 0..<place where bytes[index] == 0x0A {
      line += 1
      start = index + 1
    }
    return JSONError(line: line, column: place - start + 1, message: message)
  }

  /// What stands here, for a message.
  private var found: String {
    guard let byte = next else { return "the end" }
    if byte > 0x20 && byte < 0x7F { return "'\(Character(UnicodeScalar(byte)))'" }
    return "byte 0x" + String(byte, radix: 16)
  }

  private mutating func skipBlanks() {
    while at < limit, Self.isBlank(bytes[at]) { at += 1 }
  }

  /// Only blanks are left.
  mutating func end() throws(JSONError) {
    skipBlanks()
    if at < limit { throw fault("\(found) after the value") }
  }

  /// Any value, with the blanks before it.
  mutating func value(depth: Int) throws(JSONError) -> JSON {
    if depth > Self.depthMax { throw fault("nested deeper than \(Self.depthMax)") }
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .some(let byte) where byte == UInt8(ascii: "-") || Self.isDigit(byte):
      return .number(try number())
    default: throw fault("a value is wanted, \(found) found")
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let start = at
    for byte in word.description.utf8 {
      if next != byte { throw fault("'\(word)' is wanted", at: start) }
      at += 1
    }
    return value
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
    var object = JSONObject()
    at += 1
    skipBlanks()
    if next == UInt8(ascii: "}") {
      at += 1
      return object
    }
    while true {
      skipBlanks()
      if next != UInt8(ascii: "\"") { throw fault("a member's name is wanted, \(found) found") }
      let key = try string()
      skipBlanks()
      if next != UInt8(ascii: ":") { throw fault("':' is wanted, \(found) found") }
      at += 1
      object.append(key, try value(depth: depth + 1))
      if try !more(until: UInt8(ascii: "}")) { return object }
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
    var elements: [JSON] = []
    at += 1
    skipBlanks()
    if next == UInt8(ascii: "]") {
      at += 1
      return elements
    }
    while true {
      elements.append(try value(depth: depth + 1))
      if try !more(until: UInt8(ascii: "]")) { return elements }
    }
  }

  /// After an element: a comma, or the end of the list.
  private mutating func more(until close: UInt8) throws(JSONError) -> Bool {
    skipBlanks()
    if next == UInt8(ascii: ",") {
      at += 1
      return true
    }
    if next == close {
      at += 1
      return false
    }
    throw fault("',' or '\(Character(UnicodeScalar(close)))' is wanted, \(found) found")
  }

  private mutating func digits() throws(JSONError) {
    let start = at
    while let byte = next, Self.isDigit(byte) { at += 1 }
    if at == start { throw fault("a digit is wanted, \(found) found") }
  }

  private mutating func number() throws(JSONError) -> JSONNumber {
    let start = at
    if next == UInt8(ascii: "-") { at += 1 }
    if next == UInt8(ascii: "0") {
      at += 1
      if let byte = next, Self.isDigit(byte) {
        throw fault("a number does not begin with 0")
      }
    } else {
      try digits()
    }
    if next == UInt8(ascii: ".") {
      at += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      at += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
      try digits()
    }
    return JSONNumber(checked: String(decoding: bytes[start..<at], as: UTF8.self))
  }
}

// Strings.
extension JSONParser {
  private mutating func string() throws(JSONError) -> String {
    let start = at
    at += 1
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        at += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw fault("the string is not UTF-8", at: start)
        }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw fault("a control character in a string: write it as \\u escape")
      default:
        text.append(byte)
        at += 1
      }
    }
    throw fault("the string does not end", at: start)
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    at += 1
    let plain: UInt8
    switch next {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain = bytes[at]
    case UInt8(ascii: "b"): plain = 0x08
    case UInt8(ascii: "f"): plain = 0x0C
    case UInt8(ascii: "n"): plain = 0x0A
    case UInt8(ascii: "r"): plain = 0x0D
    case UInt8(ascii: "t"): plain = 0x09
    case UInt8(ascii: "u"):
      text.append(contentsOf: String(Character(try unicodeEscape())).utf8)
      return
    default: throw fault("'\\' is followed by \(found)")
    }
    text.append(plain)
    at += 1
  }

  /// `uXXXX`, or two of them that are the halves of one scalar.
  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let start = at - 1
    let first = try hex()
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xDC00, next == UInt8(ascii: "\\"), at + 1 < limit,
      bytes[at + 1] == UInt8(ascii: "u")
    {
      at += 1
      let second = try hex()
      if (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      {
        return scalar
      }
    }
    throw fault("half of a surrogate pair", at: start)
  }

  private mutating func hex() throws(JSONError) -> UInt32 {
    at += 1
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80
      else { throw fault("four hexadecimal digits are wanted after \\u, \(found) found") }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }
}
