// The decoder beside a slow one that follows the definition.

import LibUTF
import Support
import Sys9
import SystemPackage
import Testing

/// The definition of UTF-8 (RFC 3629): a sequence is the shortest encoding of a scalar.
private func slowDecode(_ bytes: ArraySlice<UInt8>) -> (rune: Rune, count: Int) {
  for count in 1...min(4, bytes.count) {
    let sequence = Array(bytes.prefix(count))
    if let text = String(validating: sequence, as: UTF8.self),
      let first = text.unicodeScalars.first, text.unicodeScalars.count == 1
    {
      return (first.value, count)
    }
  }
  return (Runeerror, 1)
}

private func fastRunes(_ bytes: [UInt8]) -> [Rune] {
  var found: [Rune] = []
  var runes = bytes.span.runes
  while let rune = runes.next() { found.append(rune) }
  return found
}

private func slowRunes(_ bytes: [UInt8]) -> [Rune] {
  var found: [Rune] = []
  var rest = bytes[...]
  while !rest.isEmpty {
    let (rune, count) = slowDecode(rest)
    found.append(rune)
    rest = rest.dropFirst(count)
  }
  return found
}

@Suite("Decoding") struct DecodeTests {
  @Test func agreesWithTheDefinitionOnAllPairsOfBytes() {
    for first in UInt8.min ... .max {
      for second in UInt8.min ... .max {
        let bytes = [first, second]
        if fastRunes(bytes) != slowRunes(bytes) { Issue.record("\(bytes)") }
      }
    }
  }

  @Test func agreesWithTheDefinitionOnRandomSequences() {
    var (random, _) = SplitMix.printed("decode", environment: Environment["TEST_SEED"])
    // Bytes at the borders of what the decoder distinguishes, more often than others.
    let borders: [UInt8] = [
      0, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
      0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF,
    ]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 1...9, using: &random)).map { _ in
        borders.randomElement(using: &random) ?? 0
      }
      let wanted = slowRunes(bytes)
      #expect(fastRunes(bytes) == wanted, "\(bytes)")
      #expect(UTF.countRunes(bytes.span) == wanted.count)
      let isValid = String(validating: bytes, as: UTF8.self) != nil
      #expect(UTF.isValid(bytes.span) == isValid, "\(bytes)")
    }
  }

  @Test func everyScalarComesBack() {
    var bytes = [UInt8](repeating: 0, count: 4)
    for value in Rune(0)...0x10FFFF {
      var room = bytes.mutableSpan
      let count = runetochar(&room, value)
      var back: Rune = 0
      let taken = chartorune(&back, bytes.span.extracting(first: count))
      let isGood =
        UTF.isScalar(value) ? (back == value && taken == count) : (back == Runeerror && taken == 1)
      if !isGood || count != runelen(value) { Issue.record("\(value)") }
    }
  }

  @Test func theEncoderGivesRuneErrorForWhatIsTooLarge() {
    var bytes = [UInt8](repeating: 0, count: 4)
    var room = bytes.mutableSpan
    #expect(runetochar(&room, 0x110000) == 3)
    #expect(Array(bytes.prefix(3)) == [0xEF, 0xBF, 0xBD])
    #expect(runelen(0x110000) == 3)
  }

  @Test func surrogatesAreThreeErrorsHere() {
    // Decided otherwise than plan9port, which passes them.
    #expect(fastRunes([0xED, 0xA0, 0x80]) == [Runeerror, Runeerror, Runeerror])
    #expect(fastRunes([0xED, 0x9F, 0xBF]) == [0xD7FF])
  }

  @Test func whatDoesNotFitIsNotWritten() {
    var bytes: [UInt8] = [7, 7]
    var room = bytes.mutableSpan
    #expect(runetochar(&room, 0x20AC) == 0)
    #expect(bytes == [7, 7])
  }

  @Test func offsetsAreThoseOfTheFirstBytes() {
    var offsets: [Int] = []
    UTF.forEachRune(in: Array("aé☺😀".utf8).span) { _, offset in offsets.append(offset) }
    #expect(offsets == [0, 1, 3, 6])
  }
}

@Suite("The UTF-8 tests of others") struct ConformanceTests {
  /// Lines "name:valid hex:BYTES" and "name:invalid hex:BYTES:SKIPPED:REPLACED".
  @Test func agree() throws {
    guard let folder = Environment["CONFORMANCE_DATA"] else {
      print("utf8tests: CONFORMANCE_DATA is not set, they are not compared")
      return
    }
    let file = try Files.read(FilePath("\(folder)/conformance/utf8tests.txt"))
    var count = 0
    for line in String(decoding: file, as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard !line.hasPrefix("#"), fields.count >= 3 else { continue }
      let kind = fields[1].drop { $0 == " " }
      let bytes = kind == "valid" ? Array(fields[2].utf8) : hex(fields[2])
      let isValid = kind.hasPrefix("valid")
      #expect(UTF.isValid(bytes.span) == isValid, "\(line)")
      if !isValid && fields.count > 3 {
        #expect(withoutErrors(bytes) == hex(fields[3]), "\(line)")
      }
      count += 1
    }
    #expect(count > 100)
    print("utf8tests: \(count) lines compared")
  }

  /// What is left when each byte that is no rune is taken out.
  private func withoutErrors(_ bytes: [UInt8]) -> [UInt8] {
    var kept: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      var rune = Runeerror
      let count = chartorune(&rune, rest.span)
      if rune != Runeerror || count > 1 { kept += rest.prefix(count) }
      rest = rest.dropFirst(count)
    }
    return kept
  }

  private func hex(_ text: String) -> [UInt8] {
    if text.contains("nothing") { return [] }
    let digits = Array(text.filter { $0 != " " }.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).map { index in
      UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) ?? 0
    }
  }
}
