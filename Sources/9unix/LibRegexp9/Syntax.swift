// Reading a pattern: runes in, postfix out.
//
// The grammar is regexp(7)'s:
//
//     e3:  literal | charclass | . | ^ | $ | ( e0 )
//     e2:  e3 | e2 * | e2 + | e2 ?
//     e1:  e2 | e1 e2
//     e0:  e1 | e0 '|' e1
//
// The result is postfix, and each later pass is a loop with a stack over it: nothing recurses, so
// that a pattern may nest as deep as memory goes.

/// One step of a pattern in postfix.
enum Op: Equatable, Sendable {
  /// One rune of the set with this number.
  case runes(Int)
  case lineStart, lineEnd
  /// Nothing: only as the empty pattern.
  case empty
  case concatenate, alternate
  case star, plus, optional
  /// The operand is the group with this number, from 1.
  case group(Int)
}

/// A pattern that was read.
struct Syntax: Sendable {
  var postfix: [Op] = []
  /// The sets that `Op.runes` refers to, each once.
  var sets: [RuneSet] = []
  /// The number of groups, without the whole match.
  var groupCount = 0
}

/// Reads one pattern.
struct SyntaxReader {
  private struct Frame {
    var group: Int
    var offset: Int
    var branches = 0
    /// Operands in the branch that is being read.
    var atoms = 0
    /// Where the last `|` was, for the error that it has no right side.
    var barOffset = 0
  }

  private let bytes: [UInt8]
  private let options: Regexp.Options
  private var index = 0
  private var frames = [Frame(group: 0, offset: 0)]
  private var syntax = Syntax()
  private var numbers: [RuneSet: Int] = [:]

  private init(_ bytes: [UInt8], _ options: Regexp.Options) {
    self.bytes = bytes
    self.options = options
  }

  /// Reads `pattern`; with `.literal` every rune stands for itself.
  static func read(
    _ pattern: [UInt8], _ options: Regexp.Options
  ) throws(RegexpError) -> Syntax {
    var reader = SyntaxReader(pattern, options)
    if pattern.isEmpty {
      reader.syntax.postfix = [.empty]
      return reader.syntax
    }
    while reader.index < pattern.count {
      if options.contains(.literal) {
        let rune = reader.nextRune()
        let isQuoted = rune == 0x5C && options.contains(.quoted) && reader.index < pattern.count
        reader.append(RuneSet(isQuoted ? reader.nextRune() : rune))
      } else {
        try reader.readOne()
      }
    }
    try reader.finish()
    return reader.syntax
  }

  private mutating func nextRune() -> UInt32 {
    let (rune, size) = UTF8Rune.decode(bytes[index...])
    index += size
    return rune
  }

  private func failure(_ reason: RegexpError.Reason, _ offset: Int) -> RegexpError {
    RegexpError(reason: reason, offset: offset)
  }

  private mutating func readOne() throws(RegexpError) {
    let offset = index
    let rune = nextRune()
    switch Unicode.Scalar(rune) {
    case "*": try repeated(.star, "*", offset)
    case "+": try repeated(.plus, "+", offset)
    case "?": try repeated(.optional, "?", offset)
    case "|": try bar(offset)
    case "(": open(offset)
    case ")": try close(offset)
    case "^": append(.lineStart)
    case "$": append(.lineEnd)
    case ".":
      let excluded = options.contains(.dotMatchesNewline) ? RuneSet() : RuneSet(RuneSet.newline)
      append(excluded.complement)
    case "[": append(try readClass(offset))
    case "\\" where index < bytes.count: append(RuneSet(nextRune()))
    default: append(RuneSet(rune))
    }
  }

  // Operands and operators.

  private mutating func append(_ set: RuneSet) {
    let set = options.contains(.ignoreCase) ? set.folded : set
    let number = numbers[set] ?? syntax.sets.count
    if number == syntax.sets.count {
      numbers[set] = number
      syntax.sets.append(set)
    }
    append(.runes(number))
  }

