// Numbers at the front of a text.

/// The number at the front of `text`, and the bytes that it takes, leading blanks included; 0 and
/// 0 if there is none.
///
/// Decimal, with point and exponent; `inf`, `infinity` and `NaN` in any case; no hexadecimal.
/// Correctly rounded: `5e-324` is the least number, `1e400` infinity, and `-0` keeps its sign.
/// Corresponds to `strtod` of Plan 9; what that answers otherwise, see `Plan9.strtod`.
public func strtod(_ text: String) -> (value: Double, used: Int) {
  let bytes = Array(text.utf8)
  var index = bytes.firstIndex { $0 != 0x20 && !(0x09...0x0D ~= $0) } ?? bytes.count
  let start = index
  func digits() -> Int {
    let first = index
    while index < bytes.count, 0x30...0x39 ~= bytes[index] { index += 1 }
    return index - first
  }
  func at(_ letters: StaticString) -> Bool {
    index < bytes.count && "\(letters)".utf8.contains(bytes[index])
  }
  if at("+-") { index += 1 }
  if let word = wordNumber(bytes[index...]) {
    let isNegative = index > start && bytes[start] == UInt8(ascii: "-")
    return (isNegative ? -word.value : word.value, index + word.used)
  }
  var count = digits()
  if at(".") {
    index += 1
    let fraction = digits()
    if count == 0 && fraction == 0 { return (0, 0) }
    count += fraction
  }
  if count == 0 { return (0, 0) }
  let mantissaEnd = index
  if at("eE") {
    index += 1
    if at("+-") { index += 1 }
    if digits() == 0 { index = mantissaEnd }
  }
  return (double(bytes[start..<index]), index)
}

/// The value of a decimal number that is complete.  Swift's parser is correctly rounded, but
/// wants a digit on both sides of the point.
private func double(_ number: ArraySlice<UInt8>) -> Double {
  var text = String(decoding: number, as: UTF8.self)
  if let value = Double(text) { return value }
  if let point = text.firstIndex(of: ".") {
    text.insert("0", at: text.index(after: point))
    text.insert("0", at: point)
  }
  return Double(text) ?? 0
}

private func wordNumber(_ text: ArraySlice<UInt8>) -> (value: Double, used: Int)? {
  let lower = text.prefix(8).map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
  if lower.starts(with: "infinity".utf8) { return (.infinity, 8) }
  if lower.starts(with: "inf".utf8) { return (.infinity, 3) }
  return lower.starts(with: "nan".utf8) ? (.nan, 3) : nil
}

extension Plan9 {
  /// What plan9port's `strtod` answers: `-0` loses its sign, what is below the normal numbers is
  /// 0, and NaN has the bits of a signalling one.
  public static func strtod(_ text: String) -> (bits: UInt64, used: Int) {
    let (value, used) = Lib9c.strtod(text)
    if value.isNaN { return (0x7FF0_0000_0000_0001, used) }
    return (value.isSubnormal || value.isZero ? 0 : value.bitPattern, used)
  }
}
