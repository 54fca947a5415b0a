// `config import compdb`: from compile_commands.json.
//
// A database says how each file is compiled and not what it is linked into.  CMake and Meson name
// the target in the path of the object, `CMakeFiles/T.dir/` and `T.p/`; without that, a file with a
// function main is a program, and the others are one library, which all programs link.

import LibJSON
import Sys9
public import SystemPackage

/// What an import cannot do, with the reason and the cure.
public struct ImportFault: Error, CustomStringConvertible {
  /// A sentence without a full stop.
  public let description: String

  init(_ description: String) { self.description = description }

  init(_ error: SystemError, reading path: FilePath) {
    description = "cannot read '\(path)': \(error.reason)"
  }
}

/// Reads compile_commands.json.
public struct CompilationDatabase {
  private struct Entry {
    let command: CompileCommand
    /// The path from the root of the sources.
    let path: String
    let target: String?
  }

  private let place: ImportPlace
  private var entries: [Entry] = []
  private var description: Description

  /// The description of what the database at `path` compiles.
  ///
  /// - Parameters:
  ///   - tree: the root of the sources.
  ///   - name: what the configuration is called.
  /// - Throws: `ImportFault` if the file cannot be read or is no such database.
  public static func read(
    _ path: FilePath, tree: FilePath, name: String
  ) throws(ImportFault) -> WrittenDescription {
    let bytes: [UInt8]
    let root: FilePath
    let build: FilePath
    do throws(SystemError) {
      bytes = try Files.read(path)
      root = try Files.real(tree)
      build = try Files.real(path).removingLastComponent()
    } catch {
      throw ImportFault(error, reading: path)
    }
    let json: JSON
    do { json = try JSON.parse(bytes: bytes) } catch {
      throw ImportFault("\(path):\(error): this is no compilation database")
    }
    guard let commands = json.array else {
      throw ImportFault("'\(path)' is no compilation database: an array is wanted")
    }
    var database = CompilationDatabase(
      place: ImportPlace(tree: root, build: build),
      description: Description(name: name, origin: "Made by config import compdb; edit freely."))
    for (index, entry) in commands.enumerated() { try database.add(entry, index, path) }
    return WrittenDescription(database.described())
  }

  private init(place: ImportPlace, description: Description) {
    self.place = place
    self.description = description
  }

  private mutating func add(_ entry: JSON, _ index: Int, _ path: FilePath) throws(ImportFault) {
    guard let directory = entry["directory"]?.string, let file = entry["file"]?.string else {
      throw ImportFault("'\(path)': entry \(index + 1) has no directory or no file")
    }
    let words =
      entry["arguments"]?.array?.compactMap(\.string)
      ?? CompileCommand.words(entry["command"]?.string ?? "")
    if words.isEmpty {
      throw ImportFault("'\(path)': entry \(index + 1) has no command")
    }
    let place = FilePath(directory)
    let command = CompileCommand(words, directory: place, place: self.place)
    let source = ImportPlace.absolute(file, in: place)
    guard let inner = self.place.inTree(source) else {
      description.remark("\(file): not below \(self.place.tree), so not carried over")
      return
    }
    let output = entry["output"]?.string ?? command.output ?? ""
    for option in command.lost { description.remark("\(inner): the option \(option)") }
    entries.append(Entry(command: command, path: inner, target: Self.target(output)))
  }

  /// The target that an object's path names: `CMakeFiles/T.dir/a.c.o`, `libT.a.p/a.c.o`.
  private static func target(_ output: String) -> String? {
    for part in output.split(separator: "/") {
      for suffix in [".dir", ".p"] where part.hasSuffix(suffix) && part.count > suffix.count {
        return String(part.dropLast(suffix.count))
      }
    }
    return nil
  }

  // MARK: Owners

  private consuming func described() -> Description {
    var seen: Set<String> = []
    entries = entries.filter { entry in
      if seen.insert("\(entry.target ?? "") \(entry.path)").inserted { return true }
      description.remark("\(entry.path): compiled more than once; the first command is taken")
      return false
    }
    description.settings = Self.settings(entries.map(\.command))
    let shared = Self.sharedOptions(entries.map(\.command))
    var byTarget: [String: [Entry]] = [:]
    var order: [String] = []
    for entry in entries {
      let target = entry.target ?? ""
      if byTarget[target] == nil { order.append(target) }
      byTarget[target, default: []].append(entry)
    }
    for target in order { add(target, byTarget[target] ?? [], shared) }
    link()
    description.remark(
      "which libraries a program links is not in a compilation database: each links all that are "
        + "described here; name the system's by hand, as in: library -lm")
    return description
  }

