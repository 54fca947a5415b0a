// Reading measurements from a descriptor.

public import MiniStat
public import Sys9

/// Why measurements could not be read.
public enum ReadFailure: Error, Equatable, Sendable {
  /// The system would not give the bytes.
  case system(SystemError)
  /// The bytes hold something else than numbers.
  case data(DataFault)
}

/// Measurements, and what the text held besides.
public struct Reading {
  /// The numbers in their order.
  public let samples: Samples
  /// The lines of the text, those without a number included.
  public let lines: Int
}

/// Reads the numbers of one column from a text, in pieces: the text may be larger than memory.
public enum SampleReader {
  /// Bytes asked for at a time: small enough to stay in a second level cache while it is parsed.
  public static let pieceSize = 128 * 1024
  /// The longest line that is taken; a file without newlines must not eat all memory.
  public static let lineSizeMax = 256 << 20

  /// Bytes readable behind a line, which the parser may look at.
  private static let slack = 8

  /// Reads the descriptor `fd`, which the caller owns, to its end.
  public static func read(
    descriptor fd: CInt, _ format: ColumnFormat
  ) throws(ReadFailure) -> Reading {
    try unsafe read(format) { (room: UnsafeMutableRawBufferPointer) throws(SystemError) in
      try unsafe Sys9.read(fd, into: room)
    }
  }

  /// Reads what `source` gives, until it gives nothing.
  ///
  /// - Parameters:
  ///   - format: the column that is wanted.
  ///   - pieceSize: bytes asked for at a time; lines may be longer.
  ///   - lineSizeMax: the length at which a line is a fault; taken by and large.
  ///   - source: fills a buffer and returns how many bytes it put there, 0 at the end.
  /// - Throws: what `source` throws, or the first fault in the data.
  public static func read(
    _ format: ColumnFormat, pieceSize: Int = Self.pieceSize,
    lineSizeMax: Int = Self.lineSizeMax,
    from source: (UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
  ) throws(ReadFailure) -> Reading {
    // Large sets in large pages: a fifth of the time of 10^7 values went into page faults.
    precondition(pieceSize > 0, "nothing is read in empty pieces")
    let samples = unsafe Samples(onGrowth: { unsafe Memory.preferHugePages($0) })
    var parser = ColumnParser(format)
    var buffer = [UInt8](repeating: 0, count: pieceSize + slack)
    var filled = 0
    while true {
      let count = try unsafe fill(&buffer, from: filled, source)
      let searched = filled
      filled += count
      if count == 0 {
        if filled > 0 {  // the last line lacks its newline
          buffer[filled] = UInt8(ascii: "\n")
          try parse(buffer, upTo: filled + 1, by: &parser, into: samples)
        }
        return Reading(samples: samples, lines: parser.lines)
      }
      if let end = lastNewline(in: buffer, from: searched, to: filled) {
        try parse(buffer, upTo: end + 1, by: &parser, into: samples)
        moveToFront(&buffer, from: end + 1, to: filled)
        filled -= end + 1
      }
      if filled + slack >= buffer.count {
        if buffer.count > lineSizeMax {
          throw .data(DataFault(.lineTooLong, line: parser.lines + 1, text: buffer))
        }
        buffer.append(contentsOf: repeatElement(0, count: buffer.count))
      }
    }
  }

  private static func fill(
    _ buffer: inout [UInt8], from filled: Int,
    _ source: (UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
  ) throws(ReadFailure) -> Int {
    do throws(SystemError) {
      return try unsafe buffer.withUnsafeMutableBufferPointer { (all) throws(SystemError) in
        let room = unsafe UnsafeMutableBufferPointer(rebasing: all[filled..<(all.count - slack)])
        let count = try unsafe source(UnsafeMutableRawBufferPointer(room))
        precondition(count >= 0 && count <= room.count, "a source fills its room at most")
        return count
      }
    } catch {
      throw .system(error)
    }
  }

  private static func parse(
    _ buffer: [UInt8], upTo end: Int, by parser: inout ColumnParser, into samples: Samples
  ) throws(ReadFailure) {
    do throws(DataFault) {
      try unsafe buffer.withUnsafeBufferPointer { (all) throws(DataFault) in
        try unsafe parser.take(UnsafeBufferPointer(rebasing: all[..<end]), into: samples)
      }
    } catch {
      throw .data(error)
    }
  }

  /// Moves the beginning of a line to the front.
  private static func moveToFront(_ buffer: inout [UInt8], from start: Int, to end: Int) {
    // Not replaceSubrange: given a slice of its own array, that copies the whole.
    unsafe buffer.withUnsafeMutableBytes { all in
      let rest = unsafe UnsafeRawBufferPointer(rebasing: all[start..<end])
      unsafe all.copyMemory(from: rest)
    }
  }

  private static func lastNewline(in buffer: [UInt8], from start: Int, to end: Int) -> Int? {
    var at = end
    while at > start {
      at -= 1
      if buffer[at] == UInt8(ascii: "\n") { return at }
    }
    return nil
  }
}
