import Glibc
import MiniStat
import Sys9
import Testing

@Suite("Moments") struct MomentsTests {
  static let tiny = Double.leastNonzeroMagnitude
  static let nastyCases: [(values: [Double], mean: Double, deviation: Double)] = [
    (
      [1e9, 1_000_000_001, 1_000_000_002, 1_000_000_003, 1_000_000_004], 1_000_000_002,
      1.5811388300841898
    ),
    ([1e15, 1_000_000_000_000_001, 1_000_000_000_000_002], 1_000_000_000_000_001, 1),
    ([1e300, 2e300, 3e300], 2e300, 1e300),
    ([1e-300, 2e-300, 3e-300], 2e-300, 1e-300),
    ([-1.5e308, 0, 1.5e308], 0, 1.5e308),
    ([tiny, 2 * tiny, 3 * tiny], 2 * tiny, tiny),
    ([1.7e308, 1.7e308, 1.7e308], 1.7e308, 0),
    ([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], 0.1, 0),
    ([-3], -3, 0),
    ([0, -0.0, 0], 0, 0),
  ]

  @Test("keeps its digits where the textbook's formula loses them", arguments: nastyCases)
  func nasty(_ values: [Double], _ mean: Double, _ deviation: Double) {
    let moments = Moments(values)
    #expect(moments.mean == mean)
    #expect(abs(moments.standardDeviation - deviation) <= 1e-15 * deviation)
    #expect(moments.count == values.count)
  }

  @Test("nanoseconds since 1970 have a spread")
  func epoch() {
    var random = SeededRandom(seed: 5)
    let offsets = (0..<1000).map { _ in (random.normal() * 2449).rounded() * 256 }
    let shifted = Moments(offsets.map { 1.7e18 + $0 })
    let plain = Moments(offsets)
    #expect(abs(shifted.standardDeviation / plain.standardDeviation - 1) < 1e-12)
    #expect(shifted.mean - 1.7e18 == (plain.mean / 256).rounded() * 256)
  }

  @Test("agrees with 80-bit sums on random values of all scales")
  func model() {
    let seed: UInt64 = 2024
    var random = SeededRandom(seed: seed)
    for round in 0..<300 {
      let scale = exp(Double.random(in: -600...600, using: &random))
      let shift = scale * Double.random(in: -1000...1000, using: &random)
      let count = 2 + random.below(200)
      let values = (0..<count).map { _ in shift + scale * random.normal() }
      let moments = Moments(values)
      let mean = values.map { Float80($0) }.reduce(0, +) / Float80(count)
      let squares = values.map { (Float80($0) - mean) * (Float80($0) - mean) }.reduce(0, +)
      let deviation = Double((squares / Float80(count - 1)).squareRoot())
      let note: Comment = "seed \(seed), round \(round)"
      #expect(abs(moments.mean - Double(mean)) <= 1e-15 * abs(shift) + 1e-15 * scale, note)
      #expect(abs(moments.standardDeviation / deviation - 1) < 1e-13, note)
      #expect(moments.minimum == values.min() && moments.maximum == values.max(), note)
      #expect(moments.sum == values.reduce(0, +), note)
    }
  }
}

@Suite("Selection") struct SelectionTests {
  private static let kinds = ["random", "ties", "sorted", "reversed", "organ", "equal", "huge"]

  private func values(_ kind: String, _ count: Int, _ random: inout SeededRandom) -> [Double] {
    (0..<count).map { index in
      switch kind {
      case "random": random.normal()
      case "ties": Double(random.below(5))
      case "sorted": Double(index)
      case "reversed": Double(-index)
      case "organ": Double(min(index, count - index))
      case "equal": 7
      default: random.one(of: [-1, 1]) * Double.greatestFiniteMagnitude / Double(1 + index)
      }
    }
  }

  @Test("finds what sorting finds", arguments: kinds)
  func model(_ kind: String) {
    let seed: UInt64 = 77
    var random = SeededRandom(seed: seed)
    for count in [1, 2, 3, 24, 25, 26, 100, 1023, 1024, 1025, 1500, 20_000] {
      let original = values(kind, count, &random)
      let sorted = original.sorted()
      for rank in Set([0, count / 4, count / 2, count - 1, random.below(count)]) {
        let samples = Samples(original)
        let found = samples.withMutableSpan { Selection.select(rank, in: &$0) }
        #expect(found == sorted[rank], "\(kind), seed \(seed), rank \(rank) of \(count)")
        let after = samples.withSpan { span in span.indices.map { span[$0] } }
        #expect(after[..<rank].allSatisfy { $0 <= found })
        #expect(after[rank...].allSatisfy { $0 >= found })
        #expect(after.sorted() == sorted, "the values are the same values")
      }
    }
  }

  @Test(
    "medians of even numbers by either rule",
    arguments: [
      ([1.0, 2, 3, 10], 2.5, 3.0), ([4.0, 1, 3], 3, 3), ([1e308, 1.5e308], 1.25e308, 1.5e308),
      ([-1.0, 1], 0, 1), ([5.0], 5, 5),
    ])
  func medians(_ values: [Double], _ mean: Double, _ upper: Double) {
    let first = Samples(values)
    #expect(first.withMutableSpan { Selection.median(of: &$0) } == mean)
    #expect(first.withMutableSpan { Selection.median(of: &$0, rule: .upper) } == upper)
  }
}

@Suite("Samples") struct SamplesTests {
  @Test func growsAndKeepsOrder() {
    let samples = Samples()
    for value in 0..<5000 { samples.append(Double(value)) }
    #expect(samples.count == 5000)
    samples.withSpan { span in
      for index in span.indices { #expect(span[index] == Double(index)) }
    }
  }

  @Test("memory that is moved and advised on keeps its values")
  func largePages() {
    let samples = unsafe Samples(onGrowth: { unsafe Memory.preferHugePages($0) })
    let count = 1_200_000  // 10 MB: beyond the size from which large pages are asked for
    for value in 0..<count { samples.append(Double(value)) }
    let isInOrder = samples.withSpan { span in
      var isInOrder = true
      for index in span.indices where span[index] != Double(index) { isInOrder = false }
      return isInOrder
    }
    #expect(samples.count == count && isInOrder)
  }
}
