// Makefiles: theory of operation.
//
// Problem.  A makefile that starts in the time of Ninja, rebuilds exactly what a change reaches,
// and notices changed flags, which make does not.
//
// Shape.  No suffix rules and no built-in ones; plain lists; compile rules that share a command
// are one rule; dependencies come from one merged `.depend`.  What can change between two runs of
// make (its command line, the environment) is compared in the stamp `o/.flags`, on which
// every step depends; what the description says is compared by config itself, which removes the
// outputs whose commands changed when it regenerates.
//
//     .config.log   remade by config when an input of the description changed
//     Makefile      follows .config.log; make reads itself again if it changed
//     o/.flags      touched when CFLAGS= on the command line, DEBUG or such differ
//     o/.d/*.d      depfiles of the last build, merged into .depend before the next
//
// Invariants.
//   K1  The first prerequisite of every rule is the source, for `$<`.
//   K2  Recipes of compilations hold no shell syntax: make runs them without a shell.
//   K3  Both makes get the same rules; they differ in spelling alone (the +GNU and +BSD files).

import Sys9

/// Prints a plan as a makefile.
struct MakeEmitter {
  let plan: Plan
  let dialect: Dialect
  let out: OutputFile

  var names: Names { plan.names }
  var graph: Graph { plan.graph }

  /// Prints the whole makefile.
  func emit() throws(SystemError) {
    for line in plan.template.lines {
      switch line {
      case .verbatim(let bytes):
        out.put(bytes)
        out.put("\n")
      case .assignments(let file, let lines):
        out.put("\n# conf/")
        out.put(text: file)
        out.put("\n")
        for line in lines { try assignmentLine(line) }
      case .section(let section): try emit(section)
      }
      try out.spill()
    }
  }

  /// A line of an included makefile, with `$<` and its kin spelled for this make.
  private func assignmentLine(_ line: [UInt8]) throws(SystemError) {
    if line.first == Byte.hash || line.isEmpty {
      out.put(line)
      out.put("\n")
    } else if let assignment = Assignment(line: line[...]) {
      try put(assignment)
    }
  }

  /// `NAME = VALUE`.
  func put(_ assignment: Assignment) throws(SystemError) {
    out.put(assignment.name)
    out.put(" ")
    out.put(text: assignment.operation.rawValue)
    out.put(" ")
    if let text = try? MakeText(parsing: assignment.value) {  // checked when it was read
      out.put(Self.assigned(text.print(dialect)))
    } else {
      out.put(Self.assigned(assignment.value))
    }
    out.put("\n")
    try out.spill()
  }

  /// `value` for the right side of an assignment, where `#` begins a comment.
  static func assigned(_ value: [UInt8]) -> [UInt8] {
    value.flatMap { $0 == Byte.hash ? [Byte.backslash, $0] : [$0] }
  }

  private func emit(_ section: TemplateLine.Section) throws(SystemError) {
    switch section {
    case .preamble: try preamble()
    case .makeOptions:
      let origin = plan.toolchain.map { "toolchain \($0) and the " } ?? ""
      out.put("\n# From the \(origin)configuration.\n".utf8)
      for assignment in plan.makeOptions { try put(assignment) }
    case .beforeDep:
      if !graph.beforeDep.isEmpty { try variable("BEFORE_DEP", graph.beforeDep) }
    case .objects:
      try variable(
        "OBJECTS", graph.steps.filter { $0.kind == .compile }.flatMap { graph[$0.outputs] })
    case .files(let suffix):
      let wanted = Array(".\(suffix)".utf8)
      let inputs = graph.steps.flatMap { graph[$0.inputs] }.filter {
        $0.isInTree && names[$0.name].suffix(wanted.count).elementsEqual(wanted)
      }
      try variable("FILES.\(suffix)", inputs)
    case .libraries: try bundles(isProgram: false)
    case .programs: try bundles(isProgram: true)
    case .rules: try rules()
    case .clean: cleaning("clean", "CLEAN", graph.clean)
    case .nuke:
      cleaning("nuke", "NUKE", graph.nuke)
      installing()
    }
  }

  // MARK: Parts of both makes

  private func preamble() throws(SystemError) {
    out.put("# Made by config from the configuration ")
    out.put(text: plan.ident)
    out.put("; edits here are lost.\n")
    switch dialect {
    case .gnu: try gnuPreamble()
    case .bsd: bsdPreamble()
    }
    out.put("\nIDENT = \(plan.ident)\nOS = \(plan.os)\nARCH = \(plan.arch)\nS = ".utf8)
    out.put(plan.root)
    out.put("\n")
  }

