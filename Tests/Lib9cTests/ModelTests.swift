import Glibc
import Lib9c
import Support
import Sys9
import Testing

/// The obvious slow versions: over arrays of runes, one rule a line, nothing shared with ours.
enum Slow {
  /// tokenize: runs of blanks divide, quotes are evaluated.
  static func tokenize(_ text: String, _ separators: String, keepsQuotes: Bool) -> [String] {
    var words: [String] = []
    var word: String?
    var isQuoted = false
    var rest = Array(text.unicodeScalars)
    while !rest.isEmpty {
      let rune = rest.removeFirst()
      if isQuoted {
        if rune == "'" && rest.first == "'" {
          rest.removeFirst()
          word?.append(keepsQuotes ? "''" : "'")
        } else if rune == "'" {
          isQuoted = false
          if keepsQuotes { word?.append("'") }
        } else {
          word?.unicodeScalars.append(rune)
        }
      } else if separators.unicodeScalars.contains(rune) {
        if let word { words.append(word) }
        word = nil
      } else if rune == "'" {
        isQuoted = true
        word = (word ?? "") + (keepsQuotes ? "'" : "")
      } else {
        word = (word ?? "") + String(rune)
      }
    }
    if let word { words.append(word) }
    return words
  }

  static func fields(_ text: String, _ separators: String) -> [String] {
    var fields = [""]
    for rune in text.unicodeScalars {
      if separators.unicodeScalars.contains(rune) {
        fields.append("")
      } else {
        fields[fields.count - 1].unicodeScalars.append(rune)
      }
    }
    return fields
  }

  /// cleanname: the rules one at a time, each until nothing changes.
  static func cleanname(_ path: String) -> String {
    let isRooted = path.hasPrefix("/")
    var parts = path.split(separator: "/").map(String.init).filter { $0 != "." }
    while true {
      if isRooted, parts.first == ".." {
        parts.removeFirst()
      } else if let index = parts.indices.dropFirst().first(where: {
        parts[$0] == ".." && parts[$0 - 1] != ".."
      }) {
        parts.removeSubrange((index - 1)...index)
      } else {
        break
      }
    }
    let text = (isRooted ? "/" : "") + parts.joined(separator: "/")
    return text.isEmpty ? "." : text
  }

  /// A date by counting days from 1970, year by year and month by month.
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    var days = day - 1
    for earlier in 1970..<max(year, 1970) { days += isLeap(earlier) ? 366 : 365 }
    for later in min(year, 1970)..<1970 { days -= isLeap(later) ? 366 : 365 }
    let months = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return days + months.prefix(month).reduce(0, +)
  }
}

