import Glibc
import Lib9c
import LibAIO
import Sys9
import Testing

/// Counts what it is told.
private final class Counter: Aio.Receiver {
  var count = 0
  var bytes = 0

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    count += 1
    if let buffer = completion.takeBuffer() { bytes += buffer.count }
  }
}

@Suite("Idle") struct IdleTests {
  @Test("an interval alone is no work in a simulation")
  func intervals() throws {
    let network = Aio.SimNetwork(seed: 1)
    let loop = try Aio.World.simulated(network).makeLoop()
    let counter = Counter()
    loop.addInterval(.seconds(1), to: counter)
    loop.addOneShot(after: .milliseconds(3500), to: Counter())
    #expect(loop.runUntilIdle())
    #expect(counter.count == 3 && network.now == 3_500_000_000)
    #expect(!loop.runUntilIdle())
    #expect(!network.run(limit: 10), "but it ends a run that has a limit")
    #expect(counter.count >= 10)
  }

  @Test("what another loop has to do belongs to the world")
  func others() throws {
    let network = Aio.SimNetwork(seed: 1)
    let world = Aio.World.simulated(network)
    let (one, other) = (try world.makeLoop(), try world.makeLoop())
    let counter = Counter()
    other.addOneShot(after: .seconds(5), to: counter)
    one.addOneShot(after: .seconds(9), to: Counter())
    #expect(one.runUntilIdle())
    #expect(counter.count == 1 && network.now == 9_000_000_000)
  }

  private static func pass(_ left: Int, _ runtime: Aio.Runtime, _ tally: Guarded<Int>) {
    runtime.sched(on: left % 2) { _ in
      tally.withLock { $0 += 1 }
      if left > 0 { pass(left - 1, runtime, tally) }
    }
  }

  @Test("tasks that are sent back and forth are all run", arguments: TestWorld.allCases)
  func tasks(_ world: TestWorld) throws {
    let runtime = try Aio.Runtime(workers: 2, world: world.world(seed: 3))
    let tally = Guarded(0)
    Self.pass(9, runtime, tally)
    // A timer far away keeps nobody busy.
    let token = runtime.worker(0).loop.addOneShot(after: .seconds(3600), to: Counter())
    runtime.runUntilIdle()
    #expect(tally.withLock { $0 } == 10)
    runtime.worker(0).loop.removeTimer(token)
  }

  @Test("what the system has is taken without waiting", arguments: TestWorld.real)
  func polls(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let (ours, theirs) = try pair()
    let handle = try loop.adopt(Descriptor(adopting: ours))
    defer { close(theirs) }
    let counter = Counter()
    loop.receive(from: handle, repeating: true, to: counter)
    #expect(!loop.runUntilIdle())
    for size in [1, 10_000, 100] {
      let before = counter.bytes
      #expect(unsafe write(theirs, [UInt8](repeating: 1, count: size), size) == size)
      #expect(loop.runUntilIdle() && counter.bytes == before + size)
    }
    loop.send(Aio.Buffer("abc"), to: handle, counter)
    #expect(loop.runUntilIdle())
    var room: [UInt8] = [0, 0, 0]
    #expect(unsafe read(theirs, &room, 3) == 3)
    loop.close(handle, counter)
    #expect(loop.runUntilIdle() && loop.isAtRest)
  }
}

/// Two connected sockets, of which the first does not block.
private func pair() throws -> (CInt, CInt) {
  var ends: [CInt] = [-1, -1]
  try #require(unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
  try #require(Kernel.setBlocking(ends[0], false) == 0)
  return (ends[0], ends[1])
}

@Suite("Broken streams") struct BrokenStreamTests {
  /// Notes what comes to its operations, in order.
  private final class Notes: Aio.Receiver {
    var results: [Int] = []
    override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
      if completion.kind == .send { results.append(completion.result) }
    }
  }

  @Test("L6: nothing follows a send that was cut", arguments: TestWorld.real)
  func cut(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let (ours, theirs) = try pair()
    defer { close(theirs) }
    let handle = try loop.adopt(Descriptor(adopting: ours))
    let notes = Notes()
    // More than a socket takes, and something behind it.
    let token = loop.send(Aio.Buffer([UInt8](repeating: 7, count: 8 << 20)), to: handle, notes)
    loop.send(Aio.Buffer("behind"), to: handle, notes)
    loop.runUntilIdle()
    #expect(notes.results.isEmpty)
    loop.cancel(token)
    for _ in 0..<1_000_000 where notes.results.count < 2 { _ = loop.runUntilIdle() }
    #expect(notes.results.count == 2 && notes.results.last == -Int(EPIPE))
    loop.send(Aio.Buffer("later"), to: handle, notes)
    loop.runUntilIdle()
    #expect(notes.results.last == -Int(EPIPE))
    loop.close(handle)
    loop.runUntilIdle()
  }

  @Test("a send that was cancelled before its first byte leaves no hole")
  func uncut() throws {
    let loop = try Aio.World.epoll.makeLoop()
    let (ours, theirs) = try pair()
    defer { close(theirs) }
    let handle = try loop.adopt(Descriptor(adopting: ours))
    let notes = Notes()
    loop.send(Aio.Buffer([UInt8](repeating: 7, count: 8 << 20)), to: handle, notes)
    let second = loop.send(Aio.Buffer("second"), to: handle, notes)
    loop.send(Aio.Buffer("third"), to: handle, notes)
    loop.runUntilIdle()
    loop.cancel(second)
    loop.runUntilIdle()
    #expect(notes.results == [-Int(ECANCELED)])
    var room = [UInt8](repeating: 0, count: 1 << 20)
    var last: [UInt8] = []
    while last.suffix(5) != Array("third".utf8)[...] {
      let count = unsafe read(theirs, &room, room.count)
      try #require(count > 0)
      last = Array((last + room[..<count]).suffix(8))
      loop.runUntilIdle()
    }
    #expect(last == [7, 7, 7] + Array("third".utf8))
    loop.close(handle)
    loop.runUntilIdle()
  }

  @Test("sending nothing of a file ends at once", arguments: TestWorld.allCases)
  func nothing(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let listener = try loop.announce(.ipv4(0x7F00_0001, port: 0))
    let handle = try loop.connect(to: try loop.localAddress(of: listener), Counter())
    let file = try Descriptor.inMemory()
    var results: [Int] = []
    let receiver = Aio.Callback { completion, loop in
      results.append(completion.result)
      loop.close(handle)
      loop.close(listener)
    }
    loop.sendfile(from: file.raw, offset: 0, count: 0, to: handle, receiver)
    for _ in 0..<1_000_000 where results.isEmpty || !loop.isAtRest { _ = loop.runUntilIdle() }
    #expect(results == [0])
  }
}

@Suite("Given up") struct GivenUpTests {
  /// Never answers.
  private final class Silent: Aio.Resolver {
    func resolve(
      _ name: DialString, on loop: Aio.Loop,
      answer: @escaping (Result<[Aio.ResolvedAddress], SystemError>) -> Void
    ) {}
  }

  @Test("a dial that nobody answers says so in words")
  func dial() throws {
    let loop = try TestWorld.simulation.makeLoop()
    var failure: SystemError?
    let receiver = Aio.Callback { completion, _ in failure = completion.failure }
    loop.adial("tcp!host!7", by: Silent(), timeout: .seconds(3), to: receiver)
    loop.runUntilIdle()
    #expect(failure?.errno == ETIMEDOUT)
  }
}
