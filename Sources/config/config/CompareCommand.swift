// `config compare`: stored samples, read again.

import ArgumentParser
import ConfigBench
import MiniStat
import MiniStatRun
import Sys9
import SystemPackage

/// How a comparison is shown; `config bench` has these options, too.
struct ReportOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The form of the report.", valueName: "text|markdown|csv|json|html"))
  var format = Format.text

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Report this metric; may be repeated.  Without, what benchmarks print, and wall, cpu and "
        + "maxrss.", valueName: "METRIC"))
  var metric: [String] = []

  @Option(
    help: ArgumentHelp("A change up to this does not matter (1%).", valueName: "PERCENT"))
  var margin: String?

  @Flag(help: "Draw no plots.")
  var noPlot = false

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown, csv, json, html }

  func validate() throws {
    if let margin, Quantity.fraction(margin) == nil {
      throw ValidationError("--margin takes a percentage such as 1%, not '\(margin)'.")
    }
  }

  /// Prints the report on `measurement`; the exit status.
  func print(_ measurement: Measurement, _ kind: ReportRequest.Kind) -> CInt {
    var request = ReportRequest(kind)
    request.metrics = metric.isEmpty ? Self.usual(measurement) : metric
    request.margin = margin.flatMap(Quantity.fraction) ?? request.margin
    do throws(ReportFailure) {
      let report = try MiniStatRun.Report(measurement, request)
      let text =
        switch format {
        case .markdown: MarkdownReport(report).text()
        case .csv: CSVReport(report).text()
        case .json: JSONReport(report).text()
        case .html: PageReport(report).text()
        case .text: TextReport(report, style: .standard(hasPlots: !noPlot)).text()
        }
      return Console.write(1, text)
    } catch {
      Console.write(2, "config: error: \(error.text)\n")
      return 1
    }
  }

  /// What a program prints is what it is about; of the rest what everybody asks for.
  private static func usual(_ measurement: Measurement) -> [String] {
    let own = Set(Metric.own.map(\.name)).subtracting(["wall", "cpu", "maxrss"])
    let present = Set(measurement.series.map(\.metric))
    return measurement.metrics.map(\.name).filter { present.contains($0) && !own.contains($0) }
  }
}

struct CompareCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config compare",
    abstract: "Compare what config bench has stored: today against last week.",
    discussion: """
      One FILE is shown again, variant against variant.  Of several the first is what the others \
      are compared with, each benchmark of each variant by itself; what differs between the \
      machines is told first, since it may be the difference.

      EXAMPLE
        config compare compile/bench/before.jsonl compile/bench/after.jsonl

      EXIT STATUS
        0 if there is a report, whatever it says; 1 if not; 2 wrong usage.
      """)

  @OptionGroup var style: ReportOptions

  @Argument(help: ArgumentHelp("Records.", valueName: "FILE"), completion: .file())
  var files: [String]

  func execute() -> CInt {
    var stored: [BenchComparison.Stored] = []
    for name in files {
      let bytes: [UInt8]
      do throws(SystemError) {
        bytes = try Files.read(FilePath(name))
      } catch {
        Console.write(2, "config: error: cannot read '\(name)': \(error.reason)\n")
        return 1
      }
      do throws(SourceError) {
        stored.append((name, try SourceReader.read(bytes, name: name, arm: name)))
      } catch {
        Console.write(2, "config: error: \(error)\n")
        return 1
      }
    }
    for line in BenchComparison.differences(stored) {
      Console.write(2, "config: note: \(line)\n")
    }
    let measurement = BenchComparison.measurement(stored)
    return style.print(measurement, files.count == 1 ? .run : .compare)
  }
}
