// Lint of headers: what sources include, beside what the description says that they need.
//
// A header that is an item of a module, library or program belongs to it; one that is nobody's
// item may be included by all.  Edges count whatever their conditions say, since an include may
// stand under the same condition in the source.

import SystemPackage

extension Lint {
  /// Runs the checks of headers.
  mutating func checkHeaders() {
    for (survey, includes) in zip(surveys, includes) {
      checkUndeclared(survey, includes)
      checkOrder(survey, includes)
      checkShadows(survey, includes)
      checkOptionHeaders(survey, includes)
    }
  }

  // MARK: Whose header it is

  private mutating func checkUndeclared(_ survey: Survey, _ includes: Includes) {
    let model = survey.model
    var owners: [Node: [Int]] = [:]
    for (index, owner) in model.owners.enumerated() {
      for use in owner.uses where model.sources[Int(use.source)].kind.isHeader {
        owners[survey.node(of: model.sources[Int(use.source)]), default: []].append(index)
      }
    }
    if owners.isEmpty { return }
    for (index, owner) in model.owners.enumerated() where model.conditions[owner.condition] {
      let reached = survey.reach(index)
      for use in owner.uses where survey.isEnabled(use) {
        let source = survey.node(of: model.sources[Int(use.source)])
        for (file, include) in includes.reached(from: source, through: { owners[$0] == nil })
        where include.line > 0 {
          guard let theirs = owners[include.target], let first = theirs.first,
            !theirs.contains(where: { reached.contains($0) })
          else { continue }
          undeclared(survey, index, first, source, file, include)
        }
      }
    }
  }

  private mutating func undeclared(
    _ survey: Survey, _ owner: Int, _ theirs: Int, _ source: Node, _ file: Node, _ include: Include
  ) {
    let record = survey.model.owners[owner]
    let other = survey.model.owners[theirs]
    let keyword = other.kind == .module ? "module" : "library"
    let cure =
      other.kind == .program || other.kind == .host
      ? "put it into a module that both bring in"
      : "add '\(keyword) \(survey.text(other.name))' to \(survey.title(of: record))"
    let by = file == source ? "" : ", and '\(survey.label(source))' reads it"
    report(
      .undeclaredHeader, survey, file: survey.label(file), line: include.line,
      column: include.column,
      "'\(include.name)' belongs to \(survey.title(of: other)), "
        + "which \(survey.title(of: record)) does not depend on\(by): \(cure)",
      notes: [(record.place, "\(survey.title(of: record)) is here")])
  }

  // MARK: What is made in time

  /// Generated headers that nothing orders before those who include them.
  private mutating func checkOrder(_ survey: Survey, _ includes: Includes) {
    let graph = survey.graph
    let early = Set(graph.beforeDep)
    var made: [Node: Int] = [:]
    for (index, step) in graph.steps.enumerated() where step.kind == .generate {
      for output in graph[step.outputs] { made[output] = index }
    }
    if made.isEmpty { return }
    for step in graph.steps where step.kind == .compile {
      guard let source = graph[step.inputs].first else { continue }
      let named = Set(graph[step.implicit])
      for (file, include) in includes.reached(from: source)
      where made[include.target] != nil && include.line > 0 {
        let isEarly = early.contains(include.target) && step.waits
        if isEarly || named.contains(include.target) { continue }
        // Of several outputs of one command, any will do.
        let siblings = made[include.target].map { graph[graph.steps[$0].outputs] } ?? []
        if siblings.contains(where: { named.contains($0) || (early.contains($0) && step.waits) }) {
          continue
        }
        let name = survey.label(include.target)
        report(
          .missingDepend, survey, file: survey.label(file), line: include.line,
          column: include.column,
          "'\(name)' is generated, and may be missing or old when "
            + "'\(survey.label(source))' is compiled: "
            + "make it 'before-dep', or add 'depend \(name)' to the source",
          notes: survey.model.knownSource(include.target.name).map {
            [(survey.model.sources[Int($0)].place, "it is described here")]
          } ?? [])
      }
    }
  }

  /// Files of the tree that are included where a generated one of that name is meant.
  private mutating func checkShadows(_ survey: Survey, _ includes: Includes) {
    var made: [String: Place] = [:]
    for source in survey.model.sources where !survey.node(of: source).isInTree {
      made[survey.text(source.path)] = source.place
    }
    for (name, place) in made where survey.hasFile(name) {
      report(
        .shadowedHeader, survey, place,
        "'\(name)' is generated, and the tree has a file of that name: "
          + "which of the two is read depends on the search path")
    }
    for (file, list) in includes.direct where file.isInTree {
      for include in list where include.target.isInTree && include.line > 0 {
        guard let place = made[include.name], include.name != survey.label(include.target) else {
          continue
        }
        report(
          .shadowedHeader, survey, file: survey.label(file), line: include.line,
          column: include.column,
          "'\(include.name)' is '\(survey.label(include.target))' here, "
            + "not the generated file of that name",
          notes: [(place, "it is generated here")])
      }
    }
  }

  // MARK: opt/NAME.h

  private mutating func checkOptionHeaders(_ survey: Survey, _ includes: Includes) {
    let made = Set(ConfigFiles.optionNames(of: survey))
    for (file, list) in includes.unresolved {
      for directive in list where directive.name.hasPrefix("opt/") && directive.name.hasSuffix(".h")
      {
        let name = String(directive.name.dropFirst(4).dropLast(2))
        if made.contains(name) { continue }
        let near = suggestion(for: name, among: made.sorted())
        let cure = near.isEmpty ? ": no option, param or probe is called so here" : near
        report(
          .missingOptionHeader, survey, file: survey.label(file), line: directive.line,
          column: directive.column, "'\(directive.name)' is not made\(cure)")
      }
    }
  }
}

extension Includes {
  /// What `source` includes, directly or not, each with the file whose line says so.
  ///
  /// - Parameter isOpen: false for files whose own includes do not count.
  func reached(
    from source: Node, through isOpen: (Node) -> Bool = { _ in true }
  ) -> [(file: Node, include: Include)] {
    var seen: Set<Node> = [source]
    var pending = [source]
    var result: [(file: Node, include: Include)] = []
    while let file = pending.popLast() {
      for include in direct[file] ?? [] {
        result.append((file, include))
        if isOpen(include.target) && seen.insert(include.target).inserted {
          pending.append(include.target)
        }
      }
    }
    return result
  }
}

extension Survey {
  /// The owners that `owner` depends on by any edge, itself included.
  func reach(_ owner: Int) -> Set<Int> {
    var seen: Set<Int> = [owner]
    var pending = [owner]
    while let next = pending.popLast() {
      for edge in model.owners[next].edges {
        let target: Int32?
        if edge.kind == .module {
          target = model.modules[edge.name]
        } else {
          let name = text(edge.name)
          let plain = name.hasSuffix(".a") ? names.find(Array(name.utf8.dropLast(2))) : nil
          target = model.libraries[edge.name] ?? plain.flatMap { model.libraries[$0] }
        }
        if let target, seen.insert(Int(target)).inserted { pending.append(Int(target)) }
      }
    }
    return seen
  }

  /// True if the tree has a file at `path`.
  func hasFile(_ path: String) -> Bool {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[..<$0]) } ?? ""
    let base = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let entries = machine.list(root.pushing(FilePath(folder))) ?? []
    return entries.contains { $0.elementsEqual(base.utf8) }
  }
}
