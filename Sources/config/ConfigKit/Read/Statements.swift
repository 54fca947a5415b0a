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

  // MARK: Settings

  /// The directives that are a head with arguments.
  private func readSetting(
    _ keyword: Keyword, _ statement: Statement, _ parser: Parser, _ level: Level
  ) {
    let place = parser.place(statement.words[0])
    let arguments = statement.words[1...]
    func wants(_ range: ClosedRange<Int>, _ text: String) -> Bool {
      if range.contains(arguments.count) { return true }
      diagnostics.error(place, text)
      return false
    }
    switch keyword {
    case .ident:
      if wants(1...1, "ident takes one argument") { setIdent(arguments[1], parser, level) }
    case .arch:
      if wants(1...1, "arch takes one argument") { setArch(arguments[1], parser, level) }
    case .like:
      if wants(1...1, "like takes one argument") {
        like(arguments[1], at: parser.place(arguments[1]), from: parser.file)
      }
    case .includeconfig:
      if wants(0...0, "includeconfig takes no argument") {
        if level == .root {
          model.includesConfiguration = true
        } else {
          diagnostics.note(place, "'includeconfig' counts in the root configuration only")
        }
      }
    case .include:
      if wants(1...1, "include takes one argument") {
        include(arguments[1], at: parser.place(arguments[1]), from: parser.file)
      }
    case .header:
      if wants(1...1, "header takes one argument") {
        model.headers.append(Phrase(text: arguments[1].name, place: parser.place(arguments[1])))
      }
    case .option, .param:
      if wants(1...2, "\(keyword.rawValue) takes one or two arguments") {
        setValue(keyword, arguments, parser, level)
      }
    case .makeoption:
      if statement.clauseEnds.count > 1 {
        let next = parser.place(statement.words[statement.clauseEnds[0]])
        diagnostics.error(next, "makeoption ends with its line: continue it with a backslash")
      } else {
        setMakeOption(arguments, parser, place, level)
      }
    case .no: readNo(arguments, parser, place)
    case .defoption: declareOption(arguments, parser, place)
    default:
      diagnostics.error(place, "'\(keyword.rawValue)' is not in this version of config")
    }
  }

  private func setIdent(_ word: Word, _ parser: Parser, _ level: Level) {
    guard level == .root else { return }  // the ident of a configuration that is `like`d
    let place = parser.place(word)
    if let before = model.ident {
      diagnostics.error(place, "ident already given", notes: (before.place, "the first is here"))
      return
    }
    if !isFileName(word.name) {
      diagnostics.error(
        place,
        "ident '\(names.text(word.name))' names a directory: letters, digits and _ . + - only")
    }
    model.ident = Phrase(text: word.name, place: place)
  }

  /// True for a name that can be a file's at the top of a build directory.
  func isFileName(_ name: Name) -> Bool {
    let bytes = names[name]
    let isPlain = bytes.allSatisfy { Byte.isIdentifier($0) || ".+-".utf8.contains($0) }
    return isPlain && !bytes.isEmpty && !bytes.allSatisfy { $0 == Byte.dot }
      && bytes.first != UInt8(ascii: "-")
  }

  private func setArch(_ word: Word, _ parser: Parser, _ level: Level) {
    let place = parser.place(word)
    if let include = firstInclude {
      diagnostics.error(
        place, "'arch' must come before 'include'", notes: (include, "the first include is here"))
      return
    }
    if let before = model.arch, level == .root,
      files[before.place.file].path == files[parser.file].path
    {
      diagnostics.error(place, "arch already given", notes: (before.place, "the first is here"))
      return
    }
    model.arch = Phrase(text: word.name, place: place)
    if !archIsFixed { facts["ARCH"] = names.text(word.name) }
  }

  /// `option NAME [VALUE]`, `param NAME [VALUE]`; also `NAME=VALUE`.
  private func setValue(
    _ keyword: Keyword, _ arguments: ArraySlice<Word>, _ parser: Parser, _ level: Level
  ) {
    let word = arguments[1]
    let place = parser.place(word)
    var name = word.name
    var value = arguments.count == 2 ? arguments[2].name : names.intern("1")
    let bytes = names.bytes(word.name)
    if arguments.count == 1, !word.isQuoted, let equals = bytes.firstIndex(of: Byte.equals) {
      name = names.intern(Array(bytes[..<equals]))
      value = names.intern(Array(bytes[(equals + 1)...]))
    }
    guard checkIdentifier(name, place) else { return }
    let isOption = keyword == .option
    if let other = isOption ? model.params[name] : model.options[name] {
      diagnostics.error(
        place, "'\(names.text(name))' is already \(isOption ? "a param" : "an option")",
        notes: (other.place, "the first is here"))
      return
    }
    let setting = Setting(value: value, place: place, isInherited: level == .like)
    if let before = isOption ? model.options[name] : model.params[name] {
      reportRedefinition(keyword, name, before, setting)
    }
    if isOption {
      model.options.set(name, setting)
      model.optionsOff.remove(name)
    } else {
      model.params.set(name, setting)
    }
  }

  private func reportRedefinition(
    _ keyword: Keyword, _ name: Name, _ before: Setting, _ after: Setting
  ) {
    let text =
      "\(keyword.rawValue) '\(names.text(name))' redefined from '\(names.text(before.value))' "
      + "to '\(names.text(after.value))'"
    if before.isInherited {
      if before.value != after.value { diagnostics.note(after.place, text) }
    } else {
      diagnostics.warning(after.place, text, notes: (before.place, "the first is here"))
    }
  }

  /// `makeoption NAME VALUE...`, `makeoption NAME = VALUE`, `makeoption NAME += VALUE`.
  private func setMakeOption(
    _ arguments: ArraySlice<Word>, _ parser: Parser, _ place: Place, _ level: Level
  ) {
    guard let first = arguments.first, let last = arguments.last else {
      diagnostics.error(place, "makeoption needs a name and a value")
      return
    }
    let firstBytes = names.bytes(first.name)
    let nameEnd = firstBytes.firstIndex { !Assignment.isNameByte($0) } ?? firstBytes.count
    let name = names.intern(Array(firstBytes[..<nameEnd]))
    // What follows the name, blanks or not: `VALUE`, `=VALUE` or `+=VALUE`.
    let isApart = nameEnd == firstBytes.count
    var value: [UInt8] = []
    if !isApart {
      value = Array(parser.raw(from: first, to: last).dropFirst(nameEnd))
    } else if arguments.count > 1 {
      value = parser.raw(from: arguments[2], to: last)
    }
    let isAppended = value.starts(with: "+=".utf8)
    let isAssigned = isAppended || value.first == Byte.equals
    if isAssigned { value = trimmed(value.dropFirst(isAppended ? 2 : 1)) }
    if !isAssigned && (!isApart || value.isEmpty) {
      diagnostics.error(place, "makeoption needs a name and a value")
      return
    }
    if name == .empty {
      diagnostics.error(parser.place(first), "makeoption needs a name and a value")
      return
    }
    do { _ = try MakeText(parsing: value) } catch {
      diagnostics.error(parser.place(first), "makeoption '\(names.text(name))': \(error.text)")
      return
    }
    let option = MakeOption(
      values: [value], isAppended: isAppended, place: parser.place(first),
      isInherited: level == .like)
    addMakeOption(name, option)
  }

  private func addMakeOption(_ name: Name, _ option: MakeOption) {
    guard var before = model.makeOptions[name] else {
      model.makeOptions.set(name, option)
      return
    }
    if option.isAppended {
      before.values += option.values
      model.makeOptions.set(name, before)
      return
    }
    if before.values != option.values {
      diagnostics.note(option.place, "makeoption '\(names.text(name))' replaces an earlier value")
    }
    model.makeOptions.set(name, option)
  }

  /// `no option NAME...`, `no param NAME...`, `no makeoption NAME...`.
  private func readNo(_ arguments: ArraySlice<Word>, _ parser: Parser, _ place: Place) {
    guard arguments.count > 1, let what = arguments.first else {
      diagnostics.error(place, "no needs 'option', 'param' or 'makeoption', and a name")
      return
    }
    for word in arguments.dropFirst() {
      switch what.keyword {
      case .option:
        model.options.remove(word.name)
        model.optionsOff.insert(word.name)
      case .param: model.params.remove(word.name)
      case .makeoption: model.makeOptions.remove(word.name)
      default:
        let text = names.text(what.name)
        let near = suggestion(for: text, among: ["option", "param", "makeoption"])
        diagnostics.error(parser.place(what), "'no \(text)' is not known\(near)")
        return
      }
    }
  }

  /// `defoption NAME [bool|int|string] [default V] [values V...] [help "..."] [depends NAME...]`.
  private func declareOption(_ arguments: ArraySlice<Word>, _ parser: Parser, _ place: Place) {
    guard let first = arguments.first, checkIdentifier(first.name, parser.place(first)) else {
      if arguments.isEmpty { diagnostics.error(place, "defoption needs a name") }
      return
    }
    if let before = model.declarations[first.name] {
      diagnostics.error(
        parser.place(first), "option '\(names.text(first.name))' already declared",
        notes: (before.place, "the first is here"))
      return
    }
    var declaration = OptionDeclaration(place: parser.place(first))
    var field = "type"
    for word in arguments.dropFirst() {
      let text = names.text(word.name)
      if !word.isQuoted, ["default", "values", "help", "depends"].contains(text) {
        field = text
        continue
      }
      switch field {
      case "type" where ["bool", "int", "string"].contains(text): declaration.type = text
      case "default": declaration.defaultValue = word.name
      case "values": declaration.values.append(word.name)
      case "help": declaration.help = word.name
      case "depends":
        declaration.depends.append(Phrase(text: word.name, place: parser.place(word)))
      default:
        diagnostics.error(
          parser.place(word), "defoption does not know '\(text)': a type is bool, int or string")
      }
    }
    model.declarations.set(first.name, declaration)
  }

  // MARK: Sources

  /// A source statement: `PATH... attachments`.
  private func readSources(_ statement: Statement, _ parser: Parser, firstItem: Int) {
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
  private func isEdgeKeyword(_ keyword: Keyword?) -> Bool {
    switch keyword {
    case .library, .module, .flags, .header: true
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
  private func item(_ word: Word, _ parser: Parser) -> Int32 {
    if names[word.name].contains(Byte.newline) {
      diagnostics.error(parser.place(word), "a name cannot hold a newline")
    }
    return model.source(word.name, parser.place(word), names)
  }

  private func applyRule(_ rule: Rule, to source: Int32) {
    model.changeRule(of: source) { mine in
      mine.merge(rule, diagnostics)
      mine.flags += rule.flags
      mine.headers += rule.headers
    }
  }

  private func rejectOwnersAttachments(_ attachments: Attachments) {
    for keyword in [Keyword.linkWith, .uses] {
      guard let place = attachments.places[keyword] else { continue }
      let whom = keyword == .linkWith ? "programs" : "modules and programs"
      diagnostics.error(place, "\(keyword.rawValue) applies to \(whom) only")
    }
  }

  /// Makes the source of `use` a member of the module called `name`.
  private func join(_ source: Int32, _ name: Name, _ use: Use) {
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
  private func reference(toModule name: Name, at place: Place) -> Int32 {
    if let known = model.modules[name] { return known }
    let index = Int32(model.owners.count)
    model.owners.append(Owner(kind: .module, name: name, place: .none))
    model.modules[name] = index
    return index
  }

  // MARK: Owners

  /// `module M`, `library L`, `program P [host]`.
  private func readOwner(_ keyword: Keyword, _ statement: Statement, _ parser: Parser) {
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
    if kind == .library, head.count > 2, names[statement.words[2].name].elementsEqual("shared".utf8)
    {
      diagnostics.error(
        parser.place(statement.words[2]), "shared libraries are not in this version of config")
      return
    }
    guard let owner = define(kind, nameWord.name, parser.place(nameWord)) else { return }
    var whole = Attachments()
    for clause in statement.clauseEnds.indices {
      let range = statement.clause(clause)
      let start = clause == 0 ? first : range.lowerBound
      readOwnerClause(
        statement, parser, start..<range.upperBound, isHead: clause == 0, owner, &whole)
    }
    applyToOwner(owner, whole)
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

  private func readOwnerClause(
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
