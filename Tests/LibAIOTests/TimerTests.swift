import LibAIO
import Sys9
import Testing

/// Notes which timers told it, and when.
private final class Noting: Aio.Receiver {
  let name: String
  var fired: [UInt64] = []
  var wasLast: [Bool] = []
  var whenTold: (Aio.TimerToken, Aio.Loop) -> Void

  init(_ name: String = "", whenTold: @escaping (Aio.TimerToken, Aio.Loop) -> Void = { _, _ in }) {
    self.name = name
    self.whenTold = whenTold
  }

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    #expect(completion.kind == .timer && completion.token == .none && completion.error == nil)
    fired.append(loop.now)
    wasLast.append(completion.isLast)
    whenTold(completion.timer, loop)
  }
}

@Suite("Timers") struct TimerTests {
  @Test("one shot fires once, in the order of deadlines", arguments: TestWorld.allCases)
  func oneShot(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let start = loop.now
    var order: [String] = []
    let receivers = ["late", "early", "now"].map { name in
      Noting(name) { _, loop in
        order.append(name)
        if order.count == 3 { loop.stop() }
      }
    }
    loop.addOneShot(after: .milliseconds(20), to: receivers[0])
    loop.addOneShot(after: .milliseconds(3), to: receivers[1])
    loop.addOneShot(at: 0, to: receivers[2])
    loop.run()
    #expect(order == ["now", "early", "late"])
    #expect(receivers.allSatisfy { $0.wasLast == [true] })
    #expect(receivers[0].fired[0] >= start + 20_000_000, "W4: not before its time")
    #expect(loop.timerCount == 0 && loop.isAtRest)
    #expect(loop.stats.oneShots == 3 && loop.stats.timers == 3 && loop.stats.intervals == 0)
  }

  @Test("an interval repeats until it is removed in its own call", arguments: TestWorld.allCases)
  func interval(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let start = loop.now
    var count = 0
    weak var gone: Noting?
    do {
      let receiver = Noting { timer, loop in
        count += 1
        if count == 5 {
          #expect(loop.removeTimer(timer))
          loop.stop()
        }
      }
      gone = receiver
      loop.addInterval(.milliseconds(2), to: receiver)
    }
    #expect(gone != nil, "the loop holds who waits")
    loop.run()
    #expect(count == 5 && loop.timerCount == 0)
    #expect(loop.now >= start + 10_000_000)
    #expect(gone == nil, "and lets go when nothing waits")
  }

  @Test("are removed by receiver", arguments: TestWorld.allCases)
  func byReceiver(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let kept = Noting { _, loop in loop.stop() }
    let removed = Noting { _, _ in Issue.record("removed") }
    for index in 1...100 {
      loop.addOneShot(after: .milliseconds(index % 7), to: removed)
      if index % 10 == 0 { loop.addInterval(.milliseconds(1), to: removed) }
    }
    let last = loop.addOneShot(after: .milliseconds(9), to: kept)
    #expect(loop.timerCount == 111)
    #expect(loop.removeTimers(of: removed) == 110)
    #expect(loop.removeTimers(of: removed) == 0)
    loop.run()
    #expect(kept.fired.count == 1)
    #expect(!loop.removeTimer(last), "fired is not armed")
  }

  @Test("are removed by deadline, but for intervals", arguments: TestWorld.allCases)
  func byDeadline(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let receiver = Noting { _, loop in loop.stop() }
    // Within a tick, in another one, in another year.
    for ahead in [0, 1_000_000, 5_000_000_000, 86_400_000_000_000 * 400] as [UInt64] {
      let deadline = loop.now + 3_600_000_000_000 + ahead
      for _ in 0..<3 { loop.addOneShot(at: deadline, to: receiver) }
      loop.addOneShot(at: deadline + 1, to: receiver)
      #expect(loop.removeTimers(at: deadline) == 3)
      #expect(loop.removeTimers(at: deadline) == 0)
      #expect(loop.removeTimers(of: receiver) == 1)
    }
    loop.addInterval(.milliseconds(5), to: receiver)
    #expect(loop.removeTimers(at: loop.now + 5_000_000) == 0, "one-shot timers alone")
    #expect(loop.removeTimers(of: receiver) == 1)
  }

  @Test("are armed for a time of day, and removed by it", arguments: TestWorld.allCases)
  func timeOfDay(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let now = loop.getTimeOfDay()
    let receiver = Noting { _, loop in loop.stop() }
    loop.addOneShot(at: now + .seconds(3600), to: receiver)
    loop.addOneShot(at: now + .seconds(-3600), to: receiver)
    #expect(loop.timerCount == 2)
    #expect(loop.removeTimers(at: now + .seconds(3600)) == 1)
    loop.run()
    #expect(receiver.fired.count == 1, "what is past fires at once")
    #expect(loop.stats.clockReads == 1)
  }

  @Test("removing another one that is due prevents its call", arguments: TestWorld.allCases)
  func removesAnotherThatIsDue(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let victim = Noting { _, _ in Issue.record("removed before its call") }
    let first = Noting { _, loop in
      loop.removeTimers(of: victim)
      loop.stop()
    }
    loop.addOneShot(at: 0, to: first)
    loop.addOneShot(at: 0, to: victim)
    loop.run()
    #expect(first.fired.count == 1 && loop.timerCount == 0)
  }

  @Test("a loop that ends lets the receivers of its timers go", arguments: TestWorld.allCases)
  func endsWithTimers(_ world: TestWorld) throws {
    weak var gone: Noting?
    do {
      let loop = try world.makeLoop()
      let receiver = Noting()
      gone = receiver
      loop.addOneShot(after: .seconds(3600), to: receiver)
      loop.addInterval(.seconds(1), to: receiver)
    }
    #expect(gone == nil)
  }

  @Test func aCallbackFromAFunctionIsReleased() throws {
    let loop = try TestWorld.simulation.makeLoop()
    let counts = UnsafeMutablePointer<Int>.allocate(capacity: 2)
    unsafe counts.initialize(repeating: 0, count: 2)
    defer { unsafe counts.deallocate() }
    do {
      let callback = unsafe Aio.Callback(
        { context, _ in unsafe context?.assumingMemoryBound(to: Int.self).pointee += 1 }, counts,
        release: { context in unsafe context?.assumingMemoryBound(to: Int.self)[1] += 1 })
      loop.addOneShot(after: .milliseconds(1), to: callback)
      loop.addOneShot(after: .milliseconds(2), to: callback)
    }
    loop.runUntilIdle()
    #expect(unsafe counts[0] == 2 && counts[1] == 1)
  }

  @Test(
    "a time of day has seconds and microseconds",
    arguments: [(0, 0, 0), (1_999_999_999, 1, 999_999), (-1000, -1, 999_999), (-1, -1, 999_999)]
      as [(Int64, Int64, Int64)])
  func timeVal(ns: Int64, seconds: Int64, microseconds: Int64) {
    let time = Aio.TimeVal(ns: ns)
    #expect(time.seconds == seconds && time.microseconds == microseconds)
    #expect(Aio.TimeVal(ns: ns) < Aio.TimeVal(ns: ns) + .nanoseconds(1))
    #expect(Aio.TimeVal(ns: .max) + .seconds(1) == Aio.TimeVal(ns: .max))
  }
}
