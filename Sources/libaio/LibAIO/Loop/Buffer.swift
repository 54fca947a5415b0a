// Buffers with one owner: theory of operation.
//
// Problem.  Received bytes must outlive the callback that is told of them: they wait to be sent on,
// to be parsed with what follows, or for another thread.  A copy for each is what makes fat
// runtimes fat.
//
// Shape.  A pool is a piece of memory cut into equal blocks.  A `Buffer` owns one block, or memory
// of its own, and lends its bytes as a span.  Dropping it brings the block home: directly on the
// pool's thread, and by a lock-free stack from any other, which the pool's thread empties.
//
// Invariants.
//   B1  A block is with the pool, with the kernel, or in exactly one Buffer.
//   B2  A pool lives until all its blocks are home: buffers may outlive their loop.
//
// Cost.  Two loads and two stores to take and to give; one compare-and-swap from foreign threads.

extension Aio {
  /// Bytes that are owned: received, or to be sent.
  ///
  /// Dropped on any thread, it goes home.
  @safe public struct Buffer: ~Copyable, @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    /// The first byte and the end of what is valid, relative to `base`.
    private var start: UInt32
    private var end: UInt32
    private let size: UInt32
    private let home: Unmanaged<BufferPool>?

    /// - Parameter headroom: bytes before the valid ones.
    init(
      base: UnsafeMutableRawPointer, headroom: UInt32 = 0, count: UInt32, capacity: UInt32,
      home: Unmanaged<BufferPool>?
    ) {
      assert(headroom + count <= capacity)
      unsafe self.base = unsafe base
      start = headroom
      end = headroom + count
      size = capacity
      unsafe self.home = unsafe home
    }

    /// Memory of its own has its capacity in front.
    private static let headerSize = 16

    /// An empty buffer with memory of its own for `capacity` bytes, less than 4 GiB.
    public init(capacity: Int) {
      precondition(capacity >= 0 && capacity < Int(UInt32.max), "a buffer is smaller than 4 GiB")
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: Self.headerSize + capacity, alignment: Self.headerSize)
      unsafe memory.storeBytes(of: UInt32(capacity), as: UInt32.self)
      unsafe base = memory + Self.headerSize
      start = 0
      end = 0
      size = UInt32(capacity)
      unsafe home = nil
    }

    /// An empty buffer with memory of its own for `capacity` bytes behind `headroom` others.
    init(headroom: Int, capacity: Int) {
      self.init(capacity: headroom + capacity)
      start = UInt32(headroom)
      end = start
    }

    /// A buffer with memory of its own, holding a copy of `bytes`.
    public init(_ bytes: Span<UInt8>) {
      self.init(capacity: bytes.count)
      _ = unsafe bytes.withUnsafeBytes { unsafe append($0) }
    }

    /// A buffer with memory of its own, holding a copy of `bytes`.
    init(copying bytes: UnsafeRawBufferPointer) {
      self.init(unsafe Span(_unsafeElements: bytes.bindMemory(to: UInt8.self)))
    }

    /// A buffer with memory of its own, holding a copy of `bytes`.
    public init(_ bytes: [UInt8]) { self.init(bytes.span) }

    /// A buffer with memory of its own, holding the text as UTF-8.
    public init(_ text: String) { self.init(Array(text.utf8)) }

    deinit {
      if let pool = unsafe home {
        unsafe pool._withUnsafeGuaranteedRef { unsafe $0.give(base) }
      } else {
        unsafe (base - Self.headerSize).deallocate()
      }
    }

    /// How many bytes are valid.
    public var count: Int { Int(end - start) }

    /// Whether no byte is valid.
    public var isEmpty: Bool { end == start }

    /// How many bytes could follow the valid ones.
    public var room: Int { Int(size - end) }

    /// How many bytes it can hold in all.
    public var capacity: Int { Int(size) }

    /// The valid bytes, lent for the length of the call.
    public borrowing func withBytes<Result>(
      _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
      try unsafe body(UnsafeRawBufferPointer(start: base + Int(start), count: count))
    }

    /// The byte at `index` of the valid ones.
    public subscript(index: Int) -> UInt8 {
      precondition(index >= 0 && index < count, "beyond the bytes of the buffer")
      return unsafe base.load(fromByteOffset: Int(start) + index, as: UInt8.self)
    }

    /// The memory before the valid bytes.
    borrowing func withHeadroom<Result>(
      _ body: (UnsafeMutableRawBufferPointer) throws -> Result
    ) rethrows -> Result {
      try unsafe body(UnsafeMutableRawBufferPointer(start: base, count: Int(start)))
    }

    /// Forgets the first `count` valid bytes.
    public mutating func removeFirst(_ count: Int) {
      precondition(count >= 0 && count <= self.count, "fewer bytes than that")
      start += UInt32(count)
    }

    /// Forgets all valid bytes, so that the buffer can be filled again.
    public mutating func removeAll() {
      start = 0
      end = 0
    }

    /// Appends what fits of `bytes`, and says how much that was.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) -> Int {
      let taken = min(bytes.count, room)
      guard taken > 0, let source = bytes.baseAddress else { return 0 }
      unsafe (base + Int(end)).copyMemory(from: source, byteCount: taken)
      end += UInt32(taken)
      return taken
    }

    /// Fills the room with what `source` puts there, and says how much that was.
    ///
    /// - Parameter source: given the room, returns how many bytes of it are valid from now on.
    public mutating func fill<Failure: Error>(
      _ source: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Int {
      let count = try unsafe source(
        UnsafeMutableRawBufferPointer(start: base + Int(end), count: room))
      precondition(count >= 0 && count <= room, "a source fills its room at most")
      end += UInt32(count)
      return count
    }

    /// Gives the parts up: whoever takes them must make a Buffer of them again.
    consuming func unwrap() -> Parts {
      let parts = unsafe Parts(base: base, start: start, end: end, home: home)
      discard self
      return parts
    }

    /// A buffer taken apart.
    @safe struct Parts {
      let base: UnsafeMutableRawPointer
      let start: UInt32
      let end: UInt32
      let home: Unmanaged<BufferPool>?
    }

    /// Puts together what `unwrap` took apart.
    @inline(__always)
    init(_ parts: Parts) {
      unsafe base = unsafe parts.base
      start = parts.start
      end = parts.end
      unsafe home = unsafe parts.home
      if let pool = unsafe parts.home {
        size = unsafe pool._withUnsafeGuaranteedRef { UInt32(truncatingIfNeeded: $0.blockSize) }
      } else {
        size = unsafe (parts.base - Self.headerSize).load(as: UInt32.self)
      }
    }
  }
}
