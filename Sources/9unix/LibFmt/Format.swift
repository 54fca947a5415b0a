// A format, parsed: text, and the directives between.

import LibUTF

/// Text up to a directive, and the directive; the last one of a format is an end.
struct Directive {
  /// The text before it lies here in the format's.
  var textOffset: UInt32 = 0
  var textCount: UInt32 = 0
  var verb: Rune = 0
  var flags: FmtFlags = []
  var kind = Verb.Kind.end
  /// Low four bits: arguments that are a precision; 16: one more, before, that is the width.
  var stars: UInt8 = 0
  var width: Int32 = 0
  var precision: Int32 = 0

  static let widthStar: UInt8 = 16
  static let starsMax: UInt8 = 15
}

/// A format of `print(3)`, parsed once.
///
/// A string literal is one: `bio.print("%d %s\n", 1, "one")`.  Literals are parsed when they are
/// first used, and kept for the life of the process; `Format(text)` is kept by its owner.
@safe public struct Format: Sendable, ExpressibleByStringLiteral {
  // Immutable once made.
  nonisolated(unsafe) let directives: UnsafePointer<Directive>
  nonisolated(unsafe) let text: UnsafePointer<UInt8>
  /// Frees the memory; nil for literals, which live for ever and whose counting would cost.
  private let owner: Owner?

  @safe private final class Owner: Sendable {
    nonisolated(unsafe) let memory: UnsafeMutableRawPointer
    init(_ memory: UnsafeMutableRawPointer) { unsafe self.memory = memory }
    deinit { unsafe memory.deallocate() }
  }

  /// Parses `text`.  Every text is a format: what is no verb prints as `%verb%`.
  public init(_ text: String) {
    self = unsafe text.withUTF8Pointer { bytes in unsafe Format(Span(_unsafeElements: unsafe bytes))
    }
  }

  /// Parses `text`, whose bytes between directives are printed as they are, be they UTF-8 or not.
  public init(_ text: Span<UInt8>) {
    let program = unsafe Format.parse(text)
    unsafe self.init(program, owner: Owner(program.memory))
  }

  /// The format that stands in the source; parsed when it is first met.
  public init(stringLiteral literal: StaticString) {
    if literal.hasPointerRepresentation {
      unsafe self = Format.cached(literal.utf8Start, literal.utf8CodeUnitCount)
    } else {
      self.init(literal.description)
    }
  }

  private init(_ program: Program, owner: Owner?) {
    unsafe directives = program.directives
    unsafe text = program.text
    self.owner = owner
  }

  /// The format of `program`, which is never freed.
  init(immortal program: Program) { unsafe self.init(program, owner: nil) }

  /// The format of `program`, which is freed with the last copy.
  init(owning program: Program) { unsafe self.init(program, owner: Owner(program.memory)) }

  /// One block of memory: the directives, then the text.
  @unsafe struct Program {
    let memory: UnsafeMutableRawPointer
    let directives: UnsafePointer<Directive>
    let text: UnsafePointer<UInt8>
    let textCount: Int
  }

  /// Parses `text` into memory that the caller owns.
  static func parse(_ text: Span<UInt8>) -> Program {
    var parser = FormatParser(text)
    let directives = parser.directives()
    let size = MemoryLayout<Directive>.stride * directives.count
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: size + max(text.count, 1), alignment: MemoryLayout<Directive>.alignment)
    let first = unsafe memory.initializeMemory(
      as: Directive.self, from: directives, count: directives.count)
    let bytes = unsafe (memory + size).assumingMemoryBound(to: UInt8.self)
    for index in text.indices { unsafe bytes[index] = text[index] }
    return unsafe Program(
      memory: memory, directives: UnsafePointer(first), text: UnsafePointer(bytes),
      textCount: text.count)
  }
}

/// Takes a format apart.
struct FormatParser: ~Escapable {
  private let text: Span<UInt8>
  private var offset = 0

  @_lifetime(copy text)
  init(_ text: Span<UInt8>) { self.text = text }

  private static let percent = UInt8(ascii: "%")

  /// The directives, of which the last is an end.
  mutating func directives() -> [Directive] {
    var found: [Directive] = []
    repeat {
      found.append(directive())
    } while found.last?.kind != .end
    return found
  }

  private mutating func directive() -> Directive {
    var result = Directive()
    let start = offset
    while offset < text.count, text[offset] != Self.percent { offset += 1 }
    result.textOffset = UInt32(truncatingIfNeeded: start)
    result.textCount = UInt32(truncatingIfNeeded: offset - start)
    if offset == text.count { return result }
    offset += 1
    // A format that ends within a directive prints nothing for it.
    while let rune = nextRune() {
      if let flag = Verb.flag(rune, after: result.flags) {
        result.flags.insert(flag)
      } else if !number(rune, &result) {
        result.verb = rune
        result.kind = Verb.kind(rune)
        return result
      }
    }
    result.flags = []
    result.stars = 0
    return result
  }

  private mutating func nextRune() -> Rune? {
    if offset == text.count { return nil }
    var rune = Runeerror
    offset += chartorune(&rune, text.extracting(offset...))
    return rune
  }

  /// Takes what belongs to a width or a precision; false if `rune` does not.
  ///
  /// The first number is the width, and all behind a point or a width are the precision.
  private mutating func number(_ rune: Rune, _ result: inout Directive) -> Bool {
    switch Unicode.Scalar(rune) {
    case ".":
      result.flags.formUnion([.width, .precision])
    case "0" where !result.flags.contains(.width):
      result.flags.insert(.zero)
    case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9":
      offset -= 1
      set(decimal(), &result)
    case "*":
      if result.flags.contains(.width) {
        result.stars =
          min(
            result.stars & ~Directive.widthStar + 1, Directive.starsMax)
          | result.stars & Directive.widthStar
        result.flags.insert(.precision)
      } else {
        result.stars |= Directive.widthStar
        result.flags.insert(.width)
      }
    default: return false
    }
    return true
  }

  private func set(_ value: Int32, _ result: inout Directive) {
    if result.flags.contains(.width) {
      result.flags.insert(.precision)
      result.precision = value
    } else {
      result.flags.insert(.width)
      result.width = value
    }
  }

  /// The digits at hand as a number, which stops growing at the largest.
  private mutating func decimal() -> Int32 {
    var value: Int32 = 0
    while offset < text.count, text[offset] &- 0x30 < 10 {
      let (product, isOver) = value.multipliedReportingOverflow(by: 10)
      let (sum, isStillOver) = product.addingReportingOverflow(Int32(text[offset] - 0x30))
      value = isOver || isStillOver ? .max : sum
      offset += 1
    }
    return value
  }
}
