// Explaining: from a name to the conditions, lines and commands behind it.
//
// A name may mean several things, such as a module and a program: each is explained.  What is not
// built is explained by every way in which it could be, each with the conditions on that way that
// do not hold, at the places where they are tested, and with the options that they test.

/// Explains the things of one variant.
struct Explainer {
  private let survey: Survey
  private let graph: ThingGraph
  private let mentions: Mentions
  private var model: Model { survey.model }

  /// Reads the includes and the mentions of `survey`, for any number of questions.
  init(_ survey: Survey) {
    self.survey = survey
    graph = ThingGraph(survey, Includes(survey))
    mentions = Mentions(survey)
  }

  /// Everything that `word` means, explained; empty if it means nothing here.
  func explanations(of word: String) -> [Explanation] {
    var label = word
    var wanted: String?
    if let colon = word.firstIndex(of: ":"), ThingKind(rawValue: String(word[..<colon])) != nil {
      wanted = String(word[..<colon])
      label = String(word[word.index(after: colon)...])
    }
    label = survey.treePath(label)
    var found: [Explanation] = []
    if let name = survey.names.find(Array(label.utf8)) {
      if let source = model.knownSource(name) { found.append(explain(source: Int(source), name)) }
      if let module = model.modules[name] { found.append(explain(owner: Int(module))) }
      if let owner = model.libraries[name] { found.append(explain(owner: Int(owner))) }
      if isSetting(name) { found.append(explain(setting: name)) }
      if let test = model.tests[name] { found.append(explain(test: test)) }
    }
    for index in graph.things.indices where graph.things[index].label == label {
      let kind = graph.things[index].kind.rawValue
      if found.contains(where: { $0.kind == kind && $0.name == label }) { continue }
      guard let node = graph.things[index].node, !isExplained(node, label) else { continue }
      found.append(explain(file: index))
    }
    return wanted.map { kind in found.filter { $0.kind == kind } } ?? found
  }

  /// What could have been meant by a word that means nothing.
  func near(_ word: String) -> String {
    let names =
      graph.things.map(\.label) + model.sources.map { survey.text($0.path) }
      + model.owners.map { survey.text($0.name) } + model.tests.keys.map { survey.text($0) }
    return suggestion(for: word, among: names)
  }

  private func isSetting(_ name: Name) -> Bool {
    model.options[name] != nil || model.params[name] != nil || model.optionsOff.contains(name)
      || model.declarations[name] != nil || model.probes[name] != nil
      || model.conditions.terms.contains { $0.option == name } || graph.setting(name) != nil
  }

  /// True if the file has been explained as a source or as what an owner makes.
  private func isExplained(_ node: Node, _ label: String) -> Bool {
    let name = node.name
    if let source = model.knownSource(name) {
      return survey.node(of: model.sources[Int(source)]) == node
    }
    return !node.isInTree && model.libraries[name] != nil
  }

  // MARK: Sources

  private func explain(source index: Int, _ name: Name) -> Explanation {
    let source = model.sources[index]
    let thing = graph.thing(survey.node(of: source))
    let made = thing.map { remade(by: [$0]) } ?? []
    let kind = source.kind.isHeader ? "header" : "source"
    let isBuilt = !made.isEmpty
    var result = Explanation(
      name: survey.text(name), kind: kind, variant: survey.title,
      state: source.kind.isHeader
        ? isBuilt ? "used" : "not used" : isBuilt ? "built" : "not built")
    result.reasons = uses(of: index)
    if let thing, source.kind.isHeader { result.reasons += includers(of: thing) }
    if result.reasons.isEmpty {
      result.reasons = [
        Reason(
          place: survey.position(source.place),
          text: "no module, library or program has it: a source statement builds nothing")
      ]
    }
    result.mentions = lines(name)
    result.commands = thing.map { commands(of: $0) } ?? []
    finish(&result, made)
    return result
  }

