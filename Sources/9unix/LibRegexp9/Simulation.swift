// Submatches without an automaton: for more groups than a mask has bits, and for patterns whose
// automaton does not fit its budget.

/// Plan 9's simulation: threads that carry their groups.  See Captures.swift for the order.
///
/// O(instructions * groups) for each rune, and as much memory.
final class Simulation {
  private let code: [Instruction]
  private let firstInstruction: Int32
  private let alphabet: Alphabet
  private let slotCount: Int

  // Threads: an instruction each, and `slotCount` places at the same number in `places`.
  private var list: [Int32] = []
  private var places: [Int] = []
  private var next: [Int32] = []
  private var nextPlaces: [Int] = []
  private var current: [Int] = []
  private var matched: [Int] = []
  private var visited: [UInt32]
  private var visit: UInt32 = 0

  init(_ code: Code, _ alphabet: Alphabet, groupCount: Int) {
    self.code = code.instructions
    firstInstruction = code.start
    self.alphabet = alphabet
    slotCount = 2 * groupCount + 2
    visited = [UInt32](repeating: 0, count: code.instructions.count)
  }

  /// Writes where the groups of the match `text[from..<to]` began and ended to `slots`, from
  /// slot 2 on; -1 for a group that did not take part.  `limit` is where the text ends.
  func find(
    _ text: UnsafePointer<UInt8>, from: Int, to: Int, limit: Int, slots: inout [Int]
  ) {
    list = [firstInstruction]
    places = [Int](repeating: -1, count: slotCount)
    matched = places
    var place = from
    while true {
      let isLineStart = unsafe place == 0 || text[place - 1] == RuneSet.newline
      let isLineEnd = unsafe place == limit || text[place] == RuneSet.newline
      var symbol = -1
      var size = 1
      if place < to {
        let decoded = unsafe UTF8Rune.decode(text, place, to)
        size = decoded.size
        symbol = alphabet.runeClass(decoded.rune)
      }
      step(symbol, isLineStart, isLineEnd, place, isEnd: place == to)
      if place >= to { break }
      place += size
    }
    for slot in 2..<slotCount { slots[slot] = matched[slot] }
  }

  private func step(
    _ symbol: Int, _ isLineStart: Bool, _ isLineEnd: Bool, _ place: Int, isEnd: Bool
  ) {
    visit &+= 1
    if visit == 0 {
      for index in visited.indices { visited[index] = 0 }
      visit = 1
    }
    next.removeAll(keepingCapacity: true)
    nextPlaces.removeAll(keepingCapacity: true)
    var head = 0
    var isMatched = false
    while head < list.count {
      var index = list[head]
      current.removeAll(keepingCapacity: true)
      current += places[(head * slotCount)..<((head + 1) * slotCount)]
      head += 1
      thread: while visited[Int(index)] != visit {
        visited[Int(index)] = visit
        let instruction = code[Int(index)]
        switch instruction.opcode {
        case .rune:
          if symbol >= 0 && alphabet.isMember(symbol, of: Int(instruction.argument)) {
            next.append(instruction.next)
            nextPlaces += current
          }
          break thread
        case .or:
          list.append(instruction.argument)
          places += current
        case .nop: break
        case .slot: current[Int(instruction.argument)] = place
        case .lineStart: if !isLineStart { break thread }
        case .lineEnd: if !isLineEnd { break thread }
        case .match:
          if isEnd && !isMatched {
            isMatched = true
            swap(&matched, &current)
          }
          break thread
        }
        index = instruction.next
      }
    }
    swap(&list, &next)
    swap(&places, &nextPlaces)
  }
}
