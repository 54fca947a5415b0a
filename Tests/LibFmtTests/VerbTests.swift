// What the verbs print, by table.

import LibFmt
import LibUTF
import Sys9
import SystemPackage
import Testing

@Suite("Verbs") struct VerbTests {
  @Test func theExampleOfTheManual() {
    #expect(smprint("%s=%d (%g) %C %ux\n", "k", -5, 2.5, Rune(0x263A), 255) == "k=-5 (2.5) ☺ ff\n")
    #expect("\(0.5, fmt: "%6.2f")|" == "  0.50|")
  }

  @Test(
    "integers",
    arguments: [
      ("%d", "-42"), ("%5d|", "  -42|"), ("%-5d|", "-42  |"), ("%05d", "-0042"), ("%x", "-2a"),
      ("%#x", "-0x2a"), ("%#X", "-0X2A"), ("%o", "-52"), ("%#o", "-052"), ("%b", "-101010"),
      ("%.4d", "-0042"), ("%+d", "-42"), ("% d", "-42"), ("%hhud", "214"), ("%hd", "-42"),
      ("%.0d", "-42"), ("%'b", "-10:1010"), ("%C", "\u{FFFD}"), ("%c", ""), ("%5c|", "    |"),
      ("%e", "-4.200000e+01"), ("%s", "%s%"), ("%q", "%q%"), ("%H", "%H%"), ("%z", "%z%"),
    ])
  func integers(format: String, wanted: String) {
    #expect(smprint(Format(format), -42) == wanted)
  }

  @Test func theTypeSaysTheSizeAndTheSign() {
    #expect(smprint("%x %ux", Int8(-1), Int8(-1)) == "-1 ff")
    #expect(smprint("%x %d", UInt8.max, UInt8.max) == "ff 255")
    #expect(smprint("%d %d", UInt64.max, Int64.min) == "18446744073709551615 -9223372036854775808")
    #expect(smprint("%ud", Int32(-1)) == "4294967295")
    #expect(smprint("%hd %hhd", 65535, 128) == "-1 -128")
    #expect(smprint("%lld %ld", Int32.min, 7) == "-2147483648 7")
    for power in 0..<20 {
      let value = (0..<power).reduce(UInt64(1)) { product, _ in product &* 10 }
      #expect(smprint("%d %d", value, value &- 1) == "\(value) \(value &- 1)")
    }
  }

  @Test func nothingCutsALongPrecision() {
    // plan9port has 136 digits at most.
    let zeros = String(repeating: "0", count: 145)
    #expect(smprint("%.150d", 12345) == zeros + "12345")
    #expect(smprint("%0150d", 12345) == zeros + "12345")
    #expect(smprint("%'0200d", 12345).utf8.count == 201)
    #expect(smprint("%*d", 100_000, 1).utf8.count == 100_000)
  }

