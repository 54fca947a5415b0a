// What a runtime has done, in numbers.

import Sys9

extension Aio {
  /// Counters of a runtime since it was made, those of all workers added up.
  ///
  /// Each is written by one thread without a lock: what another thread reads while the runtime runs
  /// is a moment old.
  public struct RuntimeStats: Sendable {
    /// Counters of the loops: `ncheckio` is `waits`.
    public internal(set) var loops = Stats()
    /// Tasks run by each worker.
    public internal(set) var tasksByWorker: [UInt64] = []
    /// Chunks of tasks offered to other workers.
    public internal(set) var published: UInt64 = 0
    /// Chunks taken from other workers.
    public internal(set) var stolen: UInt64 = 0
    /// Times a worker looked for work with the others.
    public internal(set) var searches: UInt64 = 0
    /// Times a worker slept, or tried to.
    public internal(set) var parks: UInt64 = 0
    /// Workers woken for work that others had.
    public internal(set) var wakes: UInt64 = 0
    /// Tasks that came from other workers and other threads.
    public internal(set) var received: UInt64 = 0
    /// Memory for tasks, in bytes.
    public internal(set) var taskMemory = 0
    /// Run times of tasks, if events are recorded.
    public internal(set) var runTimes = Histogram()

    /// Tasks run.
    public var tasks: UInt64 { tasksByWorker.reduce(0, &+) }
  }
}

extension Aio.Runtime {
  /// The counters now.  Corresponds to the seed's counters and to its performance monitoring.
  public func stats() -> Aio.RuntimeStats {
    var found = Aio.RuntimeStats()
    for number in 0..<workerCount {
      let state = unsafe worker(number).state
      let counters = unsafe state.pointee.counters
      found.tasksByWorker.append(counters.tasks)
      found.published &+= counters.published
      found.stolen &+= counters.stolen
      found.searches &+= counters.searches
      found.parks &+= counters.parks
      found.wakes &+= counters.wakes
      found.received &+= counters.received
      for bucket in 0..<Histogram.bucketCount {
        unsafe found.runTimes.counts[bucket] &+= state.pointee.histogram[bucket]
      }
      found.loops.add(loops[number].stats)
    }
    found.taskMemory = depot.size
    found.runTimes.nsPerUnit = nsPerCycle
    return found
  }

  /// Nanoseconds of a cycle of the processor's counter, since the runtime was made.
  var nsPerCycle: Double {
    let cycles = SystemThread.cycles() &- birth.cycles
    let ns = Kernel.monotonicNs() &- birth.ns
    return Double(max(ns, 1)) / Double(max(cycles, 1))
  }
}

extension Aio.Stats {
  mutating func add(_ other: Aio.Stats) {
    waits &+= other.waits
    completions &+= other.completions
    timers &+= other.timers
    oneShots &+= other.oneShots
    intervals &+= other.intervals
    clockReads &+= other.clockReads
    throttled &+= other.throttled
    tasks &+= other.tasks
    messages &+= other.messages
    starved &+= other.starved
    spilled &+= other.spilled
  }
}

extension Aio.RuntimeStats: CustomStringConvertible {
  /// One line for each of the counters, for people.
  public var description: String {
    """
    tasks \(tasks) (by worker: \(tasksByWorker.map { "\($0)" }.joined(separator: " ")))
    chunks published \(published), stolen \(stolen); tasks received \(received)
    searches \(searches), parks \(parks), wakes \(wakes)
    waits \(loops.waits), completions \(loops.completions), timers \(loops.timers), \
    messages \(loops.messages), starved \(loops.starved)
    task memory \(taskMemory) bytes
    run time ns: median \(Int(runTimes.quantile(0.5))), 99 % \(Int(runTimes.quantile(0.99))), \
    most \(Int(runTimes.quantile(1))) (of \(runTimes.total))
    """
  }
}

extension Aio.Runtime {
  /// What the runtime has done and which locks were waited for, as text for people: what a program
  /// prints when it is asked how it is.
  public func report() -> String {
    let locks = Aio.lockUsage().map { usage in
      "\(usage.kind.rawValue) \(usage.name): taken \(usage.taken), waited for \(usage.waited)"
    }
    return ([stats().description] + locks).joined(separator: "\n")
  }
}
