// 9l's decisions, on objects and libraries that are made on the spot; some are then carried out.

import LibObj
import Support
import Sys9
import SystemPackage
import Testing

@Suite("What 9l links") struct LinkPlanTests {
  /// Libraries bio -> fmt <-> utf, each in a file of its own, and a program on bio.
  private static let files: [(name: String, text: String)] = [
    ("utf.h", "#include \"autolib.h\"\nAUTOLIB(utf)\nint utf(int);\n"),
    ("fmt.h", "#include \"autolib.h\"\nAUTOLIB(fmt)\nint fmt(int);\n"),
    ("bio.h", "#include \"autolib.h\"\nAUTOLIB(bio)\nint bio(int);\n"),
    ("utf.c", "#include \"fmt.h\"\n#include \"utf.h\"\nint utf(int x) { return x ? fmt(x) : 7; }"),
    ("fmt.c", "#include \"fmt.h\"\n#include \"utf.h\"\nint fmt(int x) { return utf(x - 1); }"),
    ("bio.c", "#include \"bio.h\"\n#include \"fmt.h\"\nint bio(int x) { return fmt(x) + 1; }"),
    ("main.c", "#include \"bio.h\"\nint main(void) { return bio(3) - 8; }"),
  ]

  private func shop(archives: Bool, shared: Bool) throws -> Compiled {
    let shop = try Compiled(Self.files + [("autolib.h", autolibHeader())])
    try shop.run("mkdir lib && gcc -fPIC -c *.c")
    for name in ["utf", "fmt", "bio"] {
      if archives { try shop.run("ar rcs lib/lib\(name).a \(name).o") }
      if shared {
        try shop.run("gcc -shared -Wl,-soname,lib\(name).so -o lib/lib\(name).so \(name).o")
      }
    }
    return shop
  }

  private func request(_ shop: Compiled, _ inputs: [LinkInput]) -> LinkRequest {
    var request = LinkRequest()
    request.inputs = inputs
    request.directories = [shop.shop.path("lib").string]
    request.output = shop.shop.path("p").string
    return request
  }

  private func plan(_ request: LinkRequest) throws -> LinkPlan {
    let files = LinkFiles(
      read: { try Files.read(FilePath($0)) },
      list: { directory in
        ((try? Files.list(FilePath(directory))) ?? []).map { String(decoding: $0, as: UTF8.self) }
      })
    var planner = LinkPlanner(request, files)
    return try planner.plan()
  }

  private func bases(_ groups: [[String]]) -> [[String]] {
    groups.map { $0.map { FilePath($0).lastComponent?.string ?? "" }.sorted() }
  }

  @Test func archivesAreSortedAndCirclesGrouped() throws {
    let shop = try shop(archives: true, shared: false)
    let main = shop.shop.path("main.o").string
    let plan = try self.plan(request(shop, [.file(main)]))
    #expect(bases(plan.groups) == [["libbio.a"], ["libfmt.a", "libutf.a"]])
    #expect(plan.command.prefix(4) == ["cc", "-o", shop.shop.path("p").string, main])
    #expect(plan.command.contains("--start-group") && plan.command.contains("--end-group"))
    #expect(plan.reasons.first == "\(shop.shop.path("lib/libbio.a")): AUTOLIB in \(main)")
    try shop.run(plan.command.joined(separator: " "))
    try shop.run("./p")
  }

  @Test func sharedLibrariesAreFoundByTheProgram() throws {
    let shop = try shop(archives: true, shared: true)
    var request = request(shop, [.file(shop.shop.path("main.o").string)])
    let dynamic = try plan(request)
    // libbio.so knows nobody here, so that only it is asked for; the others were linked to none.
    #expect(bases(dynamic.groups) == [["libbio.so"]])
    #expect(dynamic.command.suffix(3) == ["-rpath", "-Xlinker", shop.shop.path("lib").string])
    request.archives = .ours
    let plain = try plan(request)
    #expect(bases(plain.groups) == [["libbio.a"], ["libfmt.a", "libutf.a"]])
    #expect(!plain.command.contains("-rpath"))
    try shop.run(plain.command.joined(separator: " "))
    try shop.run("./p")
    request.archives = .all
    #expect(try plan(request).command[1] == "-static")
    request.archives = .none
    request.runPaths = ["$ORIGIN/../lib"]
    #expect(try plan(request).command.last == "$ORIGIN/../lib")
  }

