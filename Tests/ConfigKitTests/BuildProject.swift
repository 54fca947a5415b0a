// A small project with one of everything, and the builds of it.

import Glibc
import Support
import Sys9
import SystemPackage

/// The make, or the Ninja, that builds.
enum Builder: String, CaseIterable, Sendable {
  case gnu, bsd, ninja

  var configArguments: String { self == .ninja ? "--ninja" : "--make \(rawValue)" }

  /// The command line; two jobs, since order must not matter.
  var command: String {
    switch self {
    case .gnu: "make -j2"
    case .bsd: "bmake -j2"
    case .ninja: "ninja -j2"
    }
  }
}

/// A tree, its build directory, and what a build changes in it.
struct BuildProject {
  let workshop: Workshop
  let builder: Builder

  init(_ builder: Builder, files: [(String, String)]) throws {
    self.builder = builder
    workshop = try Workshop()
    for (name, text) in files { try workshop.write(name, text) }
    try shell("chmod +x tools/cc 2>/dev/null")
    try generate()
  }

  /// What a command said, and how it ended.
  struct Said {
    let status: Int
    let text: String
  }

  /// Runs a shell's command line in `directory` of the tree.
  @discardableResult
  func shell(_ line: String, in directory: String = ".") throws -> Said {
    let place = workshop.path(directory)
    let clean = "unset MAKEFLAGS MAKELEVEL MFLAGS DEBUG CFLAGS CC"
    let outcome = try Command.run(["sh", "-c", "cd '\(place)' && \(clean)\n{ \(line)\n} 2>&1"])
    return Said(status: outcome.status, text: String(decoding: outcome.output, as: UTF8.self))
  }

  /// Runs config, which must succeed.
  func generate(_ arguments: String = "") throws {
    let tests = try Files.readLink("/proc/self/exe") ?? FilePath(CommandLine.arguments[0])
    let config = tests.removingLastComponent().appending("config")
    let line = "'\(config)' \(builder.configArguments) \(arguments) conf/TEST"
    let said = try shell(line)
    if said.status != 0 { throw CaseFault(description: "config: \(said.text)") }
  }

  /// The build directory, seen from the tree.
  static let directory = "compile/TEST.Linux.amd64"

  /// Builds, which must succeed; the result is what was made anew, sorted.
  func build(_ more: String = "", environment: String = "") throws -> [String] {
    let before = try times()
    let said = try shell("\(environment) \(builder.command) \(more)", in: Self.directory)
    if said.status != 0 { throw CaseFault(description: "the build failed:\n\(said.text)") }
    let after = try times()
    return after.filter { before[$0.key] != $0.value }.keys.sorted()
  }

  /// What the program prints.
  func output(of program: String = "app") throws -> String {
    try shell("./\(program)", in: Self.directory).text
  }

  /// Objects, archives and programs with the times they were made.
  private func times() throws -> [String: Int64] {
    var result: [String: Int64] = [:]
    for name in try workshop.tree(Self.directory) where Self.isProduct(name) {
      let status = try Files.status(workshop.path("\(Self.directory)/\(name)"))
      result[name] = status?.modifiedNs ?? 0
    }
    return result
  }

  /// True for what a build makes, as far as tests look at it.
  static func isProduct(_ name: String) -> Bool {
    if name.hasSuffix("/") || name.hasPrefix("o/.ln") || name.hasPrefix("o/.swift/cache") {
      return false
    }
    return [".o", ".a", ".pcm", ".swiftmodule"].contains { name.hasSuffix($0) }
      || ["app", "mkgen", "gen.h", "src/parse.c"].contains(name)
  }

  /// Changes a file of the tree.
  func edit(_ name: String, _ old: String, _ new: String) throws {
    try pass()
    let text = try workshop.read(name)
    guard text.contains(old) else { throw CaseFault(description: "\(name) has no '\(old)'") }
    try workshop.write(name, text.replacing(old, with: new))
  }

  /// Lets two seconds pass for BSD make, which compares whole seconds: all files grow older, but
  /// for the compiler, whose age is its identity.
  func pass() throws {
    if builder != .bsd { return }
    for name in try workshop.tree() where !name.hasSuffix("/") && name != "tools/cc" {
      let path = workshop.path(name)
      if try Files.readLink(path) != nil { continue }
      guard let status = try Files.status(path) else { continue }
      try Files.setModified(path, ns: status.modifiedNs - 2_000_000_000)
    }
  }

