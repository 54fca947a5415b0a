// The distribution of the dip of uniform values.

import Glibc

/// Quantiles of sqrt(n) times the dip of n uniform values, by simulation.
///
/// Made by `simulate --dip-table --rounds 60000`: the quantile at a tail p is known to that of
/// p +- 2 sqrt(p / 60000), at p = 0.001 to a quarter of it.
enum DipTable {
  /// The probabilities above each quantile.
  private static let tails = [
    0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001,
    0.0005,
  ]

  /// The numbers of values, and the quantiles at each of ``tails``.
  private static let rows: [(count: Int, quantiles: [Double])] = [
    (
      4,
      [
        0.25000, 0.25000, 0.25000, 0.25000, 0.25000, 0.25000, 0.25000, 0.25000, 0.26490,
        0.31505, 0.37354, 0.41279, 0.44564, 0.46204, 0.47317, 0.48358, 0.48814, 0.49200,
      ]
    ),
    (
      5,
      [
        0.22361, 0.22361, 0.22361, 0.22361, 0.22361, 0.24363, 0.27214, 0.30099, 0.33010,
        0.36024, 0.39490, 0.41676, 0.43280, 0.43940, 0.44304, 0.44568, 0.44653, 0.44688,
      ]
    ),
    (
      6,
      [
        0.20412, 0.20412, 0.20412, 0.22624, 0.25472, 0.27950, 0.30182, 0.32304, 0.34383,
        0.36565, 0.38967, 0.40383, 0.44089, 0.47298, 0.49927, 0.52285, 0.53699, 0.54826,
      ]
    ),
    (
      7,
      [
        0.18898, 0.19311, 0.21744, 0.24996, 0.27419, 0.29384, 0.31198, 0.32913, 0.34530,
        0.36202, 0.38208, 0.42376, 0.46475, 0.48703, 0.50624, 0.52333, 0.53618, 0.54269,
      ]
    ),
    (
      8,
      [
        0.17678, 0.20932, 0.23188, 0.26116, 0.28197, 0.29901, 0.31387, 0.32750, 0.34084,
        0.35513, 0.40152, 0.43502, 0.46962, 0.48930, 0.50896, 0.53600, 0.55784, 0.57692,
      ]
    ),
    (
      9,
      [
        0.18436, 0.22001, 0.24113, 0.26690, 0.28506, 0.29966, 0.31257, 0.32424, 0.33818,
        0.36898, 0.40929, 0.43872, 0.47017, 0.49154, 0.51607, 0.54548, 0.56695, 0.58173,
      ]
    ),
    (
      10,
      [
        0.19295, 0.22688, 0.24613, 0.26937, 0.28499, 0.29790, 0.30888, 0.32258, 0.34716,
        0.37555, 0.41181, 0.44125, 0.47662, 0.50123, 0.52555, 0.55327, 0.57127, 0.58400,
      ]
    ),
    (
      12,
      [
        0.20378, 0.23529, 0.25084, 0.26976, 0.28224, 0.29643, 0.31603, 0.33593, 0.35725,
        0.38189, 0.41740, 0.45121, 0.49029, 0.51532, 0.53833, 0.57284, 0.59375, 0.61217,
      ]
    ),
    (
      15,
      [
        0.21217, 0.23656, 0.24879, 0.26811, 0.28830, 0.30617, 0.32322, 0.34120, 0.36047,
        0.38540, 0.42496, 0.45953, 0.49786, 0.52788, 0.55371, 0.58139, 0.60221, 0.62568,
      ]
    ),
    (
      20,
      [
        0.21216, 0.23588, 0.25395, 0.27675, 0.29503, 0.31097, 0.32768, 0.34703, 0.36865,
        0.39553, 0.43536, 0.47120, 0.51233, 0.53787, 0.56208, 0.59035, 0.61489, 0.63640,
      ]
    ),
    (
      30,
      [
        0.21743, 0.24354, 0.25992, 0.28334, 0.30224, 0.31972, 0.33709, 0.35579, 0.37774,
        0.40505, 0.44640, 0.48263, 0.52510, 0.55529, 0.58309, 0.61991, 0.63754, 0.65609,
      ]
    ),
    (
      50,
      [
        0.22195, 0.24973, 0.26676, 0.28996, 0.30884, 0.32660, 0.34460, 0.36423, 0.38662,
        0.41482, 0.45806, 0.49504, 0.54053, 0.57245, 0.60346, 0.64024, 0.66868, 0.68719,
      ]
    ),
    (
      100,
      [
        0.22853, 0.25669, 0.27398, 0.29858, 0.31836, 0.33636, 0.35464, 0.37474, 0.39813,
        0.42661, 0.47100, 0.51029, 0.55929, 0.59235, 0.62532, 0.66229, 0.68954, 0.70892,
      ]
    ),
    (
      200,
      [
        0.23363, 0.26144, 0.27964, 0.30442, 0.32407, 0.34287, 0.36160, 0.38205, 0.40573,
        0.43495, 0.48119, 0.51996, 0.56808, 0.59985, 0.63024, 0.66784, 0.69167, 0.72039,
      ]
    ),
    (
      500,
      [
        0.23878, 0.26731, 0.28519, 0.30966, 0.32959, 0.34855, 0.36790, 0.38868, 0.41286,
        0.44360, 0.48923, 0.52983, 0.58115, 0.61626, 0.65157, 0.68976, 0.71779, 0.74387,
      ]
    ),
    (
      1000,
      [
        0.23998, 0.26959, 0.28751, 0.31232, 0.33247, 0.35181, 0.37082, 0.39175, 0.41597,
        0.44697, 0.49301, 0.53476, 0.58584, 0.61985, 0.65151, 0.69273, 0.72448, 0.75012,
      ]
    ),
    (
      2000,
      [
        0.24238, 0.27099, 0.28913, 0.31450, 0.33469, 0.35323, 0.37276, 0.39443, 0.41863,
        0.44921, 0.49622, 0.53898, 0.58927, 0.62275, 0.65461, 0.69313, 0.72302, 0.75015,
      ]
    ),
  ]

