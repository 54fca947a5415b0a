// The text of usage, from one table.

/// What a program takes: prints itself as a line of usage, and as help.
///
///     let usage = Usage(
///       "9scan", operands: "host ...",
///       flags: [.init("p", "ports", "which ports, as 1-1024,8080"), .init("v", "say more")])
///
///     usage: 9scan [-v] [-p ports] host ...
public struct Usage: Sendable {
  /// One flag.
  public struct Flag: Equatable, Sendable {
    /// The rune behind the `-`.
    public let letter: Unicode.Scalar
    /// The name of its argument; nil if it has none.
    public let argument: String?
    /// What it does, in a few words.
    public let help: String

    /// A flag without an argument.
    public init(_ letter: Unicode.Scalar, _ help: String) {
      self.letter = letter
      argument = nil
      self.help = help
    }

    /// A flag whose argument is called `argument`.
    public init(_ letter: Unicode.Scalar, _ argument: String, _ help: String) {
      self.letter = letter
      self.argument = argument
      self.help = help
    }

    var form: String { argument.map { "-\(letter) \($0)" } ?? "-\(letter)" }
  }

  /// The program's name.
  public let program: String
  /// The operands, as they are to be shown; empty if there are none.
  public let operands: String
  /// The flags, in the order in which help shows them.
  public let flags: [Flag]

  /// Describes a program.
  public init(_ program: String, operands: String = "", flags: [Flag] = []) {
    self.program = program
    self.operands = operands
    self.flags = flags
  }

  /// One line: flags without arguments together, then each that has one, then the operands.
  public var line: String {
    let plain = flags.filter { $0.argument == nil }.map { String($0.letter) }.joined()
    var words = ["usage:", program]
    if !plain.isEmpty { words.append("[-\(plain)]") }
    words += flags.filter { $0.argument != nil }.map { "[\($0.form)]" }
    if !operands.isEmpty { words.append(operands) }
    return words.joined(separator: " ")
  }

  /// The line and, below it, a line for each flag.
  public var text: String {
    let width = flags.map(\.form.unicodeScalars.count).max() ?? 0
    let rows = flags.map { flag in
      let blanks = String(repeating: " ", count: width - flag.form.unicodeScalars.count)
      return "  \(flag.form)\(blanks)  \(flag.help)\n"
    }
    return line + "\n" + rows.joined()
  }

  /// Writes the text to the standard error and ends the program with status 2.
  public func fail() -> Never {
    Program.complain(text)
    Program.end(status: 2)
  }

  /// Says what is wrong, then the same as `fail()`.
  public func fail(_ error: ArgError) -> Never {
    Program.complain("\(program): \(error)\n")
    fail()
  }
}
