// A description that a program writes: theory of operation.
//
// Problem.  `config import` and `config init` find out what a project is made of, each in its own
// way, and both must write what a person would have written: a configuration and a `files`, in the
// one layout, with a word about everything that was guessed or lost.
//
// Shape.  What was found is a `Description`: owners with items, flags and references, each under
// the options that it depends on; rules for generated files; and remarks.  It does not know where
// it came from.  Written out it goes through the formatter, so that there is one layout.
//
//     CMake's file API \                                       conf/NAME
//     a database        >  Description -> text -> Formatter -> conf/files
//     BSD's files      /                                       copies of generated files
//
// Invariants.
//   G1  What is written is read by `config` without a syntax error: words are quoted as needed.
//   G2  What cannot be carried over is a remark: in a comment at the head of the files, and told to
//       the user.  Nothing is dropped silently.
//   G3  Nothing is overwritten unless that was asked for, and then all of it or nothing.

public import Sys9
public import SystemPackage

/// Something under conditions: options, `!` before those that must be off.
struct Conditional<Value: Hashable>: Hashable {
  var value: Value
  var conditions: [String] = []
}

/// An item of an owner.
struct DescribedItem: Hashable {
  /// From the root of the sources, or in the build directory.
  var path: String
  /// What is added to its compile command, as words of a shell.
  var flags: [String] = []
  /// More attachments, as they are written.
  var attachments = ""
}

/// A module, library or program.
struct DescribedOwner {
  enum Kind: String { case module, library, program }

  var kind: Kind
  var name: String
  /// `host`, or `shared 1.2`.
  var modifier = ""
  var conditions: [String] = []
  /// What is said about it in a comment.
  var comment = ""
  var items: [Conditional<DescribedItem>] = []
  /// Flags for all its items, as words of a shell.
  var flags: [Conditional<[String]>] = []
  var modules: [Conditional<String>] = []
  var libraries: [Conditional<String>] = []
  /// More lines, as they are written.
  var lines: [String] = []
}

/// A file that a command makes.
struct DescribedRule: Hashable {
  /// What the command makes, in the build directory.
  var outputs: [String]
  /// As `depend` wants it: `$S/...`, or names of the build directory.
  var inputs: [String]
  /// In make's notation.
  var command: String
  /// True if it is made before anything is compiled.
  var isBeforeAll: Bool
  /// True if nothing of it is compiled.
  var hasNoObject: Bool
}

/// What was found out about a project.
struct Description {
  /// The name of the configuration.
  var name: String
  /// Where it comes from, for the comment at the head.
  var origin: String
  /// The lines of the configuration itself, without `ident` and `include`.
  var settings: [String] = []
  var rules: [DescribedRule] = []
  var owners: [DescribedOwner] = []
  /// Lines behind everything else, such as tests.
  var lines: [String] = []
  /// Files to be written beside: their paths from the root of the sources, and contents.
  var copies: [(path: String, bytes: [UInt8])] = []
  /// What was assumed, or could not be carried over.
  var remarks: [String] = []

  /// Adds a remark once.
  mutating func remark(_ text: String) {
    if !remarks.contains(text) { remarks.append(text) }
  }

  /// The name of the file that the configuration includes.
  var includedName: String { "files.\(name.lowercased())" }

  /// The configuration, laid out.
  var configuration: [UInt8] {
    var text = "# \(origin)\n\nident \(Self.word(name))\n"
    text += settings.map { "\($0)\n" }.joined()
    text += "include \(Self.word(includedName))\n"
    return Self.laidOut(text)
  }

  /// What the configuration includes, laid out.
  var files: [UInt8] {
    var text = "# \(origin)\n"
    if !remarks.isEmpty {
      text += "#\n# Not carried over, or assumed:\n"
      text += remarks.map { "#   \(Self.line($0))\n" }.joined()
    }
    for rule in rules { text += "\n" + Self.text(rule) }
    for owner in owners { text += "\n" + Self.text(owner) }
    if !lines.isEmpty { text += "\n" + lines.map { "\($0)\n" }.joined() }
    return Self.laidOut(text)
  }

  private static func laidOut(_ text: String) -> [UInt8] {
    guard case .formatted(let bytes) = Formatter.format(Array(text.utf8), name: "") else {
      assertionFailure("G1: what is written can be read:\n\(text)")
      return Array(text.utf8)
    }
    return bytes
  }

