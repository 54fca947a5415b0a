// What regexp(7) says, by example.

import Testing

@testable import LibRegexp9

@Suite("Regexp") struct RegexpTests {
  /// The match and its groups as text: `START-END`, `-` for a group that took no part.
  static func shown(_ match: RegexpMatch?) -> String {
    guard let match else { return "none" }
    return ([match.range] + match.groups).map { range in
      range.map { "\($0.lowerBound)-\($0.upperBound)" } ?? "-"
    }.joined(separator: " ")
  }

  @Test(
    "finds what regexp(7) says",
    arguments: [
      ("", "abc", "0-0"), ("abc", "xabcabc", "1-4"), ("a|ab|abc", "abcd", "0-3"),
      ("a*", "baaa", "0-0"), ("a+", "baaa", "1-4"), ("ab?c", "ac abc", "0-2"),
      ("^b", "a\nb", "2-3"), ("a$", "a\nb", "0-1"), ("^$", "a\n\nb", "2-2"), ("a^b", "ab", "none"),
      (".", "\n", "none"), ("a.c", "a\nc", "none"), ("[^a]", "\n", "none"),
      (".*", "日本語\nx", "0-9"), ("日.語", "日本語", "0-9"), ("é", "café", "3-5"),
      ("[α-ω]+", "abγδ", "2-6"), ("[^α-ω]+", "γab", "2-4"),
      ("[a\\-z]+", "b-az", "1-4"), ("[\\]\\\\]+", "a]\\", "1-3"), ("[z-a]", "m", "none"),
      ("[a-c-e]+", "abcdef", "0-5"), ("[^]", "x", "0-1"), ("[]", "x", "none"),
      ("[]a]", "a]", "none"),
      ("[^-b]", "-bc", "2-3"), ("\\.", "a.b", "1-2"), ("a{2}", "a{2}", "0-4"), ("\\d", "5d", "1-2"),
      ("a\\", "a\\", "0-2"), ("a**+?", "aaa", "0-3"), ("^*a", "ba", "1-2"),
    ])
  func finds(_ pattern: String, _ text: String, _ expected: String) throws {
    let match = try Regexp(pattern).firstMatch(in: text)
    #expect(Self.shown(match) == expected)
    #expect(try Regexp(pattern).matches(text) == (match != nil))
  }

  @Test(
    "puts groups where Plan 9's thread puts them",
    arguments: [
      ("(a*)*", "aaa", "0-3 0-3"), ("(a*)+", "b", "0-0 0-0"), ("(a*)*", "b", "0-0 -"),
      ("a|(a)", "aa", "0-1 0-1"), ("(a|b)c|a(b|c)", "ac", "0-2 - 1-2"),
      ("(a|ab)(c|bcd)(d*)", "abcd", "0-4 0-1 1-4 4-4"), ("((z)+|a)*", "zabcde", "0-2 1-2 0-1"),
      ("((..)|(.))*", "aaaaa", "0-5 3-5 3-5 0-1"), ("(a)|b", "b", "0-1 -"),
      ("^([^!]+)@([^!@]+)$", "user@host", "0-9 0-4 5-9"), ("(.)(日)", "é日", "0-5 0-2 2-5"),
      ("(x)?(y)?", "y", "0-1 - 0-1"), ("(a*|b)*", "-", "0-0 -"),
      (
        "(((((((((((((((((((((((a)))))))))))))))))))))))", "a",
        [String](repeating: "0-1", count: 24).joined(separator: " ")
      ),
    ])
  func groups(_ pattern: String, _ text: String, _ expected: String) throws {
    #expect(Self.shown(try Regexp(pattern).firstMatch(in: text)) == expected)
  }

