// Matrices: which variants there are, one build for all, and true builds of each.

import ConfigKit
import Support
import Sys9
import SystemPackage
import Testing

@testable import ConfigKit

@Suite("The variants of a matrix") struct MatrixVariantTests {
  private func names(_ change: (inout MatrixRequest) -> Void) -> [String] {
    var matrix = MatrixRequest(base: Request(configuration: "conf/X"))
    change(&matrix)
    return matrix.variants().map { "\($0.os ?? "").\($0.arch ?? "")\($0.tag)" }
  }

  @Test func multiply() {
    #expect(names { _ in } == ["."])
    let all = names {
      $0.platforms = [("Linux", "amd64"), ("Linux", "arm64")]
      $0.toolchains = ["gcc", "clang"]
      $0.options = [("TLS", ["1", nil])]
      $0.sanitizers = ["address"]
    }
    #expect(all.count == 16)
    #expect(Set(all).count == 16)
    #expect(all[0] == "Linux.amd64.gcc.TLS-1" && all[1] == "Linux.amd64.gcc.TLS-1.address")
    #expect(all[15] == "Linux.arm64.clang.TLS-off.address")
  }

  @Test(
    "leave out what an expression says",
    arguments: [
      ("arm64", 2), ("arm64&address", 3), ("address|arm64", 1), ("!arm64", 2), ("Linux/arm64", 2),
      ("(arm64|amd64)&!ASAN", 2), ("Linux & address", 2), ("!(arm64&address)", 1),
      ("amd64&arm64", 4),
    ])
  func exclude(_ text: String, _ count: Int) throws {
    let filter = try #require(VariantFilter(text))
    let left = names {
      $0.platforms = [("Linux", "amd64"), ("Linux", "arm64")]
      $0.sanitizers = ["address"]
      $0.exclusions = [filter]
    }
    #expect(left.count == count)
  }

  @Test(
    "refuse what is no expression", arguments: ["", "&", "a&", "(a", "a b", "a)", "!", "|a", "()"])
  func refuse(_ text: String) { #expect(VariantFilter(text) == nil) }

  @Test func refuseDeepExpressions() {
    #expect(
      VariantExpression(String(repeating: "(", count: 20) + "a" + String(repeating: ")", count: 20))
        != nil)
    #expect(VariantExpression(String(repeating: "!", count: 100_000) + "a") == nil)
  }

  @Test func nameWordsThatMatchNothing() throws {
    var matrix = MatrixRequest(base: Request(configuration: "conf/X"))
    matrix.platforms = [("Linux", "amd64")]
    matrix.options = [("TLS", ["2", nil])]
    matrix.exclusions = [try #require(VariantFilter("amd64&TLS=2|arm64|TLS=off|TLS"))]
    #expect(matrix.unknownWords() == ["arm64"])
  }

  @Test func shareWhatIsParsed() throws {
    let workshop = try Workshop()
    try workshop.write("conf/X", "include files\n")
    try workshop.write("conf/files", "program p\n  src/p.c\n")
    try workshop.write("src/p.c", "")
    let shared = SharedReading()
    var machine = Machine(
      read: Files.read, list: { try? Files.list($0) }, environment: { _ in nil }, run: { _ in nil },
      system: ("Linux", "x86_64"))
    machine.isFile = { _ in true }
    var matrix = MatrixRequest(base: Request(configuration: workshop.path("conf/X")))
    matrix.base.backEnds = [.matrix]
    matrix.options = [("A", ["1", "2", "3", nil])]
    for request in matrix.variants() {
      let report = Generator(request, machine: machine, shared: shared).run()
      #expect(!report.failed, "\(report.messages)")
      #expect(report.sources == 2)
    }
    #expect(shared.parseCount == 2)
  }

  @Test func faultsAreToldToEveryVariant() throws {
    let workshop = try Workshop()
    try workshop.write("conf/X", "program p\n  \"src/p.c\n")
    let shared = SharedReading()
    let machine = Machine(
      read: Files.read, list: { try? Files.list($0) }, environment: { _ in nil }, run: { _ in nil },
      system: ("Linux", "x86_64"))
    for value in ["1", "2"] {
      var request = Request(configuration: workshop.path("conf/X"))
      request.settings = [Override("A", value)]
      let report = Generator(request, machine: machine, shared: shared).run()
      #expect(report.messages.contains("unterminated string"))
    }
  }

  @Test func readsNinjasFaults() {
    let lines = [
      "[1/4] cc x", "FAILED: ../X.Linux.amd64/o/a.c.o ", "cd ../X && cc", "a.c: In function 'f':",
      "a.c:1:2: error: no", "[2/4] cc y", "FAILED: [code=1] ../Y/app ", "link",
      "ld: undefined reference to `z'", "ninja: build stopped: subcommand failed.",
    ]
    #expect(
      MatrixBuild.errors(in: lines) == [
        "X.Linux.amd64": "a.c:1:2: error: no", "Y": "ld: undefined reference to `z'",
      ])
  }
}

