// Real builds: what an edit reaches is made anew, and nothing else; the result is always that of
// a build from nothing.

import Support
import Sys9
import SystemPackage
import Testing

@Suite("Builds are true", .serialized) struct BuildTests {
  /// A project of the classic languages, built.
  private func built(_ builder: Builder) throws -> BuildProject {
    let project = try BuildProject(builder, files: BuildProject.classic)
    _ = try project.build()
    return project
  }

  /// Builds, and expects that exactly `products` are made anew.
  private func expect(
    _ project: BuildProject, _ more: String = "", environment: String = "",
    makes products: [String], at place: SourceLocation = #_sourceLocation
  ) throws {
    let made = try project.build(more, environment: environment)
    #expect(made == products, sourceLocation: place)
  }

  /// Everything that CFLAGS reaches, and what is put together from it.
  private static let compiled = [
    "app", "libkit.a", "o/config.c.o", "o/src/a+20b.c.o", "o/src/asm.S.o", "o/src/c+24d.c.o",
    "o/src/cxx.cc.o", "o/src/e+23f.c.o", "o/src/extra.c.o", "o/src/g+27h.c.o", "o/src/greet.c.o",
    "o/src/i+25j.c.o", "o/src/k+3al.c.o", "o/src/kit.c.o", "o/src/main.c.o", "o/src/parse.c.o",
  ]

  private static let greeting =
    "kit=1/1 extra=1 cxx=2 asm=7 odd=63 gen=5 greet=1 parse=3\n"

  @Test("builds, and then has nothing to do", arguments: Builder.allCases)
  func buildsOnce(_ builder: Builder) throws {
    let project = try built(builder)
    #expect(try project.output() == Self.greeting)
    try expect(project, makes: [])
    try project.pass()
    try project.generate()
    try expect(project, makes: [])
  }

