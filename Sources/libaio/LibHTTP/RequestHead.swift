// The head of a request: its line and its fields.

extension HTTP {
  /// The head of a request, as far as a server of files and small answers needs it.
  ///
  /// Its pieces lie in the bytes that it was parsed from.
  public struct RequestHead: Equatable, Sendable {
    /// The most bytes that a head may have.
    public static let sizeMax = 8192
    /// The most fields that a head may have.
    public static let fieldsMax = 100
    /// The longest name of a method that is looked at.
    static let methodSizeMax = 32

    /// What is asked for.
    public internal(set) var method = Method.other
    /// The path and the query, as they came; empty for the root of an absolute form without path.
    public internal(set) var target = Slice(from: 0, to: 0)
    /// The minor version: 0 or 1.
    public internal(set) var minor = 1
    /// The size of what follows the head.
    public internal(set) var body = BodySize.none
    /// Whether the connection stays for another request.
    public internal(set) var keepsAlive = true
    /// Whether the sender waits for "100 Continue" before it sends the body.
    public internal(set) var expectsContinue = false
    /// The fields that a file server looks at, without the blanks around them; nil if missing.
    public internal(set) var host: Slice?
    /// `Range`.
    public internal(set) var range: Slice?
    /// `If-Range`.
    public internal(set) var ifRange: Slice?
    /// `If-None-Match`.
    public internal(set) var ifNoneMatch: Slice?
    /// `If-Modified-Since`.
    public internal(set) var ifModifiedSince: Slice?
    /// The bytes of the head, with the empty line that ends it.
    public internal(set) var size = 0

    /// Reads the head of a request at the beginning of `bytes`.
    ///
    /// O(bytes of the head).
    /// - Returns: nil if there is nothing wrong so far, and more bytes are wanted.
    /// - Throws: what is wrong; the connection cannot be understood from here on.
    public static func parse(_ bytes: Span<UInt8>) throws(Fault) -> RequestHead? {
      var reader = HeadReader()
      do throws(HeadReader.Stop) {
        try reader.read(bytes)
      } catch {
        switch error {
        case .fault(let fault): throw fault
        case .more:
          if bytes.count < sizeMax { return nil }
          throw reader.isInFirstLine
            ? Fault(414, "the target is too long") : Fault(431, "the head is too long")
        }
      }
      return reader.head
    }
  }
}

/// Reads one head; used up by it.
struct HeadReader {
  /// Why reading ended.
  enum Stop: Error {
    /// At the end of the bytes.
    case more
    case fault(HTTP.Fault)
  }

  var head = HTTP.RequestHead()
  private(set) var isInFirstLine = true
  private var at = 0
  private var length: UInt64?
  private var hasTransferEncoding = false
  private var saysClose = false
  private var saysKeepAlive = false

  mutating func read(_ bytes: Span<UInt8>) throws(Stop) {
    try skipEmptyLine(bytes)
    try readMethod(bytes)
    try readTarget(bytes)
    try readVersion(bytes)
    isInFirstLine = false
    var fields = 0
    while try !isEmptyLine(bytes) {
      fields += 1
      if fields > HTTP.RequestHead.fieldsMax { throw Self.fault(431, "too many fields") }
      try readField(bytes)
    }
    if at > HTTP.RequestHead.sizeMax { throw Self.fault(431, "the head is too long") }
    head.size = at
    try conclude()
  }

  private static func fault(_ status: Int, _ reason: StaticString) -> Stop {
    .fault(HTTP.Fault(status, reason))
  }

  /// The byte at hand.
  private func peek(_ bytes: Span<UInt8>) throws(Stop) -> UInt8 {
    if at < bytes.count { return bytes[at] }
    throw .more
  }

  // MARK: The first line

  /// One empty line before a request is passed over: some senders end a body with one.
  private mutating func skipEmptyLine(_ bytes: Span<UInt8>) throws(Stop) {
    if try peek(bytes) == Character8.carriageReturn { try endLine(bytes) }
  }

  private mutating func readMethod(_ bytes: Span<UInt8>) throws(Stop) {
    let start = at
    while true {
      let byte = try peek(bytes)
      if byte == Character8.space { break }
      guard Character8.isToken(byte) else { throw Self.fault(400, "the method is no word") }
      at += 1
      if at - start > HTTP.RequestHead.methodSizeMax {
        throw Self.fault(501, "the method is not known")
      }
    }
    if at == start { throw Self.fault(400, "the method is missing") }
    head.method = Self.method(bytes.extracting(start..<at))
    at += 1
  }

