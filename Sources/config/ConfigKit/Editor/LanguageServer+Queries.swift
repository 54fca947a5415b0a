// An editor's questions: where a name is declared and used, what it is, what a file holds.

import LibJSON
import SystemPackage

/// The requests about a document.
enum Query: String {
  case definition = "textDocument/definition"
  case references = "textDocument/references"
  case hover = "textDocument/hover"
  case completion = "textDocument/completion"
  case symbols = "textDocument/documentSymbol"
  case formatting = "textDocument/formatting"
}

extension LanguageServer {
  /// The answer to `query`; nil if the document is not known or a position is missing.
  func result(_ query: Query, _ path: String, _ params: JSON) -> JSON? {
    guard let text = documents[path] else { return nil }
    switch query {
    case .symbols: return symbols(text)
    case .formatting: return formatting(text, path)
    default: break
    }
    guard let position = EditorPosition(params["position"]), let project = project(path) else {
      return nil
    }
    let offset = text.offset(position)
    switch query {
    case .definition: return definition(project, path, offset)
    case .references:
      let isDeclarationWanted = params["context"]?["includeDeclaration"]?.bool ?? true
      return references(project, path, offset, isDeclarationWanted)
    case .hover: return hover(project, path, text, offset)
    default: return Completion(self, project, text, offset).items
    }
  }

  private func location(_ path: String, _ range: Range<Int>) -> JSON? {
    guard let text = text(path) else { return nil }
    return ["uri": .string(uri(path)), "range": text.range(range)]
  }

  private func locations(_ places: [(path: String, range: Range<Int>)]) -> JSON {
    .array(places.compactMap { location($0.path, $0.range) })
  }

  // MARK: Jumping

  private func definition(_ project: Project, _ path: String, _ offset: Int) -> JSON {
    guard let found = project.occurrence(path, at: offset) else { return .null }
    switch found.kind {
    case .file:
      let start = found.range.lowerBound
      let files =
        project.included[path]?[start] ?? project.included[path]?[start - 1]
        ?? []
      return .array(files.compactMap { location($0, 0..<0) })
    case .source:
      let file = project.tree.pushing(FilePath(String(decoding: found.name, as: UTF8.self)))
        .lexicallyNormalized()
      if isFile(file) {
        let start = EditorPosition(line: 0, character: 0).json
        return [["uri": .string(uri(file.string)), "range": ["start": start, "end": start]]]
      }
      return locations(project.places(of: found.name, .source, all: false))
    case .toolchain:
      let name = String(decoding: found.name, as: UTF8.self)
      let file = project.directory.appending("toolchain").appending(name)
      return isFile(file) ? .array([location(file.string, 0..<0)].compactMap { $0 }) : .null
    default: return locations(project.places(of: found.name, found.kind, all: false))
    }
  }

  private func references(
    _ project: Project, _ path: String, _ offset: Int, _ isDeclarationWanted: Bool
  ) -> JSON {
    guard let found = project.occurrence(path, at: offset) else { return .null }
    let all = project.places(of: found.name, found.kind, all: true)
    if isDeclarationWanted { return locations(all) }
    let declared = project.places(of: found.name, found.kind, all: false)
    return locations(all.filter { place in !declared.contains { $0 == place } })
  }

  // MARK: Hover

  private func hover(
    _ project: Project, _ path: String, _ text: TextDocument, _ offset: Int
  ) -> JSON {
    func show(_ markdown: String, _ range: Range<Int>) -> JSON {
      [
        "contents": ["kind": "markdown", "value": .string(markdown)], "range": text.range(range),
      ]
    }
    let names = Names()
    let source = SourceText(text.bytes, names: names, diagnostics: Diagnostics())
    let roles = Roles(names: names)
    for statement in source.statements {
      for (role, word) in zip(roles.roles(statement), statement.words) {
        let range = Int(word.start)..<Int(word.end)
        guard range.contains(offset) || range.upperBound == offset else { continue }
        switch role {
        case .head:
          guard let keyword = word.keyword else { return .null }
          return show(Self.markdown(.of(keyword, isHead: true)), range)
        case .attachment(let keyword):
          return show(Self.markdown(.of(keyword, isHead: false)), range)
        case .field:
          let field = KeywordHelp.testFields.first { $0.word == names.text(word.name) }
          return field.map { show("`\($0.word)`: \($0.text)", range) } ?? .null
        default: break
        }
      }
    }
    guard let found = project.occurrence(path, at: offset) else { return .null }
    return show(describe(found, project), found.range)
  }

