// The bootstrap: how a figure of the values would vary if the values were drawn again.

import Glibc

/// Intervals by drawing from the values again.
///
/// With few values such intervals are too short: at 5 lognormal values per side the 95 % interval
/// of a ratio covers the truth in 86 of 100 cases, where Fieller's covers it in 95.  They are for
/// medians and quantiles, from 30 values on.
public struct Bootstrap: Sendable {
  /// Fewer rounds have no quantiles to speak of.
  public static let roundsMin = 100

  /// How many times values are drawn.
  public let rounds: Int
  /// Where the random numbers start.
  public let seed: UInt64

  /// What a bootstrap finds.
  public struct Result: Sendable {
    /// The figure of the values themselves.
    public let value: Double
    /// The figures of the drawn values, ascending.
    public let replicates: [Double]
    /// The acceleration of the BCa interval: how the deviation changes with the figure.
    public let acceleration: Double
    /// The bias of the BCa interval, as a normal value.
    public let bias: Double

    /// The deviation of the replicates.
    public var standardError: Double { Moments(replicates).standardDeviation }

    /// The interval between quantiles of the replicates.
    public func percentile(_ level: ConfidenceLevel) -> Estimate {
      let tail = (100 - level.percent) / 200
      return estimate(from: tail, to: 1 - tail, level)
    }

    /// The percentile interval turned round about the value.
    public func basic(_ level: ConfidenceLevel) -> Estimate {
      let plain = percentile(level).interval
      return Estimate(
        value, Interval(2 * value - plain.upper, 2 * value - plain.lower), level: level.percent)
    }

    /// The interval with corrections for bias and acceleration (Efron 1987).
    public func bca(_ level: ConfidenceLevel) -> Estimate {
      if !bias.isFinite || !acceleration.isFinite { return percentile(level) }
      let z = Normal.quantile(upperTail: (100 - level.percent) / 200)
      let share = { (z: Double) -> Double in
        Normal.lowerTail(bias + (bias + z) / (1 - acceleration * (bias + z)))
      }
      return estimate(from: share(-z), to: share(z), level)
    }

    private func estimate(from low: Double, to high: Double, _ level: ConfidenceLevel)
      -> Estimate
    {
      let lower = Quantile.of(sorted: replicates, at: min(max(low, 0), 1))
      let upper = Quantile.of(sorted: replicates, at: min(max(high, 0), 1))
      return Estimate(value, Interval(min(lower, upper), max(lower, upper)), level: level.percent)
    }
  }

  /// A bootstrap of `rounds` rounds from `seed`.
  public init(rounds: Int = 10_000, seed: UInt64 = AnalysisOptions().seed) {
    precondition(rounds >= Self.roundsMin, "quantiles of replicates need many of them")
    self.rounds = rounds
    self.seed = seed
  }

  /// Bootstraps a figure of one set.  O(rounds (n + cost of the figure)).
  public func one(_ values: [Double], _ figure: ([Double]) -> Double) -> Result {
    run([values]) { figure($0[0]) }
  }

  /// Bootstraps a figure of two independent sets, base and other.
  public func two(
    _ base: [Double], _ other: [Double], _ figure: ([Double], [Double]) -> Double
  ) -> Result {
    run([base, other]) { figure($0[0], $0[1]) }
  }

  /// The ratio of the medians, other over base, with its BCa interval.
  public func ratioOfMedians(_ base: [Double], _ other: [Double], level: ConfidenceLevel)
    -> Estimate
  {
    two(base, other) { Self.median($1) / Self.median($0) }.bca(level)
  }

  private static func median(_ values: [Double]) -> Double {
    Quantile.of(sorted: values.sorted(), at: 0.5)
  }

  private func run(_ sets: [[Double]], _ figure: ([[Double]]) -> Double) -> Result {
    precondition(sets.allSatisfy { !$0.isEmpty }, "a set has values")
    let value = figure(sets)
    var generator = Generator(seed: seed)
    var drawn = sets
    var replicates: [Double] = []
    replicates.reserveCapacity(rounds)
    for _ in 0..<rounds {
      for set in sets.indices {
        for index in sets[set].indices {
          drawn[set][index] = sets[set][generator.below(sets[set].count)]
        }
      }
      replicates.append(figure(drawn))
    }
    replicates.sort()
    // Half of the replicates that equal the value, so that medians of few values have no bias.
    let below = Double(Ordering.count(in: replicates, below: value))
    let equal = Double(Ordering.count(in: replicates, upTo: value)) - below
    let share = (below + equal / 2) / Double(rounds)
    let bias =
      share > 0 && share < 1 ? Normal.quantile(upperTail: 1 - share) : Double.nan
    return Result(
      value: value, replicates: replicates, acceleration: Self.acceleration(sets, figure),
      bias: bias)
  }

  /// The skewness of the jackknife over all sets, over 6.
  static func acceleration(_ sets: [[Double]], _ figure: ([[Double]]) -> Double) -> Double {
    var cubes = 0.0
    var squares = 0.0
    for set in sets.indices where sets[set].count > 1 {
      var left = sets
      let influences = sets[set].indices.map { index -> Double in
        left[set] = sets[set]
        left[set].remove(at: index)
        return figure(left)
      }
      let mean = Moments(influences).mean
      let n = Double(influences.count)
      for influence in influences {
        let u = (n - 1) * (mean - influence)
        cubes += u * u * u / (n * n * n)
        squares += u * u / (n * n)
      }
    }
    return squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0
  }
}
