// Numbers as a reader wants them: in the unit that needs no exponent, with the digits that the
// interval warrants.
//
//     0.0213412 s +- 0.000122 s   ->   21.34 ms +- 0.12 ms
//     5368709 B                   ->   5.12 MiB
//
// The half width of the interval is given one or two significant digits by the rule of the Particle
// Data Group (two if it begins with 100 to 354, one from 355 to 949), and the value as many
// decimals; what stands behind them is noise.  All numbers of a row or a plot have the same unit,
// so that they can be compared by looking.

import Glibc
import MiniStat

/// A unit in which numbers are shown: a symbol, and by how much values are divided for it.
public struct ReportUnit: Equatable, Sendable {
  /// Values are divided by this.
  public let divisor: Double
  /// What is written behind the number; empty for pure numbers.
  public let symbol: String

  /// A unit given by its parts.
  public init(divisor: Double, symbol: String) {
    self.divisor = divisor
    self.symbol = symbol
  }

  /// The unit for values of about `magnitude` that were measured in `unit`.
  ///
  /// Times become ns, us, ms or s, sizes B, KiB and so on, other units get a prefix beyond a
  /// million or below a thousandth.  What follows a slash (`ns/op`, `MB/s`) is kept.
  ///
  /// - Parameter isASCII: write `us`, not `µs`.
  public static func showing(
    _ magnitude: Double, of unit: String, isASCII: Bool = false
  ) -> ReportUnit {
    let parts = unit.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let head = String(parts.first ?? "")
    let tail = parts.count > 1 ? "/" + parts[1] : ""
    let size = abs(magnitude)
    if let seconds = time[head] {
      let steps: [(Double, String)] = [
        (1, "s"), (1e-3, "ms"), (1e-6, isASCII ? "us" : "µs"), (1e-9, "ns"),
      ]
      return chosen(steps, size: size, base: seconds, tail: tail)
    }
    if let bytes = bytes[head] {
      let steps: [(Double, String)] = [
        (0x1p40, "TiB"), (0x1p30, "GiB"), (0x1p20, "MiB"), (0x1p10, "KiB"), (1, "B"),
      ]
      return chosen(steps, size: size, base: bytes, tail: tail)
    }
    if unit == "%" || size == 0 || (size >= 1e-3 && size < 1e6) {
      return ReportUnit(divisor: 1, symbol: unit)
    }
    if unit.isEmpty { return power(of: size, isASCII: isASCII) }
    let small = isASCII ? "u" : "µ"
    let steps: [(Double, String)] = [
      (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, ""), (1e-3, "m"), (1e-6, small),
      (1e-9, "n"),
    ]
    let found = chosen(steps, size: size, base: 1, tail: "")
    // `1.2 GHz`, but `1.2 G instructions`.
    let gap = head.count > 2 && !found.symbol.isEmpty ? " " : ""
    return ReportUnit(divisor: found.divisor, symbol: found.symbol + gap + head + tail)
  }

  private static let time: [String: Double] = [
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "sec": 1, "min": 60,
    "h": 3600,
  ]
  private static let bytes: [String: Double] = [
    "B": 1, "bytes": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 0x1p10,
    "MiB": 0x1p20, "GiB": 0x1p30,
  ]

  /// Pure numbers get no prefix that could be taken for a unit: `1.23 e9`, `1.23 ×10⁹`.
  private static func power(of size: Double, isASCII: Bool) -> ReportUnit {
    let exponent = 3 * Int(floor(log10(size) / 3))
    if isASCII { return ReportUnit(divisor: pow(10, Double(exponent)), symbol: "e\(exponent)") }
    let raised = String(exponent).map { digit -> Character in
      let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
      return digit.wholeNumberValue.map { digits[$0] } ?? "⁻"
    }
    return ReportUnit(divisor: pow(10, Double(exponent)), symbol: "×10" + String(raised))
  }

