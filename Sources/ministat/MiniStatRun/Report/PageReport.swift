// The report for a colleague: one HTML page that needs nothing else.
//
// No scripts, no fonts, no links to other hosts: it can be mailed, archived, attached to a build
// and read in ten years.  Light or dark as the reader's system is; on paper it is black on white.
// Every text passes through Markup, which escapes it.  The page is well-formed XML at the same
// time, which is how it is tested.

import MiniStat

/// A report as a page.
public struct PageReport {
  private let content: ReportContent
  private let title: String

  /// Rows of a suite that get figures of their own at most.
  private static let figuresMax = 40

  /// `report` as a page called `title`; by default its first sentence.
  public init(_ report: Report, title: String? = nil) {
    content = ReportContent(report, glyphs: .unicode)
    self.title = title ?? content.statements().first?.sentence ?? "ministat"
  }

  private var report: Report { content.report }
  private var section: Report.Section { report.main }
  private var isSuite: Bool { section.rows.count > 1 }

  /// The whole page.
  public func text() -> String {
    var markup = Markup()
    markup.write(verbatim: "<!DOCTYPE html>\n")
    markup.element("html", [("lang", "en")]) { markup in
      markup.element("head") { markup in
        markup.element("meta", [("charset", "utf-8")])
        markup.element(
          "meta", [("name", "viewport"), ("content", "width=device-width, initial-scale=1")])
        markup.element("title", text: title)
        markup.element("style") { $0.write(verbatim: ReportStyle.sheet) }
      }
      markup.newline()
      markup.element("body") { markup in
        head(&markup)
        markup.element("main") { body(&$0) }
        foot(&markup)
      }
      markup.newline()
    }
    return markup.text + "\n"
  }

  private func head(_ markup: inout Markup) {
    let warnings = content.remarks(section).filter { $0.finding.severity == .warning }.count
    markup.element("header") { markup in
      for (index, statement) in content.statements().enumerated() {
        let type = statement.ink.type ?? "plain"
        markup.element("div", [("class", "verdict \(type)")]) { markup in
          markup.element(index == 0 ? "h1" : "h2", text: statement.sentence)
          for line in statement.figures {
            markup.element("p", text: ReportFigure.minus(line))
          }
          if warnings > 0 && content.isComparison && index == 0 {
            let text = warnings == 1 ? "There is a warning" : "There are \(warnings) warnings"
            markup.element("p", [("class", "caution")]) { markup in
              markup.element("a", [("href", "#findings"), ("class", "caution")], text: text)
              markup.write(warnings == 1 ? ": it may change this." : ": they may change this.")
            }
          }
        }
        markup.newline()
      }
    }
  }

  private func part(
    _ markup: inout Markup, _ title: String, id: String? = nil, _ body: (inout Markup) -> Void
  ) {
    markup.element("section", id.map { [("id", $0)] } ?? []) { markup in
      markup.element("h2", text: title)
      markup.newline()
      body(&markup)
    }
    markup.newline()
  }

  private func body(_ markup: inout Markup) {
    markup.element("section") { markup in
      (isSuite ? content.suiteTable(section) : content.armTable(section)).write(to: &markup)
    }
    let intervals = content.intervalRows(section)
    if !intervals.isEmpty {
      part(&markup, "Change of \(section.metric.name) against \(section.columns[0])") { markup in
        ReportFigure().intervals(
          &markup, intervals, reference: 0, margin: 100 * report.request.margin, unit: "%")
      }
    }
    if isSuite { suiteFigures(&markup) } else { figures(&markup) }
    if !isSuite {
      for place in content.comparisons(section) {
        let comparison = place.result.comparison
        part(
          &markup, "Evidence: \(comparison.other.name) against \(comparison.base.name)"
        ) { markup in
          content.evidenceTable(comparison, of: section.metric).write(to: &markup)
          markup.element("p", [("class", "soft")], text: "* decides")
        }
      }
    }
    if let together = content.togetherTable(section), let note = content.togetherNote(section) {
      part(&markup, "All sets together") { markup in
        together.write(to: &markup)
        markup.element("p", [("class", "soft")], text: note)
      }
    }
    if let others = content.otherTable() {
      part(&markup, "Also measured") { others.write(to: &$0) }
    }
    findings(&markup)
    circumstances(&markup)
  }

  // MARK: Figures

  private func figures(_ markup: inout Markup) {
    let (series, unit) = content.plotSeries(section.rows[0], section)
    let figure = ReportFigure(unit: unit)
    let name = section.metric.name
    part(&markup, "Density of \(name)") { figure.violins(&$0, series) }
    if series.count > 1 {
      part(&markup, "Part of the runs up to a value") { markup in
        legend(&markup, series)
        figure.distribution(&markup, series)
      }
    }
    part(&markup, "In the order of measurement") { markup in
      legend(&markup, series)
      figure.order(&markup, series)
    }
  }

  private func legend(_ markup: inout Markup, _ series: [PlotSeries]) {
    markup.element("div", [("class", "legend")]) { markup in
      for one in series {
        markup.element("span", [("class", "arm\(one.index % 7)")], text: one.name)
      }
    }
    markup.newline()
  }

  private func suiteFigures(_ markup: inout Markup) {
    part(&markup, "Densities of \(section.metric.name)") { markup in
      for row in section.rows.prefix(Self.figuresMax) {
        markup.element("h3", text: row.name)
        let (series, unit) = content.plotSeries(row, section)
        ReportFigure(unit: unit).violins(&markup, series)
      }
    }
  }

  // MARK: Words

  private func findings(_ markup: inout Markup) {
    let remarks = content.remarks(section)
    let failures = content.failures()
    if remarks.isEmpty && failures.isEmpty { return }
    part(&markup, "Findings", id: "findings") { markup in
      markup.element("ul", [("class", "findings")]) { markup in
        for failure in failures {
          markup.element("li", [("class", "warning")], text: failure + ".")
        }
        for remark in remarks {
          let isWarning = remark.finding.severity == .warning
          markup.element("li", [("class", isWarning ? "warning" : "remark")]) { markup in
            markup.write(ReportFigure.minus(remark.text) + ".")
            if let cure = remark.cure {
              markup.element("span", [("class", "cure")]) { $0.write(" " + capital(cure) + ".") }
            }
          }
          markup.newline()
        }
      }
    }
  }

  private func capital(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

  private func circumstances(_ markup: inout Markup) {
    let commands = report.arms.filter { !$0.command.isEmpty || !$0.facts.isEmpty }
    if report.facts.isEmpty && commands.isEmpty { return }
    part(&markup, "Circumstances") { markup in
      markup.element("dl") { markup in
        for arm in commands {
          if !arm.command.isEmpty {
            markup.element("dt", text: arm.name)
            markup.element("dd") { $0.element("code", text: arm.command.joined(separator: " ")) }
          }
          for fact in arm.facts {
            markup.element("dt", text: "\(arm.name) \(fact.key)")
            markup.element("dd", text: fact.value)
          }
        }
        for fact in report.facts {
          markup.element("dt", text: fact.key)
          markup.element("dd", text: fact.value)
        }
      }
    }
  }

  private func foot(_ markup: inout Markup) {
    markup.element("footer") { markup in
      markup.element("p", text: content.methods().joined(separator: " "))
      let level = ReportWords.level(report.request.level.percent)
      markup.element(
        "p",
        text: "Intervals are at \(level); a change of up to "
          + "\(ReportWords.percent(report.request.margin)) does not matter.  Made by ministat.")
    }
  }
}
