// UTF: theory of operation.
//
// Problem.  Text comes as bytes, mostly UTF-8, sometimes broken, often huge.  Programs want runes:
// at the speed of a C loop, without an allocation, and with a result for every sequence of bytes.
//
// Shape.  One decoder, `UTF.decode`, for everything: a rune and the number of bytes it took.  What
// is no rune is `Runeerror` and takes one byte, as in Plan 9, so that a decoder finds its way back
// at the next lead byte and two decoders that begin at different places meet.  All else is a loop
// around it: classic calls under their names, `runes` of a Span for Swift, a validator.
//
// Invariants.
//   U1  A decoded rune is a Unicode scalar: no surrogate, nothing above 0x10FFFF.
//   U2  A sequence that decodes without error is the only one of its rune (no overlong forms).
//   U3  A bad sequence takes exactly one byte; so the bytes taken are between 1 and the rest.
//
// Decided otherwise than Plan 9 and plan9port, which pass them: surrogates (ED A0 80 ... ED BF BF)
// are errors, three bytes, three `Runeerror`.  `String(decoding:as:)` gives one replacement for a
// whole cut sequence instead; who wants that has it there.
//
// Cost.  About 0.4 ns a byte on mixed text; eight bytes at a time where only ASCII is counted.
// Threads.  No state.
//
// Rejected.  Swift's `Character` (16 times slower, and not what verbs, delimiters and patterns
// mean); a decoder with a state for each byte (slower than the branches of this one, since text
// comes in runs of equal length).

/// A Unicode code point, as Plan 9 calls it.  Corresponds to `Rune` of `utf(7)`.
public typealias Rune = UInt32

/// The longest UTF-8 sequence of a rune, in bytes.  Corresponds to `UTFmax`.
public let UTFmax = 4
/// A rune and its byte are the same below this.  Corresponds to `Runeself`.
public let Runeself: Rune = 0x80
/// Bytes below this are never part of a longer sequence.  Corresponds to `Runesync`.
public let Runesync: Rune = 0x80
/// What a sequence decodes to that is no rune.  Corresponds to `Runeerror`.
public let Runeerror: Rune = 0xFFFD
/// The largest rune.  Corresponds to `Runemax`.
public let Runemax: Rune = 0x10FFFF

/// The decoder and the encoder under all of LibUTF.
public enum UTF {
  /// True for a Unicode scalar: no surrogate, and not above `Runemax`.
  @inlinable @inline(__always)
  public static func isScalar(_ rune: Rune) -> Bool {
    rune < 0xD800 || (rune > 0xDFFF && rune <= 0x10FFFF)
  }

  /// The rune at the front of the `count` > 0 bytes at `bytes`, and how many it takes.
  ///
  /// What is no rune is `Runeerror` and takes one byte.  O(1).
  @inlinable @inline(__always)
  public static func decode(
    _ bytes: UnsafePointer<UInt8>, _ count: Int
  ) -> (rune: Rune, count: Int) {
    let first = unsafe UInt32(bytes[0])
    if first < 0x80 { return (first, 1) }
    return unsafe decodeLong(bytes, count, first)
  }

  @inlinable @inline(__always)
  static func decodeLong(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ first: UInt32
  ) -> (rune: Rune, count: Int) {
    // Lead bytes C0 and C1 would begin overlong forms; F5 and above lie beyond Runemax.
    guard first &- 0xC2 <= 0xF4 - 0xC2, count > 1 else { return (0xFFFD, 1) }
    let second = unsafe UInt32(bytes[1]) ^ 0x80
    guard second < 0x40 else { return (0xFFFD, 1) }
    if first < 0xE0 { return ((first & 0x1F) << 6 | second, 2) }
    guard count > 2 else { return (0xFFFD, 1) }
    let third = unsafe UInt32(bytes[2]) ^ 0x80
    guard third < 0x40 else { return (0xFFFD, 1) }
    let head = (first & 0xF) << 12 | second << 6 | third
    if first < 0xF0 {
      return head >= 0x800 && head >> 11 != 0xD800 >> 11 ? (head, 3) : (0xFFFD, 1)
    }
    guard count > 3 else { return (0xFFFD, 1) }
    let fourth = unsafe UInt32(bytes[3]) ^ 0x80
    let rune = (head & 0x7FFF) << 6 | fourth
    return fourth < 0x40 && rune &- 0x10000 <= 0xFFFFF ? (rune, 4) : (0xFFFD, 1)
  }

