// From the target of a request to a path below a root.

extension HTTP {
  /// A path below a root, as the target of a request names it.
  public struct RequestPath: Equatable, Sendable {
    /// The path's bytes without a slash at either end; empty for the root itself.
    public let bytes: [UInt8]
    /// Whether the target ended in a slash, which names a directory.
    public let namesDirectory: Bool

    /// The path that `target` names, decoded once; the query is left out.
    ///
    /// A segment "." is left out, as are empty ones.
    /// - Throws: 400 for what cannot lie below a root (W3): a segment "..", a slash or a NUL in
    ///   disguise, a wrong escape; 404 for a name that begins with a dot and is not `.well-known`.
    public init(target: Span<UInt8>) throws(Fault) {
      var path: [UInt8] = []
      var segment: [UInt8] = []
      var end = 0
      while end < target.count && target[end] != UInt8(ascii: "?") { end += 1 }
      var at = 0
      while at <= end {
        if at == end || target[at] == UInt8(ascii: "/") {
          try Self.add(segment, to: &path)
          if at < end { segment = [] }
          at += 1
          continue
        }
        segment.append(try Self.decoded(target, &at, end))
      }
      bytes = path
      namesDirectory = segment.isEmpty || segment == [UInt8(ascii: ".")]
    }

    /// The path as text, what is no UTF-8 replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The path from the root, escaped so that it can be sent; without a slash at its end, but for
    /// the root's.
    ///
    /// It begins with one slash, and so names a path and never another host.
    public var encoded: [UInt8] {
      var text = [UInt8(ascii: "/")]
      for byte in bytes {
        let isPlain =
          Character8.isToken(byte) && byte != UInt8(ascii: "%") && byte != UInt8(ascii: "#")
        if isPlain || byte == UInt8(ascii: "/") {
          text.append(byte)
        } else {
          let digits = Array("0123456789ABCDEF".utf8)
          text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
      }
      return text
    }

    private static func decoded(
      _ target: Span<UInt8>, _ at: inout Int, _ end: Int
    ) throws(Fault) -> UInt8 {
      let byte = target[at]
      at += 1
      if byte != UInt8(ascii: "%") {
        if byte < 0x20 || byte == 0x7F { throw Fault(400, "a character that paths do not have") }
        return byte
      }
      guard at + 1 < end, let high = Character8.hex(target[at]),
        let low = Character8.hex(target[at + 1])
      else { throw Fault(400, "a percent sign without two hexadecimal digits") }
      at += 2
      let value = high << 4 | low
      if value < 0x20 || value == 0x7F || value == UInt8(ascii: "/") {
        throw Fault(400, "a character that paths do not have")
      }
      return value
    }

    private static func add(_ segment: [UInt8], to path: inout [UInt8]) throws(Fault) {
      let dot = UInt8(ascii: ".")
      if segment.isEmpty || segment == [dot] { return }
      if segment == [dot, dot] { throw Fault(400, "the path leads out of the root") }
      if segment[0] == dot && segment != Array(".well-known".utf8) {
        throw Fault(404, "there is no such file")
      }
      if !path.isEmpty { path.append(UInt8(ascii: "/")) }
      path += segment
    }
  }
}
