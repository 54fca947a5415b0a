// How far a measurement is.

/// Where a measurement stands after a block.
public struct Progress: Sendable {
  /// The blocks that have been run and counted.
  public var blocks = 0
  /// The runs that have failed.
  public var failures = 0
  /// Nanoseconds since the first counted run.
  public var elapsedNs: Int64 = 0
  /// The arm whose interval is widest against the base, and its interval; the only arm if there
  /// is one.
  public var widest: (arm: String, ratio: RunningRatio)?
  /// The name of the base; "" if there is no other arm.
  public var base = ""

  /// What a progress line shows of it under `rule`.
  public func report(_ rule: StopRule) -> ReportProgress {
    var report = ReportProgress()
    report.blocks = blocks
    report.blocksMax = rule.pairsMax < RunPlan.pairsMaxStandard ? rule.pairsMax : nil
    report.elapsedNs = elapsedNs
    report.elapsedNsMax = rule.timeMaxNs
    report.failures = failures
    report.halfWidthGoal = rule.target
    report.base = base
    if let widest {
      report.arm = widest.arm
      report.ratio = widest.ratio.ratio
      report.halfWidth = widest.ratio.halfWidth()
    }
    return report
  }
}
