// The sockets of a simulated network, and what happens to them.

import Glibc
import Sys9

/// A loop of the network, which leaves before it goes.
struct SimOwner {
  unowned let loop: SimLoop
  let identity: ObjectIdentifier

  init(loop: SimLoop) {
    self.loop = loop
    identity = ObjectIdentifier(loop)
  }
}

/// One end of a connection, or a listener.
struct SimSocket {
  /// Bytes that a socket takes before its peer reads.
  static let roomMax = 65_536

  enum Kind { case fresh, listener, stream, closed }

  var kind = Kind.fresh
  /// The loop and handle that are told; nil for what nobody watches.
  var owner: SimOwner?
  var handle = UInt32.max
  var address: SocketAddress
  var peer: Int?
  /// Bytes that have arrived, from `readAt` on.
  var arrived: [UInt8] = []
  var readAt = 0
  var isEnded = false
  var error: CInt = 0
  /// Connections that wait to be accepted.
  var pending: [Int] = []
  /// Bytes on the way to the peer or not read by it.
  var outstanding = 0
  /// When the last piece that was sent arrives: later ones arrive later (V1).
  var lastArrival: UInt64 = 0
  var hasShutWrite = false
}

extension Aio.SimNetwork {
  func makeSocket(_ address: SocketAddress) -> Int {
    sockets.append(SimSocket(address: address))
    return sockets.count - 1
  }

  /// Tells the socket's loop that something has changed.
  private func wake(_ socket: Int) {
    sockets[socket].owner?.loop.changed(sockets[socket].handle)
  }

  func happen(_ event: SimEvent) {
    let index = event.socket
    if case .job(let body) = event.what { return body() }
    if sockets[index].kind == .closed, !event.what.isRequest { return }
    switch event.what {
    case .data(let bytes):
      if sockets[index].isEnded || sockets[index].error != 0 { return }
      sockets[index].arrived += bytes
    case .end: sockets[index].isEnded = true
    case .reset: breakDown(index)
    case .request(let client): request(index, from: client)
    case .answer(let error):
      if error == 0 { sockets[index].kind = .stream } else { sockets[index].error = error }
    case .room, .plenty, .job: break
    }
    wake(index)
  }

  /// A reset throws away what had not been read.
  private func breakDown(_ index: Int) {
    sockets[index].error = ECONNRESET
    sockets[index].arrived = []
    sockets[index].readAt = 0
  }

  /// A client asks: its half of the connection exists once the listener's does.
  private func request(_ listener: Int, from client: Int) {
    guard sockets[listener].kind == .listener, sockets[client].kind != .closed,
      !happens(oneIn: faults.refuseOneIn)
    else {
      schedule(.answer(ECONNREFUSED), on: client)
      return
    }
    let server = makeSocket(sockets[listener].address)
    sockets[server].kind = .stream
    sockets[server].peer = client
    sockets[client].peer = server
    sockets[listener].pending.append(server)
    schedule(.answer(0), on: client)
  }

  // What loops do.

  /// Takes part of `bytes`, or all, or none: the count, or an errno negated.
  func send(_ index: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
    let socket = sockets[index]
    if socket.error != 0 { return -Int(socket.error) }
    guard let peer = socket.peer, socket.kind == .stream, !socket.hasShutWrite else {
      return -Int(EPIPE)
    }
    if sockets[peer].kind == .closed {
      sockets[index].error = EPIPE
      return -Int(EPIPE)
    }
    var room = SimSocket.roomMax - socket.outstanding
    if room <= 0 { return -Int(EAGAIN) }
    if happens(oneIn: faults.shortOneIn) { room = 1 + draw(below: room) }
    let count = min(room, bytes.count)
    if happens(oneIn: faults.resetOneIn) {
      breakDown(index)
      schedule(.reset, on: peer, notBefore: socket.lastArrival)
      return -Int(ECONNRESET)
    }
    // What is sent at once may arrive in pieces.
    var start = 0
    while start < count {
      let size = 1 + draw(below: count - start)
      let piece = unsafe Array(bytes[start..<start + size])
      sockets[index].lastArrival = schedule(
        .data(piece), on: peer, notBefore: sockets[index].lastArrival)
      start += size
    }
    sockets[index].outstanding += count
    return count
  }

  /// Moves what has arrived: the count, 0 at the end, or an errno negated.
  func receive(_ index: Int, into room: UnsafeMutableRawBufferPointer) -> Int {
    let socket = sockets[index]
    let available = socket.arrived.count - socket.readAt
    if available > 0 {
      let count = min(available, room.count)
      unsafe room.copyBytes(from: socket.arrived[socket.readAt..<socket.readAt + count])
      sockets[index].readAt += count
      if sockets[index].readAt == sockets[index].arrived.count {
        sockets[index].arrived.removeAll(keepingCapacity: true)
        sockets[index].readAt = 0
      }
      if let peer = socket.peer {
        let wasFull = sockets[peer].outstanding >= SimSocket.roomMax
        sockets[peer].outstanding -= count
        if wasFull { schedule(.room, on: peer) }
      }
      return count
    }
    if socket.error != 0 { return -Int(socket.error) }
    return socket.isEnded ? 0 : -Int(EAGAIN)
  }

  func connect(_ index: Int) {
    let port = sockets[index].address.port
    guard let listener = listeners[port] else {
      schedule(.answer(ECONNREFUSED), on: index)
      return
    }
    schedule(.request(from: index), on: listener)
  }

  func shutdown(_ index: Int, _ how: CInt) -> CInt {
    guard sockets[index].kind == .stream else { return -ENOTCONN }
    if how != SHUT_RD { endWriting(index) }
    if how != SHUT_WR { sockets[index].isEnded = true }
    return 0
  }

  private func endWriting(_ index: Int) {
    guard !sockets[index].hasShutWrite, let peer = sockets[index].peer else { return }
    sockets[index].hasShutWrite = true
    sockets[index].lastArrival = schedule(
      .end, on: peer, notBefore: sockets[index].lastArrival)
  }

  func close(_ index: Int) {
    switch sockets[index].kind {
    case .listener:
      listeners[sockets[index].address.port] = nil
      for waiting in sockets[index].pending { close(waiting) }
    case .stream:
      // As TCP does: what was not read makes the end a reset.
      if sockets[index].readAt < sockets[index].arrived.count, let peer = sockets[index].peer {
        schedule(.reset, on: peer, notBefore: sockets[index].lastArrival)
      } else if sockets[index].error == 0 {
        endWriting(index)
      }
    default: break
    }
    sockets[index].kind = .closed
    sockets[index].owner = nil
    sockets[index].arrived = []
    sockets[index].pending = []
  }
}

extension SimEvent.What {
  fileprivate var isRequest: Bool {
    if case .request = self { return true }
    return false
  }
}
