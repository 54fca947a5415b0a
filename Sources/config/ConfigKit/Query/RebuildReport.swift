// `explain --rebuild`: a build directory is read, the description is resolved as it is now, and
// both are compared.

public import LibJSON
public import Sys9
public import SystemPackage

/// What the next build in a directory will make anew, and why.
public struct RebuildReport {
  /// What is wrong with the description, ready to be shown; notes and warnings, too.
  public let messages: String
  /// True if the description is wrong, so that nothing more is known.
  public let failed: Bool
  private let directory: FilePath
  private var backEnd = BackEnd.gnu
  /// Why config will run first.
  private var regeneration: [String] = []
  private var facts: Facts?

  /// What is known where the description is right.
  private struct Facts {
    let survey: Survey
    let rebuild: Rebuild
    let state: BuildState
    let replaced: RecordReplaced
  }

  /// Reads the build directory at `path`; writes nothing.
  ///
  /// - Throws: what reading its record reports.
  public init(_ path: FilePath, machine: Machine) throws(SystemError) {
    let record = path.appending(".config.log")
    let bytes = try machine.read(record)
    let request = try Generator.request(of: path, machine: machine)
    let head = RecordHead(bytes) ?? RecordHead()
    directory = path
    let generator = Generator(request, machine: machine)
    let found = generator.locate().flatMap { generator.read($0) }.flatMap { reading in
      generator.resolve(reading).map { (reading, $0) }
    }
    guard let (reading, resolution) = found else {
      messages = generator.diagnostics.render(generator.files, caret: false, colour: false)
      failed = true
      return
    }
    var directory = try BuildDirectory(generator, reading, resolution)
    let survey = generator.survey(reading, resolution, directory)
    let commands = try directory.inspectedCommands()
    messages = generator.diagnostics.render(generator.files, caret: false, colour: false)
    failed = generator.diagnostics.failed
    if failed { return }
    regeneration = head.changes(in: path, machine)
    var rewritten: Set<String> = []
    if !regeneration.isEmpty {
      for output in try directory.inspectedOutputs() {
        let old = try? machine.read(path.pushing(FilePath(output.name)))
        if old != output.bytes { rewritten.insert(output.name) }
      }
    }
    backEnd = Self.used(request.backEnds, in: path)
    let state = BuildState(
      survey.directory, backEnd, tree: survey.root, root: survey.plan.root, machine,
      rewritten: rewritten)
    let replaced = RecordReplaced(bytes)
    let changes = Changes(
      survey: survey, body: RecordBody(bytes), head: head, replaced: replaced, directory: path)
    facts = Facts(
      survey: survey,
      rebuild: Rebuild(
        survey.plan, state, changes: changes.reasons(commands.hashes, commands.shapes),
        writesDepfile: Self.writesDepfile(survey),
        flags: FlagsState(backEnd, head, resolution.assignments, machine).change(in: path)),
      state: state, replaced: replaced)
  }

  /// The back end that was used last, of those that were written.
  private static func used(_ backEnds: [BackEnd], in directory: FilePath) -> BackEnd {
    func time(_ name: String) -> Int64 {
      ((try? Files.status(directory.pushing(FilePath(name)))) ?? nil)?.modifiedNs ?? 0
    }
    let make = backEnds.first(where: \.isMake)
    let ninja = backEnds.first { !$0.isMake }
    guard let make, let ninja else { return make ?? ninja ?? .gnu }
    return time("o/.ninja_log") > max(time(".depend"), time("o/.flags")) ? ninja : make
  }

  /// Which steps tell Ninja by a depfile what they read.
  private static func writesDepfile(_ survey: Survey) -> [Bool] {
    var expander = survey.expander
    var known: [Int32: Bool] = [:]
    return survey.graph.steps.map { step in
      if let answer = known[step.command] { return answer }
      let own = !survey.graph.commands[Int(step.command)].depfile.isEmpty
      let answer = own || ((try? expander.expand(step).writesDepfile) ?? false)
      known[step.command] = answer
      return answer
    }
  }

