// The lazy automaton: theory of operation.
//
// Problem.  A simulation of the program costs time for each instruction and rune.  What it does
// depends on little: where its threads are, and the next byte.  So it is done once and noted.
//
// Shape.  A row stands for a situation between two bytes; it has an entry for each class of bytes
// and two for the end.  An entry that is not known yet is computed when it is met, by doing the
// simulation's step (Automaton+Step.swift); then it is one load.
//
//     entry   | unused | more | start | dead | lag | row * stride |
//     bits      31       30     29      28..27...24  23 ... 0
//
// A situation is a list of instructions at which threads wait, in groups with the same beginning,
// the earliest first; whether a line begins here; whether matches may still begin; and the bytes
// of a rune that has been read in part.  An instruction that an earlier group has is left out of
// later ones: whatever the later one matched, the earlier would.  When a group matches, later
// groups are forgotten.  What is then left are longer matches and earlier ones: leftmost-longest.
//
// Whether a match ends at a place depends on what follows (`$`), and whether bytes are a rune on
// the rune's last byte.  So matches are noted late: the entry's lag says how many bytes ago.
//
// Runes.  The threads read runes; the automaton reads bytes and keeps the beginning of a rune in
// the row.  A byte that does not continue it makes the kept bytes bad ones, U+FFFD each, and
// all those steps are one entry.  The loop over the text knows nothing of it.
//
// Invariants.
//   D1  Entries of rows that are in use name rows that are in use.
//   D2  Two rows never stand for the same situation.
//   D3  Tables are never larger than `budget` by more than one row: if a row does not fit, all
//       rows are forgotten, but for the one that is wanted next.
//
// Threads.  An automaton belongs to one matcher.  It changes while it is used.
//
// Rejected.  Automata over UTF-8 sequences as instructions: ten times the instructions for `.`,
// and no way to say "a byte that is no part of a rune", which Plan 9 counts as a rune.  Tracking
// where groups began in the main search: costs two mispredicted branches for each word of a text;
// reading the match backward costs nothing where there is none.

/// What an automaton is for.
enum Purpose {
  /// Finding the end of the leftmost-longest match, or of the longest one from here.
  case search
  /// Finding the beginning of a match from its end.
  case reverse
  /// Finding which patterns of a set match.
  case patterns
  /// Like `search`, and noting where matches begin.
  case stream
}

/// A lazy automaton over bytes.
@safe final class Automaton {
  /// Entries that are only a row are less than this.
  static let special: UInt32 = 1 << 24
  static let rowMask: UInt32 = special - 1
  static let lagShift: UInt32 = 24
  static let dead: UInt32 = 1 << 28
  /// The row is the one of a search that has found nothing yet.
  static let start: UInt32 = 1 << 29
  /// There is more to this entry, in `extras`.
  static let more: UInt32 = 1 << 30
  static let unknown: UInt32 = .max

  let purpose: Purpose
  let code: Code
  let alphabet: Alphabet
  /// True if rows that have found nothing yet are marked.
  let marksStart: Bool

  // The table: rows of `stride` entries.
  private(set) var entries: UnsafeMutablePointer<UInt32>
  let byteClasses: UnsafeMutablePointer<UInt8>
  private(set) var extras: UnsafeMutablePointer<UInt32>?
  let stride: Int
  private(set) var rowCount = 0
  private var rowCapacity = 0
  let budget: Int
  /// How often all rows were forgotten.
  private(set) var resetCount = 0

  // The situations: for each row its part of `keys`, and a hash table of rows.
  private var keys: [Int32] = []
  private var keyStarts: [Int32] = [0]
  private var table: [Int32] = []

  /// What `extras` refers to: lists, each with its count in front; the first is empty.
  var extraLists: [Int32] = [0]
  /// The rows that a search begins with, by `startIndex`; -1 if not there yet.
  private var startRows: [Int32] = [-1, -1, -1, -1]

  var stepper: Stepper

  init(
    _ code: Code, _ alphabet: Alphabet, _ purpose: Purpose, budget: Int, marksStart: Bool = false
  ) {
    self.code = code
    self.alphabet = alphabet
    self.purpose = purpose
    self.budget = budget
    self.marksStart = marksStart
    stride = alphabet.memberOfByteClass.count + 2
    stepper = Stepper(code, alphabet, purpose)
    unsafe entries = .allocate(capacity: 0)
    unsafe byteClasses = .allocate(capacity: 256)
    for byte in 0..<256 { unsafe byteClasses[byte] = alphabet.classOfByte[byte] }
    if purpose == .stream || purpose == .patterns { unsafe extras = .allocate(capacity: 0) }
    table = [Int32](repeating: -1, count: 64)
  }

  deinit {
    unsafe entries.deallocate()
    unsafe byteClasses.deallocate()
    unsafe extras?.deallocate()
  }

  /// The symbol of an end behind which a line ends, too; the next one is of an end that is none.
  var endSymbol: Int { stride - 2 }

  // Rows.

  /// The row, times `stride`, of a search that begins here.
  func startRow(isLineStart: Bool, isAnchored: Bool) -> Int {
    let isLineStart = isLineStart && code.usesLineStart
    let index = (isLineStart ? 1 : 0) + (isAnchored ? 2 : 0)
    let known = startRows[index]
    if known >= 0 { return Int(known) }
    stepper.begin(isLineStart: isLineStart, isAnchored: isAnchored)
    let row = intern()
    startRows[index] = Int32(row)
    return row
  }

