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
    try super.init(now: Kernel.monotonicNs(), options: options) { Kernel.raise(counter) }
  }

  deinit { Kernel.close(wakeCounter) }

  final override func clock() -> UInt64 { Kernel.monotonicNs() }

  /// Whether sockets block: where the kernel waits for them, it wants them so.
  var wantsBlocking: Bool { false }

  /// The kernel may have some, and only waiting tells.
  final override var hasEvents: Bool { false }

  final override func shutdown(_ fd: CInt, _ how: CInt) -> CInt { Kernel.shutdown(fd, how) }

  final override func makeSocket(for address: Aio.Address) throws(SystemError) -> CInt {
    let fd = Kernel.socket(
      address.family, CInt(SOCK_STREAM.rawValue), blocks: wantsBlocking)
    if fd < 0 { throw SystemError(call: "socket", errno: -fd, subject: "\(address)") }
    if address.family != AF_UNIX { Self.setNoDelay(fd) }
    return fd
  }

  final override func makeListener(
    at address: Aio.Address, backlog: CInt
  ) throws(SystemError) -> CInt {
    let fd = try makeSocket(for: address)
    var failed = "setsockopt"
    var result = Kernel.setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1)
    if result >= 0 {
      failed = "bind"
      result = unsafe address.withBytes { unsafe Kernel.bind(fd, $0.baseAddress!, $0.count) }
    }
    if result >= 0 {
      failed = "listen"
      result = Kernel.listen(fd, backlog: backlog)
    }
    if result < 0 {
      Kernel.close(fd)
      throw SystemError(call: failed, errno: -result, subject: "\(address)")
    }
    return fd
  }

  final override func boundAddress(_ fd: CInt) throws(SystemError) -> Aio.Address {
    var result: CInt = 0
    let address = unsafe Aio.Address {
      unsafe result = Kernel.localName(fd, $0, &$1)
      return result
    }
    if result < 0 { throw SystemError(call: "getsockname", errno: -result) }
    return address
  }

  /// Small answers go at once.  Inherited from the listener by what it accepts.
  static func setNoDelay(_ fd: CInt) {
    // A socket that has no such thing is as good.
    _ = Kernel.setOption(fd, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
  }
}
