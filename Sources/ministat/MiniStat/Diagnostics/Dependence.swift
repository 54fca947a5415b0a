// More looks at the order of values: Ljung-Box, runs, the effective sample size.

import Glibc

/// Tests of independence of values in the order of time.
public enum Dependence {
  /// The autocorrelation at lags 0 to `lagMax`, with n below at each lag.  O(n lagMax).
  public static func correlations(_ values: [Double], lagMax: Int) -> [Double] {
    precondition(lagMax >= 0 && lagMax < values.count, "a lag is shorter than the series")
    let mean = Moments(values).mean
    let centred = values.map { $0 - mean }
    let squares = centred.reduce(0) { $0 + $1 * $1 }
    if squares == 0 { return [1] + Array(repeating: 0, count: lagMax) }
    return (0...lagMax).map { lag in
      var sum = 0.0
      for index in lag..<centred.count { sum += centred[index] * centred[index - lag] }
      return sum / squares
    }
  }

  /// Ljung and Box's test that the first `lags` autocorrelations are 0.
  ///
  /// Relative error of p below 1e-9.
  public static func ljungBox(_ values: [Double], lags: Int = 5) -> TestResult {
    precondition(values.count > lags, "more values than lags")
    let n = Double(values.count)
    let correlations = correlations(values, lagMax: lags)
    let q =
      n * (n + 2)
      * (1...lags).reduce(0) {
        $0 + correlations[$1] * correlations[$1] / (n - Double($1))
      }
    return TestResult(
      "Ljung-Box", statistic: q, degreesOfFreedom: Double(lags),
      p: ChiSquared(degreesOfFreedom: Double(lags)).upperTail(q))
  }

  /// Wald and Wolfowitz's test of the number of runs above and below the median.
  ///
  /// Values at the median count as below.  Normal approximation without correction for
  /// continuity, as statsmodels' `runstest_1samp` beyond 50 values; relative error of p below
  /// 1e-9 against it.
  public static func runs(_ values: [Double]) -> TestResult {
    precondition(!values.isEmpty, "no values have no runs")
    let median = Quantile.of(sorted: Ordering.sorted(values), at: 0.5)
    let signs = values.map { $0 > median }
    let above = Double(signs.count { $0 })
    let below = Double(values.count) - above
    let runs = 1 + Double(zip(signs, signs.dropFirst()).count { $0 != $1 })
    let n = above + below
    let product = 2 * above * below
    let variance = n > 1 ? product * (product - n) / (n * n * (n - 1)) : 0
    if variance <= 0 { return TestResult("runs", statistic: 0, p: 1) }
    let z = (runs - product / n - 1) / variance.squareRoot()
    return TestResult("runs", statistic: z, p: min(1, 2 * Normal.upperTail(abs(z))))
  }

  /// Lags that ``effectiveCount(_:)`` looks at, at most.
  static let lagMax = 1000

  /// How many independent values would tell as much of the mean as these do.
  ///
  /// The sum of autocorrelations by pairs of lags, for as long as the pairs are positive and
  /// falling (Geyer's initial monotone sequence, 1992); between 1 and the number of values.
  /// O(n times the lags looked at), at most 1000 of them.
  public static func effectiveCount(_ values: [Double]) -> Double {
    let n = values.count
    if n < 4 { return Double(n) }
    let mean = Moments(values).mean
    let centred = values.map { $0 - mean }
    let squares = centred.reduce(0) { $0 + $1 * $1 }
    if squares == 0 { return Double(n) }
    let correlation = { (lag: Int) -> Double in
      var sum = 0.0
      for index in lag..<n { sum += centred[index] * centred[index - lag] }
      return sum / squares
    }
    var sum = -1.0
    var last = Double.infinity
    var lag = 0
    while lag + 1 < min(n, lagMax) {
      let pair = min(correlation(lag) + correlation(lag + 1), last)
      if pair <= 0 { break }
      sum += 2 * pair
      last = pair
      lag += 2
    }
    return min(Double(n), max(1, Double(n) / max(sum, 1e-3)))
  }
}