  @Test func text() {
    #expect(
      smprint("%10s|%-10s|%.2s|%3.1s|", "héllo", "☺", "日本語", "xy")
        == "     héllo|☺         |日本|  x|")
    #expect(
      smprint("%s %S", [UInt8]([0x61, 0xFF, 0x62]), [Rune]([0x61, 0x263A])) == "a\u{FFFD}b a☺")
    #expect(smprint("%s", [UInt8]([0x61, 0xE2, 0x98])) == "a\u{FFFD}\u{FFFD}", "nothing is lost")
    #expect(smprint("%s|%.2s", String?.none, String?.none) == "<nil>|<n")
    #expect(smprint("%s %s", "abcdef".dropFirst(2), true) == "cdef true")
    #expect(smprint("%s", StaticString("static")) == "static")
  }

  @Test func classicStringsEndWhereARuneIsCut() {
    func print(_ format: Format, _ bytes: [UInt8]) -> String {
      unsafe (bytes + [0]).withUnsafeBufferPointer { buffer in
        unsafe buffer.baseAddress.map { unsafe smprint(format, $0) } ?? ""
      }
    }
    #expect(print("%s|", [0x61, 0xE2, 0x98]) == "a|")
    #expect(print("%.3s|", [0xFF, 0xFE, 0x62, 0x61, 0x64]) == "|", "as plan9port has it")
    #expect(smprint("%.3s|", [UInt8]([0xFF, 0xFE, 0x62])) == "\u{FFFD}\u{FFFD}b|")
    #expect(print("%H", [1]) == "<encodefmt>")
    #expect(print("%.2H", [1, 0xAB]) == "01AB")
  }

  @Test func runes() {
    let letter: Unicode.Scalar = "é"
    #expect(smprint("%C|%5C|%-3C|%.0C|", letter, letter, letter, letter) == "é|    é|é  ||")
    #expect(smprint("%c%c", UInt8(0x41), UInt8(0xE9)) == "Aé", "a byte's type is Latin-1")
    #expect(smprint("%C", 0x110000) == "\u{FFFD}")
    var bytes: [UInt8] = []
    bytes.print("%C", 0xD800)
    #expect(bytes == [0xED, 0xA0, 0x80], "an integer is encoded as it is")
  }

  @Test func encodings() {
    let bytes: [UInt8] = [0x0B, 0x30, 0x55, 0x7A]
    #expect(
      smprint("%H %lH %[ %<", bytes, bytes, bytes, bytes) == "0B30557A 0b30557a CzBVeg== 3es7cyi")
    #expect(smprint("%.2H|%10.1H|%-6.1[|", bytes, bytes, bytes) == "0B30|        0B|Cw==  |")
    #expect(smprint("%.*H", 9, bytes) == "0B30557A", "no more bytes than there are")
    #expect(smprint("%H", [UInt8]?.none) == "<nil>")
    #expect(smprint("%.*H|%8.2[|", 4, [UInt8]?.none, [UInt8]?.none) == "<nil>|   <nil>|")
    #expect(smprint("%M %15M|", 0x8000_01ED as UInt32, 0o644) == "d-rwxr-xr-x     --rw-r--r--|")
  }

  @Test func addresses() {
    #expect(
      smprint("%p %#p %20p|", 0xDEAD_BEEF, 0xDEAD_BEEF, 0xDEAD_BEEF)
        == "deadbeef 0xdeadbeef             deadbeef|")
    unsafe #expect(smprint("%p", UnsafeRawPointer?.none) == "0")
  }

  @Test func stars() {
    #expect(smprint("%*d|%-*d|%.*d|%*.*d|", 4, 7, 4, 7, 3, 7, 4, 2, 7) == "   7|7   |007|  07|")
    #expect(smprint("%*d|%.*d|", -4, 7, -1, 7) == "7   |7|")
    #expect(smprint("%*s|", "x", "y") == "y|", "what is no number is none")
    #expect(smprint("%*%|%*z", 3, 4) == "  %| %z%")
    #expect(smprint("%**d", 5, 3, 7) == "  007")
  }

  @Test func theErrorStringTakesNoArgument() {
    werrstr("no such luck")
    #expect(smprint("%s: %r; %15r|%.2r|%d", "x", 7) == "x: no such luck;    no such luck|no|7")
    werrstr("again: %r, %d", 3)
    #expect(rerrstr() == "again: no such luck, 3")
  }

  @Test func whateverTheArgumentsSomethingIsPrinted() {
    #expect(smprint("%d %s") == "%d% %s%", "too few")
    #expect(smprint("%d", 1, 2, "three") == "1", "too many")
    #expect(smprint("%d|%g|%s", "one", "two", 3.0) == "%d%|%g%|%s%", "other types")
    #expect(smprint("%", 1) == "")
    #expect(smprint("a%5.", 1) == "a")
    #expect(smprint("%%%5%|%-5%|") == "%    %|%    |")
    #expect(smprint("%☺ %*", 1, 2) == "%☺% ")
    #expect(smprint("%.99999999999999999999s", "x") == "x", "a number stops growing")
  }

  @Test func aFormatOfBytesPrintsThemAsTheyAre() {
    var bytes: [UInt8] = []
    bytes.print(Format([0xFF, 0x25, 0x64, 0xFE].span), 7)
    #expect(bytes == [0xFF, 0x37, 0xFE])
  }

  @Test func theManualNamesEachVerb() throws {
    let path = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
    let page = String(
      decoding: try Files.read(FilePath("/\(path)/docs/9unix/fmt.md")), as: UTF8.self)
    for verb in Verb.table {
      #expect(page.contains("| `%\(verb.name)` | \(verb.summary) |"), "\(verb.name)")
    }
    #expect(Set(Verb.table.map(\.name)).count == Verb.table.count)
  }
}

@Suite("Rooms that end") struct RoomTests {
  private func printed(_ size: Int, _ format: Format, _ values: [FmtArg]) -> String {
    var memory = [UInt8](repeating: 0xAA, count: size)
    var room = memory.mutableSpan
    let count = vsnprint(&room, format, values)
    if size > 0 { #expect(memory[count] == 0) }
    return String(decoding: memory.prefix(count), as: UTF8.self)
  }

  /// Found by the fuzzer: all of a run of such bytes was given up, though none is half a rune.
  @Test func mayDivideBytesThatAreNoRunes() {
    let text: [UInt8] = [0x41] + [UInt8](repeating: 0x89, count: 20)
    for size in 1...24 {
      var memory = [UInt8](repeating: 0xAA, count: size)
      var room = memory.mutableSpan
      let count = vsnprint(&room, Format(text.span), [])
      #expect(count <= text.count && count + 1 <= size && memory[count] == 0)
      #expect(count == text.count || count + UTFmax + 1 >= size, "\(count) of \(size)")
    }
  }

  @Test func holdWholeRunes() {
    let wanted = ["", "", "h", "h", "hé", "hél", "hél", "hél", "hél☺", "hél☺"]
    #expect((0...9).map { printed($0, "%s", [.string("hél☺")]) } == wanted)
    #expect((0...9).map { printed($0, "hél☺", []) } == wanted)
  }

  @Test func holdQuotesThatClose() {
    #expect(
      (0...12).map { printed($0, "%q", [.string("a b''c")]) } == [
        "", "", "a", "a", "a", "'a '", "'a b'", "'a b'", "'a b'''", "'a b'''", "'a b'''''",
        "'a b''''c'", "'a b''''c'",
      ])
  }

  @Test func endThePrintingAtTheFirstThingThatDoesNotFit() {
    #expect(printed(4, "ab☺c", []) == "ab")
    #expect(printed(4, "ab%sc", [.string("☺")]) == "ab")
    #expect(
      printed(5, "%8d%s", [.integer(bits: 1, size: 64, isSigned: true), .string("x")]) == "    ")
  }

  @Test func aSinkThatFailsEndsThePrinting() {
    struct Narrow: Sink {
      var left: Int
      mutating func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        left -= bytes.count
        return left >= 0
      }
    }
    var sink = Narrow(left: 300)
    #expect(sink.print("%200d", 1) == 200)
    #expect(sink.print("%200d", 1) == -1)
    #expect(sink.print("%900d%s", 1, "x") == -1)
  }

  @Test func aDescriptorThatCannotBeWrittenIsAnError() {
    #expect(fprint(-1, "%d\n", 1) == -1)
    #expect(rerrstr() == "Bad file descriptor")
  }
}
