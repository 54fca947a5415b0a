// A first description builds.

import Support
import Sys9
import SystemPackage
import Testing

@testable import ConfigKit

@Suite("init") struct InitTests {
  private func build(_ project: ImportProject, _ name: String) throws -> String {
    try project.run(
      "config conf/\(name) && make -j2 -C compile/\(name).Linux.amd64 && echo built")
  }

  @Test func describesOneProgram() throws {
    let project = try ImportProject([
      ("src/main.c", "#include \"util.h\"\nint main(void) { return util() - 3; }\n"),
      ("src/util/util.c", "#include <math.h>\n#include \"util.h\"\nint util(void) { return 3; }\n"),
      ("include/util.h", "int util(void);\n"), ("README", "x\n"), (".git/a.c", "broken\n"),
      ("build/gen.c", "broken\n"),
    ])
    let said = try project.run("config init --name HELLO")
    #expect(said.contains("headers are looked for in include"))
    #expect(said.contains("build/ is not looked at"))
    #expect(try build(project, "HELLO").hasSuffix("built\n"))
    try project.run("compile/HELLO.Linux.amd64/hello")
    let files = try project.workshop.read("conf/files.hello")
    #expect(files.contains("module\tutil\n\tsrc/util/util.c\n"))
    #expect(files.contains("program\thello\n\tsrc/main.c\n\tmodule util\n\tlibrary -lm\n"))
    #expect(laidOut(files) == files)
  }

  @Test func describesSeveralProgramsTestsAndGrammars() throws {
    let project = try ImportProject([
      ("lib/a.c", "int a(void) { return 1; }\n"), ("lib/fast.S", ".section .note.GNU-stack\n"),
      ("lib/b.cc", "extern \"C\" int b() { return 2; }\n"), ("lib/a.h", "int a(void), b(void);\n"),
      ("one.c", "#include \"lib/a.h\"\nint main(void) { return a() - 1; }\n"),
      ("two.c", "#include \"a.h\"\nint main(void) { return b() - 2; }\n"),
      ("tests/a_test.c", "#include \"../lib/a.h\"\nint main(void) { return a() - 1; }\n"),
      (
        "calc/calc.y",
        "%{\nint yylex(void) { return 0; }\nvoid yyerror(const char *s) { (void)s; }\n%}\n"
          + "%%\ns: ;\n%%\nint main(void) { return yyparse(); }\n"
      ),
    ])
    let said = try project.run("config init --name MANY .")
    #expect(said.contains("every program links libmany, which holds all modules"))
    #expect(said.contains("tests/a_test.c is a test: it passes if it ends with status 0"))
    #expect(try build(project, "MANY").hasSuffix("built\n"))
    for name in ["one", "two", "a_test", "calc-program"] {
      try project.run("compile/MANY.Linux.amd64/\(name)")
    }
    #expect(try project.run("config test conf/MANY").contains("1 passed, 0 failed"))
  }

  @Test func describesSwift() throws {
    let project = try ImportProject([
      ("Sources/Core/Core.swift", "import CPart\npublic func core() -> Int { Int(part()) }\n"),
      ("Sources/CPart/part.c", "int part(void) { return 4; }\n"),
      ("Sources/CPart/part.h", "int part(void);\n"),
      (
        "Sources/CPart/module.modulemap",
        "module CPart { header \"part.h\" export * }\n"
      ),
      ("Sources/app/main.swift", "import Core\nprint(core())\n"),
      ("Package.swift", "// a manifest\n"),
    ])
    try project.run("config init --name APP")
    let files = try project.workshop.read("conf/files.app")
    #expect(files.contains("program\tapp\n\tSources/app/main.swift\n\tmodule Core\n"))
    #expect(files.contains("module\tCore\n\tSources/Core/Core.swift\n\tmodule CPart\n"))
    #expect(
      files.contains(
        "module\tCPart\n\tSources/CPart/module.modulemap\n\tSources/CPart/part.c\n"
          + "\tSources/CPart/part.h\n"))
    #expect(!files.contains("Package.swift"))
  }

  @Test func overwritesNothing() throws {
    let project = try ImportProject([
      ("a.c", "int main(void) { return 0; }\n"), ("conf/X", "mine\n"),
    ])
    let said = try project.shell("config init --name X")
    #expect(said.status == 1 && said.text.contains("--force overwrites it"), "\(said.text)")
    #expect(try project.workshop.read("conf/X") == "mine\n")
    try project.run("config init --force --name X && config conf/X")
  }

  @Test func saysThatThereIsNothing() throws {
    let project = try ImportProject([("README", "x\n")])
    let said = try project.shell("config init")
    #expect(said.status == 1 && said.text.contains("there is no source in '.'"), "\(said.text)")
    #expect(!project.workshop.exists("conf"))
  }
}
