// The command line, as getopt(3) reads it.
//
// Arguments are bytes: a file's name need not be UTF-8.  Letters may share a dash, an option's
// argument may follow at once or come next, `--` ends the options, `-` is a file, and options
// may follow files unless POSIXLY_CORRECT is set or FreeBSD's rules are.

import MiniStat
import MiniStatRun

/// What the command line asks for.
struct Request {
  var report = ClassicReport.Options()
  var format = (column: 1, delimiters: Array(" \t".utf8))
  /// The columns of the plot, nil if that is left to us.
  var width: Int?
  var hasPlot = true
  var files: [[UInt8]] = []

  /// The widest plot: beyond this it is a slip of the finger, and would cost a gigabyte.
  static let widthMax = 1_000_000
  /// The narrowest plot: the lowest and the highest value have a column each.
  static let widthMin = 2
}

/// What is wrong with a command line.
struct UsageError: Error {
  /// What is wrong, and how it would be right.
  let text: String
}

/// What a command line comes to.
enum Intent {
  case report(Request)
  case completions(Shell)
  case help
  case version
}

/// Reads a command line from left to right.
struct CommandLineParser {
  private var rest: ArraySlice<[UInt8]>
  private let mayPermute: Bool
  private var request = Request()

  /// - Parameters:
  ///   - arguments: those behind the program's name.
  ///   - mayPermute: false if the first file ends the options.
  init(_ arguments: [[UInt8]], mayPermute: Bool) {
    rest = arguments[...]
    self.mayPermute = mayPermute
  }

  mutating func parse() throws(UsageError) -> Intent {
    while let argument = rest.popFirst() {
      if argument == Array("--".utf8) {
        request.files += rest
        break
      } else if argument.starts(with: "--".utf8) {
        if let intent = try takeWord(argument.dropFirst(2)) { return intent }
      } else if argument.count > 1, argument[0] == UInt8(ascii: "-") {
        try takeLetters(argument.dropFirst())
      } else {
        request.files.append(argument)
        if !mayPermute || !request.report.rules.permutes {
          request.files += rest
          break
        }
      }
    }
    try checkTogether()
    return .report(request)
  }

  /// What can be judged only when all options are known.
  private func checkTogether() throws(UsageError) {
    let rules = request.report.rules
    let level = request.report.level
    if rules.hasClassicLevelsOnly && !level.isClassic {
      throw UsageError(
        text: "No support for confidence level \(NumberText.general(level.percent)) under"
          + " --compat; take one of 80, 90, 95, 98, 99, 99.5")
    }
    if request.hasPlot, let width = request.width, width < Request.widthMin {
      throw UsageError(
        text: "Invalid width. A plot needs at least \(Request.widthMin) columns; -A prints none")
    }
    if request.files.count > DotPlot.seriesMax {
      throw UsageError(
        text: "Too many datasets. \(request.files.count) files were given,"
          + " and \(DotPlot.seriesMax) can be shown at once")
    }
  }

  private mutating func takeLetters(_ letters: ArraySlice<UInt8>) throws(UsageError) {
    var letters = letters
    while let letter = letters.popFirst() {
      let known = Option.allCases.first { $0.letter?.asciiValue == letter }
      let isHidden = known == .quiet && request.report.rules == .debian
      guard let option = known, !isHidden else {
        let shown = String(decoding: [letter], as: UTF8.self)
        throw UsageError(text: "Unknown option -\(shown)")
      }
      guard option.argument != nil else {
        apply(option)
        continue
      }
      if !letters.isEmpty { return try apply(option, Array(letters)) }
      guard let argument = rest.popFirst() else { throw missingArgument(option) }
      return try apply(option, argument)
    }
  }

  private mutating func takeWord(_ text: ArraySlice<UInt8>) throws(UsageError) -> Intent? {
    let parts = text.split(
      separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
    let word = String(decoding: parts[0], as: UTF8.self)
    guard let option = Option.allCases.first(where: { $0.word == word }) else {
      throw UsageError(text: "Unknown option --\(word)")
    }
    if option.argument == nil {
      if parts.count > 1 { throw UsageError(text: "--\(word) takes no argument") }
      return option == .help ? .help : .version
    }
    guard let argument = parts.count > 1 ? Array(parts[1]) : rest.popFirst() else {
      throw missingArgument(option)
    }
    if option == .completions {
      let name = String(decoding: argument, as: UTF8.self)
      guard let shell = Shell(rawValue: name) else {
        throw UsageError(text: "There are no completions for '\(name)'")
      }
      return .completions(shell)
    }
    try apply(option, argument)
    return nil
  }

  private func missingArgument(_ option: Option) -> UsageError {
    UsageError(text: "\(option.spelling): the \(option.argument ?? "argument") is missing")
  }

  private mutating func apply(_ option: Option) {
    switch option {
    case .noPlot, .quiet: request.hasPlot = false
    case .numbersOnly:
      request.hasPlot = false
      request.report.hasTests = false
    case .separateBars: request.report.hasSeparateBars = true
    default: preconditionFailure("\(option.spelling) takes an argument")
    }
  }

  private mutating func apply(_ option: Option, _ argument: [UInt8]) throws(UsageError) {
    let shown = "'" + String(decoding: argument, as: UTF8.self) + "'"
    switch option {
    case .column:
      guard let number = Self.integer(argument) else {
        throw UsageError(text: "Invalid column number. -C \(shown) is not a whole number")
      }
      if number < 1 {
        throw UsageError(text: "Column number should be positive. Columns are counted from 1")
      }
      request.format.column = number
    case .width:
      guard let number = Self.integer(argument) else {
        throw UsageError(text: "Invalid width, not a number. -w \(shown)")
      }
      if number < 0 { throw UsageError(text: "Unable to move beyond left margin. -w \(shown)") }
      if number > Request.widthMax {
        throw UsageError(text: "Invalid width. -w \(shown) is above \(Request.widthMax)")
      }
      request.width = number
    case .level: try applyLevel(argument, shown)
    case .delimiters:
      if argument.isEmpty {
        throw UsageError(text: "Can't use empty delimiter string. Try -d ,")
      }
      request.format.delimiters = argument
    case .compatibility:
      let rules = ClassicRules(rawValue: String(decoding: argument, as: UTF8.self))
      guard let rules, rules != .own else {
        throw UsageError(text: "--compat \(shown) is neither debian nor freebsd")
      }
      request.report.rules = rules
    case .heightMax:
      guard let number = Self.integer(argument), number > 0 else {
        throw UsageError(text: "--max-height \(shown) is not a number of rows, at least 1")
      }
      request.report.plotHeightMax = number
    default: preconditionFailure("\(option.spelling) takes no argument")
    }
  }

  private mutating func applyLevel(
    _ argument: [UInt8], _ shown: String
  ) throws(UsageError) {
    guard let percent = NumberInput.double(argument) else {
      throw UsageError(text: "Not a floating point number: -c \(shown)")
    }
    guard let level = ConfidenceLevel(percent: percent) else {
      throw UsageError(
        text: "No support for confidence level \(shown): it lies above 0 and below 100")
    }
    request.report.level = level
  }

  /// A whole number as `strtol(3)` reads it, within the range of an int; nil for anything else.
  private static func integer(_ text: [UInt8]) -> Int? {
    guard let value = NumberInput.integer(text), let small = Int32(exactly: value) else {
      return nil
    }
    return Int(small)
  }
}
