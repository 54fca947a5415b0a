// Pieces of memory that are sent as one.

extension Aio {
  /// Buffers in their order, owned.  Corresponds to `IOVec`.
  public struct IOVec: ~Copyable, @unchecked Sendable {
    private var parts: [Buffer.Parts] = []

    /// No buffers.
    public init() {}

    /// One buffer.
    public init(_ buffer: consuming Buffer) { parts.append(buffer.unwrap()) }

    deinit { for part in parts { _ = Buffer(part) } }

    /// How many buffers there are.
    public var count: Int { parts.count }

    /// How many bytes there are in all buffers.
    public var byteCount: Int { parts.reduce(0) { $0 + Int($1.end - $1.start) } }

    /// Adds a buffer behind the others.
    public mutating func append(_ buffer: consuming Buffer) { parts.append(buffer.unwrap()) }

    /// Takes the first buffer out; nil if there is none.
    public mutating func takeFirst() -> Buffer? {
      parts.isEmpty ? nil : Buffer(parts.removeFirst())
    }
  }
}
