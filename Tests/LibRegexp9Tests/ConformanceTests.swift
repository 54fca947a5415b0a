// What others' matchers say, on the patterns that regexp(7) can express.
//
// The data lies outside the repository: `CONFORMANCE_DATA` names the folder above `conformance`.
// Without it these tests say so, and pass.  Of RE2's exhaustive tests every 16th pattern is asked,
// all 74,000 with `CONFORMANCE_ALL` set.

import Sys9
import SystemPackage
import Testing

@testable import LibRegexp9

@Suite("Regexp beside other matchers") struct ConformanceTests {
  private static func data(_ name: String) throws -> [UInt8]? {
    guard let folder = Environment["CONFORMANCE_DATA"] else {
      print("regexp: CONFORMANCE_DATA is not set, \(name) is not compared")
      return nil
    }
    let path = FilePath(folder).appending("conformance").appending(name)
    if name.hasSuffix(".bz2") {
      return try Command.run(["bzcat", path.string]).output
    }
    return try Files.read(path)
  }

  @Test("Fowler's tests", arguments: ["basic.dat", "nullsubexpr.dat", "repetition.dat"])
  func fowler(_ name: String) throws {
    guard let bytes = try Self.data(name) else { return }
    var compared = 0
    var pattern = ""
    for line in bytes.split(separator: 0x0A) {
      let fields = line.split(separator: 0x09).map { String(decoding: $0, as: UTF8.self) }
      guard fields.count >= 4, let row = FowlerRow(fields, previous: pattern) else { continue }
      pattern = row.pattern
      guard row.isExpressible else { continue }
      compared += 1
      let found = try Regexp(row.pattern, options: row.options).firstMatch(in: row.text)
      #expect(found?.range == row.range, "\(fields)")
    }
    print("regexp: \(name): \(compared) compared")
    #expect(compared > 10)
  }

  @Test("RE2's tests with longest_match", arguments: ["re2-search.txt", "re2-exhaustive.txt.bz2"])
  func re2(_ name: String) throws {
    guard let bytes = try Self.data(name) else { return }
    let isSampled = name.contains("exhaustive") && Environment["CONFORMANCE_ALL"] == nil
    var reader = RE2Reader(step: isSampled ? 16 : 1)
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      reader.read(line)
    }
    print("regexp: \(name): \(reader.compared) compared, \(reader.patterns) patterns")
    #expect(reader.compared > 500)
    #expect(reader.differences.isEmpty, "\(reader.differences.prefix(20))")
  }
}

/// A row of Fowler's data: flags, pattern, text, what is expected.
private struct FowlerRow {
  let pattern: String
  let text: String
  let options: Regexp.Options
  /// Where the whole match is; nil if there is none.
  var range: Range<Int>?
  var isExpressible: Bool

  init?(_ fields: [String], previous: String) {
    let flags = fields[0]
    // B and L are other languages, and E is ours; NOTEs are none.
    guard flags.contains("E"), !flags.contains("#"), !flags.contains("N") else { return nil }
    let hasEscapes = flags.contains("$")
    let raw = fields[1] == "SAME" ? previous : fields[1]
    pattern = hasEscapes && fields[1] != "SAME" ? Self.unescaped(raw) : raw
    let text = fields[2] == "NULL" ? "" : fields[2]
    self.text = hasEscapes ? Self.unescaped(text) : text
    options = flags.contains("i") ? .ignoreCase : []
    let expected = fields[3]
    isExpressible = Self.isExpressible(pattern, self.text)
    if expected != "NOMATCH" {
      let numbers = expected.dropFirst().prefix { $0 != ")" }.split(separator: ",")
      guard expected.hasPrefix("("), numbers.count == 2, let start = Int(numbers[0]),
        let end = Int(numbers[1])
      else {
        isExpressible = false  // an error of POSIX
        return
      }
      range = start..<end
    }
  }

  private static func unescaped(_ text: String) -> String {
    text.replacing(#"\n"#, with: "\n").replacing(#"\t"#, with: "\t")
  }

  /// False for what regexp(7) writes otherwise: counts, named classes, `]` and `-` in a class,
  /// empty operands, and texts with newlines, which POSIX does not divide into lines.
  private static func isExpressible(_ pattern: String, _ text: String) -> Bool {
    let words = ["{", "[[", "[^[", "[]", "[^]", "(?", "()", "(|", "||", "|)", "(*", "(+", "^*"]
    if words.contains(where: { pattern.contains($0) }) || text.contains("\n") { return false }
    if text.contains("\\x") { return false }
    if pattern.contains("[") && pattern.contains("-]") { return false }
    // A backslash in a class quotes here, and `\x` with a letter or digit has meanings there.
    if pattern.contains("[") && pattern.contains("\\") { return false }
    return (try? Regexp(pattern)) != nil && !pattern.contains("[-") && !pattern.contains("[^-")
  }
}

/// Reads RE2's log of tests: strings, patterns, and what each pattern finds in each string.
private struct RE2Reader {
  private enum Section { case none, strings, patterns }
  private let step: Int
  private var seen = 0
  private var section = Section.none
  private var strings: [[UInt8]] = []
  private var regexp: RegexpMatcher?
  private var number = 0
  private var pattern = ""
  private(set) var compared = 0
  private(set) var patterns = 0
  private(set) var differences: [String] = []

