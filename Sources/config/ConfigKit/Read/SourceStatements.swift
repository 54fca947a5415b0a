// Sources: statements that name files, and the items of other statements.

extension Reader {
  /// A source statement: `PATH... attachments`.
  func readSources(_ statement: Statement, _ parser: Parser, firstItem: Int) {
    var whole = Attachments()
    var items: [(Int32, Attachments)] = []
    for clause in statement.clauseEnds.indices {
      let range = statement.clause(clause)
      let start = clause == 0 ? min(firstItem, range.upperBound) : range.lowerBound
      let first = attachmentStart(statement, start..<range.upperBound)
      var own = Attachments()
      let isWhole = clause == 0 || first == start
      if first < range.upperBound {
        if isWhole {
          let isEdge = clause > 0 && isEdgeKeyword(statement.words[first].keyword)
          readAttachments(
            statement, parser, first..<range.upperBound, isEdgeClause: isEdge, into: &whole)
        } else {
          readAttachments(
            statement, parser, first..<range.upperBound, isEdgeClause: false, into: &own)
        }
      }
      for word in statement.words[start..<first] {
        items.append((item(word, parser), own))
      }
    }
    if items.isEmpty {
      diagnostics.error(parser.place(statement.words[0]), "source needs at least one name")
    }
    applyToSources(items, whole)
  }

  /// True for what begins a clause whose options qualify it alone.
  func isEdgeKeyword(_ keyword: Keyword?) -> Bool {
    switch keyword {
    case .library, .module, .flags, .header, .install: true
    default: false
    }
  }

  private func applyToSources(_ items: [(Int32, Attachments)], _ whole: Attachments) {
    let isGroup =
      items.count > 1 && whole.rule.noImplicitRule && whole.rule.compileWith != nil
    let group = isGroup ? Int32(model.groups.count) : -1
    if isGroup { model.groups.append(items.map(\.0)) }
    for (source, own) in items {
      let condition = model.conditions.all(whole.condition, own.condition)
      let before = model.sources[Int(source)].own
      model.sources[Int(source)].own = model.conditions.all(before, condition)
      for attachments in [whole, own] where !attachments.isEmpty {
        rejectOwnersAttachments(attachments)
        for module in attachments.modules {
          let use = model.conditions.all(condition, module.condition)
          join(source, module.text, Use(source: source, condition: use, place: module.place))
        }
        for library in attachments.libraries {
          diagnostics.error(
            library.place,
            "'library' attaches to a program, a library or a module; "
              + "name the source there")
        }
        applyRule(attachments.rule, to: source)
      }
      if isGroup { model.changeRule(of: source) { $0.group = group } }
    }
  }

  /// The source that `word` names.
  func item(_ word: Word, _ parser: Parser) -> Int32 {
    if names[word.name].contains(Byte.newline) {
      diagnostics.error(parser.place(word), "a name cannot hold a newline")
    }
    return model.source(word.name, parser.place(word), names)
  }

  func applyRule(_ rule: Rule, to source: Int32) {
    model.changeRule(of: source) { mine in
      mine.merge(rule, diagnostics)
      mine.flags += rule.flags
      mine.headers += rule.headers
      mine.installs += rule.installs
    }
  }

  func rejectOwnersAttachments(_ attachments: Attachments) {
    for keyword in [Keyword.linkWith, .uses, .soname, .exports, .noStatic] {
      guard let place = attachments.places[keyword] else { continue }
      let whom =
        switch keyword {
        case .linkWith: "programs"
        case .uses: "modules and programs"
        default: "shared libraries"
        }
      diagnostics.error(place, "\(keyword.rawValue) applies to \(whom) only")
    }
  }

  /// Makes the source of `use` a member of the module called `name`.
  func join(_ source: Int32, _ name: Name, _ use: Use) {
    let before = model.sources[Int(source)]
    if before.module < 0 {
      let module = reference(toModule: name, at: use.place)
      model.sources[Int(source)].module = module
      model.sources[Int(source)].modulePlace = use.place
      model.owners[Int(module)].uses.append(use)
      return
    }
    let owner = model.owners[Int(before.module)]
    if owner.name != name {
      diagnostics.error(
        use.place,
        "source '\(names.text(before.path))' already belongs to module '\(names.text(owner.name))'",
        notes: (before.modulePlace, "it was put there here"))
    }
  }

  /// The owner record of the module called `name`: members may come before its statement, which
  /// sets the place; a module that never gets one is undefined.
  func reference(toModule name: Name, at place: Place) -> Int32 {
    if let known = model.modules[name] { return known }
    let index = Int32(model.owners.count)
    model.owners.append(Owner(kind: .module, name: name, place: .none))
    model.modules[name] = index
    return index
  }
}
