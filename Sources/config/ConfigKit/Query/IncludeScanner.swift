// The `#include` lines of a file: what a compiler would look for, without running one.
//
// Conditions are not evaluated, but for `#if 0`: every line counts that some configuration might
// read.  Comments are skipped, and so are includes whose name is a macro.

/// One `#include "NAME"` or `#include <NAME>`.
struct IncludeDirective: Equatable {
  let name: String
  /// True for `"NAME"`, which is looked for beside the including file first.
  let isQuoted: Bool
  /// Where the name stands, from 1.
  let line: Int, column: Int
}

/// Reads the `#include` lines of a file of C, C++, Objective-C or assembler.
struct IncludeScanner {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var lineStart = 0
  private var isInComment = false
  /// How deep in `#if` below an `#if 0`; 0 outside.
  private var deadDepth = 0
  private var found: [IncludeDirective] = []

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The directives in `bytes`, in order.  O(bytes).
  static func directives(in bytes: [UInt8]) -> [IncludeDirective] {
    var scanner = IncludeScanner(bytes)
    while scanner.position < bytes.count { scanner.scanLine() }
    return scanner.found
  }

  private mutating func scanLine() {
    skipBlanks()
    if !isInComment && peek == Byte.hash {
      position += 1
      directive()
    }
    finishLine()
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Skips blanks, and comments before anything else on the line.
  private mutating func skipBlanks() {
    while let byte = peek, byte != Byte.newline {
      if isInComment {
        skipInComment()
      } else if Byte.isBlank(byte) {
        position += 1
      } else if byte == Byte.slash && next == UInt8(ascii: "*") {
        isInComment = true
        position += 2
      } else {
        return
      }
    }
  }

  private var next: UInt8? { position + 1 < bytes.count ? bytes[position + 1] : nil }

  private mutating func skipInComment() {
    if bytes[position] == UInt8(ascii: "*") && next == Byte.slash {
      isInComment = false
      position += 1
    }
    position += 1
  }

  private mutating func directive() {
    skipBlanks()
    let word = identifier()
    switch word {
    case "if", "ifdef", "ifndef":
      skipBlanks()
      if deadDepth > 0 {
        deadDepth += 1
      } else if word == "if" && identifier() == "0" {
        deadDepth = 1
      }
    case "else", "elif": if deadDepth == 1 { deadDepth = 0 }
    case "endif": if deadDepth > 0 { deadDepth -= 1 }
    case "include", "include_next", "import":
      skipBlanks()
      if deadDepth == 0 { name() }
    default: break
    }
  }

  private mutating func identifier() -> String {
    let start = position
    while let byte = peek, Byte.isIdentifier(byte) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func name() {
    guard let open = peek, open == Byte.quote || open == UInt8(ascii: "<") else { return }
    let close = open == Byte.quote ? open : UInt8(ascii: ">")
    let start = position + 1
    guard let end = bytes[start...].firstIndex(where: { $0 == close || $0 == Byte.newline }),
      bytes[end] == close, end > start
    else { return }
    found.append(
      IncludeDirective(
        name: String(decoding: bytes[start..<end], as: UTF8.self), isQuoted: open == Byte.quote,
        line: line, column: position - lineStart + 1))
    position = end + 1
  }

  /// Moves behind the end of the line, minding comments that begin or end on it.
  private mutating func finishLine() {
    var quote: UInt8?
    while let byte = peek {
      if byte == Byte.newline {
        position += 1
        line += 1
        lineStart = position
        return
      }
      if isInComment {
        skipInComment()
        continue
      }
      if let open = quote {
        if byte == Byte.backslash { position += 1 } else if byte == open { quote = nil }
      } else if byte == Byte.quote || byte == Byte.apostrophe {
        quote = byte
      } else if byte == Byte.slash && next == UInt8(ascii: "*") {
        isInComment = true
        position += 1
      } else if byte == Byte.slash && next == Byte.slash {
        position = bytes[position...].firstIndex(of: Byte.newline) ?? bytes.count
        continue
      }
      if peek != Byte.newline { position += 1 }
    }
  }
}

/// Words of a source that are looked for: which options a program itself asks for.
enum IdentifierScanner {
  /// The identifiers in `bytes` that `wanted` holds.  O(bytes).
  static func found(_ wanted: Set<ArraySlice<UInt8>>, in bytes: [UInt8]) -> Set<ArraySlice<UInt8>> {
    var result: Set<ArraySlice<UInt8>> = []
    var index = 0
    while index < bytes.count {
      guard Byte.isIdentifier(bytes[index]) else {
        index += 1
        continue
      }
      let start = index
      while index < bytes.count && Byte.isIdentifier(bytes[index]) { index += 1 }
      let word = bytes[start..<index]
      if wanted.contains(word) { result.insert(word) }
    }
    return result
  }
}
