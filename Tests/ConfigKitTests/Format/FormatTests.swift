// The one layout: what it looks like, and that it changes nothing but blanks.

import Support
import Sys9
import SystemPackage
import Testing

@testable import ConfigKit

/// The layout of `text`; the messages where there is none.
func laidOut(_ text: String) -> String {
  switch Formatter.format(Array(text.utf8), name: "f") {
  case .formatted(let bytes): String(decoding: bytes, as: UTF8.self)
  case .faulty(let messages, _): messages
  }
}

@Suite("The layout") struct FormatTests {
  @Test(
    "is",
    arguments: [
      // Settings: arguments in a column.
      (
        "ident   A\nmakeoption CC  gcc\noption X   1\n",
        "ident\t\tA\nmakeoption\tCC gcc\noption\t\tX 1\n"
      ),
      ("param A\n\n\n\noption  B\n", "param\t\tA\n\noption\t\tB\n"),
      // Owners: a clause a line, attachments in a column.
      (
        "program p    option SMALL\n src/main.c   src/any.c\n   src/a.c option L flags \"-D\"\n",
        "program\tp\toption SMALL\n\tsrc/main.c src/any.c\n\tsrc/a.c\toption L flags \"-D\"\n"
      ),
      // Joined lines, one tab more.
      (
        "program p\n  src/c.c \\\n src/d.c  option X\n",
        "program\tp\n\tsrc/c.c \\\n\t\tsrc/d.c\toption X\n"
      ),
      ("gen.h no-obj \\\n    before-dep\n", "gen.h\tno-obj \\\n\tbefore-dep\n"),
      // References with their own conditions.
      (
        "program p\n library libslow option X\n module m\n flags -a -b\n",
        "program\tp\n\tlibrary libslow\toption X\n\tmodule m\n\tflags -a -b\n"
      ),
      // Comments.
      (
        "# one\n\n\nprogram p # two\n# three\n src/a.c # four\n   # five\n# six\nprogram q\n",
        "# one\n\nprogram\tp\t# two\n\t# three\n\tsrc/a.c\t# four\n\t# five\n# six\nprogram\tq\n"
      ),
      // A semicolon.
      ("param A; param B 2; # c\n", "param\t\tA\nparam\t\tB 2\t# c\n"),
      // Tests.
      (
        "test t option X\n program p\n args   -n \"a  b\"\n",
        "test\tt\toption X\n\tprogram\tp\n\targs\t-n \"a  b\"\n"
      ),
      ("no   option  X\n", "no option\tX\n"),
      ("", ""), ("\n\n", ""), ("# only", "# only\n"),
    ])
  func layout(_ text: String, _ expected: String) { #expect(laidOut(text) == expected) }

  @Test(
    "keeps what could mean something else",
    arguments: [
      // The value of a makeoption is raw text.
      ("makeoption  X   a   b\t c\n", "makeoption\tX a   b\t c\n"),
      ("makeoption X += a  b # c\n", "makeoption\tX += a  b\t# c\n"),
      ("makeoption X a \\\n   b\n", "makeoption\tX a \\\n   b\n"),
      ("makeoption X=a   b\n", "makeoption\tX=a   b\n"),
      ("makeoption \\\n# c\n X a\n", "makeoption \\\n# c\n X a\n"),
      // A backslash at the end of a file is a word; with a newline behind it would join.
      ("option A b\\", "option\t\tA b\\ \n"),
      ("option A b\\ \nparam B\n", "option\t\tA b\\ \nparam\t\tB\n"),
      // Two semicolons: one ends the statement, the other is of the word.
      ("option A b;;\n", "option\t\tA b;;\n"),
      // Quotes and what is in them.
      ("param A \"x  # y\" # z\n", "param\t\tA \"x  # y\"\t# z\n"),
      ("param A 'one\\\ntwo'\n", "param\t\tA 'one\\\ntwo'\n"),
      ("'ident' X\n", "'ident' X\n"),
      // Line ends of others.
      ("option A 7\r\nprogram p\r\n\tsrc/a.c \\\r\n\toption A\r\n", nil),
      ("\u{FEFF}option A\n", "\u{FEFF}option\t\tA\n"),
    ] as [(String, String?)])
  func kept(_ text: String, _ expected: String?) {
    let wanted = expected ?? "option\t\tA 7\nprogram\tp\n\tsrc/a.c \\\n\t\toption A\n"
    #expect(laidOut(text) == wanted)
  }

  @Test(
    "is not made of a file with a syntax error",
    arguments: [
      (" src/a.c\n", "f:1:2: error: this line begins with a blank"),
      ("param A \"x\n", "f:1:9: error: unterminated string"),
      ("param A \"x\"y\n", "f:1:12: error: a blank must follow the closing quote"),
      ("param A\0\n", "f:1:8: error: invalid byte NUL"),
    ])
  func faulty(_ text: String, _ message: String) {
    #expect(laidOut(text).hasPrefix(message), "\(laidOut(text))")
  }

  @Test func columnsAreSharedByNeighboursAlone() {
    let long = "src/" + String(repeating: "x", count: 80) + ".c"
    let text = "module m\n src/a.c option A\n src/lengthy-name.c option A\n\n src/b.c option A\n"
    #expect(
      laidOut(text)
        == "module\tm\n\tsrc/a.c\t\t\toption A\n\tsrc/lengthy-name.c\toption A\n\n"
        + "\tsrc/b.c\toption A\n"
    )
    // What is too long does not push the others.
    #expect(
      laidOut("module m\n \(long) option A\n src/b.c option B\n")
        == "module\tm\n\t\(long)\toption A\n\tsrc/b.c\toption B\n")
  }

  @Test func charactersAreAColumnWide() {
    #expect(
      laidOut("module m\n src/äöü1.c option A\n src/abcd1.c option A\n")
        == "module\tm\n\tsrc/äöü1.c\toption A\n\tsrc/abcd1.c\toption A\n")
  }
}

