// Writing the build directory: outputs, links, what is stale, and the record.

import Glibc
import Sys9
import SystemPackage

/// The build directory of one run.
struct BuildDirectory {
  private let request: Request
  private let machine: Machine
  private let names: Names
  private let diagnostics: Diagnostics
  private let reading: Generator.Reading
  private let resolution: Generator.Resolution
  private let vantage: Vantage
  /// The first word of what stands before compilers, and how many words that are.
  private var launcher: [UInt8] = []
  private var launcherCount = 0
  /// The shape of each command, by its hash: so that a later run can say which word differs.
  private var texts: [UInt64: [UInt8]] = [:]
  /// The steps that a matrix makes once for all its variants.
  private var madeOnce = MadeOnce()

  /// Knows the directory, whether or not it exists yet; touches nothing.
  init(
    _ generator: Generator, _ reading: Generator.Reading, _ resolution: Generator.Resolution
  ) throws(SystemError) {
    request = generator.request
    machine = generator.machine
    names = generator.names
    diagnostics = generator.diagnostics
    self.reading = reading
    self.resolution = resolution
    vantage = Vantage(
      directory: try Self.real(reading.buildDirectory), tree: reading.location.root)
  }

  /// The absolute path, without links, that `path` has or will have once it is made.
  private static func real(_ path: FilePath) throws(SystemError) -> FilePath {
    if try Files.status(path) != nil { return try Files.real(path) }
    let above = path.removingLastComponent()
    guard let last = path.lastComponent, last.string != "..", above != path else {
      return try Files.real(path)
    }
    return try real(above.isEmpty ? "." : above).appending(last)
  }

  private var directory: FilePath { vantage.directory }

  /// Makes `path`; that something else has its name is an error with a cure.
  private static func make(_ path: FilePath) throws(SystemError) {
    do {
      try Files.makeDirectories(path)
    } catch {
      if error.errno == ENOTDIR || error.errno == EEXIST {
        throw SystemError(
          call: "make a directory of", errno: EEXIST,
          subject: "\(obstacle(to: path))', choose another build directory with '-d")
      }
      throw error
    }
  }

  /// What stands in the way of the directory `path`: the file that has the name of one above it.
  private static func obstacle(to path: FilePath) -> FilePath {
    var place = path
    while !place.isEmpty && place.lastComponent != nil {
      if ((try? Files.status(place)) ?? nil) != nil { return place }
      place.removeLastComponent()
    }
    return path
  }

  /// Writes everything; returns the names of the outputs that changed.
  mutating func write() throws(SystemError) -> [String] {
    guard let me = ProcessIdentity(getpid()) else { return [] }
    var (commands, expander) = try decide()
    if diagnostics.failed { return [] }
    try Self.make(reading.buildDirectory)
    let lock = try BuildLock(directory, for: me, tell: machine.tell)
    defer { lock.release(me) }
    try vantage.linkTree()
    let plan = plan(usedVariables: usedVariables(expander))
    expander = Expander(plan: plan, variables: expander.variables)
    if request.backEnds.contains(.matrix) { madeOnce = shared(plan, commands, expander) }
    let outputs = OutputSet(directory)
    // From the first temporary file on: a signal waits until all have taken their places.
    Interrupts.block()
    defer { Interrupts.unblock() }
    do throws(SystemError) {
      try makeFolders(plan)
      try produce(outputs, plan, expander)
      if diagnostics.failed {
        outputs.abandon()
        return []
      }
      let changed = outputs.names.filter(\.isChanged).map(\.name)
      try resolution.probing.keep()
      let replaced = try removeStale(commands)
      try outputs.commit()
      try makeLinks(plan)
      try writeRecord(outputs, plan, commands, expander, replaced)
      return changed
    } catch {
      outputs.abandon()
      throw error
    }
  }

  /// The hash of each step's command, and what expands commands.
  private mutating func decide() throws(SystemError) -> ([UInt64], Expander) {
    var expander = Expander(plan: plan(usedVariables: []), variables: expansionVariables())
    if let program = machine.program { tools.add(program: program) }
    excludeOwnPrograms()
    return (try hashes(&expander), expander)
  }

  // MARK: Plan

  private func plan(usedVariables: [[UInt8]]) -> Plan {
    Plan(
      names: names, graph: resolution.graph, ident: reading.ident, os: reading.location.os,
      arch: reading.arch, toolchain: reading.toolchain?.name, root: vantage.root,
      template: resolution.template,
      makeOptions: resolution.makeOptions,
      regenerateInputs: usedVariables.isEmpty ? [] : regenerateInputs(),
      usedVariables: usedVariables)
  }

