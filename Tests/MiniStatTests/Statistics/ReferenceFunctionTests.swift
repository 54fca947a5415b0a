import MiniStat
import Testing

@Suite("Functions beside mpmath and scipy") struct ReferenceFunctionTests {
  private let table: ReferenceTable

  init() throws { table = try ReferenceTable("special.tsv") }

  @Test("incomplete beta, both tails and back")
  func beta() {
    for row in table("incompleteBeta") {
      let (a, b, x) = (row.numbers[0], row.numbers[1], row.numbers[2])
      let ours = SpecialFunctions.incompleteBeta(x, complement: 1 - x, a: a, b: b)
      expectNear(ours.value, row.values[0], relative: 1e-10, "\(row)")
      // x is rounded, and its complement is known to as many digits only.
      expectNear(ours.complement, row.values[1], relative: 1e-10, absolute: 1e-15, "\(row)")
      // Tails that underflow have no way back.
      if min(row.values[0], row.values[1]) < 1e-290 { continue }
      let back = SpecialFunctions.incompleteBetaInverse(
        row.values[0], complement: row.values[1], a: a, b: b)
      expectNear(back.value, x, relative: 1e-10, "\(row)")
      expectNear(back.complement, 1 - x, relative: 1e-10, "\(row)")
    }
  }

  @Test("incomplete gamma, both tails and back")
  func gamma() {
    for row in table("incompleteGamma") {
      let (a, x) = (row.numbers[0], row.numbers[1])
      let ours = SpecialFunctions.incompleteGamma(a, x)
      expectNear(ours.value, row.values[0], relative: 1e-10, "\(row)")
      expectNear(ours.complement, row.values[1], relative: 1e-10, "\(row)")
      let back = SpecialFunctions.incompleteGammaInverse(
        a, row.values[0], complement: row.values[1])
      expectNear(back, x, relative: 1e-10, "\(row)")
    }
  }

  @Test("the normal distribution's tail")
  func normal() {
    for row in table("normalUpper") {
      expectNear(Normal.upperTail(row.numbers[0]), row.values[0], relative: 5e-13, "\(row)")
      let back = row.numbers[0] > -6 ? Normal.quantile(upperTail: row.values[0]) : -8
      expectNear(back, row.numbers[0], relative: 1e-9, absolute: 1e-12, "\(row)")
    }
  }

  @Test("Student's t, tails and quantiles")
  func student() {
    for row in table("studentUpper") {
      let ours = StudentT(degreesOfFreedom: row.numbers[0]).upperTail(row.numbers[1])
      expectNear(ours, row.values[0], relative: 1e-10, "\(row)")
    }
    for row in table("studentQuantile") {
      let ours = StudentT(degreesOfFreedom: row.numbers[0]).quantile(upperTail: row.numbers[1])
      expectNear(ours, row.values[0], relative: 1e-10, "\(row)")
    }
  }

  @Test("F and chi-squared, tails and quantiles")
  func fAndChiSquared() {
    for row in table("fUpper") {
      let f = FDistribution(numerator: row.numbers[0], denominator: row.numbers[1])
      expectNear(f.upperTail(row.numbers[2]), row.values[0], relative: 1e-10, "\(row)")
    }
    for row in table("fQuantile") {
      let f = FDistribution(numerator: row.numbers[0], denominator: row.numbers[1])
      expectNear(
        f.quantile(upperTail: row.numbers[2]), row.values[0], relative: 1e-9, "\(row)")
    }
    for row in table("chiSquaredUpper") {
      let ours = ChiSquared(degreesOfFreedom: row.numbers[0]).upperTail(row.numbers[1])
      expectNear(ours, row.values[0], relative: 1e-10, "\(row)")
    }
    for row in table("chiSquaredQuantile") {
      let ours = ChiSquared(degreesOfFreedom: row.numbers[0]).quantile(upperTail: row.numbers[1])
      expectNear(ours, row.values[0], relative: 1e-9, "\(row)")
    }
  }

  @Test("noncentral t, and the noncentrality back")
  func noncentral() {
    for row in table("noncentralUpper") {
      let (df, center, t) = (row.numbers[0], row.numbers[1], row.numbers[2])
      let ours = NoncentralT(degreesOfFreedom: df, noncentrality: center).upperTail(t)
      expectNear(ours, row.values[0], relative: 1e-10, absolute: 1e-11, "\(row)")
      if ours > 1e-4 && ours < 0.9999 {
        let back = NoncentralT.noncentrality(
          exceeding: t, upperTail: row.values[0], degreesOfFreedom: df)
        expectNear(back, center, relative: 1e-7, absolute: 1e-7, "\(row)")
      }
    }
    for row in table("power") {
      let ours = SampleSize.power(
        effect: row.numbers[0], count: row.numbers[1], alpha: row.numbers[2])
      expectNear(ours, row.values[0], relative: 1e-9, "\(row)")
    }
  }

  @Test("the studentized range and Dunnett's maximum")
  func ranges() {
    for row in table("rangeUpper") {
      let range = StudentizedRange(count: Int(row.numbers[0]), degreesOfFreedom: row.numbers[1])
      expectNear(
        range.upperTail(row.numbers[2]), row.values[0], relative: 1e-8, absolute: 1e-10, "\(row)")
    }
    for row in table("rangeQuantile") {
      // Quantiles are slow in a build for debugging.
      if row.numbers[2] != 0.05 { continue }
      let range = StudentizedRange(count: Int(row.numbers[0]), degreesOfFreedom: row.numbers[1])
      expectNear(
        range.quantile(upperTail: row.numbers[2]), row.values[0], relative: 1e-7, "\(row)")
    }
    for row in table("dunnettUpper") {
      let numbers = row.numbers
      let largest = DunnettDistribution(
        baseCount: Int(numbers[2]), counts: numbers[3...].map { Int($0) },
        degreesOfFreedom: numbers[0])
      expectNear(
        largest.upperTail(numbers[1]), row.values[0], relative: 1e-8, absolute: 1e-10, "\(row)")
      if row.values[0] > 0.01 && row.values[0] < 0.05 {
        expectNear(
          largest.quantile(upperTail: row.values[0]), numbers[1], relative: 1e-7, "\(row)")
      }
    }
  }

  @Test("Kolmogorov's limit distribution")
  func kolmogorov() {
    for row in table("kolmogorovUpper") {
      expectNear(
        Kolmogorov.upperTail(row.numbers[0]), row.values[0], relative: 1e-10, "\(row)")
    }
  }

  @Test("the exact distribution of U")
  func exactRanks() {
    for row in table("mannWhitneyExact") {
      let (n1, n2, u) = (Int(row.numbers[0]), Int(row.numbers[1]), Int(row.numbers[2]))
      // Sets with that U: the first values of other, one after another, each pass all of base.
      let base = (0..<n1).map { Double($0) }
      let whole = u / n1
      let other = (0..<n2).map { index -> Double in
        if index < whole { return Double(n1 + index) }
        return index == whole && u % n1 > 0 ? Double(u % n1) - 0.5 : Double(-1 - index)
      }
      let test = MannWhitney(base: base, other: other.sorted())
      #expect(test.u == Double(u) && test.isExact)
      expectNear(test.p, row.values[0], relative: 1e-9, "\(row)")
    }
  }
}
