// A set of small integers.

/// A set of indices, a bit each: the hash of a `Set` costs more than what it protects.
struct Marks {
  private var words: [UInt64] = []

  /// Adds `index`; false if it was there.
  mutating func insert(_ index: Int) -> Bool {
    let word = index >> 6
    if word >= words.count {
      words.append(
        contentsOf: repeatElement(0, count: max(word + 1, words.count * 2) - words.count))
    }
    let bit = UInt64(1) << UInt64(index & 63)
    if words[word] & bit != 0 { return false }
    words[word] |= bit
    return true
  }

  /// True if `index` was added.
  func contains(_ index: Int) -> Bool {
    index >> 6 < words.count && words[index >> 6] & UInt64(1) << UInt64(index & 63) != 0
  }
}
