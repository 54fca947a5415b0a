// Projects of other build systems, for the tests of `config import` and `config init`.

import Support
import Sys9
import SystemPackage

/// A tree in which the program is run.
struct ImportProject {
  let workshop: Workshop

  init(_ files: [(String, String)]) throws {
    workshop = try Workshop()
    for (name, text) in files { try workshop.write(name, text) }
  }

  /// The built program.
  static func program() throws -> FilePath {
    let tests = try Files.readLink("/proc/self/exe") ?? FilePath(CommandLine.arguments[0])
    return tests.removingLastComponent().appending("config")
  }

  /// Runs a shell's command line in the tree; `config` in it is the built program.
  func shell(_ line: String) throws -> (status: Int, text: String) {
    let program = try Self.program()
    let outcome = try Command.run([
      "sh", "-c",
      "cd '\(workshop.directory)' && unset MAKEFLAGS MAKELEVEL MFLAGS DEBUG CFLAGS CC\n"
        + "config() { '\(program)' \"$@\"; }\n{ \(line)\n} 2>&1",
    ])
    return (outcome.status, String(decoding: outcome.output, as: UTF8.self))
  }

  /// Runs a command line that must succeed; the result is what it said.
  @discardableResult
  func run(_ line: String) throws -> String {
    let said = try shell(line)
    if said.status != 0 { throw CaseFault(description: "\(line): \(said.status)\n\(said.text)") }
    return said.text
  }

  /// The compile commands of a database below the tree, by the base name of the source: the words
  /// that matter, paths seen from the tree, sorted.
  func flags(_ database: String) throws -> [String: [String]] {
    let text = try workshop.read(database)
    var result: [String: [String]] = [:]
    for entry in try JSONEntries(text).entries {
      let words = entry.words.dropFirst().filter { word in
        !["-c", "-MD", "-MF", "-o"].contains(word) && !word.hasSuffix(".o") && !word.hasSuffix(".d")
          && !word.hasSuffix(".c") && !word.hasPrefix("o/.d")
      }
      let base = FilePath(entry.file).lastComponent?.string ?? ""
      result[base] = words.map { word in
        guard word.hasPrefix("-I") else { return word }
        let path = FilePath(entry.directory).pushing(FilePath(String(word.dropFirst(2))))
        return "-I" + path.lexicallyNormalized().string
      }.sorted()
    }
    return result
  }

  /// A small project: a library, a program, options, a generated header and source, a copied one.
  static let cmake: [(String, String)] = [
    (
      "CMakeLists.txt",
      """
      cmake_minimum_required(VERSION 3.14)
      project(Small VERSION 1.2.3 LANGUAGES C)
      option(WITH_TLS "speak TLS" ON)
      option(WITH_MATH "use libm" OFF)
      option(UNUSED "nothing" OFF)
      set(CMAKE_C_STANDARD 99)
      configure_file(src/version.h.in version.h)
      add_executable(mktable tools/mktable.c)
      add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/table.h
        COMMAND mktable ${CMAKE_CURRENT_SOURCE_DIR}/src/table.in
          > ${CMAKE_CURRENT_BINARY_DIR}/table.h
        DEPENDS mktable src/table.in)
      add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/made.c
        COMMAND sed -e s/NAME/made/ ${CMAKE_CURRENT_SOURCE_DIR}/src/made.c.in
          > ${CMAKE_CURRENT_BINARY_DIR}/made.c
        DEPENDS src/made.c.in)
      add_custom_target(stamp COMMAND true)
      set(SOURCES src/greet.c ${CMAKE_CURRENT_BINARY_DIR}/table.h
        ${CMAKE_CURRENT_BINARY_DIR}/made.c)
      if(WITH_TLS)
        list(APPEND SOURCES src/tls.c)
      endif()
      add_library(greet STATIC ${SOURCES})
      target_include_directories(greet PUBLIC include PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
      target_compile_definitions(greet PRIVATE GREETING="hello there")
      if(WITH_TLS)
        target_compile_definitions(greet PUBLIC HAVE_TLS=1)
      endif()
      add_library(plug SHARED src/plug.c)
      set_target_properties(plug PROPERTIES VERSION 2.1)
      add_executable(hello src/main.c)
      target_link_libraries(hello greet plug)
      if(WITH_MATH)
        target_sources(hello PRIVATE src/sine.c)
        target_compile_definitions(hello PRIVATE HAVE_MATH)
        target_link_libraries(hello m)
      endif()

      """
    ),
    ("src/version.h.in", "#define VERSION \"@PROJECT_VERSION@\"\n"),
    ("src/made.c.in", "int NAME(void) { return 3; }\n"),
    ("src/table.in", "5\n"),
    (
      "tools/mktable.c",
      """
      #include <stdio.h>
      int main(int argc, char **argv) {
        FILE *f = argc > 1 ? fopen(argv[1], "r") : NULL; int n;
        if (!f || fscanf(f, "%d", &n) != 1) return 1;
        printf("#define TABLE %d\\n", n);
        return 0;
      }

      """
    ),
    (
      "include/greet.h",
      "const char *greet(void); int table(void); int made(void); int tls(void); int plug(void);\n"
    ),
    (
      "src/greet.c",
      """
      #include "greet.h"
      #include "table.h"
      #include "version.h"
      const char *greet(void) { return GREETING " " VERSION; }
      int table(void) { return TABLE + made(); }

      """
    ),
    ("src/tls.c", "int tls(void) { return HAVE_TLS; }\n"),
    ("src/plug.c", "int plug(void) { return 9; }\n"),
    ("src/sine.c", "#include <math.h>\ndouble sine(double x) { return sin(x); }\n"),
    (
      "src/main.c",
      """
      #include <stdio.h>
      #include "greet.h"
      #ifdef HAVE_MATH
      double sine(double);
      #endif
      int main(int argc, char **argv) {
        (void)argv;
        printf("%s %d plug %d", greet(), table(), plug());
      #ifdef HAVE_TLS
        printf(" tls %d", tls());
      #endif
      #ifdef HAVE_MATH
        printf(" sine %.1f", sine(argc - 1));
      #endif
        printf("\\n");
        return 0;
      }

      """
    ),
  ]
}