  /// One reason for each use of source `index`: whose item it is, and what keeps it out.
  private func uses(of index: Int) -> [Reason] {
    let source = model.sources[index]
    var reasons: [Reason] = []
    for owner in model.owners.indices {
      for use in model.owners[owner].uses where Int(use.source) == index {
        let record = model.owners[owner]
        var reason = Reason(
          place: survey.position(use.place),
          text: "an item of \(survey.title(of: record))\(phrase([source.own, use.condition]))")
        reason.details += failures(source.own, near: source.place, about: source.path)
        reason.details += failures(use.condition, near: use.place)
        reason.details += ways(to: owner, depth: 0)
        reasons.append(reason)
      }
    }
    return reasons
  }

  /// `, with option TLS`, or nothing for what always holds.
  private func phrase(_ conditions: [Condition]) -> String {
    let texts = conditions.filter { $0 != .always }.map { survey.text($0) }
    var shown: [String] = []
    for text in texts where !shown.contains(text) { shown.append(text) }
    return shown.isEmpty ? "" : ", with \(shown.joined(separator: " "))"
  }

  /// What makes `condition` false, at the places where the statement around `place` tests it.
  ///
  /// - Parameter name: a source, if its own statements test it instead.
  private func failures(
    _ condition: Condition, near place: Place, about name: Name? = nil
  ) -> [Reason] {
    survey.failing(condition).map { term in
      let own = name.flatMap { mentions.place(of: term.option, testedFor: $0) }
      let tested = own ?? mentions.place(of: term.option, testedNear: place)
      let state = survey.state(of: term.option, mentions)
      return Reason(
        place: survey.position(tested),
        text: "'option \(survey.text(term))' does not hold",
        details: [Reason(place: state.place, text: state.text)])
    }
  }

  // MARK: Owners

  /// How `owner` comes to be built, or why it does not: its condition, and who brings it in.
  private func ways(to owner: Int, depth: Int) -> [Reason] {
    let record = model.owners[owner]
    var reasons = failures(record.condition, near: record.place)
    if !reasons.isEmpty {
      reasons = [
        Reason(
          place: survey.position(record.place),
          text: "\(survey.title(of: record)) is disabled\(phrase([record.condition]))",
          details: reasons)
      ]
    }
    if record.kind != .module || depth > 8 { return reasons }
    var bringers: [Reason] = []
    for other in model.owners.indices {
      for edge in model.owners[other].edges
      where edge.kind == .module && edge.name == record.name {
        bringers.append(
          Reason(
            place: survey.position(edge.place),
            text: "brought in by \(survey.title(of: model.owners[other]))"
              + phrase([edge.condition]),
            details: failures(edge.condition, near: edge.place)
              + (other == owner ? [] : ways(to: other, depth: depth + 1))))
      }
    }
    if bringers.isEmpty {
      bringers = [
        Reason(
          place: survey.position(record.place),
          text: "no library or program brings in \(survey.title(of: record))")
      ]
    }
    return reasons + bringers
  }

  private func explain(owner index: Int) -> Explanation {
    let owner = model.owners[index]
    let isEnabled = model.conditions[owner.condition]
    let things = isEnabled ? graph.things(of: owner, survey) : []
    let isMade = things.contains { graph.steps[$0] != nil }
    let made = remade(by: owner.kind == .module ? things + members(of: owner) : things)
    var state = isEnabled && isMade ? "built" : "not built"
    if owner.kind == .module {
      state = !isEnabled ? "disabled" : made.isEmpty ? "enabled, not built" : "built"
    } else if owner.kind == .host && isEnabled {
      state = "built when something needs it"
    }
    var result = Explanation(
      name: survey.text(owner.name), kind: owner.kind == .host ? "host" : owner.kind.rawValue,
      variant: survey.title, state: state)
    result.reasons = ways(to: index, depth: 0)
    if result.reasons.isEmpty {
      let why =
        owner.kind == .host
        ? "a host program: made before what calls it"
        : "a goal of every build\(phrase([owner.condition]))"
      result.reasons = [Reason(place: survey.position(owner.place), text: why)]
    }
    result.reasons += references(to: owner)
    result.mentions = lines(owner.name)
    for thing in things { result.commands += making(thing) }
    finish(&result, made.filter { !things.contains($0) || owner.kind == .module })
    return result
  }

