// `config matrix`: every variant, one build, one table.

import ArgumentParser
import ConfigKit
import Sys9
import SystemPackage

/// The options that say which variants there are; `config test` has them, too.
struct MatrixOptions: ParsableArguments {
  @Option(
    name: [.customShort("p")], parsing: .singleValue,
    help: ArgumentHelp("A platform; may be repeated.", valueName: "OS/ARCH"))
  var platforms: [String] = []

  @Option(
    name: [.customLong("toolchain")], parsing: .singleValue,
    help: ArgumentHelp("A toolchain; may be repeated.", valueName: "NAME"))
  var toolchains: [String] = []

  @Option(
    name: [.customLong("with")], parsing: .singleValue,
    help: ArgumentHelp(
      "An option with the values that it gets in turn; on and off are values.",
      valueName: "OPTION=V,V"))
  var options: [String] = []

  @Option(
    name: [.customLong("sanitize")],
    help: ArgumentHelp(
      "Sanitizers, each a variant beside the one without.", valueName: "address,thread"))
  var sanitizers: String?

  @Option(
    name: [.customLong("not")], parsing: .singleValue,
    help: ArgumentHelp(
      "Leave out the variants for which EXPR holds, such as 'arm64&address'.", valueName: "EXPR"))
  var exclusions: [String] = []

  @Option(
    name: [.customShort("I")], parsing: .singleValue,
    help: ArgumentHelp("Look for included files in DIR, too.", valueName: "DIR"),
    completion: .directory)
  var include: [String] = []

  @Option(
    name: [.customShort("s")],
    help: ArgumentHelp("The root of the sources.", valueName: "SRCROOT"), completion: .directory)
  var sourceRoot: String?

  @Option(name: [.customShort("j")], help: ArgumentHelp("Jobs at once.", valueName: "N"))
  var jobs: Int?

  @Flag(name: [.customShort("k")], help: "Keep going after a failure.")
  var keepsGoing = false

  func validate() throws {
    for platform in platforms where ConfigCommand.platformParts(platform) == nil {
      throw ValidationError("-p takes OS/ARCH, such as Linux/arm64, not '\(platform)'.")
    }
    for option in options where !option.contains("=") {
      throw ValidationError("--with takes OPTION=V,V, such as TLS=on,off, not '\(option)'.")
    }
    for text in exclusions where VariantFilter(text) == nil {
      throw ValidationError("--not takes an expression of & | ! ( ), not '\(text)'.")
    }
    if let jobs, jobs < 1 { throw ValidationError("-j takes a number from 1.") }
    let unknown = matrix("x").unknownWords()
    if let word = unknown.first {
      throw ValidationError("--not: no variant is '\(word)'.")
    }
  }

  /// The matrix of `configuration`.
  func matrix(_ configuration: String) -> MatrixRequest {
    var base = Request(configuration: FilePath(configuration))
    base.includeDirectories = include.map { FilePath($0) }
    base.sourceRoot = sourceRoot.map { FilePath($0) }
    base.backEnds = [.matrix]
    var matrix = MatrixRequest(base: base)
    matrix.platforms = platforms.compactMap(ConfigCommand.platformParts)
    matrix.toolchains = toolchains
    matrix.options = options.map { text in
      let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let values = pair[1].split(separator: ",").map { value -> String? in
        value == "off" ? nil : value == "on" ? "1" : String(value)
      }
      return (String(pair[0]), values)
    }
    matrix.sanitizers = (sanitizers ?? "").split(separator: ",").map(String.init)
    matrix.exclusions = exclusions.compactMap { VariantFilter($0) }
    return matrix
  }

  /// Generates every variant of `configuration`, and says what is wrong.
  func generate(
    _ configuration: String, _ shared: SharedReading, for backEnd: BackEnd = .matrix,
    isSilent: Bool = false
  ) -> [MatrixVariant] {
    let machine = Console.machine()
    var matrix = matrix(configuration)
    matrix.base.backEnds = [backEnd]
    // Said once, not of each variant.
    do { _ = try machine.read(matrix.base.configuration) } catch {
      Console.write(2, "config: error: cannot open '\(configuration)': \(error.reason)\n")
      return []
    }
    return matrix.variants().map { request in
      let report = Generator(request, machine: machine, shared: shared).run()
      let variant = MatrixVariant(request: request, report: report)
      if !report.messages.isEmpty && !isSilent {
        Console.write(2, "\(variant.name):\n\(report.messages)")
      }
      return variant
    }
  }

