// Explaining, comparing and drawing: texts and places on small trees.

import LibJSON
import Support
import Sys9
import SystemPackage
import Testing

@testable import ConfigKit

@Suite("config explain") struct ExplainTests {
  private static let tree = """
    +++ conf/TEST
    option FAST
    option MODE 2
    param SIZE 4
    no option OFF
    include files
    +++ conf/files
    module\tnet\toption NET
    \tsrc/net.c
    module\tbase
    \tsrc/base.c include/base.h
    \tsrc/off.c\toption OFF
    library\tlibk
    \tsrc/k.c src/three.c\toption MODE 3
    \tsrc/one.c\toptional FAST MODE=1 | SLOW
    \tmodule base net
    program\tapp
    \tsrc/app.c
    \tlibrary libk
    src/app.c\tflags "-DAPP"
    src/lone.c\tflags "-DLONE"
    test\truns program app
    +++ src/net.c src/base.c src/off.c src/k.c src/three.c src/one.c src/lone.c
    +++ src/app.c
    #include "../include/base.h"
    #include "opt/FAST.h"
    +++ include/base.h
    """

  private func explain(_ word: String) throws -> String {
    let tree = try AnswerTree(Self.tree)
    let (explanations, messages) = tree.generator().explain([word])
    guard let explanations else { throw CaseFault(description: messages) }
    return tree.plain(explanations.map(\.text).joined(separator: "\n"))
  }

  @Test(
    "says",
    arguments: [
      (
        "src/net.c",
        """
        src/net.c: source, not built in TEST.Linux.amd64
          conf/files:2:2: an item of module 'net'
            conf/files:1:8: module 'net' is disabled, with option NET
              conf/files:1:19: 'option NET' does not hold
                option 'NET' is off: nobody sets it
            conf/files:9:14: brought in by library 'libk'
        described by
          conf/files:2:2: an item of module 'net'

        """
      ),
      (
        "src/off.c",
        """
        src/off.c: source, not built in TEST.Linux.amd64
          conf/files:5:2: an item of module 'base', with option OFF
            conf/files:5:19: 'option OFF' does not hold
              conf/TEST:4:11: option 'OFF' is off: 'no option' turns it off
            conf/files:9:9: brought in by library 'libk'
        described by
          conf/files:5:2: an item of module 'base'

        """
      ),
      (
        "src/three.c",
        """
        src/three.c: source, not built in TEST.Linux.amd64
          conf/files:7:10: an item of library 'libk', with option MODE 3
            conf/files:7:29: 'option MODE 3' does not hold
              conf/TEST:2:8: option 'MODE' is on, with the value '2'
        described by
          conf/files:7:10: an item of library 'libk'

        """
      ),
      (
        "src/one.c",
        """
        src/one.c: source, not built in TEST.Linux.amd64
          conf/files:8:2: an item of library 'libk', with optional FAST MODE 1 | SLOW
            conf/files:8:26: 'option MODE 1' does not hold
              conf/TEST:2:8: option 'MODE' is on, with the value '2'
            conf/files:8:35: 'option SLOW' does not hold
              option 'SLOW' is off: nobody sets it
        described by
          conf/files:8:2: an item of library 'libk'

        """
      ),
      (
        "src/lone.c",
        """
        src/lone.c: source, not built in TEST.Linux.amd64
          conf/files:14:1: no module, library or program has it: a source statement builds nothing
        described by
          conf/files:14:1: a source statement

        """
      ),
      (
        "src/base.c",
        """
        src/base.c: source, built in TEST.Linux.amd64
          conf/files:4:2: an item of module 'base'
            conf/files:9:9: brought in by library 'libk'
          o/src/base.c.o is made by
            cc -c -O2 -g   -I. -I../..  -o o/src/base.c.o ../../src/base.c
        described by
          conf/files:4:2: an item of module 'base'
        a change to it makes 3 files anew
          o/src/base.c.o
          libk.a
          app
        tested by
          test:runs

        """
      ),
      (
        "include/base.h",
        """
        include/base.h: header, used in TEST.Linux.amd64
          conf/files:4:13: an item of module 'base'
            conf/files:9:9: brought in by library 'libk'
          included by src/app.c
        described by
          conf/files:4:13: an item of module 'base'
        a change to it makes 2 files anew
          o/src/app.c.o
          app
        tested by
          test:runs

        """
      ),
      (
        "FAST",
        """
        FAST: option, on in TEST.Linux.amd64
          conf/TEST:1:8: option 'FAST' is on, with the value '1'
        described by
          conf/TEST:1:8: sets option 'FAST'
          conf/files:8:21: 'optional' of 'src/one.c'
        turned off, nothing else would differ but for its headers
        a change to it makes 2 files anew
          o/src/app.c.o
          app
        tested by
          test:runs

        """
      ),
      (
        "NET",
        """
        NET: option, off in TEST.Linux.amd64
          option 'NET' is off: nobody sets it
        described by
          conf/files:1:19: 'option' of module 'net'
        turned on, this would differ
          source src/net.c: not there -> in module 'net'

        """
      ),
      (
        "SIZE",
        """
        SIZE: param, on in TEST.Linux.amd64
          conf/TEST:3:7: 'SIZE' is a param, and conditions test options: for them it is off
        described by
          conf/TEST:3:7: sets param 'SIZE'

        """
      ),
      (
        "net",
        """
        net: module, disabled in TEST.Linux.amd64
          conf/files:1:8: module 'net' is disabled, with option NET
            conf/files:1:19: 'option NET' does not hold
              option 'NET' is off: nobody sets it
          conf/files:9:14: brought in by library 'libk'
        described by
          conf/files:1:8: defines module 'net'
          conf/files:9:14: 'module' of library 'libk'

        """
      ),
      (
        "libk",
        """
        libk: library, built in TEST.Linux.amd64
          conf/files:6:9: a goal of every build
          conf/files:12:10: linked by program 'app'
          libk.a is made by
            ar rcsD libk.a.new o/src/base.c.o && mv libk.a.new libk.a
        described by
          conf/files:6:9: defines library 'libk'
          conf/files:12:10: 'library' of program 'app'
        a change to it makes 1 file anew
          app
        tested by
          test:runs

        """
      ),
      (
        "test:runs",
        """
        runs: test, run in TEST.Linux.amd64
          conf/files:15:6: runs ./app
        described by
          conf/files:15:6: defines test 'runs'

        """
      ),
      (
        "o/src/base.c.o",
        """
        o/src/base.c.o: object, built in TEST.Linux.amd64
          made of src/base.c
          needed by libk.a
          o/src/base.c.o is made by
            cc -c -O2 -g   -I. -I../..  -o o/src/base.c.o ../../src/base.c
        a change to it makes 2 files anew
          libk.a
          app
        tested by
          test:runs

        """
      ),
    ])
  func says(_ word: String, _ expected: String) throws { #expect(try explain(word) == expected) }

  @Test func namesWhatWasPerhapsMeant() throws {
    let tree = try AnswerTree(Self.tree)
    let (explanations, messages) = tree.generator().explain(["src/ap.c", "app"])
    #expect(explanations == nil)
    #expect(
      tree.plain(messages)
        == "config: error: nothing is called 'src/ap.c' in conf/TEST (did you mean 'src/app.c'?)\n")
  }

