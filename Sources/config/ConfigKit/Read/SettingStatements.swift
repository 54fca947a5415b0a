// Settings: the directives that are a head with arguments, from ident to defoption.

extension Reader {
  /// The directives that are a head with arguments.
  func readSetting(
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
    case .toolchain:
      if wants(1...1, "toolchain takes one name") {
        model.toolchain = Phrase(text: arguments[1].name, place: parser.place(arguments[1]))
      }
    case .no: readNo(arguments, parser, place)
    case .defoption: declareOption(arguments, parser, place)
    case .probe: readProbe(arguments, parser, place)
    case .root:
      if wants(2...2, "root takes a name and a path") { setRoot(arguments, parser) }
    default:
      diagnostics.error(place, "'\(keyword.rawValue)' is not in this version of config")
    }
  }

  /// `root NAME PATH`: sources `NAME/...` lie in PATH.
  private func setRoot(_ arguments: ArraySlice<Word>, _ parser: Parser) {
    let (word, target) = (arguments[1], arguments[2])
    let place = parser.place(word)
    if !isFileName(word.name) {
      diagnostics.error(
        place, "root '\(names.text(word.name))' is a name: letters, digits and _ . + - only")
      return
    }
    if let before = model.roots[word.name] {
      diagnostics.error(
        place, "root '\(names.text(word.name))' already defined",
        notes: (before.place, "the first is here"))
      return
    }
    guard var path = expanded(names[target.name], at: parser.place(target)) else { return }
    while path.count > 1 && path.last == Byte.slash { path.removeLast() }
    if path.isEmpty {
      diagnostics.error(parser.place(target), "a root needs a path")
      return
    }
    model.roots.set(word.name, SourceRoot(path: names.intern(path), place: parser.place(target)))
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
    if let (name, option) = readMakeOption(arguments, parser, place, isInherited: level == .like) {
      addMakeOption(name, option)
    }
  }

  /// The name and the value of a makeoption; nil, and an error, if it has none.
  func readMakeOption(
    _ arguments: ArraySlice<Word>, _ parser: Parser, _ place: Place, isInherited: Bool
  ) -> (Name, MakeOption)? {
    guard let first = arguments.first, let last = arguments.last else {
      diagnostics.error(place, "makeoption needs a name and a value")
      return nil
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
      return nil
    }
    if name == .empty {
      diagnostics.error(parser.place(first), "makeoption needs a name and a value")
      return nil
    }
    do { _ = try MakeText(parsing: value) } catch {
      diagnostics.error(parser.place(first), "makeoption '\(names.text(name))': \(error.text)")
      return nil
    }
    let option = MakeOption(
      values: [value], isAppended: isAppended, place: parser.place(first),
      isInherited: isInherited)
    return (name, option)
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
}
