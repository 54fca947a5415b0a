// How long a web server's connections may take for what they do.
//
// Problem.  A client that says nothing, or a byte a minute, holds a connection for as long as it
// likes, and a few thousand of them hold the server ("slowloris").
//
// Shape.  A connection is in one phase at a time, and a phase has a moment at which it is over:
// absolute for the head of a request, so that a byte now and then wins nothing; moved by what has
// arrived for a body; renewed by each piece that is sent.  The moment is a number: changing it
// costs a store.  One timer a connection looks at it, and is armed anew only when it fires or when
// the moment has come nearer: in the steady state never.

/// What a connection may take for each thing that it does.
public struct WebLimits: Sendable, Equatable {
  /// Between two requests, or before the first one.
  public var idle: Duration = .seconds(75)
  /// For the head of a request, from its first byte on.
  public var head: Duration = .seconds(20)
  /// For a body, and a second more for each `bodyRate` bytes of it.
  public var body: Duration = .seconds(20)
  /// Bytes of a body that must come in a second in the long run.
  public var bodyRate = 500
  /// For the client to take a piece of an answer, 64 KiB.
  public var send: Duration = .seconds(60)
  /// For a client to close behind the last answer.
  public var linger: Duration = .seconds(5)

  /// What other servers give, more or less.
  public init() {}
}

/// When the phase that a connection is in will have lasted too long.
struct WebClock {
  /// What a connection does.
  enum Phase { case idle, head, body, send, linger }

  /// The limits in nanoseconds, and a body's bytes as time.
  struct Limits {
    let idle, head, body, send, linger, byte: UInt64

    init(_ limits: WebLimits) {
      func ns(_ time: Duration) -> UInt64 {
        let (seconds, attoseconds) = time.components
        let whole = UInt64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return whole.overflow ? .max / 4 : whole.partialValue + UInt64(attoseconds) / 1_000_000_000
      }
      idle = ns(limits.idle)
      head = ns(limits.head)
      body = ns(limits.body)
      send = ns(limits.send)
      linger = ns(limits.linger)
      byte = 1_000_000_000 / UInt64(max(limits.bodyRate, 1))
    }
  }

  private(set) var phase = Phase.idle
  /// When it is over, by the loop's clock.
  private(set) var deadline: UInt64

  init(_ limits: Limits, now: UInt64) { deadline = now &+ limits.idle }

  /// The connection is in `phase` now; one that it is in already goes on, but for a new send.
  @inline(__always)
  mutating func enter(_ phase: Phase, _ limits: Limits, now: UInt64) {
    if self.phase == phase && phase != .send { return }
    self.phase = phase
    switch phase {
    case .idle: deadline = now &+ limits.idle
    case .head: deadline = now &+ limits.head
    case .body: deadline = now &+ limits.body
    case .send: deadline = now &+ limits.send
    case .linger: deadline = now &+ limits.linger
    }
  }

  /// So many bytes have come.
  @inline(__always)
  mutating func received(_ count: Int, _ limits: Limits) {
    if phase == .body { deadline &+= UInt64(count) &* limits.byte }
  }
}
