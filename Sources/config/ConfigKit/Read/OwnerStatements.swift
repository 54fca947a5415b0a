// Owners: module, library and program, with their items and attachments.

extension Reader {
  /// `module M`, `library L`, `program P [host]`.
  func readOwner(_ keyword: Keyword, _ statement: Statement, _ parser: Parser) {
    let head = statement.clause(0)
    guard head.count > 1 else {
      diagnostics.error(parser.place(statement.words[0]), "\(keyword.rawValue) needs a name")
      return
    }
    let nameWord = statement.words[1]
    var first = 2
    var kind: OwnerKind =
      keyword == .module ? .module : keyword == .library ? .library : .program
    if head.count > 2, kind == .program, statement.words[2].keyword == .host {
      kind = .host
      first = 3
    }
    let shared = kind == .library ? readShared(statement, head, &first) : nil
    guard let owner = define(kind, nameWord.name, parser.place(nameWord)) else { return }
    model.owners[Int(owner)].shared = shared
    var whole = Attachments()
    for clause in statement.clauseEnds.indices {
      let range = statement.clause(clause)
      let start = clause == 0 ? first : range.lowerBound
      readOwnerClause(
        statement, parser, start..<range.upperBound, isHead: clause == 0, owner, &whole)
    }
    applyToOwner(owner, whole)
  }

  /// `shared [VERSION]` directly behind a library's name.
  private func readShared(
    _ statement: Statement, _ head: Range<Int>, _ first: inout Int
  ) -> SharedLibrary? {
    guard head.count > 2, !statement.words[2].isQuoted,
      names[statement.words[2].name].elementsEqual("shared".utf8)
    else { return nil }
    first = 3
    var shared = SharedLibrary()
    if head.count > 3 {
      let version = names[statement.words[3].name]
      if version.allSatisfy({ Byte.isDigit($0) || $0 == Byte.dot }) {
        shared.version = statement.words[3].name
        first = 4
      }
    }
    return shared
  }

  /// `soname`, `exports` and `no-static`, which only a shared library knows.
  private func applyShared(_ whole: Attachments, to index: Int32) {
    if model.owners[Int(index)].shared == nil {
      for keyword in [Keyword.soname, .exports, .noStatic] {
        guard let place = whole.places[keyword] else { continue }
        diagnostics.error(place, "\(keyword.rawValue) applies to shared libraries only")
      }
      return
    }
    if let soname = whole.soname, !isFileName(soname.text) {
      diagnostics.error(soname.place, "a soname is a file's name: letters, digits and _ . + - only")
    }
    model.owners[Int(index)].shared?.soname = whole.soname
    model.owners[Int(index)].shared?.exports = whole.exports
    model.owners[Int(index)].shared?.hasArchive = whole.places[.noStatic] == nil
  }

  /// True if `place` is one that `install` knows; else an error.
  func checkInstall(_ phrase: Phrase) -> Bool {
    let text = names.text(phrase.text)
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let known = ["bin", "sbin", "lib", "libexec", "include", "man", "share", "etc"]
    if parts.dropFirst().contains(where: { $0.isEmpty || $0 == "." || $0 == ".." })
      || !Quoting.isPlain(names[phrase.text])
    {
      diagnostics.error(
        phrase.place, "'\(text)' is no place to install to: a path below PREFIX, such as share/DIR")
      return false
    }
    if known.contains(parts[0]) { return true }
    diagnostics.error(
      phrase.place,
      "unknown place '\(text)'\(suggestion(for: parts[0], among: known)): "
        + "bin, sbin, lib, libexec, include, man, share or etc, with /DIR if wanted")
    return false
  }

  /// Makes the record of a module, library or program; nil, and an error, if there is one.
  private func define(_ kind: OwnerKind, _ name: Name, _ place: Place) -> Int32? {
    if kind == .module {
      let index = reference(toModule: name, at: place)
      if model.owners[Int(index)].place == .none {
        let owner = model.owners[Int(index)]
        model.owners[Int(index)] = Owner(kind: .module, name: name, place: place)
        model.owners[Int(index)].uses = owner.uses
      }
      return index
    }
    if let before = model.libraries[name] {
      let other = model.owners[Int(before)]
      diagnostics.error(
        place, "\(other.kind.rawValue) '\(names.text(name))' already defined",
        notes: (other.place, "the first is here"))
      return nil
    }
    if !isFileName(name) {
      diagnostics.error(
        place,
        "'\(names.text(name))' names a file of the build directory: "
          + "letters, digits and _ . + - only")
      return nil
    }
    if Self.reservedNames.contains(names.text(name)) {
      diagnostics.error(place, "'\(names.text(name))' is a reserved name, choose another")
      return nil
    }
    let index = Int32(model.owners.count)
    model.owners.append(Owner(kind: kind, name: name, place: place))
    model.libraries[name] = index
    return index
  }

