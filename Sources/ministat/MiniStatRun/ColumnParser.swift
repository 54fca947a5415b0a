// From lines to numbers: theory of operation.
//
// A line is read as the original reads it: blanks at its end are cut off, it is split at
// delimiters, and the wanted column must be a number and nothing else.  A column that begins with
// `#` ends the line.  A line that has no such column is passed over.
//
// Two ways lead there, and agree:
//
//     quick   straight over the bytes, for a decimal number that a delimiter, a newline or
//             CR LF follows; it gives up at anything else
//     exact   the rules above, step by step, for the lines on which the quick way gave up
//
// Invariants.
//   L1  `lines` counts the lines that were taken, of whichever kind.
//   L2  A line that the quick way takes gives what the exact way would give.

import Glibc
internal import MiniStat

/// Takes whole lines and finds the numbers in them.  Does no input itself.
struct ColumnParser {
  /// The lines taken so far.
  private(set) var lines = 0

  private let format: ColumnFormat
  private let powers = DecimalParser.Powers()
  private let classes: [Class]
  /// False if a delimiter could be part of a number, so that a number's end is not plain.
  private let quickly: Bool

  private enum Class: UInt8 {
    case other, delimiter, newline, nul
  }

  init(_ format: ColumnFormat) {
    self.format = format
    var classes = [Class](repeating: .other, count: 256)
    for byte in format.delimiters { classes[Int(byte)] = .delimiter }
    quickly = !"0123456789+-.eE#".utf8.contains { classes[Int($0)] == .delimiter }
    classes[Int(UInt8(ascii: "\n"))] = .newline
    classes[0] = .nul
    self.classes = classes
  }

  /// Takes `bytes`, whole lines each with its newline, and adds their numbers to `samples`.
  ///
  /// At least seven more bytes must be readable behind the last newline.
  ///
  /// - Throws: the first fault; the numbers before it have then been added.
  mutating func take(
    _ bytes: UnsafeBufferPointer<UInt8>, into samples: Samples
  ) throws(DataFault) {
    guard let start = bytes.baseAddress else { return }
    precondition(unsafe bytes[bytes.count - 1] == UInt8(ascii: "\n"), "lines are whole")
    let end = unsafe start + bytes.count
    var fault: DataFault?
    // A line with a number has at least two bytes.
    unsafe samples.appendUnchecked(upTo: bytes.count / 2 + 1) { room in
      unsafe take(from: start, to: end, into: room, &fault)
    }
    if let fault { throw fault }
  }

  /// The loop of ``take(_:into:)``: how many numbers it wrote to `room`.
  private mutating func take(
    from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>,
    into room: UnsafeMutablePointer<Double>, _ fault: inout DataFault?
  ) -> Int {
    var cursor = unsafe start
    var count = 0
    var lines = self.lines
    defer { self.lines = lines }  // L1
    unsafe classes.withUnsafeBufferPointer { classes in
      while unsafe cursor < end {
        lines += 1
        let line = unsafe cursor
        if quickly, let value = unsafe quick(&cursor, classes) {
          unsafe room[count] = value
          count += 1
          continue
        }
        let newline = unsafe Self.newline(from: line, before: end)
        unsafe cursor = newline + 1
        let text = unsafe UnsafeBufferPointer(start: line, count: newline - line)
        do throws(DataFault) {
          guard let value = try unsafe exact(text, line: lines) else { continue }
          unsafe room[count] = value
          count += 1
        } catch {
          fault = error
          return
        }
      }
    }
    return count
  }

  /// The number of the line at `cursor`, which then moves to the next line; nil if unsure.
  @inline(__always)
  private func quick(
    _ cursor: inout UnsafePointer<UInt8>, _ classes: UnsafeBufferPointer<Class>
  ) -> Double? {
    var at = unsafe cursor
    var column = 1
    while true {
      while unsafe classes[Int(at.pointee)] == .delimiter { unsafe at += 1 }
      if column == format.column { break }
      if unsafe at.pointee == UInt8(ascii: "#") { return nil }
      while unsafe classes[Int(at.pointee)] == .other { unsafe at += 1 }
      if unsafe classes[Int(at.pointee)] != .delimiter { return nil }
      column += 1
    }
    guard let value = unsafe DecimalParser.fast(&at, powers) else { return nil }
    switch unsafe at.pointee {
    case UInt8(ascii: "\n"): unsafe cursor = at + 1
    case UInt8(ascii: "\r") where unsafe at[1] == UInt8(ascii: "\n"): unsafe cursor = at + 2
    case let byte where unsafe classes[Int(byte)] == .delimiter:
      // Sure of a newline: lines are whole.
      while unsafe at.pointee != UInt8(ascii: "\n") { unsafe at += 1 }
      unsafe cursor = at + 1
    default: return nil
    }
    return value
  }

  private static func newline(
    from start: UnsafePointer<UInt8>, before end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8> {
    guard let found = unsafe memchr(start, CInt(UInt8(ascii: "\n")), end - start) else {
      preconditionFailure("lines are whole")
    }
    return unsafe UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
  }

  /// The number of `text`, a line without its newline; nil if the line has no such column.
  private func exact(
    _ text: UnsafeBufferPointer<UInt8>, line: Int
  ) throws(DataFault) -> Double? {
    var end = text.count
    if format.endsLinesAtNUL, let nul = unsafe text.firstIndex(of: 0) { end = nul }
    while end > 0, unsafe Self.isSpace(text[end - 1]) { end -= 1 }
    guard let token = unsafe token(in: text, before: end) else { return nil }
    let bytes = unsafe UnsafeBufferPointer(rebasing: text[token])
    if unsafe bytes.contains(0) { throw unsafe DataFault(.nul, line: line, text: bytes) }
    guard let value = unsafe DecimalParser.whole(bytes) else {
      throw unsafe DataFault(.notNumber, line: line, text: bytes)
    }
    if !value.isFinite { throw unsafe DataFault(.notFinite, line: line, text: bytes) }
    return value
  }

  /// Where the wanted column of the line `text` is, cut off at `end`; nil if it has none.
  private func token(in text: UnsafeBufferPointer<UInt8>, before end: Int) -> Range<Int>? {
    var at = 0
    for column in 1...format.column {
      while at < end, unsafe classes[Int(text[at])] == .delimiter { at += 1 }
      if at == end { return nil }
      if unsafe text[at] == UInt8(ascii: "#") { return nil }
      let start = at
      while at < end, unsafe classes[Int(text[at])] != .delimiter { at += 1 }
      if column == format.column { return start..<at }
    }
    return nil
  }

  /// True for what `isspace(3)` calls a space in the C locale.
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
