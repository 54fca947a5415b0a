// Integers: %d %o %x %X %b, and %p.

import LibUTF

/// The digits from 00 to 99.  A literal: nothing has to be set up before it is read.
private let digitPairs: StaticString = """
  00010203040506070809101112131415161718192021222324252627282930313233343536373839\
  40414243444546474849505152535455565758596061626364656667686970717273747576777879\
  8081828384858687888990919293949596979899
  """

extension Fmt {
  /// Writes the decimal digits of `value` before `end`, and returns where they begin.
  @inline(__always)
  static func decimal(
    _ value: UInt64, before end: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    var rest = value
    var cursor = unsafe end
    let pairs = unsafe digitPairs.utf8Start
    while rest >= 100 {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 100)
      let index = Int(truncatingIfNeeded: remainder) &* 2
      unsafe cursor -= 2
      unsafe cursor[0] = pairs[index]
      unsafe cursor[1] = pairs[index &+ 1]
      rest = quotient
    }
    if rest >= 10 {
      let index = Int(truncatingIfNeeded: rest) &* 2
      unsafe cursor -= 2
      unsafe cursor[0] = pairs[index]
      unsafe cursor[1] = pairs[index &+ 1]
    } else {
      unsafe cursor -= 1
      unsafe cursor[0] = 0x30 | UInt8(truncatingIfNeeded: rest)
    }
    return unsafe cursor
  }

  /// The most bytes that an integer takes without width and precision: 64 binary digits, a sign.
  private static let plainSizeMax = 65

  /// An integer by the verb and the flags at hand.
  @inline(__always)
  mutating func printInteger(_ bits: UInt64, _ size: Int, _ isSigned: Bool) {
    let isPlain = flags.isDisjoint(with: .integerLayout)
    if isPlain, position.verb == 0x64, unsafe stop - to >= Self.plainSizeMax {
      let isNegative = isSigned && !flags.contains(.unsigned) && Int64(bitPattern: bits) < 0
      let mask = ~UInt64(0) >> UInt64(64 - size)
      let value = isNegative ? 0 &- bits : bits & mask
      unsafe to.pointee = 0x2D
      if isNegative { unsafe to += 1 }
      let end = unsafe to + Self.decimalCount(value)
      _ = unsafe Self.decimal(value, before: end)
      unsafe to = end
    } else {
      printIntegerSlowly(bits, size, isSigned)
    }
  }

  /// How many decimal digits `value` has.
  @inline(__always)
  static func decimalCount(_ value: UInt64) -> Int {
    // log10(2) is 1233 / 4096 closely enough; one less or right.
    let guess = ((64 - value.leadingZeroBitCount) * 1233) >> 12
    return unsafe guess + (value >= tens.span[unchecked: guess] ? 1 : 0) + (value == 0 ? 1 : 0)
  }

  /// 10^0 to 10^19; 0 has no digit before the first.
  static let tens: InlineArray<20, UInt64> = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000,
    100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
    100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
  ]

  private mutating func printIntegerSlowly(_ bits: UInt64, _ size: Int, _ isSigned: Bool) {
    // Room for 64 binary digits and a sign.
    var scratch = InlineArray<9, UInt64>(repeating: 0)
    var span = scratch.mutableSpan
    unsafe span.withUnsafeMutableBytes { room in
      let start = unsafe room.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
      let end = unsafe start + room.count
      let (magnitude, isNegative) = value(of: bits, size, isSigned)
      let base = base
      var first = unsafe end
      if magnitude != 0 {
        unsafe first = digits(of: magnitude, base, before: end)
      } else if !flags.contains(.precision) || precision != 0
        || (base == 8 && flags.contains(.sharp))
      {
        unsafe first -= 1
        unsafe first[0] = 0x30
      }
      if flags.isDisjoint(with: .integerLayout) {
        if isNegative {
          unsafe first -= 1
          unsafe first[0] = 0x2D
        }
        return unsafe put(first, end - first)
      }
      let layout = unsafe IntegerLayout(
        self, base: base, digitCount: end - first, isZero: magnitude == 0,
        firstIsZero: end > first && first[0] == 0x30, isNegative: isNegative)
      unsafe print(UnsafePointer(first), layout)
    }
  }

  private var base: UInt64 {
    switch position.verb {
    case 0x64: 10
    case 0x6F: 8
    case 0x62: 2
    default: 16
    }
  }

  /// What `bits` mean under the flags of size and sign.
  private func value(
    of bits: UInt64, _ size: Int, _ isSigned: Bool
  ) -> (magnitude: UInt64, isNegative: Bool) {
    let size = flags.contains(.byte) ? min(size, 8) : flags.contains(.short) ? min(size, 16) : size
    let shift = UInt64(64 - size)
    if !isSigned || flags.contains(.unsigned) || position.kind == .pointer {
      return ((bits << shift) >> shift, false)
    }
    let value = Int64(bitPattern: bits << shift) >> shift
    return (value.magnitude, value < 0)
  }

  private func digits(
    of value: UInt64, _ base: UInt64, before end: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    if base == 10 { return unsafe Fmt.decimal(value, before: end) }
    let bits = UInt64(base.trailingZeroBitCount)
    let letters: UInt8 = position.verb == 0x58 ? 0x41 - 10 : 0x61 - 10
    var rest = value
    var cursor = unsafe end
    repeat {
      let digit = UInt8(truncatingIfNeeded: rest & (base - 1))
      unsafe cursor -= 1
      unsafe cursor[0] = digit < 10 ? 0x30 + digit : letters + digit
      rest >>= bits
    } while rest != 0
    return unsafe cursor
  }

  /// Prints the digits at `digits` with what the layout puts around them.
  private mutating func print(_ digits: UnsafePointer<UInt8>, _ layout: IntegerLayout) {
    if !layout.isFilled { padLeft(layout.count) }
    if layout.sign != 0 { put(byte: layout.sign) }
    if layout.prefixCount > 0 {
      put(byte: 0x30)
      if layout.prefixCount == 2 { put(byte: position.verb == 0x58 ? 0x58 : 0x78) }
    }
    if layout.group == 0 {
      fill(0x30, layout.zeros)
      unsafe put(digits, layout.digitCount)
    } else {
      fill(0x30, layout.zerosOutside)
      let total = layout.zeros + layout.digitCount
      for index in 0..<total {
        let isZero = index < layout.zeros
        put(byte: isZero ? 0x30 : unsafe digits[index - layout.zeros])
        let rest = total - 1 - index
        if rest > 0 && rest % layout.group == 0 { put(byte: layout.separator) }
      }
    }
    if !layout.isFilled { padRight(layout.count) }
  }
}

