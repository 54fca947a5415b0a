// `test NAME` and `bench NAME`.
//
//     test greets
//         program hello
//         args    -n 3 "two words"
//         input   tests/greets.in        a file, or a text in quotes
//         output  "hello, world"         likewise; a newline at the end of a text may be left out
//         status  0
//         limit   10                     seconds
//         option  GREET

extension Reader {
  private static let testWords: Set<String> = [
    "program", "command", "args", "input", "output", "status", "limit", "metric", "option",
    "optional",
  ]

  /// Reads a test or a benchmark.
  func readTest(_ keyword: Keyword, _ statement: Statement, _ parser: Parser) {
    guard statement.clause(0).count > 1 else {
      diagnostics.error(parser.place(statement.words[0]), "\(keyword.rawValue) needs a name")
      return
    }
    let nameWord = statement.words[1]
    let place = parser.place(nameWord)
    if !isFileName(nameWord.name) {
      diagnostics.error(
        place, "'\(names.text(nameWord.name))' names a test: letters, digits and _ . + - only")
      return
    }
    if let before = model.tests[nameWord.name] {
      diagnostics.error(
        place,
        "\(before.isBench ? "bench" : "test") '\(names.text(nameWord.name))' already defined",
        notes: (before.place, "the first is here"))
      return
    }
    var test = TestStatement(name: nameWord.name, place: place, isBench: keyword == .bench)
    var index = 2
    while index < statement.words.count {
      let end = endOfField(statement, from: index)
      readField(statement, index..<end, parser, &test)
      index = end
    }
    check(test)
    model.tests.set(test.name, test)
  }

  private func isField(_ word: Word) -> Bool {
    !word.isQuoted && Self.testWords.contains(names.text(word.name))
  }

  /// A field goes to the next one, or to the end of its clause.
  private func endOfField(_ statement: Statement, from start: Int) -> Int {
    let clauseEnd = statement.clauseEnds.first { $0 > start } ?? statement.words.count
    var end = start + 1
    while end < clauseEnd && !isField(statement.words[end]) { end += 1 }
    return end
  }

  private func readField(
    _ statement: Statement, _ range: Range<Int>, _ parser: Parser, _ test: inout TestStatement
  ) {
    let head = statement.words[range.lowerBound]
    let place = parser.place(head)
    let text = names.text(head.name)
    let words = statement.words[range].dropFirst()
    let phrases = words.map { Phrase(text: $0.name, place: parser.place($0)) }
    func one() -> Phrase? {
      if phrases.count == 1 { return phrases[0] }
      diagnostics.error(place, "\(text) takes one argument, in quotes if it has blanks")
      return nil
    }
    func number(_ limits: ClosedRange<Int>) -> Int? {
      if phrases.count == 1, let value = Int(names.text(phrases[0].text)), limits.contains(value) {
        return value
      }
      diagnostics.error(
        place, "\(text) takes a number from \(limits.lowerBound) to \(limits.upperBound)")
      return nil
    }
    if !isField(head) {
      let near = suggestion(for: text, among: Self.testWords.sorted())
      diagnostics.error(place, "a test does not know '\(text)'\(near)")
      return
    }
    switch text {
    case "program": test.program = one()
    case "command": test.command = one()
    case "args": test.arguments += phrases
    case "input": test.input = one().map { testText($0, words.first) }
    case "output": test.output = one().map { testText($0, words.first) }
    case "status": test.status = number(0...255) ?? 0
    case "limit": test.limitSeconds = number(1...86_400) ?? 60
    case "metric": readMetric(phrases, place, &test)
    default:
      var attachments = Attachments()
      readAttachments(statement, parser, range, isEdgeClause: false, into: &attachments)
      test.condition = model.conditions.all(test.condition, attachments.condition)
    }
  }

  private func testText(_ phrase: Phrase, _ word: Word?) -> TestText {
    guard word?.isQuoted ?? false else { return .file(phrase) }
    var text: [UInt8] = []
    var isEscape = false
    for byte in names[phrase.text] {
      if isEscape {
        switch byte {
        case UInt8(ascii: "n"): text.append(Byte.newline)
        case UInt8(ascii: "t"): text.append(Byte.tab)
        case Byte.backslash: text.append(byte)
        default: text += [Byte.backslash, byte]
        }
        isEscape = false
      } else if byte == Byte.backslash {
        isEscape = true
      } else {
        text.append(byte)
      }
    }
    return .literal(text + (isEscape ? [Byte.backslash] : []))
  }

  /// `metric NAME UNIT lower|higher`.
  private func readMetric(_ phrases: [Phrase], _ place: Place, _ test: inout TestStatement) {
    let directions = ["lower": false, "higher": true]
    guard phrases.count == 3, let isHigher = directions[names.text(phrases[2].text)] else {
      diagnostics.error(
        place, "metric takes a name, a unit, and which is better: lower or higher")
      return
    }
    test.metrics.append(
      Metric(name: phrases[0].text, unit: phrases[1].text, higherIsBetter: isHigher))
  }

  private func check(_ test: TestStatement) {
    let kind = test.isBench ? "bench" : "test"
    let name = names.text(test.name)
    if (test.program == nil) == (test.command == nil) {
      diagnostics.error(test.place, "\(kind) '\(name)' needs a program, or a command")
    }
    if let first = test.arguments.first, test.command != nil {
      diagnostics.error(first.place, "args go with a program; a command has them in it")
    }
    if !test.isBench && !test.metrics.isEmpty {
      diagnostics.error(test.place, "metric is for a bench: a test passes or fails")
    }
    if test.isBench && test.metrics.isEmpty {
      diagnostics.error(test.place, "bench '\(name)' needs a metric")
    }
  }
}
