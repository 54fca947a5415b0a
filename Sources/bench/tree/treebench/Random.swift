// Random numbers that are the same on every machine.

/// Marsaglia's xorshift with 64 bits of state and a multiplication at the end (xorshift64*).
///
/// One seed gives one sequence, everywhere and for ever: a run can be repeated from its seed.
struct XorShift: RandomNumberGenerator {
  private var state: UInt64

  /// Creates the generator of `seed`.  Any seed will do, also 0.
  init(seed: UInt64) {
    // Neighbouring seeds must not give neighbouring sequences, and the state must not be 0.
    var mixed = seed &+ 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    state = (mixed ^ (mixed >> 31)) | 1
  }

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }

  /// A number below `bound`, which is above 0.
  mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "there is no number below 0")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number below `bound` whose chance falls as one over itself: Zipf's law, in octaves.
  ///
  /// Each power of two is as likely as the next, and the numbers between two of them are
  /// equally likely.  Integers only, so that no two machines round differently.
  mutating func popular(_ bound: Int) -> Int {
    precondition(bound > 0, "there is no number below 0")
    let octaves = Int.bitWidth - bound.leadingZeroBitCount
    while true {
      let octave = below(octaves)
      let rank = (1 << octave) + below(1 << octave) - 1
      if rank < bound { return rank }
    }
  }

  /// Puts `items` into a random order.
  mutating func shuffle(_ items: inout [UInt64]) {
    for last in stride(from: items.count - 1, to: 0, by: -1) {
      items.swapAt(last, below(last + 1))
    }
  }
}
