// What a program's file says of itself: its build id, and its configuration.

/// Reading programs as bytes.  Nothing here trusts them: offsets are checked, loops are bounded.
enum ProgramImage {
  /// The GNU build id of an ELF file in hexadecimal; nil if it has none.
  static func buildID(_ bytes: [UInt8]) -> String? {
    guard bytes.count > 64, bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return nil }
    let is64 = bytes[4] == 2
    let reader = Reader(bytes: bytes, isBig: bytes[5] == 2)
    guard let table = reader.word(is64 ? 32 : 28, is64 ? 8 : 4),
      let size = reader.word(is64 ? 54 : 42, 2), let count = reader.word(is64 ? 56 : 44, 2)
    else { return nil }
    for index in 0..<count {
      let header = table &+ index &* size
      guard let kind = reader.word(header, 4), kind == 4,  // PT_NOTE
        let offset = reader.word(header &+ (is64 ? 8 : 4), is64 ? 8 : 4),
        let length = reader.word(header &+ (is64 ? 32 : 16), is64 ? 8 : 4)
      else { continue }
      if let found = note(reader, offset, length) { return found }
    }
    return nil
  }

  /// The GNU build id among the notes from `start` on.
  private static func note(_ reader: Reader, _ start: Int, _ length: Int) -> String? {
    var at = start
    while at >= start, at &- start &+ 12 <= length {
      guard let nameSize = reader.word(at, 4), let size = reader.word(at &+ 4, 4),
        let kind = reader.word(at &+ 8, 4)
      else { return nil }
      let name = at &+ 12
      let content = name &+ (nameSize &+ 3) / 4 &* 4
      if kind == 3, nameSize == 4, reader.slice(name, 4) == Array("GNU\0".utf8),
        let id = reader.slice(content, size), size <= 64
      {
        return id.map { byte in
          let text = String(byte, radix: 16)
          return byte < 16 ? "0" + text : text
        }.joined()
      }
      at = content &+ (size &+ 3) / 4 &* 4
    }
    return nil
  }

  private struct Reader {
    let bytes: [UInt8]
    let isBig: Bool

    func slice(_ offset: Int, _ count: Int) -> [UInt8]? {
      guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
        return nil
      }
      return Array(bytes[offset..<(offset + count)])
    }

    /// The unsigned number of `count` bytes at `offset`, nil if it lies outside or is too large.
    func word(_ offset: Int, _ count: Int) -> Int? {
      guard let part = slice(offset, count) else { return nil }
      var value: UInt64 = 0
      for byte in isBig ? part : part.reversed() { value = value << 8 | UInt64(byte) }
      return Int(exactly: value).flatMap { $0 < Int.max / 4 ? $0 : nil }
    }
  }

  /// The configuration that `config` put into the program, as `config -x` prints it.
  ///
  /// The mark is that of docs/decisions/0006; it is put together at run time, so that this program
  /// does not look like one that has a configuration.
  static func configuration(_ bytes: [UInt8]) -> [UInt8]? {
    let mark = Array("\u{1}@(#)".utf8) + Array("config9".utf8) + [0x02]
    let reader = Reader(bytes: bytes, isBig: false)
    var index = 0
    while index + mark.count + 8 <= bytes.count {
      guard let start = bytes[index...].firstIndex(of: mark[0]) else { return nil }
      index = start + 1
      guard bytes[start...].starts(with: mark), let size = reader.word(start + mark.count, 8)
      else { continue }
      if let content = reader.slice(start + mark.count + 8, size) { return content }
    }
    return nil
  }

  /// The word behind `ident` in a configuration; nil if it has none.
  static func ident(_ configuration: [UInt8]) -> String? {
    for line in configuration.split(separator: 0x0A) {
      let words = line.split { $0 == 0x20 || $0 == 0x09 }
      if words.count > 1, Array(words[0]) == Array("ident".utf8) {
        return String(decoding: words[1], as: UTF8.self)
      }
    }
    return nil
  }
}
