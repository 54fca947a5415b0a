// Swift modules and the C modules that Swift imports.
//
// Two steps a Swift module: one makes the interface, the other the object, side by side, so that
// importers start early.  Each C module has a step of its own that makes its `.pcm`: clang's
// implicit module cache takes a header for unchanged if its size and whole-second time are equal,
// and a program would go stale.
//
//     CZ: module.modulemap, headers -> o/.swift/CZ.pcm
//     M:  sources, imports           -> o/.swift/M.swiftmodule     (kept if equal)
//     M:  sources, imports           -> o/.swift/M.o               (kept if equal)

/// What a module gives to its importers and users.
struct SwiftProducts {
  var interface: Node?
  var object: Node?
  var clangModule: Node?
  var moduleMap: Node?
  /// The modules that it imports and that its importers see as well.
  var imports: [Int] = []
}

extension Resolver {
  /// Reports a Swift source in a place where there is no module to compile it with.
  func checkSwift(_ use: Use, _ owner: Int) {
    let record = model.owners[owner]
    if record.kind == .module || record.kind == .program { return }
    diagnostics.error(
      use.place,
      "'\(text(model.sources[Int(use.source)].path))' belongs to a module or a program, "
        + "not directly to a \(record.kind.rawValue)")
  }

  /// The enabled sources of `owner` that are of `kind`.
  private func members(of owner: Int, _ wanted: (SourceKind) -> Bool) -> [Node] {
    model.owners[owner].uses.compactMap { use in
      let index = Int(use.source)
      guard wanted(model.sources[index].kind), model.conditions[use.condition],
        isEnabled(source: index)
      else { return nil }
      return node(of: index)
    }
  }

  /// What the module `index` gives; its steps are made when it is first asked for.
  mutating func swiftModule(_ index: Int) -> SwiftProducts {
    if let known = swiftProducts[index] { return known }
    var products = SwiftProducts()
    products.imports = moduleClosure(of: index)
    let owner = model.owners[index]
    let maps = members(of: index) { $0 == .moduleMap }
    let sources = members(of: index) { $0 == .swift }
    if let map = maps.first, !sources.isEmpty || maps.count > 1 {
      let what = maps.count > 1 ? "two module maps" : "a module map and Swift sources"
      diagnostics.error(
        owner.place,
        "module '\(text(owner.name))' has \(what), \(text(map.name)) among them: "
          + "make two modules")
    } else if let map = maps.first {
      addClangModule(index, map, &products)
    } else if !sources.isEmpty {
      addSwiftModule(index, sources, &products)
    }
    swiftProducts[index] = products
    return products
  }

  private mutating func addClangModule(_ index: Int, _ map: Node, _ products: inout SwiftProducts) {
    let owner = model.owners[index]
    let name = text(owner.name)
    let output = built("o/.swift/\(name).pcm")
    let depfile = "o/.d/o+s.swift+s\(name).pcm.d"
    let imports = importFlags(products.imports)
    var text = MakeText(variable: "NORMAL_PCM")
    let clang = ["-MD", "-MF", depfile, "-MT", "o/.swift/\(name).pcm"].map { "-Xcc \($0)" }
    text = text.appending(
      MakeText(pieces: [
        .text(Array("-module-name \(name) \(clang.joined(separator: " "))".utf8))
      ]))
    text = MakeText(pieces: text.pieces + imports.pieces)
    text = text.appending(MakeText(pieces: [.text(Array("-o ".utf8)), .automatic(.target)]))
    text = text.appending(MakeText(pieces: pathPieces(map)))
    let command = graph.command(text)
    graph.commands[Int(command)].depfile = depfile
    let headers = members(of: index) { $0 == .header }
    addStep(
      Step(
        kind: .clangModule, outputs: graph.list([output]), inputs: graph.list([map]),
        implicit: graph.list(headers + imports.nodes), waits: true, command: command),
      at: owner.place)
    products.clangModule = output
    products.moduleMap = map
  }

