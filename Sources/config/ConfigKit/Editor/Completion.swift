// Completion: what can stand where the cursor is.

import LibJSON
import SystemPackage

/// The candidates for the word at a place of a document.
struct Completion {
  private let server: LanguageServer
  private let project: Project
  private let text: TextDocument
  private let names = Names()
  /// The statement up to the cursor; its last word is the one that is completed.
  private var statement = Statement()
  private var roles: [Role] = []
  /// What is typed of the word so far, and where it begins.
  private var typed: [UInt8] = []
  private var range = 0..<0

  /// Stands behind what is typed, so that there is a word even if there is none yet.
  private static let mark: UInt8 = 0x01
  /// Candidates that are sent: an editor filters what it has, and asks again.
  private static let itemsMax = 1000

  init(_ server: LanguageServer, _ project: Project, _ text: TextDocument, _ offset: Int) {
    self.server = server
    self.project = project
    self.text = text
    var parser = Parser(
      Array(text.bytes[..<offset]) + [Self.mark], file: 0, names: names,
      diagnostics: Diagnostics())
    var next = Statement()
    while parser.next(&next) { statement = next }
    roles = Roles(names: names).roles(statement)
    guard let last = statement.words.last, Int(last.end) == offset + 1 else {
      statement = Statement()  // in a comment
      return
    }
    typed = names.bytes(last.name).filter { $0 != Self.mark }
    range = (Int(last.start) + (last.isQuoted ? 1 : 0))..<offset
  }

  /// The answer: a list of items.
  var items: JSON {
    guard let role = roles.last, !statement.words.isEmpty else { return .array([]) }
    let found = candidates(role)
    var seen: Set<String> = []
    let start = lead(role, String(decoding: typed, as: UTF8.self))
    // What is typed is a name that is used, by this very word: it is no candidate for itself.
    let list = found.filter {
      $0.label.hasPrefix(start) && $0.label != start && seen.insert($0.label).inserted
    }
    return [
      "isIncomplete": .bool(list.count > Self.itemsMax),
      "items": .array(list.prefix(Self.itemsMax).map { item($0, role) }),
    ]
  }

  /// What of the typed text a label must begin with: the part behind `!` and `|`.
  private func lead(_ role: Role, _ prefix: String) -> String {
    guard role == .reference(.option) else { return prefix }
    let start = prefix.lastIndex { $0 == "!" || $0 == "|" }
    return start.map { String(prefix[prefix.index(after: $0)...]) } ?? prefix
  }

  /// A candidate: its text, the protocol's kind, and a word about it.
  private struct Candidate {
    let label: String
    let kind: Int
    var detail = ""
    var help = ""
  }

  private func item(_ candidate: Candidate, _ role: Role) -> JSON {
    let typed = String(decoding: typed, as: UTF8.self)
    let kept = typed.utf8.count - lead(role, typed).utf8.count
    var object: JSONObject = [
      "label": .string(candidate.label), "kind": .int(candidate.kind),
      "textEdit": [
        "range": text.range((range.lowerBound + kept)..<range.upperBound),
        "newText": .string(candidate.label),
      ],
    ]
    if !candidate.detail.isEmpty { object.append("detail", .string(candidate.detail)) }
    if !candidate.help.isEmpty {
      object.append(
        "documentation", ["kind": "markdown", "value": .string(candidate.help)])
    }
    return .object(object)
  }

  // MARK: Candidates

  private func candidates(_ role: Role) -> [Candidate] {
    let last = statement.words.count - 1
    let isAfterKeyword: Bool = if case .attachment? = roles.dropLast().last { true } else { false }
    switch role {
    case .head: return keywords(isHead: true)
    case .item:
      if last == 0 { return paths() }
      return paths() + keywords(isHead: false)
    case .attachment: return keywords(isHead: false)
    case .field:
      return KeywordHelp.testFields.map { Candidate(label: $0.word, kind: 14, detail: $0.text) }
    case .reference(let kind):
      return names(of: kind) + (isAfterKeyword || kind == .file ? [] : more)
    case .definition(let kind):
      return kind == .option && statement.words[0].keyword == .option ? names(of: .option) : []
    case .modifier: return paths() + keywords(isHead: false)
    case .argument(let keyword): return arguments(keyword) + (isAfterKeyword ? [] : more)
    }
  }

