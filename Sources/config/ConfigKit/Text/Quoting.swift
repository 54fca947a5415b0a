// Quoting: one name, written for each reader.

/// How names and texts are written for shells, makes, Ninja, JSON and C.
enum Quoting {
  /// True if the bytes need no quoting anywhere: shells, both makes and Ninja take them as they
  /// are, also as targets and prerequisites.
  static func isPlain(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.allSatisfy { isPlain($0) }
  }

  /// True for letters, digits and `_ . / + - , @`: a bit for each byte below 128.
  @inline(__always)
  static func isPlain(_ byte: UInt8) -> Bool {
    let bits: UInt64 = byte < 64 ? 0x03FF_F800_0000_0000 : 0x07FF_FFFE_87FF_FFFF
    return byte < 128 && (bits >> UInt64(byte & 63)) & 1 == 1
  }

  /// `bytes` as one word of a shell command.
  static func shell(_ bytes: some Collection<UInt8>) -> [UInt8] {
    if isPlain(bytes) && !bytes.isEmpty { return Array(bytes) }
    var result = [Byte.apostrophe]
    for byte in bytes {
      if byte == Byte.apostrophe {
        result.append(contentsOf: "'\\''".utf8)
      } else {
        result.append(byte)
      }
    }
    return result + [Byte.apostrophe]
  }

  /// A name with only plain bytes that no other name has: others become `+` and two hex digits.
  ///
  /// `+` means nothing to make or the shell.  With `^`, a metacharacter to both makes, each
  /// compilation went through /bin/sh: 12.1 s of CPU for 10,000 of them, not 5.5 s.  Nor does
  /// Ninja read `^` in depfiles.
  static func encoded(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    if bytes.allSatisfy({ isPlain($0) && $0 != escape }) { return Array(bytes) }
    var result: [UInt8] = []
    for byte in bytes {
      if isPlain(byte) && byte != escape {
        result.append(byte)
      } else {
        result.append(escape)
        result.append(hexDigits[Int(byte >> 4)])
        result.append(hexDigits[Int(byte & 15)])
      }
    }
    return result
  }

  /// A plain name without slashes that no other path has: a slash becomes `+s`.
  static func flattened(_ path: some Sequence<UInt8>) -> [UInt8] {
    encoded(path).flatMap { $0 == Byte.slash ? Array("+s".utf8) : [$0] }
  }

  /// What begins an encoded byte, slash or directory; encoded itself where it stands in a name.
  static let escape = UInt8(ascii: "+")

  static let hexDigits = Array("0123456789abcdef".utf8)

  /// `bytes` for a value or a path of Ninja: `$`, blank and `:` escaped.
  static func ninja(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for byte in bytes {
      if byte == Byte.dollar || byte == Byte.space || byte == Byte.colon {
        result.append(Byte.dollar)
      }
      result.append(byte)
    }
    return result
  }

  /// `bytes` for a command of Ninja: only `$` is special.
  static func ninjaCommand(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for byte in bytes {
      if byte == Byte.dollar { result.append(Byte.dollar) }
      result.append(byte)
    }
    return result
  }

  /// Appends `bytes` as the inside of a JSON string.
  ///
  /// Bytes that are no UTF-8 stay as they are: file names have no encoding.
  static func appendJSON(_ bytes: some Sequence<UInt8>, to target: inout [UInt8]) {
    for byte in bytes {
      if byte == Byte.quote || byte == Byte.backslash {
        target.append(Byte.backslash)
        target.append(byte)
      } else if byte < 0x20 {
        target.append(contentsOf: "\\u00".utf8)
        target.append(hexDigits[Int(byte >> 4)])
        target.append(hexDigits[Int(byte & 15)])
      } else {
        target.append(byte)
      }
    }
  }

  /// `bytes` as a string literal of C.
  static func cString(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var result = [Byte.quote]
    for byte in bytes {
      switch byte {
      case Byte.quote, Byte.backslash:
        result.append(Byte.backslash)
        result.append(byte)
      case 0x20..<0x7F: result.append(byte)
      default:
        let digits = [byte >> 6, (byte >> 3) & 7, byte & 7].map { $0 + UInt8(ascii: "0") }
        result.append(Byte.backslash)
        result.append(contentsOf: digits)
      }
    }
    return result + [Byte.quote]
  }
}