  /// The flags that let Swift import `modules`, and the files that importing them reads.
  private mutating func importFlags(_ modules: [Int]) -> (pieces: [MakePiece], nodes: [Node]) {
    var pieces: [MakePiece] = []
    var nodes: [Node] = []
    for module in modules {
      let products = swiftModule(module)
      if let interface = products.interface { nodes.append(interface) }
      guard let pcm = products.clangModule, let map = products.moduleMap else { continue }
      nodes.append(pcm)
      let name = text(model.owners[module].name)
      pieces.append(
        .text(Array(" -Xcc -fmodule-file=\(name)=\(text(pcm.name)) -Xcc -fmodule-map-file=".utf8)))
      pieces += pathPieces(map)
    }
    return (pieces, nodes)
  }

  private mutating func addSwiftModule(
    _ index: Int, _ sources: [Node], _ products: inout SwiftProducts
  ) {
    let owner = model.owners[index]
    checkLanguage("swift", "Swift", at: owner.place)
    let name = text(owner.name)
    if !checkModuleName(owner) { return }
    let imports = importFlags(products.imports)
    let all = sources + configSwift(owner)
    let flags = MakeText(pieces: swiftFlags(owner).pieces + imports.pieces)
    let object = addSwiftObject(name, file: name, all, flags, imports.nodes, owner.place)
    let output = built("o/.swift/\(name).swiftmodule")
    let depfile = "o/.d/o+s.swift+s\(name).swiftmodule.stamp.d"
    let map = "o/.swift/\(name).mod.json"
    graph.generated.append(
      (
        Array(map.utf8),
        Array(
          "{\"\":{\"dependencies\":\"\(depfile)\",\"emit-module-dependencies\":\"\(depfile)\"}}\n"
            .utf8)
      ))
    let text = swiftCommand(
      "-emit-module -module-name \(name)", all, flags,
      "-emit-dependencies -output-file-map \(map) -emit-module-path o/.swift/\(name).swiftmodule")
    let command = graph.command(text)
    graph.commands[Int(command)].depfile = depfile
    addStep(
      Step(
        kind: .swiftInterface, outputs: graph.list([output]), inputs: graph.list(all),
        implicit: graph.list(imports.nodes), waits: true, command: command), at: owner.place)
    products.interface = output
    products.object = object
  }

  /// The step that compiles Swift sources to one object.
  private mutating func addSwiftObject(
    _ name: String, file: String, _ sources: [Node], _ flags: MakeText, _ imports: [Node],
    _ place: Place
  ) -> Node {
    let object = built("o/.swift/\(file).o")
    let depfile = "o/.d/o+s.swift+s\(file).o.stamp.d"
    let map = "o/.swift/\(file).json"
    graph.generated.append(
      (
        Array(map.utf8),
        Array("{\"\":{\"object\":\"o/.swift/\(file).o\",\"dependencies\":\"\(depfile)\"}}\n".utf8)
      ))
    let text = swiftCommand(
      "-c -module-name \(name)", sources, flags, "-emit-dependencies -output-file-map \(map)")
    let command = graph.command(text)
    graph.commands[Int(command)].depfile = depfile
    addStep(
      Step(
        kind: .swiftObject, outputs: graph.list([object]), inputs: graph.list(sources),
        implicit: graph.list(imports), waits: true, command: command), at: place)
    graph.swiftUnits.append(
      SwiftUnit(
        name: Array(name.utf8), sources: graph.list(sources), step: Int32(graph.steps.count - 1)))
    return object
  }

  private func swiftCommand(
    _ mode: String, _ sources: [Node], _ flags: MakeText, _ rest: String
  ) -> MakeText {
    let hasMain = sources.contains { names[$0.name].suffix(10).elementsEqual("main.swift".utf8) }
    let library = hasMain ? "" : " -parse-as-library"
    var text = MakeText(variable: "NORMAL_SWIFT")
    text = text.appending(MakeText(pieces: [.text(Array("\(mode)\(library)".utf8))]))
    text = MakeText(pieces: text.pieces + flags.pieces)
    text = text.appending(MakeText(pieces: [.text(Array(rest.utf8))]))
    return text.appending(MakeText(pieces: listPieces(sources)))
  }

