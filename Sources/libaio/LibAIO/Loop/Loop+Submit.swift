// What programs ask of a loop.
//
// Every operation ends in exactly one terminal completion (L1), also when it could not begin: a
// stale handle completes with EBADF, a full table with ENOBUFS, both in a later phase of the turn
// (L3).  So nothing here throws, but for what makes a handle and needs to give one back.

import Glibc
public import Sys9

extension Aio.Loop {
  // Handles.

  /// A listener at `address`.  Corresponds to `Aio::announce`, and to `socket(2)`, `bind(2)` and
  /// `listen(2)` with `SO_REUSEADDR`.
  public final func announce(
    _ address: SocketAddress, backlog: CInt = 4096
  ) throws(SystemError) -> Aio.Handle {
    let fd = try makeListener(at: address, backlog: backlog)
    return try add(fd, [.isListener])
  }

  /// Where a listener or a connection is bound; tells the port where 0 was asked for.
  public final func localAddress(of handle: Aio.Handle) throws(SystemError) -> SocketAddress {
    guard let record = unsafe record(handle) else {
      throw SystemError(call: "getsockname", errno: EBADF)
    }
    return try boundAddress(unsafe record.pointee.fd)
  }

  /// Takes over an open descriptor, which must be a socket or a pipe and non-blocking.
  public final func adopt(_ descriptor: consuming Descriptor) throws(SystemError) -> Aio.Handle {
    try add(descriptor.release(), [.canRead, .canWrite])
  }

  private func add(_ fd: CInt, _ state: HandleState) throws(SystemError) -> Aio.Handle {
    guard let index = addHandle(fd, state) else {
      Kernel.close(fd)
      throw SystemError(call: "socket", errno: ENFILE, subject: "the loop's table of handles")
    }
    do {
      try watch(index)
    } catch {
      release(index)
      dropHandle(index)
      throw error
    }
    return name(ofHandle: index)
  }

  // Operations.

  /// Accepts a connection, or one after the other.
  @discardableResult
  public final func accept(
    on listener: Aio.Handle, repeating: Bool = false, to receiver: Aio.Receiver
  ) -> Aio.OpToken { submit(.accept, listener, repeating: repeating, receiver) }

  /// Connects to `address`; the handle exists at once, and can be used when this has completed.
  ///
  /// Operations may be submitted before that: they wait their turn.
  public final func connect(
    to address: SocketAddress, _ receiver: Aio.Receiver
  ) throws(SystemError) -> Aio.Handle {
    let fd = try makeSocket(for: address)
    guard let index = addHandle(fd, []) else {
      Kernel.close(fd)
      throw SystemError(call: "socket", errno: ENFILE, subject: "the loop's table of handles")
    }
    let handle = name(ofHandle: index)
    unsafe address.withBytes {
      let name = unsafe Aio.Buffer(copying: $0)
      _ = submit(.connect, handle, name, repeating: false, receiver)
    }
    return handle
  }

  /// Receives once, or whatever comes until the end.
  ///
  /// The completion's buffer belongs to whoever takes it.  The last one of a stream is empty, or
  /// brings the error.
  @discardableResult
  public final func receive(
    from handle: Aio.Handle, repeating: Bool = false, to receiver: Aio.Receiver
  ) -> Aio.OpToken { submit(.receive, handle, repeating: repeating, receiver) }

  /// Sends all of `buffer`, after what was submitted before; the completion brings it back.
  @discardableResult
  public final func send(
    _ buffer: consuming Aio.Buffer, to handle: Aio.Handle, _ receiver: Aio.Receiver
  ) -> Aio.OpToken { submit(.send, handle, buffer, repeating: false, receiver) }

  /// Waits until `handle` can be read; with `repeating`, each time that it can anew.
  @discardableResult
  public final func waitReadable(
    _ handle: Aio.Handle, _ receiver: Aio.Receiver
  ) -> Aio.OpToken { submit(.readable, handle, repeating: false, receiver) }

  /// Waits until `handle` can be written.
  @discardableResult
  public final func waitWritable(
    _ handle: Aio.Handle, _ receiver: Aio.Receiver
  ) -> Aio.OpToken { submit(.writable, handle, repeating: false, receiver) }

  /// Closes `handle`: its other operations end with `ECANCELED`, then this one completes.
  ///
  /// Nothing can be submitted on the handle any more.  Without a receiver nobody is told.
  @discardableResult
  public final func close(
    _ handle: Aio.Handle, _ receiver: Aio.Receiver? = nil
  ) -> Aio.OpToken {
    guard let record = unsafe record(handle), unsafe !record.pointee.state.contains(.isClosing)
    else {
      return receiver.map { refuse(.close, handle, EBADF, $0) } ?? .none
    }
    let token = submit(.close, handle, repeating: false, receiver)
    unsafe record.pointee.state.insert(.isClosing)
    endAll(handle.index)
    return token
  }

  /// Ends one direction of a connection, or both; what has been submitted is not waited for.
  /// `shutdown(2)`: `SHUT_RD`, `SHUT_WR`, `SHUT_RDWR`.
  public final func shutdown(_ handle: Aio.Handle, _ how: CInt) throws(SystemError) {
    guard let record = unsafe record(handle) else {
      throw SystemError(call: "shutdown", errno: EBADF)
    }
    let result: CInt = shutdown(unsafe record.pointee.fd, how)
    if result < 0 { throw SystemError(call: "shutdown", errno: -result) }
  }

