// build.ninja: the same graph in Ninja's words.
//
// Ninja records commands and compares them itself, so there is no flags stamp; variables are
// expanded when the file is made.  Steps that share a command share a rule.  Swift's depfiles
// name absolute paths, which Ninja would take for other files: config rewrites them.

import Sys9

/// Prints a plan as a Ninja file.
struct NinjaEmitter {
  /// Bytes of arguments beyond which they go through a response file: `sh -c` takes its command
  /// as one argument, which Linux limits to 128 KiB.
  static let argumentsMax = 100_000

  let plan: Plan
  let out: OutputFile
  var expander: Expander
  private var ruleOf: [[UInt8]: Int] = [:]

  /// Where the build directory lies from the directory beside it where Ninja runs, `../NAME`;
  /// empty if Ninja runs in the build directory itself.
  private let sibling: [UInt8]
  /// What the names of rules begin with.
  private let rulePrefix: String
  /// The steps that are made for all variants of a matrix, elsewhere.
  var madeOnce = MadeOnce()

  init(
    plan: Plan, out: OutputFile, expander: Expander, sibling: [UInt8] = [],
    rulePrefix: String = "r"
  ) {
    self.sibling = sibling
    self.rulePrefix = rulePrefix
    self.plan = plan
    self.out = out
    self.expander = expander
  }

  /// Prints the whole file.
  mutating func emit(_ diagnostics: Diagnostics) throws(SystemError) {
    out.put("# Made by config from the configuration ")
    out.put(text: plan.ident)
    out.put("; edits here are lost.\n")
    if sibling.isEmpty {
      out.put("ninja_required_version = 1.7\nbuilddir = o\n\n")
      emitRegeneration()
    }
    if !madeOnce.order.isEmpty {
      out.put("rule made\n  command = cmp -s $in $out || { rm -f $out && cp $in $out; }\n")
      out.put("  restat = 1\n")
    }
    if try !emit(plan.graph.steps.indices, diagnostics) { return }
    out.put("\n")
    if !plan.graph.beforeDep.isEmpty { phony("o/.before", plan.graph.beforeDep) }
    phony("all", plan.graph.goals)
    if !sibling.isEmpty { return }
    phony("depend", plan.graph.beforeDep)
    emitCleaning()
    emitInstalling()
    out.put("default all\n")
  }

  /// Prints steps, or copies of what they make elsewhere; false if one cannot be printed.
  private mutating func emit(
    _ steps: some Sequence<Int>, _ diagnostics: Diagnostics
  ) throws(SystemError) -> Bool {
    for index in steps {
      let step = plan.graph.steps[index]
      if let folder = madeOnce.folders[index] {
        for output in plan.graph[step.outputs] {
          out.put("build ")
          put(output)
          out.put(": made ../\(folder)/".utf8)
          plan.names.append(output.name, to: &out.bytes)
          out.put("\n")
        }
        continue
      }
      do {
        try emit(step)
      } catch let fault as ExpansionFault {
        diagnostics.error(.none, fault.text)
        return false
      } catch let error as SystemError {
        throw error
      } catch {
        preconditionFailure("no other error is thrown")
      }
      try out.spill()
    }
    return true
  }

  /// Prints what is made once for all variants, each directory behind a line with its name.
  static func emitMadeOnce(
    _ made: MadeOnce, _ plan: Plan, _ expander: Expander, _ out: OutputFile,
    _ diagnostics: Diagnostics
  ) throws(SystemError) {
    for folder in made.order {
      out.put("# \(folder)\n".utf8)
      var emitter = NinjaEmitter(
        plan: plan, out: out, expander: expander, sibling: Array("../\(folder)".utf8),
        rulePrefix: "\(folder).")
      let steps = made.folders.filter { $0.value == folder }.keys.sorted()
      if try !emitter.emit(steps, diagnostics) { return }
    }
  }

  private func emitRegeneration() {
    out.put(
      """
      rule regenerate
        command = ./.configtool --regenerate
        description = config
        generator = 1
        restat = 1
        pool = console

      build build.ninja .config.log: regenerate |
      """)
    for input in plan.regenerateInputs {
      out.put(" $\n  ")
      out.put(Quoting.ninja(input))
    }
    out.put("\n")
    for input in plan.regenerateInputs {
      out.put("build ")
      out.put(Quoting.ninja(input))
      out.put(": phony\n")
    }
    out.put("\n")
  }

