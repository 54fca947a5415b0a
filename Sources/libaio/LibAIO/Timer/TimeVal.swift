// The time of day, as the seed's interfaces take it.

extension Aio {
  /// A time of day in nanoseconds since 1970, which compares.  Corresponds to `struct TimeVal` and
  /// `struct timeval`.
  public struct TimeVal: Comparable, Hashable, Sendable {
    /// Nanoseconds since 1970.
    public var ns: Int64

    /// The time of day `ns` nanoseconds after the beginning of 1970.
    public init(ns: Int64) { self.ns = ns }

    /// The time of day as `gettimeofday(2)` has it.
    public init(seconds: Int64, microseconds: Int64 = 0) {
      ns = seconds * 1_000_000_000 + microseconds * 1000
    }

    /// Whole seconds since 1970.  `tv_sec`.
    public var seconds: Int64 {
      ns / 1_000_000_000 - (ns % 1_000_000_000 < 0 ? 1 : 0)
    }

    /// Microseconds of the second, 0 to 999,999.  `tv_usec`.
    public var microseconds: Int64 {
      let rest = ns % 1_000_000_000
      return (rest < 0 ? rest + 1_000_000_000 : rest) / 1000
    }

    /// Whether `one` is before `other`.
    public static func < (one: TimeVal, other: TimeVal) -> Bool { one.ns < other.ns }

    /// The time of day `duration` later, saturating.
    public static func + (time: TimeVal, duration: Duration) -> TimeVal {
      let (sum, over) = time.ns.addingReportingOverflow(duration.clampedNs)
      return TimeVal(ns: over ? (duration.clampedNs < 0 ? .min : .max) : sum)
    }
  }
}

extension Duration {
  /// The nanoseconds of the duration, rounded up, as far as 64 bits hold them: 292 years.
  var clampedNs: Int64 {
    let (seconds, attoseconds) = components
    let (whole, over) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if over { return seconds < 0 ? .min : .max }
    let rest = attoseconds / 1_000_000_000 + (attoseconds % 1_000_000_000 > 0 ? 1 : 0)
    let (sum, overflow) = whole.addingReportingOverflow(rest)
    return overflow ? (seconds < 0 ? .min : .max) : sum
  }
}