  private mutating func append(_ op: Op) {
    beginAtom()
    syntax.postfix.append(op)
  }

  /// What stands before the next operand is complete: it is joined with its left neighbour.
  private mutating func beginAtom() {
    if frames[frames.count - 1].atoms >= 2 { syntax.postfix.append(.concatenate) }
    frames[frames.count - 1].atoms += 1
  }

  private mutating func repeated(
    _ op: Op, _ name: Unicode.Scalar, _ offset: Int
  ) throws(RegexpError) {
    if frames[frames.count - 1].atoms == 0 { throw failure(.missingOperand(name), offset) }
    // Stacking an operator on itself changes nothing that can be matched or captured.
    if syntax.postfix.last != op { syntax.postfix.append(op) }
  }

  private mutating func bar(_ offset: Int) throws(RegexpError) {
    try endBranch(offset)
    frames[frames.count - 1].barOffset = offset
  }

  /// Ends a branch of an alternation; `offset` is where the operator stands that lacks it.
  private mutating func endBranch(_ offset: Int) throws(RegexpError) {
    let frame = frames[frames.count - 1]
    if frame.atoms == 0 { throw failure(.missingOperand("|"), offset) }
    if frame.atoms >= 2 { syntax.postfix.append(.concatenate) }
    if frame.branches >= 1 { syntax.postfix.append(.alternate) }
    frames[frames.count - 1].branches += 1
    frames[frames.count - 1].atoms = 0
  }

  private mutating func open(_ offset: Int) {
    beginAtom()
    syntax.groupCount += 1
    frames.append(Frame(group: syntax.groupCount, offset: offset))
  }

  private mutating func close(_ offset: Int) throws(RegexpError) {
    let frame = frames[frames.count - 1]
    if frames.count == 1 { throw failure(.unmatchedRightParenthesis, offset) }
    if frame.branches == 0 && frame.atoms == 0 {
      throw failure(.missingOperand("("), frame.offset)
    }
    try endBranch(frame.barOffset)
    frames.removeLast()
    syntax.postfix.append(.group(frame.group))
  }

  private mutating func finish() throws(RegexpError) {
    let frame = frames[frames.count - 1]
    if frames.count > 1 { throw failure(.unmatchedLeftParenthesis, frame.offset) }
    try endBranch(frame.barOffset)
  }

  // Classes.

  /// Reads a class behind its `[`.
  private mutating func readClass(_ offset: Int) throws(RegexpError) -> RuneSet {
    var isNegated = false
    if index < bytes.count, bytes[index] == UInt8(ascii: "^") {
      isNegated = true
      index += 1
    }
    // Each item is a first and a last rune; `-` gives the last item another end.
    var items: [(first: UInt32, last: UInt32)] = []
    while true {
      guard let item = classRune() else { throw failure(.malformedClass, offset) }
      if item.rune == 0x5D && !item.isQuoted { break }
      if item.rune == 0x2D && !item.isQuoted {
        guard let end = classRune(), end.rune != 0x5D || end.isQuoted, isNegated || !items.isEmpty
        else { throw failure(.malformedClass, offset) }
        if items.isEmpty {
          // In `[^-b]` Plan 9 makes a range from the newline that it has put there.
          items = [(0x2D, 0x2D), (end.rune, end.rune)]
        } else {
          items[items.count - 1].last = end.rune
        }
      } else {
        items.append((item.rune, item.rune))
      }
    }
    // A range that runs backwards holds nothing.
    var ranges = items.filter { $0.first <= $0.last }.map { $0.first...$0.last }
    if !isNegated { return RuneSet(ranges) }
    if options.contains(.ignoreCase) { ranges = RuneSet(ranges).folded.ranges }
    return RuneSet(ranges + [RuneSet.newline...RuneSet.newline]).complement
  }

  private mutating func classRune() -> (rune: UInt32, isQuoted: Bool)? {
    if index >= bytes.count { return nil }
    let rune = nextRune()
    if rune != 0x5C { return (rune, false) }
    return index < bytes.count ? (nextRune(), true) : nil
  }
}
