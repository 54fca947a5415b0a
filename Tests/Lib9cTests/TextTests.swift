import Lib9c
import Support
import Testing

@Suite("Quoting and fields") struct TextTests {
  @Test(
    "what must be quoted is",
    arguments: [
      ("", "''"), ("a", "a"), ("a b", "'a b'"), ("it's", "'it''s'"), ("'", "''''"),
      ("a\tb", "'a\tb'"), ("\u{7F}$\"", "\u{7F}$\""), ("é日", "é日"), ("\u{1}", "'\u{1}'"),
    ])
  func quotes(_ text: String, _ word: String) throws {
    #expect(quote(text) == word)
    #expect(try unquote(word) == text)
    #expect(unquotestrdup(word) == text)
  }

  @Test func theShellsRunesAreQuotedWhereAskedFor() {
    #expect(quote("$x") == "$x")
    #expect(quote("$x", doquote: needsrcquote) == "'$x'")
    #expect(quote("é", doquote: needsrcquote) == "'é'")
    #expect("^#*[]=|\\?${}()'<>&;`".unicodeScalars.allSatisfy(needsrcquote))
    #expect(!"abc.:,-_/%+@!~\"".unicodeScalars.contains(where: needsrcquote))
  }

  @Test func unquoteNoticesWhatIsWrong() {
    #expect(throws: QuoteError.unterminated(at: 1)) { try unquote("a'b") }
    #expect(throws: QuoteError.blank(at: 3)) { try unquote("'a' b") }
    #expect("\(QuoteError.blank(at: 3))" == "blank outside of quotes at byte 3")
    #expect("\(QuoteError.unterminated(at: 0))" == "quote at byte 0 is not closed")
  }

  @Test func unquotestrdupKeepsWhatFollows() {
    #expect(unquotestrdup("'hello' wor'ld") == "hello wor'ld")
    #expect(unquotestrdup("'a\nb'c\n d'e") == "a\nbc\n d'e")
    #expect(unquotestrdup("'open") == "open")
  }

  @Test(
    "tokenize",
    arguments: [
      ("a b", Int.max, ["a", "b"]), ("a'b c'd", .max, ["ab cd"]), ("''", .max, [""]),
      ("'it''s'", .max, ["it's"]), (" a  b\t\r\nc ", .max, ["a", "b", "c"]), ("", .max, []),
      ("'open end", .max, ["open end"]), ("a b c", 2, ["a", "b"]), ("a b", 0, []),
      ("a b", -1, []), ("日 本", .max, ["日", "本"]),
    ])
  func tokenizes(_ text: String, _ max: Int, _ words: [String]) {
    #expect(tokenize(text, max: max).map(String.init) == words)
    let bytes = tokenize(Array(text.utf8), max: max)
    #expect(bytes.map { String(decoding: $0, as: UTF8.self) } == words)
  }

  @Test func separatorsAreRunesNotBytes() {
    // U+3042 and U+3044 share two of three bytes.
    #expect(tokenize("aあbいc", separators: "あ") == ["a", "bいc"])
    #expect(fields(of: "あい", dividedBy: "い") == ["あ", ""])
    #expect(gettokens("'aあb'あc", 9, "あ") == ["'aあb'", "c"])
  }

  @Test func tokenizeRemovesAndGettokensKeepsQuotes() {
    #expect(tokenize("'a,b',c", separators: ",") == ["a,b", "c"])
    #expect(gettokens("'a,b',c", 9, ",") == ["'a,b'", "c"])
    #expect(gettokens("a b  c ", 2, " ") == ["a", "b  c "])
  }

  @Test func fieldsAndWords() {
    #expect(fields(of: "root::0", dividedBy: ":") == ["root", "", "0"])
    #expect(fields(of: "", dividedBy: ":") == [""])
    #expect(words(of: "::root::0::", dividedBy: ":") == ["root", "0"])
    #expect(getfields("#alice#bob##charles###", 3, 1, "#") == ["alice", "bob", "charles###"])
    #expect(getfields("a", 0, 0, ":") == [])
    #expect(fields(of: Array("a:b".utf8), dividedBy: ":").map { Array($0) } == [[0x61], [0x62]])
    #expect(words(of: [0xFF, 0x20, 0xFE], dividedBy: " ").map { Array($0) } == [[0xFF], [0xFE]])
  }

