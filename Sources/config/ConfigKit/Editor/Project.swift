// A project as an editor sees it: theory of operation.
//
// Problem.  An editor shows one file; what is wrong in it, and what its names mean, depends on the
// configurations that include it, of which there are several, and on texts that are not saved yet.
//
// Shape.  A project is a directory `conf/`.  Its roots are the files in it that no other includes;
// elsewhere, the files that are open.
// All of them are read and resolved as `config` would, from a machine whose files are the open
// documents first and the disk second, and that starts no compilers.  The result is one value:
//
//     conf/ + documents -> roots -> Generator each -> findings by file
//                                                  -> occurrences by file, each file parsed once
//                                                  -> values of options by root
//
// Invariants.
//   W1  A finding is shown in the file in which it is, whichever root found it, and once.
//   W2  An analysis has no memory: the same texts give the same value.
//   W3  Nothing is written, and no program runs but pkg-config.
//
// Rejected.  Analysing again only what changed: 10,000 sources take 60 ms in whole.

import Sys9
import SystemPackage

/// What is known of a project.
struct Project {
  /// One configuration that can be named on a command line.
  struct Root {
    let name: String
    /// What its options and params are, those of probes included.
    var values: [[UInt8]: [UInt8]] = [:]
    /// The options that it turns off.
    var off: Set<[UInt8]> = []
    /// The files that it read.
    var files: Set<String> = []
  }

  /// The roots that are analysed at most: beyond, an editor would wait.
  static let rootsMax = 16

  let directory: FilePath
  /// The root of the sources.
  let tree: FilePath
  private(set) var roots: [Root] = []
  /// Findings by the path of their file.
  private(set) var findings: [String: [Finding]] = [:]
  /// The names in each file that was read.
  private(set) var occurrences: [String: [Occurrence]] = [:]
  /// What each `include` and `like` read, by file and place of its word.
  private(set) var included: [String: [Int: [String]]] = [:]
  /// The declarations of options.
  private(set) var declarations: [[UInt8]: (type: String, values: [[UInt8]], help: [UInt8]?)] = [:]

  /// Analyses the project whose configurations lie in `directory`, which must be absolute.
  ///
  /// - Parameter open: open documents that are to be known even if no root reads them.
  init(_ directory: FilePath, machine: Machine, open: [FilePath]) {
    self.directory = directory
    tree =
      directory.lastComponent?.string == "conf" ? directory.removingLastComponent() : directory
    let shared = SharedReading()
    let machine = shared.machine(Self.quiet(machine))
    // Outside of a `conf/` nothing says which files are ours, but that they are open.
    let isConf = directory.lastComponent?.string == "conf"
    let roots =
      isConf ? Self.rootNames(directory, machine) : open.compactMap { $0.lastComponent?.string }
    for name in roots.prefix(Self.rootsMax) { analyse(name, machine, shared) }
    for path in open where occurrences[path.string] == nil { parse(path, machine, shared.names) }
  }

  /// `machine`, without compilers.
  private static func quiet(_ machine: Machine) -> Machine {
    var result = machine
    result.run = { $0.first == "pkg-config" ? machine.run($0) : nil }
    result.tell = { _ in }
    return result
  }

  // MARK: Roots

  /// The files of `directory` that no other one includes, in order.
  static func rootNames(_ directory: FilePath, _ machine: Machine) -> [String] {
    let entries = (machine.list(directory) ?? []).map { String(decoding: $0, as: UTF8.self) }
    var candidates: [String] = []
    var included: Set<String> = []
    for name in entries.sorted() where isCandidate(name) {
      guard let bytes = try? machine.read(directory.appending(name)) else { continue }
      let names = Names()
      let text = SourceText(bytes, names: names, diagnostics: Diagnostics())
      var isRoot = false
      for statement in text.statements {
        guard let keyword = statement.words[0].keyword else { continue }
        if keyword == .include, statement.words.count > 1 {
          let word = names.text(statement.words[1].name)
          included.insert(
            String(
              word[
                (word.lastIndex(of: "/").map { word.index(after: $0) }
                  ?? word.startIndex)...]))
        }
        if keyword.isDirective { isRoot = true }
      }
      if isRoot { candidates.append(name) }
    }
    return candidates.filter { name in
      if included.contains(where: { matches(name, $0) }) { return false }
      // What comes with another by itself: `NAME.OS`, `NAME.ARCH`.
      guard let dot = name.lastIndex(of: ".") else { return true }
      let base = String(name[..<dot])
      return
        !(isPlatform(name[name.index(after: dot)...])
        && (candidates.contains(base) || included.contains(base)))
    }
  }

  static func isCandidate(_ name: String) -> Bool {
    !name.hasSuffix("/") && !name.hasPrefix(".") && !name.hasSuffix("~")
      && !name.hasPrefix("Makefile") && !name.hasSuffix(".mk")
      && !name.hasSuffix(".h") && !name.hasSuffix(".c")
  }

