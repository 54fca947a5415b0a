// Writing: errors are thrown, and what was printed lies in the buffer until it is full.

public import LibFmt
public import LibUTF
public import Sys9

extension Bio {
  /// Writes a byte.
  @inlinable @inline(__always)
  public mutating func write(byte: UInt8) throws(SystemError) {
    if unsafe core.pointee.cursor == core.pointee.writeEnd { try makeRoom() }
    unsafe core.pointee.cursor.pointee = byte
    unsafe core.pointee.cursor += 1
  }

  @usableFromInline
  mutating func makeRoom() throws(SystemError) {
    if unsafe !core.pointee.makeRoom() { throw failure("write") }
  }

  /// Why nothing can be written.
  private func failure(_ call: String) -> SystemError {
    unsafe core.pointee.error ?? SystemError(call: call, text: "bio is not for writing").noted()
  }

  /// Writes all of `bytes`.
  public mutating func write(_ bytes: Span<UInt8>) throws(SystemError) {
    let isGood = unsafe bytes.withUnsafeBytes { bytes in
      unsafe bytes.isEmpty || core.pointee.write(bytes) >= 0
    }
    if !isGood { throw failure("write") }
  }

  /// Writes the UTF-8 of `text`.
  public mutating func write(_ text: String) throws(SystemError) {
    var text = text
    let isGood = text.withUTF8 { bytes in
      unsafe bytes.isEmpty || core.pointee.write(UnsafeRawBufferPointer(bytes)) >= 0
    }
    if !isGood { throw failure("write") }
  }

  /// Writes the UTF-8 of `rune`.
  public mutating func write(rune: Rune) throws(SystemError) {
    if rune < 0x80 { return try write(byte: UInt8(truncatingIfNeeded: rune)) }
    var sequence: InlineArray<4, UInt8> = [0, 0, 0, 0]
    var room = sequence.mutableSpan
    let count = runetochar(&room, rune)
    try write(sequence.span.extracting(first: count))
  }

  /// Prints `values` by `format` straight into the buffer; the number of bytes, or -1.
  ///
  ///     output.print("%-10s %8.2f\n", name, price)
  ///
  /// An error is kept: `flush` and `close` throw it.  No allocation.  Corresponds to `Bprint(3)`.
  @discardableResult
  @inlinable @inline(__always)
  public mutating func print<each Value: Formattable>(
    _ format: Format, _ values: repeat each Value
  ) -> Int {
    var f = fmt()
    let outer = f.begin(format)
    repeat (each values).format(into: &f)
    f.end(outer)
    return took(f)
  }

  /// Prints `values` by `format`.  Corresponds to `Bvprint(3)`.
  @discardableResult
  public mutating func print(_ format: Format, values: [FmtArg]) -> Int {
    var f = fmt()
    f.print(format, values: values)
    return took(f)
  }

  /// A `Fmt` on the free room of the buffer.
  @usableFromInline
  mutating func fmt() -> Fmt {
    // A reader's cursor lies beyond its `writeEnd`: there is no room then.
    let count = unsafe max(0, core.pointee.writeEnd - core.pointee.cursor)
    let room = unsafe UnsafeMutableBufferPointer(start: core.pointee.cursor, count: count)
    return unsafe Fmt(room: room, context: core, sink: BioSink.self, verbs: verbs)
  }

  /// Takes over what `f` printed.
  @usableFromInline
  mutating func took(_ f: borrowing Fmt) -> Int {
    if f.failed { return -1 }
    unsafe core.pointee.cursor = f.cursor
    return f.count
  }

  /// Writes what is in the buffer to the device.  Of a reader, drops what is in the buffer.
  ///
  /// Corresponds to `Bflush(3)`.
  /// - Throws: what the device failed with, now or at an earlier print.
  public mutating func flush() throws(SystemError) {
    if unsafe !core.pointee.flush() { throw failure("write") }
  }
}
