// Every way of matching, against the slow matcher.

import Testing

@testable import LibRegexp9

@Suite("Regexp against the slow matcher") struct ModelTests {
  static let alphabets: [[UInt32]] = [
    [0x61, 0x62], [0x61, 0x62, 0x63, 0x0A], [0x61, 0xE9, 0x20AC, 0x1F600, 0xFFFD, 0x0A],
  ]

  struct Case {
    var tree: Tree
    var text: [UInt8]
    var runes: [UInt32]
    var offsets: [Int]
  }

  static func random(_ generator: inout SeededGenerator, size: Int = 10) -> Case {
    let alphabet = alphabets[generator.below(alphabets.count)]
    let tree = generator.tree(1 + generator.below(size), alphabet)
    let text = generator.text(12, alphabet, badBytes: generator.below(2) == 0)
    let (runes, offsets) = plan9Runes(text)
    return Case(tree: tree, text: text, runes: runes, offsets: offsets)
  }

  @Test("finds the leftmost-longest match from every place", arguments: [UInt64(1), 2, 3, 4])
  func finds(_ seed: UInt64) throws {
    print("regexp model: seed \(seed)")
    var generator = SeededGenerator(seed)
    for number in 0..<2000 {
      let one = Self.random(&generator)
      let matcher = RegexpMatcher(try Regexp(one.tree.pattern))
      for start in one.offsets.indices {
        let found = matcher.find(in: one.text.span, from: one.offsets[start])
        let wanted = one.tree.find(one.runes, from: start)
        let range = wanted.map { one.offsets[$0.lowerBound]..<one.offsets[$0.upperBound] }
        #expect(
          found == range,
          "seed \(seed), \(number): \(one.tree.pattern.debugDescription) in \(one.text) at \(start)"
        )
        if found != range { return }
      }
      let isThere = one.tree.find(one.runes, from: 0) != nil
      #expect(matcher.matches(one.text.span) == isThere, "seed \(seed), \(number)")
    }
  }

  @Test("captures with and without an automaton agree", arguments: [UInt64(5), 6])
  func captures(_ seed: UInt64) throws {
    print("regexp captures: seed \(seed)")
    var generator = SeededGenerator(seed)
    for number in 0..<2000 {
      let one = Self.random(&generator)
      let regexp = try Regexp(one.tree.pattern)
      guard regexp.groupCount > 0, let match = regexp.firstMatch(in: one.text) else { continue }
      let program = regexp.compiled.program
      let simulation = Simulation(
        program.forward, program.alphabet, groupCount: program.groupCount)
      var slots = [Int](repeating: -1, count: 2 * program.groupCount + 2)
      (slots[0], slots[1]) = (match.range.lowerBound, match.range.upperBound)
      unsafe one.text.span.withBase { base, count in
        unsafe simulation.find(base, from: slots[0], to: slots[1], limit: count, slots: &slots)
      }
      #expect(
        RegexpMatch(slots) == match,
        "seed \(seed), \(number): \(one.tree.pattern.debugDescription) in \(one.text)")
      if RegexpMatch(slots) != match { return }
    }
  }
}

extension ModelTests {
  @Test("a stream in pieces of any size finds what the whole text has", arguments: [UInt64(7), 8])
  func streams(_ seed: UInt64) throws {
    print("regexp streams: seed \(seed)")
    var generator = SeededGenerator(seed)
    for number in 0..<2000 {
      let one = Self.random(&generator)
      let regexp = try Regexp(one.tree.pattern)
      let wanted = regexp.allMatches(in: one.text).map(\.range)
      let stream = RegexpStream(regexp)
      var found: [Range<Int>] = []
      var place = 0
      while place < one.text.count {
        let end = min(one.text.count, place + 1 + generator.below(5))
        try stream.read(one.text.span.extracting(place..<end)) { found.append($0) }
        place = end
      }
      stream.end { found.append($0) }
      #expect(
        found == wanted,
        "seed \(seed), \(number): \(one.tree.pattern.debugDescription) in \(one.text)")
      if found != wanted { return }
    }
  }

  @Test("a set says which patterns match", arguments: [UInt64(9), 10])
  func sets(_ seed: UInt64) throws {
    print("regexp sets: seed \(seed)")
    var generator = SeededGenerator(seed)
    for number in 0..<1000 {
      let first = Self.random(&generator)
      let trees = [first.tree] + (0..<4).map { _ in Self.random(&generator).tree }
      let set = try RegexpSet(trees.map(\.pattern))
      let wanted = trees.indices.filter { trees[$0].find(first.runes, from: 0) != nil }
      let found = set.matches(first.text.span)
      #expect(
        found == wanted,
        "seed \(seed), \(number): \(trees.map(\.pattern)) in \(first.text)")
      if found != wanted { return }
    }
  }

  @Test("a cache that is too small costs time only", arguments: [UInt64(11)])
  func smallCaches(_ seed: UInt64) throws {
    print("regexp small caches: seed \(seed)")
    var generator = SeededGenerator(seed)
    for number in 0..<300 {
      let one = Self.random(&generator, size: 20)
      let regexp = try Regexp(one.tree.pattern)
      let program = regexp.compiled.program
      var text: [UInt8] = []
      for _ in 0..<20 {
        text += generator.text(12, Self.alphabets[generator.below(3)], badBytes: true)
      }
      let tiny = Automaton(program.forward, program.alphabet, .search, budget: 1)
      let whole = regexp.firstMatch(in: text)
      let end = unsafe text.span.withBase { base, count in
        unsafe tiny.run(
          base, from: 0, to: count, row: tiny.startRow(isLineStart: true, isAnchored: false),
          end: tiny.endSymbol, prefilter: nil, isFirstEnough: false)
      }
      #expect(end == whole?.range.upperBound ?? -1, "seed \(seed), \(number)")
      #expect(tiny.rowCount <= 2)
    }
  }
}
