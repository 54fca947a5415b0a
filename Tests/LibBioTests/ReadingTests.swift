// Reading: lines, runes and numbers, beside a slow model; ends and errors.

import CAllocations
import LibBio
import LibFmt
import LibUTF
import Support
import Sys9
import Testing

@Suite("Reading") struct ReadingTests {
  private func reader(_ text: String, _ size: Int = 16) -> Bio {
    Bio(reading: MemoryDevice(MemoryFile(text)), bufferSize: size)
  }

  private func lines(_ bio: consuming Bio) throws -> [String] {
    var found: [String] = []
    while let line = try bio.nextLine() { found.append(line.text) }
    return found
  }

  @Test(
    "lines end where they end",
    arguments: [
      ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\nb", ["a", "", "b"]),
      (
        "a line that is longer than the buffer\nshort\n",
        ["a line that is longer than the buffer", "short"]
      ),
      ("exactly sixteen.\n", ["exactly sixteen."]), ("é☺\n日本\n", ["é☺", "日本"]),
    ] as [(String, [String])])
  func lines(text: String, wanted: [String]) throws {
    for size in [8, 16, 17, 64] { #expect(try lines(reader(text, size)) == wanted) }
  }

  @Test func linesComeAlsoByCallAndAsStrings() throws {
    var bio = reader("one,two,three")
    var found: [String] = []
    try bio.forEachLine(until: UInt8(ascii: ",")) { found.append($0.text) }
    #expect(found == ["one", "two", "three"])
    var other = reader("a\nb")
    #expect(try other.readLine() == "a")
    #expect(try other.readLine() == "b")
    #expect(try other.readLine() == nil)
  }

  @Test func aLineMayBeTooLongForThoseWhoSaySo() throws {
    var bio = reader("0123456789abcdef0123456789\nb\n", 8)
    do {
      while let line = try bio.nextLine(sizeMax: 20) { Issue.record("\(line.text)") }
    } catch {
      #expect(error.text == "line too long")
    }
    var rest: [UInt8] = []
    while let byte = try bio.readByte() { rest.append(byte) }
    #expect(rest.count == 29, "what was read stays")
  }

  @Test func theClassicLineNeedsItsDelimiter() throws {
    var bio = reader("one\ntail")
    #expect(Brdline(&bio, 10)?.text == "one\n")
    #expect(Blinelen(bio) == 4)
    #expect(Brdline(&bio, 10)?.text == nil)
    #expect(Blinelen(bio) == 4, "the tail is told")
    #expect(Bgetc(&bio) == 0x74, "and can be read")
    #expect(Brdstr(&bio, 10, true) == Array("ail".utf8))
    #expect(Brdstr(&bio, 10, true) == nil)
    var long = reader("longer than sixteen bytes\n")
    #expect(Brdline(&long, 10)?.text == nil)
    #expect(Blinelen(long) == 16)
    #expect(Brdstr(&long, 10, false) == Array("longer than sixteen bytes\n".utf8))
    #expect(Blinelen(long) == 26)
  }

  @Test func runesComeBackAndBadOnesAreErrors() throws {
    let file = MemoryFile([0x61, 0xE2, 0x98, 0xBA, 0xC3, 0x28, 0xE2, 0x98])
    var bio = Bio(reading: MemoryDevice(file), bufferSize: 8)
    #expect([Bgetrune(&bio), Bgetrune(&bio)] == [0x61, 0x263A])
    #expect(Bungetrune(&bio) == 1)
    #expect([Bgetrune(&bio), Bgetrune(&bio), Bgetrune(&bio)] == [0x263A, 0xFFFD, 0x28])
    #expect(Bgetrune(&bio) == -1)
    #expect(Bgetc(&bio) == -1, "the classic call drops the rune that the end cuts")
    var swift = Bio(reading: MemoryDevice(file), bufferSize: 8)
    var runes: [Rune] = []
    while let rune = try swift.readRune() { runes.append(rune) }
    #expect(runes == [0x61, 0x263A, 0xFFFD, 0x28, 0xFFFD, 0xFFFD], "the other does not")
  }

  @Test func bytesCanBePushedBackOverTheStartOfABuffer() {
    var bio = reader("0123456789", 8)
    for _ in 0..<9 { _ = Bgetc(&bio) }
    for _ in 0..<5 { #expect(Bungetc(&bio) == 1) }
    #expect(Bungetc(&bio) == Beof)
    #expect(Bgetc(&bio) == 0x34)
    #expect(Boffset(bio) == 5)
  }

  @Test(
    "numbers",
    arguments: [
      ("1.5 x", 1.5, " x"), ("  -7e2,", -700, ","), ("+.5e+1e", 5, "e"), ("12", 12, ""),
      ("5.", 5, ""), ("3e", 3, "e"), ("3e-", 3, "e-"), ("3e+x", 3, "e+x"), ("x", nil, "x"),
      ("", nil, ""), ("-", nil, "-"), (".", nil, "."), ("e5", nil, "e5"), ("\n1", nil, "\n1"),
      ("0.1000000000000000055511151231257827", 0.1, ""), ("1e999", .infinity, ""),
    ] as [(String, Double?, String)])
  func numbers(text: String, wanted: Double?, rest: String) throws {
    var bio = reader(text, 8)
    #expect(try bio.readNumber() == wanted)
    #expect(try bio.readLine() == (rest.isEmpty ? nil : rest == "\n1" ? "" : rest))
  }

  @Test func theClassicNumberIsNoughtWhereThereIsNoneAndLostAtTheEnd() {
    var value = 7.0
    var bio = reader("x12")
    #expect(Bgetd(&bio, &value) == 1)
    #expect(value == 0)
    #expect(Bgetc(&bio) == 0x78)
    #expect(Bgetd(&bio, &value) == Beof)
  }

  @Test("after the end, what is in the buffer is what the file holds there") func staleBytes() {
    // plan9port takes the bytes at the end of its buffer for those before the offset.
    var bio = reader("1.5 2e3 abc -7\n", 32)
    _ = Brdstr(&bio, 10, false)
    #expect(Bseek(&bio, 2, .current) == 17)
    #expect(Bgetc(&bio) == Beof)
    #expect(Bgetc(&bio) == Beof)
    #expect(Bseek(&bio, -3, .current) == 14)
    #expect(Bgetc(&bio) == 10)
    #expect(Bgetc(&bio) == Beof)
  }

  @Test func anEndIsNotForEver() throws {
    let file = MemoryFile("a")
    var bio = Bio(reading: MemoryDevice(file))
    #expect(try bio.readLine() == "a")
    #expect(try bio.readLine() == nil)
    file.content += Array("b\n".utf8)
    #expect(try bio.readLine() == "b")
  }

  @Test func anErrorIsThrownAndTheBioIsInactive() throws {
    let file = MemoryFile("first\nsecond\n")
    file.pieces = [6]
    file.failures = [2: 5]
    var bio = Bio(reading: MemoryDevice(file))
    #expect(try bio.readLine() == "first")
    for _ in 0..<2 {
      do {
        _ = try bio.readLine()
        Issue.record("the error is lost")
      } catch {
        #expect(error.errno == 5)
      }
    }
    #expect(bio.error?.call == "read")
    var byte = [UInt8](repeating: 0, count: 1)
    var room = byte.mutableSpan
    #expect(Bread(&bio, &room) == -1, "an error is not the end")
    #expect(Bgetc(&bio) == Beof)
    #expect(Bseek(&bio, 0, .start) == -1)
    _ = byte
  }

  @Test func aWriterReadsNothing() throws {
    var bio = Bio(writing: MemoryDevice(MemoryFile("")))
    #expect(Bgetc(&bio) == Beof)
    #expect(try bio.readLine() == nil)
    #expect(try bio.readNumber() == nil)
    #expect(Bungetc(&bio) == Beof)
    var other = reader("x")
    #expect(Bputc(&other, 1) == Beof)
    #expect(other.print("%d", 1) == -1)
    #expect(Bwrite(&other, [1].span) == -1)
    #expect(Bgetc(&other) == 0x78)
  }

  @Test func agreesWithTheModelWhateverTheCallsAndPieces() throws {
    var (random, _) = SplitMix.printed("bio", environment: Environment["TEST_SEED"])
    let pieces = ["a", "\n", "é", "☺", "12.5 ", "word ", "\n\n", "0123456789"]
    for round in 0..<1_500 {
      // In buffers of both kinds: those that hold a block of 64 bytes, and those that do not.
      let isLarge = round % 3 == 0
      let count = Int.random(in: 0...(isLarge ? 300 : 30), using: &random)
      let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      let file = MemoryFile(text)
      file.pieces = [Int.random(in: 1...(isLarge ? 400 : 20), using: &random)]
      var bio = Bio(
        reading: MemoryDevice(file),
        bufferSize: Int.random(in: isLarge ? 64...400 : 8...24, using: &random))
      var place = 0
      for _ in 0..<(isLarge ? 100 : 30) { try step(&bio, file.content, &place, &random) }
    }
  }

  /// One call on the bio, and the same on the array with the place in it.
  private func step(
    _ bio: inout Bio, _ content: [UInt8], _ place: inout Int, _ random: inout SplitMix
  ) throws {
    let rest = content.dropFirst(place)
    switch UInt8.random(in: 0...5, using: &random) {
    case 0:
      #expect(try bio.readByte() == rest.first)
      place = min(place + 1, content.count)
    case 1:
      let delimiter: UInt8 = Bool.random(using: &random) ? 0x0A : 0x20
      let line = rest.prefix { $0 != delimiter }
      var found: String?
      if let line = try bio.nextLine(until: delimiter) { found = line.text }
      #expect(found == (rest.isEmpty ? nil : String(decoding: line, as: UTF8.self)))
      place = min(place + line.count + 1, content.count)
    case 2:
      var bytes = [UInt8](repeating: 0, count: Int.random(in: 0...30, using: &random))
      let count = try unsafe bytes.withUnsafeMutableBytes { try unsafe bio.read(into: $0) }
      #expect(Array(bytes.prefix(count)) == Array(rest.prefix(bytes.count)))
      place += count
    case 3:
      place = Int.random(in: 0...content.count, using: &random)
      #expect(try bio.seek(to: Int64(place)) == Int64(place))
    case 4 where place > 0 && bio.buffered > 0:
      // What has just been read can be pushed back; after a seek there may be nothing.
      if try bio.readByte() != nil { #expect(Bungetc(&bio) == 1) }
    default:
      var runes = Array(rest).span.runes
      #expect(try bio.readRune() == runes.next())
      place = content.count - runes.bytesLeft
    }
    #expect(bio.offset == Int64(place))
  }

  @Test func nothingIsAllocatedForALine() throws {
    guard callocations_are_counted() == 1 else {
      return print("bio: allocations are not counted here")
    }
    let text = String(repeating: "a line of twenty bytes\n", count: 1000)
    var bio = reader(text, 256)
    _ = try bio.nextLine()
    let before = callocations_count()
    var count = 0
    while let line = try bio.nextLine() { count += line.count }
    // 23 kB by 256 bytes: what is allocated, a device's slice, is for a buffer and not for a line.
    #expect(callocations_count() - before < 500, "\(count) bytes")
  }
}
