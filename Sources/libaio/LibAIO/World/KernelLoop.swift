// What the back ends on the machine have in common: sockets, the clock, and being woken.

import Glibc
import Sys9

/// A loop on the machine.
class KernelLoop: Aio.Loop {
  /// Raised by other threads; watched by the loop and never read: an edge is enough.
  private final let wakeCounter: WakeCounter
  private final let daemons: Aio.Daemons

  /// The descriptor that is readable when somebody has raised the counter.
  final var wakeFd: CInt { wakeCounter.fd }

  init(options: Aio.LoopOptions) throws(SystemError) {
    let counter = try WakeCounter()
    wakeCounter = counter
    daemons = options.daemons
    try super.init(now: Kernel.monotonicNs(), day: Kernel.realtimeNs(), options: options) {
      Kernel.raise(counter.fd)
    }
  }

  final override func clock() -> UInt64 { Kernel.monotonicNs() }

  final override func timeOfDay() -> UInt64 { Kernel.realtimeNs() }

  final override var foreignBuffersNs: UInt64 { 1_000_000 }

  /// What is on its way anyhow is there sooner.
  final override var patienceNs: UInt64 { 2_000_000 }

  /// Whether sockets block: where the kernel waits for them, it wants them so.
  var wantsBlocking: Bool { false }

  /// The kernel may have some, and only waiting tells.
  final override var hasEvents: Bool { false }

  final override func shutdown(_ fd: CInt, _ how: CInt) -> CInt { Kernel.shutdown(fd, how) }

  final override func releaseUnused(_ fd: CInt) { Kernel.close(fd) }

  final override func offload(
    _ lane: Aio.Daemons.Lane, _ body: sending @escaping () -> Void
  ) -> Bool { daemons.run(lane, body) }

  final override func makeSocket(
    for address: SocketAddress, _ kind: Sockets.Kind, from local: SocketAddress?
  ) throws(SystemError) -> CInt {
    let type = CInt((kind == .stream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
    let fd = Kernel.socket(address.family, type, blocks: wantsBlocking)
    if fd < 0 { throw SystemError(call: "socket", errno: -fd, subject: address.host) }
    return try closing(fd) { () throws(SystemError) in
      // Small answers go at once.  What a listener accepts inherits it.
      if kind == .stream && address.family != AF_UNIX { try Sockets.sendAtOnce(fd) }
      if kind == .datagram && address.family == AF_INET { try Sockets.allowBroadcast(fd) }
      if let local { try Sockets.bind(fd, to: local) }
    }
  }

  final override func makeListener(
    at address: SocketAddress, _ kind: Sockets.Kind, _ options: Aio.ListenOptions
  ) throws(SystemError) -> CInt {
    let fd = try makeSocket(for: address, kind, from: nil)
    return try closing(fd) { () throws(SystemError) in
      if address.family != AF_UNIX && kind == .stream { try Sockets.reuseAddress(fd) }
      if options.sharesPort { try Sockets.setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1) }
      if address.family == AF_INET6 { try Sockets.setIPv6Only(fd, options.isIPv6Only) }
      do throws(SystemError) {
        try Sockets.bind(fd, to: address)
      } catch {
        throw SystemError(
          call: "bind", errno: error.errno, subject: "\(address.host):\(address.port)")
      }
      if kind == .datagram { return }
      let result = Kernel.listen(fd, backlog: options.backlog)
      if result < 0 { throw SystemError(call: "listen", errno: -result, subject: address.host) }
    }
  }

  /// `fd`, or what `body` threw and no `fd`.
  private func closing(
    _ fd: CInt, _ body: () throws(SystemError) -> Void
  ) throws(SystemError) -> CInt {
    do {
      try body()
      return fd
    } catch {
      Kernel.close(fd)
      throw error
    }
  }

  final override func boundAddress(_ fd: CInt) throws(SystemError) -> SocketAddress {
    guard let address = try Sockets.name(of: fd) else {
      throw SystemError(call: "getsockname", errno: EAFNOSUPPORT)
    }
    return address
  }
}

/// An event counter that is closed when neither its loop nor anybody who may wake it is left.
private final class WakeCounter: Sendable {
  let fd: CInt

  init() throws(SystemError) {
    fd = Kernel.eventCounter()
    if fd < 0 { throw SystemError(call: "eventfd", errno: -fd) }
  }

  deinit { if fd >= 0 { Kernel.close(fd) } }
}
