// Timers beside a model of them.
//
// Virtual time stands still while loops have their turns, and goes on to exactly the next deadline:
// so a timer that fires early is wrong, and one that fires late as well.  Deadlines are drawn
// around the boundaries of the wheel's levels.

import LibAIO
import Sys9

/// An echo beside which timers fire: faults and turns come from there.
final class TimerProgram: EchoProgram {
  private var model: TimerModel?

  override func addCrowd() throws(SystemError) {
    try super.addCrowd()
    let model = TimerModel(network, ledger)
    self.model = model
    model.armSome(20 + draw(60), front)
  }

  override func check() -> [String] {
    super.check() + (model.map { $0.left == 0 ? [] : ["\($0.left) timers never fired"] } ?? [])
  }

  override func end() {
    model = nil
    super.end()
  }
}

private final class TimerModel: Tracked {
  private struct Armed {
    let deadline: UInt64
    let order: Int
    let period: UInt64
    var firingsLeft: Int
  }

  private let network: Aio.SimNetwork
  private var armed: [Aio.TimerToken: Armed] = [:]
  private var tokens: [Aio.TimerToken] = []
  private var orders = 0
  private var last = (deadline: UInt64(0), order: -1)
  /// Timers that may still be armed.
  private var budget = 200

  init(_ network: Aio.SimNetwork, _ ledger: Ledger) {
    self.network = network
    super.init(ledger)
  }

  var left: Int { armed.count }

  func armSome(_ count: Int, _ loop: Aio.Loop) {
    for _ in 0..<count where budget > 0 {
      budget -= 1
      if network.draw(below: 8) == 0 { armInterval(loop) } else { armOneShot(loop) }
    }
  }

  private func armOneShot(_ loop: Aio.Loop) {
    let deadline = drawDeadline(loop.now)
    let token = loop.addOneShot(at: deadline, to: self)
    note(token, Armed(deadline: deadline, order: orders, period: 0, firingsLeft: 1), loop)
  }

  private func armInterval(_ loop: Aio.Loop) {
    let period = UInt64(1 + network.draw(below: 1 << network.draw(below: 31))) * 1000
    let token = loop.addInterval(.nanoseconds(Int64(period)), to: self)
    let firings = 1 + network.draw(below: 4)
    note(
      token,
      Armed(deadline: loop.now + period, order: orders, period: period, firingsLeft: firings), loop)
  }

  private func note(_ token: Aio.TimerToken, _ timer: Armed, _ loop: Aio.Loop) {
    orders += 1
    if armed[token] != nil { ledger.fault("W1: two timers have one name") }
    armed[token] = timer
    tokens.append(token)
  }

  /// Around the beginning of a slot of some level, or at any other time; now and then past.
  private func drawDeadline(_ now: UInt64) -> UInt64 {
    switch network.draw(below: 10) {
    case 0: return now - min(now, UInt64(network.draw(below: 5_000_000)))
    case 1...3: return now + UInt64(network.draw(below: 1 << (10 + network.draw(below: 30))))
    case 4: return armed.values.map(\.deadline).min() ?? now  // with another one
    default:
      let shift = UInt64(20 + 6 * network.draw(below: 5))
      let slot = (now >> shift) + 1 + UInt64(network.draw(below: 65))
      let offsets: [Int64] = [-1, 0, 1, -(1 << 20), 1 << 20, Int64(network.draw(below: 1 << 20))]
      return (slot << shift).advanced(by: Int(offsets[network.draw(below: offsets.count)]))
    }
  }

  override func told(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    guard var timer = armed[completion.timer] else {
      return ledger.fault("W1: a timer fires that is not armed")
    }
    check(timer, loop.now)
    if timer.period == 0 {
      armed[completion.timer] = nil
      if !completion.isLast { ledger.fault("W1: a one-shot timer stays armed") }
    } else {
      timer.firingsLeft -= 1
      if timer.firingsLeft == 0 {
        if !loop.removeTimer(completion.timer) { ledger.fault("W1: an interval has gone") }
        armed[completion.timer] = nil
      } else {
        armed[completion.timer] = Armed(
          deadline: timer.deadline + timer.period, order: orders, period: timer.period,
          firingsLeft: timer.firingsLeft)
        orders += 1
      }
    }
    if network.draw(below: 3) == 0 { armSome(1 + network.draw(below: 3), loop) }
    if network.draw(below: 4) == 0 { removeSome(loop) }
  }

  private func check(_ timer: Armed, _ now: UInt64) {
    if now < timer.deadline {
      ledger.fault("W4: a timer fires \(timer.deadline - now) ns before its deadline")
    }
    // One that was past when it was armed fires at once, whoever is before it.
    let isExact = now == timer.deadline
    if isExact && last.deadline == timer.deadline && last.order > timer.order && timer.period == 0 {
      ledger.fault("W3: timers of one deadline fire in another order")
    }
    if now > timer.deadline && now - timer.deadline > latest {
      ledger.fault("W4: a timer fires \(now - timer.deadline) ns after its deadline")
    }
    if isExact { last = (timer.deadline, timer.order) }
  }

  /// How far the past reaches in which deadlines are drawn.
  private let latest: UInt64 = 5_000_000

  private func removeSome(_ loop: Aio.Loop) {
    guard !tokens.isEmpty else { return }
    let index = network.draw(below: tokens.count)
    let token = tokens.remove(at: index)
    let isArmed = armed[token] != nil
    let deadline = armed[token]?.deadline
    if isArmed && armed[token]?.period == 0 && network.draw(below: 3) == 0, let deadline {
      let expected = armed.values.count { $0.deadline == deadline && $0.period == 0 }
      let removed = loop.removeTimers(at: deadline)
      if removed != expected { ledger.fault("W5: \(removed) of \(expected) timers were removed") }
      for (token, timer) in armed where timer.deadline == deadline && timer.period == 0 {
        armed[token] = nil
      }
    } else if loop.removeTimer(token) != isArmed {
      ledger.fault("W1: a timer that is \(isArmed ? "" : "not ")armed cannot be removed")
    } else {
      armed[token] = nil
    }
  }
}
