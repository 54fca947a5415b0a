import MiniStat
import Testing

@testable import MiniStatRun

@Suite("Units and digits") struct ReportUnitTests {
  @Test(
    "of magnitudes",
    arguments: [
      (0.0214, "s", "21.4 ms"), (2.14e-5, "s", "21.4 µs"), (3e-9, "s/op", "3 ns/op"),
      (214, "s", "214 s"), (1.5e6, "ns", "1.5 ms"), (0.001, "s", "1 ms"), (0, "s", "0 s"),
      (90, "min", "5400 s"), (5_368_709, "B", "5.12 MiB"), (2, "KiB", "2 KiB"), (0.5, "B", "0.5 B"),
      (1.5e6, "B/s", "1.431 MiB/s"), (1.23e9, "", "1.23 ×10⁹"), (12345, "", "1.234e+04 "),
      (3.2e-7, "", "320 ×10⁻⁹"), (4.2e9, "Hz", "4.2 GHz"), (5e6, "allocs/op", "5 M allocs/op"),
      (99, "%", "99 %"), (7, "allocs/op", "7 allocs/op"), (-0.0214, "s", "-21.4 ms"),
    ])
  func units(_ value: Double, _ unit: String, _ expected: String) {
    let shown = ReportUnit.showing(value, of: unit)
    let text = NumberText.general(value / shown.divisor, digits: 4) + " " + shown.symbol
    #expect(text == expected)
  }

  @Test func unitsInASCII() {
    #expect(ReportUnit.showing(2e-5, of: "s", isASCII: true).symbol == "us")
    #expect(ReportUnit.showing(2e9, of: "", isASCII: true).symbol == "e9")
    #expect(ReportUnit.showing(2e9, of: "s", isASCII: true).symbol.utf8.allSatisfy { $0 < 0x80 })
  }

  @Test(
    "as many as the interval warrants",
    arguments: [
      (21.3412, 0.122, "21.34"), (21.3412, 0.4, "21.3"), (21.3412, 3, "21.3"), (21.3412, 9.6, "21"),
      (21.3412, 40, "21"), (1234.5, 120, "1230"), (1234.5, 0, "1234"), (0.5, .infinity, "0.5000"),
      (0, 0.12, "0.00"), (1e6 / 7, 5e-12, "142857.142857143"), (-21.3412, 0.122, "-21.34"),
      (0, 0, "0"), (512, 0, "512"), (5.12, 0, "5.120"), (123_456, 3_600, "123000"),
    ])
  func digits(_ value: Double, _ halfWidth: Double, _ expected: String) {
    let decimals = ReportNumber.decimals(value, halfWidth: halfWidth)
    #expect(ReportNumber.text(value, decimals: decimals) == expected)
  }

  @Test func words() {
    #expect(ReportNumber.percent(-0.048, decimals: 1) == "-4.8 %")
    #expect(ReportNumber.percent(0.0025, decimals: 2) == "+0.25 %")
    #expect(ReportNumber.percent(0.0001, decimals: 1) == "0.0 %")
    #expect(ReportNumber.percent(-0.0001, decimals: 1) == "0.0 %")
    #expect(ReportNumber.probability(0.00002) == "<0.001")
    #expect(ReportNumber.probability(0.0344) == "0.034")
    #expect(ReportNumber.probability(.nan) == "-")
    #expect(ReportFigure.minus("a-b -1.5 (-2) 1e-5 x -y two-1") == "a-b −1.5 (−2) 1e-5 x -y two-1")
  }
}

@Suite("Filters and keys") struct ReportFilterTests {
  private let values = [
    "name": "Sort/n=1000", "arm": "old", "goos": "linux", "pkg": "a b", "dash": "-x",
  ]

