// The editors' grammar and the short manual know every word of the language.

import LibJSON
import Sys9
import SystemPackage
import Testing

@testable import ConfigKit

@Suite("docs/editor/config.tmLanguage.json") struct GrammarTests {
  private static func file() throws -> [UInt8] {
    let root = FilePath(#filePath).removingLastComponent().appending("../../..")
    return try Files.read(root.appending("docs/editor/config.tmLanguage.json"))
  }

  @Test func isCurrent() throws {
    let isCurrent = try Self.file() == Array(TextMateGrammar.json.pretty.utf8)
    #expect(isCurrent, "config lsp --textmate > docs/editor/config.tmLanguage.json")
  }

  /// The words in the patterns, as they stand between `(`, `|` and `)`.
  private func words(_ names: [String]) throws -> Set<String> {
    let repository = try JSON.parse(bytes: try Self.file())["repository"]
    return names.reduce(into: Set<String>()) { result, name in
      let text = repository?[name]?["match"]?.string ?? ""
      result.formUnion(text.split { "()|^$".contains($0) }.map(String.init))
    }
  }

  @Test("colours every directive", arguments: Keyword.allCases.filter(\.isDirective))
  func directive(_ keyword: Keyword) throws {
    #expect(try words(["owner", "definition", "head"]).contains(keyword.rawValue))
  }

  @Test("colours every attachment", arguments: Keyword.allCases.filter { !$0.isDirective })
  func attachment(_ keyword: Keyword) throws {
    #expect(try words(["condition", "reference", "attachment"]).contains(keyword.rawValue))
  }

  @Test("knows every word of a test", arguments: KeywordHelp.testFields.map(\.word))
  func field(_ word: String) throws {
    let known = try words(["condition", "reference", "attachment", "owner"])
    #expect(known.contains(word))
  }

  @Test("the short manual has every keyword", arguments: Keyword.allCases)
  func help(_ keyword: Keyword) {
    for isHead in [true, false] where isHead ? keyword.isDirective : keyword.isAttachment {
      let help = KeywordHelp.of(keyword, isHead: isHead)
      #expect(
        help.usage.contains(keyword.rawValue) || keyword == .dependency
          || keyword == .beforeDepend, "\(help.usage)")
      #expect(help.text != "A word of the language.")
    }
  }
}
