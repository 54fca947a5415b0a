// Phase five: archives, programs and what they need become steps.

/// What one owner is put together from.
struct Parts {
  var objects: [Node] = []
  var sources: [Node] = []
  /// Archives named as items.
  var archives: [Node] = []
  var hasCXX = false
  var hasSwift = false
}

extension Resolver {
  /// Makes the steps of everything that is enabled.
  mutating func assemble() {
    sharedObjects = Array(repeating: nil, count: model.sources.count)
    picObjects = sharedObjects
    picParts = Array(repeating: nil, count: model.owners.count)
    parts = Array(repeating: nil, count: model.owners.count)
    generate()
    for index in model.owners.indices where isEnabled[index] {
      switch model.owners[index].kind {
      case .library: archive(index)
      case .program: link(index, isHost: false)
      case .host: link(index, isHost: true)
      case .module: break
      }
      collectCleaning(model.owners[index].clean, model.owners[index].nuke)
    }
    install()
    graph.directories = directories.sorted { names[$0].lexicographicallyPrecedes(names[$1]) }
      .map { names.bytes($0) }
  }

  /// True if `source` may be used at all: its own options, and its module's.
  func isEnabled(source: Int) -> Bool {
    let record = model.sources[source]
    return model.conditions[record.own]
      && (record.module < 0 || isEnabled[Int(record.module)])
  }

  // MARK: Parts

  /// The objects and archives of `owner`: its items first, then those of its modules.
  mutating func parts(of owner: Int, isPIC: Bool = false) -> Parts {
    if let known = isPIC ? picParts[owner] : parts[owner] { return known }
    var result = Parts()
    var seen = Marks()
    keep(result, of: owner, isPIC)  // a rule that asks for itself finds nothing rather than no end
    let variant = Variant(owner: compilesItsOwn(owner) ? owner : -1, isPIC: isPIC)
    for use in model.owners[owner].uses where model.conditions[use.condition] {
      if seen.insert(Int(use.source)) { add(use, of: owner, variant, to: &result) }
    }
    addSwiftProgram(owner, to: &result)
    // A library holds what it names, whoever else does; what that brings along, one holds.
    let modules = moduleClosure(of: owner)
    let isLibrary = model.owners[owner].kind == .library
    let named = isLibrary ? Set(links[owner].modules.map { Int($0.owner) }) : []
    let all = modules.allSatisfy(named.contains) ? [] : heldByLibraries(of: owner)
    for module in modules {
      let held = named.contains(module) ? [] : all
      for use in model.owners[module].uses where model.conditions[use.condition] {
        if !seen.insert(Int(use.source)) || held.contains(node(of: Int(use.source))) { continue }
        add(use, of: module, variant, to: &result)
      }
      if let object = swiftModule(module).object {
        result.hasSwift = true
        if !held.contains(object) { result.objects.append(object) }
      }
    }
    keep(result, of: owner, isPIC)
    return result
  }

  private mutating func keep(_ result: Parts, of owner: Int, _ isPIC: Bool) {
    if isPIC { picParts[owner] = result } else { parts[owner] = result }
  }

  /// The sources, and the objects of Swift modules, in the libraries that `owner` links.
  private mutating func heldByLibraries(of owner: Int) -> Set<Node> {
    var held: Set<Node> = []
    for library in libraryClosure(of: owner) {
      let isShared = model.owners[library].shared.map { !$0.hasArchive } ?? false
      let parts = parts(of: library, isPIC: isShared && platform.compilesShared)
      held.formUnion(parts.sources)
      held.formUnion(parts.objects)
    }
    return held
  }

  /// Adds what one use of a source contributes.
  private mutating func add(_ use: Use, of owner: Int, _ variant: Variant, to result: inout Parts) {
    let index = Int(use.source)
    guard isEnabled(source: index) else { return }
    let source = model.sources[index]
    result.sources.append(node(of: index))
    let rule = source.rule < 0 ? nil : model.rules[Int(source.rule)]
    if let warning = rule?.warning { diagnostics.warning(use.place, text(warning.text)) }
    if source.kind.isHeader || rule?.noObj ?? false && rule?.compileWith == nil { return }
    switch source.kind {
    case .object: result.objects.append(node(of: index))
    case .archive: result.archives.append(node(of: index))
    case .swift: checkSwift(use, owner)
    default:
      guard let object = object(of: index, variant, at: use.place) else { return }
      result.hasCXX = result.hasCXX || source.kind == .cxx
      if source.kind == .cxx { checkLanguage("c++", "C++", at: use.place) }
      if rule?.noObj ?? false {
        if !(rule?.noImplicitRule ?? false) { graph.goals.append(object) }
      } else {
        result.objects.append(object)
      }
    }
  }

  /// Reports a language that the toolchain cannot build, once.
  mutating func checkLanguage(_ name: String, _ title: String, at place: Place) {
    guard let reason = lacks.removeValue(forKey: name) else { return }
    diagnostics.error(place, "toolchain '\(toolchainName)' builds no \(title): \(reason)")
  }

  /// The file of source `index`: in the tree, or made in the build directory.
  func node(of index: Int) -> Node {
    isGenerated[index]
      ? Node(model.sources[index].path, isInTree: false)
      : Node(model.sources[index].file, isInTree: true)
  }

  // MARK: Archives and programs

