// Each rule notices what it is there for, and leaves alone what is right.

import Testing

@Suite("The rules themselves") struct RuleTests {
  /// The lines that `rule` finds fault with in `text`.
  private func lines(_ rule: Rule, _ text: String, path: String = "a.swift") -> [Int] {
    rule(TextFile(path: path, text: text)).map(\.line)
  }

  @Test func takeSwiftApart() {
    let text = SwiftText(
      ##"""
      let a = "// no \(f("x") + "}") comment" // yes
      let b = """
        text // text
        """ /* one /* two */
      three */ + #"raw " \#(c) \"#
      """##)
    #expect(text.code[0] == #"let a = f("") + """" "#)
    #expect(text.comments[0] == " yes")
    #expect(text.code[2] == "")
    #expect(text.comments[3] == " one  two ")
    #expect(text.comments[4] == "three ")
    #expect(text.code[4] == #" + c"""#)
  }

  @Test func tabs() { #expect(lines(Rules.noTabs, "a\n\tb\n") == [2]) }

  @Test func lineLength() {
    let just = String(repeating: "é", count: 100)
    #expect(lines(Rules.lineLength, "\(just)\n\(just)x\n") == [2])
    #expect(lines(Rules.lineLength, "// \(just)\n\"\"\"\n  \(just)\n  \"\"\"\n") == [1])
  }

  @Test func lineEnds() {
    #expect(lines(Rules.lineEnds, "a\nb \nc\n") == [2])
    #expect(lines(Rules.lineEnds, "a\r\nb\n") == [1])
    #expect(lines(Rules.lineEnds, "a\nb") == [2])
    #expect(lines(Rules.lineEnds, "") == [])
  }

  @Test func traps() {
    let text = "// try! is bad\nlet a = try! f()\nlet b = c as! D\nfatalError(\"try!\")\n"
    #expect(lines(Rules.noTraps, text).sorted() == [2, 3, 4])
  }

  @Test(
    "finds imports",
    arguments: [
      ("import A", "A"), ("public import A", "A"), ("@testable import A", "A"),
      ("import struct A.B", "A"), ("internal import A.B", "A"), ("  import A  // why", "A"),
      ("@preconcurrency public import func A.f", "A"),
    ])
  func imports(text: String, module: String) {
    #expect(Rules.imports(TextFile(path: "a.swift", text: text)).map(\.module) == [module])
  }

  @Test(
    "finds no imports",
    arguments: [
      "// import A", "let x = \"import A\"", "importer()", "/*\nimport A\n*/",
    ])
  func noImports(text: String) {
    #expect(Rules.imports(TextFile(path: "a.swift", text: text)).isEmpty)
  }

  @Test func foundation() {
    let text = "import Glibc\nimport Foundation\nimport FoundationEssentials\n"
    #expect(lines(Rules.noFoundation, text) == [2, 3])
  }

  @Test func tasks() {
    let mark = "TO" + "DO"
    let text = "// \(mark): later\n// \(mark)(wkj): later\nlet a = \"\(mark)\"\n// FIX" + "ME\n"
    #expect(lines(Rules.ownedTasks, text) == [1, 4])
    #expect(lines(Rules.ownedTasks, "# X" + "XX check\n", path: "a.sh") == [1])
    #expect(lines(Rules.ownedTasks, "mktemp a.XXXXXX\n", path: "a.sh") == [])
  }

  @Test func documentation() {
    let good = "/// Says.\npublic func f() {}\n/// Says.\n@inlinable\npublic var x: Int { 1 }\n"
    #expect(lines(Rules.documented, good + "public import A\nfunc g() {}\n") == [])
    #expect(lines(Rules.documented, "public struct S {\n  public init() {}\n}\n") == [1, 2])
    #expect(lines(Rules.documented, "/// Says.\n\npublic let a = 1\n") == [3])
    #expect(lines(Rules.documented, "/// Says.\npublic let a = 1\npublic let b = 1\n") == [3])
  }

  @Test func functionLength() {
    func function(of count: Int) -> String {
      "  func f() {\n" + String(repeating: "    g()\n", count: count - 2) + "  }\n"
    }
    #expect(lines(Rules.functionLength, function(of: 70)) == [])
    #expect(lines(Rules.functionLength, "import A\n" + function(of: 71)) == [2])
    #expect(lines(Rules.functionLength, "  func f() { 1 }\n" + function(of: 70)) == [])
  }

  @Test func fileLength() {
    #expect(lines(Rules.fileLength, String(repeating: "\n", count: 600)) == [])
    #expect(lines(Rules.fileLength, String(repeating: "\n", count: 601)) == [601])
  }

  private func graph(_ files: [(path: String, text: String)]) -> ModuleGraph {
    ModuleGraph(files.map { TextFile(path: $0.path, text: $0.text) })
  }

  @Test(
    "arrows that go up or aside",
    arguments: [
      ("Sources/9unix/Sys9/a.swift", "import LibAIO"),
      ("Sources/libaio/LibAIO/a.swift", "import MiniStat"),
      ("Sources/ministat/MiniStat/a.swift", "import ConfigKit"),
      ("Sources/config/ConfigKit/a.swift", "import LibAIO"),
      ("Sources/config/ConfigKit/a.swift", "import LibBSD"),
      ("Sources/ministat/MiniStatRun/a.swift", "public import ArgumentParser"),
      ("Sources/config/ConfigKit/a.swift", "import CNine"),
      ("Sources/config/ConfigKit/a.swift", "import ministat"),
      ("Sources/attic/Old/a.swift", "import Sys9"),
    ])
  func wrongArrow(path: String, text: String) {
    let others = [
      "9unix/Sys9", "9unix/LibBSD", "9unix/CNine", "libaio/LibAIO", "ministat/MiniStat",
      "ministat/ministat", "config/ConfigKit",
    ].map { (path: "Sources/\($0)/b.swift", text: "") }
    #expect(graph(others + [(path, text)]).wrongArrows().map(\.path) == [path])
  }

  @Test(
    "arrows that go down",
    arguments: [
      ("Sources/9unix/LibBSD/a.swift", "import CBSD"),
      ("Sources/config/ConfigKit/a.swift", "import Sys9\nimport MiniStat\nimport SystemPackage"),
      ("Sources/config/config/a.swift", "import ArgumentParser\nimport LibBSD\nimport ConfigKit"),
      ("Sources/bench/tree/treebench/a.swift", "import CTree\nimport Glibc"),
    ])
  func rightArrow(path: String, text: String) {
    let others = [
      "9unix/Sys9", "9unix/LibBSD", "9unix/CBSD", "ministat/MiniStat", "config/ConfigKit",
      "bench/tree/CTree",
    ].map { (path: "Sources/\($0)/b.swift", text: "") }
    #expect(graph(others + [(path, text)]).wrongArrows() == [])
  }

  @Test func circles() {
    let files = [
      (path: "Sources/9unix/A/a.swift", text: "import B\n"),
      (path: "Sources/9unix/B/a.swift", text: "import C\nimport Glibc\n"),
      (path: "Sources/9unix/C/a.swift", text: "import Glibc\n"),
    ]
    #expect(graph(files).circle() == nil)
    let more = (path: "Sources/9unix/C/b.swift", text: "import A\n")
    #expect(graph(files + [more]).circle() == "A -> B -> C -> A")
  }

  @Test func linksAndCommands() {
    let text = "See [a](b/c.md#d), [e](../f.md), [g](https://h.i) and [j](#k).\nRun `bin/x -a`.\n"
    let file = TextFile(path: "docs/a.md", text: text)
    #expect(Rules.links(file).map(\.path) == ["docs/b/c.md", "f.md"])
    #expect(Rules.commands(file).map(\.path) == ["bin/x"])
    #expect(
      Rules.commands(TextFile(path: "a", text: "(bin/y, /usr/bin/z)")).map(\.path) == ["bin/y"])
  }

  @Test func descriptions() {
    let text = "program p\n\tSources/a.c option X # Sources/not.c\n# Sources/no.c\n"
    let file = TextFile(path: "conf/files", text: text)
    #expect(Rules.described(file).map(\.path) == ["Sources/a.c"])
  }
}
