// The program's options, its rounds, and what it prints.

import Glibc
import LibAIO
import Sys9

enum PoolProgram {
  static let usage = """
    usage: pool [-t WORKERS] [-n TASKS] [-r ROUNDS] [--scheduler NAME] [--record N] [flat|tree]...

    pool runs tasks that do nothing, and prints what one costs, in seconds for all of a round: CPU
    time of all workers, and wall time.

      flat               one task makes all the others; a barrier waits for them
      tree               each task makes two, down to the leaves; a barrier waits for them

      -t, --threads N    workers; one for each processor by default
      -n, --tasks N      tasks a round: 100000 by default, and 16777216 for tree
      -r, --rounds N     rounds; the fastest is printed; 5 by default
      --scheduler NAME   fifo, stealing or affine
      --record N         keep records of the last N events, a power of two
      -h, --help         print this

    """

  /// Does what the arguments say; the exit status.
  static func main() -> CInt {
    let output = StandardOutput(of: "pool")
    do {
      guard let options = try PoolOptions.parse(Array(CommandLine.arguments.dropFirst())) else {
        output.print(usage, terminator: "")
        return output.status()
      }
      for work in options.works {
        try run(work, options, output)
        output.flush()
      }
    } catch let error as PoolOptions.UsageError {
      StandardOutput.complain("pool: \(error.text)\nTry: pool --help\n")
      return 2
    } catch {
      StandardOutput.complain("pool: \(error)\n")
      return output.status(1)
    }
    return output.status()
  }

  private static func run(
    _ work: PoolOptions.Work, _ options: PoolOptions, _ output: StandardOutput
  ) throws(SystemError) {
    var runtimeOptions = Aio.RuntimeOptions()
    runtimeOptions.scheduler = options.scheduler
    runtimeOptions.recordsEvents = options.records
    let runtime = try Aio.Runtime(workers: options.workers, options: runtimeOptions)
    let count = options.tasks ?? (work == .flat ? 100_000 : 1 << 24)
    let bench = PoolBench(work: work, count: count, rounds: options.rounds)
    let first = runtime.worker(0)
    bench.begin(on: first)
    try runtime.run()
    let best = bench.best
    output.print("\(work.rawValue) \(seconds(best.cpuNs))")
    output.print("\(work.rawValue)-wall \(seconds(best.wallNs))")
    if options.isVerbose { StandardOutput.complain("\(runtime.stats())\n") }
  }

  private static func seconds(_ ns: UInt64) -> String {
    let text = String(ns % 1_000_000_000)
    return "\(ns / 1_000_000_000)." + String(repeating: "0", count: 9 - text.count) + text
  }
}

/// What the user asked for.
struct PoolOptions {
  enum Work: String {
    case flat, tree
  }

  struct UsageError: Error {
    let text: String
  }

  var works: [Work] = []
  var workers: Int?
  var tasks: Int?
  var rounds = 5
  var scheduler = Aio.Scheduler.configured
  var records = 0
  var isVerbose = false

  /// The options in `arguments`, without the program's name; nil where help was asked for.
  static func parse(_ arguments: [String]) throws(UsageError) -> PoolOptions? {
    var options = PoolOptions()
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "-h", "--help": return nil
      case "-t", "--threads": options.workers = try number(rest.popFirst(), of: word, 1...1024)
      case "-n", "--tasks": options.tasks = try number(rest.popFirst(), of: word, 1...1 << 30)
      case "-r", "--rounds": options.rounds = try number(rest.popFirst(), of: word, 1...1 << 20)
      case "--record":
        options.records = try number(rest.popFirst(), of: word, 1...1 << 24)
        if options.records & (options.records - 1) != 0 {
          throw UsageError(text: "--record wants a power of two")
        }
      case "--scheduler":
        switch rest.popFirst() {
        case "fifo": options.scheduler = .fifo
        case "stealing": options.scheduler = .stealing
        case "affine": options.scheduler = .affine
        default: throw UsageError(text: "--scheduler wants fifo, stealing or affine")
        }
      case "-v", "--verbose": options.isVerbose = true
      default:
        guard let work = Work(rawValue: word) else {
          throw UsageError(text: "unexpected argument '\(word)'")
        }
        options.works.append(work)
      }
    }
    if options.works.isEmpty { options.works = [.flat, .tree] }
    return options
  }

  private static func number(
    _ text: String?, of option: String, _ range: ClosedRange<Int>
  ) throws(UsageError) -> Int {
    guard let text, let number = Int(text), range.contains(number) else {
      throw UsageError(
        text: "\(option) wants a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
