// Where printing goes.

import LibUTF
public import Sys9

/// What takes printed bytes: a file, a string, a socket, a checksum.
///
///     struct Counter: Sink {
///       var count = 0
///       mutating func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
///         count += bytes.count
///         return true
///       }
///     }
///     var counter = Counter()
///     counter.print("%d %s\n", 1, "one")
public protocol Sink: ~Copyable {
  /// Takes all of `bytes`; false if it could not, after which nothing more is printed.
  mutating func write(_ bytes: UnsafeRawBufferPointer) -> Bool

  /// Takes what `f` has printed and gives it other room.  For sinks that lend their own memory.
  ///
  /// `context` is what the `Fmt` was made with.  The room is that of `f` by default, after `write`.
  static func refill(_ context: UnsafeMutableRawPointer, _ f: inout Fmt) -> Bool
}

extension Sink where Self: ~Copyable {
  /// Writes what `f` has printed, and lets it begin again in the same room.
  public static func refill(_ context: UnsafeMutableRawPointer, _ f: inout Fmt) -> Bool {
    let sink = unsafe context.assumingMemoryBound(to: Self.self)
    let bytes = unsafe f.pending
    guard unsafe sink.pointee.write(bytes) else { return false }
    f.rewind()
    return true
  }

  /// Prints `values` by `format`; the number of bytes, or -1 if the sink failed.
  ///
  /// Collects in a small buffer first.  No allocation but the sink's own.
  @discardableResult
  public mutating func print<each Value: Formattable>(
    _ format: Format, _ values: repeat each Value, verbs: Verbs = .standard
  ) -> Int {
    var room = PrintRoom()
    return unsafe withUnsafeMutablePointer(to: &self) { sink in
      var span = room.bytes.mutableSpan
      return unsafe span.withUnsafeMutableBufferPointer { buffer in
        var f = unsafe Fmt(room: buffer, context: sink, sink: Self.self, verbs: verbs)
        f.print(format, repeat each values)
        return f.finish()
      }
    }
  }

  /// Prints `values` by `format`; the number of bytes, or -1 if the sink failed.
  @discardableResult
  public mutating func print(
    _ format: Format, values: [FmtArg], verbs: Verbs = .standard
  ) -> Int {
    var room = PrintRoom()
    return unsafe withUnsafeMutablePointer(to: &self) { sink in
      var span = room.bytes.mutableSpan
      return unsafe span.withUnsafeMutableBufferPointer { buffer in
        var f = unsafe Fmt(room: buffer, context: sink, sink: Self.self, verbs: verbs)
        f.print(format, values: values)
        return f.finish()
      }
    }
  }
}

/// Where sinks without memory of their own collect what is printed.
struct PrintRoom {
  static let size = 256
  var bytes = InlineArray<256, UInt8>(repeating: 0)
}

extension Fmt {
  /// Begins again in the same room, which the sink has taken.
  mutating func rewind() {
    let size = unsafe stop - start
    unsafe exchange(unsafe UnsafeMutableBufferPointer(start: start, count: size))
  }

  /// Gives the sink what is left; the bytes printed, or -1 after a failure.
  public mutating func finish() -> Int {
    if unsafe to > start && !failed { _ = makeRoom() }
    return failed ? -1 : count
  }
}

extension Array: Sink where Element == UInt8 {
  /// Appends `bytes`.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    unsafe append(contentsOf: bytes)
    return true
  }
}

/// A descriptor that the caller owns, as a sink.  Corresponds to `fmtfdinit(3)`.
///
/// Each flush of the small buffer is a `write(2)`: for more than a line now and then, use LibBio.
public struct DescriptorSink: Sink {
  /// The descriptor.
  public let fd: CInt
  /// Why the last write failed.
  public private(set) var error: SystemError?

  /// Prints to `fd`.
  public init(_ fd: CInt) { self.fd = fd }

  /// Writes all of `bytes`.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    do {
      try unsafe Sys9.write(fd, all: bytes)
      return true
    } catch {
      self.error = error
      return false
    }
  }
}
