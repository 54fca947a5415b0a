// Completions of our command line, made from the option table.

/// A shell that can complete command lines.
enum Shell: String, CaseIterable {
  case bash, zsh, fish

  /// The script that makes this shell complete our options and file names.
  var completions: String {
    switch self {
    case .bash: Self.bashScript
    case .zsh: Self.zshScript
    case .fish: Self.fishScript
    }
  }

  private static let note = "Completions of ministat; made by ministat itself, do not edit.\n"

  private static var bashScript: String {
    let words = Option.allCases.flatMap { option in
      [option.letter.map { "-\($0)" }, option.word.map { "--\($0)" + (option.equals) }]
    }
    var choices = ""
    for option in Option.allCases where !option.choices.isEmpty {
      let words = option.choices.joined(separator: " ")
      choices += """
            --\(option.word ?? "")) COMPREPLY=($(compgen -W '\(words)' -- "${cur#=}")); return ;;

        """
    }
    return """
      # \(note)_ministat() {
        local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
        [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD - 2]}
        local words=
        ((COMP_CWORD > 1)) && case ${COMP_WORDS[1]} in
      \(bashSubcommands)  esac
        if [[ -n $words ]]; then
          case $prev in
      \(bashChoices)    esac
          if [[ $cur == -* ]]; then
            COMPREPLY=($(compgen -W "$words" -- "$cur"))
          else
            COMPREPLY=($(compgen -f -- "$cur"))
          fi
          return
        fi
        case $prev in
      \(choices)  esac
        if [[ $cur == -* ]]; then
          COMPREPLY=($(compgen -W '\(words.compactMap { $0 }.joined(separator: " "))' -- "$cur"))
          [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
        else
          COMPREPLY=($(compgen -f -- "$cur"))
          ((COMP_CWORD == 1)) &&
            COMPREPLY+=($(compgen -W '\(subcommandNames)' -- "$cur"))
        fi
      }
      complete -o filenames -F _ministat ministat

      """
  }

  private static var subcommandNames: String {
    Subcommand.allCases.map(\.rawValue).joined(separator: " ")
  }

  private static var bashSubcommands: String {
    Subcommand.allCases.map { subcommand in
      let words = subcommand.options.flatMap { option in
        [option.letter.map { "-\($0)" }, "--\(option.word)"].compactMap { $0 }
      }
      return "    \(subcommand.rawValue)) words='\(words.joined(separator: " "))' ;;\n"
    }.joined()
  }

  private static var bashChoices: String {
    CommandOption.allCases.filter { !$0.choices.isEmpty }.map { option in
      let words = option.choices.joined(separator: " ")
      return """
              --\(option.word)) COMPREPLY=($(compgen -W '\(words)' -- "${cur#=}")); return ;;

        """
    }.joined()
  }

  /// The arguments of `_arguments` for a subcommand.
  private static func zshArguments(_ subcommand: Subcommand) -> String {
    subcommand.options.map { option in
      let argument = option.argument.map { name in
        ":\(option.choices.isEmpty ? zshQuoted(name) : "choice"):"
          + (option.choices.isEmpty
            ? zshFiles(option) : "(\(option.choices.joined(separator: " ")))")
      }
      let star = option.repeats ? "*" : ""
      let equals = option.argument == nil ? "" : "="
      return
        "    '\(star)--\(option.word)\(equals)[\(zshQuoted(option.help))]\(argument ?? "")' \\\n"
    }.joined()
  }

  private static func zshFiles(_ option: CommandOption) -> String {
    option == .output ? "_files" : ""
  }

  /// `text` where brackets and colons mean something and apostrophes end a word.
  private static func zshQuoted(_ text: String) -> String {
    text.map { character in
      switch character {
      case "'": "'\\''"
      case "[", "]", ":": "\\\(character)"
      default: String(character)
      }
    }.joined()
  }

  private static var zshSubcommands: String {
    let cases = Subcommand.allCases.map { subcommand in
      "  \(subcommand.rawValue)) shift words; ((CURRENT--)); _arguments -s -S \\\n"
        + zshArguments(subcommand) + "    '*:file:_files'; return ;;\n"
    }
    return "((CURRENT > 2)) && case $words[2] in\n\(cases.joined())esac\n"
  }

  private static var zshScript: String {
    let arguments = Option.allCases.map { option in
      let name = option.letter.map { "-\($0)" } ?? "--\(option.word ?? "")\(option.equals)"
      let values = option.choices.isEmpty ? "" : "(\(option.choices.joined(separator: " ")))"
      let argument = option.argument.map { _ in ":\(option.label):\(values)" } ?? ""
      return "  '\(name)[\(option.quotedHelp("'\\''"))]\(argument)' \\\n"
    }
    return
      "#compdef ministat\n# \(note)\(zshSubcommands)_arguments -s -S \\\n\(arguments.joined())"
      + "  '1: :_alternative \"commands:command:(\(subcommandNames))\" \"files:file:_files\"' \\\n"
      + "  '*:file:_files'\n"
  }

  private static var fishScript: String {
    let lines = Option.allCases.map { option in
      let name = option.letter.map { "-s \($0)" } ?? "-l \(option.word ?? "")"
      let values = option.choices.isEmpty ? "" : " -a '\(option.choices.joined(separator: " "))'"
      let argument = option.argument == nil ? "" : " -x\(values)"
      return "complete -c ministat \(name)\(argument) -d '\(option.quotedHelp("\\'"))'\n"
    }
    return "# \(note)\(lines.joined())" + fishSubcommands
  }
}

extension Shell {
  private static var fishSubcommands: String {
    Subcommand.allCases.map { subcommand in
      let head = "complete -c ministat -n '__fish_seen_subcommand_from \(subcommand.rawValue)'"
      let options = subcommand.options.map { option in
        let letter = option.letter.map { " -s \($0)" } ?? ""
        let values = option.choices.isEmpty ? "" : " -a '\(option.choices.joined(separator: " "))'"
        let kind = option.argument == nil ? "" : option == .output ? " -r" : " -x\(values)"
        return "\(head)\(letter) -l \(option.word)\(kind) -d '\(fishQuoted(option.help))'\n"
      }
      return "complete -c ministat -n __fish_use_subcommand -a \(subcommand.rawValue)"
        + " -d '\(fishQuoted(subcommand.help))'\n" + options.joined()
    }.joined()
  }

  private static func fishQuoted(_ text: String) -> String {
    text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "\\'")
  }
}

extension Option {
  /// The values that the argument can have, where they can be listed.
  fileprivate var choices: [String] {
    switch self {
    case .compatibility, .completions: (argument ?? "").split(separator: "|").map { String($0) }
    default: []
    }
  }

  /// The help between single quotes, where `apostrophe` is how the shell writes one.
  fileprivate func quotedHelp(_ apostrophe: String) -> String {
    help.split(separator: "'", omittingEmptySubsequences: false).joined(separator: apostrophe)
  }

  /// What the argument is.
  fileprivate var label: String { choices.isEmpty ? argument ?? "" : "choice" }

  /// What follows the word if it has an argument.
  fileprivate var equals: String { argument == nil ? "" : "=" }
}
