// Where our formats print something else than plan9port's, and what.

import LibJSON

@testable import answers

/// The parts of a format that is one directive, and the text behind it.
private struct Directive {
  var flags = ""
  var width = 0
  var precision: Int?
  var verb: Unicode.Scalar = " "
  var tail = ""

  /// Knows flags, a width and a precision in digits, and a verb of one letter.
  init(_ object: JSONObject) throws {
    var rest = Substring(try object.text("fmt"))[...]
    guard rest.popFirst() == "%" else { throw RuleError("directive", object) }
    while let flag = rest.first, "-#'0".contains(flag) { flags.append(rest.removeFirst()) }
    width = Self.number(&rest) ?? 0
    if rest.first == "." {
      rest.removeFirst()
      precision = Self.number(&rest) ?? 0
    }
    // A size, or that there is no sign, changes nothing of what the rules say; a verb does.
    while rest.unicodeScalars.count > 1, let size = rest.first, "hlu".contains(size) {
      rest.removeFirst()
    }
    guard let letter = rest.popFirst()?.unicodeScalars.first else {
      throw RuleError("verb", object)
    }
    verb = letter
    tail = String(rest)
  }

  private static func number(_ rest: inout Substring) -> Int? {
    let digits = rest.prefix { "0123456789".contains($0) }
    rest.removeFirst(digits.count)
    return Int(digits)
  }

  /// `text` as wide as the directive says, in runes, and what comes after it.
  func padded(_ text: String) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
    return (flags.contains("-") ? text + blanks : blanks + text) + tail
  }
}

extension Reason {
  private static func printed(_ text: String) -> JSONObject {
    ["out": .string(text), "n": .int(text.utf8.count)]
  }

  /// A number whose bits are `bits`, which C prints as `text`, and we too.
  private static func float(_ format: String, _ bits: String, _ text: String) -> JSON {
    [
      "tag": "float", "fmt": .string(format), "args": [["double", 0, .string(bits)]],
      "out": .string(text), "n": .int(text.utf8.count), "c99": .string(text),
    ]
  }

  /// The one argument of the kind `kind`.
  private static func argument(_ object: JSONObject, _ kind: String) throws -> JSON {
    guard let list = object["args"]?.array, list.count == 1, list[0][0]?.string == kind,
      let value = list[0][1]
    else { throw RuleError("argument of kind \(kind)", object) }
    return value
  }

  /// A finite number prints as in C, which rounds correctly.
  @Sendable private static func asInC(_ object: JSONObject) throws -> JSONObject {
    printed(try object.text("c99"))
  }

  /// What is no number is spelled as in Plan 9, as wide as was asked.
  @Sendable private static func asInPlan9(_ object: JSONObject) throws -> JSONObject {
    guard let hex = object["args"]?[0]?[2]?.string, let bits = UInt64(hex, radix: 16) else {
      throw RuleError("bits", object)
    }
    let text = try object.text("out")
    let number = Double(bitPattern: bits)
    let name = number.isNaN ? "NaN" : number < 0 ? "-Inf" : "+Inf"
    guard text.contains(name) else { throw RuleError(name, object) }
    return ["out": .string(text), "n": object["n"] ?? nil]
  }

  /// Quoted text: a quote is doubled, the width counts runes.
  @Sendable private static func quoted(_ object: JSONObject) throws -> JSONObject {
    let directive = try Directive(object)
    let value = try argument(object, directive.verb == "q" ? "str" : "runestr")
    guard let text = value.string, directive.precision == nil else {
      throw RuleError("text", object)
    }
    let asks = text.unicodeScalars.contains { $0.value <= 0x20 || $0 == "'" }
    if !asks && !text.isEmpty && !directive.flags.contains("#") {
      return printed(directive.padded(text))
    }
    let inside = text.unicodeScalars.map { $0 == "'" ? "''" : String($0) }.joined()
    return printed(directive.padded("'\(inside)'"))
  }

  /// As many digits as were asked for; where a separator would be first, one digit more.
  @Sendable private static func uncapped(_ object: JSONObject) throws -> JSONObject {
    let directive = try Directive(object)
    guard let number = object["args"]?[0]?[1]?.int, directive.tail.isEmpty,
      let radix = ["d": 10, "u": 10, "x": 16, "X": 16, "o": 8, "b": 2][directive.verb],
      !directive.flags.contains("#")
    else { throw RuleError("integer", object) }
    let isZeroed = directive.flags.contains("0") && directive.precision == nil
    let sign = number < 0 ? "-" : ""
    let places = isZeroed ? directive.width - sign.count : directive.precision ?? 1
    let separator = radix == 16 || radix == 2 ? ":" : ","
    var digits = String(number.magnitude, radix: radix, uppercase: directive.verb == "X")
    func shown() -> String {
      if !directive.flags.contains("'") { return digits }
      return grouped(digits, by: radix == 10 ? 3 : 4, separator)
    }
    while shown().count < places { digits = "0" + digits }
    return printed(directive.padded(sign + shown()))
  }

