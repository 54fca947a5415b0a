// Which files are programs: those with a function main.

/// Looks for `main` in the text of a source, without compiling it.
enum MainFunction {
  /// True if the source `bytes` defines the function in which a program begins.
  ///
  /// C, C++ and Objective-C: the word `main` outside of braces, comments and strings, followed by a
  /// parenthesis whose match is followed by a brace.  Swift: `@main`; a file that is called
  /// main.swift is one anyway.  yacc and lex: the C in them, wherever it stands.
  static func isIn(_ bytes: [UInt8], _ kind: SourceKind) -> Bool {
    switch kind {
    case .c, .cxx, .objectiveC: return hasC(Self.code(bytes), anyDepth: false)
    case .yacc, .lex: return hasC(Self.code(bytes), anyDepth: true)
    case .swift: return words(Self.code(bytes)).contains("@main")
    default: return false
    }
  }

  private static func words(_ code: [UInt8]) -> [String] {
    code.split { !(Byte.isIdentifier($0) || $0 == UInt8(ascii: "@")) }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  private static func hasC(_ code: [UInt8], anyDepth: Bool) -> Bool {
    let main = Array("main".utf8)
    var depth = 0
    for index in code.indices {
      switch code[index] {
      case UInt8(ascii: "{"): depth += opensLinkage(code, index) ? 0 : 1
      case UInt8(ascii: "}"): depth = max(0, depth - 1)
      case main[0] where (depth == 0 || anyDepth) && code[index...].starts(with: main):
        let isWhole = index == 0 || !Byte.isIdentifier(code[index - 1])
        if isWhole && isDefinition(code[(index + main.count)...]) { return true }
      default: break
      }
    }
    return false
  }

  /// True if the brace at `index` opens `extern "C" {`; strings are blanked, so that it is seen as
  /// `extern  {`.
  private static func opensLinkage(_ code: [UInt8], _ index: Int) -> Bool {
    var end = index
    while end > 0 && (Byte.isBlank(code[end - 1]) || code[end - 1] == Byte.newline) { end -= 1 }
    return code[..<end].suffix(6).elementsEqual("extern".utf8)
  }

  /// True if `rest`, behind a name, is parameters and then a body, with old-style declarations
  /// between them if there are.
  private static func isDefinition(_ rest: ArraySlice<UInt8>) -> Bool {
    var depth = 0
    var hasParameters = false
    for byte in rest {
      switch byte {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        depth -= 1
        hasParameters = true
        if depth < 0 { return false }
      case UInt8(ascii: "{"): return hasParameters && depth == 0
      case UInt8(ascii: ","), UInt8(ascii: "="): if depth == 0 && !hasParameters { return false }
      case Byte.semicolon: return false
      default:
        let isPart = depth > 0 || hasParameters || Byte.isBlank(byte) || byte == Byte.newline
        if !isPart { return false }
      }
    }
    return false
  }

  /// `bytes` with comments, strings and preprocessor lines made blank; lines stay lines.
  static func code(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    var index = 0
    var isLineStart = true
    func blank(_ range: Range<Int>) {
      for at in range where result[at] != Byte.newline { result[at] = Byte.space }
    }
    while index < bytes.count {
      let byte = bytes[index]
      var end = index + 1
      if byte == Byte.slash && end < bytes.count && bytes[end] == Byte.slash {
        end = bytes[index...].firstIndex(of: Byte.newline) ?? bytes.count
        blank(index..<end)
      } else if byte == Byte.slash && end < bytes.count && bytes[end] == UInt8(ascii: "*") {
        end = index + 2
        while end < bytes.count
          && !(bytes[end] == Byte.slash && bytes[end - 1] == UInt8(ascii: "*") && end > index + 2)
        {
          end += 1
        }
        end = min(end + 1, bytes.count)
        blank(index..<end)
      } else if byte == Byte.quote || byte == Byte.apostrophe {
        end = endOfString(bytes, index)
        blank(index..<end)
      } else if byte == Byte.hash && isLineStart {
        end = endOfDirective(bytes, index)
        blank(index..<end)
      }
      if byte == Byte.newline {
        isLineStart = true
      } else if !Byte.isBlank(byte) {
        isLineStart = false
      }
      index = end
    }
    return result
  }

  private static func endOfString(_ bytes: [UInt8], _ start: Int) -> Int {
    var index = start + 1
    while index < bytes.count && bytes[index] != bytes[start] && bytes[index] != Byte.newline {
      index += bytes[index] == Byte.backslash ? 2 : 1
    }
    return min(index + 1, bytes.count)
  }

  /// A preprocessor line with those that a backslash joins to it.
  private static func endOfDirective(_ bytes: [UInt8], _ start: Int) -> Int {
    var index = start
    while let end = bytes[index...].firstIndex(of: Byte.newline) {
      if bytes[end - 1] != Byte.backslash { return end }
      index = end + 1
    }
    return bytes.count
  }
}
