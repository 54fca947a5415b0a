// Tests and benchmarks as the description states them, and as they are run.

/// A text of a test: of a file, or written in quotes.
enum TestText {
  case file(Phrase)
  case literal([UInt8])
}

/// A number that a benchmark prints.
struct Metric {
  let name: Name
  let unit: Name
  let higherIsBetter: Bool
}

/// `test NAME` or `bench NAME`.
struct TestStatement {
  let name: Name
  let place: Place
  let isBench: Bool
  var condition = Condition.always
  var program: Phrase?
  var command: Phrase?
  var arguments: [Phrase] = []
  var input: TestText?
  var output: TestText?
  var status = 0
  /// How long it may take, in seconds.
  var limitSeconds = 60
  var metrics: [Metric] = []
}

/// A metric of a benchmark, for those who run it.
public struct PlannedMetric: Sendable, Equatable {
  /// What is measured; the benchmark prints `NAME VALUE` or `NAME: VALUE`.
  public let name: String
  /// The unit of the number.
  public let unit: String
  /// True if more is better.
  public let higherIsBetter: Bool
}

/// A test or benchmark of one variant, ready to be run in its build directory.
public struct PlannedTest: Sendable, Equatable {
  /// Its name, unique in the description.
  public let name: String
  /// True for a benchmark.
  public let isBench: Bool
  /// What is run: a program of the build directory and its arguments, or a shell's command.
  public let words: [String]
  /// True if `words` is one command for a shell, which sees to the emulator itself, as `$RUN`.
  public let isShell: Bool
  /// What it reads; nil for nothing.
  public let input: [UInt8]?
  /// What it must write to its standard output; nil for anything.
  public let output: [UInt8]?
  /// The status that it must end with.
  public let status: Int
  /// How long it may take, in seconds.
  public let limitSeconds: Int
  /// What a benchmark prints.
  public let metrics: [PlannedMetric]
  /// Why it is not run in this variant; nil if it is.
  public let skipped: String?
  /// Where it is described: `conf/files:12:6`.
  public let place: String
}
