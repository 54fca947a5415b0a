// Why one may believe a verdict, or not: tests, effect sizes, findings, methods.

import Glibc
import MiniStat

extension ReportContent {
  // MARK: Evidence

  /// Every estimate and test of one comparison, the one that decided marked.
  func evidenceTable(_ comparison: Comparison, of metric: Metric) -> ReportTable {
    var table = ReportTable([
      .init(title: "", alignment: .left), .init(title: "estimate"),
      .init(title: "\(ReportWords.level(comparison.options.level.percent)) interval", rank: 1),
      .init(title: "p"), .init(title: "test", alignment: .left, rank: 2),
    ])
    let decides = comparison.headline.kind
    if let ratio = comparison.ratio {
      add("ratio of means", ratio, comparison.welch, decides == .ratioOfMeans, to: &table)
    } else {
      addDifference(
        "difference of means", comparison.difference, comparison.welch, metric,
        decides == .differenceOfMeans && comparison.paired == nil, to: &table)
    }
    if let typical = comparison.typicalRatio {
      add(
        "typical ratio", typical, comparison.mannWhitney, decides == .ratioOfTypical, to: &table)
    } else {
      addDifference(
        "typical difference", comparison.shift, comparison.mannWhitney, metric, false, to: &table)
    }
    if let paired = comparison.paired, paired.isRatio {
      add("ratio of pairs", paired.centre, paired.student, decides == .ratioOfPairs, to: &table)
      add(
        "typical ratio of pairs", paired.typical, paired.wilcoxon,
        decides == .ratioOfTypicalPairs, to: &table)
    } else if let paired = comparison.paired {
      addDifference(
        "difference of pairs", paired.centre, paired.student, metric,
        decides == .differenceOfMeans, to: &table)
    }
    if let hedges = comparison.effect.hedges {
      let decimals = max(0, ReportNumber.decimals(0, halfWidth: words.halfWidth(hedges)))
      add("Hedges' g", hedges, nil, false, decimals: decimals, to: &table)
    }
    let superiority = NumberText.fixed(100 * comparison.effect.superiority, decimals: 0)
    table.add([
      PlotText("  \(comparison.other.name) above \(comparison.base.name)"),
      PlotText("\(superiority) %"), PlotText(), PlotText(),
      PlotText("of all pairs of runs"),
    ])
    if let equivalence = comparison.equivalence {
      table.add([
        PlotText("  same within \(ReportWords.percent(equivalence.margin))"), PlotText(),
        PlotText(), PlotText(ReportNumber.probability(equivalence.p)),
        PlotText("two one-sided tests"),
      ])
    }
    return table
  }

  /// The sets of a section as one question: every pair, and each set against the base.
  func togetherTable(_ section: Report.Section) -> ReportTable? {
    guard let together = section.together, !together.tukey.isEmpty else { return nil }
    let level = ReportWords.level(report.request.level.percent)
    var table = ReportTable([
      .init(title: "", alignment: .left), .init(title: "change"),
      .init(title: "\(level) interval", rank: 1), .init(title: "p (Tukey)"),
      .init(title: "\(level) interval", rank: 3), .init(title: "p (Dunnett)", rank: 2),
    ])
    for pair in together.tukey {
      let against = together.dunnett.first { ($0.base, $0.other) == (pair.base, pair.other) }
      let isClear = pair.p * 100 < 100 - report.request.level.percent
      let ink: PlotInk = isClear ? .strong : .plain
      let headline = headline(pair)
      table.add([
        PlotText("\(together.names[pair.other]) against \(together.names[pair.base])", ink),
        PlotText(words.change(headline, of: section.metric), ink),
        PlotText(words.interval(headline, of: section.metric), ink),
        PlotText(ReportNumber.probability(pair.p), ink),
        PlotText(against.map { words.interval(self.headline($0), of: section.metric) } ?? ""),
        PlotText(against.map { ReportNumber.probability($0.p) } ?? ""),
      ])
    }
    return table
  }

  private func headline(_ pair: ManyArms.Pair) -> Headline {
    Headline(
      kind: pair.ratio == nil ? .differenceOfMeans : .ratioOfMeans,
      estimate: pair.ratio ?? pair.difference, p: pair.p)
  }

  /// What the sets are like as one question, in a sentence, with what puts it in doubt.
  func togetherNote(_ section: Report.Section) -> String? {
    guard let together = section.together, !together.tukey.isEmpty else { return nil }
    var text =
      "Any difference at all: \(ReportWords.p(together.anova.p)) (analysis of variance), "
      + "\(ReportWords.p(together.kruskal.p)) (Kruskal and Wallis).  All pairs after Tukey and "
      + "Kramer; against \(together.names[0]) after Dunnett; both take spreads to be equal"
    if together.spreadsDiffer {
      text +=
        ", which they are not (\(ReportWords.p(together.spreads.p)), Brown and Forsythe): "
        + "believe the table of sets first"
    }
    return text + "."
  }

  private func add(
    _ name: String, _ estimate: Estimate, _ test: TestResult?, _ decides: Bool,
    decimals given: Int? = nil, to table: inout ReportTable
  ) {
    let decimals = given ?? words.ratioDecimals(estimate)
    let texts = [estimate.value, estimate.interval.lower, estimate.interval.upper].map {
      $0.isFinite ? ReportNumber.text($0, decimals: decimals) : "no bound"
    }
    addRow(name, texts, test, decides, to: &table)
  }

