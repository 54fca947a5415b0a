// Sets of patterns: which of them match, in one pass over the text.

/// A pattern of a set that is no regular expression.
public struct RegexpSetError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The number of the pattern, from 0.
  public let index: Int
  /// What is wrong with it.
  public let error: RegexpError
  /// The number of the pattern from 1, and what is wrong with it.
  public var description: String { "pattern \(index + 1): \(error)" }
}

/// Several regular expressions, that are looked for at the same time.
///
/// The text is read once, whatever the number of patterns.  Where the matches are is not said:
/// ask the patterns that matched.  Values may be used by any number of threads at once.
public struct RegexpSet: Sendable {
  final class Compiled: Sendable {
    let code: Code
    let alphabet: Alphabet
    let count: Int
    let cacheSize: Int

    init(_ code: Code, _ alphabet: Alphabet, count: Int, cacheSize: Int) {
      (self.code, self.alphabet, self.count, self.cacheSize) = (code, alphabet, count, cacheSize)
    }
  }

  let compiled: Compiled?

  /// Compiles `patterns`, all with the same options; there may be none.
  public init(
    _ patterns: [String], options: Regexp.Options = [],
    cacheSize: Int = 4 * Regexp.cacheSizeDefault
  ) throws(RegexpSetError) {
    var syntaxes: [Syntax] = []
    var sets: [RuneSet] = []
    var offsets: [Int] = []
    var size = 0
    for (index, pattern) in patterns.enumerated() {
      do throws(RegexpError) {
        let syntax = try SyntaxReader.read(Array(pattern.utf8), options)
        offsets.append(sets.count)
        sets += syntax.sets
        size += syntax.postfix.count
        syntaxes.append(syntax)
        if size > Regexp.instructionsMax / 2 { throw RegexpError(reason: .tooBig, offset: 0) }
      } catch {
        throw RegexpSetError(index: index, error: error)
      }
    }
    guard let alphabet = Alphabet(sets) else {
      let error = RegexpError(reason: .tooBig, offset: 0)
      throw RegexpSetError(index: patterns.count - 1, error: error)
    }
    compiled =
      patterns.isEmpty
      ? nil
      : Compiled(
        Code(syntaxes, setOffsets: offsets), alphabet, count: patterns.count,
        cacheSize: max(cacheSize, 1 << 16))
  }

  /// The number of patterns.
  public var count: Int { compiled?.count ?? 0 }

  /// The numbers of the patterns that match in `text`, from 0, in order.
  ///
  /// Learns anew in each call: for several texts use a `RegexpSetMatcher`.
  public func matches(_ text: Span<UInt8>) -> [Int] {
    let matcher = RegexpSetMatcher(self)
    _ = matcher.matches(text)
    return (0..<count).filter { matcher[$0] }
  }

  /// The numbers of the patterns that match in `text`, from 0, in order.
  public func matches(_ text: String) -> [Int] { matches(text.utf8.span) }
}

/// What one caller matches a set with: keeps what it learnt about texts from call to call.
///
/// After the first calls on texts of a kind, no call allocates.  Each thread makes its own.
public final class RegexpSetMatcher {
  private let automaton: Automaton?
  private var isMatched: [Bool]
  private var matchedCount = 0

  /// A matcher for `set`.
  public init(_ set: RegexpSet) {
    isMatched = [Bool](repeating: false, count: set.count)
    automaton = set.compiled.map {
      Automaton($0.code, $0.alphabet, .patterns, budget: $0.cacheSize)
    }
  }

  /// Finds out which patterns match in `text`; true if any does.  See `subscript`.
  ///
  /// Stops where all of them have matched.
  public func matches(_ text: Span<UInt8>) -> Bool {
    for index in isMatched.indices { isMatched[index] = false }
    matchedCount = 0
    guard let automaton else { return false }
    unsafe text.withBase { base, count in unsafe run(automaton, base, count) }
    return matchedCount > 0
  }

  /// True if the pattern with this number, from 0, matched in the last text.
  public subscript(index: Int) -> Bool { isMatched[index] }

  private func run(_ automaton: Automaton, _ text: UnsafePointer<UInt8>, _ count: Int) {
    var row = automaton.startRow(isLineStart: true, isAnchored: false)
    var index = 0
    while index <= count {
      let isEnd = index == count
      let symbol =
        unsafe isEnd
        ? automaton.endSymbol : Int(automaton.byteClasses[Int(text[index])])
      index += 1
      let known = unsafe automaton.entries[row + symbol]
      if known < Automaton.special {
        row = Int(known)
        continue
      }
      let (entry, list) = automaton.entry(row, symbol)
      if entry & Automaton.more != 0 {
        note(automaton, list)
        if matchedCount == isMatched.count { return }
      }
      if entry & Automaton.dead != 0 { return }
      row = Int(entry & Automaton.rowMask)
    }
  }

  private func note(_ automaton: Automaton, _ list: Int) {
    let count = Int(automaton.extraLists[list])
    for place in (list + 1)..<(list + 1 + count) {
      let number = Int(automaton.extraLists[place])
      if !isMatched[number] {
        isMatched[number] = true
        matchedCount += 1
      }
    }
  }
}
