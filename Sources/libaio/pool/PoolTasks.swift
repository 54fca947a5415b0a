// The same work by Swift's tasks: children of a group, and halves that wait for one another.
//
// A task of Swift's stays on its loop, so each worker has a share of them, and rounds of its own.

import LibAIO
import Servers
import Sys9

/// Rounds of Swift's tasks.
enum PoolTasks {
  static func run(
    _ work: PoolOptions.Work, _ options: PoolOptions
  ) throws -> PoolFigures {
    let workers = try options.workers ?? max(Affinity.current().count, 1)
    let share = max(options.count(work) / workers, 1)
    let rounds = options.rounds
    let all = try Launch.onEach(of: workers, options.world) { _, loop in
      loop.run { _ in await measure(work, share, rounds) } ?? PoolFigures()
    }
    // The workers' rounds are not at the same time; each one's fastest is its share of a round.
    return PoolFigures(
      cpuNs: all.reduce(0) { $0 + $1.cpuNs }, wallNs: all.map(\.wallNs).max() ?? 0)
  }

  private static func measure(
    _ work: PoolOptions.Work, _ count: Int, _ rounds: Int
  ) async -> PoolFigures {
    var figures = PoolFigures()
    for _ in 0..<rounds {
      let wall = Kernel.monotonicNs(), cpu = Kernel.threadCpuNs()
      await round(work, count)
      figures.note(cpuNs: Kernel.threadCpuNs() - cpu, wallNs: Kernel.monotonicNs() - wall)
    }
    return figures
  }

  private static func round(_ work: PoolOptions.Work, _ count: Int) async {
    switch work {
    case .flat:
      await withDiscardingTaskGroup { group in
        for _ in 0..<count { group.addTask {} }
      }
    case .tree: await fork(depth: Int.bitWidth - (count - 1).leadingZeroBitCount - 1)
    }
  }

  /// 2^(depth + 1) - 1 tasks, of which this is one.
  private static func fork(depth: Int) async {
    if depth <= 0 { return }
    async let other: Void = fork(depth: depth - 1)
    async let another: Void = fork(depth: depth - 1)
    _ = await (other, another)
  }
}
