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
        case $prev in
      \(choices)  esac
        if [[ $cur == -* ]]; then
          COMPREPLY=($(compgen -W '\(words.compactMap { $0 }.joined(separator: " "))' -- "$cur"))
          [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
        else
          COMPREPLY=($(compgen -f -- "$cur"))
        fi
      }
      complete -o filenames -F _ministat ministat

      """
  }

  private static var zshScript: String {
    let arguments = Option.allCases.map { option in
      let name = option.letter.map { "-\($0)" } ?? "--\(option.word ?? "")\(option.equals)"
      let values = option.choices.isEmpty ? "" : "(\(option.choices.joined(separator: " ")))"
      let argument = option.argument.map { _ in ":\(option.label):\(values)" } ?? ""
      return "  '\(name)[\(option.quotedHelp("'\\''"))]\(argument)' \\\n"
    }
    return
      "#compdef ministat\n# \(note)_arguments -s -S \\\n\(arguments.joined())  '*:file:_files'\n"
  }

  private static var fishScript: String {
    let lines = Option.allCases.map { option in
      let name = option.letter.map { "-s \($0)" } ?? "-l \(option.word ?? "")"
      let values = option.choices.isEmpty ? "" : " -a '\(option.choices.joined(separator: " "))'"
      let argument = option.argument == nil ? "" : " -x\(values)"
      return "complete -c ministat \(name)\(argument) -d '\(option.quotedHelp("\\'"))'\n"
    }
    return "# \(note)\(lines.joined())"
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
