// What must hold of a simulated world: theory of operation.
//
// Problem.  A program that fails shows it late: a receiver that is told twice is a crash somewhere
// else, a handle that is forgotten is memory after a month.
//
// Shape.  Between turns nothing of the runtime is half-done, so its tables can be looked at: every
// reference is counted from both sides.  `audit` may be called at any step; `unfinished` when the
// network has come to rest; `remains` when the program has let go of everything.
//
// Invariants, by the names that reports have.
//   L1  A live operation stands in exactly one place: its handle's queue, the queue of those that
//       are due, or an activity.
//   C1  A receiver is held as often as operations and timers wait for it.
//   B1  A block is free, or in one buffer: the free list has the length that it says.
//   S1  A live handle has an open socket that knows it, and an open socket that is watched has a
//       live handle.
//   E1  At rest nothing waits for what is there already.
//   W1  The timers of a loop are as many as its receivers know of.

extension Aio.SimNetwork {
  /// What is wrong now, in words; empty if nothing is.  To be called between steps.
  ///
  /// O(operations, handles, timers and buffers of all loops).
  public func audit() -> [String] {
    var found: [String] = []
    for owner in present { owner.loop.audit(&found) }
    auditEscapes(&found)
    for (index, socket) in sockets.enumerated() where socket.kind != .closed {
      guard let owner = socket.owner else { continue }
      if !owner.loop.owns(socket.handle, fd: index) {
        found.append("S1: socket \(index) is open, and its handle is gone")
      }
    }
    return found
  }

  /// What waits for something that is there already, in words: at rest, nothing may.
  public func unfinished() -> [String] {
    var found: [String] = []
    for owner in present { owner.loop.findStuck(&found) }
    children.findStuck(&found)
    return found
  }

  /// What each loop waits for, in words: for whoever looks at a report.
  public func state() -> [String] { present.flatMap { $0.loop.state() } }

  /// What has not gone though the program has let go of it: loops and buffers, and open sockets.
  ///
  /// For the end of a program: when its loops, receivers and buffers are gone.
  public func remains() -> [String] {
    var found: [String] = []
    for (number, member) in members.enumerated() {
      if member.loop != nil { found.append("loop \(number) is still held") }
      if member.pool != nil { found.append("B2: a buffer of loop \(number) has not come home") }
    }
    for (index, socket) in sockets.enumerated() where socket.kind != .closed {
      // Nobody has accepted it, or it was never used.
      let isOrphan = socket.owner == nil && socket.kind == .stream
      if !isOrphan { found.append("S1: socket \(index) was never closed") }
    }
    return found
  }
}

/// A loop that has joined a network.
struct SimMember {
  weak var loop: SimLoop?
  weak var pool: BufferPool?
  var hasLeft = false

  init(loop: SimLoop) {
    self.loop = loop
    pool = loop.pool
  }
}

extension SimLoop {
  /// Whether a handle is live and stands for socket `fd`.
  func owns(_ handle: UInt32, fd: Int) -> Bool {
    guard handles.has(handle) else { return false }
    let record = unsafe handles[handle]
    return unsafe record.pointee.state.contains(.isLive) && record.pointee.fd == CInt(fd)
  }

  func audit(_ found: inout [String]) {
    var holds: [UInt: Int32] = [:]
    var places: [UInt32: Int] = [:]
    walkQueues(&places, &found)
    var live: UInt32 = 0
    for index in 0..<ops.freshCount where unsafe ops[index].pointee.state.contains(.isLive) {
      live += 1
      let op = unsafe ops[index]
      let isActivity = unsafe op.pointee.state.contains(.isActivity)
      let isDue = unsafe op.pointee.state.contains(.isDue)
      let expected = isActivity && !isDue ? 0 : 1
      if places[index, default: 0] != expected {
        let kind = unsafe op.pointee.kind
        found.append(
          "L1: loop \(number): \(kind) \(index) is in \(places[index, default: 0]) places")
      }
      if let receiver = unsafe op.pointee.receiver {
        holds[UInt(bitPattern: unsafe receiver.toOpaque()), default: 0] += 1
      }
    }
    if live != ops.count {
      found.append("L1: loop \(number): \(live) operations are live, \(ops.count) are counted")
    }
    auditHandles(&found)
    auditTimers(&holds, &found)
    // The receiver of a refusal is held by the table of refusals itself.
    for (address, count) in holds {
      guard let address = unsafe UnsafeRawPointer(bitPattern: address) else { continue }
      let receiver = unsafe Unmanaged<Aio.Receiver>.fromOpaque(address)
      let known = unsafe receiver._withUnsafeGuaranteedRef { $0.holdCount }
      if known != count {
        let kind = unsafe receiver._withUnsafeGuaranteedRef { "\(type(of: $0))" }
        found.append("C1: loop \(number): \(count) wait for a \(kind) that counts \(known)")
      }
    }
    let free = pool.countFree()
    if free != pool.freeCount || free > pool.blockCount {
      found.append("B1: loop \(number): \(free) blocks are free, \(pool.freeCount) are counted")
    }
  }

