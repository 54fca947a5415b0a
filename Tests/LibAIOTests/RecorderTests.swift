import CAllocations
import LibJSON
import Support
import Synchronization
import Sys9
import SystemPackage
import Testing

@testable import LibAIO

@Suite("The flight recorder") struct RecorderTests {
  private func runtime(
    _ world: TestWorld, workers: Int = 1, records: Int = 64
  ) throws -> Aio.Runtime {
    let kind = RuntimeKind(world: world, workers: workers, scheduler: .stealing)
    return try kind.make { $0.recordsEvents = records }
  }

  @Test("knows who caused what, on whose behalf", arguments: TestWorld.allCases)
  func causes(world: TestWorld) throws {
    let runtime = try runtime(world)
    let group = Aio.EventGroup("request")
    runtime.worker(0).sched(group: group) { worker in
      worker.sched { worker in worker.sched { _ in } }
      worker.sched { _ in }
    }
    runtime.runUntilIdle()
    let records = runtime.loops[0].recorder.records().filter { $0.kind == EventKind.task.rawValue }
    try #require(records.count == 4)
    #expect(records.allSatisfy { $0.group == group.id && $0.site != 0 && $0.cycles > 0 })
    #expect(records.map(\.event) == records.map(\.event).sorted())
    // Newest first, unless the worker was held up and has offered the older ones to others.
    let root = records[0].event
    #expect(records[0].parent == 0)
    let children = records.filter { $0.parent == root }.map(\.event)
    #expect(children.count == 2)
    #expect(records.count { children.contains($0.parent) } == 1)
    #expect(root >> 48 == 1, "the worker's number, from 1")
    #expect(runtime.loops[0].recorder.event == 0, "R2")
  }