  /// The probability of a larger dip than `dip` in `count` uniform values.
  ///
  /// Between numbers of values and between tails interpolated, the logarithm of the tail over
  /// sqrt(n) dip; beyond the last number as there; never below the last tail, 0.0005.
  static func upperTail(_ dip: Double, _ count: Int) -> Double {
    let scaled = dip * Double(count).squareRoot()
    // Fewer than four values have the smallest dip there is.
    guard count >= rows[0].count else { return 1 }
    let above = rows.firstIndex { $0.count >= count } ?? rows.count - 1
    let high = rows[above]
    if above == 0 || high.count <= count { return tail(scaled, high.quantiles) }
    let low = rows[above - 1]
    // Quantiles settle as 1 / sqrt(n) does.
    let place = { (count: Int) in 1 / Double(count).squareRoot() }
    let weight = (place(count) - place(low.count)) / (place(high.count) - place(low.count))
    let between = zip(low.quantiles, high.quantiles).map { $0 + ($1 - $0) * weight }
    return tail(scaled, between)
  }

  private static func tail(_ scaled: Double, _ quantiles: [Double]) -> Double {
    if scaled < quantiles[0] { return 1 }
    guard let above = quantiles.firstIndex(where: { $0 > scaled }) else {
      return tails[tails.count - 1]
    }
    // Equal quantiles of few values: the last of them, as many dips are that small.
    let (low, high) = (quantiles[above - 1], quantiles[above])
    let part = (scaled - low) / (high - low)
    return interpolated(tails[above - 1], tails[above], part)
  }

  private static func interpolated(_ first: Double, _ second: Double, _ part: Double) -> Double {
    // Small tails in proportion, large ones straight.
    if first <= 0.5 { return first * pow(second / first, part) }
    return first + (second - first) * part
  }
}
