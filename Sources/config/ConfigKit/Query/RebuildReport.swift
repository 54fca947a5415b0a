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
    let changes = RecordedChanges(
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
