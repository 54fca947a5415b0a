// `--not EXPR`: which variants are left out.
//
//     EXPR   = TERM { '|' TERM }
//     TERM   = FACTOR { '&' FACTOR }
//     FACTOR = '!' FACTOR | '(' EXPR ')' | WORD
//
// A word is something that a variant is: its OS, ARCH, OS/ARCH, toolchain, sanitizer, an option
// that `--with` turned on, or OPTION=VALUE.

/// An expression over the words of a variant.
indirect enum VariantExpression: Equatable, Sendable {
  case word(String)
  case not(VariantExpression)
  case all(VariantExpression, VariantExpression)
  case any(VariantExpression, VariantExpression)

  /// How deep an expression may nest.
  static let depthMax = 32

  /// True if it holds for a variant that is all of `words`.
  func holds(_ words: Set<String>) -> Bool {
    switch self {
    case .word(let word): words.contains(word)
    case .not(let inner): !inner.holds(words)
    case .all(let a, let b): a.holds(words) && b.holds(words)
    case .any(let a, let b): a.holds(words) || b.holds(words)
    }
  }

  /// The words in it.
  var words: [String] {
    switch self {
    case .word(let word): [word]
    case .not(let inner): inner.words
    case .all(let a, let b), .any(let a, let b): a.words + b.words
    }
  }

  /// Parses `text`; nil if it is no expression.
  init?(_ text: String) {
    var tokens: [String] = []
    var word = ""
    for character in text {
      if "&|!()".contains(character) || character == " " {
        if !word.isEmpty { tokens.append(word) }
        word = ""
        if character != " " { tokens.append(String(character)) }
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { tokens.append(word) }
    var rest = tokens[...]
    guard let parsed = Self.parseAny(&rest, 0), rest.isEmpty else { return nil }
    self = parsed
  }

  private static func parseAny(_ rest: inout ArraySlice<String>, _ depth: Int) -> Self? {
    guard var left = parseAll(&rest, depth) else { return nil }
    while rest.first == "|" {
      rest.removeFirst()
      guard let right = parseAll(&rest, depth) else { return nil }
      left = .any(left, right)
    }
    return left
  }

  private static func parseAll(_ rest: inout ArraySlice<String>, _ depth: Int) -> Self? {
    guard var left = parseFactor(&rest, depth) else { return nil }
    while rest.first == "&" {
      rest.removeFirst()
      guard let right = parseFactor(&rest, depth) else { return nil }
      left = .all(left, right)
    }
    return left
  }

  private static func parseFactor(_ rest: inout ArraySlice<String>, _ depth: Int) -> Self? {
    guard depth < depthMax, let token = rest.popFirst() else { return nil }
    switch token {
    case "!": return parseFactor(&rest, depth + 1).map { .not($0) }
    case "(":
      guard let inner = parseAny(&rest, depth + 1), rest.popFirst() == ")" else { return nil }
      return inner
    case ")", "&", "|": return nil
    default: return .word(token)
    }
  }
}
