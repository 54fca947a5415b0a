import Glibc
import MiniStat
import Sys9
import SystemPackage
import Testing

@testable import MiniStatRun

@Suite("Sample reader") struct ReaderTests {
  /// Reads `text` as a source that gives pieces of sizes that `size` chooses.
  private func read(
    _ text: [UInt8], _ format: ColumnFormat = .standard, pieceSize: Int = 4096,
    pieces size: () -> Int = { .max }
  ) throws(ReadFailure) -> (values: [Double], lines: Int) {
    var rest = text[...]
    let reading = try unsafe SampleReader.read(format, pieceSize: pieceSize) { room in
      let piece = rest.prefix(min(max(1, size()), room.count))
      unsafe room.copyBytes(from: piece)
      rest = rest.dropFirst(piece.count)
      return piece.count
    }
    return (reading.samples.withSpan { span in span.indices.map { span[$0] } }, reading.lines)
  }

  private func values(_ text: String, _ format: ColumnFormat = .standard) throws -> [Double] {
    try read(Array(text.utf8), format).values
  }

  private func fault(_ text: String, _ format: ColumnFormat = .standard) -> DataFault? {
    do {
      _ = try read(Array(text.utf8), format)
    } catch {
      if case .data(let fault) = error { return fault }
    }
    return nil
  }

  @Test(
    "lines in every dress",
    arguments: [
      ("1\n2\n3\n", [1, 2, 3]), ("1\n2\n3", [1, 2, 3]), ("1\r\n2\r\n3\r\n", [1, 2, 3]),
      ("", []), ("\n\n", []), ("# a\n 1 # b\n\t2\n#3", [1, 2]), ("1 x\n2\ty z\n", [1, 2]),
      ("1 \u{0B}\u{0C}\r\n", [1]), ("   \n1", [1]),
      ("0x10\n1e2\n+3\n.5\n5.\n", [16, 100, 3, 0.5, 5]),
      ("1 # inf\n", [1]), ("-0\n", [0]), ("1\r", [1]),
    ])
  func dresses(_ text: String, _ expected: [Double]) throws {
    #expect(try values(text) == expected)
  }

  @Test("columns")
  func columns() throws {
    let second = ColumnFormat(column: 2)
    #expect(try values("a 1 b\n  c\t\t2\nd\n# 9 9\nx # 3\ny #3\nz 4", second) == [1, 2, 4])
    let comma = ColumnFormat(column: 2, delimiters: Array(",".utf8))
    #expect(try values("a,1\nb,,2,\n,c,3\n, 4,5\nd, \ne,\t6\n", comma) == [1, 2, 3, 5, 6])
    #expect(fault("a,1 ,b\n", comma)?.text == Array("1 ".utf8))
    let digits = ColumnFormat(column: 1, delimiters: Array("0e".utf8))
    #expect(try values("102\n0034\n5e6\n", digits) == [1, 34, 5])
  }

  @Test(
    "faults name the line and the text",
    arguments: [
      ("1\n\n#\nabc\n", DataFault.Kind.notNumber, 4, "abc"),
      ("2#x\n", .notNumber, 1, "2#x"), ("1\n1,5\n", .notNumber, 2, "1,5"),
      ("1\ninf\n", .notFinite, 2, "inf"), ("nan", .notFinite, 1, "nan"),
      ("1e999\n", .notFinite, 1, "1e999"), ("1\u{0}2\n", .nul, 1, "1\u{0}2"),
      ("1e\n", .notNumber, 1, "1e"), ("0x\n", .notNumber, 1, "0x"),
    ])
  func faults(_ text: String, _ kind: DataFault.Kind, _ line: Int, _ found: String) {
    #expect(fault(text) == DataFault(kind, line: line, text: Array(found.utf8)))
  }

  @Test("a NUL ends its line where that is asked for")
  func nul() throws {
    let format = ColumnFormat(endsLinesAtNUL: true)
    #expect(try values("1\u{0}x\n\u{0}2\n3 \u{0}\n4", format) == [1, 3, 4])
  }

