// What a bio stands on: four functions, as libxbio has them, and the descriptor that has them all.

public import Sys9

/// Something that bytes are read from or written to.  Corresponds to the functions of `xbio(3)`.
///
/// What a device cannot do it leaves out: it then fails with `operation not supported`.
///
///     struct Zeros: BioDevice {
///       mutating func read(into room: UnsafeMutableRawBufferPointer) -> Int {
///         room.initializeMemory(as: UInt8.self, repeating: 0)
///         return room.count
///       }
///     }
///     var zeros = Bio(reading: Zeros())
public protocol BioDevice: ~Copyable {
  /// Reads up to `room.count` bytes, at least one; 0 means the end.
  mutating func read(into room: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int

  /// Writes some of `bytes`, at least one, and returns how many.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int

  /// Moves to `offset`, and returns where that is from the start.
  mutating func seek(to offset: Int64, from origin: SeekOrigin) throws(SystemError) -> Int64

  /// Lets go of what the device holds.  Called once, by `close` or when the bio ends.
  mutating func close() throws(SystemError)

  /// The descriptor behind the device; -1 if there is none.
  var descriptor: CInt { get }
}

extension BioDevice where Self: ~Copyable {
  /// Fails: the device cannot be read.
  public mutating func read(into room: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    throw SystemError(call: "read", text: "operation not supported").noted()
  }

  /// Fails: the device cannot be written.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    throw SystemError(call: "write", text: "operation not supported").noted()
  }

  /// Fails: the device has no places.
  public mutating func seek(
    to offset: Int64, from origin: SeekOrigin
  ) throws(SystemError) -> Int64 {
    throw SystemError(call: "seek", text: "operation not supported").noted()
  }

  /// Does nothing.
  public mutating func close() throws(SystemError) {}

  /// None.
  public var descriptor: CInt { -1 }

  // A bio does not know the type of its device but in these four, through the type's own table.

  static func read(
    _ device: UnsafeMutableRawPointer, into room: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> Int {
    try unsafe device.assumingMemoryBound(to: Self.self).pointee.read(into: room)
  }

  static func write(
    _ device: UnsafeMutableRawPointer, _ bytes: UnsafeRawBufferPointer
  ) throws(SystemError) -> Int {
    try unsafe device.assumingMemoryBound(to: Self.self).pointee.write(bytes)
  }

  static func seek(
    _ device: UnsafeMutableRawPointer, to offset: Int64, from origin: SeekOrigin
  ) throws(SystemError) -> Int64 {
    try unsafe device.assumingMemoryBound(to: Self.self).pointee.seek(to: offset, from: origin)
  }

  static func descriptor(_ device: UnsafeMutableRawPointer) -> CInt {
    unsafe device.assumingMemoryBound(to: Self.self).pointee.descriptor
  }

  /// Closes the device and frees its memory.
  static func end(_ device: UnsafeMutableRawPointer) throws(SystemError) {
    let typed = unsafe device.assumingMemoryBound(to: Self.self)
    defer {
      unsafe typed.deinitialize(count: 1)
      unsafe typed.deallocate()
    }
    try unsafe typed.pointee.close()
  }
}

/// A descriptor as a device: what `bio(3)` stands on.
public struct FileDevice: BioDevice {
  /// The descriptor.
  public let descriptor: CInt
  /// Whether the device closes the descriptor, which is then its own.
  public let isOwner: Bool

  /// A device on `descriptor`, which stays the caller's unless `isOwner`.
  public init(_ descriptor: CInt, isOwner: Bool = false) {
    self.descriptor = descriptor
    self.isOwner = isOwner
  }

  /// `read(2)`.
  public mutating func read(into room: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    try unsafe Sys9.read(descriptor, into: room)
  }

  /// `write(2)`, over as many calls as it takes.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    try unsafe Sys9.write(descriptor, all: bytes)
    return bytes.count
  }

  /// `lseek(2)`.
  public mutating func seek(
    to offset: Int64, from origin: SeekOrigin
  ) throws(SystemError) -> Int64 {
    try Sys9.seek(descriptor, to: offset, from: origin)
  }

  /// `close(2)`, if the descriptor is the device's own.
  public mutating func close() throws(SystemError) {
    if isOwner { try Descriptor(adopting: descriptor).close() }
  }
}

/// A device of closures, for the one that is too small for a type of its own.
///
/// Corresponds to `xbio(3)`'s function pointers; a closure that is nil is an operation that is not
/// supported.
@safe public struct ClosureDevice: BioDevice {
  /// Reads up to so many bytes.
  public typealias Read =
    @Sendable (UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
  /// Writes some bytes.
  public typealias Write = @Sendable (UnsafeRawBufferPointer) throws(SystemError) -> Int
  /// Moves.
  public typealias Seek = @Sendable (Int64, SeekOrigin) throws(SystemError) -> Int64
  /// Ends.
  public typealias Close = @Sendable () throws(SystemError) -> Void

  private let reading: Read?
  private let writing: Write?
  private let seeking: Seek?
  private let closing: Close?

  /// A device that calls these.
  public init(read: Read? = nil, write: Write? = nil, seek: Seek? = nil, close: Close? = nil) {
    unsafe reading = unsafe read
    unsafe writing = unsafe write
    seeking = seek
    closing = close
  }

  private func missing(_ call: String) -> SystemError {
    SystemError(call: call, text: "operation not supported").noted()
  }

  /// Calls the closure for reading.
  public mutating func read(into room: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    guard let reading = unsafe reading else { throw missing("read") }
    return try unsafe reading(room)
  }

  /// Calls the closure for writing.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    guard let writing = unsafe writing else { throw missing("write") }
    return try unsafe writing(bytes)
  }

  /// Calls the closure for seeking.
  public mutating func seek(
    to offset: Int64, from origin: SeekOrigin
  ) throws(SystemError) -> Int64 {
    guard let seeking else { throw missing("seek") }
    return try seeking(offset, origin)
  }

  /// Calls the closure for the end, if there is one.
  public mutating func close() throws(SystemError) { try closing?() }
}
