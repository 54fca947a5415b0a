// google-benchmark's JSON: repetitions of benchmarks, and aggregates, which are passed over.

internal import LibJSON

enum GoogleBenchmark {
  /// Members of a run that are no counters of the benchmark's own.
  private static let known: Set<String> = [
    "name", "run_name", "run_type", "repetitions", "repetition_index", "threads", "iterations",
    "real_time", "cpu_time", "time_unit", "family_index", "per_family_instance_index", "label",
    "error_occurred", "error_message", "aggregate_name", "aggregate_unit", "skipped",
    "skip_message", "big_o", "rms", "cpu_coefficient", "real_coefficient", "allocs_per_iter",
    "max_bytes_used",
  ]

  static func read(
    _ value: JSON, _ runs: [JSON], _ source: Source
  ) throws(SourceError) -> Measurement {
    var measurement = Measurement()
    measurement.format = .googleBenchmark
    if let context = value["context"]?.object {
      for (key, fact) in context {
        if fact.object != nil || fact.array != nil { continue }
        measurement.facts.append(Fact(key, fact.string ?? fact.text))
      }
    }
    measurement.add(Metric(name: "wall", unit: "s/op"))
    measurement.add(Metric(name: "cpu", unit: "s/op"))
    for (index, run) in runs.enumerated() {
      if let type = run["run_type"]?.string, type != "iteration" { continue }
      let place = "benchmarks[\(index)]"
      let name = try source.text(run["run_name"] ?? run["name"], "\(place).name")
      if run["error_occurred"]?.bool == true || run["skipped"] != nil {
        let reason = run["error_message"]?.string ?? run["skip_message"]?.string ?? "error"
        measurement.failures.append(
          FailedRun(
            arm: source.arm, block: index, place: index,
            reason: "\(name): \(reason)"))
        continue
      }
      if run["real_time"] == nil { continue }  // a fit of complexity
      try add(run, name, place, source, to: &measurement)
    }
    return measurement
  }

  private static func add(
    _ run: JSON, _ name: String, _ place: String, _ source: Source,
    to measurement: inout Measurement
  ) throws(SourceError) {
    let unit = run["time_unit"]?.string ?? "ns"
    let scale = UnitScale(unit)
    guard scale.unit == "s" else {
      throw SourceError(
        name: source.name, place: "\(place).time_unit", text: "'\(unit)' is no unit of time")
    }
    func add(_ metric: String, _ member: String, _ scale: UnitScale) throws(SourceError) {
      let value = scale.scaled(try source.number(run[member], "\(place).\(member)"))
      guard value.isFinite else {
        throw SourceError(
          name: source.name, place: "\(place).\(member)", text: "the number is too large")
      }
      measurement.add(Series(arm: source.arm, benchmark: name, metric: metric, values: [value]))
    }
    try add("wall", "real_time", scale)
    try add("cpu", "cpu_time", scale)
    for (key, value) in run.object ?? [:] {
      if known.contains(key) || value.double == nil { continue }
      if measurement.metric(key) == nil { measurement.add(counter(key)) }
      try add(key, key, UnitScale(""))
    }
  }

  /// What a counter's name tells of it: what counts per second is better higher.
  private static func counter(_ name: String) -> Metric {
    switch name {
    case "bytes_per_second": Metric(name: name, unit: "B/s", better: .higher)
    case "items_per_second": Metric(name: name, unit: "1/s", better: .higher)
    default: Metric(name: name, unit: "", better: .neither)
    }
  }
}