  /// Methods are told apart by case.
  private static func method(_ name: Span<UInt8>) -> HTTP.Method {
    let known: [(StaticString, HTTP.Method)] = [
      ("GET", .get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("DELETE", .delete),
      ("OPTIONS", .options), ("TRACE", .trace), ("PATCH", .patch), ("CONNECT", .connect),
    ]
    return known.first { is8($0.0, name) }?.1 ?? .other
  }

  private static func is8(_ text: StaticString, _ bytes: Span<UInt8>) -> Bool {
    guard bytes.count == text.utf8CodeUnitCount else { return false }
    return bytes.indices.allSatisfy { unsafe bytes[$0] == text.utf8Start[$0] }
  }

  private mutating func readTarget(_ bytes: Span<UInt8>) throws(Stop) {
    let start = at
    while true {
      let byte = try peek(bytes)
      if byte == Character8.space { break }
      // Neither blanks nor control characters nor what is not ASCII; nor a fragment.
      guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "#") else {
        throw Self.fault(400, "a character that targets do not have")
      }
      at += 1
      if at > HTTP.RequestHead.sizeMax { throw Self.fault(414, "the target is too long") }
    }
    let target = HTTP.Slice(from: start, to: at)
    at += 1
    if target.count == 0 { throw Self.fault(400, "the target is missing") }
    head.target = try form(of: target, bytes)
  }

  /// The path and query of a target.  RFC 9112, 3.2.
  private func form(
    of target: HTTP.Slice, _ bytes: Span<UInt8>
  ) throws(Stop) -> HTTP.Slice {
    if head.method == .connect { throw Self.fault(501, "no tunnels are made here") }
    let first = bytes[target.start]
    if first == UInt8(ascii: "/") { return target }
    if first == UInt8(ascii: "*") && target.count == 1 && head.method == .options { return target }
    // http://authority/path, which proxies send.
    let scheme: StaticString = "http://"
    let size = scheme.utf8CodeUnitCount
    let end = target.start + target.count
    guard target.count > size,
      bytes.extracting(target.start..<target.start + size).isCaseless(scheme)
    else { throw Self.fault(400, "the target is no path") }
    var path = target.start + size
    while path < end && bytes[path] != UInt8(ascii: "/") && bytes[path] != UInt8(ascii: "?") {
      path += 1
    }
    if path == target.start + size { throw Self.fault(400, "the target names no host") }
    return HTTP.Slice(from: path, to: end)
  }

  private mutating func readVersion(_ bytes: Span<UInt8>) throws(Stop) {
    let name: StaticString = "HTTP/"
    for index in 0..<name.utf8CodeUnitCount {
      guard unsafe try peek(bytes) == name.utf8Start[index] else {
        throw Self.fault(400, "the version is missing")
      }
      at += 1
    }
    let major = try digit(bytes)
    if try peek(bytes) != UInt8(ascii: ".") { throw Self.fault(400, "the version is missing") }
    at += 1
    let minor = try digit(bytes)
    if try peek(bytes) != Character8.carriageReturn {
      throw Self.fault(400, "something stands behind the version")
    }
    if major != 1 { throw Self.fault(505, "only HTTP/1.0 and HTTP/1.1 are spoken here") }
    head.minor = min(minor, 1)
    try endLine(bytes)
  }

  private mutating func digit(_ bytes: Span<UInt8>) throws(Stop) -> Int {
    let byte = try peek(bytes)
    guard Character8.isDigit(byte) else { throw Self.fault(400, "the version is missing") }
    at += 1
    return Int(byte - 0x30)
  }

  // MARK: Lines

  /// Takes a carriage return and the line feed behind it.
  private mutating func endLine(_ bytes: Span<UInt8>) throws(Stop) {
    let start = at
    if try peek(bytes) != Character8.carriageReturn {
      throw Self.fault(400, "a line ends without a carriage return")
    }
    at += 1
    guard at < bytes.count else {
      at = start
      throw .more
    }
    if bytes[at] != Character8.lineFeed { throw Self.fault(400, "a carriage return in a line") }
    at += 1
  }

  private mutating func isEmptyLine(_ bytes: Span<UInt8>) throws(Stop) -> Bool {
    if try peek(bytes) != Character8.carriageReturn { return false }
    try endLine(bytes)
    return true
  }

  // MARK: Fields