  /// The entry of the row at `row` for `symbol`, computed and noted.
  func compute(_ row: Int, _ symbol: Int) -> UInt32 {
    let number = row / stride
    let key = Int(keyStarts[number])..<Int(keyStarts[number + 1])
    let resets = resetCount
    stepper.load(keys, key)
    // Lists are not shared between entries: there may be more of them than of anything else.
    if extraLists.count * 4 > budget / 2 { reset() }
    if symbol >= endSymbol {
      stepper.readEnd(isLineEnd: symbol == endSymbol)
    } else {
      stepper.read(alphabet.memberOfByteClass[symbol])
    }
    var entry = UInt32(stepper.lag) << Self.lagShift
    if stepper.isDead {
      entry |= Self.dead
    } else {
      entry |= UInt32(intern())
      if marksStart && stepper.isStart { entry |= Self.start }
    }
    // What was computed for a row that has been forgotten meanwhile is not noted: D1.
    let isKept = resets == resetCount
    if let lists = unsafe extras {
      let list = addExtra()
      if list != 0 { entry |= Self.more }
      if isKept { unsafe lists[row + symbol] = list }
      stepper.lastExtra = Int(list)
    }
    if isKept { unsafe entries[row + symbol] = entry }
    return entry
  }

  private func addExtra() -> UInt32 {
    if stepper.extra.isEmpty { return 0 }
    let start = extraLists.count
    extraLists.append(Int32(stepper.extra.count))
    extraLists += stepper.extra
    return UInt32(start)
  }

  /// The class of `byte`.
  @inline(__always)
  func classOf(_ byte: UInt8) -> UInt8 { unsafe byteClasses[Int(byte)] }

  /// The entry of the row at `row` for `symbol`, which may be `unknown`.
  @inline(__always)
  func known(_ row: Int, _ symbol: Int) -> UInt32 { unsafe entries[row + symbol] }

  /// The entry of the row at `row` for `symbol`, and where in `extraLists` its list begins.
  func entry(_ row: Int, _ symbol: Int) -> (entry: UInt32, list: Int) {
    let known = unsafe entries[row + symbol]
    if known == Self.unknown {
      let entry = compute(row, symbol)
      return (entry, stepper.lastExtra)
    }
    return (known, unsafe Int(extras?[row + symbol] ?? 0))
  }

  /// The row, times `stride`, of the stepper's situation.
  private func intern() -> Int {
    stepper.store()
    let hash = stepper.hash
    var slot = hash & (table.count - 1)
    while table[slot] >= 0 {
      let row = Int(table[slot])
      if isKey(row) { return row * stride }
      slot = (slot + 1) & (table.count - 1)
    }
    if !hasRoom { reset() }
    return addRow() * stride
  }

  private func isKey(_ row: Int) -> Bool {
    let range = Int(keyStarts[row])..<Int(keyStarts[row + 1])
    return range.count == stepper.key.count && keys[range].elementsEqual(stepper.key)
  }

  private var hasRoom: Bool {
    if rowCount < 2 { return true }  // a situation and the next must find room: D3
    let tables = unsafe (rowCount + 1) * stride * (extras == nil ? 4 : 8)
    let lists = (keys.count + extraLists.count + stepper.key.count) * 4
    let isAddressable = (rowCount + 1) * stride < Int(Self.special)
    return tables + lists + table.count * 4 <= budget && isAddressable
  }

  private func reset() {
    resetCount += 1
    rowCount = 0
    keys.removeAll(keepingCapacity: true)
    keyStarts.removeAll(keepingCapacity: true)
    keyStarts.append(0)
    extraLists.removeAll(keepingCapacity: true)
    extraLists.append(0)
    for index in table.indices { table[index] = -1 }
    startRows = [-1, -1, -1, -1]
  }

  private func addRow() -> Int {
    if rowCount == rowCapacity { grow() }
    let row = rowCount
    rowCount += 1
    unsafe (entries + row * stride).update(repeating: Self.unknown, count: stride)
    keys += stepper.key
    keyStarts.append(Int32(keys.count))
    if rowCount * 2 > table.count { rehash() } else { place(row, stepper.hash) }
    return row
  }

  private func grow() {
    rowCapacity = max(8, rowCapacity * 2)
    let more = UnsafeMutablePointer<UInt32>.allocate(capacity: rowCapacity * stride)
    unsafe more.update(from: entries, count: rowCount * stride)
    unsafe entries.deallocate()
    unsafe entries = more
    guard let old = unsafe extras else { return }
    let lists = UnsafeMutablePointer<UInt32>.allocate(capacity: rowCapacity * stride)
    unsafe lists.update(from: old, count: rowCount * stride)
    unsafe old.deallocate()
    unsafe extras = lists
  }

  private func place(_ row: Int, _ hash: Int) {
    var slot = hash & (table.count - 1)
    while table[slot] >= 0 { slot = (slot + 1) & (table.count - 1) }
    table[slot] = Int32(row)
  }

  private func rehash() {
    table = [Int32](repeating: -1, count: table.count * 2)
    for row in 0..<rowCount {
      place(row, Stepper.hash(keys[Int(keyStarts[row])..<Int(keyStarts[row + 1])]))
    }
  }
}
