// `config init`: a first description of a tree.

import ArgumentParser
import ConfigKit
import SystemPackage

struct InitCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config init",
    abstract: "Write a first description of the sources in a directory.",
    discussion: """
      Finds C, C++, assembler, grammars and Swift, the files with a function main, tests and \
      headers; writes conf/NAME and conf/files.NAME, laid out, and says what it assumed.  Nothing \
      is run, and nothing is overwritten without --force.

      EXAMPLE
        cd hello && config init && config conf/HELLO && make -C compile/HELLO.Linux.amd64

      EXIT STATUS
        0 written, 1 there is nothing to describe, or a file is there already, 2 wrong usage.
      """)

  @Option(help: ArgumentHelp("The name of the configuration.", valueName: "NAME"))
  var name: String?

  @Flag(help: "Overwrite what is there.")
  var force = false

  @Argument(
    help: ArgumentHelp("The root of the sources.", valueName: "DIR"), completion: .directory)
  var directory = "."

  func execute() -> CInt {
    let root = FilePath(directory)
    do {
      let written = try Scaffold.describe(root, name: name ?? DescriptionFiles.name(of: root))
      return DescriptionFiles.write(written, in: root, force: force)
    } catch {
      Console.write(2, "config: error: \(error)\n")
      return 1
    }
  }
}
