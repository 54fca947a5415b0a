// criterion.rs' sample.json: for each sample, how many iterations and their time in nanoseconds.

internal import LibJSON

enum Criterion {
  static func read(
    _ value: JSON, _ times: [JSON], _ iterations: [JSON], _ source: Source
  ) throws(SourceError) -> Measurement {
    let times = try source.numbers(times, "times")
    let iterations = try source.numbers(iterations, "iters")
    if times.count != iterations.count {
      throw SourceError(
        name: source.name,
        text: "\(times.count) times and \(iterations.count) iters do not fit; was it cut off?")
    }
    var values: [Double] = []
    for (index, (time, count)) in zip(times, iterations).enumerated() {
      let value = time / count / 1e9
      if count <= 0 || !value.isFinite {
        throw SourceError(
          name: source.name, place: "iters[\(index)]", text: "\(count) is no count of iterations")
      }
      values.append(value)
    }
    var measurement = Measurement()
    measurement.format = .criterion
    measurement.design = .sequential
    measurement.add(Metric(name: "time", unit: "s/op"))
    measurement.add(Series(arm: source.arm, metric: "time", values: values))
    if let mode = value["sampling_mode"]?.string {
      measurement.facts.append(Fact("sampling-mode", mode))
    }
    return measurement
  }
}
