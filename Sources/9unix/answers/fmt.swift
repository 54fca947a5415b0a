// fmt.jsonl: formats and their arguments.

import Lib9c
import LibFmt
import LibJSON
import LibUTF
import Sys9

extension Subject {
  static let fmt = Subject(
    "fmt",
    asked: [
      "*": ["fmt", "args", "size"],
      "errstr": ["errstr"],
    ],
    notes: ["c99", "same"]
  ) { (question) throws(Unanswered) in
    if let text = question["errstr"]?.string { werrstr(text) }
    var arguments = FormatArguments()
    defer { arguments.free() }
    for argument in try question.list("args") { try arguments.append(argument) }
    let text = try question.bytes("fmt")
    let size = question["size"] == nil ? nil : try question.int("size")
    let verbs = quotingVerbs(question.tag)
    return printed(Format(text.span), arguments.values, verbs, size: size)
  }

  private static func printed(
    _ format: Format, _ values: [FmtArg], _ verbs: Verbs, size: Int?
  ) -> JSONObject {
    var bytes: [UInt8] = []
    let count: Int
    if let size {
      bytes = [UInt8](repeating: 0, count: size)
      count = snprinted(&bytes, format, values, verbs)
    } else {
      count = bytes.print(format, values: values, verbs: verbs)
    }
    return ["out": .bytes(cString(bytes)), "n": .int(count)]
  }

  private static func snprinted(
    _ bytes: inout [UInt8], _ format: Format, _ values: [FmtArg], _ verbs: Verbs
  ) -> Int {
    var room = bytes.mutableSpan
    return vsnprint(&room, format, values, verbs: verbs)
  }

  /// What was recorded is a C string: it ends at a NUL.
  private static func cString(_ bytes: [UInt8]) -> [UInt8] { Array(bytes.prefix { $0 != 0 }) }

  private static func quotingVerbs(_ tag: String) -> Verbs {
    var verbs = Verbs()
    if tag == "rcquote" {
      verbs.needsQuotes = { rune in Unicode.Scalar(rune).map(needsrcquote) ?? false }
    } else if tag.hasPrefix("doquote:") {
      verbs.needsQuotes = { rune in rune == 0x3A || rune >= 0x100 }
    }
    return verbs
  }
}

/// The arguments of a question as a C program would pass them.
@safe private struct FormatArguments {
  var values: [FmtArg] = []
  private var strings: [UnsafeMutablePointer<UInt8>] = unsafe []

  /// Frees the C strings.
  mutating func free() {
    unsafe strings.forEach { unsafe $0.deallocate() }
    unsafe strings.removeAll()
  }

  mutating func append(_ argument: JSON) throws(Unanswered) {
    guard let kind = argument[0]?.string else { throw .field("args") }
    switch kind {
    case "int", "uint": values.append(.integer(try bits(argument[1]), 32, isSigned: true))
    case "vlong", "uvlong", "ulong", "long":
      values.append(.integer(try bits(argument[1]), 64, isSigned: true))
    case "rune": values.append(.integer(try bits(argument[1]), 32, isSigned: true))
    case "ptr": values.append(.integer(try bits(argument[1]), 64, isSigned: false))
    case "double":
      guard let hex = argument[2]?.string, let bits = UInt64(hex, radix: 16) else {
        throw .field("args")
      }
      values.append(.double(Double(bitPattern: bits)))
    case "str": appendBytes(argument[1]?.asBytes)
    case "runestr": values.append(argument[1]?.asBytes.map { .runes(runes($0)) } ?? .none)
    case "bytes":
      appendBytes(argument[1]?.string.flatMap(bytes(hex:)))
    default: throw .field("args")
    }
  }

  /// Appends a C pointer to `bytes`, with a NUL behind; a null pointer for nil.
  private mutating func appendBytes(_ bytes: [UInt8]?) {
    guard let bytes else { return values.append(.none) }
    let string = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count + 1)
    for (index, byte) in bytes.enumerated() { unsafe string[index] = byte }
    unsafe string[bytes.count] = 0
    unsafe strings.append(string)
    unsafe values.append(.cString(unsafe UnsafePointer(string)))
  }

  private func runes(_ bytes: [UInt8]) -> [Rune] {
    var found: [Rune] = []
    UTF.forEachRune(in: bytes.span) { rune, _ in found.append(rune) }
    return found
  }

  private func bits(_ value: JSON?) throws(Unanswered) -> UInt64 {
    if let int = value?.int { return UInt64(bitPattern: Int64(int)) }
    if let uint = value?.uint { return UInt64(uint) }
    throw .field("args")
  }
}

extension FmtArg {
  /// An integer of C's, whose upper bits do not count.
  fileprivate static func integer(_ bits: UInt64, _ size: Int, isSigned: Bool) -> FmtArg {
    let shift = UInt64(64 - size)
    let extended = isSigned ? UInt64(bitPattern: Int64(bitPattern: bits << shift) >> shift) : bits
    return .integer(bits: extended, size: size, isSigned: isSigned)
  }
}