  /// The variables of the makefiles with the tree's real place.
  private func expansionVariables() -> Variables {
    var variables = Variables(environment: machine.environment)
    variables.define(
      root: vantage.root, ident: reading.ident, os: reading.location.os, arch: reading.arch)
    for assignment in resolution.assignments {
      try? variables.assign(assignment)  // each was parsed and reported before
    }
    return variables
  }

  private func usedVariables(_ expander: Expander) -> [[UInt8]] {
    let own: Set<[UInt8]> = Set(["IDENT", "OS", "ARCH", "S"].map { Array($0.utf8) })
    // Where things are installed concerns no object, unless a command says so.
    let places: Set<[UInt8]> = Set(["PREFIX", "DESTDIR", "INSTALL"].map { Array($0.utf8) })
    let assigned = Set(resolution.assignments.map(\.name)).subtracting(places)
    return expander.variables.usedNames.union(assigned).subtracting(own).sorted {
      $0.lexicographicallyPrecedes($1)
    }
  }

  private var sourceDirectories: [FilePath] {
    resolution.listedDirectories.map { name in
      FilePath(String(decoding: vantage.root, as: UTF8.self))
        .pushing(FilePath(String(decoding: name, as: UTF8.self)))
    }
  }

  /// Files and directories whose change may change the outcome, each once, sorted.
  private func regenerateInputs() -> [[UInt8]] {
    var all = Set(reading.inputs.read.map { vantage.seen($0) })
    all.formUnion(existing(reading.inputs.probed.map { vantage.seen($0.isEmpty ? "." : $0) }))
    all.formUnion(existing(sourceDirectories))
    all.formUnion(resolution.probing.folders)
    for tool in tools.found.values {
      all.insert(tool.path)
      if tool.path.isAbsolute { all.insert(tool.path.removingLastComponent()) }
    }
    return all.map { Array($0.description.utf8) }
      .sorted { $0.lexicographicallyPrecedes($1) }
  }

  private func existing(_ paths: [FilePath]) -> [FilePath] {
    paths.filter { (try? Files.status(directory.pushing($0))) ?? nil != nil }
  }

  /// What is made once for all variants.
  private func shared(_ plan: Plan, _ commands: [UInt64], _ expander: Expander) -> MadeOnce {
    var expander = expander
    return MadeOnce(plan, commands: commands) { step in
      guard plan.graph.commands[Int(step.command)].depfile.isEmpty,
        let (text, writesDepfile) = try? expander.expand(step), !writesDepfile
      else { return nil }
      return expander.concrete(text, step)
    }
  }

  // MARK: Commands

  /// The compilers and other programs that commands begin with.
  private let tools = Tools()

  /// Programs of the build are prerequisites of what they make, not tools from elsewhere.
  private func excludeOwnPrograms() {
    let graph = resolution.graph
    for step in graph.steps where step.kind.isLinked || step.kind == .generate {
      for output in graph[step.outputs] { tools.exclude(names.bytes(output.name)) }
    }
  }

  /// The hash of each step's command, its tool's identity among it.
  ///
  /// In makefiles the environment counts at make time, by the flags stamp: so not here.
  private mutating func hashes(_ expander: inout Expander) throws(SystemError) -> [UInt64] {
    var variables = expander.variables
    let words = (try? variables.expand(MakeText(variable: "LAUNCHER").pieces)) ?? []
    launcher = Array(words.split(separator: Byte.space).first ?? [])
    launcherCount = words.split(separator: Byte.space).count
    let usesMake = request.backEnds.contains { $0.isMake }
    var plain = expander
    if usesMake { plain.variables.environment = { _ in nil } }
    var known: [Int32: UInt64] = [:]
    var result: [UInt64] = []
    result.reserveCapacity(resolution.graph.steps.count)
    for step in resolution.graph.steps {
      if step.kind == .compile, let hash = known[step.command] {
        result.append(hash)
        continue
      }
      do throws(ExpansionFault) {
        let text = try plain.expand(step).text
        if usesMake { _ = try expander.expand(step) }  // learns what the environment may say
        let hash = hash(text, step, plain)
        known[step.command] = hash
        if texts[hash] == nil { texts[hash] = plain.shape(text, step) }
        result.append(hash)
      } catch {
        if case .foreign = error, request.backEnds.count == 1, usesMake {
          result.append(0)
          continue
        }
        diagnostics.error(place(of: error), error.text)
        return []
      }
    }
    if !usesMake { expander = plain }
    return result
  }

