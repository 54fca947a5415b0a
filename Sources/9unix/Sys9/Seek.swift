// The place in an open file.

import Glibc

/// From where an offset counts.
public enum SeekOrigin: CInt, Sendable {
  /// The start of the file, `SEEK_SET`.
  case start = 0
  /// The place at hand, `SEEK_CUR`.
  case current = 1
  /// The end of the file, `SEEK_END`.
  case end = 2
}

/// Moves the place in the file behind `fd`, which the caller owns, and returns where it is then.
///
/// - Throws: what `lseek(2)` reports, such as `ESPIPE` for what cannot seek.
public func seek(_ fd: CInt, to offset: Int64, from origin: SeekOrigin) throws(SystemError) -> Int64
{
  Int64(try check("lseek") { lseek(fd, off_t(offset), origin.rawValue) })
}
