// Reading, as a Swift programmer expects it: nil at the end, errors thrown, lines as they are.

public import LibUTF
public import Sys9

extension Bio {
  /// The next byte, or nil at the end.  See `Bgetc` for the classic call.
  @inlinable @inline(__always)
  public mutating func readByte() throws(SystemError) -> UInt8? {
    let cursor = unsafe core.pointee.cursor
    if unsafe cursor < core.pointee.readEnd {
      unsafe core.pointee.cursor = cursor + 1
      return unsafe cursor.pointee
    }
    return try readByteSlowly()
  }

  @usableFromInline
  mutating func readByteSlowly() throws(SystemError) -> UInt8? {
    guard unsafe core.pointee.refill() else {
      try check()
      return nil
    }
    return try readByte()
  }

  /// The next rune, or nil at the end; what is no rune is `Runeerror`, a byte at a time.
  ///
  /// Unlike `Bgetrune`, a rune that the end cuts is not lost.
  @inlinable
  public mutating func readRune() throws(SystemError) -> Rune? {
    let cursor = unsafe core.pointee.cursor
    let rest = unsafe core.pointee.readEnd - cursor
    if rest >= UTFmax {
      let found = unsafe UTF.decode(UnsafePointer(cursor), rest)
      unsafe core.pointee.cursor = cursor + found.count
      return found.rune
    }
    return try readRuneSlowly()
  }

  @usableFromInline
  mutating func readRuneSlowly() throws(SystemError) -> Rune? {
    guard let first = try readByte() else { return nil }
    if first < 0x80 { return Rune(first) }
    var sequence: InlineArray<4, UInt8> = [first, 0, 0, 0]
    let wanted = UTF.length(lead: first)
    var count = 1
    while count < wanted, let next = try readByte() {
      sequence[count] = next
      count += 1
    }
    var rune = Runeerror
    let taken = chartorune(&rune, sequence.span.extracting(first: count))
    unsafe core.pointee.unread(count - taken)
    return rune
  }

  /// The next line without its delimiter, where it lies; nil at the end.
  ///
  ///     while let line = try input.nextLine() { ... }
  ///
  /// The last line is one also without a delimiter.  The span is valid until the next call on this
  /// bio.  No allocation, unless a line is longer than the buffer, which then grows.
  /// - Parameters:
  ///   - delimiter: what ends a line.
  ///   - sizeMax: the longest line for which the buffer may grow, in bytes.
  /// - Throws: what the device failed with, or that a line is longer than `sizeMax`; the bytes stay
  ///   in the buffer.
  @inlinable @inline(__always)
  @_lifetime(&self)
  public mutating func nextLine(
    until delimiter: UInt8 = 0x0A, sizeMax: Int = lineSizeMaxDefault
  ) throws(SystemError) -> Span<UInt8>? {
    let marked = unsafe core.pointee.markedLine(delimiter)
    if marked > 0 {
      let start = unsafe core.pointee.cursor
      unsafe core.pointee.cursor = start + marked
      let line = unsafe Span<UInt8>(_unsafeStart: UnsafePointer(start), count: marked - 1)
      return unsafe _overrideLifetime(line, mutating: &self)
    }
    let size = try findLine(delimiter, sizeMax)
    if size < 0 { return nil }
    let start = unsafe core.pointee.cursor - core.pointee.lineLength
    let line = unsafe Span<UInt8>(_unsafeStart: UnsafePointer(start), count: size)
    return unsafe _overrideLifetime(line, mutating: &self)
  }

  /// The longest line for which a buffer grows where nothing else is said: a gigabyte.
  public static let lineSizeMaxDefault = 1 << 30

  /// Takes the next line, `lineLength` bytes with its delimiter; its bytes without, -1 at the end.
  @usableFromInline
  mutating func findLine(_ delimiter: UInt8, _ sizeMax: Int) throws(SystemError) -> Int {
    let buffered = unsafe core.pointee.bufferedLine(delimiter)
    if buffered > 0 {
      unsafe core.pointee.cursor += buffered
      unsafe core.pointee.lineLength = buffered
      return buffered - 1
    }
    while true {
      switch unsafe core.pointee.findDelimiter(delimiter) {
      case .line(let count):
        unsafe core.pointee.cursor += count
        unsafe core.pointee.lineLength = count
        return count - 1
      case .tail(let count):
        try check()
        unsafe core.pointee.cursor += count
        unsafe core.pointee.lineLength = count
        return count == 0 ? -1 : count
      case .full:
        if unsafe !core.pointee.grow(sizeMax: sizeMax) {
          throw SystemError(call: "nextLine", text: "line too long").noted()
        }
      case .nothing:
        try check()
        unsafe core.pointee.lineLength = 0
        return -1
      }
    }
  }

  /// Calls `body` with each line that is left, without its delimiter.
  @inlinable
  public mutating func forEachLine(
    until delimiter: UInt8 = 0x0A, _ body: (Span<UInt8>) throws(SystemError) -> Void
  ) throws(SystemError) {
    while let line = try nextLine(until: delimiter) { try body(line) }
  }

  /// The next line as a string, what is no UTF-8 replaced; nil at the end.
  public mutating func readLine() throws(SystemError) -> String? {
    guard let line = try nextLine() else { return nil }
    return unsafe line.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// Reads until `room` is full or the end is met, and returns the bytes read.
  ///
  /// - Throws: what the device failed with, unless some bytes were read before; then the next call
  ///   throws.
  public mutating func read(
    into room: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> Int {
    let count = unsafe core.pointee.read(into: room)
    if count == 0 && room.count > 0 { try check() }
    return count
  }

  /// What is in the buffer, after a read if there is nothing in it; nil at the end.
  ///
  /// The span is valid until the next call on this bio.  Nothing is copied.
  @_lifetime(&self)
  public mutating func nextPiece() throws(SystemError) -> Span<UInt8>? {
    if unsafe core.pointee.cursor >= core.pointee.readEnd, unsafe !core.pointee.refill() {
      try check()
      return nil
    }
    let start = unsafe core.pointee.cursor
    let count = unsafe core.pointee.readEnd - start
    unsafe core.pointee.cursor += count
    let piece = unsafe Span<UInt8>(_unsafeStart: UnsafePointer(start), count: count)
    return unsafe _overrideLifetime(piece, mutating: &self)
  }

  /// All that is left.
  public mutating func readAll() throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let rest = unsafe core.pointee.buffered
      let piece = unsafe UnsafeBufferPointer(start: core.pointee.cursor, count: rest)
      unsafe bytes.append(contentsOf: piece)
      unsafe core.pointee.cursor += rest
      if unsafe !core.pointee.refill() {
        try check()
        return bytes
      }
    }
  }

  /// The number at hand, after blanks and tabs; nil if there is none.
  ///
  /// A number has decimal digits, maybe with a sign, a point and an exponent, and is rounded to the
  /// nearest `Double`.  What cannot belong to it stays; of what could have (a sign, a point) too.
  /// Unlike `Bgetd`, a number that the end of the file ends is a number.
  public mutating func readNumber() throws(SystemError) -> Double? {
    var scanner = NumberScanner()
    while let byte = try readByte() {
      if !scanner.take(byte) {
        unsafe core.pointee.unread(1)
        break
      }
    }
    unsafe core.pointee.unread(scanner.surplus)
    return scanner.value
  }
}
