// The step of the simulation, that the lazy automaton notes.

/// Threads of a program between two bytes, and the step that a byte makes them do.
///
/// A list holds the instructions at which threads wait; groups with the same beginning are
/// divided by `Stepper.mark`, the earliest first.  O(instructions) for each rune.
struct Stepper {
  static let mark: Int32 = -1

  private let code: [Instruction]
  private let firstInstruction: Int32
  private let usesLineStart: Bool
  private let alphabet: Alphabet
  private let purpose: Purpose

  private var list: [Int32] = []
  private var next: [Int32] = []
  private var isLineStart = false
  private var isAnchored = false
  /// The bytes of a rune that has been read in part, in the order in which they were read.
  private var pending: [UInt8] = []

  /// How many bytes ago a match ended, 0 if none did.
  private(set) var lag = 0
  /// For `.patterns` which matched; for `.stream` where groups began.
  private(set) var extra: [Int32] = []
  /// The place of the list of the last entry that was computed.
  var lastExtra = 0

  // For `.stream`: where the groups of `list` began.  Not negative: as that group of the row that
  // the step started from; negative: so many bytes before the end of the step.
  private var origins: [Int32] = []
  private var nextOrigins: [Int32] = []
  private var matchOrigin: Int32 = 0

  /// The situation as words, and their hash.
  private(set) var key: [Int32] = []
  private(set) var hash = 0

  // A visit's number is noted for each instruction that it met.
  private var visited: [UInt32]
  private var added: [UInt32]
  private var visit: UInt32 = 0
  private var stack: [Int32] = []

  init(_ code: Code, _ alphabet: Alphabet, _ purpose: Purpose) {
    self.code = code.instructions
    firstInstruction = code.start
    usesLineStart = code.usesLineStart
    self.alphabet = alphabet
    self.purpose = purpose
    visited = [UInt32](repeating: 0, count: code.instructions.count)
    added = visited
  }

  /// True if nothing can match any more.
  var isDead: Bool { list.isEmpty && isAnchored }
  /// True if no thread is under way, and matches may begin.
  var isStart: Bool { list.isEmpty && !isAnchored && pending.isEmpty }

  // Situations.

  /// A situation before the first byte.
  mutating func begin(isLineStart: Bool, isAnchored: Bool) {
    list.removeAll(keepingCapacity: true)
    if isAnchored { list.append(firstInstruction) }
    pending.removeAll(keepingCapacity: true)
    self.isLineStart = isLineStart && usesLineStart
    self.isAnchored = isAnchored
  }

  /// Takes on the situation that `store` wrote to `keys[range]`.
  mutating func load(_ keys: [Int32], _ range: Range<Int>) {
    let flags = keys[range.lowerBound]
    let bytes = keys[range.lowerBound + 1]
    isLineStart = flags & 1 != 0
    isAnchored = flags & 2 != 0
    pending.removeAll(keepingCapacity: true)
    for index in 0..<Int(flags >> 2) {
      pending.append(UInt8(truncatingIfNeeded: bytes >> Int32(8 * index)))
    }
    list.removeAll(keepingCapacity: true)
    list += keys[(range.lowerBound + 2)..<range.upperBound]
    if purpose == .stream { loadOrigins() }
  }

  private mutating func loadOrigins() {
    origins.removeAll(keepingCapacity: true)
    var count: Int32 = list.isEmpty ? 0 : 1
    for entry in list where entry == Self.mark { count += 1 }
    for index in 0..<count { origins.append(index) }
  }

  /// Writes the situation to `key`.
  mutating func store() {
    var bytes: Int32 = 0
    for (index, byte) in pending.enumerated() { bytes |= Int32(byte) << Int32(8 * index) }
    key.removeAll(keepingCapacity: true)
    key.append((isLineStart ? 1 : 0) | (isAnchored ? 2 : 0) | Int32(pending.count) << 2)
    key.append(bytes)
    key += list
    hash = Self.hash(key[...])
  }

  static func hash(_ key: ArraySlice<Int32>) -> Int {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
    for word in key {
      hash = (hash ^ UInt64(UInt32(bitPattern: word))) &* 0xFF51_AFD7_ED55_8CCD
      hash ^= hash >> 32
    }
    return Int(hash >> 1)
  }

  // Bytes.

  private mutating func startStep() {
    lag = 0
    extra.removeAll(keepingCapacity: true)
  }

  /// Reads a byte.
  mutating func read(_ byte: UInt8) {
    startStep()
    if byte < 0x80 || alphabet.isASCII {
      spoil(pending.count, behind: 1)
      consume(byte < 0x80 ? Int(alphabet.classOfASCII[Int(byte)]) : alphabet.badClass, 1)
    } else if purpose == .reverse {
      readBackward(byte)
    } else {
      readForward(byte)
    }
    finishStep()
  }

  /// Reads the end of the text; `isLineEnd` says whether a line ends with it.
  mutating func readEnd(isLineEnd: Bool) {
    startStep()
    spoil(pending.count, behind: 1)
    consume(isLineEnd ? endOfLine : endOfText, 1)
    isAnchored = true
    finishStep()
  }

  /// The first `count` of the pending bytes are no part of a rune; `behind` bytes follow them all.
  private mutating func spoil(_ count: Int, behind: Int) {
    for _ in 0..<count {
      consume(alphabet.badClass, pending.count + behind)
      pending.removeFirst()
    }
  }