  /// A library: its archive, the shared library, or both.
  private mutating func archive(_ index: Int) {
    let owner = model.owners[index]
    if let shared = owner.shared {
      share(index, shared)
      if !shared.hasArchive { return }
    }
    let parts = parts(of: index)
    if parts.objects.isEmpty {
      diagnostics.warning(owner.place, "library '\(text(owner.name))' has no sources: it is empty")
    }
    let output = archiveFile(owner)
    addArchive(owner, output, parts)
    graph.goals.append(output)
  }

  /// The step that packs `parts` into `output`.
  mutating func addArchive(_ owner: Owner, _ output: Node, _ parts: Parts) {
    let bundle = addBundle(owner, output, parts, libraries: [], isProgram: false)
    let depends = owner.depends.flatMap { nodes(of: $0) }
    addStep(
      Step(
        kind: .archive, outputs: graph.list([output]), inputs: graph.list(parts.objects),
        implicit: graph.list(depends), waits: false,
        command: graph.command(
          hasClashingNames(parts.objects) ? words.normalArPaths : words.normalAr),
        bundle: bundle), at: owner.place)
  }

  private mutating func link(_ index: Int, isHost: Bool) {
    let owner = model.owners[index]
    var parts = parts(of: index)
    if parts.objects.isEmpty && parts.archives.isEmpty {
      diagnostics.error(owner.place, "program '\(text(owner.name))' has no sources")
      return
    }
    if !isHost { parts.objects.insert(configObject(), at: 0) }
    let needs = linkNeeds(of: index, isPIC: false)
    let archives = needs.files + parts.archives
    let output = programFile(owner)
    let bundle = addBundle(owner, output, parts, libraries: archives, isProgram: true)
    finish(bundle, index, needs)
    let command = linkCommand(owner, isHost: isHost)
    let depends = owner.depends.flatMap { nodes(of: $0) } + command.needs
    addStep(
      Step(
        kind: .link, outputs: graph.list([output]), inputs: graph.list(parts.objects),
        implicit: graph.list(archives + depends), waits: false,
        command: graph.command(command.text), bundle: bundle), at: owner.place)
    if !isHost { graph.goals.append(output) }
  }

  private mutating func linkCommand(_ owner: Owner, isHost: Bool) -> (text: MakeText, needs: [Node])
  {
    guard let own = owner.linkWith else {
      return (isHost ? words.hostLink : words.normalLink, [])
    }
    return prepare(own)
  }

  /// The file of a program, or of a host program.
  func programFile(_ owner: Owner) -> Node {
    built((owner.kind == .host ? hostPlatform : platform).program(text(owner.name)))
  }

  mutating func addBundle(
    _ owner: Owner, _ output: Node, _ parts: Parts, libraries: [Node], isProgram: Bool
  ) -> Int32 {
    var bundle = Bundle(
      name: owner.name, output: output, isProgram: isProgram, isHost: owner.kind == .host,
      objects: graph.list(parts.objects), sources: graph.list(parts.sources),
      libraries: graph.list(libraries))
    bundle.linker =
      owner.kind == .host ? "HOSTCC" : parts.hasSwift ? "SWIFTC" : parts.hasCXX ? "CXX" : "CC"
    graph.bundles.append(bundle)
    return Int32(graph.bundles.count - 1)
  }

  /// True if two objects would get one name in an archive.
  private func hasClashingNames(_ objects: [Node]) -> Bool {
    var bases = Marks()
    for object in objects where !bases.insert(Int(names.base(of: object.name).index)) {
      return true
    }
    return false
  }

  /// The system's libraries that these owners and their modules ask for, each once.
  func systemLibraries(of owners: [Int]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    for owner in owners {
      for index in [owner] + moduleClosure(of: owner) {
        for word in links[index].system {
          if word.elementsEqual("-framework".utf8) || !result.contains(word) { result.append(word) }
        }
      }
    }
    return result
  }

  /// The object of config.c, first in every program.
  private mutating func configObject() -> Node {
    let object = built("o/config.c.o")
    if producer(of: object) == nil {
      addStep(
        Step(
          kind: .compile, outputs: graph.list([object]), inputs: graph.list([built("config.c")]),
          implicit: NodeList(), waits: false, command: graph.command(words.normalC)), at: .none)
    }
    return object
  }

  // MARK: Steps

  /// Adds `step`, and checks that nothing else makes its outputs (V3).
  mutating func addStep(_ step: Step, at place: Place) {
    for output in graph[step.outputs] {
      let index = Int(output.name.index)
      if index >= producers.count {
        let missing = max(names.count, index + 1) - producers.count
        producers.append(contentsOf: repeatElement(-1, count: missing))
      }
      if producers[index] >= 0 {
        diagnostics.error(
          place, "two rules make '\(text(output.name))'",
          notes: (stepPlaces[Int(producers[index])], "the other is here"))
      }
      producers[index] = Int32(graph.steps.count)
      noteDirectory(of: output.name)
    }
    graph.steps.append(step)
    stepPlaces.append(place)
  }

  /// The step that makes `node`, nil for none.
  func producer(of node: Node) -> Int? {
    let index = Int(node.name.index)
    guard !node.isInTree, index < producers.count, producers[index] >= 0 else { return nil }
    return Int(producers[index])
  }

  private mutating func noteDirectory(of name: Name) {
    let directory = names.directory(of: name)
    if directory != .empty && directory != lastDirectory { directories.insert(directory) }
    lastDirectory = directory
  }

  mutating func collectCleaning(_ clean: [Phrase], _ nuke: [Phrase]) {
    for phrase in clean { if let text = makeText(phrase) { graph.clean.append(text) } }
    for phrase in nuke { if let text = makeText(phrase) { graph.nuke.append(text) } }
  }
}
