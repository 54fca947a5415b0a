// The classic calls on strings of bytes and of runes.

import LibUTF
import Testing

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite("UTF-8 strings") struct UTFStringTests {
  @Test func theLengthCountsRunesUpToANUL() {
    #expect(utflen(bytes("héllo ☺").span) == 7)
    #expect(utflen(bytes("ab\0cd").span) == 2)
    #expect(utflen([0xFF, 0xE2, 0x98].span) == 3)
    #expect(utflen([UInt8]().span) == 0)
  }

  @Test func theLengthOfAPieceLeavesOutARuneThatIsCut() {
    let text = bytes("a☺b")
    #expect((0...5).map { utfnlen(text.span, $0) } == [0, 1, 1, 1, 2, 3])
  }

  @Test func aFullRuneIsToldByItsFirstByte() {
    #expect(fullrune([UInt8]().span) == false)
    #expect(fullrune([0x41].span) == true)
    #expect(fullrune([0xC3].span) == false)
    #expect(fullrune([0xE2, 0x28, 0x28].span) == true)
    #expect(fullrune([0xF0, 0x28, 0x28].span) == false)
  }

  @Test func runesAreFoundFromBothEnds() {
    let text = bytes("añbñc")
    #expect(utfrune(text.span, 0xF1) == 1)
    #expect(utfrrune(text.span, 0xF1) == 4)
    #expect(utfrune(text.span, 0x78) == nil)
    #expect(utfrune(text.span, 0) == 7)
    #expect(utfrrune(text.span, 0) == 7)
  }

  @Test func stringsAreFoundAtRunes() {
    let text = bytes("日本語本")
    #expect(utfutf(text.span, bytes("本").span) == 3)
    #expect(utfutf(text.span, bytes("語本").span) == 6)
    #expect(utfutf(text.span, bytes("").span) == 0)
    #expect(utfutf(text.span, bytes("語語").span) == nil)
    #expect(utfutf(bytes("é").span, [0xA9].span) == nil, "half a rune is no rune")
  }

  @Test func copiesEndWithAWholeRune() {
    for size in 0...8 {
      var memory = [UInt8](repeating: 0xAA, count: size)
      var room = memory.mutableSpan
      let count = utfecpy(&room, bytes("a☺é").span)
      let wanted = [0, 0, 1, 1, 1, 4, 4, 6, 6][size]
      #expect(count == wanted, "\(size)")
      if size > 0 { #expect(memory[count] == 0) }
    }
  }
}

@Suite("Rune strings") struct RuneStringTests {
  private func runes(_ text: String) -> [Rune] { UTF.runes(of: text) }

  @Test func lengthsAndPlaces() {
    #expect(runestrlen((runes("ab") + [0, 1]).span) == 2)
    #expect(runestrchr(runes("abcb").span, 0x62) == 1)
    #expect(runestrrchr(runes("abcb").span, 0x62) == 3)
    #expect(runestrchr(runes("abc").span, 0x7A) == nil)
    #expect(runestrchr(runes("abc").span, 0) == 3)
    #expect(runestrstr(runes("abcbd").span, runes("bd").span) == 3)
    #expect(runestrstr(runes("abc").span, runes("").span) == 0)
    #expect(runestrstr(runes("abc").span, runes("abcd").span) == nil)
    #expect(runenlen(runes("a☺é😀").span) == 10)
  }

  @Test func comparisons() {
    #expect(runestrcmp(runes("a☺").span, runes("a☺").span) == 0)
    #expect(runestrcmp(runes("a").span, runes("ab").span) == -1)
    #expect(runestrcmp(runes("b").span, runes("ab").span) == 1)
    #expect(runestrncmp(runes("abc").span, runes("abd").span, 2) == 0)
    #expect(runestrncmp(runes("abc").span, runes("ab").span, 3) == 1)
  }

  @Test func copies() {
    var memory = [Rune](repeating: 9, count: 6)
    var room = memory.mutableSpan
    #expect(runestrcpy(&room, runes("ab").span) == 2)
    #expect(runestrcat(&room, runes("cdefgh").span) == 5)
    #expect(memory == runes("abcde") + [0])
    var short = [Rune](repeating: 9, count: 4)
    var shortRoom = short.mutableSpan
    runestrncpy(&shortRoom, runes("ab").span, 3)
    #expect(short == runes("ab") + [0, 9])
    #expect(runestrdup((runes("xy") + [0, 7]).span) == runes("xy"))
    #expect(UTF.text(of: [0x61, 0xD800, 0x110000].span) == "a\u{FFFD}\u{FFFD}")
  }
}

@Suite("Classes of runes") struct RuneClassTests {
  @Test func asciiIsAsTheUnicodePropertiesSay() {
    for value in Rune(0)..<0x80 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let properties = scalar.properties
      #expect(isalpharune(value) == properties.isAlphabetic)
      #expect(isupperrune(value) == properties.isUppercase)
      #expect(islowerrune(value) == properties.isLowercase)
      #expect(isspacerune(value) == properties.isWhitespace)
      #expect(isdigitrune(value) == (properties.numericType == .decimal))
      #expect(String(toupperrune(value)) == String(scalarOf(properties.uppercaseMapping)))
      #expect(String(tolowerrune(value)) == String(scalarOf(properties.lowercaseMapping)))
    }
  }

  private func scalarOf(_ text: String) -> Rune { text.unicodeScalars.first?.value ?? 0 }

  @Test(
    "other cases",
    arguments: [
      // rune, lower, upper, title: simple mappings of UnicodeData.txt
      (0xE9, 0xE9, 0xC9, 0xC9), (0xDF, 0xDF, 0xDF, 0xDF), (0x130, 0x69, 0x130, 0x130),
      (0x1C6, 0x1C6, 0x1C4, 0x1C5), (0x1F80, 0x1F80, 0x1F88, 0x1F88),
      (0x1F88, 0x1F80, 0x1F88, 0x1F88), (0x1FB3, 0x1FB3, 0x1FBC, 0x1FBC),
      (0x149, 0x149, 0x149, 0x149), (0x3A3, 0x3C3, 0x3A3, 0x3A3), (0x1E9E, 0xDF, 0x1E9E, 0x1E9E),
      (0x10428, 0x10428, 0x10400, 0x10400), (0xD800, 0xD800, 0xD800, 0xD800),
    ] as [(Rune, Rune, Rune, Rune)])
  func cases(rune: Rune, lower: Rune, upper: Rune, title: Rune) {
    #expect(tolowerrune(rune) == lower)
    #expect(toupperrune(rune) == upper)
    #expect(totitlerune(rune) == title)
  }

  @Test func scriptsOfTheWorld() {
    #expect(isalpharune(0x65E5) && isalpharune(0x3B1) && !isalpharune(0x263A))
    #expect(isdigitrune(0x664) && !isdigitrune(0xB2))
    #expect(isspacerune(0x3000) && isspacerune(0xA0) && !isspacerune(0x200B))
    #expect(istitlerune(0x1C5) && !isupperrune(0x1C5) && istitlerune(0x41))
    #expect(!isalpharune(0xD800) && !isspacerune(0x110000))
  }
}
