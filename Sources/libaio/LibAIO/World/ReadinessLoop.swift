// Loops that are told what is ready: theory of operation.
//
// Problem.  epoll and kqueue say that something may be done; programs want it done.
//
// Shape.  Each handle is watched once, for changes: no system call is made to wait.  What the
// kernel has said is kept in the handle's state: `canRead` and `canWrite` mean "try".  EAGAIN
// clears them, and `canRead` also a read of a stream that got less than it asked for, which says
// that nothing is left.  An operation that cannot go on just stays at the head of its queue.
//
//     start ----> tried ----> over: `finish`, `last`, `deliver`
//                  |   ^
//           EAGAIN v   | `happened`, or the handle's turn
//                 waits at the head of its queue
//
// What a back end adds is little: `watch` and `release` a handle, `wait` for events and pass them
// on (`happened`), and what its system does otherwise than epoll (`awaitRoom`, `outcome`).  None of
// the four that a back end overrides is called on the way of an event that succeeds.
//
// Invariants.
//   E1  If a queue has a head that is not paused and the state allows it, the handle has its turn
//       soon: nothing waits for an edge that has been.
//   E2  A handle that ends (`isEnding`) is read until it says so: there will be no other edge.
//   E3  Who waits for readiness itself (waitReadable, waitWritable) reads and writes behind the
//       loop's back: for those the state is a hint, and poll(2) is asked.
//
// Cost.  Two system calls an echo, and a share of the wait.
//
// Rejected.  To watch when somebody waits and only then (level-triggered, or once): a call an
// operation.  A protocol for the back ends instead of a class: the loop's callers hold a class
// anyhow, and the hot path calls no method that is overridden.

import Glibc
import Sys9

/// What epoll and kqueue have in common: operations that are tried when the kernel says so.
class ReadinessLoop: KernelLoop {
  /// Connections accepted before others have their turn.
  private static let acceptsPerTurnMax = 64
  /// Completions told after an event before the next event has its turn.
  private static let completionsPerEventMax = 4

  /// What a call on a handle came to that brought nothing: its own result, unless the back end's
  /// events take errors away from the socket and one has been told before.
  func outcome(_ handle: UInt32, _ result: Int) -> Int { result }

  /// Sees to it that room is told, now that the handle takes no more, where `watch` did not.
  func awaitRoom(_ handle: UInt32) throws(SystemError) {}

  /// What a handle is watched under: its place, and the generation that it had.
  final func watchData(_ handle: UInt32) -> UInt64 {
    UInt64(handle) | UInt64(unsafe handles[handle].pointee.generation) << 32
  }

  /// The place of the handle that was watched under `data`; nil if it has been closed, and its
  /// place perhaps used again, since the kernel spoke.
  @inline(__always)
  final func watched(_ data: UInt64) -> UInt32? {
    let handle = UInt32(truncatingIfNeeded: data)
    return unsafe handles[handle].pointee.generation == UInt32(data >> 32) ? handle : nil
  }

  /// How long to wait for events until `deadline`: nanoseconds, -1 for ever.
  final func timeout(until deadline: UInt64?) -> Int64 {
    guard let deadline else { return -1 }
    return deadline == 0 || deadline <= now ? 0 : Int64(clamping: deadline - now)
  }

  /// The kernel speaks of a handle.
  @inline(__always)
  final func happened(_ found: Kernel.Events, _ handle: UInt32) {
    unsafe note(found, &handles[handle].pointee.state)
    advance(handle)
    // What ended at once is told while its record and its buffer are warm: the next event uses
    // them again.  A callback that goes on and on has its turn with the others.
    if !due.isEmpty { _ = deliverWarm(Self.completionsPerEventMax) }
  }

  final override func start(_ index: UInt32) {
    let op = unsafe ops[index]
    let handle = unsafe op.pointee.handle
    let state = unsafe handles[handle].pointee.state
    switch unsafe op.pointee.kind {
    case .accept, .receive, .readable, .receiveFrom:
      if state.contains(.canRead) { queueTurn(handle) }
    case .send: if state.contains(.canWrite) { sendFirst(index, handle) }
    case .sendTo, .sendFile: if state.contains(.canWrite) { transmit(handle) }
    case .writable:
      if state.contains(.canWrite) && isReady(handle, .canWrite) { finish(index, 0) }
    case .connect: connect(index)
    default: break
    }
  }

