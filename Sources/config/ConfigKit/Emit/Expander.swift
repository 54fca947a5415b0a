// Commands, fully expanded: for Ninja, for the compile database, for the record.

/// Expands the commands of a plan.
///
/// What differs between the steps of one command comes out as a marker byte, so that the text
/// can be shared; no name or command holds these bytes.
struct Expander {
  static let target: UInt8 = 1
  static let source: UInt8 = 2
  static let sources: UInt8 = 3
  static let libraries: UInt8 = 4
  static let prefix: UInt8 = 5

  let plan: Plan
  var variables: Variables

  /// The command of `step` with markers, and whether it writes a depfile.
  ///
  /// - Parameter depflags: what `${DEPFLAGS}` stands for.
  mutating func expand(
    _ step: Step, depflags: [UInt8] = []
  ) throws(ExpansionFault) -> (text: [UInt8], writesDepfile: Bool) {
    var writesDepfile = false
    let graph = plan.graph
    let bundle = step.bundle < 0 ? nil : graph.bundles[Int(step.bundle)]
    let linker = bundle?.linker
    // A name whose meaning is another variable is expanded first: it needs the variables.
    let linkerText = try linker.map { (name) throws(ExpansionFault) in
      try variables.expand([.variable([.text(Array(name.utf8))])])
    }
    let text = try variables.expand(
      graph.commands[Int(step.command)].text.pieces,
      automatic: { automatic in
        switch automatic {
        case .target: [Self.target]
        case .source: [Self.source]
        case .sources: [Self.sources]
        case .prefix: [Self.prefix]
        }
      },
      special: { name in
        switch String(decoding: name, as: UTF8.self) {
        case "DEPFLAGS":
          writesDepfile = true
          return depflags
        case "OBJS": return [Self.sources]
        case "LIBS": return [Self.libraries]
        case "LINKER": return linkerText ?? []
        default: return nil
        }
      })
    // A launcher that is not there leaves a blank.
    return (Array(text.drop { $0 == Byte.space }), writesDepfile)
  }

  /// What `${.PREFIX}` is for `step`.
  func prefix(of step: Step) -> [UInt8] {
    Self.stem(plan.path(plan.graph.nodes[Int(step.outputs.start)]))
  }

  /// The last part of `path` without `.o` and then without its suffix.
  static func stem(_ path: [UInt8]) -> [UInt8] {
    var base = path[((path.lastIndex(of: Byte.slash) ?? -1) + 1)...]
    if base.suffix(2).elementsEqual(".o".utf8) { base = base.dropLast(2) }
    return Array(base.lastIndex(of: Byte.dot).map { base[..<$0] } ?? base)
  }

  /// `text` with its markers replaced by the files of `step`, quoted for a shell.
  func concrete(_ text: [UInt8], _ step: Step) -> [UInt8] {
    let graph = plan.graph
    func words(_ nodes: some Sequence<Node>) -> [UInt8] {
      Array(nodes.map { Quoting.shell(plan.path($0)) }.joined(separator: [Byte.space]))
    }
    var result: [UInt8] = []
    result.reserveCapacity(text.count + 64)
    for byte in text {
      switch byte {
      case Self.target: result += words(graph[step.outputs].prefix(1))
      case Self.source: result += words(graph[step.inputs].prefix(1))
      case Self.sources: result += words(graph[step.inputs])
      case Self.prefix: result += prefix(of: step)
      case Self.libraries:
        if step.bundle >= 0 { result += plan.libraryWords(graph.bundles[Int(step.bundle)]) }
      default: result.append(byte)
      }
    }
    return result
  }

  /// `text` with its markers spelled as make spells them, but for libraries, which are named: what
  /// commands that differ in their files alone have in common.
  func shape(_ text: [UInt8], _ step: Step) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count + 16)
    for byte in text {
      switch byte {
      case Self.target: result += "$@".utf8
      case Self.source: result += "$<".utf8
      case Self.sources: result += "$^".utf8
      case Self.prefix: result += "$*".utf8
      case Self.libraries:
        if step.bundle >= 0 { result += plan.libraryWords(plan.graph.bundles[Int(step.bundle)]) }
      case Byte.newline: result.append(Byte.space)
      default: result.append(byte)
      }
    }
    return result
  }
}
