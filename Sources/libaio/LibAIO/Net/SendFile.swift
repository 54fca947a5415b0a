// Files to sockets: theory of operation.
//
// Shape.  A part of a file is an operation in its handle's queue of writers, between what was sent
// before and after it; `sendfile` adds buffers in front and behind, and completes once for all.
// On epoll the bytes go from the page cache to the socket by sendfile(2).  On io_uring, which has
// no such operation, they are read and sent in pieces, so that a disk that is slow holds up nobody.
//
// Invariant.
//   F1  The file's offset is not touched: two connections may send one descriptor at once.

import Glibc
import Sys9

/// A part of a file on its way to a handle: what an operation of kind `.sendFile` holds.
@safe final class FileSending {
  let file: CInt
  var offset: Int64
  /// Bytes of the file that have not been sent.
  var left: Int
  var sent = 0
  /// A piece that has been read and not been sent, where the kernel does not do it all.
  private(set) var piece: UnsafeMutableRawPointer?
  var pieceStart = 0
  var pieceEnd = 0

  /// Bytes read at once: less, and the calls cost more than the copies.
  static let pieceMax = 131_072

  init(file: CInt, offset: Int64, count: Int) {
    self.file = file
    self.offset = offset
    left = count
    unsafe piece = nil
  }

  deinit { unsafe piece?.deallocate() }

  /// Memory for a piece.
  func makePiece() -> UnsafeMutableRawPointer {
    if let piece = unsafe piece { return unsafe piece }
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: min(left, Self.pieceMax), alignment: 4096)
    unsafe piece = memory
    return unsafe memory
  }

  /// Sends what the socket takes now: the errno negated, or 0 when all is sent; nil if it is full.
  func send(to socket: CInt) -> Int32? {
    while left > 0 {
      let count = Kernel.sendFile(socket, from: file, at: &offset, count: min(left, 1 << 30))
      if count == -Int(EAGAIN) { return nil }
      if count < 0 { return Int32(truncatingIfNeeded: count) }
      // The file is shorter than it was.
      if count == 0 { return -EIO }
      left -= count
      sent += count
    }
    return 0
  }

  /// The object that an operation of kind `.sendFile` holds.
  @safe static func of(_ op: OpRecord) -> FileSending? {
    guard op.kind == .sendFile, !op.state.contains(.isActivity), let base = unsafe op.base else {
      return nil
    }
    return unsafe Unmanaged<FileSending>.fromOpaque(base).takeUnretainedValue()
  }

  /// Gives up an operation's reference.
  @safe static func forget(_ op: OpRecord) {
    if let sending = of(op) { unsafe Unmanaged.passUnretained(sending).release() }
  }
}

/// Buffers, a part of a file, and buffers: one operation.
private final class SendFileActivity: Activity {
  private var parts: [Aio.OpToken] = []
  private var left = 0
  private var error: Int32 = 0
  fileprivate var sending: FileSending?
  private(set) lazy var receiver = Aio.Callback { [unowned self] completion, loop in
    partEnded(&completion, loop)
  }

  func submitted(_ token: Aio.OpToken) {
    parts.append(token)
    left += 1
  }

  /// Of nothing, nothing has to be waited for.
  func beginsNothing(on loop: Aio.Loop) {
    if !parts.isEmpty { return }
    count = 0
    loop.end(self, 0)
  }

  private func partEnded(_ completion: inout Aio.Completion, _ loop: Aio.Loop) {
    left -= 1
    if let errno = completion.error {
      // What follows makes no sense without it.
      if error == 0 {
        error = -errno
        for part in parts { loop.cancel(part) }
      }
    } else if completion.kind == .send {
      count = (count ?? 0) + completion.result
    }
    if left > 0 { return }
    if let sending { count = (count ?? 0) + sending.sent }
    // Now, and not when it would be due: before the close of the handle, if that ended it.
    loop.endNow(self, error)
  }

  override func stop(on loop: Aio.Loop) { for part in parts { loop.cancel(part) } }
}

extension Aio.Loop {
  /// Sends `headers`, then `count` bytes of a file from `offset` on, then `trailers`, as one.
  ///
  /// The completion's result is how many bytes went in all.  `EIO` if the file has fewer bytes:
  /// then the connection should be closed, since its peer waits for the rest.
  /// - Parameter file: a descriptor of a regular file, open until the completion; its offset is not
  ///   used.
  ///
  /// Corresponds to `Aio::sendfile`, both of them.
  @discardableResult
  public final func sendfile(
    _ headers: consuming Aio.IOVec = Aio.IOVec(), from file: CInt, offset: Int64, count: Int,
    _ trailers: consuming Aio.IOVec = Aio.IOVec(), to handle: Aio.Handle,
    _ receiver: Aio.Receiver,
    file place: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    precondition(offset >= 0 && count >= 0, "a part of a file begins and ends within it")
    let site = Aio.Site(place, line: line, function: function)
    let activity = SendFileActivity()
    let token = begin(activity, .sendFile, receiver, site)
    if token == .none { return token }
    // The parts hold the activity through the receiver, which it owns: all of them end.
    while let buffer = headers.takeFirst() {
      activity.submitted(submit(.send, handle, buffer, repeating: false, activity.receiver, site))
    }
    if count > 0 {
      let sending = FileSending(file: file, offset: offset, count: count)
      activity.sending = sending
      activity.submitted(submit(sending, handle, activity.receiver, site))
    }
    while let buffer = trailers.takeFirst() {
      activity.submitted(submit(.send, handle, buffer, repeating: false, activity.receiver, site))
    }
    activity.beginsNothing(on: self)
    return token
  }
}
