// One caller's machinery: the automata of a program, and the order in which they are asked.
//
//     candidate   prefilter: where a match can begin at all, or in which line one can be
//     end         automaton of the program, forward: the end of the leftmost-longest match
//     begin       automaton of the reversed program, backward from there
//     groups      CaptureAutomaton, over the match alone

/// What a pattern was compiled to.  Immutable, so it may be shared by all threads.
final class Program: Sendable {
  let forward: Code
  let backward: Code
  let alphabet: Alphabet
  let groupCount: Int
  let cacheSize: Int

  /// Finds candidates for the beginning of a match.
  let prefilter: Prefilter?
  /// The literal that is the whole pattern.
  let literal: Prefilter?
  let literalSize: Int
  /// Finds what every match contains; then a match is within a line.
  let required: Prefilter?
  /// The size of all matches, if they have one.
  let size: Int?

  init(_ syntax: Syntax, cacheSize: Int) throws(RegexpError) {
    guard let alphabet = Alphabet(syntax.sets) else {
      throw RegexpError(reason: .tooBig, offset: 0)
    }
    self.alphabet = alphabet
    forward = Code(syntax, .forward)
    backward = Code(syntax, .backward)
    groupCount = syntax.groupCount
    self.cacheSize = cacheSize
    let facts = Literals.of(syntax)
    size = facts.size
    if let exact = facts.exact, exact.count == 1, !exact[0].isEmpty, !facts.hasAssertion {
      literal = Prefilter(literal: exact[0])
      literalSize = exact[0].count
      prefilter = nil
    } else {
      literal = nil
      literalSize = 0
      prefilter = Self.prefilter(facts)
    }
    // A literal must be rare enough that finding a line's borders pays.
    let isRare = Literals.value(facts.required) >= 6
    required =
      isRare && prefilter == nil && !facts.hasNewline
      ? Prefilter(literal: facts.required) : nil
  }

  private static func prefilter(_ facts: Literals) -> Prefilter? {
    if facts.isLineStart { return Prefilter(lineStarts: ()) }
    guard let prefixes = facts.prefixes else { return nil }
    if prefixes.count == 1, prefixes[0].count >= 2 || Literals.value(prefixes[0]) >= 7 {
      return Prefilter(literal: prefixes[0])
    }
    return Prefilter(prefixes: prefixes)
  }
}

/// The automata of a program.  Belongs to one caller at a time.
final class Engine {
  let program: Program
  private var forward: Automaton
  private var backward: Automaton?
  private var captures: CaptureAutomaton?
  private var simulation: Simulation?
  /// Where the last match and its groups began and ended.
  private(set) var slots: [Int]

  init(_ program: Program) {
    self.program = program
    forward = Automaton(
      program.forward, program.alphabet, .search, budget: program.cacheSize,
      marksStart: program.prefilter != nil)
    slots = [Int](repeating: -1, count: 2 * program.groupCount + 2)
  }

  /// True if there is a match in `text[from..<limit]`.
  func contains(_ text: UnsafePointer<UInt8>, from: Int, limit: Int) -> Bool {
    unsafe locate(text, from: from, limit: limit, isFirstEnough: true)
  }

  /// Finds the leftmost-longest match in `text[from..<limit]`; slots 0 and 1 say where.
  func find(_ text: UnsafePointer<UInt8>, from: Int, limit: Int) -> Bool {
    unsafe locate(text, from: from, limit: limit, isFirstEnough: false)
  }

  /// Finds the leftmost-longest match with its groups.
  func findGroups(_ text: UnsafePointer<UInt8>, from: Int, limit: Int) -> Bool {
    guard unsafe find(text, from: from, limit: limit) else { return false }
    if program.groupCount > 0 { unsafe findSlots(text, limit) }
    return true
  }

  private func locate(
    _ text: UnsafePointer<UInt8>, from: Int, limit: Int, isFirstEnough: Bool
  ) -> Bool {
    if let literal = program.literal {
      let place = unsafe literal.find(text, from, limit)
      if place < 0 { return false }
      slots[0] = place
      slots[1] = place + program.literalSize
      return true
    }
    guard let required = program.required else {
      return unsafe search(text, from, limit, isFirstEnough)
    }
    var from = from
    while true {
      let place = unsafe required.find(text, from, limit)
      if place < 0 { return false }
      let start = unsafe Lines.start(text, place, notBefore: from)
      let end = unsafe Lines.end(text, place, limit)
      if unsafe search(text, start, end, isFirstEnough) { return true }
      if end == limit { return false }
      from = end + 1
    }
  }

  /// Searches `text[from..<to]`, at whose end a line ends.
  private func search(
    _ text: UnsafePointer<UInt8>, _ from: Int, _ to: Int, _ isFirstEnough: Bool
  ) -> Bool {
    var start = from
    if let prefilter = program.prefilter {
      start = unsafe prefilter.find(text, from, to)
      if start < 0 { return false }
    }
    let isLineStart = unsafe start == 0 || text[start - 1] == 0x0A
    let end = unsafe forward.run(
      text, from: start, to: to,
      row: forward.startRow(isLineStart: isLineStart, isAnchored: false),
      end: forward.endSymbol, prefilter: program.prefilter, isFirstEnough: isFirstEnough)
    if end < 0 { return false }
    if isFirstEnough { return true }
    slots[1] = end
    if let size = program.size {
      slots[0] = end - size
    } else {
      slots[0] = unsafe findBeginning(text, start, end, to)
    }
    assert(slots[0] >= start && slots[0] <= end, "a match begins where the search looked")
    return true
  }

  private func findBeginning(
    _ text: UnsafePointer<UInt8>, _ from: Int, _ end: Int, _ to: Int
  ) -> Int {
    let automaton: Automaton
    if let backward {
      automaton = backward
    } else {
      automaton = Automaton(
        program.backward, program.alphabet, .reverse, budget: program.cacheSize)
      backward = automaton
    }
    // Backward, a line begins where it ends.
    let isLineEnd = unsafe end == to || text[end] == 0x0A
    let isLineStart = unsafe from == 0 || text[from - 1] == 0x0A
    let row = automaton.startRow(isLineStart: isLineEnd, isAnchored: true)
    return unsafe automaton.runBackward(
      text, from: from, to: end, row: row, end: automaton.endSymbol + (isLineStart ? 0 : 1))
  }

  private func findSlots(_ text: UnsafePointer<UInt8>, _ limit: Int) {
    let (from, to) = (slots[0], slots[1])
    for index in 2..<slots.count { slots[index] = -1 }
    if program.groupCount <= CaptureAutomaton.groupsMax {
      let automaton: CaptureAutomaton
      if let captures {
        automaton = captures
      } else {
        automaton = CaptureAutomaton(
          program.forward, program.alphabet, groupCount: program.groupCount,
          budget: program.cacheSize)
        captures = automaton
      }
      if unsafe automaton.find(text, from: from, to: to, limit: limit, slots: &slots) { return }
    }
    let simulation =
      self.simulation
      ?? Simulation(program.forward, program.alphabet, groupCount: program.groupCount)
    self.simulation = simulation
    unsafe simulation.find(text, from: from, to: to, limit: limit, slots: &slots)
  }
}
