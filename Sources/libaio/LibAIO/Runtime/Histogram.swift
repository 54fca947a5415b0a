// Run times, counted by size.

/// Counts of durations, in two buckets for each power of two: an error of at most a third.
public struct Histogram: Sendable {
  /// Buckets: of 64 powers of two.
  static let bucketCount = 128

  /// How many durations fell into each bucket.
  var counts = [UInt64](repeating: 0, count: bucketCount)
  /// Nanoseconds of a unit of what was counted.
  var nsPerUnit = 1.0

  init() {}

  /// The bucket of a duration.
  @inline(__always)
  static func bucket(_ value: UInt64) -> Int {
    let exponent = 63 - (value | 1).leadingZeroBitCount
    return exponent * 2 + (exponent == 0 ? 0 : Int(value >> (UInt64(exponent) - 1) & 1))
  }

  /// The shortest duration of a bucket.
  static func floor(_ bucket: Int) -> Double {
    let power = Double(sign: .plus, exponent: bucket / 2, significand: 1)
    return bucket % 2 == 0 ? power : power * 1.5
  }

  /// How many durations were counted.
  public var total: UInt64 { counts.reduce(0, &+) }

  /// The duration in nanoseconds that a part of all did not exceed, such as 0.99 of them, by the
  /// upper end of its bucket; 0 if none were counted.
  public func quantile(_ part: Double) -> Double {
    let all = total
    if all == 0 { return 0 }
    let wanted = UInt64((Double(all) * part).rounded(.up))
    var seen: UInt64 = 0
    for bucket in counts.indices {
      seen += counts[bucket]
      if seen >= max(wanted, 1) { return Self.floor(bucket + 1) * nsPerUnit }
    }
    return Self.floor(Self.bucketCount) * nsPerUnit
  }
}
