// `config build`: edits that no time tells of, clocks that are set back, builds by others.

import Support
import Sys9
import SystemPackage
import Testing

@testable import ConfigKit

@Suite("Building by content") struct ContentTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func whatIsWrittenIsRead() throws {
    let workshop = try Workshop()
    var contents = Contents()
    contents.takenNs = 42
    contents.inputs[bytes("../../a b.c")] = Contents.Input(hash: 0xFE, identity: "1:2:3:4")
    contents.inputs[bytes("x")] = Contents.Input(hash: nil, identity: "5:6:7:8")
    contents.outputs[bytes("o/a b.c.o")] = 99
    try contents.write(to: workshop.path("c"))
    let read = Contents(try Files.read(workshop.path("c")))
    #expect(read.takenNs == 42 && read.inputs == contents.inputs)
    #expect(read.outputs == contents.outputs)
  }

  @Test func damagedRecordsAreNone() {
    let read = Contents(bytes("file\noutput x y\n\n\u{1}\nfile zz 1 \ntaken\n"))
    #expect(read.inputs.isEmpty && read.takenNs == 0)
  }

  @Test func dependenciesAreFollowedThroughStepsAndDepfiles() {
    var all = Dependencies()
    all.add(inputs: [bytes("a.c")], outputs: [bytes("a.o")])
    all.add(inputs: [bytes("b.c")], outputs: [bytes("b.o")])
    all.add(inputs: [bytes("a.o"), bytes("b.o")], outputs: [bytes("app"), bytes("app.map")])
    all.add(inputs: [bytes("a.h")], of: bytes("a.o"))
    all.add(inputs: [bytes("z.h")], of: bytes("gone.o"))
    #expect(all.inputs == [bytes("a.c"), bytes("b.c"), bytes("a.h")])
    #expect(all.madeOf([bytes("a.h")]) == [bytes("a.o"), bytes("app"), bytes("app.map")])
    #expect(all.madeOf([bytes("b.o")]) == [bytes("b.o"), bytes("app"), bytes("app.map")])
    #expect(all.madeOf([bytes("app.map")]) == [bytes("app"), bytes("app.map")])
    #expect(all.madeOf([bytes("z.h")]).isEmpty)
  }

  @Test func ninjasTextsAreRead() {
    let text = "o/a.o: #deps 2, deps mtime 12 (VALID)\n    ../../a.c\n    a b.h\n\nx: other\n"
    let found = ContentBuild.ninjaDependencies(bytes(text))
    #expect(found.count == 1 && found[0].output == bytes("o/a.o"))
    #expect(found[0].inputs == [bytes("../../a.c"), bytes("a b.h")])
    let log = NinjaLog(
      bytes("# ninja log v5\n0\t3\t1700\to/a.o\tabc\n1\t2\t0\tapp\tdef\nhalf\t1\n"))
    #expect(log.times == [1700, 0])
    #expect(
      log.settled { $0 == 1700 ? 5 : $0 }
        == bytes("# ninja log v5\n0\t3\t5\to/a.o\tabc\n1\t2\t0\tapp\tdef\nhalf\t1\n"))
  }
}

@Suite("config build is true", .serialized) struct ContentBuildTests {
  private func built(_ builder: Builder) throws -> BuildProject {
    let project = try BuildProject(builder, files: BuildProject.classic)
    _ = try build(project)
    return project
  }

  /// Builds by `config build`, which must succeed; what it said.
  @discardableResult
  private func build(_ project: BuildProject, _ more: String = "") throws -> BuildProject.Said {
    let tests = try Files.readLink("/proc/self/exe") ?? FilePath(CommandLine.arguments[0])
    let config = tests.removingLastComponent().appending("config")
    let said = try project.shell("'\(config)' build -j2 \(BuildProject.directory) \(more)")
    #expect(said.status == 0, "\(said.text)")
    return said
  }

  private func time(_ project: BuildProject, _ name: String) throws -> Int64 {
    let path = project.workshop.path("\(BuildProject.directory)/\(name)")
    return try Files.status(path)?.modifiedNs ?? 0
  }

