// The command line of 9grep.

import Glibc
import Lib9c
import LibRegexp9
import Sys9
import SystemPackage

/// What the user asked for.
struct Options {
  /// What is printed of a file.
  enum Report { case lines, count, name, nothing }

  var report = Report.lines
  var selectsOthers = false
  var showsNumbers = false
  /// nil: with the names of files if there are several.
  var showsNames: Bool?
  var usesColour = Terminal.wantsColour(1)
  var patternOptions: Regexp.Options = []
  var patterns: [String] = []
  var files: [String] = []

  static let usage = Usage(
    "9grep", operands: "[pattern] [file ...]",
    flags: [
      .init("c", "print the number of lines of each file"), .init("F", "patterns are texts"),
      .init("h", "print no names of files"), .init("i", "take upper and lower case for the same"),
      .init("l", "print the names of files only"), .init("n", "print the numbers of lines"),
      .init("q", "print nothing, stop at the first line"),
      .init("v", "select the lines that do not match"),
      .init("e", "pattern", "a pattern; may be given several times"),
      .init("f", "file", "a file of patterns, one a line"),
    ])

  /// Reads a command line; on one that is wrong, says so and ends the program.
  static func read() -> Options {
    var options = Options()
    var hasPatterns = false
    var args = ArgParser()
    while let flag = args.next() {
      switch flag {
      case "c": options.report = .count
      case "F": options.patternOptions.insert(.literal)
      case "h": options.showsNames = false
      case "i": options.patternOptions.insert(.ignoreCase)
      case "l": options.report = .name
      case "n": options.showsNumbers = true
      case "q": options.report = .nothing
      case "v": options.selectsOthers = true
      case "e":
        options.add(args.eargf { usage.fail() })
        hasPatterns = true
      case "f":
        options.addFile(args.eargf { usage.fail() })
        hasPatterns = true
      default: usage.fail()
      }
    }
    options.files = args.rest
    if !hasPatterns {
      guard let pattern = options.files.first else { usage.fail() }
      options.add(pattern)
      options.files.removeFirst()
    }
    return options
  }

  /// Each line of `text` is a pattern.
  private mutating func add(_ text: String) {
    patterns += text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private mutating func addFile(_ name: String) {
    do throws(SystemError) {
      let bytes = try name == "-" ? Files.read(all: 0) : Files.read(FilePath(name))
      let text = String(decoding: bytes.last == 0x0A ? bytes.dropLast() : bytes[...], as: UTF8.self)
      if !bytes.isEmpty { add(text) }
    } catch {
      Complaints.fail("\(name): \(error.reason)")
    }
  }

  /// The patterns as one; nil if there is none, which selects nothing.
  func compiled() -> Regexp? {
    if patterns.isEmpty { return nil }
    do throws(RegexpError) {
      // Each by itself first: an error is then that of the pattern that has it.
      for pattern in patterns { _ = try Regexp(pattern, options: patternOptions) }
      // The empty pattern matches every line, whatever the others do.
      if patterns.count == 1 { return try Regexp(patterns[0], options: patternOptions) }
      if patterns.contains("") { return try Regexp("") }
      let isLiteral = patternOptions.contains(.literal)
      let parts = patterns.map { "(" + (isLiteral ? Self.quoted($0) : $0) + ")" }
      return try Regexp(
        parts.joined(separator: "|"), options: patternOptions.subtracting(.literal))
    } catch {
      Complaints.fail("\(error)")
    }
  }

  private static func quoted(_ pattern: String) -> String {
    pattern.reduce(into: "") { $0 += "\\" + String($1.unicodeScalars.first ?? "\\") + $1.rest }
  }
}

extension Character {
  /// What follows the first scalar of a character: combining marks and the like.
  fileprivate var rest: String {
    unicodeScalars.dropFirst().map { "\\" + String(Character($0)) }.joined()
  }
}

/// What is said about errors.
enum Complaints {
  /// Says what is wrong on the standard error.
  static func say(_ text: String) {
    let bytes = Array("9grep: \(text)\n".utf8)
    // Where this cannot be said, there is nowhere to say that.
    try? unsafe bytes.withUnsafeBufferPointer { (bytes) throws(SystemError) in
      try unsafe Sys9.write(2, all: UnsafeRawBufferPointer(bytes))
    }
  }

  /// Says what is wrong and ends the program.
  static func fail(_ text: String) -> Never {
    say(text)
    exit(2)
  }
}
