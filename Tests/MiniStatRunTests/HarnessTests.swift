// The harness with little programs.  Nothing here depends on how long something takes: limits are
// either far away or zero.

import Glibc
import Support
import Sys9
import SystemPackage
import Testing

@testable import MiniStatRun

/// What a harness told.
private final class Heard {
  var heads = 0
  var runs: [RunRecord] = []
  var blocks = 0
  var reason: StopRule.Reason?
  var metrics: [String] = []

  func take(_ event: HarnessEvent) {
    switch event {
    case .started: heads += 1
    case .metric(let metric): metrics.append(metric.name)
    case .run(let run): runs.append(run)
    case .block: blocks += 1
    case .ended(let reason, _): self.reason = reason
    }
  }
}

// Serial: affinity is the thread's and faults are the process's.
@Suite("The harness", .serialized) struct HarnessTests {
  private let room: Workshop

  init() throws { room = try Workshop() }

  private func plan(_ arms: [(String, [String])], pairs: Int = 3) -> RunPlan {
    var plan = RunPlan(arms: arms.map { ArmPlan(name: $0.0, command: $0.1) })
    plan.stop = StopRule(pairsMax: pairs)
    plan.seed = 42
    for index in plan.arms.indices { plan.arms[index].directory = room.directory }
    return plan
  }

  private func shell(_ text: String) -> [String] { ["/bin/sh", "-c", text] }

  private func run(
    _ plan: RunPlan, interrupt: CInt? = nil
  ) throws -> (recording: Recording, heard: Heard) {
    let heard = Heard()
    let harness = Harness(plan, interrupt: interrupt) { (event) throws(HarnessError) in
      heard.take(event)
    }
    return (try harness.run(), heard)
  }

  @Test func runsEveryArmOnceABlockAndRecordsAll() throws {
    let (recording, heard) = try run(
      plan([("A", ["true"]), ("B", shell("exit 0")), ("C", ["true"])], pairs: 4))
    #expect(recording.runs.count == 12)
    #expect(recording.runs == heard.runs)
    #expect(heard.blocks == 4)
    #expect(recording.end == .pairs)
    #expect(recording.runs.map(\.place) == Array(0..<12))
    for block in 0..<4 {
      let arms = recording.runs.filter { $0.block == block }.map(\.arm)
      #expect(arms.sorted() == ["A", "B", "C"])
    }
    var schedule = Schedule(armCount: 3, seed: 42)
    let order = (0..<4).flatMap { _ in schedule.next().map { ["A", "B", "C"][$0.arm] } }
    #expect(recording.runs.map(\.arm) == order, "the seed's order")
    for run in recording.runs {
      let values = Dictionary(uniqueKeysWithValues: run.values.map { ($0.metric, $0.value) })
      #expect((values["wall"] ?? 0) > 0)
      #expect((values["cpu"] ?? -1) >= 0)
      #expect(values["minor-faults"] != nil && values["voluntary-switches"] != nil)
    }
    #expect(recording.facts["kernel"] != nil)
    #expect(recording.facts["counters"] != nil)
    #expect(recording.facts["timer-resolution-ns"].flatMap { Int($0) } ?? 0 > 0)
    #expect(recording.arms[0].facts["sha256"]?.count == 64)
    #expect(recording.design == .interleaved(seed: 42))
    #expect(recording.measurement["B", "", "wall"]?.values.count == 4)
  }

  @Test func warmUpIsRecordedAndNotCounted() throws {
    var plan = plan([("A", ["true"]), ("B", ["true"])], pairs: 2)
    plan.warmup = 3
    let (recording, _) = try run(plan)
    #expect(recording.runs.filter(\.isWarmup).count == 6)
    #expect(recording.measurement["A", "", "wall"]?.values.count == 2)
  }

  @Test func aFailedRunIsRecordedWithWhatItSaid() throws {
    let (recording, _) = try run(
      plan([
        ("A", ["true"]),
        ("B", shell("echo n >>n; [ $(wc -l <n) != 2 ] || { echo bad >&2; exit 3; }")),
      ]))
    let failed = recording.runs.filter { $0.failure != nil }
    #expect(failed.map(\.arm) == ["B"])
    #expect(failed.first?.failure == "exit status 3")
    #expect(failed.first?.facts["errors"] == "bad\n")
    #expect(recording.measurement["B", "", "wall"]?.values.count == 2)
    #expect(recording.measurement.failures.map(\.reason) == ["exit status 3"])
    #expect(recording.end == .pairs, "one failure of three does not end it")
  }

  @Test func signalsAreNamed() throws {
    let (recording, _) = try run(plan([("A", shell("kill -9 $$"))], pairs: 1))
    #expect(recording.runs.first?.failure == "signal 9 (Killed)")
  }

