// Datagrams: theory of operation.
//
// A datagram comes with its sender's address, and that must not cost an allocation.  So a block of
// the pool that holds one begins with the address, in the form that the system has it in, and the
// bytes follow:
//
//     | sockaddr, 112 bytes | size | bytes ...                 |
//       headroom                     valid bytes of the Buffer
//
// A buffer that is sent has its receiver's address in the same place.  What was received can be
// answered from the same block, without a copy.

import Glibc
public import Sys9

/// The address in the headroom of a buffer.
enum DatagramHead {
  /// Room for an address, and where its size is.
  static let addressRoom = 112
  static let size = 116

  /// Writes the address of a buffer's headroom.
  static func write(_ address: SocketAddress, to head: UnsafeMutableRawPointer) {
    unsafe address.withBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      unsafe head.copyMemory(from: source, byteCount: bytes.count)
      unsafe head.storeBytes(
        of: UInt32(bytes.count), toByteOffset: addressRoom, as: UInt32.self)
    }
  }

  /// How many bytes the address in a headroom has.
  static func addressSize(_ head: UnsafeRawPointer) -> Int {
    let size = unsafe head.loadUnaligned(fromByteOffset: addressRoom, as: UInt32.self)
    return Int(min(size, UInt32(Kernel.addressSizeMax)))
  }
}

extension Aio.Completion {
  /// Who sent the datagram; nil if it has no sender, or if the buffer has been taken.
  public var sender: SocketAddress? {
    mutating get {
      guard kind == .receiveFrom, let buffer = takeBuffer() else { return nil }
      let found: SocketAddress? = unsafe buffer.withHeadroom { head in
        guard head.count == DatagramHead.size, let base = head.baseAddress
        else { return nil }
        let size = unsafe DatagramHead.addressSize(base)
        return unsafe SocketAddress(raw: UnsafeRawBufferPointer(start: base, count: size))
      }
      putBack(buffer)
      return found
    }
  }
}

extension Aio.Loop {
  /// Receives a datagram, or one after the other; the completion has its bytes and its `sender`.
  ///
  /// Of one that is longer than a buffer the rest is lost.
  @discardableResult
  public final func receiveFrom(
    _ handle: Aio.Handle, repeating: Bool = false, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = Aio.Site(file, line: line, function: function)
    return submit(.receiveFrom, handle, repeating: repeating, receiver, site)
  }

  /// Sends `buffer` as one datagram to `address`; the completion brings it back.
  ///
  /// What was received by `receiveFrom` is sent as it lies; other buffers are copied.
  @discardableResult
  public final func send(
    _ buffer: consuming Aio.Buffer, to address: SocketAddress, through handle: Aio.Handle,
    _ receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = Aio.Site(file, line: line, function: function)
    let headed = buffer.withHead(address)
    return submit(.sendTo, handle, headed, repeating: false, receiver, site)
  }

  /// Receives what is there for the operation at the head of a handle's queue, and says whether the
  /// socket has no more.  For back ends.
  final func receiveDatagrams(_ index: UInt32, _ handle: UInt32) -> Bool {
    let token = name(ofOp: index)
    guard let pool = blocksForDatagrams() else {
      last(index, -ENOMEM)
      return false
    }
    for _ in 0..<Self.datagramsPerTurnMax {
      guard let block = unsafe pool.take() else {
        starve(handle)
        return false
      }
      let room = pool.blockSize - DatagramHead.size
      let (count, size) = unsafe Kernel.receiveFrom(
        handles[handle].pointee.fd, block + DatagramHead.size, room, sender: block)
      if count < 0 {
        unsafe pool.give(block)
        if count == -Int(EAGAIN) { return true }
        last(index, Int32(truncatingIfNeeded: count))
        return false
      }
      unsafe block.storeBytes(
        of: UInt32(size), toByteOffset: DatagramHead.addressRoom, as: UInt32.self)
      let buffer = unsafe Aio.Buffer(
        base: block, headroom: UInt32(DatagramHead.size), count: UInt32(count),
        capacity: UInt32(pool.blockSize), home: Unmanaged.passUnretained(pool))
      guard unsafe ops[index].pointee.state.contains(.repeats) else {
        last(index, Int32(count), buffer)
        return false
      }
      deliver(index, Int32(count), buffer)
      guard let op = unsafe record(token),
        unsafe op.pointee.state.isDisjoint(with: [.isDue, .isPaused])
      else { return false }
    }
    queueTurn(handle)
    return false
  }

  /// Sends the datagram of an operation; nil if there is no room now.  For back ends.
  final func sendDatagram(_ index: UInt32) -> Int32? {
    let op = unsafe ops[index]
    let base = unsafe op.pointee.base.unsafelyUnwrapped
    let result = unsafe Kernel.sendTo(
      handles[op.pointee.handle].pointee.fd, base + Int(op.pointee.start),
      Int(op.pointee.end - op.pointee.start), address: base, DatagramHead.addressSize(base))
    return result == -Int(EAGAIN) ? nil : Int32(truncatingIfNeeded: result)
  }

  /// Datagrams of one socket before others have their turn.
  private static let datagramsPerTurnMax = 64
}

extension Aio.Buffer {
  /// The same bytes behind a headroom with `address`.
  consuming func withHead(_ address: SocketAddress) -> Aio.Buffer {
    let fits = unsafe withHeadroom { $0.count == DatagramHead.size }
    if fits {
      unsafe withHeadroom { head in
        if let base = head.baseAddress { unsafe DatagramHead.write(address, to: base) }
      }
      return self
    }
    var copy = Aio.Buffer(headroom: DatagramHead.size, capacity: count)
    unsafe copy.withHeadroom { head in
      if let base = head.baseAddress { unsafe DatagramHead.write(address, to: base) }
    }
    _ = unsafe withBytes { unsafe copy.append($0) }
    return copy
  }
}