/// How many zeros, separators and signs go with the digits of an integer.
///
/// With `'`, zeros are digits and get separators; with `,` they stand before all that.
private struct IntegerLayout {
  var sign: UInt8 = 0
  var prefixCount = 0
  let digitCount: Int
  /// Digits between separators; 0 for no separators.
  var group = 0
  var separator: UInt8 = 0x2C
  /// Zeros that are digits, and zeros before the first digit that get no separators.
  var zeros = 0
  var zerosOutside = 0
  /// True if the width is filled with zeros.
  var isFilled = false
  /// All that is printed, in runes.
  var count = 0

  init(
    _ f: borrowing Fmt, base: UInt64, digitCount: Int, isZero: Bool, firstIsZero: Bool,
    isNegative: Bool
  ) {
    self.digitCount = digitCount
    let flags = f.flags
    // `,` beside `'` separates by threes.
    if flags.contains(.comma) {
      group = 3
    } else if flags.contains(.apostrophe) {
      group = base == 10 ? 3 : 4
      separator = base == 16 || base == 2 ? 0x3A : 0x2C
    }
    if flags.contains(.precision) { addZeros(upTo: f.precision, beside: 0, flags) }
    sign =
      isNegative ? 0x2D : flags.contains(.sign) ? 0x2B : flags.contains(.space) ? 0x20 : 0
    if flags.contains(.sharp) {
      if base == 16 && (!isZero || f.position.kind == .pointer) { prefixCount = 2 }
      if base == 8 && !(firstIsZero || zeros + zerosOutside > 0) { prefixCount = 1 }
    }
    let beside = prefixCount + (sign == 0 ? 0 : 1)
    if flags.contains(.zero) && flags.isDisjoint(with: [.left, .precision]) {
      isFilled = true
      if flags.contains(.width) { addZeros(upTo: f.width, beside: beside, flags) }
    }
    count = body + beside
  }

  /// Digits, zeros and separators.
  private var body: Int {
    let digits = digitCount + zeros
    return zerosOutside + digits + (group > 0 && digits > 0 ? (digits - 1) / group : 0)
  }

  private mutating func addZeros(upTo count: Int, beside others: Int, _ flags: FmtFlags) {
    if flags.contains(.comma) {
      zerosOutside += max(0, count - others - body)
    } else if group == 0 {
      zeros += max(0, count - others - body)
    } else {
      // The fewest digits that fill the rest with their separators.
      let missing = count - others
      var digits = max(digitCount + zeros, missing * group / (group + 1))
      while digits + (digits - 1) / group < missing { digits += 1 }
      zeros = digits - digitCount
    }
  }
}
