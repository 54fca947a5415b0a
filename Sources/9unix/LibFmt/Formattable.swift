// What can be printed: each type hands its value to the directive at hand.

public import LibUTF

/// A type whose values can be arguments of a format.
///
/// A type of one's own conforms without more, and is then an argument for the verbs installed for
/// it; if it describes itself, also for `%s` and `%q`.  Or it implements `format(into:)` by handing
/// on something else, once: `f.print` is for verbs, not for here.
///
///     struct Celsius: Formattable {
///       var degrees: Double
///       func format(into f: inout Fmt) { degrees.format(into: &f) }
///     }
public protocol Formattable {
  /// Hands this value to the directive of `f` that waits for an argument.
  func format(into f: inout Fmt)
}

extension Formattable {
  /// Hands this value to an installed verb.
  public func format(into f: inout Fmt) { f.take(self) }
}

/// An argument without its type: what installed verbs get, and what arrays of arguments hold.
@safe public enum FmtArg {
  /// An integer of `size` bits, extended to 64.
  case integer(bits: UInt64, size: Int, isSigned: Bool)
  /// A floating-point number.
  case double(Double)
  /// A string.
  case string(String)
  /// Bytes, maybe UTF-8.
  case bytes([UInt8])
  /// Bytes up to a NUL, which somebody else keeps alive.
  case cString(UnsafePointer<UInt8>)
  /// Runes.
  case runes([Rune])
  /// Any other value.
  case value(any Formattable)
  /// A null pointer, a nil, or no argument at all.
  case none

  /// The value as an `Int`, if it is an integer that fits.
  public var int: Int? {
    guard case .integer(let bits, _, let isSigned) = self else { return nil }
    return isSigned ? Int(truncatingIfNeeded: bits) : Int(exactly: bits)
  }

  /// The value as a `Double`, if it is a number.
  public var double: Double? {
    switch self {
    case .double(let value): value
    case .integer(let bits, _, true): Double(Int64(bitPattern: bits))
    case .integer(let bits, _, false): Double(bits)
    default: nil
    }
  }

  /// The value as a string, if it is one, what is no UTF-8 replaced.
  public var string: String? {
    switch self {
    case .string(let text): text
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    case .cString(let bytes): unsafe String(cString: bytes)
    case .runes(let runes): UTF.text(of: runes.span)
    default: nil
    }
  }

  /// The value of a type of one's own.
  public func value<Value>(as type: Value.Type) -> Value? {
    if case .value(let value) = self { return value as? Value }
    return nil
  }
}

extension FmtArg: Formattable {
  /// Hands on what this holds.
  public func format(into f: inout Fmt) {
    switch self {
    case .integer(let bits, let size, let isSigned):
      f.feed(integer: bits, size: size, isSigned: isSigned)
    case .double(let value): f.feed(double: value)
    case .string(let text): f.feed(string: text)
    case .bytes(let bytes): f.feed(bytes: bytes.span)
    case .cString(let bytes): unsafe f.feed(classic: bytes)
    case .runes(let runes): f.feed(runes: runes.span)
    case .value(let value): value.format(into: &f)
    case .none: f.feedNil()
    }
  }
}

extension Formattable where Self: FixedWidthInteger {
  /// Hands this integer on, with the size and the sign of its type; of 64 bits at most.
  @inlinable @inline(__always)
  public func format(into f: inout Fmt) {
    f.feed(
      integer: UInt64(truncatingIfNeeded: self), size: Swift.min(Self.bitWidth, 64),
      isSigned: Self.isSigned)
  }
}

extension Int: Formattable {}
extension Int8: Formattable {}
extension Int16: Formattable {}
extension Int32: Formattable {}
extension Int64: Formattable {}
extension UInt: Formattable {}
extension UInt8: Formattable {}
extension UInt16: Formattable {}
extension UInt32: Formattable {}
extension UInt64: Formattable {}

