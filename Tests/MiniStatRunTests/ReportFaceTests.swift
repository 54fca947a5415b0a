import Glibc
import LibJSON
import MiniStat
import Support
import Sys9
import SystemPackage
import Testing

@testable import MiniStatRun

@Suite("The faces of a report") struct ReportFaceTests {
  private static let kinds: [ReportRequest.Kind] = [.summary, .compare, .run]

  private static let here = FilePath(#filePath).removingLastComponent()

  /// All reports of the samples, analysed once.
  private static let reports = Result {
    try ReportSamples.all.flatMap { name, measurement in
      try kinds.map { (name: name, kind: $0, report: try Report(measurement, ReportRequest($0))) }
    }
  }

  private func report(_ name: String, _ kind: ReportRequest.Kind = .compare) throws -> Report {
    let all = try Self.reports.get()
    return try #require(all.first { $0.name == name && $0.kind == kind }).report
  }

  /// Compares with the file, or writes it if `UPDATE_GOLDEN` is set.
  private func expect(_ text: String, _ name: String) throws {
    let path = Self.here.appending("Golden/\(name)")
    if Environment["UPDATE_GOLDEN"] != nil {
      let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC)
      try file.write(text)
      try file.close()
    }
    let expected = String(decoding: try Files.read(path), as: UTF8.self)
    let lines = zip(text.split(separator: "\n"), expected.split(separator: "\n"))
    let first = lines.first { $0 != $1 }.map { "\($0.0)\n\($0.1)" } ?? ""
    #expect(text == expected, "\(name) differs; UPDATE_GOLDEN=1 writes it anew:\n\(first)")
  }

  @Test("text is what it was when it was looked at", arguments: [80, 120], [false, true])
  func text(columns: Int, isASCII: Bool) throws {
    let style = TextStyle(columns: columns, glyphs: isASCII ? .ascii : .unicode)
    for (name, _) in ReportSamples.all where name != "scraps" {
      let text = TextReport(try report(name), style: style).text()
      try expect(text, "\(name)-\(columns)\(isASCII ? "-ascii" : "").txt")
    }
  }

  @Test("Markdown, CSV and summaries are what they were when they were looked at")
  func others() throws {
    for (name, _) in ReportSamples.all {
      try expect(MarkdownReport(try report(name)).text(), "\(name).md")
      try expect(CSVReport(try report(name)).text(), "\(name).csv")
      try expect(TextReport(try report(name, .summary)).text(), "\(name)-summary.txt")
    }
  }

