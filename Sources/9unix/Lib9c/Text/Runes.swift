// Runes in bytes, as far as the text functions need them.

/// Decodes runes from bytes as `chartorune(3)` does: what is invalid is U+FFFD, one byte long.
enum Rune {
  /// The rune at `index` and the bytes that it takes.
  @inline(__always)
  static func decode(_ text: Span<UInt8>, at index: Int) -> (rune: UInt32, size: Int) {
    let first = text[index]
    return first < 0x80 ? (UInt32(first), 1) : decodeLong(text, at: index)
  }

  private static func decodeLong(_ text: Span<UInt8>, at index: Int) -> (rune: UInt32, size: Int) {
    let bad = (rune: UInt32(0xFFFD), size: 1)
    let first = UInt32(text[index])
    let (size, lead, least): (Int, UInt32, UInt32)
    switch first {
    case 0xC2...0xDF: (size, lead, least) = (2, first & 0x1F, 0x80)
    case 0xE0...0xEF: (size, lead, least) = (3, first & 0x0F, 0x800)
    case 0xF0...0xF4: (size, lead, least) = (4, first & 0x07, 0x1_0000)
    default: return bad
    }
    if index + size > text.count { return bad }
    var rune = lead
    for offset in 1..<size {
      let next = UInt32(text[index + offset])
      if next & 0xC0 != 0x80 { return bad }
      rune = rune << 6 | next & 0x3F
    }
    if rune < least || rune > 0x10FFFF || 0xD800...0xDFFF ~= rune { return bad }
    return (rune, size)
  }
}

/// A set of runes that are asked for often: a bitmap for ASCII, a list for the few others.
public struct RuneSet: Sendable, ExpressibleByStringLiteral {
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  private var others: [UInt32] = []

  /// The runes of `text`, in any order.
  public init(_ text: some StringProtocol) {
    for rune in text.unicodeScalars { insert(rune.value) }
  }

  /// The runes of `literal`, in any order.
  public init(stringLiteral literal: String) { self.init(literal) }

  private mutating func insert(_ rune: UInt32) {
    switch rune {
    case ..<64: low |= 1 << UInt64(rune)
    case ..<128: high |= 1 << UInt64(rune - 64)
    default: if !others.contains(rune) { others.append(rune) }
    }
  }

  /// True if the set has the rune of this value.
  public func contains(_ rune: UInt32) -> Bool {
    switch rune {
    case ..<64: low >> UInt64(rune) & 1 == 1
    case ..<128: high >> UInt64(rune - 64) & 1 == 1
    default: others.contains(rune)
    }
  }
}

extension String {
  /// The UTF-8 `bytes` as a string, what is invalid replaced.
  init(decoding bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