  /// The programs and archives that differ from those of a build from nothing.
  func differencesFromClean(_ products: [String]) throws -> [String] {
    try generate("-d compile/clean")
    let said = try shell(builder.command, in: "compile/clean")
    if said.status != 0 { throw CaseFault(description: "the clean build failed:\n\(said.text)") }
    defer { try? Files.removeTree(workshop.path("compile/clean")) }
    return try products.filter { name in
      try Files.read(workshop.path("compile/clean/\(name)"))
        != Files.read(workshop.path("\(Self.directory)/\(name)"))
    }
  }
}

extension BuildProject {
  /// C, C++, assembler, a grammar, a generated header, a host program, awkward names.
  static let classic: [(String, String)] = [
    (
      "conf/TEST",
      """
      option GREET 1
      makeoption CFLAGS -O1
      makeoption CC $S/tools/cc
      include files

      """
    ),
    (
      "conf/files",
      """
      program mkgen host
        tools/mkgen.c
      gen.h no-obj no-implicit-rule before-dep
        depend "$S/tools/gen.in"
        compile-with "${HOST.mkgen} $S/tools/gen.in > $@"
      library libkit
        src/kit.c include/kit.h
        src/extra.c src/cxx.cc src/asm.S
        "src/a b.c" src/c$d.c "src/e#f.c" "src/g'h.c" src/i%j.c src/k:l.c
      program app
        src/main.c src/greet.c src/parse.y
        library libkit

      """
    ),
    (
      "tools/mkgen.c",
      """
      #include <stdio.h>
      int main(int argc, char **argv) {
        int c; FILE *in = fopen(argv[1], "r");
        if (argc != 2 || !in) return 1;
        printf("#define GEN ");
        while ((c = getc(in)) != EOF) putchar(c);
        return 0;
      }

      """
    ),
    ("tools/gen.in", "5\n"),
    (
      "tools/cc",
      """
      #!/bin/sh
      # The compiler; if a file called stop lies in the tree it interrupts the build once.
      stop=${0%/tools/cc}/stop
      if [ -e "$stop" ]; then rm "$stop"; kill -INT $PPID; fi
      exec cc "$@"

      """
    ),
    ("include/kit.h", "#define KIT 1\nint extra(void);\n"),
    ("src/kit.c", "#include \"include/kit.h\"\nint kit(void) { return KIT; }\n"),
    ("src/extra.c", "int extra(void) { return 1; }\n"),
    (
      "src/cxx.cc",
      "#include <string>\nextern \"C\" int cxx() { return std::string(\"xx\").size(); }\n"
    ),
    (
      "src/asm.S",
      """
      .text
      .globl assembled
      assembled:
      #if defined(__x86_64__)
        mov $7, %eax
      #elif defined(__aarch64__)
        mov w0, #7
      #endif
        ret
      .section .note.GNU-stack,"",%progbits

      """
    ),
    ("src/a b.c", "int blank(void) { return 1; }\n"),
    ("src/c$d.c", "int dollar(void) { return 2; }\n"),
    ("src/e#f.c", "int hash(void) { return 4; }\n"),
    ("src/g'h.c", "int apostrophe(void) { return 8; }\n"),
    ("src/i%j.c", "int percent(void) { return 16; }\n"),
    ("src/k:l.c", "int colon(void) { return 32; }\n"),
    ("src/greet.c", "#include \"opt/GREET.h\"\nint greet(void) { return GREET; }\n"),
    (
      "src/parse.y",
      """
      %{
      int yylex(void); void yyerror(const char *s);
      static const char *next = "1+2"; static int result;
      %}
      %token NUMBER
      %%
      sum: NUMBER '+' NUMBER { result = $1 + $3; } ;
      %%
      int yylex(void) {
        int c = *next; if (!c) return 0;
        next++; if (c >= '0' && c <= '9') { yylval = c - '0'; return NUMBER; }
        return c;
      }
      void yyerror(const char *s) { (void)s; result = -1; }
      int parsed(void) { yyparse(); return result; }

      """
    ),
    (
      "src/main.c",
      """
      #include <stdio.h>
      #include "gen.h"
      #include "include/kit.h"
      int kit(void), cxx(void), assembled(void), greet(void), parsed(void);
      int blank(void), dollar(void), hash(void), apostrophe(void), percent(void), colon(void);
      int main(void) {
        int odd = blank() + dollar() + hash() + apostrophe() + percent() + colon();
        printf("kit=%d/%d extra=%d cxx=%d asm=%d odd=%d gen=%d greet=%d parse=%d\\n", kit(), KIT,
          extra(), cxx(), assembled(), odd, GEN, greet(), parsed());
        return 0;
      }

      """
    ),
  ]
}