  @Test(
    "knows which event registered a timer, an operation and a message",
    arguments: TestWorld.allCases)
  func registrations(world: TestWorld) throws {
    let loop = try world.makeLoop()
    loop.keepRecords(last: 64)
    let group = Aio.EventGroup("request")
    // A timer, which arms a timer, which does blocking work, which sends a message.
    let last = Aio.Callback { _, loop in loop.remote.send { $0.stop() } }
    let second = Aio.Callback { _, loop in loop.runBlocking(last) { 0 } }
    let first = Aio.Callback { _, loop in
      loop.group = group
      loop.addOneShot(after: .milliseconds(1), to: second)
    }
    loop.addOneShot(after: .zero, to: first)
    loop.run()
    let records = loop.recorder.records()
    let kinds: [EventKind] = [.timer, .timer, .completion, .message]
    try #require(records.map(\.kind) == kinds.map(\.rawValue))
    #expect(records.map(\.parent) == [0] + records.map(\.event).dropLast())
    #expect(records.map(\.group) == [0, group.id, group.id, group.id])
    #expect(records.allSatisfy { $0.cycles > 0 })
    #expect(
      records.allSatisfy { Aio.Site(id: $0.site).file == "LibAIOTests/RecorderTests.swift" })
  }

  @Test("a task goes on with the event that resumed it", arguments: TestWorld.allCases)
  func tasks(world: TestWorld) throws {
    let loop = try world.makeLoop()
    loop.keepRecords(last: 64)
    let groups = [Aio.EventGroup("one"), Aio.EventGroup("two")]
    let line = #line + 3
    loop.run { async in
      let tasks = groups.enumerated().map { number, group in
        async.spawn(group: group) {
          for turn in 1...3 { try? await async.sleep(for: .milliseconds(turn * 2 + number)) }
        }
      }
      for task in tasks { await task.value }
    }
    let records = loop.recorder.records()
    // A sleep is a timer, and what the task waits for.
    #expect(records.count == 12 && loop.group == .none)
    for group in groups {
      let own = records.filter { $0.group == group.id }
      try #require(own.count == 6)
      let causes = [own[1], own[1], own[3], own[3]].map(\.event)
      #expect(own.map(\.parent) == [0, 0] + causes)
      #expect(own.allSatisfy { Aio.Site(id: $0.site).line == line })
    }
  }

  @Test func keepsTheLastOnes() throws {
    let runtime = try runtime(.simulation, records: 16)
    for _ in 0..<100 { runtime.worker(0).sched { _ in } }
    runtime.runUntilIdle()
    let records = runtime.loops[0].recorder.records()
    #expect(records.count == 16)
    #expect(zip(records, records.dropFirst()).allSatisfy { $0.event + 1 == $1.event })
    #expect(runtime.stats().runTimes.total == 100)
    #expect(runtime.stats().runTimes.quantile(0.5) > 0)
  }

  @Test func recordsNothingUnlessAsked() throws {
    let runtime = try runtime(.simulation, records: 0x10)
    runtime.loops[0].recorder.stop()
    runtime.worker(0).sched { _ in }
    runtime.runUntilIdle()
    #expect(runtime.loops[0].recorder.records().isEmpty)
    #expect(runtime.stats().tasks == 1)
  }

  @Test("writes a trace that viewers read", arguments: [1, 2])
  func trace(workers: Int) throws {
    let runtime = try runtime(.epoll, workers: workers)
    let line = #line + 1
    runtime.sched(on: workers - 1, group: Aio.EventGroup("a \"quoted\" name")) { worker in
      let task = worker.allocTask()
      task.run(Aio.Work { $0.runtime.exit() })
      worker.setPlace(task)
      worker.sched(task, on: worker.runtime.worker(0))
    }
    try runtime.run()
    let trace = try JSON.parse(bytes: runtime.trace())
    let events = try #require(trace.array)
    let slices = events.filter { $0["ph"]?.string == "X" && $0["cat"]?.string == "task" }
    #expect(slices.count == 2)
    let first = try #require(
      slices.first { $0["name"]?.string?.contains("RecorderTests.swift:\(line)") ?? false })
    #expect(first["args"]?["group"]?.string == "a \"quoted\" name")
    #expect(first["tid"]?.int == workers - 1)
    #expect((first["ts"]?.double ?? -1) >= 0)
    #expect(slices.allSatisfy { $0["args"]?["group"] == first["args"]?["group"] }, "inherited")
    #expect(events.filter { $0["ph"]?.string == "M" }.count == workers)
    // What is sent to another worker is seen where it leaves.
    #expect(events.filter { $0["cat"]?.string == "send" }.count == workers - 1)
  }

  @Test func tellsHowLongThingsTook() {
    var histogram = Histogram()
    #expect(histogram.quantile(0.5) == 0)
    for value: UInt64 in [1, 2, 3, 4, 5, 6, 7, 8, 1000, 1_000_000] {
      histogram.counts[Histogram.bucket(value)] += 1
      let bucket = Histogram.bucket(value)
      #expect(Histogram.floor(bucket) <= Double(value))
      #expect(Histogram.floor(bucket + 1) > Double(value))
    }
    #expect(histogram.total == 10)
    #expect((5...8).contains(histogram.quantile(0.5)))
    #expect((1000...1500).contains(histogram.quantile(0.9)))
    #expect(Histogram.bucket(.max) < Histogram.bucketCount)
  }

  // What a debugger finds.

  /// A number of `size` bytes at `offset`, as x86 and arm have them.
  private func number(_ bytes: ArraySlice<UInt8>, _ offset: Int, _ size: Int) -> Int {
    (0..<size).reduce(0) { $0 | Int(bytes[bytes.startIndex + offset + $1]) << (8 * $1) }
  }

  @Test func aDebuggerFindsTheSection() throws {
    let program = try Files.read(FilePath("/proc/self/exe"))[...]
    let table = number(program, 0x28, 8), size = number(program, 0x3A, 2)
    let count = number(program, 0x3C, 2), names = number(program, 0x3E, 2)
    let text = number(program, table + names * size + 0x18, 8)
    let found = (0..<count).map { table + $0 * size }.first { header in
      let name = text + number(program, header, 4)
      return program[name...].prefix(8) == [UInt8]("eel_dbg\0".utf8)[...]
    }
    let header = try #require(found, "the program has a section eel_dbg")
    let start = number(program, header + 0x18, 8)
    #expect(program[start...].prefix(6) == [UInt8]("EELDBG".utf8)[...])
    #expect(number(program, start + 8, 4) == 2, "version")
    #expect(number(program, start + 12, 4) == number(program, header + 0x20, 8), "size")
    #expect(number(program, start + 16, 4) == MemoryLayout<LoopBlock>.size)
    #expect(number(program, start + 20, 4) == MemoryLayout<EventRecord>.size)
  }

  @Test func aDebuggerFindsWhatALoopIsDoing() throws {
    let runtime = try runtime(.simulation)
    let group = Aio.EventGroup()
    let block = UInt64(UInt(bitPattern: unsafe runtime.loops[0].recorder.block))
    let section = unsafe DebugSection.address
    let room = unsafe Int(section.load(fromByteOffset: 24, as: UInt32.self))
    let blocks = (0..<room).map { slot in
      unsafe section.load(fromByteOffset: 64 + 8 * slot, as: UInt64.self)
    }
    #expect(blocks.contains(block))
    runtime.worker(0).sched(group: group) { worker in
      guard let own = unsafe UnsafeRawPointer(bitPattern: UInt(block)) else { return }
      #expect(unsafe own.load(fromByteOffset: 24, as: UInt64.self) != 0, "event")
      #expect(unsafe own.load(fromByteOffset: 32, as: UInt32.self) == group.id)
      #expect(unsafe own.load(fromByteOffset: 36, as: UInt32.self) != 0, "site")
    }
    runtime.runUntilIdle()
  }

  @Test func aDebuggerFindsNames() throws {
    let name = "a group with a name that is longer than there is room for it"
    let group = Aio.EventGroup(name)
    let line = UInt32(#line + 1)
    let site = Aio.Site()
    func word(_ address: UInt) -> UInt32 {
      unsafe UnsafePointer<UInt32>(bitPattern: address)?.pointee ?? 0
    }
    func table(_ address: UInt) -> UInt {
      unsafe UnsafePointer<UInt>(bitPattern: address)?.pointee ?? 0
    }
    func text(_ address: UInt, _ length: UInt32) -> String {
      let start = unsafe UnsafeRawPointer(bitPattern: address)
      let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(length))
      return unsafe String(decoding: bytes, as: UTF8.self)
    }
    let section = UInt(bitPattern: unsafe DebugSection.address)
    let sites = table(section + 40), groups = table(section + 48)
    let places = (0..<UInt(word(section + 56))).map { sites + $0 * 32 }
    let place = try #require(places.first { word($0 + 28) == site.id })
    #expect(word(place + 24) == line)
    #expect(text(table(place), word(place + 16)) == "LibAIOTests/RecorderTests.swift")
    #expect(text(table(place + 8), word(place + 20)) == "aDebuggerFindsNames()")
    let named = (0..<UInt(word(section + 60))).map { groups + $0 * 64 }
    let own = try #require(named.first { word($0) == group.id })
    #expect(text(own + 8, word(own + 4)) == name.prefix(56))
    #expect(group.name == name)
  }
}

