// modules: LibRegexp9
//
// Fuzzing regular expressions: any bytes as options, pattern and text, divided by 0xFF.
//
// Beyond not crashing (with address checks and assertions), what is found is compared with an
// obvious slow matcher, where the input is small; every way of asking must agree with the others.

import LibRegexp9

private func promise(_ kept: Bool, _ name: String) {
  if !kept { fatalError("broken promise: \(name)") }
}

/// A pattern as a tree.
private indirect enum Tree {
  case set([ClosedRange<UInt32>], isNegated: Bool)
  case lineStart, lineEnd, empty
  case both(Tree, Tree)
  case either(Tree, Tree)
  case star(Tree)
  case plus(Tree)
  case optional(Tree)

  /// The places where a match that begins at one of `places` can end.
  func ends(_ places: Set<Int>, _ text: [UInt32]) -> Set<Int> {
    switch self {
    case .set(let ranges, let isNegated):
      let next = places.filter { place in
        place < text.count
          && isNegated != ranges.contains { $0.contains(text[place]) }
      }
      return Set(next.map { $0 + 1 })
    case .lineStart: return places.filter { $0 == 0 || text[$0 - 1] == 10 }
    case .lineEnd: return places.filter { $0 == text.count || text[$0] == 10 }
    case .empty: return places
    case .both(let left, let right): return right.ends(left.ends(places, text), text)
    case .either(let left, let right):
      return left.ends(places, text).union(right.ends(places, text))
    case .optional(let body): return places.union(body.ends(places, text))
    case .plus(let body): return Tree.star(body).ends(body.ends(places, text), text)
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
}

/// Reads patterns that the library has accepted.
private struct Parser {
  let runes: [UInt32]
  var index = 0

  mutating func pattern() -> Tree {
    var tree = branch()
    while peek() == "|" {
      index += 1
      tree = .either(tree, branch())
    }
    return tree
  }

  private func peek() -> Unicode.Scalar? {
    index < runes.count ? Unicode.Scalar(runes[index]) : nil
  }

  private mutating func branch() -> Tree {
    var tree: Tree?
    while let next = peek(), next != "|", next != ")" {
      let part = repeated()
      tree = tree.map { .both($0, part) } ?? part
    }
    return tree ?? .empty
  }

  private mutating func repeated() -> Tree {
    var tree = atom()
    while true {
      switch peek() {
      case "*": tree = .star(tree)
      case "+": tree = .plus(tree)
      case "?": tree = .optional(tree)
      default: return tree
      }
      index += 1
    }
  }

  private mutating func atom() -> Tree {
    let rune = runes[index]
    index += 1
    switch Unicode.Scalar(rune) {
    case "(":
      let tree = pattern()
      index += 1
      return tree
    case "^": return .lineStart
    case "$": return .lineEnd
    case ".": return .set([10...10], isNegated: true)
    case "[": return set()
    case "\\" where index < runes.count:
      index += 1
      return .set([runes[index - 1]...runes[index - 1]], isNegated: false)
    default: return .set([rune...rune], isNegated: false)
    }
  }

  private mutating func quoted() -> (rune: UInt32, isQuoted: Bool) {
    index += 1
    if runes[index - 1] != 0x5C { return (runes[index - 1], false) }
    index += 1
    return (runes[index - 1], true)
  }

  private mutating func set() -> Tree {
    let isNegated = peek() == "^"
    if isNegated { index += 1 }
    var pairs: [(UInt32, UInt32)] = []
    while true {
      let item = quoted()
      if item.rune == 0x5D && !item.isQuoted { break }
      if item.rune == 0x2D && !item.isQuoted {
        let end = quoted().rune
        if let last = pairs.popLast() {
          pairs.append((last.0, end))
        } else {
          pairs += [(0x2D, 0x2D), (end, end)]
        }
      } else {
        pairs.append((item.rune, item.rune))
      }
    }
    if isNegated { pairs.append((10, 10)) }
    return .set(pairs.filter { $0.0 <= $0.1 }.map { $0.0...$0.1 }, isNegated: isNegated)
  }
}

/// Bytes as runes, each bad byte as U+FFFD, and where each begins.
private func decode(_ bytes: [UInt8]) -> (runes: [UInt32], offsets: [Int]) {
  var runes: [UInt32] = []
  var offsets: [Int] = []
  var index = 0
  while index < bytes.count {
    offsets.append(index)
    var rune: UInt32?
    var size = 1
    while rune == nil && size <= 4 && index + size <= bytes.count {
      let scalars = String(validating: bytes[index..<(index + size)], as: UTF8.self)?.unicodeScalars
      rune = scalars?.first?.value
      size += 1
    }
    runes.append(rune ?? 0xFFFD)
    index += rune == nil ? 1 : size - 1
  }
  return (runes, offsets + [bytes.count])
}

private func compare(_ regexp: Regexp, _ pattern: [UInt8], _ text: [UInt8]) {
  var parser = Parser(runes: decode(pattern).runes)
  let tree = pattern.isEmpty ? Tree.empty : parser.pattern()
  let (runes, offsets) = decode(text)
  let matcher = RegexpMatcher(regexp)
  for start in 0...runes.count {
    var wanted: Range<Int>?
    for place in start...runes.count where wanted == nil {
      if let end = tree.ends([place], runes).max() {
        wanted = offsets[place]..<offsets[end]
      }
    }
    promise(
      matcher.find(in: text.span, from: offsets[start]) == wanted, "the match is the slow one's")
  }
}

/// What libFuzzer calls for each input.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard let switches = bytes.first, let end = bytes.dropFirst().firstIndex(of: 0xFF) else {
    return 0
  }
  let pattern = Array(bytes[1..<end])
  let text = Array(bytes[(end + 1)...])
  // Small inputs find more in the same time.
  if pattern.count > 200 || text.count > 200 { return 0 }
  let options = Regexp.Options(rawValue: Int(switches & 7))
  guard let regexp = try? Regexp(bytes: pattern, options: options, cacheSize: 1) else { return 0 }
  let all = regexp.allMatches(in: text)
  promise(regexp.matches(text) == !all.isEmpty, "whether and where agree")
  for match in all {
    for group in match.groups {
      guard let group else { continue }
      promise(match.range.contains(group), "a group is within its match")
    }
    promise(
      regexp.firstMatch(in: text, from: match.range.lowerBound)?.range == match.range,
      "a match is found from where it begins")
  }
  let stream = RegexpStream(regexp)
  var found: [Range<Int>] = []
  let step = 1 + Int(switches >> 3)
  for start in stride(from: 0, to: text.count, by: step) {
    let piece = text.span.extracting(start..<min(start + step, text.count))
    try? stream.read(piece) { found.append($0) }  // the text is shorter than what is retained
  }
  stream.end { found.append($0) }
  promise(found == all.map(\.range), "a stream finds what the whole text has")
  // The slow matcher doubles its work for each repetition of a repetition.
  let repetitions = pattern.filter { [0x2A, 0x2B].contains($0) }.count
  if options == [] && repetitions <= 6 && pattern.count <= 40 && text.count <= 40 {
    compare(regexp, pattern, text)
  }
  return 0
}

extension Range<Int> {
  fileprivate func contains(_ other: Range<Int>) -> Bool {
    lowerBound <= other.lowerBound && other.upperBound <= upperBound
  }
}
