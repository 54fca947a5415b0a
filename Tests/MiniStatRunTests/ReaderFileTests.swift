import Glibc
import MiniStatRun
import Support
import Sys9
import SystemPackage
import Testing

/// The files in `Samples`, as other programs wrote them.
enum SampleFile {
  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = FilePath(#filePath).removingLastComponent().appending("Samples")
    return try Files.read(folder.appending(name))
  }

  static func read(_ name: String) throws -> Measurement {
    try SourceReader.read(bytes(name), name: name, arm: "arm")
  }
}

@Suite("A file of results") struct ReaderFileTests {
  @Test(
    "is recognised by its content",
    arguments: [
      ("hyperfine.json", SourceFormat.hyperfine), ("go.txt", .goBenchmark),
      ("google-benchmark.json", .googleBenchmark), ("pyperf.json", .pyperf),
      ("criterion.json", .criterion), ("package-benchmark.tsv", .packageBenchmarkSamples),
      ("smaller-is-better.json", .smallerIsBetter),
    ])
  func format(_ name: String, _ format: SourceFormat) throws {
    #expect(try SampleFile.read(name).format == format)
  }

  /// What reading `text` from a descriptor gives, or says.
  private func outcome(_ read: () throws(SourceError) -> Measurement) -> (Measurement?, String) {
    do throws(SourceError) {
      return (try read(), "")
    } catch {
      return (nil, "\(error)")
    }
  }

  @Test("gives the same from a descriptor as from its bytes, in pieces or whole")
  func descriptor() throws {
    let workshop = try Workshop()
    let long = (0..<40_000).map { "\($0).25 x\n" }.joined()
    var texts = [
      "", "\n", "1", "1\n2\n", "1\r\n2", "# c\n1\n2\n", "-1\n2\n", " 1\n2\n", "1\nx\n", "2 y\n",
      "BenchmarkA 1 2 ns/op\n", "7\nBenchmarkA 1 2 ns/op\n", "0\u{0}\n", "1e999\n", "{", long,
      long + "last\n", "9" + String(repeating: " ", count: 300_000) + "\n8",
    ].map { Array($0.utf8) }
    for name in ["hyperfine.json", "go.txt", "package-benchmark.tsv", "pyperf.json"] {
      texts.append(try SampleFile.bytes(name))
    }
    for (index, bytes) in texts.enumerated() {
      try workshop.write("f\(index)", bytes)
      let file = try Descriptor.open(workshop.path("f\(index)"), O_RDONLY)
      let whole = outcome { () throws(SourceError) in
        try SourceReader.read(bytes, name: "f", arm: "f")
      }
      let streamed = outcome { () throws(SourceError) in
        try SourceReader.read(descriptor: file.raw, name: "f", arm: "f")
      }
      #expect(streamed == whole, "text \(index)")
      try file.close()
    }
  }

  @Test("that is a directory says so")
  func directory() throws {
    let file = try Descriptor.open(Workshop().directory.removingLastComponent(), O_RDONLY)
    let found = outcome { () throws(SourceError) in
      try SourceReader.read(descriptor: file.raw, name: "d", arm: "d")
    }
    #expect(found.1 == "d: cannot read: Is a directory")
    try file.close()
  }

  @Test func ofHyperfineHasAnArmACommand() throws {
    let read = try SampleFile.read("hyperfine.json")
    #expect(read.arms.map(\.name) == ["true", "sleep 0.001"])
    #expect(read.metrics == [Metric(name: "wall", unit: "s")])
    let sleep = try #require(read["sleep 0.001", "", "wall"])
    #expect(sleep.values.count == 6)
    #expect(sleep.values.allSatisfy { $0 > 0.001 && $0 < 10 })
    #expect(read.design == .sequential)
  }

  @Test func ofHyperfineKeepsFailuresApart() throws {
    let read = try SampleFile.read("hyperfine-failing.json")
    #expect(read["true", "", "wall"]?.values.count == 3)
    #expect(read["false", "", "wall"] == nil)
    #expect(read.failures.map(\.arm) == ["false", "false", "false"])
    #expect(read.failures.allSatisfy { $0.reason == "exit status 1" })
  }

  @Test func ofGoHasBenchmarksUnitsAndLabels() throws {
    let read = try SampleFile.read("go.txt")
    #expect(read.benchmarks == ["Sort/n=10-2", "Sort/n=100-2", "Repeat-2"])
    #expect(read["arm", "Sort/n=10-2", "B/op"]?.values == [104, 104, 104])
    let rate = try #require(read["arm", "Repeat-2", "MB/s"])
    #expect(abs(rate.values[0] - 1013.86e6) < 1)
    #expect(read.metric("MB/s") == Metric(name: "MB/s", unit: "B/s", better: .higher))
    #expect(read.metric("ns/op") == Metric(name: "ns/op", unit: "s/op"))
    #expect(read.metric("allocs/op") == Metric(name: "allocs/op", unit: "allocs/op"))
    #expect(read.metric("widgets")?.better == .neither)
    let time = try #require(read["arm", "Sort/n=10-2", "ns/op"])
    #expect(time.values.count == 3)
    #expect(abs(time.values[0] - 352.9e-9) < 1e-15)
    #expect(time.labels["pkg"] == "example.org/bench")
    #expect(time.labels["goos"] == "linux")
  }

