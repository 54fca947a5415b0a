// HTTP/1.1 for servers: theory of operation.
//
// Problem.  Between the bytes of a connection and an answer stands a grammar that has been read in
// different ways by different programs; where two that stand behind one another disagree on where
// a request ends, somebody else's request is smuggled in.  So what is not exactly right is refused,
// and nothing is repaired.
//
// Shape.  Values in, values out; no input or output, no clock.
//
//     bytes --RequestHead.parse--> head --BodyDecoder--> body
//                                  head.target --RequestPath--> path below a root
//                                  head.range, .if... --Condition, ByteRange--> what to answer
//     ResponseHead --append--> bytes
//
// A head names pieces of the bytes it was read from (`Slice`), so that reading one allocates
// nothing and copies nothing.
//
// Invariants.
//   W1  A head is complete, wrong, or not there yet; the same bytes give the same answer however
//       they arrive, but that what is wrong may be said before it is complete.
//   W2  The size of a body is said once: one Content-Length of digits alone, or "chunked" alone.
//   W3  A path that is answered for lies below the root: no "..", no NUL, no slash in disguise.
//   W4  Time and memory are bounded: a head by `sizeMax` bytes and `fieldsMax` fields, a body by
//       what it says.
//
// Rejected.  Forgiving readings (a bare line feed, folded fields, blanks before the colon): each
// has smuggled requests.  A dictionary of fields: of a request, a file server wants eight.
//
// Sources: RFC 9110 (semantics), RFC 9112 (HTTP/1.1).

/// HTTP/1.1, as a server reads and writes it.
public enum HTTP {
  /// A piece of the bytes that something was read from.
  public struct Slice: Equatable, Sendable {
    /// Where it begins.
    public let start: Int
    /// How many bytes it has.
    public let count: Int

    /// The bytes from `start` to before `end`.
    init(from start: Int, to end: Int) {
      assert(start <= end, "a piece has no less than no bytes")
      self.start = start
      count = end - start
    }

    /// The bytes of the piece, which lie in `bytes`.
    @_lifetime(copy bytes)
    public func of(_ bytes: Span<UInt8>) -> Span<UInt8> {
      bytes.extracting(start..<start + count)
    }

    /// The piece as text, what is no UTF-8 replaced.
    public func text(in bytes: Span<UInt8>) -> String {
      let piece = of(bytes)
      return String(decoding: piece.indices.map { piece[$0] }, as: UTF8.self)
    }
  }

  /// What is wrong with a request: the status to answer with, and why.
  public struct Fault: Error, Equatable, Sendable {
    /// The status code, 400 to 599.
    public let status: Int
    /// One sentence for whoever sent the request.
    public let reason: StaticString

    /// A fault to be answered with `status`.
    public init(_ status: Int, _ reason: StaticString) {
      self.status = status
      self.reason = reason
    }

    /// Faults are equal if they are answered alike.
    public static func == (a: Fault, b: Fault) -> Bool {
      a.status == b.status && a.reason.description == b.reason.description
    }
  }

  /// What a request asks for.  RFC 9110, 9.
  public enum Method: Equatable, Sendable {
    case get, head, post, put, delete, options, trace, patch
    /// A tunnel, of which we make none.
    case connect
    /// A method that we do not know.
    case other
  }

  /// How long a body is.  RFC 9112, 6.
  public enum BodySize: Equatable, Sendable {
    /// There is none.
    case none
    /// So many bytes.
    case length(UInt64)
    /// In chunks, each of which says its length.
    case chunked
  }
}

/// The characters of the grammar.
enum Character8 {
  static let space = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")
  static let carriageReturn = UInt8(ascii: "\r")
  static let lineFeed = UInt8(ascii: "\n")
  static let colon = UInt8(ascii: ":")

  /// True of what names of methods and fields are made of.  RFC 9110, 5.6.2: `tchar`.
  static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
      UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
      UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  /// The value of a hexadecimal digit; nil if it is none.
  static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  static func lowercase(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }
}

extension Span<UInt8> {
  /// True if the bytes are `text`, which is in lower case, but for the case of letters.
  func isCaseless(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    for index in 0..<count
    where unsafe Character8.lowercase(self[index]) != text.utf8Start[index] { return false }
    return true
  }

  /// The whole number that the bytes are, digits alone; nil if they are not, or too many.
  var digits: UInt64? {
    if isEmpty { return nil }
    var value: UInt64 = 0
    for index in 0..<count {
      guard Character8.isDigit(self[index]) else { return nil }
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflows) = product.addingReportingOverflow(UInt64(self[index] - 0x30))
      if isTooLarge || overflows { return nil }
      value = sum
    }
    return value
  }

  /// The piece without blanks and tabs at its ends.
  func trimmed(_ slice: HTTP.Slice) -> HTTP.Slice {
    var (start, end) = (slice.start, slice.start + slice.count)
    while start < end && (self[start] == 0x20 || self[start] == 0x09) { start += 1 }
    while end > start && (self[end - 1] == 0x20 || self[end - 1] == 0x09) { end -= 1 }
    return HTTP.Slice(from: start, to: end)
  }

  /// Calls `body` with each piece of `slice` between commas, trimmed; empty ones are left out.
  func forEachElement(
    of slice: HTTP.Slice, _ body: (HTTP.Slice) throws(HTTP.Fault) -> Void
  ) throws(HTTP.Fault) {
    var start = slice.start
    let end = slice.start + slice.count
    while start <= end {
      var stop = start
      while stop < end && self[stop] != UInt8(ascii: ",") { stop += 1 }
      let piece = trimmed(HTTP.Slice(from: start, to: stop))
      if piece.count > 0 { try body(piece) }
      start = stop + 1
    }
  }
}
