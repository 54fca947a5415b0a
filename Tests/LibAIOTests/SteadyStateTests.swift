import CAllocations
import Glibc
import LibAIO
import Servers
import Sys9
import Testing

/// Sends a message, waits for its echo, and sends it again.
private final class PingPong: Aio.Receiver {
  private var left: Int
  private var got = 0
  private let size: Int
  /// What the caller's thread had allocated when a tenth was done, and at the end.
  var counts: [UInt] = []
  private let warmUp: Int

  init(rounds: Int, size: Int) {
    left = rounds
    warmUp = rounds * 9 / 10
    counts.reserveCapacity(2)  // to note a count allocates nothing
    self.size = size
  }

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    switch completion.kind {
    case .connect:
      loop.receive(from: completion.handle, repeating: true, to: self)
      loop.send(Aio.Buffer([UInt8](repeating: 1, count: size)), to: completion.handle, self)
    case .receive:
      guard let buffer = completion.takeBuffer() else { return }
      got += buffer.count
      if got < size { return }
      got = 0
      left -= 1
      if left == warmUp || left == 0 { counts.append(callocations_count()) }
      if left == 0 { return loop.stop() }
      // What came in goes out: as long as it came in one piece.
      if buffer.count == size {
        loop.send(buffer, to: completion.handle, self)
      } else {
        loop.send(Aio.Buffer([UInt8](repeating: 1, count: size)), to: completion.handle, self)
      }
    default: break
    }
  }
}

@Suite("Steady state") struct SteadyStateTests {
  static let worlds: [TestWorld] = TestWorld.real

  /// Without optimisation each set of options is an array on the heap: then there is nothing to
  /// count.  `bin/bench runtime steady` counts in the programs themselves.
  static var isOptimized: Bool {
    #if DEBUG
      return false
    #else
      return callocations_are_counted() == 1
    #endif
  }

  @Test("an echo allocates nothing", .enabled(if: isOptimized), arguments: worlds)
  func allocatesNothing(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let listener = try loop.announce("tcp!127.0.0.1!0")
    let server = EchoServer(on: listener, of: loop)
    let client = PingPong(rounds: 2000, size: 64)
    // The floor: the counter counts.
    let before = callocations_count()
    _ = try loop.connect(to: try loop.localAddress(of: listener), client)
    #expect(callocations_count() > before)
    loop.run()
    #expect(client.counts.count == 2)
    #expect(client.counts.last == client.counts.first, "L4: 1,800 echoes, both sides of each")
    #expect(server.accepted == 1)
  }

  @Test(
    "timers that fire and timers that are cancelled allocate nothing", .enabled(if: isOptimized),
    arguments: worlds)
  func timersAllocateNothing(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    var left = 200
    let floor = callocations_count()
    var counts: [UInt] = []
    counts.reserveCapacity(4)
    let nobody = Aio.Callback { _, _ in }
    let callback = Aio.Callback { completion, loop in
      left -= 1
      if left == 100 || left == 0 { counts.append(callocations_count()) }
      let token = loop.addOneShot(after: .seconds(60), to: nobody)
      loop.removeTimer(token)
      if left == 0 { loop.stop() }
    }
    loop.addInterval(.microseconds(50), to: callback)
    loop.run()
    #expect(counts.count == 2 && counts.first == counts.last)
    #expect(try #require(counts.first) > floor, "the counter counts")
  }

  @Test(
    "an echo by tasks allocates nothing", .enabled(if: isOptimized), arguments: worlds,
    // A connection's first buffers and continuations may make something grow.
    [64, 3000])
  func tasksAllocateNothing(_ world: TestWorld, size: Int) throws {
    let counts = Counts()
    try world.makeLoop().run { loop in
      guard let listener = try? await loop.announce("tcp!127.0.0.1!0"),
        let port = try? listener.localAddress().port
      else { return }
      let server = loop.spawn { await AsyncEcho.serve(listener, on: Connections(on: loop)) }
      do throws(SystemError) {
        let client = try await loop.adial("tcp!127.0.0.1!\(port)")
        counts.note()
        try await client.send(Aio.Buffer([UInt8](repeating: 1, count: size)))
        for round in 0..<2000 {
          if round == 200 { counts.note() }
          // All of it may come in one piece or in several: what came goes out.
          guard let buffer = try await client.receive() else { break }
          try await client.send(buffer)
        }
        counts.note()
        await client.close()
      } catch {
        Issue.record("\(error)")
      }
      server.cancel()
    }
    #expect(counts.values.count == 3)
    #expect(counts.values[0] < counts.values[1], "the floor: the counter counts")
    #expect(counts.values[1] == counts.values[2], "1,800 echoes, both sides of each")
  }

  /// What the thread had allocated at some moments; noting allocates nothing.
  private final class Counts: @unchecked Sendable {
    private(set) var values: [UInt] = []

    init() { values.reserveCapacity(8) }

    func note() { values.append(callocations_count()) }
  }

  @Test("waits are shared by the events that come together", arguments: worlds)
  func systemCalls(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let listener = try loop.announce("tcp!127.0.0.1!0")
    let server = EchoServer(on: listener, of: loop)
    let address = try loop.localAddress(of: listener)
    let clients = (0..<50).map { _ in PingPong(rounds: 200, size: 64) }
    for client in clients { _ = try loop.connect(to: address, client) }
    loop.run()
    // Each echo is two receives and two sends; a wait for each would be four.
    let echoes = Double(loop.stats.completions) / 4
    #expect(Double(loop.stats.waits) / echoes < 0.5, "\(loop.stats.waits) waits, \(echoes) echoes")
    #expect(server.accepted == 50)
  }
}
