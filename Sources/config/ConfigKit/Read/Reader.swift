// The reader: theory of operation.
//
// Problem.  A configuration is a tree of files: `include` and `like` bring in others, and each
// brings `file.${OS}` and `file.${ARCH}` with it if they are there.  What they say becomes one
// model, and everything wrong on the way is reported with the place where it is wrong.
//
// Shape.  One pass, file by file, statement by statement, in the order of the text.  Nothing is
// decided here that depends on a later statement: conditions are stored, references are names.
//
// Invariants.
//   R1  A file is read once, by base name; a `like` chain has no cycle; includes nest at most 64.
//   R2  Whatever is wrong, reading goes on, so that one run reports all faults.
//   R3  Top-level directives come from the root configuration and from those that are `like`d.
//
// Threads.  One owner; no locks.

import Sys9
import SystemPackage

/// Reads a configuration into a model.
final class Reader {
  /// How deep includes may nest.
  static let includeDepthMax = 64

  /// What a file may say.
  enum Level {
    case root, like, included
  }

  let names: Names
  let files: SourceFiles
  let diagnostics: Diagnostics
  let inputs: Inputs
  var model = Model()
  /// OS, ARCH and the other names that expansion knows before makeoptions and environment.
  var facts: [String: String]
  private let machine: Machine
  /// True if `-a` was given, which beats `arch`.
  let archIsFixed: Bool
  /// What was parsed for other variants.
  var shared: SharedReading?
  /// Names of the environment that were asked for.
  private(set) var environmentNames: Set<[UInt8]> = []
  private var readByBase: [String: (path: FilePath, name: String)] = [:]
  private var likeStack: [FilePath] = []
  private var depth = 0
  /// How many more variables the text at hand may expand.
  private var expansionsLeft = 0
  /// Where the first include stands, after which `arch` comes too late.
  var firstInclude: Place?
  /// True once a statement other than `like` was read at the top level.
  var sawStatement = false

  init(
    names: Names, files: SourceFiles, diagnostics: Diagnostics, inputs: Inputs, machine: Machine,
    facts: [String: String], archIsFixed: Bool
  ) {
    self.names = names
    self.files = files
    self.diagnostics = diagnostics
    self.inputs = inputs
    self.machine = machine
    self.facts = facts
    self.archIsFixed = archIsFixed
  }

  /// Reads the root configuration.
  func readRoot(_ file: FoundFile) {
    let base = file.path.lastComponent?.string ?? ""
    readByBase[base] = (file.path, file.name)
    likeStack.append(file.path)
    read(file, level: .root, from: .none)
    likeStack.removeLast()
  }

  /// Reads all statements of `file`.
  private func read(_ file: FoundFile, level: Level, from place: Place) {
    let number = files.add(
      SourceFile(name: file.name, path: file.path, bytes: file.bytes, includedFrom: place))
    var parser = Parser(file.bytes, file: number, names: names, diagnostics: diagnostics)
    var statement = Statement()
    if let shared {
      let place = parser
      let statements = shared.statements(of: file) {
        let before = diagnostics.messages.count
        var all: [Statement] = []
        while parser.next(&statement) { all.append(statement) }
        return (all, diagnostics.messages.count == before)
      }
      for statement in statements { handle(statement, place, level) }
      return
    }
    while parser.next(&statement) {
      handle(statement, parser, level)
    }
  }

  // MARK: Includes

  /// `include NAME`.
  func include(_ word: Word, at place: Place, from file: Int32) {
    if firstInclude == nil { firstInclude = place }
    guard let name = expanded(names[word.name], at: place) else { return }
    if depth >= Self.includeDepthMax {
      diagnostics.error(place, "includes nest deeper than \(Self.includeDepthMax)")
      return
    }
    let path = FilePath(String(decoding: name, as: UTF8.self))
    let base = path.lastComponent?.string ?? ""
    let directory = files[file].path.removingLastComponent()
    do {
      if skips(path, base, at: place, directory) { return }
      let found = try inputs.find(path, from: directory)
      readByBase[base] = (found.path, found.name)
      depth += 1
      read(found, level: .included, from: place)
      readOverlays(of: found.path, level: .included, from: place)
      depth -= 1
    } catch {
      diagnostics.error(place, error.text(path.description))
    }
  }

