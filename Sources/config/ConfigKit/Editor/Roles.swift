// What each word of a statement is: theory of operation.
//
// Problem.  Jumping, completing and explaining need to know what a word at a place means: is `net`
// a module that is declared here, one that is needed, or a file?  The reader knows while it reads,
// and forgets; and it reads finished statements, not half-typed ones.
//
// Shape.  One walk over the words of a statement gives every word a `Role`, by the same rules of
// place as the reader's: the head, the name behind it, items up to the first attachment, and
// arguments by their keyword.  Nothing is looked up and nothing can fail, so that the last word of
// an unfinished line has a role as well, which is what completion asks for.
//
// Invariants.
//   E1  There are as many roles as words.
//   E2  A word that the reader takes for a keyword has the role .head, .attachment or .field.

/// What a name can be the name of.
enum SymbolKind: String {
  /// Options, params and probes: one namespace.
  case option
  case module
  /// Libraries and programs: one namespace.
  case library
  case makeoption, test, root, toolchain, source
  /// A file of the description.
  case file
}

/// What a word is.
enum Role: Equatable {
  /// The first word of a statement.
  case head
  /// A keyword behind items.
  case attachment(Keyword)
  /// The name of a line in a test.
  case field
  /// A name that the statement declares.
  case definition(SymbolKind)
  /// A name that is declared elsewhere.
  case reference(SymbolKind)
  /// A file of the tree or of the build directory.
  case item
  /// `host`, `shared` and a version behind a name.
  case modifier
  /// An argument of a keyword that names nothing.
  case argument(Keyword)
}

/// A word with a meaning that goes beyond its place.
struct Occurrence: Equatable {
  let kind: SymbolKind
  /// The bytes of the name, without `!`, quotes and values.
  let name: [UInt8]
  /// Where the name stands in its file.
  let range: Range<Int>
  let isDefinition: Bool
}

/// Gives words their roles.
struct Roles {
  let names: Names

  /// The role of each word of `statement`.
  func roles(_ statement: Statement) -> [Role] {
    let words = statement.words
    var roles = [Role](repeating: .item, count: words.count)
    guard let head = words.first?.keyword, head.isDirective else {
      if let first = words.first, !isPath(first) {
        roles = roles.map { _ in .argument(.source) }
        roles[0] = .head
        return roles
      }
      mark(statement, from: 0, &roles)
      return roles
    }
    roles[0] = .head
    switch head {
    case .source: mark(statement, from: 1, &roles)
    case .module, .library, .program: markOwner(head, statement, &roles)
    case .test, .bench: markTest(statement, &roles)
    default:
      for index in words.indices.dropFirst() { roles[index] = setting(head, words, index) }
    }
    return roles
  }

  private func isPath(_ word: Word) -> Bool {
    names[word.name].contains { $0 == Byte.slash || $0 == Byte.dot }
  }

  private func isWord(_ word: Word, _ text: StaticString) -> Bool {
    !word.isQuoted && names.text(word.name) == text.description
  }

  // MARK: Settings

  private func setting(_ head: Keyword, _ words: [Word], _ index: Int) -> Role {
    switch head {
    case .option, .param: return index == 1 ? .definition(.option) : .argument(head)
    case .makeoption: return index == 1 ? .definition(.makeoption) : .argument(head)
    case .probe: return index == 1 ? .definition(.option) : .argument(head)
    case .root: return index == 1 ? .definition(.root) : .argument(head)
    case .toolchain: return .reference(.toolchain)
    case .include, .like: return .reference(.file)
    case .no:
      if index == 1 { return .argument(.no) }
      return .reference(words[1].keyword == .makeoption ? .makeoption : .option)
    case .defoption:
      if index == 1 { return .definition(.option) }
      let field = words[2..<index].last { word in
        ["default", "values", "help", "depends"].contains { names.text(word.name) == $0 }
          && !word.isQuoted
      }
      let isField = ["default", "values", "help", "depends"].contains {
        names.text(words[index].name) == $0
      }
      if let field, isWord(field, "depends"), !isField { return .reference(.option) }
      return .argument(.defoption)
    default: return .argument(head)
    }
  }

  // MARK: Owners and sources

  private func markOwner(_ head: Keyword, _ statement: Statement, _ roles: inout [Role]) {
    let words = statement.words
    guard words.count > 1 else { return }
    roles[1] = .definition(head == .module ? .module : .library)
    var first = 2
    let end = statement.clauseEnds[0]
    if first < end {
      if head == .program && words[2].keyword == .host
        || head == .library && isWord(words[2], "shared")
      {
        roles[2] = .modifier
        first = 3
      }
      if first == 3, first < end, head == .library,
        names[words[3].name].allSatisfy({ Byte.isDigit($0) || $0 == Byte.dot })
      {
        roles[3] = .modifier
        first = 4
      }
    }
    mark(statement, from: min(first, end), &roles)
  }

