// Values that nobody measures, and that somebody will compare.

import Glibc

/// Random finite values.
public enum AnyValues {
  /// Some values of one of many kinds: of one magnitude or of all, equal, steps, with zeros.
  public static func some(_ random: inout SplitMix) -> [Double] {
    let count = [2, 3, 4, 7, 12, 40][Int.random(in: 0..<6, using: &random)]
    let centre = Int.random(in: -1070...1020, using: &random)
    let kind = Int.random(in: 0..<6, using: &random)
    return (0..<count).map { _ in
      let unit = Double.random(in: 1..<2, using: &random)
      let sign = kind >= 4 && Bool.random(using: &random) ? -1.0 : 1
      switch kind {
      case 0: return scalbn(unit, centre)
      case 1: return scalbn(1 + (unit - 1) / 1000, centre)
      case 2: return scalbn(unit, Int.random(in: -1074...1023, using: &random))
      case 3: return Bool.random(using: &random) ? 0 : scalbn(1.5, centre)
      case 4: return sign * scalbn(unit, centre)
      default: return sign * scalbn(unit, Int.random(in: -1074...1023, using: &random))
      }
    }
  }
}
