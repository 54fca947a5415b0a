// Completions: theory of operation.
//
// Problem.  The options of a dozen commands are known to their declarations; help is made from
// them, and completions must be, too, or they drift.  What a shell completes best is known to the
// project: its configurations, their options and tests.
//
// Shape.  The argument parser tells its declarations as JSON (the same from which it makes help).
// Read into this table, they are printed for three shells; where a value has a name that the
// project knows words for, the script asks `config completions --words KIND`.
//
//     declarations -> dump -> CompletionTable -> bash | zsh | fish
//                                                  \-- at a key press: config completions --words
//
// Rejected.  The parser's own scripts: they know one command alone, and no words of the project.

import ArgumentParser
import ConfigKit
import LibJSON

/// What completes a value.
enum CompletionValue: Equatable {
  case nothing, file, directory
  case words([String])
  /// What the project knows.
  case project(CompletionWords)
}

/// One option or operand of a command.
struct CompletionArgument {
  /// The names with their dashes; none for an operand.
  let names: [String]
  let help: String
  /// Nil for a flag.
  let value: CompletionValue?
  let valueName: String
  let repeats: Bool
}

/// A command with its arguments; the word is empty for the plain one.
struct CompletionCommand {
  let word: String
  let help: String
  let arguments: [CompletionArgument]

  var options: [CompletionArgument] { arguments.filter { !$0.names.isEmpty } }
  /// What completes operands: the last operand may repeat.
  var operands: [CompletionArgument] { arguments.filter { $0.names.isEmpty } }
}

/// All commands, the plain one first.
enum CompletionTable {
  static let commands: [CompletionCommand] =
    [command("", ConfigCommand.self)] + Subcommands.all.map { command($0.word, $0.command) }

  private static func command(
    _ word: String, _ type: any ParsableCommand.Type
  ) -> CompletionCommand {
    let dump = (try? JSON.parse(type._dumpHelp()))?["command"] ?? .null
    let arguments = (dump["arguments"]?.array ?? []).compactMap { argument($0, word) }
    return CompletionCommand(
      word: word, help: dump["abstract"]?.string ?? "", arguments: arguments)
  }

  private static func argument(_ json: JSON, _ command: String) -> CompletionArgument? {
    if json["shouldDisplay"]?.bool == false { return nil }
    let names = (json["names"]?.array ?? []).map { name -> String in
      let dashes = name["kind"]?.string == "long" ? "--" : "-"
      return dashes + (name["name"]?.string ?? "")
    }
    let valueName = json["valueName"]?.string ?? ""
    let isFlag = json["kind"]?.string == "flag"
    let values = (json["allValues"] ?? json["allValueStrings"])?.array?.compactMap(\.string) ?? []
    return CompletionArgument(
      names: names, help: firstSentence(json["abstract"]?.string ?? ""),
      value: isFlag ? nil : value(valueName, values, json["completionKind"], names, command),
      valueName: valueName, repeats: json["isRepeating"]?.bool ?? false)
  }

  private static func value(
    _ name: String, _ values: [String], _ kind: JSON?, _ names: [String], _ command: String
  ) -> CompletionValue {
    if !values.isEmpty { return .words(values) }
    switch name {
    case "conf/NAME": return .project(.configurations)
    case "OPTION=V,V": return .project(.options)
    case "OS/ARCH": return .project(.platforms)
    case "TEST", "BENCH": return .project(.tests)
    case "PROBE": return .project(.probes)
    case "gnu|bsd", "text|json|sarif", "bash|zsh|fish":
      return .words(name.split(separator: "|").map(String.init))
    default: break
    }
    if names.contains("--toolchain") { return .project(.toolchains) }
    if names.contains("--sanitize") { return .words(["address", "thread", "undefined"]) }
    if kind?["directory"] != nil || name == "DIR" { return .directory }
    if kind?["file"] != nil || name == "FILE" || name == "PATH" { return .file }
    return .nothing
  }

  private static func firstSentence(_ text: String) -> String {
    let line = text.split(separator: "\n").first.map(String.init) ?? ""
    guard let end = line.firstRange(of: ". ") else {
      return line.hasSuffix(".") ? String(line.dropLast()) : line
    }
    return String(line[..<end.lowerBound])
  }
}
