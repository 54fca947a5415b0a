// Commands as text: split into words without a shell.

/// Splitting a command's text into words, and joining them again.
public enum Words {
  /// Characters that only a shell gives a meaning to: unquoted, they are a misunderstanding.
  private static let shellOnly = Set("|&;<>()$`*?~#[]{}!".unicodeScalars)

  /// What is wrong with a command's text.
  public struct Fault: Error, Equatable, Sendable {
    /// What is wrong, and how it would be right.
    public let text: String
  }

  /// The words of `text`, by the shell's rules of quoting and none of its others.
  ///
  /// Blanks separate; `'...'` is taken as it stands; in `"..."` a backslash protects `"` and `\`;
  /// elsewhere it protects any character.  An unquoted character that means something to a shell
  /// alone is a fault, not an argument.
  public static func split(_ text: String) throws(Fault) -> [String] {
    var words: [String] = []
    var word: String.UnicodeScalarView?
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case " ", "\t", "\n":
        if let done = word { words.append(String(done)) }
        word = nil
      case "'", "\"":
        word = (word ?? .init()) + (try quoted(&rest, by: scalar, in: text))
      case "\\":
        guard let next = rest.popFirst() else {
          throw Fault(text: "a backslash at the end of: \(text)")
        }
        word = (word ?? .init()) + [next]
      // In the middle of a word most of them are harmless: a#b, x[1].
      case let special where shellOnly.contains(special) && isSpecial(special, word == nil):
        throw Fault(
          text: "'\(special)' means something to a shell only, in: \(text);"
            + " quote it, or have a shell run the commands (--shell)")
      default: word = (word ?? .init()) + [scalar]
      }
    }
    if let done = word { words.append(String(done)) }
    return words
  }

  private static func isSpecial(_ scalar: Unicode.Scalar, _ isFirst: Bool) -> Bool {
    switch scalar {
    case "~", "#", "!", "{", "}": isFirst
    default: true
    }
  }

  private static func quoted(
    _ rest: inout Substring.UnicodeScalarView, by quote: Unicode.Scalar, in text: String
  ) throws(Fault) -> String.UnicodeScalarView {
    var word = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar == quote { return word }
      if scalar == "\\", quote == "\"", let next = rest.first, next == "\"" || next == "\\" {
        word.append(next)
        rest.removeFirst()
      } else {
        word.append(scalar)
      }
    }
    throw Fault(text: "a quote is not closed in: \(text)")
  }

  /// `words` as text that ``split(_:)``, and a shell, would split into them.
  public static func joined(_ words: [String]) -> String {
    words.map { word in
      let isPlain =
        !word.isEmpty
        && word.utf8.allSatisfy { byte in
          (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte) || "_./+-,@:=%".utf8.contains(byte)
        }
      if isPlain { return word }
      let parts = word.split(separator: "'", omittingEmptySubsequences: false)
      return "'" + parts.joined(separator: "'\\''") + "'"
    }.joined(separator: " ")
  }
}
