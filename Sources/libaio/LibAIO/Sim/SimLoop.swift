// A loop in a simulated network.
//
// As on epoll, operations stand at the heads of their queues until the network says that they may
// go on; here it also decides when nothing at all goes on, as if buffers were missing.  As on
// io_uring, a cancel may find its operation with the system, which ends it later, or completes it
// before it hears of the cancel.

import Glibc
import Lib9c
import Synchronization
import Sys9

/// A loop whose world is a `SimNetwork`.
final class SimLoop: Aio.Loop {
  let network: Aio.SimNetwork
  /// Its place among those that have joined the network.
  private(set) var number = 0
  /// Raised by whoever wakes the loop, as the event counter is on the machine.
  private let bell: Bell
  /// Whether the loop sleeps; until `wakesAt`, or until the bell rings.
  private var isAsleep = false
  private(set) var wakesAt = UInt64.max
  /// How far the digest has come in the recorder's records.
  private var foldedHead: UInt64 = 0

  /// What wakes a loop.
  private final class Bell: Sendable { let rings = Atomic<Bool>(false) }

  init(_ network: Aio.SimNetwork, options: Aio.LoopOptions) throws(SystemError) {
    self.network = network
    let bell = Bell()
    self.bell = bell
    try super.init(now: network.now, day: Self.birthday + network.now, options: options) {
      bell.rings.store(true, ordering: .relaxed)
    }
    number = network.join(self)
    recorder.record(last: Self.recordsKept)
  }

  deinit {
    network.leave(self)
    dismantle()
  }

  override var isSimulated: Bool { true }

  /// Records of a turn that are folded into the digest: what a turn's budgets allow.
  private static let recordsKept = 1024

  /// The day on which simulated time begins, in the morning of 9 September 2001.
  static let birthday: UInt64 = 1_000_000_000_000_000_000

  override func clock() -> UInt64 { network.now }

  override func timeOfDay() -> UInt64 { Self.birthday + network.now }

  override var hasEvents: Bool { network.nextTime != nil || timers.count > 0 }

  /// Buffers that other loops hold come home without a word, as on the machine.
  override var foreignBuffersNs: UInt64 { 1_000_000 }

  // Turns.

  /// Whether the loop has a turn now (V4).
  func isAwake(at time: UInt64) -> Bool {
    !isAsleep || wakesAt <= time || bell.rings.load(ordering: .relaxed)
  }

  /// Makes the loop have a turn.
  func wake() {
    isAsleep = false
    wakesAt = .max
  }

  /// One turn at the present time; then the loop sleeps if there is nothing to do.
  func takeTurn() {
    bell.rings.store(false, ordering: .relaxed)
    wake()
    unpark()
    begin()
    turn(waiting: false)
    foldRecords()
    // Whoever sends from now on must wake us; whoever sent before is seen here.
    if !hasImmediateWork && park() {
      isAsleep = true
      wakesAt = nextDeadline ?? .max
    }
  }

  /// Alone on its network, a loop moves its time itself.
  override func wait(until deadline: UInt64?) {
    foldRecords()
    if deadline == 0 { return }
    let next = min(network.nextTime ?? .max, deadline ?? .max)
    if next == .max {
      isStopping = true  // nothing will ever happen again
      return
    }
    network.advance(to: max(next, network.now))
  }

  override func runWorldUntilIdle() -> Bool? { network.runUntilIdle() }

  override func inWorld(_ body: () -> Void) { network.inside(body) }

  /// Whether a timer is armed that fires once.
  var hasOneShots: Bool {
    if timers.count == 0 { return false }
    if stats.intervals == 0 { return true }
    return timers.armed().contains { unsafe timers.timers[$0].pointee.period.isNever }
  }

  /// What the loop has told its receivers becomes a part of the digest and of the trace.
  private func foldRecords() {
    recorder.forEach(from: &foldedHead) { record in
      // What names a task is an address (V3).
      let isNumber =
        record.kind == EventKind.completion.rawValue || record.kind == EventKind.timer.rawValue
      let argument = isNumber ? record.argument : 0
      network.fold(
        UInt64(record.kind) | UInt64(record.op) << 8 | UInt64(number) << 16 | argument << 32)
      network.eventCount += 1
      network.note(.told(loop: number, kind: record.kind, op: record.op, argument: argument))
    }
  }

  // Files and names: SimFiles.swift.

  override var files: SimFiles? { network.files }

  override func submit(_ activity: FileActivity) -> Bool {
    work(on: activity)
    return true
  }

  override func names(_ name: DialString) -> Result<[Aio.ResolvedAddress], SystemError>? {
    known(name)
  }

  // Handles.