  @Test(
    "cleanname",
    arguments: [
      ("", "."), ("/..", "/"), ("a/../..", ".."), ("a/./b//../c/", "a/c"), ("/", "/"),
      ("../../a/..", "../.."), ("///a", "/a"), ("/a/../../b", "/b"), ("a/..b", "a/..b"),
      ("...", "..."), ("./", "."), ("/./..", "/"), ("a/b/../../../c", "../c"),
    ])
  func cleans(_ path: String, _ clean: String) { #expect(cleanname(path) == clean) }

  @Test func aNumberIsReadFromTheFront() {
    #expect(strtod("  +.5e1x").value == 5 && strtod("  +.5e1x").used == 7)
    #expect(strtod("5e-324").value == Double.leastNonzeroMagnitude)
    #expect(strtod("-0").value.sign == .minus)
    #expect(strtod("-inf").value == -.infinity)
    #expect(strtod("nan").value.isNaN && strtod("x").used == 0 && strtod("").used == 0)
    #expect(strtod("1e+").used == 1 && strtod("0x10").used == 1 && strtod("5.").used == 2)
    #expect(Plan9.strtod("5e-324").bits == 0 && Plan9.strtod("-0").bits == 0)
  }

  @Test func basesAreInverse() {
    for count in 0..<20 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 73 + 5) }
      #expect(dec64(Array(enc64(bytes).utf8)) == bytes)
      #expect(dec32(Array(enc32(bytes).utf8)) == bytes)
      #expect(dec16(Array(enc16(bytes).utf8)) == bytes)
    }
    #expect(dec32([0x61]) == nil)
    #expect(enc32([0x07, 0xC7]) == "2z5i" && Plan9.enc32([0x07, 0xC7]) == "2z5")
  }
}

@Suite("Words and lines") struct LineTests {
  @Test func wordsAreTakenFromTheFront() {
    var text: Substring = "  a 'b c' \"d'e\"f 'open"
    var words: [Substring] = []
    while let word = s_parse(&text) { words.append(word) }
    #expect(words == ["a", "b c", "d'e", "f", "open"])
    #expect(text.isEmpty)
  }

  @Test func linesAreLogical() {
    let text = "# head\n\n  one \\\n two\\\n#three\n\t# no\r\nfour\r\nfi\\ve\nlast\\"
    let lines = LogicalLines(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    #expect(lines == ["one  two#three", "four", "fi\\ve", "last"])
  }

  @Test func aCommentIsNotContinued() {
    let lines = LogicalLines(Array("# a \\\nb\n".utf8)).map { String(decoding: $0, as: UTF8.self) }
    #expect(lines == ["b"])
  }

  private static func stack(
    _ files: [String: String]
  ) throws(SystemError) -> IncludeStack {
    try IncludeStack("main") { (name, _) throws(SystemError) in
      guard let text = files[name] else {
        throw SystemError(call: "open", errno: 2, subject: name)
      }
      return Array(text.utf8)
    }
  }

  @Test func includedFilesAreRead() throws {
    var stack = try Self.stack(["main": "a\n#include 'x y'\nb\n#includes", "x y": "\n c\n# d\n"])
    var lines: [String] = []
    while let line = try stack.next() {
      lines.append(
        "\(stack.place.file):\(stack.place.line) \(String(decoding: line, as: UTF8.self))")
    }
    #expect(lines == ["main:1 a", "x y:2 c", "main:3 b"])
  }

  @Test func whatCannotBeIncludedIsNamed() throws {
    var circle = try Self.stack(["main": "\n#include main"])
    #expect(throws: IncludeError.tooDeep(file: "main", line: 2)) { try circle.next() }
    var unnamed = try Self.stack(["main": "#include "])
    #expect(throws: IncludeError.noName(file: "main", line: 1)) { try unnamed.next() }
    var missing = try Self.stack(["main": "#include x"])
    let error = SystemError(call: "open", errno: 2, subject: "x")
    #expect(throws: IncludeError.unreadable(file: "main", line: 1, error)) { try missing.next() }
  }
}
