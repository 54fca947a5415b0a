// The case files of config: theory of operation.
//
// Problem.  The language has some 200 rules.  Each wants a small tree, a run of config, and a look
// at what came out; written in Swift the rule would drown.
//
// Shape.  `Cases/*.case` hold several cases each; lines before the first case are remarks.
//
//     === a module brings its members          the name of a case
//     +++ conf/TEST                            a file of the tree; its lines follow
//     module m
//         src/a.c
//     +++ src/a.c src/b.c                      several names: empty files
//     --- args -o FreeBSD                      arguments; conf/TEST if they name no configuration
//     --- env FLAVOUR=red                      a variable of the environment
//     --- package zlib -lz                     what pkg-config says
//     --- missing gcc wine                      programs that this machine lacks
//     --- says                                 all messages, exactly: file:line:col: severity: text
//     --- has steps                            lines of an output, each whole
//     --- lacks Makefile                       pieces of text that the output must not hold
//     --- is config.h                          the whole output
//     --- order commands                       lines of an output, in this order
//
// `+++! PATH` is a file whose lines know the escapes \r \t \0 \\ \s (a blank), \n (no newline
// follows a line by itself then); in names, too, \s is a blank.
//
// Rules.
//   C1  A run fails exactly when an error is among `says`; then nothing is in the tree that was
//       not there before.
//   C2  Where `says` is missing there are no messages.
//   C3  A run that succeeded changes nothing when it is repeated.
//
// Outputs are those of the build directory, and two that read build.ninja for people:
// `steps` (`OUTPUTS: INPUTS | IMPLICIT || ORDER`) and `commands` (`OUTPUT: COMMAND`), the source
// tree in them written as $S.

import Sys9
import SystemPackage

/// One case: a tree, a run, and what must come of it.
struct Case: Sendable, CustomStringConvertible {
  /// A file of the tree.
  struct File {
    let name: String
    var content: [UInt8]
  }

  /// Something that must hold after the run.
  struct Check {
    enum Kind: String { case has, lacks, `is`, order }
    let kind: Kind
    let output: String
    var lines: [String] = []
  }

  let name: String
  /// Where it is written: `name.case:line`.
  let place: String
  var files: [File] = []
  var arguments: [String] = []
  var environment: [String: String] = [:]
  var packages: [String: String] = [:]
  var missing: [String] = []
  var messages: [String] = []
  var checks: [Check] = []

  var description: String { "\(place) \(name)" }

  /// Blank lines before the next case belong to none.
  mutating func dropEmptyEnds() {
    while messages.last == "" { messages.removeLast() }
    for index in checks.indices {
      while checks[index].lines.last == "" { checks[index].lines.removeLast() }
    }
  }

  /// True if the run must fail.
  var fails: Bool { messages.contains { $0.contains(": error: ") } }
}

/// What is wrong with a case file.
struct CaseFault: Error, CustomStringConvertible {
  let description: String
}

/// Reads case files.
struct CaseReader {
  /// All cases of all files in `Cases`, in the order of their names.
  static func all() throws -> [Case] {
    let folder = FilePath(#filePath).removingLastComponent().appending("Cases")
    let names = try Files.list(folder).map { String(decoding: $0, as: UTF8.self) }
    var cases: [Case] = []
    for name in names.sorted() where name.hasSuffix(".case") {
      cases += try read(name, try Files.read(folder.appending(name)))
    }
    let seen = Dictionary(grouping: cases, by: \.name).filter { $0.value.count > 1 }
    if let twice = seen.first {
      throw CaseFault(description: "two cases are called '\(twice.key)'")
    }
    return cases
  }

  /// The cases of one file.
  static func read(_ file: String, _ bytes: [UInt8]) throws -> [Case] {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    if lines.last?.isEmpty ?? false { lines.removeLast() }
    var cases: [Case] = []
    var section = Section.remarks
    for (number, line) in lines.enumerated() {
      let text = String(decoding: line, as: UTF8.self)
      let place = "\(file):\(number + 1)"
      if text.hasPrefix("=== ") {
        cases.append(Case(name: String(text.dropFirst(4)), place: place))
        section = .remarks
      } else if text.hasPrefix("+++") || text.hasPrefix("--- ") {
        guard !cases.isEmpty else { throw CaseFault(description: "\(place): no case begun") }
        section = try open(text, place, &cases[cases.count - 1])
      } else if !cases.isEmpty {
        try add(line, text, section, place, &cases[cases.count - 1])
      }
    }
    for index in cases.indices { cases[index].dropEmptyEnds() }
    return cases
  }

  private enum Section { case remarks, content, escaped, messages, check }

  private static func open(_ line: String, _ place: String, _ target: inout Case) throws -> Section
  {
    if line.hasPrefix("+++") {
      let isEscaped = line.hasPrefix("+++!")
      for name in line.dropFirst(isEscaped ? 4 : 3).split(separator: " ") {
        let plain = String(decoding: unescaped(Array(name.utf8)), as: UTF8.self)
        target.files.append(Case.File(name: plain, content: []))
      }
      return isEscaped ? .escaped : .content
    }
    let words = line.dropFirst(4).split(separator: " ").map(String.init)
    switch words.first {
    case "args": target.arguments += words.dropFirst()
    case "env":
      let pair = line.dropFirst(8).split(separator: "=", maxSplits: 1).map(String.init)
      target.environment[pair[0]] = pair.count > 1 ? pair[1] : ""
    case "package" where words.count > 1:
      target.packages[words[1]] = words.dropFirst(2).joined(separator: " ")
    case "missing": target.missing += words.dropFirst()
    case "says": return .messages
    case let word?:
      guard let kind = Case.Check.Kind(rawValue: word), words.count == 2 else { fallthrough }
      target.checks.append(Case.Check(kind: kind, output: words[1]))
      return .check
    default: throw CaseFault(description: "\(place): '\(line)' is not known")
    }
    return .remarks
  }

  private static func add(
    _ line: [UInt8], _ text: String, _ section: Section, _ place: String, _ target: inout Case
  ) throws {
    switch section {
    case .remarks:
      if !text.isEmpty { throw CaseFault(description: "\(place): '\(text)' belongs nowhere") }
    case .content: target.files[target.files.count - 1].content += line + [0x0A]
    case .escaped: target.files[target.files.count - 1].content += unescaped(line)
    case .messages: target.messages.append(text)
    case .check: target.checks[target.checks.count - 1].lines.append(text)
    }
  }

  private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
    let meanings: [UInt8: UInt8] = [
      UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "0"): 0,
      UInt8(ascii: "s"): 32, UInt8(ascii: "\\"): 92,
    ]
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == 92, index + 1 < bytes.count, let meant = meanings[bytes[index + 1]] {
        result.append(meant)
        index += 2
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }
}
