import Lib9c
import LibAIO
import SimPrograms
import SystemPackage
import Testing

@Suite("Simulated programs") struct SimProgramTests {
  /// Fewer than `aio-sim` runs in a moment; enough for a change that breaks something to be seen.
  private static let seeds = 1...30 as ClosedRange<UInt64>

  @Test("break no promise", arguments: seeds)
  func promises(seed: UInt64) {
    let report = SimRun(seed: seed).run()
    let story = report.trace.joined(separator: "\n")
    #expect(
      report.violations.isEmpty,
      "aio-sim --seed \(seed) --program \(report.program.rawValue)\n\(story)")
    #expect(report.events >= SimRun.eventsMin && report.faults >= SimRun.faultsMin)
  }

  @Test("are one run for one seed", arguments: SimProgram.Kind.rotation)
  func replay(program: SimProgram.Kind) {
    let runs = (0..<2).map { _ in SimRun(seed: 4711, program: program).run() }
    #expect(runs[0].digest == runs[1].digest && runs[0].events == runs[1].events)
    #expect(SimRun(seed: 4712, program: program).run().digest != runs[0].digest)
  }

  @Test func sayWhatIsUnderWay() throws {
    let network = Aio.SimNetwork(seed: 7)
    let loop = try Aio.World.simulated(network).makeLoop()
    let listener = try loop.announce(.ipv4(0, port: 7))
    loop.accept(on: listener, to: Aio.Callback { _, _ in })
    network.run()
    #expect(network.audit().isEmpty && network.unfinished().isEmpty)
    #expect(network.state().contains { $0.contains("accept") })
    #expect(!network.remains().isEmpty, "the loop is still held")
    loop.close(listener)
    network.run()
    #expect(network.state() == ["loop 0: 1024 of 1024 buffers free, 0 timers"])
  }

  @Test func filesAndNamesAreTheWorlds() throws {
    let network = Aio.SimNetwork(seed: 7, faults: Aio.SimFaults())
    network.faults.shortOneIn = 0
    network.names["host"] = [.ipv4(0x0A00_0001, port: 0)]
    try network.addFile("/there", Array("bytes".utf8))
    let loop = try Aio.World.simulated(network).makeLoop()
    var results: [Int] = []
    let told = Aio.Callback { completion, _ in results.append(completion.result) }
    loop.access("/there", 0, to: told)
    loop.access("/etc/passwd", 0, to: told)
    loop.runUntilIdle()
    #expect(results.sorted() == [-2, 0], "nothing of the machine is seen")
    var found = 0
    loop.resolve(
      try .init(parsing: "tcp!host!80"),
      to: Aio.Callback { completion, _ in
        found = completion.addresses.count
      })
    loop.runUntilIdle()
    #expect(found == 1)
  }
}
