// The simulation: theory of operation.
//
// Each line of the table plays one scenario many times, from a seed of its own, and compares what
// came out with what was promised:
//
//     false positives   4 to 6 % of clean comparisons say "different"
//     warnings          at most 5 % of clean comparisons, at least 90 % of drifting or strongly
//                       chained ones
//     effective         "different" without a warning: at most 8 % for a coefficient of 0.5
//     coverage          94 to 97 % of Fieller's intervals hold the true ratio
//
// With 20,000 rounds a share of 5 % is known to 0.3 points (two deviations).

internal import MiniStat

/// A scenario with what is promised of it, in percent.
package struct Promise: Sendable {
  let scenario: Scenario
  var different: ClosedRange<Double>?
  var unwarned: ClosedRange<Double>?
  var warned: ClosedRange<Double>?
  var covered: ClosedRange<Double>?
}

/// All scenarios and the table.
package enum Simulation {
  static let clean = 4.0...6.0
  static let quiet = 0.0...5.0
  static let loud = 90.0...100.0
  static let covering = 94.0...97.0

  static var promises: [Promise] {
    var all: [Promise] = []
    for count in [5, 8, 10, 20, 30, 100, 300, 1000] {
      all.append(
        Promise(
          scenario: Scenario(
            name: "normal \(count)/\(count)", baseCount: count, otherCount: count,
            process: .normal),
          different: clean, warned: quiet, covered: covering))
    }
    all += unequal + coverage + dependent + steps
    return all
  }

  /// True differences.  What they are warned of is reported, not promised: a step that is about
  /// as large as its errors looks like a drift more often than clean data do.
  private static var steps: [Promise] {
    [(20, 1.05), (20, 1.1), (20, 1.2), (30, 1.1), (50, 1.1), (100, 1.05)].map { count, ratio in
      Promise(
        scenario: Scenario(
          name: "normal \(count)/\(count), ratio \(NumberText.fixed(ratio, decimals: 2))",
          baseCount: count, otherCount: count, process: .normal, ratio: ratio),
        covered: covering)
    }
  }

  private static var unequal: [Promise] {
    [
      Promise(
        scenario: Scenario(
          name: "normal 5 sd x3 / 30", baseCount: 30, otherCount: 5, process: .normal, spread: 3),
        different: clean, warned: quiet),
      Promise(
        scenario: Scenario(
          name: "normal 30 sd x3 / 5", baseCount: 5, otherCount: 30, process: .normal, spread: 3),
        different: clean, warned: quiet),
    ]
  }

  private static var coverage: [Promise] {
    var all: [Promise] = []
    for count in [5, 10, 20, 30] {
      all.append(
        Promise(
          scenario: Scenario(
            name: "lognormal .3 \(count)/\(count)", baseCount: count, otherCount: count,
            process: .lognormal(0.3), ratio: 1.05),
          warned: quiet, covered: covering))
    }
    for count in [10, 30] {
      all.append(
        Promise(
          scenario: Scenario(
            name: "lognormal .3 A/A \(count)", baseCount: count, otherCount: count,
            process: .lognormal(0.3)),
          different: clean, warned: quiet, covered: covering))
    }
    for count in [10, 30] {
      all.append(
        Promise(
          scenario: Scenario(
            name: "10 % outliers \(count)/\(count)", baseCount: count, otherCount: count,
            process: .outliers, variation: 0.05)))
    }
    return all
  }

  private static var dependent: [Promise] {
    var all: [Promise] = []
    for count in [20, 50, 200] {
      all.append(
        Promise(
          scenario: Scenario(
            name: "chained .9, blocks of \(count)", baseCount: count, otherCount: count,
            process: .chained(0.9)),
          warned: loud))
      all.append(
        Promise(
          scenario: Scenario(
            name: "chained .5, blocks of \(count)", baseCount: count, otherCount: count,
            process: .chained(0.5)),
          unwarned: 0...8))
      all.append(
        Promise(
          scenario: Scenario(
            name: "drift of 3 sd, blocks of \(count)", baseCount: count, otherCount: count,
            process: .drift(3)),
          warned: loud))
    }
    return all
  }

  /// Plays all, prints the table; true if all promises were kept.
  package static func run(rounds: Int, seed: UInt64, write: (String) -> Void) -> Bool {
    write("\(rounds) rounds a line, seed \(seed); shares in percent; ! breaks its promise\n")
    write(
      pad("scenario", 30) + "  different  unwarned    warned   Fieller  headline  warnings\n")
    var kept = true
    for (index, promise) in promises.enumerated() {
      var generator = Generator(seed: seed &+ UInt64(index) &* 0x9e37_79b9)
      var outcome = Outcome()
      // Long series are slow, and nothing depends on a tenth of a point there.
      let length = promise.scenario.baseCount
      let played = length >= 300 ? max(100, rounds / 10) : rounds
      for _ in 0..<played { outcome.add(promise.scenario, &generator) }
      let (line, good) = Self.line(promise, outcome)
      write(line + "\n")
      kept = kept && good
    }
    return kept
  }

  private static func line(_ promise: Promise, _ outcome: Outcome) -> (String, Bool) {
    var good = true
    let cell = { (count: Int, range: ClosedRange<Double>?) -> String in
      let percent = outcome.percent(count)
      let kept = range?.contains(percent) ?? true
      good = good && kept
      let text = NumberText.fixed(percent, decimals: 2)
      return String(repeating: " ", count: max(0, 9 - text.count)) + text + (kept ? " " : "!")
    }
    let warnings = outcome.warnings.sorted { $0.value > $1.value }.map {
      "\($0.key) \(NumberText.fixed(outcome.percent($0.value), decimals: 1))"
    }
    let line =
      pad(promise.scenario.name, 30) + " " + cell(outcome.different, promise.different)
      + cell(outcome.differentUnwarned, promise.unwarned)
      + cell(outcome.warned, promise.warned)
      + cell(outcome.coveredByFieller, promise.covered)
      + cell(outcome.coveredByHeadline, nil) + "  " + warnings.joined(separator: ", ")
    return (line, good)
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