  @Test func ofGoogleBenchmarkHasIterationsOnly() throws {
    let read = try SampleFile.read("google-benchmark.json")
    #expect(read.benchmarks == ["Copy/8", "Copy/800"])
    let time = try #require(read["arm", "Copy/8", "wall"])
    #expect(time.values.count == 3, "three repetitions, and not their mean")
    #expect(time.values.allSatisfy { $0 > 1e-10 && $0 < 1e-6 }, "microseconds became seconds")
    #expect(read["arm", "Copy/800", "length"]?.values == [800, 800, 800])
    #expect(read.metric("bytes_per_second")?.better == .higher)
    #expect(read.failures.count == 3)
    #expect(read.failures.first?.reason == "Broken: no such thing")
    #expect(read.facts["library_build_type"] == "debug")
  }

  @Test func ofPyperfHasAValueAProcess() throws {
    let read = try SampleFile.read("pyperf.json")
    let series = try #require(read["arm", "timeit", "wall"])
    #expect(series.values.count == 4, "four processes of three values")
    let first = [6.805599969084142e-07, 6.993900024099275e-07, 6.955850039958023e-07]
    #expect(abs(series.values[0] - first.reduce(0, +) / 3) < 1e-18)
  }

  @Test func ofCriterionHasTimePerIteration() throws {
    let read = try SampleFile.read("criterion.json")
    let values = try #require(read["arm", "", "time"]).values
    for (value, wanted) in zip(values, [120e-9, 122e-9, 121e-9, 123e-9]) {
      #expect(abs(value - wanted) < 1e-15)
    }
  }

  @Test func ofPackageBenchmarkHasAMetricASection() throws {
    let read = try SampleFile.read("package-benchmark.tsv")
    #expect(read.metrics.map(\.name) == ["wall", "mallocs", "maxrss", "Throughput (# / s)"])
    let wall = try #require(read["arm", "", "wall"])
    for (value, wanted) in zip(wall.values.sorted(), [31e-6, 32e-6, 32e-6, 40e-6]) {
      #expect(abs(value - wanted) < 1e-12)
    }
    #expect(read["arm", "", "maxrss"]?.values == [12e6])
    #expect(read.metrics[3].better == .higher)
    #expect(read["arm", "", "Throughput (# / s)"]?.values == [31000])
  }

  @Test func ofSmallerIsBetterHasAValueAName() throws {
    let read = try SampleFile.read("smaller-is-better.json")
    #expect(read.benchmarks == ["Decode - Time (wall clock)", "Decode - Malloc (total)"])
    #expect(read["arm", "Decode - Time (wall clock)", "s"]?.values == [1.5e-6])
  }

  @Test func ofPlainColumnsIsReadAsTheClassicModeDoes() throws {
    let text = "# seconds\n1.5 x\n\n2.5 y # late\n"
    let read = try SourceReader.read(Array(text.utf8), name: "f", arm: "f")
    #expect(read.format == .columns)
    #expect(read["f", "", "value"]?.values == [1.5, 2.5])
    let second = try SourceReader.read(
      Array("a,7\nb,8\n".utf8), name: "f", arm: "f",
      column: ColumnFormat(column: 2, delimiters: [UInt8(ascii: ",")]))
    #expect(second["f", "", "value"]?.values == [7, 8])
  }

