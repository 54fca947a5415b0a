// Which numbers of a text are wanted.

/// Which column of each line holds the number, and how columns are told apart.
public struct ColumnFormat: Equatable, Sendable {
  /// The column, from 1.
  public let column: Int
  /// The bytes that separate columns; several in a row separate once, as for `strtok(3)`.
  public let delimiters: [UInt8]
  /// True if a NUL byte ends its line, as it does for programs that keep lines in C strings.
  ///
  /// Otherwise one before the end of the wanted column is an error: such a file is no text.
  public let endsLinesAtNUL: Bool

  /// The first column, between blanks and tabs.
  public static let standard = ColumnFormat()

  /// Column `column`, counted from 1, between any of `delimiters`, which are not empty.
  public init(
    column: Int = 1, delimiters: [UInt8] = Array(" \t".utf8), endsLinesAtNUL: Bool = false
  ) {
    precondition(column >= 1, "columns are counted from 1")
    precondition(!delimiters.isEmpty, "columns need a delimiter")
    self.column = column
    self.delimiters = delimiters
    self.endsLinesAtNUL = endsLinesAtNUL
  }
}

/// A place in a text where a number was wanted and something else was found.
public struct DataFault: Error, Equatable, Sendable {
  /// What was found.
  public enum Kind: Equatable, Sendable {
    /// Something that is no number.
    case notNumber
    /// An infinity, not-a-number, or a number beyond the range of a Double.
    case notFinite
    /// A NUL byte: the file is no text, or not in a byte-wise encoding.
    case nul
    /// A line longer than ``SampleReader/lineSizeMax``.
    case lineTooLong
  }

  /// What was found.
  public let kind: Kind
  /// The line, from 1, comments and blank lines included.
  public let line: Int
  /// The bytes found where the number was wanted, at most ``textMax`` of them.
  public let text: [UInt8]

  /// How much of a bad number is kept for the message.
  public static let textMax = 40

  init<Bytes: Sequence>(_ kind: Kind, line: Int, text: Bytes) where Bytes.Element == UInt8 {
    self.kind = kind
    self.line = line
    self.text = Array(text.prefix(Self.textMax))
  }
}
