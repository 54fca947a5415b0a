// Quoting: one rule, in which only the quote itself is special.
//
// `'` begins and ends what is to be taken as it stands, and `''` within is one quote.  There are
// no escapes, so that quoting and evaluating are each one pass and each other's inverse:
//
//   Q1  unquote(quote(text)) == text, for every text.
//   Q2  tokenize(quote(a) + " " + quote(b)) == [a, b].

/// Why a text is not one quoted word.
public enum QuoteError: Error, Equatable, Sendable {
  /// A quote is not closed; the offset of the quote in bytes.
  case unterminated(at: Int)
  /// A blank outside of quotes; its offset in bytes.
  case blank(at: Int)
}

extension QuoteError: CustomStringConvertible {
  /// What is wrong, and where.
  public var description: String {
    switch self {
    case .unterminated(let offset): "quote at byte \(offset) is not closed"
    case .blank(let offset): "blank outside of quotes at byte \(offset)"
    }
  }
}

/// The rules over bytes: what the public functions share.
enum Quoting {
  static let quote = UInt8(ascii: "'")

  /// `text` with its quotes evaluated; what is not closed runs to the end.
  static func evaluate(_ text: Span<UInt8>) -> [UInt8] {
    evaluate(text, stopsAtBlanks: false).bytes
  }

  /// `text` with its quotes evaluated, up to the first blank or tab outside if it stops there.
  static func evaluate(
    _ text: Span<UInt8>, stopsAtBlanks: Bool
  ) -> (bytes: [UInt8], end: Int, openQuote: Int?) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var openQuote: Int?
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == quote {
        if openQuote == nil {
          openQuote = index
        } else if index + 1 < text.count, text[index + 1] == quote {
          bytes.append(quote)
          index += 1
        } else {
          openQuote = nil
        }
      } else if stopsAtBlanks, openQuote == nil, byte == 0x20 || byte == 0x09 {
        break
      } else {
        bytes.append(byte)
      }
      index += 1
    }
    return (bytes, index, openQuote)
  }

  static func forced(_ text: Span<UInt8>) -> [UInt8] {
    var bytes = [quote]
    bytes.reserveCapacity(text.count + 2)
    for index in text.indices {
      if text[index] == quote { bytes.append(quote) }
      bytes.append(text[index])
    }
    bytes.append(quote)
    return bytes
  }
}

/// True if `text` must be quoted to be one word: if it is empty, or has a quote, a blank or
/// anything below it, or a rune that `doquote` asks for.
///
/// Corresponds to `needsquotes` and `doquote` of `quote(3)`.
public func needsQuotes(
  _ text: String, doquote: (Unicode.Scalar) -> Bool = { _ in false }
) -> Bool {
  text.isEmpty
    || text.unicodeScalars.contains { $0.value <= 0x20 || $0 == "'" || doquote($0) }
}

/// True if the rune is special to the shell `rc`: for `doquote`.  Corresponds to `needsrcquote`.
public func needsrcquote(_ rune: Unicode.Scalar) -> Bool {
  if rune.value <= 0x20 || rune.value >= 0x80 { return true }
  return "^#*[]=|\\?${}()'<>&;`".unicodeScalars.contains(rune)
}

/// `text` as one word: quoted if it must be.
///
/// Corresponds to `quotestrdup(3)`, `quoterunestrdup(3)` and `%q`.
public func quote(
  _ text: String, doquote: (Unicode.Scalar) -> Bool = { _ in false }
) -> String {
  needsQuotes(text, doquote: doquote) ? quoteAlways(text) : text
}

/// `text` as one word in quotes, whether it needs them or not.  Corresponds to `%#q`.
public func quoteAlways(_ text: String) -> String {
  var text = text
  text.makeContiguousUTF8()
  return String(decoding: Quoting.forced(text.utf8.span), as: UTF8.self)
}

/// `words` as one line that `tokenize` divides into the same words again.
public func quote(_ words: some Sequence<String>) -> String {
  words.map { quote($0) }.joined(separator: " ")
}

/// `text` as one word: `quote`, under its C name.
public func quotestrdup(_ text: String) -> String { quote(text) }

/// The text that the word `text` stands for.
///
/// - Throws: `QuoteError` if `text` is not exactly one word, as `quote` makes it.
public func unquote(_ text: String) throws(QuoteError) -> String {
  var text = text
  text.makeContiguousUTF8()
  let word = Quoting.evaluate(text.utf8.span, stopsAtBlanks: true)
  if let quote = word.openQuote { throw .unterminated(at: quote) }
  if word.end < text.utf8.count { throw .blank(at: word.end) }
  return String(decoding: word.bytes, as: UTF8.self)
}

/// `text` with its quotes evaluated up to the first blank or tab outside of them; the rest stays
/// as it is.  A quote that is not closed runs to the end.
///
/// Corresponds to `unquotestrdup(3)`; `unquote(_:)` is the one that notices what is wrong.
public func unquotestrdup(_ text: String) -> String {
  var text = text
  text.makeContiguousUTF8()
  let bytes = text.utf8.span
  let word = Quoting.evaluate(bytes, stopsAtBlanks: true)
  let rest = bytes.extracting(word.end..<bytes.count)
  return String(decoding: word.bytes, as: UTF8.self) + String(decoding: rest)
}
