// How the runtime's benchmarks run on several threads, and what they print.

public import LibAIO
public import Sys9

extension Launch {
  /// Runs `body` on a thread for each of `workers`, with a loop of its own, and waits for them all.
  ///
  /// The first one has the calling thread.
  ///
  /// - Returns: what `body` returned, by worker.
  public static func onEach<Result: Sendable>(
    of workers: Int, _ world: Aio.World, options: Aio.LoopOptions = Aio.LoopOptions(),
    _ body: @escaping @Sendable (Int, Aio.Loop) -> Result
  ) throws(SystemError) -> [Result] {
    let results = Guarded([Result?](repeating: nil, count: workers))
    var loops: [Aio.Loop] = []
    for _ in 0..<workers { loops.append(try world.makeLoop(options)) }
    let run = { @Sendable (number: Int, loop: Carried) in
      let result = body(number, loop.value)
      // io_uring knows the thread.
      loop.value.retire()
      results.withLock { $0[number] = result }
    }
    var threads: [SystemThread.ID] = []
    for (number, loop) in loops.enumerated().dropFirst() {
      let carried = Carried(value: loop)
      threads.append(try SystemThread.start { run(number, carried) })
    }
    if let first = loops.first { run(0, Carried(value: first)) }
    for thread in threads { SystemThread.join(thread) }
    return results.withLock { $0.compactMap { $0 } }
  }

  /// A loop on its way to its thread.
  private struct Carried: @unchecked Sendable {
    let value: Aio.Loop
  }
}

extension StandardOutput {
  /// A line `part SECONDS`, as `bin/bench` reads it.
  public func print(_ part: String, ns: UInt64) {
    print("\(part) \(ns / 1_000_000_000).\(String(1_000_000_000 + ns % 1_000_000_000).dropFirst())")
  }
}
