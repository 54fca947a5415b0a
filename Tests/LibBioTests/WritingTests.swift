// Writing: pieces, errors, printing in place, and what is left when a program ends.

import CAllocations
import Glibc
import LibBio
import LibFmt
import LibUTF
import Support
import Sys9
import SystemPackage
import Testing

@Suite("Writing") struct WritingTests {
  @Test func whatIsWrittenArrivesWhateverThePieces() throws {
    for piece in 1...9 {
      let file = MemoryFile("")
      file.pieces = [piece]
      var bio = Bio(writing: MemoryDevice(file), bufferSize: 16)
      try bio.write("The quick brown fox ")
      try bio.write(byte: UInt8(ascii: "j"))
      try bio.write(rune: 0x263A)
      try bio.write([0x75, 0x6D].span)
      #expect(bio.print("%s %5d|%-30s|\n", "over", 42, "the lazy dog") == 43)
      #expect(bio.offset == 69)
      try bio.close()
      #expect(file.text == "The quick brown fox j☺umover    42|the lazy dog                  |\n")
      #expect(file.isClosed)
    }
  }

  @Test func aPlaceIsGoneToAfterWhatWasBefore() throws {
    let file = MemoryFile("")
    var bio = Bio(writing: MemoryDevice(file), bufferSize: 16)
    try bio.write("hello")
    #expect(try bio.seek(to: 8) == 8)
    try bio.write("world")
    #expect(bio.buffered == 5)
    try bio.flush()
    #expect(bio.buffered == 0)
    #expect(file.text == "hello\0\0\0world")
  }

  @Test func anErrorIsKeptUntilSomebodyAsks() throws {
    let file = MemoryFile("")
    file.failures = [2: ENOSPC]
    var bio = Bio(writing: MemoryDevice(file), bufferSize: 8)
    #expect(bio.print("%s", "01234567") == 8)
    #expect(bio.print("%s", "89abcdef") == 8)
    #expect(bio.print("%s", "x") == -1)
    #expect(Bputc(&bio, 1) == Beof)
    #expect(Bputrune(&bio, 0x41) == Beof, "also for ASCII")
    #expect(Bflush(&bio) == Beof)
    do {
      try bio.close()
      Issue.record("the error is lost")
    } catch {
      #expect(error.errno == ENOSPC)
    }
    #expect(file.text == "01234567")
  }

  @Test func theClassicEndTellsWhetherAllIsThere() {
    let file = MemoryFile("")
    file.failures = [1: EIO]
    var bad = Bio(writing: MemoryDevice(file))
    Bputc(&bad, 1)
    #expect(Bterm(bad) == Beof)
    var good = Bio(writing: MemoryDevice(MemoryFile("")))
    Bputc(&good, 1)
    #expect(Bterm(good) == 0)
  }

  @Test func aWriterThatEndsIsFlushed() {
    let file = MemoryFile("")
    do {
      var bio = Bio(writing: MemoryDevice(file))
      Bprint(&bio, "%d", 42)
      #expect(file.text == "")
    }
    #expect(file.text == "42")
    #expect(file.isClosed)
  }

  @Test func filesAreOpenedByName() throws {
    var path = Array("/tmp/bio-XXXXXX".utf8CString)
    let fd = unsafe mkstemp(&path)
    #expect(fd >= 0)
    Glibc.close(fd)
    let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unsafe unlink(name) }
    var output = try Bio.open(name, .write)
    #expect(output.descriptor >= 0 && Bfildes(output) == output.descriptor)
    output.print("%s\n%d\n", "eins", 2)
    try output.close()
    guard var input = Bopen(FilePath(name), .read) else {
      Issue.record("not opened")
      return
    }
    #expect(try input.readLine() == "eins")
    #expect(try input.readNumber() == 2)
    #expect(try input.readAll() == [10])
    if Bopen("/nonexistent/file", .read) != nil { Issue.record("there is no such file") }
    #expect(rerrstr() == "No such file or directory")
  }

  @Test func devicesMayBeClosures() throws {
    var bio = unsafe Bio(
      reading: ClosureDevice(read: { room in
        unsafe room.copyBytes(from: Array("ab\n".utf8))
        return 3
      }))
    #expect(try bio.readLine() == "ab")
    #expect(bio.descriptor == -1)
    #expect(throws: SystemError.self) { try bio.seek(to: 100) }
    var writer = unsafe Bio(writing: ClosureDevice())
    Bputc(&writer, 1)
    #expect(Bflush(&writer) == Beof)
    #expect(writer.error?.text == "operation not supported")
  }

  @Test func installedVerbsPrintIntoTheBuffer() throws {
    let file = MemoryFile("")
    var bio = Bio(writing: MemoryDevice(file), bufferSize: 8)
    bio.verbs.install("B") { f, argument in f.print("<%s>", argument.string ?? "?") }
    #expect(bio.print("%B%B|", "a longer text", "b") == 19)
    try bio.close()
    #expect(file.text == "<a longer text><b>|".description)
  }

  @Test func whatWasPrintedIsThereWhenTheProgramExits() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(0), observing: [\.standardOutputContent]
    ) {
      var one = Bio(writing: 1)
      var two = Bio(writing: 1, bufferSize: 16)
      one.print("%s %d\n", "exit", 1)
      two.print("%s\n", "flushed")
      exit(0)
    }
    let text = String(decoding: result.standardOutputContent, as: UTF8.self)
    #expect(text.contains("exit 1\n"))
    #expect(text.contains("flushed\n"))
  }

  @Test func writersOfManyThreadsComeAndGo() {
    Threads.run(4) { number in
      for round in 0..<300 {
        let file = MemoryFile("")
        var bio = Bio(writing: MemoryDevice(file), bufferSize: 32)
        bio.print("%d %d", number, round)
        Bterm(bio)
        if file.text != "\(number) \(round)" { Issue.record("\(file.text)") }
      }
    }
  }

  @Test func printingAllocatesNothing() throws {
    guard callocations_are_counted() == 1 else {
      return print("bio: allocations are not counted here")
    }
    var bio = try Bio.open("/dev/null", .write)
    let name = "a name that is longer than fifteen bytes"
    // One literal: two of the same text may lie at two addresses, and each is parsed once.
    func printLines(_ count: Int) {
      for index in 0..<count { bio.print("%d %s %g\n", index, name, 0.37) }
    }
    printLines(100)
    // Other threads print, too, and may put a literal of ours out of the cache once in a while.
    let counts = (0..<5).map { _ in
      let before = callocations_count()
      printLines(10_000)
      return callocations_count() - before
    }
    #expect(counts.min() == 0)
  }
}
