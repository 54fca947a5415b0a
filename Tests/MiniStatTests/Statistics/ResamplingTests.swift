import Glibc
import Testing

@testable import MiniStat

@Suite("Bootstrap, sizes, levels and densities") struct ResamplingTests {
  private var values: [Double] {
    var generator = Generator(seed: 42)
    return (0..<60).map { _ in exp(0.4 * generator.normal()) }
  }

  @Test("the bootstrap of a mean has the mean's error, and its skewness as acceleration")
  func bootstrap() {
    let values = values
    let mean = { (values: [Double]) in values.reduce(0, +) / Double(values.count) }
    let result = Bootstrap(rounds: 4000, seed: 7).one(values, mean)
    let moments = Moments(values)
    // The bootstrap's deviation has n below, and is known to 1 / sqrt(2 rounds) of it.
    let n = Double(values.count)
    let error = moments.standardDeviation / n.squareRoot() * ((n - 1) / n).squareRoot()
    #expect(abs(result.standardError / error - 1) < 0.05)
    let cubes = values.reduce(0.0) { $0 + pow($1 - moments.mean, 3) }
    let squares = values.reduce(0.0) { $0 + pow($1 - moments.mean, 2) }
    let exact = cubes / (6 * pow(squares, 1.5))
    expectNear(result.acceleration, exact, relative: 1e-9, "acceleration")
    let (plain, bca) = (result.percentile(.standard), result.bca(.standard))
    #expect(abs(plain.interval.width / (2 * 1.96 * error) - 1) < 0.08)
    // A tail to the right moves both ends to the right.
    #expect(bca.interval.lower > plain.interval.lower)
    #expect(bca.interval.upper > plain.interval.upper)
    let again = Bootstrap(rounds: 4000, seed: 7).one(values, mean)
    #expect(again.replicates == result.replicates)
    let basic = result.basic(.standard).interval
    expectNear(basic.upper, 2 * result.value - plain.interval.lower, relative: 1e-12, "basic")
  }

  @Test("a comparison has the ratio of medians when it is asked for")
  func medians() throws {
    var options = AnalysisOptions()
    options.bootstrapRounds = 500
    let base = Arm(name: "A", values: values)
    let other = Arm(name: "B", values: values.map { $0 * 2 })
    #expect(Comparison(base: base, other: other).medianRatio == nil)
    let ratio = try #require(Comparison(base: base, other: other, options: options).medianRatio)
    #expect(ratio.value == 2 && ratio.interval.contains(2) && ratio.interval.width < 2)
  }

  @Test("sample sizes are those that reach the power")
  func sizes() throws {
    // The textbook's 64 of each for half a deviation, 80 % at 5 %.
    #expect(SampleSize.count(effect: 0.5, power: 0.8, alpha: 0.05) == 64)
    #expect(SampleSize.power(effect: 0.5, count: 63, alpha: 0.05) < 0.8)
    let count = try #require(
      SampleSize.count(halfWidth: 0.01, variation: 0.05, level: .standard))
    #expect(count == 99)
    #expect(SampleSize.count(effect: 1e-5, power: 0.8, alpha: 0.05) == nil)
  }

  @Test("runs within runs: executions count, not iterations")
  func nested() {
    let runs = NestedRuns([[1, 2, 3], [4, 5, 6], [7, 8, 12]])
    // Means 2, 5, 9; variances 1, 1, 7.
    expectNear(runs.mean, 16.0 / 3, relative: 1e-12, "mean")
    expectNear(runs.withinVariance, 3, relative: 1e-12, "within")
    expectNear(runs.meansVariance, 37.0 / 3, relative: 1e-12, "of means")
    expectNear(runs.betweenVariance, 37.0 / 3 - 1, relative: 1e-12, "between")
    // sqrt(90 / 1 * 3 / (34 / 3)) = 4.88
    #expect(runs.iterationsBest(executionCost: 90, iterationCost: 1) == 5)
    #expect(
      NestedRuns([[1, 3], [3, 1]]).iterationsBest(executionCost: 1, iterationCost: 1) == nil)
    #expect(runs.estimate(.standard).interval.width > 8)
  }

  @Test("a density adds up to 1 and is that of the kernels")
  func density() {
    let sorted = values.sorted()
    let density = Density(sorted: sorted, count: 400)
    let step = density.points[1] - density.points[0]
    #expect(abs(density.values.reduce(0, +) * step - 1) < 0.01)
    let point = density.points[150]
    let direct = sorted.reduce(0.0) {
      $0 + Normal.density((point - $1) / density.bandwidth)
    }
    expectNear(
      density.values[150], direct / (60 * density.bandwidth), relative: 1e-9, "density")
  }

  @Test("several tests at once")
  func multiplicity() {
    let ps = [0.01, 0.04, 0.03, 0.005, .nan]
    // R's p.adjust.
    for (ours, theirs) in zip(Multiplicity.holm(ps), [0.03, 0.06, 0.06, 0.02]) {
      expectNear(ours, theirs, relative: 1e-12, "holm")
    }
    for (ours, theirs) in zip(
      Multiplicity.benjaminiHochberg(ps), [0.02, 0.04, 0.04, 0.02])
    {
      expectNear(ours, theirs, relative: 1e-12, "bh")
    }
    #expect(Multiplicity.holm(ps)[4].isNaN && Multiplicity.adjust(ps, by: .none)[1] == 0.04)
  }

  @Test("three arms: all pairs after Tukey, the base after Dunnett")
  func manyArms() {
    let arms = [0.0, 0.2, 3.0].enumerated().map { index, shift in
      var generator = Generator(seed: UInt64(index + 1))
      return Arm(name: "\(index)", values: (0..<15).map { _ in 10 + shift + generator.normal() })
    }
    let many = ManyArms(arms)
    #expect(many.tukey.map { [$0.base, $0.other] } == [[0, 1], [0, 2], [1, 2]])
    #expect(many.dunnett.map(\.other) == [1, 2])
    #expect(many.tukey[1].p < 1e-6 && many.tukey[0].p > 0.05)
    #expect(!many.dunnett[1].difference.interval.contains(0))
    // Fewer questions, narrower intervals.
    #expect(
      many.dunnett[1].difference.interval.width < many.tukey[1].difference.interval.width)
    #expect(many.anova.p < 1e-6 && many.kruskal.p < 1e-3)
    #expect(many.spreads.p > 0.05 && !many.spreadsDiffer)
  }

  @Test("spreads that differ put what takes them to be equal in doubt")
  func unequalSpreads() {
    let arms = [1.0, 1.0, 9.0].enumerated().map { index, deviation in
      var generator = Generator(seed: UInt64(index + 1))
      let values = (0..<30).map { _ in 100 + deviation * generator.normal() }
      return Arm(name: "\(index)", values: values)
    }
    #expect(ManyArms(arms).spreadsDiffer)
  }

  @Test("sums of ranks of sorted sets are those of the ranks of all values", arguments: 1...20)
  func rankSums(seed: UInt64) {
    var generator = Generator(seed: seed)
    let sets = (0..<Int(2 + seed % 4)).map { _ in
      // Few different values: most are tied.
      (0..<Int(1 + generator.next() % 40)).map { _ in Double(generator.next() % 12) }.sorted()
    }
    let (sums, ties) = Ordering.rankSums(sorted: sets)
    let all = Ordering.ranks(sets.flatMap { $0 })
    var start = 0
    for (set, sum) in zip(sets, sums) {
      #expect(sum == all.ranks[start..<start + set.count].reduce(0, +), "seed \(seed)")
      start += set.count
    }
    #expect(ties == all.ties, "seed \(seed)")
  }
}
