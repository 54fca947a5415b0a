// What is counted: unit, direction, and the units that benchmarks write.

/// Which direction of a metric is welcome.
public enum Better: String, Sendable {
  /// Less is better: times, sizes, misses.
  case lower
  /// More is better: rates.
  case higher
  /// Neither is known to be better; differences are reported without praise.
  case neither
}

/// Something that is counted in each run.
public struct Metric: Hashable, Sendable {
  /// Its name, such as `wall` or `allocs/op`.
  public var name: String
  /// The base unit that values are in, such as `s`, `B`, `B/s`; "" for plain numbers.
  public var unit: String
  /// Which direction is better.
  public var better: Better
  /// True if equal programs count exactly equally: then any difference is one.
  public var isExact: Bool

  /// The metric `name`, counted in `unit`.
  public init(name: String, unit: String, better: Better = .lower, isExact: Bool = false) {
    self.name = name
    self.unit = unit
    self.better = better
    self.isExact = isExact
  }

  /// What we know of a metric from its name alone; a time if nothing better is known.
  public static func known(_ name: String) -> Metric {
    if let found = own.first(where: { $0.name == name }) { return found }
    let scale = UnitScale(name)
    return Metric(name: name, unit: scale.unit, better: scale.better)
  }

  /// The metrics of the harness.
  public static let own: [Metric] = [
    Metric(name: "wall", unit: "s"),
    Metric(name: "cpu", unit: "s"),
    Metric(name: "user", unit: "s"),
    Metric(name: "system", unit: "s"),
    Metric(name: "maxrss", unit: "B"),
    Metric(name: "minor-faults", unit: ""),
    Metric(name: "major-faults", unit: ""),
    Metric(name: "voluntary-switches", unit: ""),
    Metric(name: "involuntary-switches", unit: ""),
    Metric(name: "instructions", unit: ""),
    Metric(name: "cycles", unit: ""),
    Metric(name: "branch-misses", unit: ""),
    Metric(name: "cache-misses", unit: ""),
  ]
}

/// How a unit that a program wrote relates to a base unit of ours.
public struct UnitScale: Equatable, Sendable {
  /// The base unit, such as `s/op` for `ns/op`.
  public let unit: String
  /// Values are multiplied by this ...
  private let multiplier: Double
  /// ... and divided by that: 7 ns are the number nearest to 7e-9, which 7 times 1e-9 is not.
  private let divisor: Double
  /// The direction that is usual for the unit.
  public let better: Better

  /// Prefixes of seconds and bytes, each with its factor; a negative one divides.
  private static let scales: [String: (unit: String, factor: Double)] = [
    "ns": ("s", -1e9), "us": ("s", -1e6), "µs": ("s", -1e6), "μs": ("s", -1e6),
    "ms": ("s", -1e3), "s": ("s", 1), "sec": ("s", 1), "secs": ("s", 1), "second": ("s", 1),
    "seconds": ("s", 1), "min": ("s", 60), "nanoseconds": ("s", -1e9),
    "microseconds": ("s", -1e6), "milliseconds": ("s", -1e3),
    "B": ("B", 1), "byte": ("B", 1), "bytes": ("B", 1), "kB": ("B", 1e3), "KB": ("B", 1e3),
    "MB": ("B", 1e6), "GB": ("B", 1e9), "KiB": ("B", 1024), "MiB": ("B", 1_048_576),
    "GiB": ("B", 1_073_741_824),
  ]

  /// `value` in the base unit.
  public func scaled(_ value: Double) -> Double { value * multiplier / divisor }

  /// The scale of `text`, such as `ns/op`, `MB/s`, `p99-ns`, `allocs/op`; the unit itself and 1
  /// where nothing is known.
  ///
  /// What counts per time is better higher, all else lower.  `requests/op` is no rate.
  public init(_ text: String) {
    // A prefix such as "p99-" names the quantity; the measure is what stands behind it.
    let start = text.lastIndex(of: "-").map { text.index(after: $0) } ?? text.startIndex
    let head = String(text[..<start])
    let parts = text[start...].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let first = String(parts.first ?? "")
    let scale = Self.scales[first]
    let below = parts.count > 1 ? String(parts[1]) : nil
    let time = below.flatMap { Self.scales[$0] }.flatMap { $0.unit == "s" ? $0 : nil }
    var unit = scale?.unit ?? first
    if let below { unit += "/" + (time?.unit ?? below) }
    self.unit = head + unit
    let above = scale?.factor ?? 1
    let under = time?.factor ?? 1
    multiplier = max(above, 1) * max(-under, 1)
    divisor = max(-above, 1) * max(under, 1)
    better = time != nil ? .higher : .lower
  }
}
