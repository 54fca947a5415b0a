import Glibc
import Support
import Testing

@testable import LibHTTP

@Suite("Bodies") struct BodyTests {
  /// The body in `text`, and how many bytes were taken, fed in pieces of at most `size` bytes.
  private func decode(
    _ text: String, _ size: HTTP.BodySize, pieces: Int = .max
  ) throws(HTTP.Fault) -> (body: String, taken: Int, isDone: Bool) {
    let bytes = Array(text.utf8)
    var decoder = HTTP.BodyDecoder(size)
    var body: [UInt8] = []
    var at = 0
    while at < bytes.count && !decoder.isDone {
      let end = at + min(pieces, bytes.count - at)
      let piece = bytes[at..<end]
      let found = try decoder.next(piece.span)
      body += found.data.text(in: piece.span).utf8
      at += found.taken
    }
    return (String(decoding: body, as: UTF8.self), at, decoder.isDone)
  }

  @Test("end where they say", arguments: 1...7)
  func ends(pieces: Int) throws {
    let chunks = "5\r\nhello\r\n00A;a=\"b\"\r\n, world...\r\n0\r\nX: y\r\nZ: \r\n\r\n"
    let chunked = try decode(chunks + "GET", .chunked, pieces: pieces)
    #expect(chunked == ("hello, world...", chunks.utf8.count, true))
    #expect(try decode("0\r\n\r\nx", .chunked, pieces: pieces) == ("", 5, true))
    #expect(try decode("hello", .length(3), pieces: pieces) == ("hel", 3, true))
    #expect(try decode("hello", .none, pieces: pieces) == ("", 0, true))
    #expect(try decode("hello", .length(9), pieces: pieces) == ("hello", 5, false))
    #expect(try decode("5\r\nhel", .chunked, pieces: pieces) == ("hel", 6, false))
  }

  @Test(
    "are refused where two might read them differently",
    arguments: [
      "\r\n", "g\r\n", " 5\r\nhello\r\n", "5 \r\nhello\r\n", "5\nhello\r\n", "5\r\nhello0\r\n",
      "5\r\nhello\n0\r\n", "-1\r\n", "0x5\r\nhello\r\n", "10000000000000000\r\n",
      "00000000000000005\r\nhello\r\n", "5\rhello", "5;\u{0}\r\n", "0\r\nX: \u{1}\r\n\r\n",
      "0\r\n\rx", "0\r\nX\ny\r\n\r\n", "5;" + String(repeating: "a", count: 300),
      "0\r\n" + String(repeating: "a: b\r\n", count: 1000),
    ])
  func wrong(_ text: String) {
    #expect(throws: HTTP.Fault.self) { try decode(text, .chunked) }
    #expect(throws: HTTP.Fault.self) { try decode(text, .chunked, pieces: 1) }
  }
}

@Suite("Paths below a root") struct RequestPathTests {
  @Test(
    "are decoded once",
    arguments: [
      ("/", "", true), ("", "", true), ("/a", "a", false), ("/a/", "a", true),
      ("/a//b/./c", "a/b/c", false), ("/a/.", "a", true), ("/a%20b?x=/..", "a b", false),
      ("/%25%32%65", "%2e", false), ("/%E2%82%AC", "€", false), ("/a/?q", "a", true),
      ("/.well-known/x", ".well-known/x", false), ("/a..b", "a..b", false), ("?x", "", true),
      ("/...", "", false),
    ])
  func right(_ target: String, _ path: String, _ isDirectory: Bool) throws {
    if target == "/..." {
      #expect(throws: HTTP.Fault(404, "there is no such file")) {
        try HTTP.RequestPath(target: Array(target.utf8).span)
      }
      return
    }
    let found = try HTTP.RequestPath(target: Array(target.utf8).span)
    #expect(found.text == path && found.namesDirectory == isDirectory)
    // What is sent back names the same path.
    let again = try HTTP.RequestPath(target: found.encoded.span)
    #expect(again.bytes == found.bytes)
  }

  @Test(
    "do not lead out of it",
    arguments: [
      ("/..", 400), ("/../etc/passwd", 400), ("/a/../b", 400), ("/%2e%2e/x", 400),
      ("/.%2E/x", 400), ("/a%2fb", 400), ("/a%2Fb", 400), ("/%00", 400), ("/a%0Ab", 400),
      ("/%", 400), ("/%1", 400), ("/%zz", 400), ("/%2", 400), ("/%?1", 400), ("/.git/config", 404),
      ("/a/.htaccess", 404), ("/a\u{1}", 400),
    ])
  func wrong(_ target: String, _ status: Int) {
    let found = { () -> Int? in
      do throws(HTTP.Fault) {
        _ = try HTTP.RequestPath(target: Array(target.utf8).span)
        return nil
      } catch {
        return error.status
      }
    }()
    #expect(found == status)
  }

  @Test("never name another host")
  func redirect() throws {
    let path = try HTTP.RequestPath(target: Array("//evil.example/%3Cb%3E".utf8).span)
    #expect(String(decoding: path.encoded, as: UTF8.self) == "/evil.example/%3Cb%3E")
  }
}

