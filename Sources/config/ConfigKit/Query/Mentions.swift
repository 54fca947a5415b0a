// Where a description speaks of something: its files parsed once more, each word with its role.

/// A word of the description that names what was asked about.
struct Mention {
  let place: Place
  /// What it says there: `defines library 'libnet'`, `an item of program 'p'`.
  let role: String
}

/// The statements of a description, by file.
struct Mentions {
  /// One statement and the file that it stands in.
  private struct Entry {
    let file: Int32
    let statement: Statement
  }

  private let names: Names
  private let entries: [Entry]

  /// Parses the files of `survey` that belong to the description.
  ///
  /// Toolchains and templates are other languages, and are left out.
  init(_ survey: Survey) {
    names = survey.names
    var entries: [Entry] = []
    for number in Self.descriptionFiles(survey) {
      var parser = Parser(
        survey.files[number].bytes, file: number, names: names, diagnostics: Diagnostics())
      var statement = Statement()
      while parser.next(&statement) {
        entries.append(Entry(file: number, statement: statement))
      }
    }
    self.entries = entries
  }

  /// The files that places of the model lie in, those that include them, and the root.
  private static func descriptionFiles(_ survey: Survey) -> [Int32] {
    let model = survey.model
    var places = model.sources.map(\.place) + model.owners.map(\.place)
    places += model.owners.flatMap { owner in
      owner.uses.map(\.place) + owner.edges.map(\.place)
    }
    places += model.conditions.terms.map(\.place)
    places += model.options.pairs.map(\.1.place) + model.params.pairs.map(\.1.place)
    places += model.declarations.pairs.map(\.1.place) + model.tests.pairs.map(\.1.place)
    places += model.makeOptions.pairs.map(\.1.place) + model.probes.pairs.map(\.1.place)
    var found: Set<Int32> = survey.files.all.isEmpty ? [] : [0]
    for place in places {
      var file = place.file
      while file >= 0 && found.insert(file).inserted {
        file = survey.files[file].includedFrom.file
      }
    }
    return found.sorted()
  }

  /// Every word that is `name`, or a condition's word with `name` in it, in order.
  func mentions(of name: Name) -> [Mention] {
    entries.flatMap { entry in
      entry.statement.words.indices.filter { index in
        entry.statement.words[index].name == name || isTerm(index, entry.statement, of: name)
      }.map { index in
        Mention(
          place: Place(file: entry.file, offset: entry.statement.words[index].start),
          role: role(index, entry.statement))
      }
    }
  }

  /// The words that `no option` lists, with the statement's own place.
  func turnsOff(_ option: Name) -> Place? {
    for entry in entries.reversed() {
      let words = entry.statement.words
      guard words.count > 2, words[0].keyword == .no, words[1].keyword == .option else { continue }
      if let word = words.dropFirst(2).first(where: { $0.name == option }) {
        return Place(file: entry.file, offset: word.start)
      }
    }
    return nil
  }

  /// Where `option` is tested by the statement around `place`, nearest behind it; `place` if it is
  /// not found there.
  func place(of option: Name, testedNear place: Place) -> Place {
    guard let entry = entry(at: place) else { return place }
    let words = entry.statement.words
    let tests = words.indices.filter { isTerm($0, entry.statement, of: option) }
    let index = tests.first { words[$0].start >= place.offset } ?? tests.first
    return index.map { Place(file: place.file, offset: words[$0].start) } ?? place
  }

  /// Where a source statement that names `source` tests `option`.
  func place(of option: Name, testedFor source: Name) -> Place? {
    for entry in entries {
      let words = entry.statement.words
      guard words.contains(where: { $0.name == source }) else { continue }
      let head = words[0].keyword
      if head?.isDirective ?? false && head != .source { continue }
      if let index = words.indices.first(where: { isTerm($0, entry.statement, of: option) }) {
        return Place(file: entry.file, offset: words[index].start)
      }
    }
    return nil
  }

