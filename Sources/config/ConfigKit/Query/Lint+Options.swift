// Lint of options: what is set and never asked for, what is asked for and never set, and values
// that conditions will not take as they were meant.

extension Lint {
  /// Runs the checks of options over all surveys together.
  mutating func checkOptions() {
    let known = OptionUse(surveys)
    checkUnused(known)
    checkUndefined(known)
    for survey in surveys {
      checkValues(survey)
      checkNames(survey)
    }
  }

  // MARK: Set, and never asked for

  private mutating func checkUnused(_ known: OptionUse) {
    var candidates: [(survey: Survey, name: String, place: Place)] = []
    for survey in surveys {
      let options = survey.model.options.pairs.map { ($0.0, $0.1.place) }
      let declared = survey.model.declarations.pairs.map { ($0.0, $0.1.place) }
      for (name, place) in options + declared {
        let text = survey.text(name)
        if known.tested.contains(text) || known.used.contains(text) { continue }
        candidates.append((survey, text, place))
      }
    }
    if candidates.isEmpty { return }
    let asked = identifiers(Set(candidates.map(\.name)))
    let undefined = known.tested.subtracting(known.defined)
    for (survey, name, place) in candidates where !asked.contains(name) {
      let near = suggestion(for: name, among: undefined.sorted())
      report(
        .unusedOption, survey, place, "option '\(name)' is set, and nothing asks for it\(near)")
    }
  }

  /// Those of `wanted` that sources, headers or commands hold as a word.
  private func identifiers(_ wanted: Set<String>) -> Set<String> {
    let names = Set(wanted.map { Array($0.utf8)[...] })
    var found: Set<ArraySlice<UInt8>> = []
    for (survey, includes) in zip(surveys, includes) {
      for file in files(survey, includes) {
        guard let bytes = try? survey.machine.read(survey.path(file)) else { continue }
        found.formUnion(IdentifierScanner.found(names, in: bytes))
      }
      for command in survey.graph.commands {
        for piece in command.text.pieces {
          guard case .text(let bytes) = piece else { continue }
          found.formUnion(IdentifierScanner.found(names, in: bytes))
        }
      }
    }
    return Set(found.map { String(decoding: $0, as: UTF8.self) })
  }

  /// The files of the tree that a variant reads: sources, what they include, what rules read.
  private func files(_ survey: Survey, _ includes: Includes) -> Set<Node> {
    var files: Set<Node> = []
    for source in survey.model.sources {
      let node = survey.node(of: source)
      if node.isInTree { files.insert(node) }
    }
    for list in includes.direct.values {
      for include in list where include.target.isInTree { files.insert(include.target) }
    }
    for step in survey.graph.steps where step.kind == .generate {
      for node in survey.graph[step.inputs] where node.isInTree { files.insert(node) }
    }
    return files
  }

  // MARK: Asked for, and never set

  private mutating func checkUndefined(_ known: OptionUse) {
    var seen: Set<String> = []
    for survey in surveys {
      for term in survey.model.conditions.terms {
        let name = survey.text(term.option)
        if known.defined.contains(name) || !seen.insert(name).inserted { continue }
        if let param = survey.model.params[term.option] {
          report(
            .paramTested, survey, term.place,
            "'\(name)' is a param, and conditions test options: this never holds; "
              + "make it an option",
            notes: [(param.place, "the param is here")])
          continue
        }
        let near = suggestion(for: name, among: known.defined.sorted())
        let cure = near.isEmpty ? "; say 'no option \(name)' if it is off" : near
        report(
          .undefinedOption, survey, term.place, "option '\(name)' is defined nowhere\(cure)")
      }
      for owner in survey.model.owners {
        for phrase in owner.swiftNames {
          let name = survey.text(phrase.text)
          let isDefined = known.defined.contains(name) || known.params.contains(name)
          if isDefined || !seen.insert(name).inserted { continue }
          let near = suggestion(for: name, among: (known.defined.union(known.params)).sorted())
          let cure = near.isEmpty ? "; say 'no option \(name)' if it is off" : near
          report(
            .undefinedOption, survey, phrase.place,
            "'uses' names '\(name)', which is neither option nor param anywhere\(cure)")
        }
      }
    }
  }

