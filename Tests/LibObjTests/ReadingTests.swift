// Objects, programs, shared libraries and archives, held against nm, readelf and ar.

import LibObj
import Support
import Sys9
import Testing

@Suite("Object files") struct ReadingTests {
  private func sample() throws -> Compiled {
    try Compiled([("a.c", sampleSource), ("autolib.h", autolibHeader())])
  }

  /// The names that `nm` prints with one of the letters.
  private func names(_ table: [[String]], _ letters: String) -> Set<String> {
    Set(table.filter { $0.count > 1 && letters.contains($0[1]) }.map { $0[0] })
  }

  private func expectSymbols(_ object: ObjectFile, _ nm: String) {
    // Marks of code and data, and of places in functions: nm shows those of some machines.
    let isMark = { (name: String) in name.hasPrefix("$") || name.hasPrefix(".L") }
    let symbols = object.symbols.filter { !isMark($0.name) }
    let nm = nm.table.filter { !isMark($0[0]) }
    #expect(Set(symbols.filter { !$0.isDefined }.map(\.name)) == names(nm, "Uwv"))
    #expect(Set(symbols.filter { $0.isDefined }.map(\.name)) == names(nm, "TtDdBbRrWVCSs"))
    #expect(Set(symbols.filter(\.isWeak).map(\.name)) == names(nm, "wWvV"))
    for row in nm where row.count > 2 && row[1] != "U" {
      let symbol = symbols.first { $0.name == row[0] && $0.isDefined }
      if row[1] == "w" || row[1] == "v" { continue }
      #expect(symbol?.value == UInt64(row[2], radix: 16), "\(row)")
    }
  }

  @Test("are read as nm reads them", arguments: ["gcc", "gcc -m32", "clang"])
  func symbols(compiler: String) throws {
    let shop = try sample()
    try shop.run("\(compiler) -O1 -c a.c")
    let object = try shop.object("a.o")
    #expect(object.format == .elf)
    #expect(object.kind == .relocatable)
    expectSymbols(object, try shop.run("nm -P a.o"))
    let visible = try #require(object.symbols.first { $0.name == "visible" })
    #expect(visible.isFunction && visible.isGlobal && visible.size > 0)
    #expect(!(object.symbols.first { $0.name == "table" }?.isFunction ?? true))
  }

  @Test(
    "know their architectures",
    arguments: [
      ("gcc", "amd64"), ("gcc -m32", "386"), ("clang --target=aarch64-linux-gnu", "arm64"),
      ("clang --target=armv7-linux-gnueabihf", "arm"),
      ("clang --target=riscv64-linux-gnu", "riscv64"),
    ])
  func architectures(compiler: String, arch: String) throws {
    // The host's own compiler is asked by names that are those of this machine alone.
    if arch == "amd64" || arch == "386" {
      let machine = try Command.run(["uname", "-m"]).output
      if machine != Array("x86_64\n".utf8) { return }
    }
    let shop = try sample()
    try shop.run("\(compiler) -c a.c")
    #expect(try shop.object("a.o").arch == arch)
    expectSymbols(try shop.object("a.o"), try shop.run("llvm-nm -P a.o"))
  }

  @Test func sectionsAreThoseOfReadelf() throws {
    let shop = try sample()
    try shop.run("gcc -g -c a.c")
    let object = try shop.object("a.o")
    let rows = try shop.run("readelf -SW a.o | sed -n 's/^ *\\[ *[0-9]*\\] *//p'").table
    #expect(object.sections.dropFirst().map(\.name) == rows.dropFirst().map { $0[0] })
    for (section, row) in zip(object.sections, rows).dropFirst() where row[1] != "NOBITS" {
      #expect(UInt64(row[4], radix: 16) == UInt64(section.content.count), "\(row)")
    }
  }

  @Test func programsAndLibrariesSayWhatTheyNeed() throws {
    let shop = try Compiled([
      ("a.c", "int f(void) { return 1; }"),
      ("p.c", "int f(void); int main(void) { return f(); }"),
    ])
    try shop.run("gcc -shared -fPIC -Wl,-soname,libf.so.3 -o libf.so a.c")
    try shop.run("gcc -o p p.c libf.so -Wl,-rpath,'$ORIGIN:/opt/lib' && strip -o q p")
    let library = try shop.object("libf.so")
    #expect(library.kind == .shared)
    #expect(library.soname == "libf.so.3")
    let program = try shop.object("p")
    #expect(program.kind == .program)
    #expect(program.needed.contains("libf.so.3"))
    #expect(program.runPaths == ["$ORIGIN", "/opt/lib"])
    let needed = try shop.run("readelf -dW p | sed -n 's/.*(NEEDED).*\\[\\(.*\\)\\]/\\1/p'")
    #expect(program.needed == needed.split(separator: "\n").map(String.init))
    // A stripped program still has the symbols of the dynamic linker.
    #expect(try shop.object("q").symbols.contains { $0.name == "f" && !$0.isDefined })
  }

