// The manual tells the truth: its examples do what it says, and none of the words is forgotten.

import Sys9
import SystemPackage
import Testing

@testable import ConfigKit

@Suite("docs/config.md") struct ManualTests {
  static let examples = (try? Example.all(in: Repository.text("docs/config.md"))) ?? []

  @Test func hasExamples() { #expect(Self.examples.count >= 50) }

  @Test("does what it says", arguments: examples)
  func example(_ example: Example) throws {
    let outcome = try Bench().run(example)
    let wanted = try #require(example.value("expect"), "\(example): say expect=ok or expect=error")
    #expect(outcome.failed == (wanted == "error"), "\(example)\n\(outcome.messages)")
    if outcome.failed != (wanted == "error") { return }
    let isSilent = !example.outputs.contains { $0.file.isEmpty }
    if wanted == "ok" && isSilent {
      #expect(outcome.messages.isEmpty, "\(example): messages that the manual does not show")
    }
    #expect(wanted == "ok" || !isSilent, "\(example): show the message")
  }

  @Test("shows what config writes", arguments: examples)
  func outputs(_ example: Example) throws {
    if example.outputs.isEmpty { return }
    let bench = try Bench()
    let outcome = try bench.run(example)
    for output in example.outputs {
      let lines = try outcome.lines(of: output.file)
      let isFound =
        output.file.isEmpty ? lines == output.lines : Self.contains(lines, output.lines)
      let found = lines.joined(separator: "\n")
      #expect(
        isFound, "\(example): \(output.file) holds\n\(found)\n\nand the manual \(output.lines)")
    }
  }

  /// True if `lines` hold `wanted` one behind the other; "..." stands for any lines.
  static func contains(_ lines: [String], _ wanted: [String]) -> Bool {
    var rest = lines[...]
    for run in wanted.split(separator: "...") {
      guard
        let start = rest.indices.first(where: { rest[$0...].starts(with: run) })
      else { return false }
      rest = rest[(start + run.count)...]
    }
    return true
  }

  /// A keyword without an example is one that config itself says it does not have.
  @Test("has an example of every keyword", arguments: Keyword.allCases.map(\.rawValue))
  func keyword(_ keyword: String) throws {
    let isShown = Self.examples.contains { example in
      example.value("expect") == "ok"
        && example.files.contains { file in
          file.text.split(whereSeparator: { " \t\n;".contains($0) }).contains { $0 == keyword }
        }
    }
    if isShown { return }
    var unknown = Example(heading: keyword, line: 0, words: [])
    let isAttachment = Keyword(rawValue: keyword).map { $0.isAttachment } ?? false
    unknown.add(isAttachment ? "program p\n\t\(keyword) x" : "\(keyword) x")
    let outcome = try Bench().run(unknown)
    #expect(
      outcome.messages.contains("'\(keyword)' is not in this version"),
      "docs/config.md has no example of '\(keyword)'")
  }

  @Test("names every word of the language", arguments: Keyword.allCases.map(\.rawValue))
  func named(_ keyword: String) throws {
    let text = try Repository.text("docs/config.md")
    #expect(text.contains("`\(keyword)`") || text.contains("`\(keyword) "))
  }
}
