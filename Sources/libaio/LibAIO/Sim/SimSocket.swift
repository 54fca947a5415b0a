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

/// One end of a connection, a listener, or a socket for datagrams.
final class SimSocket {
  /// Bytes that a socket takes before its peer reads.
  static let roomMax = 65_536
  /// Datagrams that wait; more are lost.
  static let datagramsMax = 64

  enum Kind { case fresh, listener, stream, datagram, closed }

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
  /// Datagrams that have arrived.
  var datagrams: [SimDatagram] = []
  /// Bytes on the way to the peer or not read by it.
  var outstanding = 0
  /// When the last piece that was sent arrives: later ones arrive later (V1).
  var lastArrival: UInt64 = 0
  var hasShutWrite = false
  /// Where a socket for datagrams sends what has no address.
  var target: SocketAddress?
  /// Nobody answers: the connect will time out.
  var isLost = false

  init(address: SocketAddress) { self.address = address }

  /// Whether a read would say something.
  var isReadable: Bool {
    readAt < arrived.count || isEnded || error != 0 || !pending.isEmpty || !datagrams.isEmpty
  }

  /// Whether a write would, but for a connect.
  var isWritable: Bool {
    error != 0 || kind == .datagram || (kind == .stream && outstanding < Self.roomMax)
  }
}

extension Aio.SimNetwork {
  func makeSocket(_ address: SocketAddress) -> Int {
    sockets.append(SimSocket(address: address))
    return sockets.count - 1
  }

  /// Tells the socket's loop that something has changed.
  private func wake(_ socket: SimSocket) { socket.owner?.loop.changed(socket.handle) }

  func happen(_ event: SimEvent) {
    switch event.what {
    case .job(let body): return body()
    case .escape(let job): return run(escaped: job)
    case .cancel(let number, let token): loop(number)?.systemEnds(token)
    case .datagram(let datagram): return deliver(datagram, to: event.socket)
    default: break
    }
    guard event.socket >= 0 else { return }
    let socket = sockets[event.socket]
    if socket.kind == .closed, !event.what.isRequest { return }
    switch event.what {
    case .data(let bytes):
      if socket.isEnded || socket.error != 0 { return }
      socket.arrived += bytes
    case .end: socket.isEnded = true
    case .reset: breakDown(socket)
    case .request(let client): request(event.socket, from: client)
    case .answer(let error):
      if error == 0 { socket.kind = .stream } else { socket.error = error }
    case .room, .plenty, .job, .cancel, .datagram, .escape: break
    }
    wake(socket)
  }

  /// A reset throws away what had not been read.
  private func breakDown(_ socket: SimSocket) {
    socket.error = ECONNRESET
    socket.arrived = []
    socket.readAt = 0
  }

