// The gate: may this change go in?  Theory of operation.
//
// Problem.  A pipeline wants yes or no.  A gate that compares two numbers says no by accident, and
// people learn to press the button again; one that asks for "no significant difference" says yes
// to whoever measured too little.
//
// Shape.  For each comparison, how much worse the arm is, w, has an interval.  With the limit l:
//
//     lower end of w > l       worse than allowed, shown
//     upper end of w <= l      fine, shown
//     otherwise                the values cannot tell: measure more
//
// and the gate's answer is the worst of all: worse, then undecided, then fine.  One of many
// comparisons lies beyond the limit by accident now and then: where there are several, one is
// called worse only if its probability holds after the report's correction.
//
// Invariants.
//   G1  Nothing is fine that was not compared: a row missing on one side, or with a single value,
//       is undecided; a failed run makes the data unusable.
//
// The main metric is judged, unless metrics were asked for by name.

internal import MiniStat

/// The judgement on a report.
public struct Gate: Equatable, Sendable {
  /// What it comes to, from good to bad.
  public enum Outcome: Int, Comparable, Sendable {
    /// Nothing is worse than allowed.
    case fine
    /// The values cannot tell.
    case undecided
    /// Something is worse than allowed.
    case worse
    /// There is nothing to judge: runs failed.
    case unusable

    /// The program's exit status.
    public var status: CInt {
      switch self {
      case .fine: 0
      case .worse: 1
      case .unusable: 2
      case .undecided: 3
      }
    }

    /// The better one is less.
    public static func < (a: Outcome, b: Outcome) -> Bool { a.rawValue < b.rawValue }
  }

  /// One comparison's judgement.
  public struct Line: Equatable, Sendable {
    /// What it comes to.
    public let outcome: Outcome
    /// What is said of it.
    public let text: String
  }

  /// What the gate says.
  public let outcome: Outcome
  /// What it says of each comparison, the worst first.
  public let lines: [Line]

  /// Judges `report`.
  ///
  /// - Parameters:
  ///   - report: the comparisons.
  ///   - limit: how much worse is allowed: 0.02 for 2 %.
  ///   - isNarrowed: true to judge every metric of the report and not the main one alone.
  public init(_ report: Report, limit: Double, isNarrowed: Bool = false) {
    var lines: [Line] = []
    for failure in report.failures.prefix(3) {
      lines.append(
        Line(outcome: .unusable, text: "\(failure.arm): a run failed: \(failure.reason)"))
    }
    for section in isNarrowed ? report.sections : [report.main] {
      for row in section.rows {
        for (index, column) in section.columns.enumerated().dropFirst() {
          let name = [row.name, section.metric.name, "of", column].filter { !$0.isEmpty }
            .joined(separator: " ")
          lines.append(
            Self.judge(
              row.comparisons[index], name: name, metric: section.metric, limit: limit,
              isMissing: row.cells[0] == nil || row.cells[index] == nil))
        }
      }
      if section.columns.count < 2 {
        lines.append(
          Line(outcome: .unusable, text: "there is one arm only; name a base and a new file"))
      }
    }
    // Stable: equal outcomes stay in their order.
    self.lines = lines.enumerated().sorted {
      ($1.element.outcome, $0.offset) < ($0.element.outcome, $1.offset)
    }.map(\.element)
    outcome = lines.map(\.outcome).max() ?? .unusable
  }

  private static func judge(
    _ row: Suite.Row?, name: String, metric: Metric, limit: Double, isMissing: Bool
  ) -> Line {
    guard let row else {
      let reason = isMissing ? "it was measured on one side only" : "one value is not enough"
      return Line(outcome: .undecided, text: "\(name): \(reason)")  // G1
    }
    let headline = row.comparison.headline
    guard let worsening = worsening(headline, base: row.comparison.base.mean.value, metric) else {
      return Line(outcome: .undecided, text: "\(name): the base's mean is 0, so there is no ratio")
    }
    let estimate = percent(worsening.value)
    let range = "\(percent(worsening.lower)) to \(percent(worsening.upper))"
    let text = "\(name): \(estimate) worse (\(range)), \(percent(limit)) allowed"
    if worsening.upper <= limit { return Line(outcome: .fine, text: text) }
    let isShown = row.verdict == .worse
    if worsening.lower > limit && isShown { return Line(outcome: .worse, text: text) }
    return Line(outcome: .undecided, text: text)
  }

  /// By what part of the base the other arm is worse; negative if it is better.
  private static func worsening(
    _ headline: Headline, base: Double, _ metric: Metric
  ) -> (value: Double, lower: Double, upper: Double)? {
    var (value, lower, upper) = (
      headline.estimate.value, headline.estimate.interval.lower, headline.estimate.interval.upper
    )
    if headline.isRatio {
      (value, lower, upper) = (value - 1, lower - 1, upper - 1)
    } else {
      let unit = abs(base)
      if unit == 0 {
        return value == 0 && lower == 0 && upper == 0 ? (0, 0, 0) : nil
      }
      (value, lower, upper) = (value / unit, lower / unit, upper / unit)
    }
    return metric.better == .higher ? (-value, -upper, -lower) : (value, lower, upper)
  }

  private static func percent(_ part: Double) -> String {
    if part == .infinity { return "unbounded" }
    if part == -.infinity { return "-unbounded" }
    return NumberText.general(part * 100, digits: 3) + " %"
  }

  /// The judgement for people: the answer, and a line for each comparison.
  public var text: String {
    let answer =
      switch outcome {
      case .fine: "fine: nothing got worse than allowed"
      case .worse: "worse: something got worse than allowed"
      case .undecided: "undecided: the values cannot tell; measure more often"
      case .unusable: "unusable: there is nothing that can be judged"
      }
    return answer + "\n"
      + lines.map { line in
        let mark =
          switch line.outcome {
          case .fine: "fine"
          case .worse: "worse"
          case .undecided: "undecided"
          case .unusable: "unusable"
          }
        return "  \(mark)  \(line.text)\n"
      }.joined()
  }
}