@Suite("Matrix builds are true", .serialized) struct MatrixBuildTests {
  private func project() throws -> BuildProject {
    let files = BuildProject.classic.map { file in
      file.0 == "conf/TEST" ? (file.0, file.1.replacing("option GREET 1\n", with: "")) : file
    }
    let project = try BuildProject(
      .ninja,
      files: files.map { file in
        // A greeting is an option of the matrix.
        file.0 == "src/greet.c"
          ? (
            file.0,
            "#include \"opt/GREET.h\"\n#ifdef BAD\n#include \"opt/BAD.h\"\n#endif\n"
              + "int greet(void) { return GREET; }\n"
          )
          : file
      })
    try Files.removeTree(project.workshop.path("compile"))
    return project
  }

  private func matrix(_ project: BuildProject, _ more: String = "") throws -> BuildProject.Said {
    let tests = try Files.readLink("/proc/self/exe") ?? FilePath(CommandLine.arguments[0])
    let config = tests.removingLastComponent().appending("config")
    return try project.shell("'\(config)' matrix conf/TEST --with GREET=1,2 -j 2 \(more)")
  }

  /// The second last columns of the table: the result of each variant.
  private func results(_ said: BuildProject.Said) -> [String] {
    said.text.split(separator: "\n").filter { $0.hasPrefix("TEST.Linux") }
      .map { String($0.split(separator: " ")[3]) }
  }

  private func output(_ project: BuildProject, _ value: Int) throws -> String {
    try project.shell("./app", in: "compile/TEST.Linux.amd64.GREET-\(value)").text
  }

  @Test func buildsAllThenNothing() throws {
    let project = try project()
    let first = try matrix(project)
    #expect(first.status == 0 && results(first) == ["ok", "ok"], "\(first.text)")
    for value in 1...2 {
      let said = try output(project, value)
      #expect(said == "kit=1/1 extra=1 cxx=2 asm=7 odd=63 gen=5 greet=\(value) parse=3\n")
    }
    #expect(results(try matrix(project)) == ["unchanged", "unchanged"])
  }

  @Test func editsReachTheirUsers() throws {
    let project = try project()
    _ = try matrix(project)
    // A source, a header of the tree, and what a generated header in the build directory is of.
    for (file, old, new, seen) in [
      ("src/extra.c", "return 1", "return 2", "extra=2"),
      ("include/kit.h", "KIT 1", "KIT 3", "kit=3/3"),
      ("tools/gen.in", "5", "6", "gen=6"), ("src/parse.y", "$1 + $3", "$1 - $3", "parse=-1"),
      ("conf/TEST", "CFLAGS -O1", "CFLAGS -O1 -DX", "kit=3"),
    ] {
      try project.edit(file, old, new)
      #expect(results(try matrix(project)) == ["ok", "ok"], "\(file)")
      for value in 1...2 { #expect(try output(project, value).contains(seen), "\(file)") }
      #expect(results(try matrix(project)) == ["unchanged", "unchanged"], "\(file)")
    }
  }

  @Test func oneThatBreaksBreaksAlone() throws {
    let project = try project()
    try project.edit("src/greet.c", "int greet", "#if GREET == 2\nint broken(\n#endif\nint greet")
    let said = try matrix(project, "-k")
    #expect(said.status == 1)
    #expect(results(said) == ["ok", "FAILED"], "\(said.text)")
    #expect(said.text.contains("src/greet.c:6:") || said.text.contains("error:"))
    #expect(try output(project, 1).contains("greet=1"))
    let stopped = try matrix(project, "-- app")
    #expect(stopped.status == 1 && results(stopped) == ["unchanged", "FAILED"], "\(stopped.text)")
    try project.edit("src/greet.c", "GREET == 2", "GREET == 3")
    let healed = try matrix(project)
    #expect(healed.status == 0 && results(healed) == ["ok", "ok"])
  }

  @Test func buildsTheTargetsThatAreNamed() throws {
    let project = try project()
    let said = try matrix(project, "-- libkit.a")
    #expect(said.status == 0, "\(said.text)")
    let folder = "compile/TEST.Linux.amd64.GREET-1"
    #expect(
      project.workshop.exists("\(folder)/libkit.a") && !project.workshop.exists("\(folder)/app"))
  }

