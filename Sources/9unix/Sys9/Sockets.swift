// Sockets: each call of the manual's section 2 once, with EINTR and close-on-exec decided.
//
// Names with a raw descriptor take a caller's: EBADF and ENOTSOCK are errors, not crashes (E2).

import CNine
import Glibc

/// System calls on sockets.
public enum Sockets {
  /// What a socket carries.
  public enum Kind: Equatable, Sendable {
    /// A stream of bytes, such as TCP.
    case stream
    /// Messages, such as UDP.
    case datagram

    var raw: CInt {
      switch self {
      case .stream: CInt(SOCK_STREAM.rawValue)
      case .datagram: CInt(SOCK_DGRAM.rawValue)
      }
    }
  }

  /// A new socket for addresses like `address`, close-on-exec.  `socket(2)`.
  public static func make(
    for address: SocketAddress, _ kind: Kind
  ) throws(SystemError) -> Descriptor {
    let type = kind.raw | CInt(SOCK_CLOEXEC.rawValue)
    return Descriptor(adopting: try check("socket") { socket(address.family, type, 0) })
  }

  /// Two sockets that are connected to each other, close-on-exec.  `socketpair(2)`.
  public static func pair(_ kind: Kind) throws(SystemError) -> (CInt, CInt) {
    var ends: [CInt] = [-1, -1]
    let type = kind.raw | CInt(SOCK_CLOEXEC.rawValue)
    _ = try check("socketpair") { unsafe socketpair(AF_UNIX, type, 0, &ends) }
    return (ends[0], ends[1])
  }

  /// Gives a socket its local address.  `bind(2)`.
  public static func bind(_ fd: CInt, to address: SocketAddress) throws(SystemError) {
    _ = try check("bind") { unsafe address.withRaw { unsafe Glibc.bind(fd, $0, $1) } }
  }

  /// Lets others connect, as many at once as the system allows.  `listen(2)`.
  public static func listen(_ fd: CInt) throws(SystemError) {
    _ = try check("listen") { Glibc.listen(fd, CInt(SOMAXCONN)) }
  }

  /// Connects a socket, and waits until it is.  `connect(2)`.
  ///
  /// A connection that a signal interrupted goes on being made: to call again is to wait for it,
  /// and then it may already be there.
  public static func connect(_ fd: CInt, to address: SocketAddress) throws(SystemError) {
    var wasInterrupted = false
    while true {
      var result: CInt = -1
      if let fault = Faults.next("connect") {
        errno = fault
      } else {
        result = unsafe address.withRaw { unsafe Glibc.connect(fd, $0, $1) }
      }
      if result == 0 { return }
      switch errno {
      case EINTR: wasInterrupted = true
      case EISCONN where wasInterrupted: return
      case EALREADY where wasInterrupted: return try waitForConnection(fd)
      default: throw failure("connect")
      }
    }
  }

  private static func waitForConnection(_ fd: CInt) throws(SystemError) {
    var polled = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
    _ = try check("poll") { unsafe poll(&polled, 1, -1) }
    let code = try option(fd, SOL_SOCKET, SO_ERROR)
    if code != 0 { throw SystemError(call: "connect", errno: code).noted() }
  }

  /// Takes the next connection to a listening socket, close-on-exec.  `accept4(2)`.
  ///
  /// A connection that was given up before it was taken is not an error: the next one is waited
  /// for.  `ECONNABORTED`.
  public static func accept(_ fd: CInt) throws(SystemError) -> Descriptor {
    while true {
      do {
        return Descriptor(
          adopting: try check("accept4") { cnine_accept(fd, nil, nil) })
      } catch {
        if error.errno != ECONNABORTED { throw error }
      }
    }
  }

