// The examples of docs/answers.md: the page's own tree, and every command with what it prints.
//
//     ```tree                       the tree: `==> PATH... <==` before each file's content
//     ```console                    commands behind "$ ", then what they print; "…" stands for
//                                   anything within a line
//
// The commands run one after the other in one tree, as somebody would type them.

import Support
import Sys9
import SystemPackage
import Testing

/// One command of the page.
struct ConsoleExample {
  let line: Int
  let command: String
  var output: [String] = []
}

/// The page, read.
struct AnswersPage {
  private(set) var files: [(path: String, text: String)] = []
  private(set) var examples: [ConsoleExample] = []

  init(_ text: String) {
    var block: String?
    var paths: [String] = []
    var content = ""
    func end(_ page: inout AnswersPage) {
      for path in paths { page.files.append((path, content)) }
      paths = []
      content = ""
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for (number, line) in zip(1..., lines) {
      if line.hasPrefix("```") {
        end(&self)
        block = block == nil ? String(line.dropFirst(3)) : nil
      } else if block == "tree" {
        if line.hasPrefix("==> ") {
          end(&self)
          paths = line.dropFirst(4).dropLast(4).split(separator: " ").map(String.init)
        } else {
          content += "\(line)\n"
        }
      } else if block == "console" {
        if line.hasPrefix("$ ") {
          examples.append(ConsoleExample(line: number, command: String(line.dropFirst(2))))
        } else if !examples.isEmpty {
          examples[examples.count - 1].output.append(line)
        }
      }
    }
  }
}

@Suite("docs/answers.md") struct AnswersTests {
  /// True if `line` is `pattern`, in which "…" stands for anything.
  static func matches(_ line: String, _ pattern: String) -> Bool {
    let parts = pattern.split(separator: "…", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return line == pattern }
    guard line.hasPrefix(parts[0]), line.hasSuffix(parts[parts.count - 1]) else { return false }
    var rest = line.dropFirst(parts[0].count)
    for part in parts.dropFirst() {
      guard let found = part.isEmpty ? rest.startIndex..<rest.startIndex : rest.firstRange(of: part)
      else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }

  @Test("prints what the page says", .enabled(if: CompletionTests.config != nil, "not built"))
  func examples() throws {
    let program = try #require(CompletionTests.config)
    let page = AnswersPage(try Repository.text("docs/answers.md"))
    #expect(page.files.count >= 8 && page.examples.count >= 15)
    let workshop = try Workshop()
    for file in page.files { try workshop.write(file.path, file.text) }
    try workshop.write("bin/config", "#!/bin/sh\nexec '\(program)' \"$@\"\n")
    _ = try Command.run(["chmod", "+x", "\(workshop.path("bin/config"))"])
    for example in page.examples {
      let outcome = try Command.run([
        "sh", "-c",
        "cd '\(workshop.directory)' && PATH=$PWD/bin:$PATH\nunset MAKEFLAGS MAKELEVEL CFLAGS CC\n"
          + "exec 2>&1; \(example.command)",
      ])
      var lines = String(decoding: outcome.output, as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if lines.last?.isEmpty ?? false { lines.removeLast() }
      let isEqual =
        lines.count == example.output.count
        && zip(lines, example.output).allSatisfy { Self.matches($0, $1) }
      #expect(
        isEqual,
        "docs/answers.md:\(example.line): \(example.command)\n\(lines.joined(separator: "\n"))")
    }
  }

  @Test(
    "compares lines",
    arguments: [
      ("a b c", "a b c", true), ("a b c", "a … c", true), ("a b c", "…", true),
      ("a b", "a…b…", true),
      ("a b c", "a … d", false), ("a b c", "a b", false), ("", "…", true), ("ab", "b…a", false),
    ])
  func compares(_ line: String, _ pattern: String, _ expected: Bool) {
    #expect(Self.matches(line, pattern) == expected)
  }

  @Test func describesEveryCheck() throws {
    let text = try Repository.text("docs/answers.md")
    let source = try Repository.text("Sources/config/ConfigKit/Query/Lint.swift")
    let names = source.split(separator: "\n").filter {
      $0.hasPrefix("  case ") && $0.contains("\"")
    }
    .compactMap { $0.split(separator: "\"").dropFirst().first }
    #expect(names.count >= 13)
    for name in names { #expect(text.contains("| `\(name)` |"), "\(name)") }
  }
}
