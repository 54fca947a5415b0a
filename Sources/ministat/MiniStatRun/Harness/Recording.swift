// What was run, and what came of it: the record of a measurement.

/// A whole measurement by the harness: circumstances, arms, and every run.
public struct Recording: Equatable, Sendable {
  /// What is known of the machine and the circumstances.
  public var facts: [Fact] = []
  /// The arms, the base first.
  public var arms: [Arm] = []
  /// What was counted.
  public var metrics: [Metric] = []
  /// How the runs were ordered.
  public var design = Measurement.Design.unknown
  /// The metric that decided when to stop; "" if unknown.
  public var metric = ""
  /// The runs in their order.
  public var runs: [RunRecord] = []
  /// Why measuring ended; nil if the record was cut off.
  public var end: StopRule.Reason?

  /// A record of nothing yet.
  public init() {}

  /// What can be compared: the values of the counted runs that did not fail, as series.
  public var measurement: Measurement {
    var result = Measurement()
    result.format = .records
    result.facts = facts
    result.design = design
    for arm in arms { result.add(arm) }
    // The one that decided first: reports take the first one for the main one.
    for metric in metrics where metric.name == self.metric { result.add(metric) }
    for metric in metrics where metric.name != self.metric { result.add(metric) }
    var places: [Measurement.Cell: Int] = [:]
    var series: [Series] = []
    for run in runs where !run.isWarmup {
      if let failure = run.failure {
        result.failures.append(
          FailedRun(arm: run.arm, block: run.block, place: run.place, reason: failure))
        continue  // T5
      }
      for value in run.values {
        let cell = Measurement.Cell(
          arm: run.arm, benchmark: value.benchmark, metric: value.metric)
        if places[cell] == nil {
          places[cell] = series.count
          series.append(
            Series(arm: run.arm, benchmark: value.benchmark, metric: value.metric, values: []))
        }
        guard let place = places[cell] else { continue }
        series[place].append(
          value.value, block: run.block >= 0 ? run.block : nil,
          place: run.place >= 0 ? run.place : nil)
      }
    }
    // The base first, whatever order the first block had.
    for arm in arms {
      for cells in series where cells.arm == arm.name { result.add(cells) }
    }
    return result
  }
}
