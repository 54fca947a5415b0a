// io_uring: theory of operation.
//
// Shape.  The head of a queue is a submission; its completion goes on with the next.  Accepts and
// receives that repeat are submitted once and complete many times, into buffers that the kernel
// takes from the loop's pool by itself.  Nothing is submitted until the loop waits: one system
// call a turn carries all that was asked for and brings all that has happened.
//
// Invariants.
//   U1  An operation marked isWithKernel has exactly one submission that has not ended, and only
//       that submission's last completion clears the mark (L2).
//   U2  Memory that the kernel may write to is not given back before the kernel is done with it:
//       a loop that ends cancels everything and waits for the last completion.
//
// Cost.  0.03 system calls an echo at a hundred connections.

import Glibc
import Sys9

/// A loop on `io_uring(7)`.
final class UringLoop: KernelLoop {
  /// Submissions between two system calls, and completions that fit: what is more waits in the
  /// kernel (IORING_FEAT_NODROP).
  private static let entries: UInt32 = 4096
  private static let completionsMax: UInt32 = 16_384
  private static let wakeData = UInt64.max
  /// Completions that nobody waits for.
  private static let ignoredData = UInt64.max - 1

  /// POLLIN and POLLRDHUP.
  private static let readEvents = Int32(POLLIN | 0x2000)

  private let ring: Ring
  /// Submissions that have not ended (U1).
  private var withKernel = 0

  override init(options: Aio.LoopOptions) throws(SystemError) {
    ring = try Ring(entries: Self.entries, completions: Self.completionsMax)
    try super.init(options: options)
    pool.lend(through: try BufferRing(ring: ring.fd, count: options.bufferCount))
    watchWake()
  }

  deinit {
    drain()
    dismantle()
    if readiness >= 0 { Kernel.close(readiness) }
  }

  /// Raised by the kernel when there is work for the ring's thread; -1 until somebody asks for it.
  private var readiness: CInt = -1

  /// Not the ring itself: a ring whose completions wait for its thread wakes nobody who polls it.
  override var descriptor: Int32 {
    if readiness < 0 {
      readiness = Kernel.eventCounter()
      let result = unsafe Kernel.ringRegister(ring.fd, Uring.registerEventCounter, &readiness, 1)
      if result < 0, readiness >= 0 {
        Kernel.close(readiness)
        readiness = -1
      }
      // What has come by now raised nothing.
      if readiness >= 0 { Kernel.raise(readiness) }
    }
    return readiness
  }

  override func retire() { drain() }

  override var wantsBlocking: Bool { true }

  private func watchWake() {
    ring.push(
      Submission(
        opcode: Uring.pollAdd, fd: wakeFd, length: Uring.pollMulti,
        operationFlags: UInt32(POLLIN), data: Self.wakeData))
  }

  override func watch(_ handle: UInt32) throws(SystemError) {
    let result = Kernel.setBlocking(unsafe handles[handle].pointee.fd, true)
    if result < 0 { throw SystemError(call: "fcntl", errno: -result) }
  }

  private var isEnding = false

  override func release(_ handle: UInt32) {
    let fd = unsafe handles[handle].pointee.fd
    if isEnding {
      Kernel.close(fd)
    } else {
      ring.push(
        Submission(
          opcode: Uring.close, flags: Uring.skipSuccess, fd: fd, data: Self.ignoredData))
    }
  }

  // Submitting.

  override func start(_ index: UInt32) {
    let op = unsafe ops[index]
    assert(unsafe op.pointee.state.isDisjoint(with: [.isWithKernel, .isDue]), "U1: \(index)")
    if unsafe op.pointee.state.contains(.isPaused) { return }
    let fd = unsafe handles[op.pointee.handle].pointee.fd
    let data = unsafe UInt64(index) | UInt64(op.pointee.generation) << 32
    let repeats = unsafe op.pointee.state.contains(.repeats)
    unsafe op.pointee.state.insert(.isWithKernel)
    withKernel += 1
    switch unsafe op.pointee.kind {
    case .receive:
      ring.push(
        Submission(
          opcode: Uring.recv, flags: Uring.bufferSelect,
          priority: repeats ? Uring.recvMultishot : 0,
          fd: fd, length: repeats ? 0 : UInt32(pool.blockSize), data: data))
    case .send:
      ring.push(
        Submission(
          opcode: Uring.send, fd: fd,
          address: unsafe UInt64(UInt(bitPattern: op.pointee.base) + UInt(op.pointee.start)),
          length: unsafe op.pointee.end - op.pointee.start,
          operationFlags: UInt32(MSG_NOSIGNAL | MSG_WAITALL), data: data))
    case .accept:
      ring.push(
        Submission(
          opcode: Uring.accept, priority: repeats ? Uring.acceptMultishot : 0, fd: fd,
          operationFlags: UInt32(SOCK_CLOEXEC.rawValue), data: data))
    case .sendFile: startPiece(index, fd, data)
    case .connect:
      ring.push(
        Submission(
          opcode: Uring.connect, fd: fd, offset: unsafe UInt64(op.pointee.end),
          address: unsafe UInt64(UInt(bitPattern: op.pointee.base)), data: data))
    case .readable, .writable, .receiveFrom, .sendTo:
      let events = unsafe op.pointee.kind.reads ? Self.readEvents : POLLOUT
      ring.push(
        Submission(
          opcode: Uring.pollAdd, fd: fd, operationFlags: UInt32(bitPattern: Int32(events)),
          data: data))
    default: break
    }
  }

