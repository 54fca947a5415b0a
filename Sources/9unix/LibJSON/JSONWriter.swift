// Values to bytes.

extension JSON {
  /// Appends the value as UTF-8.
  ///
  /// - Parameter indent: blanks for each level, one member or element a line; nil writes all on
  ///   one line without blanks.  An array whose elements are all scalars stays on one line.
  public func write(into bytes: inout [UInt8], indent: Int? = nil) {
    JSONWriter(indent: indent).write(self, level: 0, into: &bytes)
  }

  /// The value on one line, without blanks.
  public var text: String { rendered(indent: nil) }

  /// The value laid out for people: two blanks a level, and a newline at the end.
  public var pretty: String { rendered(indent: 2) + "\n" }

  private func rendered(indent: Int?) -> String {
    var bytes: [UInt8] = []
    write(into: &bytes, indent: indent)
    return String(decoding: bytes, as: UTF8.self)
  }
}

private struct JSONWriter {
  let indent: Int?

  func write(_ value: JSON, level: Int, into bytes: inout [UInt8]) {
    switch value {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let number): bytes.append(contentsOf: number.text.utf8)
    case .string(let text): write(text, into: &bytes)
    case .array(let elements): write(elements, level: level, into: &bytes)
    case .object(let object): write(object, level: level, into: &bytes)
    }
  }

  private func newline(_ level: Int, into bytes: inout [UInt8]) {
    guard let indent else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: indent * level))
  }

  private func write(_ elements: [JSON], level: Int, into bytes: inout [UInt8]) {
    let isFlat = elements.allSatisfy { $0.array == nil && $0.object == nil }
    bytes.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      if !isFlat {
        newline(level + 1, into: &bytes)
      } else if index > 0 && indent != nil {
        bytes.append(0x20)
      }
      write(element, level: level + 1, into: &bytes)
    }
    if !isFlat { newline(level, into: &bytes) }
    bytes.append(UInt8(ascii: "]"))
  }

  private func write(_ object: JSONObject, level: Int, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "{"))
    var isFirst = true
    for (key, value) in object {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      newline(level + 1, into: &bytes)
      write(key, into: &bytes)
      bytes.append(UInt8(ascii: ":"))
      if indent != nil { bytes.append(0x20) }
      write(value, level: level + 1, into: &bytes)
    }
    if !isFirst { newline(level, into: &bytes) }
    bytes.append(UInt8(ascii: "}"))
  }

  private static let hexDigits = Array("0123456789abcdef".utf8)

  private func write(_ text: String, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
      case 0x0D: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
      case 0x09: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
      case 0..<0x20, 0x7F:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes += [Self.hexDigits[Int(byte >> 4)], Self.hexDigits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
