// The table of the dip's quantiles, made by simulation.

internal import MiniStat

/// Prints the table that DipTable.swift of MiniStat holds.
package enum DipTableMaker {
  static let counts = [
    4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 30, 50, 100, 200, 500, 1000, 2000,
  ]
  static let tails = [
    0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002,
    0.001, 0.0005,
  ]

  /// One line of quantiles of sqrt(n) times the dip for each number of uniform values.
  package static func run(rounds: Int, seed: UInt64) {
    print("// tails: \(tails)")
    for count in counts {
      var generator = Generator(seed: seed &+ UInt64(count))
      var dips: [Double] = []
      dips.reserveCapacity(rounds)
      var values = [Double](repeating: 0, count: count)
      for _ in 0..<rounds {
        for index in 0..<count { values[index] = generator.uniform() }
        values.sort()
        dips.append(Dip.statistic(sorted: values) * Double(count).squareRoot())
      }
      dips.sort()
      let quantiles = tails.map { Quantile.of(sorted: dips, at: 1 - $0) }
      let text = quantiles.map { NumberText.fixed($0, decimals: 5) }.joined(separator: ", ")
      print("(\(count), [\(text)]),")
    }
  }
}