  /// In how many queues each operation stands.
  private func walkQueues(_ places: inout [UInt32: Int], _ found: inout [String]) {
    func walk(_ queue: OpQueue, handle: UInt32?) {
      var index = queue.head
      var count = 0
      while index != .max {
        places[index, default: 0] += 1
        let op = unsafe ops[index]
        if let handle, unsafe op.pointee.handle != handle {
          found.append("L1: loop \(number): operation \(index) is in another handle's queue")
        }
        if unsafe !op.pointee.state.contains(.isLive) {
          found.append("L1: loop \(number): operation \(index) has ended, and is in a queue")
        }
        count += 1
        if count > Int(ops.freshCount) {
          found.append("L1: loop \(number): a queue is a ring")
          return
        }
        index = unsafe op.pointee.next
      }
    }
    for index in 0..<handles.freshCount {
      let record = unsafe handles[index]
      guard unsafe record.pointee.state.contains(.isLive) else { continue }
      walk(unsafe record.pointee.reads, handle: index)
      walk(unsafe record.pointee.writes, handle: index)
    }
    walk(due, handle: nil)
  }

  private func auditHandles(_ found: inout [String]) {
    for index in 0..<handles.freshCount {
      let record = unsafe handles[index]
      guard unsafe record.pointee.state.contains(.isLive) else { continue }
      let socket = network.sockets[socket(index)]
      if socket.kind == .closed {
        found.append("S1: loop \(number): handle \(index) is live, and its socket is closed")
      }
      if unsafe record.pointee.state.contains(.isClosing),
        unsafe record.pointee.reads.isEmpty && record.pointee.writes.isEmpty
      {
        found.append("S1: loop \(number): handle \(index) is closing for ever")
      }
    }
  }

  private func auditTimers(
    _ holds: inout [UInt: Int32], _ found: inout [String]
  ) {
    if timers.count == 0 { return }
    let armed = timers.armed()
    if armed.count != timers.count {
      found.append("W1: loop \(number): \(armed.count) timers are armed, \(timers.count) counted")
    }
    for index in armed {
      if let owner = unsafe timers.timers[index].pointee.owner {
        holds[UInt(bitPattern: owner), default: 0] += 1
      }
    }
  }

  /// Whatever waits for something that is there (E1).
  func findStuck(_ found: inout [String]) {
    for index in 0..<handles.freshCount {
      let record = unsafe handles[index]
      guard unsafe record.pointee.state.contains(.isLive) else { continue }
      let socket = network.sockets[socket(index)]
      let reader = unsafe record.pointee.reads.head
      if reader != .max, unsafe !ops[reader].pointee.state.contains(.isPaused), socket.isReadable {
        let kind = unsafe ops[reader].pointee.kind
        found.append("E1: loop \(number): \(kind) on handle \(index) waits for what is there")
      }
      let writer = unsafe record.pointee.writes.head
      if writer != .max, socket.isWritable {
        let kind = unsafe ops[writer].pointee.kind
        found.append("E1: loop \(number): \(kind) on handle \(index) waits for room that is there")
      }
    }
    if !due.isEmpty || !refused.isEmpty || mailbox.hasMail || executor.hasJobs {
      found.append("E1: loop \(number) sleeps over work")
    }
  }
}

extension SimLoop {
  /// What the loop waits for, in words.
  func state() -> [String] {
    var lines = [
      "loop \(number): \(pool.freeCount) of \(pool.blockCount) buffers free, \(timers.count) timers"
        + (starved.isEmpty ? "" : ", starved") + (throttled.isEmpty ? "" : ", throttled")
        + (hasImmediateWork ? ", has work" : "")
    ]
    for index in 0..<ops.freshCount where unsafe ops[index].pointee.state.contains(.isLive) {
      let op = unsafe ops[index].pointee
      var line = "loop \(number): \(op.kind) \(index)"
      if !op.state.contains(.isActivity) {
        line += " on handle \(op.handle)"
        if handles.has(op.handle) {
          let record = unsafe handles[op.handle].pointee
          line += ", socket \(record.fd), state \(record.state.rawValue)"
        }
      }
      let names: [(OpState, String)] = [
        (.repeats, "repeats"), (.isDue, "due"), (.isCancelled, "cancelled"), (.isPaused, "paused"),
      ]
      for (state, name) in names where op.state.contains(state) { line += ", \(name)" }
      lines.append(line)
    }
    return lines
  }
}