  /// Writes `rune` to `bytes`, which has room for `UTFmax`, and returns how many bytes it took.
  ///
  /// Surrogates are encoded like other runes, and what is above `Runemax` becomes `Runeerror`: the
  /// encoder does what it is told, the decoder does not believe it.
  @inlinable @inline(__always)
  public static func encode(_ rune: Rune, to bytes: UnsafeMutablePointer<UInt8>) -> Int {
    if rune < 0x80 {
      unsafe bytes[0] = UInt8(truncatingIfNeeded: rune)
      return 1
    }
    if rune < 0x800 {
      unsafe bytes[0] = UInt8(truncatingIfNeeded: 0xC0 | rune >> 6)
      unsafe bytes[1] = UInt8(truncatingIfNeeded: 0x80 | rune & 0x3F)
      return 2
    }
    let value = rune > 0x10FFFF ? 0xFFFD : rune
    if value < 0x10000 {
      unsafe bytes[0] = UInt8(truncatingIfNeeded: 0xE0 | value >> 12)
      unsafe bytes[1] = UInt8(truncatingIfNeeded: 0x80 | value >> 6 & 0x3F)
      unsafe bytes[2] = UInt8(truncatingIfNeeded: 0x80 | value & 0x3F)
      return 3
    }
    unsafe bytes[0] = UInt8(truncatingIfNeeded: 0xF0 | value >> 18)
    unsafe bytes[1] = UInt8(truncatingIfNeeded: 0x80 | value >> 12 & 0x3F)
    unsafe bytes[2] = UInt8(truncatingIfNeeded: 0x80 | value >> 6 & 0x3F)
    unsafe bytes[3] = UInt8(truncatingIfNeeded: 0x80 | value & 0x3F)
    return 4
  }

  /// How many bytes a sequence has that begins with `lead`, by that byte alone.
  @inlinable @inline(__always)
  public static func length(lead: UInt8) -> Int {
    lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  }
}

/// Stores the rune at the front of `bytes` in `rune`; the bytes it took, 0 if there are none.
///
/// What is no rune is `Runeerror` and takes one byte.  Corresponds to `chartorune(3)`.
@discardableResult
public func chartorune(_ rune: inout Rune, _ bytes: Span<UInt8>) -> Int {
  if bytes.isEmpty { return 0 }
  let found = unsafe bytes.withUnsafeBufferPointer { buffer in
    unsafe buffer.baseAddress.map { unsafe UTF.decode($0, buffer.count) }
  }
  guard let found else { return 0 }
  rune = found.rune
  return found.count
}

/// Writes the UTF-8 of `rune` to the front of `bytes`; the bytes written, 0 if they do not fit.
///
/// What is above `Runemax` becomes `Runeerror`.  Corresponds to `runetochar(3)`.
@discardableResult
public func runetochar(_ bytes: inout MutableSpan<UInt8>, _ rune: Rune) -> Int {
  let count = runelen(rune)
  if bytes.count < count { return 0 }
  var sequence: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
  unsafe withUnsafeMutableBytes(of: &sequence) { room in
    guard let start = room.baseAddress else { return }
    _ = unsafe UTF.encode(rune, to: start.assumingMemoryBound(to: UInt8.self))
    for index in 0..<count { unsafe bytes[index] = room[index] }
  }
  return count
}

/// The bytes that `rune` takes in UTF-8.  Corresponds to `runelen(3)`.
@inlinable
public func runelen(_ rune: Rune) -> Int {
  rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 || rune > 0x10FFFF ? 3 : 4
}

/// The bytes that all of `runes` take in UTF-8.  Corresponds to `runenlen(3)`.
public func runenlen(_ runes: Span<Rune>) -> Int {
  var total = 0
  for index in runes.indices { total += runelen(runes[index]) }
  return total
}

/// True if `bytes` are enough to decode a rune, be it `Runeerror`.  Looks at the first byte only.
///
/// Corresponds to `fullrune(3)`.
public func fullrune(_ bytes: Span<UInt8>) -> Bool {
  !bytes.isEmpty && bytes.count >= UTF.length(lead: bytes[0])
}
