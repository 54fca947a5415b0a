// Sets of runes: sorted intervals.

/// A set of runes, as sorted intervals that neither overlap nor touch.
struct RuneSet: Hashable, Sendable {
  /// The largest rune, U+10FFFF.
  static let runeMax: UInt32 = 0x10FFFF
  /// What a bad byte of a text counts as, U+FFFD.
  static let badRune: UInt32 = 0xFFFD
  static let newline: UInt32 = 0x0A

  private(set) var ranges: [ClosedRange<UInt32>] = []

  /// The empty set, which nothing matches.
  init() {}

  /// The set of one rune.
  init(_ rune: UInt32) { ranges = [rune...rune] }

  /// The union of `parts`, in any order.
  init(_ parts: [ClosedRange<UInt32>]) {
    for part in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = ranges.last, part.lowerBound <= last.upperBound &+ 1 {
        let upper = max(last.upperBound, part.upperBound)
        ranges[ranges.count - 1] = last.lowerBound...upper
      } else {
        ranges.append(part)
      }
    }
  }

  /// Every rune that is not in the set.
  var complement: RuneSet {
    var result = RuneSet()
    var next: UInt32 = 0
    for range in ranges {
      if next < range.lowerBound { result.ranges.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    if next <= Self.runeMax { result.ranges.append(next...Self.runeMax) }
    return result
  }

  /// True if the set holds `rune`.  O(log intervals).
  func contains(_ rune: UInt32) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < rune { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= rune
  }

  /// The number of runes in the set.
  var count: Int { ranges.reduce(0) { $0 + $1.count } }

  /// The runes of a small set, in order; nil if there are more than `limit`.
  func runes(atMost limit: Int) -> [UInt32]? {
    count <= limit ? ranges.flatMap { Array($0) } : nil
  }

  /// The set with whatever differs from its runes in case only.
  var folded: RuneSet {
    var parts = ranges
    for range in ranges { FoldTable.forEachVariant(of: range) { parts.append($0) } }
    return RuneSet(parts)
  }
}
