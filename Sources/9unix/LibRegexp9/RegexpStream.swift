// Matching a text that comes in pieces: theory of operation.
//
// Problem.  A match may begin in one piece and end in another, megabytes on.  Keeping the text
// until it is decided is not possible.
//
// Shape.  An automaton that also says where its groups of threads began (`Purpose.stream`): a
// list of places, changed by the few entries that begin, end or merge groups.  So where a match
// begins is known without its text.
//
// A match is reported when it cannot become longer.  By then bytes behind it have been read, and
// the search for the next match must read them again: those are kept, and only those.
//
// Invariants.
//   S1  The window holds the bytes from one before the end of the match that is not yet reported,
//       and never less than `Self.tailSize` before the place that was read last.
//   S2  `starts` has a place for each group of the row, in its order.

/// A text in which more was read behind a match than may be kept, to see whether it gets longer.
public struct RegexpStreamError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The match that was found so far, in bytes from the beginning of the stream.
  public let match: Range<Int>
  /// What happened.
  public var description: String {
    "the match at \(match.lowerBound) cannot be decided: too many bytes follow it"
  }
}

/// Finds matches in a text that comes in pieces, across their borders.
///
/// Memory is bounded, however long matches are: beside the automaton there is the last piece, and
/// what was read behind a match to see whether it gets longer.  For most patterns that is a few
/// bytes; for `a(.*z)?` it is the rest of the line.  Belongs to one thread.
public final class RegexpStream {
  /// Bytes that are kept in any case: a match is seen at most this late, plus one before it.
  private static let tailSize = 8

  private let automaton: Automaton
  private let prefilter: Prefilter?
  private let retainedMax: Int

  private var row: Int
  private var starts: [Int] = []
  private var nextStarts: [Int] = []
  private var window: [UInt8] = []
  /// Where the window begins in the stream.
  private var windowStart = 0
  /// The next byte to read.
  private var position = 0
  private var match: Range<Int>?
  private var lastEnd = -1
  /// True if the match is empty and decided, but the rune behind it is not there yet in full.
  private var isWaiting = false

  /// A search for `regexp`; of what follows a match at most about `retainedMax` bytes are kept.
  public init(_ regexp: Regexp, retainedMax: Int = 1 << 20) {
    let program = regexp.compiled.program
    prefilter = program.literal ?? program.prefilter
    automaton = Automaton(
      program.forward, program.alphabet, .stream, budget: 2 * program.cacheSize,
      marksStart: prefilter != nil)
    self.retainedMax = retainedMax
    row = automaton.startRow(isLineStart: true, isAnchored: false)
  }

  /// Reads a piece, and calls `body` with each match that is decided, in bytes from the beginning
  /// of the stream.
  ///
  /// - Throws: if more than `retainedMax` bytes behind a match do not decide it.  The stream is of
  ///   no use then.
  public func read(
    _ piece: Span<UInt8>, _ body: (Range<Int>) -> Void
  ) throws(RegexpStreamError) {
    unsafe piece.withUnsafeBufferPointer { unsafe window.append(contentsOf: $0) }
    scan(isEnd: false, body)
    let needed = (match?.upperBound ?? position) - 1
    let kept = max(windowStart, min(needed, position - Self.tailSize))
    window.removeSubrange(0..<(kept - windowStart))
    windowStart = kept
    if let match, window.count > retainedMax { throw RegexpStreamError(match: match) }
  }

  /// Reads the end of the stream; the stream is of no use afterwards.
  public func end(_ body: (Range<Int>) -> Void) {
    while true {
      scan(isEnd: true, body)
      let (entry, list) = automaton.entry(row, automaton.endSymbol)
      take(entry, list, after: position + 1)
      guard let match, restart(match, body) else { return }
    }
  }

  /// Reads the window.
  private func scan(isEnd: Bool, _ body: (Range<Int>) -> Void) {
    let end = windowStart + window.count
    if isWaiting, let match {
      if !isEnd && !hasRune(after: match) { return }
      isWaiting = false
      _ = restart(match, body)
    }
    var index = position - windowStart
    while index < window.count {
      let symbol = Int(automaton.classOf(window[index]))
      index += 1
      let known = automaton.known(row, symbol)
      if known < Automaton.special {
        row = Int(known)
        continue
      }
      let (entry, list) = automaton.entry(row, symbol)
      position = windowStart + index
      take(entry, list, after: position)
      if entry & Automaton.dead != 0, let match {
        if !isEnd && !hasRune(after: match) {
          isWaiting = true
          break
        }
        _ = restart(match, body)
        index = position - windowStart
      } else if entry & Automaton.start != 0 {
        index = skip(index)
      }
    }
    position = max(position, end)
  }

  /// True if the search behind `found` can begin: the rune that it skips is there in full.
  private func hasRune(after found: Range<Int>) -> Bool {
    let place = found.upperBound - windowStart
    if !found.isEmpty || place >= window.count { return true }
    return place + UTF8Rune.announced(window[place]) <= window.count
  }

  /// Nothing is under way: goes to the next place where a match can begin.
  private func skip(_ index: Int) -> Int {
    guard let prefilter else { return index }
    let candidate = unsafe window.span.withBase { base, count in
      unsafe prefilter.find(base, index, count)
    }
    // What a candidate needs may be cut off by the window's end.
    let place = candidate >= 0 ? candidate : max(index, window.count - prefilter.overlap)
    if place > index {
      let isLineStart = window[place - 1] == RuneSet.newline
      row = automaton.startRow(isLineStart: isLineStart, isAnchored: false)
      starts.removeAll(keepingCapacity: true)
    }
    return place
  }

  /// Goes on by an entry: notes its match and where groups began.
  private func take(_ entry: UInt32, _ list: Int, after place: Int) {
    let lag = Int(entry >> Automaton.lagShift & 15)
    if entry & Automaton.more != 0 {
      let lists = automaton.extraLists
      let count = Int(lists[list])
      if lag != 0 { match = origin(lists[list + 1], place)..<(place - lag) }
      nextStarts.removeAll(keepingCapacity: true)
      for index in (list + 2)..<(list + 1 + count) {
        nextStarts.append(origin(lists[index], place))
      }
      swap(&starts, &nextStarts)
    }
    assert(lag == 0 || entry & Automaton.more != 0, "S2: a match says where it began")
    row = Int(entry & Automaton.rowMask)
  }

  private func origin(_ word: Int32, _ place: Int) -> Int {
    word >= 0 ? starts[Int(word)] : place + Int(word)
  }

  /// Reports `found` and begins the search behind it.  False if the stream ends there.
  private func restart(_ found: Range<Int>, _ body: (Range<Int>) -> Void) -> Bool {
    if !found.isEmpty || found.lowerBound != lastEnd { body(found) }
    lastEnd = found.upperBound
    match = nil
    let end = windowStart + window.count
    position = found.upperBound
    if found.isEmpty {
      position = windowStart + window.span.afterRune(at: position - windowStart)
    }
    if position > end {
      position = end
      return false
    }
    starts.removeAll(keepingCapacity: true)
    let isLineStart =
      position == 0 || window[position - windowStart - 1] == RuneSet.newline
    row = automaton.startRow(isLineStart: isLineStart, isAnchored: false)
    return true
  }
}
