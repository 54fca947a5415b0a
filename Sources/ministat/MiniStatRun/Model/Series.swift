// The parts of a measurement.

/// The values of one metric of one benchmark of one arm.
public struct Series: Equatable, Sendable {
  /// The arm's name.
  public var arm: String
  /// The benchmark's name, "" where there is only one.
  public var benchmark: String
  /// The metric's name.
  public var metric: String
  /// The values in the order in which they were measured, in the metric's unit, finite.
  public private(set) var values: [Double]
  /// The block that each value was measured in; empty where the source knows none.
  public private(set) var blocks: [Int]
  /// The place of each value's run among all runs, rising; empty where the source does not say.
  public private(set) var sequence: [Int]
  /// What else the source says of these values, such as `goos` and `pkg`; for projections.
  public var labels: [Fact]

  /// A series of `values`; `blocks` and `sequence` are empty or as many.
  public init(
    arm: String, benchmark: String = "", metric: String, values: [Double],
    blocks: [Int] = [], sequence: [Int] = [], labels: [Fact] = []
  ) {
    precondition(blocks.isEmpty || blocks.count == values.count, "T4: a block for each value")
    precondition(sequence.isEmpty || sequence.count == values.count, "T4: a place for each value")
    self.arm = arm
    self.benchmark = benchmark
    self.metric = metric
    self.values = values
    self.blocks = blocks
    self.sequence = sequence
    self.labels = labels
  }

  /// The names of the cell that the series fills.
  public var cell: Measurement.Cell {
    Measurement.Cell(arm: arm, benchmark: benchmark, metric: metric)
  }

  /// Adds the values of `other` behind these; later runs come later.
  mutating func append(_ other: Series) {
    let hasBlocks = blocks.isEmpty == values.isEmpty && other.blocks.isEmpty == other.values.isEmpty
    let rises = (sequence.last ?? -1) < (other.sequence.first ?? .max)
    let hasSequence =
      sequence.isEmpty == values.isEmpty && other.sequence.isEmpty == other.values.isEmpty && rises
    blocks = hasBlocks ? blocks + other.blocks : []
    sequence = hasSequence ? sequence + other.sequence : []
    values += other.values
    for label in other.labels where !labels.contains(label) { labels.append(label) }
  }

  /// The series as it is behind `blocks` blocks and `places` runs of another measurement.
  func shifted(blocks: Int, places: Int) -> Series {
    var result = self
    result.blocks = self.blocks.map { $0 + blocks }
    result.sequence = sequence.map { $0 + places }
    return result
  }

  /// Adds one value, with its block and place if the series has those.
  package mutating func append(_ value: Double, block: Int? = nil, place: Int? = nil) {
    precondition(value.isFinite, "T3: values are finite")
    if let block, blocks.count == values.count { blocks.append(block) } else { blocks = [] }
    if let place, sequence.count == values.count {
      assert((sequence.last ?? -1) < place, "T4: places rise")
      sequence.append(place)
    } else {
      sequence = []
    }
    values.append(value)
  }
}

/// One of the things that are compared.
public struct Arm: Equatable, Sendable {
  /// Its name: what the user called it, else the command or the file.
  public var name: String
  /// The words of the command; empty where there is none.
  public var command: [String]
  /// What is known of it, such as `sha256`, `build-id`, `ident`, `revision`; keys may repeat.
  public var facts: [Fact]

  /// The arm called `name`.
  public init(name: String, command: [String] = [], facts: [Fact] = []) {
    self.name = name
    self.command = command
    self.facts = facts
  }
}

/// A key and its value.
public struct Fact: Hashable, Sendable {
  /// What the value says, in lower case with dashes: `cpu-model`.
  public let key: String
  /// The value as text.
  public let value: String

  /// The fact that `key` is `value`.
  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

extension [Fact] {
  /// The value of the last fact with `key`; nil if there is none.
  public subscript(key: String) -> String? { last { $0.key == key }?.value }
}

/// A run that gave no values, and why.
public struct FailedRun: Equatable, Sendable {
  /// The arm that failed.
  public let arm: String
  /// The block it was measured in.
  public let block: Int
  /// Its place among all runs.
  public let place: Int
  /// How it ended, in words: `exit status 3`, `signal 11 (Segmentation fault)`, `time limit`.
  public let reason: String

  /// The run of `arm` in `block` at `place` that ended by `reason`.
  public init(arm: String, block: Int, place: Int, reason: String) {
    self.arm = arm
    self.block = block
    self.place = place
    self.reason = reason
  }
}

/// The formats that are recognised by their content.
public enum SourceFormat: String, CaseIterable, Sendable {
  /// Numbers in a column, as the classic mode reads them.
  case columns
  /// Our own records, a JSON object a line.
  case records = "ministat"
  /// hyperfine's `--export-json`.
  case hyperfine
  /// The text of `go test -bench` and of whatever else writes Go's proposal 14313.
  case goBenchmark = "go"
  /// google-benchmark's `--benchmark_format=json`.
  case googleBenchmark = "google-benchmark"
  /// criterion.rs' `sample.json`.
  case criterion
  /// pyperf's JSON, one suite a file.
  case pyperf
  /// package-benchmark's `histogramSamples`: a metric's name, then a number a line.
  case packageBenchmarkSamples = "package-benchmark-samples"
  /// `jsonSmallerIsBetter` of package-benchmark and of github-action-benchmark.
  case smallerIsBetter = "json-smaller-is-better"
}