  @Test func ofGoTakesMetadataOfUnits() throws {
    let text = """
      Unit hits/op better=higher assume=exact
      noise from the program
      BenchmarkA  10  5 hits/op
      goos: linux
      BenchmarkB  10  6 hits/op
      goos:
      BenchmarkC  10  7 hits/op

      """
    let read = try SourceReader.read(Array(text.utf8), name: "f", arm: "f")
    #expect(
      read.metric("hits/op")
        == Metric(name: "hits/op", unit: "hits/op", better: .higher, isExact: true))
    #expect(read["f", "A", "hits/op"]?.labels["goos"] == nil)
    #expect(read["f", "B", "hits/op"]?.labels["goos"] == "linux")
    #expect(read["f", "C", "hits/op"]?.labels["goos"] == nil)
  }

  @Test(
    "that is wrong is refused with its place and the cure",
    arguments: [
      ("", "f: it is empty"),
      (
        "1\nx\n",
        "f:2: 'x' is not a number; begin the line with # to pass it over, or choose"
          + " columns with -C and -d"
      ),
      ("{\"a\":1}", "this JSON is none that we know"),
      ("{\"results\":[{\"command\":\"x\"}]}", "f: results[0]: there are no 'times'"),
      (
        "{\"results\":[{\"command\":\"x\",\"times\":[1,\"2\"]}]}",
        "f: results[0].times[1]: \"2\" where a number was expected"
      ),
      ("{\"results\":[{\"command\":\"x\",\"times\":[1,1e999]}]}", "where a number was expected"),
      ("{\"results\":[{\"times\":[1]}]}", "f: results[0].command: nothing where a text"),
      ("{\"results\":[", "f:1: column"),
      ("{\"results\":[]}", "f: there are no values in it"),
      ("{\"iters\":[1],\"times\":[1,2]}", "2 times and 1 iters do not fit"),
      ("{\"iters\":[0],\"times\":[1]}", "f: iters[0]: 0.0 is no count"),
      (
        "{\"context\":{},\"benchmarks\":[{\"name\":\"a\",\"real_time\":1,\"time_unit\":\"x\"}]}",
        "f: benchmarks[0].time_unit: 'x' is no unit of time"
      ),
      ("{\"benchmarks\":[{}]}", "f: benchmarks[0]: there are no 'runs'"),
      ("[{\"name\":\"a\"}]", "f: [0].value: nothing where a number"),
      ("Time (wall clock) (ns)\n1\n?\n", "f:3: '?' is neither a finite number"),
      ("{\"kind\":\"ministat\",\"version\":9}", "f:1: version 9 of the record is not known here"),
      ("{\"kind\":\"ministat\",\"version\":1}\nnonsense\n", "f:2: column 1"),
      (
        "{\"kind\":\"ministat\",\"version\":1}\n{\"kind\":\"run\",\"arm\":\"A\",\"place\":1}\n"
          + "{\"kind\":\"run\",\"arm\":\"A\",\"place\":1}\n", "f:3: place: 1 does not follow 1"
      ),
      (
        "{\"kind\":\"ministat\",\"version\":1}\n"
          + "{\"kind\":\"run\",\"arm\":\"A\",\"block\":9223372036854775807}\n",
        "f:2: block: 9223372036854775807 is no number of a run"
      ),
      ("1\n\u{0}2\n", "f:2: a NUL byte"),
    ])
  func faults(_ text: String, _ message: String) {
    do {
      let read = try SourceReader.read(Array(text.utf8), name: "f", arm: "f")
      Issue.record("it was read: \(read.series)")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }
}

@Suite("Several files") struct GatheringTests {
  private func measurement(_ arms: [String], _ format: SourceFormat) -> Measurement {
    var result = Measurement()
    result.format = format
    for arm in arms {
      result.add(Series(arm: arm, metric: "wall", values: [1, 2], blocks: [0, 1]))
    }
    return result
  }

  private func gathered(_ files: [(String, Measurement)]) -> Measurement {
    let result = Gathering.measurement(of: files.map { (name: $0.0, measurement: $0.1) })
    result.checkInvariants()
    return result
  }

  @Test func ofOneArmEachAreArms() {
    let all = gathered([
      ("old.json", measurement(["./prog"], .hyperfine)),
      ("new.json", measurement(["./prog2"], .hyperfine)),
    ])
    #expect(all.arms.map(\.name) == ["old.json", "new.json"])
    #expect(all.benchmarks == [""], "the one command of each is what is compared")
    #expect(
      all.pairs(base: "old.json", other: "new.json", benchmark: "", metric: "wall")?.base == [])
  }

  @Test func ofTheSameCommandsHaveThemAsBenchmarks() {
    let all = gathered([
      ("old", measurement(["x", "y"], .hyperfine)), ("new", measurement(["x", "y"], .hyperfine)),
    ])
    #expect(all.arms.map(\.name) == ["old", "new"])
    #expect(all.benchmarks == ["x", "y"])
  }

  @Test func ofOurRecordsAreRunsOfTheSameArms() throws {
    let all = gathered([
      ("1", measurement(["A", "B"], .records)), ("2", measurement(["A", "B"], .records)),
    ])
    #expect(all.arms.map(\.name) == ["A", "B"])
    let pairs = try #require(all.pairs(base: "A", other: "B", benchmark: "", metric: "wall"))
    #expect(pairs.base.count == 4)
    #expect(all["A", "", "wall"]?.blocks == [0, 1, 2, 3])
  }

  @Test func ofOurRecordsWithOneArmOfOneNameAreArms() {
    let all = gathered([
      ("before", measurement(["A"], .records)), ("after", measurement(["A"], .records)),
    ])
    #expect(all.arms.map(\.name) == ["before", "after"])
  }

  @Test func ofOurRecordsWithOneArmOfTheirOwnKeepTheNames() {
    let all = gathered([
      ("1", measurement(["A"], .records)), ("2", measurement(["B"], .records)),
    ])
    #expect(all.arms.map(\.name) == ["A", "B"])
  }
}
