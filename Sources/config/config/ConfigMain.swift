// config: the command line, and nothing else.

import ArgumentParser
import ConfigKit
import Glibc
import LibBSD
import Sys9
import SystemPackage

@main
enum ConfigMain {
  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    // The name that other programs' users know: ours know the project's words, too.
    if arguments.first == "--generate-completion-script" { arguments[0] = "completions" }
    if let status = ToolCommand.run(arguments) ?? Subcommands.run(arguments) { exit(status) }
    do {
      let command = try ConfigCommand.parse(arguments)
      exit(command.execute())
    } catch {
      let isClean = ConfigCommand.exitCode(for: error) == .success
      let text = ConfigCommand.fullMessage(for: error)
      let status = Console.write(isClean ? 1 : 2, "\(text)\n")
      exit(isClean ? status : 2)
    }
  }
}

/// What people type.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Make a build directory for each configuration of a project.",
    usage: """
      config [-o OS] [-a ARCH] [-I DIR]... [-d BUILDDIR] [-s SRCROOT] [-g]
                    [-p OS/ARCH] [--toolchain NAME] [--make gnu|bsd] [--ninja] [-W error]
                    [--diagnostics text|json|sarif] conf/NAME
             config -x PROGRAM
      """,
    discussion: """
      Reads the project description conf/NAME and writes compile/NAME.OS.ARCH with a makefile, \
      config.h, config.c and compile_commands.json.  Outputs whose content is the same are left \
      alone, so that nothing is built twice.

      EXAMPLE
        cat conf/HELLO              ident HELLO
                                    option FAST
                                    include files
        cat conf/files              program hello
                                            src/hello.c
                                            src/fast.c option FAST
        config conf/HELLO && make -C compile/HELLO.Linux.amd64

      EXIT STATUS
        0 success, 1 the description or the system is at fault, 2 wrong usage.

      SUBCOMMANDS
      \(Subcommands.summary)

      `config SUBCOMMAND --help` says more; see config(1) and, for the language, config(5).
      """,
    version: "config \(configVersion)")

  @Option(
    name: [.customShort("o")],
    help: ArgumentHelp("The operating system to build for, by its uname -s.", valueName: "OS"))
  var os: String?

  @Option(
    name: [.customShort("a")],
    help: ArgumentHelp("The architecture to build for, such as amd64.", valueName: "ARCH"))
  var arch: String?

  @Option(
    name: [.customShort("p")],
    help: ArgumentHelp(
      "The platform to build for, with its toolchain: -o and -a together.", valueName: "OS/ARCH"))
  var platform: String?

  @Option(
    help: ArgumentHelp(
      "Build with the toolchain NAME, such as clang, instead of the configuration's.",
      valueName: "NAME"))
  var toolchain: String?

  @Option(
    name: [.customShort("I")], parsing: .singleValue,
    help: ArgumentHelp("Look for included files in DIR, too.", valueName: "DIR"),
    completion: .directory)
  var include: [String] = []

  @Option(
    name: [.customShort("d")],
    help: ArgumentHelp("The build directory itself.", valueName: "BUILDDIR"),
    completion: .directory)
  var directory: String?

  @Option(
    name: [.customShort("s")],
    help: ArgumentHelp("The root of the sources.", valueName: "SRCROOT"), completion: .directory)
  var sourceRoot: String?

  @Flag(name: [.customShort("g")], help: "Make a debug build.")
  var isDebug = false

  @Option(
    help: ArgumentHelp("Write makefiles for gnu (the default) or bsd make.", valueName: "gnu|bsd"))
  var make: MakeFlavour?

  @Flag(help: "Write build.ninja, instead of makefiles unless --make is given.")
  var ninja = false

  @Option(
    name: [.customShort("W")], help: ArgumentHelp("Take warnings for errors.", valueName: "error"))
  var warnings: WarningLevel?

  @OptionGroup var diagnostics: DiagnosticsOptions

  @Option(
    name: [.customShort("x")],
    help: ArgumentHelp(
      "Print the configuration that PROGRAM was built with.", valueName: "PROGRAM"),
    completion: .file())
  var extract: String?

  @Argument(
    help: ArgumentHelp("The configuration to read.", valueName: "conf/NAME"), completion: .file())
  var root: String?

  enum MakeFlavour: String, ExpressibleByArgument, CaseIterable { case gnu, bsd }
  enum WarningLevel: String, ExpressibleByArgument, CaseIterable { case error }

  func validate() throws {
    if extract != nil && root != nil {
      throw ValidationError("-x takes a program and no configuration.")
    }
    if let platform, Self.platformParts(platform) == nil {
      throw ValidationError("-p takes OS/ARCH, such as Linux/arm64, not '\(platform)'.")
    }
    if platform != nil && (os != nil || arch != nil) {
      throw ValidationError("-p stands for -o and -a: give either.")
    }
    if extract == nil && root == nil {
      throw ValidationError("Name a configuration, such as conf/HELLO.")
    }
  }

  /// The two halves of `OS/ARCH`, nil if it is not that.
  static func platformParts(_ text: String) -> (os: String, arch: String)? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    return parts.count == 2 && !parts.contains("") ? (parts[0], parts[1]) : nil
  }

  /// Does what was asked; the result is the exit status.
  func execute() -> CInt {
    if let extract { return Self.printConfiguration(of: extract) }
    var request = Request(configuration: FilePath(root ?? ""))
    request.os = os
    request.arch = arch
    if let parts = platform.flatMap(Self.platformParts) {
      (request.os, request.arch) = (parts.os, parts.arch)
      request.wantsPlatform = true
    }
    request.toolchain = toolchain
    request.includeDirectories = include.map { FilePath($0) }
    request.buildDirectory = directory.map { FilePath($0) }
    request.sourceRoot = sourceRoot.map { FilePath($0) }
    request.isDebug = isDebug
    request.warningsAreErrors = warnings != nil
    request.backEnds = make.map { [$0 == .gnu ? .gnu : .bsd] } ?? (ninja ? [] : [.gnu])
    if ninja { request.backEnds.append(.ninja) }
    return Console.run(request, isQuiet: false, format: diagnostics.format)
  }

  private static func printConfiguration(of path: String) -> CInt {
    do {
      guard let text = ConfigKit.configuration(in: try Files.read(FilePath(path))) else {
        Console.write(
          2,
          "config: error: '\(path)' holds no configuration: "
            + "it was built without includeconfig\n")
        return 1
      }
      return Console.write(1, text)
    } catch {
      Console.write(2, "config: error: cannot read '\(path)': \(error.reason)\n")
      return 1
    }
  }
}
