// A pattern as instructions, for one direction of reading.
//
// The shape of the instructions is Thompson's, and their order Plan 9's: an `or` does its first
// way at once and its second way after all that already waits.  For `x|y` the first way is y; for
// `x*`, `x+` and `x?` it is what follows.  Submatches depend on this order and on nothing else.
//
// The reversed program, which finds where a match begins, has concatenations swapped, `^` and `$`
// exchanged, and no groups.

/// What an instruction does.
enum Opcode: UInt8 {
  /// Consumes a rune of set `argument`.
  case rune
  /// Goes on at `next` at once, and at `argument` later.
  case or
  case nop
  /// Notes the position in slot `argument`.
  case slot
  case lineStart, lineEnd
  /// The end; `argument` is the number of the pattern in a set of patterns.
  case match
}

/// One instruction.
struct Instruction {
  var opcode: Opcode
  var argument: Int32 = 0
  var next: Int32 = -1
}

/// Which way a program reads.
enum Direction { case forward, backward }

/// Instructions and where they begin.
struct Code: Sendable {
  private(set) var instructions: [Instruction] = []
  private(set) var start: Int32 = 0

  /// True if the code asks where lines begin (as it reads them).
  private(set) var usesLineStart = false
  private(set) var usesLineEnd = false

  private typealias Fragment = (first: Int32, last: Int32)

  /// The code of one pattern.
  init(_ syntax: Syntax, _ direction: Direction) {
    let fragment = translate(syntax.postfix, setsFrom: 0, direction)
    let match = add(.match, 0)
    link(fragment.last, match)
    start = fragment.first
  }

  /// The code of several patterns, which all begin together; `setOffsets` are where the sets of
  /// each begin among those of all.
  init(_ patterns: [Syntax], setOffsets: [Int]) {
    var first: Int32 = -1
    for (number, syntax) in patterns.enumerated() {
      let fragment = translate(syntax.postfix, setsFrom: setOffsets[number], .forward)
      let match = add(.match, number)
      link(fragment.last, match)
      if first >= 0 {
        let either = add(.or, Int(first))
        link(either, fragment.first)
        first = either
      } else {
        first = fragment.first
      }
    }
    start = first
  }

  private mutating func add(_ opcode: Opcode, _ argument: Int = 0) -> Int32 {
    instructions.append(Instruction(opcode: opcode, argument: Int32(argument)))
    return Int32(instructions.count - 1)
  }

  private mutating func link(_ from: Int32, _ to: Int32) { instructions[Int(from)].next = to }

  private mutating func single(_ opcode: Opcode, _ argument: Int = 0) -> Fragment {
    let index = add(opcode, argument)
    return (index, index)
  }

  private mutating func translate(
    _ postfix: [Op], setsFrom: Int, _ direction: Direction
  ) -> Fragment {
    var stack: [Fragment] = []
    for op in postfix {
      switch op {
      case .runes(let set): stack.append(single(.rune, set + setsFrom))
      case .empty: stack.append(single(.nop))
      case .lineStart, .lineEnd: stack.append(assertion(op, direction))
      case .concatenate:
        let right = stack.removeLast()
        let left = stack.removeLast()
        let (before, after) = direction == .forward ? (left, right) : (right, left)
        link(before.last, after.first)
        stack.append((before.first, after.last))
      case .alternate:
        let right = stack.removeLast()
        let left = stack.removeLast()
        let (either, end) = (add(.or, Int(left.first)), add(.nop))
        link(either, right.first)
        link(left.last, end)
        link(right.last, end)
        stack.append((either, end))
      case .star, .plus, .optional: stack.append(repetition(op, stack.removeLast()))
      case .group(let number):
        if direction == .forward { stack.append(group(number, stack.removeLast())) }
      }
    }
    assert(stack.count == 1, "a pattern is one operand")
    return stack[0]
  }

  private mutating func assertion(_ op: Op, _ direction: Direction) -> Fragment {
    let isStart = (op == .lineStart) == (direction == .forward)
    if isStart { usesLineStart = true } else { usesLineEnd = true }
    return single(isStart ? .lineStart : .lineEnd)
  }

  private mutating func repetition(_ op: Op, _ body: Fragment) -> Fragment {
    let either = add(.or, Int(body.first))
    if op == .optional {
      let end = add(.nop)
      link(either, end)
      link(body.last, end)
      return (either, end)
    }
    link(body.last, either)
    return (op == .star ? either : body.first, either)
  }

  private mutating func group(_ number: Int, _ body: Fragment) -> Fragment {
    let (open, close) = (add(.slot, 2 * number), add(.slot, 2 * number + 1))
    link(open, body.first)
    link(body.last, close)
    return (open, close)
  }
}
