// What is to be measured, and how.

public import SystemPackage

/// A command to measure.
public struct ArmPlan: Equatable, Sendable {
  /// The name under which it is reported.
  public var name: String
  /// The words of the command; the first is looked up in `PATH`.
  public var command: [String]
  /// The directory to run in; nil for the present one.
  public var directory: FilePath?
  /// Variables set for it alone, on top of the present environment.
  public var variables: [Fact] = []
  /// Words put before the command, such as an emulator's; the record names the program behind.
  public var emulator: [String] = []
  /// A command run once before everything; empty for none.
  public var setup: [String] = []
  /// A command run once after everything, whatever happened; empty for none.
  public var teardown: [String] = []
  /// A command run before each run, unmeasured; empty for none.
  public var prepare: [String] = []
  /// What the caller knows of it, such as the configuration's ident.
  public var facts: [Fact] = []

  /// The arm `name` that runs `command`, at least one word.
  public init(name: String, command: [String]) {
    precondition(!command.isEmpty, "an arm has a command")
    self.name = name
    self.command = command
  }

  /// The words that are started.
  var words: [String] { emulator + command }
}

/// What a run's standard output is to us.
public enum OutputRule: Equatable, Sendable {
  /// Nothing; it goes to `/dev/null`.
  case ignored
  /// Results in any format that the readers know, read after each run.
  ///
  /// A run's several values of a metric count as one, their mean: values of one process are not
  /// independent of each other.
  case results
}

/// How the arms are measured.
public struct RunPlan: Equatable, Sendable {
  /// The arms, the base first; at least one.
  public var arms: [ArmPlan]
  /// When to stop.
  public var stop = StopRule(pairsMax: Self.pairsMaxStandard, target: 0.01, timeMaxNs: 60 * second)
  /// The metric whose interval the stop rule and the progress look at.
  public var metric = "wall"
  /// Blocks that are run before, and not counted.
  public var warmup = 0
  /// What the order is drawn from.
  public var seed: UInt64 = 1
  /// The processors to run on; empty for those of this process.  A duet needs two.
  public var cpus: [Int] = []
  /// True to run two arms at the same time, each on a processor of its own.
  public var isDuet = false
  /// True to pad the environment by a random number of bytes for each run.
  public var isShaken = false
  /// Nanoseconds after which a run is killed with its group, and has failed; nil for no limit.
  public var timeLimitNs: Int64?
  /// What the standard output is to us.
  public var output = OutputRule.ignored
  /// True to take the values of runs that exit with another status than 0.
  public var takesFailures = false

  /// One second in nanoseconds.
  public static let second: Int64 = 1_000_000_000
  /// The pairs that are measured at most when nobody says how many.
  public static let pairsMaxStandard = 10_000
  /// Failures running, from the start of an arm, after which it is hopeless.
  public static let failuresMax = 3
  /// Seconds that a setup, a teardown or a preparation may take.
  public static let auxiliaryLimitNs: Int64 = 600 * second

  /// A plan for `arms`, with the usual settings.
  public init(arms: [ArmPlan]) {
    precondition(!arms.isEmpty, "there is nothing to run")
    precondition(Set(arms.map(\.name)).count == arms.count, "arms have different names")
    self.arms = arms
  }
}

/// A value that a run gave.
public struct RunValue: Equatable, Sendable {
  /// The benchmark, "" where the run as a whole is meant.
  public let benchmark: String
  /// The metric's name.
  public let metric: String
  /// The value in the metric's base unit.
  public let value: Double

  /// The value of `metric` in `benchmark`.
  public init(benchmark: String = "", metric: String, value: Double) {
    self.benchmark = benchmark
    self.metric = metric
    self.value = value
  }
}

/// A run and what came of it.
public struct RunRecord: Equatable, Sendable {
  /// The arm's name.
  public let arm: String
  /// The block, from 0; -1 if it is not known.
  public let block: Int
  /// The place among all runs, from 0; -1 if it is not known.
  public let place: Int
  /// True for a run before the counted ones.
  public let isWarmup: Bool
  /// How it failed, in words; nil if it did not.
  public let failure: String?
  /// What was measured; present also for a run that failed, but then it does not count.
  public let values: [RunValue]
  /// What else is known, such as `padding`, `cpu` and `errors`, the end of its standard error.
  public let facts: [Fact]

  /// A run of `arm`.
  public init(
    arm: String, block: Int, place: Int, isWarmup: Bool = false, failure: String? = nil,
    values: [RunValue], facts: [Fact] = []
  ) {
    self.arm = arm
    self.block = block
    self.place = place
    self.isWarmup = isWarmup
    self.failure = failure
    self.values = values
    self.facts = facts
  }
}
