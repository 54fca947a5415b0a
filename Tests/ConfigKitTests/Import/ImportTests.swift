// Imported descriptions build, and compile as what they come from.

import LibJSON
import Support
import Sys9
import SystemPackage
import Testing

@testable import ConfigKit

/// The entries of a compilation database.
struct JSONEntries {
  let entries: [(directory: String, file: String, words: [String])]

  init(_ text: String) throws {
    entries = (try JSON.parse(text).array ?? []).map { entry in
      let words =
        entry["arguments"]?.array?.compactMap(\.string)
        ?? CompileCommand.words(entry["command"]?.string ?? "")
      return (entry["directory"]?.string ?? "", entry["file"]?.string ?? "", words)
    }
  }
}

/// True if the machine has `program`.
private func has(_ program: String) -> Bool {
  (try? Command.run(["sh", "-c", "command -v \(program)"], quiet: true))?.status == 0
}

@Suite("import cmake", .enabled(if: has("cmake") && has("ninja"), "cmake or ninja is missing"))
struct CMakeImportTests {
  @Test func buildsWithTheSameFlags() throws {
    let project = try ImportProject(ImportProject.cmake)
    let said = try project.run("config import cmake -D CMAKE_BUILD_TYPE=Release --name SMALL .")
    for part in [
      "version.h: CMake generated it; a copy as it was is conf/cmake/version.h",
      "option UNUSED: CMake does the same with and without it",
      "target stamp: a command without files",
      "conf/SMALL", "conf/files.small",
    ] {
      #expect(said.contains(part), "\(part) in\n\(said)")
    }
    try project.run("config conf/SMALL && make -j2 -C compile/SMALL.Linux.amd64")
    #expect(
      try project.run("compile/SMALL.Linux.amd64/hello") == "hello there 1.2.3 8 plug 9 tls 1\n")

    #expect(project.workshop.exists("compile/SMALL.Linux.amd64/libplug.so.2.1"))
    try project.run(
      "cmake -S . -B cmade -DCMAKE_BUILD_TYPE=Release -DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
    let wanted = try project.flags("cmade/compile_commands.json")
    let found = try project.flags("compile/SMALL.Linux.amd64/compile_commands.json")
    let root = project.workshop.directory.string
    for (source, flags) in wanted {
      // The old build directory's place is taken by the new one, and by the copies.
      let moved = flags.flatMap { flag in
        flag == "-I\(root)/cmade"
          ? ["-I\(root)/compile/SMALL.Linux.amd64", "-I\(root)/conf/cmake"] : [flag]
      }.filter { !$0.hasSuffix("_EXPORTS") }
      let ours = (found[source] ?? []).filter { !$0.hasSuffix("_EXPORTS") }
      #expect(ours == moved.sorted(), "\(source)")
    }
    #expect(wanted.count == 6)
  }

  @Test func optionsTurnedRoundBuildWhatCMakeWould() throws {
    let project = try ImportProject(ImportProject.cmake)
    try project.run("config import cmake --name SMALL .")
    try project.workshop.write("conf/OTHER", "like SMALL\nno option WITH_TLS\noption WITH_MATH\n")
    try project.run("config conf/OTHER && make -j2 -C compile/OTHER.Linux.amd64")
    #expect(
      try project.run("compile/OTHER.Linux.amd64/hello") == "hello there 1.2.3 8 plug 9 sine 0.0\n")
    let files = try project.workshop.read("conf/files.small")
    #expect(laidOut(files) == files, "what is written is laid out")
    #expect(try project.run("config import cmake --name SMALL . 2>&1 | grep -c conf/") != "0")
  }

  @Test func oneNameMadeBothWaysIsOneLibrary() throws {
    let project = try ImportProject([
      (
        "CMakeLists.txt",
        """
        cmake_minimum_required(VERSION 3.14)
        project(Both C)
        add_library(z SHARED z.c)
        set_target_properties(z PROPERTIES VERSION 1.2.3-beta SOVERSION 1
          LINK_FLAGS "-Wl,--version-script,${CMAKE_CURRENT_SOURCE_DIR}/z.map -Wl,-z,now")
        add_library(zs STATIC z.c)
        set_target_properties(zs PROPERTIES OUTPUT_NAME z)
        add_executable(dynamic main.c)
        target_link_libraries(dynamic z)
        add_executable(static main.c)
        target_link_libraries(static zs)
        add_custom_target(check COMMAND static DEPENDS static)

        """
      ),
      ("z.map", "Z_1 { global: z; local: *; };\n"), ("z.c", "int z(void) { return 0; }\n"),
      ("main.c", "int z(void);\nint main(void) { return z(); }\n"),
    ])
    let said = try project.run("config import cmake --name BOTH .")
    #expect(said.contains("libz.so.1.2.3-beta: the version is 1.2.3: digits and dots alone"))
    #expect(said.contains("libz: the link option -Wl,-z,now"))
    let files = try project.workshop.read("conf/files.both")
    #expect(files.contains("library\tlibz shared 1.2.3\n\tz.c\n"))
    #expect(files.contains("\texports z.map\n"))
    #expect(files.contains("program\tstatic\n\tmain.c\n\tlibrary libz.a\n"), "\(files)")
    try project.run(
      "config conf/BOTH && make -j2 -C compile/BOTH.Linux.amd64 && cd compile/BOTH.Linux.amd64 "
        + "&& ./dynamic && ./static && test -f libz.a && test -f libz.so.1.2.3")
  }

  @Test func overwritesNothing() throws {
    let project = try ImportProject(ImportProject.cmake)
    try project.workshop.write("conf/SMALL", "mine\n")
    let said = try project.shell("config import cmake --fixed --name SMALL .")
    #expect(said.status == 1)
    #expect(said.text.contains("'./conf/SMALL' is there already; --force overwrites it"))
    #expect(try project.workshop.read("conf/SMALL") == "mine\n")
    #expect(!project.workshop.exists("conf/files.small"))
    try project.run("config import cmake --fixed --force --name SMALL .")
    #expect(try project.workshop.read("conf/SMALL").contains("ident\t\tSMALL"))
  }

  @Test func saysWhatCMakeSays() throws {
    let project = try ImportProject([("CMakeLists.txt", "nonsense(\n")])
    let said = try project.shell("config import cmake .")
    #expect(said.status == 1)
    #expect(said.text.contains("config: error: cmake failed:"))
    #expect(said.text.contains("Parse error"))
  }
}

