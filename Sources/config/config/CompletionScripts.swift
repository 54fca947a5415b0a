// The completion table for bash, zsh and fish.

import ConfigKit

/// A shell that can complete command lines.
enum CompletionShell: String, CaseIterable {
  case bash, zsh, fish

  /// The script that makes this shell complete our command lines.
  var script: String {
    switch self {
    case .bash: Self.bashScript
    case .zsh: Self.zshScript
    case .fish: Self.fishScript
    }
  }

  private static let note = "Completions of config; printed by `config completions`, do not edit."

  /// The words of the subcommands.
  private static var words: [String] {
    CompletionTable.commands.map(\.word).filter { !$0.isEmpty }
  }

  /// `text` in single quotes, where `escape` stands for one of them.
  private static func quoted(_ text: String, _ escape: String = "'\\''") -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: escape)
      + "'"
  }
}

// MARK: bash

extension CompletionShell {
  /// What `_config_value` is told of a value.
  private static func bashKind(_ value: CompletionValue) -> String {
    switch value {
    case .nothing: "none"
    case .file: "file"
    case .directory: "directory"
    case .words(let words): quoted("words " + words.joined(separator: " "))
    case .project(let kind): kind.rawValue
    }
  }

  /// For each command a line: its options, and what its operands are.
  private static var bashCommands: String {
    CompletionTable.commands.map { command in
      let names = command.options.flatMap(\.names).joined(separator: " ")
      let first = command.operands.first?.value ?? .nothing
      let rest = command.operands.dropFirst().first?.value ?? first
      return "    \(quoted(command.word))) options=\(quoted(names))"
        + " first=\(bashKind(first)) rest=\(bashKind(rest)) ;;\n"
    }.joined()
  }

  /// For each option with a value a line.
  private static var bashValues: String {
    CompletionTable.commands.flatMap { command in
      command.options.compactMap { option -> String? in
        guard let value = option.value else { return nil }
        let patterns = option.names.map { quoted("\(command.word) \($0)") }
        return "    \(patterns.joined(separator: "|"))) kind=\(bashKind(value)) ;;\n"
      }
    }.joined()
  }

  private static var bashScript: String {
    """
    # \(note)

    # Completes $1, a word of kind $2; $3 is the configuration on the line.
    _config_value() {
      local IFS=$'\\n'
      case $2 in
      none) ;;
      file) compopt -o filenames; COMPREPLY+=($(compgen -f -- "$1")) ;;
      directory) compopt -o filenames; COMPREPLY+=($(compgen -d -- "$1")) ;;
      'words '*) COMPREPLY+=($(IFS=$' \\n'; compgen -W "${2#words }" -- "$1")) ;;
      *)
        COMPREPLY+=($(compgen -W "$("${COMP_WORDS[0]}" completions --words "$2" ${3:+"$3"} \\
          2>/dev/null)" -- "$1"))
        [[ $2 == options ]] && compopt -o nospace
        if [[ $2 == configurations ]]; then
          compopt -o filenames
          ((${#COMPREPLY[@]})) || COMPREPLY+=($(compgen -f -- "$1"))
        fi
        ;;
      esac
    }

    _config() {
      local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
      local command= options= first= rest= kind= conf= count=0 index word
      [[ $cur == = ]] && return
      COMPREPLY=()
      ((COMP_CWORD > 1)) && case ${COMP_WORDS[1]} in
        \(words.joined(separator: "|"))) command=${COMP_WORDS[1]} ;;
      esac
      case $command in
    \(bashCommands)  esac
      case "$command $prev" in
    \(bashValues)  esac
      for ((index = ${#command} ? 2 : 1; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        [[ $word == */* && -f $word && -z $conf ]] && conf=$word
        [[ $word != -* && $word != = ]] && ((count++))
      done
      if [[ -n $kind ]]; then
        _config_value "$cur" "$kind" "$conf"
      elif [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$cur"))
      else
        if [[ -n $conf && -n $rest ]]; then first=$rest; fi
        _config_value "$cur" "$first" "$conf"
        ((COMP_CWORD == 1)) &&
          COMPREPLY+=($(compgen -W '\(words.joined(separator: " "))' -- "$cur"))
      fi
      return 0
    }
    complete -F _config config

    """
  }
}

// MARK: zsh

extension CompletionShell {
  private static func zshAction(_ value: CompletionValue) -> String {
    switch value {
    case .nothing: " "
    case .file: "_files"
    case .directory: "_files -/"
    case .words(let words): "(\(words.joined(separator: " ")))"
    // The blank keeps _arguments from putting its own arguments in front.
    case .project(let kind): " _config_words \(kind.rawValue)"
    }
  }