  override func stop(_ index: UInt32) {
    if unsafe !ops[index].pointee.state.contains(.isWithKernel) {
      finish(index, -ECANCELED)
    } else {
      withdraw(index)
    }
  }

  override func hold(_ index: UInt32) {
    if unsafe ops[index].pointee.state.contains(.isWithKernel) { withdraw(index) }
  }

  /// Adds a submission of an operation that `start` has already marked.
  func push(_ submission: Submission) { ring.push(submission) }

  /// Adds a submission that will end (U1).
  func give(_ submission: Submission) {
    withKernel += 1
    ring.push(submission)
  }

  /// A few blocks of our own: those of the pool are the kernel's to fill.
  override func blocksForDatagrams() -> BufferPool? {
    if datagramPool == nil { datagramPool = try? BufferPool(count: 256, size: pool.blockSize) }
    return datagramPool
  }

  override func submit(_ activity: FileActivity) -> Bool { submitFile(activity) }

  override func withdraw(_ activity: FileActivity) -> Bool {
    guard let op = unsafe record(activity.token), unsafe op.pointee.state.contains(.isWithKernel)
    else { return false }
    withdraw(activity.token.index)
    return true
  }

  /// Asks the kernel for the end of a submission: advice, which may come too late.
  func withdraw(_ index: UInt32) {
    let data = unsafe UInt64(index) | UInt64(ops[index].pointee.generation) << 32
    ring.push(
      Submission(opcode: Uring.asyncCancel, address: data, data: Self.ignoredData))
  }

  override func attempt(_ handle: UInt32) {
    let record = unsafe handles[handle]
    for head in [unsafe record.pointee.reads.head, unsafe record.pointee.writes.head]
    where head != .max {
      let op = unsafe ops[head]
      if unsafe op.pointee.state.isDisjoint(with: [.isWithKernel, .isPaused]),
        unsafe op.pointee.kind != .close
      {
        start(head)
      }
    }
  }

  override func flush() { if !isEnding { ring.enter(wait: 0, nil) } }

  // Completing.

  override func wait(until deadline: UInt64?) {
    if deadline == 0 || ring.hasCompletion {
      ring.enter(wait: 0, nil)
    } else if let deadline {
      ring.enter(wait: 1, deadline <= now ? 0 : Int64(clamping: deadline - now))
    } else {
      ring.enter(wait: 1, nil)
    }
    unpark()
    if readiness >= 0 { Kernel.lower(readiness) }
    var budget = Self.completionsPerTurnMax
    while budget > 0, let entry = ring.pop() {
      if entry.data == Self.ignoredData { continue }
      budget -= 1
      if entry.data == Self.wakeData {
        if !entry.hasMore { watchWake() }
        continue
      }
      completed(entry)
    }
  }

  private func completed(_ entry: CompletionEntry) {
    let index = UInt32(truncatingIfNeeded: entry.data)
    let op = unsafe ops[index]
    assert(unsafe op.pointee.generation == UInt32(entry.data >> 32), "U1: it ends once")
    if !entry.hasMore {
      unsafe op.pointee.state.remove(.isWithKernel)
      withKernel -= 1
    }
    if unsafe op.pointee.state.contains(.isActivity) {
      unsafe (Activity.of(op.pointee) as? FileActivity)?.finished(entry.result, on: self)
      return
    }
    switch unsafe op.pointee.kind {
    case .receive: received(index, entry)
    case .send: sent(index, entry.result)
    case .sendFile: pieceMoved(index, entry.result)
    case .accept: accepted(index, entry)
    case .readable, .writable: last(index, min(entry.result, 0))
    case .receiveFrom, .sendTo: datagramReady(index, entry.result)
    default: last(index, entry.result)
    }
  }

  private func received(_ index: UInt32, _ entry: CompletionEntry) {
    var buffer: Aio.Buffer?
    if let number = entry.buffer {
      buffer = unsafe Aio.Buffer(
        base: pool.claim(number), count: UInt32(max(entry.result, 0)),
        capacity: UInt32(pool.blockSize), home: Unmanaged.passUnretained(pool))
    }
    let op = unsafe ops[index]
    if entry.hasMore {
      deliver(index, entry.result, buffer)
    } else if entry.result > 0, unsafe op.pointee.state.contains(.repeats) {
      // The kernel has stopped repeating, for reasons of its own.
      let token = name(ofOp: index)
      deliver(index, entry.result, buffer)
      goOn(token)
    } else if entry.result == -ENOBUFS {
      _ = buffer.take()
      if unsafe op.pointee.state.contains(.isCancelled) {
        last(index, -ECANCELED)
      } else {
        starve(unsafe op.pointee.handle)
      }
    } else if isInterrupted(index, entry.result) {
      goOn(name(ofOp: index))
    } else {
      last(index, entry.result, buffer)
    }
  }