  // MARK: Targets

  /// True if `word` is something that the build makes, or is made of.
  public func knows(_ word: String) -> Bool { !steps(word).isEmpty }

  /// What was meant by a word that nothing is called.
  public func near(_ word: String) -> String {
    guard let facts else { return "" }
    let graph = facts.survey.graph
    let outputs = graph.steps.flatMap { graph[$0.outputs].map { facts.survey.label($0) } }
    let libraries = graph.bundles.map { facts.survey.text($0.name) }
    return suggestion(for: word, among: outputs + libraries)
  }

  /// The steps that make what `word` names: a file, a library's files, what a source becomes.
  private func steps(_ word: String) -> [Int] {
    guard let facts else { return [] }
    let survey = facts.survey
    if let step = facts.rebuild.step(making: word) { return [step] }
    let libraries = survey.graph.bundles.filter { survey.text($0.name) == word }
    if !libraries.isEmpty {
      return libraries.compactMap { facts.rebuild.step(making: survey.label($0.output)) }
    }
    let path = survey.treePath(word)
    return survey.graph.steps.indices.filter { index in
      survey.graph[survey.graph.steps[index].inputs].contains {
        $0.isInTree && survey.label($0) == path
      }
    }
  }

  /// A path of the build directory as people know it.
  private func shown(_ path: String) -> String {
    guard let survey = facts?.survey else { return path }
    let root = String(decoding: survey.plan.root, as: UTF8.self)
    return path.hasPrefix("\(root)/")
      ? survey.shown(String(path.dropFirst(root.utf8.count + 1))) : path
  }

  // MARK: Text

  /// The title of the tool that builds.
  private var builder: String {
    switch backEnd {
    case .gnu: "GNU make"
    case .bsd: "BSD make"
    case .ninja, .matrix: "Ninja"
    }
  }

  /// What will be made anew, or all that is known of `targets` if some are named.
  public func text(_ targets: [String]) -> String {
    guard let facts else { return "" }
    var text = regeneration.map { "config runs first: \($0)\n" }.joined()
    if !targets.isEmpty {
      for target in targets {
        for step in steps(target) { explain(step, facts, into: &text) }
      }
      return text
    }
    let old = facts.rebuild.reasons.indices.filter { !facts.rebuild.reasons[$0].isEmpty }
    if old.isEmpty {
      return text + "\(directory): \(builder) has nothing to do\n"
    }
    let count = old.count { !facts.rebuild.isUncertain($0) }
    let perhaps = old.count - count
    text += "\(directory): \(builder) runs \(count) \(count == 1 ? "step" : "steps")"
    text += perhaps > 0 ? ", and perhaps \(perhaps) more\n" : "\n"
    return text + grouped(old, facts)
  }

  /// Steps with the same reasons together, then those that only follow.
  private func grouped(_ old: [Int], _ facts: Facts) -> String {
    var following: [String] = []
    var order: [[String]] = []
    var groups: [[String]: [String]] = [:]
    var sentences: [[String]: [String]] = [:]
    for index in old {
      let own = facts.rebuild.reasons[index].filter { !$0.isFollowing }
      if own.isEmpty {
        following.append(name(index, facts))
        continue
      }
      let causes = own.map { RebuildText.cause($0, shown) }
      if groups[causes] == nil {
        order.append(causes)
        sentences[causes] = own.map { RebuildText.sentence($0, shown) }
      }
      groups[causes, default: []].append(name(index, facts))
    }
    func list(_ names: [String], _ indent: String) -> String {
      let rest = names.count - Explanation.listMax
      return names.prefix(Explanation.listMax).map { "\(indent)\($0)\n" }.joined()
        + (rest > 0 ? "\(indent)and \(rest) more\n" : "")
    }
    var text = ""
    for causes in order {
      text += list(groups[causes] ?? [], "")
      text += (sentences[causes] ?? []).map { "  \($0)\n" }.joined()
    }
    if !following.isEmpty { text += "and what is made of these\n" + list(following, "  ") }
    return text
  }

