// Dial strings: theory of operation.
//
// Problem.  Berkeley's sockets want four calls and three structures to say `tcp!example.com!80`.
//
//     net!host!service     tcp, udp, or net: tcp if the service is one of it, else udp
//     unix!path            a Unix socket; net!path too
//     /net/tcp!host!80     as a Plan 9 name; the mount point is dropped
//
// Shape.  Parsing is pure and total: text in, `DialString` or `DialError` out.  A service that is
// a number or in the table of Plan 9's own is a port from then on; other names of services and all
// names of hosts stay names, for whoever asks the system (`Net`, or a runtime that must not block).
//
// Invariants.
//   D1  A host and a service are never empty, and a path is short enough for a socket.
//   D2  DialString(parsing: "\(d)") == d.
//
// Rejected.  Numbers out of 0...65535, which plan9port cuts off; blanks before a number.

/// Where to dial or what to announce: a dial string, understood.
public enum DialString: Equatable, Hashable, Sendable {
  /// A network of hosts and services.
  public enum Network: String, Sendable {
    /// Streams.
    case tcp
    /// Messages.
    case udp
    /// Streams if the service has them, else messages.
    case net
  }

  /// Which host.
  public enum Host: Equatable, Hashable, Sendable {
    /// `*`: all of this machine's addresses.
    case any
    /// A name or an address.
    case name(String)
  }

  /// Which service.
  public enum Service: Equatable, Hashable, Sendable {
    /// A port.
    case port(UInt16)
    /// A name that only the system can know.
    case name(String)
  }

  /// A service of a host.
  case service(Network, Host, Service)
  /// A Unix socket.
  case unix(path: String)

  /// What `text` means.
  ///
  /// Hosts may be in brackets, `tcp![::1]!80`.  Pure; O(text).
  public init(parsing text: String) throws(DialError) {
    // By runes: to Swift a `!` with an accent on it is another character.
    let parts = text.unicodeScalars
      .split(separator: "!", maxSplits: 2, omittingEmptySubsequences: false).map { Substring($0) }
    guard parts.count > 1 else { throw .malformed }
    let network = Self.withoutMountPoint(parts[0])
    if network == "unix" || (network == "net" && parts.count == 2) {
      self = try Self.unix(text[parts[1].startIndex...])
      return
    }
    guard parts.count == 3 else { throw .malformed }
    if parts[1].isEmpty { throw .emptyHost }
    if parts[2].isEmpty { throw .emptyPort }
    guard let known = Network(rawValue: String(network)) else { throw .badNetwork(text) }
    let service = try Services.service(String(parts[2]), known)
    self = .service(known, try Self.host(parts[1]), service)
  }

  /// `/net/tcp` and `/net.alt/tcp` are `tcp`.
  private static func withoutMountPoint(_ network: Substring) -> Substring {
    let runes = network.unicodeScalars
    guard runes.first == "/", let slash = runes.lastIndex(of: "/") else { return network }
    return Substring(runes[runes.index(after: slash)...])
  }

  private static func unix(_ path: Substring) throws(DialError) -> DialString {
    if path.isEmpty { throw .emptyPath }
    if path.utf8.count > SocketAddress.pathMax { throw .pathTooLong }
    return .unix(path: String(path))
  }

  private static func host(_ text: Substring) throws(DialError) -> Host {
    if text == "*" { return .any }
    if text.unicodeScalars.first == "[", text.unicodeScalars.last == "]" {
      let inside = text.unicodeScalars.dropFirst().dropLast()
      if inside.isEmpty { throw .emptyHost }
      return .name(String(inside))
    }
    return .name(String(text))
  }

  /// The address, if nobody has to be asked for it: host and service are numbers, or `*`.
  ///
  /// `*` is IPv6's, which is IPv4's too.  Pure.
  public var literal: SocketAddress? {
    switch self {
    case .unix(let path): .unix(Array(path.utf8))
    case .service(_, .any, .port(let port)): .ipv6(0, 0, port: port, scope: 0)
    case .service(_, .name(let host), .port(let port)): SocketAddress(literal: host, port: port)
    case .service: nil
    }
  }
}

