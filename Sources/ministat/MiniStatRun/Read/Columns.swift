// Plain numbers in a column, as the classic mode reads them.

internal import MiniStat
internal import Sys9

enum Columns {
  /// True if `beginning`, with which a file begins, can only be that of plain numbers: no other
  /// format begins with a digit.
  static func recognises(beginning: [UInt8]) -> Bool {
    beginning.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
  }

  /// The numbers in the bytes of `source`.
  static func read(_ source: Source) throws(SourceError) -> Measurement {
    var rest = source.bytes[...]
    return try unsafe read(source) { room in
      let piece = rest.prefix(room.count)
      unsafe room.copyBytes(from: piece)
      rest = rest.dropFirst(piece.count)
      return piece.count
    }
  }

  /// The numbers in what is left to read from `fd`, behind the bytes of `source`.
  ///
  /// Takes 8 bytes a value, however long their texts are.
  static func read(_ source: Source, thenFrom fd: CInt) throws(SourceError) -> Measurement {
    var rest = source.bytes[...]
    return try unsafe read(source) { (room: UnsafeMutableRawBufferPointer) throws(SystemError) in
      if rest.isEmpty { return try unsafe Sys9.read(fd, into: room) }
      let piece = rest.prefix(room.count)
      unsafe room.copyBytes(from: piece)
      rest = rest.dropFirst(piece.count)
      return piece.count
    }
  }

  private static func read(
    _ source: Source,
    from bytes: (UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
  ) throws(SourceError) -> Measurement {
    let reading: Reading
    do throws(ReadFailure) {
      reading = try unsafe SampleReader.read(source.column, from: bytes)
    } catch {
      switch error {
      case .system(let fault): throw SourceError(name: source.name, fault)
      case .data(let fault): throw complaint(fault, source)
      }
    }
    var result = Measurement()
    result.format = .columns
    let values = Self.values(of: reading.samples)
    if reading.lines == 0 { throw SourceError(name: source.name, text: "it is empty") }
    if values.isEmpty {
      throw SourceError(
        name: source.name,
        text: "its \(reading.lines) lines hold no number in column \(source.column.column);"
          + " choose columns with -C and -d")
    }
    result.add(Metric(name: "value", unit: "", better: .lower))
    result.add(Series(arm: source.arm, metric: "value", values: values))
    return result
  }

  private static func values(of samples: Samples) -> [Double] {
    samples.withSpan { span in
      unsafe [Double](unsafeUninitializedCapacity: span.count) { room, filled in
        unsafe Memory.preferHugePages(UnsafeMutableRawBufferPointer(room))
        unsafe span.withUnsafeBufferPointer { filled = unsafe room.initialize(fromContentsOf: $0) }
      }
    }
  }

  private static func complaint(_ fault: DataFault, _ source: Source) -> SourceError {
    let found = String(decoding: fault.text, as: UTF8.self)
    let text =
      switch fault.kind {
      case .notNumber:
        "'\(found)' is not a number; begin the line with # to pass it over, or choose columns"
          + " with -C and -d"
      case .notFinite: "'\(found)' is no finite number; begin the line with # to pass it over"
      case .nul: "a NUL byte; this is no text, or not one in ASCII or UTF-8 (see iconv(1))"
      case .lineTooLong: "the line is too long; write one value a line"
      }
    return SourceError(name: source.name, line: fault.line, text: text)
  }
}
