// A web server: theory of operation.
//
// Shape.  A server accepts and keeps what its connections share; a connection is a receiver with
// what it has not understood yet, the body it is passing over, and the file it is sending.
//
//     receive --> input? --RequestHead--> WebSite --> answers of a batch --> send
//                                                      a file, in pieces --> send ... send
//
// Requests that arrive together are answered together: what they come to is gathered in the
// server's scratch and sent in the very buffer that they came in, if it has room.  So an answer of
// a text allocates nothing.
//
// Invariants.
//   V1  Answers leave in the order of the requests; one send is under way at a time.
//   V2  While a send is under way input waits, at most `inputMax` bytes of it; then the connection
//       is held back.
//   V3  Behind an answer that closes, nothing is understood any more.
//   V4  What closes says so first (shutdown), and passes over what still comes, up to `lingerMax`
//       bytes: a close with unread bytes would take the answer from its reader.

import Glibc
public import LibAIO
import LibHTTP
public import Sys9

/// Serves a site.
public final class WebServer: Aio.Receiver {
  let site: WebSite
  /// Connections that are open.
  public internal(set) var open = 0
  /// Connections so far.
  public private(set) var accepted = 0
  /// Requests so far, those that were refused included.
  public internal(set) var requests = 0
  /// What a batch of requests comes to; used within one callback only.
  var scratch: [UInt8] = []
  private let clock: () -> Int64

  /// A server of `site` that accepts on `listener` from now on.
  ///
  /// - Parameter clock: the seconds since 1970; asked once a batch.
  public init(
    _ site: WebSite, on listener: Aio.Handle, of loop: Aio.Loop,
    clock: @escaping () -> Int64 = { Int64(Kernel.realtimeNs() / 1_000_000_000) }
  ) {
    self.site = site
    self.clock = clock
    super.init()
    scratch.reserveCapacity(WebConnection.batchMax + 4096)
    loop.accept(on: listener, repeating: true, to: self)
  }

  /// Begins with a connection.
  public override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    guard completion.kind == .accept, completion.error == nil else { return }
    accepted += 1
    open += 1
    _ = WebConnection(completion.accepted, self, loop)
  }

  var date: HTTP.Date { HTTP.Date(seconds: clock()) }
}

/// One connection of a web server.
final class WebConnection: Aio.Receiver {
  /// Answers of a batch beyond this many bytes wait for the next one.
  static let batchMax = 16_384
  /// The input that may wait for an answer to be sent.
  private static let inputMax = 65_536
  /// The pieces in which a file is sent.
  private static let pieceSize = 65_536
  /// What is passed over of the input of a connection that is closing.
  private static let lingerMax = 1 << 20

  /// A file that is being sent.
  private struct FileBody: ~Copyable {
    let file: Descriptor
    var offset: Int64
    var left: UInt64
  }

  private let handle: Aio.Handle
  private let server: WebServer
  private var receiving = Aio.OpToken.none
  /// What has arrived and is not understood yet.
  private var input: [UInt8] = []
  private var body = HTTP.BodyDecoder(.none)
  private var file: FileBody?
  private var isSending = false
  private var isHeldBack = false
  private var hasEnded = false
  /// The last answer has been given (V3).
  private var isFinal = false
  private var lingered = 0
  private var isClosed = false

