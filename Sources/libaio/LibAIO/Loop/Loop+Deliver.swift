// From a result to its receiver.
//
// Back ends call `deliver` and `last` while they hand out what the kernel had; what ends at other
// times is noted by `finish` and handed out in its own phase of the turn, so that no callback runs
// inside a call to the runtime (L3).

import Glibc

/// An operation that could not begin.
struct Refusal {
  let receiver: Aio.Receiver
  let kind: Aio.OpKind
  let handle: Aio.Handle
  let errno: CInt
}

extension Aio.Loop {
  /// Takes an operation out of its queue and notes its terminal completion.
  final func finish(_ index: UInt32, _ result: Int32) {
    let op = unsafe ops[index]
    assert(unsafe op.pointee.state.contains(.isLive), "L1: an operation ends once")
    assert(unsafe !op.pointee.state.contains(.isDue), "L1: an operation ends once")
    unsafe op.pointee.state.insert(.isDue)
    unsafe op.pointee.state.remove(.isWithKernel)
    if result < 0 { noteBreak(index, result) }
    unsafe op.pointee.result = result
    let queue = unsafe queue(of: index)
    unsafe dequeue(index, &queue.pointee)
    _ = enqueue(index, &due)
    goOn(unsafe op.pointee.handle, unsafe queue.pointee.head)
  }

  /// Notes the terminal completion of the only operation that writes to a handle that stays.
  @inline(__always)
  final func finishOnly(
    _ index: UInt32, _ result: Int32, _ record: UnsafeMutablePointer<HandleRecord>
  ) {
    let op = unsafe ops[index]
    assert(unsafe !op.pointee.state.contains(.isDue), "L1: an operation ends once")
    assert(unsafe record.pointee.writes.head == index && record.pointee.writes.tail == index)
    unsafe op.pointee.state.insert(.isDue)
    unsafe op.pointee.result = result
    unsafe record.pointee.writes = .empty
    _ = enqueue(index, &due)
  }

  /// Hands out what has ended, at most `budget` of it, and says how much.
  @inline(__always)
  final func deliverWarm(_ budget: Int) -> Int {
    var count = 0
    while count < budget, due.head != .max {
      let index = due.head
      dequeue(index, &due)
      concludeDue(index)
      count += 1
    }
    return count
  }

  /// After the end of an operation: its handle's next one, or the handle's own end.
  @inline(__always)
  private func goOn(_ handle: UInt32, _ next: UInt32) {
    let state = unsafe handles[handle].pointee.state
    if state.contains(.isClosing) {
      closeIfIdle(handle)
    } else if next != .max {
      if state.contains(.isBroken) { goOnBroken(handle, next) } else { start(next) }
    }
  }

  /// Notes that a stream would have a hole behind an operation that fails (L6).
  private func noteBreak(_ index: UInt32, _ result: Int32) {
    let op = unsafe ops[index]
    let kind = unsafe op.pointee.kind
    guard kind.isOfStream else { return }
    // Cancelled before its first byte: as if it had never been asked for.
    if kind == .send, result == -ECANCELED, unsafe op.pointee.result == 0 { return }
    let record = unsafe handles[op.pointee.handle]
    if unsafe !record.pointee.state.contains(.isDatagram) {
      unsafe record.pointee.state.insert(.isBroken)
    }
  }

  /// Goes on with a handle whose stream is broken: what would be sent fails (L6).
  final func goOnBroken(_ handle: UInt32, _ head: UInt32) {
    var next = head
    while next != .max {
      let op = unsafe ops[next]
      guard unsafe op.pointee.kind.isOfStream else { return start(next) }
      let queue = unsafe queue(of: next)
      unsafe dequeue(next, &queue.pointee)
      unsafe op.pointee.state.insert(.isDue)
      unsafe op.pointee.result = -EPIPE
      _ = enqueue(next, &due)
      next = unsafe queue.pointee.head
    }
  }

