// What follows a head: so many bytes, or chunks.

extension HTTP {
  /// Finds the end of a request's body, piece by piece, and the bytes that belong to it.
  ///
  /// Chunk extensions are passed over and trailers are read and forgotten, both within limits.
  public struct BodyDecoder: Sendable {
    /// The longest line between chunks, in bytes.
    public static let lineSizeMax = 256
    /// The most bytes of trailers.
    public static let trailerSizeMax = 4096

    private enum State: Sendable {
      /// Bytes of a body whose length is known, or of a chunk.
      case bytes(UInt64, isChunk: Bool)
      /// In the digits of a chunk's size.
      case size(UInt64, digits: Int)
      /// In an extension, which is passed over up to the end of the line.
      case extension_(UInt64, count: Int)
      /// Behind the carriage return of the line with the size.
      case sizeEnd(UInt64)
      /// Behind the bytes of a chunk: the carriage return, then the line feed.
      case chunkEnd, chunkFeed
      /// In the trailers, at the beginning of a line or within one.
      case trailer(count: Int, isAtStart: Bool)
      /// Behind a carriage return in the trailers.
      case trailerFeed(count: Int, isLast: Bool)
      case done
    }

    private var state: State

    /// A decoder for a body of `size`.
    public init(_ size: BodySize) {
      switch size {
      case .none: state = .done
      case .length(let count): state = count == 0 ? .done : .bytes(count, isChunk: false)
      case .chunked: state = .size(0, digits: 0)
      }
    }

    /// Whether the body is complete.
    public var isDone: Bool {
      if case .done = state { return true }
      return false
    }

    /// A piece of a body.
    public struct Piece: Equatable, Sendable {
      /// How many bytes of the input are done with.
      public var taken = 0
      /// The bytes among them that are the body's; may be none.
      public var data = Slice(from: 0, to: 0)
    }

    /// The next piece of the body in `bytes`.
    ///
    /// To be called again with what is left until all is taken or the body is done.
    public mutating func next(_ bytes: Span<UInt8>) throws(Fault) -> Piece {
      var piece = Piece()
      while piece.taken < bytes.count {
        switch state {
        case .done: return piece
        case .bytes(let left, let isChunk):
          let count = Int(min(UInt64(bytes.count - piece.taken), left))
          piece.data = Slice(from: piece.taken, to: piece.taken + count)
          piece.taken += count
          let rest = left - UInt64(count)
          state =
            rest > 0 ? .bytes(rest, isChunk: isChunk) : isChunk ? .chunkEnd : .done
          return piece
        default:
          state = try step(bytes[piece.taken])
          piece.taken += 1
        }
      }
      return piece
    }

    /// The state behind `byte`, which is no byte of the body.
    private func step(_ byte: UInt8) throws(Fault) -> State {
      switch state {
      case .size(let size, let digits): return try stepSize(byte, size, digits)
      case .extension_(let size, let count):
        if byte == Character8.carriageReturn { return .sizeEnd(size) }
        if byte < 0x20 && byte != Character8.tab || byte == 0x7F || count >= Self.lineSizeMax {
          throw Fault(400, "the extension of a chunk is wrong or too long")
        }
        return .extension_(size, count: count + 1)
      case .sizeEnd(let size):
        try expect(Character8.lineFeed, byte)
        return size == 0 ? .trailer(count: 0, isAtStart: true) : .bytes(size, isChunk: true)
      case .chunkEnd:
        try expect(Character8.carriageReturn, byte)
        return .chunkFeed
      case .chunkFeed:
        try expect(Character8.lineFeed, byte)
        return .size(0, digits: 0)
      case .trailer(let count, let isAtStart):
        if byte == Character8.carriageReturn {
          return .trailerFeed(count: count + 1, isLast: isAtStart)
        }
        if byte < 0x20 && byte != Character8.tab || byte == 0x7F || count >= Self.trailerSizeMax {
          throw Fault(400, "the trailers are wrong or too long")
        }
        return .trailer(count: count + 1, isAtStart: false)
      case .trailerFeed(let count, let isLast):
        try expect(Character8.lineFeed, byte)
        return isLast ? .done : .trailer(count: count + 1, isAtStart: true)
      case .bytes, .done: return state
      }
    }

    private func stepSize(
      _ byte: UInt8, _ size: UInt64, _ digits: Int
    ) throws(Fault) -> State {
      if let value = Character8.hex(byte) {
        // Sixteen digits fill the number; leading zeros count, too, so that they end.
        if digits == 16 { throw Fault(400, "the size of a chunk is too large") }
        return .size(size << 4 | UInt64(value), digits: digits + 1)
      }
      if digits == 0 { throw Fault(400, "a chunk has no size") }
      if byte == Character8.carriageReturn { return .sizeEnd(size) }
      if byte == UInt8(ascii: ";") { return .extension_(size, count: 0) }
      throw Fault(400, "the size of a chunk is no number")
    }

    private func expect(_ wanted: UInt8, _ byte: UInt8) throws(Fault) {
      if byte != wanted { throw Fault(400, "a chunk ends in something else than its size says") }
    }
  }
}
