// Numbers as people type them for a measurement.

/// Reading quantities of a command line.
public enum Quantity {
  /// The fraction that a percentage such as `1%` or `1` is; nil if it is none.
  public static func fraction(_ text: String) -> Double? {
    let number = text.hasSuffix("%") ? text.dropLast() : text[...]
    guard let percent = Double(number), percent >= 0, percent.isFinite else { return nil }
    return percent / 100
  }

  /// The nanoseconds that `90`, `90s`, `1.5m`, `2h` or `500ms` is; nil if it is no time.
  public static func nanoseconds(_ text: String) -> Int64? {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let factors: [String: Double] = [
      "": 1e9, "s": 1e9, "ms": 1e6, "m": 6e10, "min": 6e10, "h": 3.6e12,
    ]
    guard let number = Double(digits), let factor = factors[String(text.dropFirst(digits.count))],
      number > 0, number * factor < 1e18
    else { return nil }
    return Int64(number * factor)
  }
}

extension StopRule {
  /// The rule that somebody asked for: a number of pairs is taken at its word; otherwise the width
  /// decides, 1 % if nothing is said, within a minute if nothing is said.
  public static func asked(
    pairs: Int? = nil, target: Double? = nil, timeMaxNs: Int64? = nil
  ) -> StopRule {
    StopRule(
      pairsMax: pairs ?? RunPlan.pairsMaxStandard,
      target: target ?? (pairs == nil ? 0.01 : nil),
      timeMaxNs: timeMaxNs ?? (pairs == nil ? 60 * RunPlan.second : nil))
  }
}
