// The syntax: theory of operation.
//
// Problem.  Bytes become statements, each with its clauses and words, every word with its place,
// at some 100 MB/s and without an allocation a word.
//
// Shape.  A statement starts in column 1 and goes on over lines that begin with a blank.  Each
// physical line is one clause; a backslash before the end of the line joins two:
//
//     library libnet              statement, clause 0 (the head line)
//         src/a.c src/b.c \       clause 1
//             option TLS          clause 1 still
//         # a comment
//         module net              clause 2
//
// `next` fills one `Statement` that is reused, so that its arrays stop growing after the first
// few.  Words are interned on the way.
//
// Invariants.
//   S1  Words of a statement lie in source order; clauses are consecutive ranges of them.
//   S2  No clause but the first is empty.
//   S3  Each call moves the position forward or returns false: the parser ends on any input.
//
// Rejected.  A token stream with a lookahead: the clause rule needs the layout, which tokens lose.

/// A word of a statement.
struct Word {
  /// The bytes of the word, quotes and escapes resolved.
  let name: Name
  /// Where it starts, its quote included.
  let start: UInt32
  /// Where it ends, its closing quote included.
  let end: UInt32
  /// True if it was written in quotes: then it is never a keyword.
  let isQuoted: Bool

  /// The keyword that the word is, nil if it is none or quoted.
  var keyword: Keyword? { isQuoted ? nil : Keyword(name) }
}

/// One statement: its words, divided into clauses.
struct Statement {
  var words: [Word] = []
  /// Where each clause ends in `words`; the first is the head line.
  var clauseEnds: [Int] = []

  mutating func removeAll() {
    words.removeAll(keepingCapacity: true)
    clauseEnds.removeAll(keepingCapacity: true)
  }

  /// The words of clause `index`, as a range of `words`.
  func clause(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : clauseEnds[index - 1])..<clauseEnds[index]
  }
}

/// Reads the statements of one file.
struct Parser {
  /// The file's number in `SourceFiles`.
  let file: Int32
  private let bytes: [UInt8]
  private let names: Names
  private let diagnostics: Diagnostics
  private var position = 0
  /// False after a `;`, when the next statement begins in the middle of a line.
  private var isAtLineStart = true