  /// `text` on one line: a comment ends with its line.
  static func line(_ text: String) -> String {
    text.split { $0 == "\n" || $0 == "\r" || $0 == "\r\n" || $0 == "\0" }.joined(separator: " ")
  }

  // MARK: Text

  private static func conditions(_ list: [String]) -> String {
    list.map { " option \($0)" }.joined()
  }

  private static func text(_ owner: DescribedOwner) -> String {
    var text = owner.comment.isEmpty ? "" : "# \(line(owner.comment))\n"
    text += "\(owner.kind.rawValue) \(word(owner.name)) \(owner.modifier)"
    text += conditions(owner.conditions) + "\n"
    for item in owner.items {
      text += " \(word(item.value.path))" + conditions(item.conditions)
      if !item.value.flags.isEmpty { text += " flags \(quoted(item.value.flags))" }
      if !item.value.attachments.isEmpty { text += " " + item.value.attachments }
      text += "\n"
    }
    for flags in owner.flags where !flags.value.isEmpty {
      text += " flags \(quoted(flags.value))\(conditions(flags.conditions))\n"
    }
    for (word, list) in [("module", owner.modules), ("library", owner.libraries)] {
      for name in list {
        text += " \(word) \(Self.word(name.value))\(conditions(name.conditions))\n"
      }
    }
    return text + owner.lines.map { " \($0)\n" }.joined()
  }

  private static func text(_ rule: DescribedRule) -> String {
    var text = rule.outputs.map(word).joined(separator: " ")
    if rule.hasNoObject { text += " no-obj" }
    text += " no-implicit-rule"
    if rule.isBeforeAll { text += " before-dep" }
    text += "\n"
    if !rule.inputs.isEmpty {
      text += " depend \(string(rule.inputs.joined(separator: " ")))\n"
    }
    return text + " compile-with \(string(rule.command))\n"
  }

  /// `text` as one word of the language, in quotes if it would be something else without.
  static func word(_ text: String) -> String {
    let isPlain =
      !text.isEmpty && Keyword(rawValue: text) == nil && text.last != ";" && text != "\\"
      && text.last != "\\" && !text.hasPrefix("\"") && !text.hasPrefix("'")
      && text.utf8.allSatisfy { $0 > 0x20 && $0 != Byte.hash && $0 != 0x7F }
    return isPlain ? text : string(text)
  }

  /// `text` in double quotes.
  static func string(_ text: String) -> String {
    var result = "\""
    for character in line(text).unicodeScalars {
      if character == "\"" || character == "\\" { result += "\\" }
      result.unicodeScalars.append(character)
    }
    return result + "\""
  }

  /// Words of a shell as one string for `flags`, where make's `$` stands for itself.
  private static func quoted(_ words: [String]) -> String {
    string(words.map(shellWord).joined(separator: " "))
  }

  /// `word` for a shell; `$S` stays what it is, since it is make's.
  static func shellWord(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy {
      Quoting.isPlain($0) || "=:$%~^".utf8.contains($0)
    }
    if isPlain && !word.isEmpty { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }
}

/// What `config init` and `config import` have found out, ready to be written.
public struct WrittenDescription {
  /// The name of the configuration.
  public let name: String
  /// What was assumed, or could not be carried over, a sentence each.
  public let remarks: [String]
  /// The files: paths from the root of the sources, and contents.
  public let files: [(path: String, bytes: [UInt8])]

  init(_ description: Description) {
    name = description.name
    remarks = description.remarks
    files =
      [
        ("conf/\(description.name)", description.configuration),
        ("conf/\(description.includedName)", description.files),
      ] + description.copies
  }

  /// The files that are there already, with another content.
  public func existing(in root: FilePath) -> [String] {
    files.filter { file in
      guard let bytes = try? Files.read(root.pushing(FilePath(file.path))) else { return false }
      return bytes != file.bytes
    }.map(\.path)
  }

  /// Writes all files below `root`: each is complete or as it was.
  ///
  /// - Throws: what writing reports.
  public func write(in root: FilePath) throws(SystemError) {
    for file in files {
      let path = root.pushing(FilePath(file.path))
      try Files.makeDirectories(path.removingLastComponent())
      let output = try OutputFile(path)
      do throws(SystemError) {
        output.put(file.bytes)
        if try output.finish() { try output.commit() }
      } catch {
        output.abandon()
        throw error
      }
    }
  }
}
