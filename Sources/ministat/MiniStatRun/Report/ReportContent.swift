// What all faces of a report show: sentences, tables, rows of intervals, findings.
//
// A face chooses the order and the markup; the words and the digits are made here, once.

import Glibc
import MiniStat

/// The contents of a report, in the characters of a face.
struct ReportContent {
  let report: Report
  let words: ReportWords

  init(_ report: Report, glyphs: PlotGlyphs) {
    self.report = report
    words = ReportWords(glyphs: glyphs)
  }

  private var metric: Metric { report.main.metric }

  /// True if there is something to compare.
  var isComparison: Bool { !comparisons(report.main).isEmpty }

  /// A comparison and where it stands.
  struct Place {
    let row: Int
    let column: Int
    let result: Suite.Row
  }

  func comparisons(_ section: Report.Section) -> [Place] {
    section.rows.enumerated().flatMap { row, line in
      line.comparisons.enumerated().compactMap { column, result in
        result.map { Place(row: row, column: column, result: $0) }
      }
    }
  }

  // MARK: What comes first

  /// The sentences that a reader wants first.
  func statements() -> [ReportWords.Statement] {
    let section = report.main
    if !isComparison { return section.rows.count == 1 ? summaries(section) : [] }
    if section.rows.count == 1 {
      return comparisons(section).map {
        words.statement($0.result, of: metric, name: section.rows[$0.row].name)
      }
    }
    return section.columns.indices.dropFirst().compactMap { suite(section, column: $0) }
  }

  private func summaries(_ section: Report.Section) -> [ReportWords.Statement] {
    section.rows[0].cells.compactMap { cell in
      guard let cell else { return nil }
      let unit = words.unit(cell.summary.mean.value, of: metric)
      let sentence = "\(cell.arm.name): \(metric.name) \(words.mean(cell.summary, in: unit))"
      let level = ReportWords.level(cell.summary.mean.level)
      return ReportWords.Statement(
        sentence: sentence,
        figures: ["mean of \(cell.arm.count) values with its \(level) interval"], ink: .strong)
    }
  }

  /// `new vs old: 3 faster, 1 slower, 12 same within 1 %`.
  private func suite(_ section: Report.Section, column: Int) -> ReportWords.Statement? {
    let results = section.rows.compactMap { $0.comparisons[column] }
    if results.isEmpty { return nil }
    var counts: [(word: String, count: Int)] = []
    let grades: [(Suite.Row) -> Bool] = [
      { $0.verdict == .better }, { $0.verdict == .worse }, { $0.verdict == .same }, { _ in true },
    ]
    let ordered = results.sorted { a, b in
      (grades.firstIndex { $0(a) } ?? 0) < (grades.firstIndex { $0(b) } ?? 0)
    }
    for result in ordered {
      let word = words.short(result, of: metric)
      if let index = counts.firstIndex(where: { $0.word == word }) {
        counts[index].count += 1
      } else {
        counts.append((word, 1))
      }
    }
    let list = counts.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
    let names = "\(section.columns[column]) against \(section.columns[0])"
    let verdicts = results.map(\.verdict)
    let ink: PlotInk =
      verdicts.contains(.worse)
      ? .bad
      : verdicts.contains(.better)
        ? .good : verdicts.allSatisfy { $0 == .same } ? .plain : .caution
    return ReportWords.Statement(
      sentence: "\(names): \(list)",
      figures: geometricMean(section, column: column).map { [$0] } ?? [],
      ink: metric.better == .neither ? .strong : ink)
  }

  private func geometricMean(_ section: Report.Section, column: Int) -> String? {
    guard let mean = section.geometricMeans[column] else { return nil }
    let headline = Headline(kind: .ratioOfMeans, estimate: mean, p: .nan)
    let level = ReportWords.level(mean.level)
    return "\(metric.name) \(words.change(headline, of: metric)) in geometric mean, "
      + "\(level) interval \(words.interval(headline, of: metric))"
  }

  // MARK: Tables

