// Integrals over a normal value and over a standard deviation: theory of operation.
//
// Problem.  The noncentral t, the studentized range and Dunnett's distribution are means of
// normal probabilities over an independent estimate W of the deviation:
//
//     F = integral of g(w) f(w) dw,   W = sqrt(chi^2(df) / df)
//
// and the last two have a normal integral inside.  Series exist, but lose their digits for large
// parameters; the integrands are smooth bells.
//
// Shape.  Gauss-Legendre panels across the bell: 16 points a panel, panels no wider than the
// bell's own unit.  The error falls as fast as the points are many, and is below 1e-13 for all
// bells here; W's bell lies at 1 with width 1 / sqrt(2 df).
//
// Rejected.  A table of Hermite points: its weights are made for exp(-x^2) around 0, where these
// integrands have their weight elsewhere.

import Glibc

/// Numerical integration of smooth functions.
enum Quadrature {
  /// The points and weights of the Gauss-Legendre rule with 16 points on -1...1.
  static let legendre: [(point: Double, weight: Double)] = rule(16)

  private static func rule(_ count: Int) -> [(point: Double, weight: Double)] {
    (1...count).map { index in
      // Newton's method from Tricomi's approximation to the zeros of the polynomial.
      var x = cos(Double.pi * (Double(index) - 0.25) / (Double(count) + 0.5))
      var slope = 1.0
      for _ in 0..<20 {
        var (last, now) = (1.0, x)
        for k in 2...count {
          let order = Double(k)
          (last, now) = (now, ((2 * order - 1) * x * now - (order - 1) * last) / order)
        }
        slope = Double(count) * (x * now - last) / (x * x - 1)
        let step = now / slope
        x -= step
        if abs(step) < 1e-16 { break }
      }
      return (x, 2 / ((1 - x * x) * slope * slope))
    }
  }

  /// The integral of `body` from `low` to `high` in `panels` equal pieces.
  static func integral(
    _ low: Double, _ high: Double, panels: Int, _ body: (Double) -> Double
  ) -> Double {
    let half = (high - low) / Double(2 * panels)
    var sum = 0.0
    for panel in 0..<panels {
      let centre = low + half * Double(2 * panel + 1)
      for (point, weight) in legendre { sum += weight * body(centre + half * point) }
    }
    return sum * half
  }

  /// The mean of `body` over an estimate of a standard deviation with `df` degrees of freedom.
  ///
  /// `steepness` is one over the distance in which `body` changes: panels are made to fit it.
  static func meanOverDeviation(
    df: Double, steepness: Double = 1, _ body: (Double) -> Double
  ) -> Double {
    if df.isInfinite || df > 1e9 { return body(1) }
    let width = 1 / (2 * df).squareRoot()
    let low = max(0, 1 - 9 * width)
    let high = 1 + 13 * width
    // ln of the density: 2 (df/2)^(df/2) / Gamma(df/2) w^(df-1) exp(-df w^2 / 2).
    let half = df / 2
    let constant =
      log(2 * half) - 0.5 * log(2 * Double.pi * half)
      - SpecialFunctions.stirlingRemainder(half)
    let panels = max(9, Int(min((high - low) * abs(steepness), 500)))
    return integral(low, high, panels: panels) { w in
      if w == 0 { return 0 }
      // half ln(w^2) - half (w^2 - 1) without its cancellation near 1.
      let u = (w - 1) * (w + 1)
      let bell = half * SpecialFunctions.logLessLinear(u, logarithm: 2 * log(w))
      return exp(constant + bell) / w * body(w)
    }
  }

  /// The mean of `body` over a standard normal value.
  static func meanOverNormal(_ body: (Double) -> Double) -> Double {
    integral(-8.5, 8.5, panels: 6) { z in Normal.density(z) * body(z) }
  }
}

/// Student's t distribution around a mean that is not 0.
public struct NoncentralT: Equatable, Sendable {
  /// The degrees of freedom, at least 1.
  public let degreesOfFreedom: Double
  /// The noncentrality.
  public let noncentrality: Double

  /// The distribution of (Z + noncentrality) / sqrt(chi^2 / df), df at least 1.
  public init(degreesOfFreedom: Double, noncentrality: Double) {
    precondition(degreesOfFreedom >= 1, "at least one degree of freedom")
    self.degreesOfFreedom = degreesOfFreedom
    self.noncentrality = noncentrality
  }

  /// The probability of a value below `t`.  Absolute error below 1e-11.
  public func lowerTail(_ t: Double) -> Double {
    Quadrature.meanOverDeviation(df: degreesOfFreedom, steepness: t) { w in
      Normal.lowerTail(t * w - noncentrality)
    }
  }

  /// The probability of a value above `t`.  Absolute error below 1e-11.
  public func upperTail(_ t: Double) -> Double {
    Quadrature.meanOverDeviation(df: degreesOfFreedom, steepness: t) { w in
      Normal.upperTail(t * w - noncentrality)
    }
  }

  /// The noncentrality for which `t` is exceeded with probability `tail`.
  ///
  /// Absolute error below 1e-8.
  public static func noncentrality(
    exceeding t: Double, upperTail tail: Double, degreesOfFreedom df: Double
  ) -> Double {
    precondition(tail > 0 && tail < 1, "a probability lies between 0 and 1")
    // The probit of the tail is nearly a straight line in the noncentrality: secants on it.
    let aim = -Normal.quantile(upperTail: tail)
    let probit = { (noncentrality: Double) -> Double in
      let distribution = NoncentralT(degreesOfFreedom: df, noncentrality: noncentrality)
      let above = min(max(distribution.upperTail(t), 1e-300), 1 - 1e-16)
      return -Normal.quantile(upperTail: above) - aim
    }
    var (x0, x1) = (t + aim, t + aim * 1.1 + 0.1)
    var (f0, f1) = (probit(x0), probit(x1))
    for _ in 0..<60 {
      if f1 == f0 || abs(f1) < 1e-12 { break }
      let next = x1 - f1 * (x1 - x0) / (f1 - f0)
      (x0, f0) = (x1, f1)
      // No step beyond what a straight line could want.
      x1 = min(max(next, x1 - 20 - abs(t)), x1 + 20 + abs(t))
      f1 = probit(x1)
      if abs(x1 - x0) < 1e-11 * max(1, abs(x1)) { break }
    }
    return x1
  }
}