  /// Names that a build directory needs for itself.
  static let reservedNames: Set<String> = [
    "all", "clean", "nuke", "install", "uninstall", "depend", "check", "bench", "config.h",
    "config.c", "Makefile", "build.ninja", "compile_commands.json", "o", "opt",
  ]

  func readOwnerClause(
    _ statement: Statement, _ parser: Parser, _ range: Range<Int>, isHead: Bool, _ owner: Int32,
    _ whole: inout Attachments
  ) {
    let first = attachmentStart(statement, range)
    let rest = first..<range.upperBound
    var own = Attachments()
    if !rest.isEmpty {
      if isHead {
        readAttachments(statement, parser, rest, isEdgeClause: false, into: &whole)
      } else if first == range.lowerBound {
        let isEdge = isEdgeKeyword(statement.words[first].keyword)
        readAttachments(statement, parser, rest, isEdgeClause: isEdge, into: &whole)
      } else {
        readAttachments(statement, parser, rest, isEdgeClause: false, into: &own)
      }
    }
    for word in statement.words[range.lowerBound..<first] {
      addItem(item(word, parser), parser.place(word), own, to: owner)
    }
  }

  private func addItem(
    _ source: Int32, _ place: Place, _ own: Attachments, to owner: Int32
  ) {
    let use = Use(source: source, condition: own.condition, place: place)
    if model.owners[Int(owner)].kind == .module {
      join(source, model.owners[Int(owner)].name, use)
    } else {
      model.owners[Int(owner)].uses.append(use)
    }
    if own.isEmpty { return }
    rejectOwnersAttachments(own)
    for module in own.modules {
      join(source, module.text, Use(source: source, condition: own.condition, place: module.place))
    }
    for library in own.libraries {
      diagnostics.error(
        library.place, "'library' attaches to the statement: write it on a line of its own")
    }
    applyRule(own.rule, to: source)
  }

  private func applyToOwner(_ index: Int32, _ whole: Attachments) {
    let kind = model.owners[Int(index)].kind
    rejectSourceAttachments(whole, kind)
    let edges =
      whole.modules.map {
        Edge(kind: .module, name: $0.text, condition: $0.condition, place: $0.place)
      }
      + whole.libraries.map {
        Edge(kind: .library, name: $0.text, condition: $0.condition, place: $0.place)
      }
    if let link = whole.linkWith, kind == .library || kind == .module {
      diagnostics.error(link.place, "link-with applies to programs only")
    }
    if let uses = whole.swiftNames.first, kind == .library || kind == .host {
      diagnostics.error(uses.place, "uses applies to modules and programs only")
    }
    applyShared(whole, to: index)
    model.owners[Int(index)].installs += whole.rule.installs
    let condition = model.conditions.all(model.owners[Int(index)].condition, whole.condition)
    model.owners[Int(index)].condition = condition
    model.owners[Int(index)].edges += edges
    model.owners[Int(index)].flags += whole.rule.flags
    model.owners[Int(index)].headers += whole.rule.headers
    model.owners[Int(index)].compileWith =
      whole.rule.compileWith ?? model.owners[Int(index)].compileWith
    model.owners[Int(index)].linkWith = whole.linkWith
    model.owners[Int(index)].depends += whole.rule.depends
    model.owners[Int(index)].clean += whole.rule.clean
    model.owners[Int(index)].nuke += whole.rule.nuke
    model.owners[Int(index)].swiftNames += whole.swiftNames
  }

  private func rejectSourceAttachments(_ whole: Attachments, _ kind: OwnerKind) {
    for keyword in [
      Keyword.noObj, .noImplicitRule, .beforeDep, .beforeDepend, .objPrefix, .warning, .nowerror,
      .local, .noDepend,
    ] {
      guard let place = whole.places[keyword] else { continue }
      diagnostics.error(
        place, "\(keyword.rawValue) applies to sources only, not to a \(kind.rawValue)")
    }
    if let header = whole.rule.headers.first, kind != .module {
      diagnostics.error(header.place, "header applies to sources and modules only")
    }
    if let command = whole.rule.compileWith, kind == .module {
      diagnostics.error(
        command.place, "compile-with applies to sources, libraries and programs only")
    }
    if let depend = whole.rule.depends.first, kind == .module {
      diagnostics.error(depend.place, "depend applies to sources, libraries and programs only")
    }
  }
}
