// A file as it was written: the parser's statements, and what stands between their words.

/// What stands between two words: everything of the source that is no word.
struct Gap: Equatable {
  /// A line of a gap on which no word stands.
  enum Line: Equatable {
    case blank
    /// A comment with a line of its own; `isIndented` if blanks precede it.
    case comment(Range<Int>, isIndented: Bool)
  }

  /// The comment on the line of the word before.
  var trailing: Range<Int>?
  var lines: [Line] = []
  /// True if a backslash joins the lines.
  var isJoined = false
  /// True if there are blanks and nothing else.
  var isBlank = true

  /// No gap at all.
  init() {}

  /// Reads the gap `range` of `bytes`.
  ///
  /// - Parameter isAfterWord: false at the beginning of a file.
  init(_ bytes: [UInt8], _ range: Range<Int>, isAfterWord: Bool) {
    var isOnWordLine = isAfterWord
    var isEmpty = true
    var lineStart = range.lowerBound
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      if byte != Byte.space && byte != Byte.tab { isBlank = false }
      switch byte {
      case Byte.newline:
        if !isOnWordLine && isEmpty { lines.append(.blank) }
        isOnWordLine = false
        isEmpty = true
        lineStart = index + 1
      case Byte.hash:
        let comment = Self.comment(bytes, index..<range.upperBound)
        if isOnWordLine {
          trailing = comment.text
        } else {
          lines.append(.comment(comment.text, isIndented: index > lineStart))
        }
        isEmpty = false
        index = comment.end - 1
      case Byte.backslash:
        isJoined = true
        isEmpty = false
      default: break
      }
      index += 1
    }
  }

  /// The comment at the start of `range`, without blanks at its end, and where its line ends.
  private static func comment(
    _ bytes: [UInt8], _ range: Range<Int>
  ) -> (text: Range<Int>, end: Int) {
    let end = bytes[range].firstIndex(of: Byte.newline) ?? range.upperBound
    var last = end
    while last > range.lowerBound && Byte.isBlank(bytes[last - 1]) { last -= 1 }
    return (range.lowerBound..<last, end)
  }
}

/// A file with all its statements and gaps.
struct SourceText {
  /// The byte order mark that a file may begin with.
  static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  let bytes: [UInt8]
  let names: Names
  private let parser: Parser
  private(set) var statements: [Statement] = []
  /// What stands before the first word.
  private(set) var head = Gap()
  /// For each statement the gap behind each of its words.
  private(set) var gaps: [[Gap]] = []

  /// Reads `bytes`; what is wrong with the syntax goes to `diagnostics`, as file number 0.
  init(_ bytes: [UInt8], names: Names, diagnostics: Diagnostics) {
    self.bytes = bytes
    self.names = names
    var parser = Parser(bytes, file: 0, names: names, diagnostics: diagnostics)
    var statement = Statement()
    while parser.next(&statement) { statements.append(statement) }
    self.parser = parser
    readGaps()
  }

  private mutating func readGaps() {
    let starts = statements.flatMap { $0.words.map { Int($0.start) } } + [bytes.count]
    head = Gap(bytes, (hasMark ? 3 : 0)..<starts[0], isAfterWord: false)
    var next = 1
    for statement in statements {
      gaps.append(
        statement.words.map { word in
          defer { next += 1 }
          return Gap(bytes, Int(word.end)..<starts[next], isAfterWord: true)
        })
    }
  }

  /// True if the file begins with a byte order mark.
  var hasMark: Bool { bytes.starts(with: Self.mark) }

  /// All comments, in order.
  var comments: [ArraySlice<UInt8>] {
    ([head] + gaps.joined()).flatMap { gap -> [ArraySlice<UInt8>] in
      let own = gap.lines.compactMap { line -> Range<Int>? in
        if case .comment(let range, _) = line { return range }
        return nil
      }
      return ((gap.trailing.map { [$0] } ?? []) + own).map { bytes[$0] }
    }
  }

  /// True if `range` lies before every word.
  func isBeforeAll(_ range: Range<Int>) -> Bool {
    statements.first.map { range.lowerBound < Int($0.words[0].start) } ?? true
  }

  /// The bytes of a word as it was written, line ends as a newline alone.
  func raw(_ word: Word) -> [UInt8] { verbatim(word, word) }

  /// The bytes from the start of `first` to the end of `last`, line ends as a newline alone.
  func verbatim(_ first: Word, _ last: Word) -> [UInt8] {
    let range = Int(first.start)..<Int(last.end)
    if !bytes[range].contains(Byte.carriageReturn) { return Array(bytes[range]) }
    return range.filter { index in
      bytes[index] != Byte.carriageReturn || index + 1 >= range.upperBound
        || bytes[index + 1] != Byte.newline
    }.map { bytes[$0] }
  }

  // MARK: Kinds

  /// True if the statement's value is raw text.
  func isRaw(_ statement: Statement) -> Bool { statement.words[0].name == Self.makeoption }

  private static let makeoption = Names().intern(Keyword.makeoption.rawValue)

  /// The raw value of a makeoption, from its first word on; nil without one.
  func rawValue(_ statement: Statement) -> [UInt8]? {
    guard statement.words.count > 1, let last = statement.words.last else { return nil }
    let first = statement.words[1]
    if statement.words.count > 2, isVariable(first) {
      return parser.raw(from: statement.words[2], to: last)
    }
    return parser.raw(from: first, to: last)
  }

  /// True if `word` is the name of a variable of make and nothing more.
  func isVariable(_ word: Word) -> Bool { names[word.name].allSatisfy(Assignment.isNameByte) }

  /// What the statement's neighbours may be.
  func kind(_ statement: Statement) -> LayoutKind {
    let head = statement.words[0]
    if isRaw(statement) { return .setting }
    switch head.keyword {
    case .module, .library, .program: return .owner
    case .test, .bench: return .test
    case .source: return .source
    case let keyword? where keyword.isDirective: return .setting
    default: break
    }
    if names[head.name].contains(where: { $0 == Byte.slash || $0 == Byte.dot }) { return .source }
    return head.isQuoted ? .plain : .setting
  }

  /// How many words of a setting stand in its first column: `no option` are two.
  func headCount(_ statement: Statement) -> Int {
    statement.words[0].keyword == .no && statement.clause(0).count > 2 ? 2 : 1
  }

  /// True if a tab follows the head of the statement, though no column does.
  func hasTab(_ statement: Statement, _ kind: LayoutKind) -> Bool {
    kind == .owner || kind == .test || kind == .source && statement.words[0].keyword == .source
  }

  /// Where in the statement's words the second column of a clause begins: at the attachments
  /// behind items, at what qualifies a reference, at the arguments of a test's field.
  func split(_ statement: Statement, _ clause: Int, _ kind: LayoutKind) -> Int {
    let range = statement.clause(clause)
    func isAttachment(_ index: Int) -> Bool {
      statement.words[index].keyword?.isAttachment ?? false
    }
    switch kind {
    case .setting, .plain: return range.upperBound
    case .test: return clause == 0 ? min(2, range.upperBound) : range.lowerBound + 1
    case .owner, .source:
      var start = range.lowerBound
      if clause == 0 { start = min(hasTab(statement, kind) ? 2 : 1, range.upperBound) }
      let first = (start..<range.upperBound).first(where: isAttachment) ?? range.upperBound
      if clause == 0 || first > range.lowerBound { return first }
      switch statement.words[first].keyword {
      case .library, .module, .flags, .header, .install:
        return (first + 1..<range.upperBound).first(where: isAttachment) ?? range.upperBound
      default: return range.upperBound
      }
    }
  }
}
