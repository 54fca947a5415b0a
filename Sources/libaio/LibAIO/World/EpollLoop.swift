// epoll: theory of operation.
//
// Shape.  See ReadinessLoop.swift: each handle is watched once, edge-triggered, for reading and
// writing.
//
// Cost.  Two system calls an echo, and a share of epoll_wait.

import Glibc
import Sys9

/// A loop on `epoll(7)`.
final class EpollLoop: ReadinessLoop {
  /// Events taken in one call: each is a system call or two, and a turn is to be over in a
  /// millisecond or two however many connections begin or end at once.
  private static let eventsMax = 128
  private static let wakeData = UInt64.max

  /// Closed after the handles, and if the rest of the loop cannot be made.
  private let epoll: Descriptor
  private let events = Kernel.EventList(capacity: eventsMax)

  override init(options: Aio.LoopOptions) throws(SystemError) {
    let set = Kernel.epollCreate()
    if set < 0 { throw SystemError(call: "epoll_create1", errno: -set) }
    epoll = Descriptor(adopting: set)
    try super.init(options: options)
    let result = Kernel.epollAdd(epoll.raw, wakeFd, [.canRead, .changes], data: Self.wakeData)
    if result < 0 { throw SystemError(call: "epoll_ctl", errno: -result) }
  }

  deinit { dismantle() }

  override var descriptor: Int32 { epoll.raw }

  override func watch(_ handle: UInt32) throws(SystemError) {
    let result = Kernel.epollAdd(
      epoll.raw, unsafe handles[handle].pointee.fd, [.canRead, .canWrite, .isEnding, .changes],
      data: watchData(handle))
    if result < 0 { throw SystemError(call: "epoll_ctl", errno: -result) }
  }

  override func release(_ handle: UInt32) {
    Kernel.close(unsafe handles[handle].pointee.fd)  // and epoll forgets it
  }

  override func wait(until deadline: UInt64?) {
    let count = events.wait(epoll.raw, timeoutNs: timeout(until: deadline))
    unpark()
    precondition(count >= 0, "epoll_wait fails by our fault alone")
    for index in 0..<Int(count) {
      let (found, data) = events[index]
      if data == Self.wakeData { continue }
      if let handle = watched(data) { happened(found, handle) }
    }
  }
}