  /// The first output of step `index`.
  private func name(_ index: Int, _ facts: Facts) -> String {
    let graph = facts.survey.graph
    return graph[graph.steps[index].outputs].first.map { facts.survey.label($0) } ?? ""
  }

  /// How deep reasons are followed; deeper ones are told when they are asked for.
  private static let depthMax = 12

  private func explain(_ index: Int, _ facts: Facts, into text: inout String) {
    let reasons = facts.rebuild.reasons[index]
    if reasons.isEmpty {
      text += "\(name(index, facts)): up to date\n" + history(index, facts)
      return
    }
    let may = facts.rebuild.isUncertain(index)
    text += "\(name(index, facts)): \(may ? "may be made anew" : "is made anew")\n"
    var told: Set<Int> = [index]
    func add(_ reasons: [RebuildReason], _ depth: Int) {
      for reason in reasons {
        text += String(repeating: "  ", count: depth)
        text += RebuildText.sentence(reason, shown) + "\n"
        guard case .made(let input, _) = reason, depth < Self.depthMax,
          let step = facts.rebuild.step(making: input), told.insert(step).inserted
        else { continue }
        add(facts.rebuild.reasons[step], depth + 1)
      }
    }
    add(reasons, 1)
  }

  /// Why it was made the last time, as far as the times of files tell.
  private func history(_ index: Int, _ facts: Facts) -> String {
    let output = name(index, facts)
    guard let made = facts.state.time(output) else { return "" }
    var newest: (path: String, time: Int64)?
    let step = facts.survey.graph.steps[index]
    let inputs =
      (Array(facts.survey.graph[step.inputs]) + Array(facts.survey.graph[step.implicit])).map {
        String(decoding: facts.survey.plan.path($0), as: UTF8.self)
      }
    let headers =
      facts.state.depends[output] ?? facts.state.ninja.deps[output].map(\.inputs) ?? []
    for path in inputs + headers {
      guard let time = facts.state.time(path), time <= made else { continue }
      if time > newest?.time ?? Int64.min { newest = (path, time) }
    }
    let replacedNs = facts.replaced.timeNs
    if let old = facts.replaced.commands[output], replacedNs <= made,
      newest.map({ $0.time < replacedNs }) ?? true
    {
      var shapes = CommandShapes(facts.survey, leavesSources: true)
      let changes = WordDifference.changes(
        from: WordDifference.words(old), to: WordDifference.words(shapes.shape(step)))
      let sentence = RebuildText.sentence(.removed(changes))
      return "  it was made \(RebuildText.seconds(made - replacedNs)) after \(sentence)\n"
    }
    guard let newest else { return "" }
    return
      "  it was made \(RebuildText.seconds(made - newest.time)) after the newest of what it is "
      + "made of: \(shown(newest.path))\n"
  }

  // MARK: JSON

  /// `{"directory", "builder", "regenerate": [...], "steps": [...]}`.
  public func json(_ targets: [String]) -> JSON {
    guard let facts else { return .null }
    let chosen =
      targets.isEmpty ? Array(facts.survey.graph.steps.indices) : targets.flatMap { steps($0) }
    let found = chosen.compactMap { index -> JSON? in
      let reasons = facts.rebuild.reasons[index]
      if reasons.isEmpty && targets.isEmpty { return nil }
      let outputs = facts.survey.graph[facts.survey.graph.steps[index].outputs]
      return [
        "outputs": .array(outputs.map { .string(facts.survey.label($0)) }),
        "state": .string(
          reasons.isEmpty ? "current" : facts.rebuild.isUncertain(index) ? "perhaps" : "old"),
        "reasons": .array(reasons.map { RebuildText.json($0, shown) }),
      ]
    }
    return [
      "directory": .string(directory.description), "builder": .string(backEnd.rawValue),
      "regenerate": .array(regeneration.map { .string($0) }), "steps": .array(found),
    ]
  }