  /// `install` and `uninstall`: the environment of Ninja counts, then the configuration.
  private func emitInstalling() {
    if plan.graph.installations.isEmpty { return }
    var own = expander
    func value(_ name: String) -> [UInt8] {
      (try? own.variables.expand([.variable([.text(Array(name.utf8))])])) ?? []
    }
    var settings: [UInt8] = []
    for name in ["DESTDIR", "PREFIX", "INSTALL"] {
      let shown = value(name).filter { !"'\"`\\$}".utf8.contains($0) }
      settings += "\(name)=\"$${\(name)-".utf8 + shown + "}\" ".utf8
    }
    for name in ["install", "uninstall"] {
      out.put("rule \(name)\n  command = ".utf8)
      out.put(settings)
      out.put("sh o/.\(name)\n  pool = console\nbuild \(name): \(name)".utf8)
      if name == "install" {
        out.put(" |")
        for node in InstallScript.prerequisites(plan.graph) {
          out.put(" ")
          put(node)
        }
      }
      out.put("\n\n")
    }
  }

  private func emitCleaning() {
    for (target, words) in [
      ("clean", plan.graph.clean), ("nuke", plan.graph.nuke + plan.graph.clean),
    ] {
      var command: [UInt8] = []
      var own = expander
      let removed = words.compactMap { try? own.variables.expand($0.pieces) }
      if !removed.isEmpty {
        command +=
          Array("rm -rf ".utf8) + Array(removed.joined(separator: [Byte.space]))
          + Array(" && ".utf8)
      }
      out.put("rule \(target)\n  command = ".utf8)
      out.put(Quoting.ninjaCommand(command))
      out.put("./.configtool --\(target)\n  pool = console\nbuild \(target): \(target)\n\n".utf8)
    }
  }

  private func phony(_ name: String, _ nodes: some Sequence<Node>) {
    out.put("build ")
    putPrefix()
    out.put("\(name): phony".utf8)
    for node in nodes {
      out.put(" ")
      put(node)
    }
    out.put("\n")
  }

  /// `../NAME/`, where Ninja runs beside the build directory.
  private func putPrefix() {
    if sibling.isEmpty { return }
    out.put(sibling)
    out.put("/")
  }

  private func put(_ node: Node) {
    if !node.isInTree {
      if plan.names[node.name].first != Byte.slash { putPrefix() }
      plan.names.append(node.name, to: &out.bytes)
    } else if plan.isPlain(node) {
      out.put(plan.root)
      out.put("/")
      plan.names.append(node.name, to: &out.bytes)
    } else {
      out.put(Quoting.ninja(plan.path(node)))
    }
  }

  // MARK: Steps

  private mutating func emit(_ step: Step) throws {
    let graph = plan.graph
    let rule = try rule(of: step)
    out.put("build")
    for output in graph[step.outputs] {
      out.put(" ")
      put(output)
    }
    out.put(": ")
    out.put(text: rulePrefix)
    out.put(text: String(rule))
    for input in graph[step.inputs] {
      out.put(" ")
      put(input)
    }
    if step.implicit.count > 0 {
      out.put(" |")
      for input in graph[step.implicit] {
        out.put(" ")
        put(input)
      }
    }
    if step.waits && !graph.beforeDep.isEmpty {
      out.put(" || ")
      putPrefix()
      out.put("o/.before")
    }
    out.put("\n")
    if prefixRules.contains(rule) {
      out.put("  prefix = ")
      out.put(expander.prefix(of: step))
      out.put("\n")
    }
    guard step.kind.isLinked else { return }
    let words = plan.libraryWords(graph.bundles[Int(step.bundle)])
    if !words.isEmpty {
      out.put("  libs = ")
      out.put(Quoting.ninjaCommand(words))
      out.put("\n")
    }
  }