  /// A client asks: its half of the connection exists once the listener's does.
  private func request(_ listener: Int, from client: Int) {
    let asked = sockets[listener]
    guard asked.kind == .listener, sockets[client].kind != .closed,
      !happens(.refuse, oneIn: faults.refuseOneIn)
    else {
      schedule(.answer(ECONNREFUSED), on: client)
      return
    }
    let server = makeSocket(asked.address)
    sockets[server].kind = .stream
    sockets[server].peer = client
    sockets[client].peer = server
    asked.pending.append(server)
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
      socket.error = EPIPE
      return -Int(EPIPE)
    }
    var room = SimSocket.roomMax - socket.outstanding
    if room <= 0 { return -Int(EAGAIN) }
    if happens(.memory, oneIn: faults.memoryOneIn) { return -Int(ENOBUFS) }
    if happens(.short, oneIn: faults.shortOneIn) { room = 1 + draw(below: min(room, bytes.count)) }
    let count = min(room, bytes.count)
    if happens(.reset, oneIn: faults.resetOneIn) {
      breakDown(socket)
      schedule(.reset, on: peer, notBefore: socket.lastArrival)
      return -Int(ECONNRESET)
    }
    // What is sent at once may arrive in pieces.
    var start = 0
    while start < count {
      let size = 1 + draw(below: count - start)
      let piece = unsafe Array(bytes[start..<start + size])
      let stall: UInt64 = happens(.stall, oneIn: faults.stallOneIn) ? 3_000_000_000 : 0
      socket.lastArrival = schedule(
        .data(piece), on: peer, notBefore: socket.lastArrival, after: stall)
      start += size
    }
    socket.outstanding += count
    note(.event(SimNote.sends, socket: index, size: count))
    return count
  }

  /// Moves what has arrived: the count, 0 at the end, or an errno negated.
  func receive(_ index: Int, into room: UnsafeMutableRawBufferPointer) -> Int {
    let socket = sockets[index]
    let available = socket.arrived.count - socket.readAt
    if available > 0 {
      let count = min(available, room.count)
      unsafe socket.arrived.withUnsafeBytes { bytes in
        unsafe room.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[socket.readAt..<socket.readAt + count]))
      }
      socket.readAt += count
      note(.event(SimNote.reads, socket: index, size: count))
      if socket.readAt == socket.arrived.count {
        socket.arrived.removeAll(keepingCapacity: true)
        socket.readAt = 0
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

  /// How long the system tries to connect to somebody who does not answer.
  private static let patienceNs: UInt64 = 127_000_000_000

  func connect(_ index: Int) {
    let port = sockets[index].address.port
    guard !happens(.silence, oneIn: faults.silenceOneIn) else {
      sockets[index].isLost = true
      schedule(.answer(ETIMEDOUT), on: index, after: Self.patienceNs)
      return
    }
    guard let listener = listeners[port] else {
      schedule(.answer(ECONNREFUSED), on: index)
      return
    }
    schedule(.request(from: index), on: listener)
  }

  func shutdown(_ index: Int, _ how: CInt) -> CInt {
    guard sockets[index].kind == .stream else { return -ENOTCONN }
    if how != SHUT_RD { endWriting(index) }
    if how != SHUT_WR {
      sockets[index].isEnded = true
      wake(sockets[index])
    }
    return 0
  }

  private func endWriting(_ index: Int) {
    let socket = sockets[index]
    guard !socket.hasShutWrite, let peer = socket.peer else { return }
    socket.hasShutWrite = true
    socket.lastArrival = schedule(.end, on: peer, notBefore: socket.lastArrival)
  }

  /// The connection that waits longest at a listener; nil if it has gone meanwhile, or none does.
  func accept(_ listener: Int) -> Int? {
    let waiting = sockets[listener].pending.removeFirst()
    guard happens(.abort, oneIn: faults.abortOneIn) else { return waiting }
    if let peer = sockets[waiting].peer {
      schedule(.reset, on: peer, notBefore: sockets[waiting].lastArrival)
    }
    sockets[waiting].error = ECONNRESET
    close(waiting)
    return nil
  }

  func close(_ index: Int) {
    let socket = sockets[index]
    note(.event(SimNote.closes, socket: index, size: 0))
    switch socket.kind {
    case .listener:
      listeners[socket.address.port] = nil
      // Nobody will take them: their peers are told by a reset.
      for waiting in socket.pending {
        if let peer = sockets[waiting].peer { schedule(.reset, on: peer) }
        sockets[waiting].error = ECONNRESET
        close(waiting)
      }
    case .datagram: datagramPorts[socket.address.port] = nil
    case .fresh:
      // The listener has a connection already, of which the client has not heard.
      if let peer = socket.peer { schedule(.reset, on: peer) }
    case .stream:
      // As TCP does: what was not read makes the end a reset.
      if socket.readAt < socket.arrived.count, let peer = socket.peer {
        schedule(.reset, on: peer, notBefore: socket.lastArrival)
      } else if socket.error == 0 {
        endWriting(index)
      }
      // Whoever waits for room learns that nobody will read.
      if let peer = socket.peer { schedule(.room, on: peer) }
    default: break
    }
    socket.kind = .closed
    socket.owner = nil
    socket.arrived = []
    socket.pending = []
    socket.datagrams = []
  }
}

extension SimEvent.What {
  fileprivate var isRequest: Bool {
    if case .request = self { return true }
    return false
  }
}