  private mutating func readForward(_ byte: UInt8) {
    pending.append(byte)
    while let first = pending.first {
      let size = UTF8Rune.announced(first)
      let isBad =
        size < 2 || (pending.count > 1 && !UTF8Rune.isContinued(first, by: pending[1]))
        || pending.dropFirst(2).contains { $0 & 0xC0 != 0x80 }
      if isBad {
        spoil(1, behind: 0)
      } else if pending.count < size {
        return
      } else {
        consume(alphabet.runeClass(UTF8Rune.decode(pending).rune), pending.count)
        pending.removeFirst(size)
      }
    }
  }

  /// Reads a byte that stands before the pending ones, which are continuation bytes.
  private mutating func readBackward(_ byte: UInt8) {
    if byte & 0xC0 == 0x80 {
      // No lead byte reaches further than three bytes.
      if pending.count == 3 { spoil(1, behind: 1) }
      pending.append(byte)
      return
    }
    let wanted = UTF8Rune.announced(byte) - 1
    if wanted > 0, let last = pending.last, pending.count >= wanted,
      UTF8Rune.isContinued(byte, by: last)
    {
      spoil(pending.count - wanted, behind: 1)
      let rune = UTF8Rune.decode([byte] + pending.reversed()).rune
      consume(alphabet.runeClass(rune), wanted + 1)
      pending.removeAll(keepingCapacity: true)
    } else {
      spoil(pending.count, behind: 1)
      consume(alphabet.badClass, 1)
    }
  }

  // Runes.

  private var endOfLine: Int { alphabet.runeClassCount }
  private var endOfText: Int { alphabet.runeClassCount + 1 }

  /// The threads read a rune of class `symbol`, or an end.  `size` bytes, from the rune's first
  /// on, are behind the place before it.
  private mutating func consume(_ symbol: Int, _ size: Int) {
    let isLineEnd = symbol == alphabet.newlineClass || symbol == endOfLine
    visit &+= 1
    if visit == 0 { restartVisits() }
    next.removeAll(keepingCapacity: true)
    nextOrigins.removeAll(keepingCapacity: true)
    var group = 0
    var groupStart = 0
    var isMatched = false
    var index = 0
    while index < list.count && (!isMatched || purpose == .patterns) {
      let origin = purpose == .stream ? origins[group] : 0
      while index < list.count && list[index] != Self.mark {
        isMatched = follow(list[index], symbol, isLineEnd) || isMatched
        index += 1
      }
      index += 1
      group += 1
      endGroup(&groupStart, origin: origin)
      if isMatched { noteMatch(size, origin: origin) }
    }
    if !isAnchored {
      if follow(firstInstruction, symbol, isLineEnd) { noteMatch(size, origin: Int32(-size)) }
      endGroup(&groupStart, origin: Int32(-size))
    }
    if next.last == Self.mark { next.removeLast() }
    swap(&list, &next)
    swap(&origins, &nextOrigins)
    isLineStart = usesLineStart && symbol == alphabet.newlineClass
  }

  private mutating func restartVisits() {
    for index in visited.indices {
      visited[index] = 0
      added[index] = 0
    }
    visit = 1
  }

  /// What stands in `next` from `start` on is a group: in order, and with a mark behind it.
  private mutating func endGroup(_ start: inout Int, origin: Int32) {
    if next.count == start || purpose == .patterns { return }
    next[start...].sort()
    next.append(Self.mark)
    start = next.count
    if purpose == .stream { nextOrigins.append(origin) }
  }

  private mutating func noteMatch(_ size: Int, origin: Int32) {
    lag = size
    if purpose == .patterns { return }
    isAnchored = true
    matchOrigin = origin
  }

  /// A thread goes on from `entry` to all instructions that consume `symbol`.  True if it matched.
  private mutating func follow(_ entry: Int32, _ symbol: Int, _ isLineEnd: Bool) -> Bool {
    var isMatched = false
    stack.append(entry)
    while let index = stack.popLast() {
      if visited[Int(index)] == visit { continue }
      visited[Int(index)] = visit
      let instruction = code[Int(index)]
      switch instruction.opcode {
      case .rune:
        if accepts(Int(instruction.argument), symbol) { add(instruction.next) }
      case .or:
        stack.append(instruction.argument)
        stack.append(instruction.next)
      case .nop, .slot: stack.append(instruction.next)
      case .lineStart: if isLineStart { stack.append(instruction.next) }
      case .lineEnd: if isLineEnd { stack.append(instruction.next) }
      case .match:
        isMatched = true
        if purpose == .patterns && !extra.contains(instruction.argument) {
          extra.append(instruction.argument)
        }
      }
    }
    return isMatched
  }

  @inline(__always)
  private func accepts(_ set: Int, _ symbol: Int) -> Bool {
    if symbol >= alphabet.runeClassCount { return false }
    return alphabet.isMember(symbol, of: set)
  }

  private mutating func add(_ entry: Int32) {
    if added[Int(entry)] == visit { return }
    added[Int(entry)] = visit
    next.append(entry)
  }

  private mutating func finishStep() {
    if purpose == .patterns {
      list.sort()
      extra.sort()
    }
    guard purpose == .stream else { return }
    // The list of an entry: where the match began, then where each group did, if that changed.
    let isSame = origins.enumerated().allSatisfy { $0.offset == $0.element }
    if lag != 0 || !isSame { extra = [matchOrigin] + origins }
  }
}
