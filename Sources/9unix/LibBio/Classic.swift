// The classic calls of bio(3), with Plan 9's behaviour: -1 and nil for what Swift would throw.

import Glibc
public import LibFmt
public import LibUTF
public import Sys9
public import SystemPackage

/// End of file, or an error.  Corresponds to `Beof`.
public let Beof = -1

/// The size of a buffer where none is asked for.  Corresponds to `Bsize`.
public let Bsize = Bio.bufferSizeDefault

/// For what a bio is opened.  Corresponds to the modes of `Bopen(3)`.
public enum BioMode: Sendable {
  /// `OREAD`.
  case read
  /// `OWRITE`: the file is created, and what it holds removed.
  case write
}

extension Bio {
  /// A reader of the file at `path`, or a writer of it, which is then created and emptied.
  ///
  /// Corresponds to `Bopen(3)`.
  public static func open(_ path: FilePath, _ mode: BioMode = .read) throws(SystemError) -> Bio {
    let flags = mode == .read ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC
    let fd = try Descriptor.open(path, flags).release()
    return mode == .read ? Bio(reading: fd, isOwner: true) : Bio(writing: fd, isOwner: true)
  }
}

extension Bio {
  /// A reader of the file at `path`, or a writer of it, as the other `open` makes them.
  public static func open(_ path: String, _ mode: BioMode = .read) throws(SystemError) -> Bio {
    try open(FilePath(path), mode)
  }
}

/// `Bio.open`; nil with the reason in `errstr` if that fails.  Corresponds to `Bopen(3)`.
public func Bopen(_ path: FilePath, _ mode: BioMode) -> Bio? {
  do { return try Bio.open(path, mode) } catch { return nil }
}

/// A bio on `fd`, which `Bterm` closes.  Corresponds to `Bfdopen(3)`.
public func Bfdopen(_ fd: CInt, _ mode: BioMode) -> Bio {
  mode == .read ? Bio(reading: fd, isOwner: true) : Bio(writing: fd, isOwner: true)
}

/// A bio on `fd`, which stays open.  Corresponds to `Binit(3)`.
public func Binit(_ fd: CInt, _ mode: BioMode) -> Bio { Binits(fd, mode, Bsize) }

/// A bio on `fd`, which stays open, with a buffer of `size` bytes.  Corresponds to `Binits(3)`.
public func Binits(_ fd: CInt, _ mode: BioMode, _ size: Int) -> Bio {
  mode == .read ? Bio(reading: fd, bufferSize: size) : Bio(writing: fd, bufferSize: size)
}

/// Flushes and ends `bp`; 0, or `Beof` if what was written is not all there.
///
/// Corresponds to `Bterm(3)`.
@discardableResult
public func Bterm(_ bp: consuming Bio) -> Int {
  do {
    try bp.close()
    return 0
  } catch {
    return Beof
  }
}

/// The next byte, or `Beof`; the call after that reads again.  Corresponds to `Bgetc(3)`.
@inlinable @inline(__always)
public func Bgetc(_ bp: inout Bio) -> Int {
  let cursor = unsafe bp.core.pointee.cursor
  if unsafe cursor < bp.core.pointee.readEnd {
    unsafe bp.core.pointee.cursor = cursor + 1
    return unsafe Int(cursor.pointee)
  }
  return unsafe bp.core.pointee.refill() ? Bgetc(again: &bp) : Beof
}

@usableFromInline
func Bgetc(again bp: inout Bio) -> Int {
  let byte = unsafe bp.core.pointee.cursor.pointee
  unsafe bp.core.pointee.cursor += 1
  return Int(byte)
}

/// Pushes the last byte back, up to four in a row; 1, or `Beof` if there is no room.
///
/// Corresponds to `Bungetc(3)`.
@discardableResult
public func Bungetc(_ bp: inout Bio) -> Int {
  let core = unsafe bp.core
  guard unsafe !core.pointee.isWriter, unsafe core.pointee.state != .inactive,
    unsafe core.pointee.cursor > core.pointee.base - BioCore.ungetSize
  else { return Beof }
  unsafe core.pointee.unread(1)
  return 1
}