  @Test(
    "says what is wrong with a pattern, and where",
    arguments: [
      ("*a", "missing operand for *", 0), ("a(+b)", "missing operand for +", 2),
      ("?", "missing operand for ?", 0), ("a|", "missing operand for |", 1),
      ("|a", "missing operand for |", 0), ("(a||b)", "missing operand for |", 3),
      ("a()", "missing operand for (", 1), ("(a|)", "missing operand for |", 2),
      ("a|*", "missing operand for *", 2), ("x(a(b)", "unmatched left paren", 1),
      ("a)b", "unmatched right paren", 1), ("é[a-", "malformed '[]'", 2),
      ("[-a]", "malformed '[]'", 0), ("[a-]", "malformed '[]'", 0), ("[abc", "malformed '[]'", 0),
      ("[^-]", "malformed '[]'", 0), ("[a\\", "malformed '[]'", 0), ("[", "malformed '[]'", 0),
    ])
  func refuses(_ pattern: String, _ text: String, _ offset: Int) {
    #expect {
      _ = try Regexp(pattern)
    } throws: { error in
      let error = error as? RegexpError
      return error?.description == text && error?.offset == offset
    }
  }

  @Test("a byte that is no part of a rune is U+FFFD, and one rune")
  func badBytes() throws {
    let bytes: [UInt8] = [0x61, 0xE2, 0x82, 0x62, 0xFF, 0xED, 0xA0, 0x80]
    #expect(try Regexp("a..b").firstMatch(in: bytes)?.range == 0..<4)
    #expect(try Regexp("\u{FFFD}+").allMatches(in: bytes).map(\.range) == [1..<3, 4..<8])
    #expect(try Regexp(bytes: [0x5B, 0xFF, 0x5D]).firstMatch(in: [0xFF])?.range == 0..<1)
    #expect(try Regexp(".").allMatches(in: bytes).count == 8)
    #expect(try Regexp("€").firstMatch(in: [0xE2, 0x82, 0xE2, 0x82, 0xAC])?.range == 2..<5)
  }

  @Test(
    "folds case as Unicode does",
    arguments: [
      ("straße", "STRASSE", false), ("ß", "ẞ", true), ("k", "\u{212A}", true), ("σ", "ς", true),
      ("[a-c]+", "ABC", true), ("[^a]", "A", false), ("é", "É", true), ("i", "ı", false),
      ("needle", "NeEdLe", true), ("[α-γ]", "Β", true), ("я", "Я", true),
    ])
  func folds(_ pattern: String, _ text: String, _ isMatch: Bool) throws {
    #expect(try Regexp(pattern, options: .ignoreCase).matches(text) == isMatch)
  }

  @Test func foldingKnowsEveryPairThatTheStandardLibraryKnows() {
    var faults: [String] = []
    for value in UInt32(0)...0x1FFFF {
      // The dotless and the dotted i fold with each other in Turkish only.
      guard let scalar = Unicode.Scalar(value), value != 0x130, value != 0x131 else { continue }
      let folded = RuneSet(value).folded
      for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
        let scalars = text.unicodeScalars
        guard scalars.count == 1, let other = scalars.first, other != scalar else { continue }
        if !folded.contains(other.value) { faults.append("\(value) \(other.value)") }
      }
    }
    #expect(faults.isEmpty)
  }

  @Test func literalPatternsHaveNoOperators() throws {
    #expect(try Regexp("a.b*(", options: .literal).firstMatch(in: "xa.b*(")?.range == 1..<6)
    #expect(try Regexp("\\n", options: .literal).firstMatch(in: "a\\n")?.range == 1..<3)
    let options: Regexp.Options = [.literal, .ignoreCase]
    #expect(try Regexp("(A", options: options).firstMatch(in: "x(a")?.range == 1..<3)
  }

  @Test(
    "all matches do not overlap, nor follow one another empty",
    arguments: [
      ("a*", "baab", ["0-0", "1-3", "4-4"]), ("", "é", ["0-0", "2-2"]),
      ("^", "a\nb", ["0-0", "2-2"]),
      ("aa", "aaaaa", ["0-2", "2-4"]), ("x", "abc", []), ("$", "a\nb", ["1-1", "3-3"]),
    ])
  func all(_ pattern: String, _ text: String, _ expected: [String]) throws {
    #expect(try Regexp(pattern).allMatches(in: text).map(Self.shown) == expected)
  }

  @Test func replacesAsTheTemplateSays() throws {
    let regexp = try Regexp("([a-z]+)@([a-z]+)")
    #expect(
      regexp.replacingAll(in: "x@y, a@b!", with: "\\2 at \\1 [&] \\& \\9\\\\") == """
        y at x [x@y] & \\, b at a [a@b] & \\!
        """)
  }
}
