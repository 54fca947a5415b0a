// What package-benchmark (ordo-one) and github-action-benchmark write.

internal import LibJSON

/// `histogramSamples`: a line that names a metric and its unit, and a number on each line after it.
///
///     Time (wall clock) (μs)
///     31
///     32
///     Malloc (total)
///     5
///
/// The file is written from a histogram: its values are sorted, and their order is lost.  They are
/// shuffled, always in the same way, so that nobody takes the sorting for a drift.
enum PackageBenchmark {
  /// What the names of metrics begin with, of which the first line must have one.
  private static let beginnings = [
    "Time (", "Throughput (", "Memory", "Malloc", "Free (", "Instructions", "Object allocs",
    "Retains", "Releases", "(Alloc", "Syscalls", "Context switches", "Threads (", "Bytes (",
    "Mutex",
  ]

  private static let names: [String: String] = [
    "Time (wall clock)": "wall", "Time (user CPU)": "user", "Time (system CPU)": "system",
    "Time (total CPU)": "cpu", "Memory (resident peak)": "maxrss", "Malloc (total)": "mallocs",
    "Instructions": "instructions",
  ]

  private static let powers: [String: Double] = [
    "#": 1, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15,
  ]

  static func recognises(_ bytes: [UInt8]) -> Bool {
    let first = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
    return beginnings.contains { first.hasPrefix($0) } && Double(first) == nil
  }

  /// The metric that `line` names, and what its numbers are multiplied by.
  private static func metric(_ line: String) -> (metric: Metric, scale: (Double) -> Double) {
    var title = line
    while title.last == "*" || title.last == " " { title.removeLast() }
    var scaled: (Double) -> Double = { $0 }
    var unit = ""
    if title.last == ")", let open = title.lastIndex(of: "(") {
      let inner = String(title[title.index(after: open)...].dropLast())
      let scale = UnitScale(inner)
      if powers[inner] != nil || (scale.unit == "s" && title != "Throughput (# / s)") {
        scaled = powers[inner].map { factor in { $0 * factor } } ?? { scale.scaled($0) }
        unit = powers[inner] == nil ? scale.unit : ""
        title = String(title[..<open])
        while title.last == " " { title.removeLast() }
      }
    }
    if title.hasPrefix("Time (") { unit = "s" }
    if title.hasPrefix("Memory") || title.hasPrefix("Bytes (") { unit = "B" }
    let isRate = title.hasPrefix("Throughput")
    let name = names[title] ?? title
    return (
      Metric(name: name, unit: isRate ? "1/s" : unit, better: isRate ? .higher : .lower), scaled
    )
  }

  static func read(_ source: Source) throws(SourceError) -> Measurement {
    var measurement = Measurement()
    measurement.format = .packageBenchmarkSamples
    var current: (metric: Metric, scale: (Double) -> Double)?
    var values: [Double] = []
    func finish() {
      guard let current, !values.isEmpty else { return }
      var generator = SeededGenerator(seed: 1)
      measurement.add(current.metric)
      measurement.add(
        Series(
          arm: source.arm, metric: current.metric.name,
          values: values.shuffled(using: &generator)))
    }
    for (number, line) in source.lines {
      let text = String(line.reversed().drop { $0.isWhitespace }.reversed())
      if text.isEmpty { continue }
      if text.first?.isLetter ?? false || text.hasPrefix("(") {
        finish()
        current = metric(text)
        values = []
        continue
      }
      guard let value = Double(text).flatMap({ current?.scale($0) }), value.isFinite else {
        throw SourceError(
          name: source.name, line: number,
          text: "'\(text.prefix(40))' is neither a finite number nor the name of a metric")
      }
      values.append(value)
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
      let value = scale.scaled(try source.number(element["value"], "\(place).value"))
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
