// Submatches: theory of operation.
//
// Problem.  Where a match begins and ends is known; where its groups did is not.  Plan 9 carries
// the groups with each thread, and copies them whenever threads part.
//
// Shape.  A lazy automaton over runes whose rows are lists of threads *in order*.  The match is
// read forward, and the entry used at each place is kept.  For each thread of the new row an
// entry knows the thread of the old row that it came from, and the slots that it set on the way.
// So the way of the thread that matched is followed backward, and the first mention of a slot on
// that way is its last setting.  Nothing is copied.
//
//     place      0       1       2       3
//     threads    [a]     [a b]   [b a]   [c]      entry at 2: c came from 0 (b), set slots 2, 3
//                  \_____/ \_____/ \_____/
//
// Order.  Plan 9's: threads run in the order of the list; at an `or` the thread goes on at once
// with one way, and the other waits behind all that are in the list.  The first thread to reach
// an instruction between two runes is the one that counts; so is the first to match.
//
// Invariants.
//   C1  Threads all began where the match begins.  (Plan 9 lets threads that began later take
//       places in the list; its order may then differ from ours, its whole match never does.)
//   C2  No more than `chunkSize` entries are kept: of a longer match, the rows at the chunks'
//       borders, from which each chunk is read again when its turn comes.
//   C3  If rows had to be forgotten during a match, `Simulation` does it instead.
//
// Cost.  Two table look-ups for each byte of the match; O(instructions) for an entry that is new.
//
// Rejected.  One-pass automata as RE2 has them: as fast, but for a few patterns only.

/// Finds the groups of a match.
@safe final class CaptureAutomaton {
  /// The most groups whose slots fit a mask; patterns with more take `Simulation`.
  static let groupsMax = 31
  private static let unknown: UInt32 = .max
  private static let chunkSize = 1 << 14

  private struct Back {
    var source: Int32
    var mask: UInt64
  }

  private let code: [Instruction]
  private let firstInstruction: Int32
  private let usesLineStart: Bool
  private let alphabet: Alphabet
  private let budget: Int
  private let allSlots: UInt64

  private let stride: Int
  private var entries: [UInt32] = []
  private var backStarts: [UInt32] = []
  private var backs: [Back] = []
  private var keys: [Int32] = []
  private var keyStarts: [Int32] = [0]
  private var rowOfKey: [[Int32]: Int32] = [:]
  private var startRows: [Int32] = [-1, -1]
  private var resetCount = 0

  // Scratch space.
  private var trail: UnsafeMutablePointer<UInt32>
  private let classOfASCII: UnsafeMutablePointer<UInt32>
  private var borders: [(place: Int, row: Int)] = []
  private var queue: [(index: Int32, source: Int32, mask: UInt64)] = []
  private var next: [Int32] = []
  private var visited: [UInt32]
  private var added: [UInt32]
  private var visit: UInt32 = 0

  init(_ code: Code, _ alphabet: Alphabet, groupCount: Int, budget: Int) {
    self.code = code.instructions
    firstInstruction = code.start
    usesLineStart = code.usesLineStart
    self.alphabet = alphabet
    self.budget = budget
    stride = alphabet.runeClassCount + 2
    // Slots 0 and 1 are the whole match, which is known.
    allSlots = (1 << UInt64(2 * groupCount)) - 1
    visited = [UInt32](repeating: 0, count: code.instructions.count)
    added = visited
    unsafe trail = .allocate(capacity: Self.chunkSize + 4)  // a rune may hang over
    unsafe classOfASCII = .allocate(capacity: 128)
    for rune in 0..<128 { unsafe classOfASCII[rune] = UInt32(alphabet.classOfASCII[rune]) }
  }

  deinit {
    unsafe trail.deallocate()
    unsafe classOfASCII.deallocate()
  }

  /// Writes where the groups of the match `text[from..<to]` began and ended to `slots`, from
  /// slot 2 on; -1 for a group that did not take part.  False if `Simulation` has to do it.
  ///
  /// - Parameter limit: where the text ends.
  func find(
    _ text: UnsafePointer<UInt8>, from: Int, to: Int, limit: Int, slots: inout [Int]
  ) -> Bool {
    let resets = resetCount
    var row = unsafe startRow(from == 0 || text[from - 1] == 0x0A)
    borders.removeAll(keepingCapacity: true)
    var place = from
    while true {
      borders.append((place, row))
      row = unsafe read(text, &place, until: min(place + Self.chunkSize, to), to, row)
      if place >= to { break }
    }
    let symbol = unsafe symbol(text, to, limit)
    _ = entry(row, symbol)
    if resets != resetCount { return false }
    let match = backs[Int(backStarts[row + symbol])]
    assert(match.source >= 0, "C1: the match that was found is found again")
    if match.source < 0 { return false }
    return unsafe follow(text, back: match, to, &slots)
  }

  /// The class of the rune at `place`, or the end's.
  private func symbol(_ text: UnsafePointer<UInt8>, _ place: Int, _ limit: Int) -> Int {
    if place >= limit { return stride - 2 }
    return unsafe alphabet.runeClass(UTF8Rune.decode(text, place, limit).rune)
  }

  /// Reads runes from `place` on until it is not below `border`, and returns the row there.
  private func read(
    _ text: UnsafePointer<UInt8>, _ place: inout Int, until border: Int, _ to: Int, _ row: Int
  ) -> Int {
    let start = place
    var row = row
    while place < border {
      let byte = unsafe text[place]
      var size = 1
      var symbol = 0
      if byte < 0x80 {
        symbol = unsafe Int(classOfASCII[Int(byte)])
      } else {
        let decoded = unsafe UTF8Rune.decode(text, place, to)
        symbol = alphabet.runeClass(decoded.rune)
        size = decoded.size
        for offset in 1..<max(size, 1) {
          unsafe trail[place - start + offset] = Self.unknown
        }
      }
      unsafe trail[place - start] = UInt32(row + symbol)
      row = entry(row, symbol)
      place += size
    }
    return row
  }

