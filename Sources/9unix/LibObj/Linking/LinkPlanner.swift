// 9l: theory of operation.
//
// Problem.  A makefile that names the libraries of each program, in an order that the linker
// accepts, for each system, static and shared, is wrong as soon as a library needs another one.
// The sources know: a header says AUTOLIB(bio), a Swift file imports LibFmt.
//
// Shape.  Read the objects, ask what they need (Needs), find that in the directories, and if it is
// an archive ask it the same; until nothing new turns up.  Then sort.
//
//     main.o  --AUTOLIB(bio)-->  libbio.a  --AUTOLIB(fmt)-->  libfmt.a  <--> libutf.a
//     9l main.o  =  cc -o a.out main.o libbio.a  --start-group libfmt.a libutf.a --end-group
//
// A shared library knows what it needs and finds it: it is asked nothing.
//
// Invariants.
//   L1  Each library is looked at once, and stands in the command once.
//   L2  Who needs a library stands before it, or in one group with it.
//   L3  The command depends on what is in the files and directories, not on the order in which a
//       directory lists them.
//   L4  A shared library that is made is not linked to what is there of it from before.
//
// A module that has no library of its name (another package's, which lies in the library of the
// module that wraps it) is looked for last, by its symbols in all libraries that there are.
//
// What decides between equals: the first directory that has the library; in it the shared library,
// unless archives are wanted.  What no directory has is the system's: -lNAME, as it was said.

/// Finds out what a link needs, and in what order.
public struct LinkPlanner {
  /// A library that was found.
  private struct Library {
    let name: String
    let path: String
    let isArchive: Bool
    /// A soname, so that the path given to the linker does not become the name looked for.
    var hasName = true
    var needs: [Int] = []
  }

  private let request: LinkRequest
  private let files: LinkFiles
  private var libraries: [Library] = []
  private var numbers: [String: Int] = [:]
  /// Files called `libNAME...` in the directories, by NAME.
  private var shelf: [String: [String]] = [:]
  private var modules: [String: String] = [:]
  private var uses = ModuleUses([])
  /// What the system is asked for, each once.
  private var options: [[String]] = []
  private var undefined: Set<String> = []
  /// What objects of the command line define.
  private var given: Set<String> = []
  /// A symbol of each module that no library is named after, and the libraries that wanted it.
  private var orphans: [String: (symbol: String, owners: [Int], path: String)] = [:]
  private var isSwift = false
  private var isCXX = false
  private var result = LinkPlan()

  /// A planner for `request`.
  public init(_ request: LinkRequest, _ files: LinkFiles) {
    self.request = request
    self.files = files
  }

  /// The command that does what was asked.
  ///
  /// - Throws: `LinkError` for a file that cannot be read or is no object.  O(bytes of all files).
  public mutating func plan() throws(LinkError) -> LinkPlan {
    stock()
    var words: [String] = []
    for input in request.inputs {
      switch input {
      case .flags(let flags): words += flags
      case .library(let name): _ = try need(name, asked: "the command line")
      case .file(let path):
        if try add(path) { words.append(path) }
      }
    }
    try findOrphans()
    let groups = LinkOrder.groups(libraries.map(\.needs))
    result.groups = groups.map { $0.map { libraries[$0].path } }
    result.command = compiler() + shape() + ["-o", request.output] + words
    for group in groups { result.command += linkWords(group) }
    result.command += options.flatMap { $0 }
    let companions = request.platform.companions(undefined).map { "-l\($0)" }
    result.command += companions.filter { !options.contains([$0]) }
    result.command += runPaths()
    return result
  }

  // MARK: Looking

  /// Notes which libraries the directories have, and of which Swift modules.
  private mutating func stock() {
    let suffixes = [request.platform.sharedSuffix, ".a"]
    for directory in request.directories {
      for file in files.list(directory).sorted() where file.hasPrefix("lib") {
        guard let suffix = suffixes.first(where: { file.hasSuffix($0) }) else { continue }
        let name = String(file.dropFirst(3).dropLast(suffix.count))
        if name.isEmpty { continue }
        shelf[name, default: []].append("\(directory)/\(file)")
        // The library of the module LibFmt is libFmt, that of Sys9 libSys9.
        for module in ["Lib\(name)", name] where modules[module] == nil { modules[module] = name }
      }
    }
    uses = ModuleUses(modules.keys.sorted())
  }