  /// What can follow where an attachment has what it needs: other attachments.
  private var more: [Candidate] {
    switch statement.words[0].keyword {
    case .module?, .library?, .program?, .source?, nil: keywords(isHead: false)
    default: []
    }
  }

  private func keywords(isHead: Bool) -> [Candidate] {
    Keyword.allCases.filter { isHead ? $0.isDirective : $0.isAttachment }.map { keyword in
      let help = KeywordHelp.of(keyword, isHead: isHead)
      return Candidate(
        label: keyword.rawValue, kind: 14, detail: help.usage, help: help.text)
    }
  }

  private func names(of kind: SymbolKind) -> [Candidate] {
    switch kind {
    case .file: return files()
    case .toolchain:
      let own = server.entries(project.directory.appending("toolchain"))
      let shipped = ShippedToolchains.files.map { String($0.name.prefix { $0 != "." }) }
      return (own + shipped).map { Candidate(label: $0, kind: 17) }
    default:
      return project.declared(kind).map { name in
        let found = Occurrence(kind: kind, name: name, range: 0..<0, isDefinition: false)
        let detail = kind == .option ? "" : kind.rawValue
        return Candidate(
          label: String(decoding: name, as: UTF8.self), kind: kind == .option ? 20 : 9,
          detail: detail, help: kind == .option ? server.describe(found, project) : "")
      }
    }
  }

  /// What an argument that names nothing can be.
  private func arguments(_ keyword: Keyword) -> [Candidate] {
    let before = statement.words.dropLast().last.map { names.bytes($0.name) } ?? []
    let words: [String]
    switch keyword {
    case .no: words = ["option", "param", "makeoption"]
    case .install:
      words = ["bin", "sbin", "lib", "libexec", "include", "man", "share", "etc"]
    case .arch: words = Architecture.known
    case .defoption:
      words = ["bool", "int", "string", "default", "values", "help", "depends"]
    case .probe: words = ["header", "function", "type", "symbol", "library", "sizeof"]
    case .option:
      // A value behind a name: those that are declared, or in use.
      let name = before.filter { $0 != Byte.bang }
      let declared = project.declarations[name]?.values ?? []
      let used = project.roots.compactMap { $0.values[name] }
      words = (declared + used).map { String(decoding: $0, as: UTF8.self) }
    case .test:
      words = String(decoding: before, as: UTF8.self) == "metric" ? [] : ["lower", "higher"]
    case .header, .depend, .dependency: return paths()
    default: words = []
    }
    return words.map { Candidate(label: $0, kind: 12) }
  }

  /// Files of the tree that continue what is typed, a directory at a time.
  private func paths() -> [Candidate] {
    let typed = String(decoding: typed, as: UTF8.self)
    let folder = typed.lastIndex(of: "/").map { String(typed[...$0]) } ?? ""
    let rest = folder.hasPrefix("$S/") ? String(folder.dropFirst(3)) : folder
    let directory = rest.isEmpty ? project.tree : project.tree.pushing(FilePath(rest))
    return server.entries(directory).filter { !$0.hasPrefix(".") }.map { name in
      Candidate(label: folder + name, kind: name.hasSuffix("/") ? 19 : 17)
    }
  }

  /// Files of `conf/` that can be included.
  private func files() -> [Candidate] {
    server.entries(project.directory).filter { name in
      !name.hasPrefix(".") && !name.hasSuffix("/") && !name.hasPrefix("Makefile")
        && !name.hasSuffix(".mk")
    }.map { Candidate(label: $0, kind: 17) }
  }
}
