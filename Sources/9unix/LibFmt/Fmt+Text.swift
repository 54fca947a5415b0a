// Text: %s %S %c %C, and what is nil.

import LibUTF

/// Bytes that are printed as text.
@safe struct Text {
  /// What becomes of a rune whose bytes end too early.
  enum Ending {
    /// Each byte is a bad rune, as everywhere else.
    case whole
    /// The text ends before it, though its bytes count for the width, as plan9port has it.
    case classic
  }

  let bytes: UnsafeBufferPointer<UInt8>
  let ending: Ending

  init(_ bytes: UnsafeBufferPointer<UInt8>, ending: Ending) {
    unsafe self.bytes = bytes
    self.ending = ending
  }

  /// The runes of at most `limit`, and the bytes they take.
  func measure(limit: Int) -> (runes: Int, bytes: Int) {
    guard let start = unsafe bytes.baseAddress else { return (0, 0) }
    let total = unsafe bytes.count
    var runes = 0
    var offset = 0
    while offset < total, runes < limit {
      unsafe offset += UTF.decode(start + offset, total - offset).count
      runes += 1
    }
    return (runes, offset)
  }
}

extension Fmt {
  /// How many runes a precision lets through.
  private var limit: Int { flags.contains(.precision) ? precision : .max }

  /// Text for the verb at hand.
  mutating func printText(_ text: Text) { printText(text, as: position.kind) }

  /// Text for a verb of `kind`.
  mutating func printText(_ text: Text, as kind: Verb.Kind) {
    switch kind {
    case .text, .runes:
      let isNarrow = flags.isDisjoint(with: [.width, .precision])
      let size = isNarrow ? (runes: 0, bytes: unsafe text.bytes.count) : text.measure(limit: limit)
      padLeft(size.runes)
      unsafe putText(UnsafeBufferPointer(rebasing: text.bytes[..<size.bytes]), text.ending)
      padRight(size.runes)
    case .quote: printQuoted(text)
    case .encode: unsafe printEncoded(unsafe text.bytes)
    default: printBad()
    }
  }

  /// Prints `bytes` with `Runeerror` for each that is bad.
  private mutating func putText(_ bytes: UnsafeBufferPointer<UInt8>, _ ending: Text.Ending) {
    guard let start = bytes.baseAddress else { return }
    var offset = 0
    while offset < bytes.count {
      // What is valid goes in one piece.
      let rest = unsafe UnsafeBufferPointer(rebasing: bytes[offset...])
      let valid = unsafe UTF.firstInvalid(in: Span(_unsafeElements: unsafe rest)) ?? rest.count
      unsafe put(start + offset, valid)
      offset += valid
      if offset == bytes.count { return }
      let left = bytes.count - offset
      if ending == .classic, unsafe left < UTF.length(lead: start[offset]) { return }
      put(rune: Runeerror)
      offset += 1
    }
  }

  /// Runes for the verb at hand.
  mutating func printRunes(_ runes: Span<Rune>) {
    switch position.kind {
    case .text, .runes:
      let shown = runes.extracting(first: max(0, limit))
      padLeft(shown.count)
      for index in shown.indices { put(rune: shown[index]) }
      padRight(shown.count)
    case .quote: printQuoted(runes)
    default: printBad()
    }
  }

  /// A rune as text of one.
  mutating func printRune(_ rune: Rune) {
    if limit < 1 { return padLeft(0) }
    padLeft(1)
    put(rune: rune)
    padRight(1)
  }

  /// A byte as a character.
  ///
  /// Of an integer, as C has it, the low byte counts, and from 0x80 it is no character and prints
  /// as nothing, as in plan9port.  A value of a byte's type, or a rune, is that rune.
  mutating func printByte(_ bits: UInt64, _ size: Int) {
    if size == 8 { return printRune(Rune(bits & 0xFF)) }
    let byte = Rune(bits & 0xFF)
    if byte < Runeself || limit < 1 { return printRune(byte) }
    padLeft(1)
    padRight(1)
  }

  mutating func printNil() {
    let text: StaticString = "<nil>"
    text.withUTF8Buffer { bytes in
      let count = max(0, min(bytes.count, limit))
      padLeft(count)
      unsafe put(bytes.baseAddress.unsafelyUnwrapped, count)
      padRight(count)
    }
  }
}

extension Fmt {
  /// Prints `bytes` as `%s` would, by the flags, width and precision of the directive at hand.
  ///
  /// For verbs.  Corresponds to `fmtstrcpy(3)`.
  public mutating func printString(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer {
      unsafe printText(Text(unsafe $0, ending: .whole), as: .text)
    }
  }

  /// Prints `text` as `%s` would, by the flags, width and precision of the directive at hand.
  ///
  /// For verbs.  Corresponds to `fmtstrcpy(3)`.
  public mutating func printString(_ text: String) {
    unsafe text.withUTF8Pointer { unsafe printText(Text(unsafe $0, ending: .whole), as: .text) }
  }
}
