// What a regular expression is asked: on bytes, and on strings.

extension Regexp {
  /// True if `text` contains a match.
  public func matches(_ text: Span<UInt8>) -> Bool {
    withEngine { engine in
      unsafe text.withBase { base, count in
        unsafe engine.contains(base, from: 0, limit: count)
      }
    }
  }

  /// True if `text` contains a match.
  public func matches(_ text: [UInt8]) -> Bool { matches(text.span) }

  /// True if `text` contains a match.
  public func matches(_ text: String) -> Bool { matches(text.utf8.span) }

  /// The leftmost-longest match in `text` that begins at `start` or later, with its groups.
  ///
  /// `^` and `$` see the whole text.
  public func firstMatch(in text: Span<UInt8>, from start: Int = 0) -> RegexpMatch? {
    precondition(start >= 0 && start <= text.count, "a search starts in its text")
    return withEngine { engine in
      let isFound = unsafe text.withBase { base, count in
        unsafe engine.findGroups(base, from: start, limit: count)
      }
      return isFound ? RegexpMatch(engine.slots) : nil
    }
  }

  /// The leftmost-longest match in `text` that begins at `start` or later, with its groups.
  public func firstMatch(in text: [UInt8], from start: Int = 0) -> RegexpMatch? {
    firstMatch(in: text.span, from: start)
  }

  /// The leftmost-longest match in `text`, with its groups; offsets are in bytes of UTF-8.
  public func firstMatch(in text: String) -> RegexpMatch? { firstMatch(in: text.utf8.span) }

  /// All matches in `text`, from left to right, with their groups.
  ///
  /// Matches do not overlap; an empty one does not follow another match immediately.
  /// Each match takes one search, which may look beyond the match for a longer one.
  public func allMatches(in text: Span<UInt8>) -> [RegexpMatch] {
    withEngine { engine in
      var result: [RegexpMatch] = []
      RegexpMatcher(borrowing: engine).forEachMatch(in: text, wantsGroups: true) { _ in
        result.append(RegexpMatch(engine.slots))
        return true
      }
      return result
    }
  }

  /// All matches in `text`, from left to right, with their groups.
  public func allMatches(in text: [UInt8]) -> [RegexpMatch] { allMatches(in: text.span) }

  /// All matches in `text`, from left to right; offsets are in bytes of UTF-8.
  public func allMatches(in text: String) -> [RegexpMatch] { allMatches(in: text.utf8.span) }

  /// `text` with its matches replaced by what `template` makes of them, as in `regsub`.
  ///
  /// - Parameter template: `\0` and `&` are the match, `\1` to `\9` its groups, `\\` a backslash.
  public func replacingAll(in text: [UInt8], with template: [UInt8]) -> [UInt8] {
    withEngine { engine in
      var result: [UInt8] = []
      var copied = 0
      RegexpMatcher(borrowing: engine).forEachMatch(in: text.span, wantsGroups: true) { range in
        result += text[copied..<range.lowerBound]
        Template.expand(template, text, RegexpMatch(engine.slots), into: &result)
        copied = range.upperBound
        return true
      }
      return result + text[copied...]
    }
  }

  /// `text` with its matches replaced by what `template` makes of them, as in `regsub`.
  public func replacingAll(in text: String, with template: String) -> String {
    String(
      decoding: replacingAll(in: Array(text.utf8), with: Array(template.utf8)), as: UTF8.self)
  }
}

/// The right side of a substitution.
enum Template {
  /// Appends `template` to `result`, with what `match` found in `text` in it.
  static func expand(
    _ template: [UInt8], _ text: [UInt8], _ match: RegexpMatch, into result: inout [UInt8]
  ) {
    var index = 0
    func append(_ group: Int) {
      guard group <= match.groups.count, let range = match[group] else { return }
      result += text[range]
    }
    while index < template.count {
      let byte = template[index]
      index += 1
      if byte == UInt8(ascii: "&") {
        append(0)
      } else if byte == UInt8(ascii: "\\"), index < template.count {
        let quoted = template[index]
        index += 1
        if quoted >= UInt8(ascii: "0"), quoted <= UInt8(ascii: "9") {
          append(Int(quoted - UInt8(ascii: "0")))
        } else {
          result.append(quoted)
        }
      } else {
        result.append(byte)
      }
    }
  }
}
