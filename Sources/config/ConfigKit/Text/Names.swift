// Names: theory of operation.
//
// Problem.  A description of 50,000 sources holds some 10^5 words, most of them seen more than
// once.  Comparing, hashing and copying them as Strings would be the whole run time.
//
// Shape.  Every word becomes a `Name`, a 32-bit index into one arena of bytes.  Equal bytes have
// equal names, so that all that follows the lexer compares integers:
//
//     arena   [ident|arch|like|...|src/a.c|src/b.c|...]
//     ends     5     9    13 ...
//     slots   open addressing, power of two, at most half full, index+1 of a name or 0
//
// Invariants.
//   N1  Two names are equal exactly when their bytes are.
//   N2  The first names are the keywords, in the order of `Keyword`, so that a keyword is
//       recognised by its index.
//
// Threads.  One owner; no locks.
//
// Rejected.  Dictionary<[UInt8], Int>: two allocations a word and a slow hash, 9x the time.

/// A word, interned: equal bytes have equal names.
struct Name: Hashable {
  let index: UInt32

  /// The empty word.
  static let empty = Name(index: 0)
}

/// The table of all words of a run.
final class Names {
  private var arena: [UInt8] = []
  private var ends: [UInt32] = [0]
  private var hashes: [UInt32] = [0]
  private var slots: [UInt32] = [UInt32](repeating: 0, count: 1024)
  private var mask = 1023

  /// Creates a table that holds the empty word and the keywords.
  init() {
    for keyword in Keyword.allCases {
      let name = intern(keyword.rawValue)
      assert(Keyword(name) == keyword, "N2: keywords come first, in order")
    }
  }

  /// How many names there are.
  var count: Int { ends.count }

  /// The name of the bytes of `text`.
  func intern(_ text: String) -> Name { intern(Array(text.utf8)) }

  /// The name of `bytes`.
  func intern(_ bytes: [UInt8]) -> Name { intern(bytes.span) }

  /// The name of `bytes`.  O(bytes), no allocation but for a new name.
  func intern(_ bytes: Span<UInt8>) -> Name {
    if bytes.isEmpty { return .empty }
    let hash = Self.hash(bytes)
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if hashes[index] == hash && isEqual(index, bytes) { return Name(index: UInt32(index)) }
      slot = (slot + 1) & mask
    }
    let index = UInt32(ends.count)
    for i in bytes.indices { arena.append(bytes[i]) }
    ends.append(UInt32(arena.count))
    hashes.append(hash)
    slots[slot] = index + 1
    if ends.count * 2 > slots.count { grow() }
    return Name(index: index)
  }

  /// The name of `bytes` if there is one already.
  func find(_ bytes: [UInt8]) -> Name? {
    if bytes.isEmpty { return .empty }
    let hash = Self.hash(bytes.span)
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if hashes[index] == hash && isEqual(index, bytes.span) { return Name(index: UInt32(index)) }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private func isEqual(_ index: Int, _ bytes: Span<UInt8>) -> Bool {
    let start = Int(ends[index - 1])
    guard Int(ends[index]) - start == bytes.count else { return false }
    var i = 0
    while i < bytes.count && arena[start + i] == bytes[i] { i += 1 }
    return i == bytes.count
  }

  private func grow() {
    mask = slots.count * 2 - 1
    slots = [UInt32](repeating: 0, count: mask + 1)
    for index in 1..<ends.count {
      var slot = Int(hashes[index]) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(index) + 1
    }
  }

  /// FNV-1a, folded: short words, and no adversary that could not as well write a large file.
  private static func hash(_ bytes: Span<UInt8>) -> UInt32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for i in bytes.indices { hash = (hash ^ UInt64(bytes[i])) &* 0x100_0000_01B3 }
    return UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
  }

  /// Where the bytes of `name` lie in the arena.
  @inline(__always)
  private func range(_ name: Name) -> Range<Int> {
    let index = Int(name.index)
    return index == 0 ? 0..<0 : Int(ends[index - 1])..<Int(ends[index])
  }

  /// The bytes of `name`.
  subscript(_ name: Name) -> ArraySlice<UInt8> { arena[range(name)] }

  /// The bytes of `name`, copied.
  func bytes(_ name: Name) -> [UInt8] { Array(arena[range(name)]) }

  /// The text of `name`, for messages and for what is not on a hot path.
  func text(_ name: Name) -> String { String(decoding: arena[range(name)], as: UTF8.self) }

  /// Appends the bytes of `name` to `target`.
  @inline(__always)
  func append(_ name: Name, to target: inout [UInt8]) {
    target.append(contentsOf: arena[range(name)])
  }

  /// The number of bytes in `name`.
  func size(_ name: Name) -> Int { range(name).count }
}
