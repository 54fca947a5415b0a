// Which file includes which: `#include` lines resolved as the compiler of this variant would.
//
// The search path is read out of each compilation's own command.  A file is looked for in the
// tree, and among what the build makes in the build directory; what the system has is left out.

import SystemPackage

/// One include of a file of the description, resolved.
struct Include {
  let target: Node
  /// The name as it is written.
  let name: String
  /// Where it is written, from 1; line 0 for what the command line includes.
  let line: Int, column: Int
}

/// A directory of a search path.
struct SearchDirectory: Hashable {
  let isInTree: Bool
  /// From the tree's root, or from the build directory; empty for that itself.
  let path: String
}

/// Where a compilation looks for headers.
struct SearchPath: Hashable {
  /// For `"NAME"` alone.
  var quoted: [SearchDirectory] = []
  var all: [SearchDirectory] = []
  /// `-include NAME`.
  var forced: [String] = []
}

/// The includes of all sources of a variant, and of the headers that they include.
struct Includes {
  /// Direct includes, by the file that has them.
  private(set) var direct: [Node: [Include]] = [:]
  /// Quoted includes that lead nowhere, by the file that has them.
  private(set) var unresolved: [Node: [IncludeDirective]] = [:]

  /// Files read with one search path.
  private struct Visit: Hashable {
    let file: Node
    let path: Int
  }

  private let survey: Survey
  private let madeNames: Set<String>
  private var paths: [SearchPath] = []
  private var pathNumbers: [SearchPath: Int] = [:]
  private var directives: [Node: [IncludeDirective]] = [:]
  private var listings: [String: Set<String>] = [:]
  private var seen: Set<Visit> = []
  private var pending: [Visit] = []

  /// Reads the sources of `survey` and all that they include.
  init(_ survey: Survey) {
    self.survey = survey
    madeNames = Self.madeNames(survey)
    var byCommand: [Int32: Int] = [:]
    let producers = Self.producers(survey.graph)
    for step in survey.graph.steps where step.kind == .compile {
      let number: Int
      if let known = byCommand[step.command] {
        number = known
      } else {
        number = self.number(of: searchPath(of: step))
        byCommand[step.command] = number
      }
      guard let file = Self.scannedFile(of: step, survey.graph, producers) else { continue }
      force(paths[number].forced, into: file, number)
      visit(file, number)
    }
    while let next = pending.popLast() { read(next) }
  }

  /// The files that steps make, with the steps.
  private static func producers(_ graph: Graph) -> [Node: Int] {
    var result: [Node: Int] = [:]
    for (index, step) in graph.steps.enumerated() where step.kind == .generate {
      for output in graph[step.outputs] { result[output] = index }
    }
    return result
  }

  /// The file of the tree that is read for `step`: its source, or what yacc or lex make it of.
  private static func scannedFile(
    of step: Step, _ graph: Graph, _ producers: [Node: Int]
  ) -> Node? {
    guard let input = graph[step.inputs].first else { return nil }
    if input.isInTree { return input }
    guard let producer = producers[input] else { return nil }
    let made = graph[graph.steps[producer].inputs]
    return made.count == 1 ? made.first.flatMap { $0.isInTree ? $0 : nil } : nil
  }

  /// Names of files that the build, or config, makes in the build directory.
  private static func madeNames(_ survey: Survey) -> Set<String> {
    var names: Set<String> = ["config.h", "config.c"]
    for step in survey.graph.steps where step.kind == .generate {
      for output in survey.graph[step.outputs] { names.insert(survey.label(output)) }
    }
    for option in ConfigFiles.optionNames(of: survey) { names.insert("opt/\(option).h") }
    return names
  }

  // MARK: Search paths

  private mutating func number(of path: SearchPath) -> Int {
    if let known = pathNumbers[path] { return known }
    paths.append(path)
    pathNumbers[path] = paths.count - 1
    return paths.count - 1
  }

  /// The search path that the command of `step` says.
  private func searchPath(of step: Step) -> SearchPath {
    var path = SearchPath()
    var system: [SearchDirectory] = []
    var last: [SearchDirectory] = []
    var words = ShellWords.split(survey.command(of: step) ?? "")[...]
    while let word = words.popFirst() {
      func argument(_ option: String) -> String? {
        guard word.hasPrefix(option) else { return nil }
        return word == option ? words.popFirst() : String(word.dropFirst(option.count))
      }
      if let name = argument("-include") {
        path.forced.append(name)
      } else if let name = argument("-isystem") {
        system += directory(name).map { [$0] } ?? []
      } else if let name = argument("-idirafter") {
        last += directory(name).map { [$0] } ?? []
      } else if let name = argument("-iquote") {
        path.quoted += directory(name).map { [$0] } ?? []
      } else if let name = argument("-I") {
        path.all += directory(name).map { [$0] } ?? []
      }
    }
    path.all += system + last
    return path
  }

  /// The directory called `name` from the build directory; nil outside the tree.
  private func directory(_ name: String) -> SearchDirectory? {
    let root = String(decoding: survey.plan.root, as: UTF8.self)
    if name == root { return SearchDirectory(isInTree: true, path: "") }
    if name.hasPrefix("\(root)/") {
      let rest = Self.normal(String(name.dropFirst(root.utf8.count + 1)))
      return SearchDirectory(isInTree: true, path: rest)
    }
    if name.hasPrefix("/") {
      var path = FilePath(name)
      guard path.removePrefix(survey.root) else { return nil }
      return SearchDirectory(isInTree: true, path: path.description)
    }
    let path = Self.normal(name)
    return path.hasPrefix("..") ? nil : SearchDirectory(isInTree: false, path: path)
  }

