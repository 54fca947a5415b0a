// What the compiler of this machine answers, and when it is asked again.

import Support
import Sys9
import SystemPackage
import Testing

@Suite("Probes", .serialized) struct ProbeTests {
  private func project(_ conf: String) throws -> BuildProject {
    try BuildProject(
      .gnu,
      files: [
        ("conf/TEST", "\(conf)\nprogram app\n  src/p.c\n"),
        ("src/p.c", "int main(void){return 0;}\n"),
        ("inc/there.h", "typedef struct { char text[1234]; } big;\n"),
      ])
  }

  @Test(
    "are answered by the compiler and the linker",
    arguments: [
      ("header stddef.h", "1"), ("header no/such.h", nil), ("header stddef.h stdio.h", "1"),
      ("function printf", "1"), ("function printf header stdio.h", "1"),
      ("function printf header stddef.h", nil), ("function no_such_function", nil),
      ("type size_t header stddef.h", "1"), ("type size_t", nil),
      ("type \"struct tm\" header time.h", "1"),
      ("symbol EOF header stdio.h", "1"), ("symbol stdout header stdio.h", "1"),
      ("symbol NO_SUCH header stdio.h", nil), ("library -lm cos", "1"),
      ("library -lnosuch cos", nil),
      ("library -lm no_such_function", nil), ("sizeof char", "1"), ("sizeof int", "4"),
      ("sizeof \"char[100]\"", "100"), ("sizeof \"struct none\"", nil),
      ("sizeof big header there.h", "1234"),
    ] as [(String, String?)])
  func answers(_ question: String, _ answer: String?) throws {
    let project = try project("makeoption CPPFLAGS -I$S/inc\nprobe ANSWER \(question)")
    let header = try project.workshop.read("\(BuildProject.directory)/config.h")
    let line = header.split(separator: "\n").first { $0.hasPrefix("#define ANSWER ") }
    #expect(line.map { String($0.dropFirst(15)) } == answer)
  }

  @Test func areAskedOnceAndAgainWhenTheFoldersChange() throws {
    let project = try project("makeoption CPPFLAGS -I$S/inc\nprobe HAVE_LATE header late.h")
    let answers = "\(project.workshop.directory)/compile/.probes"
    func count() throws -> Int { try Files.list(FilePath(answers)).count }
    #expect(try count() == 1)
    try project.generate("-g")
    #expect(try count() == 1)
    try project.workshop.write("inc/late.h", "")
    _ = try project.build()
    let header = try project.workshop.read("\(BuildProject.directory)/config.h")
    #expect(header.contains("#define HAVE_LATE 1"))
    #expect(try count() == 2)
    #expect(try project.build() == [])
  }

  @Test func sayWhy() throws {
    let project = try project("probe HAVE_X function no_such_function")
    let tests = try Files.readLink("/proc/self/exe") ?? FilePath(CommandLine.arguments[0])
    let config = tests.removingLastComponent().appending("config")
    let said = try project.shell("'\(config)' probe --why conf/TEST")
    #expect(said.status == 0)
    for part in [
      "HAVE_X: no (cached)", "char no_such_function();", "$ cc -O2 -g", "undefined reference",
    ] {
      #expect(said.text.contains(part), "\(said.text)")
    }
    let unknown = try project.shell("'\(config)' probe conf/TEST HAVE_Y")
    #expect(unknown.status == 1)
    #expect(unknown.text == "config: error: unknown probe 'HAVE_Y' (did you mean 'HAVE_X'?)\n")
  }

  @Test func aRunThatFailsLeavesNoAnswers() throws {
    let project = try project("probe HAVE_X header stdio.h")
    try Files.removeTree(project.workshop.path("compile"))
    try project.workshop.write(
      "conf/TEST", "probe HAVE_X header stdio.h\nprogram p\n  src/none.c\n")
    #expect(throws: CaseFault.self) { try project.generate() }
    #expect(!project.workshop.exists("compile"))
  }
}
