// Attachments: what follows the items of a clause.

/// The attachments of one clause, or of a whole statement, gathered.
struct Attachments {
  var condition = Condition.always
  var modules: [Phrase] = []
  var libraries: [Phrase] = []
  var rule = Rule()
  var linkWith: Phrase?
  var swiftNames: [Phrase] = []
  var soname: Phrase?
  var exports: Phrase?
  /// The first word of each kind that was given, to complain at.
  var places: [Keyword: Place] = [:]

  /// True if nothing is attached.
  var isEmpty: Bool { places.isEmpty }
}

extension Reader {
  /// Where in `range` the attachments begin: at the first unquoted keyword.
  func attachmentStart(_ statement: Statement, _ range: Range<Int>) -> Int {
    range.first { statement.words[$0].keyword?.isAttachment ?? false } ?? range.upperBound
  }

  /// Reads the attachments in `range` of the statement's words into `into`.
  ///
  /// Where the clause begins with a reference (`library`, `module`, `flags`, `header`) and stands
  /// on a line of its own, its conditions qualify that reference alone: `isEdgeClause`.
  func readAttachments(
    _ statement: Statement, _ parser: Parser, _ range: Range<Int>, isEdgeClause: Bool,
    into result: inout Attachments
  ) {
    var clause = Attachments()
    var index = range.lowerBound
    while index < range.upperBound {
      guard let keyword = statement.words[index].keyword, keyword.isAttachment else {
        index += 1
        continue
      }
      var end = index + 1
      while end < range.upperBound, !(statement.words[end].keyword?.isAttachment ?? false) {
        end += 1
      }
      clause.places[keyword] = clause.places[keyword] ?? parser.place(statement.words[index])
      attach(keyword, statement.words[index], statement.words[(index + 1)..<end], parser, &clause)
      index = end
    }
    merge(clause, isEdgeClause: isEdgeClause, into: &result)
  }

  private func merge(_ clause: Attachments, isEdgeClause: Bool, into result: inout Attachments) {
    let edge = isEdgeClause ? clause.condition : .always
    func qualified(_ phrases: [Phrase]) -> [Phrase] {
      phrases.map { Phrase(text: $0.text, place: $0.place, condition: edge) }
    }
    result.modules += qualified(clause.modules)
    result.libraries += qualified(clause.libraries)
    result.rule.flags += qualified(clause.rule.flags)
    result.rule.headers += qualified(clause.rule.headers)
    result.rule.installs += qualified(clause.rule.installs)
    if !isEdgeClause {
      result.condition = model.conditions.all(result.condition, clause.condition)
    }
    result.rule.merge(clause.rule, diagnostics)
    if let link = clause.linkWith {
      if let before = result.linkWith {
        diagnostics.error(
          link.place, "link-with given twice", notes: (before.place, "the first is here"))
      }
      result.linkWith = link
    }
    result.swiftNames += clause.swiftNames
    result.soname = result.soname ?? clause.soname
    result.exports = result.exports ?? clause.exports
    result.places.merge(clause.places) { old, _ in old }
  }

