// `config init`: theory of operation.
//
// Problem.  Somebody has a tree of sources, and wants to see it built before reading a manual.
//
// Shape.  The tree is listed once, without what is hidden, built or vendored.  Each source is read
// for three things: a function main, the headers that it includes, the modules that it imports.
// From that follow the owners:
//
//     a file with main                     a program, called after the file, or its folder
//     other sources of a folder            a module of that folder's name
//     several programs and modules of C    a library of all those modules, which they all link
//     tests/, *_test.c, test_*.c           programs that are tests as well
//     #include "x.h" found elsewhere only  an include directory
//     #include <math.h> and its like       -lm
//
// An archive gives each program just what it needs, so that nobody has to find out which module
// needs which.  Everything that was assumed is a remark.
//
// Invariants.
//   I1  Every source of the tree is in exactly one owner, or in a remark.
//   I2  The same tree gives the same description, whatever order directories are listed in.
//
// Rejected.  Running the compiler to see what links: the tree need not compile yet.

import Sys9
public import SystemPackage

/// Writes a first description of a tree.
public struct Scaffold {
  /// Files looked at: more is no tree to be described by guessing.
  static let filesMax = 50_000
  /// How much of a source is read.
  static let bytesMax = 1 << 20

  private struct Source {
    let path: String
    let kind: SourceKind
    let isMain: Bool
    let isTest: Bool
    /// `#include "..."` and `#include <...>`.
    let quoted: [String], system: [String]
    /// What a Swift file imports.
    let imports: [String]

