// Fields and tokens: theory of operation.
//
// Problem.  Lines of words are the format of half of all files.  Plan 9 has three splitters, and
// what they do with quotes and with the last allowed field differs:
//
//                separators     quotes                    the last field of `max`
//     tokenize   blank \t\r\n   evaluated and removed     ends at its separator, rest ignored
//     gettokens  any runes      protect, and stay         keeps the rest of the text
//     getfields  any runes      mean nothing              keeps the rest of the text
//
// Shape.  `FieldScanner` goes over bytes and yields ranges; it knows no strings and copies
// nothing.  A token with quotes inside is the one case in which new text is made.
//
//     a'b c'd   ->  range 0..<7, has quotes  ->  "ab cd"
//
// Invariants.
//   F1  Ranges go up and do not overlap, and lie within the text.
//   F2  A range begins and ends at a rune of the text.
//
// Cost.  One pass; a field costs a slice.  Rejected: cutting in place as C does, which no Swift
// string allows, and comparing separators byte by byte, which plan9port does and by which half a
// rune can be a separator.

/// A field that was found: where it is, and whether quotes in it are still to be evaluated.
struct Field: Equatable {
  var range: Range<Int>
  var hasQuotes = false
}

/// Finds one field after the other in bytes.
struct FieldScanner {
  /// How a field ends.
  enum Quotes { case protect, plain }

  private let separators: RuneSet
  private let quotes: Quotes
  /// Where the next field is looked for.
  private(set) var position = 0

  init(_ separators: RuneSet, quotes: Quotes) {
    self.separators = separators
    self.quotes = quotes
  }

  /// Goes over separators, and tells whether anything follows.
  mutating func skipSeparators(_ text: Span<UInt8>) -> Bool {
    while position < text.count {
      let (rune, size) = Rune.decode(text, at: position)
      if !separators.contains(rune) { return true }
      position += size
    }
    return false
  }

  /// The field from here to the next separator, or to the end; goes over that one separator.
  mutating func field(_ text: Span<UInt8>) -> (field: Field, isLast: Bool) {
    let start = position
    var isQuoted = false
    var hasQuotes = false
    while position < text.count {
      let (rune, size) = Rune.decode(text, at: position)
      if !isQuoted, separators.contains(rune) {
        let found = Field(range: start..<position, hasQuotes: hasQuotes)
        position += size
        return (found, false)
      }
      if rune == 0x27, quotes == .protect {
        // A doubled quote within quotes leaves and enters again: it needs no case of its own.
        // Where the quote is a separator it comes to nothing here.
        isQuoted.toggle()
        hasQuotes = true
      }
      position += size
    }
    return (Field(range: start..<position, hasQuotes: hasQuotes), true)
  }

  /// Whatever is left.
  func rest(_ text: Span<UInt8>) -> Field { Field(range: position..<text.count) }
}

/// The splitters over bytes: what the public functions share.
enum Splitting {
  /// Blank, tab, return and newline: what `tokenize(3)` takes for separators.
  static let blanks = RuneSet(" \t\r\n")

  static func tokens(_ text: Span<UInt8>, _ separators: RuneSet, max: Int) -> [Field] {
    var scanner = FieldScanner(separators, quotes: .protect)
    var found: [Field] = []
    while found.count < max, scanner.skipSeparators(text) {
      found.append(scanner.field(text).field)
    }
    return found
  }

  static func protected(_ text: Span<UInt8>, _ separators: RuneSet, max: Int) -> [Field] {
    var scanner = FieldScanner(separators, quotes: .protect)
    var found: [Field] = []
    while found.count < max, scanner.skipSeparators(text) {
      found.append(found.count == max - 1 ? scanner.rest(text) : scanner.field(text).field)
    }
    return found
  }

  static func fields(_ text: Span<UInt8>, _ separators: RuneSet, max: Int) -> [Field] {
    var scanner = FieldScanner(separators, quotes: .plain)
    var found: [Field] = []
    while found.count < max {
      if found.count == max - 1 { return found + [scanner.rest(text)] }
      let (field, isLast) = scanner.field(text)
      found.append(field)
      if isLast { break }
    }
    return found
  }

  static func runs(_ text: Span<UInt8>, _ separators: RuneSet, max: Int) -> [Field] {
    var scanner = FieldScanner(separators, quotes: .plain)
    var found: [Field] = []
    while found.count < max, scanner.skipSeparators(text) {
      if found.count == max - 1 { return found + [scanner.rest(text)] }
      found.append(scanner.field(text).field)
    }
    return found
  }

