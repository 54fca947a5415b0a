// Numbers as they were written.

/// A number by the grammar of RFC 8259, kept as its text.
///
/// Equal texts are equal numbers, and only they.
public struct JSONNumber: Equatable, Sendable {
  /// The number as it was read, or will be written.
  public let text: String

  /// `text` must be a number: the parser has read it, or one of the initialisers has made it.
  init(checked text: String) { self.text = text }

  /// An integer.
  public init(_ value: some BinaryInteger) { text = String(value) }

  /// The shortest number that reads back as `value`; nil for infinities and NaN.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    text = value.description
  }

  /// The number as an Int; nil if it has a fraction or an exponent, or is too large.
  public var int: Int? { Int(text) }

  /// The number as a UInt64; nil if it has a sign, a fraction or an exponent, or is too large.
  public var uint: UInt64? { UInt64(text) }

  /// The nearest double; infinite if the number is beyond all of them.
  public var double: Double { Double(text) ?? .nan }
}
