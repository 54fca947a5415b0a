// Prefilters: finding where a match can be at all, sixteen bytes at a time.
//
// A candidate is a place at which the bytes that every match begins with stand.  Two of them are
// compared in 16 places at once; what is found is looked at more closely, by comparison for a
// literal, by the automaton otherwise.  A prefilter may say yes wrongly, never no.

import Glibc

/// Finds candidates.
final class Prefilter: Sendable {
  enum Kind: Sendable {
    /// A literal; its two rarest bytes are compared first.
    case literal
    /// Up to `pairsMax` pairs of first bytes.
    case pairs
    /// The beginnings of lines.
    case lineStarts
  }

  static let pairsMax = 4

  let kind: Kind
  /// The literal, or the pairs' first bytes and then their second ones.
  private let bytes: [UInt8]
  private let count: Int
  /// Where in a literal its two rarest bytes stand.
  private let near: Int
  private let far: Int

  /// Finds `literal`, which is not empty.
  init(literal: [UInt8]) {
    kind = .literal
    bytes = literal
    count = literal.count
    let byRarity = literal.indices.sorted {
      (Literals.rarity(literal[$0]), $0) > (Literals.rarity(literal[$1]), $1)
    }
    let first = byRarity[0]
    let second = byRarity.first { literal[$0] != literal[first] } ?? byRarity.last ?? 0
    near = first
    far = second
  }

  /// Finds the beginnings of lines.
  init(lineStarts: Void) {
    kind = .lineStarts
    (bytes, count, near, far) = ([], 0, 0, 0)
  }

  /// Finds where one of `prefixes` may begin, nil if that would not pay.
  init?(prefixes: [[UInt8]]) {
    if prefixes.contains(where: { $0.count < 2 }) { return nil }
    var pairs: [[UInt8]] = []
    for prefix in prefixes where !pairs.contains(Array(prefix.prefix(2))) {
      pairs.append(Array(prefix.prefix(2)))
    }
    if pairs.count > Self.pairsMax { return nil }
    kind = .pairs
    while pairs.count < Self.pairsMax { pairs.append(pairs[0]) }
    bytes = pairs.map { $0[0] } + pairs.map { $0[1] }
    (count, near, far) = (2, 0, 1)
  }

  /// How many bytes of a candidate may be missing at the end of a text in which none was found.
  var overlap: Int { kind == .lineStarts ? 0 : count - 1 }

  /// The first candidate in `text[from..<to]`, or -1.
  func find(_ text: UnsafePointer<UInt8>, _ from: Int, _ to: Int) -> Int {
    switch kind {
    case .literal: return unsafe findLiteral(text, from, to)
    case .pairs: return unsafe findPair(text, from, to)
    case .lineStarts:
      if unsafe from == 0 || text[from - 1] == 0x0A { return from }
      let newline = unsafe memchr(text + from, 0x0A, to - from)
      guard let newline = unsafe newline else { return -1 }
      return unsafe UnsafeRawPointer(newline) - UnsafeRawPointer(text) + 1
    }
  }

  private typealias Lanes = SIMD16<UInt8>

  @inline(__always)
  private static func lanes(_ place: UnsafePointer<UInt8>) -> Lanes {
    unsafe UnsafeRawPointer(place).loadUnaligned(as: Lanes.self)
  }

  /// A byte of ones for each lane that is true, in two words.
  @inline(__always)
  private static func words(_ mask: SIMDMask<SIMD16<Int8>>) -> SIMD2<UInt64> {
    unsafe unsafeBitCast(mask, to: SIMD2<UInt64>.self)
  }

  private func findLiteral(_ text: UnsafePointer<UInt8>, _ from: Int, _ to: Int) -> Int {
    let last = to - count
    if from > last { return -1 }
    return unsafe bytes.withUnsafeBufferPointer { needle in
      guard let base = needle.baseAddress else { return from }
      let first = unsafe Lanes(repeating: base[near])
      let second = unsafe Lanes(repeating: base[far])
      var index = from
      while index <= last {
        if index + 15 > last {
          // The last sixteen places again, or what there is one by one.
          if last - from < 15 { return unsafe scan(text, index, last, base) }
          index = last - 15
        }
        let mask =
          unsafe (Self.lanes(text + index + near) .== first)
          .& (Self.lanes(text + index + far) .== second)
        let words = Self.words(mask)
        if words[0] | words[1] != 0 {
          for half in 0..<2 {
            var rest = words[half]
            while rest != 0 {
              let lane = rest.trailingZeroBitCount / 8
              let place = index + 8 * half + lane
              if unsafe memcmp(text + place, base, count) == 0 { return place }
              rest &= ~(0xFF << UInt64(8 * lane))
            }
          }
        }
        index += 16
      }
      return -1
    }
  }

  private func scan(
    _ text: UnsafePointer<UInt8>, _ from: Int, _ last: Int, _ needle: UnsafePointer<UInt8>
  ) -> Int {
    let rare = unsafe needle[near]
    var index = from
    while index <= last {
      if unsafe text[index + near] == rare, unsafe memcmp(text + index, needle, count) == 0 {
        return index
      }
      index += 1
    }
    return -1
  }

  private func findPair(_ text: UnsafePointer<UInt8>, _ from: Int, _ to: Int) -> Int {
    let last = to - 2
    if from > last { return -1 }
    return unsafe bytes.withUnsafeBufferPointer { table in
      guard let base = table.baseAddress else { return from }
      let (a0, a1) = unsafe (Lanes(repeating: base[0]), Lanes(repeating: base[4]))
      let (b0, b1) = unsafe (Lanes(repeating: base[1]), Lanes(repeating: base[5]))
      let (c0, c1) = unsafe (Lanes(repeating: base[2]), Lanes(repeating: base[6]))
      let (d0, d1) = unsafe (Lanes(repeating: base[3]), Lanes(repeating: base[7]))
      var index = from
      while index <= last {
        if index + 15 > last {
          if last - from < 15 { return unsafe scanPairs(text, index, last, base) }
          index = last - 15
        }
        let left = unsafe Self.lanes(text + index)
        let right = unsafe Self.lanes(text + index + 1)
        let mask =
          ((left .== a0) .& (right .== a1)) .| ((left .== b0) .& (right .== b1))
          .| ((left .== c0) .& (right .== c1)) .| ((left .== d0) .& (right .== d1))
        let words = Self.words(mask)
        if words[0] != 0 { return index + words[0].trailingZeroBitCount / 8 }
        if words[1] != 0 { return index + 8 + words[1].trailingZeroBitCount / 8 }
        index += 16
      }
      return -1
    }
  }

  private func scanPairs(
    _ text: UnsafePointer<UInt8>, _ from: Int, _ last: Int, _ table: UnsafePointer<UInt8>
  ) -> Int {
    var index = from
    while index <= last {
      for pair in 0..<Self.pairsMax
      where unsafe text[index] == table[pair] && text[index + 1] == table[pair + 4] {
        return index
      }
      index += 1
    }
    return -1
  }
}
