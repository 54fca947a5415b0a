// What is reported and how, from the command line.

import MiniStat
import MiniStatRun
import Sys9

/// The report that a command line asks for.
struct ReportStyle {
  /// What is compared.
  let request: ReportRequest
  private let format: String
  private let text: TextStyle

  init(_ line: Invocation) throws(UsageError) {
    let kind: ReportRequest.Kind =
      switch line.subcommand {
      case .summary: .summary
      case .run: .run
      default: .compare
      }
    var request = ReportRequest(kind)
    if let given = line.text(.level) {
      let number = given.hasSuffix("%") ? String(given.dropLast()) : given
      guard let percent = Double(number), let level = ConfidenceLevel(percent: percent) else {
        throw UsageError(
          text: "No support for confidence level '\(given)': it lies above 0 and below 100")
      }
      request.level = level
    }
    request.margin = try line.fraction(.margin) ?? request.margin
    request.base = line.text(.base)
    // What `run` waits for comes first, and everything else is shown as well.
    request.metrics = kind == .run ? [] : line.texts(.metric)
    switch line.text(.correction) {
    case "bh": request.correction = .benjaminiHochberg
    case "none": request.correction = .none
    default: break
    }
    switch line.text(.pairing) {
    case "paired": request.pairing = .paired
    case "independent": request.pairing = .independent
    default: break
    }
    if let keys = line.text(.rows) { request.rows = ReportKeys(parsing: keys) }
    if let keys = line.text(.columns) { request.columns = ReportKeys(parsing: keys) }
    request.filter = try Self.filter(line)
    self.request = request
    format = line.text(.format) ?? "text"
    text = TextStyle.standard(isASCII: line.has(.ascii), hasPlots: !line.has(.noPlot))
  }

  /// The condition that the command line sets.
  static func filter(_ line: Invocation) throws(UsageError) -> ReportFilter? {
    guard let text = line.text(.filter) else { return nil }
    do throws(ReportFilter.Failure) {
      return try ReportFilter(text)
    } catch {
      throw UsageError(
        text: "--filter '\(text)', at character \(error.offset + 1): \(error.reason)")
    }
  }

  /// The report on `measurement`.
  func report(_ measurement: Measurement) throws(Failure) -> Report {
    do throws(ReportFailure) {
      return try Report(measurement, request)
    } catch {
      throw Failure(error.text)
    }
  }

  /// Writes the report on `measurement` to the standard output.
  func print(_ measurement: Measurement) throws(Failure) {
    let report = try report(measurement)
    let text =
      switch format {
      case "markdown": MarkdownReport(report).text()
      case "csv": CSVReport(report).text()
      case "json": JSONReport(report).text()
      case "html": PageReport(report).text()
      default: TextReport(report, style: text).text()
      }
    try Output.print { (output) throws(SystemError) in try output.write(text) }
  }
}