  /// The sets of the only row of a section, one a line.
  func armTable(_ section: Report.Section) -> ReportTable {
    var table = ReportTable([
      .init(title: "", alignment: .left), .init(title: "mean \(words.glyphs.plusMinus) \(level)"),
      .init(title: "change"), .init(title: "", alignment: .left),
      .init(title: "\(level) interval", rank: 2), .init(title: correctedP(section), rank: 4),
      .init(title: "to decide", rank: 6), .init(title: "n", rank: 1),
      .init(title: "median", rank: 3), .init(title: "deviation", rank: 5),
    ])
    let row = section.rows[0]
    for (column, cell) in row.cells.enumerated() {
      guard let cell else { continue }
      let unit = rowUnit(row, section)
      var cells = [
        PlotText(section.columns[column], .arm(column)),
        PlotText(words.mean(cell.summary, in: unit)),
      ]
      cells += verdictCells(row.comparisons[column], section.metric)
      cells += [
        PlotText(String(cell.arm.count)), PlotText(median(cell.summary, unit)),
        PlotText(variation(cell.summary)),
      ]
      table.add(cells)
    }
    return table
  }

  private var level: String { ReportWords.level(report.request.level.percent) }

  private func median(_ summary: Summary, _ unit: ReportUnit) -> String {
    let half = words.halfWidth(summary.mean)
    return unit.with(
      unit.number(
        summary.median.value, decimals: unit.decimals(summary.mean.value, halfWidth: half)))
  }

  private func variation(_ summary: Summary) -> String {
    guard let variation = summary.variation else { return "" }
    let decimals = max(0, ReportNumber.decimals(variation * 100, halfWidth: .nan) - 2)
    return ReportNumber.text(variation * 100, decimals: decimals) + " %"
  }

  /// Change, verdict, interval, probability, and what is missing for a verdict.
  private func verdictCells(_ result: Suite.Row?, _ metric: Metric) -> [PlotText] {
    guard let result else { return [PlotText](repeating: PlotText(), count: 5) }
    let headline = result.comparison.headline
    let ink = words.ink(result.verdict, metric)
    return [
      PlotText(words.change(headline, of: metric), ink == .caution ? .plain : ink),
      PlotText(words.short(result, of: metric), ink),
      PlotText(words.interval(headline, of: metric)),
      PlotText(ReportNumber.probability(p(result))), PlotText(words.more(result), .faint),
    ]
  }

  /// The probability by which the verdict was made.
  func p(_ result: Suite.Row) -> Double {
    switch report.request.correction {
    case .holm: result.pHolm
    case .benjaminiHochberg: result.pBenjaminiHochberg
    case .none: result.comparison.p
    }
  }

  private func correctedP(_ section: Report.Section) -> String {
    if comparisons(section).count < 2 { return "p" }
    switch report.request.correction {
    case .holm: return "p (Holm)"
    case .benjaminiHochberg: return "p (B-H)"
    case .none: return "p"
    }
  }

  /// A row's unit: that of its smallest mean, so that no number of the row needs an exponent.
  func rowUnit(_ row: Report.Row, _ section: Report.Section) -> ReportUnit {
    let sizes = row.cells.compactMap { $0.map { abs($0.summary.mean.value) } }.filter { $0 > 0 }
    return words.unit(sizes.min() ?? 0, of: section.metric)
  }

  /// All rows of a section: a benchmark a line, as benchstat has them.
  func suiteTable(_ section: Report.Section) -> ReportTable {
    let hasComparisons = !comparisons(section).isEmpty
    var columns = [ReportTable.Column(title: "", alignment: .left)]
    for (index, name) in section.columns.enumerated() {
      columns.append(.init(title: name, rank: index == 0 ? 2 : 3))
      if index == 0 || !hasComparisons { continue }
      let several = section.columns.count > 2
      columns += [
        .init(title: several ? "\(name) change" : "change"),
        .init(title: "", alignment: .left, rank: 1),
        .init(title: "\(level) interval", rank: several ? 7 : 4),
        .init(title: correctedP(section), rank: 5), .init(title: "to decide", rank: 6),
      ]
    }
    var table = ReportTable(columns)
    for row in section.rows {
      let unit = rowUnit(row, section)
      var cells = [PlotText(row.name)]
      for (column, cell) in row.cells.enumerated() {
        cells.append(PlotText(cell.map { words.mean($0.summary, in: unit) } ?? "-"))
        if column == 0 || !hasComparisons { continue }
        cells += verdictCells(row.comparisons[column], section.metric)
      }
      table.add(cells)
    }
    addGeometricMeans(section, to: &table)
    return table
  }

  private func addGeometricMeans(_ section: Report.Section, to table: inout ReportTable) {
    guard section.geometricMeans.contains(where: { $0 != nil }) else { return }
    var cells = [PlotText("geometric mean", .strong), PlotText()]
    for column in section.columns.indices.dropFirst() {
      guard let mean = section.geometricMeans[column] else {
        cells += [PlotText](repeating: PlotText(), count: 6)
        continue
      }
      let headline = Headline(kind: .ratioOfMeans, estimate: mean, p: .nan)
      cells += [
        PlotText(), PlotText(words.change(headline, of: section.metric), .strong), PlotText(),
        PlotText(words.interval(headline, of: section.metric)), PlotText(), PlotText(),
      ]
    }
    table.add(cells)
  }

