// What all back ends print from: the graph and the facts around it.

/// Everything that an emitter needs, and nothing that it could change.
struct Plan {
  let names: Names
  let graph: Graph
  let ident: String
  let os: String
  let arch: String
  /// The toolchain's name, nil for the compilers of the machine.
  let toolchain: String?
  /// The source tree seen from the build directory, without a slash at the end.
  let root: [UInt8]
  let template: Template
  /// The makeoptions, in order, with what config adds to them.
  let makeOptions: [Assignment]
  /// Files and directories whose change regenerates, seen from the build directory.
  let regenerateInputs: [[UInt8]]
  /// Variables that commands use, sorted: what the environment or make's command line may change.
  let usedVariables: [[UInt8]]

  /// The path of `node` seen from the build directory, as it is.
  func path(_ node: Node) -> [UInt8] {
    let name = names[node.name]
    if !node.isInTree || name.first == Byte.slash { return Array(name) }
    return root + [Byte.slash] + name
  }

  /// True if every reader takes the name of `node` as it is.
  func isPlain(_ node: Node) -> Bool { !node.isInTree || Quoting.isPlain(names[node.name]) }

  /// The plain name of a link to `node`, for makes that cannot take the name itself.
  func link(_ node: Node) -> [UInt8] {
    Array("o/.ln/".utf8) + Quoting.flattened(names[node.name])
  }

  /// The name of an input of the description as a target or prerequisite of make.
  func makeName(input path: [UInt8]) -> [UInt8] {
    Quoting.isPlain(path) ? path : Array("o/.ln/".utf8) + Quoting.flattened(path)
  }

  /// The name of `node` as a target or prerequisite of make.
  func makeName(_ node: Node) -> [UInt8] { isPlain(node) ? path(node) : link(node) }

  /// The file that make takes for the output of a step that may leave it untouched.
  func stamp(_ node: Node) -> [UInt8] { path(node) + Array(".stamp".utf8) }

  /// The sources whose names need a link, each once, in order.
  var linkedNodes: [Node] {
    var seen: Set<Node> = []
    var result: [Node] = []
    for step in graph.steps {
      for node in Array(graph[step.inputs]) + Array(graph[step.implicit])
      where !isPlain(node) && seen.insert(node).inserted {
        result.append(node)
      }
    }
    return result
  }

  /// The words of a bundle's `LIBS`.
  ///
  /// - Parameter dollar: how a dollar sign is written there.
  func libraryWords(_ bundle: Bundle, dollar: String = "$") -> [UInt8] {
    let archives = graph[bundle.libraries].map { Quoting.shell(path($0)) }
    let rpaths = bundle.rpaths.map { path in
      Array("-Xlinker -rpath -Xlinker '\(path.replacing("$", with: dollar))'".utf8)
    }
    return Array((archives + rpaths + bundle.systemLibraries).joined(separator: [Byte.space]))
  }
}