  /// The enabled sources of a module.
  private func members(of owner: Owner) -> [Int] {
    owner.uses.filter { survey.isEnabled($0) }.compactMap {
      graph.thing(survey.node(of: model.sources[Int($0.source)]))
    }
  }

  /// Who names the library `owner`.
  private func references(to owner: Owner) -> [Reason] {
    if owner.kind != .library { return [] }
    return model.owners.flatMap { other in
      other.edges.filter { $0.kind == .library && $0.name == owner.name }.map { edge in
        Reason(
          place: survey.position(edge.place),
          text: "linked by \(survey.title(of: other))\(phrase([edge.condition]))",
          details: failures(edge.condition, near: edge.place)
            + failures(other.condition, near: other.place))
      }
    }
  }

  // MARK: Options, tests, files

  private func explain(setting name: Name) -> Explanation {
    let isOn = model.options[name] != nil || model.params[name] != nil
    let isParam = model.params[name] != nil && model.options[name] == nil
    var result = Explanation(
      name: survey.text(name), kind: isParam ? "param" : "option", variant: survey.title,
      state: isOn ? "on" : "off")
    let state = survey.state(of: name, mentions)
    result.reasons = [Reason(place: state.place, text: state.text)]
    result.mentions = lines(name)
    let readers = ["config.h", "opt/\(survey.text(name)).h"].flatMap { header -> [Int] in
      guard let node = survey.names.find(Array(header.utf8)),
        let thing = graph.thing(Node(node, isInTree: false))
      else { return [] }
      return ThingGraph.reach([thing], graph.wholes)
    }
    var seen = Marks()
    let swift = graph.setting(name).map { setting in
      graph.users[setting].map { Int($0) }.filter { graph.things[$0].kind == .generated }
    }
    let made = (readers + ThingGraph.reach(swift ?? [], graph.wholes)).filter {
      graph.steps[$0] != nil && seen.insert($0)
    }
    finish(&result, made)
    return result
  }

  private func explain(test: TestStatement) -> Explanation {
    let planned = survey.graph.tests.first { $0.name == survey.text(test.name) }
    var result = Explanation(
      name: survey.text(test.name), kind: test.isBench ? "bench" : "test", variant: survey.title,
      state: planned?.skipped == nil ? "run" : "skipped")
    var reason = Reason(
      place: survey.position(test.place),
      text: planned?.skipped ?? "runs \(planned?.words.joined(separator: " ") ?? "")")
    reason.details = failures(test.condition, near: test.place)
    if let program = test.program.flatMap({ model.libraries[$0.text] }) {
      reason.details += ways(to: Int(program), depth: 0)
    }
    result.reasons = [reason]
    result.mentions = lines(test.name)
    return result
  }

  /// A file that the description does not name: an object, an archive, a header that is included.
  private func explain(file index: Int) -> Explanation {
    let thing = graph.things[index]
    let isMade = graph.steps[index] != nil
    var result = Explanation(
      name: thing.label, kind: thing.kind.rawValue, variant: survey.title,
      state: isMade ? "built" : thing.node?.isInTree ?? false ? "used" : "made by config")
    if let step = graph.steps[index] {
      let inputs = survey.graph[survey.graph.steps[step].inputs].prefix(Explanation.listMax)
      let names = inputs.map { survey.label($0) }.joined(separator: ", ")
      result.reasons.append(
        Reason(place: survey.position(thing.place), text: "made of \(names)"))
    }
    result.reasons += includers(of: index)
    result.commands = making(index)
    finish(&result, remade(by: [index]).filter { $0 != index })
    return result
  }