  @Test func nothingButFailuresEndsIt() throws {
    let (recording, _) = try run(plan([("A", ["true"]), ("B", ["false"])], pairs: 100))
    #expect(recording.end == .failing)
    #expect(recording.runs.filter { $0.arm == "B" }.count == RunPlan.failuresMax)
  }

  @Test func failuresCanBeTaken() throws {
    var plan = plan([("A", ["false"])], pairs: 5)
    plan.takesFailures = true
    #expect(try run(plan).recording.measurement["A", "", "wall"]?.values.count == 5)
  }

  @Test func theTimeLimitEndsTheWholeGroup() throws {
    // The child writes the number of a grandchild that would run for an hour.
    var plan = plan([("A", shell("sleep 3600 & echo $! >grandchild; wait"))], pairs: 1)
    plan.timeLimitNs = 300_000_000
    let (recording, _) = try run(plan)
    #expect(recording.runs.first?.failure == "time limit")
    let text = try room.read("grandchild").split(separator: "\n").first ?? ""
    let grandchild = try #require(Int32(text))
    // It has been killed; that its entry goes is the business of whoever adopts it.
    if let process = ProcessIdentity(grandchild) { try process.waitForEnd() }
    #expect(ProcessIdentity(grandchild) == nil)
  }

  @Test func whatARunLeavesBehindIsEnded() throws {
    let (recording, _) = try run(
      plan([("A", shell("sleep 3600 & echo $! >>left"))], pairs: 2))
    #expect(recording.runs.allSatisfy { $0.failure == nil })
    for line in try room.read("left").split(separator: "\n") {
      let left = try #require(Int32(line))
      if let process = ProcessIdentity(left) { try process.waitForEnd() }
      #expect(ProcessIdentity(left) == nil)
    }
  }

