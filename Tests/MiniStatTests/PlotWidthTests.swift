import MiniStat
import Support
import Sys9
import SystemPackage
import Testing

@Suite("Display widths") struct PlotWidthTests {
  @Test(
    "of texts",
    arguments: [
      ("", 0), ("abc", 3), ("naïve", 5), ("nai\u{308}ve", 5), ("日本語", 6), ("ＡＢ", 4),
      ("e\u{301}\u{323}", 1), ("a\u{200B}b", 2), ("한글", 4), ("\u{1112}\u{1161}\u{11AB}", 2),
      ("👍", 2), ("👍🏽", 2), ("👩‍👩‍👧", 2), ("🇫🇮", 2), ("☺", 1), ("☺\u{FE0F}", 2), ("├─●─┤", 5),
      ("⣿", 1),
      ("\u{AD}", 1), ("±", 1), ("µs", 2), ("\u{FEFF}", 0), ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", 2), ("ｶﾞ", 2),
    ])
  func widths(_ text: String, _ cells: Int) {
    #expect(PlotWidth.cells(of: text) == cells)
  }

  /// The fields of a file of the Unicode database, by ranges of scalars.
  private func ranges(_ path: String) throws -> [(ClosedRange<UInt32>, String)]? {
    guard try Files.status(FilePath(path)) != nil else { return nil }
    let text = String(decoding: try Files.read(FilePath(path)), as: UTF8.self)
    return text.split(separator: "\n").compactMap { line in
      let fields = line.prefix { $0 != "#" }.split(separator: ";")
        .map { $0.filter { $0 != " " } }
      guard fields.count > 1 else { return nil }
      let ends = fields[0].split(separator: ".").compactMap { UInt32($0, radix: 16) }
      return ends.isEmpty ? nil : (ends[0]...ends[ends.count - 1], fields[1])
    }
  }

  @Test("follow the Unicode database, where that is installed (Debian: unicode-data)")
  func database() throws {
    guard let widths = try ranges("/usr/share/unicode/EastAsianWidth.txt") else { return }
    let categories = try #require(
      try ranges("/usr/share/unicode/extracted/DerivedGeneralCategory.txt"))
    var category = [String](repeating: "Cn", count: 0x11_0000)
    for (range, name) in categories { for code in range { category[Int(code)] = name } }
    var wrong: [String] = []
    for (range, width) in widths {
      for code in range {
        guard let scalar = Unicode.Scalar(code), !["Cn", "Cc"].contains(category[Int(code)]) else {
          continue
        }
        let isZero =
          ["Mn", "Me", "Cf", "Zl", "Zp"].contains(category[Int(code)]) && code != 0xAD
          || (0x1160...0x11FF).contains(code) || (0xD7B0...0xD7FB).contains(code)
        let expected = isZero ? 0 : width == "W" || width == "F" ? 2 : 1
        if PlotWidth.cells(of: scalar) != expected {
          wrong.append(String(code, radix: 16))
        }
      }
    }
    // Swift may know a later version, in which a few scalars have changed their category.
    #expect(wrong.count < 10, "\(wrong.count): \(wrong.prefix(10))")
  }

  @Test("cuts at the columns, between characters")
  func cuts() {
    #expect(PlotWidth.cut("abcdef", to: 6) == "abcdef")
    #expect(PlotWidth.cut("abcdef", to: 4) == "abc…")
    #expect(PlotWidth.cut("日本語", to: 5) == "日本…")
    #expect(PlotWidth.cut("日本語", to: 4) == "日…")
    #expect(PlotWidth.cut("e\u{301}e\u{301}e\u{301}", to: 2) == "e\u{301}…")
    #expect(PlotWidth.cut("abc", to: 0) == "")
  }

  @Test("spells out what would drive a terminal")
  func visible() {
    #expect(PlotWidth.visible("a\u{1B}[31mb\n\tc\r") == "a\\u{1b}[31mb\\n\\tc\\r")
    #expect(PlotWidth.visible("a\u{202E}b\u{9B}c\u{7F}") == "a\\u{202e}b\\u{9b}c\\u{7f}")
    #expect(PlotWidth.visible("日本 👩‍👧") == "日本 👩‍👧")
  }
}

@Suite("Inked text") struct PlotTextTests {
  @Test func holdsNoControlCharacters() {
    var line = PlotText("a\u{1B}[2Jb", .bad)
    line.append("\u{7}", .bad)
    #expect(line.plain == "a\\u{1b}[2Jb\\u{7}")
    #expect(line.width == line.plain.utf8.count)
    #expect(line.rendered(colour: false) == line.plain)
    #expect(line.rendered(colour: true) == "\u{1B}[1;31m\(line.plain)\u{1B}[0m")
  }

  @Test func alignsByColumns() {
    #expect(PlotText("日本").aligned(.right, in: 6).plain == "  日本")
    #expect(PlotText("日本").aligned(.left, in: 6).plain == "日本  ")
    #expect(PlotText("日本語").aligned(.left, in: 3).plain == "日本語")
    #expect(PlotText("a  ").trimmed == "a")
  }
}