  /// Finds fields in `text` by `split`, as parts of it.
  static func cut(_ text: String, _ split: (Span<UInt8>) -> [Field]) -> [Substring] {
    var text = text
    text.makeContiguousUTF8()
    let bytes = text.utf8.span
    return split(bytes).map { field in
      // F2 makes the places valid in the string.
      if field.hasQuotes {
        return Substring(String(decoding: Quoting.evaluate(bytes.extracting(field.range)).span))
      }
      let start = text.utf8.index(text.startIndex, offsetBy: field.range.lowerBound)
      return text[start..<text.utf8.index(start, offsetBy: field.range.count)]
    }
  }

  /// Finds fields in `bytes` by `split`, as parts of it.
  static func cut(_ bytes: [UInt8], _ split: (Span<UInt8>) -> [Field]) -> [ArraySlice<UInt8>] {
    split(bytes.span).map { field in
      if field.hasQuotes { return Quoting.evaluate(bytes.span.extracting(field.range))[...] }
      return bytes[field.range]
    }
  }

  /// The fields without the news that there are quotes in them: those stay.
  static func verbatim(_ fields: [Field]) -> [Field] { fields.map { Field(range: $0.range) } }
}

/// The words of `text`, divided by runs of blanks, tabs, returns and newlines; quotes are
/// evaluated and removed.
///
/// A quote may begin within a word, `''` is an empty word, and what is not closed runs to the end.
/// Not more than `max` words are returned, and what follows them is ignored.  Words without quotes
/// are parts of `text`, not copies.  O(text).
///
/// Corresponds to `tokenize(3)`.
public func tokenize(_ text: String, max: Int = .max) -> [Substring] {
  Splitting.cut(text) { Splitting.tokens($0, Splitting.blanks, max: max) }
}

/// As `tokenize(_:max:)`, for bytes.
public func tokenize(_ bytes: [UInt8], max: Int = .max) -> [ArraySlice<UInt8>] {
  Splitting.cut(bytes) { Splitting.tokens($0, Splitting.blanks, max: max) }
}

/// The words of `text`, divided by runs of `separators`; quotes are evaluated and removed.
///
/// What `gettokens` should have been: all is as with `tokenize(_:max:)` but for the separators.
public func tokenize(_ text: String, separators: RuneSet, max: Int = .max) -> [Substring] {
  Splitting.cut(text) { Splitting.tokens($0, separators, max: max) }
}

/// As `tokenize(_:separators:max:)`, for bytes.
public func tokenize(
  _ bytes: [UInt8], separators: RuneSet, max: Int = .max
) -> [ArraySlice<UInt8>] {
  Splitting.cut(bytes) { Splitting.tokens($0, separators, max: max) }
}

/// The words of `text`, divided by runs of `separators`; quotes protect and stay in the word.
///
/// The last of `max` words keeps the whole rest.  Corresponds to `gettokens(3)`; see
/// `tokenize(_:separators:max:)` for one that removes the quotes.
public func gettokens(_ text: String, _ max: Int, _ separators: RuneSet) -> [Substring] {
  Splitting.cut(text) { Splitting.verbatim(Splitting.protected($0, separators, max: max)) }
}

/// The fields of `text`; quotes mean nothing.  The last of `max` fields keeps the whole rest.
///
/// - Parameters:
///   - multi: 0 if each separator divides two fields, which may be empty, so that an empty text is
///     one empty field; otherwise runs of separators divide, and there are no empty fields.
///   - separators: the runes that divide.
/// Corresponds to `getfields(3)`; `fields(of:...)` and `words(of:...)` are the same under two
/// names.
public func getfields(
  _ text: String, _ max: Int, _ multi: Int, _ separators: RuneSet
) -> [Substring] {
  multi == 0
    ? fields(of: text, dividedBy: separators, max: max)
    : words(of: text, dividedBy: separators, max: max)
}

/// The fields of `text` between single `separators`: empty ones count, as in `/etc/passwd`.
///
/// Corresponds to `getfields(3)` with multiflag 0.
public func fields(
  of text: String, dividedBy separators: RuneSet, max: Int = .max
) -> [Substring] {
  Splitting.cut(text) { Splitting.fields($0, separators, max: max) }
}

/// As `fields(of:dividedBy:max:)`, for bytes.
public func fields(
  of bytes: [UInt8], dividedBy separators: RuneSet, max: Int = .max
) -> [ArraySlice<UInt8>] {
  Splitting.cut(bytes) { Splitting.fields($0, separators, max: max) }
}

/// The fields of `text` between runs of `separators`: there are no empty ones.
///
/// Corresponds to `getfields(3)` with multiflag 1.
public func words(
  of text: String, dividedBy separators: RuneSet, max: Int = .max
) -> [Substring] {
  Splitting.cut(text) { Splitting.runs($0, separators, max: max) }
}

/// As `words(of:dividedBy:max:)`, for bytes.
public func words(
  of bytes: [UInt8], dividedBy separators: RuneSet, max: Int = .max
) -> [ArraySlice<UInt8>] {
  Splitting.cut(bytes) { Splitting.runs($0, separators, max: max) }
}
