// kqueue: theory of operation.
//
// Compiled with the condition AIO_KQUEUE alone: for systems that have kqueue(2), and to be tested
// on Linux by way of libkqueue.
//
// Shape.  See ReadinessLoop.swift: each handle is watched once, by changes (EV_CLEAR), for reading
// and for writing.
//
// Invariants.  E1 and E2 of ReadinessLoop, and
//   K1  A handle is forgotten before its descriptor is closed: the next descriptor of that number
//       is watched anew.
//   K2  An error that came with an event is told by the operation that would have met it: an error
//       that libkqueue has read from the socket is not there any more.
//   K3  No edge is lost: when the list of events was full, what found no room in it may be gone,
//       and all handles are watched anew, which tells their state again.
//
// Cost.  Two calls an echo, as on epoll; a connection costs one change more to watch it and, on
// Linux, two to forget it.
//
// Rejected.  EVFILT_USER to wake the loop: the counter of KernelLoop is watched as it is by epoll,
// and FreeBSD has eventfd(2) too; where there is none (Darwin), EVFILT_USER belongs in KernelLoop's
// counter.  EVFILT_PROC and EVFILT_SIGNAL: libkqueue knows NOTE_EXIT alone and signals of the whole
// process; pidfds and the signal descriptor are watched as descriptors, as on epoll.

#if AIO_KQUEUE
  import Glibc
  import Sys9

  /// A loop on `kqueue(2)`.
  final class KqueueLoop: ReadinessLoop {
    /// Events taken in one call, as many as libkqueue gives: the more, the less often K3 has to
    /// watch all handles anew.
    private static let eventsMax = 512

    private let queue: CInt
    private let events = Kernel.ChangeList(capacity: eventsMax)
    private static let wakeData = UInt64.max

    /// What the system has told of a handle and no call will meet again (K2); nearly always empty.
    private var errors: [UInt32: Int32] = [:]

    override init(options: Aio.LoopOptions) throws(SystemError) {
      let set = Kernel.queueCreate()
      if set < 0 { throw SystemError(call: "kqueue", errno: -set) }
      queue = set
      try super.init(options: options)
      let result = Kernel.queueAdd(queue, wakeFd, .canRead, data: Self.wakeData)
      if result < 0 { throw SystemError(call: "kevent", errno: -result) }
    }

    deinit {
      dismantle()
      Kernel.queueForget(queue, wakeFd)
      Kernel.close(queue)
    }

    #if os(Linux)
      /// Nothing: what libkqueue hands out is the end of a pipe, which says nothing of events.
      override var descriptor: Int32 { -1 }
    #else
      override var descriptor: Int32 { queue }
    #endif

    override func watch(_ handle: UInt32) throws(SystemError) {
      let result = Kernel.queueAdd(
        queue, unsafe handles[handle].pointee.fd, [.canRead, .canWrite], data: watchData(handle))
      if result < 0 { throw SystemError(call: "kevent", errno: -result) }
    }

    /// K1.
    override func release(_ handle: UInt32) {
      let fd = unsafe handles[handle].pointee.fd
      if !errors.isEmpty { errors[handle] = nil }
      Kernel.queueForget(queue, fd)
      Kernel.close(fd)
    }

    override func wait(until deadline: UInt64?) {
      let count = events.wait(queue, timeoutNs: timeout(until: deadline))
      unpark()
      precondition(count >= 0, "kevent fails by our fault alone")
      for index in 0..<Int(count) {
        let (found, error, data) = events[index]
        if data == Self.wakeData { continue }
        guard let handle = watched(data) else { continue }
        if error != 0 { errors[handle] = error }
        happened(found, handle)
      }
      #if os(Linux)
        if count == events.capacity { rewatch() }
      #endif
    }

    #if os(Linux)
      /// Has the state of all handles told again (K3).
      ///
      /// libkqueue gives up what finds no room in the list, but the system beneath has told it, and
      /// tells changes only; who is watched anew is told what is so.
      private func rewatch() {
        for handle in 0..<handles.freshCount {
          let record = unsafe handles[handle]
          guard unsafe record.pointee.state.contains(.isLive) else { continue }
          Kernel.queueForget(queue, unsafe record.pointee.fd)
          do {
            try watch(handle)
          } catch {
            // No memory to watch it: what waits is tried now, and ends if its peer has.
            unsafe record.pointee.state.formUnion([.canRead, .isEnding])
            queueTurn(handle)
          }
        }
      }
    #endif

    /// The error that was told before the call (K2), or else the call's own result.
    override func outcome(_ handle: UInt32, _ result: Int) -> Int {
      if errors.isEmpty { return result }
      guard let error = errors.removeValue(forKey: handle) else { return result }
      return -Int(error)
    }
  }
#endif