  /// Creates a parser of `bytes`, which are those of file number `file`.
  init(_ bytes: [UInt8], file: Int32, names: Names, diagnostics: Diagnostics) {
    self.bytes = bytes
    self.file = file
    self.names = names
    self.diagnostics = diagnostics
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }  // a byte order mark
  }

  /// Reads the next statement into `statement`; false at the end of the file.
  mutating func next(_ statement: inout Statement) -> Bool {
    statement.removeAll()
    while findStatement() {
      var isEnded = false
      repeat {
        isEnded = readClause(&statement)
        let start = statement.clauseEnds.last ?? 0
        if statement.words.count > start { statement.clauseEnds.append(statement.words.count) }
      } while !isEnded && continues()
      if !statement.words.isEmpty { return true }  // else it was a lone `;`
    }
    return false
  }

  /// Moves to the first word of the next statement; false if there is none.
  private mutating func findStatement() -> Bool {
    while position < bytes.count {
      let start = position
      skipBlanks()
      if atLineEnd() {
        skipLine()
        isAtLineStart = true
        continue
      }
      if isAtLineStart && position > start {
        error(
          position, "this line begins with a blank and continues a statement, but there is none")
      }
      return true
    }
    return false
  }

  /// Reads words to the end of the clause; true if a `;` ended the statement.
  private mutating func readClause(_ statement: inout Statement) -> Bool {
    isAtLineStart = false
    while true {
      skipBlanks()
      if atLineEnd() {
        skipLine()
        isAtLineStart = true
        return false
      }
      if isJoin(position) {
        skipLine()
        skipEmptyLines()
        if position >= bytes.count { return false }
        continue
      }
      if readWord(&statement) { return true }
    }
  }

  /// After the end of a clause: true if the next line that is not empty continues the statement.
  private mutating func continues() -> Bool {
    skipEmptyLines()
    return position < bytes.count && Byte.isBlank(bytes[position])
  }

  /// Reads one word; true if a `;` after it, or in its place, ends the statement.
  private mutating func readWord(_ statement: inout Statement) -> Bool {
    let first = bytes[position]
    if first == Byte.quote || first == Byte.apostrophe {
      statement.words.append(readQuoted(first))
      return false
    }
    let start = position
    var end = start
    while end < bytes.count {
      let byte = bytes[end]
      if byte <= Byte.space || byte == Byte.hash {
        if byte == 0 {
          error(end, "invalid byte NUL")
        } else if Byte.isBlank(byte) || byte == Byte.newline || byte == Byte.hash {
          break
        }
      } else if byte == Byte.backslash && isJoin(end) {
        break
      }
      end += 1
    }
    position = end
    let isEnd = bytes[end - 1] == Byte.semicolon
    if isEnd { end -= 1 }
    if end > start {
      let name = names.intern(bytes.span.extracting(start..<end))
      statement.words.append(
        Word(name: name, start: UInt32(start), end: UInt32(end), isQuoted: false))
    }
    return isEnd
  }

  /// Reads a quoted word; one that does not end on its line is an error, and ends there.
  private mutating func readQuoted(_ quote: UInt8) -> Word {
    let start = position
    var text: [UInt8] = []
    position += 1
    while position < bytes.count && bytes[position] != Byte.newline {
      let byte = bytes[position]
      if byte == quote {
        position += 1
        checkAfterQuote()
        return Word(
          name: names.intern(text), start: UInt32(start), end: UInt32(position), isQuoted: true)
      }
      if byte == 0 { error(position, "invalid byte NUL") }
      if byte == Byte.backslash {
        if isJoin(position) {
          skipLine()
          continue
        }
        if quote == Byte.quote && position + 1 < bytes.count,
          bytes[position + 1] == Byte.quote || bytes[position + 1] == Byte.backslash
        {
          position += 1
        }
      }
      text.append(bytes[position])
      position += 1
    }
    error(start, "unterminated string")
    return Word(
      name: names.intern(text), start: UInt32(start), end: UInt32(position), isQuoted: true)
  }

  /// A closing quote ends a word: something else than a blank behind it is a slip.
  private func checkAfterQuote() {
    guard position < bytes.count else { return }
    let byte = bytes[position]
    if Byte.isBlank(byte) || byte == Byte.newline || byte == Byte.hash || byte == Byte.semicolon
      || isJoin(position)
    {
      return
    }
    error(position, "a blank must follow the closing quote")
  }

  /// True if the backslash at `index` is the last byte of its line.
  private func isJoin(_ index: Int) -> Bool {
    guard bytes[index] == Byte.backslash && index + 1 < bytes.count else { return false }
    let next = bytes[index + 1]
    return next == Byte.newline
      || next == Byte.carriageReturn && index + 2 < bytes.count
        && bytes[index + 2] == Byte.newline
  }

  private mutating func skipBlanks() {
    while position < bytes.count && Byte.isBlank(bytes[position]) { position += 1 }
  }

  /// True at a newline, at a comment and at the end of the file.
  private func atLineEnd() -> Bool {
    position >= bytes.count || bytes[position] == Byte.newline || bytes[position] == Byte.hash
  }

  /// Moves behind the next newline.
  private mutating func skipLine() {
    while position < bytes.count && bytes[position] != Byte.newline {
      if bytes[position] == 0 { error(position, "invalid byte NUL") }
      position += 1
    }
    position = min(position + 1, bytes.count)
  }

  /// Moves over lines that hold nothing but blanks and comments.
  private mutating func skipEmptyLines() {
    while position < bytes.count {
      let start = position
      skipBlanks()
      if !atLineEnd() {
        position = start
        return
      }
      skipLine()
    }
  }

  /// Where the lines that hold nothing but blanks and comments end that begin at `index`.
  private func endOfEmptyLines(after index: Int) -> Int {
    var copy = self
    copy.position = index
    copy.skipEmptyLines()
    return copy.position
  }

  private func error(_ offset: Int, _ text: String) {
    diagnostics.error(Place(file: file, offset: UInt32(offset)), text)
  }

  /// The place of `word` in this parser's file.
  func place(_ word: Word) -> Place { Place(file: file, offset: word.start) }

  /// The bytes as written from the start of `first` to the end of `last`, joined lines as blanks.
  func raw(from first: Word, to last: Word) -> [UInt8] {
    var text: [UInt8] = []
    var index = Int(first.start)
    while index < Int(last.end) {
      if isJoin(index) {
        while bytes[index] != Byte.newline { index += 1 }
        text.append(Byte.space)
        index = endOfEmptyLines(after: index + 1)
        continue
      } else if bytes[index] != Byte.carriageReturn {
        text.append(bytes[index])
      }
      index += 1
    }
    return text
  }
}