@Suite("The layout keeps the meaning") struct FormatMeaningTests {
  /// What `bytes` say, without places, so that two texts can be compared.
  static func meaning(_ bytes: [UInt8]) -> (statements: [[[String]]], failed: Bool) {
    let names = Names()
    let diagnostics = Diagnostics()
    var parser = Parser(bytes, file: 0, names: names, diagnostics: diagnostics)
    var statement = Statement()
    var result: [[[String]]] = []
    while parser.next(&statement) {
      var clauses = statement.clauseEnds.indices.map { clause in
        statement.words[statement.clause(clause)].map {
          ($0.isQuoted ? "quoted " : "") + names.text($0.name)
        }
      }
      if names.text(statement.words[0].name) == "makeoption", statement.words.count > 2,
        let last = statement.words.last
      {
        let raw = parser.raw(from: statement.words[2], to: last)
        clauses.append([String(decoding: raw, as: UTF8.self)])
      }
      result.append(clauses)
    }
    return (result, diagnostics.failed)
  }

  /// What is wrong with the layout of `bytes`; nil if nothing is.
  static func fault(_ bytes: [UInt8]) -> String? {
    let before = meaning(bytes)
    guard case .formatted(let result) = Formatter.format(bytes, name: "f") else {
      return before.failed ? nil : "not laid out"
    }
    if before.failed { return "laid out with a syntax error" }
    let after = meaning(result)
    if after.failed { return "broken" }
    if before.statements != after.statements { return "the meaning changed" }
    if Formatter.format(result, name: "f") != .formatted(result) { return "not idempotent" }
    let lines = String(decoding: result, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    // The value of a makeoption is not touched, nor what a backslash or a lone return ends.
    let isTidy = !lines.contains { $0.hasSuffix(" ") && !$0.hasSuffix("\\ ") }
    return isTidy || bytes.contains(UInt8(ascii: "\\")) || bytes.contains(0x0D)
      || String(decoding: bytes, as: UTF8.self).contains("makeoption")
      ? nil : "blanks at the end of a line"
  }

  @Test func inEveryCase() throws {
    var count = 0
    for test in try CaseReader.all() {
      for file in test.files where file.name.hasPrefix("conf/") {
        count += 1
        let fault = Self.fault(file.content)
        #expect(fault == nil, "\(test.place) \(file.name): \(fault ?? "")")
      }
    }
    #expect(count > 500)
  }

  @Test func ofOurOwnConfigurations() throws {
    let root = FilePath(#filePath).removingLastComponent().appending("../../../conf")
    for name in try Files.list(root).map({ String(decoding: $0, as: UTF8.self) }) {
      if name.hasSuffix("/") || name.hasPrefix("Makefile") || name.hasSuffix(".mk") { continue }
      let bytes = try Files.read(root.appending(name))
      #expect(Self.fault(bytes) == nil, "\(name)")
    }
  }

  @Test func ofTheManualsExample() throws {
    let path = FilePath(#filePath).removingLastComponent().appending("../../../docs/editor.md")
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    let blocks = text.split(separator: "\n```", omittingEmptySubsequences: false)
    let example = try #require(blocks.first { $0.contains("ident\t\tHELLO") })
    let lines = String(example.drop { $0 != "i" }) + "\n"
    #expect(laidOut(lines) == lines)
  }

  /// Pieces that mean something, put behind each other at random.
  private static let pieces: [String] = [
    "ident", "option", "param", "makeoption", "program", "library", "module", "include", "no",
    "test", "args", "src/a.c", "src/b.c", "x", "A", "B=1", "+=", "\"q r\"", "'s # t'", "\"\\\"\"",
    "\"u\\\nv\"", "\"\"", "compile-with", "flags", "depend", ";", ";;", "a;", "\\", "b\\", "\\\n",
    "\n", "\n", "\n", "\n\t", "\n ", " ", " ", "\t", "# c\n", "#", " # d \n", "\r\n", "\r", "host",
    "optional", "|", "!X", "\u{FEFF}", "é", "like", "source", "header", "gen.h", "defoption",
  ]

  @Test func ofAnything() {
    var (random, seed) = SplitMix.printed("layout", environment: Environment["TEST_SEED"])
    for round in 0..<5_000 {
      let count = Int.random(in: 1...24, using: &random)
      var text = ""
      for _ in 0..<count {
        text += Self.pieces.randomElement(using: &random) ?? ""
        if Bool.random(using: &random) { text += " " }
      }
      if let fault = Self.fault(Array(text.utf8)) {
        Issue.record("seed \(seed), round \(round): \(fault): \(text.debugDescription)")
        return
      }
    }
  }
}

@Suite("Differences") struct LineDiffTests {
  @Test func areUnified() {
    let old = "a\nb\nc\nd\ne\nf\ng\nh\n"
    let new = "a\nb\nC\nd\ne\nf\ng\nh\ni"
    let text = LineDiff(Array(old.utf8), Array(new.utf8)).unified("x", "y")
    #expect(
      String(decoding: text, as: UTF8.self) == """
        --- x
        +++ y
        @@ -1,8 +1,9 @@
         a
         b
        -c
        +C
         d
         e
         f
         g
         h
        +i
        \\ No newline at end of file

        """)
    #expect(LineDiff(Array(old.utf8), Array(old.utf8)).unified("x", "y") == [])
  }

  /// patch(1) is the judge: what it makes of the old text is the new one.
  @Test func leadFromOneToTheOther() throws {
    var (random, seed) = SplitMix.printed("diff", environment: Environment["TEST_SEED"])
    let workshop = try Workshop()
    for round in 0..<60 {
      func text() -> [UInt8] {
        let count = Int.random(in: 1...30, using: &random)
        return (0..<count).flatMap { _ in
          Array("\(Int.random(in: 0...6, using: &random))\n".utf8)
        }
      }
      let (old, new) = (text(), text())
      let diff = LineDiff(old, new).unified("f", "f")
      if diff.isEmpty {
        #expect(old == new)
        continue
      }
      try workshop.write("f", old)
      try workshop.write("f.diff", diff)
      let outcome = try Command.run(
        ["sh", "-c", "cd '\(workshop.directory)' && patch -s -o g f f.diff 2>&1"])
      let result = outcome.status == 0 ? try workshop.read("g") : "failed"
      #expect(result == String(decoding: new, as: UTF8.self), "seed \(seed), round \(round)")
    }
  }
}
