// What our programs take from libbsd: sizes for people, process titles, safe text for terminals.

import CBSD

/// Calls into libbsd, for programs; libraries that others depend on stay without it.
public enum BSD {
  /// `bytes` in at most `width` characters with a binary prefix, such as `96 M`.
  ///
  /// Corresponds to `humanize_number(3)` with `HN_AUTOSCALE`.  `width` counts no terminator.
  public static func humanize(_ bytes: Int64, width: Int = 5, suffix: String = "") -> String {
    var text = [CChar](repeating: 0, count: width + 1)
    let length = unsafe text.withUnsafeMutableBufferPointer {
      unsafe humanize_number($0.baseAddress, $0.count, bytes, suffix, CInt(HN_AUTOSCALE), 0)
    }
    guard length >= 0 else { return "\(bytes)\(suffix)" }
    return unsafe text.withUnsafeBufferPointer {
      unsafe $0.baseAddress.map { unsafe String(cString: $0) } ?? ""
    }
  }

  /// The number that `text` names, such as 98304 for `96k`; nil if it names none.
  ///
  /// Corresponds to `expand_number(3)`, which takes what is too large for 2^64 - 1; here it is nil.
  public static func expand(_ text: String) -> UInt64? {
    var number: UInt64 = 0
    return unsafe expand_number(text, &number) == 0 && number != .max ? number : nil
  }

  /// Makes `title` the process's title in `ps(1)`, after the program's name.
  ///
  /// Corresponds to `setproctitle(3)`.  Call it from the main thread, before others read titles.
  public static func setTitle(_ title: String) {
    unsafe cbsd_setproctitle(title)
  }

  /// `bytes` with every byte that could drive a terminal written visibly, such as `\033[2J`.
  ///
  /// Printable characters, blanks, tabs and newlines stay.  Corresponds to `strvisx(3)` with
  /// `VIS_SAFE | VIS_NOSLASH`; bytes of valid UTF-8 text stay too.
  public static func visible(_ bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    var quoted = [CChar](repeating: 0, count: 5)
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if scalar.value >= 0xA0 || (0x20..<0x7F).contains(scalar.value) {
        result.append(contentsOf: String(scalar).utf8)
      } else if scalar == "\n" || scalar == "\t" {
        result.append(UInt8(scalar.value))
      } else {
        for byte in String(scalar).utf8 {
          unsafe quoted.withUnsafeMutableBufferPointer { room in
            guard let start = room.baseAddress else { return }
            unsafe vis(start, CInt(byte), CInt(VIS_OCTAL), 0)
            unsafe result.append(contentsOf: String(cString: start).utf8)
          }
        }
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