@Suite("import compdb") struct CompilationDatabaseTests {
  private static func entry(_ source: String, _ flags: String, _ output: String = "") -> String {
    let more = output.isEmpty ? "" : ", \"output\": \"\(output)\""
    return """
      {"directory": "ROOT/build", "file": "../\(source)",
       "command": "cc \(flags) -o x.o -c ../\(source)"\(more)}
      """
  }

  private func project(_ entries: [String]) throws -> ImportProject {
    let project = try ImportProject([
      ("src/a.c", "int a(void) { return A; }\n"),
      ("src/b c.c", "const char *b(void) { return B; }\n"),
      (
        "src/main.c",
        "#include <stdio.h>\nint a(void); const char *b(void);\n"
          + "int main(void) { printf(\"%d %s\\n\", a(), b()); return 0; }\n"
      ),
    ])
    let text = "[" + entries.joined(separator: ",") + "]"
    try project.workshop.write(
      "build/compile_commands.json",
      text.replacing("ROOT", with: project.workshop.directory.string))
    return project
  }

  @Test func aMainIsAProgramAndTheRestALibrary() throws {
    let project = try project([
      Self.entry("src/a.c", "-O1 -DA=4"),
      Self.entry("src/b c.c", #"-O1 '-DB=\"x y\"'"#).replacing("../src/b c.c\"\n", with: "x")
        .replacing("-c ../src/b c.c", with: "-c '../src/b c.c'"),
      Self.entry("src/main.c", "-O1 -I../include -MD -MF x.d"),
    ])
    try project.run(
      "config import compdb -s . --name DB build/compile_commands.json && config conf/DB "
        + "&& make -C compile/DB.Linux.amd64")
    #expect(try project.run("compile/DB.Linux.amd64/main") == "4 x y\n")
    let files = try project.workshop.read("conf/files.db")
    #expect(files.contains("library\tlibdb\n\tsrc/a.c"))
    #expect(files.contains("which libraries a program links is not in a compilation database"))
  }

  @Test func targetsAreThoseThatPathsName() throws {
    let project = try project([
      Self.entry("src/a.c", "-DA=4", "CMakeFiles/left.dir/src/a.c.o"),
      Self.entry("src/main.c", "", "app.p/main.c.o"),
    ])
    try project.run("config import compdb -s . --name DB build/compile_commands.json")
    let files = try project.workshop.read("conf/files.db")
    #expect(files.contains("library\tlibleft\n\tsrc/a.c\n\tflags \"-DA=4\"\n"))
    #expect(files.contains("program\tapp\n\tsrc/main.c\n\tlibrary libleft\n"))
  }

  @Test(
    "says what is wrong",
    arguments: [
      ("{", "this is no compilation database"), ("{}", "an array is wanted"),
      ("[{\"file\": \"a.c\"}]", "entry 1 has no directory or no file"),
      ("[{\"file\": \"a.c\", \"directory\": \"/\"}]", "entry 1 has no command"),
    ])
  func faults(_ text: String, _ message: String) throws {
    let project = try ImportProject([("c.json", text)])
    let said = try project.shell("config import compdb c.json")
    #expect(said.status == 1 && said.text.contains(message), "\(said.text)")
  }
}

@Suite("Compile commands") struct CompileCommandTests {
  private static let place = ImportPlace(tree: "/t", build: "/t/b")

