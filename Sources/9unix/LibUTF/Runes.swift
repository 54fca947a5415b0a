// Runes one after the other, borrowed from where the bytes are; and whether bytes are UTF-8 at all.

/// The runes of bytes that somebody else holds; what is no rune comes as `Runeerror`.
///
///     var runes = line.runes
///     while let rune = runes.next() { ... }
///
/// Lives no longer than the bytes.  No allocation, no copy.
@safe public struct Runes: ~Escapable {
  @usableFromInline var cursor: UnsafePointer<UInt8>?
  @usableFromInline var rest: Int

  /// The runes of `bytes`.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) {
    let buffer = unsafe bytes.withUnsafeBufferPointer { unsafe $0 }
    unsafe cursor = buffer.baseAddress
    rest = buffer.count
  }

  /// The next rune, or nil at the end.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  public mutating func next() -> Rune? {
    guard rest > 0, let start = unsafe cursor else { return nil }
    let found = unsafe UTF.decode(start, rest)
    unsafe cursor = start + found.count
    rest &-= found.count
    return found.rune
  }

  /// How many bytes have not been read.
  @inlinable public var bytesLeft: Int { rest }
}

extension Span where Element == UInt8 {
  /// The runes of these bytes, what is no rune as `Runeerror`.
  @inlinable public var runes: Runes {
    @_lifetime(copy self)
    get { Runes(self) }
  }
}

extension UTF {
  /// Calls `body` with each rune of `bytes` and the offset of its first byte.
  @inlinable @inline(__always)
  public static func forEachRune<Failure: Error>(
    in bytes: Span<UInt8>, _ body: (_ rune: Rune, _ offset: Int) throws(Failure) -> Void
  ) throws(Failure) {
    try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in
      guard let start = buffer.baseAddress else { return }
      var offset = 0
      while offset < buffer.count {
        let found = unsafe decode(start + offset, buffer.count - offset)
        try body(found.rune, offset)
        offset &+= found.count
      }
    }
  }

  /// The offset of the first byte that is not part of valid UTF-8, or nil if all are.
  ///
  /// Strict: overlong forms, surrogates and what is above `Runemax` are invalid.
  public static func firstInvalid(in bytes: Span<UInt8>) -> Int? {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return nil }
      var offset = 0
      while offset < buffer.count {
        offset += unsafe asciiPrefix(start + offset, buffer.count - offset)
        if offset == buffer.count { break }
        let found = unsafe decode(start + offset, buffer.count - offset)
        // U2, U3: only an error is FFFD in one byte.
        if found.count == 1 && found.rune == Runeerror { return offset }
        offset += found.count
      }
      return nil
    }
  }

  /// True if `bytes` are valid UTF-8.
  public static func isValid(_ bytes: Span<UInt8>) -> Bool { firstInvalid(in: bytes) == nil }

  /// How many bytes at the front are ASCII, counted by eights as far as that goes.
  @inlinable @inline(__always)
  static func asciiPrefix(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var offset = 0
    let raw = unsafe UnsafeRawPointer(bytes)
    while offset &+ 8 <= count {
      let word = unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      let high = UInt64(littleEndian: word) & 0x8080_8080_8080_8080
      if high != 0 { return offset &+ high.trailingZeroBitCount >> 3 }
      offset &+= 8
    }
    while offset < count, unsafe bytes[offset] < 0x80 { offset &+= 1 }
    return offset
  }

  /// The number of runes in `bytes`, each bad byte being one.
  public static func countRunes(_ bytes: Span<UInt8>) -> Int {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      var offset = 0
      var count = 0
      while offset < buffer.count {
        let run = unsafe asciiPrefix(start + offset, buffer.count - offset)
        offset += run
        count += run
        while offset < buffer.count, unsafe start[offset] >= 0x80 {
          offset &+= unsafe decode(start + offset, buffer.count - offset).count
          count &+= 1
        }
      }
      return count
    }
  }
}