  /// A socket's own address.  `getsockname(2)`.
  public static func name(of fd: CInt) throws(SystemError) -> SocketAddress? {
    var raw = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    _ = try check("getsockname") {
      unsafe withUnsafeMutablePointer(to: &raw) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe getsockname(fd, $0, &size)
        }
      }
    }
    return SocketAddress(raw, size: size)
  }

  /// The address at a socket's other end.  `getpeername(2)`; `ENOTCONN` if there is none.
  public static func peer(of fd: CInt) throws(SystemError) -> SocketAddress? {
    var raw = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    _ = try check("getpeername") {
      unsafe withUnsafeMutablePointer(to: &raw) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe getpeername(fd, $0, &size)
        }
      }
    }
    return SocketAddress(raw, size: size)
  }

  /// An option that is an int.  `getsockopt(2)`.
  public static func option(_ fd: CInt, _ level: CInt, _ name: CInt) throws(SystemError) -> CInt {
    var value: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    _ = try check("getsockopt") { unsafe getsockopt(fd, level, name, &value, &size) }
    return value
  }

  /// Sets an option that is an int.  `setsockopt(2)`.
  public static func setOption(
    _ fd: CInt, _ level: CInt, _ name: CInt, _ value: CInt
  ) throws(SystemError) {
    var value = value
    let size = socklen_t(MemoryLayout<CInt>.size)
    _ = try check("setsockopt") { unsafe setsockopt(fd, level, name, &value, size) }
  }

  /// Bounds the time that one call may wait to send, to connect or to receive; 0 is for ever.
  ///
  /// A call that waited longer fails with `EAGAIN`, or `EINPROGRESS` if it was to connect.
  /// `SO_SNDTIMEO`, `SO_RCVTIMEO`.
  public static func setPatience(_ fd: CInt, ns: Int64) throws(SystemError) {
    var time = timeval(tv_sec: Int(ns / 1_000_000_000), tv_usec: Int(ns % 1_000_000_000 / 1000))
    let size = socklen_t(MemoryLayout<timeval>.size)
    for name in [SO_SNDTIMEO, SO_RCVTIMEO] {
      _ = try check("setsockopt") { unsafe setsockopt(fd, SOL_SOCKET, name, &time, size) }
    }
  }

  /// What the socket carries.  `SO_TYPE`.
  public static func kind(of fd: CInt) throws(SystemError) -> Kind {
    try option(fd, SOL_SOCKET, SO_TYPE) == Kind.datagram.raw ? .datagram : .stream
  }

  /// Lets the address be used again at once.  `SO_REUSEADDR`.
  public static func reuseAddress(_ fd: CInt) throws(SystemError) {
    try setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1)
  }

  /// Lets messages go to all hosts of a network.  `SO_BROADCAST`.
  public static func allowBroadcast(_ fd: CInt) throws(SystemError) {
    try setOption(fd, SOL_SOCKET, SO_BROADCAST, 1)
  }

  /// Sends small pieces at once.  `TCP_NODELAY`.
  public static func sendAtOnce(_ fd: CInt) throws(SystemError) {
    try setOption(fd, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
  }

  /// Whether an IPv6 socket leaves IPv4 alone.  `IPV6_V6ONLY`.
  public static func setIPv6Only(_ fd: CInt, _ isOnly: Bool) throws(SystemError) {
    try setOption(fd, CInt(IPPROTO_IPV6), IPV6_V6ONLY, isOnly ? 1 : 0)
  }

  /// Sends `bytes` and descriptors as one message; how many bytes went.  `sendmsg(2)`.
  ///
  /// A broken connection is an error, never a signal.
  public static func send(
    _ fd: CInt, _ bytes: [UInt8], passing fds: [CInt]
  ) throws(SystemError) -> Int {
    try check("sendmsg") {
      unsafe cnine_send_fds(fd, bytes, bytes.count, fds, CInt(fds.count))
    }
  }

  /// Receives one message of at most `count` bytes and at most `room` descriptors.  `recvmsg(2)`.
  ///
  /// Descriptors are close-on-exec, and those beyond `room` are closed; the caller owns the rest.
  public static func receive(
    _ fd: CInt, count: Int, room: Int
  ) throws(SystemError) -> (bytes: [UInt8], fds: [CInt]) {
    var bytes = [UInt8](repeating: 0, count: count)
    var fds = [CInt](repeating: -1, count: max(room, 1))
    var found: CInt = 0
    let received = try check("recvmsg") {
      unsafe cnine_recv_fds(fd, &bytes, count, &fds, CInt(room), &found)
    }
    return (Array(bytes[..<received]), Array(fds[..<Int(found)]))
  }
}
