// compile_commands.json: every compilation, C and Swift, as clangd and sourcekit-lsp read it.
// See https://clang.llvm.org/docs/JSONCompilationDatabase.html.

import Sys9

/// Prints the compile database of a plan.
struct CompileDatabase {
  let plan: Plan
  /// The absolute path of the build directory: this file alone depends on where it lies.
  let directory: [UInt8]
  var expander: Expander
  /// The parts of each command between the names of its files, escaped once.
  private var texts: [Int32: [Part]] = [:]
  private var lastCommand: Int32 = -1
  private var lastParts: [Part] = []

  private enum Part {
    case text([UInt8])
    case target
    case source, prefix
  }

  init(plan: Plan, directory: [UInt8], expander: Expander) {
    self.plan = plan
    self.directory = directory
    self.expander = expander
  }

  /// Prints all entries to `out`.
  mutating func emit(_ out: OutputFile) throws(SystemError) {
    var head = Array("{\"directory\": \"".utf8)
    Quoting.appendJSON(directory, to: &head)
    head += "\", \"file\": \"".utf8
    var separator = Array("[\n".utf8)
    for step in plan.graph.steps where step.kind == .compile {
      out.put(separator)
      separator = Array(",\n".utf8)
      entry(step, file: plan.graph.nodes[Int(step.inputs.start)], head, out)
      try out.spill()
    }
    for unit in plan.graph.swiftUnits {
      for source in plan.graph[unit.sources] {
        out.put(separator)
        separator = Array(",\n".utf8)
        entry(plan.graph.steps[Int(unit.step)], file: source, head, out)
        try out.spill()
      }
    }
    out.put(separator.first == UInt8(ascii: "[") ? "[]\n" : "\n]\n")
  }

  private mutating func entry(_ step: Step, file: Node, _ head: [UInt8], _ out: OutputFile) {
    out.put(head)
    putPath(file, out)
    out.put("\", \"output\": \"")
    putPath(plan.graph.nodes[Int(step.outputs.start)], out)
    out.put("\", \"command\": \"")
    for part in parts(of: step) {
      switch part {
      case .text(let text): out.put(text)
      case .target: putWord(plan.graph.nodes[Int(step.outputs.start)], out)
      case .source: putWord(plan.graph.nodes[Int(step.inputs.start)], out)
      case .prefix: out.put(expander.prefix(of: step))
      }
    }
    out.put("\"}")
  }

  /// The command of `step`, divided at the names of its files.
  private mutating func parts(of step: Step) -> [Part] {
    if step.command == lastCommand { return lastParts }
    let parts = texts[step.command] ?? divided(step)
    texts[step.command] = parts
    lastCommand = step.command
    lastParts = parts
    return parts
  }

  private mutating func divided(_ step: Step) -> [Part] {
    let text = (try? expander.expand(step))?.text ?? []  // faults were reported with the record
    var parts: [Part] = []
    var plain: [UInt8] = []
    for byte in text {
      let part: Part
      switch byte {
      case Expander.target: part = .target
      case Expander.source, Expander.sources: part = .source
      case Expander.prefix: part = .prefix
      case Expander.libraries: continue
      default:
        Quoting.appendJSON([byte], to: &plain)
        continue
      }
      parts += [.text(plain), part]
      plain = []
    }
    return parts + [.text(plain)]
  }

  private func putPath(_ node: Node, _ out: OutputFile) {
    if plan.isPlain(node) {
      if node.isInTree && plan.names[node.name].first != Byte.slash {
        out.put(plan.root)
        out.put("/")
      }
      plan.names.append(node.name, to: &out.bytes)
    } else {
      Quoting.appendJSON(plan.path(node), to: &out.bytes)
    }
  }

  private func putWord(_ node: Node, _ out: OutputFile) {
    if plan.isPlain(node) {
      putPath(node, out)
    } else {
      Quoting.appendJSON(Quoting.shell(plan.path(node)), to: &out.bytes)
    }
  }
}