  override func makeSocket(
    for address: SocketAddress, _ kind: Sockets.Kind, from local: SocketAddress?
  ) throws(SystemError) -> CInt {
    if network.happens(.socket, oneIn: network.faults.socketOneIn) {
      throw SystemError(call: "socket", errno: EMFILE, subject: address.host)
    }
    if kind == .stream { return CInt(network.makeSocket(address)) }
    let socket = try network.bindDatagrams(local ?? .ipv4(0x7F00_0001, port: 0))
    network.sockets[socket].target = address
    return CInt(socket)
  }

  override func releaseUnused(_ fd: CInt) { network.close(Int(fd)) }

  override func offload(
    _ lane: Aio.Daemons.Lane, _ body: sending @escaping () -> Void
  ) -> Bool {
    if network.happens(.fail, oneIn: network.faults.failOneIn) { return false }
    network.schedule(.job(body), on: -1)
    return true
  }

  override func makeListener(
    at address: SocketAddress, _ kind: Sockets.Kind, _ options: Aio.ListenOptions
  ) throws(SystemError) -> CInt {
    if kind == .datagram { return CInt(try network.bindDatagrams(address)) }
    let port = address.port == 0 ? network.freePort() : address.port
    if network.listeners[port] != nil {
      throw SystemError(call: "bind", errno: EADDRINUSE, subject: address.host)
    }
    let socket = network.makeSocket(address.with(port: port))
    network.sockets[socket].kind = .listener
    network.listeners[port] = socket
    return CInt(socket)
  }

  override func boundAddress(_ fd: CInt) throws(SystemError) -> SocketAddress {
    network.sockets[Int(fd)].address
  }

  override func watch(_ handle: UInt32) throws(SystemError) {
    let socket = network.sockets[socket(handle)]
    socket.owner = SimOwner(loop: self)
    socket.handle = handle
  }

  override func release(_ handle: UInt32) { network.close(socket(handle)) }

  override func shutdown(_ fd: CInt, _ how: CInt) -> CInt {
    let result = network.shutdown(Int(fd), how)
    // Who receives there is told.
    if result == 0 && how != SHUT_WR { queueTurn(network.sockets[Int(fd)].handle) }
    return result
  }

  func socket(_ handle: UInt32) -> Int { Int(unsafe handles[handle].pointee.fd) }

  /// The network has news of a handle.
  func changed(_ handle: UInt32) {
    // One that waits for a buffer may send nevertheless: what it sends may be what holds them.
    if isStarved(handle) { write(handle) } else { queueTurn(handle) }
    wake()
  }

  private func isStarved(_ handle: UInt32) -> Bool {
    unsafe handles[handle].pointee.state.contains(.isStarved)
  }

  // Operations.

  override func start(_ index: UInt32) {
    let op = unsafe ops[index]
    let handle = unsafe op.pointee.handle
    if unsafe op.pointee.kind == .connect {
      // Watching cannot fail here.
      try? watch(handle)
      let socket = socket(handle)
      if network.happens(.memory, oneIn: network.faults.memoryOneIn) {
        finish(index, -ENOMEM)
      } else if network.sockets[socket].kind == .datagram {
        finish(index, 0)
      } else {
        network.connect(socket)
      }
    } else if isStarved(handle) {
      network.schedule(.room, on: socket(handle))
    } else {
      queueTurn(handle)
    }
  }

  override func stop(_ index: UInt32) {
    guard isStarted(index),
      network.happens(.lateCancel, oneIn: network.faults.lateCancelOneIn)
    else { return finish(index, -ECANCELED) }
    // The system has it, and will end it; or has something for it by then (L2).
    network.schedule(.cancel(loop: number, name(ofOp: index)), on: -1)
  }

  /// Whether the system may have an operation that stands at the head of its queue.
  ///
  /// As a handle closes, what it was to send comes to the head and is not begun any more.
  private func isStarted(_ index: UInt32) -> Bool {
    let op = unsafe ops[index]
    let kind = unsafe op.pointee.kind
    let isClosing = unsafe handles[op.pointee.handle].pointee.state.contains(.isClosing)
    let hasBegun = unsafe op.pointee.result > 0
    return !isClosing || kind.reads || kind == .connect || hasBegun
  }

  /// The system has heard of a cancel.
  func systemEnds(_ token: Aio.OpToken) {
    guard let op = unsafe record(token), unsafe !op.pointee.state.contains(.isDue) else { return }
    finish(token.index, -ECANCELED)
    wake()
  }

  override func attempt(_ handle: UInt32) {
    // Now and then nothing goes on: buffers are short, or somebody else was faster.
    if network.happens(.starve, oneIn: network.faults.starveOneIn) {
      network.schedule(.plenty, on: socket(handle))
      return
    }
    if network.happens(.interrupt, oneIn: network.faults.interruptOneIn) {
      queueTurn(handle)
      return
    }
    let record = unsafe handles[handle]
    let generation = unsafe record.pointee.generation
    write(handle)
    let reader = unsafe record.pointee.reads.head
    guard unsafe record.pointee.generation == generation, reader != .max,
      unsafe !ops[reader].pointee.state.contains(.isPaused)
    else { return }
    switch unsafe ops[reader].pointee.kind {
    case .receive: receive(reader, handle)
    case .receiveFrom: receiveDatagram(reader, handle)
    case .accept: accept(reader, handle)
    default: if network.sockets[socket(handle)].isReadable { last(reader, 0) }
    }
  }

