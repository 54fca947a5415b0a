// Who needs whom: everything that a variant has, files and names alike, in one graph.
//
//     test:greets -> hello -> o/src/hello.c.o -> src/hello.c -> include/hello.h
//                      |  `-> libnet.a -> o/src/net.c.o -> src/net.c
//                      `----> module:net ------------------^     `-> option:TLS
//
// Invariants.
//   Q1  An edge leads from what needs to what is needed.  Those between files, along which a change
//       makes things anew, are kept apart from those between names: a library does not grow old
//       when a header that is its item changes, unless a source of it includes that.
//   Q2  A thing without an edge to it is a root: a program, a library, a test.
//   Q3  Only what is enabled in the variant is in the graph; options are, on or off, where a
//       condition of something enabled tests them.

/// What kind of thing something is.
enum ThingKind: String, CaseIterable {
  case program, host, library, module, object, generated, source, header, option, param, test
  case bench

  /// True for things that are files.
  var isFile: Bool {
    switch self {
    case .module, .option, .param, .test, .bench: false
    default: true
    }
  }
}

/// The things of a variant and their needs.
struct ThingGraph {
  /// One thing: its index is its identity.
  struct Thing {
    let kind: ThingKind
    /// Its path or name.
    let label: String
    /// The file that it is.
    let node: Node?
    /// Where it is described; `.none` for what only follows from something.
    var place = Place.none

    /// The name that a query takes: names that are no files have their kind before them.
    var name: String { kind.isFile ? label : "\(kind.rawValue):\(label)" }
  }

  private(set) var things: [Thing] = []
  /// What each thing needs, directly, each once, in order.
  private(set) var needs: [[Int32]] = []
  /// Who needs each thing, directly.
  private(set) var users: [[Int32]] = []
  /// The files that each file is made of, or includes, and the programs that tests run.
  private(set) var parts: [[Int32]] = []
  /// The files that are made of each file, or include it.
  private(set) var wholes: [[Int32]] = []
  /// The files that a library's name means.
  private(set) var aliases: [String: [Int]] = [:]
  /// The step that makes each thing.
  private(set) var steps: [Int: Int] = [:]
  private var nodes: [Node: Int] = [:]
  private var modules: [Name: Int] = [:]
  private var settings: [Name: Int] = [:]
  /// The edges, each as two halves of a number: one library may have 50,000 of them.
  private var known: Set<UInt64> = []

  /// The graph of `survey`, with the headers that `includes` found.
  init(_ survey: Survey, _ includes: Includes) {
    addSteps(survey)
    addIncludes(survey, includes)
    addOwners(survey)
    addSources(survey)
    addSettings(survey)
    addTests(survey)
    users = Self.reversed(needs)
    wholes = Self.reversed(parts)
  }

  private static func reversed(_ edges: [[Int32]]) -> [[Int32]] {
    var result: [[Int32]] = Array(repeating: [], count: edges.count)
    for (index, list) in edges.enumerated() {
      for target in list { result[Int(target)].append(Int32(index)) }
    }
    return result
  }

  /// The thing that is the file `node`.
  func thing(_ node: Node) -> Int? { nodes[node] }

  /// The thing that is the module called `name`.
  func module(_ name: Name) -> Int? { modules[name] }

  /// The option or param called `name`.
  func setting(_ name: Name) -> Int? { settings[name] }

  // MARK: Making

  private mutating func add(_ thing: Thing) -> Int {
    things.append(thing)
    needs.append([])
    parts.append([])
    return things.count - 1
  }

  private mutating func edge(_ from: Int, _ to: Int) {
    if from == to || !known.insert(UInt64(from) << 32 | UInt64(to)).inserted { return }
    needs[from].append(Int32(to))
  }

  /// An edge between files.
  private mutating func part(_ whole: Int, _ part: Int) {
    let before = needs[whole].count
    edge(whole, part)
    if needs[whole].count > before { parts[whole].append(Int32(part)) }
  }

  private mutating func file(
    _ node: Node, _ survey: Survey, as kind: ThingKind? = nil, at place: Place = .none
  ) -> Int {
    if let known = nodes[node] { return known }
    let label = survey.label(node)
    var shown = kind
    if shown == nil {
      let known = survey.model.knownSource(node.name).map { survey.model.sources[Int($0)].kind }
      let isHeader = (known ?? SourceKind(survey.names[node.name])).isHeader
      shown = !node.isInTree ? .generated : isHeader ? .header : .source
    }
    let index = add(Thing(kind: shown ?? .source, label: label, node: node, place: place))
    nodes[node] = index
    return index
  }