  /// Where the variable that `fault` names was set, if the configuration did.
  private func place(of fault: ExpansionFault) -> Place {
    let name: [UInt8]
    switch fault {
    case .recursive(let found), .endless(let found): name = found
    default: return .none
    }
    return names.find(name).flatMap { resolution.model.makeOptions[$0]?.place } ?? .none
  }

  private func hash(_ text: [UInt8], _ step: Step, _ expander: Expander) -> UInt64 {
    var hash = Hash64(text)
    // What Ninja knows of headers make does not: an object of one is none of the other.
    hash.add(request.backEnds.contains { $0.isMake } ? 1 : 2)
    if step.kind != .compile { hash.add(expander.concrete(text, step)) }
    // Behind a launcher, such as ccache, stands the compiler, which counts as well.
    let words = text.split(separator: Byte.space, maxSplits: launcherCount + 1)
    for (index, word) in words.enumerated() where index == 0 || index == launcherCount {
      if index == 0 || words[0].elementsEqual(launcher) {
        hash.add(tools.identity(Array(word), directory, machine))
      }
    }
    return hash.value
  }

  // MARK: Outputs

  private func makeFolders(_ plan: Plan) throws(SystemError) {
    for folder in [Array("o/.d".utf8), Array("opt".utf8)] + plan.graph.directories {
      try Files.makeDirectories(
        directory.pushing(FilePath(String(decoding: folder, as: UTF8.self))))
    }
    for file in plan.graph.generated {
      let path = FilePath(String(decoding: file.path, as: UTF8.self)).removingLastComponent()
      try Files.makeDirectories(directory.pushing(path))
    }
  }

  private func produce(
    _ outputs: OutputSet, _ plan: Plan, _ expander: Expander
  ) throws(SystemError) {
    let files = ConfigFiles(
      names: names, model: resolution.model, ident: reading.ident, os: reading.location.os,
      arch: reading.arch)
    try outputs.write("config.h", files.emitHeader)
    try outputs.write("config.c") { (out) throws(SystemError) in
      try files.emitSource(
        out, root: reading.model.includesConfiguration ? reading.root.bytes : nil)
    }
    for name in files.optionNames {
      try outputs.write("opt/\(names.text(name)).h") { (out) throws(SystemError) in
        files.emitOption(name, out)
      }
    }
    for file in plan.graph.generated {
      try outputs.write(String(decoding: file.path, as: UTF8.self)) { (out) throws(SystemError) in
        out.put(file.content)
      }
    }
    if !plan.graph.installations.isEmpty {
      try outputs.write("o/.install") { (out) throws(SystemError) in
        try InstallScript(plan: plan).emitInstall(out)
      }
      try outputs.write("o/.uninstall") { (out) throws(SystemError) in
        try InstallScript(plan: plan).emitUninstall(out)
      }
    }
    for backEnd in request.backEnds { try produce(backEnd, outputs, plan, expander) }
    try outputs.write("compile_commands.json") { (out) throws(SystemError) in
      var database = CompileDatabase(
        plan: plan, directory: Array(directory.description.utf8), expander: expander)
      try database.emit(out)
    }
  }

  private func produce(
    _ backEnd: BackEnd, _ outputs: OutputSet, _ plan: Plan, _ expander: Expander
  ) throws(SystemError) {
    switch backEnd {
    case .gnu:
      try outputs.write("Makefile") { (out) throws(SystemError) in
        try MakeEmitter(plan: plan, dialect: .gnu, out: out).emit()
      }
    case .bsd:
      try outputs.write("Makefile.rules") { (out) throws(SystemError) in
        try MakeEmitter(plan: plan, dialect: .bsd, out: out).emit()
      }
      try outputs.write("Makefile") { (out) throws(SystemError) in
        out.put(text: MakeEmitter.bsdStub)
      }
    case .ninja:
      try outputs.write("build.ninja") { (out) throws(SystemError) in
        var emitter = NinjaEmitter(plan: plan, out: out, expander: expander)
        try emitter.emit(diagnostics)
      }
    case .matrix:
      let sibling = "../\(directory.lastComponent?.string ?? "")"
      try outputs.write("matrix.ninja") { (out) throws(SystemError) in
        var emitter = NinjaEmitter(
          plan: plan, out: out, expander: expander, sibling: Array(sibling.utf8))
        emitter.madeOnce = madeOnce
        try emitter.emit(diagnostics)
      }
      if madeOnce.order.isEmpty { return }
      try outputs.write(MatrixBuild.madeOnce) { (out) throws(SystemError) in
        try NinjaEmitter.emitMadeOnce(madeOnce, plan, expander, out, diagnostics)
      }
    }
  }

