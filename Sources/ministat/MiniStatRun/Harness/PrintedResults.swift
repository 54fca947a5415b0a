// What a program prints of metrics whose names, units and directions are known beforehand.
//
//     time 12.5              NAME VALUE
//     time: 12.5 ms          NAME: VALUE UNIT; the unit, where it is printed, must be the known one
//     99.46                  plain numbers, where there is one metric only
//
// The rest of the output is none of our business: programs print headings and progress.

internal import MiniStat

enum PrintedResults {
  /// The mean of what `bytes` say of each of `metrics`, in base units.
  ///
  /// - Throws: if one of them is not printed, in another unit, or not as a finite number.
  static func read(
    _ bytes: [UInt8], _ metrics: [PrintedMetric]
  ) throws(SourceError) -> [RunValue] {
    var found: [String: [Double]] = [:]
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (index, line) in lines.enumerated() {
      let words = line.split { $0 == " " || $0 == "\t" }
      guard let first = words.first else { continue }
      if metrics.count == 1, words.count == 1, let value = Double(first), value.isFinite {
        found[metrics[0].name, default: []].append(value)
        continue
      }
      let name = first.hasSuffix(":") ? first.dropLast() : first
      guard let metric = metrics.first(where: { $0.name == name }) else { continue }
      found[metric.name, default: []].append(try value(words, metric, line: index + 1))
    }
    var values: [RunValue] = []
    for metric in metrics {
      guard let all = found[metric.name] else {
        throw fault(0, "it says nothing of '\(metric.name)': print a line '\(metric.name) VALUE'")
      }
      let mean = Moments(all).mean
      values.append(RunValue(metric: metric.name, value: UnitScale(metric.unit).scaled(mean)))
    }
    return values
  }

  /// The value in a line of `words` that begins with the name of `metric`.
  private static func value(
    _ words: [Substring], _ metric: PrintedMetric, line: Int
  ) throws(SourceError) -> Double {
    guard words.count > 1, let value = Double(words[1]), value.isFinite else {
      let said = words.count > 1 ? "'\(words[1].prefix(40))'" : "nothing"
      throw fault(line, "\(said) behind '\(metric.name)', where a number was expected")
    }
    if words.count > 2, words[2] != metric.unit, UnitScale(String(words[2])).isKnown {
      throw fault(
        line, "'\(metric.name)' is in \(words[2]), but was described in '\(metric.unit)'")
    }
    return value
  }

  private static func fault(_ line: Int, _ text: String) -> SourceError {
    SourceError(name: "standard output", line: line, text: text)
  }
}
