// Decimal digits of a double, the exact way: long division by hand, nine digits at a time.
//
// A double is an integer of at most 1024 bits, or a fraction with at most 1074 bits behind the
// point, or both in 53 bits.  The integer is divided by 10^9 until nothing is left; the fraction is
// multiplied by 10^9, and what comes out in front are the next nine digits.  As many digits are
// made as are wanted, and one more; whether anything is left behind them is known exactly.

/// One conversion, in memory on the stack.
@safe private struct ExactDecimal {
  /// 309 digits of the largest integer, or the 767 that a fraction has at most behind its zeros,
  /// and pieces of nine begun at either end; below a kilobyte, which is what the stack gives.
  static let digitsMax = 1008
  /// 32 bits each: 34 for the longest fraction, one for what comes out in front.
  static let wordsMax = 35
  /// Where the point stands behind an integer: a multiple of nine, and a place for a carry.
  static let origin = 36 * 9 + 1
  static let base: UInt64 = 1_000_000_000

  let digits: UnsafeMutablePointer<UInt8>
  let words: UnsafeMutablePointer<UInt32>
  /// The digits are those from `first` to `end`.
  var first = origin
  var end = origin
  /// The point stands before this place, which may lie before the first digit: zeros in front of a
  /// fraction are not kept.
  var point = origin
  /// True if something other than zeros follows the last digit.
  var isInexact = false

  init(_ digits: UnsafeMutablePointer<UInt8>, _ words: UnsafeMutablePointer<UInt32>) {
    unsafe self.digits = digits
    unsafe self.words = words
    unsafe words.initialize(repeating: 0, count: Self.wordsMax)
    unsafe digits.initialize(repeating: 0x30, count: Self.digitsMax)
  }

  /// Writes the nine digits of `value` at `offset`.
  private func write(_ value: UInt64, at offset: Int) {
    assert(offset >= 0 && offset + 9 <= Self.digitsMax)
    var rest = value
    var index = offset + 9
    while index > offset {
      index -= 1
      unsafe digits[index] = 0x30 | UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  private mutating func skipZeros() {
    while first < end, unsafe digits[first] == 0x30 { first += 1 }
  }

  /// Puts the integer part of `significand` x 2^`exponent` into the words; how many they are.
  private func loadInteger(_ significand: UInt64, _ exponent: Int) -> Int {
    if exponent >= 0 {
      let word = exponent / 32
      let wide = UInt128(significand) << UInt128(exponent % 32)
      for index in 0..<3 {
        unsafe words[word + index] = UInt32(truncatingIfNeeded: wide >> UInt128(32 * index))
      }
      return word + 3
    }
    if exponent <= -64 { return 0 }
    let integer = significand >> UInt64(-exponent)
    unsafe words[0] = UInt32(truncatingIfNeeded: integer)
    unsafe words[1] = UInt32(truncatingIfNeeded: integer >> 32)
    return 2
  }

  /// The digits of the integer part, from the last to the first.
  mutating func writeInteger(_ significand: UInt64, _ exponent: Int) {
    var count = loadInteger(significand, exponent)
    while true {
      while count > 0, unsafe words[count - 1] == 0 { count -= 1 }
      if count == 0 { break }
      var remainder: UInt64 = 0
      var index = count
      while index > 0 {
        index -= 1
        let value = unsafe remainder << 32 | UInt64(words[index])
        unsafe words[index] = UInt32(truncatingIfNeeded: value / Self.base)
        remainder = value % Self.base
      }
      first -= 9
      write(remainder, at: first)
    }
    skipZeros()
    if first == end {
      // No integer: the fraction has all of the memory, but a place for a carry.
      first = 1
      end = 1
      point = 1
    }
  }

  /// Appends digits of the fraction until there are more than `wanted`, or no others than zeros.
  mutating func writeFraction(_ significand: UInt64, _ exponent: Int, _ wanted: DigitCount) {
    let bits = -exponent
    let fraction = bits < 64 ? significand & (1 << UInt64(bits) - 1) : significand
    // The fraction is words / 2^(32 count).
    let count = (bits + 31) / 32
    let wide = UInt128(fraction) << UInt128(32 * count - bits)
    for index in 0..<min(3, count) {
      unsafe words[index] = UInt32(truncatingIfNeeded: wide >> UInt128(32 * index))
    }
    var lowest = 0
    while true {
      while lowest < count, unsafe words[lowest] == 0 { lowest += 1 }
      isInexact = lowest < count
      if !isInexact || isEnough(wanted) { return }
      var carry: UInt64 = 0
      for index in lowest..<count {
        let value = unsafe UInt64(words[index]) * Self.base + carry
        unsafe words[index] = UInt32(truncatingIfNeeded: value)
        carry = value >> 32
      }
      if carry == 0 && first == end {
        point -= 9
      } else {
        write(carry, at: end)
        let isFirst = first == end
        end += 9
        if isFirst { skipZeros() }
      }
    }
  }

  private func isEnough(_ wanted: DigitCount) -> Bool {
    switch wanted {
    case .significant(let count): end - first > count
    case .fraction(let count): end - point > count
    }
  }

  /// Rounds to the digits before `last`, half to even; `last` may lie outside of the digits.
  mutating func round(before last: Int) {
    if last >= end { return }
    if last < first {
      // Less than a tenth of the last place: nought.
      end = first
      return
    }
    let next = unsafe digits[last]
    var isAbove = next > 0x35
    if next == 0x35 {
      isAbove = isInexact
      for index in last + 1..<end where unsafe digits[index] != 0x30 { isAbove = true }
      // Half: to the even one.
      if !isAbove, last > first, unsafe digits[last - 1] & 1 == 1 { isAbove = true }
    }
    end = last
    if !isAbove { return }
    var index = last
    while index > first, unsafe digits[index - 1] == 0x39 {
      index -= 1
      unsafe digits[index] = 0x30
    }
    if index > first {
      unsafe digits[index - 1] += 1
    } else {
      // 9.99 became 10.0; before the digits there is always room.
      first -= 1
      unsafe digits[first] = 0x31
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
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ExactDecimal.digitsMax) { room in
      unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: ExactDecimal.wordsMax) {
        words in
        var work = unsafe ExactDecimal(
          room.baseAddress.unsafelyUnwrapped, words.baseAddress.unsafelyUnwrapped)
        work.writeInteger(significand, exponent)
        if exponent < 0 { work.writeFraction(significand, exponent, wanted) }
        switch wanted {
        case .significant(let count): work.round(before: work.first + count)
        case .fraction(let count): work.round(before: work.point + count)
        }
        unsafe body(work.result)
      }
    }
  }
}

extension ExactDecimal {
  /// What was converted; nought is one digit before the point.
  fileprivate var result: DecimalDigits {
    let start = unsafe digits + first
    if first < end {
      return unsafe DecimalDigits(digits: start, count: end - first, exponent: point - 1 - first)
    }
    unsafe start[0] = 0x30
    return unsafe DecimalDigits(digits: start, count: 1, exponent: 0)
  }
}
