// Random patterns and texts.

@testable import LibRegexp9

/// A generator with a seed.  SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

extension SeededGenerator {
  mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

  /// A rune of few: letters, a newline, runes of two, three and four bytes, U+FFFD.
  mutating func rune(_ alphabet: [UInt32]) -> UInt32 { alphabet[below(alphabet.count)] }

  /// A pattern of at most `size` operands.
  mutating func tree(_ size: Int, _ alphabet: [UInt32]) -> Tree {
    if size <= 1 {
      switch below(12) {
      case 0: return .any
      case 1: return below(2) == 0 ? .lineStart : .lineEnd
      case 2: return .runes([rune(alphabet), rune(alphabet)], isNegated: true)
      case 3, 4: return .runes([rune(alphabet), rune(alphabet)], isNegated: false)
      default: return .runes([rune(alphabet)], isNegated: false)
      }
    }
    switch below(10) {
    case 0: return .star(tree(size - 1, alphabet))
    case 1: return .plus(tree(size - 1, alphabet))
    case 2: return .optional(tree(size - 1, alphabet))
    case 3: return .group(tree(size - 1, alphabet))
    case 4, 5:
      let left = 1 + below(size - 1)
      return .either(tree(left, alphabet), tree(size - left, alphabet))
    default:
      let left = 1 + below(size - 1)
      return .both(tree(left, alphabet), tree(size - left, alphabet))
    }
  }

  /// A text of at most `size` pieces: runes of `alphabet`, and bytes that are no part of one.
  mutating func text(_ size: Int, _ alphabet: [UInt32], badBytes: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<below(size + 1) {
      if badBytes && below(4) == 0 {
        bytes.append([0x80, 0xBF, 0xC0, 0xC3, 0xE2, 0x82, 0xE0, 0xED, 0xF0, 0x9F, 0xFF][below(11)])
      } else {
        bytes += UTF8Rune.encode(rune(alphabet))
      }
    }
    return bytes
  }
}
