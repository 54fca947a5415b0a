// kqueue(2), for loops on systems that have it; compiled with the condition AIO_KQUEUE alone.
//
// The calls are CNine's, in queue.c, which says how libkqueue differs from the manual.  Events are
// those of `Kernel.Events`, so that a loop reads the same words from both systems.

#if AIO_KQUEUE
  import CNine
  import Glibc

  extension Kernel {
    /// A set of watched descriptors, close-on-exec.  `kqueue(2)`.
    ///
    /// - Returns: its descriptor, or an errno negated.
    public static func queueCreate() -> CInt {
      CInt(truncatingIfNeeded: count("kqueue") { Int(cnine_kqueue()) })
    }

    /// Watches `fd` for `canRead` or both that and `canWrite`, by changes, to be reported with
    /// `data`; or for `canWrite` too, if it is watched for `canRead` already with the same `data`.
    /// What is so already is reported at once.  `kevent(2)`, `EV_ADD | EV_CLEAR`.
    ///
    /// - Returns: 0, or an errno negated; then `fd` may be watched for one of the two.
    public static func queueAdd(
      _ queue: CInt, _ fd: CInt, _ events: Events, data: UInt64
    ) -> CInt {
      let result = count("kevent") {
        let reads = events.contains(.canRead), writes = events.contains(.canWrite)
        return Int(cnine_kqueue_add(queue, fd, reads ? 1 : 0, writes ? 1 : 0, data))
      }
      return CInt(truncatingIfNeeded: result)
    }

    /// Watches `fd` no more.  To be called before it is closed: libkqueue would not notice, and
    /// take the next descriptor of that number for this one.  `kevent(2)`, `EV_DELETE`.
    public static func queueForget(_ queue: CInt, _ fd: CInt) { cnine_kqueue_forget(queue, fd) }

    /// Room for what a wait on a queue reports.
    @safe public struct QueueEventList: ~Copyable {
      private let events: UnsafeMutablePointer<cnine_queue_event>
      /// How many events one wait may find.
      public let capacity: Int

      /// Room for `capacity` events, 512 at most.
      public init(capacity: Int) {
        precondition(capacity > 0 && capacity <= 512, "as many as cnine_kqueue_wait has room for")
        unsafe events = .allocate(capacity: capacity)
        self.capacity = capacity
      }

      deinit { unsafe events.deallocate() }

      /// Waits for events for at most `timeoutNs`, for ever if that is negative.  `kevent(2)`.
      ///
      /// A signal ends the wait without an event, and so does a day: this call does not retry.
      ///
      /// - Returns: how many events there are, or an errno negated.
      public borrowing func wait(_ queue: CInt, timeoutNs: Int64) -> CInt {
        if let fault = Faults.next("kevent") { return fault == EINTR ? 0 : -fault }
        let found = unsafe cnine_kqueue_wait(queue, events, CInt(capacity), timeoutNs)
        if found >= 0 { return found }
        return errno == EINTR ? 0 : -errno
      }

      /// The event at `index` of those that the last wait found.
      ///
      /// `error` is an errno that the system has told and that the next call on the descriptor
      /// does not meet any more, or 0.
      public subscript(index: Int) -> (events: Events, error: CInt, data: UInt64) {
        precondition(index >= 0 && index < capacity, "an event that was found")
        let event = unsafe events[index]
        return (Events(rawValue: event.events), event.error, event.data)
      }
    }
  }
#endif
