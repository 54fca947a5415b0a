// `config completions`: what makes a shell complete our command lines.

import ArgumentParser
import ConfigKit
import SystemPackage

struct CompletionsCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config completions",
    abstract: "Print what makes a shell complete the command lines of config.",
    discussion: """
      Completes subcommands, options and their values, the configurations in conf/, and the \
      options, tests and probes of the configuration on the line.

      EXAMPLE
        source <(config completions bash)
        config completions zsh >~/.zfunc/_config
        config completions fish >~/.config/fish/completions/config.fish

      EXIT STATUS
        0 success, 2 wrong usage.
      """)

  /// For the scripts: prints words of a kind, one a line.
  @Option(help: .hidden)
  var words: String?

  @Argument(
    help: ArgumentHelp("The shell.", valueName: "bash|zsh|fish"))
  var shell: String?

  func validate() throws {
    if let words {
      if CompletionWords(rawValue: words) == nil {
        throw ValidationError("There are no words of the kind '\(words)'.")
      }
    } else if shell.flatMap(CompletionShell.init) == nil {
      throw ValidationError("Name a shell: bash, zsh or fish.")
    }
  }

  func execute() -> CInt {
    if let kind = words.flatMap(CompletionWords.init) {
      // The operand is the configuration on the line, if there is one.
      let list = kind.words(shell.map { FilePath($0) }, machine: Console.machine())
      return Console.write(1, list.map { "\($0)\n" }.joined())
    }
    return Console.write(1, shell.flatMap(CompletionShell.init)?.script ?? "")
  }
}