  /// True if an `include` of `pattern`, which may hold a variable, can mean `name`.
  private static func matches(_ name: String, _ pattern: String) -> Bool {
    guard let dollar = pattern.firstIndex(of: "$") else { return name == pattern }
    let head = pattern[..<dollar]
    return !head.isEmpty && name.hasPrefix(head)
  }

  private static func isPlatform(_ suffix: Substring) -> Bool {
    ["Linux", "FreeBSD", "NetBSD", "OpenBSD", "Darwin", "SunOS", "Windows", "none"]
      .contains(String(suffix)) || Architecture.known.contains(String(suffix))
  }

  // MARK: Analysis

  private mutating func analyse(_ name: String, _ machine: Machine, _ shared: SharedReading) {
    let request = Request(configuration: directory.appending(name))
    let generator = Generator(request, machine: machine, shared: shared)
    var root = Root(name: name)
    if let reading = generator.locate().flatMap({ generator.read($0) }) {
      let resolution = generator.resolve(reading)
      let model = resolution?.model ?? reading.model
      let names = generator.names
      for table in [model.params, model.options] {
        for (name, setting) in table.pairs {
          root.values[names.bytes(name)] = names.bytes(setting.value)
        }
      }
      root.off = Set(model.optionsOff.map { names.bytes($0) })
      for (name, declaration) in model.declarations.pairs {
        declarations[names.bytes(name)] = (
          declaration.type, declaration.values.map { names.bytes($0) },
          declaration.help.map { names.bytes($0) }
        )
      }
    }
    note(generator.files, shared.names, &root)
    add(generator.diagnostics.findings(generator.files), at: directory.appending(name).string)
    roots.append(root)
  }

  /// Remembers what was read: the names in it, and what its includes led to.
  private mutating func note(_ files: SourceFiles, _ names: Names, _ root: inout Root) {
    for file in files.all where !file.path.isEmpty && file.path.isAbsolute {
      let path = file.path.lexicallyNormalized().string
      root.files.insert(path)
      if occurrences[path] == nil {
        occurrences[path] = Self.occurrences(file.bytes, names)
      }
      let place = file.includedFrom
      if place.file < 0 { continue }
      let from = files[place.file].path.lexicallyNormalized().string
      var known = included[from]?[Int(place.offset)] ?? []
      if !known.contains(path) { known.append(path) }
      included[from, default: [:]][Int(place.offset)] = known
    }
  }

  private static func occurrences(_ bytes: [UInt8], _ names: Names) -> [Occurrence] {
    var parser = Parser(bytes, file: 0, names: names, diagnostics: Diagnostics())
    var statement = Statement()
    var result: [Occurrence] = []
    let roles = Roles(names: names)
    while parser.next(&statement) { result += roles.occurrences(statement) }
    return result
  }

  /// A file that no root reads: its syntax is all that can be wrong with it.
  private mutating func parse(_ path: FilePath, _ machine: Machine, _ names: Names) {
    guard let bytes = try? machine.read(path) else { return }
    occurrences[path.string] = Self.occurrences(bytes, names)
    let files = SourceFiles()
    let number = files.add(
      SourceFile(name: path.string, path: path, bytes: bytes, includedFrom: .none))
    let diagnostics = Diagnostics()
    var parser = Parser(bytes, file: number, names: names, diagnostics: diagnostics)
    var statement = Statement()
    while parser.next(&statement) {}
    add(diagnostics.findings(files), at: path.string)
  }

  private mutating func add(_ more: [Finding], at root: String) {
    for finding in more {
      let path = finding.spot.map { FilePath($0.file).lexicallyNormalized().string } ?? root
      if !(findings[path] ?? []).contains(finding) { findings[path, default: []].append(finding) }
    }
  }

  // MARK: Questions

  /// The name at `offset` of the file at `path`, its end included.
  func occurrence(_ path: String, at offset: Int) -> Occurrence? {
    (occurrences[path] ?? []).first { $0.range.contains(offset) || $0.range.upperBound == offset }
  }

  /// Where `name` is declared, and with `all` where it is used, in order of files and places.
  func places(
    of name: [UInt8], _ kind: SymbolKind, all: Bool
  ) -> [(path: String, range: Range<Int>)] {
    occurrences.keys.sorted().flatMap { path in
      (occurrences[path] ?? []).filter {
        $0.kind == kind && $0.name == name && (all || $0.isDefinition)
      }.map { (path, $0.range) }
    }
  }

  /// The names of a kind that are declared anywhere, sorted.
  func declared(_ kind: SymbolKind) -> [[UInt8]] {
    var result: Set<[UInt8]> = []
    for list in occurrences.values {
      for item in list where item.kind == kind && (item.isDefinition || kind == .option) {
        result.insert(item.name)
      }
    }
    return result.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
