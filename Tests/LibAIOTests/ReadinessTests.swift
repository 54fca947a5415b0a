// Waiting for a descriptor that somebody else reads and writes.

import Glibc
import LibAIO
import Sys9
import Testing

@Suite("Waiting for readiness", .timeLimit(.minutes(1))) struct ReadinessTests {
  /// A handle on one end of a connection, both ends, and how often it has been told something.
  private final class Ends {
    let loop: Aio.Loop
    let handle: Aio.Handle
    let mine: CInt
    private let its: CInt
    private(set) var told = 0
    private(set) var errors: [CInt] = []

    init(_ world: TestWorld) throws {
      loop = try world.makeLoop()
      (mine, its) = try Sockets.pair(.stream)
      handle = try loop.adopt(Descriptor(adopting: mine))
      // Behind the loop: on io_uring what it adopts waits in the kernel.
      #expect(Kernel.setBlocking(mine, false) == 0 && Kernel.setBlocking(its, false) == 0)
    }

    deinit { Kernel.close(its) }

    func waitReadable() { loop.waitReadable(handle, receiver()) }

    func waitWritable() { loop.waitWritable(handle, receiver()) }

    private func receiver() -> Aio.Callback {
      Aio.Callback { [unowned self] completion, loop in
        told += 1
        if let error = completion.error { errors.append(error) }
        loop.stop()
      }
    }

    /// Sends until the socket takes no more; how much that was.
    func fill(_ fd: CInt, atMost limit: Int = .max) -> Int {
      let bytes = [UInt8](repeating: 7, count: min(limit, 65536))
      var total = 0
      while total < limit {
        let count = unsafe bytes.withUnsafeBytes { room in
          unsafe room.baseAddress.map { unsafe Kernel.send(fd, $0, room.count) } ?? 0
        }
        if count <= 0 { break }
        total += count
      }
      return total
    }

    /// Takes what is there; how much that was.
    func drain(_ fd: CInt) -> Int {
      var bytes = [UInt8](repeating: 0, count: 65536)
      var total = 0
      while true {
        let count = unsafe bytes.withUnsafeMutableBytes { room in
          unsafe room.baseAddress.map { unsafe Kernel.receive(fd, $0, room.count) } ?? 0
        }
        if count <= 0 { return total }
        total += count
      }
    }

    func send(_ count: Int) { #expect(fill(its, atMost: count) == count) }

    func drainPeer() -> Int { drain(its) }
  }

  @Test("what is not there to read is waited for", arguments: TestWorld.real)
  func readable(_ world: TestWorld) throws {
    let ends = try Ends(world)
    ends.waitReadable()
    ends.loop.runUntilIdle()
    try #require(ends.told == 0, "nothing has been sent")
    ends.send(1)
    ends.loop.run()
    try #require(ends.told == 1)
    // It is still there: who has not read is told at once.
    ends.waitReadable()
    ends.loop.run()
    try #require(ends.told == 2)
    // Read behind the loop's back: the next byte is waited for.
    for round in 3...5 {
      #expect(ends.drain(ends.mine) == 1)
      ends.waitReadable()
      ends.loop.runUntilIdle()
      try #require(ends.told == round - 1, "everything has been read")
      ends.send(1)
      ends.loop.run()
      try #require(ends.told == round)
    }
    #expect(ends.errors.isEmpty)
  }

  @Test("room that is not there is waited for", arguments: TestWorld.real)
  func writable(_ world: TestWorld) throws {
    let ends = try Ends(world)
    ends.waitWritable()
    ends.loop.run()
    try #require(ends.told == 1, "there is room")
    for round in 2...4 {
      let sent = ends.fill(ends.mine)
      ends.waitWritable()
      ends.loop.runUntilIdle()
      try #require(ends.told == round - 1, "the socket is full")
      #expect(ends.drainPeer() == sent)
      ends.loop.run()
      try #require(ends.told == round)
    }
    #expect(ends.errors.isEmpty)
  }
}
