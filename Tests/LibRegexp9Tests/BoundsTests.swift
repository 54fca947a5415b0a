// Promises about cost: memory, allocations, threads, patterns that grow.

import CAllocations
import Testing

@testable import LibRegexp9

@Suite("Regexp's bounds") struct BoundsTests {
  static let patterns = [
    "needle", "[a-z]+@[a-z]+\\.com", "(foo|bar|baz)[0-9]+", "^[0-9]+ .*z$",
    "([^ ]+) ([^ ]+) ([^ ]+)", "(a|ab)(c|bcd)(d*)", "(日|.)*é$",
  ]
  static let texts = [
    "the needle in the haystack", "42 is mail to joe@example.com, foo123 abcd z", "1 日本語 é", "",
  ].map { Array($0.utf8) }

  @Test("no allocation per match, once the automata have learnt", arguments: patterns)
  func steadyState(_ pattern: String) throws {
    guard callocations_are_counted() == 1 else {
      print("regexp: allocations are not counted here")
      return
    }
    let matcher = RegexpMatcher(try Regexp(pattern))
    let texts = Self.texts
    func round() -> Int {
      var hits = 0
      for index in texts.indices {  // an iterator is allocated without optimization
        let text = texts[index]
        if matcher.matches(text.span) { hits += 1 }
        if matcher.findGroups(in: text.span) { hits += matcher[0]?.count ?? 0 }
        // Not `forEachMatch`: without optimization its closure is allocated, by the caller.
        var start = 0
        while let range = matcher.find(in: text.span, from: start), !range.isEmpty {
          hits += range.count
          start = range.upperBound
        }
      }
      return hits
    }
    let first = round()
    _ = round()  // without optimization, the runtime learns as well
    let before = callocations_count()
    let second = round()
    #expect(callocations_count() - before == 0)
    #expect(first == second && first > 0)
  }

  @Test func allocationsAreCounted() {
    guard callocations_are_counted() == 1 else { return }
    let before = callocations_count()
    let array = [Int](repeating: 1, count: Int.random(in: 100...200))
    #expect(callocations_count() > before && array.count >= 100)
  }

  @Test("a?^n a^n costs rows in proportion to n", arguments: [16, 64, 256])
  func power(_ count: Int) throws {
    let a = [UInt8](repeating: UInt8(ascii: "a"), count: count)
    let regexp = try Regexp(
      String(repeating: "a?", count: count) + String(repeating: "a", count: count))
    let program = regexp.compiled.program
    let automaton = Automaton(program.forward, program.alphabet, .search, budget: 64 << 20)
    let end = unsafe a.span.withBase { base, size in
      unsafe automaton.run(
        base, from: 0, to: size, row: automaton.startRow(isLineStart: true, isAnchored: false),
        end: automaton.endSymbol, prefilter: nil, isFirstEnough: false)
    }
    #expect(end == count)
    #expect(automaton.rowCount <= 2 * count + 8)
    #expect(regexp.firstMatch(in: a)?.range == 0..<count)
  }

  @Test func nestsAsDeepAsThePatternSays() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "(", count: depth) + "a" + String(repeating: ")*", count: depth)
    }
    #expect(try Regexp(nested(20_000)).matches("b"))
    let match = try #require(try Regexp(nested(200)).firstMatch(in: "aaa"))
    #expect(match.range == 0..<3 && match.groups.count == 200)
  }

  @Test func manyClassesAndGroups() throws {
    let classes = (0..<500).map { "[\(Character(Unicode.Scalar(0x4E00 + 3 * $0) ?? "a"))-z\\z]" }
    let regexp = try Regexp("(" + classes.joined(separator: ")(") + ")")
    #expect(regexp.firstMatch(in: String(repeating: "z", count: 500))?.groups.count == 500)
  }

  @Test func aPatternThatIsTooBigIsRefused() {
    let pattern = String(repeating: "a", count: Regexp.instructionsMax)
    #expect(throws: RegexpError(reason: .tooBig, offset: 0)) { try Regexp(pattern) }
  }

  @Test("a match that is longer than a chunk of the trail has its groups")
  func longMatches() throws {
    let regexp = try Regexp("(x+)(y|é)*(z)")
    var text = [UInt8](repeating: UInt8(ascii: "x"), count: 40_000)
    text += Array(String(repeating: "yé", count: 20_000).utf8) + [UInt8(ascii: "z")]
    let match = try #require(regexp.firstMatch(in: text))
    #expect(match.range == 0..<100_001)
    #expect(match.groups == [0..<40_000, 99_998..<100_000, 100_000..<100_001])
  }

  @Test func automataThatDoNotFitTheirBudgetStillFindGroups() throws {
    // 2^14 situations of some 40 threads each, in an automaton of 64 KiB.
    let pattern = "(.*)(a)(" + String(repeating: "[ab]", count: 14) + ")"
    let regexp = try Regexp(pattern, cacheSize: 1)
    var generator = SeededGenerator(12)
    let text = (0..<4000).map { _ in UInt8(ascii: "a") + UInt8(generator.below(2)) }
    let match = try #require(regexp.firstMatch(in: text))
    let place = try #require(text[..<(text.count - 14)].lastIndex(of: UInt8(ascii: "a")))
    #expect(match.range == 0..<(place + 15))
    #expect(match.groups == [0..<place, place..<(place + 1), (place + 1)..<(place + 15)])
  }

  @Test func oneValueServesAllThreads() async throws {
    let regexp = try Regexp("([a-z]+)@([a-z]+)")
    let set = try RegexpSet(["a+b", "@", "x"])
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<16 {
        group.addTask {
          (0..<200).allSatisfy { round in
            let name = String(repeating: "a", count: 1 + (number + round) % 7)
            let match = regexp.firstMatch(in: "-- \(name)@b --")
            let isSetRight = set.matches("\(name)@b") == [1]
            return match?.groups.first == 3..<(3 + name.utf8.count) && isSetRight
          }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  @Test func aStreamForgetsWhatIsDecided() throws {
    let stream = RegexpStream(try Regexp("a[^z]*z"), retainedMax: 100)
    let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
    var found: [Range<Int>] = []
    for _ in 0..<1000 { try stream.read(piece.span) { found.append($0) } }
    try stream.read([UInt8(ascii: "z"), UInt8(ascii: "b")].span) { found.append($0) }
    stream.end { found.append($0) }
    #expect(found == [0..<1_000_001])
  }

  @Test func aStreamSaysWhenItCannotDecide() throws {
    let stream = RegexpStream(try Regexp("a([^z]*z)?"), retainedMax: 100)
    let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
    #expect(throws: RegexpStreamError(match: 0..<1)) { try stream.read(piece.span) { _ in } }
  }

  @Test func setsNameTheirFaultyPattern() {
    let error = RegexpError(reason: .unmatchedLeftParenthesis, offset: 0)
    #expect(throws: RegexpSetError(index: 1, error: error)) { try RegexpSet(["a", "("]) }
  }

  @Test func anEmptySetMatchesNothing() throws { #expect(try RegexpSet([]).matches("a") == []) }
}