  /// Follows the thread that matched back to the beginning.
  private func follow(
    _ text: UnsafePointer<UInt8>, back match: Back, _ to: Int, _ slots: inout [Int]
  ) -> Bool {
    let resets = resetCount
    var done: UInt64 = 0
    var end = to
    var back = match
    note(back.mask, &done, to, &slots)
    var number = borders.count
    while number > 0 && done != allSlots {
      number -= 1
      let border = borders[number]
      if number != borders.count - 1 {
        var place = border.place
        _ = unsafe read(text, &place, until: end, to, border.row)
        if resets != resetCount { return false }
      }
      var place = end
      while place > border.place && done != allSlots {
        place -= 1
        let used = unsafe trail[place - border.place]
        if used == Self.unknown { continue }
        back = backs[Int(backStarts[Int(used)]) + 1 + Int(back.source)]
        if back.mask & ~done != 0 { note(back.mask, &done, place, &slots) }
      }
      end = border.place
    }
    return true
  }

  @inline(__always)
  private func note(_ mask: UInt64, _ done: inout UInt64, _ place: Int, _ slots: inout [Int]) {
    var rest = mask & ~done
    done |= mask
    while rest != 0 {
      slots[rest.trailingZeroBitCount + 2] = place
      rest &= rest - 1
    }
  }

  // Rows.

  private func startRow(_ isLineStart: Bool) -> Int {
    let isLineStart = isLineStart && usesLineStart
    let known = startRows[isLineStart ? 1 : 0]
    if known >= 0 { return Int(known) }
    next = [firstInstruction]
    let row = intern(isLineStart)
    startRows[isLineStart ? 1 : 0] = Int32(row)
    return row
  }

  @inline(__always)
  private func entry(_ row: Int, _ symbol: Int) -> Int {
    let known = entries[row + symbol]
    return known == Self.unknown ? compute(row, symbol) : Int(known)
  }

  private func intern(_ isLineStart: Bool) -> Int {
    let key = [isLineStart ? 1 : 0] + next
    if let row = rowOfKey[key] { return Int(row) }
    let size = (entries.count + backStarts.count + keys.count * 3) * 4 + backs.count * 16
    if size + stride * 8 > budget && rowOfKey.count >= 2 { reset() }
    let row = entries.count
    entries.append(contentsOf: repeatElement(Self.unknown, count: stride))
    backStarts.append(contentsOf: repeatElement(0, count: stride))
    keys += key
    keyStarts.append(Int32(keys.count))
    rowOfKey[key] = Int32(row)
    return row
  }

  private func reset() {
    resetCount += 1
    entries.removeAll(keepingCapacity: true)
    backStarts.removeAll(keepingCapacity: true)
    backs.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    keyStarts = [0]
    rowOfKey.removeAll(keepingCapacity: true)
    startRows = [-1, -1]
  }

  /// Does the step for `symbol` from the row at `row`, and notes it.
  private func compute(_ row: Int, _ symbol: Int) -> Int {
    let number = row / stride
    let start = Int(keyStarts[number])
    let isLineStart = keys[start] == 1
    visit &+= 1
    if visit == 0 {
      for index in visited.indices { (visited[index], added[index]) = (0, 0) }
      visit = 1
    }
    queue.removeAll(keepingCapacity: true)
    for place in (start + 1)..<Int(keyStarts[number + 1]) {
      queue.append((keys[place], Int32(place - start - 1), 0))
    }
    next.removeAll(keepingCapacity: true)
    let backStart = backs.count
    backs.append(Back(source: -1, mask: 0))
    var head = 0
    while head < queue.count {
      runThread(queue[head], symbol, isLineStart, match: backStart)
      head += 1
    }
    let resets = resetCount
    let target = intern(usesLineStart && symbol == alphabet.newlineClass)
    if resets == resetCount {
      entries[row + symbol] = UInt32(target)
      backStarts[row + symbol] = UInt32(backStart)
    }
    return target
  }

  /// A thread goes on until it consumes `symbol`, or cannot.
  private func runThread(
    _ thread: (index: Int32, source: Int32, mask: UInt64), _ symbol: Int, _ isLineStart: Bool,
    match: Int
  ) {
    let isLineEnd = symbol == alphabet.newlineClass || symbol == stride - 2
    var index = thread.index
    var mask = thread.mask
    while visited[Int(index)] != visit {
      visited[Int(index)] = visit
      let instruction = code[Int(index)]
      switch instruction.opcode {
      case .rune:
        if symbol < stride - 2, added[Int(instruction.next)] != visit,
          alphabet.isMember(symbol, of: Int(instruction.argument))
        {
          added[Int(instruction.next)] = visit
          next.append(instruction.next)
          backs.append(Back(source: thread.source, mask: mask))
        }
        return
      case .or: queue.append((instruction.argument, thread.source, mask))
      case .nop: break
      case .slot: mask |= 1 << UInt64(instruction.argument - 2)
      case .lineStart: if !isLineStart { return }
      case .lineEnd: if !isLineEnd { return }
      case .match:
        if backs[match].source < 0 { backs[match] = Back(source: thread.source, mask: mask) }
        return
      }
      index = instruction.next
    }
  }
}
