import Glibc
import Sys9
import Testing

@testable import LibAIO

/// The worlds that every test of a loop runs in.
enum TestWorld: String, CaseIterable {
  case epoll, uring, simulation
  #if AIO_KQUEUE
    case kqueue
  #endif

  /// Those on the machine.
  static let real: [TestWorld] = allCases.filter { $0 != .simulation }

  #if AIO_KQUEUE && os(Linux)
    /// Those whose loop another one can wait for: libkqueue's queue is the end of a pipe, which
    /// says nothing of events (Q6 in Sources/9unix/CNine/queue.c).
    static let embeddable = real.filter { $0 != .kqueue }
    /// Those whose loop closes all its descriptors when it goes away: libkqueue does it later, on a
    /// thread of its own (Q8).
    static let closingAtOnce = real.filter { $0 != .kqueue }
  #else
    /// Those whose loop another one can wait for.
    static let embeddable = real
    /// Those whose loop closes all its descriptors when it goes away.
    static let closingAtOnce = real
  #endif

  /// The world, whose accidents come from `seed` if it is not real.
  func world(seed: UInt64) -> Aio.World {
    switch self {
    case .epoll: .epoll
    case .uring: .uring
    case .simulation: .simulated(Aio.SimNetwork(seed: seed))
    #if AIO_KQUEUE
      case .kqueue: .kqueue
    #endif
    }
  }

  func makeLoop(_ options: Aio.LoopOptions = Aio.LoopOptions()) throws -> Aio.Loop {
    try world(seed: 1).makeLoop(options)
  }
}

@Suite("Echo") struct EchoTests {
  /// A server that sends back what it receives.
  private final class Server: Aio.Receiver {
    let collects: Bool
    var connections = 0
    var closed = 0
    /// Sends whose results were collected, that are to be told, and that were told.
    var collected = 0
    var pending = 0
    var told = 0

    init(collects: Bool) { self.collects = collects }

    override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
      switch completion.kind {
      case .accept:
        guard completion.error == nil else { return }
        connections += 1
        loop.receive(from: completion.accepted, repeating: true, to: self)
      case .receive:
        if let buffer = completion.takeBuffer(), completion.result > 0 {
          let token = loop.send(buffer, to: completion.handle, self)
          if collects, let sent = loop.collect(token) {
            #expect(sent == completion.result)
            #expect(loop.collect(token) == nil, "once")
            collected += 1
          } else {
            pending += 1
          }
        } else if completion.isLast {
          loop.close(completion.handle, self)
        }
      case .send: told += 1
      case .close: closed += 1
      default: break
      }
    }
  }

  /// A client that sends `total` bytes and reads them back.
  private final class Client: Aio.Receiver {
    let total: Int
    let chunk: Int
    var sent = 0
    var received = 0
    var mismatches = 0
    var isDone = false
    let whenDone: (Aio.Loop) -> Void

    init(total: Int, chunk: Int, whenDone: @escaping (Aio.Loop) -> Void) {
      self.total = total
      self.chunk = chunk
      self.whenDone = whenDone
    }

    static func byte(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: index &* 31 >> 3) }

    override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
      switch completion.kind {
      case .connect:
        #expect(completion.error == nil)
        loop.receive(from: completion.handle, repeating: true, to: self)
        sendMore(completion.handle, loop)
      case .send:
        #expect(completion.error == nil)
        sendMore(completion.handle, loop)
      case .receive:
        if let buffer = completion.takeBuffer() {
          for index in 0..<buffer.count where buffer[index] != Self.byte(received + index) {
            mismatches += 1
          }
          received += buffer.count
        }
        if received == total && !isDone {
          isDone = true
          loop.close(completion.handle, self)
        }
      case .close: whenDone(loop)
      default: break
      }
    }

    private func sendMore(_ handle: Aio.Handle, _ loop: Aio.Loop) {
      let count = min(chunk, total - sent)
      if count == 0 { return }
      let bytes = (sent..<sent + count).map(Self.byte)
      sent += count
      loop.send(Aio.Buffer(bytes), to: handle, self)
    }
  }

  @Test(
    "brings back what was sent, and tells of each send once", arguments: TestWorld.allCases,
    [(640, 64, false), (640, 64, true), (3_000_000, 70_000, false), (3_000_000, 70_000, true)])
  func echoes(
    _ world: TestWorld, _ sizes: (total: Int, chunk: Int, collects: Bool)
  ) throws {
    let loop = try world.makeLoop()
    let server = Server(collects: sizes.collects)
    let listener = try loop.announce(SocketAddress.ipv4(0x7F00_0001, port: 0))
    loop.accept(on: listener, repeating: true, to: server)
    let address = try loop.localAddress(of: listener)
    var left = 10
    let clients = (0..<10).map { _ in
      Client(total: sizes.total / 10, chunk: sizes.chunk) { loop in
        left -= 1
        if left == 0 { loop.close(listener, Aio.Callback { _, loop in loop.stop() }) }
      }
    }
    for client in clients { _ = try loop.connect(to: address, client) }
    loop.run()
    #expect(clients.allSatisfy { $0.received == sizes.total / 10 && $0.mismatches == 0 })
    #expect(server.connections == 10)
    #expect(server.told == server.pending)
    // A socket with room takes 64 bytes at once; io_uring says so later.
    let endsAtOnce = world == .epoll && sizes.collects && sizes.total == 640
    if endsAtOnce { #expect(server.collected == 10 && server.told == 0) }
    #expect(loop.pool.freeCount == loop.pool.blockCount, "buffers are home")
  }

  @Test("an end that comes with the last bytes is told", arguments: TestWorld.real)
  func endsWithBytes(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    var fds: [CInt] = [0, 0]
    try #require(unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &fds) == 0)
    try #require(Kernel.setBlocking(fds[0], false) == 0)
    let handle = try loop.adopt(Descriptor(adopting: fds[0]))
    defer { close(fds[1]) }
    var results: [Int] = []
    loop.receive(
      from: handle, repeating: true,
      to: Aio.Callback { completion, loop in
        results.append(Int(completion.result))
        if completion.isLast { loop.stop() }
      })
    #expect(unsafe write(fds[1], "bytes", 5) == 5)
    #expect(shutdown(fds[1], CInt(SHUT_WR)) == 0)
    loop.run()
    #expect(results == [5, 0])
  }

  @Test("wakes for messages and stops", arguments: TestWorld.real)
  func wakes(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let remote = loop.remote
    let order = Order()
    let thread = TestThread {
      for number in 1...1000 { remote.send { _ in order.numbers.append(number) } }
      remote.stop()
    }
    loop.run()
    thread.join()
    #expect(order.numbers == Array(1...1000))
  }
}

/// A thread that a test joins.
/// What one loop's thread alone touches, and the test when that is over.
private final class Order: @unchecked Sendable {
  var numbers: [Int] = []
}

@safe final class TestThread {
  private var thread: pthread_t = 0
  @safe private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  init(_ run: @escaping @Sendable () -> Void) {
    let body = unsafe Unmanaged.passRetained(Body(run)).toOpaque()
    let result = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, body)
    precondition(result == 0)
  }

  func join() { _ = pthread_join(thread, nil) }
}
