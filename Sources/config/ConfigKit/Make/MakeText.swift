// Make text: theory of operation.
//
// Problem.  Commands, values and names of the description are written in make's notation
// (`${CC} -c $<`).  GNU make, BSD make and Ninja spell the same things differently, and the
// compile database wants them fully expanded.
//
// Shape.  A text is parsed once into pieces that belong to no make, and printed or expanded from
// there.  What only one make understands is kept as it is, marked with its dialect.
//
//     "${CC} -o $@ $$x"   ->  variable(CC) text(" -o ") automatic(target) text(" $x")
//
// Invariants.
//   M1  A piece of text holds the characters that are meant, never an escape.
//   M2  Printing for a dialect and parsing again gives equal pieces.

/// The two languages of makefiles.
enum Dialect: String {
  case gnu, bsd

  /// The name for messages.
  var title: String { self == .gnu ? "GNU make" : "BSD make" }
}

/// What make fills in for each target.
enum Automatic: Hashable {
  /// `$@`, `${.TARGET}`: the target.
  case target
  /// `$<`, `${.IMPSRC}`: the first prerequisite.
  case source
  /// `$^`, `${.ALLSRC}`: all prerequisites.
  case sources
  /// `$*`, `${.PREFIX}`: the target's base name without `.o` and then without its suffix: `a`
  /// for `o/src/a.c.o`.
  case prefix
}

/// A part of a make text.
enum MakePiece: Hashable {
  case text([UInt8])
  case variable([MakePiece])
  case automatic(Automatic)
  /// Something only one make knows: `${X:T}` in BSD make, `$(subst ...)` in GNU make.
  case foreign([UInt8], Dialect)
}

/// What is wrong with a make text, and at which of its bytes.
struct MakeTextFault: Error {
  let offset: Int
  let text: String
}

/// A text in make's notation, parsed.
struct MakeText: Hashable {
  var pieces: [MakePiece]

  init(pieces: [MakePiece]) { self.pieces = pieces }

  /// Parses `bytes`.
  ///
  /// - Throws: `MakeTextFault` for a reference without its end.
  init(parsing bytes: some Sequence<UInt8>) throws(MakeTextFault) {
    var reader = MakeTextReader(bytes: Array(bytes))
    pieces = try reader.readPieces(until: nil)
  }

  /// The names of variables that are referred to without nesting.
  var simpleNames: [[UInt8]] {
    pieces.compactMap { piece in
      if case .variable(let name) = piece, name.count == 1, case .text(let text) = name[0] {
        return text
      }
      return nil
    }
  }
}

/// How deep references may nest: `${A${B${C}}}` is three.
private let nestingMax = 16

/// Reads pieces from bytes.
private struct MakeTextReader {
  let bytes: [UInt8]
  var position = 0
  var depth = 0

  /// Reads to `end`, which is consumed, or to the end of the bytes where it is nil.
  mutating func readPieces(until end: UInt8?) throws(MakeTextFault) -> [MakePiece] {
    var pieces: [MakePiece] = []
    var text: [UInt8] = []
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == end {
        position += 1
        if !text.isEmpty { pieces.append(.text(text)) }
        return pieces
      }
      guard byte == Byte.dollar else {
        text.append(byte)
        position += 1
        continue
      }
      if position + 1 < bytes.count && bytes[position + 1] == Byte.dollar {
        text.append(Byte.dollar)
        position += 2
        continue
      }
      if !text.isEmpty { pieces.append(.text(text)) }
      text = []
      pieces.append(try readReference())
    }
    if let end {
      let open = end == UInt8(ascii: "}") ? "{" : "("
      throw MakeTextFault(offset: max(0, start - 2), text: "unterminated '$\(open)'")
    }
    if !text.isEmpty { pieces.append(.text(text)) }
    return pieces
  }

  /// Reads what follows a `$`.
  private mutating func readReference() throws(MakeTextFault) -> MakePiece {
    let start = position
    position += 1
    guard position < bytes.count else {
      throw MakeTextFault(offset: start, text: "'$' at the end: write '$$' for a dollar sign")
    }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "{"): return try readName(start, close: UInt8(ascii: "}"))
    case UInt8(ascii: "("): return try readName(start, close: UInt8(ascii: ")"))
    default:
      if let automatic = Self.automatics[[byte]] { return .automatic(automatic) }
      if !Byte.isIdentifier(byte) {
        throw MakeTextFault(
          offset: start, text: "'$' before neither a name nor '{': write '$$' for a dollar sign")
      }
      return .variable([.text([byte])])
    }
  }

  private mutating func readName(
    _ start: Int, close: UInt8
  ) throws(MakeTextFault) -> MakePiece {
    depth += 1
    defer { depth -= 1 }
    if depth > nestingMax { throw MakeTextFault(offset: start, text: "'${' nested too deep") }
    let name = try readPieces(until: close)
    let inside = Array(bytes[(start + 2)..<(position - 1)])
    if let automatic = Self.automatics[inside] { return .automatic(automatic) }
    for piece in name {
      guard case .text(let text) = piece else { continue }
      if text.contains(Byte.colon) { return .foreign(Array(bytes[start..<position]), .bsd) }
      if text.contains(Byte.space) || text.contains(UInt8(ascii: ",")) {
        return .foreign(Array(bytes[start..<position]), .gnu)
      }
    }
    if name.isEmpty { throw MakeTextFault(offset: start, text: "'${}' names no variable") }
    return .variable(name)
  }

  private static let automatics: [[UInt8]: Automatic] = [
    Array("@".utf8): .target, Array(".TARGET".utf8): .target,
    Array("<".utf8): .source, Array(".IMPSRC".utf8): .source,
    Array("^".utf8): .sources, Array(">".utf8): .sources, Array(".ALLSRC".utf8): .sources,
    Array("*".utf8): .prefix, Array(".PREFIX".utf8): .prefix,
  ]
}

extension MakeText {
  /// The text in the notation of `dialect`, for a recipe.
  ///
  /// The first prerequisite has no name in explicit rules of BSD make: `.ALLSRC:[1]` is it.
  func print(_ dialect: Dialect) -> [UInt8] { Self.print(pieces, dialect) }

  private static func print(_ pieces: [MakePiece], _ dialect: Dialect) -> [UInt8] {
    var result: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .text(let text):
        for byte in text {
          result.append(byte)
          if byte == Byte.dollar { result.append(byte) }
        }
      case .variable(let name):
        result.append(contentsOf: "${".utf8)
        result.append(contentsOf: print(name, dialect))
        result.append(UInt8(ascii: "}"))
      case .automatic(let automatic):
        result.append(contentsOf: spelling(automatic, dialect).utf8)
      case .foreign(let bytes, _):
        result.append(contentsOf: bytes)
      }
    }
    return result
  }

  private static func spelling(_ automatic: Automatic, _ dialect: Dialect) -> String {
    switch (automatic, dialect) {
    case (.target, .gnu): "$@"
    case (.target, .bsd): "${.TARGET}"
    case (.source, .gnu): "$<"
    case (.source, .bsd): "${.ALLSRC:[1]}"
    case (.sources, .gnu): "$^"
    case (.sources, .bsd): "${.ALLSRC}"
    case (.prefix, .gnu): "$(basename $(notdir $(@:.o=)))"
    case (.prefix, .bsd): "${.TARGET:T:S/.o$//:R}"
    }
  }
}
