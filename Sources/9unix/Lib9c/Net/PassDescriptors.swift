// Descriptors that go from one process to another, over a Unix socket.

import Glibc

extension Descriptor {
  /// Sends a copy of `passed` to whoever reads this Unix socket.
  ///
  /// One byte goes with it, since a stream must carry something.  Corresponds to `sendfd(3)`.
  public borrowing func send(_ passed: borrowing Descriptor) throws(SystemError) {
    try PassDescriptors.send(passed.raw, over: raw)
  }

  /// Waits for a descriptor that the other end sends; nil if it has closed.
  ///
  /// - Throws: what `recvmsg(2)` reports, and that a byte came without a descriptor.
  ///   Corresponds to `recvfd(3)`.
  public borrowing func receiveDescriptor() throws(SystemError) -> Descriptor? {
    try PassDescriptors.receive(over: raw)
  }
}

/// Over a caller's sockets.
enum PassDescriptors {
  static func send(_ passed: CInt, over socket: CInt) throws(SystemError) {
    _ = try Sockets.send(socket, [0], passing: [passed])
  }

  static func receive(over socket: CInt) throws(SystemError) -> Descriptor? {
    let (bytes, fds) = try Sockets.receive(socket, count: 1, room: 1)
    if let fd = fds.first { return Descriptor(adopting: fd) }
    if bytes.isEmpty { return nil }
    throw SystemError(call: "recvmsg", text: "no descriptor came with the message").noted()
  }
}

/// Sends a copy of the descriptor `passed` over the Unix socket `socket`: 0, or -1 if that failed.
///
/// Corresponds to `sendfd(3)`.
public func sendfd(_ socket: CInt, _ passed: CInt) -> CInt {
  do {
    try PassDescriptors.send(passed, over: socket)
    return 0
  } catch { return -1 }
}

/// Waits for a descriptor over the Unix socket `socket`; it is the caller's, -1 if none came.
///
/// The end of the stream is the error `unexpected EOF`.  Corresponds to `recvfd(3)`.
public func recvfd(_ socket: CInt) -> CInt {
  do {
    if let passed = try PassDescriptors.receive(over: socket) { return passed.release() }
    werrstr("unexpected EOF")
    return -1
  } catch { return -1 }
}
