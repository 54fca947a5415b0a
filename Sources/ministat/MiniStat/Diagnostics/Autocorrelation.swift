// Whether values know of their predecessors.

import Glibc

/// The lag-1 correlation of one or several series, and what it does to a mean.
public struct Autocorrelation: Equatable, Sendable {
  /// The correlation of neighbours, as measured: biased towards below 0 in short series.
  public let lag1: Double
  /// The same without most of the bias, between -1 and 1.
  public let lag1Corrected: Double
  /// The probability of so large a correlation in independent values (one-sided).
  public let p: Double
  /// By what the standard error of the mean is too small: sqrt((1 + r) / (1 - r)), 1 or more.
  public let inflation: Double

  /// Looks at `series`, each with a mean of its own, in the order of time.  O(n).
  ///
  /// The correlation of neighbours has mean -1/n and deviation near 1/sqrt(n) in independent
  /// values; for series of a first-order process with coefficient r its mean is near
  /// r - (1 + 4 r) / n (Marriott and Pope 1954), which is what the correction undoes.
  public init(_ series: [[Double]]) {
    var products = 0.0
    var squares = 0.0
    var count = 0.0
    for values in series where values.count > 2 {
      let moments = Moments(values)
      if moments.standardDeviation == 0 { continue }
      // In units of its own deviation, so that a wide arm does not speak for both.
      let scale = 1 / moments.standardDeviation
      var last = (values[0] - moments.mean) * scale
      for index in 1..<values.count {
        let now = (values[index] - moments.mean) * scale
        products += last * now
        last = now
      }
      squares += Double(values.count - 1)
      count += Double(values.count)
    }
    guard count > 0 else {
      (lag1, lag1Corrected, p, inflation) = (0, 0, 1, 1)
      return
    }
    let r = min(max(products / squares, -1), 1)
    let arms = Double(series.count)
    lag1 = r
    // n here is the length of one series: each mean costs its own bias.
    let length = count / arms
    let mean = -1 / length
    let deviation = ((length - 2) / (length - 1)) / (length * arms).squareRoot()
    p = Normal.upperTail((r - mean) / deviation)
    let corrected = min(max((r + 1 / length) / (1 - min(0.75, 4 / length)), -1), 0.98)
    lag1Corrected = corrected
    let most = max(1, (length / Thresholds.effectiveMin).squareRoot())
    inflation =
      corrected > 0 ? min(((1 + corrected) / (1 - corrected)).squareRoot(), most) : 1
  }
}