  /// Reads one attachment: its keyword `head` and its arguments.
  private func attach(
    _ keyword: Keyword, _ head: Word, _ arguments: ArraySlice<Word>, _ parser: Parser,
    _ result: inout Attachments
  ) {
    let place = parser.place(head)
    let phrases = arguments.map { Phrase(text: $0.name, place: parser.place($0)) }
    func one(_ before: Phrase?) -> Phrase? {
      if let before {
        diagnostics.error(
          place, "\(keyword.rawValue) given twice", notes: (before.place, "the first is here"))
      }
      if phrases.count == 1 { return phrases[0] }
      diagnostics.error(place, "\(keyword.rawValue) takes one argument, in quotes if it has blanks")
      return nil
    }
    func some() -> [Phrase] {
      if phrases.isEmpty {
        diagnostics.error(place, "\(keyword.rawValue) needs at least one argument")
      }
      return phrases
    }
    func none() -> Bool {
      if phrases.isEmpty { return true }
      diagnostics.error(phrases[0].place, "\(keyword.rawValue) takes no argument")
      return false
    }
    switch keyword {
    case .option: readOption(arguments, parser, place, &result)
    case .optional: readOptional(arguments, parser, place, &result)
    case .module: result.modules += some()
    case .library: result.libraries += some()
    case .header: result.rule.headers += some()
    case .flags: result.rule.flags += some()
    case .uses: result.swiftNames += some()
    case .depend, .dependency: result.rule.depends += some()
    case .clean: result.rule.clean += some()
    case .nuke: result.rule.nuke += some()
    case .compileWith: result.rule.compileWith = one(result.rule.compileWith)
    case .linkWith: result.linkWith = one(result.linkWith)
    case .warning: result.rule.warning = one(result.rule.warning)
    case .objPrefix: result.rule.objPrefix = one(result.rule.objPrefix)
    case .noObj: result.rule.noObj = none()
    case .noImplicitRule: result.rule.noImplicitRule = none()
    case .beforeDep, .beforeDepend: result.rule.beforeDep = none()
    case .nowerror: result.rule.noWarningErrors = none()
    case .local: result.rule.isLocal = none()
    case .noDepend: result.rule.noDepend = none()
    case .standard: _ = none()
    case .install:
      if let place = one(nil), checkInstall(place) { result.rule.installs.append(place) }
    case .soname: result.soname = one(result.soname)
    case .exports: result.exports = one(result.exports)
    case .noStatic: _ = none()
    default: assertionFailure("\(keyword) is no attachment")
    }
  }

  // MARK: Conditions

  /// `option [!]NAME [VALUE]`: one or two words, or a comparison.
  private func readOption(
    _ arguments: ArraySlice<Word>, _ parser: Parser, _ place: Place, _ result: inout Attachments
  ) {
    var words = arguments
    var isNegated = false
    if let first = words.first, !first.isQuoted, names[first.name].elementsEqual([Byte.bang]) {
      isNegated = true
      words = words.dropFirst()
    }
    guard let first = words.first, words.count <= 3 else {
      diagnostics.error(place, "option takes one or two arguments")
      return
    }
    guard let term = term(first, words.dropFirst(), parser, place, isNegated) else { return }
    result.condition = model.conditions.all(result.condition, model.conditions.term(term))
  }

  /// One term: a name with `!` and a comparison in it or behind it.
  private func term(
    _ word: Word, _ rest: ArraySlice<Word>, _ parser: Parser, _ place: Place, _ negated: Bool
  ) -> Term? {
    var isNegated = negated
    var bytes = names[word.name]
    if !word.isQuoted, bytes.first == Byte.bang {
      isNegated.toggle()
      bytes = bytes.dropFirst()
    }
    let nameEnd = word.isQuoted ? bytes.endIndex : bytes.firstIndex { "=<>".utf8.contains($0) }
    let name = names.intern(Array(bytes[..<(nameEnd ?? bytes.endIndex)]))
    var tail = Array(bytes[(nameEnd ?? bytes.endIndex)...])
    var valueIsQuoted = false
    for (count, next) in rest.enumerated() {
      valueIsQuoted = next.isQuoted && count == 0 && tail.isEmpty
      tail += names[next.name]
    }
    let wordPlace = parser.place(word)
    guard checkIdentifier(name, wordPlace) else { return nil }
    let isBare = rest.count > 0 && nameEnd == nil
    guard let comparison = comparison(tail, isBare: isBare, isQuoted: valueIsQuoted) else {
      diagnostics.error(place, "option takes one or two arguments; a comparison needs an integer")
      return nil
    }
    if rest.count == 2, !Self.isOperator(names[rest[rest.startIndex].name]) {
      diagnostics.error(place, "option takes one or two arguments")
      return nil
    }
    return Term(option: name, comparison: comparison, isNegated: isNegated, place: wordPlace)
  }

  private static func isOperator(_ bytes: ArraySlice<UInt8>) -> Bool {
    ["=", "<", ">", "<=", ">="].contains(String(decoding: bytes, as: UTF8.self))
  }

