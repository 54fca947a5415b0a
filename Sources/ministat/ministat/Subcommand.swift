// The subcommands and their options: one table, from which parsing, help and completions are made.

import MiniStat
import MiniStatRun

/// What the program does beside the classic report.
enum Subcommand: String, CaseIterable {
  case compare, summary, run, gate, convert

  /// What it does, in a line.
  var help: String {
    switch self {
    case .compare: "say whether arms differ, by how much, and how sure that is"
    case .summary: "describe each arm"
    case .run: "run commands in turns, measure them, and compare"
    case .gate: "exit 1 if something got worse than allowed, 3 if that is undecided"
    case .convert: "write measurements as records, CSV or plain columns"
    }
  }

  /// What follows the options.
  var operands: String {
    switch self {
    case .compare, .summary, .convert: "file ..."
    case .gate: "base new | record"
    case .run: "A=command B=command ..."
    }
  }

  /// Lines with examples.
  var examples: [String] {
    switch self {
    case .compare:
      ["ministat compare old.txt new.txt", "ministat compare hyperfine.json"]
    case .summary: ["ministat summary run.jsonl"]
    case .run:
      [
        "ministat run old=./old/prog new=./new/prog",
        "ministat run --until 0.5% --max-time 5m -o run.jsonl 'A=./a -n 1' 'B=./b -n 1'",
      ]
    case .gate: ["ministat gate --max 2% base.json new.json"]
    case .convert:
      ["ministat convert --to csv run.jsonl", "ministat convert --split arm,metric run.jsonl"]
    }
  }
}

/// An option of the subcommands.
enum CommandOption: CaseIterable {
  case pairs, until, timeMax, cpu, warmup, prepare, setup, teardown, directory
  case shake, duet, seed, timeLimit, shell, results, ignoreFailure, output
  case limit
  case metric, level, margin, base, correction, pairing, rows, columns, filter
  case column, delimiters, format, ascii, noPlot
  case target, split
  case help

  /// The letter after a single dash; nil for options that have none.
  var letter: Character? {
    switch self {
    case .output: "o"
    case .metric: "m"
    case .level: "c"
    case .column: "C"
    case .delimiters: "d"
    default: nil
    }
  }

  /// The word after two dashes.
  var word: String {
    switch self {
    case .pairs: "pairs"
    case .until: "until"
    case .timeMax: "max-time"
    case .cpu: "cpu"
    case .warmup: "warmup"
    case .prepare: "prepare"
    case .setup: "setup"
    case .teardown: "teardown"
    case .directory: "directory"
    case .shake: "shake"
    case .duet: "duet"
    case .seed: "seed"
    case .timeLimit: "time-limit"
    case .shell: "shell"
    case .results: "results"
    case .ignoreFailure: "ignore-failure"
    case .output: "output"
    case .limit: "max"
    case .metric: "metric"
    case .level: "confidence"
    case .margin: "margin"
    case .base: "base"
    case .correction: "correction"
    case .pairing: "pairing"
    case .rows: "row"
    case .columns: "col"
    case .filter: "filter"
    case .column: "column"
    case .delimiters: "delimiters"
    case .format: "format"
    case .ascii: "ascii"
    case .noPlot: "no-plot"
    case .target: "to"
    case .split: "split"
    case .help: "help"
    }
  }

  /// What the argument is called; nil for options without one.
  var argument: String? {
    switch self {
    case .pairs, .warmup: "n"
    case .until, .margin, .limit: "percent"
    case .timeMax, .timeLimit: "time"
    case .cpu: "n[,m]"
    case .prepare: "command"
    case .setup, .teardown: "[arm=]command"
    case .directory: "arm=directory"
    case .seed: "number"
    case .output: "file"
    case .metric: "name"
    case .level: "level"
    case .base: "arm"
    case .correction: "holm|bh|none"
    case .pairing: "auto|paired|independent"
    case .rows, .columns: "keys"
    case .filter: "condition"
    case .column: "n"
    case .delimiters: "delims"
    case .format: "text|markdown|csv|json|html"
    case .target: "jsonl|csv|columns"
    case .split: "arm,benchmark,metric"
    case .shake, .duet, .shell, .results, .ignoreFailure, .ascii, .noPlot, .help: nil
    }
  }

  /// True if the option may be given more than once.
  var repeats: Bool { [.setup, .teardown, .directory, .metric].contains(self) }

