// hyperfine's --export-json: seconds of each run by command.

internal import LibJSON

enum Hyperfine {
  static func read(_ results: [JSON], _ source: Source) throws(SourceError) -> Measurement {
    var measurement = Measurement()
    measurement.format = .hyperfine
    measurement.design = .sequential
    for (index, result) in results.enumerated() {
      let place = "results[\(index)]"
      let command = try source.text(result["command"], "\(place).command")
      guard let times = result["times"]?.array else {
        throw SourceError(
          name: source.name, place: place,
          text: "there are no 'times'; this is a summary, export with hyperfine --export-json")
      }
      // Parameters of a scan are part of the command's text already.
      measurement.add(Arm(name: command, command: [command]))
      let labels = (result["parameters"]?.object).map { object in
        object.map { Fact($0.key, $0.value.string ?? $0.value.text) }
      }
      var values = try source.numbers(times, "\(place).times")
      let codes = result["exit_codes"]?.array ?? []
      var failed: [Int] = []
      for (run, code) in codes.enumerated() where run < values.count && code.int != 0 {
        failed.append(run)
        let status = code.int.map { "exit status \($0)" } ?? "a signal"
        measurement.failures.append(
          FailedRun(arm: command, block: run, place: run, reason: status))
      }
      values = values.indices.filter { !failed.contains($0) }.map { values[$0] }
      if values.isEmpty { continue }
      measurement.add(
        Series(arm: command, metric: "wall", values: values, labels: labels ?? []))
    }
    return measurement
  }
}
