// Words of `depend` and of commands: which files they mean.

import SystemPackage

/// Stands for the root of the source tree while a text is expanded: no name holds this byte.
let treeMarker: UInt8 = 1

extension Resolver {
  /// `phrase` parsed as a make text; nil, and an error, if it is none.
  func makeText(_ phrase: Phrase) -> MakeText? {
    do {
      return try MakeText(parsing: names[phrase.text])
    } catch {
      diagnostics.error(phrase.place, error.text)
      return nil
    }
  }

  /// A command of the description: `${HOST.p}` becomes the program, which it then needs;
  /// `${SRCS.x}` and `${OBJS.x}` get their lists.
  mutating func prepare(_ phrase: Phrase) -> (text: MakeText, needs: [Node]) {
    guard let parsed = makeText(phrase) else { return (MakeText(pieces: []), []) }
    var needs: [Node] = []
    var pieces: [MakePiece] = []
    for piece in parsed.pieces {
      if case .foreign(let bytes, let dialect) = piece, foreignDialect != dialect {
        reportForeign(bytes, dialect, at: phrase.place)
      }
      guard case .variable(let name) = piece, name.count == 1, case .text(let bytes) = name[0]
      else {
        pieces.append(piece)
        continue
      }
      if let program = hostProgram(bytes, at: phrase.place) {
        needs.append(program)
        pieces.append(.text(Array("./".utf8) + names.bytes(program.name)))
      } else if let list = namedList(bytes, at: phrase.place) {
        needs += list.filter { producer(of: $0) != nil }
        pieces += listPieces(list)
      } else {
        pieces.append(piece)
      }
    }
    return (MakeText(pieces: pieces), needs)
  }

  /// The files of `list` as words of a shell command.
  func listPieces(_ list: [Node]) -> [MakePiece] {
    var pieces: [MakePiece] = []
    for (position, node) in list.enumerated() {
      if position > 0 { pieces.append(.text([Byte.space])) }
      pieces += pathPieces(node)
    }
    return pieces
  }

  /// `node` as one word of a shell command.
  func pathPieces(_ node: Node) -> [MakePiece] {
    let bytes = names[node.name]
    if !node.isInTree || bytes.first == Byte.slash { return [.text(Quoting.shell(bytes))] }
    return [.variable([.text(Array("S".utf8))]), .text([Byte.slash] + Quoting.shell(bytes))]
  }

  private func reportForeign(_ bytes: [UInt8], _ dialect: Dialect, at place: Place) {
    diagnostics.error(
      place,
      "'\(String(decoding: bytes, as: UTF8.self))' is understood by \(dialect.title) alone; "
        + "generate for it alone, or say it without")
  }

  /// The program that `${HOST.name}` means, nil for another name.
  private func hostProgram(_ name: [UInt8], at place: Place) -> Node? {
    guard name.starts(with: "HOST.".utf8) else { return nil }
    let program = names.intern(Array(name.dropFirst(5)))
    if let index = model.libraries[program], model.owners[Int(index)].kind == .host {
      return programFile(model.owners[Int(index)])
    }
    let hosts = model.owners.filter { $0.kind == .host }.map { text($0.name) }
    let near = suggestion(for: text(program), among: hosts)
    diagnostics.error(place, "unknown host program '\(text(program))'\(near)")
    return nil
  }

  /// The files that `${SRCS.name}` or `${OBJS.name}` means, nil for another name.
  private mutating func namedList(_ name: [UInt8], at place: Place) -> [Node]? {
    let isSources = name.starts(with: "SRCS.".utf8)
    guard isSources || name.starts(with: "OBJS.".utf8) else { return nil }
    let owner = names.intern(Array(name.dropFirst(5)))
    guard let index = model.libraries[owner] ?? model.modules[owner] else {
      let known = model.owners.map { text($0.name) }
      let near = suggestion(for: text(owner), among: known)
      diagnostics.error(place, "unknown program, library or module '\(text(owner))'\(near)")
      return []
    }
    let parts = isEnabled[Int(index)] ? parts(of: Int(index)) : Parts()
    return isSources ? parts.sources : parts.objects
  }

