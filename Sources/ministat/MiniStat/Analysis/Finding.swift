// What the diagnostics have to say: facts with their figures, as sentences with the cure.

/// Something about the data that a reader of the result should know.
public struct Finding: Equatable, Sendable {
  /// How grave it is.
  public enum Severity: Int, Comparable, Sendable {
    /// Worth knowing; the result stands.
    case note
    /// The result may be wrong because of this.
    case warning

    /// Notes are less than warnings.
    public static func < (left: Severity, right: Severity) -> Bool {
      left.rawValue < right.rawValue
    }
  }

  /// What was found, with the figures.
  public enum Kind: Equatable, Sendable {
    /// Fewer values than a decision wants.
    case tooFew(count: Int, wanted: Int)
    /// All values are equal.
    case constant
    /// Values come in steps that are coarse beside their spread.
    case coarseClock(step: Double, distinct: Int)
    /// The values are not from a normal distribution.
    case nonNormal(test: String, p: Double)
    /// Values lie far from the others.
    case outliers(OutlierCounts, count: Int)
    /// Neighbouring values resemble each other: `count` values tell as much as `effectiveCount`.
    case dependent(lag1: Double, p: Double, effectiveCount: Double)
    /// The values rise or fall steadily: by `perRun` of the median at each run.
    case drifts(perRun: Double, p: Double)
    /// The first `cut` values are unlike the others.
    case warmUp(cut: Int, ratio: Double)
    /// The level jumps at the value with index `at`, by the factor `ratio`.
    case jumps(at: Int, ratio: Double, p: Double)
    /// The values gather around two places.
    case bimodal(dip: Double, p: Double)
    /// The deviation is a large part of the mean.
    case noisy(variation: Double)
    /// The spreads of the two arms differ.
    case unequalSpread(ratio: Double, p: Double)
    /// Both arms drift the same way, and a line through base and other, one after the other,
    /// explains the difference better than a step between them does.
    case driftExplains(perRun: Double, p: Double)
    /// Values are not above 0, so ratios mean nothing.
    case notPositive
    /// The base mean is so uncertain that the ratio has no bounds.
    case ratioUnbounded
    /// The decision was made by ranks, since outliers would spoil the means.
    case decidedByRanks
    /// The interval was widened by `factor` since values depend on each other.
    case widened(factor: Double)
    /// Pairs were asked for and not taken: they do not go up and down together.
    case pairsUnrelated(correlation: Double)
    /// Pairs were taken: what disturbs both of a pair cancels.
    case pairsTaken(correlation: Double)
    /// What is quadratic looked at some of the values only.
    case thinned(from: Int, to: Int)
  }

  /// How grave it is.
  public let severity: Severity
  /// The name of the arm it is about; nil if it is about the comparison.
  public let arm: String?
  /// What was found.
  public let kind: Kind

  /// A finding about `arm`, or about a comparison.
  public init(_ severity: Severity, _ kind: Kind, arm: String? = nil) {
    self.severity = severity
    self.kind = kind
    self.arm = arm
  }
}

extension Finding {
  /// The name of the kind, stable, for machines: `drifts`, `warmUp`, `tooFew`.
  public var code: String {
    switch kind {
    case .tooFew: "tooFew"
    case .constant: "constant"
    case .coarseClock: "coarseClock"
    case .nonNormal: "nonNormal"
    case .outliers: "outliers"
    case .dependent: "dependent"
    case .drifts: "drifts"
    case .warmUp: "warmUp"
    case .jumps: "jumps"
    case .bimodal: "bimodal"
    case .noisy: "noisy"
    case .unequalSpread: "unequalSpread"
    case .driftExplains: "driftExplains"
    case .notPositive: "notPositive"
    case .ratioUnbounded: "ratioUnbounded"
    case .decidedByRanks: "decidedByRanks"
    case .widened: "widened"
    case .pairsUnrelated: "pairsUnrelated"
    case .pairsTaken: "pairsTaken"
    case .thinned: "thinned"
    }
  }

