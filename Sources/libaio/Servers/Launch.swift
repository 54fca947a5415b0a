// How the runtime's programs start: the same options, the same line when they are ready.

import Glibc
public import LibAIO
public import Sys9

/// What some of the runtime's programs take beside what all do.
public enum LaunchExtra: CaseIterable, Sendable {
  /// `--to PORT`, which must be given.
  case target
  /// `--root DIRECTORY`.
  case root

  /// How it stands in the first line of the help.
  var usage: String {
    switch self {
    case .target: "--to PORT"
    case .root: "[--root DIRECTORY]"
    }
  }

  /// Its line in the help.
  var help: String {
    switch self {
    case .target: "      --to PORT          pass connections on to this port of 127.0.0.1"
    case .root: "      --root DIRECTORY   serve the files below this directory"
    }
  }
}

/// What the user asked a server for.
public struct LaunchOptions: Sendable {
  /// Where to listen; 0 for a port that is free.
  public var port: UInt16 = 0
  /// Where to pass connections on, if the program does.
  public var target: SocketAddress?
  /// The directory whose files are served, if the program serves files.
  public var root: String?
  /// Threads, each with a loop and a listener of its own.
  public var workers = 1
  /// Whether tasks serve, where a program has both ways.
  public var isAsync = false
  /// What loops stand on.
  public var world = Aio.World.machine

  /// What was wrong with a command line.
  public struct UsageError: Error, Equatable {
    /// One sentence for the user.
    public let text: String
  }

  /// The options in `arguments`, without the program's name; nil where help was asked for.
  public static func parse(_ arguments: [String]) throws(UsageError) -> LaunchOptions? {
    var options = LaunchOptions()
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "-h", "--help": return nil
      case "-p", "--port": options.port = try port(rest.popFirst(), of: word)
      case "--to": options.target = .ipv4(0x7F00_0001, port: try port(rest.popFirst(), of: word))
      case "-t", "--workers":
        guard let count = rest.popFirst().flatMap({ Int($0) }), (1...256).contains(count) else {
          throw UsageError(text: "\(word) wants a number of threads, 1 to 256")
        }
        options.workers = count
      case "--async": options.isAsync = true
      case "--root":
        guard let root = rest.popFirst() else { throw UsageError(text: "--root wants a directory") }
        options.root = root
      case "--backend":
        switch rest.popFirst() {
        case "epoll": options.world = .epoll
        case "uring": options.world = .uring
        case "auto": options.world = .machine
        default: throw UsageError(text: "--backend wants epoll, uring or auto")
        }
      default: throw UsageError(text: "unexpected argument '\(word)'")
      }
    }
    return options
  }

  private static func port(_ text: String?, of option: String) throws(UsageError) -> UInt16 {
    guard let text, let port = UInt16(text) else {
      throw UsageError(text: "\(option) wants a port, 0 to 65535")
    }
    return port
  }
}

/// Starts a server as all programs of the runtime are started.
public enum Launch {
  /// Makes the server that `serve` builds on a listener, says where it is, and runs it for ever.
  ///
  /// - Returns: the exit status, if it could not begin: 0 after help, 1 if the system refused, 2
  ///   for a command line that is wrong.
  public static func main(
    _ name: String, _ summary: String, takes extra: LaunchExtra? = nil,
    async tasks: (@Sendable (Aio.AsyncListener, Aio.AsyncLoop, LaunchOptions) async -> Void)? = nil,
    _ serve: (Aio.Handle, Aio.Loop, LaunchOptions) throws(SystemError) -> AnyObject
  ) -> CInt {
    let usage = usage(name, summary, extra, hasTasks: tasks != nil)
    do {
      guard let options = try LaunchOptions.parse(Array(CommandLine.arguments.dropFirst())) else {
        print(usage, to: STDOUT_FILENO)
        return 0
      }
      if extra == .target && options.target == nil {
        throw LaunchOptions.UsageError(text: "--to PORT is missing")
      }
      if options.isAsync && tasks == nil {
        throw LaunchOptions.UsageError(text: "--async: this program has no tasks")
      }
      try run(name, options, options.isAsync ? tasks : nil, serve)
      return 0
    } catch let error as LaunchOptions.UsageError {
      print("\(name): \(error.text)\nTry: \(name) --help\n", to: STDERR_FILENO)
      return 2
    } catch {
      print("\(name): \(error)\n", to: STDERR_FILENO)
      return 1
    }
  }

  private static func usage(
    _ name: String, _ summary: String, _ extra: LaunchExtra?, hasTasks: Bool
  ) -> String {
    """
    usage: \(name) [-p PORT] [-t WORKERS] [--backend epoll|uring|auto]\
    \(hasTasks ? " [--async]" : "")\(extra.map { " " + $0.usage } ?? "")

    \(name) \(summary).

      -p, --port PORT        listen on this port of 127.0.0.1; 0, the default, takes a free one
      -t, --workers NUMBER   threads, each with a loop of its own; 1 is the default
    \(extra.map { $0.help + "\n" } ?? "")\
          --backend NAME     epoll, uring, or auto: uring where the system allows it
    \(hasTasks ? "      --async            serve by Swift's tasks, one a connection\n" : "")\
      -h, --help             print this

    Prints "\(name): listening on ADDRESS" when it is ready.

    """
  }

  /// One thread's server, made by the first thread and run by its own.
  private struct Served: @unchecked Sendable {
    let loop: Aio.Loop
    let listener: Aio.Handle
    let server: AnyObject?
  }

  private static func run(
    _ name: String, _ options: LaunchOptions,
    _ tasks: (@Sendable (Aio.AsyncListener, Aio.AsyncLoop, LaunchOptions) async -> Void)?,
    _ serve: (Aio.Handle, Aio.Loop, LaunchOptions) throws(SystemError) -> AnyObject
  ) throws(SystemError) {
    var listening = Aio.ListenOptions()
    listening.sharesPort = options.workers > 1
    var address = SocketAddress.ipv4(0x7F00_0001, port: options.port)
    var served: [Served] = []
    for _ in 0..<options.workers {
      let loop = try options.world.makeLoop()
      let listener = try loop.announce(address, options: listening)
      address = try loop.localAddress(of: listener)
      let server = tasks == nil ? try serve(listener, loop, options) : nil
      served.append(Served(loop: loop, listener: listener, server: server))
    }
    print("\(name): listening on \(address.host):\(address.port)\n", to: STDOUT_FILENO)
    for worker in served.dropFirst() {
      _ = try SystemThread.start { run(worker, options, tasks) }
    }
    if let first = served.first { run(first, options, tasks) }
  }

  private static func run(
    _ worker: Served, _ options: LaunchOptions,
    _ tasks: (@Sendable (Aio.AsyncListener, Aio.AsyncLoop, LaunchOptions) async -> Void)?
  ) {
    guard let tasks else { return withExtendedLifetime(worker.server) { worker.loop.run() } }
    let listener = worker.listener
    worker.loop.run { loop in await tasks(Aio.AsyncListener(listener, loop), loop, options) }
  }

  private static func print(_ text: String, to fd: CInt) {
    let bytes = Array(text.utf8)
    // Nobody may be reading: a server serves nevertheless.
    unsafe bytes.withUnsafeBytes {
      if let base = $0.baseAddress { _ = unsafe Kernel.write(fd, base, $0.count) }
    }
  }
}
