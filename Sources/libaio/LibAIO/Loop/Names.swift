// What programs hold instead of pointers: numbers with a generation.

extension Aio {
  /// A connection, a listener, a file: something that a loop watches.
  ///
  /// A name, not an owner: copying it is free, and one that has been closed is noticed wherever it
  /// is used (`EBADF`).  Belongs to the loop that made it.
  public struct Handle: Hashable, Sendable {
    let index: UInt32
    let generation: UInt32

    /// A handle that is none: every operation on it fails with `EBADF`.
    public static var none: Handle { Handle(index: .max, generation: 0) }
  }

  /// An operation that has been submitted and has not completed for the last time.
  public struct OpToken: Hashable, Sendable {
    let index: UInt32
    let generation: UInt32

    /// A token that names nothing.
    public static var none: OpToken { OpToken(index: .max, generation: 0) }
  }

  /// What an operation does.
  public enum OpKind: UInt8, Sendable {
    /// A new connection of a listener; the completion brings its handle.
    case accept
    /// A connection to an address.
    case connect
    /// Bytes of a stream or a datagram; the completion brings a buffer.  Empty at the end.
    case receive
    /// All of a buffer, in the order of submission; the completion gives it back.
    case send
    /// Until the handle can be read, or has an error or an end to report.
    case readable
    /// Until the handle can be written.
    case writable
    /// The handle itself: its other operations end with `ECANCELED` before this one completes.
    case close
    /// A moment: see `addOneShot` and `addInterval`.
    case timer
    /// What a daemon does: see `runBlocking`.
    case blocking
    /// The addresses of a name: see `resolve`.
    case resolve
    /// A connection by a dial string: see `adial`.
    case dial
    /// A file or a part of it to a connection: see `sendfile`.
    case sendFile
    /// A file's opening, closing, writing to disk, permission or status.
    case file
    /// A datagram, with who sent it.
    case receiveFrom
    /// A datagram to an address.
    case sendTo
    /// A signal: see `sigInstall`.
    case signal
    /// A child process's end: see `addChildHandler`.
    case child
  }
}
