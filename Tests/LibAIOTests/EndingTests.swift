import Glibc
import LibAIO
import LibHTTP
import Support
import Sys9
import SystemPackage
import Testing

@testable import Servers

/// A client that sends all it has at once, and keeps what comes back until the end.
private final class Talker: Aio.Receiver {
  private let bytes: [UInt8]
  private(set) var received: [UInt8] = []
  private(set) var isClosed = false
  private(set) var error: CInt?
  private let whenClosed: (Aio.Loop) -> Void

  init(_ bytes: [UInt8], whenClosed: @escaping (Aio.Loop) -> Void = { _ in }) {
    self.bytes = bytes
    self.whenClosed = whenClosed
  }

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    switch completion.kind {
    case .connect:
      #expect(completion.error == nil)
      loop.receive(from: completion.handle, repeating: true, to: self)
      loop.send(Aio.Buffer(bytes), to: completion.handle, self)
    case .receive:
      if let buffer = completion.takeBuffer() {
        unsafe buffer.withBytes { unsafe received.append(contentsOf: $0) }
      }
      if completion.isLast {
        error = completion.error
        loop.close(completion.handle, self)
      }
    case .close:
      isClosed = true
      whenClosed(loop)
    default: break
    }
  }
}

private final class Carried: @unchecked Sendable {
  var loop: Aio.Loop?

  init(loop: Aio.Loop) { self.loop = loop }
}

