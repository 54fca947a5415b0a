// What every match of a pattern contains: the facts that prefilters are made of.

/// Facts about the matches of a pattern, derived bottom up.
struct Literals: Sendable {
  /// The most strings that a set of exact strings or prefixes may have.
  private static let stringsMax = 16
  /// The longest prefix that is worth collecting.
  private static let prefixSizeMax = 12

  /// All strings that match, if they are few; assertions count as the empty string.
  private(set) var exact: [[UInt8]]?
  /// Strings one of which every match begins with, none empty.
  private(set) var prefixes: [[UInt8]]?
  /// A string that every match ends with.
  private var suffix: [UInt8] = []
  /// The best string that every match contains.
  private(set) var required: [UInt8] = []
  /// True if a match may contain a newline.
  private(set) var hasNewline = false
  /// True if `^` or `$` occurs.
  private(set) var hasAssertion = false
  /// True if every match begins where a line does.
  private(set) var isLineStart = false
  /// The size that all matches have.
  private(set) var size: Int? = 0

  /// The facts about the pattern `syntax`.
  static func of(_ syntax: Syntax) -> Literals {
    let sets = syntax.sets.map { set in
      Literals(set)
    }
    var stack: [Literals] = []
    for op in syntax.postfix {
      switch op {
      case .runes(let set): stack.append(sets[set])
      case .lineStart, .lineEnd:
        var facts = Literals(exact: [[]])
        facts.hasAssertion = true
        facts.isLineStart = op == .lineStart
        stack.append(facts)
      case .empty: stack.append(Literals(exact: [[]]))
      case .concatenate:
        let right = stack.removeLast()
        stack.append(stack.removeLast().followed(by: right))
      case .alternate:
        let right = stack.removeLast()
        stack.append(stack.removeLast().or(right))
      case .star, .plus, .optional: stack.append(stack.removeLast().repeated(op))
      case .group: break
      }
    }
    return stack[0]
  }

  private init(exact: [[UInt8]]?) { self.exact = exact }

  /// One rune of `set`.
  private init(_ set: RuneSet) {
    hasNewline = set.contains(RuneSet.newline)
    let isASCII = (set.ranges.last?.upperBound ?? 0) < 0x80
    size = isASCII ? 1 : nil
    // U+FFFD stands for bad bytes, too: there is no string for it.
    guard let runes = set.runes(atMost: 4), !runes.isEmpty, !set.contains(RuneSet.badRune) else {
      return
    }
    let strings = runes.map { UTF8Rune.encode($0) }
    exact = strings
    prefixes = strings
    if strings.count == 1 { (suffix, required, size) = (strings[0], strings[0], strings[0].count) }
  }

  private static func product(_ left: [[UInt8]], _ right: [[UInt8]]) -> [[UInt8]]? {
    if left.count * right.count > stringsMax { return nil }
    let strings = left.flatMap { first in right.map { first + $0 } }
    return strings.allSatisfy { $0.count <= 64 } ? strings : nil
  }

  private func followed(by right: Literals) -> Literals {
    var facts = Literals(exact: nil)
    if let exact, let other = right.exact { facts.exact = Self.product(exact, other) }
    facts.prefixes = Self.nonempty(facts.exact) ?? joinedPrefixes(right)
    if let last = right.single { facts.suffix = suffix + last } else { facts.suffix = right.suffix }
    facts.required = [required, right.required, facts.suffix].max { Self.isWorse($0, $1) } ?? []
    facts.hasNewline = hasNewline || right.hasNewline
    facts.hasAssertion = hasAssertion || right.hasAssertion
    facts.isLineStart = isLineStart || (exact == [[]] && right.isLineStart)
    if let size, let other = right.size { facts.size = size + other } else { facts.size = nil }
    return facts
  }

  private func joinedPrefixes(_ right: Literals) -> [[UInt8]]? {
    if let exact, let others = right.prefixes,
      exact.allSatisfy({ $0.count < Self.prefixSizeMax }),
      let joined = Self.product(exact, others)
    {
      return joined
    }
    return prefixes
  }

  private var single: [UInt8]? { exact?.count == 1 ? exact?[0] : nil }

  private static func nonempty(_ strings: [[UInt8]]?) -> [[UInt8]]? {
    guard let strings, strings.allSatisfy({ !$0.isEmpty }) else { return nil }
    return strings
  }

  private func or(_ right: Literals) -> Literals {
    var facts = Literals(exact: nil)
    if let exact, let other = right.exact, exact.count + other.count <= Self.stringsMax {
      facts.exact = exact + other
    }
    if let prefixes, let other = right.prefixes, prefixes.count + other.count <= Self.stringsMax {
      facts.prefixes = prefixes + other
    }
    facts.hasNewline = hasNewline || right.hasNewline
    facts.hasAssertion = hasAssertion || right.hasAssertion
    facts.isLineStart = isLineStart && right.isLineStart
    facts.size = size == right.size ? size : nil
    return facts
  }

  private func repeated(_ op: Op) -> Literals {
    var facts = Literals(exact: nil)
    facts.hasNewline = hasNewline
    facts.hasAssertion = hasAssertion
    facts.size = size == 0 ? 0 : nil
    if op == .plus {
      facts.prefixes = prefixes
      facts.suffix = suffix
      facts.required = required
      facts.isLineStart = isLineStart
    } else if op == .optional, let exact {
      facts.exact = exact + [[]]
    }
    return facts
  }

  // How common bytes are.

  private static func isWorse(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    value(left) < value(right)
  }

  /// How rarely a text is expected to contain `string`, in bits or so.
  static func value(_ string: [UInt8]) -> Int {
    string.reduce(0) { $0 + rarity($1) }
  }

  private static let common = Array(" etaoinsrhldcumfpgwybvkxjqz".utf8)

  /// How rare a byte is in texts, 2 to 8.
  static func rarity(_ byte: UInt8) -> Int {
    if let place = common.firstIndex(of: byte) { return 2 + place / 6 }
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ","), 0x0A: return 5
    case 0x80...: return 5
    default: return 7
    }
  }
}