extension Double: Formattable {
  /// Hands this number on.
  @inlinable public func format(into f: inout Fmt) { f.feed(double: self) }
}

extension Float: Formattable {
  /// Hands this number on as the `Double` of the same value.
  @inlinable public func format(into f: inout Fmt) { f.feed(double: Double(self)) }
}

extension Unicode.Scalar: Formattable {
  /// Hands this rune on.
  @inlinable public func format(into f: inout Fmt) {
    f.feed(integer: UInt64(value), size: 64, isSigned: false)
  }
}

extension Bool: Formattable {
  /// Hands on `true` or `false`, for `%s`.
  @inlinable public func format(into f: inout Fmt) { f.feed(string: self ? "true" : "false") }
}

extension String: Formattable {
  /// Hands this string on.
  @inlinable public func format(into f: inout Fmt) { f.feed(string: self) }
}

extension Substring: Formattable {
  /// Hands the bytes of this string on.
  public func format(into f: inout Fmt) {
    let done: Void? = unsafe utf8.withContiguousStorageIfAvailable {
      unsafe f.feed(bytes: Span(_unsafeElements: unsafe $0))
    }
    if done == nil { f.feed(string: String(self)) }
  }
}

extension StaticString: Formattable {
  /// Hands this string on.
  public func format(into f: inout Fmt) {
    withUTF8Buffer { unsafe f.feed(bytes: Span(_unsafeElements: unsafe $0)) }
  }
}

extension Array: Formattable where Element: FixedWidthInteger {
  /// Hands on bytes for `%s`, `%q`, `%H`, `%[` and `%<`, runes for `%S` and `%Q`.
  ///
  /// Arrays of other integers fit no verb.
  public func format(into f: inout Fmt) {
    if let bytes = self as? [UInt8] {
      f.feed(bytes: bytes.span)
    } else if let runes = self as? [Rune] {
      f.feed(runes: runes.span)
    } else {
      f.take(self)
    }
  }
}

extension ArraySlice: Formattable where Element == UInt8 {
  /// Hands the bytes on.
  public func format(into f: inout Fmt) { f.feed(bytes: span) }
}

extension Optional: Formattable where Wrapped: Formattable {
  /// Hands on the value, or prints `<nil>`.
  @inlinable public func format(into f: inout Fmt) {
    if let value = self { value.format(into: &f) } else { f.feedNil() }
  }
}

@unsafe extension UnsafePointer: Formattable {
  /// A C string for the verbs of text, an address for `%p`.
  public func format(into f: inout Fmt) {
    if f.wantsAddress {
      f.feed(
        integer: UInt64(UInt(bitPattern: self)), size: UInt.bitWidth, isSigned: false)
    } else {
      unsafe f.feed(classic: UnsafeRawPointer(self).assumingMemoryBound(to: UInt8.self))
    }
  }
}

@unsafe extension UnsafeRawPointer: Formattable {
  /// An address.
  public func format(into f: inout Fmt) {
    f.feed(integer: UInt64(UInt(bitPattern: self)), size: UInt.bitWidth, isSigned: false)
  }
}

@unsafe extension UnsafeMutableRawPointer: Formattable {
  /// An address.
  public func format(into f: inout Fmt) { unsafe UnsafeRawPointer(self).format(into: &f) }
}

extension Fmt {
  /// True if the directive at hand is `%p`.
  var wantsAddress: Bool { position.kind == .pointer }
}

/// A number in the fewest digits that read back as the same number, for `%s` and `%q`.
///
///     smprint("%s %s", Shortest(0.1), Shortest(1e23))     // 0.1 1e+23
///
/// As Swift describes it.  `%g` never does so silently: it has six digits.
public struct Shortest: Formattable, Sendable {
  /// The number.
  public let value: Double

  /// Prints `value` in the fewest digits.
  public init(_ value: Double) { self.value = value }

  /// Hands the digits on; allocates if they are more than fifteen.
  public func format(into f: inout Fmt) { f.feed(string: value.description) }
}