  /// `text` where brackets and colons mean something.
  private static func zshText(_ text: String) -> String {
    text.map { "[]:\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  private static func zshArguments(_ command: CompletionCommand) -> String {
    var specs = command.options.flatMap { option in
      option.names.map { name in
        let others = option.names.filter { $0 != name }
        let excluded = others.isEmpty || option.repeats ? "" : "(\(others.joined(separator: " ")))"
        let value = option.value.map { ":\(zshText(option.valueName)):\(zshAction($0))" } ?? ""
        return "\(option.repeats ? "*" : "")\(excluded)\(name)[\(zshText(option.help))]\(value)"
      }
    }
    for (index, operand) in command.operands.enumerated() {
      let place = operand.repeats ? "*" : "\(index + 1)"
      let action = zshAction(operand.value ?? .nothing)
      specs.append("\(place):\(zshText(operand.valueName)):\(action)")
    }
    return specs.map { "      \(quoted($0))" }.joined(separator: " \\\n")
  }

  private static var zshScript: String {
    let cases = CompletionTable.commands.filter { !$0.word.isEmpty }.map { command in
      "    \(command.word))\n      shift words; ((CURRENT--))\n"
        + "      _arguments -s -S : \\\n\(zshArguments(command))\n      return ;;\n"
    }
    let list = CompletionTable.commands.filter { !$0.word.isEmpty }.map {
      "    \(quoted("\($0.word):\(zshText($0.help))"))\n"
    }
    return """
      #compdef config
      # \(note)

      # The words of kind $1 that the project knows.
      _config_words() {
        local -a found
        local conf=${${(M)words:#*/*}[1]}
        found=("${(@f)$(${words_program:-config} completions --words $1 ${conf:+$conf} 2>/dev/null)}")
        case $1 in
          options) compadd -S '' -- $found ;;
          configurations) compadd -- $found || _files ;;
          *) compadd -- $found ;;
        esac
      }

      _config() {
        local words_program=$words[1]
        local -a commands
        commands=(
      \(list.joined())  )
        ((CURRENT > 2)) && case $words[2] in
      \(cases.joined())  esac
        ((CURRENT == 2)) && [[ $PREFIX != -* ]] && _describe command commands
        _arguments -s -S : \\
      \(zshArguments(CompletionTable.commands[0]))
      }

      if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _config "$@"; else compdef _config config; fi

      """
  }
}

// MARK: fish

extension CompletionShell {
  private static func fishValue(_ value: CompletionValue?) -> String {
    switch value {
    case nil: ""
    case .nothing: " -x"
    case .file: " -r"
    case .directory: " -x -a '(__fish_complete_directories)'"
    case .words(let words): " -x -a \(quoted(words.joined(separator: " "), "\\'"))"
    case .project(let kind): " -x -a '(__config_words \(kind.rawValue))'"
    }
  }

  private static func fishLines(_ command: CompletionCommand) -> String {
    let condition =
      command.word.isEmpty
      ? "not __fish_seen_subcommand_from \(words.joined(separator: " "))"
      : "__fish_seen_subcommand_from \(command.word)"
    let head = "complete -c config -n '\(condition)'"
    var lines = command.options.map { option in
      let names = option.names.map { name in
        name.hasPrefix("--") ? " -l \(name.dropFirst(2))" : " -s \(name.dropFirst())"
      }
      return head + names.joined() + fishValue(option.value) + " -d \(quoted(option.help, "\\'"))"
    }
    for operand in command.operands.prefix(1) {
      if case .project(let kind)? = operand.value {
        lines.append("\(head) -a '(__config_words \(kind.rawValue))'")
      } else if case .words(let list)? = operand.value {
        lines.append("\(head) -f -a \(quoted(list.joined(separator: " "), "\\'"))")
      }
    }
    return lines.map { "\($0)\n" }.joined()
  }

  private static var fishScript: String {
    let subcommands = CompletionTable.commands.filter { !$0.word.isEmpty }.map {
      "complete -c config -n __fish_use_subcommand -a \($0.word) -d \(quoted($0.help, "\\'"))\n"
    }
    return """
      # \(note)

      # The words of a kind that the project knows.
      function __config_words
        set -l tokens (commandline -opc)
        set -l conf (string match -- '*/*' $tokens[2..-1])
        $tokens[1] completions --words $argv[1] $conf[1] 2>/dev/null
      end

      \(subcommands.joined())\(CompletionTable.commands.map(fishLines).joined())
      """
  }
}
