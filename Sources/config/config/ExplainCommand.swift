// `config explain`: why something is built or not, and why it was built again.

import ArgumentParser
import ConfigKit
import LibJSON
import Sys9
import SystemPackage

struct ExplainCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config explain",
    abstract: "Say why something is built or not, which lines say so, and what a change reaches.",
    usage: """
      config explain [options] conf/NAME NAME...
             config explain --rebuild BUILDDIR [TARGET...]
      """,
    discussion: """
      NAME is a file, an option, a param, a module, library, program or test; where it may be \
      several things all are explained, or one as option:NAME, module:NAME and so on.

      --rebuild says what the next make, BSD make or Ninja in a build directory will make anew, \
      and why: the input that is newer, the word of the command that differs, what is missing.  \
      Nothing is built and nothing is written.

      EXAMPLE
        config explain conf/HELLO src/tls.c
        config explain conf/HELLO TLS
        config explain --rebuild compile/HELLO.Linux.amd64 hello

      EXIT STATUS
        0 if it was explained, 1 if the name is not known or the description is wrong, 2 wrong \
      usage.
      """)

  @OptionGroup var variant: VariantOptions

  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    name: [.customLong("rebuild")], parsing: .scanningForValue,
    help: ArgumentHelp("Say what is made anew there, and why.", valueName: "BUILDDIR"),
    completion: .directory)
  var rebuild: String?

  @Argument(help: ArgumentHelp("The configuration, then names.", valueName: "conf/NAME"))
  var words: [String] = []

  func validate() throws {
    if rebuild == nil && words.count < 2 {
      throw ValidationError("Name a configuration and something in it: conf/HELLO src/hello.c")
    }
  }

  func execute() -> CInt {
    if let rebuild { return explainRebuild(of: rebuild) }
    let generator = Generator(variant.request(words[0]), machine: Console.machine())
    let (explanations, messages) = generator.explain(
      Array(words.dropFirst()), caret: Terminal.isTerminal(2), colour: Terminal.wantsColour(2))
    Console.write(2, messages)
    guard let explanations else { return 1 }
    if json { return Console.write(1, JSON.array(explanations.map(\.json)).pretty) }
    return Console.write(1, explanations.map(\.text).joined(separator: "\n"))
  }

  private func explainRebuild(of directory: String) -> CInt {
    do {
      let report = try RebuildReport(FilePath(directory), machine: Console.machine())
      Console.write(2, report.messages)
      let unknown = words.filter { !report.knows($0) }
      for word in unknown {
        Console.write(2, "config: error: nothing makes '\(word)'\(report.near(word))\n")
      }
      if report.failed || !unknown.isEmpty { return 1 }
      return Console.write(1, json ? report.json(words).pretty : report.text(words))
    } catch {
      let cure = error.errno == 2 ? ": it is no build directory of config" : ": \(error.reason)"
      Console.write(2, "config: error: cannot read '\(error.subject)'\(cure)\n")
      return 1
    }
  }
}