  /// Closes a handle whose other operations have all ended.
  final func closeIfIdle(_ handle: UInt32) {
    let record = unsafe handles[handle]
    let head = unsafe record.pointee.writes.head
    guard unsafe record.pointee.reads.isEmpty, head != .max,
      unsafe ops[head].pointee.kind == .close
    else { return }
    unsafe record.pointee.writes = .empty
    release(handle)
    dropHandle(handle)
    unsafe ops[head].pointee.state.insert(.isDue)
    _ = enqueue(head, &due)
    if !throttled.isEmpty { feedThrottled() }  // a descriptor has become free
  }

  /// Hands out the terminal completions that are due; at most `budget` of them.
  final func deliverDue(_ budget: Int) -> Int {
    var count = deliverWarm(budget)
    while count < budget, let refusal = refused.popLast() {
      var completion = Aio.Completion(
        token: .none, kind: refusal.kind, isLast: true, handle: refusal.handle, accepted: .none,
        result: -Int(refusal.errno), buffer: nil)
      stats.completions += 1
      refusal.receiver.completed(&completion, on: self)
      count += 1
    }
    return count
  }

  /// Notes that `count` more bytes of a send have gone, and says whether those were the last ones.
  @inline(__always)
  final func isAllSent(_ index: UInt32, after count: Int32) -> Bool {
    let op = unsafe ops[index]
    unsafe op.pointee.start += UInt32(count)
    unsafe op.pointee.result += count
    return unsafe op.pointee.start == op.pointee.end
  }

  /// Delivers the terminal completion of the head of a queue, now.  For back ends that hand out.
  final func last(_ index: UInt32, _ result: Int32, _ buffer: consuming Aio.Buffer? = nil) {
    let op = unsafe ops[index]
    assert(unsafe !op.pointee.state.contains(.isDue), "L1: an operation ends once")
    if result < 0 { noteBreak(index, result) }
    let queue = unsafe queue(of: index)
    unsafe dequeue(index, &queue.pointee)
    goOn(unsafe op.pointee.handle, unsafe queue.pointee.head)
    conclude(index, Int(result), buffer, accepted: .none)
  }

  /// Delivers the terminal completion of an accept that brought a connection.
  final func lastAccept(_ index: UInt32, _ accepted: Aio.Handle) {
    let queue = unsafe queue(of: index)
    unsafe dequeue(index, &queue.pointee)
    goOn(unsafe ops[index].pointee.handle, unsafe queue.pointee.head)
    conclude(index, 0, nil, accepted: accepted)
  }

  /// Delivers a completion that more will follow.
  @inline(__always)
  final func deliver(
    _ index: UInt32, _ result: Int32, _ buffer: consuming Aio.Buffer? = nil,
    accepted: Aio.Handle = .none
  ) {
    let op = unsafe ops[index]
    stats.completions += 1
    unsafe enter(op.pointee, index)
    var completion = unsafe Aio.Completion(
      token: Aio.OpToken(index: index, generation: op.pointee.generation), kind: op.pointee.kind,
      isLast: false, handle: op.pointee.handleName, accepted: accepted,
      result: Int(result), buffer: buffer)
    unsafe op.pointee.receiver?._withUnsafeGuaranteedRef { $0.completed(&completion, on: self) }
    recorder.finish()
  }

  /// Frees an operation that ended before, and tells its receiver: all that comes with it is what
  /// was sent.
  @inline(never)
  private func concludeDue(_ index: UInt32) {
    conclude(index, Int(unsafe ops[index].pointee.result), nil, accepted: .none)
  }

