// The manual pages are correct mdoc, and complete.

import Sys9
import SystemPackage
import Testing

@testable import ConfigKit

@Suite("docs/man") struct ManPageTests {
  /// The pages, by name.
  static let pages: [String] =
    ((try? Files.list(Repository.root.pushing("docs/man"))) ?? [])
    .map { String(decoding: $0, as: UTF8.self) }.sorted()

  @Test func hasThePages() {
    for page in ["config.1", "config.5"] { #expect(Self.pages.contains(page)) }
  }

  /// What the shell command says about the page; nil if its program is not installed.
  private func complaints(_ program: String, _ arguments: String, _ page: String) throws
    -> [String]?
  {
    let found = try Command.run(["/bin/sh", "-c", "command -v \(program)"], quiet: true)
    if found.status != 0 { return nil }
    let path = Repository.root.pushing(FilePath("docs/man/\(page)"))
    let outcome = try Command.run(
      ["/bin/sh", "-c", "\(program) \(arguments) \"$0\" 2>&1", path.description], quiet: true)
    // Which other pages are installed here is not the page's fault.
    return String(decoding: outcome.output, as: UTF8.self).split(separator: "\n").map(String.init)
      .filter { !$0.contains("outdated mandoc.db") && !$0.contains("referenced manual not found") }
  }

  @Test("are correct for mandoc", arguments: pages)
  func lint(_ page: String) throws {
    guard let complaints = try complaints("mandoc", "-T lint -W style", page) else { return }
    #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
  }

  @Test("are correct for groff", arguments: pages)
  func groff(_ page: String) throws {
    guard let complaints = try complaints("groff", "-mandoc -T utf8 -ww -z", page) else { return }
    #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
  }

  @Test("name every word of the language", arguments: Keyword.allCases)
  func keyword(_ keyword: Keyword) throws {
    let text = try Repository.text("docs/man/config.5")
    let words = text.split { " \n".contains($0) }
    #expect(
      words.contains { $0 == keyword.rawValue }, "config.5 does not say '\(keyword.rawValue)'")
  }

  @Test func nameEverySubcommand() throws {
    let source = try Repository.text("Sources/config/config/Subcommand.swift")
    let page = try Repository.text("docs/man/config.1")
    let words = source.split(separator: "    (\"").dropFirst().compactMap {
      $0.split(separator: "\"").first
    }
    #expect(words.count >= 10)
    for word in words {
      #expect(page.contains("\n.It Cm \(word)\n"), "config.1 does not describe config \(word)")
    }
  }

  /// The options are read out of the source of the command line, which declares them one by one.
  @Test func nameEveryOption() throws {
    let source = try Repository.text("Sources/config/config/ConfigMain.swift")
    let page = try Repository.text("docs/man/config.1")
    let letters = source.split(separator: "customShort(\"").dropFirst().compactMap(\.first)
    #expect(letters.count >= 8)
    for letter in letters {
      let isThere = page.split(separator: "\n").contains {
        ($0 + " ").hasPrefix(".It Fl \(letter) ")
      }
      #expect(isThere, "config.1 does not describe -\(letter)")
    }
    for name in ["make", "ninja", "help", "version"] {
      #expect(page.contains("Fl -\(name)"), "config.1 does not describe --\(name)")
    }
  }
}
