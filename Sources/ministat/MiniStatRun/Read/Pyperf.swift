// pyperf's JSON: benchmarks of runs (processes) of values.
//
// Values of one process are not independent of each other: what one process adds to all its
// values, by hash seed or memory layout, no number of values averages away.  So each process
// counts as one value, the mean of its own.

internal import LibJSON
internal import MiniStat

enum Pyperf {
  static func read(
    _ value: JSON, _ suite: [JSON], _ source: Source
  ) throws(SourceError) -> Measurement {
    var measurement = Measurement()
    measurement.format = .pyperf
    let common = value["metadata"]
    measurement.facts = facts(common)
    for (index, benchmark) in suite.enumerated() {
      let place = "benchmarks[\(index)]"
      guard let runs = benchmark["runs"]?.array else {
        throw SourceError(name: source.name, place: place, text: "there are no 'runs'")
      }
      let first = runs.first { $0["metadata"] != nil }?["metadata"]
      func metadata(_ key: String) -> String? {
        (benchmark["metadata"]?[key] ?? common?[key] ?? first?[key])?.string
      }
      let unit = metadata("unit") ?? "second"
      let metric =
        switch unit {
        case "second": Metric(name: "wall", unit: "s/op")
        case "byte": Metric(name: "memory", unit: "B")
        default: Metric(name: unit, unit: "", better: .lower)
        }
      measurement.add(metric)
      var values: [Double] = []
      for (number, run) in runs.enumerated() {
        guard let list = run["values"]?.array, !list.isEmpty else { continue }  // calibration
        values.append(
          Moments(try source.numbers(list, "\(place).runs[\(number)].values")).mean)
      }
      if values.isEmpty { continue }
      measurement.add(
        Series(
          arm: source.arm, benchmark: metadata("name") ?? "", metric: metric.name, values: values))
    }
    return measurement
  }

  private static func facts(_ metadata: JSON?) -> [Fact] {
    guard let object = metadata?.object else { return [] }
    return object.compactMap { member in
      if ["name", "unit"].contains(member.key) { return nil }
      return Fact(member.key, member.value.string ?? member.value.text)
    }
  }
}
