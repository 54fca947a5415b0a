// What programs ask of a loop.
//
// Every operation ends in exactly one terminal completion (L1), also when it could not begin: a
// stale handle completes with EBADF, a full table with ENOBUFS, both in a later phase of the turn
// (L3).  So nothing here throws, but for what makes a handle and needs to give one back.

import Glibc
public import Sys9

extension Aio.Loop {
  // Handles.

  /// A listener at `address`, or a socket that receives datagrams there.
  ///
  /// `socket(2)`, `bind(2)` and `listen(2)`.  Corresponds to `Aio::announce`, which takes a dial
  /// string: see the other ones.
  public final func announce(
    _ address: SocketAddress, kind: Sockets.Kind = .stream,
    options: Aio.ListenOptions = Aio.ListenOptions()
  ) throws(SystemError) -> Aio.Handle {
    let fd = try makeListener(at: address, kind, options)
    return try add(fd, kind == .stream ? [.isListener] : [.canWrite, .isDatagram])
  }

  /// Where a listener or a connection is bound; tells the port where 0 was asked for.
  public final func localAddress(of handle: Aio.Handle) throws(SystemError) -> SocketAddress {
    guard let record = unsafe record(handle) else {
      throw SystemError(call: "getsockname", errno: EBADF)
    }
    return try boundAddress(unsafe record.pointee.fd)
  }

  /// Takes over an open descriptor, which must be a socket or a pipe and non-blocking.
  ///
  /// - Throws: `ENOTSUP` in a simulation, which has no use for the machine's descriptors.
  public final func adopt(_ descriptor: consuming Descriptor) throws(SystemError) -> Aio.Handle {
    if isSimulated { throw SystemError(call: "adopt", errno: ENOTSUP) }
    return try adopt(open: descriptor)
  }

  private func adopt(open descriptor: consuming Descriptor) throws(SystemError) -> Aio.Handle {
    try add(descriptor.release(), [.canRead, .canWrite])
  }

