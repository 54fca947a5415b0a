// Integers and text beside an obvious slow printer, on random directives.

import LibFmt
import Support
import Sys9
import Testing

/// A directive, and what it prints by the manual, step by step on strings.
private struct Model {
  var flags = ""
  var width: Int?
  var precision: Int?
  var verb: Character = "d"

  var format: String {
    "%" + flags + (width.map(String.init) ?? "") + (precision.map { ".\($0)" } ?? "")
      + String(verb)
  }

  private func has(_ flag: Character) -> Bool { flags.contains(flag) }

  private func separated(_ digits: String) -> String {
    guard has(",") || has("'") else { return digits }
    let group = has(",") || verb == "d" ? 3 : 4
    let separator = has(",") ? "," : verb == "x" || verb == "X" || verb == "b" ? ":" : ","
    var result = ""
    for (index, digit) in digits.reversed().enumerated() {
      if index > 0 && index % group == 0 { result = separator + result }
      result = String(digit) + result
    }
    return result
  }

  /// Puts zeros in front, one after the other, until `body` has `count` runes.
  private func filled(_ digits: String, to count: Int) -> String {
    if has(",") {
      let body = separated(digits)
      return String(repeating: "0", count: max(0, count - body.count)) + body
    }
    var digits = digits
    while separated(digits).count < count { digits = "0" + digits }
    return separated(digits)
  }

  func integer(_ value: Int) -> String {
    let radix = verb == "d" ? 10 : verb == "o" ? 8 : verb == "b" ? 2 : 16
    let isUnsigned = has("u")
    let magnitude = isUnsigned ? UInt(bitPattern: value) : value.magnitude
    var digits = String(magnitude, radix: radix, uppercase: verb == "X")
    if value == 0, precision == 0, !(verb == "o" && has("#")) { digits = "" }
    var body = filled(digits, to: precision ?? 0)
    var front = value < 0 && !isUnsigned ? "-" : has("+") ? "+" : has(" ") ? " " : ""
    if has("#"), verb == "x" || verb == "X", value != 0 { front += "0\(verb)" }
    if has("#"), verb == "o", !body.hasPrefix("0") { front += "0" }
    if has("0"), !has("-"), precision == nil {
      body = filled(digits, to: (width ?? 0) - front.count)
      return front + body
    }
    return padded(front + body)
  }

  func text(_ value: String) -> String {
    padded(String(String.UnicodeScalarView(value.unicodeScalars.prefix(precision ?? .max))))
  }

  private func padded(_ text: String) -> String {
    let blanks = String(repeating: " ", count: max(0, (width ?? 0) - text.unicodeScalars.count))
    return has("-") ? text + blanks : blanks + text
  }
}

@Suite("The model") struct ModelTests {
  private func directive(_ random: inout SplitMix, verbs: String) -> Model {
    var model = Model()
    for flag in "-+ #0,'u" where UInt8.random(in: 0...4, using: &random) == 0 {
      // Of the two ways to separate digits, one at a time.
      if flag == "'" && model.flags.contains(",") { continue }
      model.flags.append(flag)
    }
    // A width cannot begin with 0: that is the flag.
    if Bool.random(using: &random) { model.width = Int.random(in: 1...30, using: &random) }
    if Bool.random(using: &random) { model.precision = Int.random(in: 0...20, using: &random) }
    model.verb = verbs.randomElement(using: &random) ?? "d"
    return model
  }

  @Test func integers() {
    var (random, _) = SplitMix.printed("integers", environment: Environment["TEST_SEED"])
    for _ in 0..<30_000 {
      let model = directive(&random, verbs: "doxXb")
      let shift = UInt64.random(in: 0..<64, using: &random)
      let value = Int(truncatingIfNeeded: Int64(bitPattern: random.next()) >> Int64(shift))
      let ours = smprint(Format(model.format), value)
      let wanted = model.integer(value)
      #expect(ours == wanted, "\(model.format) of \(value)")
    }
  }

  @Test func text() {
    var (random, _) = SplitMix.printed("text", environment: Environment["TEST_SEED"])
    let pieces = ["", "a", "é", "日本", "😀", "a longer piece of text", "\t", "'"]
    for _ in 0..<5_000 {
      let model = directive(&random, verbs: "s")
      let value = (0..<3).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      #expect(smprint(Format(model.format), value) == model.text(value), "\(model.format) \(value)")
    }
  }

  @Test func roomsOfAnySizeHoldThePrefixOfWhatIsPrinted() {
    var (random, _) = SplitMix.printed("rooms", environment: Environment["TEST_SEED"])
    for _ in 0..<3_000 {
      let model = directive(&random, verbs: "sd")
      let format = Format("☺é\(model.format)日\(model.format)")
      let value: FmtArg =
        model.verb == "s" ? .string("ß☃") : .integer(bits: random.next(), size: 64, isSigned: true)
      let whole = Array(vsmprint(format, [value, value]).utf8)
      var memory = [UInt8](repeating: 0, count: Int.random(in: 1...120, using: &random))
      var room = memory.mutableSpan
      let count = vsnprint(&room, format, [value, value])
      #expect(Array(memory.prefix(count)) == Array(whole.prefix(count)))
      #expect(count == whole.count || count + 4 >= memory.count - 1, "\(count) of \(memory.count)")
      #expect(String(validating: memory.prefix(count), as: UTF8.self) != nil)
    }
  }
}
