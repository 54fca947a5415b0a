// kqueue: theory of operation.
//
// Compiled with the condition AIO_KQUEUE alone: for systems that have kqueue(2), and to be tested
// on Linux by way of libkqueue.
//
// Shape.  EpollLoop's: each handle is watched once, by changes (EV_CLEAR), for reading and for
// writing; what the system has said is kept in the handle's state, and an operation that cannot go
// on stays at the head of its queue.  What the two have in common is written twice so that neither
// asks, on the way of an event, which of them it is.
//
// Invariants.  E1 and E2 of EpollLoop, and
//   K1  A handle is forgotten before its descriptor is closed: the next descriptor of that number
//       is watched anew.
//   K2  An error that came with an event is told by the operation that would have met it: an error
//       that libkqueue has read from the socket is not there any more.
//   K3  No edge is lost: when the list of events was full, what found no room in it may be gone,
//       and all handles are watched anew, which tells their state again.
//
// Cost.  EpollLoop's two calls an echo; a connection costs one change more to watch it and, on
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
  final class KqueueLoop: KernelLoop {
    /// Events taken in one call, as many as libkqueue gives: the more, the less often K3 has to
    /// watch all handles anew.
    private static let eventsMax = 512
    /// Connections accepted before others have their turn.
    private static let acceptsPerTurnMax = 64

    private let queue: CInt
    private let events = Kernel.ChangeList(capacity: eventsMax)
    /// Completions told after an event before the next event has its turn.
    private static let completionsPerEventMax = 4
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
      let record = unsafe handles[handle]
      let data = UInt64(handle) | UInt64(unsafe record.pointee.generation) << 32
      let result = Kernel.queueAdd(
        queue, unsafe record.pointee.fd, [.canRead, .canWrite], data: data)
      if result < 0 { throw SystemError(call: "kevent", errno: -result) }
    }

    /// K1.
    override func release(_ handle: UInt32) {
      let fd = unsafe handles[handle].pointee.fd
      if !errors.isEmpty { errors[handle] = nil }
      Kernel.queueForget(queue, fd)
      Kernel.close(fd)
    }

    override func start(_ index: UInt32) {
      let op = unsafe ops[index]
      let handle = unsafe op.pointee.handle
      let state = unsafe handles[handle].pointee.state
      switch unsafe op.pointee.kind {
      case .accept, .receive, .readable, .receiveFrom:
        if state.contains(.canRead) { queueTurn(handle) }
      case .send: if state.contains(.canWrite) { sendFirst(index, handle) }
      case .sendTo, .sendFile: if state.contains(.canWrite) { transmit(handle) }
      case .writable: if state.contains(.canWrite) { finish(index, 0) }
      case .connect: connect(index)
      default: break
      }
    }

    override func stop(_ index: UInt32) { finish(index, -ECANCELED) }

    override func wait(until deadline: UInt64?) {
      var timeoutNs: Int64 = -1
      if let deadline {
        timeoutNs = deadline == 0 || deadline <= now ? 0 : Int64(clamping: deadline - now)
      }
      let count = events.wait(queue, timeoutNs: timeoutNs)
      unpark()
      precondition(count >= 0, "kevent fails by our fault alone")
      for index in 0..<Int(count) {
        let (found, error, data) = events[index]
        if data == Self.wakeData { continue }
        let handle = UInt32(truncatingIfNeeded: data)
        let record = unsafe handles[handle]
        // The handle may have been closed, and its place used again, since the kernel spoke.
        guard unsafe record.pointee.generation == UInt32(data >> 32) else { continue }
        if error != 0 { errors[handle] = error }
        unsafe note(found, &record.pointee.state)
        advance(handle)
        // What ended at once is told while its record and its buffer are warm: the next event uses
        // them again.  A callback that goes on and on has its turn with the others.
        if !due.isEmpty { deliverWarm(Self.completionsPerEventMax) }
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

    /// What an event says of a handle.
    @inline(__always)
    private func note(_ found: Kernel.Events, _ state: inout HandleState) {
      if !found.isDisjoint(with: [.hasError, .isEnding]) {
        state.formUnion([.canRead, .isEnding])
      }
      if found.contains(.canRead) { state.insert(.canRead) }
      if !found.isDisjoint(with: [.canWrite, .hasError]) { state.insert(.canWrite) }
    }

    /// The result of a call on a handle that brought nothing: the error that was told before the
    /// call (K2), or else its own result.
    private func outcome(_ handle: UInt32, _ result: Int) -> Int {
      if errors.isEmpty { return result }
      guard let error = errors.removeValue(forKey: handle) else { return result }
      return -Int(error)
    }

    override func attempt(_ handle: UInt32) { advance(handle) }

    /// Lets the heads of a handle's queues go on, as far as its state allows (E1).
    private func advance(_ handle: UInt32) {
      let record = unsafe handles[handle]
      let generation = unsafe record.pointee.generation
      let writer = unsafe record.pointee.writes.head
      if writer != .max, unsafe record.pointee.state.contains(.canWrite) {
        switch unsafe ops[writer].pointee.kind {
        case .send, .sendTo, .sendFile: transmit(handle)
        case .connect: connected(writer)
        case .writable: finish(writer, 0)
        default: break
        }
      }
      let reader = unsafe record.pointee.reads.head
      guard unsafe record.pointee.generation == generation, reader != .max,
        unsafe record.pointee.state.contains(.canRead),
        unsafe !ops[reader].pointee.state.contains(.isPaused)
      else { return }
      switch unsafe ops[reader].pointee.kind {
      case .receive: receive(reader, handle)
      case .receiveFrom:
        let isEmpty = receiveDatagrams(reader, handle)
        if isEmpty { unsafe record.pointee.state.remove(.canRead) }
      case .accept: accept(reader, handle, generation)
      default: last(reader, 0)
      }
    }

    // Reading.

    /// One read: what is left has another turn, after the others.
    private func receive(_ index: UInt32, _ handle: UInt32) {
      let record = unsafe handles[handle]
      guard let block = unsafe pool.take() else {
        starve(handle)
        return
      }
      let size = pool.blockSize
      var count = unsafe Kernel.receive(record.pointee.fd, block, size)
      if count <= 0 {
        count = outcome(handle, count)
        unsafe pool.give(block)
        if count == -Int(EAGAIN) {
          unsafe record.pointee.state.remove(.canRead)
          return
        }
        last(index, Int32(truncatingIfNeeded: count))
        return
      }
      let state = unsafe record.pointee.state
      if count < size && state.isDisjoint(with: [.isEnding, .isDatagram]) {
        unsafe record.pointee.state.remove(.canRead)
      } else {
        queueTurn(handle)
      }
      let buffer = unsafe Aio.Buffer(
        base: block, count: UInt32(count), capacity: UInt32(size),
        home: Unmanaged.passUnretained(pool))
      if unsafe ops[index].pointee.state.contains(.repeats) {
        deliver(index, Int32(count), buffer)
      } else {
        last(index, Int32(count), buffer)
      }
    }

    private func accept(_ index: UInt32, _ handle: UInt32, _ generation: UInt32) {
      let record = unsafe handles[handle]
      let token = name(ofOp: index)
      for _ in 0..<Self.acceptsPerTurnMax {
        let fd = Kernel.accept(unsafe record.pointee.fd)
        if fd < 0 {
          refuseConnection(index, handle, -fd)
          return
        }
        guard let accepted = adoptConnection(fd) else { continue }
        if unsafe ops[index].pointee.state.contains(.repeats) {
          deliver(index, 0, nil, accepted: accepted)
        } else {
          queueTurn(handle)
          lastAccept(index, accepted)
          return
        }
        // The callback may have closed, cancelled or paused.
        guard let op = unsafe self.record(token),
          unsafe op.pointee.state.isDisjoint(with: [.isDue, .isPaused])
        else { return }
      }
      queueTurn(handle)
    }

    private func adoptConnection(_ fd: CInt) -> Aio.Handle? {
      guard let index = addHandle(fd, [.canWrite, .isAccepted]) else {
        Kernel.close(fd)
        return nil
      }
      do {
        try watch(index)
      } catch {
        // The kernel has no memory to watch it: the peer sees a connection that ends.
        release(index)
        dropHandle(index)
        return nil
      }
      return name(ofHandle: index)
    }

    /// accept(2) has none for us.
    private func refuseConnection(_ index: UInt32, _ handle: UInt32, _ errno: CInt) {
      switch errno {
      case EAGAIN: unsafe handles[handle].pointee.state.remove(.canRead)
      // Nobody's fault but the peer's, who went away: see accept(2).
      case ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
        ENETUNREACH:
        queueTurn(handle)
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: throttle(handle)
      default: last(index, -errno)
      }
    }

    // Writing.

    /// The handle whose queue `transmit` is working on, so that it goes on and does not recurse.
    private var transmitting = UInt32.max

    /// Sends what the head of a handle's queue wants to send: nearly always it is the only one, and
    /// the socket takes all of it.
    private func sendFirst(_ index: UInt32, _ handle: UInt32) {
      if transmitting == handle { return }
      let op = unsafe ops[index], record = unsafe handles[handle]
      let size = unsafe Int(op.pointee.end - op.pointee.start)
      guard size > 0, unsafe op.pointee.next == .max else { return transmit(handle) }
      let count = unsafe Kernel.send(
        record.pointee.fd, op.pointee.base.unsafelyUnwrapped + Int(op.pointee.start), size)
      if count == size, unsafe !record.pointee.state.contains(.isClosing) {
        unsafe finishOnly(index, op.pointee.result &+ Int32(truncatingIfNeeded: size), record)
      } else if count > 0 {
        unsafe op.pointee.start += UInt32(count)
        unsafe op.pointee.result += Int32(count)
        transmit(handle)
      } else if count == -Int(EAGAIN) {
        unsafe record.pointee.state.remove(.canWrite)
      } else {
        finish(index, Int32(truncatingIfNeeded: outcome(handle, count)))
      }
    }

    /// Sends what the head of a handle's queue wants to send, and then the next one.
    private func transmit(_ handle: UInt32) {
      if transmitting == handle { return }
      transmitting = handle
      defer { transmitting = .max }
      let record = unsafe handles[handle]
      while unsafe record.pointee.state.contains(.canWrite) {
        let index = unsafe record.pointee.writes.head
        guard index != .max else { return }
        let result: Int32?
        switch unsafe ops[index].pointee.kind {
        case .send: result = send(index, unsafe record.pointee.fd)
        case .sendTo:
          result = sendDatagram(index)
          if result == nil { unsafe record.pointee.state.remove(.canWrite) }
        case .sendFile:
          result = unsafe FileSending.of(ops[index].pointee)?.send(to: record.pointee.fd)
          if result == nil { unsafe record.pointee.state.remove(.canWrite) }
        default: return
        }
        if let result { finish(index, result) }
        // The last one of a handle that is closing takes the handle with it.
        if unsafe !record.pointee.state.contains(.isLive) { return }
      }
    }

    /// The result of a send that is over; nil if the socket takes no more for now.
    private func send(_ index: UInt32, _ fd: CInt) -> Int32? {
      let op = unsafe ops[index]
      while unsafe op.pointee.start < op.pointee.end {
        let count = unsafe Kernel.send(
          fd, op.pointee.base.unsafelyUnwrapped + Int(op.pointee.start),
          Int(op.pointee.end - op.pointee.start))
        if count == -Int(EAGAIN) {
          unsafe handles[op.pointee.handle].pointee.state.remove(.canWrite)
          return nil
        }
        if count < 0 {
          return Int32(truncatingIfNeeded: outcome(unsafe op.pointee.handle, count))
        }
        if isAllSent(index, after: Int32(count)) { break }
      }
      return unsafe op.pointee.result
    }

    private func connect(_ index: UInt32) {
      let op = unsafe ops[index]
      let handle = unsafe op.pointee.handle
      do {
        try watch(handle)
      } catch {
        finish(index, -error.errno)
        return
      }
      let result = unsafe Kernel.connect(
        handles[handle].pointee.fd, op.pointee.base.unsafelyUnwrapped, Int(op.pointee.end))
      if result == -EINPROGRESS { return }
      if result == 0 { unsafe handles[handle].pointee.state.insert(.canWrite) }
      finish(index, result)
    }

    /// A connection is made, or has failed: the event or the socket knows.
    private func connected(_ index: UInt32) {
      let handle = unsafe ops[index].pointee.handle
      do {
        let error = try Sockets.option(unsafe handles[handle].pointee.fd, SOL_SOCKET, SO_ERROR)
        finish(index, Int32(truncatingIfNeeded: outcome(handle, -Int(error))))
      } catch {
        finish(index, -error.errno)
      }
    }
  }
#endif
