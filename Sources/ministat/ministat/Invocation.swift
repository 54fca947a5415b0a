// The command line of a subcommand.
//
// As the classic one: letters may share a dash, an argument may follow at once, after `=` or next,
// `--` ends the options.  Options may stand between operands.

import MiniStatRun

/// The options and operands of a subcommand.
struct Invocation {
  let subcommand: Subcommand
  private(set) var operands: [String] = []
  private var values: [(option: CommandOption, text: String)] = []

  /// Reads `arguments`, those behind the subcommand's name.
  init(_ subcommand: Subcommand, _ arguments: ArraySlice<[UInt8]>) throws(UsageError) {
    self.subcommand = subcommand
    var rest = arguments
    while let argument = rest.popFirst() {
      let text = String(decoding: argument, as: UTF8.self)
      if text == "--" {
        operands += rest.map { String(decoding: $0, as: UTF8.self) }
        break
      } else if text.hasPrefix("--") {
        try takeWord(text.dropFirst(2), &rest)
      } else if text.hasPrefix("-"), text.utf8.count > 1 {
        try takeLetters(text.dropFirst(), &rest)
      } else {
        operands.append(text)
      }
    }
  }

  private mutating func takeWord(
    _ text: Substring, _ rest: inout ArraySlice<[UInt8]>
  ) throws(UsageError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let word = parts.first ?? ""
    guard let option = subcommand.options.first(where: { $0.word == word }) else {
      throw UsageError(text: "Unknown option --\(word)" + elsewhere(String(word)))
    }
    if option.argument == nil {
      if parts.count > 1 { throw UsageError(text: "--\(word) takes no argument") }
      return try set(option, "")
    }
    if parts.count > 1 { return try set(option, String(parts[1])) }
    try set(option, argument(of: option, &rest))
  }

  private mutating func takeLetters(
    _ letters: Substring, _ rest: inout ArraySlice<[UInt8]>
  ) throws(UsageError) {
    guard let letter = letters.first,
      let option = subcommand.options.first(where: { $0.letter == letter })
    else { throw UsageError(text: "Unknown option -\(letters.prefix(1))") }
    // Every letter has an argument: no two of them share a dash.
    if letters.count > 1 { return try set(option, String(letters.dropFirst())) }
    try set(option, argument(of: option, &rest))
  }

  private func argument(
    of option: CommandOption, _ rest: inout ArraySlice<[UInt8]>
  ) throws(UsageError) -> String {
    guard let next = rest.popFirst() else {
      throw UsageError(
        text: "\(option.spelling): the \(option.argument ?? "argument") is missing")
    }
    return String(decoding: next, as: UTF8.self)
  }

  /// Where an option belongs that this subcommand does not know.
  private func elsewhere(_ word: String) -> String {
    guard let known = CommandOption.allCases.first(where: { $0.word == word }) else { return "" }
    return "; it belongs to \(known.subcommands.map(\.rawValue).joined(separator: " and "))"
  }

  private mutating func set(_ option: CommandOption, _ text: String) throws(UsageError) {
    if !option.choices.isEmpty && !option.choices.contains(text) {
      throw UsageError(
        text: "--\(option.word) '\(text)' is none of \(option.choices.joined(separator: ", "))")
    }
    if !option.repeats && has(option) {
      throw UsageError(text: "--\(option.word) was given twice")
    }
    values.append((option, text))
  }

  /// True if `option` was given.
  func has(_ option: CommandOption) -> Bool { values.contains { $0.option == option } }

  /// The argument of `option`; nil if it was not given.
  func text(_ option: CommandOption) -> String? { values.last { $0.option == option }?.text }

  /// All arguments of `option`.
  func texts(_ option: CommandOption) -> [String] {
    values.filter { $0.option == option }.map(\.text)
  }

  /// The number of at least `least` that `option` was given.
  func integer(_ option: CommandOption, atLeast least: Int) throws(UsageError) -> Int? {
    guard let text = text(option) else { return nil }
    guard let number = Int(text), number >= least else {
      throw UsageError(text: "--\(option.word) '\(text)' is not a whole number, at least \(least)")
    }
    return number
  }

  /// The fraction that `option` was given in percent, `1%` or `1` for 0.01.
  func fraction(_ option: CommandOption) throws(UsageError) -> Double? {
    guard let text = text(option) else { return nil }
    let number = text.hasSuffix("%") ? String(text.dropLast()) : text
    guard let percent = Double(number), percent >= 0, percent.isFinite else {
      throw UsageError(text: "--\(option.word) '\(text)' is not a percentage such as 1%")
    }
    return percent / 100
  }

  /// The nanoseconds that `option` was given, as `90`, `90s`, `1.5m`, `2h` or `500ms`.
  func nanoseconds(_ option: CommandOption) throws(UsageError) -> Int64? {
    guard let text = text(option) else { return nil }
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let factors: [String: Double] = [
      "": 1e9, "s": 1e9, "ms": 1e6, "m": 6e10, "min": 6e10, "h": 3.6e12,
    ]
    guard let number = Double(digits), let factor = factors[String(text.dropFirst(digits.count))],
      number > 0, number * factor < 1e18
    else {
      throw UsageError(text: "--\(option.word) '\(text)' is not a time such as 90s, 5m or 1h")
    }
    return Int64(number * factor)
  }
}
