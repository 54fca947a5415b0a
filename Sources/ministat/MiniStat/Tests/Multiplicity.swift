// Several tests at once.

/// Corrections of probabilities for the number of tests.
public enum Multiplicity {
  /// What is kept small.
  public enum Method: String, Equatable, Sendable {
    /// The probability of one false positive or more (Holm 1979).
    case holm
    /// The expected share of false positives among the positives (Benjamini, Hochberg 1995).
    case benjaminiHochberg
    /// Nothing: each test by itself.
    case none
  }

  /// The adjusted probabilities, in the order of `ps`; not-a-number stays what it is and does
  /// not count.  O(n log n).
  public static func adjust(_ ps: [Double], by method: Method) -> [Double] {
    switch method {
    case .none: ps
    case .holm: holm(ps)
    case .benjaminiHochberg: benjaminiHochberg(ps)
    }
  }

  /// Holm's adjusted probabilities.
  public static func holm(_ ps: [Double]) -> [Double] {
    let order = ascending(ps)
    var adjusted = ps
    var highest = 0.0
    for (place, index) in order.enumerated() {
      highest = max(highest, min(1, ps[index] * Double(order.count - place)))
      adjusted[index] = highest
    }
    return adjusted
  }

  /// Benjamini and Hochberg's adjusted probabilities.
  public static func benjaminiHochberg(_ ps: [Double]) -> [Double] {
    let order = ascending(ps)
    var adjusted = ps
    var lowest = 1.0
    for (place, index) in order.enumerated().reversed() {
      lowest = min(lowest, ps[index] * Double(order.count) / Double(place + 1))
      adjusted[index] = lowest
    }
    return adjusted
  }

  private static func ascending(_ ps: [Double]) -> [Int] {
    ps.indices.filter { !ps[$0].isNaN }.sorted { ps[$0] < ps[$1] }
  }
}