  @Test func aSharedLibraryIsMadeOfObjectsAndItsNeeds() throws {
    let shop = try shop(archives: false, shared: false)
    try shop.run("gcc -shared -Wl,-soname,libutf.so -o lib/libutf.so utf.o")
    var request = request(shop, [.file(shop.shop.path("fmt.o").string)])
    request.product = .shared
    request.output = shop.shop.path("lib/libfmt.so").string
    let plan = try self.plan(request)
    // Its header says AUTOLIB(fmt) to itself, too: there is no libfmt yet.
    #expect(plan.command.starts(with: ["cc", "-shared", "-Xlinker", "-soname", "-Xlinker"]))
    #expect(plan.command[5] == "libfmt.so")
    #expect(bases(plan.groups) == [["libutf.so"]])
    // Nor when there is one from before.
    try shop.run("gcc -shared -o lib/libfmt.so fmt.o")
    #expect(try self.plan(request).groups == plan.groups, "L4")
    request.output = shop.shop.path("lib/libfmt.so.1").string
    #expect(try self.plan(request).groups == plan.groups, "L4")
  }

  @Test func mathematicsIsAskedForWhereItIsApart() throws {
    let shop = try Compiled([
      ("m.c", "#include <math.h>\ndouble x = 2;\nint main(void) { return (int)cos(x); }")
    ])
    try shop.run("gcc -fno-builtin -c m.c")
    var request = request(shop, [.file(shop.shop.path("m.o").string)])
    #expect(try plan(request).command.last == "-lm")
    request.platform = LinkPlatform(os: "Darwin")
    #expect(try plan(request).command.last != "-lm")
    request.platform = LinkPlatform(os: "Linux")
    request.inputs.append(.library("m"))
    #expect(try plan(request).command.filter { $0 == "-lm" }.count == 1)
  }

  @Test func cxxLinksByItsCompiler() throws {
    let shop = try Compiled([("m.cc", "void f(int);\nint main() { f(1); }")])
    try shop.run("g++ -c m.cc")
    let request = request(shop, [.file(shop.shop.path("m.o").string)])
    #expect(try plan(request).command.first == "c++")
  }