extension DialString: CustomStringConvertible {
  /// The dial string in its plain form.
  public var description: String {
    switch self {
    case .unix(let path): return "unix!\(path)"
    case .service(let network, let host, let service):
      let hostText = if case .name(let name) = host { name } else { "*" }
      let serviceText =
        switch service {
        case .port(let port): "\(port)"
        case .name(let name): name
        }
      return "\(network.rawValue)!\(hostText)!\(serviceText)"
    }
  }
}

/// Why a text is no dial string.  The descriptions are Plan 9's error strings.
public enum DialError: Error, Equatable, Sendable {
  /// Too few parts.
  case malformed
  /// Nothing between the first `!` and the second.
  case emptyHost
  /// Nothing behind the second `!`.
  case emptyPort
  /// A path of no bytes.
  case emptyPath
  /// A path of more than 107 bytes.
  case pathTooLong
  /// A network that is not tcp, udp, net or unix; the whole dial string.
  case badNetwork(String)
  /// A number that is no port; the network and the number.
  case badPort(String, String)
  /// A service that nobody knows; the network and the service.
  case unknownService(String, String)
}

extension DialError: CustomStringConvertible {
  /// What is wrong, in Plan 9's words.
  public var description: String {
    switch self {
    case .malformed: "malformed address"
    case .emptyHost: "malformed address (empty host)"
    case .emptyPort: "malformed address (empty port)"
    case .emptyPath: "malformed address (empty path)"
    case .pathTooLong: "unix socket name too long"
    case .badNetwork(let address): "bad network \(address)"
    case .badPort(let network, let port): "bad port \(network)!*!\(port)"
    case .unknownService(let network, let service): "unknown service \(network)!*!\(service)"
    }
  }
}

/// Services that have their port wherever one is: Plan 9's own, and numbers.
enum Services {
  /// Plan 9's services, which `/etc/services` seldom has.
  private static let tcp: [String: UInt16] = [
    "9fs": 564, "whoami": 565, "guard": 566, "ticket": 567, "exportfs": 17007, "rexexec": 17009,
    "ncpu": 17010, "cpu": 17013, "venti": 17034, "wiki": 17035, "secstore": 5356, "dns": 53,
  ]
  private static let udp: [String: UInt16] = ["dns": 53]

  static func service(
    _ text: String, _ network: DialString.Network
  ) throws(DialError) -> DialString.Service {
    let table = network == .udp ? udp : tcp
    if let port = table[text] { return .port(port) }
    guard let number = number(text) else { return .name(text) }
    guard let number, let port = UInt16(exactly: number) else {
      throw .badPort(network.rawValue, text)
    }
    return .port(port)
  }

  /// The number that `text` spells as C does: 0x hexadecimal, 0 octal, else decimal.
  ///
  /// - Returns: nil if it is none; `.some(nil)` if it does not fit.
  private static func number(_ text: String) -> Int?? {
    var digits = text.utf8[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    var radix = 10
    if digits.first == UInt8(ascii: "0"), digits.count > 1 {
      let isHex = digits.dropFirst().first.map { $0 | 0x20 } == UInt8(ascii: "x")
      radix = isHex ? 16 : 8
      digits = digits.dropFirst(isHex ? 2 : 1)
    }
    func isDigit(_ byte: UInt8) -> Bool {
      switch radix {
      case 8: 0x30...0x37 ~= byte
      case 16: 0x30...0x39 ~= byte || 0x61...0x66 ~= byte | 0x20
      default: 0x30...0x39 ~= byte
      }
    }
    if digits.isEmpty || !digits.allSatisfy(isDigit) { return nil }
    guard let value = Int(String(Substring(digits)), radix: radix) else { return .some(nil) }
    return .some(isNegative ? -value : value)
  }
}
