// Go's benchmark text (golang.org/design/14313-benchmark-format).
//
//     goos: linux                                  configuration, until it is set again
//     Unit allocs/op better=lower assume=exact     metadata of units
//     BenchmarkDecode/size=1k-8   5000   249 ns/op   48 B/op
//
// A result line is the name, the iterations, and pairs of value and unit.  Other lines are other
// people's output and are passed over.

enum GoBenchmark {
  static func recognises(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    // Results may come late, behind other output; a column of numbers is decided by its first.
    while !rest.isEmpty {
      let line = rest.prefix { $0 != 0x0A }
      rest = rest.dropFirst(line.count + 1)
      if line.starts(with: "Benchmark".utf8), result(String(decoding: line, as: UTF8.self)) != nil {
        return true
      }
      if let first = line.first, (0x30...0x39).contains(first) { return false }
    }
    return false
  }

  private struct Result {
    let name: String
    let values: [(value: Double, unit: String)]
  }

  /// The result in `line`; nil if it is none.
  private static func result(_ line: String) -> Result? {
    let fields = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
    guard fields.count >= 4, fields.count % 2 == 0, fields[0].hasPrefix("Benchmark"),
      let iterations = Int(fields[1]), iterations > 0
    else { return nil }
    let name = String(fields[0].dropFirst("Benchmark".count))
    if name.first?.isLowercase ?? false { return nil }
    var values: [(Double, String)] = []
    for index in stride(from: 2, to: fields.count, by: 2) {
      guard let value = Double(fields[index]) else { return nil }
      values.append((value, String(fields[index + 1])))
    }
    return Result(name: name, values: values)
  }

  /// Where a result was found.
  private struct Context {
    var labels: [Fact] = []

    mutating func set(_ key: String, _ value: String) {
      labels.removeAll { $0.key == key }
      if !value.isEmpty { labels.append(Fact(key, value)) }
    }
  }

  static func read(_ source: Source) throws(SourceError) -> Measurement {
    var measurement = Measurement()
    measurement.format = .goBenchmark
    var context = Context()
    var units: [String: Metric] = [:]
    for (number, line) in source.lines {
      if let result = result(String(line)) {
        for (value, unit) in result.values {
          let scale = UnitScale(unit)
          guard scale.scaled(value).isFinite else {
            throw SourceError(
              name: source.name, line: number, text: "'\(value)' \(unit) is no finite number")
          }
          if measurement.metric(unit) == nil { measurement.add(metric(unit, scale, units)) }
          measurement.add(
            Series(
              arm: source.arm, benchmark: result.name, metric: unit,
              values: [scale.scaled(value)], labels: context.labels))
        }
      } else if line.hasPrefix("Unit ") {
        noteUnit(line, &units)
      } else if let (key, value) = configuration(line) {
        context.set(key, value)
        let fact = Fact(key, value)
        if !value.isEmpty && !measurement.facts.contains(fact) { measurement.facts.append(fact) }
      }
    }
    return measurement
  }

  private static func metric(
    _ unit: String, _ scale: UnitScale, _ units: [String: Metric]
  ) -> Metric {
    // Of a unit of somebody's own nobody knows which way is better, unless it is said.
    let isKnown =
      unit == "allocs/op" || scale.better == .higher || scale.unit != unit
      || scale.unit.hasPrefix("B/") || scale.unit.hasPrefix("s/")
    var metric = Metric(
      name: unit, unit: scale.unit, better: isKnown ? scale.better : .neither)
    if let told = units[unit] {
      metric.isExact = told.isExact
      if told.better != .neither { metric.better = told.better }
    }
    return metric
  }

  /// `Unit UNIT key=value...`
  private static func noteUnit(_ line: Substring, _ units: inout [String: Metric]) {
    let words = line.split { $0 == " " || $0 == "\t" }
    guard words.count >= 2 else { return }
    let unit = String(words[1])
    var metric = units[unit] ?? Metric(name: unit, unit: unit, better: .neither)
    for word in words.dropFirst(2) {
      switch word {
      case "better=higher": metric.better = .higher
      case "better=lower": metric.better = .lower
      case "assume=exact": metric.isExact = true
      default: break  // keys of later versions
      }
    }
    units[unit] = metric
  }

  /// `key: value`, where the key begins in lower case and has neither blanks nor capitals.
  private static func configuration(_ line: Substring) -> (String, String)? {
    guard let colon = line.firstIndex(of: ":"), let first = line.first, first.isLowercase else {
      return nil
    }
    let key = line[..<colon]
    if key.contains(where: { $0.isWhitespace || $0.isUppercase }) { return nil }
    let rest = line[line.index(after: colon)...]
    guard rest.isEmpty || rest.first == " " || rest.first == "\t" else { return nil }
    var value = rest.drop { $0 == " " || $0 == "\t" }
    while value.last?.isWhitespace ?? false { value.removeLast() }
    return (String(key), String(value))
  }
}
