// What can be asked of a socket.

import Glibc
public import Sys9

extension Aio {
  /// How a listener listens.
  public struct ListenOptions: Sendable {
    /// Connections that the system keeps while nobody accepts.  `listen(2)`.
    public var backlog: CInt = 4096
    /// Whether other sockets may listen on the same port, each getting its share: for workers that
    /// each have a listener.  `SO_REUSEPORT`.
    public var sharesPort = false
    /// Whether an IPv6 socket leaves IPv4 alone.  `IPV6_V6ONLY`.
    public var isIPv6Only = false

    /// Four thousand connections wait, the port is ours alone, `::` means IPv4 too.
    public init() {}
  }

  /// An option of a socket, with what it shall be.
  public enum SocketOption: Equatable, Sendable {
    /// Small pieces are sent at once, as they are from the beginning.  `TCP_NODELAY`.
    case noDelay(Bool)
    /// Whether a silent peer is asked if it is still there.  `SO_KEEPALIVE`.
    case keepAlive(Bool)
    /// After how many seconds of silence.  `TCP_KEEPIDLE`.
    case keepAliveIdle(seconds: Int)
    /// How many milliseconds what was sent may stay unacknowledged before the connection ends.
    /// `TCP_USER_TIMEOUT`.
    case userTimeout(milliseconds: Int)
    /// Bytes that the system keeps for us to receive; the kernel doubles it.  `SO_RCVBUF`.
    case receiveBuffer(Int)
    /// Bytes that the system keeps for us to send; the kernel doubles it.  `SO_SNDBUF`.
    case sendBuffer(Int)
    /// Whether datagrams may go to all hosts of a network.  `SO_BROADCAST`.
    case broadcast(Bool)

    fileprivate var raw: (level: CInt, name: CInt, value: CInt) {
      let tcp = CInt(IPPROTO_TCP)
      func flag(_ isOn: Bool) -> CInt { isOn ? 1 : 0 }
      switch self {
      case .noDelay(let isOn): return (tcp, TCP_NODELAY, flag(isOn))
      case .keepAlive(let isOn): return (SOL_SOCKET, SO_KEEPALIVE, flag(isOn))
      case .keepAliveIdle(let seconds): return (tcp, TCP_KEEPIDLE, CInt(clamping: seconds))
      case .userTimeout(let time): return (tcp, TCP_USER_TIMEOUT, CInt(clamping: time))
      case .receiveBuffer(let size): return (SOL_SOCKET, SO_RCVBUF, CInt(clamping: size))
      case .sendBuffer(let size): return (SOL_SOCKET, SO_SNDBUF, CInt(clamping: size))
      case .broadcast(let isOn): return (SOL_SOCKET, SO_BROADCAST, flag(isOn))
      }
    }
  }
}

extension Aio.Loop {
  /// Sets an option of a socket.  `setsockopt(2)`; simulated sockets have none, and take all.
  ///
  /// - Throws: `EBADF` for a handle that is closed, `ENOPROTOOPT` for another kind of socket.
  public final func setOption(
    _ option: Aio.SocketOption, on handle: Aio.Handle
  ) throws(SystemError) {
    let fd = try descriptor(of: handle)
    let (level, name, value) = option.raw
    if isSimulated { return }
    try Sockets.setOption(fd, level, name, value)
  }

  /// The descriptor behind a handle, for calls that are not ours; it stays the loop's.
  ///
  /// In a simulation, a number that means nothing to the system.  Corresponds to `materialize`.
  public final func descriptor(of handle: Aio.Handle) throws(SystemError) -> CInt {
    guard let record = unsafe record(handle) else {
      throw SystemError(call: "descriptor", errno: EBADF)
    }
    return unsafe record.pointee.fd
  }

  /// Where the other end of a connection is; nil if that has no name.  `getpeername(2)`.
  public final func remoteAddress(of handle: Aio.Handle) throws(SystemError) -> SocketAddress? {
    let fd = try descriptor(of: handle)
    return isSimulated ? nil : try Sockets.peer(of: fd)
  }

  /// Makes a descriptor one that does not block.  `fcntl(2)`; loops do it themselves for whatever
  /// they make.  Corresponds to `Aio::mkAsync`.
  public static func makeAsync(_ fd: CInt) throws(SystemError) {
    let result = Kernel.setBlocking(fd, false)
    if result < 0 { throw SystemError(call: "fcntl", errno: -result) }
  }

  /// Whether programs that are started get the descriptor.  Corresponds to `Aio::closeOnExec`.
  public static func closeOnExec(_ fd: CInt, _ closes: Bool) throws(SystemError) {
    let result = Kernel.setCloseOnExec(fd, closes)
    if result < 0 { throw SystemError(call: "fcntl", errno: -result) }
  }
}
