// What leaves a simulated world: theory of operation.
//
// Problem.  A task that prefers a loop's executor stays on it; a plain `Task`, a detached one, a
// `@concurrent` function and an actor do not: they go to Swift's pool of threads, where they run
// whenever the machine likes.  Then a run is not a function of its seed any more, and nothing says
// so.
//
// Shape.  While a network runs, Swift's hooks give it each job that would leave its thread
// (`StrayJobs`).  The job becomes an event: it runs on the network's thread, at a time that is
// drawn, between the turns of loops.  That is one of the orders that the pool could have chosen;
// only that two jobs never run at once.
//
//     loop's turn --a job goes to the pool--> event, a moment later --> runs outside of all loops
//
// What such a job does with a loop is what it would do from another thread: messages to it go
// through its mailbox, and to use it directly stops the program, as on the machine.
//
// Invariants.
//   V5  A job that leaves a thread on which a network runs is run by that network, in that thread,
//       at a drawn time, once.
//   V6  Nobody in the world uses the main actor, whose jobs have no hook: `audit` finds who asks
//       for it.
//
// Cost.  Nothing in a process without a network; two stores a step in one with it, and in threads
// that run no network one load and a branch for each job that goes to the pool.
//
// Rejected.  Replacing the executors of the process: they are other people's too, such as the
// tests'.
//
// What is not seen: threads that a program makes itself, and `Task.sleep`, for which Swift 6.3 has
// no hook any more: it waits by a clock of the machine, and a simulation that comes to rest does
// not wait for it.  `sleep(for:)` of an AsyncLoop is what programs have.

import Sys9

/// Takes the jobs that leave a network.
final class SimEscapes: StrayJobs {
  unowned let network: Aio.SimNetwork

  init(_ network: Aio.SimNetwork) { self.network = network }

  override func caught(_ job: UnownedJob) { network.take(job) }

  override func wantsMainExecutor() { network.mainEscapeCount += 1 }
}

extension Aio {
  /// What a simulated world does with tasks that leave its loops for Swift's own executors.
  public enum SimEscapePolicy: Sendable {
    /// They run in the world, at a time that is drawn; each is an event.
    case run
    /// That too, and `audit` finds it: for programs whose tasks should stay on their loops.
    case report
  }
}

extension Aio.SimNetwork {
  /// Runs `body` as a part of this world: tasks that it starts anywhere belong to it (V5).
  ///
  /// For what a program does before `run`; within turns of the loops it is always so.
  public func inside<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try escapes.catching(body)
  }

  func take(_ job: UnownedJob) {
    escapeCount += 1
    note(.text("a task leaves its loop for Swift's pool (a Task, @concurrent, an actor)"))
    schedule(.escape(job), on: -1)
  }

  /// Runs a job that has left, outside of all loops.
  func run(escaped job: UnownedJob) {
    let left = present.filter { $0.loop.executor.leave() }
    StrayJobs.run(job)
    for owner in left { owner.loop.executor.adopt() }
  }

  /// What has left, in words.
  func auditEscapes(_ found: inout [String]) {
    if mainEscapeCount > 0 {
      found.append(
        """
        V6: seed \(seed): \(mainEscapeCount) times a task asked for the main actor, which is a \
        thread of the machine's: keep what it does there on a loop
        """)
    }
    if escapePolicy == .run || escapeCount == 0 { return }
    found.append(
      """
      V5: seed \(seed): \(escapeCount) times a task left its loop for Swift's pool of threads: \
      start it by spawn of an AsyncLoop, or with Task(executorPreference: loop.executor); its \
      @concurrent functions and actors stay there too
      """)
  }
}