  /// What was found, as a clause without the arm's name and without a full stop.
  public var sentence: String {
    switch kind {
    case .tooFew(let count, let wanted):
      "only \(Words.counted(count, "value")); intervals are wide below \(wanted)"
    case .constant: "all values are equal"
    case .coarseClock(let step, let distinct):
      "the values come in steps of \(Words.quantity(step)), only \(distinct) different ones"
    case .nonNormal(let test, let p):
      "the values are not normally distributed (\(test), \(Words.probability(p)))"
    case .outliers(let counts, let count):
      "\(counts.total) of \(count) values lie far out (\(counts.severe) of them very far)"
    case .dependent(let lag1, let p, let effective):
      "neighbouring values resemble each other (correlation \(Words.quantity(lag1)), "
        + "\(Words.probability(p))): they tell as much as \(Words.quantity(effective)) would"
    case .drifts(let perRun, let p):
      "the values \(perRun < 0 ? "fall" : "rise") steadily "
        + "(\(Words.percentSigned(perRun)) a run, \(Words.probability(p)))"
    case .warmUp(let cut, let ratio):
      "the first \(Words.counted(cut, "value")) \(cut == 1 ? "is" : "are") unlike the rest "
        + "(\(Words.percentSigned(ratio - 1)))"
    case .jumps(let at, let ratio, let p):
      "the level changes by \(Words.percentSigned(ratio - 1)) after value \(at) "
        + "(\(Words.probability(p)))"
    case .bimodal(_, let p):
      "the values gather around two places (dip test, \(Words.probability(p)))"
    case .noisy(let variation): "the deviation is \(Words.percent(variation)) of the mean"
    default: sentenceOfComparison
    }
  }

  private var sentenceOfComparison: String {
    switch kind {
    case .unequalSpread(let ratio, let p):
      "the spreads differ by a factor of \(Words.quantity(ratio)) (\(Words.probability(p)))"
    case .driftExplains(let perRun, let p):
      "both drift the same way (\(Words.percentSigned(perRun)) a run, \(Words.probability(p))); "
        + "if one was measured after the other, that explains the difference"
    case .notPositive: "there are values not above 0, so the difference is given, not the ratio"
    case .ratioUnbounded: "the mean of the base is too uncertain for the ratio to have bounds"
    case .decidedByRanks: "values lie far out, so typical values are compared, not means"
    case .widened(let factor):
      "the interval is \(Words.quantity(factor)) times as wide since values depend on each other"
    case .pairsUnrelated(let correlation):
      "pairs do not vary together (correlation \(Words.quantity(correlation))), "
        + "so they were not used"
    case .pairsTaken(let correlation):
      "pairs vary together (correlation \(Words.quantity(correlation))) and are compared as pairs"
    case .thinned(let from, let to):
      "what takes long was computed from \(to) of \(from) values, evenly spread over their order"
    default: code
    }
  }

  /// What to do about it, as a clause without a full stop; nil where nothing need be done.
  public var cure: String? { cure(isInterleaved: false) }

  /// What to do about it, where it is known whether the arms were run in turn: who did so is not
  /// told to.
  public func cure(isInterleaved: Bool) -> String? {
    isInterleaved ? cureOfInterleaved : cureOfUnknown
  }

  private var cureOfInterleaved: String? {
    switch kind {
    case .dependent: "put independent processes in place of repetitions"
    case .drifts: "let the machine warm up and cool first"
    case .jumps: "find out what changed there"
    case .driftExplains: nil
    default: cureOfUnknown
    }
  }

  private var cureOfUnknown: String? {
    switch kind {
    case .tooFew(_, let wanted): "make at least \(wanted) runs"
    case .constant: "measure with more digits, or something that varies"
    case .coarseClock: "time more work in each run, or use a finer clock"
    case .outliers: "look for what disturbed these runs; nothing was dropped"
    case .dependent:
      "run the arms in turn (`ministat run`), or put independent processes in place of repetitions"
    case .drifts: "run the arms in turn (`ministat run`); let the machine warm up and cool first"
    case .warmUp(let cut, _): "leave them out, as with `--warmup \(cut)`"
    case .jumps: "find out what changed there; run the arms in turn (`ministat run`)"
    case .bimodal: "find out what differs between the two kinds of run; the mean describes neither"
    case .noisy: "quieten the machine, pin a CPU, or measure CPU time instead of wall time"
    case .driftExplains: "run the arms in turn (`ministat run`)"
    case .ratioUnbounded: "make more runs"
    case .nonNormal, .unequalSpread, .notPositive, .decidedByRanks, .widened, .pairsUnrelated,
      .pairsTaken, .thinned:
      nil
    }
  }

  /// The whole: `A: the values fall steadily (-0.5 % a run, p<0.001): run the arms in turn`.
  public var text: String {
    (arm.map { $0 + ": " } ?? "") + sentence + (cure.map { ": " + $0 } ?? "")
  }
}
