// How the runtime's programs live: theory of operation.
//
// Shape.  The same options, the same line when they are ready, the same end.  Each worker is a
// thread with a loop and a listener of its own, which share a port; the first worker has the main
// thread, and gets the signals, which it passes on by messages.
//
//     SIGINT, SIGTERM  --> every worker: no new connections; those that are open come to their end
//        once more, or after --grace: they are cut off
//     SIGUSR1          --> every worker: a report to standard error, and the trace, if one is kept
//
// Invariants.
//   E1  The status is 0 if every connection came to its end, 1 if some were cut off, if the program
//       could not begin or the trace not be written, 2 for a command line that is wrong.
//   E2  The ready line is printed when every worker's listener takes connections, and not before.
//       Where it cannot be written the program ends: somebody waits for it.  Only if he has gone,
//       and closed his end, it serves.

import Glibc
public import LibAIO
public import Sys9

/// Starts a server as all programs of the runtime are started.
public enum Launch {
  /// What a program does on a worker's listener by a receiver.
  public typealias Serve = (Aio.Handle, Aio.Loop, LaunchOptions) throws(SystemError) -> Service
  /// What it does by tasks, until the task is cancelled and all connections have ended.
  public typealias Tasks =
    @Sendable (Aio.AsyncListener, Aio.AsyncLoop, Connections, LaunchOptions)
    async throws(SystemError) -> Void

  /// A program's life around `body`: help and version, and errors with their status (E1).
  ///
  /// - Parameters:
  ///   - usage: the whole text of `--help`, with its last newline.
  ///   - body: gets the command line and the standard output; returns the exit status.
  public static func program(
    _ name: String, usage: String, _ body: (Arguments, StandardOutput) throws -> CInt
  ) -> CInt {
    let words = Array(CommandLine.arguments.dropFirst())
    let output = StandardOutput(of: name)
    if words.contains("-h") || words.contains("--help") {
      output.print(usage, terminator: "")
      return output.status()
    }
    if words.contains("--version") {
      output.print("\(name) \(Release.version)")
      return output.status()
    }
    do {
      return try body(Arguments(words), output)
    } catch let error as UsageError {
      StandardOutput.complain("\(name): \(error.text)\nTry: \(name) --help\n")
      return 2
    } catch {
      StandardOutput.complain("\(name): \(error)\n\(remedy(error))")
      return output.status(1)
    }
  }

  /// Makes the server that `serve` builds on a listener, says where it is, and runs it until a
  /// signal ends it.
  ///
  /// - Parameter check: throws what would keep every worker from serving, before any is made.
  /// - Returns: the exit status (E1); 0 after help.
  public static func main(
    _ name: String, _ summary: String, takes extras: [LaunchExtra] = [],
    check: (LaunchOptions) throws(SystemError) -> Void = { _ in }, async tasks: @escaping Tasks,
    _ serve: Serve
  ) -> CInt {
    program(name, usage: usage(name, summary, extras)) { arguments, output in
      let options = try LaunchOptions.parse(arguments, takes: extras)
      // Who reads what we print may go away: a server serves nevertheless.
      _ = signal(SIGPIPE, SIG_IGN)
      try check(options)
      return try run(name, options, output, tasks, serve)
    }
  }

  private static func remedy(_ error: any Error) -> String {
    guard let error = error as? SystemError else { return "" }
    switch error.errno {
    case EADDRINUSE: return "Another program listens there; -p 0 takes a port that is free.\n"
    case EMFILE: return "Allow it more descriptors (ulimit -n), or fewer workers.\n"
    default: return ""
    }
  }

  /// The names of the back ends, for `--help`.
  public static var backends: String { (Arguments.backends + ["auto"]).joined(separator: "|") }

  private static func usage(_ name: String, _ summary: String, _ extras: [LaunchExtra]) -> String {
    """
    usage: \(name) \(extras.map { $0.usage + " " }.joined())[-p PORT | --listen ADDRESS]
               [-t WORKERS] [--backend \(backends)] [--async] [--grace SECONDS]
               [--latency] [--trace FILE]

    \(name) \(summary).

    \(extras.map { $0.help + "\n" }.joined())\
      -p, --port PORT        listen on this port of 127.0.0.1; 0, the default, takes a free one
          --listen ADDRESS   listen there: *:8080, [::1]:8080, tcp!*!8080, unix!/tmp/socket
      -t, --workers NUMBER   threads, each with a loop of its own; 1 is the default
          --backend NAME     auto, the default, is uring where the system allows it
          --async            serve by Swift's tasks, one a connection
          --grace SECONDS    how long connections may take to end after SIGINT or SIGTERM; 10
          --latency          measure how late the loops are, for the report
          --trace FILE       keep the last 4,096 events of each worker, and write them to FILE in
                             Chrome's format at the end and with each report
          --version          print the version
      -h, --help             print this

    Prints "\(name): listening on ADDRESS" when it is ready.  SIGINT and SIGTERM end it: what has
    been promised is sent first.  SIGUSR1 has it report to standard error.

    """
  }

  private static func run(
    _ name: String, _ options: LaunchOptions, _ output: StandardOutput,
    _ tasks: @escaping Tasks, _ serve: Serve
  ) throws(SystemError) -> CInt {
    let crew = try Crew(name, options)
    for worker in crew.workers {
      let loop = worker.loop
      if options.isProbed { worker.probe = Aio.LatencyProbe(on: loop) }
      if options.trace != nil { loop.keepRecords(last: 4096) }
      if !options.isAsync { worker.service = try serve(worker.listener, loop, options) }
    }
    try crew.listenForSignals()
    output.print("\(name): listening on \(crew.place)")
    output.flush()
    if let failure = output.failure, failure.errno != EPIPE { return output.status() }
    var threads: [SystemThread.ID] = []
    for worker in crew.workers.dropFirst() {
      threads.append(try SystemThread.start { crew.run(worker, tasks) })
    }
    if let first = crew.workers.first { crew.run(first, tasks) }
    for thread in threads { SystemThread.join(thread) }
    return crew.conclude()
  }
}