  /// `path` without `.` and, where that is possible, without `..`.
  static func normal(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }

  // MARK: Files

  private mutating func visit(_ file: Node, _ path: Int) {
    let visit = Visit(file: file, path: path)
    if seen.insert(visit).inserted { pending.append(visit) }
  }

  /// What the command line includes is an include of the source, before its first line.
  private mutating func force(_ names: [String], into file: Node, _ path: Int) {
    for name in names {
      let directive = IncludeDirective(name: name, isQuoted: true, line: 0, column: 0)
      guard let target = resolve(directive, from: nil, paths[path]) else { continue }
      add(Include(target: target, name: name, line: 0, column: 0), to: file)
      if target.isInTree { visit(target, path) }
    }
  }

  private mutating func add(_ include: Include, to file: Node) {
    if direct[file]?.contains(where: { $0.target == include.target }) ?? false { return }
    direct[file, default: []].append(include)
  }

  private mutating func read(_ visit: Visit) {
    for directive in directives(of: visit.file) {
      guard let target = resolve(directive, from: visit.file, paths[visit.path]) else {
        if directive.isQuoted, !(unresolved[visit.file]?.contains(directive) ?? false) {
          unresolved[visit.file, default: []].append(directive)
        }
        continue
      }
      add(
        Include(
          target: target, name: directive.name, line: directive.line, column: directive.column),
        to: visit.file)
      if target.isInTree { self.visit(target, visit.path) }
    }
  }

  private mutating func directives(of file: Node) -> [IncludeDirective] {
    if let known = directives[file] { return known }
    let bytes = (try? survey.machine.read(survey.path(file))) ?? []  // found, but not readable
    let found = IncludeScanner.directives(in: bytes)
    directives[file] = found
    return found
  }

  /// The file that `directive` means in `file`, nil if that is none of the tree or the build.
  ///
  /// - Parameter file: nil for the command line, which starts in the build directory.
  private mutating func resolve(
    _ directive: IncludeDirective, from file: Node?, _ path: SearchPath
  ) -> Node? {
    let root = String(decoding: survey.plan.root, as: UTF8.self)
    if directive.name.hasPrefix("/") || file == nil && directive.name.hasPrefix("\(root)/") {
      return self.directory(directive.name).flatMap { self.file("", in: $0) }
    }
    if directive.isQuoted {
      let beside: SearchDirectory
      if let file {
        let label = survey.label(file)
        let end = label.lastIndex(of: "/") ?? label.startIndex
        beside = SearchDirectory(isInTree: file.isInTree, path: String(label[..<end]))
      } else {
        beside = SearchDirectory(isInTree: false, path: "")
      }
      for directory in [beside] + path.quoted {
        if let found = self.file(directive.name, in: directory) { return found }
      }
    }
    for directory in path.all {
      if let found = self.file(directive.name, in: directory) { return found }
    }
    return nil
  }

  /// The file called `name` in `directory`, nil if there is none.
  private mutating func file(_ name: String, in directory: SearchDirectory) -> Node? {
    let joined = directory.path.isEmpty ? name : "\(directory.path)/\(name)"
    let path = Self.normal(name.isEmpty ? directory.path : joined)
    if !directory.isInTree {
      guard madeNames.contains(path) else { return nil }
      return Node(survey.names.intern(path), isInTree: false)
    }
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[..<$0]) } ?? ""
    let base = slash.map { String(path[path.index(after: $0)...]) } ?? path
    guard entries(folder).contains(base) else { return nil }
    return Node(survey.names.intern(path), isInTree: true)
  }

  private mutating func entries(_ folder: String) -> Set<String> {
    if let known = listings[folder] { return known }
    let list = survey.machine.list(survey.root.pushing(FilePath(folder))) ?? []
    let entries = Set(list.map { String(decoding: $0, as: UTF8.self) })
    listings[folder] = entries
    return entries
  }
}

extension ConfigFiles {
  /// The names that have a header in `opt/`.
  static func optionNames(of survey: Survey) -> [String] {
    ConfigFiles(names: survey.names, model: survey.model, ident: "", os: "", arch: "")
      .optionNames.map { survey.text($0) }
  }
}

/// A command line divided as a shell divides it, without expanding anything.
enum ShellWords {
  /// The words of `text`: quotes and backslashes are resolved; operators are words like others.
  static func split(_ text: String) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    var isWord = false
    var quote: UInt8?
    var isEscaped = false
    func end() {
      if isWord { words.append(String(decoding: word, as: UTF8.self)) }
      word = []
      isWord = false
    }
    for byte in text.utf8 {
      if isEscaped {
        word.append(byte)
        isEscaped = false
      } else if byte == Byte.backslash && quote != Byte.apostrophe {
        isEscaped = true
        isWord = true
      } else if let open = quote {
        if byte == open { quote = nil } else { word.append(byte) }
      } else if byte == Byte.quote || byte == Byte.apostrophe {
        quote = byte
        isWord = true
      } else if Byte.isBlank(byte) || byte == Byte.newline {
        end()
      } else {
        word.append(byte)
        isWord = true
      }
    }
    end()
    return words
  }
}