  init(step: Int) { self.step = step }

  mutating func read(_ line: ArraySlice<UInt8>) {
    if line.elementsEqual("strings".utf8) {
      section = .strings
      strings = []
    } else if line.elementsEqual("regexps".utf8) {
      section = .patterns
    } else if line.first == UInt8(ascii: "\"") {
      if section == .strings {
        strings.append(Self.unquoted(line))
      } else {
        begin(String(decoding: Self.unquoted(line), as: UTF8.self))
      }
    } else if section == .patterns, let regexp, number < strings.count {
      compare(line, regexp)
    }
  }

  private mutating func begin(_ pattern: String) {
    self.pattern = pattern
    number = 0
    seen += 1
    regexp = nil
    if seen % step != 0 { return }
    regexp = Self.expressed(pattern).flatMap { try? Regexp($0) }.map { RegexpMatcher($0) }
    if regexp != nil { patterns += 1 }
  }

  /// The third column is the longest match of the whole text, the fourth the leftmost-longest.
  private mutating func compare(_ line: ArraySlice<UInt8>, _ matcher: RegexpMatcher) {
    let text = strings[number]
    number += 1
    if text.contains(0x0A) { return }
    guard let last = line.lastIndex(of: UInt8(ascii: ";")) else { return }
    let wanted = Self.range(line[(last + 1)...])
    let found = matcher.find(in: text.span)
    compared += 1
    if found != wanted && differences.count < 100 {
      differences.append("\(pattern) in \(text): \(found as Any), not \(wanted as Any)")
    }
  }

  /// What a column says about the whole match: `START-END`, or `-` for none.
  private static func range(_ column: ArraySlice<UInt8>) -> Range<Int>? {
    var numbers: [Int] = []
    var number: Int?
    for byte in column {
      if byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
        number = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
      } else if byte == UInt8(ascii: "-"), let start = number {
        numbers.append(start)
        number = nil
      } else {
        break
      }
    }
    guard let start = numbers.first, let end = number else { return nil }
    return start..<end
  }

  private static func unquoted(_ line: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var index = line.startIndex + 1
    while index < line.endIndex - 1 {
      if line[index] != 0x5C {
        result.append(line[index])
        index += 1
        continue
      }
      let kind = line[index + 1]
      if kind == UInt8(ascii: "x") {
        let digits = String(decoding: line[(index + 2)..<(index + 4)], as: UTF8.self)
        result.append(UInt8(digits, radix: 16) ?? 0)
        index += 4
      } else if kind >= UInt8(ascii: "0") && kind <= UInt8(ascii: "7") {
        let digits = String(decoding: line[(index + 1)..<(index + 4)], as: UTF8.self)
        result.append(UInt8(digits, radix: 8) ?? 0)
        index += 4
      } else {
        let names: [UInt8: UInt8] = [0x6E: 10, 0x74: 9, 0x72: 13, 0x66: 12, 0x61: 7, 0x76: 11]
        result.append(names[kind] ?? kind)
        index += 2
      }
    }
    return result
  }

  /// `pattern` as regexp(7) writes it, nil if it cannot.
  private static func expressed(_ pattern: String) -> String? {
    var result = ""
    var rest = Substring(pattern)
    while let rune = rest.first {
      if rest.hasPrefix("(?:") {
        result += "("
        rest = rest.dropFirst(3)
        continue
      }
      if rest.hasPrefix("(?") || "{[".contains(rune) { return nil }
      if rune == "\\" {
        // Classes, borders and Unicode are written otherwise.
        guard let quoted = rest.dropFirst().first, !quoted.isLetter, !quoted.isNumber else {
          return nil
        }
      }
      // Non-greedy operators are not known, but choose the same longest match.
      if "*+?".contains(rune), let next = rest.dropFirst().first, "*+?".contains(next) {
        return nil
      }
      result.append(rune)
      rest = rest.dropFirst()
      if rune == "\\", let quoted = rest.first {
        result.append(quoted)
        rest = rest.dropFirst()
      }
    }
    return result
  }
}