@Suite("Stalls") struct StallTests {
  @Test func anEventIsReportedOnceAndAfterTheLimit() {
    var watch = StallWatch(workers: 2, limitNs: 100)
    #expect(watch.look(0, 7, 1000) == nil)
    #expect(watch.look(0, 7, 1099) == nil)
    #expect(watch.look(1, 0, 1099) == nil)
    #expect(watch.look(0, 7, 1120) == 120)
    #expect(watch.look(0, 7, 1500) == nil, "once")
    #expect(watch.look(1, 0, 1500) == nil, "a worker that waits is not held up")
    #expect(watch.look(0, 8, 1600) == nil, "another event")
    #expect(watch.look(0, 9, 1800) == nil)
    #expect(watch.look(0, 9, 1900) == 100)
  }

  /// The task ends when it has been reported: however slow the machine is.
  @Test func aTaskThatOverranIsReportedWithItsCalls() throws {
    final class Reports: Sendable {
      let stalls = Guarded<[Aio.Stall]>([])
      let count = Atomic<Int>(0)
    }
    let reports = Reports()
    let kind = RuntimeKind(world: .epoll, workers: 1, scheduler: .stealing)
    let runtime = try kind.make()
    let line = #line + 1
    runtime.sched(group: Aio.EventGroup("slow")) { worker in
      while reports.count.load(ordering: .acquiring) == 0 { SystemThread.spinwait() }
      worker.runtime.exit()
    }
    let detector = try Aio.StallDetector(runtime, limitNs: 1_000_000) { stall in
      reports.stalls.withLock { $0.append(stall) }
      reports.count.add(1, ordering: .releasing)
    }
    try runtime.run()
    detector.stop()
    let stall = try #require(reports.stalls.withLock { $0.first })
    #expect(stall.site.line == line && stall.group.name == "slow" && stall.ns >= 1_000_000)
    #expect(stall.description.contains("RecorderTests.swift:\(line)"))
    // ThreadSanitizer keeps signals back from a thread that computes.
    let isSanitized = callocations_are_counted() == 0
    #expect(isSanitized || stall.calls.count > 3, "\(stall)")
  }
}
