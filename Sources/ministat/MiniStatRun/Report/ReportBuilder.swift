// From the series of one metric to a section of a report: projected, summed up, compared.

import MiniStat

/// Makes the section of one metric.
struct ReportBuilder {
  private let measurement: Measurement
  private let request: ReportRequest
  private let metric: Metric
  private let series: [Series]
  private let options: AnalysisOptions
  private let isMain: Bool

  /// More columns than this are not compared all with all: nobody reads so many pairs.
  private static let togetherMax = 12

  /// Pairs are compared as pairs if they are at least this part of the values of both sides.
  private static let pairedPartMin = 2.0 / 3

  init(
    _ measurement: Measurement, _ request: ReportRequest, metric: Metric, series: [Series],
    isMain: Bool
  ) {
    precondition(!series.isEmpty, "R1: a section is about something")
    self.isMain = isMain
    self.measurement = measurement
    self.request = request
    self.metric = metric
    self.series = series
    var options = AnalysisOptions()
    options.level = request.level
    options.margin = request.margin
    options.metric = metric.analysed
    options.pairing = request.pairing
    self.options = options
  }

  func section() throws(ReportFailure) -> Report.Section {
    var rows: [String] = []
    var columns: [String] = []
    var members: [String: [String: [Series]]] = [:]
    for one in series {
      let taken = Set(request.columns.keys)
      let row = request.rows.label(of: one, metric: metric, taken: taken)
      let column = request.columns.label(
        of: one, metric: metric, taken: Set(request.rows.keys))
      if members[row] == nil { rows.append(row) }
      if !columns.contains(column) { columns.append(column) }
      members[row, default: [:]][column, default: []].append(one)
    }
    if let base = request.base {
      guard let index = columns.firstIndex(of: base) else {
        throw .noBase(base, columns: columns)
      }
      columns.insert(columns.remove(at: index), at: 0)
    }
    let cells = rows.map { row in
      columns.map { column in members[row]?[column].map { Members($0, name: column) } }
    }
    return build(rows: rows, columns: columns, cells: cells)
  }

  /// The series of one cell, usually one, and their values together, which are sorted once.
  private struct Members {
    let series: [Series]
    let arm: MiniStat.Arm
    let sequence: [Int]

    var values: [Double] { arm.values }

    init(_ series: [Series], name: String) {
      self.series = series
      let values = series.count == 1 ? series[0].values : series.flatMap(\.values)
      arm = MiniStat.Arm(name: name, values: values)
      let places = series.flatMap(\.sequence)
      let rises = zip(places, places.dropFirst()).allSatisfy { $0 < $1 }
      sequence = places.count == values.count && rises ? places : []
    }
  }

  private func build(
    rows: [String], columns: [String], cells: [[Members?]]
  ) -> Report.Section {
    var compared: [(row: Int, column: Int, comparison: Comparison)] = []
    var summaries: [[Summary?]] = cells.map { $0.map { _ in nil } }
    for (row, line) in cells.enumerated() where request.kind != .summary {
      for column in columns.indices.dropFirst() {
        guard let base = line[0], let other = line[column] else { continue }
        guard let comparison = compare(base, other) else { continue }
        compared.append((row, column, comparison))
        // The comparison has summed both up already, unless it saw only their pairs.
        if comparison.base.count == base.values.count { summaries[row][0] = comparison.base }
        if comparison.other.count == other.values.count {
          summaries[row][column] = comparison.other
        }
      }
    }
    let suite = Suite(
      compared.map { (name: rows[$0.row], comparison: $0.comparison) },
      method: request.correction)  // R3
    var results: [[Suite.Row?]] = cells.map { $0.map { _ in nil } }
    for (place, result) in zip(compared, suite.rows) { results[place.row][place.column] = result }
    let made = rows.indices.map { row in
      Report.Row(
        name: rows[row],
        cells: columns.indices.map { column in
          cells[row][column].map { cell($0, summary: summaries[row][column]) }
        },
        comparisons: results[row])
    }
    return finish(columns: columns, rows: made)
  }

  private func finish(columns: [String], rows: [Report.Row]) -> Report.Section {
    var means: [Estimate?] = columns.map { _ in nil }
    var left: [String] = []
    for column in columns.indices.dropFirst() where rows.count > 1 {
      let suite = Suite(
        rows.compactMap { row in
          row.comparisons[column].map { (name: row.name, comparison: $0.comparison) }
        }, method: .none)
      if suite.rows.count > 1 { means[column] = suite.geometricMean }
      left += suite.left + rows.filter { $0.comparisons[column] == nil }.map(\.name)
    }
    let hasMeans = means.contains { $0 != nil }
    let missing = rows.map(\.name).filter { hasMeans && left.contains($0) }
    return Report.Section(
      metric: metric, columns: columns, rows: rows, geometricMeans: means,
      together: together(columns: columns, rows: rows), left: missing)
  }

  /// The columns compared as one question, where that is asked and they can be.
  private func together(columns: [String], rows: [Report.Row]) -> ManyArms? {
    guard isMain, request.kind != .summary, rows.count == 1,
      (3...Self.togetherMax).contains(columns.count)
    else { return nil }
    let arms = rows[0].cells.compactMap { $0?.arm }.filter { $0.count > 1 }
    return arms.count == columns.count ? ManyArms(arms, level: request.level) : nil
  }

  private func cell(_ members: Members, summary: Summary?) -> Report.Cell {
    Report.Cell(
      arm: members.arm, sequence: members.sequence,
      summary: summary ?? Summary(members.arm, options: options))
  }

  /// The comparison of two cells; nil if a side has fewer than two values.
  private func compare(_ base: Members, _ other: Members) -> Comparison? {
    if base.values.count < 2 || other.values.count < 2 { return nil }
    var options = options
    if let pairs = pairs(base, other) {
      return Comparison(
        base: MiniStat.Arm(name: base.arm.name, values: pairs.base),
        other: MiniStat.Arm(name: other.arm.name, values: pairs.other), options: options)
    }
    // Without blocks nobody knows which values belong together, unless it was said.
    if options.pairing == .automatic { options.pairing = .independent }
    return Comparison(base: base.arm, other: other.arm, options: options)
  }

  private func pairs(
    _ base: Members, _ other: Members
  ) -> (base: [Double], other: [Double])? {
    guard options.pairing != .independent, base.series.count == 1, other.series.count == 1,
      base.series[0].benchmark == other.series[0].benchmark,
      let pairs = measurement.pairs(
        base: base.series[0].arm, other: other.series[0].arm,
        benchmark: base.series[0].benchmark, metric: metric.name)
    else { return nil }
    let whole = Double(max(base.values.count, other.values.count))
    let isMost = Double(pairs.base.count) >= whole * Self.pairedPartMin
    return isMost && pairs.base.count > 1 ? pairs : nil
  }
}
