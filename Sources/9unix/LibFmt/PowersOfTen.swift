// Powers of ten, to 128 bits.
//
// 10^k is a coarse power, 10^(28 j), times a fine one, 10^i with 0 <= i < 28: the fine ones are
// exact in 64 bits (5^27 is), the coarse ones are cut to 128 bits.  So 24 pairs of words and 28
// words serve all exponents, and the powers from 10^0 to 10^55 are exact.

/// `significand` x 2^`exponent`, which is at most 10^k, and below it by less than `error` units of
/// the last place.
struct PowerOfTen {
  /// 2^127 <= significand < 2^128.
  let high: UInt64
  let low: UInt64
  let exponent: Int
  let isExact: Bool

  /// What is lost in the cuts of the coarse power and of the product, and doubled by the shift.
  static let error: UInt64 = 4
  /// The powers there are.
  static let range = -308...363

  private static let step = 28

  init(_ k: Int) {
    assert(Self.range.contains(k))
    let j = (k + 308) / Self.step
    let i = (k + 308) % Self.step
    let coarse = unsafe Self.coarse.span[unchecked: j]
    // 10^i = 5^i x 2^i, moved to the top of the word.
    let fine = unsafe Self.fives.span[unchecked: i]
    let shift = fine.leadingZeroBitCount
    let top = fine << UInt64(shift)
    let (h1, l1) = coarse.0.multipliedFullWidth(by: top)
    let h0 = coarse.1.multipliedFullWidth(by: top).high
    let (middle, carry) = l1.addingReportingOverflow(h0)
    let upper = h1 &+ (carry ? 1 : 0)
    // The product of two numbers with their top bits set has its own there or one below.
    let isLow = upper >> 63 == 0
    if isLow {
      // The bit that comes in from below is lost where the power is not exact, and 0 where it is.
      let lowest = coarse.1 &* top
      high = upper << 1 | middle >> 63
      low = middle << 1 | lowest >> 63
    } else {
      high = upper
      low = middle
    }
    let coarseExponent = ((Self.step * (j - 11)) * 1_741_647) >> 19 - 127
    // The fine power is top x 2^(i - shift); the product is cut by 64 bits.
    exponent = coarseExponent + i - shift + 64 - (isLow ? 1 : 0)
    isExact = k >= 0 && k <= 55
  }

  /// 5^0 to 5^27.
  private static let fives: InlineArray<28, UInt64> = [
    1, 5, 25, 125, 625, 0xC35, 0x3D09, 0x1312D, 0x5F5E1, 0x1DCD65, 0x9502F9, 0x2E90EDD, 0xE8D4A51,
    0x48C27395, 0x16BCC41E9, 0x71AFD498D, 0x2386F26FC1, 0xB1A2BC2EC5, 0x3782DACE9D9,
    0x1158E460913D, 0x56BC75E2D631, 0x1B1AE4D6E2EF5, 0x878678326EAC9, 0x2A5A058FC295ED,
    0xD3C21BCECCEDA1, 0x422CA8B0A00A425, 0x14ADF4B7320334B9, 0x6765C793FA10079D,
  ]

  /// The significands of 10^(28 j) for j from -11 to 12.
  private static let coarse: InlineArray<24, (UInt64, UInt64)> = [
    (0xE61ACF033D1A45DF, 0x6FB92487298E33BD),
    (0xE858AD248F5C22C9, 0xD1B3400F8F9CFF68),
    (0xEA9C227723EE8BCB, 0x465E15A979C1CADC),
    (0xECE53CEC4A314EBD, 0xA4F8BF5635246428),
    (0xEF340A98172AACE4, 0x86FB897116C87C34),
    (0xF18899B1BC3F8CA1, 0xDC44E6C3CB279AC1),
    (0xF3E2F893DEC3F126, 0x5A89DBA3C3EFCCFA),
    (0xF64335BCF065D37D, 0x4D4617B5FF4A16D5),
    (0xF8A95FCF88747D94, 0x75A44C6397CE912A),
    (0xFB158592BE068D2E, 0xEED6E2F0F0D56712),
    (0xFD87B5F28300CA0D, 0x8BCA9D6E188853FC),
    (0x8000000000000000, 0x0000000000000000),
    (0x813F3978F8940984, 0x4000000000000000),
    (0x82818F1281ED449F, 0xBFF8F10E7A8921A4),
    (0x83C7088E1AAB65DB, 0x792667C6DA79E0FA),
    (0x850FADC09923329E, 0x03E2CF6BC604DDB0),
    (0x865B86925B9BC5C2, 0x0B8A2392BA45A9B2),
    (0x87AA9AFF79042286, 0x90FB44D2F05D0842),
    (0x88FCF317F22241E2, 0x441FECE3BDF81F03),
    (0x8A5296FFE33CC92F, 0x82BD6B70D99AAA6F),
    (0x8BAB8EEFB6409C1A, 0x1AD089B6C2F7548E),
    (0x8D07E33455637EB2, 0xDB0B487B6423E1E8),
    (0x8E679C2F5E44FF8F, 0x570F09EAA7EA7648),
    (0x8FCAC257558EE4E6, 0x213A4F0AA5E8A7B1),
  ]
}
