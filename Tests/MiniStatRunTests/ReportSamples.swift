// Measurements for the tests of reports, made by formulas: the same on every machine.

import Glibc
import MiniStat

@testable import MiniStatRun

enum ReportSamples {
  /// `count` values around `mean` with a relative deviation of `deviation`: quantiles of the
  /// normal distribution, shuffled by `turn`.
  static func values(_ count: Int, _ mean: Double, _ deviation: Double, turn: UInt64 = 0)
    -> [Double]
  {
    var values = (0..<count).map { index in
      let place = (Double(index) + 0.5) / Double(count)
      return mean * (1 - deviation * Normal.quantile(upperTail: place))
    }
    var state = turn &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678
    for index in stride(from: count - 1, to: 0, by: -1) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      values.swapAt(index, Int((state >> 33) % UInt64(index + 1)))
    }
    return values
  }

  /// Two arms, measured in blocks, with other metrics, facts and a failure.
  static func pair(count: Int = 30) -> Measurement {
    var all = Measurement()
    let blocks = Array(0..<count)
    let metrics = [
      ("wall", 0.0214, 0.0204, 0.02), ("cpu", 0.019, 0.01902, 0.01), ("maxrss", 5.1e6, 5.1e6, 0.01),
      ("instructions", 1.23e9, 1.3e9, 0.001), ("minor-faults", 830, 832, 0.05),
    ]
    for (index, (metric, old, new, deviation)) in metrics.enumerated() {
      let turn = UInt64(20 + 2 * index)
      all.add(
        Series(
          arm: "old", metric: metric, values: values(count, old, deviation, turn: turn),
          blocks: blocks,
          sequence: blocks.map { 2 * $0 + $0 % 2 }))
      all.add(
        Series(
          arm: "new", metric: metric, values: values(count, new, deviation, turn: turn + 1),
          blocks: blocks, sequence: blocks.map { 2 * $0 + 1 - $0 % 2 }))
    }
    all.design = .interleaved(seed: 42)
    all.facts = [Fact("kernel", "Linux 6.1.0"), Fact("cpu-model", "One <Fast> & Co")]
    all.add(Arm(name: "old", command: ["./old", "-n", "1"], facts: [Fact("sha256", "12ab")]))
    all.failures = [FailedRun(arm: "new", block: 4, place: 9, reason: "exit status 3")]
    return all
  }

  /// A suite of benchmarks of two or three versions; one row of the third is missing.
  static func suite(versions: Int = 2) -> Measurement {
    var all = Measurement()
    all.add(Metric(name: "sec/op", unit: "s/op"))
    let changes = [0.99, 0.94, 1.04, 1, 1.0005, 3.4, 1, 0.9]
    let names = [
      "Parse/small", "Parse/large", "Print", "Sort/n=1000", "Sort/n=1000000", "Compress", "日本語",
      "Hash",
    ]
    for (index, name) in names.enumerated() {
      let mean = 1e-8 * pow(4, Double(index))
      for version in 0..<versions where !(version == 2 && index == 3) {
        let change = version == 0 ? 1 : version == 1 ? changes[index] : 1 / changes[index]
        all.add(
          Series(
            arm: "v1.\(version + 2)", benchmark: name, metric: "sec/op",
            values: values(12, mean * change, 0.02, turn: UInt64(10 * index + version)),
            labels: [Fact("goos", "linux"), Fact("pkg", index < 3 ? "text" : "algo")]))
      }
    }
    return all
  }

  /// Three arms of which one drifts and one has two modes, with a name that is hard to show.
  static func odd() -> Measurement {
    var all = Measurement()
    all.add(Metric(name: "time", unit: "ms"))
    all.add(Series(arm: "base", metric: "time", values: values(40, 20.5, 0.02)))
    let drift = values(40, 20.4, 0.02, turn: 3).enumerated().map { $1 - 0.06 * Double($0) }
    all.add(Series(arm: "drifts <b>東京", metric: "time", values: drift))
    let modes = values(40, 20.3, 0.01, turn: 7).enumerated().map { $0 % 2 == 0 ? $1 : $1 + 5 }
    all.add(Series(arm: "two|heaps", metric: "time", values: modes))
    return all
  }

  /// A name that tries to leave every format.
  static let hostile =
    "</style><script>alert(1)</script>\"' onload=x & \u{1B}[2J\u{202E}|*_`\n,=1+1\u{0}]]>"

  /// `hostile` wherever a source can put a text.
  static func attack() -> Measurement {
    var all = Measurement()
    all.add(Metric(name: hostile, unit: hostile))
    all.add(Arm(name: hostile + "2", command: [hostile], facts: [Fact(hostile, hostile)]))
    for (index, benchmark) in ["", hostile].enumerated() {
      for arm in [hostile, hostile + "2"] {
        all.add(
          Series(
            arm: arm, benchmark: benchmark, metric: hostile,
            values: values(12, 3 + Double(index), 0.1, turn: UInt64(index))))
      }
    }
    all.facts = [Fact(hostile, hostile)]
    all.failures = [FailedRun(arm: hostile, block: 0, place: 0, reason: hostile)]
    return all
  }

  /// What is hardly a measurement: single values, equal ones, none above 0, huge and tiny ones.
  static func scraps() -> Measurement {
    var all = Measurement()
    let sets: [(String, [Double], [Double])] = [
      ("single", [1], [2]), ("two", [1, 2], [2, 3]), ("equal", [5, 5, 5, 5], [5, 5, 5, 5]),
      ("zero", [0, 0, 0], [0, 0, 0]), ("negative", [-1, 0, 1, 2], [1, 2, 3, 4]),
      ("huge", [1e60, 2e60, 3e60], [2e60, 2.5e60, 1e60]),
      ("tiny", [1e-300, 2e-300, 3e-300], [2e-300, 2.5e-300, 1e-300]),
      ("unbounded", [0.1, 5, 0.2], [3, 4, 5]), ("alone", [1, 2, 3, 4], []),
    ]
    for (name, base, other) in sets {
      all.add(Series(arm: "a", benchmark: name, metric: "m", values: base))
      all.add(Series(arm: "b", benchmark: name, metric: "m", values: other))
    }
    return all
  }

  /// All of them, with their names.
  static var all: [(name: String, measurement: Measurement)] {
    [
      ("pair", pair()), ("suite", suite()), ("versions", suite(versions: 3)), ("odd", odd()),
      ("attack", attack()), ("scraps", scraps()),
    ]
  }
}
