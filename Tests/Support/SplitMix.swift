// Random numbers that a seed repeats.

/// The generator SplitMix64: one seed is one sequence, on every machine.
public struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Begins the sequence of `seed`.
  public init(_ seed: UInt64) { state = seed }

  /// A generator with a new seed, which it prints with `name` so that a failure can be repeated.
  ///
  /// `TEST_SEED` in the environment chooses the seed.
  public static func printed(_ name: String, environment: String?) -> (SplitMix, UInt64) {
    let seed = environment.flatMap { UInt64($0) } ?? UInt64.random(in: .min ... .max)
    print("\(name): TEST_SEED=\(seed)")
    return (SplitMix(seed), seed)
  }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