  @Test(
    "choose",
    arguments: [
      ("*", true), ("name:Sort*", true), ("name=Sort*", true), ("name:sort*", false),
      ("name:*1000", true), ("name:S?rt/n=*", true), ("arm:new", false), ("-arm:new", true),
      ("NOT arm:new", true), ("arm:old goos:linux", true), ("arm:old AND goos:darwin", false),
      ("arm:new OR goos:linux", true), ("arm:(new old)", true), ("arm:(new OR old)", true),
      ("(arm:new OR arm:old) goos:linux", true), ("pkg:\"a b\"", true), ("none:\"\"", true),
      ("arm:new OR arm:x OR name:*", true), ("-(arm:old goos:linux)", false), ("dash:-x", true),
      ("arm:new arm:old OR arm:old", true), ("name:Sort/n=1000", true), ("name:***", true),
    ])
  func choose(_ text: String, _ expected: Bool) throws {
    let filter = try ReportFilter(text)
    #expect(filter.matches { values[$0] ?? "" } == expected)
  }

  @Test(
    "say what is wrong with them, and where",
    arguments: [
      ("", 0, "a condition such as name:Sort* is missing"),
      ("name", 0, "'name' is no condition: write key:value, as in name:name"),
      ("name:", 5, "a value is missing"), ("(name:a", 7, "')' is missing"),
      ("name:a)", 6, "')' is not expected here"), ("name:\"a", 5, "a quotation mark is not closed"),
      ("name:(a", 7, "')' is missing"), ("a:b OR", 6, "a condition such as name:Sort* is missing"),
    ])
  func wrong(_ text: String, _ offset: Int, _ reason: String) {
    #expect(throws: ReportFilter.Failure(reason: reason, offset: offset)) {
      try ReportFilter(text)
    }
  }

  @Test("take any input without a trap, in bounded depth")
  func anything() {
    let seed = UInt64.random(in: 0..<1 << 40)
    var state = seed
    let alphabet = Array("ab:=*?()\"- OR")
    for _ in 0..<5000 {
      var text = ""
      for _ in 0..<(state >> 33) % 24 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text.append(alphabet[Int(state >> 33) % alphabet.count])
      }
      state = state &* 6_364_136_223_846_793_005 &+ 1
      _ = try? ReportFilter(text).matches { _ in "ab" }  // only a trap would be wrong
    }
    #expect(throws: ReportFilter.Failure.self) {
      try ReportFilter(String(repeating: "(", count: 100_000))
    }
    #expect(throws: ReportFilter.Failure.self) {
      try ReportFilter(String(repeating: "-", count: 100_000) + "a:b")
    }
  }

  @Test("keys are names, labels, and parts of names")
  func keys() {
    let series = Series(
      arm: "old", benchmark: "Sort/n=1000/kind=fast-8", metric: "sec/op", values: [1],
      labels: [Fact("goos", "linux")])
    let metric = MiniStatRun.Metric(name: "sec/op", unit: "s/op")
    let value = { ReportKeys.value($0, of: series, metric: metric) }
    #expect(value("name") == "Sort/n=1000/kind=fast-8")
    #expect(value(".name") == "Sort")
    #expect(value("/n") == "1000" && value("n") == "1000" && value("kind") == "fast-8")
    #expect(value("goos") == "linux" && value("arm") == "old" && value("unit") == "s/op")
    #expect(value("metric") == "sec/op" && value("nosuch") == "")
    #expect(
      ReportKeys.value("name", of: series, metric: metric, taken: ["/n"])
        == "Sort/kind=fast-8")
    #expect(ReportKeys(parsing: "goos, arm").label(of: series, metric: metric) == "linux old")
  }
}

@Suite("A report") struct ReportTests {
  @Test("has the arms as columns and the benchmarks as rows, the first arm as base")
  func shape() throws {
    let report = try Report(ReportSamples.suite(versions: 3), ReportRequest(.compare))
    #expect(report.sections.count == 1)
    #expect(report.main.columns == ["v1.2", "v1.3", "v1.4"])
    #expect(report.main.rows.count == 8)
    #expect(report.main.rows[3].comparisons[2] == nil)
    #expect(report.main.rows.allSatisfy { $0.comparisons[0] == nil })
    #expect(report.main.geometricMeans[0] == nil && report.main.geometricMeans[1] != nil)
    #expect(report.main.left == ["Sort/n=1000"])
  }

