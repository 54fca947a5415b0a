// The one list of options: parsing, usage, help and completions are made from it.

import MiniStat

/// An option of the classic program.
enum Option: CaseIterable {
  case noPlot, quiet, column, level, delimiters, numbersOnly, separateBars, width
  case compatibility, heightMax, completions, help, version

  /// The letter after a single dash; nil for options that have none.
  var letter: Character? {
    switch self {
    case .noPlot: "A"
    case .quiet: "q"
    case .column: "C"
    case .level: "c"
    case .delimiters: "d"
    case .numbersOnly: "n"
    case .separateBars: "s"
    case .width: "w"
    case .compatibility, .heightMax, .completions, .help, .version: nil
    }
  }

  /// The word after two dashes; nil for options that have none.
  var word: String? {
    switch self {
    case .compatibility: "compat"
    case .heightMax: "max-height"
    case .completions: "generate-completion-script"
    case .help: "help"
    case .version: "version"
    default: nil
    }
  }

  /// What the argument is called; nil for options without one.
  var argument: String? {
    switch self {
    case .column: "n"
    case .level: "level"
    case .delimiters: "delims"
    case .width: "width"
    case .compatibility: "debian|freebsd"
    case .heightMax: "rows"
    case .completions: Shell.allCases.map { $0.rawValue }.joined(separator: "|")
    default: nil
    }
  }

  /// One line of help.
  var help: String {
    switch self {
    case .noPlot: "no plot; numbers and tests only"
    case .quiet: "the same as -A"
    case .column: "take the numbers from column n (default 1)"
    case .level: "confidence of the tests in percent, above 0 and below 100 (default 95)"
    case .delimiters: "characters that separate columns (default blank and tab)"
    case .numbersOnly: "numbers only; no plot, no tests"
    case .separateBars: "a line for each set's mean and deviation in the plot"
    case .width: "columns of the plot (default: the terminal's, or 74)"
    case .compatibility: "decide as Debian's or FreeBSD's program where they differ"
    case .heightMax: "rows of the plot at most; a mark then stands for several values"
    case .completions: "print what makes the shell complete our options"
    case .help: "print this help"
    case .version: "print the version"
    }
  }

  /// The option as one types it, `-C n` or `--compat=debian|freebsd`.
  var spelling: String {
    if let letter { return "-\(letter)" + (argument.map { " \($0)" } ?? "") }
    return "--\(word ?? "")" + (argument.map { "=\($0)" } ?? "")
  }
}
