// Measurements of several arms: theory of operation.
//
// Problem.  Nine programs write benchmark results in nine shapes: lists of seconds by command,
// lines of averages by function, totals over iterations, nested runs of processes.  What compares
// and what reports must not know them, and must not lose what they hold: the order in which the
// values came, which belong together, what their unit is and which direction is better.
//
// Shape.  A measurement is a table of series.  A series is the values of one cell:
//
//     arm        what is compared: a command, a file, a variant; the first one is the base
//     benchmark  what was run: "Decode/small"; "" where there is only one
//     metric     what was counted: "wall", "allocs"; its unit and direction stand in `metrics`
//
//                  benchmark p            benchmark q
//               wall       maxrss      wall       maxrss
//     arm A   [. . . .]  [. . . .]   [. . . .]  [. . . .]     each [...] is a Series
//     arm B   [. . . .]  [. . . .]   [. . . .]  [. . . .]
//
// Values are in base units (seconds, bytes, counts): readers scale, reports choose prefixes.
// Where the source tells, each value carries the block that it was measured in, and its place in
// the sequence of all runs: values of two arms in one block are a pair, and the sequence shows
// drift.
//
// Invariants.
//   T1  A cell has one series: equal arm, benchmark and metric do not occur twice.
//   T2  Every series' arm, benchmark and metric are listed, in the order of first appearance.
//   T3  All values are finite.
//   T4  `blocks` and `sequence` are empty or as long as `values`; `sequence` rises.
//   T5  A run that failed has no value anywhere and is in `failures`.
//
// Rejected.  A tree of file, benchmark, run: each format nests otherwise, and every consumer
// would walk.  One row a run with optional columns: 10^7 numbers of one file need 80 MB, not 800.

/// What the readers and the harness produce, and what the comparison and the reports consume.
public struct Measurement: Equatable, Sendable {
  /// The arms, the base first.
  public private(set) var arms: [Arm] = []
  /// The names of the benchmarks; a single "" where the source has none.
  public private(set) var benchmarks: [String] = []
  /// What was counted.
  public private(set) var metrics: [Metric] = []
  /// The cells that hold values, in the order of first appearance.
  public private(set) var series: [Series] = []
  /// The runs that gave no values, in their order.
  public var failures: [FailedRun] = []
  /// What is known of the machine and the circumstances, such as `kernel`; keys may repeat.
  public var facts: [Fact] = []
  /// How the runs were ordered, as far as that is known.
  public var design = Design.unknown
  /// The format that it was read from.
  public var format = SourceFormat.columns

  private var places: [Cell: Int] = [:]

  /// An empty measurement.
  public init() {}

  /// How the runs of the arms lay in time.
  public enum Design: Equatable, Sendable {
    /// The source does not say.
    case unknown
    /// All runs of one arm, then all of the next.
    case sequential
    /// In blocks of one run an arm, in random order from `seed`.
    case interleaved(seed: UInt64)
    /// In blocks whose runs took place at the same time, from `seed`.
    case duet(seed: UInt64)

    /// True if the arms are known to have been run in turn, or at once.
    public var isInterleaved: Bool {
      switch self {
      case .interleaved, .duet: true
      case .unknown, .sequential: false
      }
    }
  }

  /// The names of a cell.
  public struct Cell: Hashable, Sendable {
    /// The arm's name.
    public let arm: String
    /// The benchmark's name.
    public let benchmark: String
    /// The metric's name.
    public let metric: String

    /// The cell with these names.
    public init(arm: String, benchmark: String, metric: String) {
      self.arm = arm
      self.benchmark = benchmark
      self.metric = metric
    }
  }

  /// The series of a cell; nil if it holds none.  O(1).
  public subscript(arm: String, benchmark: String, metric: String) -> Series? {
    places[Cell(arm: arm, benchmark: benchmark, metric: metric)].map { series[$0] }
  }

  /// The arm called `name`, nil if there is none.
  public func arm(_ name: String) -> Arm? { arms.first { $0.name == name } }

  /// The metric called `name`, nil if there is none.
  public func metric(_ name: String) -> Metric? { metrics.first { $0.name == name } }

  /// How many values there are in all.
  public var valueCount: Int { series.reduce(0) { $0 + $1.values.count } }