  /// `NAME = node node ...`, a node a line.
  func variable(_ name: String, _ nodes: some Sequence<Node>) throws(SystemError) {
    out.put(text: name)
    out.put(" =")
    for node in nodes {
      out.put(" \\\n ")
      put(node)
      try out.spill()
    }
    out.put("\n")
  }

  /// The name of `node` as make knows it.
  @inline(__always)
  func put(_ node: Node) {
    if !node.isInTree {
      names.append(node.name, to: &out.bytes)
    } else {
      out.put(plan.makeName(node))
    }
  }

  private func put(_ nodes: some Sequence<Node>) {
    for node in nodes {
      out.put(" ")
      put(node)
    }
  }

  private func rules() throws(SystemError) {
    out.put("\nall:")
    for goal in graph.goals {
      out.put(" \\\n ")
      put(goal)
      try out.spill()
    }
    out.put("\n.PHONY: all clean nuke depend\ndepend:")
    put(graph.beforeDep)
    out.put("\n\t./.configtool --merge\n")
    switch dialect {
    case .gnu: try gnuState()
    case .bsd: bsdState()
    }
    try compilations()
    for step in graph.steps where step.bundle < 0 {
      if !step.isMirrored { try rule(step) }
    }
  }

  /// The compilations that share commands: one list and one rule each command.
  private func compilations() throws(SystemError) {
    var shared: [Int32: [Node]] = [:]
    var order: [Int32] = []
    let pic = Array(Step.picFolder.utf8)
    for step in graph.steps where step.isMirrored {
      let isPIC = names[graph.nodes[Int(step.outputs.start)].name].starts(with: pic)
      let key = step.command * 4 + (isPIC ? 2 : 0) + (step.waits ? 1 : 0)
      if shared[key] == nil { order.append(key) }
      shared[key, default: []].append(graph.nodes[Int(step.outputs.start)])
    }
    for (number, key) in order.enumerated() {
      let objects = shared[key] ?? []
      let folder = key & 2 == 2 ? Step.picFolder : Step.objectFolder
      out.put("\n")
      try variable("OBJS_\(number)", objects)
      switch dialect {
      case .gnu: out.put("$(OBJS_\(number)): \(folder)%.o: ".utf8 + plan.root + "/% o/.flags".utf8)
      case .bsd:
        for object in objects {
          names.append(object.name, to: &out.bytes)
          out.put(": ")
          out.put(plan.root)
          out.put("/")
          out.put(names[object.name].dropFirst(folder.utf8.count).dropLast(2))
          out.put("\n")
          try out.spill()
        }
        out.put("${OBJS_\(number)}: o/.flags".utf8)
      }
      if key & 1 == 1 { waiting() }
      out.put("\n\t")
      let text = graph.commands[Int(key / 4)].text
      out.put(naming(text, sources: [.automatic(.source)]).print(dialect))
      out.put("\n")
    }
  }

  /// What orders a step behind `before-dep`.
  private func waiting() {
    if graph.beforeDep.isEmpty { return }
    switch dialect {
    case .gnu: out.put(" | $(BEFORE_DEP)")
    case .bsd: out.put(" o/.before")
    }
  }

  /// One step as a rule of its own.
  private func rule(_ step: Step) throws(SystemError) {
    out.put("\n")
    nameSource(step)
    let outputs = Array(graph[step.outputs])
    let needsStamp = step.kind.keepsEqualOutput || (outputs.count > 1 && dialect == .bsd)
    if needsStamp {
      let stamp = plan.stamp(outputs[0])
      for output in outputs {
        put(output)
        out.put(": ")
        out.put(stamp)
        out.put("\n\t@:\n")
      }
      out.put(stamp)
    } else {
      for (index, output) in outputs.enumerated() {
        if index > 0 { out.put(" ") }
        put(output)
      }
      if outputs.count > 1 { out.put(" &") }
    }
    out.put(":")
    put(graph[step.inputs])
    put(graph[step.implicit])
    out.put(" o/.flags")
    if step.waits { waiting() }
    out.put("\n\t")
    out.put(recipe(step))
    out.put(needsStamp ? "\n\t@touch $@\n" : "\n")
    try out.spill()
  }

  /// The command of `step`; awkward names are put into it with their quotes.
  private func recipe(_ step: Step) -> [UInt8] {
    var text = graph.commands[Int(step.command)].text
    let inputs = Array(graph[step.inputs])
    let list = inputs.map { Quoting.shell(plan.path($0)) }.joined(separator: [Byte.space])
    text = naming(
      text, sources: step.kind == .compile ? [.automatic(.source)] : [.text(Array(list))])
    guard let first = inputs.first, inputs.contains(where: { !plan.isPlain($0) }) else {
      return text.print(dialect)
    }
    if isSubstituted(step) {
      let output = plan.path(graph.nodes[Int(step.outputs.start)])
      return substituting(text.print(dialect), link: plan.link(first), output: output)
    }
    var direct = text
    direct.pieces = text.pieces.map { piece in
      switch piece {
      case .automatic(.source): .text(Quoting.shell(plan.path(first)))
      default: piece
      }
    }
    return direct.print(dialect)
  }

