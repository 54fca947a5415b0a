// A loop in a simulated network.
//
// As on epoll, operations stand at the heads of their queues until the network says that they may
// go on; here it also decides when nothing at all goes on, as if buffers were missing.

import Glibc
import Sys9

/// A loop whose world is a `SimNetwork`.
final class SimLoop: Aio.Loop {
  private let network: Aio.SimNetwork

  init(_ network: Aio.SimNetwork, options: Aio.LoopOptions) throws(SystemError) {
    self.network = network
    try super.init(now: network.now, day: Self.birthday + network.now, options: options) {}
    network.join(self)
  }

  deinit {
    network.leave(self)
    dismantle()
  }

  override var isSimulated: Bool { true }

  /// The day on which simulated time begins, in the morning of 9 September 2001.
  private static let birthday: UInt64 = 1_000_000_000_000_000_000

  override func clock() -> UInt64 { network.now }

  override func timeOfDay() -> UInt64 { Self.birthday + network.now }

  override var hasEvents: Bool { network.nextTime != nil || timers.count > 0 }

  /// One turn at the present time; whether anything was done.
  func takeTurn() -> Bool {
    let before = stats
    turn(waiting: false)
    return stats.completions != before.completions || stats.timers != before.timers
      || stats.messages != before.messages || stats.tasks != before.tasks || !due.isEmpty
      || !turns.isEmpty || !refused.isEmpty
      || mailbox.hasMail
  }

  /// Alone on its network, a loop moves its time itself.
  override func wait(until deadline: UInt64?) {
    if deadline == 0 { return }
    let next = min(network.nextTime ?? .max, deadline ?? .max)
    if next == .max {
      isStopping = true  // nothing will ever happen again
      return
    }
    network.advance(to: max(next, network.now))
  }

  // Handles.

  override func makeSocket(
    for address: SocketAddress, _ kind: Sockets.Kind, from local: SocketAddress?
  ) throws(SystemError) -> CInt {
    if kind == .datagram { throw SystemError(call: "socket", errno: EPROTONOSUPPORT) }
    return CInt(network.makeSocket(address))
  }

  override func releaseUnused(_ fd: CInt) { network.close(Int(fd)) }

  override func offload(
    _ lane: Aio.Daemons.Lane, _ body: sending @escaping () -> Void
  ) -> Bool {
    network.schedule(.job(body), on: -1)
    return true
  }

  override func makeListener(
    at address: SocketAddress, _ kind: Sockets.Kind, _ options: Aio.ListenOptions
  ) throws(SystemError) -> CInt {
    if kind == .datagram { throw SystemError(call: "socket", errno: EPROTONOSUPPORT) }
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
    let socket = socket(handle)
    network.sockets[socket].owner = SimOwner(loop: self)
    network.sockets[socket].handle = handle
  }

  override func release(_ handle: UInt32) { network.close(socket(handle)) }

  override func shutdown(_ fd: CInt, _ how: CInt) -> CInt {
    let result = network.shutdown(Int(fd), how)
    // Who receives there is told.
    if result == 0 && how != SHUT_WR { queueTurn(network.sockets[Int(fd)].handle) }
    return result
  }

  private func socket(_ handle: UInt32) -> Int { Int(unsafe handles[handle].pointee.fd) }

  /// The network has news of a handle.
  func changed(_ handle: UInt32) { queueTurn(handle) }

  // Operations.

  override func start(_ index: UInt32) {
    let op = unsafe ops[index]
    let handle = unsafe op.pointee.handle
    if unsafe op.pointee.kind == .connect {
      // Watching cannot fail here.
      try? watch(handle)
      network.connect(socket(handle))
    } else {
      queueTurn(handle)
    }
  }

  override func stop(_ index: UInt32) { finish(index, -ECANCELED) }

  override func attempt(_ handle: UInt32) {
    // Now and then nothing goes on: buffers are short, or somebody else was faster.
    if network.happens(oneIn: network.faults.starveOneIn) {
      network.schedule(.plenty, on: socket(handle))
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
    case .accept: accept(reader, handle)
    default:
      let socket = network.sockets[socket(handle)]
      let isReady = socket.readAt < socket.arrived.count || socket.isEnded || socket.error != 0
      if isReady || !socket.pending.isEmpty { last(reader, 0) }
    }
  }

  private func write(_ handle: UInt32) {
    let record = unsafe handles[handle]
    let index = unsafe record.pointee.writes.head
    guard index != .max else { return }
    let op = unsafe ops[index]
    let socket = socket(handle)
    let state = network.sockets[socket]
    switch unsafe op.pointee.kind {
    case .connect:
      if state.error != 0 {
        finish(index, -state.error)
      } else if state.kind == .stream {
        finish(index, 0)
      }
    case .writable:
      if state.error != 0 || state.outstanding < SimSocket.roomMax { finish(index, 0) }
    case .send:
      let rest = unsafe UnsafeRawBufferPointer(
        start: op.pointee.base.unsafelyUnwrapped + Int(op.pointee.start),
        count: Int(op.pointee.end - op.pointee.start))
      let count = unsafe rest.isEmpty ? 0 : network.send(socket, rest)
      if count == -Int(EAGAIN) { return }
      if count < 0 {
        finish(index, Int32(count))
        return
      }
      unsafe op.pointee.start += UInt32(count)
      unsafe op.pointee.result += Int32(count)
      if unsafe op.pointee.start == op.pointee.end {
        finish(index, unsafe op.pointee.result)
      } else {
        network.schedule(.room, on: socket)
      }
    default: break
    }
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
    let connection = network.sockets[listener].pending.removeFirst()
    queueTurn(handle)
    guard let place = addHandle(CInt(connection), .isAccepted) else {
      network.close(connection)
      return
    }
    try? watch(place)  // cannot fail here
    let accepted = name(ofHandle: place)
    if unsafe ops[index].pointee.state.contains(.repeats) {
      deliver(index, 0, nil, accepted: accepted)
    } else {
      lastAccept(index, accepted)
    }
  }
}
