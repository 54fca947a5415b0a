// In which order the arms run.

/// A generator whose numbers depend on its seed alone, so that an order can be repeated.
///
/// SplitMix64 (Steele, Lea and Flood 2014): every seed is good, and seeds side by side give
/// numbers that have nothing to do with each other.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The generator with `seed`.
  public init(seed: UInt64) { state = seed }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 up to `bound`, without it.
  mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "there is no number below \(bound)")
    return Int(next() % UInt64(bound))  // the bias is below 2^-50 for the bounds that occur
  }
}

/// The order of the runs: blocks in which each arm runs once, in an order drawn for each block.
///
/// What drifts while a block is measured meets all arms alike, and no arm always comes first.
/// The same seed gives the same order, whatever happens in between.
public struct Schedule: Sendable {
  private let armCount: Int
  private var generator: SeededGenerator
  /// The blocks drawn so far.
  public private(set) var blockCount = 0

  /// The largest padding of the environment in bytes: a page, so that the stack takes every
  /// place in one.
  public static let paddingMax = 4096

  /// A run of one block.
  public struct Slot: Equatable, Sendable {
    /// The arm's index.
    public let arm: Int
    /// Bytes by which the environment is padded where that is asked for.
    public let padding: Int
  }

  /// An order for `armCount` arms, at least one.
  public init(armCount: Int, seed: UInt64) {
    precondition(armCount > 0, "there is nothing to run")
    self.armCount = armCount
    generator = SeededGenerator(seed: seed)
  }

  /// The next block: every arm once.
  public mutating func next() -> [Slot] {
    blockCount += 1
    var arms = Array(0..<armCount)
    // Fisher and Yates: every order is as likely as the next.
    for last in stride(from: armCount - 1, to: 0, by: -1) {
      arms.swapAt(last, generator.below(last + 1))
    }
    return arms.map { Slot(arm: $0, padding: generator.below(Self.paddingMax)) }
  }
}
