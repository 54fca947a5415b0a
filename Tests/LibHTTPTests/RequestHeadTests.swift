import Testing

@testable import LibHTTP

@Suite("Heads of requests") struct RequestHeadTests {
  private func parse(_ bytes: [UInt8]) throws(HTTP.Fault) -> HTTP.RequestHead? {
    try HTTP.RequestHead.parse(bytes.span)
  }

  private func piece(_ slice: HTTP.Slice?, _ bytes: [UInt8]) -> String? {
    slice?.text(in: bytes.span)
  }

  private static let host = "Host: example.org\r\n"

  private func parse(_ text: String) throws(HTTP.Fault) -> HTTP.RequestHead? {
    try parse(Array(text.utf8))
  }

  private func status(_ text: String) -> Int? {
    do throws(HTTP.Fault) {
      _ = try parse(text)
      return nil
    } catch {
      return error.status
    }
  }

  @Test("a request as browsers send it")
  func browser() throws {
    let text =
      "GET /a/b?c=d HTTP/1.1\r\nHost: localhost:8080\r\nConnection: keep-alive\r\n"
      + "User-Agent: Mozilla/5.0 (X11)\r\nAccept: */*\r\nrange:  bytes=0-99 \r\n"
      + "If-None-Match: \"a\", W/\"b\"\r\nAccept-Language: de\u{E9}\r\n\r\n"
    let bytes = Array(text.utf8)
    let head = try #require(try parse(bytes + [1, 2, 3]))
    #expect(head.method == .get && head.minor == 1 && head.keepsAlive && head.body == .none)
    #expect(piece(head.target, bytes) == "/a/b?c=d")
    #expect(piece(head.host, bytes) == "localhost:8080")
    #expect(piece(head.range, bytes) == "bytes=0-99")
    #expect(piece(head.ifNoneMatch, bytes) == "\"a\", W/\"b\"")
    #expect(head.size == bytes.count)
  }

  @Test(
    "what is right",
    arguments: [
      ("GET / HTTP/1.1\r\n\(host)\r\n", HTTP.BodySize.none, true),
      ("\r\nGET / HTTP/1.1\r\n\(host)\r\n", .none, true),
      ("GET / HTTP/1.0\r\n\r\n", .none, false),
      ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", .none, true),
      ("GET / HTTP/1.1\r\n\(host)Connection: x, close\r\n\r\n", .none, false),
      ("GET / HTTP/1.9\r\n\(host)\r\n", .none, true),
      ("GET http://example.org/x HTTP/1.1\r\n\(host)\r\n", .none, true),
      ("OPTIONS * HTTP/1.1\r\n\(host)\r\n", .none, true),
      ("POST / HTTP/1.1\r\n\(host)Content-Length: 12\r\n\r\n", .length(12), true),
      ("POST / HTTP/1.1\r\n\(host)content-length:007\r\n\r\n", .length(7), true),
      ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: Chunked\r\n\r\n", .chunked, true),
      ("GET / HTTP/1.1\r\nHost:\r\n\r\n", .none, true),
      ("GET / HTTP/1.1\r\n\(host)X:\t a\tb \r\n\r\n", .none, true),
      ("M-SEARCH / HTTP/1.1\r\n\(host)\r\n", .none, true),
    ])
  func right(_ text: String, _ body: HTTP.BodySize, _ keepsAlive: Bool) throws {
    let head = try #require(try parse(text))
    #expect(head.body == body && head.keepsAlive == keepsAlive)
    #expect(head.size == text.utf8.count)
  }

  @Test(
    "what is wrong, among it what smuggles requests past others",
    arguments: [
      // Lines.
      ("GET / HTTP/1.1\nHost: a\n\n", 400), ("GET / HTTP/1.1\r\n\(host)X: a\nb\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\n\(host)X: a\rb\r\n\r\n", 400), ("\r\n\r\nGET / HTTP/1.1\r\n", 400),
      ("GET / HTTP/1.1\r\n\(host)\n", 400),
      // The first line.
      (" GET / HTTP/1.1\r\n", 400), ("GET  / HTTP/1.1\r\n", 400), ("GET /a b HTTP/1.1\r\n", 400),
      ("GET / HTTP/1.1 \r\n", 400), ("GET /\r\n", 400), ("GET\r\n", 400), ("GET /\u{0} H", 400),
      ("GE(T / HTTP/1.1\r\n", 400), ("GET /# HTTP/1.1\r\n", 400), ("GET /\u{E9} HTTP/1.1", 400),
      ("GET a HTTP/1.1\r\n", 400), ("GET * HTTP/1.1\r\n", 400), ("GET http:// HTTP/1.1\r\n", 400),
      ("GET http:///a HTTP/1.1\r\n", 400), ("GET https://a/ HTTP/1.1\r\n", 400),
      ("GET / HTTP/2.0\r\n", 505), ("GET / http/1.1\r\n", 400), ("GET / HTTP/11.1\r\n", 400),
      ("GET / HTTP/1.10\r\n", 400), ("CONNECT a:443 HTTP/1.1\r\n", 501),
      (String(repeating: "A", count: 40) + " / HTTP/1.1\r\n", 501),
      // Hosts.
      ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\(host)\(host)\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400),
      // Fields.
      ("GET / HTTP/1.1\r\n\(host) folded\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\n: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\(host)X\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\n\(host)X(: a\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\n\(host)X: a\u{0}b\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\n\(host)X: a\u{7F}b\r\n\r\n", 400),
      // Lengths.
      ("POST / HTTP/1.1\r\n\(host)Content-Length: +1\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\n\(host)Content-Length: -1\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\n\(host)Content-Length: 0x10\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\n\(host)Content-Length: 1 1\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\n\(host)Content-Length: 1,1\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\n\(host)Content-Length:\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\n\(host)Content-Length: 18446744073709551616\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\n\(host)Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\n\(host)Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
      ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked, identity\r\n\r\n", 501),
      ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: xchunked\r\n\r\n", 501),
      ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding : chunked\r\n\r\n", 400),
      (
        "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n",
        400
      ),
      ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\n\(host)Expect: miracles\r\n\r\n", 417),
    ])
  func wrong(_ text: String, _ expected: Int) {
    #expect(status(text) == expected)
  }

  @Test("what is too long")
  func limits() {
    let long = String(repeating: "a", count: HTTP.RequestHead.sizeMax)
    #expect(status("GET /\(long) HTTP/1.1\r\n") == 414)
    #expect(status("GET / HTTP/1.1\r\n\(Self.host)X: \(long)\r\n\r\n") == 431)
    let many = (0...HTTP.RequestHead.fieldsMax).map { "X\($0): a\r\n" }.joined()
    #expect(status("GET / HTTP/1.1\r\n\(Self.host)\(many)\r\n") == 431)
    let enough = (0..<HTTP.RequestHead.fieldsMax - 1).map { "X\($0): a\r\n" }.joined()
    #expect(status("GET / HTTP/1.1\r\n\(Self.host)\(enough)\r\n") == nil)
  }

  @Test("W1: of every beginning more is wanted, and the whole is what it is with more behind it")
  func beginnings() throws {
    let text =
      "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\nX: \t\r\n\r\n"
    let bytes = Array(text.utf8)
    for count in 0..<bytes.count {
      #expect(try parse(Array(bytes[..<count])) == nil, "\(count) bytes")
    }
    let whole = try #require(try parse(bytes))
    #expect(whole.expectsContinue)
    #expect(try parse(bytes + bytes) == whole)
  }
}