  /// Replaces text in a file, which keeps its time.
  private func edit(
    _ project: BuildProject, _ name: String, _ old: String, _ new: String
  ) throws {
    let path = project.workshop.path(name)
    let before = try Files.status(path)?.modifiedNs ?? 0
    let text = try project.workshop.read(name)
    #expect(text.contains(old))
    try project.workshop.write(name, text.replacing(old, with: new))
    try Files.setModified(path, ns: before)
  }

  @Test("sees a change that the time hides", arguments: Builder.allCases)
  func oldTimes(_ builder: Builder) throws {
    let project = try built(builder)
    let other = try time(project, "o/src/kit.c.o")
    try edit(project, "src/extra.c", "return 1", "return 2")
    let said = try build(project)
    #expect(said.text.contains("src/extra.c: changed, which its time does not say"))
    try edit(project, "tools/gen.in", "5", "6")
    try build(project)
    #expect(try project.output() == "kit=1/1 extra=2 cxx=2 asm=7 odd=63 gen=6 greet=1 parse=3\n")
    #expect(try time(project, "o/src/kit.c.o") == other, "what is not concerned is kept")
    try edit(project, "include/kit.h", "KIT 1", "KIT 9")
    try build(project)
    #expect(try project.output().hasPrefix("kit=9/9"))
    #expect(try project.differencesFromClean(["app", "libkit.a"]) == [])
    #expect(!(try build(project)).text.contains("note:"), "and then there is nothing to do")
  }

  @Test("survives a clock that is set back", arguments: Builder.allCases)
  func clockSetBack(_ builder: Builder) throws {
    let project = try built(builder)
    // An hour later, by the clock of that time: everything there is lies in the future.
    for name in try project.workshop.tree() where !name.hasSuffix("/") && name != "tools/cc" {
      let path = project.workshop.path(name)
      if try Files.readLink(path) != nil { continue }
      guard let status = try Files.status(path) else { continue }
      try Files.setModified(path, ns: status.modifiedNs + 3_600_000_000_000)
    }
    let text = try project.workshop.read("src/extra.c")
    try Files.remove(project.workshop.path("src/extra.c"))
    try project.workshop.write("src/extra.c", text.replacing("return 1", with: "return 3"))
    let said = try build(project)
    #expect(said.text.contains("of the future"))
    #expect(try project.output().contains("extra=3"))
    for name in ["app", "libkit.a", "o/.flags"] where try time(project, name) != 0 {
      #expect(try time(project, name) <= Clocks.realtimeNs(), "\(name)")
    }
    #expect(try project.differencesFromClean(["app", "libkit.a"]) == [])
  }

  @Test("makes again what others made", arguments: Builder.allCases)
  func others(_ builder: Builder) throws {
    let project = try built(builder)
    try project.edit("src/extra.c", "return 1", "return 2")
    _ = try project.build()
    // Back, with a time that says nothing: the record knows only the first state.
    try edit(project, "src/extra.c", "return 2", "return 1")
    try build(project)
    #expect(try project.output().contains("extra=1"))
    #expect(try project.differencesFromClean(["app", "libkit.a"]) == [])
  }

  @Test func saysWhatIsWrong() throws {
    let project = try BuildProject(.gnu, files: BuildProject.classic)
    let tests = try Files.readLink("/proc/self/exe") ?? FilePath(CommandLine.arguments[0])
    let config = tests.removingLastComponent().appending("config")
    for (words, status, text) in [
      ("conf/TEST", 1, "is a file"), ("nosuch", 1, "cannot work in 'nosuch'"),
      ("src", 1, "no build directory"), ("-j 0 src", 2, "-j takes"), ("", 2, "Missing"),
      ("\(BuildProject.directory) CC=x", 2, "not 'CC=x'"),
      ("\(BuildProject.directory) nosuch", 1, "nosuch"),
    ] {
      let said = try project.shell("'\(config)' build \(words)")
      #expect(said.status == status && said.text.contains(text), "\(words): \(said.text)")
    }
  }
}
