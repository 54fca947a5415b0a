// The tables' rows: what a loop knows of a handle and of an operation.
//
// A connection that waits for data costs one of each: 96 bytes.

/// A handle: 32 bytes.
///
/// Operations wait in two queues, first come first served: what reads (accept, receive, readable)
/// and what writes (connect, send, writable).  Only the head of a queue is with the kernel.
struct HandleRecord {
  /// The next free handle, or the next one that waits for its turn.
  var next: UInt32
  var generation: UInt32
  var fd: Int32
  var state: HandleState
  var reads: OpQueue
  var writes: OpQueue

  /// Where the queues lie in the record.
  static let readsOffset = 16
  static let writesOffset = 24
}

/// Operations in order, linked through `OpRecord.next`.
struct OpQueue {
  var head: UInt32
  var tail: UInt32

  static var empty: OpQueue { OpQueue(head: .max, tail: .max) }
  var isEmpty: Bool { head == .max }
}

/// What is known of a handle.
struct HandleState: OptionSet {
  let rawValue: UInt32

  /// There may be something to read: not to be waited for, but tried.
  static let canRead = HandleState(rawValue: 1)
  /// There may be room to write.
  static let canWrite = HandleState(rawValue: 2)
  /// The peer has ended its direction, or all is over: reading will say so.
  static let isEnding = HandleState(rawValue: 4)
  /// A close has been submitted; nothing else is taken any more.
  static let isClosing = HandleState(rawValue: 8)
  /// In the queue of handles that wait for their turn.
  static let isQueued = HandleState(rawValue: 16)
  /// Waits for a buffer or a descriptor to become free.
  static let isStarved = HandleState(rawValue: 32)
  /// Waits for connections.
  static let isListener = HandleState(rawValue: 64)
  /// The record is in use.
  static let isLive = HandleState(rawValue: 128)
  /// Carries messages: one that is short says nothing of the next one.
  static let isDatagram = HandleState(rawValue: 256)
  /// A listener of this loop accepted it.
  static let isAccepted = HandleState(rawValue: 512)
  /// A send of a stream has failed: behind what follows there would be a hole (L6).
  static let isBroken = HandleState(rawValue: 1024)
  /// Room to write is told, from when it was first missed: see `KqueueLoop`.
  static let isRoomWatched = HandleState(rawValue: 2048)
}

/// An operation: 64 bytes.
@safe struct OpRecord {
  /// The next free operation, the next one in its handle's queue, or the next one that is due.
  var next: UInt32
  var generation: UInt32
  /// Who is told; held until the terminal completion.
  var receiver: Unmanaged<Aio.Receiver>?
  /// A buffer, taken apart: what is sent, or nil.  An activity's reference to itself.
  var base: UnsafeMutableRawPointer?
  var home: Unmanaged<BufferPool>?
  /// The bytes of `base` that are still to be sent.
  var start: UInt32
  var end: UInt32
  /// How many bytes have been sent; once the operation is due, its result.
  var result: Int32
  /// Its handle, which may be closed by the time that the completion is delivered.
  var handle: UInt32
  var handleGeneration: UInt32
  /// What it is done for, and where it was submitted.
  var group: UInt32
  var site: UInt32
  var kind: Aio.OpKind
  var state: OpState
  private var spare: UInt16 = 0
}

extension OpRecord {
  /// The handle that the operation was submitted on.
  var handleName: Aio.Handle { Aio.Handle(index: handle, generation: handleGeneration) }
}

/// How far an operation has come.
struct OpState: OptionSet {
  let rawValue: UInt8

  /// Completes again and again until it is cancelled or fails.
  static let repeats = OpState(rawValue: 1)
  /// With the kernel (io_uring), which alone can end it.
  static let isWithKernel = OpState(rawValue: 2)
  /// Its terminal completion is due: it is in no queue of a handle any more.
  static let isDue = OpState(rawValue: 4)
  /// Somebody has asked for its end.
  static let isCancelled = OpState(rawValue: 8)
  /// Held back by its receiver.
  static let isPaused = OpState(rawValue: 16)
  /// The record is in use.
  static let isLive = OpState(rawValue: 32)
  /// An `Activity`'s, which `base` holds: it stands in no queue of a handle.
  static let isActivity = OpState(rawValue: 64)
}