  /// One line of help.
  var help: String {
    switch self {
    case .pairs: "run each command n times"
    case .until: "run until the interval of each ratio is +/- percent (default 1%)"
    case .timeMax: "but no longer than time, such as 90s, 5m or 1h (default 60s)"
    case .cpu: "run on processor n only; a duet on n and m"
    case .warmup: "run each n times before, not counted"
    case .prepare: "run command before each run, not measured"
    case .setup: "run command once before everything, for one arm or for each"
    case .teardown: "run command once after everything, whatever happened"
    case .directory: "run an arm in a directory"
    case .shake: "pad the environment at random, so that the layout of the stack varies"
    case .duet: "run both arms at the same time, each on a processor of its own"
    case .seed: "draw the order from number (default: from the clock); the record has it"
    case .timeLimit: "a run that takes longer is killed with all it started, and has failed"
    case .shell: "have sh run the commands, for pipes and variables"
    case .results: "read results from the commands' output, in any format known"
    case .ignoreFailure: "take runs that exit with another status than 0"
    case .output: "write the record of all runs to file"
    case .limit: "how much worse is allowed (default 2%)"
    case .metric: "look at this metric, such as wall, cpu or maxrss; may be repeated"
    case .level: "confidence of the intervals in percent (default 95)"
    case .margin: "a change up to this does not matter (default 1%)"
    case .base: "the arm that others are compared with (default: the first)"
    case .correction: "how many comparisons at once are allowed for (default holm)"
    case .pairing: "whether values of one block belong together (default auto)"
    case .rows: "what makes a row, such as .name or /size (default name)"
    case .columns: "what makes a column, such as arm or goos (default arm)"
    case .filter: "look only at what meets condition, such as 'name:Sort* -goos:windows'"
    case .format: "how the report is written (default text)"
    case .ascii: "draw with ASCII characters only"
    case .noPlot: "draw nothing"
    case .column: "take the numbers of plain files from column n (default 1)"
    case .delimiters: "characters that separate columns (default blank and tab)"
    case .target: "what to write (default jsonl)"
    case .split: "write plain columns, a file for each arm, benchmark or metric"
    case .help: "print this help"
    }
  }

  /// The subcommands that know the option.
  var subcommands: [Subcommand] {
    switch self {
    case .pairs, .until, .timeMax, .cpu, .warmup, .prepare, .setup, .teardown, .directory, .shake,
      .duet, .seed, .timeLimit, .shell, .results, .ignoreFailure:
      [.run]
    case .output: [.run, .convert]
    case .limit: [.gate]
    case .metric: [.run, .compare, .summary, .gate, .convert]
    case .level: [.run, .compare, .summary, .gate]
    case .margin, .base, .correction, .pairing: [.run, .compare, .gate]
    case .filter: [.compare, .summary, .gate, .convert]
    case .rows, .columns: [.compare, .summary, .gate]
    case .format, .ascii, .noPlot: [.run, .compare, .summary]
    case .column, .delimiters: [.compare, .summary, .gate, .convert]
    case .target, .split: [.convert]
    case .help: Subcommand.allCases
    }
  }

  /// The option as one types it.
  var spelling: String {
    let long = "--\(word)" + (argument.map { " \($0)" } ?? "")
    return letter.map { "-\($0), \(long)" } ?? long
  }

  /// The values that the argument can have, where they can be listed.
  var choices: [String] {
    switch self {
    case .correction, .pairing, .target, .format:
      (argument ?? "").split(separator: "|").map { String($0) }
    default: []
    }
  }
}

extension Subcommand {
  /// The options it knows.
  var options: [CommandOption] {
    CommandOption.allCases.filter { $0.subcommands.contains(self) }
  }

  /// The line that shows how it is called.
  var usage: String { "Usage: ministat \(rawValue) [options] \(operands)\n" }

  /// The text of its `--help`.
  var text: String {
    var text = usage + "\n\(help.prefix(1).uppercased())\(help.dropFirst()).\n\n"
    let width = options.reduce(0) { max($0, $1.spelling.count) }
    for option in options {
      let gap = String(repeating: " ", count: width - option.spelling.count + 2)
      text += "  \(option.spelling)\(gap)\(option.help)\n"
    }
    text += "\nExamples:\n\n" + examples.map { "  $ \($0)\n" }.joined()
    return text + "\n\(notes)"
  }

  private var notes: String {
    switch self {
    case .compare, .summary, .convert:
      """
      Files may be plain numbers, our own records, and what hyperfine, go test -bench,
      google-benchmark, criterion, pyperf and package-benchmark write.

      """
    case .run:
      """
      Commands are split into words as a shell would, without one: its other signs are errors.
      The arms run in blocks, each arm once a block, in an order drawn for each block.

      Exit status: 0 for a report, whatever it says; 1 if a run failed; 2 for anything else.

      """
    case .gate:
      """
      Exit status: 0 if nothing got worse than allowed, 1 if something is shown to have, 3 if the
      values cannot tell; 2 for bad usage, bad data, or runs that failed.

      """
    }
  }
}