  /// The number of the rule for the command of `step`, printed when it is new.
  private mutating func rule(of step: Step) throws(ExpansionFault) -> Int {
    let isAwkward = readsAwkwardName(step)
    let key = step.command * 2 + (isAwkward ? 1 : 0)
    if step.kind == .compile, let known = compileRules[key] { return known }
    let graph = plan.graph
    var (command, writesDepfile) = try expander.expand(
      step, depflags: "-MD -MF ".utf8 + [Expander.target] + ".d".utf8)
    var text: [UInt8] = []
    if !sibling.isEmpty { text += "cd ".utf8 + sibling + " && ".utf8 }
    if step.kind == .archive { text += "rm -f $out && ".utf8 }
    let isLong = argumentSize(step) > Self.argumentsMax
    for byte in command {
      switch byte {
      case Expander.target:
        text +=
          graph[step.outputs].count == 1 ? Array("$out".utf8) : shell(graph[step.outputs].prefix(1))
      case Expander.source:
        text += step.inputs.count == 1 ? Array("$in".utf8) : shell(graph[step.inputs].prefix(1))
      case Expander.sources: text += isLong ? Array("@$out.rsp".utf8) : Array("$in".utf8)
      case Expander.libraries: text += Array("$libs".utf8)
      case Expander.prefix: text += Array("$prefix".utf8)
      case Byte.dollar: text += [Byte.dollar, Byte.dollar]
      default: text.append(byte)
      }
    }
    let depfile = graph.commands[Int(step.command)].depfile
    let tool = "./.configtool " + (sibling.isEmpty ? "--depfile" : "--sibling")
    let rewriting = " && \(tool) ".utf8 + sibling + (sibling.isEmpty ? [] : [Byte.space])
    if writesDepfile && (isAwkward || !sibling.isEmpty) { text += rewriting + "$out.d".utf8 }
    if !depfile.isEmpty { text += rewriting + depfile.utf8 }
    if isLong { text += "\n  rspfile = $out.rsp\n  rspfile_content = $in".utf8 }
    if writesDepfile {
      text += "\n  depfile = $out.d\n  deps = gcc".utf8
    } else if !depfile.isEmpty {
      let folder = sibling.isEmpty ? [] : sibling + [Byte.slash]
      text += "\n  depfile = ".utf8 + folder + "\(depfile)\n  deps = gcc".utf8
    }
    if step.kind.keepsEqualOutput { text += "\n  restat = 1".utf8 }
    let usesPrefix = command.contains(Expander.prefix)
    command = text
    if let known = ruleOf[command] { return known }
    let number = ruleOf.count
    ruleOf[command] = number
    if step.kind == .compile { compileRules[key] = number }
    if usesPrefix { prefixRules.insert(number) }
    out.put("rule \(rulePrefix)\(number)\n  command = ".utf8 + command + "\n".utf8)
    return number
  }

  /// Rules by twice the command's number, plus one for sources with awkward names.
  private var compileRules: [Int32: Int] = [:]
  /// Rules whose commands hold `$prefix`.
  private var prefixRules: Set<Int> = []

  /// True if the name of the source is one that Ninja would not find in a depfile.
  private func readsAwkwardName(_ step: Step) -> Bool {
    guard step.kind == .compile, step.inputs.count > 0 else { return false }
    return !plan.isPlain(plan.graph.nodes[Int(step.inputs.start)])
  }

  private func shell(_ nodes: ArraySlice<Node>) -> [UInt8] {
    Quoting.ninjaCommand(nodes.map { Quoting.shell(plan.path($0)) }.joined(separator: [Byte.space]))
  }

  private func argumentSize(_ step: Step) -> Int {
    if step.inputs.count < 500 { return 0 }
    return plan.graph[step.inputs].reduce(0) { $0 + plan.names.size($1.name) + plan.root.count + 2 }
  }
}

extension ExpansionFault {
  /// The fault in words.
  var text: String {
    func shown(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    return switch self {
    case .undefined(let name): "'\(shown(name))' is undefined"
    case .recursive(let name): "variable '\(shown(name))' refers to itself"
    case .endless(let name): "variable '\(shown(name))' expands without end, or nearly so"
    case .foreign(let bytes, let dialect):
      "'\(shown(bytes))' is understood by \(dialect.title) alone; "
        + "generate for it alone, or say it without"
    case .malformed(let text): text
    }
  }
}
