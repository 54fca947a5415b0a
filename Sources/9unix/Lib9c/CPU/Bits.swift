// Bits of words: the first, the last, the order of bytes, the distance.
//
// Positions count from 1, as BSD's do, so that 0 can say "there is none".  Each is one or two
// instructions; the names are those of the original, the width in the name is the argument's.

/// The position of the lowest bit that is set, from 1; 0 if none is.  `ffs32`, `ffs64`, `ffs(3)`.
@inlinable @inline(__always)
public func ffs32(_ word: UInt32) -> Int { word == 0 ? 0 : word.trailingZeroBitCount + 1 }

/// The position of the lowest bit that is set, from 1; 0 if none is.
@inlinable @inline(__always)
public func ffs64(_ word: UInt64) -> Int { word == 0 ? 0 : word.trailingZeroBitCount + 1 }

/// The position of the highest bit that is set, from 1; 0 if none is.  `fls(3)`.
@inlinable @inline(__always)
public func fls32(_ word: UInt32) -> Int { 32 - word.leadingZeroBitCount }

/// The position of the highest bit that is set, from 1; 0 if none is.
@inlinable @inline(__always)
public func fls64(_ word: UInt64) -> Int { 64 - word.leadingZeroBitCount }

/// The position of the lowest bit that is clear, from 1; 0 if none is.
@inlinable @inline(__always)
public func ffc32(_ word: UInt32) -> Int { ffs32(~word) }

/// The position of the lowest bit that is clear, from 1; 0 if none is.
@inlinable @inline(__always)
public func ffc64(_ word: UInt64) -> Int { ffs64(~word) }

/// The position of the highest bit that is clear, from 1; 0 if none is.
@inlinable @inline(__always)
public func flc32(_ word: UInt32) -> Int { fls32(~word) }

/// The position of the highest bit that is clear, from 1; 0 if none is.
@inlinable @inline(__always)
public func flc64(_ word: UInt64) -> Int { fls64(~word) }

/// The integral part of the logarithm to base 2; -1 for 0.  `ilog2_32`.
@inlinable @inline(__always)
public func ilog2(_ word: UInt32) -> Int { 31 - word.leadingZeroBitCount }

/// The integral part of the logarithm to base 2; -1 for 0.  `ilog2_64`.
@inlinable @inline(__always)
public func ilog2(_ word: UInt64) -> Int { 63 - word.leadingZeroBitCount }

/// The word with its bytes in the other order.
@inlinable @inline(__always)
public func bswap16(_ word: UInt16) -> UInt16 { word.byteSwapped }

/// The word with its bytes in the other order.
@inlinable @inline(__always)
public func bswap32(_ word: UInt32) -> UInt32 { word.byteSwapped }

/// The word with its bytes in the other order.
@inlinable @inline(__always)
public func bswap64(_ word: UInt64) -> UInt64 { word.byteSwapped }

/// The number of bits in which two arrays of the same length differ.  `hamming_distance`.
///
/// O(count), eight bytes at a time.
///
/// - Precondition: the lengths are equal.
public func hammingDistance(_ left: RawSpan, _ right: RawSpan) -> Int {
  precondition(left.byteCount == right.byteCount, "the distance of arrays of the same length")
  var distance = 0
  var offset = 0
  while offset <= left.byteCount - 8 {
    let here = unsafe left.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    let there = unsafe right.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    distance += (here ^ there).nonzeroBitCount
    offset += 8
  }
  while offset < left.byteCount {
    let here = unsafe left.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    let there = unsafe right.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    distance += (here ^ there).nonzeroBitCount
    offset += 1
  }
  return distance
}

/// The number of bits in which two arrays of the same length differ.  `hamming_distance`.
public func hammingDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  unsafe hammingDistance(left.span.bytes, right.span.bytes)
}
