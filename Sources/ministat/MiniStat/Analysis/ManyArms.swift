// More than two arms at once.

/// Several arms compared as one question, with the number of comparisons taken into account.
public struct ManyArms: Sendable {
  /// One pair of arms.
  public struct Pair: Equatable, Sendable {
    /// The index of the arm that is compared with.
    public let base: Int
    /// The index of the arm that is compared.
    public let other: Int
    /// Other minus base of the means, with an interval that holds for all pairs together.
    public let difference: Estimate
    /// The ratio of the means with the same error, over the base's mean; nil if that is not
    /// above 0.
    public let ratio: Estimate?
    /// The probability, adjusted for all pairs.
    public let p: Double
  }

  /// The names of the arms, in their order.
  public let names: [String]
  /// Whether any mean differs (one-way analysis of variance).
  public let anova: TestResult
  /// Whether any arm differs, by ranks (Kruskal and Wallis).
  public let kruskal: TestResult
  /// All pairs, after Tukey and Kramer.
  public let tukey: [Pair]
  /// Every other arm against the first, after Dunnett.
  public let dunnett: [Pair]
}
