// Arguments: theory of operation.
//
// Problem.  Every program reads flags, and C's macros ARGBEGIN and ARGEND do it in four lines.
// Swift has no such macros, but it has iterators.
//
//     var args = ArgParser()
//     while let flag = args.next() {
//       switch flag {
//       case "v": isVerbose = true
//       case "o": output = args.eargf { usage.fail() }
//       default: usage.fail()
//       }
//     }
//     for file in args.rest { ... }
//
// Shape.  A word that begins with `-` and has more is flags, each a rune.  A flag may take the
// rest of its word, or else the next word, as its argument.  `-` alone is an operand and `--` ends
// the flags.  There are no long options: `--x` is the flags `-` and `x`.
//
// Invariants.
//   A1  Every word is flags, an argument, the `--` that ends, or an operand; none is two of them.
//   A2  `rest` is what has not been read yet: after the last flag, the operands.
//
// Rejected.  A table of all flags with their types, as swift-argument-parser has: it is another
// grammar, and for programs of ten flags the switch is shorter.  `Usage` prints the help.

/// Reads the flags of a command line, one rune after the other.
///
/// Not thread-safe.  Corresponds to `ARGBEGIN`, `ARGF`, `EARGF`, `ARGC` and `ARGEND` of `arg(3)`.
public struct ArgParser: Sequence, IteratorProtocol, Sendable {
  private var words: ArraySlice<String>
  /// The flags of the current word that are still to be read.
  private var letters: Substring.UnicodeScalarView = "".unicodeScalars[...]
  private var isOver = false

  /// The flag that `next` returned last; nil before the first.  Corresponds to `ARGC`.
  public private(set) var flag: Unicode.Scalar?

  /// Begins with the arguments of this program.  The first is its name and becomes `argv0`, if
  /// that has not been set.
  public init(_ arguments: [String] = CommandLine.arguments) {
    if let program = arguments.first { Program.nameOnce(program) }
    words = arguments.dropFirst()
  }

  /// The words that have not been read: after the last flag, the operands.
  public var rest: [String] { Array(words) }

  /// The number of words that have not been read.  Corresponds to `argc` after `ARGEND`.
  public var count: Int { words.count }

  /// The next flag, or nil where the operands begin.
  public mutating func next() -> Unicode.Scalar? {
    if letters.isEmpty {
      if isOver { return nil }
      guard let word = words.first, word != "-", word.utf8.first == UInt8(ascii: "-") else {
        isOver = true
        return nil
      }
      words.removeFirst()
      if word == "--" {
        isOver = true
        return nil
      }
      letters = word.unicodeScalars.dropFirst()
    }
    flag = letters.removeFirst()
    return flag
  }

  /// The argument of the current flag: the rest of its word, or the next word, whatever that is;
  /// nil if there is none.  Corresponds to `ARGF`.
  public mutating func argf() -> String? {
    if letters.isEmpty { return words.popFirst() }
    defer { letters = "".unicodeScalars[...] }
    return String(letters)
  }

  /// The argument of the current flag; if there is none, `usage` has the last word.
  ///
  /// Corresponds to `EARGF`.
  public mutating func eargf(_ usage: () -> Never) -> String {
    guard let argument = argf() else { usage() }
    return argument
  }

  /// The argument of the current flag.
  ///
  /// What `eargf` is where nobody may end the program.
  ///
  /// - Throws: `ArgError.wanted` if there is none.
  public mutating func argument() throws(ArgError) -> String {
    guard let argument = argf() else { throw .wanted(by: flag ?? "-") }
    return argument
  }
}

/// What can be wrong with a command line.
public enum ArgError: Error, Equatable, Sendable {
  /// A flag without the argument that it wants.
  case wanted(by: Unicode.Scalar)
  /// A flag that nobody knows.
  case unknown(Unicode.Scalar)
}

extension ArgError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .wanted(let flag): "-\(flag) wants an argument"
    case .unknown(let flag): "bad flag -\(flag)"
    }
  }
}
