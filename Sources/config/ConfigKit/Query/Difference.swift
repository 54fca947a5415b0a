// What differs between two variants: settings, sources, products, and the words of commands.
//
// Commands are compared by their shape, in which `$@`, `$<` and `$^` stand for files: so one
// changed flag of 10,000 objects is one difference, and a source more is none of its linker's.

public import LibJSON

/// Something that is otherwise, or only in one of the two.
public struct SettingDifference: Equatable, Sendable {
  /// `option`, `param`, `makeoption`, `source`, `program`, `library`, `os`, `arch`, `toolchain`.
  public let kind: String
  /// Its name.
  public let name: String
  /// What it is in the first, nil if it is not there.
  public let old: String?
  /// What it is in the second, nil if it is not there.
  public let new: String?
}

/// A change of words that these outputs' commands have in common.
public struct CommandDifference: Equatable, Sendable {
  /// What is made in both, by different commands.
  public let outputs: [String]
  /// What differs in them.
  public let changes: [WordChange]
}

/// The difference of two variants.
public struct Difference: Sendable {
  /// The names of the two.
  public let names: (old: String, new: String)
  /// Settings, sources and products, in the order of the first, then of the second.
  public private(set) var settings: [SettingDifference] = []
  /// Commands.
  public private(set) var commands: [CommandDifference] = []

  /// Compares two surveys.
  public init(_ a: Survey, _ b: Survey) {
    names = (a.title, b.title)
    compare("os", [("OS", a.plan.os)], [("OS", b.plan.os)])
    compare("arch", [("ARCH", a.plan.arch)], [("ARCH", b.plan.arch)])
    compare(
      "toolchain", a.plan.toolchain.map { [("toolchain", $0)] } ?? [],
      b.plan.toolchain.map { [("toolchain", $0)] } ?? [])
    compare("option", Self.values(a, a.model.options), Self.values(b, b.model.options))
    compare("param", Self.values(a, a.model.params), Self.values(b, b.model.params))
    compare("makeoption", Self.variables(a), Self.variables(b))
    compare("source", Self.sources(a), Self.sources(b))
    for (kind, isProgram) in [("program", true), ("library", false)] {
      compare(kind, Self.products(a, isProgram), Self.products(b, isProgram))
    }
    compareCommands(a, b)
  }

  /// True if the two are the same.
  public var isEmpty: Bool { settings.isEmpty && commands.isEmpty }

  // MARK: Settings

  private mutating func compare(
    _ kind: String, _ old: [(String, String)], _ new: [(String, String)]
  ) {
    let before = Dictionary(old) { first, _ in first }
    let after = Dictionary(new) { first, _ in first }
    let keys = old.map(\.0) + new.map(\.0).filter { before[$0] == nil }
    for key in keys where before[key] != after[key] {
      settings.append(
        SettingDifference(kind: kind, name: key, old: before[key], new: after[key]))
    }
  }

  private static func values(
    _ survey: Survey, _ table: OrderedTable<Setting>
  ) -> [(String, String)] {
    table.pairs.map { (survey.text($0.0), survey.text($0.1.value)) }
  }

  /// What the toolchain, the configuration and config itself say to make, by name.
  private static func variables(_ survey: Survey) -> [(String, String)] {
    var order: [[UInt8]] = []
    var values: [[UInt8]: String] = [:]
    for assignment in survey.plan.makeOptions {
      let value = String(decoding: assignment.value, as: UTF8.self)
      let before = values[assignment.name]
      if before == nil { order.append(assignment.name) }
      switch assignment.operation {
      case .append: values[assignment.name] = before.map { "\($0) \(value)" } ?? "+= \(value)"
      case .setIfUnset: values[assignment.name] = before ?? value
      case .set, .setNow: values[assignment.name] = value
      }
    }
    return order.map { (String(decoding: $0, as: UTF8.self), values[$0] ?? "") }
  }

  /// Every source that counts, with those that have it.
  private static func sources(_ survey: Survey) -> [(String, String)] {
    let model = survey.model
    var owners: [Int: [String]] = [:]
    for owner in model.owners where model.conditions[owner.condition] {
      for use in owner.uses where survey.isEnabled(use) {
        let title = survey.title(of: owner)
        if owners[Int(use.source)]?.contains(title) ?? false { continue }
        owners[Int(use.source), default: []].append(title)
      }
    }
    return model.sources.indices.compactMap { index in
      owners[index].map { owners in
        (survey.text(model.sources[index].path), "in \(owners.joined(separator: ", "))")
      }
    }
  }

  private static func products(_ survey: Survey, _ isProgram: Bool) -> [(String, String)] {
    survey.graph.bundles.filter { $0.isProgram == isProgram }.map { bundle in
      (survey.label(bundle.output), bundle.isHost ? "for building" : "made")
    }
  }

  // MARK: Commands