  /// The other metrics, briefly: a line for each comparison, or each set.
  func otherTable() -> ReportTable? {
    if report.sections.count < 2 { return nil }
    let several = report.main.columns.count > 2 || !isComparison
    var table = ReportTable([
      .init(title: "metric", alignment: .left), .init(title: "", alignment: .left, rank: 1),
      .init(title: isComparison ? report.main.columns[0] : "", rank: 2),
      .init(title: several ? "mean" : report.main.columns.last ?? "", rank: 3),
      .init(title: "change"), .init(title: "", alignment: .left),
      .init(title: "\(level) interval", rank: 4), .init(title: "p", rank: 5),
      .init(title: "to decide", rank: 6),
    ])
    for section in report.sections.dropFirst() {
      for row in section.rows {
        let unit = rowUnit(row, section)
        for (column, cell) in row.cells.enumerated() {
          guard let cell else { continue }
          if isComparison && column == 0 { continue }
          let base = isComparison ? row.cells[0].map { words.mean($0.summary, in: unit) } : nil
          let parts = [row.name, several ? section.columns[column] : ""].filter { !$0.isEmpty }
          table.add(
            [
              PlotText(section.metric.name), PlotText(parts.joined(separator: " ")),
              PlotText(base ?? ""), PlotText(words.mean(cell.summary, in: unit)),
            ] + verdictCells(row.comparisons[column], section.metric))
        }
      }
    }
    return table
  }

  // MARK: Intervals

  /// The comparisons of a section as intervals of the ratio; those without a ratio are left out.
  func intervalRows(_ section: Report.Section) -> [PlotInterval.Row] {
    let several = section.columns.count > 2
    return comparisons(section).compactMap { place in
      let headline = place.result.comparison.headline
      guard headline.isRatio, headline.estimate.value.isFinite else { return nil }
      let row = section.rows[place.row].name
      let column = section.columns[place.column]
      let name = row.isEmpty ? column : several ? "\(row) \(column)" : row
      let ink = words.ink(place.result.verdict, section.metric)
      let note = words.short(place.result, of: section.metric)
      return PlotInterval.Row(
        name: name, middle: 100 * (headline.estimate.value - 1),
        low: 100 * (headline.estimate.interval.lower - 1),
        high: 100 * (headline.estimate.interval.upper - 1), ink: ink, note: note)
    }
  }

  // MARK: Plots

  /// The series of a row for plots, and the unit in which they are.
  func plotSeries(_ row: Report.Row, _ section: Report.Section) -> (
    series: [PlotSeries], unit: String
  ) {
    let unit = rowUnit(row, section)
    let ends = row.cells.flatMap { cell -> [Double] in
      guard let cell else { return [] }
      let marks = marks(cell.summary, divisor: unit.divisor)
      // A smoothed density reaches beyond the values.
      let reach = 1.5 * marks.bandwidth
      // But what is never below 0, as times are, is not smoothed into impossible values.
      let low = marks.minimum - reach
      return [marks.minimum >= 0 ? max(low, 0) : low, marks.maximum + reach]
    }
    let axis = PlotAxis(showing: ends, margin: ends.contains(0) ? 0 : 0.02)
    let series = row.cells.enumerated().compactMap { index, cell -> PlotSeries? in
      guard let cell else { return nil }
      return PlotSeries(
        section.columns[index].isEmpty ? section.metric.name : section.columns[index],
        index: index, values: cell.arm.values.span,
        positions: cell.sequence.isEmpty ? nil : cell.sequence,
        marks: marks(cell.summary, divisor: unit.divisor), axis: axis, scale: unit.divisor)
    }
    return (series, unit.symbol)
  }

  private func marks(_ summary: Summary, divisor: Double) -> PlotMarks {
    PlotMarks(
      minimum: summary.moments.minimum / divisor,
      lowerQuartile: summary.quartileLower / divisor, median: summary.median.value / divisor,
      upperQuartile: summary.quartileUpper / divisor,
      maximum: summary.moments.maximum / divisor, mean: summary.moments.mean / divisor,
      deviation: summary.moments.standardDeviation / divisor, count: summary.count)
  }
}
