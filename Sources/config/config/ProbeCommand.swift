// `config probe`: what the compiler was asked, and what it said.

import ArgumentParser
import ConfigKit
import SystemPackage

struct ProbeCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config probe",
    abstract: "Show the answers to the probes of a configuration, and what led to them.",
    discussion: """
      Answers are kept in compile/.probes, by compiler and command, so that each question is \
      asked once.  --why shows the source, the command and what the compiler said.
      """)

  @OptionGroup var variant: VariantOptions

  @Flag(help: "Say why: the source, the command, and what the compiler said.")
  var why = false

  @Argument(help: ArgumentHelp("The configuration.", valueName: "conf/NAME"), completion: .file())
  var root: String

  @Argument(help: ArgumentHelp("Only these probes.", valueName: "PROBE"))
  var probes: [String] = []

  func execute() -> CInt {
    var generator = Generator(variant.request(root), machine: Console.machine())
    generator.isExplaining = why
    let report = generator.probeReport(only: probes)
    Console.write(2, report.messages)
    guard let text = report.text else { return 1 }
    return Console.write(1, text)
  }
}
