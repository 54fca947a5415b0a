// Datagrams of a simulated network: they overtake each other, come twice, and get lost.

import Glibc
import Sys9

/// A datagram on its way, or waiting to be received.
struct SimDatagram {
  let sender: SocketAddress
  let bytes: [UInt8]
}

extension Aio.SimNetwork {
  /// A socket for datagrams at `address`, or at a port that is free.
  func bindDatagrams(_ address: SocketAddress) throws(SystemError) -> Int {
    let port = address.port == 0 ? freePort() : address.port
    if datagramPorts[port] != nil {
      throw SystemError(call: "bind", errno: EADDRINUSE, subject: address.host)
    }
    let socket = makeSocket(address.with(port: port))
    sockets[socket].kind = .datagram
    datagramPorts[port] = socket
    return socket
  }

  /// Sends a datagram on its way: the count, or an errno negated.
  func sendDatagram(
    _ index: Int, _ bytes: UnsafeRawBufferPointer, to address: SocketAddress
  ) -> Int {
    if happens(.memory, oneIn: faults.memoryOneIn) { return -Int(ENOBUFS) }
    let datagram = SimDatagram(sender: sockets[index].address, bytes: unsafe Array(bytes))
    // As on the machine, nobody says that nobody listens.
    guard let target = datagramPorts[address.port] else { return bytes.count }
    if happens(.loss, oneIn: faults.lossOneIn) { return bytes.count }
    schedule(.datagram(datagram), on: target)
    if happens(.double, oneIn: faults.lossOneIn) { schedule(.datagram(datagram), on: target) }
    return bytes.count
  }

  func deliver(_ datagram: SimDatagram, to index: Int) {
    let socket = sockets[index]
    guard socket.kind == .datagram, socket.datagrams.count < SimSocket.datagramsMax else { return }
    socket.datagrams.append(datagram)
    socket.owner?.loop.changed(socket.handle)
  }
}

extension SimLoop {
  /// Receives one datagram for the operation at the head of a handle's queue.
  func receiveDatagram(_ index: UInt32, _ handle: UInt32) {
    let socket = network.sockets[socket(handle)]
    if socket.datagrams.isEmpty { return }
    guard let block = unsafe pool.take() else {
      starve(handle)
      return
    }
    let datagram = socket.datagrams.removeFirst()
    queueTurn(handle)
    unsafe DatagramHead.write(datagram.sender, to: block)
    let room = pool.blockSize - DatagramHead.size
    let count = min(datagram.bytes.count, room)
    unsafe datagram.bytes.withUnsafeBytes { bytes in
      unsafe UnsafeMutableRawBufferPointer(start: block + DatagramHead.size, count: room)
        .copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    }
    let buffer = unsafe Aio.Buffer(
      base: block, headroom: UInt32(DatagramHead.size), count: UInt32(count),
      capacity: UInt32(pool.blockSize), home: Unmanaged.passUnretained(pool))
    if unsafe ops[index].pointee.state.contains(.repeats) {
      deliver(index, Int32(count), buffer)
    } else {
      last(index, Int32(count), buffer)
    }
  }

  /// Sends the datagram of the operation at the head of a handle's queue.
  func transmitDatagram(_ index: UInt32) {
    let op = unsafe ops[index]
    let base = unsafe op.pointee.base.unsafelyUnwrapped
    let bytes = unsafe UnsafeRawBufferPointer(
      start: base + Int(op.pointee.start), count: Int(op.pointee.end - op.pointee.start))
    let head = unsafe UnsafeRawBufferPointer(start: base, count: DatagramHead.addressSize(base))
    guard let address = unsafe SocketAddress(raw: head) else { return finish(index, -EINVAL) }
    let socket = unsafe socket(op.pointee.handle)
    finish(index, Int32(unsafe network.sendDatagram(socket, bytes, to: address)))
  }
}
