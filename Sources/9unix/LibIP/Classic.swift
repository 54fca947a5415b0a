// ip(3) by its names, and Plan 9's answers to what is no address.

public import Lib9c

/// The address that `text` is.  See `IPAddress.parse`.  `parseip(3)`.
public func parseip(_ text: String) throws(IPError) -> IPAddress { try IPAddress.parse(text) }

/// The mask that `text` is.  See `IPAddress.parseMask`.  `parseipmask(3)`.
public func parseipmask(_ text: String) throws(IPError) -> IPAddress {
  try IPAddress.parseMask(text)
}

/// The Ethernet address that `text` is.  See `EtherAddress.parse`.  `parseether(3)`.
public func parseether(_ text: String) throws(IPError) -> EtherAddress {
  try EtherAddress.parse(text)
}

/// The network of an address.  `maskip(3)`.
public func maskip(_ address: IPAddress, _ mask: IPAddress) -> IPAddress { address & mask }

/// True if two addresses are the same, all sixteen bytes.  `equivip(3)`, `equivip6(3)`.
public func equivip(_ left: IPAddress, _ right: IPAddress) -> Bool { left == right }

/// The mask of an address's class.  See `IPAddress.defaultMask`.  `defmask(3)`.
public func defmask(_ address: IPAddress) -> IPAddress { address.defaultMask }

/// True for an IPv4 address.  `isv4(3)`.
public func isv4(_ address: IPAddress) -> Bool { address.isV4 }

/// The address that maps an IPv4 address, the first byte highest in the number.  `v4tov6(3)`.
public func v4tov6(_ v4: UInt32) -> IPAddress { IPAddress(v4: v4) }

/// The IPv4 address that is mapped; nil if it is none.  `v6tov4(3)`.
public func v6tov4(_ address: IPAddress) -> UInt32? { address.v4 }

/// The Internet checksum of `bytes`: the sum of big-endian words in one's complement.
///
/// It is stored as it is where the field was 0; over a packet with its checksum in place it is
/// 0xFFFF.  The complement is the caller's: `~ptclbsum(bytes)` goes into the packet.  O(count).
/// `ptclbsum(3)`.
public func ptclbsum(_ bytes: Span<UInt8>) -> UInt16 {
  var sum: UInt64 = 0
  var index = 0
  while index + 1 < bytes.count {
    sum &+= UInt64(bytes[index]) << 8 | UInt64(bytes[index + 1])
    index += 2
  }
  if index < bytes.count { sum &+= UInt64(bytes[index]) << 8 }
  while sum > 0xFFFF { sum = (sum >> 16) + (sum & 0xFFFF) }
  return UInt16(sum)
}

/// Stores `value` at `offset`, the high byte first.  `hnputs(3)`.
public func hnputs(_ bytes: inout MutableSpan<UInt8>, _ offset: Int, _ value: UInt16) {
  put(&bytes, offset, value)
}

/// Stores `value` at `offset`, the high byte first.  `hnputl(3)`.
public func hnputl(_ bytes: inout MutableSpan<UInt8>, _ offset: Int, _ value: UInt32) {
  put(&bytes, offset, value)
}

/// Stores `value` at `offset`, the high byte first.  `hnputv(3)`.
public func hnputv(_ bytes: inout MutableSpan<UInt8>, _ offset: Int, _ value: UInt64) {
  put(&bytes, offset, value)
}

/// The word at `offset`, the high byte first.  `nhgets(3)`.
public func nhgets(_ bytes: Span<UInt8>, _ offset: Int) -> UInt16 { get(bytes, offset) }

/// The word at `offset`, the high byte first.  `nhgetl(3)`.
public func nhgetl(_ bytes: Span<UInt8>, _ offset: Int) -> UInt32 { get(bytes, offset) }

/// The word at `offset`, the high byte first.  `nhgetv(3)`.
public func nhgetv(_ bytes: Span<UInt8>, _ offset: Int) -> UInt64 { get(bytes, offset) }

private func put<Word: FixedWidthInteger>(
  _ bytes: inout MutableSpan<UInt8>, _ offset: Int, _ value: Word
) {
  let size = Word.bitWidth / 8
  for index in 0..<size {
    bytes[offset + index] = UInt8(truncatingIfNeeded: value >> Word(8 * (size - 1 - index)))
  }
}

private func get<Word: FixedWidthInteger>(_ bytes: Span<UInt8>, _ offset: Int) -> Word {
  var value: Word = 0
  for index in 0..<Word.bitWidth / 8 { value = value << 8 | Word(bytes[offset + index]) }
  return value
}