  @Test func machOIsReadAsLLVMReadsIt() throws {
    let shop = try sample()
    for (target, arch) in [("x86_64", "amd64"), ("arm64", "arm64")] {
      try shop.run("clang --target=\(target)-apple-macos13 -c -o m.o a.c")
      let object = try shop.object("m.o")
      #expect(object.format == .macho)
      #expect(object.arch == arch)
      #expect(object.kind == .relocatable)
      let nm = try shop.run("llvm-nm -P m.o").table
      let all = Set(nm.map { $0[0] }.filter { $0.hasPrefix("_") })
      #expect(Set(object.symbols.map(\.name).filter { $0.hasPrefix("_") }) == all)
      let undefined = Set(nm.filter { "Uw".contains($0[1]) }.map { $0[0] })
      #expect(Set(object.symbols.filter { !$0.isDefined }.map(\.name)) == undefined)
      #expect(object.symbols.first { $0.name == "_perhaps" }?.isWeak == true)
      #expect(object.sections.contains { $0.name == "__TEXT,__text" && !$0.content.isEmpty })
      #expect(Needs(of: object).libraries == ["bio", "fmt"])
    }
  }

  @Test func aUniversalFileIsSeveral() throws {
    let shop = try sample()
    for target in ["x86_64", "arm64"] {
      try shop.run("clang --target=\(target)-apple-macos13 -c -o \(target).o a.c")
    }
    // <mach-o/fat.h>: two parts behind a header of 64 bytes, all numbers big-endian.
    func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - $0 * 8) & 0xFF) } }
    let parts = [try shop.bytes("x86_64.o"), try shop.bytes("arm64.o")]
    var file = word(0xCAFE_BABE) + word(2)
    var at = 64
    for part in parts {
      file += word(0) + word(0) + word(at) + word(part.count) + word(0)
      at += part.count
    }
    file += [UInt8](repeating: 0, count: 64 - file.count) + parts.flatMap { $0 }
    #expect(ObjectFile.isObject(file[...]))
    #expect(try ObjectFile.slices(file[...]).map(\.arch) == ["amd64", "arm64"])
    // A class file of Java begins like that.
    #expect(!ObjectFile.isObject([0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 61]))
  }
}

@Suite("Archives") struct ArchiveTests {
  private static let files: [(name: String, text: String)] = [
    ("a.c", "int a(void) { return 1; }"), ("b.c", "int b(void) { return 2; }"),
    ("a_name_that_is_longer_than_sixteen_bytes.c", "int c;"),
    ("sub/a.c", "int sub(void) { return 3; }"),
  ]
  private static let objects = "a.o b.o a_name_that_is_longer_than_sixteen_bytes.o"

  private func shop() throws -> Compiled {
    let shop = try Compiled(Self.files)
    try shop.run("for f in *.c; do gcc -c $f; done; gcc -c -o sub/a.o sub/a.c")
    return shop
  }

  @Test(
    "list what ar lists",
    arguments: [
      "ar rcs", "ar rc", "ar rcsD", "llvm-ar --format=gnu rcs", "llvm-ar --format=bsd rcs",
      "llvm-ar --format=darwin rcs",
    ])
  func members(command: String) throws {
    let shop = try shop()
    try shop.run("\(command) lib.a \(Self.objects)")
    let archive = try Archive(try shop.bytes("lib.a"))
    #expect(!archive.isThin)
    let listed = try shop.run("llvm-ar t lib.a").split(separator: "\n").map(String.init)
    #expect(archive.members.map(\.name) == listed)
    for member in archive.members {
      #expect(Array(member.content).starts(with: try shop.bytes(member.name)), "\(member.name)")
    }
    let symbols = try archive.members.flatMap { try ObjectFile($0.content).symbols.map(\.name) }
    #expect(symbols.contains("a") && symbols.contains("b") && symbols.contains("c"))
  }

  @Test func thinOnesNameFiles() throws {
    let shop = try shop()
    try shop.run("ar rcsT lib.a a.o sub/a.o a_name_that_is_longer_than_sixteen_bytes.o")
    let archive = try Archive(try shop.bytes("lib.a"))
    #expect(archive.isThin)
    #expect(
      archive.members.map(\.name) == [
        "a.o", "sub/a.o", "a_name_that_is_longer_than_sixteen_bytes.o",
      ])
  }

  @Test func whatIsNoneIsSaid() throws {
    #expect(throws: ObjectError.self) { try Archive(Array("nothing of the kind".utf8)) }
    #expect(throws: ObjectError.self) { try Archive(Array("!<arch>\nshort".utf8)) }
    #expect(try Archive(Array("!<arch>\n".utf8)).members.isEmpty)
    let error = #expect(throws: ObjectError.self) { try ObjectFile(Array("#!/bin/sh\n".utf8)) }
    #expect(error?.description == "neither ELF nor Mach-O, at byte 0")
  }
}
