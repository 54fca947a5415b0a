// Who is connected to whom.

import Glibc

/// The two ends of a connection, in words.  Corresponds to `NetConnInfo`.
public struct NetConnInfo: Equatable, Sendable {
  /// The connection's name: `/dev/fd/N`.
  public let dir: String
  /// Where networks are: always `/net`.
  public let root: String
  /// This end's host and port; `unknown` for a Unix socket.
  public let lsys: String, lserv: String
  /// The other end's host and port; `*` and `0` where there is none.
  public let rsys: String, rserv: String
  /// The dial strings of both ends.
  public let laddr: String, raddr: String

  /// What is known of the caller's socket `fd`.
  ///
  /// - Throws: `ENOTSOCK` if it is none, and what else `getsockname(2)` reports.
  public init(_ fd: CInt) throws(SystemError) {
    dir = "/dev/fd/\(fd)"
    root = "/net"
    let kind = try Sockets.kind(of: fd)
    let network = kind == .stream ? "tcp" : "udp"
    let local = try Sockets.name(of: fd) ?? .unix([])
    var remote: SocketAddress?
    do { remote = try Sockets.peer(of: fd) } catch { if error.errno != ENOTCONN { throw error } }
    if case .unix = local {
      (lsys, lserv, rsys, rserv) = ("unknown", "unknown", "unknown", "unknown")
      // Of the two ends of a connection one has no name; it is known by the other's.
      let names = [local.host, remote?.host ?? ""]
      let name = names.first { !$0.isEmpty } ?? ""
      laddr = "unix!\(local.host.isEmpty ? name : local.host)"
      raddr = "unix!\(names[1].isEmpty ? name : names[1])"
      return
    }
    let other = remote ?? .ipv4(0, port: 0)
    (lsys, lserv) = (Self.host(local), "\(local.port)")
    (rsys, rserv) = (Self.host(other), "\(other.port)")
    laddr = "\(network)!\(lsys)!\(lserv)"
    raddr = "\(network)!\(rsys)!\(rserv)"
  }

  private static func host(_ address: SocketAddress) -> String {
    address.isAny ? "*" : address.host
  }
}

/// Who is connected to whom by `dir`, such as `/dev/fd/7`, or by `fd` if `dir` is nil; nil if that
/// is no socket.  Corresponds to `getnetconninfo(3)`.
public func getnetconninfo(_ dir: String?, _ fd: CInt) -> NetConnInfo? {
  guard let dir else { return classic { () throws(SystemError) in try NetConnInfo(fd) } }
  guard let fd = descriptorNumber(dir) else {
    werrstr("bad 'directory' in getnetconninfo: \(dir)")
    return nil
  }
  return classic { () throws(SystemError) in try NetConnInfo(fd) }
}

/// N of `/dev/fd/N`.
func descriptorNumber(_ dir: String) -> CInt? {
  let prefix = "/dev/fd/"
  guard dir.hasPrefix(prefix) else { return nil }
  let digits = dir.dropFirst(prefix.count)
  return digits.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? CInt(digits) : nil
}
