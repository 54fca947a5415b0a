// Numbers of people, and of chance.

import CBSD

extension BSD {
  /// Why a text is no number.
  public enum NumberError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It is none, or something follows it.
    case invalid
    /// It is below what is allowed.
    case tooSmall
    /// It is above what is allowed.
    case tooLarge

    /// The text that `strtonum(3)` gives.
    public var description: String {
      switch self {
      case .invalid: "invalid"
      case .tooSmall: "too small"
      case .tooLarge: "too large"
      }
    }
  }

  /// The number that all of `text` is, if it lies in `range`.
  ///
  /// Decimal; blanks and a sign may stand before it.  Corresponds to `strtonum(3)`.
  public static func number(
    _ text: String, in range: ClosedRange<Int64> = .min ... .max
  ) throws(NumberError) -> Int64 {
    // C ends a text at a NUL; what follows one is not read, so it must not be there.
    if text.utf8.contains(0) { throw .invalid }
    var reason: UnsafePointer<CChar>?
    let value = unsafe strtonum(text, range.lowerBound, range.upperBound, &reason)
    guard let reason = unsafe reason else { return value }
    switch unsafe String(cString: reason) {
    case "too small": throw .tooSmall
    case "too large": throw .tooLarge
    default: throw .invalid
    }
  }

  /// Random numbers that nobody can guess, without a descriptor and without failing.
  ///
  /// Corresponds to `arc4random(3)`.  Thread-safe, and different after a fork.
  public struct Random: RandomNumberGenerator, Sendable {
    /// A generator; all of them draw from one source.
    public init() {}

    /// 64 random bits.
    public func next() -> UInt64 { UInt64(arc4random()) << 32 | UInt64(arc4random()) }

    /// A number below `limit`, each as likely; 0 if `limit` is.  `arc4random_uniform(3)`.
    public func below(_ limit: UInt32) -> UInt32 { arc4random_uniform(limit) }

    /// `count` random bytes.  `arc4random_buf(3)`.
    public func bytes(_ count: Int) -> [UInt8] {
      var result = [UInt8](repeating: 0, count: count)
      unsafe result.withUnsafeMutableBytes { room in
        guard let start = room.baseAddress else { return }
        unsafe arc4random_buf(start, room.count)
      }
      return result
    }
  }
}
