// Whether a page is well-formed: elements nest, attributes are quoted, entities are known.

/// The elements and texts of a page that is HTML and XML at once.
struct WellFormed {
  /// An element with its attributes, in the order of their start tags.
  struct Element {
    var name: String
    var attributes: [String: String]
  }

  /// What is wrong, at which character.
  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  private(set) var elements: [Element] = []
  /// All text outside of tags, without that of style sheets.
  private(set) var text = ""

  private let bytes: [UInt8]
  private var at = 0

  init(_ page: String) throws {
    bytes = Array(page.utf8)
    let kind = "<!DOCTYPE html>\n"
    guard page.hasPrefix(kind) else { throw Fault(description: "no document type") }
    at = kind.utf8.count
    var open: [String] = []
    while at < bytes.count {
      if bytes[at] != UInt8(ascii: "<") {
        let content = try content(until: "<")
        if open.last != "style" { text += content }
        continue
      }
      at += 1
      if bytes[at] == UInt8(ascii: "/") {
        at += 1
        let name = name()
        guard open.popLast() == name, take(">") else {
          throw fault("'\(name)' ends what is not open")
        }
        continue
      }
      let element = try start()
      elements.append(element)
      if take("/") {
        try expect(">")
      } else {
        try expect(">")
        open.append(element.name)
      }
    }
    if !open.isEmpty { throw fault("\(open) are not closed") }
  }

  private func fault(_ text: String) -> Fault { Fault(description: "at \(at): \(text)") }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    if !take(character) { throw fault("'\(character)' expected") }
  }

  private mutating func name() -> String {
    let start = at
    while at < bytes.count {
      let letter = bytes[at] | 0x20
      let isLetter = letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")
      let isOther = (UInt8(ascii: "-")...UInt8(ascii: ":")).contains(bytes[at])
      if !isLetter && (!isOther || bytes[at] == UInt8(ascii: "/")) { break }
      at += 1
    }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private mutating func start() throws -> Element {
    var element = Element(name: name(), attributes: [:])
    if element.name.isEmpty { throw fault("a name expected") }
    while take(" ") {
      let key = name()
      try expect("=")
      try expect("\"")
      let value = try content(until: "\"")
      try expect("\"")
      if key.isEmpty || element.attributes[key] != nil { throw fault("attribute '\(key)'") }
      element.attributes[key] = value
    }
    return element
  }

  private static let entities = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "#39": "'"]

  private mutating func content(until end: Unicode.Scalar) throws -> String {
    var content: [UInt8] = []
    while at < bytes.count, bytes[at] != UInt8(ascii: end) {
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "<") { throw fault("'<' in a value") }
      if byte < 0x20 && byte != 0x0A && byte != 0x09 { throw fault("a control character") }
      if byte != UInt8(ascii: "&") {
        content.append(byte)
        continue
      }
      let start = at
      while at < bytes.count, bytes[at] != UInt8(ascii: ";"), at - start < 8 { at += 1 }
      let name = String(decoding: bytes[start..<at], as: UTF8.self)
      try expect(";")
      guard let meant = Self.entities[name] else { throw fault("entity '\(name)'") }
      content += meant.utf8
    }
    return String(decoding: content, as: UTF8.self)
  }
}
