// Phase four: sources become objects, each by one command.

/// Which object of a source: the one that all share, or one of an owner that compiles its own;
/// position-independent for shared libraries.
struct Variant {
  /// The owner, or -1.
  var owner = -1
  var isPIC = false
}

extension Resolver {
  /// True if the users of `owner`'s flags compile their own objects, below `o/OWNER/`.
  func compilesItsOwn(_ owner: Int) -> Bool {
    let record = model.owners[owner]
    if record.kind == .module { return false }
    return record.kind == .host || record.compileWith != nil
      || record.flags.contains { model.conditions[$0.condition] }
  }

  /// The object of source `index`; its step is made when it is first asked for.
  ///
  mutating func object(of index: Int, _ variant: Variant, at place: Place) -> Node? {
    if variant.owner < 0, let known = variant.isPIC ? picObjects[index] : sharedObjects[index] {
      return known
    }
    let source = model.sources[index]
    let input = compiledFile(index)
    let object = built(objectPath(index, input, variant))
    if variant.owner >= 0, producer(of: object) != nil { return object }
    checkLength(object, of: source)
    guard let command = command(of: index, variant, at: place) else { return nil }
    let rule = source.rule < 0 ? nil : model.rules[Int(source.rule)]
    var implicit = command.needs
    if let rule, !rule.noImplicitRule { implicit += rule.depends.flatMap { nodes(of: $0) } }
    let isHost = variant.owner >= 0 && model.owners[variant.owner].kind == .host
    let isFirst = rule.map { $0.beforeDep && !$0.noImplicitRule } ?? false  // waits for nothing
    var step = Step(
      kind: .compile, outputs: graph.list([object]), inputs: graph.list([input]),
      implicit: implicit.isEmpty ? NodeList() : graph.list(implicit),
      waits: !isHost && !isFirst,
      command: command.index)
    step.isMirrored = variant.owner < 0 && implicit.isEmpty && isMirrored(input, object, variant)
    addStep(step, at: source.place)
    if variant.owner < 0 {
      if variant.isPIC { picObjects[index] = object } else { sharedObjects[index] = object }
      if isFirst { graph.beforeDep.append(object) }
    }
    if let rule, !rule.noImplicitRule { collectCleaning(rule.clean, rule.nuke) }
    return object
  }

  /// The depfile of `object` is named after its whole path, and a name has 255 bytes at most.
  private func checkLength(_ object: Node, of source: Source) {
    let size = names.size(object.name)
    if size < 200 { return }
    let name = Quoting.flattened(names[object.name]).count + ".d".utf8.count
    if name > 255 {
      diagnostics.error(
        source.place,
        "the path of '\(text(source.path))' is too long: its dependency file would "
          + "have a name of \(name) bytes, and 255 are possible")
    }
  }

  /// True if `object` is `o/PATH.o`, or `o/.pic/PATH.o`, for the file `input` of the tree, and
  /// PATH is plain.
  private func isMirrored(_ input: Node, _ object: Node, _ variant: Variant) -> Bool {
    let start = (variant.isPIC ? Step.picFolder : Step.objectFolder).utf8.count
    guard input.isInTree, names.size(object.name) == names.size(input.name) + start + 2 else {
      return false
    }
    let path = names[input.name]
    return path.first != Byte.slash && Quoting.isPlain(path)
      && names[object.name].dropFirst(start).dropLast(2).elementsEqual(path)
  }

  /// `o/PATH.o`, encoded so that it is plain; owners with their own objects have a folder.
  private func objectPath(_ index: Int, _ input: Node, _ variant: Variant) -> [UInt8] {
    var path = Array((variant.isPIC ? Step.picFolder : Step.objectFolder).utf8)
    if variant.owner >= 0 {
      let owner = model.owners[variant.owner]
      path += (owner.kind == .host ? Array(".host/".utf8) : []) + names.bytes(owner.name)
      path.append(Byte.slash)
    }
    let source = model.sources[index]
    var mirrored = names.bytes(input.name == source.file ? source.path : input.name)
    if let rule = model.rule(of: Int32(index)), let prefix = rule.objPrefix {
      let base = (mirrored.lastIndex(of: Byte.slash) ?? -1) + 1
      mirrored.insert(contentsOf: names.bytes(prefix.text), at: base)
    }
    if mirrored.first == Byte.slash || Self.leavesTree(mirrored) {
      for piece in mirrored.split(separator: Byte.slash, omittingEmptySubsequences: false) {
        path +=
          piece.elementsEqual("..".utf8) || piece.isEmpty
          ? Array("+up".utf8) : Quoting.encoded(piece)
        path.append(Byte.slash)
      }
      path.removeLast()
    } else {
      path += Quoting.encoded(mirrored)
    }
    return path + Array(".o".utf8)
  }

  /// True if a component of `path` is `..`.
  private static func leavesTree(_ path: [UInt8]) -> Bool {
    var dots = 0
    var length = 0
    for byte in path {
      if byte == Byte.slash {
        if dots == 2 && length == 2 { return true }
        dots = 0
        length = 0
      } else {
        dots += byte == Byte.dot ? 1 : 0
        length += 1
      }
    }
    return false
  }