  private mutating func addSteps(_ survey: Survey) {
    let graph = survey.graph
    for (number, step) in graph.steps.enumerated() {
      let kind: ThingKind
      switch step.kind {
      case .compile, .swiftObject: kind = .object
      case .archive, .share: kind = .library
      case .link:
        let isHost = step.bundle >= 0 && graph.bundles[Int(step.bundle)].isHost
        kind = isHost ? .host : .program
      case .generate, .clangModule, .swiftInterface: kind = .generated
      }
      for output in graph[step.outputs] {
        let index = file(output, survey, as: kind)
        steps[index] = number
      }
    }
    for step in graph.steps {
      for output in graph[step.outputs] {
        let index = file(output, survey)
        for input in Array(graph[step.inputs]) + Array(graph[step.implicit]) {
          part(index, file(input, survey))
        }
      }
    }
  }

  /// Modules, and what programs and libraries bring in by name.
  private mutating func addOwners(_ survey: Survey) {
    let model = survey.model
    for owner in model.owners where owner.kind == .module && model.conditions[owner.condition] {
      modules[owner.name] = add(
        Thing(kind: .module, label: survey.text(owner.name), node: nil, place: owner.place))
    }
    for bundle in survey.graph.bundles {
      guard let index = nodes[bundle.output], let owner = model.libraries[bundle.name] else {
        continue
      }
      things[index].place = model.owners[Int(owner)].place
      if !bundle.isProgram { aliases[survey.text(bundle.name), default: []].append(index) }
    }
    for owner in model.owners where model.conditions[owner.condition] {
      for index in things(of: owner, survey) {
        for edge in owner.edges where model.conditions[edge.condition] {
          if edge.kind == .module, let module = modules[edge.name] { self.edge(index, module) }
          if owner.kind == .module, edge.kind == .library {
            for library in aliases[survey.text(edge.name)] ?? [] { self.edge(index, library) }
          }
        }
      }
    }
  }

  /// The things that `owner` is: its module, its program, or a library's files.
  func things(of owner: Owner, _ survey: Survey) -> [Int] {
    if owner.kind == .module { return modules[owner.name].map { [$0] } ?? [] }
    if owner.kind == .library { return aliases[survey.text(owner.name)] ?? [] }
    return survey.graph.bundles.first { $0.name == owner.name && $0.isProgram }
      .flatMap { nodes[$0.output] }.map { [$0] } ?? []
  }

  private mutating func addSources(_ survey: Survey) {
    let model = survey.model
    for source in model.sources {
      if let index = nodes[survey.node(of: source)] { things[index].place = source.place }
    }
    for owner in model.owners where model.conditions[owner.condition] {
      for use in owner.uses where survey.isEnabled(use) {
        let source = model.sources[Int(use.source)]
        let index = file(survey.node(of: source), survey, at: source.place)
        // A program's compiled sources are reached by its objects, in link order.
        guard owner.kind == .module || source.kind.isHeader else { continue }
        for owning in things(of: owner, survey) { edge(owning, index) }
      }
    }
  }

  private mutating func addIncludes(_ survey: Survey, _ includes: Includes) {
    func name(_ node: Node) -> String { survey.label(node) }
    for (from, list) in includes.direct.sorted(by: { name($0.key) < name($1.key) }) {
      let index = file(from, survey)
      for include in list { part(index, file(include.target, survey)) }
    }
  }

  /// Options and params, and whom they reach: by conditions, and by the headers made of them.
  private mutating func addSettings(_ survey: Survey) {
    let model = survey.model
    for (name, setting) in model.options.pairs {
      _ = self.setting(name, .option, survey, at: setting.place)
    }
    for (name, setting) in model.params.pairs {
      _ = self.setting(name, .param, survey, at: setting.place)
    }
    func test(_ condition: Condition, _ index: Int, _ graph: inout ThingGraph) {
      for term in survey.terms(of: condition) {
        graph.edge(index, graph.setting(term.option, .option, survey, at: term.place))
      }
    }
    for owner in model.owners where model.conditions[owner.condition] {
      for index in things(of: owner, survey) {
        test(owner.condition, index, &self)
        for use in owner.uses { test(use.condition, index, &self) }
        for edge in owner.edges { test(edge.condition, index, &self) }
        for phrase in owner.flags + owner.headers { test(phrase.condition, index, &self) }
      }
    }
    for source in model.sources {
      if let index = nodes[survey.node(of: source)] { test(source.own, index, &self) }
    }
    addMadeHeaders(survey)
  }