  @Test func swiftSaysWhatItImports() throws {
    let shop = try Compiled([
      ("greet.swift", "public struct Greeting { public init() {} }\npublic func f() -> Int { 4 }"),
      ("main.swift", "import LibGreet\nprint(f(), Greeting())"),
    ])
    try shop.run(
      """
      mkdir lib && swiftc -Onone -parse-as-library -module-name LibGreet -emit-module \
        -emit-module-path LibGreet.swiftmodule -c greet.swift -o greet.o \
      && ar rcs lib/libGreet.a greet.o && swiftc -Onone -I . -c main.swift -o main.o
      """)
    let request = request(shop, [.file(shop.shop.path("main.o").string)])
    let plan = try self.plan(request)
    #expect(plan.command.first == "swiftc")
    #expect(bases(plan.groups) == [["libGreet.a"]], "by the module LibGreet of its symbols")
    #expect(plan.command.contains("-lswiftCore"), "by its autolink entries")
    let extracted = try shop.run("swift-autolink-extract main.o greet.o -o flags && cat flags")
    let needs = try ["main.o", "greet.o"].reduce(into: [String]()) { all, name in
      let options = Needs(of: try shop.object(name)).options.map { $0.joined(separator: " ") }
      all += options.filter { !all.contains($0) }
    }
    #expect(Set(extracted.split(separator: "\n").map(String.init)) == Set(needs))
    #expect(
      ModuleUses(["Greet", "LibGreet", "eet"]).used(by: try shop.object("main.o"))
        == ["LibGreet"])
    try shop.run(plan.command.joined(separator: " "))
    #expect(try shop.run("./p") == "4 Greeting()\n")
  }

  @Test func aModuleMayLieInAnothersLibrary() throws {
    let shop = try Compiled([
      ("inner.swift", "public func inner() -> Int { 5 }"),
      ("outer.swift", "import Inner\npublic func outer() -> Int { inner() }"),
      ("main.swift", "import Inner\nimport Outer\nprint(inner() + outer())"),
      ("other.c", "int other;"),
    ])
    try shop.run(
      """
      mkdir lib && gcc -c other.c && ar rcs lib/libAnother.a other.o \
      && for m in Inner Outer; do f=$(echo $m | tr IO io); swiftc -Onone -I . -parse-as-library \
        -module-name $m -emit-module -emit-module-path $m.swiftmodule -c $f.swift -o $f.o || exit 1; \
      done && ar rcs lib/libOuter.a outer.o inner.o && swiftc -Onone -I . -c main.swift -o main.o
      """)
    let plan = try self.plan(request(shop, [.file(shop.shop.path("main.o").string)]))
    #expect(bases(plan.groups) == [["libOuter.a"]])
    // Only Inner is used: no library has that name.
    try shop.shop.write("main.swift", "import Inner\nprint(inner())")
    try shop.run("swiftc -Onone -I . -c main.swift -o main.o")
    let other = try self.plan(request(shop, [.file(shop.shop.path("main.o").string)]))
    #expect(bases(other.groups) == [["libOuter.a"]])
    try shop.run(other.command.joined(separator: " "))
    #expect(try shop.run("./p") == "5\n")
  }

  @Test func aManglingBeginsWithItsModule() {
    #expect(ModuleUses.module(of: "$s6LibFmt5printyyF") == "LibFmt")
    #expect(ModuleUses.module(of: "_$s6LibFmt5printyyF") == "LibFmt")
    #expect(ModuleUses.module(of: "$sSS5countSivg") == nil)
    #expect(ModuleUses.module(of: "$s99x") == nil)
    #expect(ModuleUses.module(of: "$s99999999999999999999x") == nil)
    #expect(ModuleUses.module(of: "printf") == nil)
  }

  @Test func faultsNameTheFile() throws {
    let shop = try Compiled([("x.a", "!<arch>\nbroken"), ("x.txt", "VERSION { };")])
    let archive = shop.shop.path("x.a").string
    let error = #expect(throws: LinkError.self) { try plan(request(shop, [.file(archive)])) }
    #expect(error?.subject == archive)
    let missing = #expect(throws: LinkError.self) { try plan(request(shop, [.file("/no/such.o")])) }
    #expect(missing?.reason.contains("No such file") == true)
    // What is no object is the compiler's business: a linker script, a source.
    let script = shop.shop.path("x.txt").string
    #expect(try plan(request(shop, [.file(script)])).command.contains(script))
  }
}

@Suite("Addresses") struct AddressTests {
  @Test func areFoundAsAddr2lineFindsThem() throws {
    let shop = try Compiled([
      (
        "p.c",
        "int f(int x) { return x * 3; }\nstatic int g(int x) { return f(x) + f(x + 1); }\n"
          + "int main(void) { return g(2); }\n"
      )
    ])
    try shop.run("gcc -O0 -g -no-pie -o p p.c")
    let map = AddressMap(try shop.object("p"))
    let rows = try shop.run("nm -S p").table.filter { $0.count == 4 && "Tt".contains($0[2]) }
    #expect(rows.count >= 3)
    for row in rows {
      let start = try #require(UInt64(row[0], radix: 16))
      let size = try #require(UInt64(row[1], radix: 16))
      #expect(map.location(of: start)?.symbol == row[3])
      let last = map.location(of: start + size - 1)
      #expect(last?.symbol == row[3] && last?.offset == size - 1)
    }
    #expect(map.location(of: 1) == nil)
    #expect(map.location(of: .max) == nil)
  }

  @Test func swiftNamesAreReadable() {
    #expect(Symbol.demangled("$s6LibFmt5printyyF") == "LibFmt.print() -> ()")
    #expect(Symbol.demangled("main") == "main")
  }
}