  /// A socket for datagrams has some, or room for one.
  private func datagramReady(_ index: UInt32, _ result: Int32) {
    let op = unsafe ops[index]
    let token = name(ofOp: index)
    if result < 0 {
      if isInterrupted(index, result) { goOn(token) } else { last(index, result) }
    } else if unsafe op.pointee.kind == .sendTo {
      if let sent = sendDatagram(index) { last(index, sent) } else { start(index) }
    } else if receiveDatagrams(index, unsafe op.pointee.handle) {
      goOn(token)
    }
  }

  /// Whether a submission ended because its operation was paused, and not for the operation's end.
  private func isInterrupted(_ index: UInt32, _ result: Int32) -> Bool {
    result == -ECANCELED && (unsafe ops[index].pointee.state.contains(.repeats))
      && (unsafe !ops[index].pointee.state.contains(.isCancelled))
  }

  /// Submits a repeating operation anew, unless it ended or was paused meanwhile.
  private func goOn(_ token: Aio.OpToken) {
    guard let op = unsafe record(token) else { return }
    if unsafe op.pointee.state.contains(.isCancelled) {
      if unsafe !op.pointee.state.contains(.isDue) { finish(token.index, -ECANCELED) }
    } else if unsafe op.pointee.state.isDisjoint(with: [.isDue, .isWithKernel]) {
      start(token.index)
    }
  }

  private func sent(_ index: UInt32, _ result: Int32) {
    let op = unsafe ops[index]
    guard result >= 0 else {
      if result == -ECANCELED, unsafe !op.pointee.state.contains(.isCancelled) {
        moveOut(index)  // its block was wanted: see Loop+Pressure
        start(index)
      } else {
        last(index, result)
      }
      return
    }
    if isAllSent(index, after: result) {
      last(index, unsafe op.pointee.result)
    } else if unsafe op.pointee.state.contains(.isCancelled) {
      last(index, -ECANCELED)
    } else {
      if !starved.isEmpty { moveOut(index) }
      start(index)
    }
  }

  private func accepted(_ index: UInt32, _ entry: CompletionEntry) {
    let op = unsafe ops[index]
    let token = name(ofOp: index)
    if entry.result < 0 {
      refused(index, entry)
      return
    }
    guard let place = addHandle(entry.result, .isAccepted) else {
      Kernel.close(entry.result)
      if !entry.hasMore { goOn(token) }
      return
    }
    let accepted = name(ofHandle: place)
    if unsafe op.pointee.state.contains(.repeats) {
      deliver(index, 0, nil, accepted: accepted)
      if !entry.hasMore { goOn(token) }
      return
    }
    lastAccept(index, accepted)
  }

  private func refused(_ index: UInt32, _ entry: CompletionEntry) {
    let token = name(ofOp: index)
    if entry.hasMore { return }
    switch -entry.result {
    case EMFILE, ENFILE, ENOBUFS, ENOMEM:
      if unsafe ops[index].pointee.state.contains(.isCancelled) {
        last(index, -ECANCELED)
      } else {
        throttle(unsafe ops[index].pointee.handle)
      }
    case ECONNABORTED, EPROTO, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EAGAIN: goOn(token)
    default:
      if isInterrupted(index, entry.result) { goOn(token) } else { last(index, entry.result) }
    }
  }

  // The end.

  /// Takes everything back from the kernel (U2), and tells nobody.
  private func drain() {
    if isEnding { return }
    isEnding = true
    // With nothing under way there is nothing to be taken back, on whatever thread.
    if withKernel == 0 && ring.isFlushed { return }
    ring.push(
      Submission(
        opcode: Uring.asyncCancel, operationFlags: Uring.cancelAll, data: Self.ignoredData))
    while withKernel > 0 {
      ring.enter(wait: 1, 1_000_000_000)
      while let entry = ring.pop() {
        if entry.data >= Self.ignoredData { continue }
        let op = unsafe ops[UInt32(truncatingIfNeeded: entry.data)]
        if let number = entry.buffer { unsafe pool.give(pool.claim(number)) }
        if unsafe op.pointee.kind == .accept && entry.result >= 0 { Kernel.close(entry.result) }
        unsafe (Activity.of(op.pointee) as? FileActivity)?.finished(entry.result, on: self)
        if !entry.hasMore { withKernel -= 1 }
      }
    }
    ring.enter(wait: 0, nil)  // closes that were pushed
  }
}
