// `config graph`: the variant, drawn.

import ArgumentParser
import ConfigKit
import Glibc
import Sys9
import SystemPackage

struct GraphCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config graph",
    abstract: "Draw a variant: programs, libraries and modules with their sources.",
    discussion: """
      Prints the language of Graphviz, or with --svg what its program dot makes of it.  Sources \
      stand in the box of their module; where there are more than \(DotGraph.sourcesMax) they are \
      counted, unless --sources asks for them.

      EXAMPLE
        config graph --svg -o hello.svg conf/HELLO
        config graph --of libnet conf/HELLO | dot -Tpdf >net.pdf

      EXIT STATUS
        0 if it was drawn, 1 if not, 2 wrong usage.
      """)

  @OptionGroup var variant: VariantOptions

  @Option(
    help: ArgumentHelp(
      "Draw what these need, and who needs them, alone: a name or a query.", valueName: "EXPR"))
  var of: String?

  @Flag(help: "Print SVG, by Graphviz's dot.")
  var svg = false

  @Flag(inversion: .prefixedNo, help: "Show the sources, however many there are, or none.")
  var sources: Bool?

  @Option(
    name: [.customShort("o")],
    help: ArgumentHelp("Write to FILE.", valueName: "FILE"), completion: .file())
  var output: String?

  @Argument(help: ArgumentHelp("The configuration.", valueName: "conf/NAME"), completion: .file())
  var root: String

  func execute() -> CInt {
    guard let survey = variant.survey(root) else { return 1 }
    var graph = DotGraph(survey)
    graph.showsSources = sources
    do {
      let text = Array(try graph.dot(of: of).utf8)
      guard svg else { return write(text) }
      guard let drawing = try drawn(text) else { return 1 }
      return write(drawing)
    } catch let fault as QueryFault {
      Console.write(2, "config: error: --of: \(fault.text)\n")
      return 2
    } catch {
      Console.write(2, "config: error: \(error)\n")
      return 1
    }
  }

  /// What Graphviz's dot makes of `text`; nil, and a word about it, if that did not work.
  private func drawn(_ text: [UInt8]) throws(SystemError) -> [UInt8]? {
    let parent = Environment["TMPDIR"] ?? "/tmp"
    let file = FilePath(parent).appending("config-graph.\(getpid()).dot")
    let out = try Descriptor.open(file, O_WRONLY | O_CREAT | O_EXCL)
    defer { try? Files.remove(file) }
    var writer = BufferedWriter(out.raw)
    try writer.write(text)
    try writer.flush()
    do throws(SystemError) {
      let outcome = try Command.run(["dot", "-Tsvg", file.description])
      if outcome.status == 0 { return outcome.output }
      if outcome.status != 127 {
        Console.write(2, "config: error: dot ended with status \(outcome.status)\n")
        return nil
      }
    } catch {
      if error.errno != ENOENT { throw error }
    }
    Console.write(
      2,
      "config: error: SVG is drawn by Graphviz's dot, which is not there; "
        + "install it: apt-get install graphviz\n")
    return nil
  }

  private func write(_ bytes: [UInt8]) -> CInt {
    guard let output else { return Console.write(1, bytes) }
    do {
      let out = try Descriptor.open(FilePath(output), O_WRONLY | O_CREAT | O_TRUNC)
      var writer = BufferedWriter(out.raw)
      try writer.write(bytes)
      try writer.flush()
      try out.close()
      return 0
    } catch {
      Console.write(2, "config: error: cannot write '\(output)': \(error.reason)\n")
      return 1
    }
  }
}
