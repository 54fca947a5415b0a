import CAllocations
import Glibc
import Lib9c
import Servers
import Support
import Synchronization
import Sys9
import SystemPackage
import Testing

@testable import LibAIO

// Ends at any moment.
//
// A runtime is given work of all kinds, and after a number of events that the seed chose somebody
// says `exit`: with operations with the kernel, jobs with the daemons, connections half made, tasks
// in queues and in flight between workers.  Then everything is let go of, and the process must be
// what it was: the same descriptors, threads and mappings of rings, and no more memory.

/// Ends a runtime, or a loop, at the event that the seed chose.
private final class Fuse: @unchecked Sendable {
  private let left: Atomic<Int>
  /// What ends it; holds nothing that is to go away.
  private let blow: @Sendable () -> Void

  init(_ count: Int, _ blow: @escaping @Sendable () -> Void) {
    left = Atomic(count)
    self.blow = blow
  }

  func tick() { if left.subtract(1, ordering: .relaxed).newValue == 0 { blow() } }
}

/// Sends what comes back, for ever; closes now and then.
private final class Chatter: Aio.Receiver {
  private let fuse: Fuse
  private var random: SplitMix

  init(_ fuse: Fuse, _ seed: UInt64) {
    self.fuse = fuse
    random = SplitMix(seed)
  }

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    fuse.tick()
    switch completion.kind {
    case .connect, .dial:
      let handle = completion.kind == .dial ? completion.accepted : completion.handle
      if completion.error != nil { return }
      loop.receive(from: handle, repeating: true, to: self)
      let size = Int.random(in: 1...20_000, using: &random)
      loop.send(Aio.Buffer([UInt8](repeating: 7, count: size)), to: handle, self)
    case .receive:
      guard let buffer = completion.takeBuffer(), !buffer.isEmpty else { return }
      if UInt8.random(in: 0..<50, using: &random) == 0 {
        loop.close(completion.handle)
      } else {
        loop.send(buffer, to: completion.handle, self)
      }
    default: break
    }
  }
}

/// Begins something at each tick of an interval timer, and forgets it.
private final class Starter: Aio.Receiver {
  private let fuse: Fuse
  private let address: SocketAddress
  private let isReal: Bool
  private var random: SplitMix

  init(_ fuse: Fuse, _ address: SocketAddress, isReal: Bool, _ seed: UInt64) {
    self.fuse = fuse
    self.address = address
    self.isReal = isReal
    random = SplitMix(seed)
  }

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    fuse.tick()
    if completion.kind == .file, Bool.random(using: &random) { _ = completion.takeDescriptor() }
    if completion.kind == .timer { start(on: loop) }
  }

  private func start(on loop: Aio.Loop) {
    let seed = random.next()
    switch UInt8.random(in: 0..<(isReal ? 9 : 4), using: &random) {
    case 0: _ = try? loop.connect(to: address, Chatter(fuse, seed))
    case 1: loop.addOneShot(after: .microseconds(Int(seed % 2000)), to: Aio.Callback { _, _ in })
    case 2:
      // A task that goes around, and a barrier that may never fire.
      guard let worker = Aio.Worker.current else { return }
      let fuse = fuse
      worker.sched { worker in
        fuse.tick()
        worker.runtime.sched(on: Int(seed % UInt64(worker.runtime.workerCount))) { _ in fuse.tick()
        }
      }
    case 3: loop.remote.send { [fuse] _ in fuse.tick() }
    case 4: loop.open("/etc/passwd", to: self)
    case 5: loop.adial("tcp!localhost!\(address.port)", to: Chatter(fuse, seed))
    case 6: loop.runBlocking(self) { 1 }
    case 7:
      if let name = try? DialString(parsing: "tcp!localhost!7") { loop.resolve(name, to: self) }
    default: _ = try? loop.aspawn("/bin/true", ["true"], self)
    }
  }
}

/// What a process has of the system.
private struct Holdings {
  var descriptors: [String]
  var threads: Int
  var rings: Int

  init() throws {
    descriptors = try Files.list("/proc/self/fd").compactMap { name in
      let name = String(decoding: name, as: UTF8.self)
      // The directory's own is gone by now.
      guard let target = try? Files.readLink(FilePath("/proc/self/fd/\(name)")) else { return nil }
      return "\(name) \(target.string)"
    }.sorted()
    threads = try Files.list("/proc/self/task").count
    rings = try String(decoding: Files.read("/proc/self/maps"), as: UTF8.self)
      .split(separator: "\n").count { $0.contains("io_uring") }
  }

  /// What there is once threads that are about to end have ended.
  static func settled() throws -> Holdings {
    let tasks: FilePath = "/proc/self/task"
    var (threads, unchanged) = (0, 0)
    while unchanged < 1000 {
      SystemThread.yield()
      let now = try Files.list(tasks).count
      unchanged = now == threads ? unchanged + 1 : 0
      threads = now
    }
    return try Holdings()
  }
}