  /// The outputs that will certainly be made anew, and those that may be: for tests.
  var outputs: (certain: [String], perhaps: [String]) {
    guard let facts else { return ([], []) }
    var result: (certain: [String], perhaps: [String]) = ([], [])
    for (index, step) in facts.survey.graph.steps.enumerated() {
      if facts.rebuild.reasons[index].isEmpty { continue }
      let names = facts.survey.graph[step.outputs].map { facts.survey.label($0) }
      if facts.rebuild.isUncertain(index) {
        result.perhaps += names
      } else {
        result.certain += names
      }
    }
    return result
  }
}

/// Why config removes outputs, or has removed them.
private struct Changes {
  let survey: Survey
  let body: RecordBody
  let head: RecordHead
  let replaced: RecordReplaced
  let directory: FilePath

  /// The reason for each output whose command is another than the one recorded, or was.
  func reasons(_ hashes: [UInt64], _ shapes: [UInt64: [UInt8]]) -> [String: RebuildReason] {
    var result: [String: RebuildReason] = [:]
    let tool = changedTool
    for (index, step) in survey.graph.steps.enumerated() {
      let shape = String(decoding: shapes[hashes[index]] ?? [], as: UTF8.self)
      for output in survey.graph[step.outputs] {
        let name = survey.label(output)
        guard let recorded = body.hashes[survey.names[output.name]] else { continue }
        if recorded == hashes[index] {
          if let old = replaced.commands[name], !isThere(name), !wasMadeSince(output) {
            result[name] = .removed(Self.words(old, shape))
          }
          continue
        }
        let changes = body.texts[recorded].map { Self.words($0, shape) } ?? []
        if !changes.isEmpty {
          result[name] = .command(changes)
        } else if let tool {
          result[name] = .tool(tool)
        } else {
          result[name] = inputs(of: step)
        }
      }
    }
    return result
  }

  private static func words(_ old: String, _ new: String) -> [WordChange] {
    WordDifference.changes(from: WordDifference.words(old), to: WordDifference.words(new))
  }

  private func isThere(_ name: String) -> Bool {
    ((try? Files.status(directory.pushing(FilePath(name)))) ?? nil) != nil
  }

  /// True if something was made of `output` after config removed it: then someone else removed it.
  private func wasMadeSince(_ output: Node) -> Bool {
    survey.graph.steps.contains { step in
      guard survey.graph[step.inputs].contains(output) else { return false }
      return survey.graph[step.outputs].contains { node in
        let path = directory.pushing(FilePath(survey.label(node)))
        let status = (try? Files.status(path)) ?? nil
        return (status?.modifiedNs ?? 0) > replaced.timeNs
      }
    }
  }

  /// The first tool that is another than the record says.
  private var changedTool: String? {
    head.tools.first { tool in
      let status = (try? Files.status(directory.pushing(FilePath(tool.path)))) ?? nil
      return status.map(RecordHead.identity(tool:)) ?? "" != tool.identity
    }?.path
  }

  /// What a step has as input that no record knows, and what no step makes any more.
  private func inputs(of step: Step) -> RebuildReason {
    let made = Set(
      survey.graph.steps.flatMap { survey.graph[$0.outputs].map { survey.label($0) } })
    let added = survey.graph[step.inputs].filter {
      !$0.isInTree && body.hashes[survey.names[$0.name]] == nil
    }.map { survey.label($0) }
    let removed = body.hashes.keys.map { String(decoding: $0, as: UTF8.self) }
      .filter { $0.hasSuffix(".o") && !made.contains($0) }.sorted()
    return .inputs(added: added, removed: removed)
  }
}

/// The stamp of what make's command line and the environment say.
private struct FlagsState {
  private let backEnd: BackEnd
  /// What a make without anything on its command line will write.
  private let wanted: String