  /// Links to sources with awkward names, and to config itself.
  private func makeLinks(_ plan: Plan) throws(SystemError) {
    if let program = machine.program {
      try Files.link(directory.appending(".configtool"), to: vantage.seen(real: program))
    }
    if !request.backEnds.contains(where: \.isMake) { return }
    let sources = plan.linkedNodes.map { (plan.link($0), plan.path($0)) }
    let inputs = plan.regenerateInputs.filter { !Quoting.isPlain($0) }
      .map { (plan.makeName(input: $0), $0) }
    if sources.isEmpty && inputs.isEmpty { return }
    try Files.makeDirectories(directory.appending("o").appending(".ln"))
    for (name, path) in sources + inputs {
      let target = path.first == Byte.slash ? path : Array("../../".utf8) + path
      try Files.link(
        directory.pushing(FilePath(String(decoding: name, as: UTF8.self))),
        to: FilePath(String(decoding: target, as: UTF8.self)))
    }
  }

  // MARK: Record

  /// Removes what the old record has and the graph has not, or by another command.
  ///
  /// - Returns: the section of the record that says what was removed, or the one it had.
  private func removeStale(_ commands: [UInt64]) throws(SystemError) -> [UInt8] {
    let path = directory.appending(".config.log")
    guard try Files.status(path) != nil else { return [] }
    let bytes = try Files.read(path)
    let body = RecordBody(bytes)
    var old = body.hashes
    for (index, step) in resolution.graph.steps.enumerated() {
      for output in resolution.graph[step.outputs] {
        let name = names[output.name]
        if let hash = old[name], hash == commands[index] { old[name] = nil }
      }
    }
    for name in old.keys { try remove(name) }
    let current = Set(outputNames)
    for output in RecordHead(bytes)?.outputs ?? [] where !current.contains(output.name) {
      try Files.remove(directory.pushing(FilePath(output.name)))
    }
    return old.isEmpty
      ? RecordReplaced.section(of: bytes)
      : RecordReplaced.section(old, body.texts, timeNs: Clocks.realtimeNs())
  }

  private var outputNames: [String] {
    var result = ["config.h", "config.c", "compile_commands.json"]
    let files = ConfigFiles(
      names: names, model: resolution.model, ident: "", os: "", arch: "")
    result += files.optionNames.map { "opt/\(names.text($0)).h" }
    result += resolution.graph.generated.map { String(decoding: $0.path, as: UTF8.self) }
    if !resolution.graph.installations.isEmpty { result += ["o/.install", "o/.uninstall"] }
    for backEnd in request.backEnds {
      switch backEnd {
      case .gnu: result.append("Makefile")
      case .bsd: result += ["Makefile", "Makefile.rules"]
      case .ninja: result.append("build.ninja")
      case .matrix:
        result.append("matrix.ninja")
        if !madeOnce.order.isEmpty { result.append(MatrixBuild.madeOnce) }
      }
    }
    return result
  }

  /// Removes an output of a step, and the stamp that stands for it.
  private func remove(_ name: ArraySlice<UInt8>) throws(SystemError) {
    let path = directory.pushing(FilePath(String(decoding: name, as: UTF8.self)))
    try Files.remove(path)
    try Files.remove(directory.pushing(FilePath(String(decoding: name, as: UTF8.self) + ".stamp")))
  }