  /// `text` with `sources` for `$^`, which to make is all prerequisites, stamps and headers too.
  private func naming(_ text: MakeText, sources: [MakePiece]) -> MakeText {
    MakeText(pieces: text.pieces.flatMap { $0 == .automatic(.sources) ? sources : [$0] })
  }

  /// A command in which make's name for an awkward source gives way to the real one, which lies
  /// quoted in the variable SOURCE.OUTPUT: values of variables need no further escapes.
  private func substituting(_ command: [UInt8], link: [UInt8], output: [UInt8]) -> [UInt8] {
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    let result: String
    switch dialect {
    case .gnu: result = "$(subst \(text(link)),$(SOURCE.\(text(output))),\(text(command)))"
    case .bsd:
      let escaped = text(command.flatMap { $0 == Byte.colon ? [Byte.backslash, $0] : [$0] })
      result = "${:U\(escaped):S|\(text(link))|${SOURCE.\(text(output))}|gW}"
    }
    return Array(result.utf8)
  }

  /// `SOURCE.OUTPUT = 'the real name'`, for a step whose source make knows by a link.
  private func nameSource(_ step: Step) {
    guard let first = graph[step.inputs].first, !plan.isPlain(first), isSubstituted(step) else {
      return
    }
    let path = Quoting.shell(plan.path(first)).flatMap { $0 == Byte.dollar ? [$0, $0] : [$0] }
    out.put("SOURCE.".utf8 + plan.path(graph.nodes[Int(step.outputs.start)]) + " = ".utf8)
    out.put(Self.assigned(path))
    out.put("\n")
  }

  /// True for commands whose `$<` hides in a variable, such as `${NORMAL_C}`.
  private func isSubstituted(_ step: Step) -> Bool {
    step.kind == .compile || graph.commands[Int(step.command)].text.pieces.count == 1
  }

  /// Libraries or programs: their lists and their rules.
  private func bundles(isProgram: Bool) throws(SystemError) {
    for step in graph.steps where step.bundle >= 0 && (step.kind == .link) == isProgram {
      let bundle = graph.bundles[Int(step.bundle)]
      let output = String(decoding: plan.path(bundle.output), as: UTF8.self)
      out.put("\n")
      try variable("OBJS.\(output)", graph[bundle.objects])
      if step.kind.isLinked {
        out.put("LIBS.\(output) = ".utf8 + plan.libraryWords(bundle, dollar: "$$") + "\n".utf8)
        out.put(
          dialect == .gnu
            ? "LINKER.\(output) = $(\(bundle.linker))\n".utf8
            : "LINKER.\(output) = ${\(bundle.linker)}\n".utf8)
      }
      out.put("\(output): ${OBJS.\(output)}".utf8)
      put(graph[step.implicit])
      out.put(" o/.flags\n")
      // Built aside, and put in its place when it is whole: `ar` begins with an empty one.
      if step.kind == .archive { out.put("\trm -f $@ $@.new\n") }
      out.put("\t")
      let text = graph.commands[Int(step.command)].text
      out.put(naming(text, sources: [.variable([.text(Array("OBJS".utf8))])]).print(dialect))
      out.put("\n")
      try out.spill()
    }
  }

  /// `install` and `uninstall`: scripts, with what make knows in their environment.
  private func installing() {
    if graph.installations.isEmpty { return }
    out.put("\ninstall:")
    put(InstallScript.prerequisites(graph))
    for name in ["install", "uninstall"] {
      if name == "uninstall" { out.put("\nuninstall:\n") } else { out.put("\n") }
      out.put("\t@DESTDIR='${DESTDIR}' PREFIX='${PREFIX}' INSTALL='${INSTALL}'")
      out.put(" sh o/.\(name)\n".utf8)
    }
    out.put(".PHONY: install uninstall\n")
  }

  private func cleaning(_ target: String, _ name: String, _ words: [MakeText]) {
    out.put("\n\(name) =".utf8)
    for word in words {
      out.put(" ")
      out.put(word.print(dialect))
    }
    out.put("\n\(target):\n".utf8)
    if !words.isEmpty { out.put("\trm -rf ${\(name)}\n".utf8) }
    if target == "nuke" && !graph.clean.isEmpty { out.put("\trm -rf ${CLEAN}\n") }
    out.put("\t./.configtool --\(target)\n".utf8)
  }
}
