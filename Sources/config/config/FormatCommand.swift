// `config fmt`: the one layout.

import ArgumentParser
import ConfigKit
import Sys9
import SystemPackage

struct FormatCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config fmt",
    abstract: "Lay out configurations and the files that they include.",
    discussion: """
      There is one layout, without options: a statement or clause a line, neighbouring columns at \
      tab stops, comments where they were.  What a file means does not change.  A file is written \
      only if it differs, and never half; one with a syntax error is left alone, as are makefiles.

      EXAMPLE
        config fmt conf/*                 lay out, and name what changed
        config fmt --check conf/*         name what would change: for hooks and servers
        config fmt --diff conf/files      show what would change
        config fmt - <conf/files          from standard input to standard output

      EXIT STATUS
        0 fine, 1 a file cannot be read or has a syntax error, or with --check is not laid out, \
      2 wrong usage.
      """)

  @Flag(help: "Write nothing; name the files that are not laid out, and exit 1 if there is one.")
  var check = false

  @Flag(help: "Write nothing; show what would change, as a unified diff.")
  var diff = false

  @OptionGroup var diagnostics: DiagnosticsOptions

  @Argument(
    help: ArgumentHelp("Files in the language of config; - is standard input.", valueName: "FILE"),
    completion: .file())
  var files: [String]

  static func arranged(_ arguments: [String]) -> [String] {
    // A lone dash is a file here; the parser takes it for an option without a name.
    arguments.contains("-") && !arguments.contains("--")
      ? arguments.filter { $0 != "-" } + ["--", "-"] : arguments
  }

  func execute() -> CInt {
    var run = Run(check: check, diff: diff, format: diagnostics.format)
    var status: CInt = 0
    for name in files {
      status = max(status, name == "-" ? run.filter() : run.format(FilePath(name)))
    }
    if run.format == .text { return status }
    return max(status, Console.write(1, run.log.text(run.format)))
  }
}

/// The files of one command line.
private struct Run {
  let check: Bool
  let diff: Bool
  let format: FindingFormat
  var log = FindingLog()

  init(check: Bool, diff: Bool, format: FindingFormat) {
    self.check = check
    self.diff = diff
    self.format = format
  }

  /// Reports a file that has no layout.
  private mutating func report(_ messages: String, _ findings: [Finding]) -> CInt {
    if format == .text { Console.write(2, messages) } else { log.add(findings) }
    return 1
  }

  /// Names a file that changed, where standard output is not a log.
  private func name(_ path: FilePath) -> CInt {
    format == .text ? Console.write(1, "\(path)\n") : 0
  }

  /// Standard input to standard output.
  mutating func filter() -> CInt {
    do {
      let source = try Files.read(all: 0)
      switch Formatter.format(source, name: "<standard input>") {
      case .faulty(let messages, let findings): return report(messages, findings)
      case .formatted(let bytes):
        if check { return bytes == source ? 0 : 1 }
        if diff { return Console.write(1, LineDiff(source, bytes).unified("a", "b")) }
        return Console.write(1, bytes)
      }
    } catch {
      Console.write(2, "config: error: cannot read standard input: \(error.reason)\n")
      return 1
    }
  }

  mutating func format(_ path: FilePath) -> CInt {
    if Formatter.isMakefile(path) {
      Console.write(2, "config: note: '\(path)' is a makefile: it is left alone\n")
      return 0
    }
    do {
      let file = try Formatter.format(file: path)
      guard case .formatted(let bytes) = file.outcome else {
        if case .faulty(let messages, let findings) = file.outcome {
          return report(messages, findings)
        }
        return 1
      }
      if !file.differs { return 0 }
      if diff { Console.write(1, file.difference(path.description)) }
      if check {
        if !diff { _ = name(path) }
        return 1
      }
      if diff { return 0 }
      try Formatter.replace(path, with: bytes)
      return name(path)
    } catch {
      Console.write(2, "config: error: cannot \(error.call) '\(path)': \(error.reason)\n")
      return 1
    }
  }
}
