// What the user asked for.

import LibAIO
import Servers

/// The options of the program.
struct PoolOptions {
  /// What the tasks of a round look like.
  enum Work: String {
    case flat, tree
  }

  var works: [Work] = []
  var workers: Int?
  var tasks: Int?
  var rounds = 5
  var world = Aio.World.machine
  var scheduler: Aio.Scheduler?
  var records = 0
  var isAsync = false
  var isVerbose = false

  /// Tasks in a round of `work`.
  func count(_ work: Work) -> Int {
    tasks ?? (work == .flat ? 100_000 : isAsync ? 1 << 20 : 1 << 24)
  }

  static func parse(_ arguments: Arguments) throws(UsageError) -> PoolOptions {
    var arguments = arguments
    var options = PoolOptions()
    while let word = try arguments.next() {
      switch word {
      case "-t", "--workers": options.workers = try arguments.number("threads", 1...1024)
      case "-n", "--tasks": options.tasks = try arguments.number("tasks", 1...1 << 30)
      case "-r", "--rounds": options.rounds = try arguments.number("rounds", 1...1 << 20)
      case "--backend": options.world = try arguments.backend()
      case "--record": options.records = try records(&arguments)
      case "--scheduler": options.scheduler = try scheduler(&arguments)
      case "--async": options.isAsync = true
      case "-v", "--verbose": options.isVerbose = true
      default:
        guard let work = Work(rawValue: word) else { throw arguments.unexpected() }
        options.works.append(work)
      }
    }
    if options.isAsync, options.scheduler != nil || options.records != 0 || options.isVerbose {
      throw UsageError("--scheduler, --record and --verbose are of the tasks that --async has not")
    }
    if options.works.isEmpty { options.works = [.flat, .tree] }
    return options
  }

  private static func records(_ arguments: inout Arguments) throws(UsageError) -> Int {
    let count = try arguments.number("events", 1...1 << 24)
    if count & (count - 1) != 0 { throw arguments.wrong("a power of two") }
    return count
  }

  private static func scheduler(
    _ arguments: inout Arguments
  ) throws(UsageError) -> Aio.Scheduler {
    let wanted = "fifo, stealing or affine"
    switch try arguments.value(wanted) {
    case "fifo": return .fifo
    case "stealing": return .stealing
    case "affine": return .affine
    default: throw arguments.wrong(wanted)
    }
  }
}

/// What a round took.
struct PoolFigures: Sendable {
  var cpuNs = UInt64.max
  var wallNs = UInt64.max

  /// A round took this: the fastest counts.
  mutating func note(cpuNs: UInt64, wallNs: UInt64) {
    self.cpuNs = min(self.cpuNs, cpuNs)
    self.wallNs = min(self.wallNs, wallNs)
  }
}
