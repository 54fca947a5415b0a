// The calls of regexp(3).

import LibRegexp9
import Testing

@Suite("regexp(3)") struct ClassicTests {
  @Test func matchesWithinTheBoundsThatTheFirstElementGives() throws {
    let program = try regcomp("a+$")
    var match = [Resub(sp: 1, ep: 4), Resub()]
    #expect(regexec(program, "aaaaaa", &match))
    #expect(match == [Resub(sp: 1, ep: 4), Resub()])
    match = [Resub(sp: nil, ep: 2)]
    #expect(regexec(program, "aab", &match))
    #expect(match[0] == Resub(sp: 0, ep: 2))
    // A line does not begin where the search does.
    match = [Resub(sp: 1)]
    #expect(!regexec(try regcomp("^b"), "ab", &match))
    #expect(match == [Resub(sp: 1)])
  }

  @Test func wantsNoGroups() throws {
    var none: [Resub] = []
    #expect(regexec(try regcomp("(b)"), "abc", &none))
    #expect(none.isEmpty)
  }

  @Test func newlinesAndLiterals() throws {
    var match = [Resub()]
    #expect(regexec(try regcompnl(".*"), "a\nb", &match))
    #expect(match[0] == Resub(sp: 0, ep: 3))
    match = [Resub()]
    #expect(regexec(try regcomplit("a.\\*"), "xa.*", &match))
    #expect(match[0] == Resub(sp: 1, ep: 4))
  }

  @Test func substitutes() throws {
    var match = [Resub](repeating: Resub(), count: 4)
    #expect(regexec(try regcomp("^([^!]+)@([^!@]+)$"), "u@h", &match))
    #expect(regsub("\\2!\\1 & \\0 \\3\\\\\\x\\", "u@h", match) == "h!u u@h u@h \\x\\")
    #expect(regsub("x", "u@h", [Resub()]) == "")
  }

  @Test func runesAreCountedInRunes() throws {
    let text = Array("日本語 é".unicodeScalars)
    var match = [Resub(sp: 1), Resub()]
    #expect(rregexec(try regcomp(" (é)$"), text, &match))
    #expect(match == [Resub(sp: 3, ep: 5), Resub(sp: 4, ep: 5)])
    #expect(rregsub(Array("<\\1>".unicodeScalars), text, match) == Array("<é>".unicodeScalars))
    match = [Resub()]
    #expect(!rregexec(try regcomp("x"), text, &match))
  }
}
