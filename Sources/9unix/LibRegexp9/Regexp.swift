// LibRegexp9: theory of operation.
//
// Problem.  Plan 9's regular expressions, on texts of any size and from any source: an answer is
// wanted in time proportional to the text, whatever the pattern and whatever the text.
//
// Shape.  A pattern becomes a `Program`, which never changes; whoever matches has an `Engine` of
// his own, which holds lazy automata of bounded size.
//
//     pattern --SyntaxReader--> Syntax (postfix) --Code--> instructions, forward and backward
//                                   |--Alphabet--> classes of runes and bytes
//                                   '--Literals--> Prefilter
//
//     text --Prefilter--> candidate --Automaton--> end --Automaton--> beginning -Captures-> groups
//
// Which match.  The leftmost, and of those that begin there the longest.  Groups are where the
// thread put them that Plan 9's order prefers (Captures.swift); a group in a repetition says where
// its last iteration was, or the one before if the last went another way.
//
// Bounds.  One search costs at most O(instructions * bytes), and that only while the automata
// learn; then a load for each byte.  An engine takes at most about four times `cacheSize`, plus
// what is proportional to the pattern.  Nothing recurses.  No number of groups, classes or levels
// is too large; `Regexp.instructionsMax` is.
//
// Threads.  `Regexp` is a value that all threads may use.  Its calls borrow an engine from a pool
// by one atomic exchange; a `RegexpMatcher` owns one.  The pool belongs to the value.
//
// Rejected.  Backtracking, in any form: exponential.  Foundation's and the standard library's
// regular expressions underneath: they backtrack.  A shared automaton behind a lock, as RE2 has:
// saves memory where many threads use one pattern, costs all of them a lock for each call.

/// A compiled regular expression of Plan 9, see `regexp(7)`.  `Reprog`.
///
/// Texts are bytes, read as UTF-8; a byte that is no part of a rune counts as U+FFFD.  Offsets
/// are in bytes.  Values may be used by any number of threads at once.
public struct Regexp: Sendable {
  /// How a pattern is read.
  public struct Options: OptionSet, Sendable {
    /// The options as bits.
    public let rawValue: Int
    /// The options that the bits stand for.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Runes that differ in case only are the same (Unicode's simple case folding).
    public static let ignoreCase = Options(rawValue: 1)
    /// Every rune of the pattern stands for itself.
    public static let literal = Options(rawValue: 2)
    /// `.` matches a newline, too.  `regcompnl`.
    public static let dotMatchesNewline = Options(rawValue: 4)
    /// With `literal`: a backslash is left out, and what follows it stands for itself.
    static let quoted = Options(rawValue: 8)
  }

  /// The most instructions that a pattern may have; it has two or three for each of its runes.
  public static let instructionsMax = 1 << 20
  /// The default of how many bytes each automaton of an engine may take.
  public static let cacheSizeDefault = 1 << 20

  final class Compiled: Sendable {
    let program: Program
    let pool = EnginePool()
    init(_ program: Program) { self.program = program }
  }

  let compiled: Compiled

  /// Compiles `pattern`.  `regcomp`.  O(pattern), plus what its classes take to be told apart.
  ///
  /// - Parameters:
  ///   - pattern: see `regexp(7)`; the empty pattern matches the empty string.
  ///   - options: how to read it.
  ///   - cacheSize: how many bytes each automaton may take, at least 64 KiB.
  public init(
    _ pattern: String, options: Options = [], cacheSize: Int = cacheSizeDefault
  ) throws(RegexpError) {
    try self.init(bytes: Array(pattern.utf8), options: options, cacheSize: cacheSize)
  }

  /// Compiles a pattern that may be bad UTF-8; a bad byte of it matches every bad byte.
  public init(
    bytes pattern: [UInt8], options: Options = [], cacheSize: Int = cacheSizeDefault
  ) throws(RegexpError) {
    let syntax = try SyntaxReader.read(pattern, options)
    if syntax.postfix.count > Self.instructionsMax / 2 {
      throw RegexpError(reason: .tooBig, offset: 0)
    }
    compiled = Compiled(try Program(syntax, cacheSize: max(cacheSize, 1 << 16)))
  }

  /// The number of groups, without the whole match.
  public var groupCount: Int { compiled.program.groupCount }

  /// Calls `body` with an engine that nobody else uses meanwhile.
  @inline(__always)
  func withEngine<Result>(_ body: (Engine) -> Result) -> Result {
    let engine = compiled.pool.take() ?? Engine(compiled.program)
    let result = body(engine)
    compiled.pool.give(engine)
    return result
  }
}

/// A match: where it and its groups are, in bytes from the beginning of the text.
public struct RegexpMatch: Equatable, Sendable {
  /// Where the whole match is.
  public let range: Range<Int>
  /// Where the groups are, from group 1 on; nil for one that took no part.
  public let groups: [Range<Int>?]

  /// Where the whole match (0) or a group is.  `Resub`.
  public subscript(group: Int) -> Range<Int>? { group == 0 ? range : groups[group - 1] }
}

extension RegexpMatch {
  init(_ slots: [Int]) {
    range = slots[0]..<slots[1]
    groups = Swift.stride(from: 2, to: slots.count, by: 2).map { slot in
      slots[slot + 1] < 0 ? nil : slots[slot]..<slots[slot + 1]
    }
  }
}
