// Shared libraries and installation, built by every make.

import Support
import Sys9
import SystemPackage
import Testing

@Suite("Shared libraries are built and installed", .serialized) struct SharedBuildTests {
  /// A shared library on a plain one, a plug-in without a version, programs that link either way.
  private static let files: [(String, String)] = [
    (
      "conf/TEST",
      """
      makeoption CFLAGS -O1
      root port elsewhere
      library libz shared 1.2 exports src/z.list
        src/z.c
        port/k/k.c
        library libh
        install lib
      library libh
        src/h.c
      program app
        src/main.c
        library libz
        install bin
      program still
        src/main.c
        library libz.a
      src/z.h install include/z
      src/app.1 no-obj install man

      """
    ),
    ("src/z.list", "z_value # all there is\n"),
    ("src/z.h", "int z_value(void);\n"),
    ("src/app.1", ".TH APP 1\n"),
    (
      "src/z.c",
      "int k(void), h(void);\nint z_inner(void) { return k() + h(); }\n"
        + "int z_value(void) { return z_inner(); }\n"
    ),
    ("src/h.c", "int h(void) { return 2; }\n"),
    (
      "src/main.c",
      "#include <stdio.h>\n#include \"src/z.h\"\nint main(void) { "
        + "printf(\"z=%d\\n\", z_value()); return 0; }\n"
    ),
  ]

  private func project(_ builder: Builder) throws -> BuildProject {
    try BuildProject(
      builder, files: Self.files + [("elsewhere/k/k.c", "int k(void) { return 40; }\n")])
  }

  @Test("runs from the build directory, hides its own, follows edits", arguments: Builder.allCases)
  func builds(_ builder: Builder) throws {
    let project = try project(builder)
    _ = try project.build()
    #expect(try project.output() == "z=42\n")
    #expect(try project.output(of: "still") == "z=42\n")
    let symbols = try project.shell(
      "nm -D --defined-only libz.so | sed 's/.* //; s/@.*//'", in: BuildProject.directory)
    #expect(symbols.text == "z_value\n")
    #expect(try project.build() == [])
    try project.edit("elsewhere/k/k.c", "40", "50")
    let made = try project.build()
    #expect(made.contains("o/.pic/port/k/k.c.o") && made.contains("o/port/k/k.c.o"))
    #expect(!made.contains("o/src/main.c.o") && !made.contains("o/.pic/src/z.c.o"))
    #expect(try project.output() == "z=52\n")
    #expect(try project.output(of: "still") == "z=52\n")
    #expect(try project.build() == [])
    #expect(try project.differencesFromClean(["app", "libz.so.1.2", "still"]) == [])
  }

  @Test("an exported name more is seen", arguments: Builder.allCases)
  func exports(_ builder: Builder) throws {
    let project = try project(builder)
    _ = try project.build()
    try project.edit("src/z.list", "z_value", "z_value\nz_inner")
    _ = try project.build()
    let symbols = try project.shell("nm -D --defined-only libz.so", in: BuildProject.directory)
    #expect(symbols.text.contains("z_inner"))
  }

  @Test("installs below DESTDIR and PREFIX, and takes back", arguments: Builder.allCases)
  func installs(_ builder: Builder) throws {
    let project = try project(builder)
    _ = try project.build()
    let command = builder.command
    let place = "DESTDIR=../../dest PREFIX=/opt/it"
    let line = builder == .ninja ? "\(place) \(command)" : "\(command) \(place)"
    let said = try project.shell(
      "\(line.replacing("-j2", with: "install"))", in: BuildProject.directory)
    #expect(said.status == 0, "\(said.text)")
    let tree = try project.workshop.tree("dest/opt/it").filter { !$0.hasSuffix("/") }
    #expect(
      tree == [
        "bin/app", "include/z/z.h", "lib/libz.a", "lib/libz.so", "lib/libz.so.1",
        "lib/libz.so.1.2", "share/man/man1/app.1",
      ])
    try project.shell("mv dest/opt/it moved && rm -r compile")
    #expect(try project.shell("moved/bin/app").text == "z=42\n")
  }

  @Test("uninstalls", arguments: Builder.allCases) func uninstalls(_ builder: Builder) throws {
    let project = try project(builder)
    _ = try project.build()
    for target in ["install", "uninstall"] {
      let said = try project.shell(
        "PREFIX=../../dest \(builder.command.replacing("-j2", with: target))",
        in: BuildProject.directory)
      #expect(said.status == 0, "\(said.text)")
    }
    #expect(try project.workshop.tree("dest").allSatisfy { $0.hasSuffix("/") })
    #expect(try project.build() == [])
  }
}
