// Dialling: theory of operation.
//
// Problem.  To connect is to try addresses one after the other until one answers, and to announce
// is to survive what the last server left behind.  Every program does both, and few do it right.
//
// Shape.  DialString (pure) -> endpoints (the system's names) -> sockets (Sys9):
//
//     dial      for each endpoint: socket, local address, connect     the first that connects
//     announce  for each endpoint: socket, bind, listen               the first that binds
//
// `dial` is sequential: a runtime that races addresses (RFC 8305) has the same endpoints to race.
// Errors are the last endpoint's, with the dial string as subject.
//
// Invariants.
//   N1  Every descriptor is close-on-exec from its first moment, and none leaks on an error.
//   N2  Only the file of a Unix socket to which nobody listens is removed.
//
// Threads.  No state.  The names of hosts block; dial and accept block.

import Glibc
import SystemPackage

/// One address to try, and how.
public struct Endpoint: Equatable, Sendable {
  /// Streams or messages.
  public let kind: Sockets.Kind
  /// Where.
  public let address: SocketAddress

  /// An address to try.
  public init(_ kind: Sockets.Kind, _ address: SocketAddress) {
    self.kind = kind
    self.address = address
  }
}

/// A connection that was made: a descriptor with one owner, and its addresses.
public struct Connection: ~Copyable {
  /// What the connection reads and writes.
  public let descriptor: Descriptor

  /// Takes over the descriptor of a connection.
  public init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

  /// Who is connected to whom.  Corresponds to `getnetconninfo(3)`.
  public var info: NetConnInfo {
    get throws(SystemError) { try NetConnInfo(descriptor.raw) }
  }

  /// Gives the descriptor to the caller.
  public consuming func release() -> Descriptor { descriptor }
}

/// What has been announced, and accepts connections.
public struct Listener: ~Copyable {
  /// The socket that listens.
  public let descriptor: Descriptor

  /// The name by which `listen` finds it again.
  public var directory: String { "/dev/fd/\(descriptor.raw)" }

  /// Where it listens, with the port that the system chose if 0 was asked for.
  public var address: SocketAddress {
    get throws(SystemError) { try Sockets.name(of: descriptor.raw) ?? .unix([]) }
  }

  /// The dial string by which others on this machine reach it.
  public var dialString: String {
    get throws(SystemError) { try NetConnInfo(descriptor.raw).laddr }
  }

  /// Waits for the next connection.
  ///
  /// - Throws: what `accept4(2)` reports; `EMFILE` leaves the connection waiting.
  public borrowing func accept() throws(SystemError) -> Connection {
    Connection(try Net.accept(descriptor.raw))
  }

  /// Gives the descriptor to the caller.
  public consuming func release() -> Descriptor { descriptor }
}

/// The network by dial strings.
public enum Net {
  /// Connects to `address`, such as `tcp!example.com!80`.
  ///
  /// Addresses of a host are tried in the system's order; what is sent goes out at once
  /// (`TCP_NODELAY`).  Blocks.
  ///
  /// - Parameter local: the dial string to come from; nil if the system may choose.
  /// - Throws: what is wrong with the dial string, or why the last address did not answer.
  ///   Corresponds to `dial(3)`.
  public static func dial(
    _ address: String, from local: String? = nil
  ) throws(SystemError) -> Connection {
    try named(address) { () throws(SystemError) in
      let target = try parse(address)
      if case .unix(let path) = target { return try dialUnix(path) }
      if case .service(_, .any, _) = target {
        throw SystemError(call: "dial", text: "invalid dial address 0.0.0.0 (aka *)").noted()
      }
      let origins = try local.map { (text) throws(SystemError) in try endpoints(parse(text)) }
      return try first(of: endpoints(target)) { (endpoint) throws(SystemError) in
        try connect(endpoint, from: origins)
      }
    }
  }

  /// Connects one socket.  What `dial` does for each address.
  ///
  /// - Parameters:
  ///   - origins: where to come from: the first of the same family.
  ///   - patienceNs: how long to wait at most; nil for as long as the system does, some minutes.
  /// - Throws: what `connect(2)` reports; `ETIMEDOUT` if it took too long.
  public static func connect(
    _ endpoint: Endpoint, from origins: [Endpoint]? = nil, patienceNs: Int64? = nil
  ) throws(SystemError) -> Connection {
    let socket = try Sockets.make(for: endpoint.address, endpoint.kind)
    if let patienceNs { try Sockets.setPatience(socket.raw, ns: patienceNs) }
    if let origins {
      guard let origin = origins.first(where: { $0.address.family == endpoint.address.family })
      else { throw SystemError(call: "bind", errno: EAFNOSUPPORT).noted() }
      if endpoint.kind == .stream { try Sockets.reuseAddress(socket.raw) }
      try Sockets.bind(socket.raw, to: origin.address)
    }
    if endpoint.kind == .datagram { try Sockets.allowBroadcast(socket.raw) }
    do {
      try Sockets.connect(socket.raw, to: endpoint.address)
    } catch {
      if error.errno != EINPROGRESS { throw error }
      throw SystemError(call: "connect", errno: ETIMEDOUT).noted()
    }
    if patienceNs != nil { try Sockets.setPatience(socket.raw, ns: 0) }
    if endpoint.kind == .stream, endpoint.address.family != AF_UNIX {
      try Sockets.sendAtOnce(socket.raw)
    }
    return Connection(socket)
  }