@Suite("Text and time beside obvious versions") struct ModelTests {
  private static func text(
    _ numbers: inout SplitMix, of runes: [Unicode.Scalar], upTo count: Int
  ) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...count, using: &numbers) {
      text.unicodeScalars.append(runes.randomElement(using: &numbers) ?? " ")
    }
    return text
  }

  private static let runes = Array(" \t\n'',;ab日é\u{3042}\u{3044}😀".unicodeScalars)

  private static func seeded() -> (SplitMix, UInt64) {
    SplitMix.printed("model", environment: Environment["TEST_SEED"])
  }

  @Test func wordsAndFields() throws {
    var (numbers, seed) = Self.seeded()
    for _ in 0..<20_000 {
      let text = Self.text(&numbers, of: Self.runes, upTo: 14)
      let separators = Self.text(&numbers, of: Self.runes.filter { $0 != "'" }, upTo: 3)
      let context = Comment(rawValue: "seed \(seed), text \(text.debugDescription)")
      let set = RuneSet(separators)
      let blanks = Slow.tokenize(text, " \t\r\n", keepsQuotes: false)
      #expect(tokenize(text).map(String.init) == blanks, context)
      #expect(
        tokenize(text, separators: set).map(String.init)
          == Slow.tokenize(text, separators, keepsQuotes: false), context)
      #expect(
        gettokens(text, .max, set).map(String.init)
          == Slow.tokenize(text, separators, keepsQuotes: true), context)
      let plain = Slow.fields(text, separators)
      #expect(fields(of: text, dividedBy: set).map(String.init) == plain, context)
      #expect(
        words(of: text, dividedBy: set).map(String.init) == plain.filter { !$0.isEmpty }, context)
      // With a limit: the first ones are the same, and the last keeps what is left.
      let max = Int.random(in: 1...4, using: &numbers)
      let few = fields(of: text, dividedBy: set, max: max)
      #expect(few.dropLast().map(String.init) == Array(plain.prefix(few.count - 1)), context)
      if plain.count >= max { #expect(text.hasSuffix(few.last ?? ""), context) }
      #expect(tokenize(text, max: max).map(String.init) == Array(blanks.prefix(max)), context)
    }
  }

  @Test func quotingIsTakenBack() throws {
    var (numbers, seed) = Self.seeded()
    for _ in 0..<20_000 {
      let words = (0..<Int.random(in: 1...4, using: &numbers)).map { _ in
        Self.text(&numbers, of: Self.runes, upTo: 6)
      }
      let line = quote(words)
      let context = Comment(rawValue: "seed \(seed), line \(line.debugDescription)")
      #expect(tokenize(line).map(String.init) == words, context)
      #expect(try unquote(quoteAlways(words[0])) == words[0], context)
      #expect(unquotestrdup(quotestrdup(words[0])) == words[0], context)
    }
  }

  @Test func names() {
    var (numbers, seed) = Self.seeded()
    for _ in 0..<20_000 {
      let path = Self.text(&numbers, of: Array("//..aé".unicodeScalars), upTo: 12)
      let clean = cleanname(path)
      let context = Comment(rawValue: "seed \(seed), path \(path)")
      #expect(clean == Slow.cleanname(path), context)
      #expect(cleanname(clean) == clean, context)
    }
  }

  @Test func dates() {
    var (numbers, seed) = Self.seeded()
    for _ in 0..<5_000 {
      let year = Int.random(in: 1...4000, using: &numbers)
      let month = Int.random(in: 0..<12, using: &numbers)
      let day = Int.random(in: 1...28, using: &numbers)
      var tm = Tm()
      (tm.year, tm.mon, tm.mday) = (year - 1900, month, day)
      let days = Slow.days(year, month, day)
      #expect(tm.seconds == days * 86_400, "seed \(seed), \(year)-\(month + 1)-\(day)")
      let back = gmtime(days * 86_400)
      #expect(back.year == tm.year && back.mon == month && back.mday == day)
      #expect(back.yday == days - Slow.days(year, 0, 1))
      #expect((days + 4) % 7 == back.wday || days < -4)
    }
  }
}

@Suite("Two threads at once") struct ThreadTests {
  @Test func everythingAtOnce() throws {
    let scratch = try Workshop()
    for number in 0..<20 { try scratch.write("d/f\(number)", "text") }
    let address = "tcp!127.0.0.1!"
    let bad = Guarded<[String]>([])
    @Sendable func check(_ kept: Bool, _ what: String) {
      if !kept { bad.withLock { $0.append(what) } }
    }
    Threads.run(4) { number in
      do {
        for turn in 0..<50 {
          werrstr("thread \(number)")
          check(tokenize("a 'b c' d").count == 3, "tokenize")
          check(quote("it's \(turn)") == "'it''s \(turn)'", "quote")
          check(cleanname("a/../b/./c") == "b/c", "cleanname")
          check(tm2sec(gmtime(1_700_000_000 + turn)) == 1_700_000_000 + turn, "time")
          check(localtime(turn).seconds == turn, "localtime")
          var args = ArgParser(["prog", "-ab", "x"])
          check(args.next() == "a" && args.argf() == "b" && args.rest == ["x"], "args")
          check(rerrstr() == "thread \(number)", "errstr of another")
          check(Lib9c.open("/nonexistent", OREAD) == -1, "open")
          check(rerrstr() == "No such file or directory", "errstr of open")
          let entries = try Dir.entries(of: scratch.path("d")).map { try $0.get().name }
          check(entries.count == 20, "entries")
          let listener = try Net.announce(address + "0")
          let here = try Net.dial(address + "\(listener.address.port)")
          let there = try listener.accept()
          try here.descriptor.write("\(number)")
          check(try there.descriptor.read(upTo: 9) == Array("\(number)".utf8), "dial")
          let (left, right) = try Sockets.pair(.stream)
          check(sendfd(left, here.descriptor.raw) == 0, "sendfd")
          for fd in [recvfd(right), left, right] { close(fd) }
          if turn % 10 == 0 {
            let pid = try Spawned.shell("exit \(number + 1)")
            check(waitfor(pid)?.msg == "\(number + 1)", "waitfor")
          }
        }
      } catch { check(false, "\(error)") }
    }
    #expect(bad.withLock { $0 } == [])
  }
}
