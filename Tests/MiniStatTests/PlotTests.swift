import MiniStat
import Testing

@Suite("Plot scale") struct PlotScaleTests {
  @Test("the lowest value is in the first column, the highest in the last")
  func ends() throws {
    let scale = try #require(PlotScale(columns: 5, showing: [10, 0, 4]))
    #expect(
      [0, 1.24, 1.26, 5, 10, -99, 1e300].map { scale.column(of: $0) } == [0, 0, 1, 2, 4, 0, 4])
  }

  @Test("no span, no scale", arguments: [[1.0, 1], [0, -0.0], [.leastNonzeroMagnitude]])
  func zeroSpan(_ points: [Double]) { #expect(PlotScale(columns: 74, showing: points) == nil) }

  static let tiny = Double.leastNonzeroMagnitude
  static let extremePoints: [[Double]] = [
    [-1.7e308, 0, 1.7e308], [tiny, 2 * tiny, 3 * tiny], [1e300, 2e300, 3e300],
    [-.infinity, 0, .infinity], [1, 1 + 0x1p-52, 1 + 0x1p-51], [1e15, 1e15 + 0.125, 1e15 + 0.25],
  ]

  @Test("extreme values have columns", arguments: extremePoints)
  func extremes(_ points: [Double]) throws {
    for columns in [2, 3, 74, 1000] {
      let scale = try #require(PlotScale(columns: columns, showing: points))
      let places = points.map { scale.column(of: $0) }
      #expect(places.first == 0)
      #expect(places.last == columns - 1)
      #expect(abs(places[1] - columns / 2) <= 1)
    }
  }

  @Test("counting agrees with looking up one by one")
  func counts() throws {
    var random = SeededRandom(seed: 3)
    for columns in [2, 7, 74, 250] {
      let values = (0..<3001).map { _ in random.normal() }
      let scale = try #require(PlotScale(columns: columns, showing: values))
      var counts = [Int](repeating: 0, count: columns)
      for value in values { counts[scale.column(of: value)] += 1 }
      #expect(scale.counts(of: values.span) == counts)
    }
  }
}

@Suite("Dot plot") struct DotPlotTests {
  private func lines(_ plot: DotPlot) -> [String] {
    var lines: [String] = []
    plot.forEachLine { lines.append(String(decoding: $0, as: UTF8.self)) }
    return lines
  }

  private let tall = DotPlot.Series(counts: [3, 0, 1, 0], low: 0, high: 3, median: 1, mean: 1)
  private let flat = DotPlot.Series(counts: [1, 0, 1, 1], low: 1, high: 3, median: 2, mean: 3)

  @Test("is as high as the highest stack, whichever set has it")
  func height() {
    let rows = ["+----+", "|x   |", "|x   |", "|* *+|"]
    #expect(lines(DotPlot([tall, flat])) == rows + ["|||MA|", "+----+"])
    let swapped = ["+----+", "|+   |", "|+   |", "|* *x|", "||AM||", "+----+"]
    #expect(lines(DotPlot([flat, tall])) == swapped)
  }

  @Test func separateBars() {
    let expected = ["+----+", "|x   |", "|x   |", "|* *+|", "||A_||", "| |MA|", "+----+"]
    #expect(lines(DotPlot([tall, flat], separateBars: true)) == expected)
  }

  @Test("stays within a height by letting marks stand for more")
  func scaled() {
    let plot = DotPlot([tall, flat], heightMax: 2)
    #expect(plot.valuesPerMark == 2)
    #expect(lines(plot).count == 2 + 2 + 1)
    #expect(DotPlot([tall, flat], heightMax: 3).valuesPerMark == 1)
    #expect(DotPlot([tall, flat], heightMax: 1).height == 1)
  }

  @Test("a cell shows the symbol of the OR of the sets in it")
  func symbols() {
    let one = DotPlot.Series(counts: [1, 1], low: 0, high: 1, median: 0, mean: 0)
    let all = Array(repeating: one, count: DotPlot.seriesMax)
    #expect(lines(DotPlot(all))[1] == "|OO|")
  }
}

@Suite("Pooled test") struct PooledTestTests {
  private let iguana = PooledTest.Side(count: 7, mean: 300, deviation: 238.04761428476166)
  private let chameleon = PooledTest.Side(count: 5, mean: 540, deviation: 299.08192857476175)

  @Test("the manual's example, by both rules")
  func example() {
    let critical = ConfidenceLevel(percent: 80)?.critical(degreesOfFreedom: 10) ?? 0
    let delta = PooledTest(base: iguana, other: chameleon, critical: critical)
    let exact = PooledTest(
      base: iguana, other: chameleon, critical: critical, relative: .baseExact)
    #expect(delta.isSignificant)
    #expect(NumberText.general(delta.difference) == "240")
    #expect(NumberText.general(delta.halfWidth) == "212.215")
    #expect(NumberText.general(delta.pooledDeviation) == "264.159")
    #expect(NumberText.general(delta.relativeHalfWidth ?? 0) == "102.3")
    #expect(NumberText.general(exact.relativeHalfWidth ?? 0) == "70.7384")
  }

  @Test("a negative base has a positive half width, a base of 0 none")
  func bases() {
    let low = PooledTest.Side(count: 4, mean: -10, deviation: 1)
    let zero = PooledTest.Side(count: 4, mean: 0, deviation: 1)
    for rule in [PooledTest.RelativeRule.delta, .baseExact] {
      let test = PooledTest(base: low, other: zero, critical: 2, relative: rule)
      #expect(test.relative == -100)
      #expect((test.relativeHalfWidth ?? -1) > 0)
      let none = PooledTest(base: zero, other: low, critical: 2, relative: rule)
      #expect(none.relative == nil && none.relativeHalfWidth == nil)
    }
  }

  @Test("neither huge sets nor huge or tiny deviations leave the range")
  func ranges() {
    let big = PooledTest.Side(count: 65536, mean: 10, deviation: 1)
    let test = PooledTest(base: big, other: big, critical: 1.96)
    #expect((test.relativeHalfWidth ?? .infinity) < 1)
    for scale in [1e300, 1e-300] {
      let side = PooledTest.Side(count: 4, mean: 3 * scale, deviation: scale)
      let scaled = PooledTest(base: side, other: side, critical: 2)
      #expect(abs(scaled.pooledDeviation / scale - 1) < 1e-15)
    }
    let constant = PooledTest.Side(count: 3, mean: 1, deviation: 0)
    #expect(!PooledTest(base: constant, other: constant, critical: 2).isSignificant)
  }
}
