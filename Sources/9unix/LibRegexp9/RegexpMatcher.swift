// Matching without allocation: a caller's own engine.

/// What one caller matches with: keeps what it learnt about texts from call to call.
///
/// After the first calls on texts of a kind, no call allocates.  Not to be shared: each thread
/// makes its own.  Results of a call are kept until the next.
public final class RegexpMatcher {
  let engine: Engine

  /// A matcher for `regexp`.
  public init(_ regexp: Regexp) { engine = Engine(regexp.compiled.program) }

  init(borrowing engine: Engine) { self.engine = engine }

  /// The number of groups, without the whole match.
  public var groupCount: Int { engine.program.groupCount }

  /// True if `text` contains a match.  Stops at the first byte that decides it.
  public func matches(_ text: Span<UInt8>) -> Bool {
    unsafe text.withBase { base, count in
      unsafe engine.contains(base, from: 0, limit: count)
    }
  }

  /// Where the leftmost-longest match in `text` is that begins at `start` or later.
  ///
  /// `^` and `$` see the whole text: a line does not begin at `start` for its being the start.
  public func find(in text: Span<UInt8>, from start: Int = 0) -> Range<Int>? {
    precondition(start >= 0 && start <= text.count, "a search starts in its text")
    let isFound = unsafe text.withBase { base, count in
      unsafe engine.find(base, from: start, limit: count)
    }
    return isFound ? engine.slots[0]..<engine.slots[1] : nil
  }

  /// Like `find`, and finds the groups: see `subscript`.
  public func findGroups(in text: Span<UInt8>, from start: Int = 0) -> Bool {
    precondition(start >= 0 && start <= text.count, "a search starts in its text")
    return unsafe text.withBase { base, count in
      unsafe engine.findGroups(base, from: start, limit: count)
    }
  }

  /// Where the whole match (0) or a group of the last `findGroups` that found something is; nil
  /// for a group that took no part.
  public subscript(group: Int) -> Range<Int>? {
    let end = engine.slots[2 * group + 1]
    return end < 0 ? nil : engine.slots[2 * group]..<end
  }

  /// Calls `body` with each match in `text`, from left to right, until it returns false.
  ///
  /// Matches do not overlap; an empty one does not follow another match immediately.
  ///
  /// - Parameters:
  ///   - wantsGroups: true to find groups, too, for `subscript` in `body`.
  ///   - body: gets where the match is; may throw.
  public func forEachMatch<Failure: Error>(
    in text: Span<UInt8>, wantsGroups: Bool = false,
    _ body: (Range<Int>) throws(Failure) -> Bool
  ) throws(Failure) {
    var start = 0
    var lastEnd = -1
    while start <= text.count {
      if wantsGroups {
        if !findGroups(in: text, from: start) { return }
      } else if find(in: text, from: start) == nil {
        return
      }
      let range = engine.slots[0]..<engine.slots[1]
      if !range.isEmpty || range.lowerBound != lastEnd {
        if !(try body(range)) { return }
      }
      lastEnd = range.upperBound
      start = range.isEmpty ? text.afterRune(at: range.upperBound) : range.upperBound
    }
  }
}

extension Span<UInt8> {
  /// Calls `body` with the address of the bytes, which is valid also if there are none.
  @inline(__always)
  func withBase<Result>(_ body: (UnsafePointer<UInt8>, Int) -> Result) -> Result {
    unsafe withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { return unsafe body(base, buffer.count) }
      return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { empty in
        // One byte was asked for, so there is an address.
        guard let base = empty.baseAddress else { preconditionFailure("an empty allocation") }
        return unsafe body(UnsafePointer(base), 0)
      }
    }
  }

  /// Where the rune at `place` ends; one past the end of the text behind its last rune.
  func afterRune(at place: Int) -> Int {
    if place >= count { return place + 1 }
    return unsafe withBase { base, count in
      unsafe place + UTF8Rune.decode(base, place, count).size
    }
  }
}