/// The next rune, or `Beof`; a rune that the end cuts is lost.  Corresponds to `Bgetrune(3)`.
public func Bgetrune(_ bp: inout Bio) -> Int {
  let first = Bgetc(&bp)
  if first < Int(Runeself) {
    unsafe bp.core.pointee.runeSize = 1
    return first
  }
  var sequence: InlineArray<4, UInt8> = [UInt8(first), 0, 0, 0]
  let wanted = UTF.length(lead: UInt8(first))
  unsafe bp.core.pointee.runeSize = 0
  for count in 1..<wanted {
    let next = Bgetc(&bp)
    if next < 0 { return next }
    sequence[count] = UInt8(next)
  }
  var rune = Runeerror
  let taken = chartorune(&rune, sequence.span.extracting(first: wanted))
  unsafe bp.core.pointee.unread(wanted - taken)
  unsafe bp.core.pointee.runeSize = UInt8(taken)
  return Int(rune)
}

/// Pushes back what `Bgetrune` has just read; 1.  Corresponds to `Bungetrune(3)`.
@discardableResult
public func Bungetrune(_ bp: inout Bio) -> Int {
  for _ in 0..<(unsafe bp.core.pointee.runeSize) { Bungetc(&bp) }
  unsafe bp.core.pointee.runeSize = 0
  return 1
}

/// The next line with its delimiter, where it lies until the next call; nil at the end of the file
/// and for a line that does not fit into the buffer.
///
/// What a file holds behind the last delimiter is no line: it stays in the buffer, and `Blinelen`
/// is its length.  Corresponds to `Brdline(3)`.
@inlinable @inline(__always)
@_lifetime(&bp)
public func Brdline(_ bp: inout Bio, _ delimiter: UInt8) -> Span<UInt8>? {
  let count = takeClassicLine(&bp, delimiter)
  if count == 0 { return nil }
  let start = unsafe bp.core.pointee.cursor - count
  let line = unsafe Span<UInt8>(_unsafeStart: UnsafePointer(start), count: count)
  return unsafe _overrideLifetime(line, mutating: &bp)
}

/// Takes the next line and returns its length; 0 if there is none, with `Blinelen` set.
@inlinable @inline(__always)
func takeClassicLine(_ bp: inout Bio, _ delimiter: UInt8) -> Int {
  let count = unsafe bp.core.pointee.markedLine(delimiter)
  if count == 0 { return findClassicLine(&bp, delimiter) }
  unsafe bp.core.pointee.lineLength = count
  unsafe bp.core.pointee.cursor += count
  return count
}

/// `takeClassicLine` where the line's end is not known yet.
@usableFromInline
func findClassicLine(_ bp: inout Bio, _ delimiter: UInt8) -> Int {
  let buffered = unsafe bp.core.pointee.bufferedLine(delimiter)
  if buffered > 0 {
    unsafe bp.core.pointee.lineLength = buffered
    unsafe bp.core.pointee.cursor += buffered
    return buffered
  }
  switch unsafe bp.core.pointee.findDelimiter(delimiter) {
  case .line(let count):
    unsafe bp.core.pointee.lineLength = count
    unsafe bp.core.pointee.cursor += count
    return count
  case .tail(let count): unsafe bp.core.pointee.lineLength = count
  case .full: unsafe bp.core.pointee.lineLength = bp.core.pointee.size
  case .nothing: unsafe bp.core.pointee.lineLength = 0
  }
  return 0
}

/// The length of the line that `Brdline` or `Brdstr` returned; see there for what they did not.
///
/// Corresponds to `Blinelen(3)`.
public func Blinelen(_ bp: borrowing Bio) -> Int { unsafe bp.core.pointee.lineLength }

/// The next line, of any length, as bytes of their own; nil at the end of the file.
///
/// The last line needs no delimiter.
/// - Parameter stripping: whether the delimiter is left out.
///
/// Corresponds to `Brdstr(3)`.
public func Brdstr(_ bp: inout Bio, _ delimiter: UInt8, _ stripping: Bool) -> [UInt8]? {
  let core = unsafe bp.core
  var text: [UInt8] = []
  while true {
    let count = takeClassicLine(&bp, delimiter)
    // Without a line there is the tail of the file, or a full buffer of a longer line.
    let taken = unsafe count > 0 ? count : core.pointee.lineLength
    if count == 0 { unsafe core.pointee.cursor += taken }
    let start = unsafe UnsafePointer(core.pointee.cursor - taken)
    append(
      unsafe Span(_unsafeStart: start, count: count > 0 && stripping ? taken - 1 : taken), to: &text
    )
    if unsafe count > 0 || taken < core.pointee.size {
      unsafe core.pointee.lineLength = text.count
      return count == 0 && text.isEmpty ? nil : text
    }
  }
}

