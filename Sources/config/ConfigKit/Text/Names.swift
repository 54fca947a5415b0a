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

/// The table of all words of a run, shared by all that name things.
///
/// One property holds everything, so that a look-up is one checked access to the object.
final class Names {
  private var table = NameTable()

  /// Creates a table that holds the empty word and the keywords.
  init() {
    for keyword in Keyword.allCases {
      let name = intern(keyword.rawValue)
      assert(Keyword(name) == keyword, "N2: keywords come first, in order")
    }
  }

  /// How many names there are.
  var count: Int { table.ends.count }

  /// The name of the bytes of `text`.
  func intern(_ text: String) -> Name { intern(Array(text.utf8)) }

  /// The name of `bytes`.
  func intern(_ bytes: [UInt8]) -> Name { table.intern(bytes.span) }

  /// The name of `bytes`.  O(bytes), no allocation but for a new name.
  @inline(__always)
  func intern(_ bytes: Span<UInt8>) -> Name { table.intern(bytes) }

  /// The name of `bytes` if there is one already.
  func find(_ bytes: [UInt8]) -> Name? {
    if bytes.isEmpty { return .empty }
    let slot = table.slot(of: bytes.span, NameTable.hash(bytes.span))
    let index = table.slots[slot]
    return index == 0 ? nil : Name(index: index - 1)
  }

  /// The bytes of `name`.
  subscript(_ name: Name) -> ArraySlice<UInt8> { table.bytes(name) }

  /// The bytes of `name`, copied.
  func bytes(_ name: Name) -> [UInt8] { Array(table.bytes(name)) }

  /// The text of `name`, for messages and for what is not on a hot path.
  func text(_ name: Name) -> String { String(decoding: table.bytes(name), as: UTF8.self) }

  /// Appends the bytes of `name` to `target`.
  @inline(__always)
  func append(_ name: Name, to target: inout [UInt8]) {
    target.append(contentsOf: table.bytes(name))
  }

  /// The number of bytes in `name`.
  func size(_ name: Name) -> Int { table.range(name).count }

  /// The name of what follows the last slash of `name`.
  func base(of name: Name) -> Name {
    let (_, base) = table.split(name)
    return base.map { intern($0) } ?? name
  }

  /// The name of what precedes the last slash of `name`; the empty name if it has none.
  func directory(of name: Name) -> Name {
    intern(table.split(name).directory)
  }
}

/// The arena and its index.
private struct NameTable {
  private var arena: [UInt8] = []
  private(set) var ends: [UInt32] = [0]
  private var hashes: [UInt32] = [0]
  private(set) var slots = [UInt32](repeating: 0, count: 1024)
  private var mask = 1023

  mutating func intern(_ bytes: Span<UInt8>) -> Name {
    if bytes.isEmpty { return .empty }
    let hash = Self.hash(bytes)
    let slot = slot(of: bytes, hash)
    if slots[slot] != 0 { return Name(index: slots[slot] - 1) }
    let index = UInt32(ends.count)
    for i in bytes.indices { arena.append(bytes[i]) }
    ends.append(UInt32(arena.count))
    hashes.append(hash)
    slots[slot] = index + 1
    if ends.count * 2 > slots.count { grow() }
    return Name(index: index)
  }

  /// The slot that holds `bytes`, or the free one where they belong.
  func slot(of bytes: Span<UInt8>, _ hash: UInt32) -> Int {
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if hashes[index] == hash && isEqual(index, bytes) { break }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private func isEqual(_ index: Int, _ bytes: Span<UInt8>) -> Bool {
    let start = Int(ends[index - 1])
    guard Int(ends[index]) - start == bytes.count else { return false }
    var i = 0
    while i < bytes.count && arena[start + i] == bytes[i] { i += 1 }
    return i == bytes.count
  }

  private mutating func grow() {
    mask = slots.count * 2 - 1
    slots = [UInt32](repeating: 0, count: mask + 1)
    for index in 1..<ends.count {
      var slot = Int(hashes[index]) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(index) + 1
    }
  }

  /// FNV-1a, folded: short words, and no adversary that could not as well write a large file.
  static func hash(_ bytes: Span<UInt8>) -> UInt32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for i in bytes.indices { hash = (hash ^ UInt64(bytes[i])) &* 0x100_0000_01B3 }
    return UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
  }

  /// Where the bytes of `name` lie in the arena.
  @inline(__always)
  func range(_ name: Name) -> Range<Int> {
    let index = Int(name.index)
    return index == 0 ? 0..<0 : Int(ends[index - 1])..<Int(ends[index])
  }

  @inline(__always)
  func bytes(_ name: Name) -> ArraySlice<UInt8> { arena[range(name)] }

  /// What precedes and what follows the last slash of `name`: copies, so that the arena is not
  /// shared when they are interned.  A name without a slash is no base of anything.
  func split(_ name: Name) -> (directory: [UInt8], base: [UInt8]?) {
    let range = range(name)
    var slash = range.upperBound - 1
    while slash >= range.lowerBound && arena[slash] != Byte.slash { slash -= 1 }
    if slash < range.lowerBound { return ([], nil) }
    let end = max(slash, range.lowerBound + 1)
    return (Array(arena[range.lowerBound..<end]), Array(arena[(slash + 1)..<range.upperBound]))
  }
}
