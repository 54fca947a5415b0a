// Numbers that a person typed.

/// Numbers in arguments, read as C's own functions read them.
public enum NumberInput {
  /// The number that all of `text` is, as `strtod(3)` reads it; nil if there is more or nothing.
  public static func double(_ text: [UInt8]) -> Double? {
    unsafe text.withUnsafeBufferPointer { unsafe DecimalParser.whole($0) }
  }

  /// The number that all of `text` is, as `strtol(3)` reads it to base 10.
  ///
  /// - Returns: nil if there is more, or nothing, or a number beyond the range of an Int.
  public static func integer(_ text: [UInt8]) -> Int? {
    let start = text.firstIndex { $0 != 0x20 && !(0x09...0x0D).contains($0) } ?? text.endIndex
    let number = text[start...]
    if number.isEmpty || number.contains(where: { $0 >= 0x80 }) { return nil }
    return Int(String(decoding: number, as: UTF8.self), radix: 10)
  }
}
