import Testing

@testable import LibAIO

/// A generator with a seed, so that what failed can be run again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64 (Steele, Lea, Flood, 2014).
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}

extension TimerWheel {
  /// Arms a timer that is known by a number, which must not be 0.
  fileprivate func arm(_ deadline: UInt64, periodNs: UInt64 = 0, id: Int)
    -> Aio.TimerToken
  {
    guard let owner = unsafe UnsafeMutableRawPointer(bitPattern: id) else { return .none }
    return unsafe arm(deadline: deadline, period: TimerPeriod(ns: periodNs), owner) ?? .none
  }

  /// The number of the next timer that fires.
  fileprivate func fire(_ now: UInt64) -> Int? {
    guard let fired = next(now) else { return nil }
    return unsafe Int(bitPattern: fired.owner)
  }

  fileprivate func cancel(_ token: Aio.TimerToken) -> Bool {
    if !isArmed(token) { return false }
    disarm(token.index)
    return true
  }

  /// The numbers of the timers of a deadline.
  fileprivate func ids(at deadline: UInt64) -> [Int] {
    timers(at: deadline).map { unsafe Int(bitPattern: timers[$0].pointee.owner) }
  }
}

@Suite("Timer wheel") struct TimerWheelTests {
  /// Timers as a list that is sorted each time.
  private struct Model {
    var armed: [(deadline: UInt64, order: Int, id: Int)] = []

    mutating func next(_ now: UInt64) -> Int? {
      let due = armed.indices.filter { armed[$0].deadline <= now }
      guard
        let first = due.min(by: {
          (armed[$0].deadline, armed[$0].order) < (armed[$1].deadline, armed[$1].order)
        })
      else { return nil }
      return armed.remove(at: first).id
    }
  }

  @Test("fires as a sorted list would", arguments: 1...40)
  func agreesWithTheModel(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let start = UInt64.random(in: 0...(1 << 50), using: &random)
    let wheel = try TimerWheel(now: start)
    var model = Model()
    var now = start
    var tokens: [Int: Aio.TimerToken] = [:]
    // Reaches from within a tick to beyond the last level.
    let reaches: [UInt64] = [1 << 10, 1 << 20, 1 << 26, 1 << 33, 1 << 45, 1 << 53, 1 << 56]
    for id in 1...600 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<6:
        // Now and then a deadline that there is already, for the order of equals.
        let reach = reaches.randomElement(using: &random)!
        let other = model.armed.randomElement(using: &random)?.deadline ?? 0
        let isEqual = Bool.random(using: &random) && (now...now + 1 << 50).contains(other)
        let deadline = isEqual ? other : now + UInt64.random(in: 0...reach, using: &random)
        tokens[id] = wheel.arm(deadline, id: id)
        model.armed.append((deadline, id, id))
      case 6, 7:
        guard let (victim, token) = tokens.randomElement(using: &random) else { continue }
        let expected = model.armed.firstIndex { $0.id == victim }
        let wasArmed = wheel.cancel(token)
        #expect(wasArmed == (expected != nil), "seed \(seed)")
        if let expected { model.armed.remove(at: expected) }
      default:
        now += UInt64.random(in: 0...reaches.randomElement(using: &random)!, using: &random)
        drain(wheel, &model, now, seed)
      }
      if let some = model.armed.randomElement(using: &random)?.deadline {
        let found = wheel.ids(at: some).sorted()
        let expected = model.armed.filter { $0.deadline == some }.map(\.id)
        #expect(found == expected, "W5, seed \(seed)")
      }
      #expect(wheel.count == model.armed.count, "seed \(seed)")
      let earliest = model.armed.map(\.deadline).min()
      let told = wheel.nextDeadline()
      #expect((told == nil) == (earliest == nil), "seed \(seed)")
      if let told, let earliest { #expect(told <= earliest, "W4 backwards, seed \(seed)") }
    }
    drain(wheel, &model, now + 1 << 57, seed)
    #expect(wheel.count == 0, "seed \(seed)")
  }

  private func drain(
    _ wheel: borrowing TimerWheel, _ model: inout Model, _ now: UInt64, _ seed: Int
  ) {
    while true {
      let fired = wheel.fire(now)
      let expected = model.next(now)
      if fired != expected {
        Issue.record(
          "fired \(String(describing: fired)), not \(String(describing: expected)), seed \(seed)")
        return
      }
      if fired == nil { return }
    }
  }

  @Test func repeatsWithoutMakingUpForWhatWasMissed() throws {
    let wheel = try TimerWheel(now: 0)
    let second: UInt64 = 1_000_000_000
    let token = wheel.arm(second, periodNs: second, id: 1)
    let calls = [second - 1, second, second, second * 10 + 5, second * 10 + 5].map {
      wheel.fire($0)
    }
    #expect(calls == [nil, 1, nil, 1, nil])
    let next = wheel.nextDeadline()
    #expect(next ?? .max <= second * 11 + 5)
    let cancelled = [wheel.cancel(token), wheel.cancel(token)]
    #expect(cancelled == [true, false])
  }

  @Test(
    "a period is exact, and never shorter than asked",
    arguments: [
      (1, 1000), (1000, 1000), (1001, 2000), (33_000_000, 33_000_000),
      (2_147_483_647_000, 2_147_483_647_000), (2_147_483_648_000, 2_147_483_648_000),
      (3_000_000_001_000, 3_000_000_512_000),
    ] as [(UInt64, UInt64)])
  func period(ns: UInt64, expected: UInt64) {
    #expect(TimerPeriod(ns: ns).ns == expected && !TimerPeriod(ns: ns).isNever)
    #expect(TimerPeriod(ns: TimerPeriod.nsMax).ns == TimerPeriod.nsMax)
  }

  @Test func aTimerIs48Bytes() { #expect(MemoryLayout<TimerRecord>.stride == 48) }
}
