// The options that subcommands share with the plain command.

import ArgumentParser
import ConfigKit
import SystemPackage

/// Which variant of a configuration is meant.
struct VariantOptions: ParsableArguments {
  @Option(
    name: [.customShort("p")],
    help: ArgumentHelp("The platform to build for, with its toolchain.", valueName: "OS/ARCH"))
  var platform: String?

  @Option(
    help: ArgumentHelp("Build with the toolchain NAME, such as clang.", valueName: "NAME"))
  var toolchain: String?

  @Option(
    name: [.customShort("I")], parsing: .singleValue,
    help: ArgumentHelp("Look for included files in DIR, too.", valueName: "DIR"),
    completion: .directory)
  var include: [String] = []

  @Option(
    name: [.customShort("s")],
    help: ArgumentHelp("The root of the sources.", valueName: "SRCROOT"), completion: .directory)
  var sourceRoot: String?

  func validate() throws {
    if let platform, ConfigCommand.platformParts(platform) == nil {
      throw ValidationError("-p takes OS/ARCH, such as Linux/arm64, not '\(platform)'.")
    }
  }

  /// A request for `configuration` in this variant.
  func request(_ configuration: String) -> Request {
    var request = Request(configuration: FilePath(configuration))
    if let parts = platform.flatMap(ConfigCommand.platformParts) {
      (request.os, request.arch) = (parts.os, parts.arch)
      request.wantsPlatform = true
    }
    request.toolchain = toolchain
    request.includeDirectories = include.map { FilePath($0) }
    request.sourceRoot = sourceRoot.map { FilePath($0) }
    return request
  }
}

/// How what is found wrong is written.
struct DiagnosticsOptions: ParsableArguments {
  @Option(
    name: [.customLong("diagnostics")],
    help: ArgumentHelp(
      "Write what is found wrong as text, or for machines to standard output.",
      valueName: "text|json|sarif"))
  private var name = Name.text

  private enum Name: String, ExpressibleByArgument, CaseIterable { case text, json, sarif }

  var format: FindingFormat { FindingFormat(rawValue: name.rawValue) ?? .text }
}