  private mutating func compareCommands(_ a: Survey, _ b: Survey) {
    var shapes = (old: CommandShapes(a), new: CommandShapes(b))
    let after = Dictionary(
      b.graph.steps.indices.compactMap { index in
        b.graph[b.graph.steps[index].outputs].first.map { (b.label($0), index) }
      }, uniquingKeysWith: { first, _ in first })
    struct Pair: Hashable {
      let old: String
      let new: String
    }
    var order: [Pair] = []
    var outputs: [Pair: [String]] = [:]
    for step in a.graph.steps {
      guard let output = a.graph[step.outputs].first.map({ a.label($0) }),
        let other = after[output]
      else { continue }
      let pair = Pair(old: shapes.old.shape(step), new: shapes.new.shape(b.graph.steps[other]))
      if pair.old == pair.new { continue }
      if outputs[pair] == nil { order.append(pair) }
      outputs[pair, default: []].append(output)
    }
    var merged: [[WordChange]: Int] = [:]
    for pair in order {
      let changes = WordDifference.changes(
        from: WordDifference.words(pair.old), to: WordDifference.words(pair.new))
      let made = outputs[pair] ?? []
      if changes.isEmpty { continue }
      if let index = merged[changes] {
        commands[index] = CommandDifference(
          outputs: commands[index].outputs + made, changes: changes)
      } else {
        merged[changes] = commands.count
        commands.append(CommandDifference(outputs: made, changes: changes))
      }
    }
  }

  // MARK: Forms

  /// Outputs that are named for one difference before the rest is counted.
  static let namesMax = 3

  /// As diff(1) begins, then a line for each difference.
  public var text: String {
    if isEmpty { return "" }
    var text = "--- \(names.old)\n+++ \(names.new)\n"
    for difference in settings {
      let absent = ["option", "param"].contains(difference.kind) ? "off" : "not there"
      let old = difference.old ?? absent
      let new = difference.new ?? absent
      let name = difference.kind == difference.name.lowercased() ? "" : " \(difference.name)"
      text += "\(difference.kind)\(name): \(old) -> \(new)\n"
    }
    for difference in commands {
      let shown = difference.outputs.prefix(Self.namesMax).joined(separator: ", ")
      let rest = difference.outputs.count - Self.namesMax
      text += "command of \(shown)\(rest > 0 ? " and \(rest) more" : "")\n"
      text += difference.changes.map { "  \($0.text)\n" }.joined()
    }
    return text
  }

  /// `{"old", "new", "settings": [...], "commands": [...]}`.
  public var json: JSON {
    [
      "old": .string(names.old), "new": .string(names.new),
      "settings": .array(
        settings.map {
          [
            "kind": .string($0.kind), "name": .string($0.name),
            "old": $0.old.map { .string($0) } ?? .null, "new": $0.new.map { .string($0) } ?? .null,
          ]
        }),
      "commands": .array(
        commands.map { difference in
          [
            "outputs": .array(difference.outputs.map { .string($0) }),
            "changes": .array(
              difference.changes.map { change in
                [
                  "removed": .array(change.removed.map { .string($0) }),
                  "added": .array(change.added.map { .string($0) }),
                ]
              }),
          ]
        }),
    ]
  }
}

/// Commands with `$@`, `$<`, `$^` for their files.
struct CommandShapes {
  private var expander: Expander
  private var known: [Int32: String] = [:]
  /// True if the sources that Swift's commands name are among their words.
  private let leavesSources: Bool

  init(_ survey: Survey, leavesSources: Bool = false) {
    expander = survey.expander
    self.leavesSources = leavesSources
    // Where the build directory lies from the tree is no difference of commands.
    if !leavesSources {
      expander.variables.set(Array("S".utf8), literal: Array("$S".utf8))
    }
  }

  /// `shape` with `$^` for the sources at its end.
  private func withoutSources(_ shape: String, _ step: Step) -> String {
    let plan = expander.plan
    let sources = Set(
      plan.graph[step.inputs].map { node in
        let name = String(decoding: Quoting.shell(plan.names[node.name]), as: UTF8.self)
        return node.isInTree && !name.hasPrefix("/") ? "$S/\(name)" : name
      })
    let words = WordDifference.words(shape).filter { !sources.contains($0) }
    return (words + ["$^"]).joined(separator: " ")
  }

  /// The shape of the command of `step`; empty if it cannot be expanded.
  mutating func shape(_ step: Step) -> String {
    if step.kind == .compile, let shape = known[step.command] { return shape }
    let text = (try? expander.expand(step).text) ?? []
    var shape = String(decoding: expander.shape(text, step), as: UTF8.self)
    if !leavesSources && (step.kind == .swiftObject || step.kind == .swiftInterface) {
      shape = withoutSources(shape, step)
    }
    if step.kind == .compile { known[step.command] = shape }
    return shape
  }
}
