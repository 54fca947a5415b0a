// Decimal digits of a double, the fast way: one multiplication by a power of ten.
//
// x = m 2^e, and the digits that are wanted are those of floor(x 10^k).  With m and 10^k as words
// of 64 and 128 bits, the product has 192; its upper bits are the digits as an integer, and the
// lower ones say how to round.  The power is cut, so the product is too small by less than a known
// bound: where that could matter (the lower bits are too near to a half or to the next integer)
// there is no answer, and the exact way (ExactDecimal.swift) is gone.  That is rare: powers up to
// 10^55 are exact, and for others about one number in 2^60 is that near.

/// An integer part, and where the rest lies.
struct ScaledDecimal {
  /// Where what follows the integer lies between 0 and 1.
  enum Rest { case none, belowHalf, half, aboveHalf }

  var integer: UInt64
  var rest: Rest

  /// The largest integer part plus one: what 18 digits hold.
  static let integerMax: UInt64 = 1_000_000_000_000_000_000

  /// `significand` x 2^`exponent` x 10^`k`; nil if it is too large or cannot be told exactly.
  init?(_ significand: UInt64, _ exponent: Int, k: Int) {
    guard PowerOfTen.range.contains(k) else { return nil }
    let power = PowerOfTen(k)
    let shift = significand.leadingZeroBitCount
    let m = significand << UInt64(shift)
    let (h1, l1) = power.high.multipliedFullWidth(by: m)
    let (h0, l0) = power.low.multipliedFullWidth(by: m)
    let (middle, carry) = l1.addingReportingOverflow(h0)
    let upper = h1 &+ (carry ? 1 : 0)
    // The value is upper:middle:l0 x 2^(exponent - shift + power.exponent).
    let fractionBits = shift - exponent - power.exponent
    if fractionBits < 128 { return nil }
    if fractionBits >= 192 {
      // The product, be it cut or not, lies below 2^192: the value below 1, or below a half.
      integer = 0
      let half: UInt64 = 1 << 63
      if fractionBits > 192 || upper < half {
        rest = .belowHalf
        // A cut value may hide one that reaches the half.
        if fractionBits == 192 && !power.isExact && upper == half - 1 { return nil }
      } else {
        let isHalf = power.isExact && upper == half && middle == 0 && l0 == 0
        rest = isHalf ? .half : .aboveHalf
        if !power.isExact && upper == .max { return nil }
      }
      return
    }
    let integerShift = UInt64(fractionBits - 128)
    integer = upper >> integerShift
    if integer >= Self.integerMax { return nil }
    // The fraction without its lowest word, as a part of 2^bits.
    let top = upper & (1 << integerShift &- 1)
    let fraction = UInt128(top) << 64 | UInt128(middle)
    let half = UInt128(1) << UInt128(integerShift + 63)
    if power.isExact {
      if fraction == half && l0 == 0 {
        rest = .half
      } else if fraction == 0 && l0 == 0 {
        rest = .none
      } else {
        rest = fraction < half ? .belowHalf : .aboveHalf
      }
      return
    }
    // The product is short by less than error x m < 2^66 of its lowest word's units: 8 here.
    let slack = UInt128(2 * PowerOfTen.error + 1)
    if fraction < half {
      if fraction + slack >= half { return nil }
      rest = .belowHalf
    } else {
      if fraction + slack >= half << 1 { return nil }
      rest = .aboveHalf
    }
  }

  /// Takes the last digit off the integer, and puts it into the rest.
  mutating func dropDigit() {
    let (quotient, digit) = integer.quotientAndRemainder(dividingBy: 10)
    integer = quotient
    switch digit {
    case 0: rest = rest == .none ? .none : .belowHalf
    case 5: rest = rest == .none ? .half : .aboveHalf
    default: rest = digit < 5 ? .belowHalf : .aboveHalf
    }
  }

  /// The nearest integer; of two, the even one.
  var rounded: UInt64 {
    rest == .aboveHalf || (rest == .half && integer & 1 == 1) ? integer + 1 : integer
  }
}

/// How many digits are wanted.
enum DigitCount {
  /// So many, the first one not 0.
  case significant(Int)
  /// So many behind the point.
  case fraction(Int)
}

/// The digits of a number: `digits[0]` stands before the point, times 10^`exponent`.
@unsafe struct DecimalDigits {
  var digits: UnsafeMutablePointer<UInt8>
  var count: Int
  var exponent: Int
}

extension DecimalDigits {
  /// Digits that the fast way delivers at most.
  static let fastMax = 17

  /// The digits of a positive `significand` x 2^`exponent`, written before `end`, where there is
  /// room for 20; nil if only the exact way can tell.
  @inline(__always)
  static func fast(
    _ significand: UInt64, _ exponent: Int, _ wanted: DigitCount,
    before end: UnsafeMutablePointer<UInt8>
  ) -> DecimalDigits? {
    switch wanted {
    case .fraction(let count):
      guard let scaled = ScaledDecimal(significand, exponent, k: count) else { return nil }
      return unsafe written(scaled.rounded, pointBehind: count, before: end)
    case .significant(let count):
      if unsafe count > fastMax { return nil }
      // 10^decade <= x < 10^(decade + 2): the first digit is right or one further.
      let top = 63 - significand.leadingZeroBitCount + exponent
      let decade = (top * 315_653) >> 20
      let k = count - 1 - decade
      guard var scaled = ScaledDecimal(significand, exponent, k: k) else { return nil }
      var point = k
      if unsafe scaled.integer >= Fmt.tens.span[unchecked: count] {
        scaled.dropDigit()
        point -= 1
      }
      var integer = scaled.rounded
      if unsafe integer == Fmt.tens.span[unchecked: count] {
        integer = unsafe Fmt.tens.span[unchecked: count - 1]
        point -= 1
      }
      return unsafe written(integer, pointBehind: point, before: end)
    }
  }

  /// The digits of `integer` x 10^-`pointBehind`.
  @inline(__always)
  private static func written(
    _ integer: UInt64, pointBehind: Int, before end: UnsafeMutablePointer<UInt8>
  ) -> DecimalDigits {
    let first = unsafe Fmt.decimal(integer, before: end)
    let count = unsafe end - first
    // Nought has no first digit: it stands before the point.
    let exponent = integer == 0 ? 0 : count - 1 - pointBehind
    return unsafe DecimalDigits(digits: first, count: count, exponent: exponent)
  }
}
