// Statements: each directive, and what it adds to the model.

extension Reader {
  /// Does what `statement` says.
  func handle(_ statement: Statement, _ parser: Parser, _ level: Level) {
    let head = statement.words[0]
    let place = parser.place(head)
    guard let keyword = head.keyword, keyword.isDirective else {
      if isSourceName(head) {
        readSources(statement, parser, firstItem: 0)
      } else {
        reportUnknown(head, place)
      }
      return
    }
    if level == .included && keyword.isTopLevelOnly {
      let text = "'\(keyword.rawValue)' is allowed at the top level only"
      let cure =
        keyword == .option ? "; attach it to a source, or move it to the configuration" : ""
      diagnostics.error(
        place, text + cure, notes: (files[parser.file].includedFrom, "included from here"))
      return
    }
    if keyword == .like {
      if sawStatement && level == .root {
        diagnostics.error(place, "'like' must come before anything else")
      }
    } else if level == .root {
      sawStatement = true
    }
    switch keyword {
    case .source: readSources(statement, parser, firstItem: 1)
    case .test, .bench: readTest(keyword, statement, parser)
    case .module, .library, .program: readOwner(keyword, statement, parser)
    default: readSetting(keyword, statement, parser, level)
    }
  }

  /// A statement's head without a keyword is a source if it looks like a path.
  private func isSourceName(_ word: Word) -> Bool {
    names[word.name].contains { $0 == Byte.slash || $0 == Byte.dot }
  }

  private func reportUnknown(_ head: Word, _ place: Place) {
    let text = names.text(head.name)
    if head.keyword?.isAttachment ?? false {
      diagnostics.error(
        place, "'\(text)' attaches to a statement: write it after the items or on an indented line")
      return
    }
    let directives = Keyword.allCases.filter(\.isDirective).map(\.rawValue)
    diagnostics.error(
      place, "unknown directive '\(text)'\(suggestion(for: text, among: directives))")
  }
}