  private func writeRecord(
    _ outputs: OutputSet, _ plan: Plan, _ commands: [UInt64], _ expander: Expander,
    _ replaced: [UInt8]
  ) throws(SystemError) {
    var head = RecordHead()
    head.request = vantage.lines(request)
    head.inputs = reading.inputs.read.compactMap { path in
      guard let bytes = try? machine.read(path) else { return nil }
      return (Hash64(bytes).text, vantage.seen(path).description)
    }
    let folders = Set(
      reading.inputs.probed.map { vantage.seen($0.isEmpty ? "." : $0) } + sourceDirectories
        + resolution.probing.folders)
    head.directories = folders.map { path in
      let status = (try? Files.status(directory.pushing(path))) ?? nil
      return (status?.modifiedNs ?? 0, path.description)
    }.sorted { $0.path < $1.path }
    head.environment = environmentNames(expander).map { name in
      let value = machine.environment(name).map { String(decoding: $0, as: UTF8.self) }
      return (String(decoding: name, as: UTF8.self), value)
    }
    head.tools = tools.found.values.map { ($0.identity, $0.path.description) }
      .sorted { $0.path < $1.path }
    head.outputs = outputs.names.compactMap { output in
      guard let status = (try? Files.status(directory.pushing(FilePath(output.name)))) ?? nil
      else { return nil }
      return (RecordHead.identity(output: status), output.name)
    }
    head.stamps = stamps(plan)
    head.sources = plan.graph.sourceCount
    head.variables = plan.usedVariables.map { String(decoding: $0, as: UTF8.self) }
    let out = try OutputFile(directory.appending(".config.log"))
    do throws(SystemError) {
      out.put(text: head.text)
      out.put(text: "\(RecordHead.bodyMark)\n")
      try putBody(commands, out)
      out.put(replaced)
      if try out.finish() {
        try out.commit()
      } else {
        try Files.touch(directory.appending(".config.log"))
      }
    } catch {
      out.abandon()
      throw error
    }
  }

  private func putBody(_ commands: [UInt64], _ out: OutputFile) throws(SystemError) {
    var last: UInt64?
    for (index, step) in resolution.graph.steps.enumerated() {
      if last != commands[index] {
        out.put("command ")
        out.put(text: Hash64.text(commands[index]))
        if let text = texts[commands[index]] {
          out.put(" ")
          out.put(text)
        }
        out.put("\n")
        last = commands[index]
      }
      for output in resolution.graph[step.outputs] {
        names.append(output.name, to: &out.bytes)
        out.put("\n")
      }
      try out.spill()
    }
  }

  /// Names of the environment whose values went into the outputs.
  private func environmentNames(_ expander: Expander) -> [[UInt8]] {
    let all = reading.environmentNames.union(expander.variables.environmentNames)
      .union(["CONFIG_CONF", "P9UNIX", "PATH"].map { Array($0.utf8) })
    return all.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private func stamps(_ plan: Plan) -> [(stamp: String, outputs: [String])] {
    let isBSD = request.backEnds.contains(.bsd)
    return plan.graph.steps.compactMap { step in
      let outputs = plan.graph[step.outputs]
      guard let first = outputs.first,
        step.kind.keepsEqualOutput || isBSD && outputs.count > 1
      else { return nil }
      return (
        String(decoding: plan.stamp(first), as: UTF8.self),
        outputs.map { String(decoding: plan.path($0), as: UTF8.self) }
      )
    }
  }

}

// MARK: Questions

extension BuildDirectory {
  /// The directory, absolute, without links.
  var place: FilePath { directory }

  /// What questions are asked of: the plan, and what expands its commands.
  func inspected() -> (plan: Plan, expander: Expander) {
    let plan = plan(usedVariables: [])
    return (plan, Expander(plan: plan, variables: expansionVariables()))
  }

  /// What `write` would record of commands: the hash of each step's, and the shapes by hash.
  mutating func inspectedCommands() throws(SystemError) -> (
    hashes: [UInt64], shapes: [UInt64: [UInt8]]
  ) {
    let (hashes, _) = try decide()
    return (hashes, texts)
  }

  /// The outputs of config itself that sources may include, with the bytes that they would have.
  func inspectedOutputs() throws(SystemError) -> [(name: String, bytes: [UInt8])] {
    let files = ConfigFiles(
      names: names, model: resolution.model, ident: reading.ident, os: reading.location.os,
      arch: reading.arch)
    var result: [(name: String, bytes: [UInt8])] = []
    let header = OutputFile()
    try files.emitHeader(header)
    result.append(("config.h", header.bytes))
    let source = OutputFile()
    try files.emitSource(
      source, root: reading.model.includesConfiguration ? reading.root.bytes : nil)
    result.append(("config.c", source.bytes))
    for name in files.optionNames {
      let option = OutputFile()
      files.emitOption(name, option)
      result.append(("opt/\(names.text(name)).h", option.bytes))
    }
    for file in resolution.graph.generated {
      result.append((String(decoding: file.path, as: UTF8.self), file.content))
    }
    return result
  }
}
