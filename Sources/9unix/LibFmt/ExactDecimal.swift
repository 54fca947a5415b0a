// Decimal digits of a double, the exact way: long division by hand, nine digits at a time.
//
// A double is an integer of at most 1024 bits, or a fraction with at most 1074 bits behind the
// point, or both in 53 bits.  The integer is divided by 10^9 until nothing is left; the fraction is
// multiplied by 10^9, and what comes out in front are the next nine digits.  As many digits are made
// as are wanted, and one more; whether anything is left behind them is known exactly.

/// The memory of one conversion, on the stack.
private struct ExactDecimal {
  /// 309 digits of the integer, 1074 of the fraction, and pieces of nine begun at either end.
  static let digitsMax = 1408
  /// 32 bits each: 34 for the longest fraction, one for what comes out in front.
  static let wordsMax = 35
  static let base: UInt64 = 1_000_000_000

  var digits = InlineArray<1408, UInt8>(repeating: 0x30)
  var words = InlineArray<35, UInt32>(repeating: 0)
  /// The digits are those from `first` to `end`, and the point stands before `point`.
  var first = 0
  var end = 0
  var point = 0
  /// True if something other than zeros follows the last digit.
  var isInexact = false

  /// Writes the nine digits of `value` at `offset`.
  private mutating func write(_ value: UInt64, at offset: Int) {
    var rest = value
    var index = offset + 9
    while index > offset {
      index -= 1
      digits[index] = 0x30 | UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  /// The digits of `significand` x 2^`exponent`, an integer.
  mutating func writeInteger(_ significand: UInt64, _ exponent: Int) {
    var count = 0
    if exponent >= 0 {
      let word = exponent / 32
      let wide = UInt128(significand) << UInt128(exponent % 32)
      words[word] = UInt32(truncatingIfNeeded: wide)
      words[word + 1] = UInt32(truncatingIfNeeded: wide >> 32)
      words[word + 2] = UInt32(truncatingIfNeeded: wide >> 64)
      count = word + 3
    } else if exponent > -64 {
      let integer = significand >> UInt64(-exponent)
      words[0] = UInt32(truncatingIfNeeded: integer)
      words[1] = UInt32(truncatingIfNeeded: integer >> 32)
      count = 2
    }
    // From the last digit to the first, the last one at a fixed place.
    point = 36 * 9
    first = point
    end = point
    while count > 0 {
      var remainder: UInt64 = 0
      for index in (0..<count).reversed() {
        let value = remainder << 32 | UInt64(words[index])
        words[index] = UInt32(truncatingIfNeeded: value / Self.base)
        remainder = value % Self.base
      }
      first -= 9
      write(remainder, at: first)
      while count > 0, words[count - 1] == 0 { count -= 1 }
    }
    while first < point, digits[first] == 0x30 { first += 1 }
  }

  /// Appends digits of the fraction of `significand` x 2^`exponent`, until `isEnough`.
  mutating func writeFraction(
    _ significand: UInt64, _ exponent: Int, until isEnough: (borrowing ExactDecimal) -> Bool
  ) {
    let bits = -exponent
    let fraction = bits < 64 ? significand & (1 << UInt64(bits) - 1) : significand
    // The fraction is words / 2^(32 count).
    let count = (bits + 31) / 32
    let wide = UInt128(fraction) << UInt128(32 * count - bits)
    for index in 0..<Self.wordsMax { words[index] = 0 }
    for index in 0..<min(3, count) {
      words[index] = UInt32(truncatingIfNeeded: wide >> UInt128(32 * index))
    }
    var lowest = 0
    while true {
      while lowest < count, words[lowest] == 0 { lowest += 1 }
      isInexact = lowest < count
      if !isInexact || isEnough(self) { return }
      var carry: UInt64 = 0
      for index in lowest..<count {
        let value = UInt64(words[index]) * Self.base + carry
        words[index] = UInt32(truncatingIfNeeded: value)
        carry = value >> 32
      }
      write(carry, at: end)
      end += 9
      // Zeros in front are no digits yet.
      if first == end - 9 {
        while first < end, digits[first] == 0x30 { first += 1 }
      }
    }
  }

  /// Rounds to the digits before `last`, half to even; `last` may lie outside of the digits.
  mutating func round(before last: Int) {
    if last >= end { return }
    if last < first {
      // Less than a tenth of what one place would be: nought.
      first = max(last, 0)
      end = first
      return
    }
    let next = digits[last]
    var isAbove = next > 0x35
    var isHalf = next == 0x35
    if isHalf {
      for index in (last + 1)..<max(end, last + 1) where digits[index] != 0x30 { isAbove = true }
      isAbove = isAbove || isInexact
      isHalf = !isAbove
    }
    let isOdd = last > first && digits[last - 1] & 1 == 1
    end = last
    if !(isAbove || (isHalf && isOdd)) { return }
    var index = last
    while index > first, digits[index - 1] == 0x39 {
      index -= 1
      digits[index] = 0x30
    }
    if index > first {
      digits[index - 1] += 1
    } else {
      // 9.99 became 10.0; before the digits there is always room.
      first -= 1
      digits[first] = 0x31
    }
  }
}

extension DecimalDigits {
  /// Calls `body` with the digits of a positive `significand` x 2^`exponent`.
  ///
  /// Fewer than wanted if the others are zeros.  O(digits wanted); no allocation.
  static func exact(
    _ significand: UInt64, _ exponent: Int, _ wanted: DigitCount, _ body: (DecimalDigits) -> Void
  ) {
    var work = ExactDecimal()
    work.writeInteger(significand, exponent)
    if exponent < 0 {
      work.writeFraction(significand, exponent) { work in
        switch wanted {
        case .significant(let count): work.end - work.first > count
        case .fraction(let count): work.end - work.point > count
        }
      }
    }
    switch wanted {
    case .significant(let count): work.round(before: work.first + count)
    case .fraction(let count):
      work.round(before: work.point + min(count, ExactDecimal.digitsMax - work.point))
    }
    let isNought = work.first == work.end
    if isNought {
      work.digits[work.first] = 0x30
      work.end = work.first + 1
    }
    let exponent = isNought ? 0 : work.point - 1 - work.first
    let count = work.end - work.first
    // A carry out of the digits leaves one more than wanted, which is 0.
    let first = work.first
    var digits = work.digits.mutableSpan
    unsafe digits.withUnsafeMutableBufferPointer { buffer in
      let start = unsafe buffer.baseAddress.unsafelyUnwrapped + first
      unsafe body(DecimalDigits(digits: start, count: count, exponent: exponent))
    }
  }
}