  @Test func tellsWhatAFlipWouldBreak() throws {
    let tree = try AnswerTree(
      "+++ conf/TEST\noption A\nmodule a option A\n\ta.c\nmodule b\n\tb.c\n\tmodule a\n"
        + "program p\n\tp.c\n\tmodule b\n+++ a.c b.c p.c")
    let explanation = try #require(tree.generator().explain(["A"]).explanations?.first)
    #expect(explanation.flip?.difference == nil)
    #expect(
      tree.plain(explanation.text).contains(
        "turned off, the description would be wrong\n  conf/TEST:6:9: error: module 'b' needs"))
  }

  @Test func explainsEachMeaning() throws {
    let tree = try AnswerTree(
      "+++ conf/TEST\nmodule net\n\ta.c\nprogram net\n\tp.c\n\tmodule net\n+++ a.c p.c")
    let both = try #require(tree.generator().explain(["net"]).explanations)
    #expect(both.map(\.kind) == ["module", "program"])
    let one = try #require(tree.generator().explain(["program:net"]).explanations)
    #expect(one.map(\.kind) == ["program"])
  }

  @Test func printsJSON() throws {
    let tree = try AnswerTree(Self.tree)
    let json = try #require(tree.generator().explain(["src/net.c"]).explanations?.first).json
    #expect(json["state"]?.string == "not built")
    let reason = json["reasons"]?[0]
    #expect(reason?["place"]?["line"]?.int == 2)
    #expect(reason?["details"]?[0]?["details"]?[0]?["text"]?.string == "'option NET' does not hold")
    #expect(json["mentions"]?[0]?["text"]?.string == "an item of module 'net'")
  }
}

@Suite("config diff") struct DiffTests {
  private static let tree = """
    +++ conf/TEST
    option FAST
    option MODE 2
    param SIZE 4
    makeoption LDLIBS -lm
    include files
    +++ conf/OTHER
    ident OTHER
    option MODE 3
    param SIZE 8
    param NEW
    makeoption CFLAGS -O3 -g
    include files
    +++ conf/files
    library\tlibk
    \tsrc/k.c
    \tsrc/fast.c\toption FAST
    \tsrc/slow.c\toption !FAST
    program\tapp
    \tsrc/app.c
    \tlibrary libk
    program\textra\toption !FAST
    \tsrc/extra.c
    +++ src/k.c src/fast.c src/slow.c src/app.c src/extra.c
    """

