// The obvious matcher: a tree of the pattern, and sets of places.  Slow, and easy to believe.

@testable import LibRegexp9

/// A pattern as a tree, which can say where it matches.
indirect enum Tree {
  case runes(Set<UInt32>, isNegated: Bool)
  case any
  case lineStart, lineEnd, empty
  case both(Tree, Tree)
  case either(Tree, Tree)
  case star(Tree)
  case plus(Tree)
  case optional(Tree)
  case group(Tree)

  /// The pattern's text.
  var pattern: String {
    switch self {
    case .runes(let runes, let isNegated):
      let items = runes.sorted().compactMap { Unicode.Scalar($0) }
      let text = items.map { "\\" + String(Character($0)) }.joined()
      if !isNegated && runes.count == 1 { return text }
      return "[" + (isNegated ? "^" : "") + text + "]"
    case .any: return "."
    case .lineStart: return "^"
    case .lineEnd: return "$"
    case .empty: return ""
    case .both(let left, let right): return left.operand + right.operand
    case .either(let left, let right): return left.pattern + "|" + right.pattern
    case .star(let body): return body.operand + "*"
    case .plus(let body): return body.operand + "+"
    case .optional(let body): return body.operand + "?"
    case .group(let body): return "(" + body.pattern + ")"
    }
  }

  private var operand: String {
    switch self {
    case .either, .both: return "(" + pattern + ")"
    default: return pattern
    }
  }

  /// The places where a match that begins at one of `places` can end, in a text of runes.
  func ends(_ places: Set<Int>, _ text: [UInt32]) -> Set<Int> {
    switch self {
    case .runes(let runes, let isNegated):
      return next(places, text) { isNegated ? $0 != 10 && !runes.contains($0) : runes.contains($0) }
    case .any: return next(places, text) { $0 != 10 }
    case .lineStart: return places.filter { $0 == 0 || text[$0 - 1] == 10 }
    case .lineEnd: return places.filter { $0 == text.count || text[$0] == 10 }
    case .empty: return places
    case .both(let left, let right): return right.ends(left.ends(places, text), text)
    case .either(let left, let right):
      return left.ends(places, text).union(right.ends(places, text))
    case .optional(let body): return places.union(body.ends(places, text))
    case .plus(let body): return Tree.star(body).ends(body.ends(places, text), text)
    case .group(let body): return body.ends(places, text)
    case .star(let body):
      var all = places
      var fresh = places
      while !fresh.isEmpty {
        fresh = body.ends(fresh, text).subtracting(all)
        all.formUnion(fresh)
      }
      return all
    }
  }

  private func next(
    _ places: Set<Int>, _ text: [UInt32], _ isMember: (UInt32) -> Bool
  ) -> Set<Int> {
    var result: Set<Int> = []
    for place in places where place < text.count && isMember(text[place]) {
      result.insert(place + 1)
    }
    return result
  }

  /// The leftmost-longest match at rune `start` or later.
  func find(_ text: [UInt32], from start: Int) -> Range<Int>? {
    for place in start...text.count {
      if let end = ends([place], text).max() { return place..<end }
    }
    return nil
  }
}

/// Bytes as Plan 9 reads them: the runes, and where each begins.
func plan9Runes(_ bytes: [UInt8]) -> (runes: [UInt32], offsets: [Int]) {
  var runes: [UInt32] = []
  var offsets: [Int] = []
  var index = 0
  while index < bytes.count {
    offsets.append(index)
    // The standard library's decoder says whether the next bytes are a scalar.
    let size = (1...4).first { size in
      index + size <= bytes.count
        && String(validating: bytes[index..<(index + size)], as: UTF8.self)?
          .unicodeScalars.count == 1
    }
    if let size {
      let text = String(decoding: bytes[index..<(index + size)], as: UTF8.self)
      runes.append(text.unicodeScalars.first?.value ?? 0xFFFD)
      index += size
    } else {
      runes.append(0xFFFD)
      index += 1
    }
  }
  return (runes, offsets + [bytes.count])
}
