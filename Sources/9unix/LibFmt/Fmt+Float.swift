// Floating-point numbers: %e %f %g %E %G, correctly rounded, half to even.

extension Fmt {
  /// The precision where none is given.
  private static let precisionDefault = 6

  mutating func printFloat(_ value: Double) {
    if !value.isFinite { return printSpecial(value) }
    let precision = flags.contains(.precision) ? precision : Self.precisionDefault
    let form: FloatForm
    let wanted: DigitCount
    switch position.verb {
    case 0x65, 0x45:
      form = .exponent
      wanted = .significant(precision + 1)
    case 0x66:
      form = .plain
      wanted = .fraction(precision)
    default:
      form = .shorter
      wanted = .significant(max(precision, 1))
    }
    var layout = FloatLayout(form: form, precision: precision, isNegative: value.sign == .minus)
    // 20 digits, ending where the memory does.
    var scratch: (UInt64, UInt64, UInt64) = (0, 0, 0)
    unsafe withUnsafeMutableBytes(of: &scratch) { room in
      let start = unsafe room.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
      if value.isZero {
        unsafe start[0] = 0x30
        return unsafe print(DecimalDigits(digits: start, count: 1, exponent: 0), &layout)
      }
      let isNormal = value.exponentBitPattern != 0
      let significand = value.significandBitPattern | (isNormal ? 1 << 52 : 0)
      let exponent = max(Int(value.exponentBitPattern), 1) - 1075
      if let digits = unsafe DecimalDigits.fast(
        significand, exponent, wanted, before: start + room.count)
      {
        unsafe print(digits, &layout)
      } else {
        unsafe DecimalDigits.exact(significand, exponent, wanted) { unsafe print($0, &layout) }
      }
    }
  }

  /// Infinities always have a sign, what is not a number never; neither is filled with zeros.
  private mutating func printSpecial(_ value: Double) {
    let text: StaticString = value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf"
    text.withUTF8Buffer { bytes in
      padLeft(bytes.count)
      unsafe put(bytes.baseAddress.unsafelyUnwrapped, bytes.count)
      padRight(bytes.count)
    }
  }

  /// Prints `number` by `layout`, which learns from it what was still open.
  private mutating func print(_ number: DecimalDigits, _ layout: inout FloatLayout) {
    var number = unsafe number
    let isSharp = flags.contains(.sharp)
    unsafe layout.settle(&number, isSharp: isSharp)
    let sign: UInt8 =
      layout.isNegative ? 0x2D : flags.contains(.sign) ? 0x2B : flags.contains(.space) ? 0x20 : 0
    let hasPoint = layout.precision > 0 || isSharp
    let size = unsafe layout.size(number, hasPoint: hasPoint) + (sign == 0 ? 0 : 1)
    if !flags.contains(.width), layout.form == .plain, unsafe size <= stop - to,
      unsafe number.count <= DecimalDigits.fastMax
    {
      if sign != 0 {
        unsafe to.pointee = sign
        unsafe to += 1
      }
      return unsafe putPlainInRoom(number, layout.precision, hasPoint)
    }
    let isFilled = flags.contains(.zero) && !flags.contains(.left)
    if !isFilled { padLeft(size) }
    if sign != 0 { put(byte: sign) }
    if isFilled && flags.contains(.width) { fill(0x30, width - size) }
    if layout.form == .exponent {
      unsafe putExponent(number, layout.precision, hasPoint)
    } else {
      unsafe putPlain(number, layout.precision, hasPoint)
    }
    padRight(size)
  }

  /// `putPlain` where there is room for all of it, without a look at the room again.
  private mutating func putPlainInRoom(
    _ number: DecimalDigits, _ precision: Int, _ hasPoint: Bool
  ) {
    var cursor = unsafe to
    let digits = unsafe number.digits
    let count = unsafe number.count
    let whole = unsafe number.exponent + 1
    var index = 0
    while index < whole {
      unsafe cursor.pointee = index < count ? digits[index] : 0x30
      unsafe cursor += 1
      index += 1
    }
    if whole <= 0 {
      unsafe cursor.pointee = 0x30
      unsafe cursor += 1
    }
    if hasPoint {
      unsafe cursor.pointee = 0x2E
      unsafe cursor += 1
      index = whole
      let end = whole + precision
      while index < end {
        unsafe cursor.pointee = index >= 0 && index < count ? digits[index] : 0x30
        unsafe cursor += 1
        index += 1
      }
    }
    unsafe to = cursor
  }

  private mutating func putExponent(
    _ number: DecimalDigits, _ precision: Int, _ hasPoint: Bool
  ) {
    unsafe put(byte: number.digits[0])
    if hasPoint { put(byte: 0x2E) }
    let shown = unsafe min(number.count - 1, precision)
    unsafe put(number.digits + 1, shown)
    fill(0x30, precision - shown)
    put(byte: position.verb == 0x45 || position.verb == 0x47 ? 0x45 : 0x65)
    let exponent = unsafe number.exponent
    put(byte: exponent < 0 ? 0x2D : 0x2B)
    let magnitude = exponent.magnitude
    if magnitude >= 100 { put(byte: 0x30 | UInt8(truncatingIfNeeded: magnitude / 100)) }
    put(byte: 0x30 | UInt8(truncatingIfNeeded: magnitude / 10 % 10))
    put(byte: 0x30 | UInt8(truncatingIfNeeded: magnitude % 10))
  }

  private mutating func putPlain(_ number: DecimalDigits, _ precision: Int, _ hasPoint: Bool) {
    let exponent = unsafe number.exponent
    let whole = unsafe exponent < 0 ? 0 : min(number.count, exponent + 1)
    if exponent < 0 { put(byte: 0x30) }
    unsafe put(number.digits, whole)
    fill(0x30, exponent + 1 - max(whole, 0))
    if !hasPoint { return }
    put(byte: 0x2E)
    let zeros = min(precision, max(0, -exponent - 1))
    fill(0x30, zeros)
    let shown = unsafe min(number.count - whole, precision - zeros)
    unsafe put(number.digits + whole, shown)
    fill(0x30, precision - zeros - shown)
  }
}

/// With an exponent, without one, or as the number wants.
private enum FloatForm { case exponent, plain, shorter }

/// What is known of how a number is printed.
private struct FloatLayout {
  var form: FloatForm
  /// Digits behind the point; before `settle`, of `%g`, significant digits.
  var precision: Int
  let isNegative: Bool

  /// Decides how `%g` prints `number`.
  mutating func settle(_ number: inout DecimalDigits, isSharp: Bool) {
    guard form == .shorter else { return }
    let significant = max(precision, 1)
    let exponent = unsafe number.exponent
    unsafe number.count = min(number.count, significant)
    form = exponent < -4 || exponent >= significant ? .exponent : .plain
    precision = form == .exponent ? significant - 1 : significant - 1 - exponent
    if isSharp { return }
    while unsafe number.count > 1, unsafe number.digits[number.count - 1] == 0x30 {
      unsafe number.count -= 1
    }
    let behind = unsafe form == .exponent ? number.count - 1 : number.count - 1 - exponent
    precision = min(precision, max(0, behind))
  }

  /// How many runes all but the sign takes.
  func size(_ number: DecimalDigits, hasPoint: Bool) -> Int {
    let point = hasPoint ? 1 : 0
    let exponent = unsafe number.exponent
    if form == .exponent { return 1 + point + precision + (exponent.magnitude >= 100 ? 5 : 4) }
    return max(1, exponent + 1) + point + precision
  }
}
