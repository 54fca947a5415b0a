// Subcommands: the first word decides.  A configuration is a path, so that `config ./probe` is a
// configuration of that name.

import ArgumentParser

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
    ("compare", CompareCommand.self),
    ("completions", CompletionsCommand.self),
    ("fmt", FormatCommand.self),
    ("import", ImportCommand.self),
    ("init", InitCommand.self),
    ("lsp", LanguageServerCommand.self),
    ("matrix", MatrixCommand.self),
    ("probe", ProbeCommand.self),
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
    guard let word = arguments.first, let found = all.first(where: { $0.word == word }) else {
      return nil
    }
    return run(found.command, Array(arguments.dropFirst()))
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