  /// `digits` with a separator before each `size` but the first.
  private static func grouped(_ digits: String, by size: Int, _ separator: String) -> String {
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index).isMultiple(of: size) { result += separator }
      result.append(digit)
    }
    return result
  }

  private static func number(_ format: String, _ value: Int, _ text: String) -> JSON {
    [
      "tag": "limit", "fmt": .string(format), "args": [["int", .int(value)]],
      "out": .string(text), "n": .int(text.utf8.count),
    ]
  }

  private static func text(
    _ format: String, _ kind: String, _ value: String, _ text: String
  ) -> JSON {
    [
      "tag": "str", "fmt": .string(format), "args": [[.string(kind), .string(value)]],
      "out": .string(text), "n": .int(text.utf8.count),
    ]
  }

  static let fmt = floats + texts

  private static let floats = [
    Reason(
      "fmt", "negative zero loses its sign: use c99 (decision)",
      examples: [
        float("%g", "8000000000000000", "-0"), float("%.2e", "8000000000000000", "-0.00e+00"),
        float("%8.1f", "8000000000000000", "    -0.0"),
        float("%f", "0000000000000000", "0.000000"),
      ], rule: asInC),
    Reason(
      "fmt",
      "digits produced from a <=17-digit approximation and rounded half-up from decimal "
        + "(double rounding): use c99",
      examples: [
        float("%g", "40f869ff33333333", "99999.9"), float("%.1f", "3fd6666666666666", "0.3"),
        float("%.0e", "4004000000000000", "2e+00"),
        float("%f", "44b52d02c7e14af6", "99999999999999991611392.000000"),
        float("%.20e", "3fb999999999999a", "1.00000000000000005551e-01"),
      ], rule: asInC),
    Reason(
      "fmt", "subnormals print as 0e-308: use c99",
      examples: [
        float("%g", "0000000000000001", "4.94066e-324"),
        float("%.3e", "000fffffffffffff", "2.225e-308"),
        float("%G", "8000000000000001", "-4.94066E-324"),
      ], rule: asInC),
    Reason(
      "fmt", "NOT A BUG: Plan 9 spelling NaN/+Inf/-Inf (use out, not c99)",
      examples: [
        [
          "tag": "special", "fmt": "%g", "args": [["double", "nan", "7ff8000000000000"]],
          "out": "NaN", "n": 3,
        ],
        [
          "tag": "special", "fmt": "%8.3f|", "args": [["double", "inf", "7ff0000000000000"]],
          "out": "    +Inf|", "n": 9,
        ],
        [
          "tag": "special", "fmt": "%-6e|", "args": [["double", "-inf", "fff0000000000000"]],
          "out": "-Inf  |", "n": 7,
        ],
      ], rule: asInPlan9),
  ]

  private static let texts = [
    Reason(
      "fmt", "%q width counts bytes, %s width counts runes",
      examples: [
        text("%10q|", "str", "é ☺", "     'é ☺'|"), text("%-8q|", "str", "日", "日       |"),
        text("%6q|", "str", "é'", " 'é'''|"), text("%3q|", "str", "☺☺ ☺☺", "'☺☺ ☺☺'|"),
      ], rule: quoted),
    Reason(
      "fmt", "%Q emits low byte of each rune (fmtquote.c: r = *(uchar*)rm++)",
      examples: [
        text("%Q", "runestr", "☺ 日本", "'☺ 日本'"), text("%#Q", "runestr", "日本", "'日本'"),
        text("%8Q|", "runestr", "ā b", "   'ā b'|"), text("%Q", "runestr", "Ā'", "'Ā'''"),
        text("%Q", "runestr", "日本", "日本"),
      ], rule: quoted),
    Reason(
      "fmt", "%.*H nil prints \"<nil\" because precision still applies",
      examples: [
        [
          "tag": "encode-nil", "fmt": "%.*H", "args": [["int", 4], ["bytes", nil]],
          "out": "<nil>", "n": 5,
        ],
        [
          "tag": "encode-nil", "fmt": "%.2[", "args": [["bytes", nil]], "out": "<nil>", "n": 5,
        ],
      ]
    ) { _ in printed("<nil>") },
    Reason(
      "fmt", "integer precision/zero-pad silently capped at 136 digits (buf[140])",
      examples: [
        number("%.137d", 12345, String(repeating: "0", count: 132) + "12345"),
        number("%0150d", -7, "-" + String(repeating: "0", count: 148) + "7"),
        number("%.300x", 255, String(repeating: "0", count: 298) + "ff"),
        number("%'0200d", 12345, "0" + String(repeating: ",000", count: 48) + ",012,345"),
        number("%.150lux", 255, String(repeating: "0", count: 148) + "ff"),
        number("%'0150X", 255, "0:" + String(repeating: "0000:", count: 29) + "00FF"),
        number("%'.148d", 5, "0" + String(repeating: ",000", count: 36) + ",005"),
        number("%'0199d", 12345, String(repeating: "000,", count: 48) + "012,345"),
      ], rule: uncapped),
  ]
}