  /// The first of `steps`, which descend, that is not larger than `size` x `base`.
  private static func chosen(
    _ steps: [(size: Double, symbol: String)], size: Double, base: Double, tail: String
  ) -> ReportUnit {
    let last = steps[steps.count - 1]
    // A hair below, so that 0.001 s is 1 ms although 0.001 * 1 / 1e-3 may fall short of 1.
    let step = steps.first { size * base >= $0.size * (1 - 1e-12) } ?? last
    let zero = steps.first { $0.size == 1 } ?? last
    let used = size == 0 ? zero : step
    return ReportUnit(divisor: used.size / base, symbol: used.symbol + tail)
  }

  /// `value` in this unit, without the symbol, with `decimals`.
  public func number(_ value: Double, decimals: Int) -> String {
    ReportNumber.text(value / divisor, decimals: decimals)
  }

  /// `text` with the symbol behind it.
  public func with(_ text: String) -> String { symbol.isEmpty ? text : text + " " + symbol }

  /// The decimals for `value` in this unit whose interval reaches `halfWidth` to each side.
  public func decimals(_ value: Double, halfWidth: Double) -> Int {
    ReportNumber.decimals(value / divisor, halfWidth: halfWidth / divisor)
  }
}

/// How many digits a number gets, and how it is written.
public enum ReportNumber {
  /// Digits that a value gets of which nothing is known but itself.
  private static let digitsUsual = 4
  /// A Double tells no more.
  private static let digitsMax = 15

  /// The decimals that an uncertainty of `halfWidth` leaves to `value`.
  ///
  /// Negative where even units are noise, but the value keeps its first two digits.  An
  /// uncertainty of 0, or an unknown one, gives four digits, or a whole number none behind the
  /// point.
  public static func decimals(_ value: Double, halfWidth: Double) -> Int {
    let first = exponent(value)
    guard halfWidth.isFinite, halfWidth > 0 else {
      // Counts that never vary are whole numbers, and shown as such.
      let isWhole = halfWidth == 0 && value == value.rounded() && abs(value) < 1e6
      return isWhole ? 0 : digitsUsual - 1 - first
    }
    let power = exponent(halfWidth)
    let mantissa = halfWidth / pow(10, Double(power))
    let wanted = mantissa < 3.55 ? 1 - power : -power
    if value == 0 { return max(wanted, 0) }
    return min(max(wanted, 1 - first), digitsMax - 1 - first)
  }

  /// The power of ten of the first digit of `value`; 0 for 0.
  private static func exponent(_ value: Double) -> Int {
    let size = abs(value)
    return size > 0 && size.isFinite ? Int(floor(log10(size))) : 0
  }

  /// `value` with `decimals` behind the point; negative ones round before it.
  public static func text(_ value: Double, decimals: Int) -> String {
    if value.isNaN { return "-" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let isExtreme = abs(value) >= 1e15 || decimals > 15
    if isExtreme { return NumberText.general(value, digits: 4) }
    if decimals >= 0 {
      let text = NumberText.fixed(value, decimals: decimals)
      return Double(text) == 0 && value < 0 ? String(text.dropFirst()) : text
    }
    let unit = pow(10, Double(min(-decimals, 15)))
    return NumberText.fixed((value / unit).rounded() * unit, decimals: 0)
  }

  /// A relative change in percent with its sign: `-4.8 %`, `+0.25 %`, `+220 %`.
  public static func percent(_ change: Double, decimals: Int) -> String {
    if !change.isFinite { return text(change, decimals: 0) }
    let shown = text(change * 100, decimals: decimals)
    return (change > 0 && shown.contains { ("1"..."9").contains($0) } ? "+" : "") + shown + " %"
  }

  /// A probability: `0.034`, `<0.001`.
  public static func probability(_ p: Double) -> String {
    if p.isNaN { return "-" }
    if p < 0.001 { return "<0.001" }
    return p < 0.0995 ? NumberText.fixed(p, decimals: 3) : NumberText.fixed(p, decimals: 2)
  }
}
