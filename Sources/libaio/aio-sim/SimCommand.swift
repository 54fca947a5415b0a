// The command line of aio-sim, and what it prints.

import Glibc
import LibAIO
import Servers
import SimPrograms
import Sys9

/// The program.
enum SimCommand {
  private static let usage = """
    usage: aio-sim [--seed N] [--seeds N | --seeds FROM..TO] [--program NAME] [--events N]
                   [--verbose]

    aio-sim runs programs of the runtime in a simulated world, in which what goes wrong, and when,
    comes from a number, the seed.  It says which seeds break a promise: of the runtime (each
    operation ends once, nothing is left), of the servers (bytes come back, in order) or of timers.

      --seed N          run one seed, twice, and see that both runs are the same
      --seeds N         run the seeds 1 to N; 1000 is the default
      --seeds FROM..TO  run the seeds FROM to TO
      --program NAME    run this one, and not the one that the seed chooses, of
                        \(names)
      --events N        go on until there were N events in each run; 1000 is the least
      --verbose         print each event of each run
      --version         print the version
      -h, --help        print this

    Status: 0 if nothing is wrong, 1 if something is, 2 for a command line that is.
    What is wrong is printed with its seed and the last events; 'aio-sim --seed N' has it again.

    """

  private static var names: String {
    let names = SimProgram.Kind.allCases.map(\.rawValue)
    let (first, second) = (names.prefix(8), names.dropFirst(8))
    return [first, second].map { $0.joined(separator: ", ") }
      .joined(separator: ",\n" + String(repeating: " ", count: 20))
  }

  private struct Options {
    var seeds: ClosedRange<UInt64> = 1...1000
    var isSingle = false
    var program: SimProgram.Kind?
    var events = SimRun.eventsMin
    var isVerbose = false
  }

  /// Does what the command line says; the exit status.
  static func main() -> CInt {
    Launch.program("aio-sim", usage: usage) { arguments, output in
      output.status(run(try parse(arguments), output))
    }
  }

  private static func parse(_ arguments: Arguments) throws(UsageError) -> Options {
    var arguments = arguments
    var options = Options()
    while let word = try arguments.next() {
      switch word {
      case "--seed":
        guard let seed = UInt64(try arguments.value("a number")) else {
          throw arguments.wrong("a number")
        }
        options.seeds = seed...seed
        options.isSingle = true
      case "--seeds": options.seeds = try seeds(&arguments)
      case "--program":
        let name = try arguments.value("a name")
        guard let kind = SimProgram.Kind(rawValue: name) else {
          throw UsageError("there is no program '\(name)'")
        }
        options.program = kind
      case "--events":
        options.events = try arguments.number("events", SimRun.eventsMin...100_000_000)
      case "-v", "--verbose": options.isVerbose = true
      default: throw arguments.unexpected()
      }
    }
    return options
  }

  private static func seeds(
    _ arguments: inout Arguments
  ) throws(UsageError) -> ClosedRange<UInt64> {
    let wanted = "a number, or two with '..' between"
    let parts = try arguments.value(wanted).split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 1, let count = UInt64(parts[0]), count > 0 { return 1...count }
    if parts.count == 3, parts[1].isEmpty, let from = UInt64(parts[0]), let to = UInt64(parts[2]),
      from <= to
    {
      return from...to
    }
    throw arguments.wrong(wanted)
  }

  private static func run(_ options: Options, _ output: StandardOutput) -> CInt {
    Crash.install()
    var totals = Totals()
    let open = openCount()
    for seed in options.seeds {
      if output.failure != nil { break }  // nobody can be told what comes
      Crash.note(seed)
      var report = report(seed, options, output)
      if openCount() != open {
        report.violations.append("Z4: descriptors of the machine are left")
      }
      totals.add(report)
      if !report.violations.isEmpty {
        show(report, output)
        return 1
      }
      if options.isSingle {
        let again = self.report(seed, options, nil)
        output.print(line(report))
        if again.digest != report.digest {
          output.print("Z5: a second run of the seed was another one")
          return 1
        }
      }
    }
    if !options.isSingle { output.print(totals.text) }
    return 0
  }

  /// How many of the first 256 descriptors are open.
  private static func openCount() -> Int { (0..<256).count { fcntl(CInt($0), F_GETFD) >= 0 } }

  private static func report(
    _ seed: UInt64, _ options: Options, _ output: StandardOutput?
  ) -> SimRun.Report {
    var listener: ((String) -> Void)?
    if options.isVerbose, let output {
      // At once: the run may crash.
      listener = {
        output.print($0)
        output.flush()
      }
    }
    return SimRun(
      seed: seed, program: options.program, eventsMin: options.events, listener: listener
    ).run()
  }

  private static func line(_ report: SimRun.Report) -> String {
    "seed \(report.seed): \(report.program.rawValue), \(report.events) events, "
      + "\(report.faults) faults, \(report.steps) turns, \(report.crowds) crowds"
      + (report.wasDropped ? ", dropped" : "")
      + ", digest \(String(report.digest, radix: 16))"
  }

  private static func show(_ report: SimRun.Report, _ output: StandardOutput) {
    for text in report.trace { output.print("  \(text)") }
    for text in report.violations { output.print("aio-sim: seed \(report.seed): \(text)") }
    output.print(line(report))
    output.print(
      "again: aio-sim --seed \(report.seed) --program \(report.program.rawValue) --verbose")
  }

  /// What all runs together came to.
  private struct Totals {
    private var runs = 0, events = 0, faults = 0, dropped = 0
    private var fewestEvents = Int.max, fewestFaults = Int.max
    private var byProgram: [SimProgram.Kind: Int] = [:]

    mutating func add(_ report: SimRun.Report) {
      runs += 1
      events += report.events
      faults += report.faults
      if report.wasDropped { dropped += 1 }
      fewestEvents = min(fewestEvents, report.events)
      fewestFaults = min(fewestFaults, report.faults)
      byProgram[report.program, default: 0] += 1
    }

    var text: String {
      let kinds = SimProgram.Kind.allCases.compactMap { kind in
        byProgram[kind].map { "\(kind.rawValue) \($0)" }
      }
      return """
        \(runs) seeds, nothing wrong: \(events) events, \(faults) faults, \
        at least \(fewestEvents) and \(fewestFaults) a seed; \(dropped) were dropped in the middle
        \(kinds.joined(separator: ", "))
        """
    }
  }
}
