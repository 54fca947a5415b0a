// What the runtime's programs are asked on their command lines.

import Lib9c
public import LibAIO
import Sys9

/// What some of the runtime's programs take beside what all do.
public enum LaunchExtra: CaseIterable, Sendable {
  /// `--to ADDRESS`, which must be given, and `--patience SECONDS`.
  case target
  /// `--root DIRECTORY`.
  case root
  /// `--idle SECONDS` and `--slow SECONDS`.
  case limits

  /// How it stands in the first line of the help.
  var usage: String {
    switch self {
    case .target: "--to ADDRESS [--patience SECONDS]"
    case .root: "[--root DIRECTORY]"
    case .limits: "[--idle SECONDS] [--slow SECONDS]"
    }
  }

  private func seconds(_ limit: KeyPath<WebLimits, Duration>) -> Int64 {
    WebLimits()[keyPath: limit].components.seconds
  }

  /// Its lines in the help.
  var help: String {
    switch self {
    case .target:
      """
            --to ADDRESS       pass connections on to this port of 127.0.0.1, or to a place such as
                               example.com:80 or unix!/tmp/socket
            --patience SECONDS how long to look for it and to connect; 10
      """
    case .root: "      --root DIRECTORY   serve the files below this directory"
    case .limits:
      """
            --idle SECONDS     close connections that ask for nothing; \(seconds(\.idle))
            --slow SECONDS     refuse requests that take longer to come; \(seconds(\.head))
      """
    }
  }
}

/// What the user asked a server for.
public struct LaunchOptions: Sendable {
  /// Where to listen, as a dial string of numbers; the port 0 is one that is free.
  public var address = "tcp!127.0.0.1!0"
  /// Where to pass connections on, if the program does.
  public var target: Relay.Target?
  /// How long looking for it and connecting may take.
  public var patience = Duration.seconds(10)
  /// The directory whose files are served, if the program serves files.
  public var root: String?
  /// Threads, each with a loop and a listener of its own.
  public var workers = 1
  /// Whether tasks serve, where a program has both ways.
  public var isAsync = false
  /// What loops stand on.
  public var world = Aio.World.machine
  /// How long connections may take to end when the program is told to.
  public var grace = Duration.seconds(10)
  /// What a web server's connections may take.
  public var limits = WebLimits()
  /// Whether the loops' lateness is measured.
  public var isProbed = false
  /// Where the last events are written; nil for nowhere.
  public var trace: String?

  /// What was wrong with a command line.
  public struct UsageError: Error, Equatable {
    /// One sentence for the user.
    public let text: String
  }

  /// What is asked for if nothing is.
  public init() {}

