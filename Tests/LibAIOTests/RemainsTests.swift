import CAllocations
import Glibc
import Lib9c
import LibAIO
import Support
import Sys9
import SystemPackage
import Testing

/// What waiting leaves behind: nothing.  In processes of their own, where nobody else allocates.
@Suite("What remains", .enabled(if: callocations_live() >= 0)) struct RemainsTests {
  /// One wait, in a task.
  private typealias Wait = @Sendable (Aio.AsyncLoop) async throws -> Void

  /// Every kind of wait that a task has.  A simulated network has no names, files and children,
  /// and remembers each socket that it ever had.
  private static let waits: [(name: String, isReal: Bool, wait: Wait)] = [
    ("sleep", false, { try await $0.sleep(for: .microseconds(1)) }),
    (
      "cancelled sleep", false,
      { loop in
        let task = loop.spawn { try? await loop.sleep(for: .seconds(3600)) }
        try await loop.sleep(for: .microseconds(1))
        task.cancel()
        await task.value
      }
    ),
    (
      "connection", true,
      { loop in
        let listener = try await loop.announce("tcp!127.0.0.1!0")
        let client = try await loop.adial("tcp!127.0.0.1!\(try listener.localAddress().port)")
        let peer = try await listener.accept()
        try await client.send("hello")
        _ = try await peer.receive()
        let reader = loop.spawn { _ = try? await peer.receive() }
        try await loop.sleep(for: .microseconds(1))
        reader.cancel()
        await reader.value
        await client.close()
        await peer.close()
        listener.close()
      }
    ),
    (
      "dial that is refused", true,
      { loop in
        // Nobody listens there any more.
        let listener = try await loop.announce("tcp!127.0.0.1!0")
        let port = try listener.localAddress().port
        listener.close()
        _ = try? await loop.adial("tcp!127.0.0.1!\(port)")
      }
    ),
    ("name", true, { _ = try await $0.resolve(try DialString(parsing: "tcp!localhost!80")) }),
    (
      "file", true,
      { loop in
        let file = try await loop.open("/etc/hostname")
        _ = try await loop.read(file.raw, at: 0, count: 100)
        _ = try? await loop.open("/no/such/file")
      }
    ),
    ("entry", true, { _ = try await $0.dirstat("/etc/hostname") }),
    ("blocking work", true, { _ = try await $0.runBlocking { 0 } }),
    ("child", true, { _ = try await $0.aspawn("/bin/true", ["true"]) }),
  ]

  /// By how much the process grows when each of `count` rounds waits; after some to warm up.
  private static func growth(_ world: TestWorld, _ wait: @escaping Wait, _ count: Int) throws
    -> Int
  {
    final class Seen: @unchecked Sendable { var live: [Int64] = [] }
    let seen = Seen()
    seen.live.reserveCapacity(2)
    try world.makeLoop().run { loop in
      for round in 0..<(count + 50) {
        if round == 50 { seen.live.append(callocations_live()) }
        do { try await wait(loop) } catch { Issue.record("\(error)") }
      }
      seen.live.append(callocations_live())
    }
    return Int(seen.live[1] - seen.live[0])
  }

  @Test func aWaitKeepsNothingOnceItIsOver() async {
    await #expect(processExitsWith: .exitCode(0)) {
      for world in TestWorld.allCases {
        for (name, isReal, wait) in RemainsTests.waits where !isReal || world != .simulation {
          let count = name == "child" ? 100 : 400
          let growth = try RemainsTests.growth(world, wait, count)
          // Less than the smallest object each; a daemon may be giving back what it did last.
          #expect(growth < 12 * count, "\(name), \(world.rawValue): \(growth) bytes")
        }
      }
    }
  }
}
