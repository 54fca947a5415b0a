// The files that were read, and places in them.

import SystemPackage

/// A place in a file that was read: the file's number and a byte offset.
struct Place: Hashable {
  /// The index in `SourceFiles`, or -1 for a place that is no file, such as the command line.
  var file: Int32
  /// The offset of the byte in question.
  var offset: UInt32

  /// No place at all.
  static let none = Place(file: -1, offset: 0)
}

/// A file of the description, held in memory until the run ends.
struct SourceFile {
  /// The name that messages show, relative to the working directory where it was.
  let name: String
  /// Where the file lies.
  let path: FilePath
  /// Its content.
  let bytes: [UInt8]
  /// The place of the `include` that brought it in.
  let includedFrom: Place
}

/// All files of a run, in the order in which they were opened.
final class SourceFiles {
  private(set) var all: [SourceFile] = []

  /// Adds `file` and returns its number.
  func add(_ file: SourceFile) -> Int32 {
    all.append(file)
    return Int32(all.count - 1)
  }

  subscript(_ number: Int32) -> SourceFile { all[Int(number)] }

  /// The line and column of `place`, both counted from 1; columns count bytes.
  func position(_ place: Place) -> (line: Int, column: Int) {
    let bytes = all[Int(place.file)].bytes
    var line = 1
    var start = 0
    for index in 0..<min(Int(place.offset), bytes.count) where bytes[index] == Byte.newline {
      line += 1
      start = index + 1
    }
    return (line, Int(place.offset) - start + 1)
  }

  /// The text of the line that `place` is on, without its end.
  func line(_ place: Place) -> [UInt8] {
    let bytes = all[Int(place.file)].bytes
    let middle = min(Int(place.offset), bytes.count)
    let start = (bytes[..<middle].lastIndex(of: Byte.newline) ?? -1) + 1
    let end = bytes[middle...].firstIndex(of: Byte.newline) ?? bytes.count
    let line = bytes[start..<max(start, end)]
    return Array(line.last == Byte.carriageReturn ? line.dropLast() : line)
  }
}

/// The bytes that have a meaning in the language.
enum Byte {
  static let tab = UInt8(ascii: "\t")
  static let newline = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let hash = UInt8(ascii: "#")
  static let quote = UInt8(ascii: "\"")
  static let apostrophe = UInt8(ascii: "'")
  static let backslash = UInt8(ascii: "\\")
  static let semicolon = UInt8(ascii: ";")
  static let slash = UInt8(ascii: "/")
  static let dot = UInt8(ascii: ".")
  static let dollar = UInt8(ascii: "$")
  static let colon = UInt8(ascii: ":")
  static let percent = UInt8(ascii: "%")
  static let equals = UInt8(ascii: "=")
  static let bar = UInt8(ascii: "|")
  static let bang = UInt8(ascii: "!")
  static let plus = UInt8(ascii: "+")

  /// True for the blanks between words.
  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool {
    byte == space || byte == tab || byte == carriageReturn
  }

  /// True for what an identifier of C may hold after its first byte.
  static func isIdentifier(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte)
  }

  /// True for letters of ASCII and the underscore.
  static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
      || byte == UInt8(ascii: "_")
  }

  /// True for the ten digits.
  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
