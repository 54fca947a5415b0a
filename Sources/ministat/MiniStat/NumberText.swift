// Numbers as printf(3) writes them.

import Glibc

/// Numbers as text, digit by digit as C's formats give them.
public enum NumberText {
  /// `value` as `%.*g` gives it: `digits` significant digits, short where they end in zeros.
  ///
  /// Padded with blanks on the left to `width`.
  public static func general(_ value: Double, digits: Int = 6, width: Int = 0) -> String {
    formatted("%*.*g", [CInt(width), CInt(digits), value])
  }

  /// `value` as `%.*f` gives it.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    formatted("%.*f", [CInt(decimals), value])
  }

  /// `value` as `%*d` gives it.
  public static func integer(_ value: Int, width: Int) -> String {
    let text = String(value)
    return String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }

  private static func formatted(_ format: String, _ arguments: [any CVarArg]) -> String {
    // The longest is %f of the largest number: 309 digits, a point and the decimals.
    var buffer = [CChar](repeating: 0, count: 512)
    let length = unsafe withVaList(arguments) { list in
      unsafe buffer.withUnsafeMutableBufferPointer { room in
        unsafe vsnprintf(room.baseAddress, room.count, format, list)
      }
    }
    precondition(length >= 0 && length < buffer.count, "a number is shorter than its buffer")
    return String(decoding: buffer[..<Int(length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
