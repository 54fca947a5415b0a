// What is wrong with a pattern.

/// A pattern that is no regular expression: what is wrong, and where.  What `regerror` is told.
public struct RegexpError: Error, Equatable, Sendable {
  /// What can be wrong with a pattern; the texts are Plan 9's.
  public enum Reason: Equatable, Sendable {
    /// An operator such as `*`, `|` or `(` has nothing to work on.
    case missingOperand(Unicode.Scalar)
    /// A `(` without its `)`.
    case unmatchedLeftParenthesis
    /// A `)` without its `(`.
    case unmatchedRightParenthesis
    /// A class without its `]`, or one that begins or ends in `-`.
    case malformedClass
    /// More than `Regexp.instructionsMax` instructions.
    case tooBig
  }

  /// What is wrong.
  public let reason: Reason
  /// Where, in bytes from the beginning of the pattern.
  public let offset: Int
}

extension RegexpError: CustomStringConvertible {
  /// Plan 9's text, such as `missing operand for *`.
  public var description: String {
    switch reason {
    case .missingOperand(let op): "missing operand for \(op)"
    case .unmatchedLeftParenthesis: "unmatched left paren"
    case .unmatchedRightParenthesis: "unmatched right paren"
    case .malformedClass: "malformed '[]'"
    case .tooBig: "regular expression too big"
    }
  }
}