  init(
    _ backEnd: BackEnd, _ head: RecordHead, _ assignments: [Assignment], _ machine: Machine
  ) {
    self.backEnd = backEnd
    let assigned = Set(assignments.filter { $0.operation != .setIfUnset }.map(\.name))
    var words: [String] = []
    for name in head.variables {
      guard let value = machine.environment(Array(name.utf8)) else { continue }
      // A makefile's own value beats the environment's.
      if backEnd == .gnu && assigned.contains(Array(name.utf8)) { continue }
      words.append("\(name)=\(String(decoding: value, as: UTF8.self))")
    }
    wanted = words.joined(separator: " ")
  }

  /// What the stamp says and what it will say, if that differs.
  func change(in directory: FilePath) -> (old: String, new: String)? {
    guard backEnd.isMake else { return nil }
    let path = directory.appending("o").appending(".flags")
    guard let bytes = try? Files.read(path) else { return nil }
    // BSD make tells its own business among the words of its command line.
    let old = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
      .filter { !$0.hasPrefix(".MAKE.") }
    // Its command line comes by the environment as well.
    var seen: Set<Substring> = []
    let told = old.filter { seen.insert($0).inserted }.joined(separator: " ")
    return told == wanted ? nil : (told, wanted)
  }
}

extension Generator {
  /// What the build directory at `path` was made for, to be asked about from here.
  ///
  /// - Throws: what reading its record reports.
  public static func request(of path: FilePath, machine: Machine) throws(SystemError) -> Request {
    let record = path.appending(".config.log")
    guard let head = RecordHead(try machine.read(record)) else {
      throw SystemError(call: "read", text: "it is no record of config", subject: record.string)
    }
    return Vantage.request(head.request).seen(from: path)
  }
}

extension Request {
  /// The request of a record, which names files from the build directory, from elsewhere.
  func seen(from directory: FilePath) -> Request {
    func moved(_ path: FilePath) -> FilePath {
      path.isAbsolute ? path : directory.pushing(path).lexicallyNormalized()
    }
    var request = self
    request.configuration = moved(configuration)
    request.includeDirectories = includeDirectories.map(moved)
    request.sourceRoot = sourceRoot.map(moved)
    request.buildDirectory = directory
    return request
  }
}

extension RecordHead {
  /// What differs between the world and the record, in words; empty if it is current.
  func changes(in directory: FilePath, _ machine: Machine) -> [String] {
    func status(_ path: String) -> FileStatus? {
      (try? Files.status(directory.pushing(FilePath(path)))) ?? nil
    }
    func shown(_ path: String) -> String {
      let full = directory.pushing(FilePath(path)).lexicallyNormalized()
      return full.isEmpty ? "." : full.description
    }
    var found: [String] = []
    if status("o/.d") == nil { found.append("\(shown("o")) is not there") }
    for output in outputs {
      let now = status(output.name).map(Self.identity(output:))
      if now == nil {
        found.append("\(shown(output.name)) is not there")
      } else if now != output.identity {
        found.append("\(shown(output.name)) was changed by someone else")
      }
    }
    for pair in environment {
      let value = machine.environment(Array(pair.name.utf8)).map {
        String(decoding: $0, as: UTF8.self)
      }
      if value != pair.value {
        found.append("the environment's \(pair.name) is another")
      }
    }
    for input in inputs {
      guard let bytes = try? machine.read(directory.pushing(FilePath(input.path))) else {
        found.append("\(shown(input.path)) is not there")
        continue
      }
      if Hash64(bytes).text != input.hash { found.append("\(shown(input.path)) has changed") }
    }
    for tool in tools where status(tool.path).map(Self.identity(tool:)) ?? "" != tool.identity {
      found.append(
        tool.path == ".configtool" ? "config itself was replaced" : "\(tool.path) was replaced")
    }
    // A folder changes with whatever an editor does there: told only if it is the one reason.
    if !found.isEmpty { return found }
    for folder in directories where status(folder.path)?.modifiedNs ?? 0 != folder.time {
      found.append("files came to, or went from, \(shown(folder.path))")
    }
    return found
  }
}
