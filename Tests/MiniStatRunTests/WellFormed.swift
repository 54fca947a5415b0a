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

  private let characters: [Character]
  private var at = 0

  init(_ page: String) throws {
    characters = Array(page)
    let kind = "<!DOCTYPE html>\n"
    guard page.hasPrefix(kind) else { throw Fault(description: "no document type") }
    at = kind.count
    var open: [String] = []
    while at < characters.count {
      if characters[at] != "<" {
        let content = try content(until: "<")
        if open.last != "style" { text += content }
        continue
      }
      at += 1
      if characters[at] == "/" {
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

  private mutating func take(_ character: Character) -> Bool {
    guard at < characters.count, characters[at] == character else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ character: Character) throws {
    if !take(character) { throw fault("'\(character)' expected") }
  }

  private mutating func name() -> String {
    var name = ""
    while at < characters.count,
      characters[at].isLetter || characters[at].isNumber || "-:".contains(characters[at])
    {
      name.append(characters[at])
      at += 1
    }
    return name
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

  private mutating func content(until end: Character) throws -> String {
    var content = ""
    while at < characters.count, characters[at] != end {
      let character = characters[at]
      at += 1
      if character == "<" { throw fault("'<' in a value") }
      if character != "&" {
        let isControl = character.unicodeScalars.contains {
          $0.value < 0x20 && $0 != "\n" && $0 != "\t"
        }
        if isControl { throw fault("a control character") }
        content.append(character)
        continue
      }
      var name = ""
      while at < characters.count, characters[at] != ";", name.count < 8 {
        name.append(characters[at])
        at += 1
      }
      try expect(";")
      guard let meant = Self.entities[name] else { throw fault("entity '\(name)'") }
      content += meant
    }
    return content
  }
}
