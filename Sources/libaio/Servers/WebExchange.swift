// What a web server says to one connection, without the connection: bytes in, answers out.
//
// Pure: no loop, no socket, no clock.  `WebServer` and `AsyncWebServer` carry it out.

import Glibc
import LibAIO
import LibHTTP
import Sys9

/// A conversation in HTTP: requests that are understood, and what is to be sent for them.
struct WebExchange: ~Copyable {
  /// Answers of a batch beyond this many bytes wait for the next one.
  static let batchMax = 16_384
  /// The pieces in which a file is sent.
  static let pieceSize = 65_536
  /// The input that may wait for an answer to be sent.
  static let inputMax = 65_536
  /// What is passed over of the input of a connection that is closing.
  static let lingerMax = 1 << 20

  /// What the client is to send next.
  enum Expectation {
    /// A request, of which nothing has come.
    case request
    /// The rest of a request's head.
    case head
    /// More of a request's body.
    case body
  }

  /// A file that is being sent.
  private struct FileBody: ~Copyable {
    let file: Descriptor
    var offset: Int64
    var left: UInt64
  }

  private let site: WebSite
  private var body = HTTP.BodyDecoder(.none)
  private var file: FileBody?
  /// The last answer has been given: nothing behind it is understood any more (V3).
  private(set) var isFinal = false
  /// The server ends: the next answer is the last one.
  var isEnding = false
  /// Requests so far, those that were refused included.
  private(set) var requests = 0

  init(_ site: WebSite) { self.site = site }

  /// Whether a file is to be sent before anything else.
  var hasFile: Bool { file != nil }

  /// What the client is to send, if this much of its input is not understood yet.
  func expectation(waiting: Int) -> Expectation {
    if !body.isDone { return .body }
    return waiting > 0 ? .head : .request
  }

  /// Appends answers to the requests in `bytes` to `output`, up to a file that must be sent first;
  /// returns the bytes that are done with.
  mutating func answer(
    _ bytes: Span<UInt8>, _ date: HTTP.Date, into output: inout [UInt8]
  ) -> Int {
    var at = 0
    do throws(HTTP.Fault) {
      while at < bytes.count && !isFinal && file == nil && output.count < Self.batchMax {
        let rest = bytes.extracting(at..<bytes.count)
        if !body.isDone {
          at += try body.next(rest).taken
          continue
        }
        guard let head = try HTTP.RequestHead.parse(rest) else { break }
        answer(head, rest, date, &output)
        at += head.size
      }
    } catch {
      refuse(error, date, into: &output)
    }
    return at
  }

  /// Appends the refusal of what has come, and ends the conversation.
  mutating func refuse(_ fault: HTTP.Fault, _ date: HTTP.Date, into output: inout [UInt8]) {
    requests += 1
    isFinal = true
    append(WebSite.refusal(fault, date), to: nil, &output)
  }

  private mutating func answer(
    _ head: HTTP.RequestHead, _ bytes: Span<UInt8>, _ date: HTTP.Date, _ output: inout [UInt8]
  ) {
    requests += 1
    body = HTTP.BodyDecoder(head.body)
    let answer = site.answer(to: head, in: bytes, date: date)
    // Who waits to be told to go on is told the answer instead, and nothing more is read: the
    // body may follow or not.
    if !head.keepsAlive || isEnding || (head.expectsContinue && !body.isDone) { isFinal = true }
    append(answer, to: head, &output)
  }

  /// Puts an answer behind those of the batch; its file, if it has one, is sent next.
  private mutating func append(
    _ answer: consuming WebSite.Answer, to request: HTTP.RequestHead?, _ output: inout [UInt8]
  ) {
    answer.head.closes = isFinal
    answer.head.isOld = request?.minor == 0
    answer.head.append(to: &output)
    if request?.method == .head { return }
    switch consume answer.body {
    case .none: break
    case .bytes(let bytes): output += bytes
    case .file(let file, let offset, let count):
      if count > 0 { self.file = FileBody(file: file, offset: offset, left: count) }
    }
  }

  /// Puts as much of the file behind what is in `buffer` as has room.
  ///
  /// - Throws: what reading failed with, `EPIPE` for a file that has become shorter: what was
  ///   promised cannot be sent any more.
  mutating func fill(_ buffer: inout Aio.Buffer) throws(SystemError) {
    guard var body = file.take() else { return }
    while body.left > 0 && buffer.room > 0 {
      let count = try unsafe buffer.fill { (room) throws(SystemError) in
        let wanted = Int(min(UInt64(room.count), body.left))
        let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: room[..<wanted])
        return try unsafe body.file.read(into: piece, at: body.offset)
      }
      if count == 0 { throw SystemError(call: "read", errno: EPIPE) }
      body.offset += Int64(count)
      body.left -= UInt64(count)
    }
    if body.left > 0 { file = consume body }
  }
}
