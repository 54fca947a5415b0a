// `config defaults`: what is built in, as files to look at, to edit and to install.

import ArgumentParser
import ConfigKit
import Glibc
import Sys9
import SystemPackage

struct DefaultsCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config defaults",
    abstract: "Write the templates, makefiles and toolchains that are built in.",
    discussion: """
      Writes Makefile.ARCH, config.*.mk and toolchain/NAME below DIR, replacing those that are \
      there.  As a project's conf/, or as conf/ of what P9UNIX names, such files come before those \
      that are built in: edit them there.
      """)

  @Argument(
    help: ArgumentHelp("Where they are written.", valueName: "DIR"), completion: .directory)
  var directory: String

  func execute() -> CInt {
    do {
      for file in ShippedFiles.all {
        let path = FilePath(directory).pushing(FilePath(file.path))
        try Files.makeDirectories(path.removingLastComponent())
        let output = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC)
        try output.write(all: Array(file.text.utf8))
        try output.close()
      }
    } catch {
      Console.write(2, "config: error: \(error)\n")
      return 1
    }
    return Console.write(1, "\(directory): \(ShippedFiles.all.count) files\n")
  }
}
