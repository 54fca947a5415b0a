// Connections and listeners of tasks.  The theory is in LoopTaskExecutor.swift.

import Glibc
public import Sys9

extension Aio {
  /// A connection that one task receives from and one task sends to; they may be the same.
  @safe public final class AsyncConnection: Receiver, CancellableWait, @unchecked Sendable {
    /// The connection's name on its loop.
    public let handle: Handle
    private let async: AsyncLoop
    /// What has come and was not asked for yet: nearly always one.
    private var first: Buffer.Parts?
    /// What came after the first one.
    private var inbox: [Buffer.Parts] = []
    private var taken = 0
    /// How many of those were not taken; apart, since a look at the array is an access that is
    /// checked, and there is nearly never anything in it.
    private var laterCount = 0
    private var byteCount = 0
    private var receiving = OpToken.none
    // One thread's, changed where nothing else runs: no need to check each access for another.
    @exclusivity(unchecked) private var readerScope: TaskScope?
    @exclusivity(unchecked) private var writerScope: TaskScope?
    private var isHeldBack = false
    /// How the stream ended: 0, or an errno.
    private var ending: CInt?
    private var reader: UnsafeContinuation<Void, Never>?
    private var writer: UnsafeContinuation<Int, Never>?
    private var sending = OpToken.none
    private var closer: UnsafeContinuation<Void, Never>?

    /// What may wait in the inbox before the connection is held back.
    private static let highWater = 65_536
    /// And how many pieces of it, each of which may be one byte.
    private static let buffersMax = 64

    /// Takes over a connection of the loop.
    public init(_ handle: Handle, _ async: AsyncLoop) {
      self.handle = handle
      self.async = async
    }

    deinit {
      if let first { _ = Buffer(first) }
      for part in inbox[taken...] { _ = Buffer(part) }
    }

    private var loop: Loop { async.loop }

    /// Wakes the task that waits for what has happened.  The loop's.
    public override func completed(_ completion: inout Completion, on loop: Loop) {
      switch completion.kind {
      case .receive:
        if let buffer = completion.takeBuffer(), !buffer.isEmpty { arrived(buffer) }
        if completion.isLast {
          ending = completion.error ?? 0
          receiving = .none
        }
        wakeReader()
      case .send:
        let result = completion.result
        sending = .none
        if let waiting = unsafe writer {
          unsafe writer = nil
          unsafe waiting.resume(returning: result)
        }
      case .close:
        if let waiting = unsafe closer {
          unsafe closer = nil
          unsafe waiting.resume()
        }
      default: break
      }
    }

    private func arrived(_ buffer: consuming Buffer) {
      let count = buffer.count  // apart: an access with a call in it is checked
      byteCount += count
      // Whoever is behind keeps copies: the loop's blocks are for all of its connections.
      let isBehind = first != nil || loop.pool.freeCount * 4 < loop.pool.blockCount
      let isAwaited = unsafe reader != nil
      var parts = buffer.unwrap()
      if isBehind && !isAwaited {
        let borrowed = Buffer(parts)
        parts = unsafe borrowed.withBytes { unsafe Buffer(copying: $0).unwrap() }
      }
      if first == nil {
        first = parts
      } else {
        inbox.append(parts)
        laterCount += 1
      }
      let isFull = byteCount > Self.highWater || laterCount > Self.buffersMax
      if isFull && !isHeldBack {
        isHeldBack = true
        loop.pause(receiving)
      }
    }

    private func wakeReader() {
      guard let waiting = unsafe reader else { return }
      unsafe reader = nil
      unsafe waiting.resume()
    }

    private func takeFirst() -> Buffer? {
      guard let parts = first else { return nil }
      first = nil
      let buffer = Buffer(parts)
      let count = buffer.count
      byteCount -= count
      if laterCount > 0 { refill() }
      if isHeldBack && byteCount < Self.highWater / 2 && laterCount < Self.buffersMax / 2 {
        isHeldBack = false
        loop.resume(receiving)
      }
      return buffer
    }

    /// Moves up what came after the first one.
    private func refill() {
      first = inbox[taken]
      taken += 1
      laterCount -= 1
      if laterCount == 0 {
        inbox.removeAll(keepingCapacity: true)
        taken = 0
      }
    }

    /// The next bytes; nil at the end of the stream.
    ///
    /// Does not suspend if some have come already.
    /// - Throws: what ended the connection; `ECANCELED` if the task is cancelled, which loses no
    /// bytes.
    public nonisolated(nonsending) func receive() async throws(SystemError) -> Buffer? {
      async.check()
      while true {
        if let buffer = takeFirst() { return buffer }
        if let ending {
          if ending == 0 { return nil }
          throw SystemError(call: "recv", errno: ending)
        }
        let scope = unsafe TaskScope.current(&readerScope)
        if scope?.isCancelled ?? Swift.Task.isCancelled {
          throw SystemError(call: "recv", errno: ECANCELED)
        }
        if receiving == .none {
          receiving = loop.submit(.receive, handle, repeating: true, self, loop.site)
        }
        await waitForBytes(scope)
      }
    }

    private nonisolated(nonsending) func waitForBytes(_ scope: TaskScope?) async {
      precondition(unsafe reader == nil, "one task at a time receives")
      if let scope {
        scope.begin(.reading, of: self)
        await unsafe suspended { waiting in unsafe self.reader = unsafe waiting }
        scope.end()
        return
      }
      await withTaskCancellationHandler {
        await unsafe suspended { waiting in unsafe self.reader = unsafe waiting }
      } onCancel: {
        // It looks again, and finds that it is cancelled.
        async.loop.mailbox.send { [self] _ in wakeReader() }
      }
    }