  private mutating func addMadeHeaders(_ survey: Survey) {
    let all = Array(settings.values).sorted()
    for (node, index) in nodes where !node.isInTree {
      let label = things[index].label
      if label == "config.h" {
        for setting in all where survey.isOn(things[setting].label) { edge(index, setting) }
      } else if label.hasPrefix("opt/"), label.hasSuffix(".h") {
        let name = survey.names.intern(String(label.dropFirst(4).dropLast(2)))
        edge(index, setting(name, .option, survey, at: .none))
      }
    }
    for owner in survey.model.owners where !owner.swiftNames.isEmpty {
      let path = "o/.swift/\(survey.text(owner.name))/Config.swift"
      guard let index = nodes[Node(survey.names.intern(path), isInTree: false)] else { continue }
      for name in owner.swiftNames {
        edge(index, setting(name.text, .option, survey, at: name.place))
      }
    }
  }

  private mutating func setting(
    _ name: Name, _ kind: ThingKind, _ survey: Survey, at place: Place
  ) -> Int {
    if let known = settings[name] { return known }
    let index = add(Thing(kind: kind, label: survey.text(name), node: nil, place: place))
    settings[name] = index
    return index
  }

  /// Tests and benchmarks that this variant runs.
  private mutating func addTests(_ survey: Survey) {
    for (name, test) in survey.model.tests.pairs where survey.model.conditions[test.condition] {
      let program = test.program.flatMap { phrase in
        survey.graph.bundles.first { $0.name == phrase.text }.flatMap { nodes[$0.output] }
      }
      if test.program != nil && program == nil { continue }
      let index = add(
        Thing(
          kind: test.isBench ? .bench : .test, label: survey.text(name), node: nil,
          place: test.place))
      if let program { part(index, program) }
      for text in [test.input, test.output] {
        guard case .file(let phrase) = text else { continue }
        edge(index, file(Node(phrase.text, isInTree: true), survey, as: .source))
      }
      for term in survey.terms(of: test.condition) {
        edge(index, setting(term.option, .option, survey, at: term.place))
      }
    }
  }

  // MARK: Walking

  /// `starts` and all that is reached along `edges`, nearest first.
  ///
  /// - Parameter depth: how many edges at most; nil for all.
  static func reach(_ starts: [Int], _ edges: [[Int32]], depth: Int? = nil) -> [Int] {
    var seen = Marks()
    var order = starts.filter { seen.insert($0) }
    var first = 0
    var left = depth ?? Int.max
    while first < order.count && left > 0 {
      let end = order.count
      for index in first..<end {
        for next in edges[order[index]] where seen.insert(Int(next)) { order.append(Int(next)) }
      }
      first = end
      left -= 1
    }
    return order
  }

  /// A shortest way from one of `starts` to one of `ends`: through files if there is one, else by
  /// any need; nil if there is none.
  func path(from starts: [Int], to ends: [Int]) -> [Int]? {
    path(from: starts, to: ends, parts) ?? path(from: starts, to: ends, needs)
  }

  private func path(from starts: [Int], to ends: [Int], _ edges: [[Int32]]) -> [Int]? {
    let wanted = Set(ends)
    var before: [Int: Int] = [:]
    var seen = Marks()
    var queue = starts.filter { seen.insert($0) }
    var index = 0
    while index < queue.count {
      let thing = queue[index]
      index += 1
      if wanted.contains(thing) {
        var way = [thing]
        while let last = way.last, let previous = before[last] { way.append(previous) }
        return way.reversed()
      }
      for next in edges[thing] where seen.insert(Int(next)) {
        before[Int(next)] = thing
        queue.append(Int(next))
      }
    }
    return nil
  }
}

extension Survey {
  /// The file of `source`: in the tree, or made in the build directory.
  func node(of source: Source) -> Node {
    let rule = source.rule < 0 ? nil : model.rules[Int(source.rule)]
    let isMade = rule.map { $0.noImplicitRule || $0.isLocal } ?? false
    return isMade ? Node(source.path, isInTree: false) : Node(source.file, isInTree: true)
  }

  /// True if `use` counts in this variant, as far as its source is concerned.
  func isEnabled(_ use: Use) -> Bool {
    let source = model.sources[Int(use.source)]
    return model.conditions[use.condition] && model.conditions[source.own]
      && (source.module < 0 || model.conditions[model.owners[Int(source.module)].condition])
  }

  /// True if `name` is an option or param that config.h defines.
  func isOn(_ name: String) -> Bool {
    guard let name = names.find(Array(name.utf8)) else { return false }
    return model.options[name] != nil || model.params[name] != nil
  }
}