  /// Items up to the first attachment of each clause, then attachments with their arguments.
  private func mark(_ statement: Statement, from start: Int, _ roles: inout [Role]) {
    for clause in statement.clauseEnds.indices {
      let range = statement.clause(clause)
      var keyword: Keyword?
      for index in max(range.lowerBound, clause == 0 ? start : 0)..<range.upperBound {
        if let found = statement.words[index].keyword, found.isAttachment {
          keyword = found
          roles[index] = .attachment(found)
        } else if let keyword {
          roles[index] = argument(keyword, statement.words, index, roles)
        }
      }
    }
  }

  /// The role of a word behind an attachment's keyword.
  private func argument(
    _ keyword: Keyword, _ words: [Word], _ index: Int, _ roles: [Role]
  ) -> Role {
    switch keyword {
    case .module: return .reference(.module)
    case .library:
      let text = names[words[index].name]
      let isOfSystem = text.first == UInt8(ascii: "-") || text.contains(Byte.colon)
      return isOfSystem ? .argument(.library) : .reference(.library)
    case .uses: return .reference(.option)
    case .optional:
      return isOnlySigns(words[index]) ? .argument(.optional) : .reference(.option)
    case .option:
      // The name, perhaps behind a lone `!`; what follows is its value.
      if roles[index - 1] == .attachment(.option) {
        return isOnlySigns(words[index]) ? .argument(.option) : .reference(.option)
      }
      return roles[index - 1] == .argument(.option) && isWord(words[index - 1], "!")
        ? .reference(.option) : .argument(.option)
    case .exports: return .item
    default: return .argument(keyword)
    }
  }

  private func isOnlySigns(_ word: Word) -> Bool {
    !word.isQuoted && names[word.name].allSatisfy { $0 == Byte.bang || $0 == Byte.bar }
  }

  // MARK: Tests

  private func markTest(_ statement: Statement, _ roles: inout [Role]) {
    let words = statement.words
    guard words.count > 1 else { return }
    roles[1] = .definition(.test)
    var field = ""
    for clause in statement.clauseEnds.indices {
      let range = statement.clause(clause)
      for index in max(2, range.lowerBound)..<max(2, range.upperBound) {
        let text = names.text(words[index].name)
        let isField =
          !words[index].isQuoted && KeywordHelp.testFields.contains { $0.word == text }
        if isField || index == range.lowerBound {
          field = text
          roles[index] = .field
        } else {
          roles[index] = testArgument(field, words, index, roles)
        }
      }
    }
  }

  private func testArgument(
    _ field: String, _ words: [Word], _ index: Int, _ roles: [Role]
  ) -> Role {
    switch field {
    case "program": return .reference(.library)
    case "option":
      let isName = roles[index - 1] == .field || isWord(words[index - 1], "!")
      return isName && !isOnlySigns(words[index]) ? .reference(.option) : .argument(.option)
    case "optional":
      return isOnlySigns(words[index]) ? .argument(.optional) : .reference(.option)
    case "input", "output": return words[index].isQuoted ? .argument(.test) : .item
    default: return .argument(.test)
    }
  }

  // MARK: Occurrences

  /// The names in `statement` that are declared or used, with their places.
  func occurrences(_ statement: Statement) -> [Occurrence] {
    let makes = statement.words.contains { $0.keyword == .noImplicitRule }
    return zip(roles(statement), statement.words).flatMap { role, word -> [Occurrence] in
      switch role {
      case .definition(let kind): return occurrences(kind, word, isDefinition: true)
      case .reference(let kind): return occurrences(kind, word, isDefinition: false)
      case .item: return occurrences(.source, word, isDefinition: makes)
      default: return []
      }
    }
  }

  private func occurrences(
    _ kind: SymbolKind, _ word: Word, isDefinition: Bool
  ) -> [Occurrence] {
    let bytes = names.bytes(word.name)
    let start = Int(word.start) + (word.isQuoted ? 1 : 0)
    func make(_ range: Range<Int>) -> Occurrence {
      let shown = word.isQuoted ? start..<max(start, Int(word.end) - 1) : nil
      return Occurrence(
        kind: kind, name: Array(bytes[range]),
        range: shown ?? (start + range.lowerBound)..<(start + range.upperBound),
        isDefinition: isDefinition)
    }
    if word.isQuoted { return [make(0..<bytes.count)] }
    switch kind {
    case .option:
      // `!NAME`, `NAME=4`, `NAME<=5`, and `A|!B` in `optional`.
      var result: [Occurrence] = []
      var index = 0
      while index < bytes.count {
        let end = bytes[index...].firstIndex { !Byte.isIdentifier($0) } ?? bytes.count
        if end > index { result.append(make(index..<end)) }
        if end < bytes.count, bytes[end] != Byte.bang, bytes[end] != Byte.bar { break }
        index = max(end, index) + 1
      }
      return result
    case .makeoption:
      let end = bytes.firstIndex { !Assignment.isNameByte($0) } ?? bytes.count
      return end > 0 ? [make(0..<end)] : []
    default: return [make(0..<bytes.count)]
    }
  }
}