  // MARK: Prerequisites

  /// The files that one argument of `depend` names.
  mutating func nodes(of phrase: Phrase) -> [Node] {
    guard let parsed = makeText(phrase) else { return [] }
    var needs: [Node] = []
    var text = parsed
    for position in text.pieces.indices {
      guard case .variable(let name) = text.pieces[position], name.count == 1,
        case .text(let bytes) = name[0]
      else { continue }
      if let program = hostProgram(bytes, at: phrase.place) {
        needs.append(program)
        text.pieces[position] = .text([])
      } else if let list = namedList(bytes, at: phrase.place) {
        needs += list
        text.pieces[position] = .text([])
      }
    }
    do {
      let expanded = try variables.expand(text.pieces)
      for word in Self.words(expanded) { needs += files(word, at: phrase.place) }
    } catch {
      diagnostics.error(
        phrase.place, "'\(self.text(phrase.text))' cannot be expanded: \(error.text)")
    }
    return needs
  }

  /// `text` divided at blanks; quotes keep blanks in a name.
  private static func words(_ text: [UInt8]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var word: [UInt8] = []
    var quote: UInt8?
    for byte in text {
      if let open = quote {
        if byte == open { quote = nil } else { word.append(byte) }
      } else if word.isEmpty && (byte == Byte.quote || byte == Byte.apostrophe) {
        quote = byte
      } else if Byte.isBlank(byte) {
        if !word.isEmpty { result.append(word) }
        word = []
      } else {
        word.append(byte)
      }
    }
    if !word.isEmpty { result.append(word) }
    return result
  }

  /// The files that one word of a `depend` means.
  private mutating func files(_ word: [UInt8], at place: Place) -> [Node] {
    guard word.first == treeMarker else { return [buildFile(word, at: place)].compactMap { $0 } }
    let path = Array(word.dropFirst(word.count > 1 && word[1] == Byte.slash ? 2 : 1))
    if path.contains(where: { "*?[".utf8.contains($0) }) { return glob(path, at: place) }
    let node = Node(names.intern(path), isInTree: true)
    if !exists(path) {
      diagnostics.error(place, "no such file: $S/\(String(decoding: path, as: UTF8.self))")
    }
    return [node]
  }

  /// A prerequisite without `$S`: something that a rule makes, or an absolute path.
  private func buildFile(_ word: [UInt8], at place: Place) -> Node? {
    let node = built(word)
    if word.first == Byte.slash { return node }
    let name = node.name
    if let index = model.libraries[name] {
      let owner = model.owners[Int(index)]
      if owner.kind != .library { return programFile(owner) }
      return owner.shared.map { !$0.hasArchive } ?? false
        ? sharedFiles(owner).file : archiveFile(owner)
    }
    if let index = model.knownSource(name), isGenerated[Int(index)] { return node }
    if producer(of: node) != nil { return node }
    if word.elementsEqual("config.h".utf8) || word.elementsEqual("config.c".utf8) { return node }
    if word.starts(with: "opt/".utf8) { return node }
    if word.count > 2, word.suffix(2).elementsEqual(".a".utf8),
      model.libraries[names.intern(Array(word.dropLast(2)))] != nil
    {
      return node
    }
    if isShared(node) { return node }
    if Self.isParserOutput(word, model, names) { return node }
    let shown = String(decoding: word, as: UTF8.self)
    if let index = model.knownSource(name), !isGenerated[Int(index)] {
      return self.node(of: Int(index))
    }
    let cure = exists(word) ? " (did you mean '$S/\(shown)'?)" : ""
    diagnostics.error(place, "nothing makes '\(shown)' in the build directory\(cure)")
    return nil
  }

  /// True for the file of a shared library, and for the names that lead to it.
  private func isShared(_ node: Node) -> Bool {
    model.owners.contains { owner in
      guard owner.shared != nil else { return false }
      let files = sharedFiles(owner)
      return files.file == node || files.links.contains(node)
    }
  }