  @Test("compares three sets or more as one question, if it is about one thing")
  func together() throws {
    let odd = try Report(ReportSamples.odd(), ReportRequest(.compare))
    let arms = try #require(odd.main.together)
    #expect(arms.names == odd.main.columns)
    #expect(arms.tukey.count == 3 && arms.dunnett.count == 2)
    var request = ReportRequest(.compare)
    request.base = "two|heaps"
    let other = try Report(ReportSamples.odd(), request)
    #expect(
      other.main.together?.dunnett.map { other.main.columns[$0.other] }.contains("base") == true)
    #expect(try Report(ReportSamples.odd(), ReportRequest(.summary)).main.together == nil)
    #expect(try Report(ReportSamples.pair(), ReportRequest(.compare)).main.together == nil)
    #expect(
      try Report(ReportSamples.suite(versions: 3), ReportRequest(.compare)).main.together == nil)
  }

  @Test("compares with the base that is asked for")
  func base() throws {
    var request = ReportRequest(.compare)
    request.base = "new"
    let report = try Report(ReportSamples.pair(), request)
    #expect(report.main.columns == ["new", "old"])
    #expect(report.main.rows[0].comparisons[1]?.verdict == .worse)
    request.base = "none"
    #expect(throws: ReportFailure.noBase("none", columns: ["old", "new"])) {
      try Report(ReportSamples.pair(), request)
    }
  }

  @Test("is about what the filter leaves, and about the metrics that are asked for")
  func chosen() throws {
    var request = ReportRequest(.compare)
    request.filter = try ReportFilter("pkg:text -name:Print")
    let report = try Report(ReportSamples.suite(), request)
    #expect(report.main.rows.map(\.name) == ["Parse/small", "Parse/large"])
    request.filter = try ReportFilter("name:nothing")
    #expect(throws: ReportFailure.nothing) { try Report(ReportSamples.suite(), request) }
    request = ReportRequest(.compare)
    request.metrics = ["maxrss", "wall"]
    #expect(
      try Report(ReportSamples.pair(), request).sections.map(\.metric.name) == request.metrics)
    request.metrics = ["nosuch"]
    #expect(throws: ReportFailure.self) { try Report(ReportSamples.pair(), request) }
  }

  @Test("lays out by any keys")
  func projection() throws {
    var request = ReportRequest(.compare)
    request.rows = ReportKeys(parsing: ".name")
    request.columns = ReportKeys(parsing: "/n")
    request.filter = try ReportFilter("name:Sort* arm:v1.2")
    let report = try Report(ReportSamples.suite(), request)
    #expect(report.main.rows.map(\.name) == ["Sort"])
    #expect(report.main.columns == ["1000", "1000000"])
    request = ReportRequest(.compare)
    request.rows = ReportKeys(parsing: "pkg")
    let merged = try Report(ReportSamples.suite(), request)
    #expect(merged.main.rows.map(\.name) == ["text", "algo"])
    #expect(merged.main.rows[0].cells[0]?.arm.count == 36)
  }

  @Test("pairs what was measured in the same blocks, if it is most of the values")
  func pairs() throws {
    let report = try Report(ReportSamples.pair(), ReportRequest(.compare))
    #expect(report.main.rows[0].comparisons[1]?.comparison.paired?.count == 30)
    var all = Measurement()
    let values = ReportSamples.values(12, 5, 0.1)
    all.add(Series(arm: "a", metric: "m", values: values, blocks: Array(0..<12)))
    all.add(Series(arm: "b", metric: "m", values: values, blocks: Array(8..<20)))
    let apart = try Report(all, ReportRequest(.compare)).main.rows[0]
    #expect(apart.comparisons[1]?.comparison.paired == nil)
    #expect(apart.cells[1]?.summary.count == 12)
  }

  @Test("says in words what a comparison comes to")
  func statements() throws {
    func first(_ old: Double, _ new: Double, _ metric: MiniStatRun.Metric, deviation: Double = 0.01)
      throws
      -> String
    {
      var all = Measurement()
      all.add(metric)
      for (name, mean, turn) in [("old", old, 0), ("new", new, UInt64(5))] {
        let values = ReportSamples.values(20, mean, deviation, turn: turn)
        all.add(Series(arm: name, metric: metric.name, values: values))
      }
      let report = try Report(all, ReportRequest(.compare))
      return ReportContent(report, glyphs: .unicode).statements()[0].sentence
    }
    let time = MiniStatRun.Metric(name: "wall", unit: "s")
    #expect(try first(1, 0.9, time) == "new is faster than old")
    #expect(try first(1, 1.1, time) == "new is slower than old")
    #expect(try first(1, 1, time, deviation: 0.001) == "new is the same as old within 1 %")
    #expect(try first(1, 1.01, time, deviation: 0.05).hasPrefix("undecided whether new differs"))
    #expect(
      try first(1, 0.9, MiniStatRun.Metric(name: "maxrss", unit: "B")) == "new is smaller than old")
    #expect(
      try first(1, 0.9, MiniStatRun.Metric(name: "minor-faults", unit: ""))
        == "new has fewer minor-faults than old")
    let rate = MiniStatRun.Metric(name: "speed", unit: "B/s", better: .higher)
    #expect(try first(1, 0.9, rate) == "new is slower than old")
    let neutral = MiniStatRun.Metric(name: "x", unit: "", better: .neither)
    #expect(try first(1, 0.9, neutral) == "new is lower than old")
  }
}

