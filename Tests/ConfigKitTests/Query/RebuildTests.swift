// `explain --rebuild` against the builders themselves: what it names is what they then make.

import Support
import Sys9
import SystemPackage
import Testing

@testable import ConfigKit

@Suite("config explain --rebuild", .serialized) struct RebuildTests {
  private func machine() -> Machine {
    Machine(
      read: Files.read, list: { try? Files.list($0.isEmpty ? "." : $0) },
      environment: { Environment.value(of: $0) },
      run: { _ in nil }, system: ("Linux", Self.architecture),
      program: (try? Files.readLink("/proc/self/exe"))?.removingLastComponent().appending("config"))
  }

  /// `uname -m`, as the program asks it.
  private static var architecture: String {
    let outcome = try? Command.run(["uname", "-m"])
    return String(decoding: outcome?.output ?? [], as: UTF8.self)
      .split(separator: "\n").first.map(String.init) ?? "x86_64"
  }

  /// An edit, and a sentence that must be among the reasons for this file.
  private static let edits:
    [(name: String, edit: @Sendable (BuildProject) throws -> Void, file: String, reason: String)] =
      [
        ("nothing", { _ in }, "", ""),
        (
          "a header",
          { try $0.edit("include/kit.h", "KIT 1", "KIT 2") }, "o/src/kit.c.o",
          "include/kit.h is newer, by "
        ),
        (
          "a source",
          { try $0.edit("src/extra.c", "return 1", "return 2") }, "o/src/extra.c.o",
          "src/extra.c is newer, by "
        ),
        (
          "what a header is generated from",
          {
            try $0.pass()
            try $0.workshop.write("tools/gen.in", "6\n")
          }, "gen.h", "tools/gen.in is newer, by "
        ),
        (
          "a grammar",
          { try $0.edit("src/parse.y", "1+2", "2+3") }, "src/parse.c", "src/parse.y is newer, by "
        ),
        // Before config removes any: tests make files older, and times would not tell.
        (
          "an object that is gone",
          { project in
            try project.pass()
            try Files.remove(project.workshop.path("\(BuildProject.directory)/o/src/kit.c.o"))
          }, "o/src/kit.c.o", "it is not there"
        ),
        (
          "a flag",
          { try $0.edit("conf/TEST", "CFLAGS -O1", "CFLAGS -O0 -g") }, "o/src/kit.c.o",
          "its command changed: -O1 -> -O0 -g"
        ),
        (
          "an option's value",
          { try $0.edit("conf/TEST", "GREET 1", "GREET 2") }, "o/src/greet.c.o",
          "config writes opt/GREET.h anew, with other content"
        ),
        (
          "a source less",
          { try $0.edit("conf/files", " src/c$d.c", "") }, "libkit.a",
          "what it is made of changed: - o/src/c+24d.c.o"
        ),
      ]

