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

  /// What is asked for if nothing is.
  public init() {}

  /// The options in `arguments`.
  ///
  /// - Parameter extras: what the program takes beside what all do.
  public static func parse(
    _ arguments: Arguments, takes extras: [LaunchExtra] = []
  ) throws(UsageError) -> LaunchOptions {
    var arguments = arguments
    var options = LaunchOptions()
    var listensBy: String?
    while let word = try arguments.next() {
      switch word {
      case "-p", "--port", "--listen":
        if let other = listensBy, other != word {
          throw UsageError("\(other) and \(word) exclude each other")
        }
        listensBy = word
        options.address = try listening(&arguments, word)
      case "-t", "--workers": options.workers = try arguments.number("threads", 1...256)
      case "--async": options.isAsync = true
      case "--grace": options.grace = try arguments.seconds(atLeast: 0)
      case "--latency": options.isProbed = true
      case "--trace": options.trace = try arguments.value("a file")
      case "--backend": options.world = try arguments.backend()
      default: try options.parse(word, &arguments, extras)
      }
    }
    try options.check(extras)
    return options
  }

  private mutating func parse(
    _ word: String, _ arguments: inout Arguments, _ extras: [LaunchExtra]
  ) throws(UsageError) {
    switch word {
    case "--to" where extras.contains(.target):
      let (place, _) = try Self.place(&arguments, word)
      target = place.literal.map { .address($0) } ?? .name("\(place)")
    case "--patience" where extras.contains(.target):
      patience = try arguments.seconds(atLeast: 1)
    case "--root" where extras.contains(.root): root = try arguments.value("a directory")
    case "--idle" where extras.contains(.limits):
      limits.idle = try arguments.seconds(atLeast: 1)
      limits.send = limits.idle
    case "--slow" where extras.contains(.limits):
      limits.head = try arguments.seconds(atLeast: 1)
      limits.body = limits.head
    default: throw arguments.unexpected()
    }
  }

  private func check(_ extras: [LaunchExtra]) throws(UsageError) {
    if extras.contains(.target) && target == nil {
      throw UsageError("--to ADDRESS is missing")
    }
    if address.hasPrefix("unix!"), workers > 1 {
      throw UsageError("-t: a Unix socket has one listener, and so one worker")
    }
  }

  /// The dial string of what `-p` or `--listen` was given.
  private static func listening(
    _ arguments: inout Arguments, _ option: String
  ) throws(UsageError) -> String {
    if option != "--listen" {
      let wanted = "a port, 0 to 65535"
      guard let port = UInt16(try arguments.value(wanted)) else { throw arguments.wrong(wanted) }
      return "tcp!127.0.0.1!\(port)"
    }
    let (place, text) = try place(&arguments, option)
    if place.literal == nil {
      throw arguments.wrong("numbers for host and port, not '\(text)'")
    }
    return "\(place)"
  }

  /// The place that is given: `PORT` of this machine, `HOST:PORT`, or a dial string; and its text.
  private static func place(
    _ arguments: inout Arguments, _ option: String
  ) throws(UsageError) -> (place: DialString, text: String) {
    let forms = "PORT, HOST:PORT, or an address such as tcp!host!http"
    let text = try arguments.value(forms)
    let runes = text.unicodeScalars
    var dialString = text
    if !runes.contains("!") {
      // The last colon, but none of an address in brackets.
      let colon = runes.lastIndex { $0 == ":" || $0 == "]" }.flatMap { runes[$0] == ":" ? $0 : nil }
      let host = colon.map { String(runes[..<$0]) } ?? "127.0.0.1"
      let service = colon.map { String(runes[runes.index(after: $0)...]) } ?? text
      // A word alone would be taken for a service.
      if colon == nil && UInt16(text) == nil { throw arguments.wrong("\(forms), not '\(text)'") }
      dialString = "tcp!\(host.isEmpty ? "*" : host)!\(service)"
    }
    let place: DialString
    do {
      place = try DialString(parsing: dialString)
    } catch {
      throw UsageError("\(option) \(text): \(error)")
    }
    if case .service(.udp, _, _) = place { throw arguments.wrong("streams, not '\(text)'") }
    return (place, text)
  }
}
