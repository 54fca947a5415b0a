// The web server by tasks: a connection is a function.  The theory is in WebServer.swift.
//
// The conversation and the clock are those of the other one; what differs is that whoever waits
// stands in the code.  Time runs out by a timer that ends the waiting: the incoming side, if more
// is expected of the client, else the connection.

import Glibc
public import LibAIO
import LibHTTP
public import Sys9

/// Serves a site by tasks.  Belongs to the tasks of one loop.
public final class AsyncWebServer {
  private let site: WebSite
  private let limits: WebClock.Limits
  private let clock: () -> Int64
  private let loop: Aio.AsyncLoop
  /// What a batch of requests comes to; empty whenever a task waits.
  private var scratch: [UInt8] = []
  private var connections: Connections?
  /// Requests so far, those that were refused included.
  public private(set) var requests = 0

  /// A server of `site` for the tasks of `loop`.
  ///
  /// - Parameter clock: the seconds since 1970; asked once a batch.
  public init(
    _ site: WebSite, on loop: Aio.AsyncLoop, limits: WebLimits = WebLimits(),
    clock: @escaping () -> Int64 = { Int64(Kernel.realtimeNs() / 1_000_000_000) }
  ) {
    self.site = site
    self.loop = loop
    self.limits = WebClock.Limits(limits)
    self.clock = clock
    scratch.reserveCapacity(WebExchange.batchMax + 4096)
  }

  private var date: HTTP.Date { HTTP.Date(seconds: clock()) }

  /// Accepts until the task is cancelled, and returns when all connections have ended.
  public nonisolated(nonsending) func serve(
    _ listener: Aio.AsyncListener, on connections: Connections
  ) async {
    self.connections = connections
    await connections.serve(listener) { [self] connection in
      let watch = loop.withLoop { Watch(connection, limits, $0) }
      // A connection that fails has nobody to be told.
      do throws(SystemError) { try await converse(connection, watch) } catch {}
      loop.withLoop { watch.end(on: $0) }
      await connection.close()
    }
  }

  /// Reads requests and sends answers, until one of them is the last.
  private nonisolated(nonsending) func converse(
    _ connection: Aio.AsyncConnection, _ watch: Watch
  ) async throws(SystemError) {
    var exchange = WebExchange(site)
    var input: [UInt8] = []
    while !exchange.isFinal {
      watch.expect(exchange.expectation(waiting: input.count), loop)
      guard let buffer = try await connection.receive() else {
        // Of a request that is cut off by the end, nothing can be said to anybody.
        guard watch.hasExpired && watch.isExpecting else { return }
        exchange.refuse(HTTP.Fault(408, "the request takes too long"), date, into: &scratch)
        requests += 1
        try await send(&exchange, connection, watch)
        break
      }
      watch.received(buffer.count)
      unsafe buffer.withBytes { unsafe input.append(contentsOf: $0) }
      try await answer(&exchange, &input, connection, watch)
    }
    // V4
    watch.enter(.linger, loop)
    try connection.shutdown(CInt(SHUT_WR))
    var lingered = 0
    while lingered <= WebExchange.lingerMax, let buffer = try await connection.receive() {
      lingered += buffer.count
    }
  }

  /// Answers all that is understood of `input`.
  private nonisolated(nonsending) func answer(
    _ exchange: inout WebExchange, _ input: inout [UInt8], _ connection: Aio.AsyncConnection,
    _ watch: Watch
  ) async throws(SystemError) {
    while !input.isEmpty && !exchange.isFinal {
      let before = exchange.requests
      exchange.isEnding = connections?.isEnding ?? false
      let taken = exchange.answer(input.span, date, into: &scratch)
      requests += exchange.requests - before
      if taken == 0 && scratch.isEmpty { return }
      input.removeFirst(min(taken, input.count))
      try await send(&exchange, connection, watch)
    }
  }

  /// Sends the batch, and the file behind it, piece by piece.
  private nonisolated(nonsending) func send(
    _ exchange: inout WebExchange, _ connection: Aio.AsyncConnection, _ watch: Watch
  ) async throws(SystemError) {
    if scratch.isEmpty { return }
    var buffer = Aio.Buffer(
      capacity: exchange.hasFile ? max(WebExchange.pieceSize, scratch.count) : scratch.count)
    _ = unsafe scratch.withUnsafeBytes { unsafe buffer.append($0) }
    scratch.removeAll(keepingCapacity: true)
    while true {
      if exchange.hasFile { try exchange.fill(&buffer) }
      watch.enter(.send, loop)
      try await connection.send(buffer)
      if !exchange.hasFile { return }
      buffer = Aio.Buffer(capacity: WebExchange.pieceSize)
    }
  }
}

/// The clock of a connection, and the timer that looks at it (V5).
private final class Watch: Aio.Receiver {
  private let connection: Aio.AsyncConnection
  private let limits: WebClock.Limits
  private var clock: WebClock
  private var armed = UInt64.max
  private var timer = Aio.TimerToken.none
  /// The time is over.
  private(set) var hasExpired = false

  init(_ connection: Aio.AsyncConnection, _ limits: WebClock.Limits, _ loop: Aio.Loop) {
    self.connection = connection
    self.limits = limits
    clock = WebClock(limits, now: loop.now)
    super.init()
    arm(loop)
  }

  /// Whether the client owes the rest of a request.
  var isExpecting: Bool { clock.phase == .head || clock.phase == .body }

  func enter(_ phase: WebClock.Phase, _ loop: Aio.AsyncLoop) {
    clock.enter(phase, limits, now: loop.now)
    if clock.deadline < armed { loop.withLoop { arm($0) } }
  }

  func expect(_ expectation: WebExchange.Expectation, _ loop: Aio.AsyncLoop) {
    switch expectation {
    case .request: enter(.idle, loop)
    case .head: enter(.head, loop)
    case .body: enter(.body, loop)
    }
  }

  func received(_ count: Int) { clock.received(count, limits) }

  private func arm(_ loop: Aio.Loop) {
    loop.removeTimer(timer)
    armed = clock.deadline
    timer = loop.addOneShot(at: armed, to: self)
  }

  /// The connection is closed.
  func end(on loop: Aio.Loop) { loop.removeTimer(timer) }

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    armed = .max
    if loop.now < clock.deadline { return arm(loop) }
    hasExpired = true
    // Who waits for the client sees the end of the stream, who sends to it an error.  A peer that
    // is gone already needs no telling.
    try? connection.shutdown(CInt(isExpecting ? SHUT_RD : SHUT_RDWR))
  }
}
