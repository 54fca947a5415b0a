// Where lines begin and end.

import Glibc

/// The borders of lines.
enum Lines {
  /// Where the line of `place` begins, but not before `start`.
  static func start(
    _ text: UnsafePointer<UInt8>, _ place: Int, notBefore start: Int
  ) -> Int {
    var index = place
    while index > start, unsafe text[index - 1] != 0x0A { index -= 1 }
    return index
  }

  /// Where the line of `place` ends: at its newline or at `limit`.
  static func end(_ text: UnsafePointer<UInt8>, _ place: Int, _ limit: Int) -> Int {
    guard let found = unsafe memchr(text + place, 0x0A, limit - place) else { return limit }
    return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(text)
  }
}