  private mutating func readField(_ bytes: Span<UInt8>) throws(Stop) {
    let start = at
    while true {
      let byte = try peek(bytes)
      if byte == Character8.colon { break }
      guard Character8.isToken(byte) else {
        throw at == start
          ? Self.fault(400, "a line is no field, or folded")
          : Self.fault(400, "a field's name is no word before the colon")
      }
      at += 1
    }
    if at == start { throw Self.fault(400, "a field has no name") }
    let name = HTTP.Slice(from: start, to: at)
    at += 1
    let value = at
    while true {
      let byte = try peek(bytes)
      if byte == Character8.carriageReturn { break }
      // A tab is a blank; what is not ASCII is taken as it is.
      if byte < 0x20 && byte != Character8.tab || byte == 0x7F {
        throw Self.fault(400, "a control character in a field")
      }
      at += 1
    }
    let slice = bytes.trimmed(HTTP.Slice(from: value, to: at))
    try endLine(bytes)
    do throws(HTTP.Fault) {
      try note(name, slice, bytes)
    } catch {
      throw .fault(error)
    }
  }

  /// Takes what is of interest from a field.
  private mutating func note(
    _ name: HTTP.Slice, _ value: HTTP.Slice, _ bytes: Span<UInt8>
  ) throws(HTTP.Fault) {
    let word = name.of(bytes)
    switch name.count {
    case 4 where word.isCaseless("host"): try noteHost(value, bytes)
    case 5 where word.isCaseless("range"): head.range = value
    case 6 where word.isCaseless("expect"): try noteExpectation(value, bytes)
    case 8 where word.isCaseless("if-range"): head.ifRange = value
    case 10 where word.isCaseless("connection"): try noteConnection(value, bytes)
    case 13 where word.isCaseless("if-none-match"): head.ifNoneMatch = value
    case 14 where word.isCaseless("content-length"): try noteLength(value, bytes)
    case 17 where word.isCaseless("transfer-encoding"): try noteEncoding(value, bytes)
    case 17 where word.isCaseless("if-modified-since"): head.ifModifiedSince = value
    default: break
    }
  }

  private mutating func noteHost(_ value: HTTP.Slice, _ bytes: Span<UInt8>) throws(HTTP.Fault) {
    if head.host != nil { throw HTTP.Fault(400, "two hosts are named") }
    let host = value.of(bytes)
    for index in 0..<host.count {
      switch host[index] {
      case 0x21...0x7E
      where host[index] != UInt8(ascii: "/") && host[index] != UInt8(ascii: "@")
        && host[index] != UInt8(ascii: ",") && host[index] != UInt8(ascii: "?")
        && host[index] != UInt8(ascii: "#"):
        continue
      default: throw HTTP.Fault(400, "a character that hosts do not have")
      }
    }
    head.host = value
  }

  private mutating func noteExpectation(
    _ value: HTTP.Slice, _ bytes: Span<UInt8>
  ) throws(HTTP.Fault) {
    guard value.of(bytes).isCaseless("100-continue") else {
      throw HTTP.Fault(417, "only 100-continue can be expected")
    }
    head.expectsContinue = true
  }

  private mutating func noteConnection(
    _ value: HTTP.Slice, _ bytes: Span<UInt8>
  ) throws(HTTP.Fault) {
    var (close, keep) = (saysClose, saysKeepAlive)
    try bytes.forEachElement(of: value) { word in
      if word.of(bytes).isCaseless("close") { close = true }
      if word.of(bytes).isCaseless("keep-alive") { keep = true }
    }
    (saysClose, saysKeepAlive) = (close, keep)
  }

  private mutating func noteLength(_ value: HTTP.Slice, _ bytes: Span<UInt8>) throws(HTTP.Fault) {
    if length != nil { throw HTTP.Fault(400, "two lengths are given") }
    guard let number = value.of(bytes).digits else {
      throw HTTP.Fault(400, "the length is no number")
    }
    length = number
  }

  private mutating func noteEncoding(
    _ value: HTTP.Slice, _ bytes: Span<UInt8>
  ) throws(HTTP.Fault) {
    if hasTransferEncoding { throw HTTP.Fault(400, "two transfer encodings are given") }
    hasTransferEncoding = true
    guard value.of(bytes).isCaseless("chunked") else {
      throw HTTP.Fault(501, "the only transfer encoding is chunked")
    }
  }

  /// What follows from all fields together.
  private mutating func conclude() throws(Stop) {
    if head.minor == 1 && head.host == nil { throw Self.fault(400, "no host is named") }
    if hasTransferEncoding {
      if length != nil { throw Self.fault(400, "both a length and a transfer encoding") }  // W2
      if head.minor == 0 { throw Self.fault(400, "HTTP/1.0 has no transfer encodings") }
      head.body = .chunked
    } else if let length, length > 0 {
      head.body = .length(length)
    }
    if head.minor == 0 || head.body == .none { head.expectsContinue = false }
    head.keepsAlive = !saysClose && (head.minor == 1 || saysKeepAlive)
  }
}
