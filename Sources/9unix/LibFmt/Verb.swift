// The verbs that are built in: one table, from which the parser, the printer and the manual's test
// read.

import LibUTF

/// A verb of `print(3)`.
public struct Verb: Sendable {
  /// Who formats the argument.
  @usableFromInline enum Kind: UInt8, Sendable {
    case end, percent, errorString, unknown
    case integer, pointer, float, byteRune, rune, text, runes, quote, encode, mode
  }

  /// The letter behind the percent sign.
  public let name: Unicode.Scalar
  let kind: Kind
  /// What it prints, in a line.
  public let summary: String

  private init(_ name: Unicode.Scalar, _ kind: Kind, _ summary: String) {
    self.name = name
    self.kind = kind
    self.summary = summary
  }

  /// All verbs that are built in.
  public static let table: [Verb] = [
    Verb("%", .percent, "a percent sign"),
    Verb("d", .integer, "an integer, decimal"),
    Verb("o", .integer, "an integer, octal"),
    Verb("x", .integer, "an integer, hexadecimal, lower case"),
    Verb("X", .integer, "an integer, hexadecimal, upper case"),
    Verb("b", .integer, "an integer, binary"),
    Verb("p", .pointer, "an address, hexadecimal"),
    Verb("e", .float, "a floating-point number as d.ddde±dd"),
    Verb("E", .float, "the same with E"),
    Verb("f", .float, "a floating-point number as ddd.ddd"),
    Verb("g", .float, "a floating-point number as the shorter of %e and %f"),
    Verb("G", .float, "the same with E"),
    Verb("c", .byteRune, "a byte as a character"),
    Verb("C", .rune, "a rune"),
    Verb("s", .text, "a string"),
    Verb("S", .runes, "a string of runes"),
    Verb("q", .quote, "a string, quoted if need be"),
    Verb("Q", .quote, "a string of runes, quoted if need be"),
    Verb("r", .errorString, "the error string; takes no argument"),
    Verb("H", .encode, "bytes, hexadecimal; `l` for lower case"),
    Verb("[", .encode, "bytes, base 64"),
    Verb("<", .encode, "bytes, base 32"),
    Verb("M", .mode, "the mode of a directory entry"),
  ]

  /// The flags, which stand between the percent sign and the verb and cannot be verbs.
  static func flag(_ rune: Rune, after flags: FmtFlags) -> FmtFlags? {
    switch Unicode.Scalar(rune) {
    case "-": .left
    case "+": .sign
    case " ": .space
    case "#": .sharp
    case ",": .comma
    case "'": .apostrophe
    case "u": .unsigned
    case "h": flags.contains(.short) ? .byte : .short
    case "l": flags.contains(.long) ? .veryLong : .long
    default: nil
    }
  }

  private static let kinds: [Kind] = {
    var kinds = [Kind](repeating: .unknown, count: 128)
    for verb in table { kinds[Int(verb.name.value)] = verb.kind }
    return kinds
  }()

  static func kind(_ rune: Rune) -> Kind { rune < 128 ? kinds[Int(rune)] : .unknown }
}
