// Which series a report is about: a small language of keys and values.
//
//     filter  = and { "OR" and }
//     and     = not { [ "AND" ] not }
//     not     = ( "NOT" | "-" ) not | "(" filter ")" | "*" | term
//     term    = key ( ":" | "=" ) ( value | "(" value { [ "OR" ] value } ")" )
//     value   = a word, or text in double quotes; `*` stands for anything, `?` for one character
//
// as in `name:Sort* unit=s`, `-arm:(old OR older)`, `goos:linux AND NOT pkg:"*/internal"`.
// The words of benchstat's language mean the same here.

/// A condition on series.
public struct ReportFilter: Equatable, Sendable {
  /// What is wrong with the text of a filter.
  public struct Failure: Error, Equatable, Sendable {
    /// What is wrong, and what is wanted.
    public let reason: String
    /// Where, in characters from 0.
    public let offset: Int
  }

  indirect enum Node: Equatable, Sendable {
    case all
    case term(key: String, patterns: [String])
    case not(Node)
    case and(Node, Node)
    case or(Node, Node)
  }

  let root: Node

  /// Conditions deeper than this are no conditions that a person wrote.
  private static let depthMax = 64

  /// The filter that `text` describes.
  public init(_ text: String) throws(Failure) {
    var parser = Parser(text)
    root = try parser.filter(depth: 0)
    if let token = parser.peek() {
      throw Failure(reason: "'\(token.text)' is not expected here", offset: token.offset)
    }
  }

  /// True if what has the values that `value` gives for keys is meant.
  public func matches(_ value: (String) -> String) -> Bool { Self.matches(root, value) }

  private static func matches(_ node: Node, _ value: (String) -> String) -> Bool {
    switch node {
    case .all: true
    case .term(let key, let patterns):
      patterns.contains { Self.matches(pattern: Array($0), Array(value(key))) }
    case .not(let inner): !matches(inner, value)
    case .and(let left, let right): matches(left, value) && matches(right, value)
    case .or(let left, let right): matches(left, value) || matches(right, value)
    }
  }

  /// `*` is anything, `?` one character.  O(length of both multiplied), without recursion.
  static func matches(pattern: [Character], _ text: [Character]) -> Bool {
    var (at, place) = (0, 0)
    var star: (at: Int, place: Int)?
    while place < text.count {
      if at < pattern.count, pattern[at] == "*" {
        star = (at, place)
        at += 1
      } else if at < pattern.count, pattern[at] == "?" || pattern[at] == text[place] {
        at += 1
        place += 1
      } else if let back = star {
        // The last star takes one more.
        star = (back.at, back.place + 1)
        (at, place) = (back.at + 1, back.place + 1)
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == "*" }
  }

  private struct Token: Equatable {
    var text: String
    var offset: Int
    var isQuoted = false
  }

  private struct Parser {
    private var tokens: ArraySlice<Token> = []
    private let end: Int
    private var problem: Failure?

    init(_ text: String) {
      let characters = Array(text)
      end = characters.count
      var found: [Token] = []
      var at = 0
      while at < characters.count {
        let start = at
        switch characters[at] {
        case " ", "\t", "\n": at += 1
        case "(", ")":
          found.append(Token(text: String(characters[at]), offset: at))
          at += 1
        case "\"":
          at += 1
          while at < characters.count, characters[at] != "\"" { at += 1 }
          if at == characters.count {
            problem = Failure(reason: "a quotation mark is not closed", offset: start)
          }
          let text = String(characters[min(start + 1, at)..<at])
          found.append(Token(text: text, offset: start, isQuoted: true))
          at += 1
        case "-" where found.last?.text.last != ":" && found.last?.text.last != "=":
          found.append(Token(text: "-", offset: at))
          at += 1
        default:
          // A key ends with its mark, a value before a blank, a parenthesis or a quotation.
          var isKey = false
          let isValue = found.last.map { !$0.isQuoted && ":=".contains($0.text.last ?? " ") }
          while at < characters.count, !" \t\n()\"".contains(characters[at]), !isKey {
            isKey = ":=".contains(characters[at]) && !(isValue ?? false) && at > start
            at += 1
          }
          found.append(Token(text: String(characters[start..<at]), offset: start))
        }
      }
      tokens = found[...]
    }

    func peek() -> Token? { tokens.first }

    private mutating func take(_ words: String...) -> Bool {
      guard let token = tokens.first, !token.isQuoted, words.contains(token.text) else {
        return false
      }
      tokens.removeFirst()
      return true
    }

    mutating func filter(depth: Int) throws(Failure) -> Node {
      if let problem { throw problem }
      if depth > depthMax {
        throw Failure(reason: "nested more than \(depthMax) deep", offset: end)
      }
      var node = try and(depth: depth)
      while take("OR") { node = .or(node, try and(depth: depth)) }
      return node
    }

    private mutating func and(depth: Int) throws(Failure) -> Node {
      var node = try not(depth: depth)
      while let token = tokens.first, token.isQuoted || ![")", "OR"].contains(token.text) {
        _ = take("AND")
        node = .and(node, try not(depth: depth))
      }
      return node
    }

    private mutating func not(depth: Int) throws(Failure) -> Node {
      if depth > depthMax {
        throw Failure(reason: "nested more than \(depthMax) deep", offset: end)
      }
      if take("NOT", "-") { return .not(try not(depth: depth + 1)) }
      if take("*") { return .all }
      if take("(") {
        let inner = try filter(depth: depth + 1)
        if !take(")") { throw missing("')'") }
        return inner
      }
      guard let token = tokens.popFirst() else { throw missing("a condition such as name:Sort*") }
      guard let mark = token.text.last, ":=".contains(mark), !token.isQuoted else {
        throw Failure(
          reason: "'\(token.text)' is no condition: write key:value, as in name:\(token.text)",
          offset: token.offset)
      }
      return .term(key: String(token.text.dropLast()), patterns: try values())
    }

    private mutating func values() throws(Failure) -> [String] {
      if !take("(") {
        guard let value = tokens.popFirst(), value.isQuoted || value.text != ")" else {
          throw missing("a value")
        }
        return [value.text]
      }
      var values: [String] = []
      while !take(")") {
        if !values.isEmpty { _ = take("OR") }
        guard let value = tokens.popFirst() else { throw missing("')'") }
        values.append(value.text)
      }
      return values
    }

    private func missing(_ what: String) -> Failure {
      Failure(
        reason: "\(what) is missing\(tokens.first.map { " before '\($0.text)'" } ?? "")",
        offset: tokens.first?.offset ?? end)
    }
  }
}