  /// What `tail` demands: nothing, a value (`isBare`), `=VALUE`, or an integer comparison.
  private func comparison(_ tail: [UInt8], isBare: Bool, isQuoted: Bool) -> Comparison? {
    if tail.isEmpty && !isQuoted { return .enabled }
    if isQuoted { return .equal(names.intern(tail)) }
    for (symbol, make) in Self.orders where tail.starts(with: symbol.utf8) {
      let digits = String(decoding: tail.dropFirst(symbol.utf8.count), as: UTF8.self)
      return Int(digits).map(make)
    }
    if tail[0] == Byte.equals { return .equal(names.intern(Array(tail.dropFirst()))) }
    return isBare ? .equal(names.intern(tail)) : nil
  }

  private static let orders: [(String, @Sendable (Int) -> Comparison)] = [
    ("<=", { .lessOrEqual($0) }), (">=", { .greaterOrEqual($0) }),
    ("<", { .less($0) }), (">", { .greater($0) }),
  ]

  /// `optional a !b | c=4`: an OR of ANDs.
  private func readOptional(
    _ arguments: ArraySlice<Word>, _ parser: Parser, _ place: Place, _ result: inout Attachments
  ) {
    var whole: Condition?
    var group: Condition?
    var isNegated = false
    var isWanted = true
    for token in optionalTokens(arguments) {
      let bytes = names[token.name]
      if !token.isQuoted && bytes.elementsEqual([Byte.bar]) {
        guard let ready = group, !isNegated else { break }
        whole = whole.map { model.conditions.any($0, ready) } ?? ready
        group = nil
        isWanted = true
      } else if !token.isQuoted && bytes.elementsEqual([Byte.bang]) {
        isNegated.toggle()
        isWanted = true
      } else {
        guard let term = term(token, [], parser, place, isNegated) else { return }
        let condition = model.conditions.term(term)
        group = group.map { model.conditions.all($0, condition) } ?? condition
        isNegated = false
        isWanted = false
      }
    }
    guard let last = group, !isWanted else {
      diagnostics.error(place, "optional needs option names, with '|' only between them")
      return
    }
    let all = whole.map { model.conditions.any($0, last) } ?? last
    result.condition = model.conditions.all(result.condition, all)
  }

  /// The words of `optional`, divided at every unquoted `|` and `!`.
  private func optionalTokens(_ arguments: ArraySlice<Word>) -> [Word] {
    var tokens: [Word] = []
    for word in arguments {
      let bytes = names.bytes(word.name)
      if word.isQuoted || !bytes.contains(where: { $0 == Byte.bar || $0 == Byte.bang }) {
        tokens.append(word)
        continue
      }
      var start = 0
      func cut(_ range: Range<Int>) {
        if range.isEmpty { return }
        tokens.append(
          Word(
            name: names.intern(Array(bytes[range])), start: word.start + UInt32(range.lowerBound),
            end: word.start + UInt32(range.upperBound), isQuoted: false))
      }
      for index in bytes.indices where bytes[index] == Byte.bar || bytes[index] == Byte.bang {
        cut(start..<index)
        cut(index..<(index + 1))
        start = index + 1
      }
      cut(start..<bytes.count)
    }
    return tokens
  }

  /// True if `name` is an identifier of C; else an error at `place`.
  func checkIdentifier(_ name: Name, _ place: Place) -> Bool {
    let bytes = names[name]
    if let first = bytes.first, Byte.isLetter(first), bytes.allSatisfy(Byte.isIdentifier) {
      return true
    }
    diagnostics.error(place, "'\(names.text(name))' is not a C identifier")
    return false
  }
}

extension Rule {
  /// Adds what `other` says; a second, different command is an error naming both.
  mutating func merge(_ other: Rule, _ diagnostics: Diagnostics) {
    if let command = other.compileWith {
      if let before = compileWith, before.text != command.text {
        diagnostics.error(
          command.place, "a second, different compile-with for one object",
          notes: (before.place, "the first is here"))
      }
      compileWith = compileWith ?? command
    }
    depends += other.depends
    clean += other.clean
    nuke += other.nuke
    warning = warning ?? other.warning
    objPrefix = objPrefix ?? other.objPrefix
    noObj = noObj || other.noObj
    noImplicitRule = noImplicitRule || other.noImplicitRule
    beforeDep = beforeDep || other.beforeDep
    noWarningErrors = noWarningErrors || other.noWarningErrors
    isLocal = isLocal || other.isLocal
    noDepend = noDepend || other.noDepend
  }
}