  static func markdown(_ help: KeywordHelp) -> String { "```\n\(help.usage)\n```\n\(help.text)" }

  /// What is known of a name.
  func describe(_ found: Occurrence, _ project: Project) -> String {
    let name = String(decoding: found.name, as: UTF8.self)
    var lines: [String] = []
    if found.kind == .option {
      lines.append("**\(name)**")
      if let declaration = project.declarations[found.name] {
        let values = declaration.values.map { String(decoding: $0, as: UTF8.self) }
        lines.append(
          "\(declaration.type)" + (values.isEmpty ? "" : ": " + values.joined(separator: ", "))
            + (declaration.help.map { " \u{2014} " + String(decoding: $0, as: UTF8.self) } ?? ""))
      }
      for root in project.roots {
        let value = root.values[found.name].map { "`\(String(decoding: $0, as: UTF8.self))`" }
        lines.append("- \(root.name): \(value ?? "off")")
      }
    } else {
      lines.append("**\(name)**: \(found.kind.rawValue)")
      let uses = project.places(of: found.name, found.kind, all: true)
      lines.append("named in \(uses.count) \(uses.count == 1 ? "place" : "places")")
    }
    return lines.joined(separator: "\n")
  }

  // MARK: The document

  /// What is declared in a document, with the whole statement as its range.
  private func symbols(_ text: TextDocument) -> JSON {
    let names = Names()
    let source = SourceText(text.bytes, names: names, diagnostics: Diagnostics())
    let roles = Roles(names: names)
    var result: [JSON] = []
    for statement in source.statements {
      guard let last = statement.words.last else { continue }
      let whole = Int(statement.words[0].start)..<Int(last.end)
      for item in roles.occurrences(statement) where item.isDefinition && !item.name.isEmpty {
        if item.kind == .source { continue }
        result.append([
          "name": .string(String(decoding: item.name, as: UTF8.self)),
          "detail": .string(names.text(statement.words[0].name)),
          "kind": .int(Self.symbolKind(item.kind, statement.words[0].keyword)),
          "range": text.range(whole), "selectionRange": text.range(item.range),
        ])
      }
    }
    return .array(result)
  }

  /// The protocol's number for a kind of name.
  private static func symbolKind(_ kind: SymbolKind, _ head: Keyword?) -> Int {
    switch kind {
    case .module: 2  // Module
    case .library: head == .program ? 12 : 4  // Function, Package
    case .option: head == .param ? 14 : 22  // Constant, EnumMember
    case .makeoption: 13  // Variable
    case .test: 24  // Event
    case .root: 3  // Namespace
    default: 1  // File
    }
  }

  /// The edits that lay the document out: the lines between the first and last that differ.
  private func formatting(_ text: TextDocument, _ path: String) -> JSON {
    guard case .formatted(let new) = Formatter.format(text.bytes, name: path), new != text.bytes
    else { return [] }
    let old = text.bytes
    var head = 0
    while head < min(old.count, new.count) && old[head] == new[head] { head += 1 }
    while head > 0 && old[head - 1] != Byte.newline { head -= 1 }
    var tail = 0
    while tail < min(old.count, new.count) - head
      && old[old.count - 1 - tail] == new[new.count - 1 - tail]
    {
      tail += 1
    }
    // Whole lines, so that no character is divided.
    while tail > 0 && old[old.count - tail - 1] != Byte.newline { tail -= 1 }
    let edit = String(decoding: new[head..<(new.count - tail)], as: UTF8.self)
    return [["range": text.range(head..<(old.count - tail)), "newText": .string(edit)]]
  }
}
