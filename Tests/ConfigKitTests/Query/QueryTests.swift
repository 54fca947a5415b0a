// Queries: the language, and each function on a small tree.

import LibJSON
import Support
import Sys9
import Testing

@testable import ConfigKit

@Suite("config query") struct QueryTests {
  static let tree = """
    +++ conf/TEST
    option TLS
    param SIZE 4
    include files
    +++ conf/files
    module\tnet
    \tsrc/net.c src/tls.c option TLS
    \tsrc/old.c option OLD
    \tinclude/net.h
    library\tlibk
    \tsrc/k.c
    program\tapp
    \tsrc/app.c
    \tlibrary libk
    \tmodule net
    program\tnet
    \tsrc/tool.c
    test\truns program app
    test\tskips program app option OLD
    bench\tfast program app metric t s lower
    +++ src/tls.c src/old.c src/tool.c src/k.c
    +++ src/net.c
    #include "opt/TLS.h"
    +++ src/app.c
    #include "include/net.h"
    +++ include/net.h
    #include "net2.h"
    +++ include/net2.h
    """

  private func answer(_ query: String) throws -> String {
    let answer = try AnswerTree.with(Self.tree) { tree in
      try QueryEngine(try tree.survey()).answer(query)
    }
    return answer.text.split(separator: "\n").joined(separator: " | ")
  }

  @Test(
    "answers",
    arguments: [
      ("src/app.c", "src/app.c"),
      ("libk", "libk.a"),
      ("deps(src/app.c)", "src/app.c | include/net.h | include/net2.h"),
      ("deps(src/app.c, 1)", "src/app.c | include/net.h"),
      ("deps(src/app.c, 0)", "src/app.c"),
      ("deps(libk)", "libk.a | o/src/k.c.o | src/k.c"),
      ("rdeps(include/net2.h)", rdeps),
      ("rdeps(src/k.c, 2)", "src/k.c | o/src/k.c.o | libk.a"),
      ("path(program:app, include/net2.h)", path),
      ("path(test:runs, src/k.c)", "test:runs | app | libk.a | o/src/k.c.o | src/k.c"),
      ("path(app, src/tool.c)", ""),
      ("path(app, option:TLS)", "app | module:net | option:TLS"),
      ("sources(libk)", "src/k.c"),
      ("sources(app) & src/*.c", "src/app.c | src/net.c | src/tls.c | src/k.c"),
      ("kind(test, rdeps(src/k.c))", "test:runs"),
      ("kind(bench, all)", "bench:fast"),
      ("kind(program, all)", "app | program:net"),
      ("kind(header, deps(app))", "include/net.h | include/net2.h"),
      ("kind(module, deps(app))", "module:net"),
      ("kind(option, all)", "option:TLS | option:OLD"),
      ("kind(param, all)", "param:SIZE"),
      ("commands(libk)", "libk.a: ar rcsD libk.a.new o/src/k.c.o && mv libk.a.new libk.a"),
      ("commands(o/src/k.c.o)", "o/src/k.c.o: \(compile)"),
      ("libk + app - libk", "app"),
      ("libk + (app - libk)", "libk.a | app"),
      ("app union libk minus app", "libk.a"),
      ("(app + libk) intersection libk", "libk.a"),
      ("o/src/t*.o", "o/src/tls.c.o | o/src/tool.c.o"),
      ("library:libk", "libk.a"),
      ("'src/app.c'", "src/app.c"),
      ("./src/app.c", "src/app.c"),
    ])
  func answers(_ query: String, _ expected: String) throws {
    // `net` is a module and a program, so that both have their kind before them.
    let plain = expected.replacing("program:net", with: "net")
    #expect(try answer(query) == plain)
  }

  private static let rdeps =
    "include/net2.h | include/net.h | src/app.c | module:net | o/src/app.c.o | app | test:runs"
    + " | bench:fast"
  private static let path =
    "app | o/src/app.c.o | src/app.c | include/net.h | include/net2.h"
  private static let compile = "cc -c -O2 -g   -I. -I../..  -o o/src/k.c.o ../../src/k.c"