    /// Sends all of `buffer`, and waits until the system has it.
    ///
    /// - Throws: why not; `ECANCELED` if the task is cancelled, after which the stream may be cut.
    public nonisolated(nonsending) func send(
      _ buffer: consuming Buffer
    ) async throws(SystemError) {
      async.check()
      precondition(unsafe writer == nil && sending == .none, "one task at a time sends")
      if unsafe TaskScope.isCancelled(&writerScope) {
        throw SystemError(call: "send", errno: ECANCELED)
      }
      let loop = loop
      sending = loop.submit(.send, handle, buffer, repeating: false, self, loop.site)
      let result: Int
      if let sent = loop.collectInJob(sending) {
        sending = .none
        result = sent
      } else {
        result = await waitForSend()
      }
      if result < 0 { throw SystemError(call: "send", errno: CInt(-result)) }
    }

    private nonisolated(nonsending) func waitForSend() async -> Int {
      if let scope = unsafe TaskScope.current(&writerScope) {
        scope.begin(.writing, of: self)
        let result = await unsafe suspended { waiting in
          unsafe self.writer = unsafe waiting
        }
        scope.end()
        return result
      }
      let token = sending
      return await withTaskCancellationHandler {
        await unsafe suspended { waiting in unsafe self.writer = unsafe waiting }
      } onCancel: {
        async.loop.mailbox.send { $0.cancel(token) }
      }
    }

    /// A task that waits was cancelled.
    func cancel(_ wait: TaskScope.Wait) {
      switch wait {
      case .reading: wakeReader()  // it looks again, and finds that it is cancelled
      case .writing: loop.cancel(sending)
      }
    }

    /// Sends the bytes of a text as UTF-8.
    public nonisolated(nonsending) func send(_ text: String) async throws(SystemError) {
      try await send(Buffer(text))
    }

    /// Ends one direction: `SHUT_RD`, `SHUT_WR`.  `shutdown(2)`.
    public func shutdown(_ how: CInt) throws(SystemError) {
      async.check()
      try loop.shutdown(handle, how)
    }

    /// Closes the connection and waits until nothing is under way on it.  Cannot be cancelled.
    public nonisolated(nonsending) func close() async {
      async.check()
      await unsafe suspended { waiting in
        unsafe self.closer = unsafe waiting
        loop.close(handle, self)
      }
    }
  }

  /// A listener that one task accepts from.
  @safe public final class AsyncListener: Receiver, CancellableWait, @unchecked Sendable {
    /// The listener's name on its loop.
    public let handle: Handle
    /// The loop; nil once the listener was closed.  The loop holds us until the end of the accept,
    /// which may be after its last turn: we must not hold it then.
    private var async: AsyncLoop?
    /// Connections that nobody has accepted yet; the first ones are taken already.
    private var waiting: [Handle] = []
    private var taken = 0
    private var accepting = OpToken.none
    private var ending: CInt?
    private var acceptor: UnsafeContinuation<Void, Never>?

    /// Takes over a listener of the loop.
    public init(_ handle: Handle, _ async: AsyncLoop) {
      self.handle = handle
      self.async = async
    }

    /// Wakes the task that accepts.  The loop's.
    public override func completed(_ completion: inout Completion, on loop: Loop) {
      guard completion.kind == .accept else { return }
      if completion.error == nil {
        if async == nil {
          loop.close(completion.accepted)
        } else {
          waiting.append(completion.accepted)
        }
      }
      if completion.isLast {
        accepting = .none
        ending = completion.error
      }
      wake()
    }

    private func takeFirst() -> Handle? {
      if taken == waiting.count { return nil }
      let handle = waiting[taken]
      taken += 1
      if taken == waiting.count {
        waiting.removeAll(keepingCapacity: true)
        taken = 0
      }
      return handle
    }

    private func wake() {
      guard let task = unsafe acceptor else { return }
      unsafe acceptor = nil
      unsafe task.resume()
    }

    /// Where it listens.
    public func localAddress() throws(SystemError) -> SocketAddress {
      guard let async else { throw SystemError(call: "getsockname", errno: EBADF) }
      return try async.loop.localAddress(of: handle)
    }

    /// The next connection.
    ///
    /// - Throws: `ECANCELED` if the task is cancelled or the listener closed.
    public nonisolated(nonsending) func accept() async throws(SystemError) -> AsyncConnection {
      while true {
        guard let async else { throw SystemError(call: "accept", errno: ECANCELED) }
        async.check()
        if let handle = takeFirst() { return AsyncConnection(handle, async) }
        if let ending { throw SystemError(call: "accept", errno: ending) }
        if Swift.Task.isCancelled { throw SystemError(call: "accept", errno: ECANCELED) }
        if accepting == .none {
          accepting = async.loop.submit(.accept, handle, repeating: true, self, async.loop.site)
        }
        await waitForConnection(async.loop.mailbox)
      }
    }

    private nonisolated(nonsending) func waitForConnection(_ mailbox: Mailbox) async {
      var remembered: TaskScope?
      if let scope = TaskScope.current(&remembered) {
        scope.begin(.reading, of: self)
        await unsafe suspended { task in unsafe self.acceptor = unsafe task }
        scope.end()
        return
      }
      await withTaskCancellationHandler {
        await unsafe suspended { task in unsafe self.acceptor = unsafe task }
      } onCancel: {
        mailbox.send { [self] _ in wake() }
      }
    }

    /// The task that accepts was cancelled: it looks again.
    func cancel(_ wait: TaskScope.Wait) { wake() }

    /// Closes the listener, and connections that nobody has accepted from it.
    public func close() {
      guard let async else { return }
      async.check()
      self.async = nil
      while let handle = takeFirst() { async.loop.close(handle) }
      async.loop.close(handle)
    }
  }
}