  /// True for the C file or header that yacc or lex will make of a source.
  private static func isParserOutput(_ word: [UInt8], _ model: Model, _ names: Names) -> Bool {
    guard word.count > 2, word[word.count - 2] == Byte.dot else { return false }
    let stem = Array(word.dropLast())
    return [UInt8(ascii: "y"), UInt8(ascii: "l")].contains { suffix in
      names.find(stem + [suffix]).map { model.knownSource($0) != nil } ?? false
    }
  }

  /// True if the tree has a file at `path`.
  private func exists(_ path: [UInt8]) -> Bool {
    let slash = path.lastIndex(of: Byte.slash)
    let directory = slash.map { Array(path[..<$0]) } ?? []
    let base = Array(path[(slash.map { $0 + 1 } ?? 0)...])
    return entries(directory).contains(base)
  }

  private func entries(_ directory: [UInt8]) -> [[UInt8]] {
    machine.list(sourceRoot.pushing(FilePath(String(decoding: directory, as: UTF8.self)))) ?? []
  }

  /// The files of the tree that match `pattern`, whose last component alone may have wildcards.
  private mutating func glob(_ pattern: [UInt8], at place: Place) -> [Node] {
    let slash = pattern.lastIndex(of: Byte.slash)
    let directory = slash.map { Array(pattern[..<$0]) } ?? []
    let last = Array(pattern[(slash.map { $0 + 1 } ?? 0)...])
    if directory.contains(where: { "*?[".utf8.contains($0) }) {
      diagnostics.error(place, "wildcards may stand in the last part of a path only")
      return []
    }
    listedDirectories.append(directory)
    let prefix = directory.isEmpty ? [] : directory + [Byte.slash]
    let matches = entries(directory).filter {
      $0.last != Byte.slash && Self.matches($0[...], last[...])
    }
    if matches.isEmpty {
      diagnostics.error(place, "no file matches '$S/\(String(decoding: pattern, as: UTF8.self))'")
    }
    return matches.sorted { $0.lexicographicallyPrecedes($1) }
      .map { Node(names.intern(prefix + $0), isInTree: true) }
  }

  /// True if `name` matches `pattern`: `*`, `?`, `[a-z]`, `[!a]`.  See `fnmatch(3)`.
  static func matches(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    var name = name
    var pattern = pattern
    var retry: (pattern: ArraySlice<UInt8>, name: ArraySlice<UInt8>)?
    while true {
      if pattern.first == UInt8(ascii: "*") {
        pattern = pattern.dropFirst()
        retry = (pattern, name)
      } else if pattern.isEmpty && name.isEmpty {
        return true
      } else if let byte = name.first, let rest = matchOne(byte, pattern) {
        name = name.dropFirst()
        pattern = rest
      } else if let again = retry, !again.name.isEmpty {
        name = again.name.dropFirst()
        pattern = again.pattern
        retry = (pattern, name)
      } else {
        return false
      }
    }
  }

  /// The rest of `pattern` if its first element matches `byte`.
  private static func matchOne(_ byte: UInt8, _ pattern: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let first = pattern.first else { return nil }
    if first == UInt8(ascii: "?") { return pattern.dropFirst() }
    guard first == UInt8(ascii: "["),
      let close = pattern.dropFirst(2).firstIndex(of: UInt8(ascii: "]"))
    else { return first == byte ? pattern.dropFirst() : nil }
    var set = pattern[(pattern.startIndex + 1)..<close]
    let isNegated = set.first == Byte.bang || set.first == UInt8(ascii: "^")
    if isNegated { set = set.dropFirst() }
    var isIn = false
    var index = set.startIndex
    while index < set.endIndex {
      if index + 2 < set.endIndex && set[index + 1] == UInt8(ascii: "-") {
        if set[index] <= byte && byte <= set[index + 2] { isIn = true }
        index += 3
      } else {
        if set[index] == byte { isIn = true }
        index += 1
      }
    }
    return isIn != isNegated ? pattern[(close + 1)...] : nil
  }
}
