// Bytes in letters: %H (hexadecimal), %[ (base 64), %< (base 32); and %M, the mode of a file.

import LibUTF

/// The alphabets of `encode(3)`.
enum Alphabet {
  static let hex: StaticString = "0123456789abcdef"
  static let base32: StaticString = "23456789abcdefghijkmnpqrstuvwxyz"
  static let base64: StaticString =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
}

extension Fmt {
  /// As many bytes as the precision says, in the letters of the verb.
  ///
  /// Without one all bytes are printed; but a C pointer, which does not know how many there are,
  /// prints as `<encodefmt>` then (see `feed(classic:)`).
  mutating func printEncoded(_ bytes: UnsafeBufferPointer<UInt8>) {
    let count = flags.contains(.precision) ? min(precision, bytes.count) : bytes.count
    let shown = unsafe UnsafeBufferPointer(rebasing: bytes[..<max(0, count)])
    // Precision was the number of bytes; letters are padded to the width.
    switch position.verb {
    case 0x5B: unsafe printLetters(unsafe shown, Alphabet.base64, bits: 6, isPadded: true)
    case 0x3C: unsafe printLetters(unsafe shown, Alphabet.base32, bits: 5, isPadded: false)
    default: unsafe printLetters(unsafe shown, Alphabet.hex, bits: 4, isPadded: false)
    }
  }

  private mutating func printLetters(
    _ bytes: UnsafeBufferPointer<UInt8>, _ letters: StaticString, bits: Int, isPadded: Bool
  ) {
    // Two bytes behind whole groups of five get three letters of base 32, as in plan9port, which
    // loses their last bit.
    let isShort = bits == 5 && bytes.count % 5 == 2
    let letterCount = (bytes.count * 8 + (isShort ? 0 : bits - 1)) / bits
    let total = isPadded ? (bytes.count + 2) / 3 * 4 : letterCount
    let isUpper = bits == 4 && !flags.contains(.long)
    let mask = 1 << bits - 1
    padLeft(total)
    letters.withUTF8Buffer { alphabet in
      var pending = 0
      var pendingBits = 0
      var index = 0
      for _ in 0..<letterCount {
        while pendingBits < bits {
          let next = index < bytes.count ? unsafe Int(bytes[index]) : 0
          pending = (pending << 8 | next) & 0xFFFF
          pendingBits += 8
          index += 1
        }
        pendingBits -= bits
        var letter = unsafe alphabet[pending >> pendingBits & mask]
        if isUpper && letter >= 0x61 { letter -= 0x20 }
        put(byte: letter)
      }
    }
    fill(0x3D, total - letterCount)
    padRight(total)
  }

  /// The mode of a directory entry in eleven letters, such as `d-rwxr-xr-x`.
  ///
  /// Corresponds to `dirmodefmt`.
  mutating func printMode(_ mode: UInt32) {
    var letters = InlineArray<11, UInt8>(repeating: 0x2D)
    letters[0] = Self.kindLetter(mode)
    if mode & 0x2000_0000 != 0 { letters[1] = UInt8(ascii: "l") }
    if mode & 0x0200_0000 != 0 { letters[1] = UInt8(ascii: "L") }
    for index in 0..<9 {
      let names: (UInt8, UInt8, UInt8) = (0x72, 0x77, 0x78)
      let letter = index % 3 == 0 ? names.0 : index % 3 == 1 ? names.1 : names.2
      if mode & (0o400 >> UInt32(index)) != 0 { letters[2 + index] = letter }
    }
    printString(letters.span)
  }

  private static func kindLetter(_ mode: UInt32) -> UInt8 {
    if mode & 0x8000_0000 != 0 { return UInt8(ascii: "d") }
    if mode & 0x4000_0000 != 0 { return UInt8(ascii: "a") }
    if mode & 0x0800_0000 != 0 { return UInt8(ascii: "A") }
    if mode & 0x0080_0000 != 0 { return UInt8(ascii: "D") }
    if mode & 0x0010_0000 != 0 { return UInt8(ascii: "S") }
    if mode & 0x0020_0000 != 0 { return UInt8(ascii: "P") }
    return UInt8(ascii: "-")
  }
}