  @Test func setupsPreparationsAndTeardownsRunInTheirPlaces() throws {
    var plan = plan([("A", shell("echo run >>log"))], pairs: 2)
    plan.arms[0].setup = shell("echo setup >>log")
    plan.arms[0].prepare = shell("echo prepare >>log")
    plan.arms[0].teardown = shell("echo teardown >>log")
    _ = try run(plan)
    #expect(
      try room.read("log") == "setup\nprepare\nrun\nprepare\nrun\nteardown\n")
  }

  @Test func aSetupThatFailsEndsItAndIsTornDown() throws {
    var plan = plan([("A", ["true"]), ("B", ["true"])])
    plan.arms[0].setup = shell("exit 4")
    plan.arms[0].teardown = shell("echo A >>log")
    plan.arms[1].teardown = shell("echo B >>log")
    #expect(throws: HarnessError(text: "the setup of A failed: exit status 4")) { try run(plan) }
    #expect(try room.read("log") == "A\n", "H3: only what was begun")
  }

  @Test func aPreparationThatFailsFailsTheRun() throws {
    var plan = plan([("A", ["true"])], pairs: 1)
    plan.arms[0].prepare = ["false"]
    #expect(try run(plan).recording.runs.first?.failure == "preparation: exit status 1")
  }

  @Test func anInterruptKeepsWhatWasMeasured() throws {
    let made = unsafe room.path("fifo").description.withCString { unsafe mkfifo($0, 0o600) }
    try #require(made == 0)
    let fifo = try Descriptor.open(room.path("fifo"), O_RDONLY | O_NONBLOCK)
    // The fourth run asks for the end, and would itself go on for an hour.
    let text = "echo x >>runs; [ $(wc -l <runs) -lt 4 ] || { echo >fifo; sleep 3600; }"
    var plan = plan([("A", shell(text))], pairs: 1000)
    plan.arms[0].teardown = shell("echo teardown >log")
    let (recording, heard) = try run(plan, interrupt: fifo.raw)
    #expect(recording.end == .interrupted)
    #expect(heard.reason == .interrupted)
    #expect(recording.runs.count == 3, "H2: the run that was cut off is not recorded")
    #expect(recording.runs.allSatisfy { $0.failure == nil })
    #expect(try room.read("log") == "teardown\n", "H3: though the interrupt is still there")
  }

  @Test func readsResultsFromTheOutput() throws {
    var plan = plan([
      (
        "A",
        shell(
          "echo 'BenchmarkX 10 5 ns/op'; echo 'BenchmarkX 10 7 ns/op'; echo 'BenchmarkY 1 1 B/op'")
      )
    ])
    plan.output = .results
    plan.metric = "ns/op"
    let (recording, heard) = try run(plan)
    let values = try #require(recording.measurement["A", "X", "ns/op"]?.values)
    #expect(values.count == 3)
    #expect(values.allSatisfy { abs($0 - 6e-9) < 1e-18 }, "a run is one value")
    #expect(recording.measurement["A", "Y", "B/op"]?.values == [1, 1, 1])
    #expect(recording.measurement.metrics.first?.name == "ns/op")
    #expect(heard.metrics == ["ns/op", "B/op"])
  }

  @Test func outputThatIsNoResultFailsTheRun() throws {
    var plan = plan([("A", shell("echo hello"))], pairs: 1)
    plan.output = .results
    let failure = try run(plan).recording.runs.first?.failure ?? ""
    #expect(failure.hasPrefix("its output: standard output:1: 'hello' is not a number"))
  }

  @Test func aMetricThatNobodyGivesIsAnError() throws {
    var plan = plan([("A", ["true"])], pairs: 1)
    plan.metric = "nonsense"
    #expect(throws: HarnessError.self) { try run(plan) }
  }

  @Test func armsHaveTheirOwnEnvironmentAndDirectory() throws {
    try room.write("sub/x", "")
    var plan = plan([("A", shell("echo $V $(ls) ${#MINISTAT_PADDING} >../out"))], pairs: 1)
    plan.arms[0].directory = room.path("sub")
    plan.arms[0].variables = [Fact("V", "7")]
    plan.isShaken = true
    let (recording, _) = try run(plan)
    let padding = try #require(recording.runs.first?.facts["padding"])
    #expect(try room.read("out") == "7 x \(padding)\n")
  }

  @Test func anEmulatorRunsTheProgramThatIsRecorded() throws {
    var plan = plan([("A", ["./prog"])], pairs: 1)
    try room.write("prog", "echo emulated >out\n")
    plan.arms[0].emulator = ["/bin/sh"]
    let (recording, _) = try run(plan)
    #expect(try room.read("out") == "emulated\n")
    #expect(recording.arms[0].command == ["./prog"])
    #expect(recording.arms[0].facts["emulator"] == "/bin/sh")
  }

  @Test func aDuetRunsBothAtOnceOnTheirProcessors() throws {
    let cpus = try Affinity.current()
    if cpus.count < 2 { return }  // there is nothing to test on one
    let word = "grep Cpus_allowed_list /proc/self/status | cut -f 2 >>"
    var plan = plan([("A", shell(word + "a")), ("B", shell(word + "b"))], pairs: 6)
    plan.isDuet = true
    plan.cpus = [cpus[0], cpus[1]]
    let (recording, _) = try run(plan)
    #expect(recording.runs.count == 12)
    #expect(recording.design == .duet(seed: 42))
    for (arm, file) in [("A", "a"), ("B", "b")] {
      let seen = try room.read(file).split(separator: "\n").map(String.init)
      let told = recording.runs.filter { $0.arm == arm }.map { $0.facts["cpu"] ?? "" }
      #expect(seen == told)
    }
    #expect(try Affinity.current() == cpus, "H4")
  }

  @Test func aProcessorThatIsNotThereIsAnError() throws {
    var plan = plan([("A", ["true"])])
    plan.cpus = [1000]
    #expect(throws: HarnessError.self) { try run(plan) }
  }

  @Test func aProgramThatIsNotThereIsAnError() throws {
    #expect(throws: HarnessError(text: "A: there is no program './nothing' to run")) {
      try run(plan([("A", ["./nothing"])]))
    }
  }

  @Test(
    "system calls that fail fail the run",
    arguments: ["posix_spawn", "pidfd_open", "memfd_create", "poll"])
  func faults(_ call: String) throws {
    let thread = pthread_self()
    let recording = try Faults.inject({ name in
      name == call && pthread_equal(thread, pthread_self()) != 0 ? EMFILE : nil
    }) {
      try run(plan([("A", ["true"])], pairs: 100)).recording
    }
    #expect(recording.end == .failing)
    #expect(recording.runs.count == RunPlan.failuresMax)
    #expect(recording.runs.allSatisfy { ($0.failure ?? "").hasPrefix("cannot be run: ") })
  }

  /// A child that was started is waited for whatever fails: none is left as a zombie.
  @Test func noChildIsLeft() throws {
    let thread = pthread_self()
    let pidFile = room.path("pid")
    _ = try Faults.inject({ name in
      guard name == "poll", pthread_equal(thread, pthread_self()) != 0 else { return nil }
      // Not before the child has said who it is.
      while ((try? Files.status(pidFile)) ?? nil)?.size ?? 0 == 0 { sched_yield() }
      return ENOMEM
    }) {
      try run(plan([("A", shell("echo $$ >pid; exec sleep 3600"))], pairs: 1))
    }
    let child = try #require(Int32(try room.read("pid").split(separator: "\n").first ?? ""))
    #expect(kill(child, 0) == -1 && errno == ESRCH, "C1: not even its entry is left")
  }
}