  @Test(
    "refuses",
    arguments: [
      ("", 0, "the query ends where a name or function is expected"),
      ("deps(app", 8, "the end where ')' is expected"),
      (
        "dep(app)", 0,
        "unknown function 'dep' (did you mean 'deps'?): deps, rdeps, path, sources, "
          + "commands, kind"
      ),
      ("deps(app, x)", 0, "the second argument is how deep: a number from 0"),
      ("path(app)", 0, "path takes 2 arguments"),
      ("sources(app, libk)", 0, "sources takes one argument"),
      ("deps(app, 1, 2)", 0, "deps takes 1 or 2 arguments"),
      ("app app", 4, "'app' is not expected here"),
      ("app +", 5, "the query ends where a name or function is expected"),
      ("+ app", 0, "'+' where a name or function is expected"),
      ("'app", 0, "this quote is not closed"),
      (
        "kind(prog, app)", 5,
        "unknown kind 'prog': program, host, library, module, object, "
          + "generated, source, header, option, param, test, bench"
      ),
      ("deps(commands(app))", 5, "commands stands outermost: it gives commands, not things"),
      ("ap", 0, "nothing is called 'ap' (did you mean 'app'?)"),
      ("src/*.q", 0, "nothing matches 'src/*.q'"),
      ("net", 0, "'net' is a module, and a program: write module:net or program:net"),
      (
        "src/old.c", 0,
        "'src/old.c' is not in this variant; config explain conf/TEST src/old.c "
          + "says why"
      ),
      (
        "test:skips", 0,
        "'test:skips' is not in this variant; config explain conf/TEST skips "
          + "says why"
      ),
    ])
  func refuses(_ query: String, _ offset: Int, _ text: String) throws {
    let tree = try AnswerTree(Self.tree)
    let engine = QueryEngine(try tree.survey())
    let fault = try #require(throws: QueryFault.self) { try engine.answer(query) }
    #expect(fault.offset == offset)
    #expect(tree.plain(fault.text) == text)
  }

  @Test func refusesDeepNesting() {
    let deep = String(repeating: "(", count: 100_000) + "x"
    #expect(throws: QueryFault.self) { try QueryParser.parse(deep) }
    #expect(throws: Never.self) {
      try QueryParser.parse(
        String(repeating: "(", count: 50) + "x" + String(repeating: ")", count: 50))
    }
  }

  @Test func printsJSON() throws {
    try AnswerTree.with(Self.tree) { tree in
      let engine = QueryEngine(try tree.survey())
      let things = try engine.answer("libk + test:runs").json
      #expect(
        things.text
          == #"[{"name":"libk.a","kind":"library"},{"name":"test:runs","kind":"test"}]"#)
      let commands = try engine.answer("commands(libk)").json
      #expect(commands[0]?["outputs"]?[0]?.string == "libk.a")
      let command = "ar rcsD libk.a.new o/src/k.c.o && mv libk.a.new libk.a"
      #expect(commands[0]?["command"]?.string == command)
    }
  }

  @Test func findsParsersAndForcedIncludes() throws {
    let text =
      "+++ conf/TEST\nprogram p\n\tsrc/g.y\n\tsrc/p.c header config.h header \"$S/src/f.h\"\n"
      + "+++ src/g.y\n%{\n#include \"g0.h\"\n%}\n+++ src/g0.h src/p.c src/f.h"
    try AnswerTree.with(text) { tree in
      let engine = QueryEngine(try tree.survey())
      for query in ["path(p, src/g0.h)", "path(src/p.c, src/f.h)", "path(src/p.c, config.h)"] {
        #expect(try !engine.answer(query).isEmpty, "\(query)")
      }
    }
  }

  @Test(
    "reads the includes of",
    arguments: [
      ("#include \"a.h\"", ["1:10 a.h"]),
      ("  #  include <b/c.h> // x", ["1:14 <b/c.h>"]),
      ("/* #include \"a.h\"\n*/ #include \"b.h\"", ["2:13 b.h"]),
      ("// #include \"a.h\"\n#import \"b.h\"", ["2:9 b.h"]),
      ("char *s = \"/*\";\n#include \"b.h\"", ["2:10 b.h"]),
      ("char c = '\"'; /* x\n*/\n#include \"b.h\"", ["3:10 b.h"]),
      (
        "#if 0\n#include \"a.h\"\n#if X\n#else\n#include \"c.h\"\n#endif\n#else\n"
          + "#include \"b.h\"\n#endif",
        ["8:10 b.h"]
      ),
      ("#ifdef X\n#include \"a.h\"\n#else\n#include \"b.h\"\n#endif", ["2:10 a.h", "4:10 b.h"]),
      ("#include MACRO\n#include \"\"\n#include \"open\n#include <x", []),
      ("#include \"a.h\" /* begins\n ends */ #include \"b.h\"", ["1:10 a.h", "2:19 b.h"]),
      ("x #include \"a.h\"", []),
      ("", []),
    ])
  func scans(_ text: String, _ expected: [String]) {
    let found = IncludeScanner.directives(in: Array(text.utf8)).map {
      "\($0.line):\($0.column) \($0.isQuoted ? $0.name : "<\($0.name)>")"
    }
    #expect(found == expected)
  }

  @Test(
    "divides commands like a shell",
    arguments: [
      ("cc -c  x", ["cc", "-c", "x"]), ("'a b' \"c d\"e", ["a b", "c de"]),
      (#"a\ b "q\"r" 'x\y'"#, ["a b", "q\"r", "x\\y"]), ("''", [""]), ("", []),
    ])
  func divides(_ text: String, _ words: [String]) { #expect(ShellWords.split(text) == words) }
}
