// The report for a terminal: the verdict in words, the ratio, the evidence, the findings.
//
// 80 columns are enough, 120 are used.  Colour is an ink until the last moment, so that the text
// is the same with and without it.

public import MiniStat
import Sys9

/// How text is shown.
public struct TextStyle: Equatable, Sendable {
  /// The columns to stay within.
  public var columns: Int
  /// The characters that may be used.
  public var glyphs: PlotGlyphs
  /// True to use colours.
  public var hasColour: Bool
  /// True to draw plots.
  public var hasPlots: Bool

  /// What nobody's terminal is narrower than.
  public static let columnsUsual = 80
  /// Beyond this, lines are too long to read.
  public static let columnsMax = 160

  /// A style, by default 80 columns of Unicode without colour.
  public init(
    columns: Int = columnsUsual, glyphs: PlotGlyphs = .unicode, hasColour: Bool = false,
    hasPlots: Bool = true
  ) {
    self.columns = min(max(columns, PlotLayout.columnsMin), Self.columnsMax)
    self.glyphs = glyphs
    self.hasColour = hasColour
    self.hasPlots = hasPlots
  }

  /// The style for standard output: colour and the terminal's columns on a terminal, unless
  /// `NO_COLOR` is set and not empty or `TERM` is `dumb`; ASCII where the locale is not UTF-8.
  public static func standard(isASCII: Bool = false, hasPlots: Bool = true) -> TextStyle {
    let isTerminal = Terminal.isTerminal(1)
    let wish = Environment["NO_COLOR"] ?? ""
    let columns = isTerminal ? Environment["COLUMNS"].flatMap { Int($0) } : nil
    return TextStyle(
      columns: columns ?? (isTerminal ? Terminal.columns(1) : nil) ?? columnsUsual,
      glyphs: isASCII || !isUTF8() ? .ascii : .unicode,
      hasColour: isTerminal && wish.isEmpty && Environment["TERM"] != "dumb",
      hasPlots: hasPlots)
  }

  /// True if the environment's locale writes UTF-8; also if nothing is said, as in containers.
  private static func isUTF8() -> Bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = Environment[name], !value.isEmpty else { continue }
      let lower = value.lowercased()
      return lower.contains("utf-8") || lower.contains("utf8")
    }
    return true
  }
}

/// A report as text.
public struct TextReport {
  private let content: ReportContent
  private let style: TextStyle

  /// Rows of an interval plot at most; beyond them the table says it.
  private static let intervalRowsMax = 60
  /// Findings shown at most.
  private static let remarksMax = 16
  /// Findings of a suite shown at most.
  private static let remarksOfSuiteMax = 8

  /// A report to be shown in `style`.
  public init(_ report: Report, style: TextStyle = TextStyle()) {
    content = ReportContent(report, glyphs: style.glyphs)
    self.style = style
  }

  /// The whole text, ending in a newline.
  public func text() -> String {
    lines().map { $0.rendered(colour: style.hasColour) + "\n" }.joined()
  }

  private var report: Report { content.report }
  private var section: Report.Section { report.main }
  private var isSuite: Bool { section.rows.count > 1 }

  /// The lines, in inks.
  public func lines() -> [PlotText] {
    var lines = verdict()
    let table = isSuite ? content.suiteTable(section) : content.armTable(section)
    if !lines.isEmpty { lines.append(PlotText()) }
    lines += table.lines(width: style.columns)
    if style.hasPlots { lines += plots() }
    lines += evidence()
    lines += others()
    lines += findings()
    lines += methods()
    return lines
  }

  private func verdict() -> [PlotText] {
    var lines: [PlotText] = []
    for statement in content.statements() {
      lines += wrapped(statement.sentence, statement.ink, indent: 0)
      for line in statement.figures { lines += wrapped(line, .plain, indent: 2) }
    }
    let warnings = content.remarks(section).filter { $0.finding.severity == .warning }.count
    if warnings > 0 && content.isComparison {
      let text =
        warnings == 1
        ? "There is a warning below: it may change the result."
        : "There are \(warnings) warnings below: they may change the result."
      lines += wrapped(text, .caution, indent: 2)
    }
    return lines
  }

  // MARK: Plots

