// When enough has been measured: theory of operation.
//
// Problem.  To look at a test after each run and to stop when it is significant finds differences
// where there are none: every fourth time, measured, at a nominal 5 %.  To stop when the interval
// is narrow does not look at where the interval lies, and so cannot prefer an answer; but it still
// stops too often on values that happen to lie close together, and its intervals then hold the
// truth less often than they say (92.7 % of the time where 95 % was asked for).
//
// Shape.  After each block the interval of each arm's ratio to the base is taken by Student's t on
// the logarithms of the pairs' ratios.  Enough has been measured when for every arm
//
//     half width * inflation <= target        in two blocks running, with at least 8 pairs
//
// Invariants.
//   S1  The decision depends on widths only, never on where an interval lies.
//   S2  Limits of time and of pairs hold in any case, and the reason for the end is told.
//
// Rejected.  A sequential test with boundaries for its p values: it answers another question, and
// its boundaries must be known before.

import Glibc
internal import MiniStat

/// The running interval of one quantity: a ratio of paired values, or a mean where there is no
/// partner.  O(1) a value.
public struct RunningRatio: Equatable, Sendable {
  /// The number of pairs.
  public private(set) var count = 0
  private var mean = 0.0
  private var squares = 0.0

  /// No pairs yet.
  public init() {}

  /// Takes a pair of positive values; others have no ratio and are passed over.
  public mutating func add(base: Double, other: Double) {
    guard base > 0, other > 0 else { return }
    // Welford's recurrence: the values come one by one, and few.
    let value = log(other) - log(base)
    count += 1
    let deviation = value - mean
    mean += deviation / Double(count)
    squares += deviation * (value - mean)
  }

  /// The geometric mean of the ratios; nil if there are none.
  public var ratio: Double? { count > 0 ? exp(mean) : nil }

  /// The interval's half width on the logarithmic scale, which for small ones is the relative
  /// half width; nil with fewer than two pairs.
  public func halfWidth(confidence: Double = 0.95) -> Double? {
    if count < 2 { return nil }
    let n = Double(count)
    let error = (squares / (n - 1) / n).squareRoot()
    return StudentT(degreesOfFreedom: n - 1).critical(confidence) * error
  }
}

/// Decides after each block whether to go on.
public struct StopRule: Equatable, Sendable {
  /// The fewest pairs on which a width is believed.
  public static let pairsMin = 8
  /// Blocks running in which the width must be reached.
  public static let hitsNeeded = 2
  /// What the width is multiplied by before it is compared.
  public static let inflation = 1.05

  /// The pairs after which to stop in any case.
  public var pairsMax: Int
  /// The relative half width at which to stop; nil to go on to the end.
  public var target: Double?
  /// Nanoseconds after which to stop; nil for no limit.
  public var timeMaxNs: Int64?

  private var hits = 0

  /// Why measuring ended.
  public enum Reason: String, Sendable {
    /// Every interval is narrow enough.
    case narrow
    /// As many pairs as were asked for.
    case pairs
    /// The time is over.
    case time
    /// A signal came.
    case interrupted
    /// Nothing but failures.
    case failing
  }

  /// The rule that stops at `target` if it is given, and at the limits.
  public init(pairsMax: Int, target: Double? = nil, timeMaxNs: Int64? = nil) {
    precondition(pairsMax > 0, "at least one pair is measured")
    self.pairsMax = pairsMax
    self.target = target
    self.timeMaxNs = timeMaxNs
  }

  /// Takes the widths after a block; the reason to stop, nil to go on.
  ///
  /// - Parameters:
  ///   - ratios: the running intervals, one for each arm but the base.
  ///   - blocks: the blocks that were run.
  ///   - elapsedNs: the time since the first run.
  ///   - blockNs: how long a block takes; one that would end too late is not begun.
  public mutating func decide(
    _ ratios: [RunningRatio], blocks: Int, elapsedNs: Int64, blockNs: Int64
  ) -> Reason? {
    if let target {
      let areNarrow = ratios.allSatisfy { ratio in
        guard ratio.count >= Self.pairsMin, let width = ratio.halfWidth() else { return false }
        return width * Self.inflation <= target
      }
      hits = areNarrow && !ratios.isEmpty ? hits + 1 : 0
      if hits >= Self.hitsNeeded { return .narrow }
    }
    if blocks >= pairsMax { return .pairs }
    if let timeMaxNs, elapsedNs + blockNs > timeMaxNs { return .time }
    return nil
  }
}