  /// What is compiled for source `index`: itself, or the C file that yacc or lex makes of it.
  private mutating func compiledFile(_ index: Int) -> Node {
    let source = model.sources[index]
    guard source.kind == .yacc || source.kind == .lex else { return node(of: index) }
    var stem = names.bytes(source.path)
    stem.removeLast(2)
    let c = built(Quoting.encoded(stem) + Array(".c".utf8))
    if producer(of: c) != nil { return c }
    var outputs = [c]
    if source.kind == .yacc {
      let header = built(Quoting.encoded(stem) + Array(".h".utf8))
      outputs.append(header)
      graph.beforeDep.append(header)
      includeDirectory(of: c)
    }
    var command = source.kind == .yacc ? words.normalYacc : words.normalLex
    if source.kind == .yacc {
      // Of two outputs, `$@` may be either: the C file is named.
      let named = [MakePiece.text(Array(" -o ".utf8) + names.bytes(c.name) + [Byte.space])]
      command.pieces += named + [.automatic(.source)]
    }
    addStep(
      Step(
        kind: .generate, outputs: graph.list(outputs), inputs: graph.list([node(of: index)]),
        implicit: NodeList(), waits: false, command: graph.command(command)), at: source.place)
    return c
  }

  /// Puts the directory of a generated header on the include path.
  private mutating func includeDirectory(of node: Node) {
    let path = names[node.name]
    guard let slash = path.lastIndex(of: Byte.slash) else { return }
    let directory = Array(path[..<slash])
    if !includeDirectories.contains(directory) { includeDirectories.append(directory) }
  }

  /// The command that compiles source `index`, and the nodes that the command itself asks for.
  private mutating func command(
    of index: Int, _ variant: Variant, at place: Place
  ) -> (index: Int32, needs: [Node])? {
    let source = model.sources[index]
    let owner = variant.owner < 0 ? nil : model.owners[variant.owner]
    let isHost = owner?.kind == .host
    let rule = source.rule < 0 ? nil : model.rules[Int(source.rule)]
    var needs: [Node] = []
    var text = words.compile(source.kind, isHost: isHost)
    let own = rule?.noImplicitRule ?? false ? nil : rule?.compileWith
    if let given = own ?? owner?.compileWith {
      let prepared = prepare(given)
      text = prepared.text
      needs = prepared.needs
    }
    guard var text else {
      diagnostics.error(
        place,
        "'\(self.text(source.path))' has a suffix without a rule; "
          + "say how to compile it with compile-with")
      return nil
    }
    if variant.isPIC && source.kind.isCompiled { text = text.appending(words.picFlags) }
    if rule == nil && source.module < 0 && owner == nil { return (graph.command(text), needs) }
    for flag in extraFlags(rule, source, owner) { text = text.appending(flag) }
    return (graph.command(text), needs)
  }

  /// What flags, header and nowerror add to a command.
  private func extraFlags(_ rule: Rule?, _ source: Source, _ owner: Owner?) -> [MakeText] {
    var result: [MakeText] = []
    let module = source.module < 0 ? nil : model.owners[Int(source.module)]
    let headers = (module?.headers ?? []) + (rule?.headers ?? [])
    for header in headers where model.conditions[header.condition] {
      guard let file = makeText(header) else { continue }
      result.append(MakeText(pieces: [.text(Array("-include ".utf8))] + file.pieces))
    }
    for flag in (module?.flags ?? []) + (rule?.flags ?? []) + (owner?.flags ?? [])
    where model.conditions[flag.condition] {
      if let text = makeText(flag) { result.append(text) }
    }
    if rule?.noWarningErrors ?? false {
      result.append(MakeText(pieces: [.text(Array("-Wno-error".utf8))]))
    }
    return result
  }

  // MARK: Generated files

  /// Makes the steps of every enabled `no-implicit-rule`.
  mutating func generate() {
    var doneGroups: Set<Int32> = []
    for index in model.sources.indices where model.sources[index].rule >= 0 {
      let rule = model.rules[Int(model.sources[index].rule)]
      guard rule.noImplicitRule, isEnabled(source: index) else { continue }
      var outputs = [index]
      if rule.group >= 0 {
        if !doneGroups.insert(rule.group).inserted { continue }
        outputs = model.groups[Int(rule.group)].map(Int.init)
      }
      generate(outputs, rule)
    }
  }

  private mutating func generate(_ outputs: [Int], _ rule: Rule) {
    guard let command = rule.compileWith else { return }
    let place = model.sources[outputs[0]].place
    for index in outputs where !Quoting.isPlain(names[model.sources[index].path]) {
      diagnostics.error(
        model.sources[index].place,
        "'\(text(model.sources[index].path))' is made by a command: "
          + "give it a name of letters, digits and _ . / + - , @")
    }
    var prepared = prepare(command)
    let nodes = outputs.map { node(of: $0) }
    if nodes.count > 1 {
      let first = names.bytes(nodes[0].name)
      prepared.text.pieces = prepared.text.pieces.map {
        switch $0 {
        case .automatic(.target): .text(first)
        case .automatic(.prefix): .text(Expander.stem(first))
        default: $0
        }
      }
    }
    let depends = rule.depends.flatMap { self.nodes(of: $0) }
    addStep(
      Step(
        kind: .generate, outputs: graph.list(nodes), inputs: graph.list(depends),
        implicit: graph.list(prepared.needs), waits: false,
        command: graph.command(prepared.text)), at: place)
    if rule.beforeDep { graph.beforeDep += nodes }
    collectCleaning(rule.clean, rule.nuke)
  }
}