  private func addDifference(
    _ name: String, _ estimate: Estimate, _ test: TestResult, _ metric: Metric, _ decides: Bool,
    to table: inout ReportTable
  ) {
    let ends = [estimate.value, estimate.interval.lower, estimate.interval.upper]
    let unit = words.unit(
      ends.filter(\.isFinite).reduce(0) { max($0, abs($1)) }, of: metric)
    let decimals = unit.decimals(estimate.value, halfWidth: words.halfWidth(estimate))
    let texts = ends.map {
      $0.isFinite ? unit.with(unit.number($0, decimals: decimals)) : "no bound"
    }
    addRow(name, texts, test, decides, to: &table)
  }

  private func addRow(
    _ name: String, _ texts: [String], _ test: TestResult?, _ decides: Bool,
    to table: inout ReportTable
  ) {
    let ink: PlotInk = decides ? .strong : .plain
    let kind = test.map { $0.name + ($0.isExact ? ", exact" : "") } ?? ""
    let mark = decides ? "* " : "  "
    table.add([
      PlotText(mark + name, ink), PlotText(texts[0], ink),
      PlotText("\(texts[1]) \(words.glyphs.to) \(texts[2])", ink),
      PlotText(test.map { ReportNumber.probability($0.p) } ?? "", ink),
      PlotText(kind, ink),
    ])
  }

  // MARK: Findings

  /// A finding and what it is about.
  struct Remark: Equatable {
    /// The row, "" where there is only one.
    var subject: String
    var finding: Finding
    /// What to do about it, as the design of the measurement leaves it.
    var cure: String?

    /// `parse, old: the values fall steadily`.
    var text: String {
      let about = [subject, finding.arm ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
      return (about.isEmpty ? "" : about + ": ") + finding.sentence
    }
  }

  /// What was found in a section, the gravest first; what two comparisons share is said once.
  func remarks(_ section: Report.Section) -> [Remark] {
    var remarks: [Remark] = []
    for row in section.rows {
      let compared = row.comparisons.contains { $0 != nil }
      let found =
        compared
        ? row.comparisons.flatMap { $0?.comparison.findings ?? [] }
        : row.cells.flatMap { $0?.summary.findings ?? [] }
      for finding in found {
        let remark = Remark(
          subject: row.name, finding: finding,
          cure: finding.cure(isInterleaved: report.design.isInterleaved))
        if !remarks.contains(remark) { remarks.append(remark) }
      }
    }
    return remarks.filter { $0.finding.severity == .warning }
      + remarks.filter { $0.finding.severity == .note }
  }

  /// The runs that failed, a sentence for each arm and reason.
  func failures() -> [String] {
    var counts: [(arm: String, reason: String, count: Int)] = []
    for failure in report.failures {
      if let index = counts.firstIndex(where: {
        $0.arm == failure.arm && $0.reason == failure.reason
      }) {
        counts[index].count += 1
      } else {
        counts.append((failure.arm, failure.reason, 1))
      }
    }
    return counts.map {
      "\($0.arm): \($0.count) run\($0.count == 1 ? "" : "s") failed (\($0.reason)) and "
        + "\($0.count == 1 ? "is" : "are") not in the figures"
    }
  }

  // MARK: Methods

  /// How the figures were made, as sentences.
  func methods() -> [String] {
    var sentences: [String] = []
    switch report.design {
    case .unknown: break
    case .sequential: sentences.append("One set was measured after the other.")
    case .interleaved(let seed):
      sentences.append("Measured in blocks of one run each, in random order (seed \(seed)).")
    case .duet(let seed):
      sentences.append("Measured at the same time on two CPUs (seed \(seed)).")
    }
    let results = comparisons(report.main).map(\.result)
    var kinds: [Headline.Kind] = []
    for kind in results.map(\.comparison.headline.kind) where !kinds.contains(kind) {
      kinds.append(kind)
    }
    sentences += kinds.map { Self.method($0) }
    if results.count > 1 {
      switch report.request.correction {
      case .holm:
        sentences.append("Verdicts are corrected for \(results.count) comparisons (Holm).")
      case .benjaminiHochberg:
        sentences.append(
          "Verdicts are corrected for \(results.count) comparisons (Benjamini and Hochberg).")
      case .none: sentences.append("Verdicts are not corrected for their number.")
      }
    }
    if !report.main.left.isEmpty {
      let names = report.main.left.joined(separator: ", ")
      sentences.append("The geometric mean leaves out \(names).")
    }
    return sentences
  }

  private static func method(_ kind: Headline.Kind) -> String {
    switch kind {
    case .ratioOfMeans: "Ratio of means with Fieller's interval; p by Welch's t."
    case .ratioOfTypical:
      "Typical ratio (Hodges and Lehmann); interval and p by Mann and Whitney's test."
    case .ratioOfPairs: "Geometric mean of the pairs' ratios; interval and p by the paired t test."
    case .ratioOfTypicalPairs:
      "Typical ratio of the pairs; interval and p by Wilcoxon's signed ranks."
    case .differenceOfMeans: "Difference of means; interval and p by the t test."
    }
  }
}