  /// The Swift sources of a program form a module of its name.
  mutating func addSwiftProgram(_ index: Int, to parts: inout Parts) {
    let owner = model.owners[index]
    guard owner.kind == .program else { return }
    let sources = members(of: index) { $0 == .swift }
    if sources.isEmpty { return }
    checkLanguage("swift", "Swift", at: owner.place)
    var modules = moduleClosure(of: index)
    for library in libraryClosure(of: index) {
      modules += moduleClosure(of: library).filter { !modules.contains($0) }
    }
    let imports = importFlags(modules)
    let name = Self.moduleName(of: text(owner.name))
    let flags = MakeText(pieces: swiftFlags(owner).pieces + imports.pieces)
    let object = addSwiftObject(
      name, file: "\(text(owner.name)).program", sources + configSwift(owner), flags,
      imports.nodes, owner.place)
    parts.objects.append(object)
    parts.hasSwift = true
  }

  /// The module of a program: its name, with `_` for what an identifier cannot hold.
  private static func moduleName(of program: String) -> String {
    let name = String(program.map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" })
    return name.first?.isNumber ?? false ? "_\(name)" : name
  }

  private func checkModuleName(_ owner: Owner) -> Bool {
    let bytes = names[owner.name]
    if let first = bytes.first, Byte.isLetter(first), bytes.allSatisfy(Byte.isIdentifier) {
      return true
    }
    diagnostics.error(
      owner.place,
      "module '\(text(owner.name))' has Swift sources: "
        + "its name must be an identifier")
    return false
  }

  /// `-D` for each used option that is on, then what `flags` says.
  private mutating func swiftFlags(_ owner: Owner) -> MakeText {
    var pieces: [MakePiece] = []
    for name in owner.swiftNames where value(of: name) != nil {
      pieces.append(.text(Array(" -D \(text(name.text))".utf8)))
    }
    for flag in owner.flags where model.conditions[flag.condition] {
      if let text = makeText(flag) { pieces += [.text([Byte.space])] + text.pieces }
    }
    return MakeText(pieces: pieces)
  }

  /// The value of the option or param that `uses` names; nil if it is off.
  private func value(of phrase: Phrase) -> Name? {
    (model.options[phrase.text] ?? model.params[phrase.text])?.value
  }

  /// `Config.swift` for an owner with `uses`: a constant for each name.
  private mutating func configSwift(_ owner: Owner) -> [Node] {
    if owner.swiftNames.isEmpty { return [] }
    let path = "o/.swift/\(text(owner.name))/Config.swift"
    var content = "/// The options and params of this configuration.\nenum Config {\n"
    for name in owner.swiftNames where checkIdentifier(name) {
      content +=
        "  static let \(text(name.text))\(Self.swiftConstant(value(of: name).map { text($0) }))\n"
    }
    graph.generated.append((Array(path.utf8), Array("\(content)}\n".utf8)))
    return [built(path)]
  }

  /// `: TYPE = VALUE`: an integer where it is one, else a string; 0 for what is off.
  private static func swiftConstant(_ value: String?) -> String {
    guard let value else { return ": Int = 0" }
    if let number = Int(value) { return ": Int = \(number)" }
    if value.contains("."), value.allSatisfy({ $0.isNumber || "+-.e".contains($0) }),
      let number = Double(value)
    {
      return ": Double = \(number)"
    }
    let isQuoted = value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
    let inside = isQuoted ? String(value.dropFirst().dropLast()) : value
    let escaped = inside.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    return ": String = \"\(escaped)\""
  }

  private func checkIdentifier(_ phrase: Phrase) -> Bool {
    let bytes = names[phrase.text]
    if let first = bytes.first, Byte.isLetter(first), bytes.allSatisfy(Byte.isIdentifier) {
      return true
    }
    diagnostics.error(phrase.place, "'\(text(phrase.text))' is not a C identifier")
    return false
  }
}
