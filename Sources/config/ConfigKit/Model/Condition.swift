// Conditions: which options must hold, and with which values.
//
// A condition is a node in one table; equal conditions are one node, so that a tag that 10,000
// sources share is evaluated once.  Evaluation happens after everything has been read, which is
// why the order of statements does not matter.

/// A condition: an index in `Conditions`.
struct Condition: Hashable {
  let index: UInt32

  /// The condition that always holds.
  static let always = Condition(index: 0)
}

/// How an option's value is compared.
enum Comparison: Hashable {
  /// Enabled, with any value.
  case enabled
  /// Enabled, with this value byte for byte.
  case equal(Name)
  /// Enabled, with an integer that compares so.
  case less(Int), lessOrEqual(Int), greater(Int), greaterOrEqual(Int)
}

/// One option tested.
struct Term: Hashable {
  let option: Name
  let comparison: Comparison
  let isNegated: Bool
  /// Where it was first written.
  let place: Place

  static func == (a: Term, b: Term) -> Bool {
    a.option == b.option && a.comparison == b.comparison && a.isNegated == b.isNegated
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(option)
    hasher.combine(comparison)
    hasher.combine(isNegated)
  }
}

/// All conditions of a run.
struct Conditions {
  /// What a condition is made of.
  enum Node: Hashable {
    case always
    case term(Term)
    case all(Condition, Condition)
    case any(Condition, Condition)
  }

  private var nodes: [Node] = [.always]
  private var known: [Node: Condition] = [.always: .always]
  private var values: [Bool] = []

  private mutating func add(_ node: Node) -> Condition {
    if let found = known[node] { return found }
    let condition = Condition(index: UInt32(nodes.count))
    nodes.append(node)
    known[node] = condition
    return condition
  }

  /// The condition that `term` holds.
  mutating func term(_ term: Term) -> Condition { add(.term(term)) }

  /// The condition that both hold.
  mutating func all(_ a: Condition, _ b: Condition) -> Condition {
    if a == .always { return b }
    if b == .always || a == b { return a }
    return add(.all(a, b))
  }

  /// The condition that one of both holds.
  mutating func any(_ a: Condition, _ b: Condition) -> Condition {
    if a == .always || b == .always { return .always }
    return a == b ? a : add(.any(a, b))
  }

  /// What `condition` is made of.
  subscript(node condition: Condition) -> Node { nodes[Int(condition.index)] }

  /// Every term, in order of first use.
  var terms: [Term] {
    nodes.compactMap { node in
      if case .term(let term) = node { return term }
      return nil
    }
  }

  /// Evaluates every condition with `holds` answering for the terms.
  mutating func evaluate(_ holds: (Term) -> Bool) {
    values.removeAll()
    for node in nodes {
      switch node {
      case .always: values.append(true)
      case .term(let term): values.append(holds(term))
      case .all(let a, let b): values.append(values[Int(a.index)] && values[Int(b.index)])
      case .any(let a, let b): values.append(values[Int(a.index)] || values[Int(b.index)])
      }
    }
  }

  /// Whether `condition` holds; only after `evaluate`.
  subscript(_ condition: Condition) -> Bool {
    condition == .always || values[Int(condition.index)]
  }
}