extension Plan9 {
  /// The address that plan9port makes of `text`, whatever it is: it never fails.
  ///
  /// A part of an IPv4 address may be octal or hexadecimal and wraps at 256, groups wrap at
  /// 65536, and what follows is ignored.
  public static func parseip(_ text: String) -> IPAddress {
    var bytes = [UInt8](repeating: 0, count: 16)
    let input = Array(text.utf8)
    var at = 0
    var filled = 0
    var gap = 0
    var isV4 = true
    while filled < 16 && at < input.count {
      let (value, next) = number(input, at, radix: 16)
      if byte(input, next) == UInt8(ascii: ".") || (next == input.count && filled == 0) {
        let v4 = IPAddress.spread(parts(input, at))
        for index in 0..<4 where filled + index < 16 { bytes[filled + index] = v4[index] }
        filled += 4
        break
      }
      bytes[filled] = UInt8(truncatingIfNeeded: value >> 8)
      bytes[filled + 1] = UInt8(truncatingIfNeeded: value)
      filled += 2
      at = next
      if byte(input, at) == UInt8(ascii: ":") {
        isV4 = false
        at += 1
        if byte(input, at) == UInt8(ascii: ":") {
          gap = filled
          at += 1
        }
      }
    }
    if filled < 16 {
      let tail = Array(bytes[gap..<filled])
      bytes.replaceSubrange(
        gap..., with: [UInt8](repeating: 0, count: 16 - gap - tail.count) + tail)
    }
    if isV4 { bytes.replaceSubrange(10..<12, with: [0xFF, 0xFF]) }
    return IPAddress(bytes) ?? .none
  }

  /// The mask that plan9port makes of `text`, whatever it is.
  public static func parseipmask(_ text: String) -> IPAddress {
    guard text.hasPrefix("/") else {
      let mask = parseip(text)
      return mask.isV4 ? mask | IPAddress(prefixLength: 96) : mask
    }
    let digits = text.dropFirst().prefix { $0.isASCII && $0.isNumber }
    return IPAddress(prefixLength: min(Int(digits) ?? (digits.isEmpty ? 0 : 128), 128))
  }

  /// The Ethernet address that plan9port makes of `text`, and false if the text is too short.
  ///
  /// What is no digit counts as 0.
  public static func parseether(_ text: String) -> (EtherAddress, Bool) {
    let input = Array(text.utf8)
    var bytes = [UInt8](repeating: 0, count: 6)
    var at = 0
    for index in 0..<6 {
      if at + 1 >= input.count { return (EtherAddress(bytes) ?? EtherAddress(bits: 0), false) }
      bytes[index] = UInt8(
        truncatingIfNeeded: number(Array(input[at..<at + 2]), 0, radix: 16).value)
      at += 2
      if byte(input, at) == UInt8(ascii: ":") { at += 1 }
    }
    return (EtherAddress(bytes) ?? EtherAddress(bits: 0), true)
  }

  private static func byte(_ input: [UInt8], _ at: Int) -> UInt8? {
    at < input.count ? input[at] : nil
  }

  /// Up to four parts of an IPv4 address, each in any base.
  private static func parts(_ input: [UInt8], _ start: Int) -> [UInt8] {
    var result: [UInt8] = []
    var at = start
    while result.count < 4 && at < input.count {
      let (value, next) = number(input, at, radix: 0)
      result.append(UInt8(truncatingIfNeeded: value))
      at = byte(input, next) == UInt8(ascii: ".") ? next + 1 : next
    }
    return result
  }

  /// What `strtoul(3)` reads at `start`, and where it stops; no number is 0, and stops there.
  private static func number(
    _ input: [UInt8], _ start: Int, radix: Int
  ) -> (value: UInt, next: Int) {
    var at = start
    while let here = byte(input, at), here == 0x20 || (0x09...0x0D).contains(here) { at += 1 }
    let isNegative = byte(input, at) == UInt8(ascii: "-")
    if isNegative || byte(input, at) == UInt8(ascii: "+") { at += 1 }
    var base: UInt = UInt(radix)
    if radix != 10, byte(input, at) == 0x30, (byte(input, at + 1) ?? 0) | 0x20 == 0x78,
      digit(input, at + 2) < 16
    {
      base = 16
      at += 2
    } else if radix == 0 {
      base = byte(input, at) == 0x30 ? 8 : 10
    }
    let first = at
    var value: UInt = 0
    var overflows = false
    while digit(input, at) < base {
      let (product, high) = value.multipliedReportingOverflow(by: base)
      let (sum, carry) = product.addingReportingOverflow(digit(input, at))
      overflows = overflows || high || carry
      value = sum
      at += 1
    }
    if at == first { return (0, start) }
    if overflows { return (.max, at) }
    return (isNegative ? 0 &- value : value, at)
  }

  private static func digit(_ input: [UInt8], _ at: Int) -> UInt {
    switch byte(input, at) {
    case .some(let byte) where (0x30...0x39).contains(byte): UInt(byte - 0x30)
    case .some(let byte) where (0x61...0x7A).contains(byte | 0x20): UInt((byte | 0x20) - 0x57)
    default: .max
    }
  }
}
