// The k-th smallest of all differences between two sorted sets, without making them.

import Glibc

/// All differences `other - base` of two sorted sets, as an implicit sorted matrix.
struct DifferenceMatrix {
  private let base: [Double]
  private let other: [Double]

  /// Values of each set that are looked at; more are thinned evenly, which moves a quantile of
  /// the differences by at most 1/10,000 of their ranks.
  static let sizeMax = 20_000
  /// Up to this many differences are made and sorted.
  private static let madeMax = 4096

  /// True if a set was thinned.
  let isThinned: Bool
  /// The differences, where they are few.
  private let made: [Double]?

  /// The differences between the ascending `other` and the ascending `base`.
  init(base: [Double], other: [Double]) {
    isThinned = max(base.count, other.count) > Self.sizeMax
    self.base = Ordering.thinned(base, to: Self.sizeMax)
    self.other = Ordering.thinned(other, to: Self.sizeMax)
    if self.base.count * self.other.count <= Self.madeMax {
      var all: [Double] = []
      all.reserveCapacity(self.base.count * self.other.count)
      for value in self.other {
        for from in self.base { all.append(value - from) }
      }
      all.sort()
      made = all
    } else {
      made = nil
    }
  }

  /// How many differences there are.
  var count: Int { base.count * other.count }

  /// The median of the differences.
  var median: Double {
    let upper = smallest(count / 2)
    if !count.isMultiple(of: 2) { return upper }
    return smallest(count / 2 - 1) / 2 + upper / 2
  }

  /// The difference of `rank`, from 0.  O((n1 + n2) 64).
  func smallest(_ rank: Int) -> Double {
    precondition(rank >= 0 && rank < count, "a rank lies below the count")
    if let made { return made[rank] }
    var low = other[0] - base[base.count - 1]
    var high = other[other.count - 1] - base[0]
    if count(upTo: low) > rank { return low }
    // low: rank or fewer are that small.  high: more than rank are.
    while true {
      let middle = low / 2 + high / 2
      if middle <= low || middle >= high { break }
      if count(upTo: middle) > rank { high = middle } else { low = middle }
    }
    return high
  }

  /// How many differences are `bound` or less.
  private func count(upTo bound: Double) -> Int {
    let base = base.span
    let other = other.span
    var total = 0
    var reach = 0  // values of other within reach of the present value of base
    for index in 0..<base.count {
      let from = base[index]
      while reach < other.count && other[reach] - from <= bound { reach += 1 }
      total += reach
    }
    return total
  }
}

/// The shift between two sets by Hodges and Lehmann, with the interval of the rank test.
enum HodgesLehmann {
  /// The median of all differences other - base, with its interval.
  ///
  /// The interval ends at the k-th smallest and k-th largest difference, k from the exact
  /// distribution of U where that is used for the test (as R's `wilcox.test`), else from the
  /// normal one.  Unbounded where the values are too few for the level.
  ///
  /// - Parameters:
  ///   - base: ascending values.
  ///   - other: ascending values.
  ///   - test: their rank test.
  ///   - level: the confidence level.
  ///   - inflation: by what the deviation of U is multiplied.
  static func shift(
    base: [Double], other: [Double], test: MannWhitney, level: ConfidenceLevel,
    inflation: Double = 1
  ) -> Estimate {
    let differences = DifferenceMatrix(base: base, other: other)
    let rank = rankLower(test, level: level, inflation: inflation)
    let median = differences.median
    guard let rank else { return Estimate(median, .unbounded, level: level.percent) }
    // The sets may have been thinned before, too: the test knows how many there were.
    let pairs = Double(test.baseCount) * Double(test.otherCount)
    let seen = Double(differences.count)
    let place = seen == pairs ? rank : Int(Double(rank) / pairs * seen)
    let lower = differences.smallest(place)
    let upper = differences.smallest(differences.count - 1 - place)
    return Estimate(
      median, Interval(min(lower, median), max(upper, median)), level: level.percent)
  }

  /// The rank, from 0, of the difference at which the interval begins; nil if there is none.
  private static func rankLower(
    _ test: MannWhitney, level: ConfidenceLevel, inflation: Double
  ) -> Int? {
    let tail = (100 - level.percent) / 200
    let pairs = Double(test.baseCount) * Double(test.otherCount)
    if inflation == 1 && pairs <= Double(MannWhitney.exactMax) {
      let probabilities = MannWhitney.probabilities(test.baseCount, test.otherCount)
      var sum = 0.0
      var rank = 0
      while rank < probabilities.count && sum + probabilities[rank] <= tail {
        sum += probabilities[rank]
        rank += 1
      }
      return rank == 0 ? nil : rank - 1
    }
    let deviation =
      MannWhitney.deviation(test.baseCount, test.otherCount, ties: test.ties) * inflation
    let place = pairs / 2 - Normal.quantile(upperTail: tail) * deviation - 0.5
    return place < 0 ? nil : Int(place)
  }
}
