// Reports: theory of operation.
//
// Problem.  A measurement is a table of series; an analysis knows everything about each pair of
// them.  A reader wants one sentence first, the ratio with its interval second, then why one may
// believe it, then what is wrong with the data and what to do.  The same must come out as text,
// Markdown, CSV, JSON and a page, and they must never disagree.
//
// Shape.  A Report holds everything that is said, computed once; a face (TextReport, PageReport,
// ...) only lays it out and computes nothing.
//
//     Measurement --filter--> series --project--> sections (one a metric)
//                                                   rows    (benchmarks, by --row)
//                                                   columns (arms, by --col); the first is the base
//     section: cells with summaries, a comparison for each row and column behind the first,
//              corrected over the section; geometric means by column
//
// The first section is the main one: its verdict is the report's.  The others (memory, faults,
// cycles) are laid out briefly.
//
// Invariants.
//   R1  Every section has at least one row and one column, and every row at least one cell.
//   R2  A comparison's column is not the base's, and both its cells are there.
//   R3  The correction runs over the comparisons of one section, and nothing else.
//
// Rejected.  Correcting over all metrics: `run` reports a dozen that nobody asked about, and the
// question asked would be paid for by them.  Faces that analyse: two of them will differ.

public import MiniStat

/// What is asked of a report.
public struct ReportRequest: Sendable {
  /// What kind of report is made.
  public enum Kind: String, Sendable {
    /// Each set by itself.
    case summary
    /// Sets against the first one.
    case compare
    /// What the harness measured, compared.
    case run
  }

  /// What kind.
  public var kind: Kind
  /// How sure intervals are.
  public var level = ConfidenceLevel.standard
  /// A relative change up to this does not matter.
  public var margin = 0.01
  /// The correction for the number of comparisons.
  public var correction = Multiplicity.Method.holm
  /// Whether values of the same block are compared as pairs, where there are blocks.
  public var pairing = Pairing.automatic
  /// The column that the others are compared with; nil for the first.
  public var base: String?
  /// The metrics that are reported, the main one first; empty for all in their order.
  public var metrics: [String] = []
  /// What makes a row.
  public var rows = ReportKeys(["name"])
  /// What makes a column.
  public var columns = ReportKeys(["arm"])
  /// Which series are reported; nil for all.
  public var filter: ReportFilter?

  /// The usual request for a report of `kind`.
  public init(_ kind: Kind) { self.kind = kind }
}

/// Why there is nothing to report.
public enum ReportFailure: Error, Equatable, Sendable {
  /// There are no values, or the filter leaves none.
  case nothing
  /// No column has this name; those that there are.
  case noBase(String, columns: [String])
  /// No metric has this name; those that there are.
  case noMetric(String, metrics: [String])

  /// What is wrong, in words.
  public var text: String {
    switch self {
    case .nothing: "no values are left to report: look at the filter and the files"
    case .noBase(let name, let columns):
      "there is no '\(name)' to compare with; there are \(columns.joined(separator: ", "))"
    case .noMetric(let name, let metrics):
      "there is no metric '\(name)'; there are \(metrics.joined(separator: ", "))"
    }
  }
}

/// Everything that is said about a measurement.
public struct Report: Sendable {
  /// The values of one row in one column.
  public struct Cell: Sendable {
    /// The values, in the order of their measurement.
    public let arm: MiniStat.Arm
    /// Each value's place among all runs; empty where unknown.
    public let sequence: [Int]
    /// What they are like.
    public let summary: Summary
  }

  /// What is measured of one thing in each column.
  public struct Row: Sendable {
    /// The name, "" where there is only one thing.
    public let name: String
    /// A cell for each column of the section; nil where nothing was measured.
    public let cells: [Cell?]
    /// The comparison of each column with the base; nil for the base and where a side is missing.
    public let comparisons: [Suite.Row?]
  }

  /// What is said of one metric.
  public struct Section: Sendable {
    /// The metric.
    public let metric: Metric
    /// The names of the columns; the base comes first.
    public let columns: [String]
    /// The rows.
    public let rows: [Row]
    /// The geometric mean of the ratios of each column; nil for the base, and with one row only.
    public let geometricMeans: [Estimate?]
    /// The columns of the only row compared as one question; nil with less than three columns, with
    /// several rows, and in sections that are not the main one.
    public let together: ManyArms?
    /// The rows that the geometric means leave out since they have no ratio, or no partner.
    public let left: [String]
  }

  /// What was asked.
  public let request: ReportRequest
  /// A section for each metric, the main one first.
  public let sections: [Section]
  /// What is known of the machine and the circumstances.
  public let facts: [Fact]
  /// What is known of the arms: commands, hashes.
  public let arms: [Arm]
  /// The runs that gave no values.
  public let failures: [FailedRun]
  /// How the runs of the arms lay in time.
  public let design: Measurement.Design

  /// The section whose verdict is the report's.
  public var main: Section { sections[0] }

  /// The report that `request` asks for on `measurement`.
  public init(
    _ measurement: Measurement, _ request: ReportRequest
  ) throws(ReportFailure) {
    for name in request.metrics where measurement.metric(name) == nil {
      throw .noMetric(name, metrics: measurement.metrics.map(\.name))
    }
    let metrics =
      request.metrics.isEmpty
      ? measurement.metrics : request.metrics.compactMap { measurement.metric($0) }
    let chosen = measurement.series.filter { series in
      let metric = measurement.metric(series.metric)
      let isMeant = request.filter?.matches {
        ReportKeys.value($0, of: series, metric: metric)
      }
      return !series.values.isEmpty && isMeant ?? true
    }
    var sections: [Section] = []
    for metric in metrics {
      let series = chosen.filter { $0.metric == metric.name }
      if series.isEmpty { continue }
      let builder = ReportBuilder(
        measurement, request, metric: metric, series: series, isMain: sections.isEmpty)
      sections.append(try builder.section())
    }
    if sections.isEmpty { throw .nothing }  // R1
    self.request = request
    self.sections = sections
    facts = measurement.facts
    arms = measurement.arms
    failures = measurement.failures
    design = measurement.design
  }
}

extension Metric {
  /// The metric as the analysis knows it.
  var analysed: MiniStat.Metric {
    MiniStat.Metric(name: name, unit: unit, better: better == .higher ? .higher : .lower)
  }
}
