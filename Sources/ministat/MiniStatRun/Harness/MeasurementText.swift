// Measurements written for other programs: records, CSV, columns.

internal import LibJSON

/// Converting measurements.
public enum MeasurementText {
  /// The measurement as our own records: reading them gives the same series.
  ///
  /// The k-th values of an arm's series become the k-th run.
  public static func records(_ measurement: Measurement) -> String {
    var recording = Recording()
    recording.facts = measurement.facts
    recording.arms = measurement.arms
    recording.metrics = measurement.metrics
    recording.design = measurement.design
    recording.metric = measurement.metrics.first?.name ?? ""
    var text = RecordText.head(recording)
    // In the order of their places where all are known, else arm by arm.
    var runs: [RunRecord] = []
    for arm in measurement.arms { runs += self.runs(of: arm.name, in: measurement) }
    runs += measurement.failures.map { failure in
      RunRecord(
        arm: failure.arm, block: failure.block, place: failure.place, failure: failure.reason,
        values: [])
    }
    let arePlaced = runs.allSatisfy { $0.place >= 0 } && Set(runs.map(\.place)).count == runs.count
    if arePlaced { runs.sort { $0.place < $1.place } }
    for run in runs {
      text += RecordText.line(
        RunRecord(
          arm: run.arm, block: run.block, place: arePlaced ? run.place : -1, failure: run.failure,
          values: run.values))
    }
    return text
  }

  private static func runs(of arm: String, in measurement: Measurement) -> [RunRecord] {
    let series = measurement.series.filter { $0.arm == arm }
    let count = series.map(\.values.count).max() ?? 0
    return (0..<count).map { index in
      let present = series.filter { index < $0.values.count }
      // Series of one arm that differ in their runs cannot share blocks.
      let blocks = Set(present.map { index < $0.blocks.count ? $0.blocks[index] : -1 })
      let places = Set(present.map { index < $0.sequence.count ? $0.sequence[index] : -1 })
      return RunRecord(
        arm: arm, block: blocks.count == 1 ? blocks.first ?? -1 : -1,
        place: places.count == 1 ? places.first ?? -1 : -1,
        values: present.map {
          RunValue(benchmark: $0.benchmark, metric: $0.metric, value: $0.values[index])
        })
    }
  }

  /// A row a value, with a heading; text in quotes where it needs them (RFC 4180).
  public static func csv(_ measurement: Measurement) -> String {
    var text = "arm,benchmark,metric,unit,block,place,value\n"
    for series in measurement.series {
      let unit = measurement.metric(series.metric)?.unit ?? ""
      let names = [series.arm, series.benchmark, series.metric, unit].map(field)
      let head = names.joined(separator: ",")
      for index in series.values.indices {
        let block = index < series.blocks.count ? "\(series.blocks[index])" : ""
        let place = index < series.sequence.count ? "\(series.sequence[index])" : ""
        text += "\(head),\(block),\(place),\(number(series.values[index]))\n"
      }
    }
    return text
  }

  private static func field(_ text: String) -> String {
    if !text.contains(where: { ",\"\r\n".contains($0) }) { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }

  /// The shortest text that reads back as `value`.
  static func number(_ value: Double) -> String { JSON.double(value).text }

  /// What files of columns are split by.
  public enum Key: String, CaseIterable, Sendable {
    /// A file for each arm.
    case arm
    /// A file for each benchmark.
    case benchmark
    /// A file for each metric.
    case metric
  }

  /// Plain numbers, one a line, in a text for each combination of `keys`, with its name.
  ///
  /// Series that agree in all keys share a text, one behind the other.
  public static func columns(
    _ measurement: Measurement, by keys: [Key]
  ) -> [(name: String, text: String)] {
    var result: [(name: String, text: String)] = []
    for series in measurement.series {
      let parts = keys.map { key in
        switch key {
        case .arm: series.arm
        case .benchmark: series.benchmark
        case .metric: series.metric
        }
      }
      let name = fileName(parts.filter { !$0.isEmpty }.joined(separator: "."))
      let text = series.values.map { number($0) + "\n" }.joined()
      if let index = result.firstIndex(where: { $0.name == name }) {
        result[index].text += text
      } else {
        result.append((name, text))
      }
    }
    return result
  }

  /// `name` as the name of a file: no slashes, blanks or controls, not hidden, not too long.
  static func fileName(_ name: String) -> String {
    let plain = name.unicodeScalars.map { scalar -> Character in
      let isSafe =
        scalar.value > 0x20 && scalar.value != 0x7F
        && !"/\\:*?\"<>|".unicodeScalars.contains(scalar)
      return isSafe ? Character(scalar) : "_"
    }
    var text = String(plain.prefix(120))
    if text.first == "." || text.first == "-" { text = "_" + text.dropFirst() }
    return text.isEmpty ? "values" : text
  }
}