  /// X1: but for names seen from beside, and for what all variants need alike and which is made
  /// once beside them, a variant's build file is the one that Ninja gets alone.
  @Test func variantsAreThoseOfConfigAlone() throws {
    let project = try project()
    _ = try matrix(project, "-- libkit.a")
    let folder = "compile/TEST.Linux.amd64.GREET-1"
    try project.generate("-d compile/alone")
    let theirs = try project.workshop.read("\(folder)/matrix.ninja")
    let ours = try project.workshop.read("compile/alone/build.ninja")
    func steps(_ text: String) -> [Substring] {
      text.replacing("../TEST.Linux.amd64.GREET-1/", with: "").split(separator: "\n")
        .filter { $0.hasPrefix("build ") && $0.contains(": r") && !$0.contains("regenerate") }
        .map { line in line.replacing(#/: r[0-9]+/#, with: ": r") }
    }
    let madeOnce = "build src/parse.c src/parse.h:"
    #expect(steps(theirs) == steps(ours).filter { !$0.hasPrefix(madeOnce) })
    #expect(steps(ours).contains { $0.hasPrefix(madeOnce) })
    #expect(steps(ours).count > 10)
  }

  /// What Ninja learned of headers is in its log: make must not take its objects for its own.
  @Test func anotherMakeInTheDirectoryIsNotStale() throws {
    let project = try BuildProject(.ninja, files: BuildProject.classic)
    _ = try project.build()
    let tests = try Files.readLink("/proc/self/exe") ?? FilePath(CommandLine.arguments[0])
    let config = tests.removingLastComponent().appending("config")
    #expect(try project.shell("'\(config)' conf/TEST").status == 0)
    try project.edit("include/kit.h", "KIT 1", "KIT 4")
    let said = try project.shell("make -j2", in: BuildProject.directory)
    #expect(said.status == 0, "\(said.text)")
    #expect(try project.output().contains("kit=4/4"))
  }

  @Test func saysWhatIsWrongUsage() throws {
    let project = try project()
    #expect(try matrix(project, "--not foo").status == 2)
    #expect(try matrix(project, "-p Linux").status == 2)
    let none = try matrix(project, "--not 'GREET'")
    #expect(none.status == 1 && none.text.contains("--not leaves no variant"))
  }
}

@Suite("What variants need alike", .serialized) struct MadeOnceTests {
  /// A script that counts its runs makes a source; `FLAVOUR` goes into the second one.
  private func project() throws -> BuildProject {
    let project = try BuildProject(
      .ninja,
      files: [
        ("conf/TEST", "makeoption CFLAGS -O0\ninclude files\n"),
        (
          "conf/files",
          """
          program app
            src/main.c one.c src/two.c
          one.c no-implicit-rule
            depend "$S/tools/one.sh seed.txt"
            compile-with "sh $S/tools/one.sh $$(cat seed.txt) > $@"
          seed.txt no-obj no-implicit-rule
            depend "$S/tools/seed"
            compile-with "cat $S/tools/seed > $@"
          src/two.c no-implicit-rule
            depend "$S/tools/two.sh config.h"
            compile-with "sh $S/tools/two.sh > $@"

          """
        ),
        ("tools/seed", "3\n"),
        ("tools/one.sh", "echo run >>../../runs.one\necho \"int one(void) { return $1; }\"\n"),
        (
          "tools/two.sh",
          "echo run >>../../runs.two\necho \"int two(void) { return $(sed -n 's/.*FLAVOUR //p' "
            + "config.h); }\"\n"
        ),
        (
          "src/main.c",
          "#include <stdio.h>\nint one(void), two(void);\n"
            + "int main(void) { printf(\"%d %d\\n\", one(), two()); return 0; }\n"
        ),
      ])
    try Files.removeTree(project.workshop.path("compile"))
    return project
  }

  private func matrix(_ project: BuildProject, _ more: String = "") throws -> String {
    let tests = try Files.readLink("/proc/self/exe") ?? FilePath(CommandLine.arguments[0])
    let config = tests.removingLastComponent().appending("config")
    let said = try project.shell("'\(config)' matrix conf/TEST --with FLAVOUR=1,2,3 -j 2 \(more)")
    return "\(said.status)\n\(said.text)"
  }

  private func runs(_ project: BuildProject, _ name: String) throws -> Int {
    try project.workshop.read("runs.\(name)").split(separator: "\n").count
  }

  private func outputs(_ project: BuildProject) throws -> [String] {
    try (1...3).map { try project.shell("compile/TEST.Linux.amd64.FLAVOUR-\($0)/app").text }
  }

  @Test func isMadeOnce() throws {
    let project = try project()
    let first = try matrix(project)
    #expect(first.hasPrefix("0\n"), "\(first)")
    #expect(try outputs(project) == ["3 1\n", "3 2\n", "3 3\n"])
    #expect(try runs(project, "one") == 1)
    #expect(try runs(project, "two") == 3, "config.h goes into it: each variant has its own")
    #expect(try matrix(project).components(" unchanged") == 3)
    try project.edit("tools/seed", "3", "4")
    #expect(try matrix(project).hasPrefix("0\n"))
    #expect(try outputs(project) == ["4 1\n", "4 2\n", "4 3\n"])
    #expect(try runs(project, "one") == 2 && runs(project, "two") == 3)
  }

  @Test func whatDiffersIsMadeApart() throws {
    let project = try project()
    try project.edit(
      "conf/files", "  compile-with \"sh $S/tools/one.sh $$(cat seed.txt) > $@\"",
      "  compile-with \"sh $S/tools/one.sh ${CFLAGS_${ARCH}}$$(cat seed.txt) > $@\"")
    try project.edit("conf/TEST", "include files", "makeoption CFLAGS_amd64 1\ninclude files")
    #expect(try matrix(project).hasPrefix("0\n"))
    #expect(try outputs(project) == ["13 1\n", "13 2\n", "13 3\n"])
    #expect(try runs(project, "one") == 1)
    try project.edit("conf/TEST", "CFLAGS_amd64 1", "CFLAGS_amd64 2")
    #expect(try matrix(project).hasPrefix("0\n"))
    #expect(try outputs(project) == ["23 1\n", "23 2\n", "23 3\n"])
  }

  @Test func aFaultIsThatOfAllWhoNeedIt() throws {
    let project = try project()
    try project.edit("tools/one.sh", "echo run", "exit 3; echo run")
    let said = try matrix(project, "-k")
    #expect(said.hasPrefix("1\n") && said.components(" FAILED ") == 3, "\(said)")
  }

  @Test func generatesAndBuildsNothing() throws {
    let project = try project()
    let said = try matrix(project, "--generate")
    #expect(said == "0\ncompile/TEST.matrix: 3 variants, 3 changed\n")
    #expect(try matrix(project, "--generate").hasSuffix("3 variants, 0 changed\n"))
    #expect(!project.workshop.exists("runs.one"))
  }
}

extension String {
  /// How often `piece` stands in the text.
  fileprivate func components(_ piece: String) -> Int { split(separator: piece).count - 1 }
}