  /// The settings under which flags mean what they meant: nothing is added by itself.
  static func settings(_ commands: [CompileCommand]) -> [String] {
    let shared = sharedOptions(commands).map(Description.shellWord).joined(separator: " ")
    return ["makeoption CFLAGS=\(shared)", "makeoption INCLUDES="]
  }

  /// What all files are compiled with, whatever their language: the options that they begin with,
  /// and the macros that all of them have.
  static func sharedOptions(_ commands: [CompileCommand]) -> [String] {
    guard let first = commands.first else { return [] }
    var shared = first.options
    var macros = first.definitions.filter { $0.hasPrefix("-D") }
    for command in commands {
      shared = Array(zip(shared, command.options).prefix { $0 == $1 }.map(\.0))
      macros.removeAll { !command.definitions.contains($0) }
    }
    return shared + macros
  }

  /// `words` without those of `shared`, each of them once.
  static func without(_ shared: [String], _ words: [String]) -> [String] {
    var result = words
    for word in shared { if let index = result.firstIndex(of: word) { result.remove(at: index) } }
    return result
  }

  private mutating func add(_ target: String, _ entries: [Entry], _ shared: [String]) {
    var mains: [Entry] = []
    var others: [Entry] = []
    for entry in entries {
      let path = place.tree.pushing(FilePath(entry.path))
      let bytes = (try? Files.read(path)) ?? []
      if MainFunction.isIn(bytes, SourceKind(Array(entry.path.utf8)[...])) {
        mains.append(entry)
      } else {
        others.append(entry)
      }
    }
    func items(_ entries: [Entry]) -> [Conditional<DescribedItem>] {
      entries.map { entry in
        let flags = Self.without(shared, entry.command.definitions + entry.command.options)
        return Conditional(value: DescribedItem(path: entry.path, flags: flags))
      }
    }
    if !target.isEmpty && mains.count == 1 {
      var owner = DescribedOwner(kind: .program, name: Self.programName(target))
      owner.items = items(entries)
      description.owners.append(owner)
      return
    }
    if !others.isEmpty {
      let base = target.isEmpty ? description.name.lowercased() : target
      var owner = DescribedOwner(kind: .library, name: Self.libraryName(base))
      owner.items = items(others)
      description.owners.append(owner)
    }
    for main in mains {
      let base = FilePath(main.path).stem ?? "program"
      var owner = DescribedOwner(kind: .program, name: Self.programName(base))
      owner.items = items([main])
      description.owners.append(owner)
    }
  }

  /// Flags that all items of an owner have are the owner's.  One owner's objects are not another's:
  /// so each target's files are compiled as its own database says.
  static func raiseFlags(_ owner: inout DescribedOwner) {
    guard let first = owner.items.first?.value.flags, !first.isEmpty,
      owner.items.allSatisfy({ $0.value.flags == first })
    else { return }
    for index in owner.items.indices { owner.items[index].value.flags = [] }
    owner.flags.append(Conditional(value: first))
  }

  private mutating func link() {
    let libraries = description.owners.filter { $0.kind == .library }.map(\.name)
    for index in description.owners.indices {
      Self.raiseFlags(&description.owners[index])
      if description.owners[index].kind == .program {
        description.owners[index].libraries = libraries.map { Conditional(value: $0) }
      }
    }
  }

  /// A name that `config` takes for a library: Meson's have their suffix already.
  static func libraryName(_ text: String) -> String {
    var name = text
    for suffix in [".a", ".so"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
    return fileName(name.hasPrefix("lib") ? name : "lib\(name)")
  }

  /// A name that `config` takes for a program.
  static func programName(_ text: String) -> String {
    let name = fileName(text)
    return Reader.reservedNames.contains(name) ? "\(name)-program" : name
  }

  /// `text` with `_` for what a name at the top of a build directory cannot hold.
  static func fileName(_ text: String) -> String {
    let plain = text.map { character in
      character.isASCII && (character.isLetter || character.isNumber || "_.+-".contains(character))
        ? character : "_"
    }
    let name = String(plain)
    return name.isEmpty || name.hasPrefix("-") || name.allSatisfy { $0 == "." } ? "_\(name)" : name
  }
}
