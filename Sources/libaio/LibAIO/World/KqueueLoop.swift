// kqueue: theory of operation.
//
// Compiled with the condition AIO_KQUEUE alone: for systems that have kqueue(2), and to be tested
// on Linux by way of libkqueue.
//
// Shape.  See ReadinessLoop.swift: each handle is watched by changes (EV_CLEAR), for reading from
// the start, and for room to write from when there was none: most sockets never fill, and one that
// is watched is told of at each acknowledgement of its peer.  EV_ADD tells what is so already, so
// nothing is lost between the call that met EAGAIN and the watch.
//
// Invariants.  E1 to E3 of ReadinessLoop, and
//   K1  A handle is forgotten before its descriptor is closed: the next descriptor of that number
//       is watched anew.  close(2) itself forgets, but not on libkqueue (Q1).
//   K2  An error that came with an event is told by the operation that would have met it: an error
//       that libkqueue has read from the socket is not there any more (Q2).
//   K3  No edge is lost: when libkqueue's list of events was full, what found no room in it may be
//       gone, and all handles are watched anew, which tells their state again (Q4).
//   K4  A handle that cannot write (`canWrite` is not set) is watched for room: by `watch` if it
//       never could, as a connection that is being made, else by `awaitRoom`.  Listeners are not.
//
// Q1 to Q8, what libkqueue does otherwise than the manual, are in Sources/9unix/CNine/queue.c.
//
// Cost.  Two calls an echo and a share of kevent(2), as on epoll, and one to watch a connection;
// one more the first time that a socket is full.  On libkqueue an echo is a third call, since it
// asks the socket how much there is to read, and forgetting a connection is two.  The errors of K2
// are looked for by calls that bring nothing, in a table that is empty.
//
// Rejected.
//   EVFILT_USER to wake the loop: the counter of KernelLoop is watched as it is by epoll, and
//     FreeBSD has eventfd(2) too (13.0), which tells each write(2) as a change.  Darwin has none:
//     there EVFILT_USER would have to take the place of KernelLoop's counter.
//   EVFILT_TIMER: the deadline of the wheel is the timeout of the wait.
//   EVFILT_SIGNAL: it tells of a signal besides its disposition, to each queue, and cannot give one
//     signal to one loop; a handler that writes to a socket can (Processes.swift).
//   EVFILT_PROC, NOTE_EXIT: a number may be another process's by then.  On Linux, and so on
//     libkqueue, a child is watched by its pidfd; FreeBSD's pdfork(2) with EVFILT_PROCDESC is the
//     same thing, and what Sys9's Children would have to use there.  Until it does, starting a
//     child is ENOSYS on a BSD.
//   EV_ONESHOT or EV_DISPATCH: a call each time to arm them again.
//   Changes in the call that waits, instead of a call each: accept would cost one call less, but a
//     refusal (ENOMEM) would come as an EV_ERROR among the events, when the connection is in
//     somebody's hands; and libkqueue forgets such entries if its wait then ends without an event
//     (kevent, "Timeout reached").  A wait that makes no changes can bring no EV_ERROR.

#if AIO_KQUEUE
  import Glibc
  import Sys9

  /// A loop on `kqueue(2)`.
  final class KqueueLoop: ReadinessLoop {
    /// Events taken in one call, as many as libkqueue gives: the more, the less often K3 has to
    /// watch all handles anew.
    private static let eventsMax = 512

    /// Closed after the handles, and if the rest of the loop cannot be made.
    private let queue: Descriptor
    private let events = Kernel.QueueEventList(capacity: eventsMax)
    private static let wakeData = UInt64.max

    /// What the system has told of a handle and no call will meet again (K2); nearly always empty.
    private var errors: [UInt32: Int32] = [:]

    override init(options: Aio.LoopOptions) throws(SystemError) {
      let set = Kernel.queueCreate()
      if set < 0 { throw SystemError(call: "kqueue", errno: -set) }
      queue = Descriptor(adopting: set)
      try super.init(options: options)
      let result = Kernel.queueAdd(queue.raw, wakeFd, .canRead, data: Self.wakeData)
      if result < 0 { throw SystemError(call: "kevent", errno: -result) }
    }

    deinit {
      dismantle()
      Kernel.queueForget(queue.raw, wakeFd)
    }

    #if os(Linux)
      /// Nothing: what libkqueue hands out is the end of a pipe, which says nothing of events.
      override var descriptor: Int32 { -1 }
    #else
      override var descriptor: Int32 { queue.raw }
    #endif

    /// K4.
    override func watch(_ handle: UInt32) throws(SystemError) {
      let state = unsafe handles[handle].pointee.state
      let wantsRoom =
        state.contains(.isRoomWatched) || state.isDisjoint(with: [.canWrite, .isListener])
      try add(handle, wantsRoom ? [.canRead, .canWrite] : .canRead)
    }

    /// K4.
    override func awaitRoom(_ handle: UInt32) throws(SystemError) {
      if unsafe handles[handle].pointee.state.contains(.isRoomWatched) { return }
      try add(handle, .canWrite)
    }

    private func add(_ handle: UInt32, _ events: Kernel.Events) throws(SystemError) {
      let record = unsafe handles[handle]
      let result = Kernel.queueAdd(
        queue.raw, unsafe record.pointee.fd, events, data: watchData(handle))
      if result < 0 { throw SystemError(call: "kevent", errno: -result) }
      if events.contains(.canWrite) { unsafe record.pointee.state.insert(.isRoomWatched) }
    }

    /// K1.
    override func release(_ handle: UInt32) {
      let fd = unsafe handles[handle].pointee.fd
      if !errors.isEmpty { errors[handle] = nil }
      Kernel.queueForget(queue.raw, fd)
      Kernel.close(fd)
    }

    override func wait(until deadline: UInt64?) {
      let count = events.wait(queue.raw, timeoutNs: timeout(until: deadline))
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
          Kernel.queueForget(queue.raw, unsafe record.pointee.fd)
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