  private func entry(at place: Place) -> Entry? {
    entries.last { entry in
      entry.file == place.file && (entry.statement.words.first?.start ?? 0) <= place.offset
    }
  }

  /// The name at `place`: what its statement, by its head, is about.
  func head(at place: Place) -> String? { entry(at: place).map { subject($0.statement) } }

  // MARK: Roles

  /// True if word `index` is an argument of `option` or `optional` that tests `name`.
  private func isTerm(_ index: Int, _ statement: Statement, of name: Name) -> Bool {
    guard let keyword = attachment(before: index, statement),
      keyword == .option || keyword == .optional
    else { return false }
    let bytes = names.bytes(statement.words[index].name)
    return bytes.split { !Byte.isIdentifier($0) }.contains { $0.elementsEqual(names[name]) }
  }

  /// The attachment whose argument word `index` is; nil for heads and items.
  private func attachment(before index: Int, _ statement: Statement) -> Keyword? {
    let clause = statement.clauseEnds.firstIndex { index < $0 } ?? 0
    let first = max(statement.clause(clause).lowerBound, Self.firstArgument(statement))
    guard first < index else { return nil }
    return statement.words[first..<index].last { $0.keyword?.isAttachment ?? false }?.keyword
  }

  /// Where words begin that can be keywords: behind the head, and behind a name.
  private static func firstArgument(_ statement: Statement) -> Int {
    guard let head = statement.words[0].keyword, head.isDirective else { return 0 }
    return hasName(head) ? 2 : 1
  }

  private static func hasName(_ head: Keyword) -> Bool {
    switch head {
    case .module, .library, .program, .test, .bench, .probe, .defoption, .root, .option, .param,
      .makeoption, .ident, .arch, .like, .toolchain, .include, .no:
      true
    default: false
    }
  }

  private func role(_ index: Int, _ statement: Statement) -> String {
    if let keyword = attachment(before: index, statement) {
      return "'\(keyword.rawValue)' of \(target(index, statement))"
    }
    guard let head = statement.words[0].keyword, head.isDirective else {
      return "a source statement"
    }
    if index == 0 { return "a source statement" }
    if index == 1 && Self.hasName(head) {
      switch head {
      case .module, .library, .program, .test, .bench: return "defines \(subject(statement))"
      case .option, .param, .makeoption: return "sets \(subject(statement))"
      case .defoption: return "declares \(subject(statement))"
      default: return "'\(head.rawValue)'"
      }
    }
    if head == .no { return "'no \(names.text(statement.words[1].name))'" }
    if head == .test || head == .bench { return "part of \(subject(statement))" }
    return head == .source ? "a source statement" : "an item of \(subject(statement))"
  }

  /// What the attachments around word `index` are attached to: the items of its clause, or all.
  private func target(_ index: Int, _ statement: Statement) -> String {
    let clause = statement.clause(statement.clauseEnds.firstIndex { index < $0 } ?? 0)
    let start = max(clause.lowerBound, Self.firstArgument(statement))
    let items = statement.words[start..<index].prefix { !($0.keyword?.isAttachment ?? false) }
    guard let first = items.first else { return subject(statement) }
    let name = names.text(first.name)
    return items.count == 1 ? "'\(name)'" : "'\(name)' and \(items.count - 1) more"
  }

  /// `program 'hello'`; the first source of a source statement.
  private func subject(_ statement: Statement) -> String {
    let head = statement.words[0]
    guard let keyword = head.keyword, keyword.isDirective, statement.words.count > 1 else {
      return "'\(names.text(head.name))'"
    }
    let name = names.text(statement.words[1].name)
    if keyword == .source { return "'\(name)'" }
    if keyword == .program, statement.words.count > 2, statement.words[2].keyword == .host {
      return "host program '\(name)'"
    }
    return "\(keyword.rawValue) '\(name)'"
  }
}