    var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "" }
    var stem: String { FilePath(path).stem ?? path }
    var isSwift: Bool { kind == .swift || kind == .moduleMap }
  }

  private let root: FilePath
  private var sources: [Source] = []
  private var headers: [String] = []
  private var result: Description

  /// Describes the tree in `root`, under `name`.
  public static func describe(
    _ root: FilePath, name: String
  ) throws(ImportFault) -> WrittenDescription {
    var scaffold = Scaffold(root: root, name: name)
    try scaffold.find("")
    if scaffold.sources.isEmpty {
      throw ImportFault(
        "there is no source in '\(root)': .c, .cc, .cpp, .cxx, .m, .s, .S, .y, .l or .swift")
    }
    scaffold.sources.sort { $0.path < $1.path }
    scaffold.headers.sort()
    scaffold.addSwift()
    scaffold.addC()
    scaffold.addIncludes()
    return WrittenDescription(scaffold.result)
  }

  private init(root: FilePath, name: String) {
    self.root = root
    result = Description(name: name, origin: "Made by config init; edit freely.")
  }

  // MARK: Looking

  private static let skipped: Set<String> = [
    "build", "compile", "conf", "node_modules", "third_party", "vendor", "external", "Carthage",
    "Pods", "CMakeFiles", "examples", "docs", "doc",
  ]

  private mutating func find(_ folder: String) throws(ImportFault) {
    let directory = folder.isEmpty ? root : root.pushing(FilePath(folder))
    let entries: [String]
    do throws(SystemError) {
      entries = try Files.list(directory).map { String(decoding: $0, as: UTF8.self) }
    } catch { throw ImportFault(error, reading: directory) }
    // A directory that a build system has configured holds what is made, not what is made from.
    if entries.contains("CMakeCache.txt") || entries.contains("build.ninja") { return }
    for entry in entries.sorted() where !entry.hasPrefix(".") {
      let path = folder.isEmpty ? entry : "\(folder)/\(entry)"
      if entry.hasSuffix("/") {
        let name = String(entry.dropLast())
        if Self.skipped.contains(name) {
          result.remark("\(path) is not looked at")
          continue
        }
        let link = try? Files.readLink(directory.appending(name))
        if link == .some(.none) { try find(String(path.dropLast())) }
      } else {
        add(path)
      }
      if sources.count + headers.count > Self.filesMax {
        throw ImportFault("more than \(Self.filesMax) sources: describe a part of it")
      }
    }
  }

  private mutating func add(_ path: String) {
    let kind = SourceKind(Array(path.utf8)[...])
    if kind == .header { headers.append(path) }
    guard kind.isCompiled || kind == .swift || kind == .moduleMap, path != "Package.swift" else {
      return
    }
    let bytes = Array(((try? Files.read(root.pushing(FilePath(path)))) ?? []).prefix(Self.bytesMax))
    let (quoted, system) = Self.includes(bytes)
    let base = FilePath(path).lastComponent?.string ?? path
    sources.append(
      Source(
        path: path, kind: kind,
        isMain: base == "main.swift" || MainFunction.isIn(bytes, kind), isTest: Self.isTest(path),
        quoted: quoted, system: system, imports: kind == .swift ? Self.imports(bytes) : []))
  }

  private static func isTest(_ path: String) -> Bool {
    let parts = path.lowercased().split(separator: "/")
    if parts.dropLast().contains(where: { ["test", "tests", "t"].contains($0) }) { return true }
    let stem = FilePath(String(parts.last ?? "")).stem ?? ""
    return stem.hasPrefix("test_") || stem.hasPrefix("test-") || stem.hasSuffix("_test")
      || stem.hasSuffix("-test") || stem == "test"
  }

  /// The headers that a file of C includes, without those in comments.
  private static func includes(_ bytes: [UInt8]) -> (quoted: [String], system: [String]) {
    var quoted: [String] = []
    var system: [String] = []
    for line in bytes.split(separator: Byte.newline) {
      let rest = line.drop(while: Byte.isBlank)
      guard rest.first == Byte.hash else { continue }
      let word = rest.dropFirst().drop(while: Byte.isBlank)
      guard word.starts(with: "include".utf8) else { continue }
      let name = word.dropFirst(7).drop(while: Byte.isBlank)
      guard let open = name.first, open == Byte.quote || open == UInt8(ascii: "<") else { continue }
      let close = open == Byte.quote ? open : UInt8(ascii: ">")
      guard let end = name.dropFirst().firstIndex(of: close) else { continue }
      let text = String(decoding: name[(name.startIndex + 1)..<end], as: UTF8.self)
      if open == Byte.quote { quoted.append(text) } else { system.append(text) }
    }
    return (quoted, system)
  }

  private static func imports(_ bytes: [UInt8]) -> [String] {
    let code = MainFunction.code(bytes)
    return code.split(separator: Byte.newline).compactMap { line in
      let words = line.split(whereSeparator: Byte.isBlank).map {
        String(decoding: $0, as: UTF8.self)
      }
      guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
        words[..<index].allSatisfy({ $0.hasPrefix("@") || $0 == "public" || $0 == "internal" })
      else { return nil }
      return words[words.count - 1].split(separator: ".").first.map(String.init)
    }
  }

  // MARK: Swift

  /// Each folder with Swift files is a module, or a program if it has a main.
  private mutating func addSwift() {
    var folders: [String: [Source]] = [:]
    let maps = Set(sources.filter { $0.kind == .moduleMap }.map(\.folder))
    for source in sources where source.isSwift || maps.contains(source.folder) {
      folders[source.folder, default: []].append(source)
    }
    let modules = Set(folders.keys.map(Self.swiftName))
    for (folder, files) in folders.sorted(by: { $0.key < $1.key }) {
      if files.allSatisfy(\.isTest) {
        result.remark("\(folder): tests in Swift want their framework, and are left out")
        continue
      }
      let isProgram = files.contains(where: \.isMain)
      let name = Self.swiftName(folder.isEmpty ? result.name : folder)
      var owner = DescribedOwner(
        kind: isProgram ? .program : .module,
        name: isProgram ? CompilationDatabase.programName(name) : name)
      owner.items = files.map { Conditional(value: DescribedItem(path: $0.path)) }
      if maps.contains(folder) {
        owner.items += headers.filter { $0.hasPrefix(folder + "/") }
          .map { Conditional(value: DescribedItem(path: $0)) }
      }
      let needed = Set(files.flatMap(\.imports)).intersection(modules).subtracting([name])
      owner.modules = needed.sorted().map { Conditional(value: $0) }
      result.owners.append(owner)
    }
  }

  /// The module of a folder: its last part, as an identifier.
  private static func swiftName(_ folder: String) -> String {
    let base = folder.split(separator: "/").last.map(String.init) ?? folder
    let plain = String(
      base.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
    return plain.first?.isNumber ?? true ? "_\(plain)" : plain
  }

  // MARK: C

  private mutating func addC() {
    let taken = Set(result.owners.flatMap { $0.items.map(\.value.path) })
    let own = sources.filter { !$0.isSwift && !taken.contains($0.path) }
    let mains = own.filter(\.isMain)
    let parts = own.filter { !$0.isMain && !$0.isTest }
    let helpers = own.filter { !$0.isMain && $0.isTest }
    let modules = addModules(parts)
    var library: String?
    let isOneProgram = mains.count == 1 && mains.allSatisfy { !$0.isTest }
    if !modules.isEmpty && !isOneProgram {
      let name = CompilationDatabase.libraryName(result.name.lowercased())
      var owner = DescribedOwner(kind: .library, name: name)
      owner.modules = modules.map { Conditional(value: $0) }
      owner.libraries = Self.systemLibraries(parts)
      result.owners.append(owner)
      if !mains.isEmpty {
        result.remark("every program links \(name), which holds all modules")
      }
      library = name
    }
    for main in mains {
      var owner = DescribedOwner(kind: .program, name: programName(main, mains))
      owner.items = [Conditional(value: DescribedItem(path: main.path))]
      if main.isTest {
        owner.items += helpers.filter { $0.folder == main.folder }
          .map { Conditional(value: DescribedItem(path: $0.path)) }
      }
      owner.modules = isOneProgram ? modules.map { Conditional(value: $0) } : []
      owner.libraries = library.map { [Conditional(value: $0)] } ?? []
      for more in Self.systemLibraries([main] + (isOneProgram ? parts : []))
      where !owner.libraries.contains(more) { owner.libraries.append(more) }
      result.owners.append(owner)
      if main.isTest { addTest(owner.name, main) }
    }
    if mains.isEmpty && !parts.isEmpty { result.remark("no function main: a library alone") }
    for helper in helpers where !mains.contains(where: { $0.isTest && $0.folder == helper.folder })
    {
      result.remark("\(helper.path): a test without a function main")
    }
  }

  /// A module for each folder; the names of those that were made.
  private mutating func addModules(_ parts: [Source]) -> [String] {
    var folders: [String: [Source]] = [:]
    for part in parts { folders[part.folder, default: []].append(part) }
    var names: [String] = []
    let known = Set(result.owners.map(\.name))
    for (folder, files) in folders.sorted(by: { $0.key < $1.key }) {
      let pieces = folder.split(separator: "/").map(String.init)
      var name = CompilationDatabase.fileName(pieces.last ?? result.name.lowercased())
      if names.contains(name) || known.contains(name) {
        name = CompilationDatabase.fileName(pieces.joined(separator: "-"))
      }
      var owner = DescribedOwner(kind: .module, name: name)
      owner.items = files.map { Conditional(value: DescribedItem(path: $0.path)) }
      owner.items += headers.filter { FilePath($0).removingLastComponent().string == folder }
        .map { Conditional(value: DescribedItem(path: $0)) }
      result.owners.append(owner)
      names.append(name)
    }
    return names
  }

  /// What a program is called: its file, or its folder if the file is called main.
  private func programName(_ main: Source, _ mains: [Source]) -> String {
    var name = main.stem
    if name == "main" {
      let folder = main.folder.split(separator: "/").last.map(String.init) ?? ""
      name = ["", "src", "source", "app"].contains(folder) ? result.name.lowercased() : folder
    }
    if mains.contains(where: { $0.path != main.path && $0.stem == name }) && main.stem != "main" {
      name = main.path.split(separator: "/").joined(separator: "-")
    }
    name = CompilationDatabase.programName(name)
    // What yacc and lex make lies in a folder of the build directory, called as in the tree.
    let isFolder = sources.contains {
      ($0.kind == .yacc || $0.kind == .lex) && $0.path.hasPrefix("\(name)/")
    }
    if isFolder { return "\(name)-program" }
    return result.owners.contains { $0.name == name && $0.kind != .module }
      ? "\(name)-program" : name
  }

  private mutating func addTest(_ name: String, _ main: Source) {
    result.lines += ["test \(Description.word(name))", " program \(Description.word(name))", ""]
    result.remark("\(main.path) is a test: it passes if it ends with status 0")
  }

  // MARK: Headers

  /// Libraries of the system by their headers.
  private static let libraries: [(header: String, library: String)] = [
    ("math.h", "-lm"), ("complex.h", "-lm"), ("cmath", "-lm"), ("pthread.h", "-lpthread"),
    ("threads.h", "-lpthread"), ("dlfcn.h", "-ldl"), ("zlib.h", "-lz"), ("bzlib.h", "-lbz2"),
    ("lzma.h", "-llzma"), ("curses.h", "-lncurses"), ("ncurses.h", "-lncurses"),
    ("readline/readline.h", "-lreadline"), ("sqlite3.h", "-lsqlite3"),
    ("curl/curl.h", "pkg:libcurl"), ("openssl/ssl.h", "pkg:openssl"),
    ("openssl/evp.h", "pkg:libcrypto"), ("uv.h", "pkg:libuv"),
  ]

  private static func systemLibraries(_ sources: [Source]) -> [Conditional<String>] {
    let included = Set(sources.flatMap(\.system))
    var result: [Conditional<String>] = []
    for (header, library) in libraries where included.contains(header) {
      if !result.contains(where: { $0.value == library }) {
        result.append(Conditional(value: library))
      }
    }
    return result
  }

  /// Directories in which included headers are that are not beside who includes them.
  private mutating func addIncludes() {
    var directories: [String] = []
    let known = Set(headers)
    var lost: Set<String> = []
    for source in sources {
      for name in source.quoted + source.system {
        let beside = FilePath(source.folder).pushing(FilePath(name)).lexicallyNormalized().string
        let isLocal = source.quoted.contains(name)
        if isLocal && known.contains(beside) || known.contains(name) { continue }
        if let found = headers.first(where: { $0.hasSuffix("/" + name) }) {
          let directory = String(found.dropLast(name.count + 1))
          if !directories.contains(directory) { directories.append(directory) }
        } else if isLocal && name != "config.h" && !name.hasPrefix("opt/") {
          lost.insert(name)
        }
      }
    }
    // A header may be included by another: what it includes is looked for in the same places.
    if known.contains(where: { $0.hasPrefix("include/") }) && !directories.contains("include") {
      directories.append("include")
    }
    for name in lost.sorted() {
      result.remark("\(name) is included, and nowhere in the tree: is it made by something?")
    }
    if directories.isEmpty { return }
    let words = directories.map { Description.shellWord("-I$S/\(ImportPlace.escaped($0))") }
    result.settings.append("makeoption INCLUDES += \(words.joined(separator: " "))")
    result.remark("headers are looked for in \(directories.joined(separator: ", "))")
  }
}
