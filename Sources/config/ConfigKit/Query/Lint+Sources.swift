// Lint of sources: what lies in the tree and is described nowhere, modules that nobody brings in,
// and objects that meet in a program.

import SystemPackage

extension Lint {
  /// Runs the checks of sources.
  mutating func checkSources() {
    checkModules()
    for survey in surveys {
      checkLinkedTwice(survey)
      checkCase(survey)
    }
    checkUnlisted()
  }

  // MARK: Modules

  private mutating func checkModules() {
    var broughtIn: Set<String> = []
    for survey in surveys {
      let model = survey.model
      var pending = model.owners.indices.filter { model.owners[$0].kind != .module }
      var seen = Set(pending)
      while let next = pending.popLast() {
        for edge in model.owners[next].edges where edge.kind == .module {
          guard let module = model.modules[edge.name] else { continue }
          broughtIn.insert(survey.text(edge.name))
          if seen.insert(Int(module)).inserted { pending.append(Int(module)) }
        }
      }
    }
    for survey in surveys {
      for owner in survey.model.owners
      where owner.kind == .module && !broughtIn.contains(survey.text(owner.name)) {
        let name = survey.text(owner.name)
        report(
          .unusedModule, survey, owner.place,
          "module '\(name)' is in no library or program: "
            + "write 'module \(name)' where it belongs")
      }
    }
  }

  // MARK: Objects

  /// A source that a program has itself, and by way of a library, too.
  private mutating func checkLinkedTwice(_ survey: Survey) {
    let model = survey.model
    var libraries: [Node: [Int]] = [:]
    for (index, bundle) in survey.graph.bundles.enumerated() where !bundle.isProgram {
      for source in survey.graph[bundle.sources] { libraries[source, default: []].append(index) }
    }
    for program in survey.graph.bundles where program.isProgram {
      let linked = Set(survey.graph[program.libraries])
      guard let owner = model.libraries[program.name].map({ model.owners[Int($0)] }) else {
        continue
      }
      for use in owner.uses where survey.isEnabled(use) {
        let source = model.sources[Int(use.source)]
        if source.kind.isHeader || model.rule(of: use.source)?.noObj ?? false { continue }
        let holders = libraries[survey.node(of: source)] ?? []
        guard
          let holder = holders.first(where: { linked.contains(survey.graph.bundles[$0].output) })
        else { continue }
        let library = survey.graph.bundles[holder]
        let place = model.libraries[library.name].map { model.owners[Int($0)].place } ?? .none
        report(
          .objectClash, survey, use.place,
          "'\(survey.text(source.path))' is linked into program '\(survey.text(owner.name))' "
            + "twice: library '\(survey.text(library.name))' has it as well; name it there alone",
          notes: [(place, "the library is here")])
      }
    }
  }

  /// Objects that would be one file where case does not count.
  private mutating func checkCase(_ survey: Survey) {
    var seen: [String: (label: String, source: Node)] = [:]
    for step in survey.graph.steps where step.kind == .compile {
      guard let output = survey.graph[step.outputs].first,
        let source = survey.graph[step.inputs].first
      else { continue }
      let label = survey.label(output)
      guard let other = seen[label.lowercased()] else {
        seen[label.lowercased()] = (label, source)
        continue
      }
      guard let index = survey.model.knownSource(source.name) else { continue }
      let first = survey.model.knownSource(other.source.name).map {
        survey.model.sources[Int($0)].place
      }
      report(
        .objectClash, survey, survey.model.sources[Int(index)].place,
        "'\(label)' and '\(other.label)' are one file where case does not count: rename a source",
        notes: first.map { [($0, "the other is here")] } ?? [])
    }
  }

  // MARK: Files of the tree

  /// Findings in one directory before the rest is counted.
  private static let unlistedMax = 20

  private mutating func checkUnlisted() {
    guard let survey = surveys.first else { return }
    var folders: [String] = []
    for survey in surveys {
      for source in survey.model.sources where source.kind.isCompiled || source.kind == .swift {
        let path = survey.text(source.file)
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        let isInside = !path.hasPrefix("/") && !path.hasPrefix("..")
        if isInside && !folders.contains(folder) { folders.append(folder) }
      }
    }
    let spoken = SpokenFiles(surveys, includes)
    var seen: Set<String> = []
    for folder in folders.sorted() {
      check(folder, survey, spoken, Set(folders), &seen, depth: 0)
    }
  }

