// Addresses of sockets as values.

import CNine
import Glibc

/// Where a socket is: a host and a port, or a path.
public enum SocketAddress: Equatable, Hashable, Sendable {
  /// An IPv4 host, its first byte highest, and a port.
  case ipv4(UInt32, port: UInt16)
  /// An IPv6 host, its first byte highest, a port, and the interface of a link-local host or 0.
  case ipv6(UInt64, UInt64, port: UInt16, scope: UInt32)
  /// The bytes of a Unix socket's path; empty for a socket without a name.
  case unix([UInt8])

  /// The most bytes of a Unix socket's path, without the NUL.  `sun_path`.
  public static let pathMax = 107

  /// The socket address family, such as `AF_INET`.
  public var family: CInt {
    switch self {
    case .ipv4: AF_INET
    case .ipv6: AF_INET6
    case .unix: AF_UNIX
    }
  }

  /// The port; 0 for a path.
  public var port: UInt16 {
    switch self {
    case .ipv4(_, let port), .ipv6(_, _, let port, _): port
    case .unix: 0
    }
  }

  /// True for the host that stands for all of this machine's.
  public var isAny: Bool {
    switch self {
    case .ipv4(let host, _): host == 0
    case .ipv6(let high, let low, _, _): high == 0 && low == 0
    case .unix: false
    }
  }

  /// The same address with another port.
  public func with(port: UInt16) -> SocketAddress {
    switch self {
    case .ipv4(let host, _): .ipv4(host, port: port)
    case .ipv6(let high, let low, _, let scope): .ipv6(high, low, port: port, scope: scope)
    case .unix: self
    }
  }

  /// The address that `text` spells, four decimal numbers or IPv6; nil if it is none.  Pure.
  ///
  /// `inet_pton(3)`: no names, no short or octal forms, no zones.
  public init?(literal text: String, port: UInt16) {
    var four = in_addr()
    var six = in6_addr()
    if unsafe inet_pton(AF_INET, text, &four) == 1 {
      self = .ipv4(UInt32(bigEndian: four.s_addr), port: port)
    } else if unsafe inet_pton(AF_INET6, text, &six) == 1 {
      self = Self.ipv6(six, port: port, scope: 0)
    } else {
      return nil
    }
  }

  /// The host in words: `127.0.0.1`, `::1`, `fe80::1%2`; the path of a Unix socket.
  ///
  /// IPv4 in IPv6 is dotted without its prefix.  `inet_ntop(3)`.
  public var host: String {
    switch self {
    case .ipv4(let host, _): return Self.dotted(host)
    case .ipv6(0, let low, _, _) where low >> 32 == 0xFFFF:
      return Self.dotted(UInt32(truncatingIfNeeded: low))
    case .ipv6(let high, let low, _, let scope):
      var six = Self.bytes(high, low)
      let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { room in
        unsafe room.initialize(repeating: 0)
        guard let start = room.baseAddress,
          unsafe inet_ntop(AF_INET6, &six, start, socklen_t(room.count)) != nil
        else { return "" }
        return unsafe String(cString: start)
      }
      return scope == 0 ? text : "\(text)%\(scope)"
    case .unix(let path): return String(decoding: path, as: UTF8.self)
    }
  }

  private static func dotted(_ host: UInt32) -> String {
    "\(host >> 24).\(host >> 16 & 255).\(host >> 8 & 255).\(host & 255)"
  }

  private static func bytes(_ high: UInt64, _ low: UInt64) -> in6_addr {
    var six = in6_addr()
    unsafe withUnsafeMutableBytes(of: &six) { room in
      unsafe room.storeBytes(of: high.bigEndian, as: UInt64.self)
      unsafe room.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
    return six
  }

  private static func ipv6(_ six: in6_addr, port: UInt16, scope: UInt32) -> SocketAddress {
    unsafe withUnsafeBytes(of: six) { bytes in
      let high = unsafe UInt64(bigEndian: bytes.load(as: UInt64.self))
      let low = unsafe UInt64(bigEndian: bytes.load(fromByteOffset: 8, as: UInt64.self))
      return .ipv6(high, low, port: port, scope: scope)
    }
  }
}

extension SocketAddress {
  /// Calls `body` with the address as the system wants it.
  func withRaw<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    func call<Raw>(_ raw: Raw, _ size: Int) -> Result {
      unsafe withUnsafePointer(to: raw) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe body($0, socklen_t(size))
        }
      }
    }
    switch self {
    case .ipv4(let host, let port):
      var raw = sockaddr_in()
      raw.sin_family = sa_family_t(AF_INET)
      raw.sin_port = port.bigEndian
      raw.sin_addr.s_addr = host.bigEndian
      return call(raw, MemoryLayout<sockaddr_in>.size)
    case .ipv6(let high, let low, let port, let scope):
      var raw = sockaddr_in6()
      raw.sin6_family = sa_family_t(AF_INET6)
      raw.sin6_port = port.bigEndian
      raw.sin6_addr = Self.bytes(high, low)
      raw.sin6_scope_id = scope
      return call(raw, MemoryLayout<sockaddr_in6>.size)
    case .unix(let path):
      precondition(path.count <= Self.pathMax, "the path of a socket is not longer than pathMax")
      var raw = sockaddr_un()
      raw.sun_family = sa_family_t(AF_UNIX)
      unsafe withUnsafeMutableBytes(of: &raw.sun_path) { unsafe $0.copyBytes(from: path) }
      let start = MemoryLayout<sockaddr_un>.size - Self.pathMax - 1
      return call(raw, start + path.count + 1)
    }
  }

  /// Calls `body` with the bytes of the address as the system wants it, a `sockaddr`.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    unsafe withRaw { unsafe body(UnsafeRawBufferPointer(start: $0, count: Int($1))) }
  }

  /// The address that the system put into `raw`; nil if its family is none of ours.
  init?(_ raw: borrowing sockaddr_storage, size: socklen_t) {
    let storage = copy raw
    let found: SocketAddress? = unsafe withUnsafeBytes(of: storage) { bytes in
      switch CInt(storage.ss_family) {
      case AF_INET:
        let four = unsafe bytes.load(as: sockaddr_in.self)
        return .ipv4(
          UInt32(bigEndian: four.sin_addr.s_addr), port: UInt16(bigEndian: four.sin_port))
      case AF_INET6:
        let six = unsafe bytes.load(as: sockaddr_in6.self)
        return Self.ipv6(
          six.sin6_addr, port: UInt16(bigEndian: six.sin6_port), scope: six.sin6_scope_id)
      case AF_UNIX:
        let start = MemoryLayout<sockaddr_un>.size - Self.pathMax - 1
        if Int(size) <= start { return .unix([]) }
        let path = unsafe bytes[start..<min(Int(size), bytes.count)]
        return .unix(unsafe Array(path.prefix { $0 != 0 }))
      default: return nil
      }
    }
    guard let found else { return nil }
    self = found
  }
}
