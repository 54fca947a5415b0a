// Numbers from text, correctly rounded: theory of operation.
//
// Problem.  strtod(3) costs 60 ns a number; that is half a second for ten million of them.  A
// number must yet be the Double nearest to the decimal, as strtod gives it, bit for bit.
//
// Shape.  The digits are gathered in an integer m < 10^19 and the value is m 10^k.
//
//     m < 2^53, |k| <= 22    m and 10^|k| are Doubles, so one operation rounds once   (Clinger)
//     |k| <= 19              quotient or product in 128 bits, with a sticky bit for the rest
//     all else               strtod: more digits, larger exponents, hexadecimal, bad input
//
// Invariants.
//   N1  What the first two ways return equals what strtod returns for the same bytes.
//   N2  They never look at what strtod would read otherwise: they stop at the first byte that is
//       not part of a decimal number, and the caller sees whether a number may end there.
//
// Rejected.  Eight digits at a time in one register: 3 % slower for six decimals, equal for
// fourteen, since the lengths of a file's numbers are easily predicted.  Eisel and Lemire's
// method: faster for 17 digits and large exponents, but for measurements these are rare, and its
// table of powers is 10 KB that would have to be proved.

import Glibc

/// Reading decimal numbers from bytes.
@safe
enum DecimalParser {
  /// 10^0 to 10^22, the powers that a Double holds exactly.
  private static let doublePowerMax = 22
  /// 10^0 to 10^19, the powers that a UInt64 holds.
  private static let integerPowerMax = 19

  /// Constants of the parser in one place, to be loaded before a loop.
  struct Powers {
    fileprivate let double: [Double]
    fileprivate let integer: [UInt64]

    init() {
      var double = [1.0]
      for _ in 1...doublePowerMax { double.append(double[double.count - 1] * 10) }
      var integer: [UInt64] = [1]
      for _ in 1...integerPowerMax { integer.append(integer[integer.count - 1] * 10) }
      self.double = double
      self.integer = integer
    }
  }

  /// The number at `cursor`, which moves behind it; nil if it takes strtod to tell.
  ///
  /// The bytes must end in one that is no part of a number, such as a newline, and seven more
  /// must be readable behind it.
  @inline(__always)
  static func fast(_ cursor: inout UnsafePointer<UInt8>, _ powers: borrowing Powers) -> Double? {
    var at = unsafe cursor
    let negative = unsafe at.pointee == UInt8(ascii: "-")
    if unsafe negative || at.pointee == UInt8(ascii: "+") { unsafe at += 1 }
    var mantissa: UInt64 = 0
    let whole = unsafe digits(&at, into: &mantissa)
    var fraction = 0
    if unsafe at.pointee == UInt8(ascii: ".") {
      unsafe at += 1
      fraction = unsafe digits(&at, into: &mantissa)
    }
    let count = whole + fraction
    if count == 0 || count > integerPowerMax { return nil }
    var power = -fraction
    if unsafe at.pointee | 0x20 == UInt8(ascii: "e") {
      guard let exponent = unsafe exponent(&at) else { return nil }
      power += exponent
    }
    guard let magnitude = scaled(mantissa, by: power, powers) else { return nil }
    unsafe cursor = at
    return negative ? -magnitude : magnitude
  }

  /// Takes digits into `mantissa`, modulo 2^64; how many there were.
  @inline(__always)
  private static func digits(
    _ at: inout UnsafePointer<UInt8>, into mantissa: inout UInt64
  ) -> Int {
    let start = unsafe at
    while true {
      let digit = unsafe at.pointee &- UInt8(ascii: "0")
      if digit > 9 { return unsafe at - start }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      unsafe at += 1
    }
  }

  /// The exponent from its `e` on; nil if there is none, or one of more than three digits.
  private static func exponent(_ at: inout UnsafePointer<UInt8>) -> Int? {
    unsafe at += 1
    let negative = unsafe at.pointee == UInt8(ascii: "-")
    if unsafe negative || at.pointee == UInt8(ascii: "+") { unsafe at += 1 }
    var value: UInt64 = 0
    let count = unsafe digits(&at, into: &value)
    if count == 0 || count > 3 { return nil }
    return negative ? -Int(value) : Int(value)
  }

  /// `mantissa` times 10 to the `power`, rounded once; nil beyond the range of the fast ways.
  @inline(__always)
  private static func scaled(
    _ mantissa: UInt64, by power: Int, _ powers: borrowing Powers
  ) -> Double? {
    if mantissa < 1 << 53 {
      if power <= 0, power >= -doublePowerMax { return Double(mantissa) / powers.double[-power] }
      if power > 0, power <= doublePowerMax { return Double(mantissa) * powers.double[power] }
      if mantissa == 0 { return 0 }
    }
    return wide(mantissa, by: power, powers)
  }

  /// As ``scaled(_:by:_:)``, in 128 bits; `mantissa` is not 0.
  private static func wide(
    _ mantissa: UInt64, by power: Int, _ powers: borrowing Powers
  ) -> Double? {
    if power < -integerPowerMax || power > integerPowerMax { return nil }
    if power >= 0 {
      let (high, low) = mantissa.multipliedFullWidth(by: powers.integer[power])
      if high == 0 { return Double(low) }
      let shift = high.leadingZeroBitCount
      let top = high << UInt64(shift) | (shift == 0 ? 0 : low >> UInt64(64 - shift))
      let sticky: UInt64 = low << UInt64(shift) == 0 ? 0 : 1
      return Double(top | sticky) * Double(sign: .plus, exponent: 64 - shift, significand: 1)
    }
    // Both normalised to 64 bits, the quotient has 63 or 64: far more than a Double's 53, so the
    // remainder matters only as "more than that", which its lowest bit can say.
    let divisor = powers.integer[-power]
    let mantissaShift = mantissa.leadingZeroBitCount
    let divisorShift = divisor.leadingZeroBitCount
    let normal = mantissa << UInt64(mantissaShift)
    let (quotient, remainder) = (divisor << UInt64(divisorShift)).dividingFullWidth(
      (normal >> 1, normal << 63))
    let exponent = divisorShift - mantissaShift - 63
    let sticky: UInt64 = remainder == 0 ? 0 : 1
    return Double(quotient | sticky) * Double(sign: .plus, exponent: exponent, significand: 1)
  }

  /// The number that all of `token` is, as `strtod(3)` reads it.
  ///
  /// In the C locale, that is: a program that sets another decimal point gets that one here.
  ///
  /// - Returns: nil if a part of `token` is not part of the number; infinities and
  ///   not-a-number as they come.
  static func whole(_ token: UnsafeBufferPointer<UInt8>) -> Double? {
    var text = unsafe token.map { CChar(bitPattern: $0) }
    if text.isEmpty || text.contains(0) { return nil }
    text.append(0)
    return unsafe text.withUnsafeBufferPointer { room -> Double? in
      guard let start = room.baseAddress else { return nil }
      var end: UnsafeMutablePointer<CChar>?
      let value = unsafe strtod(start, &end)
      guard let end = unsafe end else { return nil }
      return unsafe UnsafePointer(end) - start == room.count - 1 ? value : nil
    }
  }
}
