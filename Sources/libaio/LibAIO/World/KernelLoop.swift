// What epoll and io_uring have in common: sockets, the clock, and being woken.

import Glibc
import Sys9

/// A loop on the machine.
class KernelLoop: Aio.Loop {
  /// Raised by other threads; watched by the loop and never read: an edge is enough.
  final let wakeCounter: CInt

  init(options: Aio.LoopOptions) throws(SystemError) {
    let counter = Kernel.eventCounter()
    if counter < 0 { throw SystemError(call: "eventfd", errno: -counter) }
    wakeCounter = counter
    try super.init(now: Kernel.monotonicNs(), day: Kernel.realtimeNs(), options: options) {
      Kernel.raise(counter)
    }
  }

  deinit { Kernel.close(wakeCounter) }

  final override func clock() -> UInt64 { Kernel.monotonicNs() }

  final override func timeOfDay() -> UInt64 { Kernel.realtimeNs() }

  final override var foreignBuffersNs: UInt64 { 1_000_000 }

  /// Whether sockets block: where the kernel waits for them, it wants them so.
  var wantsBlocking: Bool { false }

  /// The kernel may have some, and only waiting tells.
  final override var hasEvents: Bool { false }

  final override func shutdown(_ fd: CInt, _ how: CInt) -> CInt { Kernel.shutdown(fd, how) }

  final override func makeSocket(for address: SocketAddress) throws(SystemError) -> CInt {
    let fd = Kernel.socket(address.family, CInt(SOCK_STREAM.rawValue), blocks: wantsBlocking)
    if fd < 0 { throw SystemError(call: "socket", errno: -fd, subject: address.host) }
    if address.family == AF_UNIX { return fd }
    return try closing(fd) { () throws(SystemError) in
      // Small answers go at once.  What a listener accepts inherits it.
      try Sockets.sendAtOnce(fd)
    }
  }

  final override func makeListener(
    at address: SocketAddress, backlog: CInt
  ) throws(SystemError) -> CInt {
    let fd = try makeSocket(for: address)
    return try closing(fd) { () throws(SystemError) in
      if address.family != AF_UNIX { try Sockets.reuseAddress(fd) }
      try Sockets.bind(fd, to: address)
      let result = Kernel.listen(fd, backlog: backlog)
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
