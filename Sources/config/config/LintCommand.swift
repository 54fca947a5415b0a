// `config lint`: what is probably not meant.

import ArgumentParser
import ConfigKit
import LibJSON
import Sys9
import SystemPackage

struct LintCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config lint",
    abstract: "Look for what is right and yet probably not meant.",
    discussion: """
      Several configurations are looked at together: an option that one sets and another tests is \
      in order.  Each finding has a name; -W no-NAME leaves it out, and so does a comment \
      'lint-allow: NAME' on its line.

      CHECKS
      \(LintCheck.allCases.map { "  \($0.rawValue)\n      \($0.about)" }.joined(separator: "\n"))

      EXAMPLE
        config lint conf/HELLO conf/HELLO-TLS
        config lint -W error -W no-unlisted-source conf/*

      EXIT STATUS
        0 if nothing is an error, whatever was found; 1 if something was found with -W error, or \
      a description is wrong; 2 wrong usage.
      """)

  @OptionGroup var variant: VariantOptions

  @Option(
    name: [.customShort("W")], parsing: .singleValue,
    help: ArgumentHelp("Take findings for errors, or leave NAME out.", valueName: "error|no-NAME"))
  var warnings: [String] = []

  @OptionGroup var diagnostics: DiagnosticsOptions

  @Flag(help: "Print JSON.")
  var json = false

  @Argument(help: ArgumentHelp("Configurations.", valueName: "conf/NAME"), completion: .file())
  var roots: [String]

  func validate() throws {
    for word in warnings where word != "error" {
      guard word.hasPrefix("no-") else {
        throw ValidationError("-W takes error, or no-NAME for a check, not '\(word)'.")
      }
      if LintCheck(rawValue: String(word.dropFirst(3))) == nil {
        let near = Spelling.suggestion(
          for: String(word.dropFirst(3)), among: LintCheck.allCases.map(\.rawValue))
        throw ValidationError("-W no-: no check is called '\(word.dropFirst(3))'\(near).")
      }
    }
  }

  func execute() -> CInt {
    let shared = SharedReading()
    var surveys: [Survey] = []
    var isWhole = true
    for root in roots {
      if let survey = variant.survey(root, shared) {
        surveys.append(survey)
      } else {
        isWhole = false
      }
    }
    if !isWhole { return 1 }
    let off = Set(warnings.compactMap { LintCheck(rawValue: String($0.dropFirst(3))) })
    let findings = Lint.findings(surveys, off: off)
    let isError = warnings.contains("error")
    let severity = isError ? "error" : "warning"
    if diagnostics.format != .text {
      return Console.write(
        findings.findings(severity), as: diagnostics.format, failed: isError && !findings.isEmpty)
    }
    let status =
      json
      ? Console.write(1, findings.json(severity).pretty)
      : Console.write(1, findings.text(severity))
    return isError && !findings.isEmpty ? 1 : status
  }
}
