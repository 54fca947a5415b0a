// A web server: theory of operation.
//
// Shape.  A server accepts and keeps what its connections share; a connection is a receiver with
// what it has not understood yet, its conversation, and the moment at which it has taken too long.
//
//     receive --> input? --WebExchange--> answers of a batch --> send
//                                          a file, in pieces --> send ... send
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
//   V5  A connection has a timer that fires at its clock's deadline or before.

import Glibc
public import LibAIO
import LibHTTP
public import Sys9

/// Serves a site.
public final class WebServer: Service {
  let site: WebSite
  let limits: WebClock.Limits
  /// Requests so far, those that were refused included.
  public internal(set) var requests = 0
  /// Connections that took too long.
  public internal(set) var expired = 0
  /// What a batch of requests comes to; used within one callback only.
  var scratch: [UInt8] = []
  private let clock: () -> Int64

  /// A server of `site` that accepts on `listener` from now on.
  ///
  /// - Parameter clock: the seconds since 1970; asked once a batch.
  public init(
    _ site: WebSite, on listener: Aio.Handle, of loop: Aio.Loop, limits: WebLimits = WebLimits(),
    clock: @escaping () -> Int64 = { Int64(Kernel.realtimeNs() / 1_000_000_000) }
  ) {
    self.site = site
    self.limits = WebClock.Limits(limits)
    self.clock = clock
    super.init(on: listener, of: loop)
    scratch.reserveCapacity(WebExchange.batchMax + 4096)
  }

  /// Begins with a connection.
  public override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    guard completion.kind == .accept, completion.error == nil else { return }
    began()
    _ = WebConnection(completion.accepted, self, loop)
  }

  /// Requests, and connections that took too long.
  public override var summary: String { "requests \(requests), too slow \(expired)" }

  var date: HTTP.Date { HTTP.Date(seconds: clock()) }
}

/// One connection of a web server.
final class WebConnection: Aio.Receiver {
  private let handle: Aio.Handle
  private let server: WebServer
  private var receiving = Aio.OpToken.none
  /// What has arrived and is not understood yet.
  private var input: [UInt8] = []
  private var exchange: WebExchange
  private var clock: WebClock
  /// When the timer fires (V5).
  private var armed = UInt64.max
  private var timer = Aio.TimerToken.none
  private var isSending = false
  private var isHeldBack = false
  private var hasEnded = false
  private var lingered = 0
  private var isClosed = false

