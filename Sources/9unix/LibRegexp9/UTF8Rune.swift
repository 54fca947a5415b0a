// UTF-8 as Plan 9 reads it: one bad byte is one rune, U+FFFD.

/// Decoding and encoding of one rune.
enum UTF8Rune {
  /// The number of bytes that a lead byte announces; 0 if `byte` cannot begin a sequence.
  @inline(__always)
  static func announced(_ byte: UInt8) -> Int {
    if byte < 0x80 { return 1 }
    if byte < 0xC2 { return 0 }
    if byte < 0xE0 { return 2 }
    if byte < 0xF0 { return 3 }
    return byte < 0xF5 ? 4 : 0
  }

  /// True if `second` may follow the lead byte `first`: no overlong form, no surrogate.
  @inline(__always)
  static func isContinued(_ first: UInt8, by second: UInt8) -> Bool {
    switch first {
    case 0xE0: second >= 0xA0 && second < 0xC0
    case 0xED: second >= 0x80 && second < 0xA0
    case 0xF0: second >= 0x90 && second < 0xC0
    case 0xF4: second >= 0x80 && second < 0x90
    default: second & 0xC0 == 0x80
    }
  }

  /// The rune at `bytes[index]` and its size; a bad byte is U+FFFD of size 1.
  ///
  /// `index` is below `end`, and `bytes` has `end` bytes.
  @inline(__always)
  static func decode(
    _ bytes: UnsafePointer<UInt8>, _ index: Int, _ end: Int
  ) -> (rune: UInt32, size: Int) {
    let first = unsafe bytes[index]
    if first < 0x80 { return (UInt32(first), 1) }
    return unsafe decodeLong(first, bytes, index, end)
  }

  private static func decodeLong(
    _ first: UInt8, _ bytes: UnsafePointer<UInt8>, _ index: Int, _ end: Int
  ) -> (rune: UInt32, size: Int) {
    let size = announced(first)
    guard size >= 2, index + size <= end, unsafe isContinued(first, by: bytes[index + 1]) else {
      return (RuneSet.badRune, 1)
    }
    var rune = UInt32(first) & (0x7F >> UInt32(size))
    for offset in 1..<size {
      let byte = unsafe bytes[index + offset]
      if byte & 0xC0 != 0x80 { return (RuneSet.badRune, 1) }
      rune = rune << 6 | UInt32(byte & 0x3F)
    }
    return (rune, size)
  }

  /// The rune at the beginning of `bytes`, which are not empty.
  static func decode(_ bytes: some Collection<UInt8>) -> (rune: UInt32, size: Int) {
    let start = Array(bytes.prefix(4))
    return unsafe start.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return (RuneSet.badRune, 1) }
      return unsafe decode(base, 0, buffer.count)
    }
  }

  /// The bytes of `rune`.
  static func encode(_ rune: UInt32) -> [UInt8] {
    Array(String(Character(Unicode.Scalar(rune) ?? "\u{FFFD}")).utf8)
  }
}