  private func plots() -> [PlotText] {
    var lines: [PlotText] = []
    let intervals = content.intervalRows(section)
    if !intervals.isEmpty && intervals.count <= Self.intervalRowsMax {
      let base = section.columns[0]
      lines += titled("change of \(section.metric.name) against \(base), %") {
        PlotInterval(
          intervals, layout: layout(unit: "%"), reference: 0,
          margin: 100 * report.request.margin
        ).lines()
      }
    }
    if isSuite { return lines }
    let (series, unit) = content.plotSeries(section.rows[0], section)
    lines += titled("density of \(section.metric.name)") {
      PlotDensity(series, layout: layout(unit: unit)).lines()
    }
    if series.count > 1 {
      lines += titled("part of the runs up to a value") {
        PlotDistribution(series, layout: layout(unit: unit)).lines()
      }
    }
    lines += titled("in the order of measurement") {
      PlotOrder(series, layout: layout(unit: unit)).lines()
    }
    return lines
  }

  private func layout(unit: String) -> PlotLayout {
    PlotLayout(columns: style.columns - 2, glyphs: style.glyphs, unit: unit)
  }

  private func titled(_ title: String, _ body: () -> [PlotText]) -> [PlotText] {
    [PlotText(), PlotText(title, .strong)]
      + body().map { line in
        var moved = PlotText("  ")
        moved.append(line)
        return moved
      }
  }

  // MARK: The rest

  private func evidence() -> [PlotText] {
    if isSuite { return [] }
    return content.comparisons(section).flatMap { place in
      let comparison = place.result.comparison
      let title =
        "evidence: \(comparison.other.name) against \(comparison.base.name) (* decides)"
      let table = content.evidenceTable(comparison, of: section.metric)
      return [PlotText(), PlotText(title, .strong)] + table.lines(width: style.columns)
    }
  }

  private func others() -> [PlotText] {
    guard let table = content.otherTable() else { return [] }
    return [PlotText(), PlotText("also measured", .strong)] + table.lines(width: style.columns)
  }

  private func findings() -> [PlotText] {
    var lines: [PlotText] = []
    for failure in content.failures() { lines += item(failure, cure: nil, isWarning: true) }
    let remarks = content.remarks(section)
    let warnings = remarks.filter { $0.finding.severity == .warning }.count
    // The notes on a whole suite would bury its table.
    let most = isSuite ? min(warnings, Self.remarksOfSuiteMax) : Self.remarksMax
    for remark in remarks.prefix(most) {
      lines += item(
        remark.text, cure: remark.finding.cure, isWarning: remark.finding.severity == .warning)
    }
    if remarks.count > most {
      lines += wrapped(
        "and \(remarks.count - most) more (--format html and json hold all of them)", .faint,
        indent: 4)
    }
    if lines.isEmpty { return [] }
    return [PlotText(), PlotText("findings", .strong)] + lines
  }

  private func item(_ text: String, cure: String?, isWarning: Bool) -> [PlotText] {
    let sentence = text + (cure.map { "; " + $0 } ?? "") + "."
    var lines = wrapped(sentence, .plain, indent: 4)
    var first = PlotText("  ")
    let mark = isWarning ? "!" : style.glyphs == .ascii ? "-" : "·"
    first.append(mark, isWarning ? .caution : .faint)
    first.append(" ")
    for run in lines[0].runs { first.append(Self.withoutIndent(run.text), run.ink) }
    lines[0] = first
    return lines
  }

  private static func withoutIndent(_ text: String) -> String {
    String(text.drop { $0 == " " })
  }

  private func methods() -> [PlotText] {
    let text = content.methods().joined(separator: " ")
    if text.isEmpty { return [] }
    return [PlotText()] + wrapped(text, .faint, indent: 0)
  }

  /// `text` broken between words, within the columns.
  private func wrapped(_ text: String, _ ink: PlotInk, indent: Int) -> [PlotText] {
    let room = max(20, style.columns - indent)
    let blanks = String(repeating: " ", count: indent)
    var lines: [PlotText] = []
    var line = ""
    for word in PlotWidth.visible(text).split(separator: " ") {
      let isFull = PlotWidth.cells(of: line) + 1 + PlotWidth.cells(of: word) > room
      if isFull && !line.isEmpty {
        lines.append(PlotText(blanks + line, ink))
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(PlotText(blanks + line, ink))
    return lines
  }
}