  // MARK: Values

  private static let offWords = ["0", "off", "no", "false", "n"]

  private mutating func checkValues(_ survey: Survey) {
    let model = survey.model
    for (name, setting) in model.options.pairs {
      let shown = survey.text(name)
      let value = survey.text(setting.value)
      let terms = model.conditions.terms.filter { $0.option == name }
      if Self.offWords.contains(value.lowercased()),
        let term = terms.first(where: { $0.comparison == .enabled })
      {
        report(
          .zeroValue, survey, setting.place,
          "option '\(shown)' has the value '\(value)' and is on all the same: "
            + "write 'no option \(shown)' to turn it off",
          notes: [(term.place, "this asks whether it is on, whatever its value")])
      }
      if Int(value) == nil, let term = terms.first(where: { $0.comparison.isOrder }) {
        report(
          .noNumber, survey, setting.place,
          "option '\(shown)' is '\(value)', no number: 'option \(survey.text(term))' never holds",
          notes: [(term.place, "its number is compared here")])
      }
      checkNearValue(survey, shown, value, setting, terms)
    }
  }

  /// A value that no condition asks for, beside one that some condition does.
  private mutating func checkNearValue(
    _ survey: Survey, _ name: String, _ value: String, _ setting: Setting, _ terms: [Term]
  ) {
    var wanted: [(value: String, place: Place)] = []
    for term in terms {
      guard case .equal(let value) = term.comparison else { return }
      wanted.append((survey.text(value), term.place))
    }
    if Int(value) != nil || wanted.contains(where: { $0.value == value }) { return }
    guard let meant = nearest(to: value, among: wanted.map(\.value)),
      let place = wanted.first(where: { $0.value == meant })?.place
    else { return }
    report(
      .nearMiss, survey, setting.place,
      "option '\(name)' is '\(value)', which no condition asks for (did you mean '\(meant)'?)",
      notes: [(place, "'\(meant)' is asked for here")])
  }

  /// Options and params whose names differ in case or underscores alone.
  private mutating func checkNames(_ survey: Survey) {
    var seen: [String: (name: String, place: Place)] = [:]
    let options = survey.model.options.pairs.map { ($0.0, $0.1.place) }
    let params = survey.model.params.pairs.map { ($0.0, $0.1.place) }
    for (name, place) in options + params {
      let text = survey.text(name)
      let plain = text.lowercased().filter { $0 != "_" }
      if let other = seen[plain] {
        report(
          .nearMiss, survey, place, "'\(text)' and '\(other.name)' are two names: is one meant?",
          notes: [(other.place, "the other is here")])
      } else {
        seen[plain] = (text, place)
      }
    }
  }
}

extension Comparison {
  /// True for comparisons of numbers.
  var isOrder: Bool {
    switch self {
    case .less, .lessOrEqual, .greater, .greaterOrEqual: true
    case .enabled, .equal: false
    }
  }
}

/// What all surveys together say of options.
struct OptionUse {
  /// Turned on, turned off, declared or answered by a probe somewhere.
  private(set) var defined: Set<String> = []
  private(set) var params: Set<String> = []
  /// Tested by conditions, read or not.
  private(set) var tested: Set<String> = []
  /// Named by `uses`.
  private(set) var used: Set<String> = []

  init(_ surveys: [Survey]) {
    for survey in surveys {
      let model = survey.model
      let names =
        model.options.keys + Array(model.optionsOff) + model.declarations.keys + model.probes.keys
      defined.formUnion(names.map { survey.text($0) })
      params.formUnion(model.params.keys.map { survey.text($0) })
      tested.formUnion(model.conditions.terms.map { survey.text($0.option) })
      tested.formUnion(
        model.declarations.pairs.flatMap { $0.1.depends.map { survey.text($0.text) } })
      for owner in model.owners { used.formUnion(owner.swiftNames.map { survey.text($0.text) }) }
    }
  }
}
