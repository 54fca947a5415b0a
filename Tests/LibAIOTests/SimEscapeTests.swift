import LibAIO
import Sys9
import Testing

/// What tasks do, in their order.
private final class Notes: @unchecked Sendable {
  private(set) var text: [String] = []
  func add(_ note: String) { text.append(note) }
}

private actor Counter {
  private var count = 0
  func next() -> Int {
    count += 1
    return count
  }
}

@concurrent private func away() async -> Int { 7 }

@Suite("Tasks that leave a simulated loop") struct SimEscapeTests {
  /// A world, and what happened in it.
  private func play(
    _ seed: UInt64, _ policy: Aio.SimEscapePolicy = .run,
    _ body: @escaping @Sendable (Aio.AsyncLoop, Notes) async -> Void
  ) throws -> (notes: [String], network: Aio.SimNetwork) {
    let network = Aio.SimNetwork(seed: seed)
    network.escapePolicy = policy
    let loop = try Aio.World.simulated(network).makeLoop()
    let (async, notes) = (loop.async, Notes())
    async.spawn { await body(async, notes) }
    network.run()
    return (notes.text, network)
  }

  @Test func runOnTheNetworksThread() throws {
    let thread = SystemThread.current
    let (notes, network) = try play(1) { _, notes in
      await Task.detached { notes.add("detached \(SystemThread.current == thread)") }.value
      notes.add("concurrent \(await away())")
      let counter = Counter()
      notes.add("actor \(await counter.next())")
      await withTaskGroup(of: Int.self) { group in
        for number in 0..<4 { group.addTask { number } }
        var sum = 0
        for await number in group { sum += number }
        notes.add("group \(sum)")
      }
      notes.add("back")
    }
    #expect(notes == ["detached true", "concurrent 7", "actor 1", "group 6", "back"])
    #expect(network.escapeCount > 0 && network.audit().isEmpty)
  }

  @Test("are one run for one seed, and several for several")
  func order() throws {
    func run(_ seed: UInt64) throws -> (order: [String], digest: UInt64) {
      let (notes, network) = try play(seed) { _, notes in
        await withDiscardingTaskGroup { group in
          for number in 0..<8 {
            group.addTask { await Task.detached { notes.add("\(number)") }.value }
          }
        }
      }
      return (notes, network.digest)
    }
    let runs = try (0..<20).map { seed in
      let (one, other) = (try run(UInt64(seed)), try run(UInt64(seed)))
      #expect(one.order == other.order && one.digest == other.digest, "seed \(seed)")
      return one.order
    }
    #expect(Set(runs).count > 1, "the order is drawn")
  }

  @Test func areToldOfWhereTheyShouldStay() throws {
    let (_, network) = try play(4, .report) { _, _ in await Task.detached {}.value }
    let found = network.audit()
    #expect(found.count == 1)
    #expect(found.allSatisfy { $0.hasPrefix("V5: seed 4") && $0.contains("executorPreference") })
    #expect(network.trace.contains { $0.contains("Swift's pool") })
    let (notes, calm) = try play(4, .report) { async, notes in
      try? await async.sleep(for: .seconds(1))
      await withTaskGroup(of: Void.self) { group in group.addTask { notes.add("child") } }
    }
    #expect(notes == ["child"] && calm.audit().isEmpty && calm.escapeCount == 0)
  }

  @Test func whatBeginsInsideBelongsToTheWorld() throws {
    let network = Aio.SimNetwork(seed: 6)
    let loop = try Aio.World.simulated(network).makeLoop()
    let notes = Notes()
    network.inside { _ = Task.detached { notes.add("ran") } }
    #expect(notes.text.isEmpty)
    network.run()
    #expect(notes.text == ["ran"])
    withExtendedLifetime(loop) {}
  }

  @Test func whoGoesToTheMainActorIsFound() async throws {
    let (_, network) = try play(7) { _, _ in await MainActor.run {} }
    let found = network.audit()
    #expect(found.count == 1)
    #expect(found.allSatisfy { $0.hasPrefix("V6: seed 7") && $0.contains("main actor") })
    // Behind its job there is ours; then it can come back, and keeps its world no more.
    await MainActor.run {}
    network.run()
  }

  @Test func loopsAreReachedByMessagesAlone() throws {
    let network = Aio.SimNetwork(seed: 8)
    let loop = try Aio.World.simulated(network).makeLoop()
    let (remote, notes) = (loop.remote, Notes())
    network.inside {
      _ = Task.detached { remote.send { _ in notes.add("told") } }
    }
    network.run()
    #expect(notes.text == ["told"])
    withExtendedLifetime(loop) {}
  }

  @Test func aLoopAloneCatchesThemToo() throws {
    let network = Aio.SimNetwork(seed: 9)
    let loop = try Aio.World.simulated(network).makeLoop()
    let notes = Notes()
    loop.run { _ in
      await Task.detached { notes.add("ran") }.value
      notes.add("back")
    }
    #expect(notes.text == ["ran", "back"])
    #expect(network.escapeCount > 0)
  }

  /// Tasks of others in the same process go their way.
  @Test func othersAreLeftAlone() async throws {
    let network = Aio.SimNetwork(seed: 10)
    let loop = try Aio.World.simulated(network).makeLoop()
    loop.runUntilIdle()
    let value = await Task.detached { 5 }.value
    #expect(value == 5 && network.escapeCount == 0)
  }
}