private func append(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
  unsafe bytes.withUnsafeBufferPointer { unsafe text.append(contentsOf: $0) }
}

/// Reads until `room` is full or the file ends; the bytes read, 0 at the end, -1 after an error
/// that came before any byte.
///
/// Corresponds to `Bread(3)`.
public func Bread(_ bp: inout Bio, _ room: inout MutableSpan<UInt8>) -> Int {
  do {
    return try unsafe room.withUnsafeMutableBytes { (bytes) throws(SystemError) in
      try unsafe bp.read(into: bytes)
    }
  } catch {
    return Beof
  }
}

/// Reads the number at hand into `value`; 1, or `Beof` if the end of the file was met.
///
/// Skips blanks and tabs.  Where there is no number, `value` is 0 and the result is 1; a number
/// that the end of the file ends is lost.  Corresponds to `Bgetd(3)`.
public func Bgetd(_ bp: inout Bio, _ value: inout Double) -> Int {
  var scanner = NumberScanner(isClassic: true)
  while true {
    let byte = Bgetc(&bp)
    if byte < 0 {
      value = 0
      return Beof
    }
    if !scanner.take(UInt8(byte)) { break }
  }
  Bungetc(&bp)
  value = scanner.value ?? 0
  return 1
}

/// Goes to `offset`; the new offset from the start, or -1.  Corresponds to `Bseek(3)`.
@discardableResult
public func Bseek(_ bp: inout Bio, _ offset: Int64, _ origin: SeekOrigin) -> Int64 {
  unsafe bp.core.pointee.seek(to: offset, from: origin)
}

/// The offset of the next byte.  Corresponds to `Boffset(3)`.
public func Boffset(_ bp: borrowing Bio) -> Int64 { bp.offset }

/// Bytes in the buffer.  Corresponds to `Bbuffered(3)`.
public func Bbuffered(_ bp: borrowing Bio) -> Int { bp.buffered }

/// The descriptor under the bio.  Corresponds to `Bfildes(3)`.
public func Bfildes(_ bp: borrowing Bio) -> CInt { bp.descriptor }

/// Writes what is in the buffer; 0 or `Beof`.  Corresponds to `Bflush(3)`.
@discardableResult
public func Bflush(_ bp: inout Bio) -> Int { unsafe bp.core.pointee.flush() ? 0 : Beof }

/// Writes a byte; 0 or `Beof`.  Corresponds to `Bputc(3)`.
@discardableResult
public func Bputc(_ bp: inout Bio, _ byte: UInt8) -> Int {
  do {
    try bp.write(byte: byte)
    return 0
  } catch {
    return Beof
  }
}

/// Writes a rune; its bytes, or `Beof`.  Corresponds to `Bputrune(3)`.
@discardableResult
public func Bputrune(_ bp: inout Bio, _ rune: Rune) -> Int {
  do {
    try bp.write(rune: rune)
    return runelen(rune)
  } catch {
    return Beof
  }
}

/// Writes all of `bytes`; how many they are, or -1.  Corresponds to `Bwrite(3)`.
@discardableResult
public func Bwrite(_ bp: inout Bio, _ bytes: Span<UInt8>) -> Int {
  unsafe bytes.withUnsafeBytes { unsafe bp.core.pointee.write($0) }
}

/// Prints; the bytes printed, or -1.  Corresponds to `Bprint(3)`.
@discardableResult
@inlinable
public func Bprint<each Value: Formattable>(
  _ bp: inout Bio, _ format: Format, _ values: repeat each Value
) -> Int {
  bp.print(format, repeat each values)
}

/// Prints an array of arguments; the bytes printed, or -1.  Corresponds to `Bvprint(3)`.
@discardableResult
public func Bvprint(_ bp: inout Bio, _ format: Format, _ values: [FmtArg]) -> Int {
  bp.print(format, values: values)
}