  /// Builds `variants`; nil, and a word about it, if that could not even be tried.
  func build(
    _ variants: [MatrixVariant], in directory: FilePath, targets: [String]
  ) -> [MatrixOutcome]? {
    var build = MatrixBuild(variants, directory: directory)
    build.isLoud = Terminal.isTerminal(2)
    build.keepsGoing = keepsGoing
    build.jobs = jobs
    if !targets.isEmpty { build.targets = targets }
    do {
      let outcomes = try build.run()
      if !build.isLoud && outcomes.contains(where: { $0.result == .failed }) {
        Console.write(2, build.output.map { "\($0)\n" }.joined())
      }
      return outcomes
    } catch {
      let cure = error.subject == "ninja" ? "; install it: apt-get install ninja-build" : ""
      Console.write(2, "config: error: \(error)\(cure)\n")
      return nil
    }
  }

  /// The directory of the matrix, beside those of the variants.
  func directory(_ variants: [MatrixVariant], _ configuration: String) -> FilePath? {
    guard let first = variants.compactMap(\.report.buildDirectory).first else { return nil }
    let name = FilePath(configuration).lastComponent?.string ?? "config"
    return first.removingLastComponent().appending("\(name).matrix")
  }
}

struct MatrixCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config matrix",
    abstract: "Build every variant of a configuration by one Ninja, and print a table.",
    discussion: """
      Platforms, toolchains, the values of options and sanitizers multiply; --not leaves variants \
      out.  Each variant has its own build directory, compile/NAME.OS.ARCH and what differs.  What \
      follows -- is built in each, instead of everything.

      EXAMPLE
        config matrix conf/HELLO -p Linux/amd64 -p Linux/arm64 --with TLS=on,off \\
          --sanitize address --not 'arm64&address' -k

      EXIT STATUS
        0 if every variant is built, 1 if one is not, 2 wrong usage.
      """)

  @OptionGroup var options: MatrixOptions

  @OptionGroup var diagnostics: DiagnosticsOptions

  @Flag(help: "Make the build directories, and build nothing.")
  var generate = false

  @Argument(help: ArgumentHelp("The configuration.", valueName: "conf/NAME"), completion: .file())
  var root: String

  @Argument(
    parsing: .postTerminator, help: ArgumentHelp("What to build.", valueName: "TARGET"))
  var targets: [String] = []

  func execute() -> CInt {
    if options.matrix(root).variants().isEmpty {
      Console.write(2, "config: error: --not leaves no variant\n")
      return 1
    }
    let isText = diagnostics.format == .text
    let variants = options.generate(root, SharedReading(), isSilent: !isText)
    if !isText {
      let failed = variants.contains { $0.report.failed }
      let status = Console.write(
        variants.flatMap(\.report.findings), as: diagnostics.format, failed: failed)
      if status != 0 { return status }
    }
    guard let directory = options.directory(variants, root) else { return 1 }
    if generate { return describe(variants, directory) }
    guard let outcomes = options.build(variants, in: directory, targets: targets) else { return 1 }
    Console.write(isText ? 1 : 2, MatrixBuild.table(outcomes))
    return outcomes.allSatisfy { $0.result == .ok || $0.result == .unchanged } ? 0 : 1
  }

  /// `--generate`: the build files alone.
  private func describe(_ variants: [MatrixVariant], _ directory: FilePath) -> CInt {
    var build = MatrixBuild(variants, directory: directory)
    do throws(SystemError) {
      try build.describe()
    } catch {
      Console.write(2, "config: error: \(error)\n")
      return 1
    }
    let failed = variants.count { $0.report.failed }
    let changed = variants.count { !$0.report.changed.isEmpty }
    Console.write(
      1, "\(Console.shown(directory)): \(variants.count - failed) variants, \(changed) changed\n")
    return failed == 0 ? 0 : 1
  }
}