  /// Looks for sources in `folder`, and below it in folders that nothing describes.
  private mutating func check(
    _ folder: String, _ survey: Survey, _ spoken: SpokenFiles, _ described: Set<String>,
    _ seen: inout Set<String>, depth: Int
  ) {
    if !seen.insert(folder).inserted || depth > 8 { return }
    let entries = (survey.machine.list(survey.root.pushing(FilePath(folder))) ?? [])
      .map { String(decoding: $0, as: UTF8.self) }.sorted()
    if depth > 0 && entries.contains(".config.log") { return }  // a build directory
    let prefix = folder.isEmpty ? "" : "\(folder)/"
    var unlisted: [String] = []
    for entry in entries where !entry.hasPrefix(".") {
      if entry.hasSuffix("/") {
        let inner = prefix + entry.dropLast()
        // Below the root itself lies everything.
        if !folder.isEmpty && !described.contains(inner) {
          check(inner, survey, spoken, described, &seen, depth: depth + 1)
        }
        continue
      }
      let kind = SourceKind(Array(entry.utf8)[...])
      if (kind.isCompiled || kind == .swift) && !spoken.contains(prefix + entry) {
        unlisted.append(entry)
      }
    }
    if unlisted.isEmpty { return }
    if !described.contains(folder) {
      let count = unlisted.count == 1 ? "a source" : "\(unlisted.count) sources"
      report(
        .unlistedSource, survey, file: prefix + unlisted[0], line: 1, column: 1,
        "\(prefix) has \(count) that no description names")
      return
    }
    for entry in unlisted.prefix(Self.unlistedMax) {
      let rest = unlisted.count - Self.unlistedMax
      let more =
        rest > 0 && entry == unlisted[Self.unlistedMax - 1] ? ", nor \(rest) more here" : ""
      report(
        .unlistedSource, survey, file: prefix + entry, line: 1, column: 1,
        "no description names '\(prefix + entry)'\(more)")
    }
  }
}

/// The files of the tree that any description speaks of, in this variant or in another (F3).
struct SpokenFiles {
  private var paths: Set<String> = []
  private var patterns: [[UInt8]] = []
  /// Descriptions are small; a larger file beside them is something else.
  private static let sizeMax = 1 << 20

  init(_ surveys: [Survey], _ includes: [Includes]) {
    for (survey, includes) in zip(surveys, includes) {
      for source in survey.model.sources { paths.insert(survey.text(source.file)) }
      for list in includes.direct.values {
        for include in list { paths.insert(survey.label(include.target)) }
      }
      for step in survey.graph.steps {
        for node in Array(survey.graph[step.inputs]) + Array(survey.graph[step.implicit]) {
          paths.insert(survey.label(node))
        }
      }
    }
    for folder in Set(surveys.flatMap(\.descriptionFolders)) { add(folder, surveys[0]) }
    for survey in surveys { for file in survey.files.all { add(file.bytes) } }
  }

  /// The words of every file in `folder`, whatever it describes.
  private mutating func add(_ folder: FilePath, _ survey: Survey) {
    // Beside a configuration at the root lie the sources themselves.
    if folder.lexicallyNormalized().lastComponent?.string != "conf" { return }
    for entry in survey.machine.list(folder) ?? [] where entry.last != Byte.slash {
      let path = folder.appending(String(decoding: entry, as: UTF8.self))
      guard let bytes = try? survey.machine.read(path), bytes.count <= Self.sizeMax else {
        continue
      }
      add(bytes)
    }
  }

  private mutating func add(_ bytes: [UInt8]) {
    let blanks = Array(" \t\r\n\"';".utf8)
    for word in bytes.split(whereSeparator: { blanks.contains($0) }) {
      let name = word.starts(with: "$S/".utf8) ? word.dropFirst(3) : word
      if name.contains(where: { "*?[".utf8.contains($0) }) { patterns.append(Array(name)) }
      paths.insert(String(decoding: name, as: UTF8.self))
    }
  }

  /// True if something speaks of `path`.
  func contains(_ path: String) -> Bool {
    paths.contains(path)
      || patterns.contains { Resolver.matches(Array(path.utf8)[...], $0[...]) }
  }
}
