// Bytes as text in base 64, 32 and 16, as Plan 9 spells them.
//
//     enc64   A-Z a-z 0-9 + /                  padded with = to groups of four
//     enc32   23456789 a-k m n p-z             no 0 1 l o, which look alike; not padded
//     enc16   0-9 A-F
//
// Corresponds to `encode(3)`.  Not the serialization of LibEncode.

private let letters64 = Array(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
private let letters32 = Array("23456789abcdefghijkmnpqrstuvwxyz".utf8)
private let letters16 = Array("0123456789ABCDEF".utf8)

/// Divides `bytes` into groups of `width` bits, the last filled up with zeros.
private func encode(_ bytes: [UInt8], _ letters: [UInt8], width: Int) -> [UInt8] {
  var text: [UInt8] = []
  text.reserveCapacity(bytes.count * 8 / width + 4)
  var bits: UInt32 = 0
  var count = 0
  for byte in bytes {
    bits = bits << 8 | UInt32(byte)
    count += 8
    while count >= width {
      count -= width
      text.append(letters[Int(bits >> UInt32(count)) & (letters.count - 1)])
    }
  }
  if count > 0 { text.append(letters[Int(bits << UInt32(width - count)) & (letters.count - 1)]) }
  return text
}

/// Joins values of `width` bits to bytes; bits that fill no byte are dropped.
private func decode(_ values: some Sequence<UInt8>, width: Int) -> [UInt8] {
  var bytes: [UInt8] = []
  var bits: UInt32 = 0
  var count = 0
  for value in values {
    bits = bits << UInt32(width) | UInt32(value)
    count += width
    if count >= 8 {
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
  }
  return bytes
}

private func value(of letter: UInt8, in letters: [UInt8]) -> UInt8? {
  letters.firstIndex(of: letter).map { UInt8($0) }
}

/// `bytes` in base 64, padded.  Corresponds to `enc64`.
public func enc64(_ bytes: [UInt8]) -> String {
  var text = encode(bytes, letters64, width: 6)
  while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
  return String(decoding: text, as: UTF8.self)
}

/// `bytes` in Plan 9's base 32.  Corresponds to `enc32`.
public func enc32(_ bytes: [UInt8]) -> String {
  String(decoding: encode(bytes, letters32, width: 5), as: UTF8.self)
}

/// `bytes` in base 16, capital.  Corresponds to `enc16`.
public func enc16(_ bytes: [UInt8]) -> String {
  String(decoding: encode(bytes, letters16, width: 4), as: UTF8.self)
}

/// The bytes that `text` stands for in base 64; what is no letter of it is skipped.
///
/// Corresponds to `dec64`.
public func dec64(_ text: [UInt8]) -> [UInt8] {
  decode(text.lazy.compactMap { value(of: $0, in: letters64) }, width: 6)
}

/// The bytes that `text` stands for in Plan 9's base 32; nil if no bytes have that many letters.
///
/// What is no letter of it counts as 0, as in Plan 9.  Corresponds to `dec32`.
public func dec32(_ text: [UInt8]) -> [UInt8]? {
  if [1, 3, 6].contains(text.count % 8) { return nil }
  return decode(text.lazy.map { value(of: $0, in: letters32) ?? 0 }, width: 5)
}

/// The bytes that `text` stands for in base 16, in any case; what is no digit is skipped, and an
/// odd last digit too.  Corresponds to `dec16`.
public func dec16(_ text: [UInt8]) -> [UInt8] {
  decode(
    text.lazy.compactMap { value(of: 0x61...0x66 ~= $0 ? $0 & 0xDF : $0, in: letters16) },
    width: 4)
}

extension Plan9 {
  /// What plan9port's `enc32` answers: of two to four bytes at the end the last bits are lost.
  ///
  /// Where n bytes are left, n + 1 letters are written, and only the bits of n - 1 bytes count for
  /// the last; two bytes want four letters, three want five, four want seven.
  public static func enc32(_ bytes: [UInt8]) -> String {
    let left = bytes.count % 5
    if left < 2 { return Lib9c.enc32(bytes) }
    let whole = Lib9c.enc32(Array(bytes.dropLast(left)))
    // Of two bytes the first 15 bits are told, of three and four all but the last byte.
    let told = left == 2 ? bytes.suffix(2) : bytes.suffix(left).dropLast()
    return whole
      + Lib9c.enc32(Array(told)).unicodeScalars.prefix(left + 1).map(String.init).joined()
  }
}
