import MiniStat
import Testing

@Suite("Plots in text") struct PlotLineTests {
  private func marks(_ values: [Double]) -> PlotMarks {
    let sorted = values.sorted()
    let moments = Moments(values)
    return PlotMarks(
      minimum: sorted[0], lowerQuartile: sorted[sorted.count / 4],
      median: sorted[sorted.count / 2], upperQuartile: sorted[3 * sorted.count / 4],
      maximum: sorted[sorted.count - 1], mean: moments.mean,
      deviation: moments.standardDeviation, count: values.count)
  }

  private func series(_ sets: [(String, [Double])]) -> [PlotSeries] {
    let axis = PlotAxis(showing: sets.flatMap(\.1), margin: 0.05)
    return sets.enumerated().map { index, set in
      PlotSeries(set.0, index: index, values: set.1.span, marks: marks(set.1), axis: axis)
    }
  }

  private let small: [(String, [Double])] = [
    ("old", [3, 4, 4, 5, 5, 5, 6, 6, 7]), ("new", [1, 2, 2, 3, 3, 3, 4, 4, 5]),
  ]

  private func text(_ lines: [PlotText]) -> String {
    lines.map { $0.trimmed + "\n" }.joined()
  }

  @Test func density() {
    let plot = PlotDensity(
      series(small), layout: PlotLayout(columns: 40, glyphs: .ascii, unit: "ms"))
    #expect(
      text(plot.lines()) == """
                          ..:::|||||:::..
                  ...:::|||||||||||||||||||::
        old            |----=====M=====----|
                ..:::|||||:::..
            ::|||||||||||||||||||:::...
        new  |----=====M=====----|
            ------+---------+---------+------
                  2         4         6 ms

        """, "\(text(plot.lines()))")
  }

  @Test func distribution() {
    let plot = PlotDistribution(
      series(small), layout: PlotLayout(columns: 40, glyphs: .ascii), rows: 4)
    #expect(
      text(plot.lines()) == """
              x old   + new
        100% +                ++++++++++#######
             |           +++++     xxxxx
         50% +      +++++     xxxxx
          0% +######xxxxxxxxxx
             +------+---------+---------+------
                    2         4         6

        """, "\(text(plot.lines()))")
  }

  @Test func order() {
    let plot = PlotOrder(series(small), layout: PlotLayout(columns: 40, glyphs: .ascii), rows: 3)
    #expect(
      text(plot.lines()) == """
            6 +                        x   x   x
        old 4 +x   x   x   x   x   x
            2 +

            6 +
        new 4 +            +   +   +   +   +   +
            2 ++   +   +
               ----------------+----------------
                               5

        """, "\(text(plot.lines()))")
  }

  @Test func intervals() {
    let rows = [
      PlotInterval.Row(name: "a", middle: 0.95, low: 0.93, high: 0.97, note: "faster"),
      PlotInterval.Row(name: "b", middle: 1.02, low: 0.99, high: .infinity, note: "undecided"),
      PlotInterval.Row(name: "far", middle: 7, low: 6.9, high: 7.1, note: "slower"),
      PlotInterval.Row(name: "low", middle: -7, low: -8, high: -6, note: "faster"),
      PlotInterval.Row(name: "c", middle: 1, low: 0.99, high: 1.01, note: "same"),
      PlotInterval.Row(name: "d", middle: 1, low: 0.98, high: 1.02, note: "undecided"),
      PlotInterval.Row(name: "none", middle: .nan, low: .nan, high: .nan),
    ]
    let plot = PlotInterval(
      rows, layout: PlotLayout(columns: 50, glyphs: .ascii), margin: 0.01)
    #expect(
      text(plot.lines()) == """
        a     |------o------|      ...:....      faster
        b                          |---------o>  undecided
        far                        ...:....   >  slower
        low  <                     ...:....      faster
        c                          |--o---|      same
        d                      |------o------|   undecided
        none                       ...:....
             --------+--------+-------+--------
                   0.950    0.975   1.000

        """, "\(text(plot.lines()))")
  }

  @Test("stay within their columns, and in ASCII where asked, whatever the values")
  func columns() {
    let seed = UInt64.random(in: 0..<1 << 40)
    var random = SeededRandom(seed: seed)
    for round in 0..<60 {
      let names = ["a", "日本語日本語日本語日本語日本語", String(repeating: "long ", count: 9), "\u{1B}[2J"]
      let scale = [1e-300, 1e-9, 1, 1e9, 1e300][random.below(5)]
      let sets = (0..<(1 + random.below(4))).map { _ in
        (
          random.one(of: names),
          (0..<(1 + random.below(300))).map { _ in random.normal() * scale }
        )
      }
      let columns = 40 + random.below(121)
      let glyphs: PlotGlyphs = round.isMultiple(of: 2) ? .unicode : .ascii
      let layout = PlotLayout(columns: columns, glyphs: glyphs, unit: "ms")
      let drawn = series(sets)
      let rows = sets.map { set in
        PlotInterval.Row(
          name: set.0, middle: set.1[0], low: random.below(9) == 0 ? -.infinity : set.1[0] - scale,
          high: set.1[0] + scale, note: "slower")
      }
      let all =
        PlotDensity(drawn, layout: layout).lines() + PlotDistribution(drawn, layout: layout).lines()
        + PlotOrder(drawn, layout: layout).lines()
        + PlotInterval(rows, layout: layout, reference: 0, margin: scale / 10).lines()
      for line in all {
        #expect(line.width <= columns, "seed \(seed), round \(round): \(line.plain)")
        #expect(line.width == PlotWidth.cells(of: line.plain), "seed \(seed)")
        #expect(!line.plain.unicodeScalars.contains { $0.value < 0x20 }, "seed \(seed)")
        let isASCII = line.plain.utf8.allSatisfy { $0 < 0x80 }
        #expect(glyphs == .unicode || isASCII || line.plain.contains("日"), "seed \(seed)")
      }
    }
  }

  @Test("of many values keep the extremes of each stretch")
  func thinned() {
    let values = (0..<100_001).map { $0 == 50_000 ? 99.0 : $0 == 3 ? -99 : Double($0 % 7) }
    let points = PlotOrder.Points(values.span)
    #expect(points.isThinned && points.last == 100_000)
    #expect(points.values.count <= PlotOrder.Points.countMax + 2)
    #expect(points.values.contains(99) && points.values.contains(-99))
    #expect(zip(points.positions, points.positions.dropFirst()).allSatisfy { $0 < $1 })
    #expect(!PlotOrder.Points([1.0, 2, 3].span, positions: [0, 4, 9]).isThinned)
  }
}