@Suite("Parts and dates") struct RangeAndDateTests {
  private func date(_ text: [UInt8]) -> HTTP.Date? { HTTP.Date(text.span) }

  private func range(_ text: String, of size: UInt64) -> HTTP.ByteRange {
    HTTP.ByteRange(Array(text.utf8).span, size: size)
  }

  @Test(
    "a range",
    arguments: [
      ("bytes=0-9", HTTP.ByteRange.part(offset: 0, count: 10)),
      ("Bytes=90-", .part(offset: 90, count: 10)), ("bytes=-5", .part(offset: 95, count: 5)),
      ("bytes=-500", .part(offset: 0, count: 100)), ("bytes=99-500", .part(offset: 99, count: 1)),
      ("bytes=100-", .unsatisfiable), ("bytes=-0", .unsatisfiable), ("bytes=5-4", .whole),
      ("bytes=", .whole), ("bytes=-", .whole), ("bytes=0-1,3-4", .whole), ("lines=0-1", .whole),
      ("bytes=a-b", .whole), ("bytes= 0-1", .whole), ("bytes=0-18446744073709551616", .whole),
      ("bytes=0-18446744073709551615", .part(offset: 0, count: 100)),
    ])
  func range(_ text: String, _ expected: HTTP.ByteRange) {
    #expect(range(text, of: 100) == expected)
  }

  @Test("of nothing there is no part")
  func empty() {
    #expect(range("bytes=0-", of: 0) == .unsatisfiable)
    #expect(range("bytes=-1", of: 0) == .unsatisfiable)
  }

  @Test("dates are the C library's, and are read as they were written", arguments: 1...200)
  func dates(seed: UInt64) throws {
    var numbers = SplitMix(seed)
    let seconds = Int64.random(in: 0...253_402_300_799, using: &numbers)
    var text: [UInt8] = []
    HTTP.Date(seconds: seconds).append(to: &text)
    var moment = time_t(seconds)
    var parts = unsafe tm()
    _ = unsafe gmtime_r(&moment, &parts)
    var room = [CChar](repeating: 0, count: 64)
    let count = unsafe strftime(&room, room.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
    let expected = room[..<count].map { UInt8(bitPattern: $0) }
    #expect(text == expected, "\(seconds)")
    #expect(date(text) == HTTP.Date(seconds: seconds), "\(seconds)")
  }

  @Test(
    "what is no date",
    arguments: [
      "", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT",
      "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nou 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1969 08:49:37 GMT",
      "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08-49-37 GMT",
    ])
  func noDate(_ text: String) {
    #expect(date(Array(text.utf8)) == nil)
  }

  @Test("who has it already is not sent it again")
  func validators() throws {
    let file = HTTP.Validators(size: 255, seconds: 784_111_777, nanoseconds: 16)
    #expect(String(decoding: file.entityTag, as: UTF8.self) == "\"ff-2ebc98a1-10\"")
    func knows(_ fields: String) throws -> (known: Bool, range: Bool) {
      let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8)
      let head = try #require(try HTTP.RequestHead.parse(bytes.span))
      return (
        file.areKnown(to: head, in: bytes.span), file.allowRange(of: head, in: bytes.span)
      )
    }
    let tag = "\"ff-2ebc98a1-10\""
    #expect(try knows("") == (false, true))
    #expect(try knows("If-None-Match: \(tag)\r\n").known)
    #expect(try knows("If-None-Match: \"x\" , W/\(tag)\r\n").known)
    #expect(try knows("If-None-Match: *\r\n").known)
    #expect(try !knows("If-None-Match: \"ff\"\r\n").known)
    let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    #expect(try knows("If-Modified-Since: \(date)\r\n").known)
    #expect(try !knows("If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n").known)
    // A tag that differs decides, whatever the date says.
    #expect(try !knows("If-None-Match: \"x\"\r\nIf-Modified-Since: \(date)\r\n").known)
    #expect(try knows("If-Range: \(tag)\r\n").range)
    #expect(try knows("If-Range: \(date)\r\n").range)
    #expect(try !knows("If-Range: W/\(tag)\r\n").range)
    #expect(try !knows("If-Range: \"x\"\r\n").range)
  }
}
