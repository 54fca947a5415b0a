// The matrix: theory of operation.
//
// Problem.  A change must hold for every platform, toolchain, option and sanitizer that is
// promised.  One build directory for each is what config makes anyway; what lacks is one command
// that makes them all, builds them with one pool of jobs, and says in one table how it went.
//
// Shape.  The lists of the command line multiply to variants, less what `--not` leaves out.  Each
// is a request like any other, for Ninja alone, and its build file, `matrix.ninja`, names all files
// from the directory beside it:
//
//     compile/APP.matrix/build.ninja        subninja ../APP.Linux.amd64/matrix.ninja ...
//     compile/APP.Linux.amd64/matrix.ninja  build ../APP.Linux.amd64/o/a.c.o: r0 ../../src/a.c
//                                             command = cd ../APP.Linux.amd64 && cc ...
//
// All build directories lie side by side, so that `../APP.Linux.amd64/x` and `../../src/x` are the
// same files from each of them, and the commands are those of a build in that directory.
//
// Variants share what does not depend on them: names, the statements of a file, what a directory
// holds.  So a file is read and parsed once for all.
//
// Invariants.
//   X1  A variant's files are those that `config` alone would write for Ninja, but for the prefix.
//   X2  A variant that cannot be generated, or fails, harms no other: with `-k` all are tried.
//   X3  What a run says of a variant is true of its last state: nothing to do is said of one only
//       if Ninja found nothing to do.
//
// Rejected.  A Ninja a variant: its jobs would not share the machine.  One directory with all
// objects: a variant could not be built or looked at by itself.

import Sys9
import SystemPackage

/// What `config matrix` is asked.
public struct MatrixRequest: Sendable {
  /// What the variants have in common; its platform and toolchain are not used.
  public var base: Request
  /// Platforms as OS and ARCH; empty for the machine's own.
  public var platforms: [(os: String, arch: String)] = []
  /// Toolchains; empty for what each platform has.
  public var toolchains: [String] = []
  /// Options with the values that each gets in turn; nil is off.
  public var options: [(name: String, values: [String?])] = []
  /// Sanitizers, each a variant beside the one without.
  public var sanitizers: [String] = []
  /// Variants for which one of these holds are left out.
  public var exclusions: [VariantFilter] = []

  /// A matrix of the variants of `base`.
  public init(base: Request) { self.base = base }

  /// The variants: for each platform, each toolchain, each option's values, each sanitizer.
  public func variants() -> [Request] {
    var result: [Request] = [base]
    if !platforms.isEmpty {
      result = platforms.map { platform in
        var request = base
        (request.os, request.arch) = (platform.os, platform.arch)
        request.wantsPlatform = true
        return request
      }
    }
    func multiply<Value>(_ values: [Value], _ change: (inout Request, Value) -> Void) {
      if values.isEmpty { return }
      result = result.flatMap { request in
        values.map { value in
          var copy = request
          change(&copy, value)
          return copy
        }
      }
    }
    multiply(toolchains) { $0.toolchain = $1 }
    for option in options {
      multiply(option.values) { $0.settings.append(Override(option.name, $1)) }
    }
    multiply(sanitizers.isEmpty ? [] : [nil] + sanitizers.map { $0 }) { $0.sanitizer = $1 }
    return result.filter { request in
      !exclusions.contains { $0.expression.holds(Self.words(of: request)) }
    }
  }

  /// The words of expressions that match no variant at all, which are probably misspelt.
  public func unknownWords() -> [String] {
    var plain = self
    plain.exclusions = []
    let known = plain.variants().reduce(into: Set<String>()) { $0.formUnion(Self.words(of: $1)) }
    return exclusions.flatMap(\.expression.words).filter { !known.contains($0) }
  }

  private static let shortNames = ["address": "ASAN", "thread": "TSAN", "undefined": "UBSAN"]

  /// All that a variant is, as words of an expression.
  static func words(of request: Request) -> Set<String> {
    var words: Set<String> = []
    if let os = request.os { words.insert(os) }
    if let arch = request.arch { words.insert(arch) }
    if let os = request.os, let arch = request.arch { words.insert("\(os)/\(arch)") }
    if let toolchain = request.toolchain { words.insert(toolchain) }
    if let sanitizer = request.sanitizer {
      words.insert(sanitizer)
      if let short = shortNames[sanitizer] { words.insert(short) }
    }
    for setting in request.settings {
      if setting.value != nil { words.insert(setting.name) }
      words.insert("\(setting.name)=\(setting.value ?? "off")")
    }
    return words
  }
}

/// An expression that leaves variants out.
public struct VariantFilter: Sendable {
  let expression: VariantExpression

  /// The filter that `text` describes, such as `arm64&address`; nil if it is no expression.
  public init?(_ text: String) {
    guard let expression = VariantExpression(text) else { return nil }
    self.expression = expression
  }
}

/// One variant, generated.
public struct MatrixVariant: Sendable {
  /// What was asked.
  public let request: Request
  /// How it went.
  public let report: Report

  /// The variant that `request` asked for, as `report` says it went.
  public init(request: Request, report: Report) {
    self.request = request
    self.report = report
  }

  /// The name of its build directory; of what was asked, where there is none.
  public var name: String {
    if let name = report.buildDirectory?.lastComponent?.string { return name }
    let base = request.configuration.lastComponent?.string ?? ""
    return "\(base).\(request.os ?? "").\(request.arch ?? "")\(request.tag)"
  }
}

/// What the variants of one description share.
///
/// Threads.  One owner; no locks.
public final class SharedReading {
  let names = Names()
  private var parsed: [FilePath: (bytes: [UInt8], statements: [Statement])] = [:]
  private var contents: [FilePath: [UInt8]] = [:]
  private var lists: [FilePath: [[UInt8]]?] = [:]
  private var outcomes: [[String]: [UInt8]?] = [:]
  /// How many files were parsed, for tests.
  public private(set) var parseCount = 0

  /// Shares nothing yet.
  public init() {}

  /// `machine`, remembering what it has read; records of build directories are read anew.
  public func machine(_ machine: Machine) -> Machine {
    var result = machine
    result.read = { (path) throws(SystemError) in
      let key = path.lexicallyNormalized()
      if let known = self.contents[key] { return known }
      let bytes = try machine.read(path)
      if path.lastComponent?.string != ".config.log" { self.contents[key] = bytes }
      return bytes
    }
    result.list = { path in
      let key = path.lexicallyNormalized()
      if let known = self.lists[key] { return known }
      let entries = machine.list(path)
      self.lists[key] = .some(entries)
      return entries
    }
    result.run = { command in
      if let known = self.outcomes[command] { return known }
      let outcome = machine.run(command)
      if command.first == "pkg-config" { self.outcomes[command] = .some(outcome) }
      return outcome
    }
    return result
  }

  /// The statements of `file`, parsed by `parse` when they are first asked for; what `parse`
  /// complained about is not kept.
  func statements(of file: FoundFile, _ parse: () -> (statements: [Statement], isClean: Bool))
    -> [Statement]
  {
    let key = file.path.lexicallyNormalized()
    if let known = parsed[key], known.bytes == file.bytes { return known.statements }
    parseCount += 1
    let (statements, isClean) = parse()
    if isClean { parsed[key] = (file.bytes, statements) }
    return statements
  }
}