  final override func stop(_ index: UInt32) { finish(index, -ECANCELED) }

  /// What an event says of a handle.
  @inline(__always)
  private func note(_ found: Kernel.Events, _ state: inout HandleState) {
    if !found.isDisjoint(with: [.isOver, .hasError, .isEnding]) {
      state.formUnion([.canRead, .isEnding])
    }
    if found.contains(.canRead) { state.insert(.canRead) }
    if !found.isDisjoint(with: [.canWrite, .isOver, .hasError]) { state.insert(.canWrite) }
  }

  final override func attempt(_ handle: UInt32) { advance(handle) }

  /// Lets the heads of a handle's queues go on, as far as its state allows (E1).
  @inline(__always)
  private func advance(_ handle: UInt32) {
    let record = unsafe handles[handle]
    let generation = unsafe record.pointee.generation
    let writer = unsafe record.pointee.writes.head
    if writer != .max, unsafe record.pointee.state.contains(.canWrite) {
      switch unsafe ops[writer].pointee.kind {
      case .send, .sendTo, .sendFile: transmit(handle)
      case .connect: connected(writer)
      case .writable: if isReady(handle, .canWrite) { finish(writer, 0) }
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
    default: if isReady(handle, .canRead) { last(reader, 0) }
    }
  }

  /// Whether who waits for readiness can go on (E3).
  private func isReady(_ handle: UInt32, _ event: Kernel.Events) -> Bool {
    if Kernel.isReady(unsafe handles[handle].pointee.fd, event) { return true }
    // Who cannot be told later is told now, and meets the end in its own call.
    if event == .canWrite { return waitForRoom(handle) != nil }
    unsafe handles[handle].pointee.state.remove(.canRead)
    return false
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
    let received = UInt32(truncatingIfNeeded: count)
    let buffer = unsafe Aio.Buffer(
      base: block, count: received, capacity: UInt32(truncatingIfNeeded: size),
      home: Unmanaged.passUnretained(pool))
    if unsafe ops[index].pointee.state.contains(.repeats) {
      deliver(index, Int32(bitPattern: received), buffer)
    } else {
      last(index, Int32(bitPattern: received), buffer)
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
    case ECONNABORTED: queueTurn(handle)
    #if os(Linux)
      case EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH:
        queueTurn(handle)
    #endif
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
      if let refusal = waitForRoom(handle) { finish(index, refusal) }
    } else {
      finish(index, Int32(truncatingIfNeeded: outcome(handle, count)))
    }
  }

  /// Notes that the handle takes no more: what waits goes on when room is told (E1).
  ///
  /// - Returns: nil, or what is wrong if room cannot be told, an errno negated.
  private func waitForRoom(_ handle: UInt32) -> Int32? {
    unsafe handles[handle].pointee.state.remove(.canWrite)
    do {
      try awaitRoom(handle)
      return nil
    } catch {
      return -error.errno
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
      case .sendTo: result = sendDatagram(index) ?? waitForRoom(handle)
      case .sendFile:
        let sent = unsafe FileSending.of(ops[index].pointee)?.send(to: record.pointee.fd)
        result = sent ?? waitForRoom(handle)
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
      if count == -Int(EAGAIN) { return waitForRoom(unsafe op.pointee.handle) }
      if count < 0 {
        return Int32(truncatingIfNeeded: outcome(unsafe op.pointee.handle, count))
      }
      if isAllSent(index, after: Int32(count)) { break }
    }
    return unsafe op.pointee.result
  }

  /// Watched when the connection is under way, and not before: a socket that is not connected says
  /// all kinds of things, and what has happened by then is told.
  private func connect(_ index: UInt32) {
    let op = unsafe ops[index]
    let handle = unsafe op.pointee.handle
    let result = unsafe Kernel.connect(
      handles[handle].pointee.fd, op.pointee.base.unsafelyUnwrapped, Int(op.pointee.end))
    if result == 0 { unsafe handles[handle].pointee.state.insert(.canWrite) }
    if result == 0 || result == -EINPROGRESS {
      do {
        try watch(handle)
      } catch {
        finish(index, -error.errno)
        return
      }
    }
    if result != -EINPROGRESS { finish(index, result) }
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