  @Test(
    "are taken apart",
    arguments: [
      ("cc -c -o x.o ../a.c", "/t/a.c", "", ""),
      ("ccache gcc -O2 -Wall -I../inc -I . -c ../a.c", "/t/a.c", "-O2 -Wall", "-I$S/inc -I."),
      ("cc -isystem /usr/x -DA -D B=1 -UC ../a.c", "/t/a.c", "", "-isystem /usr/x -DA -DB=1 -UC"),
      (
        "cc -MD -MF x -MT y -include ../p.h -include cfg.h a.c", "/t/b/a.c", "",
        "-include $S/p.h -include cfg.h"
      ),
      ("cc -I/t/b/gen -I/t -I/tt a.c", "/t/b/a.c", "", "-Igen -I$S -I/tt"),
      ("cc -target x -x c++ a.c", "/t/b/a.c", "-target x -x c++", ""),
    ])
  func parts(_ line: String, _ source: String, _ options: String, _ definitions: String) {
    let command = CompileCommand(
      CompileCommand.words(line), directory: "/t/b", place: Self.place)
    #expect(command.source?.string == source)
    #expect(command.options.joined(separator: " ") == options)
    #expect(command.definitions.joined(separator: " ") == definitions)
  }

  @Test(
    "are divided as a shell does",
    arguments: [
      (#"a  "b c" 'd e'"#, ["a", "b c", "d e"]), (#"-DX=\"y\" a\ b"#, [#"-DX="y""#, "a b"]),
      (#"'a'"b"c"#, ["abc"]), (#"'' """#, ["", ""]), (#""\n\\\"""#, [#"\n\""#]), ("", []),
    ])
  func words(_ line: String, _ words: [String]) {
    #expect(CompileCommand.words(line) == words)
  }

  @Test(
    "know a main",
    arguments: [
      ("int main(void) { return 0; }", true), ("int main(argc, argv) char **argv; {}", false),
      ("int\nmain (int c, char **v)\n{\n}", true), ("int main(void);", false),
      ("// int main(void) {}", false), ("/* int main(void) {} */ int x;", false),
      ("char *s = \"int main(void) {\";", false), ("void f(void) { main(); }", false),
      ("#define X int main(void) {\nint y;", false), ("int domain(void) {}", false),
      ("extern \"C\" {\nint main() { }\n}", true), ("int (*main)(void) = 0;", false),
      ("struct s { int main; }; int z;", false), ("namespace n { int main() {} }", false),
    ])
  func mains(_ text: String, _ isProgram: Bool) {
    #expect(MainFunction.isIn(Array(text.utf8), .c) == isProgram)
  }
}

@Suite("import files") struct BSDFilesTests {
  @Test func buildsWhatAConfigurationWants() throws {
    let project = try ImportProject([
      (
        "conf/files.in",
        """
        # The machine-independent part.
        kern/main.c\tstandard
        dev/em.c\t\toptional em pci | em_pci \\
        \tcompile-with "${NORMAL_C} -DEM=1"
        dev/disk-o.c\toptional disk-o needs-flag
        dev/gone.c\toptional gone
        dev/em.c\toptional never
        gen.h\t\toptional em \\
        \tdependency "$S/kern/main.c" \\
        \tcompile-with "echo '#define GEN 5' > gen.h" \\
        \tno-obj no-implicit-rule before-depend clean "gen.h"
        file\tnet/if.c\tnet & !slow

        """
      ),
      (
        "conf/GENERIC",
        "machine\tamd64\nident\tGENERIC\noptions\tNET # the net\noptions\tMAXUSERS=32\n"
          + "device\tem\ndevice\tpci\noptions net\nmakeoptions\tDEBUG=-g\nhints\t\"G.hints\"\n"
      ),
      (
        "kern/main.c",
        "#include \"gen.h\"\nint em(void), net(void);\n"
          + "int main(void) { return GEN + em() + net() == 13 ? 0 : 1; }\n"
      ),
      ("dev/em.c", "int em(void) { return EM; }\n"), ("dev/disk-o.c", "int x;\n"),
      ("net/if.c", "int net(void) { return 7; }\n"),
    ])
    let said = try project.run(
      "config import files --config conf/GENERIC -s . --name KERNEL conf/files.in")
    for part in [
      "dev/gone.c is not there", "'disk-o' is the option disk_o", "needs-flag",
      "conf/GENERIC:9: hints G.hints",
    ] {
      #expect(said.contains(part), "\(part) in\n\(said)")
    }
    try project.run(
      "config conf/KERNEL && make -C compile/KERNEL.Linux.amd64 "
        + "&& compile/KERNEL.Linux.amd64/kernel")
    let text = try project.workshop.read("conf/KERNEL")
    for line in ["arch\t\tamd64", "option\t\tMAXUSERS 32", "makeoption\tDEBUG=-g"] {
      #expect(text.contains(line + "\n"), "\(line) in\n\(text)")
    }
  }
}
