// Datagrams with both of their addresses, and questions to the kernel about its network.

import CNine
import Glibc

/// The addresses of a datagram, 16 bytes each; an IPv4 address is the IPv6 address that maps it.
public struct DatagramAddresses: Equatable, Sendable {
  /// Who sent it, or shall get it.
  public var remote = [UInt8](repeating: 0, count: 16)
  /// Where it was sent to, or shall come from; zeros for any.
  public var local = [UInt8](repeating: 0, count: 16)
  /// The own address of the interface through which it came.
  public var interface = [UInt8](repeating: 0, count: 16)
  /// The port at the other end.
  public var remotePort: UInt16 = 0
  /// The number of the interface; 0 for any.
  public var interfaceIndex = 0
  /// The interface of a link-local remote address, as a number; 0 for none.
  public var scope: UInt32 = 0
  /// True if the datagram was longer than the buffer; the rest is lost.
  public var isTruncated = false

  /// No addresses.
  public init() {}
}

/// System calls on datagrams.
public enum Datagrams {
  /// Makes datagrams come with their local addresses.  `IP_PKTINFO`, `IPV6_RECVPKTINFO`.
  ///
  /// Plan 9: the message `headers` to the socket's `ctl` file.
  public static func wantAddresses(_ fd: CInt) throws(SystemError) {
    let family = try family(of: fd)
    _ = try check("setsockopt") { cnine_udp_headers(fd, family) }
  }

  /// Waits for a datagram.  `recvmsg(2)`.
  ///
  /// - Returns: how many bytes were stored, and the addresses.
  public static func receive(
    _ fd: CInt, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> (Int, DatagramAddresses) {
    var raw = cnine_datagram()
    let count = try check("recvmsg") {
      unsafe cnine_udp_receive(fd, buffer.baseAddress, buffer.count, &raw)
    }
    var result = DatagramAddresses()
    result.remote = unsafe withUnsafeBytes(of: raw.remote) { unsafe Array($0) }
    result.local = unsafe withUnsafeBytes(of: raw.local) { unsafe Array($0) }
    result.interface = unsafe withUnsafeBytes(of: raw.iface) { unsafe Array($0) }
    result.remotePort = raw.remote_port
    result.interfaceIndex = Int(raw.index)
    result.scope = raw.scope
    result.isTruncated = raw.truncated != 0
    return (count, result)
  }

  /// Sends a datagram; the local address is a wish, zeros none.  `sendmsg(2)`.
  public static func send(
    _ fd: CInt, _ bytes: UnsafeRawBufferPointer, to addresses: DatagramAddresses
  ) throws(SystemError) -> Int {
    precondition(addresses.remote.count == 16 && addresses.local.count == 16)
    let family = try family(of: fd)
    var raw = cnine_datagram()
    unsafe withUnsafeMutableBytes(of: &raw.remote) { unsafe $0.copyBytes(from: addresses.remote) }
    unsafe withUnsafeMutableBytes(of: &raw.local) { unsafe $0.copyBytes(from: addresses.local) }
    raw.remote_port = addresses.remotePort
    raw.index = CInt(addresses.interfaceIndex)
    raw.scope = addresses.scope
    return try check("sendmsg") {
      unsafe cnine_udp_send(fd, family, bytes.baseAddress, bytes.count, &raw)
    }
  }

  private static func family(of fd: CInt) throws(SystemError) -> CInt {
    try Sockets.option(fd, SOL_SOCKET, SO_DOMAIN)
  }
}

/// Questions to the kernel about its network.  `netlink(7)`, Linux.
public enum RouteSocket {
  /// A message longer than this would not fit; the kernel's are 32 KiB at most.
  static let messageSizeMax = 64 * 1024
  /// A machine with more interfaces than fit in this many answers is a loop.
  static let answersMax = 4096

  /// Sends a request that lists something, and returns the answer's messages, one after another.
  ///
  /// - Parameters:
  ///   - request: a netlink message with its header.
  ///   - isLast: true if an answer, as it came, ends the list.
  public static func dump(
    _ request: [UInt8], isLast: ([UInt8]) -> Bool
  ) throws(SystemError) -> [UInt8] {
    let type = CInt(SOCK_RAW.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    let socket = Descriptor(adopting: try check("socket") { Glibc.socket(AF_NETLINK, type, 0) })
    let fd = socket.raw
    _ = try check("send") {
      unsafe request.withUnsafeBytes { unsafe send(fd, $0.baseAddress, $0.count, 0) }
    }
    var result: [UInt8] = []
    for _ in 0..<answersMax {
      var answer = [UInt8](repeating: 0, count: messageSizeMax)
      let count = try check("recv") {
        unsafe answer.withUnsafeMutableBytes { unsafe recv(fd, $0.baseAddress, $0.count, 0) }
      }
      answer.removeLast(messageSizeMax - count)
      result += answer
      if count == 0 || isLast(answer) { break }
    }
    return result
  }
}
