// Markup: well-formed and escaped, by construction.
//
// Names of benchmarks, command lines and findings come from other people and end up in a page
// that is sent to a third one.  There is one way from a text into the page, and it escapes.
//
// Invariants.
//   H1  Every `<`, `>`, `&` and quote of a text or a value of an attribute is escaped.
//   H2  Elements are closed in the order opposite to that in which they were opened.
//   H3  No character is left that HTML and XML 1.0 forbid.

/// Markup in the making, HTML and well-formed XML at once.
struct Markup {
  /// An attribute: its name and its value.
  typealias Attribute = (name: String, value: String)

  private(set) var text = ""
  private var open: [StaticString] = []

  /// Elements without content, which HTML wants written `<br>` and XML `<br/>`: both read `<br/>`.
  private static let void: Set<String> = ["br", "meta", "hr", "line", "path", "rect", "polyline"]

  /// Opens an element; `body` writes what is in it.
  mutating func element(
    _ name: StaticString, _ attributes: [Attribute] = [], _ body: (inout Markup) -> Void = { _ in }
  ) {
    text += "<\(name)"
    for attribute in attributes {
      text += " \(attribute.name)=\"\(Self.escaped(attribute.value))\""
    }
    if Self.void.contains(name.description) {
      text += "/>"
      return
    }
    text += ">"
    open.append(name)
    body(&self)
    let last = open.popLast()
    precondition(last?.description == name.description, "H2")
    text += "</\(name)>"
  }

  /// An element that holds `content` as text.
  mutating func element(
    _ name: StaticString, _ attributes: [Attribute] = [], text content: String
  ) {
    element(name, attributes) { $0.write(content) }
  }

  /// Adds text.
  mutating func write(_ content: String) { text += Self.escaped(content) }

  /// Adds a newline, for those who read the source.
  mutating func newline() { text += "\n" }

  /// Adds what is markup already: a style sheet that stands in our source.
  mutating func write(verbatim content: StaticString) { text += content.description }

  /// `content` as text of a page or a value of an attribute.
  static func escaped(_ content: String) -> String {
    var result = ""
    for scalar in content.unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      default:
        // H3: control characters, and what turns the direction of the text around it.
        let isAllowed =
          scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
          && !(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value)
          && scalar.value & 0xFFFE != 0xFFFE
        result.unicodeScalars.append(isAllowed ? scalar : "\u{FFFD}")
      }
    }
    return result
  }
}
