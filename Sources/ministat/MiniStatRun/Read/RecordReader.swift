// Reading our own records back.

internal import LibJSON

/// Reads what ``RecordText`` writes.
public enum RecordReader {
  /// More runs than anybody makes; numbers of several records can still be added.
  private static let numberMax = 1 << 40

  /// True if `bytes` begin like a record.
  static func recognises(_ bytes: [UInt8]) -> Bool {
    let first = bytes.drop { SourceReader.isBlank($0) }.prefix { $0 != 0x0A }
    guard first.count < 1 << 20, let head = try? JSON.parse(bytes: Array(first)) else {
      return false  // some other JSON, whose own reader complains
    }
    return head["kind"]?.string == "ministat"
  }

  static func read(_ source: Source) throws(SourceError) -> Measurement {
    try recording(source.bytes, name: source.name).measurement
  }

  /// The recording that `bytes` hold.
  public static func recording(
    _ bytes: [UInt8], name: String
  ) throws(SourceError) -> Recording {
    var result = Recording()
    var number = 0
    var lastPlace = -1
    var rest = bytes[...]
    while !rest.isEmpty {
      number += 1
      let line = rest.prefix { $0 != 0x0A }
      let isWhole = line.count < rest.count
      rest = rest.dropFirst(line.count + 1)
      if line.allSatisfy({ SourceReader.isBlank($0) }) { continue }
      let value: JSON
      do throws(JSONError) {
        value = try JSON.parse(bytes: Array(line))
      } catch {
        // A record that was cut off holds all before its last line.
        if !isWhole { break }
        throw SourceError(
          name: name, line: number, text: "column \(error.column): \(error.message)")
      }
      let source = Source(bytes: [], name: "\(name):\(number)", arm: "", column: .standard)
      try take(value, source, &result, &lastPlace)
    }
    return result
  }

  private static func take(
    _ value: JSON, _ source: Source, _ result: inout Recording, _ lastPlace: inout Int
  ) throws(SourceError) {
    switch value["kind"]?.string {
    case "ministat":
      guard value["version"]?.int == RecordText.version else {
        throw SourceError(
          name: source.name,
          text: "version \(value["version"]?.text ?? "?") of the record is not known here; read"
            + " it with the ministat that wrote it, and convert to CSV")
      }
      result.design = design(value)
      result.metric = value["metric"]?.string ?? ""
      result.facts = facts(value["facts"])
    case "metric":
      result.metrics.append(
        Metric(
          name: try source.text(value["name"], "name"), unit: value["unit"]?.string ?? "",
          better: value["better"]?.string.flatMap(Better.init) ?? .lower,
          isExact: value["exact"]?.bool ?? false))
    case "arm":
      let words = value["command"]?.array?.compactMap(\.string) ?? []
      result.arms.append(
        Arm(
          name: try source.text(value["name"], "name"), command: words,
          facts: facts(value["facts"])))
    case "run":
      let run = try run(value, source)
      guard run.place > lastPlace || value["place"] == nil else {
        throw SourceError(
          name: source.name, place: "place",
          text: "\(run.place) does not follow \(lastPlace); give two records as two files")
      }
      lastPlace = run.place
      result.runs.append(run)
    case "end":
      result.end = value["reason"]?.string.flatMap(StopRule.Reason.init)
      result.facts += facts(value["facts"])
    default: break  // of a later version
    }
  }

  private static func design(_ value: JSON) -> Measurement.Design {
    switch value["design"]?.string {
    case "sequential": .sequential
    case "interleaved": .interleaved(seed: value["seed"]?.uint ?? 0)
    case "duet": .duet(seed: value["seed"]?.uint ?? 0)
    default: .unknown
    }
  }

  private static func run(_ value: JSON, _ source: Source) throws(SourceError) -> RunRecord {
    var values = try self.values(value["values"], "", source)
    for (benchmark, list) in value["benchmarks"]?.object ?? [:] {
      values += try self.values(list, benchmark, source)
    }
    return RunRecord(
      arm: try source.text(value["arm"], "arm"), block: try number(value["block"], "block", source),
      place: try number(value["place"], "place", source), isWarmup: value["warmup"]?.bool ?? false,
      failure: value["failure"]?.string, values: values, facts: facts(value["facts"]))
  }

  /// The number of a block or a place, -1 if there is none.
  private static func number(
    _ value: JSON?, _ place: String, _ source: Source
  ) throws(SourceError) -> Int {
    guard let value else { return -1 }
    guard let number = value.int, (0...numberMax).contains(number) else {
      throw SourceError(
        name: source.name, place: place, text: "\(value.text.prefix(40)) is no number of a run")
    }
    return number
  }

  private static func values(
    _ value: JSON?, _ benchmark: String, _ source: Source
  ) throws(SourceError) -> [RunValue] {
    var result: [RunValue] = []
    for (metric, number) in value?.object ?? [:] {
      if result.contains(where: { $0.metric == metric }) { continue }
      let number = try source.number(number, "values.\(metric)")
      result.append(RunValue(benchmark: benchmark, metric: metric, value: number))
    }
    return result
  }

  private static func facts(_ value: JSON?) -> [Fact] {
    var result: [Fact] = []
    for (key, fact) in value?.object ?? [:] {
      for one in fact.array ?? [fact] { result.append(Fact(key, one.string ?? one.text)) }
    }
    return result
  }
}