  private static func dialUnix(_ path: String) throws(SystemError) -> Connection {
    // A name may be of a file or a device that is to be read and written as it is.
    if let file = try? Descriptor.open(FilePath(path), O_RDWR) { return Connection(file) }
    do {
      return try connect(Endpoint(.stream, .unix(Array(path.utf8))))
    } catch {
      let text = "connect \(path): \(error.reason)"
      werrstr(text)
      throw error
    }
  }

  /// Makes `address` known, so that others can dial it: `tcp!*!http`, `tcp!*!0` for any free port,
  /// `unix!/tmp/socket`.
  ///
  /// `*` is IPv6 and IPv4 alike, or IPv4 alone where the system has no IPv6.  A Unix socket that
  /// the last server left behind is replaced, one with a server is not.  Datagrams need no
  /// `accept`: the listener's descriptor receives them.  Corresponds to `announce` of `dial(3)`.
  public static func announce(_ address: String) throws(SystemError) -> Listener {
    try named(address) { () throws(SystemError) in
      let places = try endpoints(parse(address))
      return try first(of: places) { (place) throws(SystemError) in
        let socket = try Sockets.make(for: place.address, place.kind)
        if case .unix = place.address {
          try bindUnix(socket.raw, place.address)
        } else {
          if place.address.isAny, place.address.family == AF_INET6 {
            try Sockets.setIPv6Only(socket.raw, false)
          }
          if place.address.port != 0 { try Sockets.reuseAddress(socket.raw) }
          try Sockets.bind(socket.raw, to: place.address)
        }
        if place.kind == .stream { try Sockets.listen(socket.raw) }
        return Listener(descriptor: socket)
      }
    }
  }

  private static func bindUnix(_ fd: CInt, _ address: SocketAddress) throws(SystemError) {
    do {
      try Sockets.bind(fd, to: address)
    } catch {
      guard error.errno == EADDRINUSE, case .unix(let path) = address else { throw error }
      let name = FilePath(String(decoding: path, as: UTF8.self))
      guard try isStale(address, name) else { throw error }
      try Files.remove(name)
      try Sockets.bind(fd, to: address)
    }
  }

  /// N2: it is a socket, and nobody listens, which is another thing than that nobody is let in.
  ///
  /// The system refuses connections to files that are no sockets, too.
  private static func isStale(
    _ address: SocketAddress, _ path: FilePath
  ) throws(SystemError) -> Bool {
    guard try FullStatus(path, follows: false).mode & S_IFMT == S_IFSOCK else { return false }
    let probe = try Sockets.make(for: address, .stream)
    do {
      try Sockets.connect(probe.raw, to: address)
      return false
    } catch {
      return error.errno == ECONNREFUSED
    }
  }

  /// Takes the next connection to a listening socket of the caller's.
  public static func accept(_ fd: CInt) throws(SystemError) -> Descriptor {
    let socket = try Sockets.accept(fd)
    // No Unix socket has this, and without it a connection still works.
    try? Sockets.sendAtOnce(socket.raw)
    return socket
  }

  /// What to try for a dial string, best first.  Asks the system for names, and may block.
  public static func endpoints(_ target: DialString) throws(SystemError) -> [Endpoint] {
    switch target {
    case .unix(let path): return [Endpoint(.stream, .unix(Array(path.utf8)))]
    case .service(let network, let host, let service):
      var found: [Endpoint] = []
      for (kind, port) in try ports(service, network) {
        found += try addresses(host, port).map { Endpoint(kind, $0) }
      }
      return found
    }
  }

  private static func addresses(
    _ host: DialString.Host, _ port: UInt16
  ) throws(SystemError) -> [SocketAddress] {
    switch host {
    case .any: return [.ipv6(0, 0, port: port, scope: 0), .ipv4(0, port: port)]
    case .name(let name):
      if let literal = SocketAddress(literal: name, port: port) { return [literal] }
      return try Resolver.addresses(of: name, port: port)
    }
  }

  private static func ports(
    _ service: DialString.Service, _ network: DialString.Network
  ) throws(SystemError) -> [(Sockets.Kind, UInt16)] {
    let kinds: [Sockets.Kind] =
      switch network {
      case .tcp: [.stream]
      case .udp: [.datagram]
      case .net: [.stream, .datagram]
      }
    switch service {
    case .port(let port): return kinds.map { ($0, port) }
    case .name(let name):
      for kind in kinds {
        if let port = try Resolver.port(of: name, kind) { return [(kind, port)] }
      }
      throw error(.unknownService(network.rawValue, name))
    }
  }

  private static func parse(_ text: String) throws(SystemError) -> DialString {
    do { return try DialString(parsing: text) } catch { throw self.error(error) }
  }

  private static func error(_ error: DialError) -> SystemError {
    SystemError(call: "dial", text: error.description).noted()
  }

  /// Runs `body` and names the dial string in its error.
  private static func named<Result: ~Copyable>(
    _ address: String, _ body: () throws(SystemError) -> Result
  ) throws(SystemError) -> Result {
    do {
      return try body()
    } catch {
      var named = error
      named.subject = address
      throw named
    }
  }

  /// What `body` makes of the first endpoint with which it does not fail.
  private static func first<Result: ~Copyable>(
    of endpoints: [Endpoint], _ body: (Endpoint) throws(SystemError) -> Result
  ) throws(SystemError) -> Result {
    var last = SystemError(call: "dial", errno: EADDRNOTAVAIL)
    for endpoint in endpoints {
      do {
        return try body(endpoint)
      } catch {
        // Who may not have a port, or finds it taken, must not get it for half of the networks.
        if error.errno == EADDRINUSE || error.errno == EACCES { throw error }
        last = error
      }
    }
    throw last
  }
}
