// The case of a server: a timeout for each request, few of which ever fire.
//
//     create   arm COUNT one-shot timers, at random within ten seconds, in fresh memory
//     cancel   remove nine of ten, in the order of arming
//     re-arm   COUNT times, remove one of 256 timers and arm it anew for half a minute
//
// By tasks, a timer is a task that sleeps: to arm it is to start the task and let it come to its
// sleep, to remove it is to cancel the task and let it end.

import LibAIO
import Sys9

/// The generator of Marsaglia's that the peers use too, so that all have the same deadlines.
struct XorShift {
  private var word: UInt64 = 88_172_645_463_325_252

  mutating func draw() -> UInt64 {
    word ^= word << 13
    word ^= word >> 7
    word ^= word << 17
    return word
  }

  /// Nanoseconds, below ten seconds.
  mutating func delay() -> UInt64 { draw() % 10_000_000 * 1000 }
}

/// Processor time of the parts, of one thread.
struct TimerCosts: Sendable {
  var create: UInt64 = 0
  var cancel: UInt64 = 0
  var rearm: UInt64 = 0

  /// The parts as they are printed.
  static var parts: [(name: String, cost: KeyPath<TimerCosts, UInt64>)] {
    [("create", \.create), ("cancel", \.cancel), ("re-arm", \.rearm)]
  }

  /// Timers that are told to a callback.
  static func ofCallbacks(_ count: Int, _ loop: Aio.Loop) -> TimerCosts {
    var costs = TimerCosts()
    let callback = Aio.Callback { _, _ in }
    var random = XorShift()
    let start = loop.now
    let deadlines = (0..<count).map { _ in start + random.delay() }

    var began = Kernel.threadCpuNs()
    var tokens = [Aio.TimerToken](repeating: .none, count: count)
    for index in 0..<count { tokens[index] = loop.addOneShot(at: deadlines[index], to: callback) }
    costs.create = Kernel.threadCpuNs() - began

    began = Kernel.threadCpuNs()
    for index in 0..<count where index % 10 != 0 { loop.removeTimer(tokens[index]) }
    costs.cancel = Kernel.threadCpuNs() - began

    loop.removeTimers(of: callback)
    began = Kernel.threadCpuNs()
    for index in 0..<count {
      let hot = index % 256
      loop.removeTimer(tokens[hot])
      tokens[hot] = loop.addOneShot(at: start + 30_000_000_000, to: callback)
    }
    costs.rearm = Kernel.threadCpuNs() - began
    return costs
  }

  /// Tasks that sleep.
  static func ofTasks(_ count: Int, _ loop: Aio.Loop) -> TimerCosts {
    loop.run { async in await ofTasks(count, async) } ?? TimerCosts()
  }

  private static func ofTasks(_ count: Int, _ loop: Aio.AsyncLoop) async -> TimerCosts {
    var costs = TimerCosts()
    var random = XorShift()
    let delays = (0..<count).map { _ in Duration.nanoseconds(Int64(random.delay())) }

    var began = Kernel.threadCpuNs()
    let sleepers = delays.map { delay in sleeper(delay, loop) }
    await allSleep(loop)
    costs.create = Kernel.threadCpuNs() - began

    began = Kernel.threadCpuNs()
    for index in 0..<count where index % 10 != 0 { sleepers[index].cancel() }
    for index in 0..<count where index % 10 != 0 { await sleepers[index].value }
    costs.cancel = Kernel.threadCpuNs() - began

    await end(sleepers)
    var hot = (0..<256).map { _ in sleeper(.seconds(30), loop) }
    await allSleep(loop)
    began = Kernel.threadCpuNs()
    for index in 0..<count {
      let slot = index % hot.count
      hot[slot].cancel()
      await hot[slot].value
      hot[slot] = sleeper(.seconds(30), loop)
    }
    await allSleep(loop)
    costs.rearm = Kernel.threadCpuNs() - began
    await end(hot)
    return costs
  }

  private static func sleeper(_ delay: Duration, _ loop: Aio.AsyncLoop) -> Task<Void, Never> {
    // Cancelled or not: its sleep is over.
    loop.spawn { try? await loop.sleep(for: delay) }
  }

  /// Tasks begin in the order in which they were started: behind the last one, all sleep.
  private static func allSleep(_ loop: Aio.AsyncLoop) async { await loop.spawn {}.value }

  private static func end(_ sleepers: [Task<Void, Never>]) async {
    for sleeper in sleepers { sleeper.cancel() }
    for sleeper in sleepers { await sleeper.value }
  }
}