  /// Makes `arm` known, or adds its facts to what is known of the arm of that name.
  public mutating func add(_ arm: Arm) {
    guard let index = arms.firstIndex(where: { $0.name == arm.name }) else {
      arms.append(arm)
      return
    }
    if arms[index].command.isEmpty { arms[index].command = arm.command }
    for fact in arm.facts where !arms[index].facts.contains(fact) { arms[index].facts.append(fact) }
  }

  /// Makes `metric` known; what is known of a metric of that name is replaced.
  public mutating func add(_ metric: Metric) {
    if let index = metrics.firstIndex(where: { $0.name == metric.name }) {
      metrics[index] = metric
    } else {
      metrics.append(metric)
    }
  }

  /// Adds `added` to its cell, behind what is there; its arm, benchmark and metric become known.
  ///
  /// Blocks and places are forgotten where only one of two has them (T4).
  public mutating func add(_ added: Series) {
    precondition(added.values.allSatisfy { $0.isFinite }, "T3: values are finite")
    if arm(added.arm) == nil { arms.append(Arm(name: added.arm)) }
    if !benchmarks.contains(added.benchmark) { benchmarks.append(added.benchmark) }
    if metric(added.metric) == nil { metrics.append(Metric.known(added.metric)) }
    if let place = places[added.cell] {
      series[place].append(added)  // T1
    } else {
      places[added.cell] = series.count
      series.append(added)
    }
  }

  /// Adds all of `other`, which was measured later: its blocks and places follow ours.
  ///
  /// What two measurements say of an arm of one name is about one arm.
  public mutating func merge(_ other: Measurement) {
    let blocks = 1 + (series.flatMap(\.blocks) + failures.map(\.block)).reduce(-1, max)
    let places = 1 + (series.flatMap(\.sequence) + failures.map(\.place)).reduce(-1, max)
    for arm in other.arms { add(arm) }
    for metric in other.metrics { add(metric) }
    for added in other.series { add(added.shifted(blocks: blocks, places: places)) }
    failures += other.failures.map { failure in
      FailedRun(
        arm: failure.arm, block: failure.block + blocks, place: failure.place + places,
        reason: failure.reason)
    }
    for fact in other.facts where !facts.contains(fact) { facts.append(fact) }
    if design != other.design { design = .unknown }
  }

  /// The values of two arms that were measured in the same blocks, side by side.
  ///
  /// - Returns: nil if the source knows no blocks; equal counts otherwise, the base's first.
  public func pairs(
    base: String, other: String, benchmark: String, metric: String
  ) -> (base: [Double], other: [Double])? {
    guard let first = self[base, benchmark, metric], let second = self[other, benchmark, metric],
      !first.blocks.isEmpty, !second.blocks.isEmpty
    else { return nil }
    var byBlock: [Int: Double] = [:]
    for (block, value) in zip(second.blocks, second.values) { byBlock[block] = value }
    var sides: (base: [Double], other: [Double]) = ([], [])
    for (block, value) in zip(first.blocks, first.values) {
      guard let partner = byBlock.removeValue(forKey: block) else { continue }
      sides.base.append(value)
      sides.other.append(partner)
    }
    return sides
  }

  /// The measurement with those series only that `isWanted` says.
  public func keeping(_ isWanted: (Series) -> Bool) -> Measurement {
    var result = Measurement()
    result.format = format
    result.design = design
    result.facts = facts
    result.failures = failures
    for arm in arms { result.add(arm) }
    let kept = series.filter(isWanted)
    for metric in metrics where kept.contains(where: { $0.metric == metric.name }) {
      result.add(metric)
    }
    for one in kept { result.add(one) }
    return result
  }

  /// Stops if an invariant does not hold; for tests and fuzzing.
  public func checkInvariants() {
    precondition(Set(series.map(\.cell)).count == series.count, "T1")
    for cell in series {
      precondition(arm(cell.arm) != nil && metric(cell.metric) != nil, "T2")
      precondition(benchmarks.contains(cell.benchmark), "T2")
      precondition(cell.values.allSatisfy { $0.isFinite }, "T3")
      precondition(cell.blocks.isEmpty || cell.blocks.count == cell.values.count, "T4")
      precondition(cell.sequence.isEmpty || cell.sequence.count == cell.values.count, "T4")
    }
  }

  /// Two measurements are equal if they hold the same; the index follows from the series.
  public static func == (a: Measurement, b: Measurement) -> Bool {
    a.arms == b.arms && a.benchmarks == b.benchmarks && a.metrics == b.metrics
      && a.series == b.series && a.failures == b.failures && a.facts == b.facts
      && a.design == b.design && a.format == b.format
  }
}
