// The frames of the language server protocol: `Content-Length: N`, an empty line, N bytes.

public import LibJSON

/// Takes messages out of a stream of bytes, which comes in any pieces.
///
/// Bytes that are no frame are skipped up to the next header, with one fault for all of them: a
/// broken client is told, and heard again as soon as it makes sense.
public struct MessageReader {
  /// What a stream holds.
  public enum Item: Equatable {
    case message(JSON)
    /// Something that is no message, with the reason.
    case fault(String)
  }

  /// The longest message: more than any description, less than what harms.
  public static let sizeMax = 64 << 20
  /// The longest header.
  static let headerMax = 4096

  private var bytes: [UInt8] = []
  private var start = 0
  private var isSkipping = false

  /// Nothing read yet.
  public init() {}

  /// Adds what was read.
  public mutating func feed(_ more: some Sequence<UInt8>) {
    if start > 0 && start * 2 > bytes.count {
      bytes.removeFirst(start)
      start = 0
    }
    bytes.append(contentsOf: more)
  }

  /// The next message or fault; nil if more bytes are needed.  O(bytes consumed).
  public mutating func next() -> Item? {
    while true {
      guard let header = headerEnd() else { return skipLongHeader() }
      guard let length = length(start..<header) else {
        start = header
        if isSkipping { continue }
        isSkipping = true
        return .fault("a header has no Content-Length")
      }
      if length > Self.sizeMax {
        start = header
        isSkipping = true
        return .fault("a message of \(length) bytes is too long")
      }
      if bytes.count - header < length { return nil }
      start = header + length
      isSkipping = false
      do {
        return .message(try JSON.parse(bytes: Array(bytes[header..<start])))
      } catch {
        return .fault("not JSON: \(error)")
      }
    }
  }

  /// Where the body begins, behind an empty line; nil if it is not there yet.
  private func headerEnd() -> Int? {
    var lineStart = start
    while let end = bytes[lineStart...].firstIndex(of: Byte.newline) {
      let line = bytes[lineStart..<end]
      if line.isEmpty || line.elementsEqual([Byte.carriageReturn]) { return end + 1 }
      lineStart = end + 1
    }
    return nil
  }

  /// A header that does not end: forget it, but for what could be the beginning of another.
  private mutating func skipLongHeader() -> Item? {
    if bytes.count - start <= Self.headerMax { return nil }
    start = bytes.count - 64
    if isSkipping { return nil }
    isSkipping = true
    return .fault("a header does not end")
  }

  /// The value of Content-Length in the header at `range`; the last line that has one counts, so
  /// that rubbish before a header does no harm.
  private func length(_ range: Range<Int>) -> Int? {
    let lines = bytes[range].split(separator: Byte.newline)
    for line in lines.reversed() {
      guard let colon = line.firstIndex(of: Byte.colon) else { continue }
      let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
      guard name.hasSuffix("content-length") else { continue }
      let digits = line[(colon + 1)...].filter { !Byte.isBlank($0) }
      if !digits.isEmpty, digits.allSatisfy(Byte.isDigit) {
        return Int(String(decoding: digits, as: UTF8.self)) ?? Int.max
      }
    }
    return nil
  }

  /// `message` with its header.
  public static func frame(_ message: JSON) -> [UInt8] {
    var body: [UInt8] = []
    message.write(into: &body)
    return Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
  }
}
