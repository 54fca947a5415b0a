// The report for spreadsheets: a line for each set, in base units, with all digits (RFC 4180).

import MiniStat

/// A report as comma-separated values.
public struct CSVReport {
  private let report: Report
  private let content: ReportContent

  /// The names of the columns.
  static let header = [
    "metric", "unit", "name", "set", "n", "mean", "mean_lower", "mean_upper", "median",
    "median_lower", "median_upper", "minimum", "maximum", "deviation", "base", "estimate",
    "value", "lower", "upper", "p", "p_adjusted", "verdict", "more_runs", "warnings",
    "p_dunnett",
  ]

  /// `report` for spreadsheets.
  public init(_ report: Report) {
    self.report = report
    content = ReportContent(report, glyphs: .ascii)
  }

  /// The whole text; lines end in a newline alone, as the tools of the shell want them.
  public func text() -> String {
    var lines = [Self.line(Self.header)]
    for section in report.sections {
      for row in section.rows {
        for (column, cell) in row.cells.enumerated() {
          guard let cell else { continue }
          var fields = [
            section.metric.name, section.metric.unit, row.name, section.columns[column],
          ]
          fields += numbers(cell.summary)
          fields += comparison(row.comparisons[column], cell.summary, section)
          fields.append(dunnett(section, column: column))
          assert(fields.count == Self.header.count, "a field for each column")
          lines.append(Self.line(fields))
        }
      }
    }
    return lines.joined()
  }

  private static func number(_ value: Double) -> String {
    value.isFinite ? value.description : ""
  }

  private static func ends(_ estimate: Estimate) -> [String] {
    [estimate.value, estimate.interval.lower, estimate.interval.upper].map { number($0) }
  }

  private func numbers(_ summary: Summary) -> [String] {
    [String(summary.count)] + Self.ends(summary.mean) + Self.ends(summary.median)
      + [
        summary.moments.minimum, summary.moments.maximum, summary.moments.standardDeviation,
      ].map { Self.number($0) }
  }

  private func comparison(
    _ result: Suite.Row?, _ summary: Summary, _ section: Report.Section
  ) -> [String] {
    guard let result else {
      let warnings = summary.findings.filter { $0.severity == .warning }.map(\.code)
      return [String](repeating: "", count: 9) + [warnings.joined(separator: " ")]
    }
    let headline = result.comparison.headline
    var more = ""
    if case .undecided(let runs?) = result.verdict { more = String(runs) }
    var codes: [String] = []
    for finding in result.comparison.warnings where !codes.contains(finding.code) {
      codes.append(finding.code)
    }
    return [section.columns[0], headline.kind.rawValue] + Self.ends(headline.estimate)
      + [Self.number(headline.p), Self.number(content.p(result))]
      + [content.words.word(result, of: section.metric), more, codes.joined(separator: " ")]
  }

  /// The probability against the base with the number of sets taken into account.
  private func dunnett(_ section: Report.Section, column: Int) -> String {
    section.together?.dunnett.first { $0.other == column }.map { Self.number($0.p) } ?? ""
  }

  private static func line(_ fields: [String]) -> String {
    fields.map { field in
      let isPlain = field.utf8.allSatisfy {
        $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") && $0 >= 0x20
      }
      let isTrimmed = field.first != " " && field.last != " "
      if isPlain && isTrimmed { return field }
      return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }.joined(separator: ",") + "\n"
  }
}
