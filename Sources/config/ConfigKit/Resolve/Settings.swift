// Phase one: options and declarations; then every condition has its value.

extension Resolver {
  /// Applies declarations to options, and evaluates all conditions.
  mutating func settings() {
    applyDeclarations()
    let options = model.options
    let params = model.params
    let probes = model.probes
    let names = names
    model.conditions.evaluate { term in
      let probed = probes[term.option] == nil ? nil : params[term.option]
      guard let setting = options[term.option] ?? probed else { return term.isNegated }
      return Self.holds(term.comparison, setting.value, names) != term.isNegated
    }
    if diagnostics.warningsAreErrors { reportUnknownOptions() }
  }

  private static func holds(_ comparison: Comparison, _ value: Name, _ names: Names) -> Bool {
    func compare(_ limit: Int, _ order: (Int, Int) -> Bool) -> Bool {
      Int(names.text(value)).map { order($0, limit) } ?? false
    }
    return switch comparison {
    case .enabled: true
    case .equal(let wanted): value == wanted
    case .less(let limit): compare(limit, <)
    case .lessOrEqual(let limit): compare(limit, <=)
    case .greater(let limit): compare(limit, >)
    case .greaterOrEqual(let limit): compare(limit, >=)
    }
  }

  /// `defoption`: defaults, allowed values, needs; and no other options once there is one.
  private mutating func applyDeclarations() {
    if model.declarations.isEmpty { return }
    let declared = model.declarations.keys.map { names.text($0) }
    func unknown(_ name: Name, _ place: Place) {
      let near = suggestion(for: text(name), among: declared)
      diagnostics.error(place, "unknown option '\(text(name))'\(near)")
    }
    for (name, setting) in model.options.pairs where model.declarations[name] == nil {
      unknown(name, setting.place)
    }
    for term in model.conditions.terms
    where model.declarations[term.option] == nil && model.probes[term.option] == nil {
      unknown(term.option, term.place)
    }
    for (name, declaration) in model.declarations.pairs {
      if model.options[name] == nil, !model.optionsOff.contains(name),
        let value = declaration.defaultValue
      {
        model.options.set(
          name, Setting(value: value, place: declaration.place, isInherited: false))
      }
    }
    for (name, declaration) in model.declarations.pairs {
      if let setting = model.options[name] { check(name, setting, declaration) }
    }
  }

  private func check(_ name: Name, _ setting: Setting, _ declaration: OptionDeclaration) {
    let value = text(setting.value)
    if declaration.type == "int" && Int(value) == nil {
      diagnostics.error(
        setting.place, "option '\(text(name))' takes an integer, not '\(value)'",
        notes: (declaration.place, "declared here"))
    }
    let allowed = declaration.values.map { text($0) }
    if !allowed.isEmpty && !allowed.contains(value) {
      let list = allowed.map { "'\($0)'" }.joined(separator: ", ")
      diagnostics.error(
        setting.place, "option '\(text(name))' is one of \(list), not '\(value)'",
        notes: (declaration.place, "declared here"))
    }
    for need in declaration.depends where model.options[need.text] == nil {
      diagnostics.error(
        setting.place, "option '\(text(name))' needs option '\(text(need.text))'",
        notes: (need.place, "declared here"))
    }
  }

  /// `-W error`: an option that is tested, but that nobody turns on or off.
  private func reportUnknownOptions() {
    let known = model.options.keys.map { names.text($0) }
    for term in model.conditions.terms {
      if model.options[term.option] != nil || model.optionsOff.contains(term.option)
        || model.declarations[term.option] != nil || model.probes[term.option] != nil
      {
        continue
      }
      let near = suggestion(for: text(term.option), among: known)
      let cure = near.isEmpty ? "; say 'no option \(text(term.option))' if it is off" : near
      diagnostics.error(term.place, "option '\(text(term.option))' is defined nowhere\(cure)")
    }
  }
}
