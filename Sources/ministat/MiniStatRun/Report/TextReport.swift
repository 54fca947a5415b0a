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
    var style = chosen(isTerminal ? Terminal.columns(1) ?? columnsUsual : nil) { Environment[$0] }
    if isASCII { style.glyphs = .ascii }
    style.hasPlots = hasPlots
    return style
  }

  /// The style for a terminal of `columns` columns, nil if there is none, in an environment.
  static func chosen(_ columns: Int?, _ environment: (String) -> String?) -> TextStyle {
    let noColour = environment("NO_COLOR") ?? ""
    let wanted = environment("COLUMNS").flatMap { Int($0) }
    return TextStyle(
      columns: columns.map { wanted ?? $0 } ?? columnsUsual,
      glyphs: isUTF8(environment) ? .unicode : .ascii,
      hasColour: columns != nil && noColour.isEmpty && environment("TERM") != "dumb")
  }

  /// True if the environment's locale writes UTF-8; also if nothing is said, as in containers.
  private static func isUTF8(_ environment: (String) -> String?) -> Bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = environment(name), !value.isEmpty else { continue }
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
    lines += table.lines(width: style.columns, ellipsis: style.glyphs.ellipsis)
    if style.hasPlots { lines += plots() }
    lines += together()
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
    heading(title)
      + body().map { line in
        var moved = PlotText("  ")
        moved.append(line)
        return moved
      }
  }

  private func heading(_ title: String) -> [PlotText] {
    let shown = PlotWidth.cut(
      PlotWidth.visible(title), to: style.columns, ellipsis: style.glyphs.ellipsis)
    return [PlotText(), PlotText(shown, .strong)]
  }

  // MARK: The rest

  private func evidence() -> [PlotText] {
    if isSuite { return [] }
    return content.comparisons(section).flatMap { place in
      let comparison = place.result.comparison
      let title =
        "evidence: \(comparison.other.name) against \(comparison.base.name) (* decides)"
      let table = content.evidenceTable(comparison, of: section.metric)
      return heading(title) + table.lines(width: style.columns, ellipsis: style.glyphs.ellipsis)
    }
  }

  private func together() -> [PlotText] {
    guard let table = content.togetherTable(section), let note = content.togetherNote(section)
    else { return [] }
    return heading("all sets together")
      + table.lines(width: style.columns, ellipsis: style.glyphs.ellipsis)
      + wrapped(note, .faint, indent: 2)
  }

  private func others() -> [PlotText] {
    guard let table = content.otherTable() else { return [] }
    return heading("also measured")
      + table.lines(width: style.columns, ellipsis: style.glyphs.ellipsis)
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
        remark.text, cure: remark.cure, isWarning: remark.finding.severity == .warning)
    }
    if remarks.count > most {
      lines += wrapped(
        (most > 0 ? "and " : "") + "\(remarks.count - most) \(most > 0 ? "more" : "notes")"
          + " (--format html and json hold them)", .faint, indent: 4)
    }
    if lines.isEmpty { return [] }
    return heading("findings") + lines
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

  /// The words of `text`; one that is longer than a line comes in pieces.
  private func words(_ text: String, room: Int) -> [String] {
    text.split(separator: " ").flatMap { word in
      var pieces: [String] = []
      var rest = String(word)
      while PlotWidth.cells(of: rest) > room {
        let piece = PlotWidth.cut(rest, to: room, ellipsis: "")
        if piece.isEmpty { break }
        pieces.append(piece)
        rest.removeFirst(piece.count)
      }
      return pieces + [rest]
    }
  }

  /// `text` broken between words, within the columns.
  private func wrapped(_ text: String, _ ink: PlotInk, indent: Int) -> [PlotText] {
    let room = max(20, style.columns - indent)
    let blanks = String(repeating: " ", count: indent)
    var lines: [PlotText] = []
    var line = ""
    for word in words(PlotWidth.visible(text), room: room) {
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