  @Test("names what the next build makes", arguments: Builder.allCases)
  func predicts(_ builder: Builder) throws {
    let project = try BuildProject(builder, files: BuildProject.classic)
    let directory = project.workshop.path(BuildProject.directory)
    _ = try project.build()
    for (name, edit, file, sentence) in Self.edits {
      // What the step before made lies in the past, also for whole seconds.
      try project.pass()
      try edit(project)
      let report = try RebuildReport(directory, machine: machine())
      #expect(!report.failed, "\(report.messages)")
      let predicted = Set(report.outputs.certain.filter(BuildProject.isProduct))
      #expect(report.outputs.perhaps.isEmpty)
      let text = report.text([])
      if !file.isEmpty {
        let told = report.text([file])
        #expect(
          told.replacing("\(project.workshop.directory)/", with: "").contains("  \(sentence)"),
          "\(builder): \(name): \(told)")
      } else {
        #expect(text.contains("has nothing to do"), "\(builder): \(text)")
      }
      // A file that is no more is built by nobody, but config removes its object.
      if name == "a source less" {
        // The program's own statement calls it.
        try project.edit("src/main.c", "dollar() + ", "")
      }
      let made = Set(try project.build())
      let extra = name == "a source less" ? Set(["o/src/main.c.o", "app"]) : []
      #expect(
        made.subtracting(extra) == predicted.subtracting(extra),
        "\(builder): \(name): predicted \(predicted.sorted()), made \(made.sorted())\n\(text)")
    }
  }

  @Test("tells why it was made the last time", arguments: [Builder.gnu, .ninja])
  func remembers(_ builder: Builder) throws {
    let project = try BuildProject(
      builder,
      files: [
        ("conf/TEST", "makeoption CFLAGS -O1\nprogram app\n  src/a.c\n"),
        ("src/a.c", "#include \"a.h\"\nint main(void) { return A; }\n"),
        ("src/a.h", "#define A 0\n"),
      ])
    let directory = project.workshop.path(BuildProject.directory)
    _ = try project.build()
    try project.edit("src/a.h", "A 0", "A 1")
    _ = try project.build()
    var text = try RebuildReport(directory, machine: machine()).text(["o/src/a.c.o"])
    #expect(text.hasPrefix("o/src/a.c.o: up to date\n  it was made "))
    #expect(text.contains("src/a.h\n"))
    try project.edit("conf/TEST", "-O1", "-O2 -Wall")
    _ = try project.build()
    text = try RebuildReport(directory, machine: machine()).text(["src/a.c"])
    #expect(
      text.contains("after config removed it, since its command changed: -O1 -> -O2 -Wall\n"),
      "\(text)")
  }

  @Test("says what make's command line changed", arguments: [Builder.gnu, .bsd])
  func flags(_ builder: Builder) throws {
    let project = try BuildProject(
      builder,
      files: [
        ("conf/TEST", "program app\n  src/a.c\n"), ("src/a.c", "int main(void) { return 0; }\n"),
      ])
    let directory = project.workshop.path(BuildProject.directory)
    _ = try project.build("CFLAGS=-O0")
    let text = try RebuildReport(directory, machine: machine()).text(["o/src/a.c.o"])
    #expect(
      text.contains("make's command line and environment said 'CFLAGS=-O0', and say nothing now"))
  }

  @Test func refusesWhatIsNoBuildDirectory() throws {
    let workshop = try Workshop()
    #expect(throws: SystemError.self) {
      try RebuildReport(workshop.directory, machine: machine())
    }
    try workshop.write(".config.log", "something\n")
    #expect(throws: SystemError.self) {
      try RebuildReport(workshop.directory, machine: machine())
    }
  }

  @Test("reads Ninja's logs, and what is no log")
  func ninjaLogs() {
    let log = Array("# ninja log v5\n0\t5\t77\to/a.o\tff\n0\t5\t78\to/a.o\tff\nbad line\n".utf8)
    func number(_ value: UInt32) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var deps = Array("# ninjadeps\n".utf8) + number(4)
    deps += number(12) + Array("o/a.o\0\0\0".utf8) + number(~0)
    deps += number(8) + Array("a.h\0".utf8) + number(~1)
    deps += number(0x8000_0010) + number(0) + number(78) + number(0) + number(1)
    let logs = NinjaLogs(log: log, deps: deps)
    #expect(logs.times == ["o/a.o": 78])
    #expect(logs.deps["o/a.o"]?.inputs == ["a.h"] && logs.deps["o/a.o"]?.timeNs == 78)
    for length in deps.indices {  // a log that ends anywhere
      #expect(NinjaLogs(log: log, deps: Array(deps[..<length])).deps.isEmpty)
    }
    #expect(NinjaLogs(log: [], deps: Array("# ninjadeps\n".utf8) + number(3)).deps.isEmpty)
    #expect(NinjaLogs(log: log, deps: deps, prefix: "../X/").times.isEmpty)
  }

  @Test func keepsTheWordsOfReplacedCommands() {
    let outputs: [ArraySlice<UInt8>: UInt64] = [
      Array("b.o".utf8)[...]: 2, Array("a.o".utf8)[...]: 2, Array("c.o".utf8)[...]: 3,
    ]
    let section = RecordReplaced.section(outputs, [2: "cc -O2 %x"], timeNs: 99)
    let record = Array("config-record 1\n%commands\ncommand 0000000000000007 x\no\n".utf8) + section
    let read = RecordReplaced(record)
    #expect(read.timeNs == 99)
    #expect(read.commands == ["a.o": "cc -O2 %x", "b.o": "cc -O2 %x", "c.o": ""])
    #expect(RecordBody(record).hashes.count == 1)
    #expect(RecordBody(record).texts == [7: "x"])
    #expect(RecordReplaced.section(of: record) == section)
    #expect(RecordReplaced(Array("config-record 1\n%commands\n".utf8)).commands.isEmpty)
  }
}