@Suite("Shutdown", .enabled(if: callocations_live() >= 0)) struct ShutdownTests {
  /// Lives that are compared, after half as many to warm up.
  fileprivate static let lives = Environment["CHECK_LONG"] == "1" ? 400 : 100

  /// Gives a worker everything that it may have under way.
  private static func occupy(_ worker: Aio.Worker, _ fuse: Fuse, _ seed: UInt64) throws {
    let loop = worker.loop
    let listener = try loop.announce(.ipv4(0x7F00_0001, port: 0))
    let address = try loop.localAddress(of: listener)
    _ = EchoServer(on: listener, of: loop)
    for number in UInt64(0)..<3 { _ = try loop.connect(to: address, Chatter(fuse, seed &+ number)) }
    let starter = Starter(fuse, address, isReal: !loop.isSimulated, seed)
    loop.addInterval(.microseconds(100), to: starter)
    loop.addOneShot(after: .seconds(3600), to: starter)
  }

  /// One life of a runtime, to an end that `seed` chose.
  private static func life(_ world: TestWorld, _ seed: UInt64) throws {
    var random = SplitMix(seed)
    final class Owner: @unchecked Sendable { weak var runtime: Aio.Runtime? }
    let owner = Owner()
    let fuse = Fuse(Int.random(in: 1...600, using: &random)) { owner.runtime?.exit() }
    var options = Aio.RuntimeOptions()
    options.scheduler = Aio.Scheduler.allCases.randomElement(using: &random) ?? .stealing
    options.recordsEvents = Bool.random(using: &random) ? 256 : 0
    options.loop.bufferCount = 16
    options.loop.daemons = Aio.Daemons(files: 1, names: 1, user: 1)
    let runtime = try Aio.Runtime(
      workers: Int.random(in: 1...3, using: &random), world: world.world(seed: seed),
      options: options)
    owner.runtime = runtime
    for number in 0..<runtime.workerCount {
      let seed = random.next()
      runtime.sched(on: number) { worker in
        do { try occupy(worker, fuse, seed) } catch { Issue.record("\(error)") }
      }
    }
    try runtime.run()
    // Its children are the program's to bury.
    while waitpid(-1, nil, 0) > 0 {}
  }

  /// One client of a loop's tasks: until it is cancelled.
  ///
  /// Typed: an error of a typed throw that is thrown on untyped leaks its box in Swift 6.3.1.
  private nonisolated(nonsending) static func visit(
    _ loop: Aio.AsyncLoop, _ port: UInt16, _ fuse: Fuse, _ seed: UInt64
  ) async throws(SystemError) {
    var random = SplitMix(seed)
    while true {
      let client = try await loop.adial("tcp!127.0.0.1!\(port)")
      do throws(SystemError) {
        for _ in 0..<Int.random(in: 0..<5, using: &random) {
          fuse.tick()
          try await client.send(Aio.Buffer([UInt8](repeating: 1, count: 3000)))
          _ = try await client.receive()
          fuse.tick()
          if loop.loop.isSimulated { continue }
          switch UInt8.random(in: 0..<4, using: &random) {
          case 0: _ = try await loop.open("/etc/passwd")
          case 1: _ = try await loop.runBlocking { 0 }
          case 2: _ = try await loop.aspawn("/bin/true", ["true"])
          default: try await loop.sleep(for: .microseconds(100))
          }
        }
      } catch {
        await client.close()
        throw error
      }
      await client.close()
    }
  }

  /// One life of a loop with tasks, to an end that `seed` chose.
  private static func tasks(_ world: TestWorld, _ seed: UInt64) throws {
    var random = SplitMix(seed)
    var options = Aio.LoopOptions()
    options.bufferCount = 16
    options.daemons = Aio.Daemons(files: 1, names: 1, user: 1)
    let loop = try world.world(seed: seed).makeLoop(options)
    let remote = loop.remote
    let fuse = Fuse(Int.random(in: 1...300, using: &random)) { remote.shutdown() }
    let seeds = (0..<4).map { _ in random.next() }
    loop.run { loop in
      guard let listener = try? await loop.announce("tcp!127.0.0.1!0"),
        let port = try? listener.localAddress().port
      else { return }
      var tasks = [loop.spawn { await AsyncEcho.serve(listener, on: Connections(on: loop)) }]
      for seed in seeds {
        tasks.append(loop.spawn { try? await visit(loop, port, fuse, seed) })
      }
      try? await loop.sleep(for: .seconds(3600))
      for task in tasks { task.cancel() }
      for task in tasks { await task.value }
    }
    if loop.wasCutOff { Issue.record("the tasks did not end in time, seed \(seed)") }
    while waitpid(-1, nil, 0) > 0 {}
  }

  /// Lives and ends `count` times, and compares what the process has before and after.
  private static func compare(
    _ what: String, _ world: TestWorld, count: Int, _ life: (UInt64) throws -> Void
  ) throws {
    var (random, seed) = SplitMix.printed(
      "\(what), \(world.rawValue)",
      environment: Environment["TEST_SEED"])
    // Tables that grow once, and what the C library keeps for itself.
    for _ in 0..<count / 2 { try life(random.next()) }
    let before = try Holdings.settled()
    let live = callocations_live()
    for _ in 0..<count { try life(random.next()) }
    let after = try Holdings.settled()
    let growth = Int(callocations_live() - live)
    let which = "\(what), \(world.rawValue), TEST_SEED=\(seed)"
    #expect(after.descriptors == before.descriptors, "\(which)")
    #expect(after.rings == before.rings, "\(which)")
    // Those of the tests' own pool may come and go.
    #expect(after.threads <= before.threads, "\(which)")
    // Less than the smallest object a life; what is made once, such as names of places, is 2 KB.
    #expect(growth < 48 * count, "\(which): \(growth) bytes")
  }

  @Test func aRuntimeThatExitsAtAnyMomentGivesEverythingBack() async {
    await #expect(processExitsWith: .exitCode(0)) {
      for world in TestWorld.allCases {
        try ShutdownTests.compare("runtimes", world, count: ShutdownTests.lives) { seed in
          try ShutdownTests.life(world, seed)
        }
      }
    }
  }

  @Test func tasksThatAreShutDownAtAnyMomentGiveEverythingBack() async {
    await #expect(processExitsWith: .exitCode(0)) {
      for world in TestWorld.allCases {
        try ShutdownTests.compare("tasks", world, count: ShutdownTests.lives) { seed in
          try ShutdownTests.tasks(world, seed)
        }
      }
    }
  }
}
