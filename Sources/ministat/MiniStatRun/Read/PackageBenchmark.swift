// What package-benchmark (ordo-one) and github-action-benchmark write.

internal import LibJSON

/// `histogramSamples`: a line that names the metric, and a number on each line after it.
enum PackageBenchmark {
  /// The first line has letters and names a metric, and all other lines are numbers; a classic
  /// file with a heading is not one, since the name must be a metric's with its unit.
  static func recognises(_ bytes: [UInt8]) -> Bool {
    let first = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
    return metric(first) != nil
  }

  /// `Time (wall clock) (μs) *` and the like: a name, a unit in parentheses, a star for a metric
  /// of which less is better.
  private static func metric(_ line: String) -> (metric: Metric, factor: Double)? {
    let title = line.split(separator: "\t").first.map(String.init) ?? line
    let isStarred = title.hasSuffix("*")
    let text = title.split { $0 == "*" }.first.map { trimmed($0) } ?? ""
    let base = known.first { text.hasPrefix($0.title) }
    guard let base else { return nil }
    let rest = trimmed(text.dropFirst(base.title.count))
    var factor = 1.0
    if rest.hasPrefix("("), rest.hasSuffix(")") {
      let inner = String(rest.dropFirst().dropLast())
      let scale = UnitScale(inner)
      if let power = powers[inner] { factor = power } else { factor = scale.factor }
    } else if !rest.isEmpty {
      return nil
    }
    let better: Better =
      base.better == .lower && !isStarred && base.isDefault ? .lower : base.better
    return (Metric(name: base.name, unit: base.unit, better: better), factor)
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  private static let powers: [String: Double] = [
    "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "#": 1,
  ]

  private struct Known {
    let title: String
    let name: String
    let unit: String
    var better = Better.lower
    var isDefault = true
  }

  private static let known: [Known] = [
    Known(title: "Time (wall clock)", name: "wall", unit: "s"),
    Known(title: "Time (user CPU)", name: "user", unit: "s"),
    Known(title: "Time (system CPU)", name: "system", unit: "s"),
    Known(title: "Time (total CPU)", name: "cpu", unit: "s"),
    Known(title: "Throughput (# / s)", name: "throughput", unit: "1/s", better: .higher),
    Known(title: "Memory (resident peak)", name: "maxrss", unit: "B"),
    Known(title: "Memory (resident)", name: "rss", unit: "B"),
    Known(title: "Memory (virtual peak)", name: "virtual", unit: "B"),
    Known(title: "Memory (allocated)", name: "allocated", unit: "B"),
    Known(title: "Malloc (total)", name: "mallocs", unit: ""),
    Known(title: "Malloc (small)", name: "mallocs-small", unit: ""),
    Known(title: "Malloc (large)", name: "mallocs-large", unit: ""),
    Known(title: "Memory Δ (resident peak)", name: "rss-growth", unit: "B"),
    Known(title: "Instructions", name: "instructions", unit: ""),
    Known(title: "Object allocs", name: "object-allocs", unit: ""),
    Known(title: "Retains", name: "retains", unit: ""),
    Known(title: "Releases", name: "releases", unit: ""),
    Known(title: "(Alloc + Retain) - Release Δ", name: "retain-balance", unit: ""),
    Known(title: "Syscalls (total)", name: "syscalls", unit: ""),
    Known(title: "Context switches (total)", name: "switches", unit: ""),
    Known(title: "Threads (running)", name: "threads-running", unit: "", better: .neither),
    Known(title: "Threads (peak)", name: "threads-peak", unit: "", better: .neither),
    Known(title: "Bytes (read logical)", name: "read", unit: "B"),
    Known(title: "Bytes (write logical)", name: "written", unit: "B"),
  ]

  static func read(_ source: Source) throws(SourceError) -> Measurement {
    var measurement = Measurement()
    measurement.format = .packageBenchmarkSamples
    var current: (metric: Metric, factor: Double)?
    var values: [Double] = []
    func finish() {
      guard let current, !values.isEmpty else { return }
      measurement.add(current.metric)
      measurement.add(Series(arm: source.arm, metric: current.metric.name, values: values))
    }
    for (number, line) in source.lines {
      let text = trimmed(line)
      if text.isEmpty { continue }
      if let value = Double(text) {
        guard value.isFinite, let factor = current?.factor, (value * factor).isFinite else {
          throw SourceError(name: source.name, line: number, text: "'\(text)' is no finite number")
        }
        values.append(value * factor)
      } else if let next = metric(text) {
        finish()
        current = next
        values = []
      } else {
        throw SourceError(
          name: source.name, line: number,
          text: "'\(text.prefix(40))' is neither a number nor the name of a metric")
      }
    }
    finish()
    return measurement
  }
}

/// `[{"name": "...", "unit": "...", "value": 1}]`, one number for each name.
enum SmallerIsBetter {
  static func read(_ list: [JSON], _ source: Source) throws(SourceError) -> Measurement {
    var measurement = Measurement()
    measurement.format = .smallerIsBetter
    for (index, element) in list.enumerated() {
      let place = "[\(index)]"
      let name = try source.text(element["name"], "\(place).name")
      let scale = UnitScale(element["unit"]?.string ?? "")
      let value = try source.number(element["value"], "\(place).value") * scale.factor
      guard value.isFinite else {
        throw SourceError(name: source.name, place: place, text: "the number is too large")
      }
      let metric = scale.unit.isEmpty ? "value" : scale.unit
      measurement.add(Metric(name: metric, unit: scale.unit))
      measurement.add(Series(arm: source.arm, benchmark: name, metric: metric, values: [value]))
    }
    return measurement
  }
}