  @Test func tellsWhatDiffers() throws {
    let tree = try AnswerTree(Self.tree)
    let shared = SharedReading()
    let difference = Difference(
      try tree.survey("conf/TEST", shared), try tree.survey("conf/OTHER", shared))
    #expect(!difference.isEmpty)
    #expect(
      difference.text == """
        --- TEST.Linux.amd64
        +++ OTHER.Linux.amd64
        option FAST: 1 -> off
        option MODE: 2 -> 3
        param SIZE: 4 -> 8
        param NEW: off -> 1
        makeoption LDLIBS: -lm -> not there
        makeoption CFLAGS: not there -> -O3 -g
        source src/fast.c: in library 'libk' -> not there
        source src/slow.c: not there -> in library 'libk'
        source src/extra.c: not there -> in program 'extra'
        program extra: not there -> made
        command of o/src/k.c.o, o/src/app.c.o, o/config.c.o
          -O2 -> -O3
        command of app
          - -lm

        """)
    let json = difference.json
    #expect(json["settings"]?[0]?["kind"]?.string == "option")
    #expect(json["settings"]?[0]?["new"]?.isNull == true)
    #expect(json["commands"]?[0]?["changes"]?[0]?["added"]?[0]?.string == "-O3")
  }

  @Test func findsNothingInTheSame() throws {
    let tree = try AnswerTree(Self.tree)
    let difference = Difference(try tree.survey(), try tree.survey())
    #expect(difference.isEmpty && difference.text.isEmpty)
  }

  @Test(
    "compares words",
    arguments: [
      ("a b c", "a b c", []), ("a b c", "a x c", ["b -> x"]), ("a", "a b", ["+ b"]),
      ("a b", "b", ["- a"]), ("", "a", ["+ a"]), ("a b c d", "b x d e", ["- a", "c -> x", "+ e"]),
      ("a 'b c'", "a 'b d'", ["'b c' -> 'b d'"]),
    ])
  func words(_ old: String, _ new: String, _ expected: [String]) {
    let changes = WordDifference.changes(
      from: WordDifference.words(old), to: WordDifference.words(new))
    #expect(changes.map(\.text) == expected)
  }

  @Test func boundsTheTableOfWords() {
    let old = (0..<3000).map { "a\($0)" }
    let new = (0..<3000).map { "b\($0)" }
    #expect(WordDifference.changes(from: old, to: new) == [WordChange(removed: old, added: new)])
  }
}

@Suite("config graph") struct GraphTests {
  private static let tree = """
    +++ conf/TEST
    module\tnet
    \tsrc/net.c src/net.h
    library\tlibk
    \tsrc/k.c
    \tmodule net
    program\tmk host
    \tsrc/mk.c
    gen.h\tno-obj no-implicit-rule depend "$S/src/gen.in" compile-with "${HOST.mk} >$@"
    program\t"a b"
    \tsrc/app.c gen.h
    \tlibrary libk
    +++ src/net.c src/net.h src/k.c src/mk.c src/app.c src/gen.in
    """.replacing("\"a b\"", with: "app")

  @Test func drawsClusters() throws {
    let dot = try AnswerTree.with(Self.tree) { try DotGraph(try $0.survey()).dot() }
    for line in [
      "digraph \"TEST.Linux.amd64\" {", "    label=\"module net\"; style=rounded; color=gray;",
      "    \"module:net\" [label=\"net\", shape=ellipse];", "    \"src/net.c\" [shape=plaintext];",
      "    \"libk.a\" [label=\"libk.a\", shape=folder];",
      "    \"app\" [label=\"app\", style=bold];",
      "    \"mk\" [label=\"mk\", style=\"bold,dashed\"];", "    \"gen.h\" [style=dashed];",
      "  \"libk.a\" -> \"module:net\";", "  \"app\" -> \"libk.a\";",
      "  \"gen.h\" -> \"mk\" [style=dashed];",
    ] {
      #expect(dot.split(separator: "\n").contains { $0 == line }, "\(line)\nin\n\(dot)")
    }
    #expect(dot.hasSuffix("}\n"))
  }

  @Test func countsSourcesInstead() throws {
    let dot = try AnswerTree.with(Self.tree) { tree in
      var graph = DotGraph(try tree.survey())
      graph.showsSources = false
      return try graph.dot()
    }
    #expect(dot.contains("[label=\"net\\n2 sources\", shape=ellipse]"))
    #expect(!dot.contains("src/net.c"))
  }

  @Test func restrictsToWhatIsAskedFor() throws {
    try AnswerTree.with(Self.tree) { tree in
      let graph = DotGraph(try tree.survey())
      let dot = try graph.dot(of: "libk")
      #expect(dot.contains("src/net.c") && dot.contains("\"app\"") && !dot.contains("src/mk.c"))
      #expect(throws: QueryFault.self) { try graph.dot(of: "nothing") }
    }
  }
}
