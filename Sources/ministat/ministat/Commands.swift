// The subcommands: what each reads, does and prints.

import Glibc
import MiniStat
import MiniStatRun
import Sys9
import SystemPackage

/// Running a subcommand.
enum Commands {
  /// Runs `subcommand` with the arguments behind its name; the exit status.
  static func run(
    _ subcommand: Subcommand, _ arguments: ArraySlice<[UInt8]>
  ) throws(Failure) -> CInt {
    let line = try usage(subcommand) { () throws(UsageError) in
      try Invocation(subcommand, arguments)
    }
    if line.has(.help) {
      try Output.print { (output) throws(SystemError) in try output.write(subcommand.text) }
      return 0
    }
    switch subcommand {
    case .run: return try measure(line)
    case .convert: return try convert(line)
    case .gate: return try gate(line)
    case .compare, .summary:
      let style = try usage(subcommand) { () throws(UsageError) in try ReportStyle(line) }
      try style.print(read(line))
      return 0
    }
  }

  /// Runs `body`, and says how `subcommand` is called if the command line is wrong.
  static func usage<Result>(
    _ subcommand: Subcommand, _ body: () throws(UsageError) -> Result
  ) throws(Failure) -> Result {
    do throws(UsageError) {
      return try body()
    } catch {
      throw Failure(
        "\(error.text)\n\(subcommand.usage)Try 'ministat \(subcommand.rawValue) --help'.")
    }
  }

  private static func measure(_ line: Invocation) throws(Failure) -> CInt {
    let request = try usage(.run) { () throws(UsageError) in
      try RunRequest(line, clock: UInt64(Clocks.monotonicNs()))
    }
    let style = try usage(.run) { () throws(UsageError) in try ReportStyle(line) }
    let (recording, signal) = try RunCommand(request).run()
    let measurement = recording.measurement
    if measurement.valueCount > 0 { try style.print(measurement) }
    if let signal { return 128 + signal }
    if measurement.valueCount == 0 {
      throw Failure("no run gave values: \(measurement.failures.first?.reason ?? "none was made")")
    }
    return measurement.failures.isEmpty ? 0 : 1
  }

  /// The files of `line` as one measurement.
  static func read(_ line: Invocation) throws(Failure) -> Measurement {
    let column = try usage(line.subcommand) { () throws(UsageError) in
      let delimiters = line.text(.delimiters).map { Array($0.utf8) } ?? Array(" \t".utf8)
      if delimiters.isEmpty { throw UsageError(text: "Can't use empty delimiter string. Try -d ,") }
      return ColumnFormat(
        column: try line.integer(.column, atLeast: 1) ?? 1, delimiters: delimiters)
    }
    var files: [(name: String, measurement: Measurement)] = []
    for name in line.operands.isEmpty ? ["-"] : line.operands {
      let shown = name == "-" ? "<stdin>" : name
      files.append((shown, try read(name, shown: shown, column)))
    }
    return Gathering.measurement(of: files)
  }

  /// The measurement in the file `name`; `-` is the standard input.
  private static func read(
    _ name: String, shown: String, _ column: ColumnFormat
  ) throws(Failure) -> Measurement {
    let file: Descriptor?
    do throws(SystemError) {
      file = name == "-" ? nil : try Descriptor.open(FilePath(name), O_RDONLY)
    } catch {
      throw Failure("Cannot open \(shown): \(error.reason)")
    }
    let descriptor: CInt =
      switch file {
      case .some(let file): file.raw
      case .none: 0
      }
    do throws(SourceError) {
      return try SourceReader.read(
        descriptor: descriptor, name: shown, arm: shown, column: column)
    } catch {
      throw Failure("\(error)")
    }
  }

  private static func gate(_ line: Invocation) throws(Failure) -> CInt {
    let request = try usage(.gate) { () throws(UsageError) in
      (style: try ReportStyle(line), limit: try line.fraction(.limit) ?? 0.02)
    }
    let measurement = try read(line)
    let report = try request.style.report(measurement)
    let gate = Gate(
      report, limit: request.limit, isNarrowed: !request.style.request.metrics.isEmpty)
    try Output.print { (output) throws(SystemError) in try output.write(gate.text) }
    return gate.outcome.status
  }

  private static func convert(_ line: Invocation) throws(Failure) -> CInt {
    let keys = try usage(.convert) { () throws(UsageError) in try splitKeys(line) }
    var measurement = try read(line)
    let metrics = line.texts(.metric)
    if !metrics.isEmpty { measurement = try only(metrics, of: measurement) }
    if let filter = try usage(.convert, { () throws(UsageError) in try ReportStyle.filter(line) }) {
      let all = measurement
      measurement = all.keeping { series in
        filter.matches { ReportKeys.value($0, of: series, metric: all.metric(series.metric)) }
      }
    }
    if let keys {
      for (name, text) in MeasurementText.columns(measurement, by: keys) {
        try Output.write(text, to: (line.text(.output) ?? "") + name)
        try Output.print { (output) throws(SystemError) in
          try output.write((line.text(.output) ?? "") + name + "\n")
        }
      }
      return 0
    }
    let text =
      switch line.text(.target) {
      case "csv": MeasurementText.csv(measurement)
      case "columns": MeasurementText.columns(measurement, by: []).map(\.text).joined()
      default: MeasurementText.records(measurement)
      }
    if let file = line.text(.output) {
      try Output.write(text, to: file)
    } else {
      try Output.print { (output) throws(SystemError) in try output.write(text) }
    }
    return 0
  }

  private static func splitKeys(
    _ line: Invocation
  ) throws(UsageError) -> [MeasurementText.Key]? {
    guard let text = line.text(.split) else { return nil }
    if let target = line.text(.target), target != "columns" {
      throw UsageError(text: "--split writes columns; it does not go with --to \(target)")
    }
    var keys: [MeasurementText.Key] = []
    for word in text.split(separator: ",") {
      guard let key = MeasurementText.Key(rawValue: String(word)) else {
        throw UsageError(text: "--split '\(word)' is none of arm, benchmark, metric")
      }
      keys.append(key)
    }
    return keys
  }

  private static func only(
    _ metrics: [String], of measurement: Measurement
  ) throws(Failure) -> Measurement {
    for name in metrics where measurement.metric(name) == nil {
      let known = measurement.metrics.map(\.name).joined(separator: ", ")
      throw Failure("there is no metric '\(name)'; there are \(known)")
    }
    return measurement.keeping { metrics.contains($0.metric) }
  }
}

/// Writing what a subcommand has to say.
enum Output {
  /// Writes to the standard output.
  static func print(
    _ body: (inout BufferedWriter) throws(SystemError) -> Void
  ) throws(Failure) {
    var output = BufferedWriter(1)
    do throws(SystemError) {
      try body(&output)
      try output.flush()
    } catch {
      throw Failure("cannot write the report: standard output: \(error.reason)")
    }
  }

  /// Writes `text` to the file called `name`.
  static func write(_ text: String, to name: String) throws(Failure) {
    let bytes = Array(text.utf8)
    do throws(SystemError) {
      let file = try Descriptor.open(FilePath(name), O_WRONLY | O_CREAT | O_TRUNC)
      try unsafe bytes.withUnsafeBufferPointer { (piece) throws(SystemError) in
        try unsafe file.write(all: UnsafeRawBufferPointer(piece))
      }
      try file.close()
    } catch {
      throw Failure("Cannot write \(name): \(error.reason)")
    }
  }
}