  /// True, and a word about it, if a file of this base name was read before.
  private func skips(
    _ path: FilePath, _ base: String, at place: Place, _ directory: FilePath
  ) -> Bool {
    guard let earlier = readByBase[base] else { return false }
    let text = "'\(path)' skipped: '\(base)' already included as \(earlier.name)"
    if let found = try? inputs.find(path, from: directory), found.path != earlier.path {
      diagnostics.warning(place, text + "; files are known by base name, rename one of them")
    } else {
      diagnostics.note(place, text)
    }
    return true
  }

  /// Reads `PATH.${OS}` and `PATH.${ARCH}` where they exist.
  private func readOverlays(of path: FilePath, level: Level, from place: Place) {
    for fact in ["OS", "ARCH"] {
      guard let suffix = facts[fact], let base = path.lastComponent?.string else { continue }
      let overlayBase = "\(base).\(suffix)"
      if readByBase[overlayBase] != nil { continue }
      let overlay = path.removingLastComponent().appending(overlayBase)
      do {
        guard let found = try inputs.loadIfPresent(overlay) else { continue }
        readByBase[overlayBase] = (found.path, found.name)
        read(found, level: level, from: place)
      } catch {
        diagnostics.error(place, "cannot open '\(overlay)': \(error.reason)")
      }
    }
  }

  /// `like NAME`: another configuration, read as if it stood here.
  func like(_ word: Word, at place: Place, from file: Int32) {
    guard let name = expanded(names[word.name], at: place) else { return }
    let path = FilePath(String(decoding: name, as: UTF8.self))
    do {
      let found = try inputs.find(path, from: files[file].path.removingLastComponent())
      if let start = likeStack.firstIndex(of: found.path) {
        let cycle = (likeStack[start...] + [found.path]).map { $0.lastComponent?.string ?? "" }
        diagnostics.error(place, "cycle: \(cycle.joined(separator: " -> "))")
        return
      }
      likeStack.append(found.path)
      read(found, level: .like, from: place)
      readOverlays(of: found.path, level: .like, from: place)
      likeStack.removeLast()
    } catch {
      diagnostics.error(place, error.text(path.description))
    }
  }

  // MARK: Expansion

  /// `text` with its variables replaced; nil, and an error, if one is undefined.
  func expanded(_ text: some Sequence<UInt8>, at place: Place) -> [UInt8]? {
    let bytes = Array(text)
    if !bytes.contains(Byte.dollar) { return bytes }
    do {
      expansionsLeft = Variables.expansionsMax
      return try expand(MakeText(parsing: bytes).pieces, depth: 0)
    } catch let fault as MakeTextFault {
      var at = place
      at.offset += UInt32(fault.offset)
      diagnostics.error(at, fault.text)
    } catch ExpansionFault.undefined(let name) {
      let shown = String(decoding: name, as: UTF8.self)
      diagnostics.error(place, "'\(shown)' is undefined (not set in the environment)")
    } catch {
      diagnostics.error(place, "'\(String(decoding: bytes, as: UTF8.self))' cannot be expanded")
    }
    return nil
  }

  private func expand(_ pieces: [MakePiece], depth: Int) throws -> [UInt8] {
    var result: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .text(let text): result.append(contentsOf: text)
      case .variable(let nested):
        let name = try expand(nested, depth: depth)
        result.append(contentsOf: try value(of: name, depth: depth))
      case .automatic, .foreign: throw ExpansionFault.malformed("no target here")
      }
    }
    return result
  }

  /// OS, ARCH, IDENT, S, CONFDIR, then makeoptions so far, then the environment.
  private func value(of name: [UInt8], depth: Int) throws -> [UInt8] {
    let text = String(decoding: name, as: UTF8.self)
    if text == "IDENT", let ident = model.ident { return names.bytes(ident.text) }
    if let fact = facts[text] { return Array(fact.utf8) }
    if let option = model.makeOptions[names.intern(name)] {
      expansionsLeft -= 1
      if depth > Variables.depthMax || expansionsLeft < 0 { throw ExpansionFault.endless(name) }
      let value = Array(option.values.joined(separator: [Byte.space]))
      return try expand(MakeText(parsing: value).pieces, depth: depth + 1)
    }
    environmentNames.insert(name)
    guard let value = machine.environment(name) else { throw ExpansionFault.undefined(name) }
    return value
  }
}