@Suite("The progress line") struct ReportProgressTests {
  private func state(_ blocks: Int) -> ReportProgress {
    var state = ReportProgress()
    state.blocks = blocks
    state.blocksMax = 60
    state.elapsedNs = 31_400_000_000
    state.base = "old"
    state.arm = "new"
    state.ratio = 0.963
    state.halfWidth = 0.011
    state.halfWidthGoal = 0.005
    state.failures = 1
    return state
  }

  @Test("says what fits, the most important first")
  func lines() {
    let state = state(12)
    let bar = "━━━━────────────────"
    #expect(
      state.line(width: 100).plain
        == "12 of 60 blocks  \(bar)  0:31  new/old -3.7 % ± 1.1 %  goal 0.5 %  1 failed")
    #expect(
      state.line(width: 80, glyphs: .ascii).plain
        == "12 of 60 blocks  0:31  new/old -3.7 % +- 1.1 %  goal 0.5 %  1 failed")
    #expect(state.line(width: 40).plain == "12 of 60 blocks  new/old -3.7 % ± 1.1 %")
    #expect(ReportProgress().line(width: 80).plain == "0 runs  0:00")
  }

  @Test("never exceeds the width, and is never drawn beyond its end")
  func width() {
    for blocks in [0, 1, 12, 60, 99] {
      for width in 0...120 {
        for glyphs in [PlotGlyphs.unicode, .ascii] {
          var state = state(blocks)
          if blocks == 99 {
            state.arm = ReportSamples.hostile
            state.ratio = .infinity
            state.halfWidth = .nan
            state.elapsedNsMax = 0
            state.elapsedNs = .max
          }
          let line = state.line(width: width, glyphs: glyphs)
          #expect(line.width <= width, "\(line.plain)")
          #expect(!line.plain.unicodeScalars.contains { $0.value < 0x20 })
        }
      }
    }
  }

  @Test("is done when what ends the measurement is reached")
  func part() {
    var state = state(30)
    #expect(state.part == 0.5)
    state.halfWidth = 0.005
    #expect(state.part == 1)
    state.halfWidth = 0.01
    #expect(state.part == 0.5)
    state.blocksMax = nil
    #expect(state.part == 0.25)
    state.elapsedNsMax = 31_400_000_000
    #expect(state.part == 1)
    #expect(ReportProgress().part == nil)
  }
}