  /// The options in `arguments`, without the program's name; nil where help was asked for.
  ///
  /// - Parameter extras: what the program takes beside what all do.
  public static func parse(
    _ arguments: [String], takes extras: [LaunchExtra] = []
  ) throws(UsageError) -> LaunchOptions? {
    var options = LaunchOptions()
    var listensBy: String?
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "-h", "--help": return nil
      case "-p", "--port", "--listen":
        if let other = listensBy, other != word {
          throw UsageError(text: "\(other) and \(word) exclude each other")
        }
        listensBy = word
        options.address = try listening(rest.popFirst(), word)
      case "-t", "--workers": options.workers = try number(rest.popFirst(), word, "threads", 1, 256)
      case "--async": options.isAsync = true
      case "--grace":
        options.grace = .seconds(try number(rest.popFirst(), word, "seconds", 0, 86_400))
      case "--latency": options.isProbed = true
      case "--trace": options.trace = try value(rest.popFirst(), word, "a file")
      case "--backend":
        switch rest.popFirst() {
        case "epoll": options.world = .epoll
        case "uring": options.world = .uring
        #if AIO_KQUEUE
          case "kqueue": options.world = .kqueue
        #endif
        case "auto": options.world = .machine
        default:
          let known = backends.joined(separator: ", ")
          throw UsageError(text: "--backend wants \(known) or auto")
        }
      default: try options.parse(word, &rest, extras)
      }
    }
    try options.check(extras)
    return options
  }

  /// The back ends that this build has, beside auto.
  #if AIO_KQUEUE
    static let backends = ["epoll", "uring", "kqueue"]
  #else
    static let backends = ["epoll", "uring"]
  #endif

  private mutating func parse(
    _ word: String, _ rest: inout ArraySlice<String>, _ extras: [LaunchExtra]
  ) throws(UsageError) {
    switch word {
    case "--to" where extras.contains(.target):
      let place = try Self.place(rest.popFirst(), word)
      target = place.literal.map { .address($0) } ?? .name("\(place)")
    case "--patience" where extras.contains(.target):
      patience = .seconds(try Self.number(rest.popFirst(), word, "seconds", 1, 86_400))
    case "--root" where extras.contains(.root):
      root = try Self.value(rest.popFirst(), word, "a directory")
    case "--idle" where extras.contains(.limits):
      limits.idle = .seconds(try Self.number(rest.popFirst(), word, "seconds", 1, 86_400))
      limits.send = limits.idle
    case "--slow" where extras.contains(.limits):
      limits.head = .seconds(try Self.number(rest.popFirst(), word, "seconds", 1, 86_400))
      limits.body = limits.head
    default: throw UsageError(text: "unexpected argument '\(word)'")
    }
  }

  private func check(_ extras: [LaunchExtra]) throws(UsageError) {
    if extras.contains(.target) && target == nil {
      throw UsageError(text: "--to ADDRESS is missing")
    }
    if address.hasPrefix("unix!"), workers > 1 {
      throw UsageError(text: "-t: a Unix socket has one listener, and so one worker")
    }
  }

  private static func value(
    _ text: String?, _ option: String, _ what: String
  ) throws(UsageError) -> String {
    guard let text, !text.isEmpty else { throw UsageError(text: "\(option) wants \(what)") }
    return text
  }

  private static func number(
    _ text: String?, _ option: String, _ what: String, _ least: Int, _ most: Int
  ) throws(UsageError) -> Int {
    guard let number = text.flatMap({ Int($0) }), (least...most).contains(number) else {
      throw UsageError(text: "\(option) wants a number of \(what), \(least) to \(most)")
    }
    return number
  }

  /// The dial string of what `-p` or `--listen` was given.
  private static func listening(_ text: String?, _ option: String) throws(UsageError) -> String {
    if option != "--listen" {
      guard let text, let port = UInt16(text) else {
        throw UsageError(text: "\(option) wants a port, 0 to 65535")
      }
      return "tcp!127.0.0.1!\(port)"
    }
    let place = try place(text, option)
    if place.literal == nil {
      throw UsageError(text: "\(option) wants numbers for host and port, not '\(text ?? "")'")
    }
    return "\(place)"
  }

  /// The place that `text` means: `PORT` of this machine, `HOST:PORT`, or a dial string.
  private static func place(_ text: String?, _ option: String) throws(UsageError) -> DialString {
    let text = try value(text, option, "an address")
    let runes = text.unicodeScalars
    var dialString = text
    if !runes.contains("!") {
      // The last colon, but none of an address in brackets.
      let colon = runes.lastIndex { $0 == ":" || $0 == "]" }.flatMap { runes[$0] == ":" ? $0 : nil }
      let host = colon.map { String(runes[..<$0]) } ?? "127.0.0.1"
      let service = colon.map { String(runes[runes.index(after: $0)...]) } ?? text
      // A word alone would be taken for a service.
      if colon == nil && UInt16(text) == nil {
        let forms = "PORT, HOST:PORT, or an address such as tcp!host!http"
        throw UsageError(text: "\(option) wants \(forms), not '\(text)'")
      }
      dialString = "tcp!\(host.isEmpty ? "*" : host)!\(service)"
    }
    do {
      return try DialString(parsing: dialString)
    } catch {
      throw UsageError(text: "\(option) \(text): \(error)")
    }
  }
}
