// The text of addresses: the verbs %I, %V, %M, %E and %i of ip(3).
//
// `text` is Plan 9's: a single group of zeros is elided too, and only mapped addresses are
// dotted.  `canonical` is RFC 5952's, for what other programs compare as text.

extension IPAddress: CustomStringConvertible, LosslessStringConvertible {
  /// `text`.
  public var description: String { text }

  /// The address as Plan 9 writes it, such as `10.0.0.1` or `fe80::1`.  The verb `%I`.
  public var text: String { isV4 ? dotted : grouped(elidesSingle: true) }

  /// The address as RFC 5952 wants it: a single group of zeros is `0`.
  public var canonical: String { isV4 ? dotted : grouped(elidesSingle: false) }

  /// `/24` if this is the mask of a prefix, else `text`.  The verb `%M`.
  public var maskText: String { prefixLength.map { "/\($0)" } ?? text }

  /// The four words of the address in hexadecimal.  The verb `%i`.
  public var words: String {
    [high >> 32, high & 0xFFFF_FFFF, low >> 32, low & 0xFFFF_FFFF]
      .map { word in
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
      }.joined(separator: " ")
  }

  private var dotted: String { v4Text(UInt32(truncatingIfNeeded: low)) }

  /// The groups, the first of the longest runs of zeros as `::`.
  private func grouped(elidesSingle: Bool) -> String {
    var best = 0..<0
    var start: Int?
    for index in 0...8 {
      if index < 8 && group(index) == 0 {
        start = start ?? index
      } else if let from = start {
        if index - from > best.count { best = from..<index }
        start = nil
      }
    }
    if best.count == 1 && !elidesSingle { best = 0..<0 }
    if best.isEmpty { return groups(0..<8) }
    return "\(groups(0..<best.lowerBound))::\(groups(best.upperBound..<8))"
  }

  private func groups(_ range: Range<Int>) -> String {
    range.map { String(group($0), radix: 16) }.joined(separator: ":")
  }
}

/// An IPv4 address, the first byte highest in the number, as `127.0.0.1`.  The verb `%V`.
public func v4Text(_ v4: UInt32) -> String {
  "\(v4 >> 24).\(v4 >> 16 & 0xFF).\(v4 >> 8 & 0xFF).\(v4 & 0xFF)"
}

extension ZonedAddress: CustomStringConvertible {
  /// `fe80::1%eth0`, or the address alone where no zone was given.
  public var description: String { zone.map { "\(address)%\($0)" } ?? address.text }
}

extension EtherAddress: CustomStringConvertible {
  /// `withColons`.
  public var description: String { withColons }

  /// Twelve hexadecimal digits.  The verb `%E`.
  public var text: String { digits(separator: "") }

  /// Six pairs of hexadecimal digits with colons.  The verb `%#E`.
  public var withColons: String { digits(separator: ":") }

  private func digits(separator: String) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: separator)
  }
}
