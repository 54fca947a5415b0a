// Buffered input and output: theory of operation.
//
// Problem.  Programs read lines and print words; the kernel wants large pieces.  stdio locks,
// copies and converts; Swift's readLine makes a string of each line.  Plan 9's bio hands out the
// line where it lies, and prints where it will be written from.
//
// Shape.  A bio reads or writes, not both.  Its state, a `BioCore`, lies in memory that does not
// move, with a buffer; under it is a device, any type with read, write, seek and close
// (`BioDevice`), most often a descriptor.  This is libxbio's state machine, and bio is it over
// `FileDevice`.  The common case of each call (there is a byte, a line, room) is inlined into its
// caller and touches only the core; the others call the device through its type's table, once a
// buffer.
//
//     Bio --> BioCore [cursor, readEnd, writeEnd, ...] --> buffer
//                 \--> device (FileDevice, ClosureDevice, yours)
//
// Two faces.  Brdline and its kin behave as Plan 9's do, oddities included: the unterminated last
// line of a file is not a line.  `nextLine`, `readNumber` and the others do what a Swift programmer
// expects: the last line is one, errors are thrown, and lines may be longer than the buffer.
//
// Invariants.
//   B1  base <= data <= cursor <= readEnd <= base + size, but for what was pushed back: then
//       cursor is up to `ungetSize` bytes before data.
//   B2  A reader has no room to write, a writer nothing to read: both are one comparison.
//   B3  A writer is in the list of `Writers` from its first moment to its last.
//   B4  A span that was handed out is valid until the next call: nothing else moves the buffer.
//   B5  Marks that are not 0 tell all delimiters of a block of 64 bytes that lies in the buffer;
//       whatever writes into the buffer, or moves it, forgets them.
//
// Threads.  A bio belongs to one thread at a time.
//
// Rejected.  A class (each call would load through a reference that must be counted); a generic
// `Bio<Device>` (its slow paths are the only ones that know the device, and each user would be
// generic in it too); one buffer for reading and writing (whose rules nobody remembers).

public import LibFmt
public import Sys9

/// A buffer before or behind a device.  Corresponds to `Biobuf` of `bio(3)`.
///
/// A reader that ends closes its device; a writer is flushed first, and what then fails is not
/// told: use `close` to know.
@safe public struct Bio: ~Copyable {
  @usableFromInline let core: UnsafeMutablePointer<BioCore>

  /// Verbs beside those built in, for `print`.
  public var verbs: Verbs {
    get { unsafe core.pointee.verbs }
    set { unsafe core.pointee.verbs = newValue }
  }

  /// The size of a buffer where none is asked for, in bytes.  Corresponds to `Bsize`.
  public static let bufferSizeDefault = 8192
  /// The smallest buffer: room for a few runes.
  public static let bufferSizeMin = 8

  private init<Device: BioDevice & ~Copyable>(
    _ device: consuming Device, isWriter: Bool, bufferSize: Int
  ) {
    let place = UnsafeMutablePointer<Device>.allocate(capacity: 1)
    unsafe place.initialize(to: device)
    let size = unsafe max(bufferSize, Self.bufferSizeMin) + BioCore.ungetSize
    let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: size)
    unsafe core = .allocate(capacity: 1)
    unsafe core.initialize(
      to: BioCore(
        device: UnsafeMutableRawPointer(place), kind: Device.self, isWriter: isWriter,
        memory: memory, ownsMemory: true))
    if isWriter { unsafe Writers.add(core) }  // B3
  }

  /// A reader of `device`.  Corresponds to `Binit(3)` with `OREAD`, of any device.
  public init<Device: BioDevice & ~Copyable>(
    reading device: consuming Device, bufferSize: Int = bufferSizeDefault
  ) {
    self.init(device, isWriter: false, bufferSize: bufferSize)
  }

  /// A writer of `device`.  Corresponds to `Binit(3)` with `OWRITE`, of any device.
  public init<Device: BioDevice & ~Copyable>(
    writing device: consuming Device, bufferSize: Int = bufferSizeDefault
  ) {
    self.init(device, isWriter: true, bufferSize: bufferSize)
  }

  /// A reader of `fd`, which stays its caller's unless `isOwner`.
  ///
  /// Corresponds to `Binit(3)`, and with `isOwner` to `Bfdopen(3)`.
  public init(
    reading fd: CInt, isOwner: Bool = false, bufferSize: Int = bufferSizeDefault
  ) {
    self.init(reading: FileDevice(fd, isOwner: isOwner), bufferSize: bufferSize)
  }

  /// A writer to `fd`, which stays its caller's unless `isOwner`.
  ///
  /// Corresponds to `Binit(3)`, and with `isOwner` to `Bfdopen(3)`.
  public init(
    writing fd: CInt, isOwner: Bool = false, bufferSize: Int = bufferSizeDefault
  ) {
    self.init(writing: FileDevice(fd, isOwner: isOwner), bufferSize: bufferSize)
  }

  deinit {
    _ = unsafe core.pointee.flush()
    // The error has been noted; there is nobody to tell.
    try? unsafe Bio.end(core)
  }

  /// Flushes a writer and closes the device.  Corresponds to `Bterm(3)`.
  ///
  /// - Throws: what the last write or the close failed with; the device is gone all the same.
  public consuming func close() throws(SystemError) {
    let core = unsafe self.core
    discard self
    let isGood = unsafe core.pointee.flush()
    let failure = unsafe core.pointee.error
    let isWriter = unsafe core.pointee.isWriter
    try unsafe Bio.end(core)
    if isWriter && !isGood, let failure { throw failure }
  }

  private static func end(_ core: UnsafeMutablePointer<BioCore>) throws(SystemError) {
    if unsafe core.pointee.isWriter { unsafe Writers.remove(core) }
    unsafe core.pointee.release()
    let device = unsafe core.pointee.device
    let kind = unsafe core.pointee.kind
    unsafe core.deinitialize(count: 1)
    unsafe core.deallocate()
    try unsafe kind.end(device)
  }

  /// Throws what the device failed with, if it did.
  @usableFromInline
  func check() throws(SystemError) {
    guard let failure = unsafe core.pointee.error, unsafe core.pointee.state == .inactive else {
      return
    }
    throw failure
  }

  /// What the device last failed with; nil if nothing did.
  public var error: SystemError? { unsafe core.pointee.error }

  /// The descriptor under the bio; -1 if it stands on another device.
  ///
  /// Corresponds to `Bfildes(3)`.
  public var descriptor: CInt { unsafe core.pointee.kind.descriptor(core.pointee.device) }

  /// Bytes in the buffer: read and not taken, or not yet written.
  ///
  /// Corresponds to `Bbuffered(3)`.
  public var buffered: Int { unsafe core.pointee.buffered }

  /// The offset of the next byte in the file.  Corresponds to `Boffset(3)`.
  public var offset: Int64 { unsafe core.pointee.place }

  /// Goes to `offset`; within the buffer if what is there lies in it.  Corresponds to `Bseek(3)`.
  ///
  /// A writer is flushed before.
  /// - Returns: the new offset from the start.
  @discardableResult
  public mutating func seek(
    to offset: Int64, from origin: SeekOrigin = .start
  ) throws(SystemError) -> Int64 {
    let place = unsafe core.pointee.seek(to: offset, from: origin)
    if place < 0 {
      throw unsafe core.pointee.error ?? SystemError(call: "seek", text: "bio is inactive").noted()
    }
    return place
  }
}