  @Test("text fits its columns and holds no control characters but colours")
  func width() throws {
    for (name, _) in ReportSamples.all {
      for kind in Self.kinds {
        for columns in [80, 100, 120, 160] {
          for glyphs in [PlotGlyphs.unicode, .ascii] {
            let style = TextStyle(columns: columns, glyphs: glyphs)
            for line in TextReport(try report(name, kind), style: style).lines() {
              #expect(
                PlotWidth.cells(of: line.trimmed) <= columns, "\(name): \(line.trimmed)")
            }
          }
        }
      }
    }
  }

  @Test("no name drives the terminal, with or without colour")
  func terminal() throws {
    for hasColour in [false, true] {
      let style = TextStyle(columns: 120, hasColour: hasColour)
      let text = TextReport(try report("attack"), style: style).text()
      var rest = text[...]
      while let escape = rest.firstIndex(of: "\u{1B}") {
        #expect(hasColour)
        let sequence = rest[escape...].prefix { $0 != "m" }
        #expect(sequence.dropFirst().allSatisfy { "[0123456789;".contains($0) })
        rest = rest[rest.index(after: escape)...]
      }
      let bad = text.unicodeScalars.filter {
        ($0.value < 0x20 && $0 != "\n" && $0 != "\u{1B}") || (0x7F...0x9F).contains($0.value)
          || (0x202A...0x202E).contains($0.value)
      }
      #expect(bad.isEmpty)
    }
  }

  @Test("without colour the text is the same")
  func colour() throws {
    let plain = TextReport(try report("pair"), style: TextStyle()).text()
    let style = TextStyle(hasColour: true)
    let coloured = TextReport(try report("pair"), style: style).text()
    #expect(coloured.contains("\u{1B}[1;32mnew is faster than old\u{1B}[0m"))
    var stripped = ""
    var isInside = false
    for character in coloured {
      if character == "\u{1B}" { isInside = true }
      if !isInside { stripped.append(character) }
      if character == "m" { isInside = false }
    }
    let trimmed = stripped.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
    #expect(trimmed.joined(separator: "\n") == plain)
  }

  @Test("every JSON report is as the published schema says")
  func schema() throws {
    let path = Self.here.removingLastComponent().removingLastComponent()
      .appending("docs/ministat.schema.json")
    let check = JSONSchemaCheck(try JSON.parse(bytes: try Files.read(path)))
    for (name, measurement) in ReportSamples.all where name != "odd" {
      for kind in Self.kinds {
        for correction in [Multiplicity.Method.holm, .benjaminiHochberg] {
          var request = ReportRequest(kind)
          request.correction = correction
          let text = JSONReport(try Report(measurement, request)).text()
          let value = try JSON.parse(bytes: Array(text.utf8))
          let faults = check.faults(value)
          #expect(faults.isEmpty, "\(name) \(kind): \(faults.prefix(5))")
          #expect(value["kind"]?.string == kind.rawValue)
        }
      }
    }
  }

  @Test("the check of the schema notices what it is there for")
  func checkOfSchema() throws {
    func faults(_ schema: String, _ value: String) throws -> Int {
      let check = JSONSchemaCheck(try JSON.parse(bytes: Array(schema.utf8)))
      return check.faults(try JSON.parse(bytes: Array(value.utf8))).count
    }
    #expect(try faults(#"{"type":["number","null"]}"#, "null") == 0)
    #expect(try faults(#"{"type":"number"}"#, #""1""#) == 1)
    #expect(try faults(#"{"type":"integer"}"#, "1.5") == 1)
    #expect(try faults(#"{"enum":["a"]}"#, #""b""#) == 1)
    #expect(try faults(#"{"const":"a"}"#, #""b""#) == 1)
    #expect(try faults(#"{"required":["a"]}"#, "{}") == 1)
    #expect(try faults(#"{"properties":{"a":{}}}"#, #"{"b":1}"#) == 1)
    #expect(try faults(#"{"items":{"minimum":2}}"#, "[1,2,3]") == 1)
    #expect(try faults(#"{"minItems":1}"#, "[]") == 1)
    #expect(try faults(#"{"anyOf":[{"type":"null"},{"maximum":1}]}"#, "2") == 1)
    #expect(try faults(##"{"$ref":"#/$defs/x","$defs":{"x":{"type":"null"}}}"##, "1") == 1)
    #expect(try faults(#"{"pattern":"a"}"#, #""a""#) == 1)
  }

  @Test("every page is well-formed, escaped, and needs nothing from elsewhere")
  func page() throws {
    for (name, _) in ReportSamples.all {
      for kind in name == "pair" || name == "scraps" ? Self.kinds : [.compare] {
        let text = PageReport(try report(name, kind)).text()
        let page = try WellFormed(text)
        let names = Set(page.elements.map(\.name))
        #expect(names.isDisjoint(with: ["script", "link", "img", "iframe", "object"]), "\(name)")
        for element in page.elements {
          #expect(!element.attributes.keys.contains { $0.hasPrefix("on") || $0 == "src" })
          if let link = element.attributes["href"] { #expect(link.hasPrefix("#"), "\(link)") }
        }
        #expect(!text.contains("http:") && !text.contains("https:") && !text.contains("url("))
        #expect(!text.contains("NaN") && !text.contains("nan\"") && !text.contains("inf\""))
        let ids = page.elements.compactMap { $0.attributes["id"] }
        #expect(Set(ids).count == ids.count)
        if name == "attack" {
          #expect(page.text.contains("</style><script>alert(1)</script>\"' onload=x & "))
        }
      }
    }
  }

  @Test("what is no page is noticed")
  func wellFormed() {
    let start = "<!DOCTYPE html>\n"
    for bad in [
      "<p>", "<p></q></p>", "<p a=b></p>", "<p>a & b</p>", "<p a=\"<\"></p>",
      "<p a=\"1\" a=\"2\"/>",
      "<p>\u{1B}</p>", "</p>",
    ] {
      #expect(throws: WellFormed.Fault.self) { try WellFormed(start + bad) }
    }
    #expect(throws: Never.self) { try WellFormed(start + "<p a=\"&lt;\">&amp;<br/></p>") }
  }

  @Test("CSV has as many fields in every line, whatever is in them")
  func csv() throws {
    for (name, _) in ReportSamples.all {
      let text = CSVReport(try report(name)).text()
      var fields = 1
      var isQuoted = false
      for character in text {
        if character == "\"" { isQuoted.toggle() }
        if isQuoted { continue }
        if character == "," { fields += 1 }
        if character == "\n" {
          #expect(fields == CSVReport.header.count, "\(name)")
          fields = 1
        }
      }
      #expect(!isQuoted && fields == 1)
    }
  }

  @Test(
    "colour, columns and characters follow the terminal and the environment",
    arguments: [
      (Int?.none, [:], 80, true, false), (100, [:], 100, true, true),
      (100, ["COLUMNS": "90"], 90, true, true), (nil, ["COLUMNS": "90"], 80, true, false),
      (100, ["NO_COLOR": "1"], 100, true, false), (100, ["NO_COLOR": ""], 100, true, true),
      (100, ["TERM": "dumb"], 100, true, false), (100, ["LANG": "C"], 100, false, true),
      (100, ["LANG": "C", "LC_ALL": "fi_FI.UTF-8"], 100, true, true), (10, [:], 40, true, true),
      (1000, ["COLUMNS": "x"], 160, true, true),
    ] as [(Int?, [String: String], Int, Bool, Bool)])
  func style(
    columns: Int?, environment: [String: String], shown: Int, isUnicode: Bool, hasColour: Bool
  ) {
    let style = TextStyle.chosen(columns) { environment[$0] }
    #expect(style.columns == shown)
    #expect((style.glyphs == .unicode) == isUnicode)
    #expect(style.hasColour == hasColour)
  }
}
