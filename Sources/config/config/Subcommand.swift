// Subcommands: the first word decides.  A configuration is a path, so that `config ./probe` is a
// configuration of that name.

import ArgumentParser
import ConfigKit
import Sys9
import SystemPackage

/// A command with a first word of its own.
protocol Subcommand: ParsableCommand {
  /// Does what was asked; the result is the exit status.
  func execute() -> CInt

  /// The command line as the argument parser wants it.
  static func arranged(_ arguments: [String]) -> [String]
}

extension Subcommand {
  static func arranged(_ arguments: [String]) -> [String] { arguments }
}

enum Subcommands {
  /// The subcommands by their words.
  static let all: [(word: String, command: any Subcommand.Type)] = [
    ("bench", BenchCommand.self),
    ("build", BuildCommand.self),
    ("compare", CompareCommand.self),
    ("completions", CompletionsCommand.self),
    ("defaults", DefaultsCommand.self),
    ("diff", DiffCommand.self),
    ("explain", ExplainCommand.self),
    ("fmt", FormatCommand.self),
    ("graph", GraphCommand.self),
    ("import", ImportCommand.self),
    ("init", InitCommand.self),
    ("lint", LintCommand.self),
    ("lsp", LanguageServerCommand.self),
    ("matrix", MatrixCommand.self),
    ("probe", ProbeCommand.self),
    ("query", QueryCommand.self),
    ("test", TestCommand.self),
  ]

  /// A line for each, indented, for the help of the plain command.
  static var summary: String {
    let width = all.map(\.word.count).max() ?? 0
    return all.map { word, command in
      let pad = String(repeating: " ", count: width - word.count)
      return "  \(word)\(pad)  \(command.configuration.abstract)"
    }.joined(separator: "\n")
  }

  /// Runs the subcommand that the first of `arguments` names; nil if it names none.
  static func run(_ arguments: [String]) -> CInt? {
    guard let word = arguments.first else { return nil }
    guard let found = all.first(where: { $0.word == word }) else { return misspelt(arguments) }
    return run(found.command, separated(arguments.dropFirst()))
  }

  /// `-j8` as `-j 8`: people type it as for make.
  private static func separated(_ arguments: ArraySlice<String>) -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    let words = arguments[..<end].flatMap { word in
      word.hasPrefix("-j") && Int(word.dropFirst(2)) != nil
        ? ["-j", String(word.dropFirst(2))] : [word]
    }
    return words + arguments[end...]
  }

  /// What is wrong with `arguments` if their first word is nearly a subcommand, and no file.
  private static func misspelt(_ arguments: [String]) -> CInt? {
    let word = arguments[0]
    let isFile = ((try? Files.status(FilePath(word))) ?? nil) != nil
    if word.hasPrefix("-") || word.contains("/") || isFile { return nil }
    let near = Spelling.suggestion(for: word, among: all.map(\.word))
    if near.isEmpty && arguments.count == 1 { return nil }
    let known = near.isEmpty ? ": \(all.map(\.word).joined(separator: ", "))" : near
    Console.write(2, "config: error: unknown subcommand '\(word)'\(known)\n")
    return 2
  }

  private static func run<Command: Subcommand>(
    _ type: Command.Type, _ arguments: [String]
  ) -> CInt {
    do {
      return try Command.parse(Command.arranged(arguments)).execute()
    } catch {
      let isClean = Command.exitCode(for: error) == .success
      let status = Console.write(isClean ? 1 : 2, "\(Command.fullMessage(for: error))\n")
      return isClean ? status : 2
    }
  }
}