  /// The files that include, or directly need, the file `index`.
  private func includers(of index: Int) -> [Reason] {
    let users = graph.wholes[index].map { graph.things[Int($0)] }
    var reasons = users.prefix(Explanation.listMax).map { user in
      let isInclude = user.node?.isInTree ?? false
      return Reason(place: nil, text: "\(isInclude ? "included" : "needed") by \(user.name)")
    }
    if users.count > Explanation.listMax {
      reasons.append(Reason(place: nil, text: "and by \(users.count - Explanation.listMax) more"))
    }
    return reasons
  }

  // MARK: What follows

  /// What is made of `things`, themselves where they are made, nearest first.
  private func remade(by things: [Int]) -> [Int] {
    ThingGraph.reach(things, graph.wholes).filter { graph.steps[$0] != nil }
  }

  /// The lines that speak of `name`.
  private func lines(_ name: Name) -> [Reason] {
    mentions.mentions(of: name).map { Reason(place: survey.position($0.place), text: $0.role) }
  }

  /// The command that makes `thing`.
  private func making(_ thing: Int) -> [MakingCommand] {
    guard let number = graph.steps[thing] else { return [] }
    let step = survey.graph.steps[number]
    return [
      MakingCommand(
        outputs: survey.graph[step.outputs].map { survey.label($0) },
        command: survey.command(of: step) ?? "")
    ]
  }

  /// The commands that make `thing`, or compile it.
  private func commands(of thing: Int) -> [MakingCommand] {
    let own = making(thing)
    let users = graph.users[thing].map { Int($0) }.filter { graph.things[$0].kind == .object }
    return own + users.flatMap { making($0) }
  }

  private func finish(_ result: inout Explanation, _ made: [Int]) {
    result.rebuilds = made.map { graph.things[$0].name }
    let reached = made.flatMap { graph.users[$0].map { Int($0) } }
    var seen = Marks()
    result.tests = reached.filter {
      [.test, .bench].contains(graph.things[$0].kind) && seen.insert($0)
    }.map { graph.things[$0].name }
  }
}

extension Generator {
  /// Explains what `words` name in this variant: why it is built or not, where it is described,
  /// what a change to it reaches.
  ///
  /// For an option the other state is resolved as well, so that what differs is told exactly.
  /// - Returns: nil if the description is wrong, or a word means nothing; `messages` says how.
  public func explain(
    _ words: [String], caret: Bool = false, colour: Bool = false
  ) -> (explanations: [Explanation]?, messages: String) {
    let (found, messages) = survey(caret: caret, colour: colour)
    guard let survey = found else { return (nil, messages) }
    let explainer = Explainer(survey)
    var result: [Explanation] = []
    var unknown = ""
    for word in words {
      let explanations = explainer.explanations(of: word)
      if explanations.isEmpty {
        unknown +=
          "config: error: nothing is called '\(word)' in \(survey.configuration)"
          + "\(explainer.near(word))\n"
      }
      for var explanation in explanations {
        if explanation.kind == "option" { explanation.flip = flip(explanation, survey) }
        result.append(explanation)
      }
    }
    if !unknown.isEmpty { return (nil, messages + unknown) }
    return (result, messages)
  }

  /// The variant with the option the other way round.
  private func flip(_ explanation: Explanation, _ survey: Survey) -> Explanation.Flip {
    let isOn = explanation.state == "on"
    var other = request
    other.settings.removeAll { $0.name == explanation.name }
    other.settings.append(Override(explanation.name, isOn ? nil : "1"))
    let (found, messages) = Generator(other, machine: machine).survey()
    return Explanation.Flip(
      title: isOn ? "turned off" : "turned on",
      difference: found.map { Difference(survey, $0) }, messages: messages)
  }
}
