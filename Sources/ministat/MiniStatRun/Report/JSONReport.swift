// The report for programs: everything that is known, in base units and with all digits.
//
// docs/ministat.schema.json describes it, and a test holds every output against that.  Members
// are added without notice; what is there keeps its name and meaning as long as `schema` ends in
// the same number.  A number that is not finite (an interval without a bound, a p that does not
// exist) is null.

import LibJSON
import MiniStat

/// A report as JSON.
public struct JSONReport {
  /// The name and version of the schema.
  public static let schema = "ministat.report/1"

  private let report: Report
  private let content: ReportContent

  /// `report` for programs.
  public init(_ report: Report) {
    self.report = report
    content = ReportContent(report, glyphs: .unicode)
  }

  /// The document, laid out for people, ending in a newline.
  public func text() -> String { value().pretty }

  func value() -> JSON {
    Self.object([
      ("schema", .string(Self.schema)), ("kind", .string(report.request.kind.rawValue)),
      ("statements", .array(statements())), ("options", options()), ("design", design()),
      ("facts", Self.facts(report.facts)), ("arms", .array(report.arms.map(arm))),
      ("failures", .array(report.failures.map(failure))),
      ("metrics", .array(report.sections.map(section))),
    ])
  }

  // MARK: Parts

  private static func object(_ members: [(String, JSON)]) -> JSON {
    var object = JSONObject()
    for (key, value) in members { object[key] = value }
    return .object(object)
  }

  private static func number(_ value: Double) -> JSON {
    JSONNumber(value).map { .number($0) } ?? .null
  }

  private static func number(_ value: Int) -> JSON { .number(JSONNumber(value)) }

  private static func facts(_ facts: [Fact]) -> JSON {
    .array(facts.map { object([("key", .string($0.key)), ("value", .string($0.value))]) })
  }

  private func statements() -> [JSON] {
    content.statements().map {
      Self.object([
        ("sentence", .string($0.sentence)), ("figures", .array($0.figures.map { .string($0) })),
      ])
    }
  }

  private func options() -> JSON {
    let request = report.request
    return Self.object([
      ("level", Self.number(request.level.percent)), ("margin", Self.number(request.margin)),
      ("correction", .string(request.correction.rawValue)),
      ("pairing", .string(request.pairing.rawValue)),
      ("rows", .array(request.rows.keys.map { .string($0) })),
      ("columns", .array(request.columns.keys.map { .string($0) })),
    ])
  }

  private func design() -> JSON {
    switch report.design {
    case .unknown: Self.object([("kind", "unknown")])
    case .sequential: Self.object([("kind", "sequential")])
    case .interleaved(let seed):
      Self.object([("kind", "interleaved"), ("seed", .number(JSONNumber(seed)))])
    case .duet(let seed): Self.object([("kind", "duet"), ("seed", .number(JSONNumber(seed)))])
    }
  }

  private func arm(_ arm: Arm) -> JSON {
    Self.object([
      ("name", .string(arm.name)), ("command", .array(arm.command.map { .string($0) })),
      ("facts", Self.facts(arm.facts)),
    ])
  }

  private func failure(_ failure: FailedRun) -> JSON {
    Self.object([
      ("arm", .string(failure.arm)), ("block", Self.number(failure.block)),
      ("place", Self.number(failure.place)), ("reason", .string(failure.reason)),
    ])
  }

  private func section(_ section: Report.Section) -> JSON {
    let means = zip(section.columns, section.geometricMeans).compactMap { column, mean in
      mean.map { Self.object([("column", .string(column)), ("ratio", Self.estimate($0))]) }
    }
    return Self.object([
      ("name", .string(section.metric.name)), ("unit", .string(section.metric.unit)),
      ("better", .string(section.metric.better.rawValue)),
      ("columns", .array(section.columns.map { .string($0) })),
      ("rows", .array(section.rows.map { row($0, section) })),
      ("geometricMeans", .array(means)),
      ("together", section.together.map(together) ?? .null),
      ("leftOut", .array(section.left.map { .string($0) })),
    ])
  }

  private func together(_ arms: ManyArms) -> JSON {
    func pairs(_ pairs: [ManyArms.Pair]) -> JSON {
      .array(
        pairs.map {
          Self.object([
            ("base", .string(arms.names[$0.base])), ("column", .string(arms.names[$0.other])),
            ("difference", Self.estimate($0.difference)), ("ratio", Self.estimate($0.ratio)),
            ("p", Self.number($0.p)),
          ])
        })
    }
    return Self.object([
      ("anova", Self.test(arms.anova)), ("kruskalWallis", Self.test(arms.kruskal)),
      ("brownForsythe", Self.test(arms.spreads)), ("tukey", pairs(arms.tukey)),
      ("dunnett", pairs(arms.dunnett)),
    ])
  }

  private func row(_ row: Report.Row, _ section: Report.Section) -> JSON {
    let sets = zip(section.columns, row.cells).compactMap { column, cell in
      cell.map { set($0.summary, column: column) }
    }
    let comparisons = zip(section.columns, row.comparisons).compactMap { column, result in
      result.map { comparison($0, column: column, section) }
    }
    return Self.object([
      ("name", .string(row.name)), ("sets", .array(sets)), ("comparisons", .array(comparisons)),
    ])
  }

