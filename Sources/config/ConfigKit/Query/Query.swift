// Evaluating queries: expressions become things, in order; commands are asked for last.

public import LibJSON
import SystemPackage

/// A step that makes something that was asked about.
public struct MakingCommand: Equatable, Sendable {
  /// What it makes, the first file before others.
  public let outputs: [String]
  /// The command, as it is run in the build directory.
  public let command: String
}

/// What a query found.
public enum QueryAnswer: Equatable, Sendable {
  /// Things, by the names that a query takes, with their kinds.
  case things([(name: String, kind: String)])
  /// Commands.
  case commands([MakingCommand])

  /// True if both found the same, in the same order.
  public static func == (a: QueryAnswer, b: QueryAnswer) -> Bool { a.json == b.json }

  /// A line for each thing; for a command `OUTPUT: COMMAND`.
  public var text: String {
    switch self {
    case .things(let things): things.map { "\($0.name)\n" }.joined()
    case .commands(let commands):
      commands.map { "\($0.outputs.joined(separator: " ")): \($0.command)\n" }.joined()
    }
  }

  /// An array of `{"name", "kind"}`, or of `{"outputs", "command"}`.
  public var json: JSON {
    switch self {
    case .things(let things):
      .array(things.map { ["name": .string($0.name), "kind": .string($0.kind)] })
    case .commands(let commands):
      .array(
        commands.map {
          ["outputs": .array($0.outputs.map { .string($0) }), "command": .string($0.command)]
        })
    }
  }

  /// True if nothing was found.
  public var isEmpty: Bool {
    switch self {
    case .things(let things): things.isEmpty
    case .commands(let commands): commands.isEmpty
    }
  }
}

/// Answers queries about one variant.
///
/// Threads.  One owner; no locks.
public struct QueryEngine {
  private let survey: Survey
  let graph: ThingGraph
  private let byLabel: [String: [Int]]

  /// Reads the includes of `survey` and makes its graph, for any number of queries.
  public init(_ survey: Survey) {
    self.survey = survey
    graph = ThingGraph(survey, Includes(survey))
    byLabel = Dictionary(grouping: graph.things.indices) { [things = graph.things] in
      things[$0].label
    }
  }

  /// The answer to `query`.
  ///
  /// - Throws: `QueryFault` for what is no query, and for names that the variant does not have.
  public func answer(_ query: String) throws(QueryFault) -> QueryAnswer {
    let expression = try QueryParser.parse(query)
    if case .call(.commands, let arguments, _) = expression {
      return .commands(commands(try things(arguments[0])))
    }
    return .things(
      try things(expression).map { (graph.things[$0].name, graph.things[$0].kind.rawValue) })
  }

  /// The things that `query` finds, as indices of the graph.
  func things(named query: String) throws(QueryFault) -> [Int] {
    try things(try QueryParser.parse(query))
  }

  // MARK: Evaluating

  private func things(_ expression: QueryExpression) throws(QueryFault) -> [Int] {
    switch expression {
    case .word(let word, let isQuoted, let offset): return try named(word, isQuoted, offset)
    case .union(let a, let b):
      var seen = Marks()
      return (try things(a) + things(b)).filter { seen.insert($0) }
    case .minus(let a, let b):
      let without = Set(try things(b))
      return try things(a).filter { !without.contains($0) }
    case .intersection(let a, let b):
      let both = Set(try things(b))
      return try things(a).filter { both.contains($0) }
    case .call(let function, let arguments, let offset):
      return try call(function, arguments, offset)
    }
  }

  private func call(
    _ function: QueryFunction, _ arguments: [QueryExpression], _ offset: Int
  ) throws(QueryFault) -> [Int] {
    switch function {
    case .deps, .rdeps:
      let depth = arguments.count > 1 ? try number(arguments[1], offset) : nil
      return ThingGraph.reach(
        try things(arguments[0]), function == .deps ? graph.needs : graph.users, depth: depth)
    case .path:
      return graph.path(from: try things(arguments[0]), to: try things(arguments[1])) ?? []
    case .sources:
      return ThingGraph.reach(try things(arguments[0]), graph.needs).filter {
        graph.things[$0].node?.isInTree ?? false
      }
    case .kind:
      let kinds = try self.kinds(arguments[0], offset)
      return try things(arguments[1]).filter { kinds.contains(graph.things[$0].kind) }
    case .commands:
      throw QueryFault(
        offset: offset, text: "commands stands outermost: it gives commands, not things")
    }
  }