  final func add(_ fd: CInt, _ state: HandleState) throws(SystemError) -> Aio.Handle {
    guard let index = addHandle(fd, state) else {
      releaseUnused(fd)
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

  // Each says where it was called (`file`, `line`, `function`), for whoever asks what a loop waits
  // for: leave them out.

  /// Accepts a connection, or one after the other.
  @discardableResult
  public final func accept(
    on listener: Aio.Handle, repeating: Bool = false, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = place(file, line, function)
    return submit(.accept, listener, repeating: repeating, receiver, site)
  }

  /// Waits until a listener has a connection, and leaves it there for `accept`.  Corresponds to
  /// `Aio::listen`.
  @discardableResult
  public final func listen(
    on listener: Aio.Handle, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = place(file, line, function)
    return submit(.readable, listener, repeating: false, receiver, site)
  }

  /// Connects to `address`; the handle exists at once, and can be used when this has completed.
  ///
  /// Operations may be submitted before that: they wait their turn.  A socket for datagrams is
  /// connected at once, and receives from `address` alone.
  public final func connect(
    to address: SocketAddress, kind: Sockets.Kind = .stream, from local: SocketAddress? = nil,
    _ receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) throws(SystemError) -> Aio.Handle {
    let fd = try makeSocket(for: address, kind, from: local)
    guard let index = addHandle(fd, kind == .datagram ? .isDatagram : []) else {
      releaseUnused(fd)
      throw SystemError(call: "socket", errno: ENFILE, subject: "the loop's table of handles")
    }
    let handle = name(ofHandle: index)
    let site = place(file, line, function)
    unsafe address.withBytes {
      let name = unsafe Aio.Buffer(copying: $0)
      _ = submit(.connect, handle, name, repeating: false, receiver, site)
    }
    return handle
  }

  /// Receives once, or whatever comes until the end.
  ///
  /// The completion's buffer belongs to whoever takes it.  The last one of a stream is empty, or
  /// brings the error.
  @discardableResult
  public final func receive(
    from handle: Aio.Handle, repeating: Bool = false, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = place(file, line, function)
    return submit(.receive, handle, repeating: repeating, receiver, site)
  }

  /// Sends all of `buffer`, after what was submitted before; the completion brings it back.
  ///
  /// Behind a send of a stream that failed, or was cancelled when a part had been sent, everything
  /// fails with `EPIPE`: the stream would have a hole.
  @discardableResult
  public final func send(
    _ buffer: consuming Aio.Buffer, to handle: Aio.Handle, _ receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = place(file, line, function)
    return submit(.send, handle, buffer, repeating: false, receiver, site)
  }

  /// Waits until `handle` can be read.  Corresponds to `Aio::read`, and `cancel` to
  /// `Aio::removeRead`.
  @discardableResult
  public final func waitReadable(
    _ handle: Aio.Handle, _ receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = place(file, line, function)
    return submit(.readable, handle, repeating: false, receiver, site)
  }

  /// Waits until `handle` can be written.  Corresponds to `Aio::write`, and `cancel` to
  /// `Aio::removeWrite`.
  @discardableResult
  public final func waitWritable(
    _ handle: Aio.Handle, _ receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = place(file, line, function)
    return submit(.writable, handle, repeating: false, receiver, site)
  }

  /// Closes `handle`: its other operations end with `ECANCELED`, then this one completes.
  ///
  /// Nothing can be submitted on the handle any more.  Without a receiver nobody is told.
  @discardableResult
  public final func close(
    _ handle: Aio.Handle, _ receiver: Aio.Receiver? = nil,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    guard let record = unsafe record(handle), unsafe !record.pointee.state.contains(.isClosing)
    else {
      return receiver.map { refuse(.close, handle, EBADF, $0) } ?? .none
    }
    let site = place(file, line, function)
    let token = submit(.close, handle, repeating: false, receiver, site)
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

  final func submit(
    _ kind: Aio.OpKind, _ handle: Aio.Handle, _ buffer: consuming Aio.Buffer? = nil,
    sending: FileSending? = nil, repeating: Bool, _ receiver: Aio.Receiver?, _ site: Aio.Site
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
    unsafe op.pointee.group = group.id
    unsafe op.pointee.site = site.id
    recorder.causes(operation: index)
    unsafe op.pointee.kind = kind
    unsafe op.pointee.state = repeating ? [.isLive, .repeats] : .isLive
    unsafe op.pointee.result = 0
    if let parts = buffer.take()?.unwrap() {
      unsafe op.pointee.base = unsafe parts.base
      unsafe op.pointee.home = unsafe parts.home
      unsafe op.pointee.start = parts.start
      unsafe op.pointee.end = parts.end
    } else {
      unsafe op.pointee.base = sending.map { unsafe Unmanaged.passRetained($0).toOpaque() }
      unsafe op.pointee.home = nil
    }
    let isHead =
      kind.reads
      ? unsafe enqueue(index, &record.pointee.reads)
      : unsafe enqueue(index, &record.pointee.writes)
    let token = unsafe Aio.OpToken(index: index, generation: op.pointee.generation)
    if isHead && kind != .close {
      if unsafe record.pointee.state.contains(.isBroken) {
        goOnBroken(handle.index, index)
      } else {
        start(index)
      }
    }
    return token
  }

  /// Puts a part of a file among what is to be sent to a handle.
  final func submit(
    _ sending: FileSending, _ handle: Aio.Handle, _ receiver: Aio.Receiver, _ site: Aio.Site
  ) -> Aio.OpToken {
    submit(.sendFile, handle, sending: sending, repeating: false, receiver, site)
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
    case .accept, .receive, .readable, .receiveFrom: true
    default: false
    }
  }

  /// Whether the operation puts bytes into a stream.
  @inline(__always)
  var isOfStream: Bool { self == .send || self == .sendFile }
}
