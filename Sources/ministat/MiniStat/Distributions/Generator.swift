// Random numbers that are the same everywhere for the same seed.

import Glibc

/// A generator of random numbers whose sequence is part of its contract: xoshiro256**.
///
/// Not for secrets.  (D. Blackman and S. Vigna, 2018; seeded by SplitMix64 as they advise.)
public struct Generator: RandomNumberGenerator, Sendable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64
  private var normalSpare: Double?

  /// The sequence that belongs to `seed`.
  public init(seed: UInt64) {
    var state = seed
    let next = { () -> UInt64 in
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
      return z ^ z >> 31
    }
    (s0, s1, s2, s3) = (next(), next(), next(), next())
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let product = s1 &* 5
    let result = (product << 7 | product >> 57) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = s3 << 45 | s3 >> 19
    return result
  }

  /// A number between 0 and 1, neither of them.
  public mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

  /// A whole number from 0 below `bound`, without bias.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "there is a number below the bound")
    // Lemire's multiplication; the few values that would be favoured are drawn again.
    let range = UInt64(bound)
    while true {
      let (high, low) = next().multipliedFullWidth(by: range)
      if low >= range || low >= (0 &- range) % range { return Int(high) }
    }
  }

  /// A standard normal number (Marsaglia's polar method).
  public mutating func normal() -> Double {
    if let spare = normalSpare {
      normalSpare = nil
      return spare
    }
    while true {
      let (u, v) = (2 * uniform() - 1, 2 * uniform() - 1)
      let square = u * u + v * v
      if square >= 1 || square == 0 { continue }
      let factor = (-2 * log(square) / square).squareRoot()
      normalSpare = v * factor
      return u * factor
    }
  }
}
