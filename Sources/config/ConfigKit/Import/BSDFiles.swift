// `config import files`: from the `files` and configurations of the BSDs' kernels.
//
// Their `files` are the ancestor of ours, so that most of a line stays as it is: the path, the
// condition, and the attachments that we know.  What differs: conditions name devices and options
// in either case; a line names one source, and all of them make one program.

import Sys9
public import SystemPackage

/// What `config import files` is asked.
public struct BSDRequest: Sendable {
  /// The `files`, and `files.ARCH`, in order.
  public var files: [FilePath]
  /// The configuration, such as GENERIC; nil for a description without one.
  public var configuration: FilePath?
  /// The root of the sources.
  public var tree: FilePath
  /// The name of ours.
  public var name: String

  /// An import of `files` under `name`.
  public init(files: [FilePath], tree: FilePath, name: String) {
    self.files = files
    self.tree = tree
    self.name = name
  }
}

/// Imports the description of a BSD kernel, or of what is described like one.
public struct BSDFiles {
  private let request: BSDRequest
  private var result: Description
  private var program: DescribedOwner
  private var names: Set<String> = []

  /// Reads all files, and describes what they say.
  public static func read(_ request: BSDRequest) throws(ImportFault) -> WrittenDescription {
    var reading = BSDFiles(request)
    for path in request.files { try reading.readFiles(path) }
    if let path = request.configuration { try reading.readConfiguration(path) }
    if reading.program.items.isEmpty {
      throw ImportFault("no line of \(request.files[0]) names a source")
    }
    reading.result.owners = [reading.program]
    return WrittenDescription(reading.result)
  }

  private init(_ request: BSDRequest) {
    self.request = request
    result = Description(name: request.name, origin: "Made by config import files; edit freely.")
    program = DescribedOwner(
      kind: .program, name: CompilationDatabase.programName(request.name.lowercased()))
  }

  /// The statements of a file: words with `"` kept, lines that begin with a blank and lines behind
  /// a backslash joined to those before, comments gone.
  private static func statements(
    _ path: FilePath
  ) throws(ImportFault) -> [(line: Int, words: [Word])] {
    let bytes: [UInt8]
    do throws(SystemError) { bytes = try Files.read(path) } catch {
      throw ImportFault(error, reading: path)
    }
    let names = Names()
    let diagnostics = Diagnostics()
    let files = SourceFiles()
    let number = files.add(
      SourceFile(name: path.string, path: path, bytes: bytes, includedFrom: .none))
    var parser = Parser(bytes, file: number, names: names, diagnostics: diagnostics)
    var statement = Statement()
    var result: [(Int, [Word])] = []
    while parser.next(&statement) {
      let line = files.position(parser.place(statement.words[0])).line
      result.append(
        (line, statement.words.map { Word(text: names.text($0.name), isQuoted: $0.isQuoted) }))
    }
    if diagnostics.failed {
      throw ImportFault(diagnostics.render(files, caret: false, colour: false))
    }
    return result
  }

  private struct Word {
    let text: String
    let isQuoted: Bool
  }

  // MARK: files

  private mutating func readFiles(_ path: FilePath) throws(ImportFault) {
    for (line, statement) in try Self.statements(path) {
      var words = statement[...]
      let place = "\(path):\(line)"
      // NetBSD begins with the word `file`.
      if words.first?.text == "file" { words = words.dropFirst() }
      guard let source = words.popFirst() else { continue }
      if !source.text.contains("/") && !source.text.contains(".") {
        result.remark("\(place): \(source.text)")
        continue
      }
      add(source.text, words, place)
    }
  }

  /// Keywords without an argument that mean nothing here.
  private static let silent: Set<String> = ["standard", "mandatory", "no-ctfconvert", "ctfconvert"]
  private static let flags: Set<String> = [
    "no-obj", "no-implicit-rule", "before-depend", "nowerror", "local", "no-depend",
  ]
  private static let withArgument: Set<String> = [
    "compile-with", "clean", "dependency", "depend", "obj-prefix", "warning",
  ]
  private static let lost: Set<String> = [
    "needs-flag", "needs-count", "profiling-routine", "count", "device-driver", "config-dependent",
  ]

