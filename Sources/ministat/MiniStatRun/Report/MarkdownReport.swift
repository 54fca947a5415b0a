// The report for a pull request: GitHub's Markdown, without plots.

import MiniStat

/// A report as Markdown.
public struct MarkdownReport {
  private let content: ReportContent

  /// `report` as Markdown.
  public init(_ report: Report) { content = ReportContent(report, glyphs: .unicode) }

  private var report: Report { content.report }

  /// The whole text, ending in a newline.
  public func text() -> String {
    var blocks: [String] = []
    for statement in content.statements() {
      let lines = ["**\(escaped(statement.sentence))**"] + statement.figures.map(escaped)
      blocks.append(lines.joined(separator: "  \n"))
    }
    let section = report.main
    let table = section.rows.count > 1 ? content.suiteTable(section) : content.armTable(section)
    blocks.append(table.markdown().joined(separator: "\n"))
    if section.rows.count == 1 {
      for place in content.comparisons(section) {
        let comparison = place.result.comparison
        blocks.append(
          details(
            "Evidence: \(comparison.other.name) against \(comparison.base.name) (* decides)",
            content.evidenceTable(comparison, of: section.metric).markdown()))
      }
    }
    if let together = content.togetherTable(section), let note = content.togetherNote(section) {
      blocks.append(details("All sets together", together.markdown() + ["", escaped(note)]))
    }
    if let others = content.otherTable() {
      blocks.append(details("Also measured", others.markdown()))
    }
    let findings = findings()
    if !findings.isEmpty { blocks.append(findings.joined(separator: "\n")) }
    let methods = content.methods().joined(separator: " ")
    if !methods.isEmpty { blocks.append("<sub>\(escaped(methods))</sub>") }
    return blocks.joined(separator: "\n\n") + "\n"
  }

  private func escaped(_ text: String) -> String { ReportTable.markdown(text) }

  /// What is shown on demand; GitHub wants blank lines around Markdown in HTML.
  private func details(_ title: String, _ lines: [String]) -> String {
    (["<details><summary>\(Markup.escaped(title))</summary>", ""] + lines + ["", "</details>"])
      .joined(separator: "\n")
  }

  private func findings() -> [String] {
    let failures = content.failures().map { "- ⚠️ \(escaped($0))." }
    return failures
      + content.remarks(report.main).map { remark in
        let isWarning = remark.finding.severity == .warning
        let cure = remark.cure.map { "; \(escaped($0))" } ?? ""
        return "- \(isWarning ? "⚠️ " : "")\(escaped(remark.text))\(cure)."
      }
  }
}
