// Conditions in words, and what makes one false.

extension Survey {
  /// `condition` as the language writes it: `option TLS`, `optional a b | c`.
  func text(_ condition: Condition) -> String {
    switch model.conditions[node: condition] {
    case .always: return "always"
    case .term(let term): return "option \(text(term))"
    case .all(let a, let b): return "\(text(a)) \(text(b))"
    case .any:
      let parts = alternatives(condition).map { part in
        terms(of: part).map { text($0) }.joined(separator: " ")
      }
      return "optional \(parts.joined(separator: " | "))"
    }
  }

  /// `term` behind its `option`: `!TLS`, `MODE 2`, `LEVEL <=5`.
  func text(_ term: Term) -> String {
    let name = (term.isNegated ? "!" : "") + text(term.option)
    switch term.comparison {
    case .enabled: return name
    case .equal(let value): return "\(name) \(text(value))"
    case .less(let limit): return "\(name) <\(limit)"
    case .lessOrEqual(let limit): return "\(name) <=\(limit)"
    case .greater(let limit): return "\(name) >\(limit)"
    case .greaterOrEqual(let limit): return "\(name) >=\(limit)"
    }
  }

  /// The terms that make `condition` false; empty if it holds.
  func failing(_ condition: Condition) -> [Term] {
    if model.conditions[condition] { return [] }
    switch model.conditions[node: condition] {
    case .always: return []
    case .term(let term): return [term]
    case .all(let a, let b), .any(let a, let b): return failing(a) + failing(b)
    }
  }

  /// All terms of `condition`.
  func terms(of condition: Condition) -> [Term] {
    switch model.conditions[node: condition] {
    case .always: return []
    case .term(let term): return [term]
    case .all(let a, let b), .any(let a, let b): return terms(of: a) + terms(of: b)
    }
  }

  private func alternatives(_ condition: Condition) -> [Condition] {
    if case .any(let a, let b) = model.conditions[node: condition] {
      return alternatives(a) + alternatives(b)
    }
    return [condition]
  }

  /// What is known of the option, param or probe called `name`, and where that is said.
  func state(of name: Name, _ mentions: Mentions) -> (text: String, place: Position?) {
    let shown = "'\(text(name))'"
    if let setting = model.options[name] {
      let value = "option \(shown) is on, with the value '\(text(setting.value))'"
      let isAsked = setting.place.file < 0
      return (value + (isAsked ? ", as the command line says" : ""), position(setting.place))
    }
    if let probe = model.probes[name] {
      let answer = model.params[name].map { "'\(text($0.value))'" } ?? "no"
      return ("the answer to probe \(shown) is \(answer)", position(probe.place))
    }
    if let param = model.params[name] {
      return (
        "\(shown) is a param, and conditions test options: for them it is off",
        position(param.place)
      )
    }
    if model.optionsOff.contains(name) {
      let place = mentions.turnsOff(name)
      let who = place == nil ? ": the command line turns it off" : ": 'no option' turns it off"
      return ("option \(shown) is off\(who)", place.flatMap { position($0) })
    }
    if let declaration = model.declarations[name] {
      return ("option \(shown) is off: it is declared, not set", position(declaration.place))
    }
    return ("option \(shown) is off: nobody sets it", nil)
  }
}
