// What is simulated: how values come about, and what must come out.

internal import Glibc
package import MiniStat

/// How the values of one arm follow each other.
package enum Process: Sendable {
  /// Independent normal values.
  case normal
  /// Independent lognormal values whose logarithm has this deviation.
  case lognormal(Double)
  /// Normal values, one in ten of which has five times the deviation, upwards.
  case outliers
  /// A first-order process with this coefficient, deviation 1.
  case chained(Double)
  /// Normal values on a line that rises by so many deviations from the first value of the base
  /// to the last of the other, which follows it.
  case drift(Double)
}

/// A simulated experiment.
package struct Scenario: Sendable {
  /// What the table calls it.
  package let name: String
  /// The values of the base.
  package let baseCount: Int
  /// The values of the other.
  package let otherCount: Int
  /// How the values come about.
  package let process: Process
  /// The deviation of an arm over its mean.
  package let variation: Double
  /// The deviation of the other over that of the base.
  package let spread: Double
  /// The true ratio of the means.
  package let ratio: Double

  /// A scenario; values of an arm vary by a tenth of their mean.
  package init(
    name: String, baseCount: Int, otherCount: Int, process: Process, variation: Double = 0.1,
    spread: Double = 1, ratio: Double = 1
  ) {
    self.name = name
    self.baseCount = baseCount
    self.otherCount = otherCount
    self.process = process
    self.variation = variation
    self.spread = spread
    self.ratio = ratio
  }

  /// Two arms, the base measured first.
  package func draw(_ generator: inout Generator) -> (base: Arm, other: Arm) {
    let total = Double(baseCount + otherCount - 1)
    let base = series(baseCount, from: 0, total: total, &generator)
    let other = series(otherCount, from: Double(baseCount), total: total, &generator)
    let scaled = other.map { (1 + ($0 - 1) * spread) * ratio }
    return (Arm(name: "A", values: base), Arm(name: "B", values: scaled))
  }

  private func series(
    _ count: Int, from start: Double, total: Double, _ generator: inout Generator
  ) -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(count)
    var last = generator.normal()
    for index in 0..<count {
      let deviate: Double
      switch process {
      case .normal: deviate = generator.normal()
      case .lognormal(let sigma):
        // With mean 1; its variation is its own.
        values.append(exp(sigma * generator.normal() - sigma * sigma / 2))
        continue
      case .outliers:
        let wide = generator.uniform() < 0.1
        deviate = wide ? 5 * abs(generator.normal()) : generator.normal()
      case .chained(let coefficient):
        if index > 0 {
          last =
            coefficient * last
            + (1 - coefficient * coefficient).squareRoot() * generator.normal()
        }
        deviate = last
      case .drift(let rise):
        deviate = generator.normal() + rise * (start + Double(index)) / total
      }
      values.append(1 + variation * deviate)
    }
    return values
  }
}

/// What came out of many experiments of one scenario.
package struct Outcome: Sendable {
  /// How often it was played.
  package private(set) var rounds = 0
  /// The interval of the headline excluded "no change".
  package private(set) var different = 0
  /// The same without a warning.
  package private(set) var differentUnwarned = 0
  /// There was a warning.
  package private(set) var warned = 0
  /// Fieller's interval covered the true ratio.
  package private(set) var coveredByFieller = 0
  /// The headline's interval covered it.
  package private(set) var coveredByHeadline = 0
  /// How often each warning came.
  package private(set) var warnings: [String: Int] = [:]

  /// Nothing has come out yet.
  package init() {}

  /// Plays `scenario` once.
  package mutating func add(_ scenario: Scenario, _ generator: inout Generator) {
    let (base, other) = scenario.draw(&generator)
    let comparison = Comparison(base: base, other: other)
    let isWarned = !comparison.warnings.isEmpty
    let isDifferent = comparison.headline.excludesNeutral
    rounds += 1
    different += isDifferent ? 1 : 0
    differentUnwarned += isDifferent && !isWarned ? 1 : 0
    warned += isWarned ? 1 : 0
    // Where ratios mean nothing the truth is a difference, of a base whose mean is 1.
    let truth = comparison.headline.isRatio ? scenario.ratio : scenario.ratio - 1
    coveredByHeadline += comparison.headline.estimate.interval.contains(truth) ? 1 : 0
    let means = MeanComparison(base: comparison.base.moments, other: comparison.other.moments)
    if means.baseMean > 0 && means.ratio(.standard).interval.contains(scenario.ratio) {
      coveredByFieller += 1
    }
    for code in Set(comparison.warnings.map(\.code)) { warnings[code, default: 0] += 1 }
  }

  /// `count` as a share of the rounds, in percent.
  package func percent(_ count: Int) -> Double { 100 * Double(count) / Double(rounds) }
}