  init(_ handle: Aio.Handle, _ server: WebServer, _ loop: Aio.Loop) {
    self.handle = handle
    self.server = server
    exchange = WebExchange(server.site)
    clock = WebClock(server.limits, now: loop.now)
    super.init()
    receiving = loop.receive(from: handle, repeating: true, to: self)
    watch(loop)
  }

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    switch completion.kind {
    case .receive: received(&completion, loop)
    case .send:
      isSending = false
      let buffer = completion.takeBuffer()
      if completion.error != nil { return close(loop) }
      if let buffer, exchange.hasFile { sendPiece(buffer, loop) }
      goOn(loop)
    case .timer: timerFired(loop)
    case .close: server.closed(on: loop)
    default: break
    }
  }

  private func close(_ loop: Aio.Loop) {
    if isClosed { return }
    isClosed = true
    loop.removeTimer(timer)
    loop.close(handle, self)
  }

  // MARK: Time

  /// Sees to it that the timer fires in time (V5).
  private func watch(_ loop: Aio.Loop) {
    if clock.deadline >= armed || isClosed { return }
    loop.removeTimer(timer)
    armed = clock.deadline
    timer = loop.addOneShot(at: armed, to: self)
  }

  private func timerFired(_ loop: Aio.Loop) {
    armed = .max
    if loop.now < clock.deadline { return watch(loop) }
    server.expired += 1
    if isSending || (clock.phase != .head && clock.phase != .body) { return close(loop) }
    exchange.refuse(
      HTTP.Fault(408, "the request takes too long"), server.date, into: &server.scratch)
    server.requests += 1
    input = []
    send(reusing: nil, loop)
    goOn(loop)
  }

  /// What the connection does now.
  private func settle(_ loop: Aio.Loop) {
    let phase: WebClock.Phase
    if isSending {
      phase = .send
    } else if exchange.isFinal {
      phase = .linger
    } else {
      phase =
        switch exchange.expectation(waiting: input.count) {
        case .request: .idle
        case .head: .head
        case .body: .body
        }
    }
    clock.enter(phase, server.limits, now: loop.now)
    watch(loop)
  }

  // MARK: Input

  private func received(_ completion: inout Aio.Completion, _ loop: Aio.Loop) {
    if completion.error != nil { return close(loop) }
    guard let buffer = completion.takeBuffer(), !buffer.isEmpty else {
      if completion.isLast { hasEnded = true }
      return goOn(loop)
    }
    clock.received(buffer.count, server.limits)
    if exchange.isFinal {
      lingered += buffer.count
      if lingered > WebExchange.lingerMax { close(loop) }
      return
    }
    if isSending || !input.isEmpty {
      unsafe buffer.withBytes { unsafe input.append(contentsOf: $0) }
      if input.count > WebExchange.inputMax && !isHeldBack && !completion.isLast {
        isHeldBack = true
        loop.pause(receiving)
      }
      return goOn(loop)
    }
    unsafe buffer.withBytes { bytes in
      let taken = answer(unsafe Span(_unsafeElements: bytes.bindMemory(to: UInt8.self)))
      if !exchange.isFinal { unsafe input.append(contentsOf: bytes.dropFirst(taken)) }
    }
    send(reusing: buffer, loop)
    goOn(loop)
  }

  /// Whatever is next: more input, the end, or nothing.
  private func goOn(_ loop: Aio.Loop) {
    while !isSending && !exchange.isFinal && !isClosed && !input.isEmpty {
      let bytes = input
      let taken = answer(bytes.span)
      if taken == 0 && server.scratch.isEmpty { break }
      input.removeFirst(min(taken, input.count))
      send(reusing: nil, loop)
    }
    if isHeldBack && input.count <= WebExchange.inputMax / 2 {
      isHeldBack = false
      loop.resume(receiving)
    }
    if isClosed { return }
    // Of a request that is cut off by the end, nothing can be said to anybody.
    if hasEnded && !isSending { return close(loop) }
    settle(loop)
    if exchange.isFinal && lingered == 0 && !isSending {
      lingered = 1
      do {
        try loop.shutdown(handle, CInt(SHUT_WR))  // V4
      } catch {
        close(loop)
      }
    }
  }

  // MARK: Answers

  /// Answers the requests in `bytes`, into the server's scratch; returns the bytes that are done
  /// with.
  private func answer(_ bytes: Span<UInt8>) -> Int {
    exchange.isEnding = server.isEnding
    let before = exchange.requests
    let taken = exchange.answer(bytes, server.date, into: &server.scratch)
    server.requests += exchange.requests - before
    return taken
  }

  /// Sends the batch, in `buffer` if it has room.
  private func send(reusing buffer: consuming Aio.Buffer?, _ loop: Aio.Loop) {
    if server.scratch.isEmpty { return }
    assert(!isSending, "V1: one send at a time")
    let size = server.scratch.count
    var room: Aio.Buffer
    if exchange.hasFile {
      // The file follows in the same buffer, and in the same segments.
      room = Aio.Buffer(capacity: max(WebExchange.pieceSize, size))
    } else if var given = buffer.take(), given.capacity >= size {
      given.removeAll()
      room = given
    } else {
      room = Aio.Buffer(capacity: size)
    }
    _ = unsafe server.scratch.withUnsafeBytes { unsafe room.append($0) }
    server.scratch.removeAll(keepingCapacity: true)
    fill(room, loop)
  }

  /// Sends the next piece of the file in `buffer`, which has been sent.
  private func sendPiece(_ buffer: consuming Aio.Buffer, _ loop: Aio.Loop) {
    buffer.removeAll()
    fill(buffer, loop)
  }

  /// Sends what is in `buffer` and as much of the file as has room behind it.
  private func fill(_ buffer: consuming Aio.Buffer, _ loop: Aio.Loop) {
    if exchange.hasFile {
      do throws(SystemError) {
        try exchange.fill(&buffer)
      } catch {
        return close(loop)
      }
    }
    isSending = true
    loop.send(buffer, to: handle, self)
  }
}