/// How services end, and how they end those who take too long.
@Suite("Ending", .timeLimit(.minutes(2))) struct EndingTests {
  @Test("what an echo has received goes back, and then it is over", arguments: TestWorld.allCases)
  func echo(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let listener = try loop.announce(.ipv4(0x7F00_0001, port: 0))
    let server = EchoServer(on: listener, of: loop)
    var isOver = false
    let bytes = (0..<30_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    var closed = 0
    let clients = (0..<20).map { _ in
      Talker(bytes) { loop in
        closed += 1
        if closed == 20 { loop.stop() }
      }
    }
    for client in clients { _ = try loop.connect(to: try loop.localAddress(of: listener), client) }
    while server.accepted < 20 || clients.contains(where: { $0.received.isEmpty }) {
      loop.runUntilIdle()
    }
    server.end(on: loop) { _ in isOver = true }
    loop.run()
    loop.runUntilIdle()
    // What had been received has come back, whole and in order.
    #expect(clients.allSatisfy { bytes.starts(with: $0.received) && !$0.received.isEmpty })
    while !isOver { loop.runUntilIdle() }
    #expect(server.open == 0)
  }

  @Test("a service that serves nobody is over at once", arguments: TestWorld.allCases)
  func nobody(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let server = EchoServer(on: try loop.announce(.ipv4(0x7F00_0001, port: 0)), of: loop)
    var isOver = false
    server.end(on: loop) { _ in isOver = true }
    #expect(isOver)
  }

  @Test(
    "a web server's answers are whole, and its idle connections end", arguments: TestWorld.allCases)
  func web(_ world: TestWorld) throws {
    let shop = try Workshop()
    try shop.write("f", [UInt8](repeating: 0x79, count: 1_000_000))
    let loop = try world.makeLoop()
    let listener = try loop.announce(.ipv4(0x7F00_0001, port: 0))
    let server = WebServer(
      try WebSite(root: shop.directory.string), on: listener, of: loop
    ) { 784_111_777 }
    let request = "GET /f HTTP/1.1\r\nHost: a\r\n\r\n"
    let busy = Talker(Array(request.utf8)), idle = Talker([])
    for client in [busy, idle] {
      _ = try loop.connect(to: try loop.localAddress(of: listener), client)
    }
    while server.requests == 0 || server.accepted < 2 { loop.runUntilIdle() }
    server.end(on: loop) { $0.stop() }
    loop.run()
    while !busy.isClosed || !idle.isClosed { loop.runUntilIdle() }
    #expect(busy.received.count > 1_000_000 && busy.error == nil)
    #expect(idle.received.isEmpty && idle.error == nil)
    #expect(server.open == 0)
  }

  @Test("a loop that was retired may go away on another thread", arguments: TestWorld.allCases)
  func retired(_ world: TestWorld) throws {
    var loop: Aio.Loop? = try world.makeLoop()
    weak let watched = loop
    let listener = try #require(loop).announce(.ipv4(0x7F00_0001, port: 0))
    let carried = Carried(loop: try #require(loop))
    let thread = try SystemThread.start {
      guard let loop = carried.loop else { return }
      _ = EchoServer(on: listener, of: loop)
      loop.addOneShot(after: .milliseconds(1), to: Aio.Callback { _, loop in loop.stop() })
      loop.run()
      loop.retire()
      carried.loop = nil
    }
    SystemThread.join(thread)
    loop = nil
    #expect(watched == nil)
  }

  @Test("a loop with nothing under way may go away anywhere", arguments: TestWorld.allCases)
  func nothingUnderWay(_ world: TestWorld) throws {
    var loop: Aio.Loop? = try world.makeLoop()
    weak let watched = loop
    let carried = Carried(loop: try #require(loop))
    let thread = try SystemThread.start {
      carried.loop?.addOneShot(after: .milliseconds(1), to: Aio.Callback { _, loop in loop.stop() })
      carried.loop?.run()
      carried.loop = nil
    }
    SystemThread.join(thread)
    loop = nil
    #expect(watched == nil)
  }

  // MARK: Time

  /// What a connection sees that sends `bytes` and nothing more.
  private func wait(_ bytes: String, _ limits: WebLimits, _ world: TestWorld) throws -> String {
    let loop = try world.makeLoop()
    let listener = try loop.announce(.ipv4(0x7F00_0001, port: 0))
    let server = WebServer(
      WebSite(text: "Hello"), on: listener, of: loop, limits: limits
    ) { 784_111_777 }
    let client = Talker(Array(bytes.utf8)) { loop in
      loop.close(listener, Aio.Callback { _, loop in loop.stop() })
    }
    _ = try loop.connect(to: try loop.localAddress(of: listener), client)
    loop.run()
    #expect(server.expired > 0)
    return String(decoding: client.received, as: UTF8.self)
  }

  private var quick: WebLimits {
    var limits = WebLimits()
    limits.idle = .milliseconds(30)
    limits.head = .milliseconds(20)
    limits.body = .milliseconds(20)
    limits.linger = .milliseconds(10)
    return limits
  }

  @Test("a connection that asks for nothing is closed", arguments: TestWorld.allCases)
  func idle(_ world: TestWorld) throws { #expect(try wait("", quick, world).isEmpty) }

  @Test("a connection that asks no more is closed", arguments: TestWorld.allCases)
  func idleAfterwards(_ world: TestWorld) throws {
    let seen = try wait("GET / HTTP/1.1\r\nHost: a\r\n\r\n", quick, world)
    #expect(seen.hasPrefix("HTTP/1.1 200 OK\r\n") && seen.hasSuffix("\r\n\r\nHello"))
  }

  @Test(
    "a request that does not come is refused", arguments: TestWorld.allCases,
    [
      "GET / HTTP/1.1\r\nHost: a\r\n", "G",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc",
    ])
  func unfinished(_ world: TestWorld, _ bytes: String) throws {
    var limits = quick
    limits.idle = .seconds(3600)
    let seen = try wait(bytes, limits, world)
    #expect(seen.contains("HTTP/1.1 408 Request Timeout\r\n"))
    #expect(seen.hasSuffix("the request takes too long\n"))
  }

  @Test("a byte now and then wins no time for a head, and bytes win some for a body")
  func clock() {
    var limits = WebLimits()
    limits.head = .seconds(20)
    limits.body = .seconds(20)
    limits.bodyRate = 1000
    let own = WebClock.Limits(limits)
    var clock = WebClock(own, now: 0)
    #expect(clock.deadline == 75_000_000_000)
    clock.enter(.head, own, now: 1_000_000_000)
    clock.enter(.head, own, now: 19_000_000_000)
    clock.received(1, own)
    #expect(clock.deadline == 21_000_000_000)
    clock.enter(.body, own, now: 2_000_000_000)
    clock.received(5000, own)
    #expect(clock.deadline == 27_000_000_000)
    clock.enter(.send, own, now: 3_000_000_000)
    clock.enter(.send, own, now: 4_000_000_000)
    #expect(clock.deadline == 64_000_000_000)
    clock.enter(.idle, own, now: 5_000_000_000)
    #expect(clock.deadline == 80_000_000_000)
  }
}