  private func number(_ expression: QueryExpression, _ offset: Int) throws(QueryFault) -> Int {
    if case .word(let word, _, _) = expression, let number = Int(word), number >= 0 {
      return number
    }
    throw QueryFault(offset: offset, text: "the second argument is how deep: a number from 0")
  }

  private func kinds(
    _ expression: QueryExpression, _ offset: Int
  ) throws(QueryFault) -> Set<ThingKind> {
    let known = ThingKind.allCases.map(\.rawValue)
    guard case .word(let word, _, let place) = expression else {
      throw QueryFault(
        offset: offset, text: "kind takes a kind first: \(known.joined(separator: ", "))")
    }
    if let kind = ThingKind(rawValue: word) { return [kind] }
    let near = suggestion(for: word, among: known)
    throw QueryFault(
      offset: place, text: "unknown kind '\(word)'\(near): \(known.joined(separator: ", "))")
  }

  /// The things that `word` names.
  private func named(
    _ word: String, _ isQuoted: Bool, _ offset: Int
  ) throws(QueryFault) -> [Int] {
    if !isQuoted && word == "all" { return Array(graph.things.indices) }
    var label = word
    var kind: ThingKind?
    if let colon = word.firstIndex(of: ":"), let named = ThingKind(rawValue: String(word[..<colon]))
    {
      kind = named
      label = String(word[word.index(after: colon)...])
    }
    if !isQuoted && label.contains(where: { "*?[".contains($0) }) {
      return try matching(label, kind, offset)
    }
    label = survey.treePath(label)
    var found = (byLabel[label] ?? []).filter { kind == nil || graph.things[$0].kind == kind }
    if let files = graph.aliases[label], kind == nil || kind == .library {
      found += files.filter { !found.contains($0) }
    }
    if found.isEmpty { throw unknown(word, label, offset) }
    let kinds = Set(found.map { graph.things[$0].kind })
    if kinds.count > 1 {
      let list = kinds.map(\.rawValue).sorted()
      throw QueryFault(
        offset: offset,
        text: "'\(word)' is a \(list.joined(separator: ", and a ")): write "
          + list.map { "\($0):\(label)" }.joined(separator: " or "))
    }
    return found
  }

  private func matching(
    _ pattern: String, _ kind: ThingKind?, _ offset: Int
  ) throws(QueryFault) -> [Int] {
    let bytes = Array(pattern.utf8)
    let found = graph.things.indices.filter { index in
      let thing = graph.things[index]
      return (kind == nil || thing.kind == kind)
        && Resolver.matches(Array(thing.label.utf8)[...], bytes[...])
    }
    if found.isEmpty { throw QueryFault(offset: offset, text: "nothing matches '\(pattern)'") }
    return found
  }

  /// Why nothing is called `word`.
  private func unknown(_ word: String, _ label: String, _ offset: Int) -> QueryFault {
    if survey.describes(label) {
      return QueryFault(
        offset: offset,
        text: "'\(word)' is not in this variant; "
          + "config explain \(survey.configuration) \(label) says why")
    }
    let known = graph.things.map(\.name) + graph.things.map(\.label) + Array(graph.aliases.keys)
    return QueryFault(
      offset: offset,
      text: "nothing is called '\(word)'\(suggestion(for: label, among: known))")
  }

  // MARK: Commands

  private func commands(_ things: [Int]) -> [MakingCommand] {
    var seen: Set<Int> = []
    var result: [MakingCommand] = []
    for thing in things {
      guard let number = graph.steps[thing], seen.insert(number).inserted else { continue }
      let step = survey.graph.steps[number]
      let outputs = survey.graph[step.outputs].map { survey.label($0) }
      result.append(MakingCommand(outputs: outputs, command: survey.command(of: step) ?? ""))
    }
    return result
  }
}

extension Survey {
  /// `path` as the tree knows it, if that is how the working directory calls a file of it.
  func treePath(_ path: String) -> String {
    var result = path
    while result.hasPrefix("./") { result = String(result.dropFirst(2)) }
    if !prefix.isEmpty, result.hasPrefix("\(prefix)/") {
      result = String(result.dropFirst(prefix.description.utf8.count + 1))
    }
    return result
  }

  /// True if the description names `text` anywhere, enabled or not.
  func describes(_ text: String) -> Bool {
    guard let name = names.find(Array(text.utf8)) else { return false }
    return model.knownSource(name) != nil || model.modules[name] != nil
      || model.libraries[name] != nil || model.tests[name] != nil
  }
}