  private static func estimate(_ estimate: Estimate) -> JSON {
    object([
      ("value", number(estimate.value)), ("lower", number(estimate.interval.lower)),
      ("upper", number(estimate.interval.upper)), ("level", number(estimate.level)),
    ])
  }

  private static func estimate(_ estimate: Estimate?) -> JSON {
    estimate.map { Self.estimate($0) } ?? .null
  }

  private func set(_ summary: Summary, column: String) -> JSON {
    Self.object([
      ("column", .string(column)), ("count", Self.number(summary.count)),
      ("mean", Self.estimate(summary.mean)), ("median", Self.estimate(summary.median)),
      ("minimum", Self.number(summary.moments.minimum)),
      ("maximum", Self.number(summary.moments.maximum)),
      ("deviation", Self.number(summary.moments.standardDeviation)),
      ("quartileLower", Self.number(summary.quartileLower)),
      ("quartileUpper", Self.number(summary.quartileUpper)),
      ("medianDeviation", Self.number(summary.medianDeviation)),
      (
        "outliers",
        Self.object([
          ("severeLow", Self.number(summary.outliers.severeLow)),
          ("mildLow", Self.number(summary.outliers.mildLow)),
          ("mildHigh", Self.number(summary.outliers.mildHigh)),
          ("severeHigh", Self.number(summary.outliers.severeHigh)),
        ])
      ),
      ("inflation", Self.number(summary.inflation)),
      ("findings", .array(summary.findings.map(finding))),
    ])
  }

  private func finding(_ finding: Finding) -> JSON {
    let cure = finding.cure(isInterleaved: report.design.isInterleaved)
    return Self.object([
      ("code", .string(finding.code)),
      ("severity", finding.severity == .warning ? "warning" : "note"),
      ("arm", finding.arm.map { .string($0) } ?? .null),
      ("sentence", .string(finding.sentence)),
      ("cure", cure.map { .string($0) } ?? .null),
    ])
  }

  private func comparison(
    _ result: Suite.Row, column: String, _ section: Report.Section
  ) -> JSON {
    let comparison = result.comparison
    return Self.object([
      ("column", .string(column)), ("base", .string(section.columns[0])),
      ("verdict", .string(Self.name(result.verdict))),
      ("word", .string(content.words.word(result, of: section.metric))),
      ("moreRuns", Self.moreRuns(result.verdict)),
      (
        "headline",
        Self.object([
          ("kind", .string(comparison.headline.kind.rawValue)),
          ("estimate", Self.estimate(comparison.headline.estimate)),
          ("p", Self.number(comparison.headline.p)),
        ])
      ),
      ("pAdjusted", Self.number(content.p(result))),
      ("pHolm", Self.number(result.pHolm)),
      ("pBenjaminiHochberg", Self.number(result.pBenjaminiHochberg)),
      ("ratio", Self.estimate(comparison.ratio)),
      ("typicalRatio", Self.estimate(comparison.typicalRatio)),
      ("difference", Self.estimate(comparison.difference)),
      ("shift", Self.estimate(comparison.shift)),
      ("welch", Self.test(comparison.welch)),
      ("mannWhitney", Self.test(comparison.mannWhitney)),
      ("effect", Self.effect(comparison.effect)),
      (
        "equivalence",
        comparison.equivalence.map {
          Self.object([("margin", Self.number($0.margin)), ("p", Self.number($0.p))])
        } ?? .null
      ),
      ("paired", comparison.paired.map(Self.paired) ?? .null),
      ("inflation", Self.number(comparison.inflation)),
      ("findings", .array(comparison.findings.map(finding))),
    ])
  }

  private static func name(_ verdict: Verdict) -> String {
    switch verdict {
    case .better: "better"
    case .worse: "worse"
    case .same: "same"
    case .undecided: "undecided"
    }
  }

  private static func moreRuns(_ verdict: Verdict) -> JSON {
    if case .undecided(let more?) = verdict { return number(more) }
    return .null
  }

  private static func test(_ test: TestResult) -> JSON {
    object([
      ("name", .string(test.name)), ("statistic", number(test.statistic)),
      ("degreesOfFreedom", test.degreesOfFreedom.map { number($0) } ?? .null),
      ("p", number(test.p)), ("isExact", .bool(test.isExact)),
    ])
  }

  private static func effect(_ effect: EffectSizes) -> JSON {
    object([
      ("hedges", estimate(effect.hedges)), ("cliff", number(effect.cliff)),
      ("superiority", number(effect.superiority)),
    ])
  }

  private static func paired(_ paired: PairedComparison) -> JSON {
    object([
      ("count", number(paired.count)), ("correlation", number(paired.correlation)),
      ("isRatio", .bool(paired.isRatio)), ("centre", estimate(paired.centre)),
      ("typical", estimate(paired.typical)), ("student", test(paired.student)),
      ("wilcoxon", test(paired.wilcoxon)), ("sign", test(paired.sign)),
    ])
  }
}
