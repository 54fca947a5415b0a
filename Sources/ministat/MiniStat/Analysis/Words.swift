// Numbers in sentences.

import Glibc

/// Numbers as they stand in sentences: three digits, no exponent where one can do without.
enum Words {
  /// `fraction` in percent: `1 %`, `0.25 %`, `12 %`.
  static func percent(_ fraction: Double) -> String {
    NumberText.general(fraction * 100, digits: 3) + " %"
  }

  /// `fraction` in percent with its sign.
  static func percentSigned(_ fraction: Double) -> String {
    (fraction > 0 ? "+" : "") + percent(fraction)
  }

  /// A probability: `p=0.03`, `p<0.001`.
  static func probability(_ p: Double) -> String {
    p < 0.001 ? "p<0.001" : "p=" + NumberText.general(p, digits: 2)
  }

  /// A quantity with three digits.
  static func quantity(_ value: Double) -> String { NumberText.general(value, digits: 3) }

  /// `count` with `noun`, which takes an s where there are several.
  static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