  /// The file of library `name`; nil if it is the system's.
  private func find(_ name: String) -> (path: String, isArchive: Bool)? {
    guard let paths = shelf[name], let first = paths.first else { return nil }
    let folder = Self.folder(first)
    let here = paths.filter { Self.folder($0) == folder }
    let archive = here.first { $0.hasSuffix(".a") }
    let shared = here.first { !$0.hasSuffix(".a") }
    if request.archives != .none, let archive { return (archive, true) }
    return shared.map { ($0, false) } ?? archive.map { ($0, true) }
  }

  private static func folder(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  /// The name of the library that is being made.
  private var ownName: String? {
    let file = request.output.split(separator: "/").last ?? ""
    guard request.product == .shared, file.hasPrefix("lib") else { return nil }
    let suffix = request.platform.sharedSuffix
    let parts = String(file.dropFirst(3)).split(
      separator: suffix, maxSplits: 1, omittingEmptySubsequences: false)
    return parts.count == 2 ? String(parts[0]) : nil
  }

  // MARK: Needing

  /// The number of library `name`; nil if it is the system's, which is then asked for.
  private mutating func need(_ name: String, asked: String) throws(LinkError) -> Int? {
    if name == ownName { return nil }  // L4
    guard let found = find(name) else {
      let option = ["-l\(name)"]
      if !options.contains(option) {
        options.append(option)
        result.reasons.append("-l\(name): \(asked)")
      }
      return nil
    }
    return try library(name, found.path, isArchive: found.isArchive, asked: asked)
  }

  /// The number of the library in the file `path`, which is read when it is new (L1).
  private mutating func library(
    _ name: String, _ path: String, isArchive: Bool, asked: String
  ) throws(LinkError) -> Int {
    if let known = numbers[path] { return known }
    let number = libraries.count
    numbers[path] = number
    libraries.append(Library(name: name, path: path, isArchive: isArchive))
    result.reasons.append("\(path): \(asked)")
    let bytes = try content(path)
    if isArchive {
      let below = try needs(ofArchive: bytes, path, owner: number)
      libraries[number].needs += below.filter { $0 != number }
    } else {
      libraries[number].hasName = try object(bytes[...], path).soname != nil
    }
    return number
  }

  /// Adds a file of the command line; true if it stands there as it was given.
  private mutating func add(_ path: String) throws(LinkError) -> Bool {
    let bytes = try content(path)
    if Archive.isArchive(bytes[...]) {
      _ = try library(path, path, isArchive: true, asked: "the command line")
      return false
    }
    guard ObjectFile.isObject(bytes[...]) else { return true }  // the compiler may know what it is
    let object = try object(bytes[...], path)
    if object.kind == .relocatable {
      for symbol in object.symbols where symbol.isDefined { given.insert(symbol.name) }
      _ = try needs(of: [object], path, owner: nil)
    }
    return true
  }

  private mutating func needs(
    ofArchive bytes: [UInt8], _ path: String, owner: Int
  ) throws(LinkError) -> [Int] {
    var objects: [ObjectFile] = []
    let archive: Archive
    do {
      archive = try Archive(bytes)
    } catch {
      throw LinkError(subject: path, reason: "\(error)")
    }
    for member in archive.members {
      if archive.isThin {
        let file =
          member.name.hasPrefix("/") ? member.name : "\(Self.folder(path))/\(member.name)"
        objects.append(try object(try content(file)[...], file))
      } else if ObjectFile.isObject(member.content) {
        objects.append(try object(member.content, "\(path)(\(member.name))"))
      }
    }
    return try needs(of: objects, path, owner: owner)
  }

  /// The libraries that `objects`, which come together, need.
  ///
  /// - Parameter owner: the library that they are; nil for objects of the command line.
  private mutating func needs(
    of objects: [ObjectFile], _ path: String, owner: Int?
  ) throws(LinkError) -> [Int] {
    var result: [Int] = []
    var all: [(name: String, how: String)] = []
    for object in objects {
      let needs = Needs(of: object)
      isSwift = isSwift || needs.isSwift
      all += needs.libraries.map { ($0, "AUTOLIB in \(path)") }
      for option in needs.options {
        if option.count == 1, option[0].hasPrefix("-l") {
          all.append((String(option[0].dropFirst(2)), "an import in \(path)"))
        } else if !options.contains(option) {
          options.append(option)
        }
      }
      for module in uses.used(by: object) {
        if let name = modules[module] { all.append((name, "module \(module) in \(path)")) }
      }
      for symbol in object.symbols where !symbol.isDefined {
        isCXX = isCXX || symbol.name.hasPrefix("_Z") || symbol.name.hasPrefix("__Z")
        undefined.insert(symbol.name)
      }
      noteOrphans(of: object, path, owner: owner)
    }
    for (name, how) in all {
      if let number = try need(name, asked: how), !result.contains(number) {
        result.append(number)
      }
    }
    return result
  }

  // MARK: Modules in libraries of other names

  /// Notes a symbol of each module that is not a library's by name, and not a matter of options.
  private mutating func noteOrphans(of object: ObjectFile, _ path: String, owner: Int?) {
    for symbol in object.symbols where !symbol.isDefined {
      guard let module = ModuleUses.module(of: symbol.name), modules[module] == nil else {
        continue
      }
      var orphan = orphans[module] ?? (symbol.name, [], path)
      if let owner, !orphan.owners.contains(owner) { orphan.owners.append(owner) }
      orphans[module] = orphan
    }
  }

  /// Finds the libraries that define symbols of orphaned modules, and what these need in turn.
  private mutating func findOrphans() throws(LinkError) {
    var asked: Set<String> = []
    while let (module, orphan) = orphans.sorted(by: { $0.key < $1.key })
      .first(where: { !asked.contains($0.key) })
    {
      asked.insert(module)
      let isOption = options.contains(["-l\(module)"]) || options.contains(["-lswift\(module)"])
      if isOption || given.contains(orphan.symbol) { continue }
      guard let name = try shelved(defining: orphan.symbol) else { continue }
      let number = try need(name, asked: "module \(module) in \(orphan.path)")
      guard let number else { continue }
      for owner in orphan.owners where owner != number && !libraries[owner].needs.contains(number) {
        libraries[owner].needs.append(number)
      }
    }
  }

  /// The library on the shelf that defines `symbol`; nil if none does.  O(bytes of all of them).
  private func shelved(defining symbol: String) throws(LinkError) -> String? {
    for name in shelf.keys.sorted() {
      guard let found = find(name) else { continue }
      let bytes = try content(found.path)
      var objects: [ObjectFile] = []
      if !found.isArchive {
        objects = [try object(bytes[...], found.path)]
      } else if let archive = try? Archive(bytes) {
        objects = archive.members.compactMap { try? ObjectFile($0.content) }
      }
      let isThere = objects.contains { object in
        object.symbols.contains { $0.isDefined && $0.name == symbol }
      }
      if isThere { return name }
    }
    return nil
  }

  // MARK: Reading

  private func content(_ path: String) throws(LinkError) -> [UInt8] {
    do {
      return try files.read(path)
    } catch {
      throw LinkError(subject: path, reason: "cannot be read: \(error)")
    }
  }

  private func object(
    _ bytes: ArraySlice<UInt8>, _ name: String
  ) throws(LinkError) -> ObjectFile {
    do {
      let slices = try ObjectFile.slices(bytes)
      guard let first = slices.first else {
        throw LinkError(subject: name, reason: "a universal file of nothing")
      }
      return first
    } catch let error as ObjectError {
      throw LinkError(subject: name, reason: "\(error)")
    } catch let error as LinkError {
      throw error
    } catch {
      throw LinkError(subject: name, reason: "\(error)")
    }
  }

  // MARK: Saying

  private func compiler() -> [String] {
    if isSwift { return request.compilers.swift }
    return isCXX ? request.compilers.cxx : request.compilers.c
  }

  /// The flags for what is made.
  private func shape() -> [String] {
    switch request.product {
    case .shared:
      let name = request.soname ?? String(request.output.split(separator: "/").last ?? "")
      return [isSwift ? "-emit-library" : "-shared"] + request.platform.naming(name)
    case .program:
      if request.archives != .all { return [] }
      return [isSwift ? "-static-executable" : "-static"]
    }
  }

  private func linkWords(_ group: [Int]) -> [String] {
    let words = group.flatMap { number -> [String] in
      let library = libraries[number]
      if library.isArchive || library.hasName { return [library.path] }
      return ["-L\(Self.folder(library.path))", "-l\(library.name)"]
    }
    if group.count == 1 { return words }
    return request.platform.group.begin + words + request.platform.group.end
  }

  private func runPaths() -> [String] {
    if request.archives == .all { return [] }
    var paths: [String] = request.runPaths ?? []
    if request.runPaths == nil {
      for library in libraries where !library.isArchive {
        let folder = Self.folder(library.path)
        if !paths.contains(folder) { paths.append(folder) }
      }
    }
    return paths.flatMap(request.platform.runPath)
  }
}