  @Test("a bad number is shown in part")
  func longFault() {
    let text = String(repeating: "z", count: 100_000)
    #expect(fault("1\n" + text)?.text.count == DataFault.textMax)
  }

  @Test("lines longer than any buffer")
  func longLines() throws {
    let blanks = String(repeating: " ", count: 20_000)
    #expect(try values("1\n" + blanks + "2\n3" + blanks + "#\n4") == [1, 2, 3, 4])
    let comment = "#" + String(repeating: "5 ", count: 20_000)
    #expect(try values("1 " + comment + "\n2\n" + comment) == [1, 2])
  }

  @Test("a line without an end does not eat all memory")
  func endlessLine() {
    var given = 0
    let reading = Result { () throws(ReadFailure) in
      try unsafe SampleReader.read(.standard, pieceSize: 64, lineSizeMax: 10_000) { room in
        unsafe room.copyBytes(from: repeatElement(UInt8(ascii: "1"), count: room.count))
        given += room.count
        return room.count
      }
    }
    guard case .failure(.data(let fault)) = reading else {
      Issue.record("an endless line was taken")
      return
    }
    #expect(fault.kind == .lineTooLong && fault.line == 1)
    #expect(given < 40_000)
  }

  @Test("pieces of any size give what one piece gives")
  func pieces() throws {
    let seed: UInt64 = 99
    var random = SeededRandom(seed: seed)
    for round in 0..<60 {
      var text: [UInt8] = []
      for _ in 0..<random.below(4000) {
        let word = random.one(of: [
          "1.25", "-3e5", "7", "0x1p-3", " 8 9", "# no", "", "123456789.125", "5 # five", "6\r",
        ])
        text += Array(word.utf8) + [0x0A]
      }
      if Bool.random(using: &random) { _ = text.popLast() }
      let whole = try read(text)
      let limit = random.one(of: [1, 2, 7, 100, 5000])
      let split = try read(text) { 1 + random.below(limit) }
      #expect(split.values == whole.values, "seed \(seed), round \(round)")
      #expect(split.lines == whole.lines)
      let newlines = text.count { $0 == 0x0A }
      #expect(whole.lines == newlines + (text.last == 0x0A || text.isEmpty ? 0 : 1))
    }
  }

  @Test("the quick way and the exact way agree on random lines")
  func ways() {
    // A delimiter that can be part of a number turns the quick way off, and 'E' is in no line.
    let quick = ColumnFormat(column: 2, delimiters: Array(" \t,".utf8))
    let exact = ColumnFormat(column: 2, delimiters: Array(" \t,E".utf8))
    var random = SeededRandom(seed: 8)
    let alphabet = Array("0123456789.-+e# ,\t\r\u{0}x\u{0B}".utf8)
    for _ in 0..<20_000 {
      let text = (0..<random.below(16)).map { _ in random.one(of: alphabet) }
      let first = Result { () throws(ReadFailure) in try read(text, quick).values }
      let second = Result { () throws(ReadFailure) in try read(text, exact).values }
      #expect("\(first)" == "\(second)", "\(text)")
    }
  }

  @Test("an interrupted read is repeated, a failed one reported")
  func systemFaults() async {
    // In a process of its own: faults are injected into all system calls of a process.
    await #expect(processExitsWith: .success) { exit(try interruptedAndFailed()) }
  }
}

/// The number of the first promise that is broken; 0 if all are kept.
private func interruptedAndFailed() throws -> CInt {
  let file = try Descriptor.open(FilePath("/dev/null"), O_RDONLY)
  nonisolated(unsafe) var calls = 0
  let interrupted = try Faults.inject({ _ in
    unsafe calls += 1
    return unsafe calls < 5 ? EINTR : nil
  }) { try SampleReader.read(descriptor: file.raw, .standard) }
  guard unsafe calls == 5, interrupted.samples.count == 0 else { return 1 }
  do {
    _ = try Faults.inject({ _ in EIO }) {
      try SampleReader.read(descriptor: file.raw, .standard)
    }
    return 2
  } catch ReadFailure.system(let fault) {
    return fault.call == "read" && fault.errno == EIO ? 0 : 3
  }
}
