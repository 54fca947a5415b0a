import MiniStat
import MiniStatSimulation
import Testing

/// Few rounds of what `bin/bench ministat --simulate` plays at length: the limits are those of
/// the promises, widened by four deviations of a share of so few rounds.
@Suite("Simulated error rates") struct SimulationTests {
  private func play(
    _ process: Process, _ count: Int, ratio: Double = 1, rounds: Int = 400
  ) -> Outcome {
    let scenario = Scenario(
      name: "test", baseCount: count, otherCount: count, process: process, ratio: ratio)
    var generator = Generator(seed: 20_150_715)
    var outcome = Outcome()
    for _ in 0..<rounds { outcome.add(scenario, &generator) }
    return outcome
  }

  @Test("clean data are called different in 5 of 100 cases, with few warnings", arguments: [5, 20])
  func clean(_ count: Int) {
    let outcome = play(.normal, count)
    #expect((0.9...9.4).contains(outcome.percent(outcome.different)))
    #expect(outcome.percent(outcome.warned) < 9.4)
    #expect((90.6...99.5).contains(outcome.percent(outcome.coveredByFieller)))
  }

  @Test("lognormal data are covered")
  func covered() {
    let outcome = play(.lognormal(0.3), 10, ratio: 1.05)
    #expect((90.6...99.5).contains(outcome.percent(outcome.coveredByFieller)))
  }

  @Test("chained values and drifts are warned of", arguments: [Process.chained(0.9), .drift(3)])
  func warned(_ process: Process) {
    let outcome = play(process, 30, rounds: 200)
    #expect(outcome.percent(outcome.warned) > 85)
  }

  @Test("what is half chained seldom passes as different without a warning")
  func unwarned() {
    let outcome = play(.chained(0.5), 20, rounds: 300)
    #expect(outcome.percent(outcome.differentUnwarned) < 13)
    #expect(outcome.different > 0)
  }

  @Test("a generator's sequence is what it was")
  func sequence() {
    var generator = Generator(seed: 1)
    let drawn = (0..<3).map { _ in generator.next() }
    // From the reference implementations of SplitMix64 and xoshiro256**, in Python.
    #expect(drawn == [0xb3f2_af6d_0fc7_10c5, 0x853b_5596_4736_4cea, 0x92f8_9756_082a_4514])
  }
}
