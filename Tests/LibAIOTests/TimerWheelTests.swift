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
  /// Arms a timer that is known by a number.
  fileprivate mutating func arm(_ deadline: UInt64, period: UInt32 = 0, id: Int) -> Aio.TimerToken {
    let context = unsafe UnsafeMutableRawPointer(bitPattern: id)
    return unsafe arm(deadline: deadline, period: period, { _, _ in }, context) ?? .none
  }

  /// The number of the next timer that fires.
  fileprivate mutating func fire(_ now: UInt64) -> Int? {
    guard let fired = unsafe next(now) else { return nil }
    return unsafe Int(bitPattern: fired.1)
  }

  fileprivate mutating func cancel(_ token: Aio.TimerToken) -> Bool {
    let (wasArmed, _) = unsafe disarm(token)
    return wasArmed
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
    var wheel = try TimerWheel(now: start)
    var model = Model()
    var now = start
    var tokens: [Int: Aio.TimerToken] = [:]
    // Reaches from within a tick to beyond the last level.
    let reaches: [UInt64] = [1 << 10, 1 << 20, 1 << 26, 1 << 33, 1 << 45, 1 << 53, 1 << 56]
    for id in 1...600 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<6:
        let deadline =
          now + UInt64.random(in: 0...reaches.randomElement(using: &random)!, using: &random)
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
        drain(&wheel, &model, now, seed)
      }
      #expect(wheel.count == model.armed.count, "seed \(seed)")
      let earliest = model.armed.map(\.deadline).min()
      let told = wheel.nextDeadline()
      #expect((told == nil) == (earliest == nil), "seed \(seed)")
      if let told, let earliest { #expect(told <= earliest, "W4 backwards, seed \(seed)") }
    }
    drain(&wheel, &model, now + 1 << 57, seed)
    #expect(wheel.count == 0, "seed \(seed)")
  }

  private func drain(
    _ wheel: inout TimerWheel, _ model: inout Model, _ now: UInt64, _ seed: Int
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
    var wheel = try TimerWheel(now: 0)
    let second: UInt64 = 1 << 30
    let period = UInt32(second >> TimerWheel.tickShift)
    let token = wheel.arm(second, period: period, id: 1)
    let calls = [second - 1, second, second, second * 10 + 5, second * 10 + 5].map {
      wheel.fire($0)
    }
    #expect(calls == [nil, 1, nil, 1, nil])
    let next = wheel.nextDeadline()
    #expect(next ?? .max <= second * 11 + 5)
    let cancelled = [wheel.cancel(token), wheel.cancel(token)]
    #expect(cancelled == [true, false])
  }
}
