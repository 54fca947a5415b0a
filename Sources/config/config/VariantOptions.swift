// The options that subcommands share with the plain command.

import ArgumentParser
import ConfigKit
import Sys9
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

  @Option(
    name: [.customLong("with")], parsing: .singleValue,
    help: ArgumentHelp(
      "Set an option, whatever the configuration says; on and off are values.",
      valueName: "OPTION=VALUE"))
  var settings: [String] = []

  func validate() throws {
    for setting in settings where !setting.contains("=") {
      throw ValidationError("--with takes OPTION=VALUE, such as TLS=off, not '\(setting)'.")
    }
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
    request.settings = settings.map { text in
      let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = String(pair[1])
      return Override(String(pair[0]), value == "off" ? nil : value == "on" ? "1" : value)
    }
    return request
  }

  /// What `configuration` is in this variant; nil, and messages, if its description is wrong.
  func survey(_ configuration: String, _ shared: SharedReading? = nil) -> Survey? {
    let (survey, messages) = Generator(
      request(configuration), machine: Console.machine(), shared: shared
    ).survey(caret: Terminal.isTerminal(2), colour: Terminal.wantsColour(2))
    Console.write(2, messages)
    return survey
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
