// The commands as they are typed: statuses, and what goes to standard error.

import Support
import Sys9
import SystemPackage
import Testing

@Suite("The command line of questions") struct CommandLineTests {
  /// Runs the program that was built with these tests; both outputs are one.
  private func run(
    _ arguments: String, in workshop: Workshop, path: String = ""
  ) throws -> (status: Int, text: String) {
    let tests = try Files.readLink("/proc/self/exe") ?? FilePath(CommandLine.arguments[0])
    let config = tests.removingLastComponent().appending("config")
    let setting = path.isEmpty ? "" : "PATH=\(path)"
    let line = "cd '\(workshop.directory)' && \(setting) '\(config)' \(arguments) 2>&1"
    let outcome = try Command.run(["sh", "-c", line])
    return (outcome.status, String(decoding: outcome.output, as: UTF8.self))
  }

  private func tree() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.write("conf/A", "option X\nprogram p\n  src/p.c\n  src/q.c option X\n")
    try workshop.write("conf/WRONG", "program p\n  src/none.c\n")
    try workshop.write("src/p.c", "int main(void) { return 0; }\n")
    try workshop.write("src/q.c", "")
    return workshop
  }

  @Test(
    "says",
    arguments: [
      ("tset conf/A", 2, "config: error: unknown subcommand 'tset' (did you mean 'test'?)\n"),
      (
        "explian conf/A p", 2,
        "config: error: unknown subcommand 'explian' (did you mean 'explain'?)\n"
      ),
      ("lnit", 2, "config: error: unknown subcommand 'lnit' (did you mean 'lint'?)\n"),
      (
        "matrix conf/NO", 1,
        "config: error: cannot open 'conf/NO': No such file or directory\n"
      ),
      ("test conf/NO", 1, "config: error: cannot open 'conf/NO': No such file or directory\n"),
      ("nosuch/A", 1, "config: error: cannot open 'nosuch/A': No such file or directory\n"),
      ("lint conf/A", 0, ""),
      (
        "lint conf/A conf/NO", 1,
        "config: error: cannot open 'conf/NO': No such file or directory\n"
      ),
      ("lint conf/WRONG", 1, "conf/WRONG:2:3: error: no such file: src/none.c\n"),
      ("lint --with X=0 -W error conf/A", 0, ""),
      ("explain conf/A nothing", 1, "config: error: nothing is called 'nothing' in conf/A\n"),
      ("query conf/A src/p.c", 0, "src/p.c\n"),
      ("query conf/A 'src/p.c - src/p.c'", 1, ""),
      (
        "query conf/A 'é + deps('", 2,
        "config: error: the query ends where a name or function is expected\n    é + deps(\n"
          + "             ^\n"
      ),
      ("diff conf/A conf/A", 0, ""),
      (
        "diff conf/A", 2,
        "config: error: this is one variant, and two are compared: name two, or use --with, -p or "
          + "--toolchain\n"
      ),
      ("diff conf/A conf/WRONG", 2, "conf/WRONG:2:3: error: no such file: src/none.c\n"),
      (
        "diff conf/A src", 2,
        "config: error: cannot read 'src/.config.log': No such file or directory\n"
      ),
      (
        "explain --rebuild src", 1,
        "config: error: cannot read 'src/.config.log': it is no build directory of config\n"
      ),
      ("graph --of nothing conf/A", 2, "config: error: --of: nothing is called 'nothing'\n"),
    ])
  func says(_ arguments: String, _ status: Int, _ text: String) throws {
    let said = try run(arguments, in: try tree())
    #expect(said.text == text)
    #expect(said.status == status)
  }

  @Test func refusesWrongUsage() throws {
    let workshop = try tree()
    for arguments in [
      "explain conf/A", "query conf/A", "lint", "diff", "diff a b c", "lint -W all conf/A",
      "lint -W no-unused-optio conf/A", "query --with X conf/A p", "graph conf/A conf/A",
    ] {
      #expect(try run(arguments, in: workshop).status == 2, "\(arguments)")
    }
  }

  @Test func comparesVariantsAndBuildDirectories() throws {
    let workshop = try tree()
    let variants = try run("diff conf/A --with X=on,off", in: workshop)
    #expect(variants.status == 1 && variants.text.contains("source src/q.c: in program 'p'"))
    #expect(try run("-d one conf/A", in: workshop).status == 0)
    #expect(try run("-d deep/two --ninja conf/A", in: workshop).status == 0)
    #expect(try run("diff one deep/two", in: workshop) == (0, ""))
    #expect(try run("diff one conf/A", in: workshop) == (0, ""))
    try workshop.write("conf/A", "makeoption CFLAGS -O3\nprogram p\n  src/p.c\n")
    // A build directory stands for what it was made for, as the description is now.
    #expect(try run("diff one conf/A", in: workshop) == (0, ""))
  }

  @Test func drawsBySomebodyElse() throws {
    let workshop = try tree()
    try workshop.write("bin/dot", "#!/bin/sh\necho \"$1\"\n/bin/cat \"$2\"\n")
    try workshop.write("empty/x", "")
    _ = try Command.run(["chmod", "+x", "\(workshop.path("bin/dot"))"])
    let drawn = try run(
      "graph --svg -o out.svg conf/A", in: workshop, path: "\(workshop.path("bin"))")
    #expect(drawn == (0, ""))
    #expect(try workshop.read("out.svg").hasPrefix("-Tsvg\ndigraph \"A.Linux."))
    let missing = try run("graph --svg conf/A", in: workshop, path: "\(workshop.path("empty"))")
    #expect(missing.status == 1)
    #expect(missing.text.contains("install it: apt-get install graphviz"))
  }
}