  init(_ handle: Aio.Handle, _ server: WebServer, _ loop: Aio.Loop) {
    self.handle = handle
    self.server = server
    super.init()
    receiving = loop.receive(from: handle, repeating: true, to: self)
  }

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    switch completion.kind {
    case .receive: received(&completion, loop)
    case .send:
      isSending = false
      let buffer = completion.takeBuffer()
      if completion.error != nil { return close(loop) }
      if let buffer, file != nil { sendPiece(buffer, loop) }
      goOn(loop)
    case .close: server.open -= 1
    default: break
    }
  }

  private func close(_ loop: Aio.Loop) {
    if isClosed { return }
    isClosed = true
    file = nil
    loop.close(handle, self)
  }

  // MARK: Input

  private func received(_ completion: inout Aio.Completion, _ loop: Aio.Loop) {
    if completion.error != nil { return close(loop) }
    guard let buffer = completion.takeBuffer(), !buffer.isEmpty else {
      if completion.isLast { hasEnded = true }
      return goOn(loop)
    }
    if isFinal {
      lingered += buffer.count
      if lingered > Self.lingerMax { close(loop) }
      return
    }
    if isSending || !input.isEmpty {
      unsafe buffer.withBytes { unsafe input.append(contentsOf: $0) }
      if input.count > Self.inputMax && !isHeldBack && !completion.isLast {
        isHeldBack = true
        loop.pause(receiving)
      }
      return goOn(loop)
    }
    var taken = 0
    unsafe buffer.withBytes { bytes in
      taken = answer(unsafe Span(_unsafeElements: bytes.bindMemory(to: UInt8.self)))
      if !isFinal { unsafe input.append(contentsOf: bytes.dropFirst(taken)) }
    }
    send(reusing: buffer, loop)
    goOn(loop)
  }

  /// Whatever is next: more input, the end, or nothing.
  private func goOn(_ loop: Aio.Loop) {
    while !isSending && !isFinal && !isClosed && !input.isEmpty {
      let bytes = input
      let taken = answer(bytes.span)
      if taken == 0 && server.scratch.isEmpty { break }
      input.removeFirst(min(taken, input.count))
      send(reusing: nil, loop)
    }
    if isHeldBack && input.count <= Self.inputMax / 2 {
      isHeldBack = false
      loop.resume(receiving)
    }
    if isSending || isClosed { return }
    // Of a request that is cut off by the end, nothing can be said to anybody.
    if hasEnded { return close(loop) }
    if isFinal && lingered == 0 {
      lingered = 1
      do {
        try loop.shutdown(handle, CInt(SHUT_WR))  // V4
      } catch {
        close(loop)
      }
    }
  }

  // MARK: Answers

  /// Answers the requests in `bytes`, into the server's scratch, up to a file that must be sent
  /// first; returns the bytes that are done with.
  private func answer(_ bytes: Span<UInt8>) -> Int {
    var at = 0
    let date = server.date
    do throws(HTTP.Fault) {
      while at < bytes.count && !isFinal && file == nil && server.scratch.count < Self.batchMax {
        let rest = bytes.extracting(at..<bytes.count)
        if !body.isDone {
          at += try body.next(rest).taken
          continue
        }
        guard let head = try HTTP.RequestHead.parse(rest) else { break }
        answer(head, rest, date)
        at += head.size
      }
    } catch {
      server.requests += 1
      isFinal = true
      append(WebSite.refusal(error, date), to: nil)
    }
    return at
  }

  private func answer(_ head: HTTP.RequestHead, _ bytes: Span<UInt8>, _ date: HTTP.Date) {
    server.requests += 1
    body = HTTP.BodyDecoder(head.body)
    let answer = server.site.answer(to: head, in: bytes, date: date)
    // Who waits to be told to go on is told the answer instead, and nothing more is read: the
    // body may follow or not.
    if !head.keepsAlive || (head.expectsContinue && !body.isDone) { isFinal = true }
    append(answer, to: head)
  }

  /// Puts an answer behind those of the batch; its file, if it has one, is sent next.
  private func append(_ answer: consuming WebSite.Answer, to request: HTTP.RequestHead?) {
    answer.head.closes = isFinal
    answer.head.isOld = request?.minor == 0
    answer.head.append(to: &server.scratch)
    if request?.method == .head { return }
    switch consume answer.body {
    case .none: break
    case .bytes(let bytes): server.scratch += bytes
    case .file(let file, let offset, let count):
      if count > 0 { self.file = FileBody(file: file, offset: offset, left: count) }
    }
  }

  // MARK: Output

  /// Sends the batch, in `buffer` if it has room.
  private func send(reusing buffer: consuming Aio.Buffer?, _ loop: Aio.Loop) {
    if server.scratch.isEmpty { return }
    assert(!isSending, "V1: one send at a time")
    isSending = true
    let size = server.scratch.count
    var room: Aio.Buffer
    if file != nil {
      // The file follows in the same buffer, and in the same segments.
      room = Aio.Buffer(capacity: max(Self.pieceSize, size))
    } else if var given = buffer.take(), given.capacity >= size {
      given.removeAll()
      room = given
    } else {
      room = Aio.Buffer(capacity: size)
    }
    _ = unsafe server.scratch.withUnsafeBytes { unsafe room.append($0) }
    server.scratch.removeAll(keepingCapacity: true)
    if file == nil {
      loop.send(room, to: handle, self)
    } else {
      isSending = false
      fill(room, loop)
    }
  }

  /// Sends the next piece of the file in `buffer`, which has been sent.
  private func sendPiece(_ buffer: consuming Aio.Buffer, _ loop: Aio.Loop) {
    buffer.removeAll()
    fill(buffer, loop)
  }

  /// Sends what is in `buffer` and as much of the file as has room behind it.
  private func fill(_ buffer: consuming Aio.Buffer, _ loop: Aio.Loop) {
    guard var body = file.take() else { return }
    do throws(SystemError) {
      while body.left > 0 && buffer.room > 0 {
        let count = try unsafe buffer.fill { (room) throws(SystemError) in
          let wanted = Int(min(UInt64(room.count), body.left))
          let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: room[..<wanted])
          return try unsafe body.file.read(into: piece, at: body.offset)
        }
        // The file has become shorter: what was promised cannot be sent any more.
        if count == 0 { return close(loop) }
        body.offset += Int64(count)
        body.left -= UInt64(count)
      }
    } catch {
      return close(loop)
    }
    if body.left > 0 { file = consume body }
    isSending = true
    loop.send(buffer, to: handle, self)
  }
}
