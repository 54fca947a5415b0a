// Records as text: JSON Lines, one object a line, its kind first.
//
//     {"kind":"ministat","version":1,"design":"interleaved","seed":1,"metric":"wall","facts":{...}}
//     {"kind":"arm","name":"A","command":["./a"],"facts":{...}}
//     {"kind":"metric","name":"wall","unit":"s","better":"lower"}
//     {"kind":"run","arm":"A","block":0,"place":0,"values":{"wall":0.0123}}
//     {"kind":"end","reason":"pairs","facts":{...}}
//
// A line is written when what it tells has happened, so that a record that is cut off holds all
// that was measured.  Members that are not here are passed over: later versions may add some.

internal import LibJSON

/// Writing and reading our own records.
public enum RecordText {
  /// The version that is written; others are refused.
  public static let version = 1

  /// The lines before the first run, each with its newline.
  public static func head(_ recording: Recording) -> String {
    var first: JSONObject = ["kind": "ministat", "version": .int(version)]
    switch recording.design {
    case .unknown: first["design"] = "unknown"
    case .sequential: first["design"] = "sequential"
    case .interleaved(let seed):
      first["design"] = "interleaved"
      first["seed"] = .int(seed)
    case .duet(let seed):
      first["design"] = "duet"
      first["seed"] = .int(seed)
    }
    first["metric"] = .string(recording.metric)
    first["facts"] = object(recording.facts)
    var lines = [JSON.object(first)]
    for arm in recording.arms {
      lines.append([
        "kind": "arm", "name": .string(arm.name),
        "command": .array(arm.command.map { .string($0) }), "facts": object(arm.facts),
      ])
    }
    return (lines.map { $0.text + "\n" } + recording.metrics.map { line($0) }).joined()
  }

  /// The line of a metric, with its newline.
  public static func line(_ metric: Metric) -> String {
    var object: JSONObject = [
      "kind": "metric", "name": .string(metric.name), "unit": .string(metric.unit),
      "better": .string(metric.better.rawValue),
    ]
    if metric.isExact { object["exact"] = true }
    return JSON.object(object).text + "\n"
  }

  /// The line of one run, with its newline.
  public static func line(_ run: RunRecord) -> String {
    var object: JSONObject = ["kind": "run", "arm": .string(run.arm)]
    if run.block >= 0 { object["block"] = .int(run.block) }
    if run.place >= 0 { object["place"] = .int(run.place) }
    if run.isWarmup { object["warmup"] = true }
    if let failure = run.failure { object["failure"] = .string(failure) }
    object["values"] = values(run.values.filter { $0.benchmark.isEmpty })
    var benchmarks = JSONObject()
    for value in run.values where !value.benchmark.isEmpty {
      if benchmarks[value.benchmark] != nil { continue }
      benchmarks[value.benchmark] = values(run.values.filter { $0.benchmark == value.benchmark })
    }
    if !benchmarks.isEmpty { object["benchmarks"] = .object(benchmarks) }
    if !run.facts.isEmpty { object["facts"] = self.object(run.facts) }
    return JSON.object(object).text + "\n"
  }

  /// The last line, with its newline; `facts` are those known at the end only.
  public static func tail(_ reason: StopRule.Reason, facts: [Fact]) -> String {
    let line: JSON = ["kind": "end", "reason": .string(reason.rawValue), "facts": object(facts)]
    return line.text + "\n"
  }

  /// All lines of `recording`.
  public static func text(_ recording: Recording) -> String {
    var text = head(recording)
    for run in recording.runs { text += line(run) }
    if let end = recording.end { text += tail(end, facts: []) }
    return text
  }

  private static func values(_ values: [RunValue]) -> JSON {
    .object(JSONObject(values.map { ($0.metric, JSON.double($0.value)) }))
  }

  /// Facts as members; a key that repeats has a list.
  private static func object(_ facts: [Fact]) -> JSON {
    var object = JSONObject()
    for fact in facts {
      switch object[fact.key] {
      case .none: object[fact.key] = .string(fact.value)
      case .some(.array(let list)): object[fact.key] = .array(list + [.string(fact.value)])
      case .some(let one): object[fact.key] = .array([one, .string(fact.value)])
      }
    }
    return .object(object)
  }
}
