// Words and lines of hand-written files: what configuration and database readers need.
//
// Corresponds to `string(3)`: s_parse, s_getline, s_rdinstack.  The strings of that library
// themselves are Swift's own.

/// Takes the first word from the front of `text`; nil if only blanks are left.
///
/// Words are divided by blanks, tabs and newlines.  A word that begins with `'` or `"` ends at the
/// next one like it and may hold anything else; there are no escapes, and what is not closed runs
/// to the end.  The word is a part of `text`, without its quotes.  Corresponds to `s_parse`.
public func s_parse(_ text: inout Substring) -> Substring? {
  let bytes = text.utf8
  guard let start = bytes.firstIndex(where: { !isBlank($0) }) else {
    text = text[text.endIndex...]
    return nil
  }
  let first = bytes[start]
  if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") {
    let inside = bytes.index(after: start)
    let end = bytes[inside...].firstIndex(of: first) ?? bytes.endIndex
    let word = text[inside..<end]
    text = text[(end == bytes.endIndex ? end : bytes.index(after: end))...]
    return word
  }
  let end = bytes[start...].firstIndex(where: isBlank) ?? bytes.endIndex
  let word = text[start..<end]
  text = text[end...]
  return word
}

private func isBlank(_ byte: UInt8) -> Bool {
  byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
}

/// The logical lines of a text: without leading blanks, blank lines and `#` lines, and with
/// lines that end in a backslash joined to the next.
///
/// A backslash before anything else stays.  Lines have no newline at their end; the last line of
/// the text needs none.  Corresponds to `s_getline`.
public struct LogicalLines: Sequence, IteratorProtocol, Sendable {
  private var rest: ArraySlice<UInt8>
  /// The number of the line on which the last logical line began, from 1.
  public private(set) var number = 0
  private var nextNumber = 1
  /// Whether a line that begins with `#include` is returned; other `#` lines never are.
  var keepsIncludes = false

  /// The lines of `text`.
  public init(_ text: [UInt8]) { rest = text[...] }

  /// The next line, or nil at the end.
  public mutating func next() -> [UInt8]? {
    while !rest.isEmpty {
      number = nextNumber
      let line = logical()
      guard let start = line.firstIndex(where: { !isBlank($0) }) else { continue }
      let text = line[start...]
      if text.first != UInt8(ascii: "#") { return Array(text) }
      if keepsIncludes, isInclude(text) { return Array(text) }
    }
    return nil
  }

  /// The next lines joined at their backslashes.  A comment is not joined to anything.
  private mutating func logical() -> [UInt8] {
    var joined: [UInt8] = []
    while !rest.isEmpty {
      var line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest.dropFirst(line.count + 1)
      nextNumber += 1
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      let isComment = joined.isEmpty && line.first { !isBlank($0) } == UInt8(ascii: "#")
      if isComment || line.last != UInt8(ascii: "\\") { return joined + line }
      joined += line.dropLast()
    }
    return joined
  }
}

private func isInclude(_ line: ArraySlice<UInt8>) -> Bool {
  let word = Array("#include".utf8)
  guard line.starts(with: word) else { return false }
  return line.dropFirst(word.count).first.map(isBlank) ?? true
}

/// Why a file with `#include` lines could not be read on.
public enum IncludeError: Error, Equatable, Sendable {
  /// More than `IncludeStack.depthMax` files within each other.
  case tooDeep(file: String, line: Int)
  /// An `#include` without a name.
  case noName(file: String, line: Int)
  /// The file that is named cannot be read.
  case unreadable(file: String, line: Int, SystemError)
}

extension IncludeError: CustomStringConvertible {
  /// The place, and what is wrong there.
  public var description: String {
    switch self {
    case .tooDeep(let file, let line):
      "\(file):\(line): more than \(IncludeStack.depthMax) files within each other"
    case .noName(let file, let line): "\(file):\(line): #include wants the name of a file"
    case .unreadable(let file, let line, let error): "\(file):\(line): \(error)"
    }
  }
}

/// The logical lines of a file and of the files that it includes by `#include NAME`.
///
/// The caller reads the files, so that it also says what a name means.  Corresponds to
/// `s_allocinstack`, `s_rdinstack` and `s_freeinstack`.
public struct IncludeStack {
  /// Files within each other: more are a circle.
  public static let depthMax = 32

  private var files: [(name: String, lines: LogicalLines)] = []
  private let read: (_ name: String, _ from: String) throws(SystemError) -> [UInt8]

  /// Begins with the file called `name`.
  ///
  /// - Parameter read: reads the file that the file `from` calls `name`; `from` is empty at first.
  public init(
    _ name: String,
    read: @escaping (_ name: String, _ from: String) throws(SystemError) -> [UInt8]
  ) throws(SystemError) {
    self.read = read
    push(name, try read(name, ""))
  }

  private mutating func push(_ name: String, _ text: [UInt8]) {
    var lines = LogicalLines(text)
    lines.keepsIncludes = true
    files.append((name, lines))
  }

  /// The file and the number of the line that came last.
  public var place: (file: String, line: Int) {
    files.last.map { ($0.name, $0.lines.number) } ?? ("", 0)
  }

  /// The next line, or nil at the end of the first file.  Corresponds to `s_rdinstack`.
  public mutating func next() throws(IncludeError) -> [UInt8]? {
    while !files.isEmpty {
      guard let line = files[files.count - 1].lines.next() else {
        files.removeLast()
        continue
      }
      if line.first != UInt8(ascii: "#") { return line }
      let (file, number) = place
      var text = Substring(decoding: line, as: UTF8.self)
      _ = s_parse(&text)
      guard let name = s_parse(&text) else { throw .noName(file: file, line: number) }
      if files.count == Self.depthMax { throw .tooDeep(file: file, line: number) }
      do {
        push(String(name), try read(String(name), file))
      } catch {
        throw .unreadable(file: file, line: number, error)
      }
    }
    return nil
  }
}
