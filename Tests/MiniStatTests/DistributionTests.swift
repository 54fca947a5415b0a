import Glibc
import MiniStat
import Testing

@Suite("Distributions") struct DistributionTests {
  @Test("critical values are those of the printed table")
  func classicTable() {
    for (percent, text) in studentTable {
      let level = ConfidenceLevel(percent: percent)
      let values = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
      #expect(values.count == 100)
      for (index, value) in values.enumerated() {
        #expect(
          level?.critical(degreesOfFreedom: index + 1) == value, "\(percent) % at \(index + 1)")
      }
    }
  }

  @Test("beyond the table values are exact, or the normal distribution's on demand")
  func beyondTable() {
    let level = ConfidenceLevel.standard
    #expect(abs(level.critical(degreesOfFreedom: 101) - 1.98373100) < 1e-7)
    #expect(level.critical(degreesOfFreedom: 101, from: .tableThenNormal) == 1.96)
    #expect(level.critical(degreesOfFreedom: 100, from: .tableThenNormal) == 1.984)
  }

  @Test("levels that no table has are not rounded, which could make them 0")
  func tinyLevels() throws {
    let level = try #require(ConfidenceLevel(percent: 0.001))
    for source in [ConfidenceLevel.Source.tableThenExact, .tableThenNormal] {
      for df in [1, 100, 101, 100_000] {
        let critical = level.critical(degreesOfFreedom: df, from: source)
        #expect(critical > 1.2e-5 && critical < 1.6e-5)
      }
    }
  }

  @Test("t quantiles have twelve digits from 1 to 2e7 degrees of freedom")
  func studentQuantiles() {
    for (df, inside, outside, t) in studentPoints {
      let ours = StudentT(degreesOfFreedom: df).critical(inside, outside: outside)
      #expect(abs(ours / t - 1) < 1e-12, "df \(df) at \(inside): \(ours), not \(t)")
    }
  }

  @Test("tails and quantiles are each other's inverse")
  func inverse() {
    var random = SeededRandom(seed: 11)
    for _ in 0..<2000 {
      let df = exp(Double.random(in: log(0.7)...log(1e8), using: &random))
      let tail = exp(Double.random(in: log(1e-15)...log(0.5), using: &random))
      let student = StudentT(degreesOfFreedom: df)
      let t = student.quantile(upperTail: tail)
      #expect(abs(student.upperTail(t) / tail - 1) < 1e-10, "df \(df), tail \(tail), t \(t)")
      #expect(abs(student.twoTails(t) / (2 * tail) - 1) < 1e-10)
      #expect(student.quantile(upperTail: 1 - tail) <= 0)
    }
  }

  @Test("the density is the slope of the lower tail", arguments: [1.0, 2.5, 10, 1000, 1e7])
  func density(_ df: Double) {
    let student = StudentT(degreesOfFreedom: df)
    for t in [-3.0, -0.5, 0.25, 1, 2, 4] {
      let h = 1e-4
      let slope = (student.lowerTail(t + h) - student.lowerTail(t - h)) / (2 * h)
      #expect(abs(student.density(t) / slope - 1) < 1e-6)
    }
  }

  @Test(
    "normal quantiles",
    arguments: [
      (0.025, 1.959963984540054), (0.1, 1.2815515655446004), (0.5, 0),
      (1e-10, 6.361340902404056), (1e-300, 37.04709629936119924), (0.975, -1.959963984540054),
    ])
  func normal(_ tail: Double, _ z: Double) {
    #expect(abs(Normal.quantile(upperTail: tail) - z) < 1e-12 * max(1, abs(z)))
  }

  @Test(
    "levels print with as many decimals as they need",
    arguments: [
      (95.0, "95.0%"), (99.5, "99.5%"), (99.99, "99.99%"), (50, "50.0%"), (0.1, "0.1%"),
    ])
  func levels(_ percent: Double, _ text: String) {
    #expect(ConfidenceLevel(percent: percent)?.description == text)
  }

  @Test("levels lie between 0 and 100", arguments: [0, 100, -1, 101, Double.nan, .infinity])
  func badLevels(_ percent: Double) {
    #expect(ConfidenceLevel(percent: percent) == nil)
  }
}
