// Queries: what is asked of the graph of a variant, in a small language.
//
//     EXPR = TERM { OPERATOR TERM }                    all operators bind alike, to the left
//     OPERATOR = '+' | 'union' | '-' | 'minus' | '&' | 'intersection'
//     TERM = '(' EXPR ')' | FUNCTION '(' EXPR { ',' EXPR } ')' | WORD
//
// A word is a file, a name (`hello`, `libnet`, `option:TLS`), a pattern (`src/*.c`) or `all`; in
// quotes it may hold anything.  Operators stand between blanks, since names hold `+` and `-`.

/// What can be asked.
enum QueryFunction: String, CaseIterable {
  /// What these need, themselves included, as deep as a number says.
  case deps
  /// Who needs these, themselves included, as deep as a number says.
  case rdeps
  /// A shortest way from the first to the second.
  case path
  /// The files of the tree that these are made of.
  case sources
  /// The commands that make these.
  case commands
  /// Those of the second that are of the kind that the first names.
  case kind

  /// How many arguments it takes.
  var arguments: ClosedRange<Int> {
    switch self {
    case .deps, .rdeps: 1...2
    case .path, .kind: 2...2
    case .sources, .commands: 1...1
    }
  }
}

/// A query, parsed.
indirect enum QueryExpression: Equatable {
  case word(String, isQuoted: Bool, offset: Int)
  case call(QueryFunction, [QueryExpression], offset: Int)
  case union(QueryExpression, QueryExpression)
  case minus(QueryExpression, QueryExpression)
  case intersection(QueryExpression, QueryExpression)

  /// How deep expressions may nest.
  static let depthMax = 64
}

/// What is wrong with a query, and at which of its bytes.
public struct QueryFault: Error, Equatable, Sendable {
  /// The offset in bytes from the start of the query.
  public let offset: Int
  /// What is wrong, and the cure.
  public let text: String
}

/// Reads queries.
struct QueryParser {
  private struct Token {
    let text: String
    let offset: Int
    var isQuoted = false
  }

  private var tokens: [Token] = []
  private var index = 0
  private let end: Int

  /// Parses `text`.
  static func parse(_ text: String) throws(QueryFault) -> QueryExpression {
    var parser = try QueryParser(text)
    let result = try parser.expression(0)
    if let token = parser.peek {
      throw QueryFault(offset: token.offset, text: "'\(token.text)' is not expected here")
    }
    return result
  }

  private init(_ text: String) throws(QueryFault) {
    let bytes = Array(text.utf8)
    end = bytes.count
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      if Byte.isBlank(byte) || byte == Byte.newline {
        position += 1
      } else if "(),".utf8.contains(byte) {
        tokens.append(
          Token(text: String(decoding: [byte], as: UTF8.self), offset: position))
        position += 1
      } else if byte == Byte.quote || byte == Byte.apostrophe {
        guard let close = bytes[(position + 1)...].firstIndex(of: byte) else {
          throw QueryFault(offset: position, text: "this quote is not closed")
        }
        let word = String(decoding: bytes[(position + 1)..<close], as: UTF8.self)
        tokens.append(Token(text: word, offset: position, isQuoted: true))
        position = close + 1
      } else {
        let start = position
        while position < bytes.count, !Byte.isBlank(bytes[position]),
          bytes[position] != Byte.newline, !"(),".utf8.contains(bytes[position])
        {
          position += 1
        }
        tokens.append(
          Token(text: String(decoding: bytes[start..<position], as: UTF8.self), offset: start))
      }
    }
  }

  private var peek: Token? { index < tokens.count ? tokens[index] : nil }

  private mutating func expression(_ depth: Int) throws(QueryFault) -> QueryExpression {
    var left = try term(depth)
    while let token = peek, !token.isQuoted {
      switch token.text {
      case "+", "union":
        index += 1
        left = .union(left, try term(depth))
      case "-", "minus", "except":
        index += 1
        left = .minus(left, try term(depth))
      case "&", "intersection", "intersect":
        index += 1
        left = .intersection(left, try term(depth))
      default: return left
      }
    }
    return left
  }

  private mutating func term(_ depth: Int) throws(QueryFault) -> QueryExpression {
    guard let token = peek else {
      throw QueryFault(offset: end, text: "the query ends where a name or function is expected")
    }
    if depth > QueryExpression.depthMax {
      throw QueryFault(offset: token.offset, text: "the query nests too deep")
    }
    index += 1
    if token.isQuoted { return .word(token.text, isQuoted: true, offset: token.offset) }
    if token.text == "(" {
      let inner = try expression(depth + 1)
      try expect(")", opened: token.offset)
      return inner
    }
    if [")", ",", "+", "-", "&"].contains(token.text) {
      throw QueryFault(
        offset: token.offset, text: "'\(token.text)' where a name or function is expected")
    }
    if peek?.text == "(", peek?.isQuoted == false { return try call(token, depth) }
    return .word(token.text, isQuoted: false, offset: token.offset)
  }

  private mutating func call(_ token: Token, _ depth: Int) throws(QueryFault) -> QueryExpression {
    guard let function = QueryFunction(rawValue: token.text) else {
      let known = QueryFunction.allCases.map(\.rawValue)
      let near = suggestion(for: token.text, among: known)
      throw QueryFault(
        offset: token.offset,
        text: "unknown function '\(token.text)'\(near): \(known.joined(separator: ", "))")
    }
    let open = peek?.offset ?? end
    index += 1
    var arguments = [try expression(depth + 1)]
    while peek?.text == ",", peek?.isQuoted == false {
      index += 1
      arguments.append(try expression(depth + 1))
    }
    try expect(")", opened: open)
    if !function.arguments.contains(arguments.count) {
      let range = function.arguments
      let wanted =
        range.count > 1
        ? "\(range.lowerBound) or \(range.upperBound) arguments"
        : range.lowerBound == 1 ? "one argument" : "\(range.lowerBound) arguments"
      throw QueryFault(offset: token.offset, text: "\(function.rawValue) takes \(wanted)")
    }
    return .call(function, arguments, offset: token.offset)
  }

  private mutating func expect(_ text: String, opened: Int) throws(QueryFault) {
    guard let token = peek, !token.isQuoted, token.text == text else {
      let found = peek.map { "'\($0.text)'" } ?? "the end"
      throw QueryFault(offset: peek?.offset ?? end, text: "\(found) where '\(text)' is expected")
    }
    index += 1
  }
}