  @Test("edits reach their users and no one else", arguments: Builder.allCases)
  func edits(_ builder: Builder) throws {
    let project = try built(builder)
    try project.edit("src/extra.c", "return 1", "return 2")
    try expect(project, makes: ["app", "libkit.a", "o/src/extra.c.o"])
    try project.edit("src/extra.c", "return 2", "return 3")
    try expect(project, makes: ["app", "libkit.a", "o/src/extra.c.o"])
    try project.edit("include/kit.h", "KIT 1", "KIT 2")
    try expect(project, makes: ["app", "libkit.a", "o/src/kit.c.o", "o/src/main.c.o"])
    try project.edit("tools/gen.in", "5", "6")
    try expect(project, makes: ["app", "gen.h", "o/src/main.c.o"])
    try project.edit("tools/mkgen.c", "GEN ", "GEN 1")
    try expect(
      project, makes: ["app", "gen.h", "mkgen", "o/.host/mkgen/tools/mkgen.c.o", "o/src/main.c.o"])
    try project.edit("src/parse.y", "$1 + $3", "$1 - $3")
    let parsed = try project.build()
    #expect(parsed.contains("o/src/parse.c.o") && parsed.contains("app"))
    #expect(!parsed.contains("o/src/kit.c.o") && !parsed.contains("libkit.a"))
    try project.edit("src/g'h.c", "return 8", "return 0")
    try expect(project, makes: ["app", "libkit.a", "o/src/g+27h.c.o"])
    #expect(
      try project.output() == "kit=2/2 extra=3 cxx=2 asm=7 odd=55 gen=16 greet=1 parse=-1\n")
    try expect(project, makes: [])
    #expect(try project.differencesFromClean(["app", "libkit.a"]) == [])
  }

  @Test("changes of the configuration reach their users", arguments: Builder.allCases)
  func configures(_ builder: Builder) throws {
    let project = try built(builder)
    try project.edit("conf/TEST", "GREET 1", "GREET 2")
    try expect(project, makes: ["app", "o/src/greet.c.o"])
    #expect(try project.output().contains("greet=2"))
    try project.edit("conf/TEST", "CFLAGS -O1", "CFLAGS -O2")
    try expect(project, makes: Self.compiled)
    try expect(project, makes: [])
    #expect(try project.differencesFromClean(["app", "libkit.a"]) == [])
    try project.edit("conf/files", " src/greet.c src/parse.y", " src/parse.y")
    try project.edit("conf/files", "src/main.c", "src/greet.c flags -DX\n  src/main.c")
    try expect(project, makes: ["app", "o/src/greet.c.o"])
    try project.edit("conf/files", "program app\n", "program app\n\n# remark\n")
    try expect(project, makes: [])
  }

  @Test("what is gone leaves nothing behind", arguments: Builder.allCases)
  func removes(_ builder: Builder) throws {
    let project = try built(builder)
    try project.edit("conf/files", "src/extra.c src/cxx.cc", "src/cxx.cc")
    try project.edit("src/main.c", "extra()", "0")
    try expect(project, makes: ["app", "libkit.a", "o/src/main.c.o"])
    let members = try project.shell("ar t libkit.a", in: BuildProject.directory).text
    #expect(!members.contains("extra.c.o"))
    #expect(!project.workshop.exists("\(BuildProject.directory)/o/src/extra.c.o"))
    try project.edit("conf/files", "src/kit.c", "src/new.c")
    try project.shell("mv src/kit.c src/new.c")
    try expect(project, makes: ["app", "libkit.a", "o/src/new.c.o"])
    try project.edit("src/main.c", "#include \"include/kit.h\"", "#define KIT 1")
    try project.edit("src/new.c", "#include \"include/kit.h\"", "#define KIT 1")
    try project.edit("conf/files", " include/kit.h", "")
    try project.shell("rm include/kit.h")
    try expect(project, makes: ["app", "libkit.a", "o/src/main.c.o", "o/src/new.c.o"])
    #expect(try project.output().hasPrefix("kit=1/1 extra=0"))
    #expect(try project.differencesFromClean(["app", "libkit.a"]) == [])
  }

  @Test("what make is told counts, there and back", arguments: [Builder.gnu, .bsd])
  func overrides(_ builder: Builder) throws {
    let project = try built(builder)
    for (words, environment) in [("CFLAGS=-O0", ""), ("DEBUG=1", ""), ("", "DEBUG=1")] {
      try project.pass()
      let there = try project.build(words, environment: environment)
      #expect(Set(Self.compiled).isSubset(of: there), "\(words)\(environment)")
      try expect(project, words, environment: environment, makes: [])
      try project.pass()
      let again = try project.build()
      #expect(Set(Self.compiled).isSubset(of: again), "back")
      try expect(project, makes: [])
    }
    #expect(try project.differencesFromClean(["app", "libkit.a"]) == [])
  }

  @Test("a debug build, there and back", arguments: Builder.allCases)
  func debug(_ builder: Builder) throws {
    let project = try built(builder)
    try project.pass()
    try project.generate("-g")
    try expect(project, makes: Self.compiled)
    try project.pass()
    try project.generate()
    try expect(project, makes: Self.compiled)
    #expect(try project.differencesFromClean(["app", "libkit.a"]) == [])
  }

  @Test("an interrupted build loses nothing", arguments: Builder.allCases)
  func interrupted(_ builder: Builder) throws {
    let project = try built(builder)
    try project.edit("include/kit.h", "KIT 1", "KIT 2")
    try project.edit("src/extra.c", "return 1", "return 4")
    try project.workshop.write("stop", "")
    let said = try project.shell(builder.command, in: BuildProject.directory)
    #expect(said.status != 0, "the interrupt was noticed: \(said.text)")
    #expect(!project.workshop.exists("stop"))
    _ = try project.build()
    #expect(try project.output().hasPrefix("kit=2/2 extra=4"))
    try project.edit("include/kit.h", "KIT 2", "KIT 3")
    _ = try project.build()
    #expect(try project.output().hasPrefix("kit=3/3 extra=4"), "its depfiles are known")
    try expect(project, makes: [])
    #expect(try project.differencesFromClean(["app", "libkit.a"]) == [])
  }

  @Test("touching what config reads rewrites nothing", arguments: Builder.allCases)
  func touched(_ builder: Builder) throws {
    let project = try built(builder)
    func times() throws -> [Int64] {
      let names =
        ["config.h", "config.c", "compile_commands.json", "opt/GREET.h"]
        + (builder == .ninja ? ["build.ninja"] : ["Makefile"])
      return try names.map {
        try Files.status(project.workshop.path("\(BuildProject.directory)/\($0)"))?.modifiedNs ?? 0
      }
    }
    try project.pass()
    let before = try times()
    try Files.touch(project.workshop.path("conf/files"))
    try Files.touch(project.workshop.path("conf/TEST"))
    try expect(project, makes: [])
    #expect(try times() == before)
    try expect(project, makes: [])
  }

  @Test("one tree in two places gives equal outputs", arguments: Builder.allCases)
  func reproducible(_ builder: Builder) throws {
    let one = try BuildProject(builder, files: BuildProject.classic)
    let two = try BuildProject(builder, files: BuildProject.classic.reversed())
    let names = try one.workshop.tree(BuildProject.directory).filter {
      !$0.hasSuffix("/") && ![".config.log", ".config.lock", "compile_commands.json"].contains($0)
        && !$0.hasPrefix("o/.ln/") && $0 != ".configtool"
    }
    #expect(names.contains("config.h") && names.count > 3)
    for name in names {
      let path = "\(BuildProject.directory)/\(name)"
      #expect(try one.workshop.read(path) == two.workshop.read(path), "\(name)")
    }
  }

  @Test("Swift over C sees rapid edits of equal size", arguments: [Builder.gnu, .ninja])
  func swift(_ builder: Builder) throws {
    let project = try BuildProject(
      builder,
      files: [
        (
          "conf/TEST",
          """
          module CZ
            src/cz/module.modulemap src/cz/z.h
          module Core
            src/core.swift
            module CZ
          program app
            src/main.swift
            module Core

          """
        ),
        ("src/cz/module.modulemap", "module CZ {\n  header \"z.h\"\n}\n"),
        ("src/cz/z.h", "static inline int z(void) { return 1; }\n"),
        ("src/core.swift", "import CZ\npublic func core() -> Int { Int(z()) + 10 }\n"),
        ("src/main.swift", "import Core\nprint(core())\n"),
      ])
    _ = try project.build()
    #expect(try project.output() == "11\n")
    try expect(project, makes: [])
    for digit in 2...3 {
      try project.edit("src/cz/z.h", "return \(digit - 1)", "return \(digit)")
      _ = try project.build()
      #expect(try project.output() == "1\(digit)\n")
    }
    try project.edit("src/core.swift", "+ 10", "+ 20")
    let made = try project.build()
    #expect(!made.contains("o/.swift/app.program.o"), "the interface is the same: \(made)")
    #expect(try project.output() == "23\n")
    try expect(project, makes: [])
  }
}