  /// Asks for the end of an operation; its terminal completion still comes, with `ECANCELED` or
  /// with what had happened before.  A token that names nothing is ignored.
  public final func cancel(_ token: Aio.OpToken) {
    guard let op = unsafe record(token), unsafe !op.pointee.state.contains(.isDue) else { return }
    if unsafe op.pointee.state.contains(.isActivity) {
      unsafe op.pointee.state.insert(.isCancelled)
      unsafe Activity.of(op.pointee)?.stop(on: self)
    } else {
      cancel(token.index)
    }
  }

  /// Holds back a repeating operation: what comes meanwhile waits with the system.
  ///
  /// Completions that are under way are still delivered.
  public final func pause(_ token: Aio.OpToken) {
    guard let op = unsafe record(token), unsafe op.pointee.state.contains(.repeats) else { return }
    if unsafe op.pointee.state.contains(.isPaused) { return }
    unsafe op.pointee.state.insert(.isPaused)
    if unsafe !op.pointee.state.contains(.isDue) { hold(token.index) }
  }

  /// Lets a repeating operation go on.
  public final func resume(_ token: Aio.OpToken) {
    guard let op = unsafe record(token), unsafe op.pointee.state.contains(.isPaused) else { return }
    unsafe op.pointee.state.remove(.isPaused)
    if unsafe op.pointee.state.isDisjoint(with: [.isDue, .isWithKernel]) { start(token.index) }
  }

  // The common way.

  private func submit(
    _ kind: Aio.OpKind, _ handle: Aio.Handle, _ buffer: consuming Aio.Buffer? = nil,
    repeating: Bool, _ receiver: Aio.Receiver?
  ) -> Aio.OpToken {
    guard let record = unsafe record(handle), unsafe !record.pointee.state.contains(.isClosing)
    else {
      return receiver.map { refuse(kind, handle, EBADF, $0) } ?? .none
    }
    guard let index = ops.take() else {
      return receiver.map { refuse(kind, handle, ENOBUFS, $0) } ?? .none
    }
    let op = unsafe ops[index]
    unsafe op.pointee.generation &+= 1
    if let receiver {
      receiver.hold()
      unsafe op.pointee.receiver = Unmanaged.passUnretained(receiver)
    } else {
      unsafe op.pointee.receiver = nil
    }
    unsafe op.pointee.handle = handle.index
    unsafe op.pointee.handleGeneration = handle.generation
    unsafe op.pointee.kind = kind
    unsafe op.pointee.state = repeating ? [.isLive, .repeats] : .isLive
    unsafe op.pointee.result = 0
    if let parts = buffer.take()?.unwrap() {
      unsafe op.pointee.base = unsafe parts.base
      unsafe op.pointee.home = unsafe parts.home
      unsafe op.pointee.start = parts.start
      unsafe op.pointee.end = parts.end
    } else {
      unsafe op.pointee.base = nil
      unsafe op.pointee.home = nil
    }
    let isHead =
      kind.reads
      ? unsafe enqueue(index, &record.pointee.reads)
      : unsafe enqueue(index, &record.pointee.writes)
    let token = unsafe Aio.OpToken(index: index, generation: op.pointee.generation)
    if isHead && kind != .close { start(index) }
    return token
  }

  /// Tells `receiver`, in a later phase, that its operation could not begin.
  final func refuse(
    _ kind: Aio.OpKind, _ handle: Aio.Handle, _ errno: CInt, _ receiver: Aio.Receiver
  ) -> Aio.OpToken {
    refused.append(Refusal(receiver: receiver, kind: kind, handle: handle, errno: errno))
    return .none
  }

  private func cancel(_ index: UInt32) {
    let op = unsafe ops[index]
    unsafe op.pointee.state.insert(.isCancelled)
    let queue = unsafe queue(of: index)
    if unsafe queue.pointee.head == index {
      stop(index)
    } else {
      finish(index, -ECANCELED)
    }
  }

  /// Ends all operations of a handle that is closing.
  private func endAll(_ handle: UInt32) {
    let record = unsafe handles[handle]
    var index = unsafe record.pointee.reads.head
    while index != .max {
      let next = unsafe ops[index].pointee.next
      cancel(index)
      index = next
    }
    index = unsafe record.pointee.writes.head
    while index != .max {
      let next = unsafe ops[index].pointee.next
      if unsafe ops[index].pointee.kind != .close { cancel(index) }
      index = next
    }
    closeIfIdle(handle)
  }

  /// The queue that an operation stands in.
  @inline(__always)
  final func queue(of index: UInt32) -> UnsafeMutablePointer<OpQueue> {
    let op = unsafe ops[index]
    let record = unsafe handles[op.pointee.handle]
    let offset =
      unsafe op.pointee.kind.reads ? HandleRecord.readsOffset : HandleRecord.writesOffset
    return unsafe (UnsafeMutableRawPointer(record) + offset).assumingMemoryBound(to: OpQueue.self)
  }
}

extension Aio.OpKind {
  /// Whether the operation waits among those that read.
  @inline(__always)
  var reads: Bool {
    switch self {
    case .accept, .receive, .readable: true
    default: false
    }
  }
}
