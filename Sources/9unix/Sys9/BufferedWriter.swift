// Buffered output to a descriptor.

/// Collects bytes and writes them in large pieces to a descriptor that the caller keeps open.
///
/// Nothing is written behind the caller's back: what is not flushed is lost, so that every
/// failure meets a `try`.  Not thread-safe.
public struct BufferedWriter: ~Copyable {
  /// Bytes kept before they are written: large enough that a system call's price vanishes.
  public static let bufferSize = 64 * 1024

  private let fd: CInt
  private var buffer: [UInt8] = []

  /// Creates a writer to `fd`, such as 1 for the standard output.
  public init(_ fd: CInt) {
    self.fd = fd
    buffer.reserveCapacity(Self.bufferSize)
  }

  /// Appends the UTF-8 bytes of `text`.
  public mutating func write(_ text: String) throws(SystemError) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Appends `bytes`.
  public mutating func write(_ bytes: [UInt8]) throws(SystemError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Writes what is still in the buffer.
  ///
  /// - Throws: what `write(2)` reports; the buffer is then empty.
  public mutating func flush() throws(SystemError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    try unsafe buffer.withUnsafeBufferPointer { (bytes) throws(SystemError) in
      try unsafe Sys9.write(fd, all: UnsafeRawBufferPointer(bytes))
    }
  }
}
