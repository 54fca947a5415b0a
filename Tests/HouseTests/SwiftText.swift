// Swift text, taken apart into code and comments.
//
// A rule that forbids a word must not stumble over a message that quotes it, nor over a comment
// that explains why it is forbidden.  So strings become empty and comments are kept apart.
// Works on bytes: walking Characters, a debug build took seconds for what now takes a moment.

/// A Swift file line by line: what the compiler runs, and what only people read.
struct SwiftText {
  /// The code of each line, without comments and with empty strings.
  private(set) var code: [String] = []
  /// The comments of each line.
  private(set) var comments: [String] = []

  private enum Mode {
    case code
    /// Inside `\(...)` of a string: code again, until the parentheses are even.
    case interpolation(depth: Int)
    case string(hashes: Int, multiline: Bool)
    case lineComment
    case blockComment(depth: Int)
  }

  private let bytes: [UInt8]
  private var position = 0
  private var modes: [Mode] = [.code]
  private var codeLine: [UInt8] = []
  private var commentLine: [UInt8] = []

  /// Takes `text` apart.  Never fails: what is not Swift gives some code or other.
  init(_ text: String) {
    bytes = Array(text.utf8)
    while position < bytes.count {
      switch modes.last ?? .code {
      case .code, .interpolation: readCode()
      case .string(let hashes, let multiline): readString(hashes, multiline)
      case .lineComment: readLineComment()
      case .blockComment(let depth): readBlockComment(depth)
      }
    }
    endLine()
  }

  private mutating func endLine() {
    code.append(String(decoding: codeLine, as: UTF8.self))
    comments.append(String(decoding: commentLine, as: UTF8.self))
    codeLine.removeAll(keepingCapacity: true)
    commentLine.removeAll(keepingCapacity: true)
  }

  private func byte(at offset: Int) -> UInt8 {
    position + offset < bytes.count ? bytes[position + offset] : 0
  }

  /// Goes past `word`, `hashes` number signs and `last`, if that is what comes next.
  private mutating func take(_ word: String, hashes: Int = 0, then last: UInt8? = nil) -> Bool {
    var length = 0
    for expected in word.utf8 {
      if byte(at: length) != expected { return false }
      length += 1
    }
    for _ in 0..<hashes {
      if byte(at: length) != UInt8(ascii: "#") { return false }
      length += 1
    }
    if let last {
      if byte(at: length) != last { return false }
      length += 1
    }
    position += length
    return true
  }

  private mutating func readCode() {
    if take("//") { return modes.append(.lineComment) }
    if take("/*") { return modes.append(.blockComment(depth: 1)) }
    var hashes = 0
    while byte(at: hashes) == UInt8(ascii: "#") { hashes += 1 }
    if byte(at: hashes) == UInt8(ascii: "\"") {
      position += hashes
      let multiline = take("\"\"\"")
      if !multiline { position += 1 }
      return modes.append(.string(hashes: hashes, multiline: multiline))
    }
    let next = bytes[position]
    position += 1
    if case .interpolation(let depth) = modes.last {
      if next == UInt8(ascii: "(") { modes[modes.count - 1] = .interpolation(depth: depth + 1) }
      if next == UInt8(ascii: ")") {
        if depth == 1 {
          modes.removeLast()
          return
        }
        modes[modes.count - 1] = .interpolation(depth: depth - 1)
      }
    }
    if next == UInt8(ascii: "\n") { endLine() } else { codeLine.append(next) }
  }

  private mutating func readString(_ hashes: Int, _ multiline: Bool) {
    if multiline ? take("\"\"\"", hashes: hashes) : take("\"", hashes: hashes) {
      modes.removeLast()
      codeLine += "\"\"".utf8
    } else if take("\\", hashes: hashes, then: UInt8(ascii: "(")) {
      modes.append(.interpolation(depth: 1))
    } else if take("\\", hashes: hashes) {
      if byte(at: 0) != UInt8(ascii: "\n") { position += 1 }
    } else {
      position += 1
      if bytes[position - 1] == UInt8(ascii: "\n") {
        endLine()
        if !multiline { modes.removeLast() }
      }
    }
  }

  private mutating func readLineComment() {
    if bytes[position] == UInt8(ascii: "\n") {
      modes.removeLast()  // it is the code's turn to end the line
    } else {
      commentLine.append(bytes[position])
      position += 1
    }
  }

  private mutating func readBlockComment(_ depth: Int) {
    if take("*/") {
      modes.removeLast()
      if depth > 1 { modes.append(.blockComment(depth: depth - 1)) }
    } else if take("/*") {
      modes[modes.count - 1] = .blockComment(depth: depth + 1)
    } else {
      position += 1
      if bytes[position - 1] == UInt8(ascii: "\n") {
        endLine()
      } else {
        commentLine.append(bytes[position - 1])
      }
    }
  }
}