  private mutating func add(_ source: String, _ words: ArraySlice<Word>, _ place: String) {
    var words = words
    var parts: [String] = []
    var rule = false
    while let word = words.popFirst() {
      if Self.silent.contains(word.text) { continue }
      if Self.lost.contains(word.text) {
        result.remark("\(place): \(word.text)")
      } else if Self.flags.contains(word.text) {
        parts.append(word.text == "before-depend" ? "before-dep" : word.text)
        rule = rule || word.text == "no-implicit-rule"
      } else if Self.withArgument.contains(word.text), let argument = words.popFirst() {
        let name = word.text == "dependency" ? "depend" : word.text
        parts.append("\(name) \(Description.string(argument.text))")
      } else {
        // `optional a b | c`, or NetBSD's bare condition.
        var condition: [String] = word.text == "optional" ? [] : [word.text]
        while let next = words.first, !isKeyword(next) {
          condition.append(next.text)
          words = words.dropFirst()
        }
        parts.insert("optional \(self.condition(condition, place))", at: 0)
      }
    }
    let exists = (try? Files.status(request.tree.pushing(FilePath(source)))) ?? nil
    if exists == nil && !rule {
      result.remark("\(place): \(source) is not there")
      return
    }
    if rule {
      result.lines.append(([Description.word(source)] + parts).joined(separator: " "))
      parts = []
    }
    if let index = program.items.firstIndex(where: { $0.value.path == source }) {
      merge(parts, into: index, source, place)
      return
    }
    program.items.append(
      Conditional(
        value: DescribedItem(path: source, attachments: parts.joined(separator: " "))))
  }

  private func isKeyword(_ word: Word) -> Bool {
    !word.isQuoted
      && (Self.silent.contains(word.text) || Self.flags.contains(word.text)
        || Self.withArgument.contains(word.text) || Self.lost.contains(word.text))
  }

  /// A source on two lines is built if either holds.
  private mutating func merge(
    _ parts: [String], into index: Int, _ source: String, _ place: String
  ) {
    let prefix = "optional "
    let old = program.items[index].value.attachments
    guard let new = parts.first, new.hasPrefix(prefix), old.hasPrefix(prefix), parts.count == 1,
      !old.dropFirst(prefix.count).contains("\"")
    else {
      program.items[index].value.attachments = old.hasPrefix(prefix) && parts.isEmpty ? "" : old
      if !parts.isEmpty { result.remark("\(place): \(source) is on another line, too") }
      return
    }
    program.items[index].value.attachments = old + " | " + new.dropFirst(prefix.count)
  }

  /// The words of a condition with names that options can have.
  private mutating func condition(_ words: [String], _ place: String) -> String {
    words.map { word -> String in
      var result = ""
      var name = ""
      func finish(_ reading: inout BSDFiles) {
        if !name.isEmpty { result += reading.option(name, place) }
        name = ""
      }
      for character in word {
        if character == "!" || character == "|" {
          finish(&self)
          result.append(character)
        } else if character == "&" {
          finish(&self)
          result += " "
        } else {
          name.append(character)
        }
      }
      finish(&self)
      return result
    }.joined(separator: " ")
  }

  /// The option that a device or option of theirs is here: the same, with `_` where C wants it.
  private mutating func option(_ name: String, _ place: String) -> String {
    var plain = String(
      name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
    if plain.first?.isNumber ?? true { plain = "_" + plain }
    if plain != name { result.remark("\(place): '\(name)' is the option \(plain)") }
    return plain
  }

  // MARK: The configuration

  private mutating func readConfiguration(_ path: FilePath) throws(ImportFault) {
    for (line, statement) in try Self.statements(path) {
      let words = statement.map(\.text)
      let place = "\(path):\(line)"
      let value = words.count > 1 ? words[1] : ""
      switch words[0] {
      case "machine": result.settings.insert("arch \(words.last ?? "")", at: 0)
      case "ident": continue  // it has a name here
      case "options", "option": addOption(value, words.dropFirst(2), place)
      case "device", "pseudo-device": addOption(value, [], place)
      case "nooptions", "nooption", "nodevice", "nodevices":
        result.settings.append("no option \(option(value, place))")
      case "makeoptions", "makeoption":
        let text = words.dropFirst().joined(separator: " ")
        result.settings.append("makeoption \(text)")
      case "nomakeoptions", "nomakeoption": result.settings.append("no makeoption \(value)")
      case "include":
        result.remark("\(place): include \(value): import it, and write 'like' for it")
      case "no" where words.count > 2:
        result.settings.append("no option \(option(words[2], place))")
      default: result.remark("\(place): \(words.joined(separator: " "))")
      }
    }
  }

  private mutating func addOption(_ text: String, _ rest: ArraySlice<String>, _ place: String) {
    if text.isEmpty { return }
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = option(String(parts[0]), place)
    if !names.insert(name).inserted { return }
    var line = "option \(name)"
    if parts.count > 1 { line += " \(Description.word(String(parts[1])))" }
    result.settings.append(line)
    if !rest.isEmpty { result.remark("\(place): \(rest.joined(separator: " "))") }
  }
}