  /// Frees an operation and tells its receiver that it is over (L2).
  @inline(__always)
  private func conclude(
    _ index: UInt32, _ result: Int, _ received: consuming Aio.Buffer?, accepted: Aio.Handle
  ) {
    let op = unsafe ops[index]
    let token = unsafe Aio.OpToken(index: index, generation: op.pointee.generation)
    let kind = unsafe op.pointee.kind
    let receiver = unsafe op.pointee.receiver
    let handle = unsafe op.pointee.handleName
    if unsafe op.pointee.state.contains(.isActivity) { return concludeActivity(index, result) }
    let sent = unsafe buffer(of: op.pointee)
    if kind == .sendFile { unsafe FileSending.forget(op.pointee) }
    unsafe enter(op.pointee, index)
    unsafe op.pointee.generation &+= 1
    unsafe op.pointee.state = []
    ops.give(index)
    stats.completions += 1
    guard let receiver = unsafe receiver else { return }
    let buffer = combine(received, sent)
    var completion = Aio.Completion(
      token: token, kind: kind, isLast: true, handle: handle, accepted: accepted, result: result,
      buffer: buffer)
    unsafe receiver._withUnsafeGuaranteedRef {
      $0.completed(&completion, on: self)
      $0.letGo()
    }
    recorder.finish()
    if let left = completion.leftBuffer() { takeHome(left) }
  }

  /// Drops a buffer: what all buffers do by themselves, but that nearly all that end here are this
  /// thread's.
  @inline(__always)
  private func takeHome(_ buffer: consuming Aio.Buffer) {
    let parts = buffer.unwrap()
    if let home = unsafe parts.home,
      unsafe home.toOpaque() == Unmanaged.passUnretained(pool).toOpaque()
    {
      unsafe pool.push(parts.base)
    } else {
      _ = Aio.Buffer(parts)
    }
  }

  /// Takes the result of an operation that has ended already, and its receiver is not told; nil if
  /// it is still under way, or if the end of others has to be told before.
  ///
  /// For sends: a socket mostly takes everything at once, and who collects that saves the callback.
  /// Bytes, or an errno negated; what was sent is dropped.  O(1).  What an activity found, such as
  /// an address or a child's status, is told and never collected.
  public final func collect(_ token: Aio.OpToken) -> Int? {
    let index = token.index
    guard due.head == index, let op = unsafe record(token),
      unsafe op.pointee.state.contains(.isDue),
      unsafe !op.pointee.state.contains(.isActivity)
    else { return nil }
    assert(unsafe op.pointee.kind != .sendFile, "a part of an activity, whose name nobody has")
    dequeue(index, &due)
    let receiver = unsafe op.pointee.receiver
    let result = Int(unsafe op.pointee.result)
    if let sent = unsafe buffer(of: op.pointee) { takeHome(sent) }
    unsafe op.pointee.generation &+= 1
    unsafe op.pointee.state = []
    ops.give(index)
    stats.completions += 1
    unsafe receiver?._withUnsafeGuaranteedRef { $0.letGo() }
    return result
  }

  /// The same for a job of a task, unless it has collected so much that others are to have their
  /// turn.
  final func collectInJob(_ token: Aio.OpToken) -> Int? {
    if unsafe hot.pointee.collectionsLeft == 0 { return nil }
    guard let result = collect(token) else { return nil }
    unsafe hot.pointee.collectionsLeft -= 1
    return result
  }

  /// What runs until `recorder.finish` runs because `op` has something to tell, and for its group.
  @inline(__always)
  final func enter(_ op: OpRecord, _ index: UInt32) {
    unsafe recorder.begin(
      .completion, place: UInt64(op.site) << 32 | UInt64(op.group),
      parent: recorder.cause(ofOperation: index),
      callback: UInt(bitPattern: op.receiver?.toOpaque()), argument: UInt(op.handle), fd: -1,
      op: op.kind.rawValue)
  }

  /// What a send gives back, or what a receive brings: never both.
  @inline(__always)
  private func combine(
    _ received: consuming Aio.Buffer?, _ sent: consuming Aio.Buffer?
  ) -> Aio.Buffer? {
    if let sent = sent.take() { return sent }
    return received
  }

  /// Puts the buffer of an operation together again.
  @inline(__always)
  final func buffer(of op: OpRecord) -> Aio.Buffer? {
    guard let base = unsafe op.base, !op.state.contains(.isActivity), op.kind != .sendFile else {
      return nil
    }
    return unsafe Aio.Buffer(
      Aio.Buffer.Parts(base: base, start: op.start, end: op.end, home: op.home))
  }
}
