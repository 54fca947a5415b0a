// Verbs that programs install, quoting, and what many threads share.

import CAllocations
import LibFmt
import LibUTF
import Support
import Sys9
import Testing

/// A type of one's own.
private struct Point: Formattable, CustomStringConvertible {
  var x: Double
  var y: Double
  var description: String { "point" }
}

private func pointVerbs() -> Verbs {
  var verbs = Verbs.standard
  verbs.install("P") { f, argument in
    guard let point = argument.value(as: Point.self) else { return f.printBadArgument() }
    f.print(f.flags.contains(.sharp) ? "(%.1f, %.1f)" : "%g %g", point.x, point.y)
  }
  return verbs
}

@Suite("Installed verbs") struct InstallTests {
  @Test func printTypesOfOnesOwn() {
    let point = Point(x: 1, y: 2.5)
    #expect(smprint("%P|%#P|%d", point, point, 7, verbs: pointVerbs()) == "1 2.5|(1.0, 2.5)|7")
    #expect(smprint("%P %P", point, 7) == "%P% %P%", "a table is its printer's own")
    #expect(smprint("%P|%d", 7, 8, verbs: pointVerbs()) == "%P%|8", "another type")
    #expect(smprint("%s|%8s|%d", point, point, point) == "point|   point|%d%")
  }

  @Test func seeFlagsWidthAndPrecision() {
    var verbs = Verbs.standard
    verbs.install("W") { f, argument in
      let flags = f.flags.contains(.left) ? "left " : ""
      f.print("[%s%d.%d %s]", flags, f.width, f.precision, argument.string ?? "?")
      f.print("%d", f.width)
    }
    #expect(smprint("%-8.3W|%*W", "x", 5, "y", verbs: verbs) == "[left 8.3 x]8|[5.0 y]5")
    #expect(smprint("%W %W", [UInt8]([0x61]), 4, verbs: verbs) == "[0.0 a]0 [0.0 ?]0")
  }

  @Test func mayTakeNoArgumentAndReplaceOthers() {
    var verbs = Verbs.standard
    verbs.install("T", takesArgument: false) { f, _ in f.printString("now") }
    verbs.install("d") { f, argument in f.print("<%x>", argument.int ?? 0) }
    #expect(smprint("%T %6T|%d", 255, verbs: verbs) == "now    now|<ff>")
    let copy = verbs
    verbs.install("T") { f, _ in f.printString("other") }
    #expect(smprint("%T", verbs: copy) == "now", "a copy stays what it was")
  }

  @Test(arguments: ["-", "+", " ", "#", "0", "9", ".", "*", "u", "h", "l", ",", "'", "\0"])
  func cannotBeFlags(name: String) {
    var verbs = Verbs.standard
    for scalar in name.unicodeScalars {
      #expect(!verbs.install(scalar) { _, _ in })
      #expect(fmtinstall(scalar, nil) == -1)
    }
  }

  @Test func ofTheProcessAreEverybodys() {
    #expect(fmtinstall("☃") { f, argument in f.print("snow %d", argument.int ?? 0) } == 0)
    #expect(smprint("%☃!", 3) == "snow 3!")
    #expect(smprint("%☃ %P", 3, Point(x: 1, y: 1), verbs: pointVerbs()) == "snow 3 1 1")
    fmtinstall("☃", nil)
    #expect(smprint("%☃!", 3) == "%☃%!")
  }

  @Test(
    "quoting",
    arguments: [
      ("", "''"), ("plain", "plain"), ("a b", "'a b'"), ("it's", "'it''s'"), ("tab\t", "'tab\t'"),
      ("☺", "☺"), ("\u{7F}$\"", "\u{7F}$\""),
    ])
  func quoting(text: String, wanted: String) {
    #expect(smprint("%q %Q", text, text) == "\(wanted) \(wanted)")
    #expect(smprint("%Q", UTF.runes(of: text)) == wanted)
    #expect(smprint("%#q", text) == (wanted.hasPrefix("'") ? wanted : "'\(text)'"))
  }

  @Test("widths of quoted text count runes, and all of a rune is printed") func knownBugs() {
    #expect(smprint("%10q|%-9q|", "é ☺", "é ☺") == "     'é ☺'|'é ☺'    |")
    #expect(smprint("%Q", UTF.runes(of: "日本 語")) == "'日本 語'")
    #expect(smprint("%.3q|%.3q|%.0q|", "it's", "a b c", "x") == "'it'''|'a b'|''|")
    #expect(smprint("%.4H", [UInt8]?.none) == "<nil>", "precision counts bytes, not letters")
  }

  @Test func whatIsQuotedCanBeChosen() {
    var verbs = Verbs.standard
    verbs.needsQuotes = { $0 == 0x3A || $0 >= 0x100 }
    #expect(smprint("%q %q %q", "a:b", "é", "☺", verbs: verbs) == "'a:b' é '☺'")
  }
}

@Suite("What is shared") struct SharedTests {
  @Test func literalsAreParsedOnceWhoeverIsFirst() {
    Threads.run(4) { number in
      for round in 0..<2000 {
        let text = smprint("%d:%d %s|", number, round, "x")
        if text != "\(number):\(round) x|" { Issue.record("\(text)") }
        if round % 500 == number { fmtinstall("☂") { f, _ in f.printString("rain") } }
      }
    }
    fmtinstall("☂", nil)
  }

  @Test func formatsOfTheirOwnMayBeUsedByAllThreads() {
    let format = Format("%5d %s\n")
    Threads.run(4) { number in
      for _ in 0..<2000 {
        if smprint(format, number, "y") != "    \(number) y\n" { Issue.record("mixed up") }
      }
    }
  }

  @Test func printingAllocatesNothing() {
    guard callocations_are_counted() == 1 else {
      print("fmt: allocations are not counted here")
      return
    }
    var memory = [UInt8](repeating: 0, count: 2000)
    let name = "a name that is longer than fifteen bytes"
    let format = Format("%-20s|%08.3f|%q|%'d|%r\n")
    let isOptimized = !_isDebugAssertConfiguration()
    func all(_ number: Int) {
      var room = memory.mutableSpan
      snprint(&room, "%d %s %g\n", number, name, 0.37)
      snprint(&room, "%.400f %.30e %x %C\n", 1e300, 1e-300, 255, 0x263A)
      snprint(&room, "%q %'d %08.3f %10s|%.2s\n", "it's", 1_234_567, 2.5)
      // Without optimization the standard library's own calls allocate in these two.
      if isOptimized { snprint(&room, format, name, 2.5, "it's", 1_234_567) }
    }
    werrstr("text")
    for number in 0..<10 { all(number) }
    let before = callocations_count()
    for number in 0..<1000 { all(number) }
    #expect(callocations_count() - before == 0)
  }
}