  private func write(_ handle: UInt32) {
    let record = unsafe handles[handle]
    let index = unsafe record.pointee.writes.head
    guard index != .max else { return }
    let socket = network.sockets[socket(handle)]
    switch unsafe ops[index].pointee.kind {
    case .connect:
      if socket.error != 0 {
        finish(index, -socket.error)
      } else if socket.kind == .stream {
        finish(index, 0)
      }
    case .writable: if socket.isWritable { finish(index, 0) }
    case .send: send(index, handle)
    case .sendTo: transmitDatagram(index)
    case .sendFile: sendFile(index, handle)
    default: break
    }
  }

  private func send(_ index: UInt32, _ handle: UInt32) {
    let op = unsafe ops[index]
    let socket = socket(handle)
    let rest = unsafe UnsafeRawBufferPointer(
      start: op.pointee.base.unsafelyUnwrapped + Int(op.pointee.start),
      count: Int(op.pointee.end - op.pointee.start))
    if network.sockets[socket].kind == .datagram {
      let target = network.sockets[socket].target
      let sent = target.map { unsafe network.sendDatagram(socket, rest, to: $0) }
      return finish(index, Int32(sent ?? -Int(EDESTADDRREQ)))
    }
    let count = unsafe rest.isEmpty ? 0 : network.send(socket, rest)
    if count == -Int(EAGAIN) { return }
    if count < 0 { return finish(index, Int32(count)) }
    if isAllSent(index, after: Int32(count)) {
      finish(index, unsafe op.pointee.result)
    } else {
      network.schedule(.room, on: socket)
    }
  }

  /// A piece of a file, read at once: a disk of this world is never slow.
  private func sendFile(_ index: UInt32, _ handle: UInt32) {
    guard let sending = unsafe FileSending.of(ops[index].pointee) else { return }
    let piece = unsafe sending.makePiece()
    if sending.pieceStart == sending.pieceEnd {
      let wanted = min(sending.left, FileSending.pieceMax)
      let count = unsafe Kernel.read(sending.file, piece, wanted, at: sending.offset)
      if count <= 0 { return finish(index, count == 0 ? -EIO : Int32(count)) }
      sending.pieceStart = 0
      sending.pieceEnd = count
    }
    let rest = unsafe UnsafeRawBufferPointer(
      start: piece + sending.pieceStart, count: sending.pieceEnd - sending.pieceStart)
    let count = unsafe network.send(socket(handle), rest)
    if count == -Int(EAGAIN) { return }
    if count < 0 { return finish(index, Int32(count)) }
    sending.pieceStart += count
    sending.offset += Int64(count)
    sending.left -= count
    sending.sent += count
    if sending.left == 0 { return finish(index, 0) }
    network.schedule(.room, on: socket(handle))
  }

  private func receive(_ index: UInt32, _ handle: UInt32) {
    guard let block = unsafe pool.take() else {
      starve(handle)
      return
    }
    let room = unsafe UnsafeMutableRawBufferPointer(start: block, count: pool.blockSize)
    let count = unsafe network.receive(socket(handle), into: room)
    if count <= 0 {
      unsafe pool.give(block)
      if count != -Int(EAGAIN) { last(index, Int32(count)) }
      return
    }
    queueTurn(handle)
    let buffer = unsafe Aio.Buffer(
      base: block, count: UInt32(count), capacity: UInt32(pool.blockSize),
      home: Unmanaged.passUnretained(pool))
    if unsafe ops[index].pointee.state.contains(.repeats) {
      deliver(index, Int32(count), buffer)
    } else {
      last(index, Int32(count), buffer)
    }
  }

  private func accept(_ index: UInt32, _ handle: UInt32) {
    let listener = socket(handle)
    guard !network.sockets[listener].pending.isEmpty else { return }
    if network.happens(.descriptor, oneIn: network.faults.descriptorOneIn) {
      return throttle(handle)
    }
    queueTurn(handle)
    guard let connection = network.accept(listener) else { return }
    guard !network.happens(.memory, oneIn: network.faults.memoryOneIn),
      let place = addHandle(CInt(connection), .isAccepted)
    else { return network.close(connection) }
    try? watch(place)  // cannot fail here
    let accepted = name(ofHandle: place)
    if unsafe ops[index].pointee.state.contains(.repeats) {
      deliver(index, 0, nil, accepted: accepted)
    } else {
      lastAccept(index, accepted)
    }
  }
}
