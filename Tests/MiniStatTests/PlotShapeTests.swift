import Glibc
import MiniStat
import Testing

@Suite("Axes") struct PlotAxisTests {
  @Test("ticks are round, ascending, inside, evenly spaced, and written as what they are")
  func ticks() {
    let seed = UInt64.random(in: 0..<1 << 40)
    var random = SeededRandom(seed: seed)
    for _ in 0..<2000 {
      let low = Double.random(in: -1...1, using: &random) * pow(10, Double(random.below(24) - 12))
      let span = Double.random(in: 0.01...1, using: &random) * max(abs(low), 1e-9)
      let axis = PlotAxis(from: low, to: low + span)
      let count = 2 + random.below(12)
      let ticks = axis.ticks(count)
      #expect(!ticks.isEmpty && ticks.count <= count, "seed \(seed): \(axis)")
      let steps = zip(ticks, ticks.dropFirst()).map { $1.value - $0.value }
      #expect(steps.allSatisfy { $0 > 0 && abs($0 - steps[0]) < 1e-6 * steps[0] }, "seed \(seed)")
      for tick in ticks {
        #expect(axis.place(of: tick.value) > -1e-9 && axis.place(of: tick.value) < 1 + 1e-9)
        let written = Double(tick.text) ?? .nan
        let step = steps.first ?? span
        #expect(abs(written - tick.value) < 1e-3 * step, "seed \(seed): \(tick) on \(axis)")
      }
    }
  }

  @Test("of points and of the ends of what a number can be")
  func extremes() {
    let largest = Double.greatestFiniteMagnitude
    for (low, high) in [
      (5, 5), (0, 0), (-largest, largest), (0, .leastNonzeroMagnitude), (1e300, 1e300), (-3, -3),
      (1, 1.0.nextUp), (largest, largest),
    ] {
      let axis = PlotAxis(from: low, to: high, margin: 0.1)
      #expect(axis.low < axis.high)
      #expect(axis.low.isFinite && axis.high.isFinite)
      #expect((0..<10).contains(axis.step(of: low, of: 10)))
      #expect((0..<10).contains(axis.step(of: .infinity, of: 10)))
      _ = axis.ticks(5)
    }
    #expect(PlotAxis(showing: []).ticks(3).map(\.text) == ["0.0", "0.5", "1.0"])
    #expect(PlotAxis(from: 19, to: 23.5).ticks(6).map(\.text) == ["19", "20", "21", "22", "23"])
  }
}

@Suite("A canvas") struct PlotCanvasTests {
  private func text(_ canvas: PlotCanvas) -> [String] { canvas.lines().map(\.plain) }

  @Test("has 2 x 4 dots a cell in Unicode")
  func braille() {
    var canvas = PlotCanvas(columns: 2, rows: 1, glyphs: .unicode)
    #expect(canvas.width == 4 && canvas.height == 4)
    canvas.dot(x: 0, y: 0, set: 0)
    #expect(text(canvas) == ["⡀ "])
    canvas.dot(x: 1, y: 3, set: 0)
    #expect(text(canvas) == ["⡈ "])
    canvas.dot(x: 2, y: 2, set: 1)
    #expect(text(canvas) == ["⡈⠂"])
    for (x, y) in [(-1, 0), (0, -1), (4, 0), (0, 4)] { canvas.dot(x: x, y: y, set: 0) }
    #expect(text(canvas) == ["⡈⠂"])
  }

  @Test("has symbols in ASCII, and # where sets meet")
  func symbols() {
    var canvas = PlotCanvas(columns: 3, rows: 2, glyphs: .ascii)
    canvas.dot(x: 0, y: 0, set: 0)
    canvas.dot(x: 1, y: 1, set: 1)
    canvas.dot(x: 2, y: 1, set: 0)
    canvas.dot(x: 2, y: 1, set: 1)
    #expect(text(canvas) == [" +#", "x  "])
  }

  @Test("joins steps without gaps")
  func steps() {
    var canvas = PlotCanvas(columns: 5, rows: 4, glyphs: .ascii)
    canvas.steps([0, 0, 3, 3, 1], set: 0)
    #expect(text(canvas) == ["  xx ", "  x x", "  x x", "xx   "])
  }
}

@Suite("Bins") struct PlotBinsTests {
  @Test("count every value, accumulate to 1, and integrate to 1")
  func sums() {
    let seed = UInt64.random(in: 0..<1 << 40)
    var random = SeededRandom(seed: seed)
    let values = (0..<500).map { _ in 20 + random.normal() }
    let axis = PlotAxis(showing: values, margin: 0.5)
    let bins = PlotBins(values.span, on: axis)
    #expect(bins.counts.reduce(0, +) == 500)
    let parts = bins.cumulative()
    #expect(parts.last == 1, "seed \(seed)")
    #expect(zip(parts, parts.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(bins.cumulative(columns: 7).last == 1)
    let density = bins.density(columns: 400, bandwidth: 0.3)
    let area = density.reduce(0, +) * (axis.high - axis.low) / 400
    #expect(abs(area - 1) < 0.01, "seed \(seed): \(area)")
  }

  @Test("agree with the sum of kernels over the values")
  func kernels() {
    let values = [1.0, 2, 2.5, 7]
    let axis = PlotAxis(from: -2, to: 10)
    let bins = PlotBins(values.span, on: axis)
    let density = bins.density(columns: 24, bandwidth: 0.8)
    for (column, value) in density.enumerated() {
      let x = -2 + (Double(column) + 0.5) / 2
      let direct = values.reduce(0) { $0 + exp(-pow((x - $1) / 0.8, 2) / 2) }
      let exact = direct / (4 * 0.8 * (2 * Double.pi).squareRoot())
      #expect(abs(value - exact) < 2e-3)
    }
  }
}
