// bio.jsonl: sequences of operations on a buffer.
//
// An operation is a list: its name, its arguments, and then what it answered.  A reader gets its
// content from memory, a writer's file is memory, through a device of their own.

import LibBio
import LibFmt
import LibJSON
import LibUTF
import Sys9

extension Subject {
  static let bio = Subject(
    "bio",
    asked: [
      "bread": ["content", "bsize", "ops"],
      "bwrite": ["bsize", "ops"],
    ],
    trims: ["ops": trimOperations]
  ) { (question) throws(Unanswered) in
    switch question.tag {
    case "bread": return try readAnswer(question)
    case "bwrite": return try writeAnswer(question)
    default: throw .tag(question.tag)
    }
  }

  /// How many arguments an operation has.
  private static let argumentCounts: [String: Int] = [
    "buffered": 0, "getc": 0, "getd": 0, "getrune": 0, "offset": 0, "rdline": 1, "rdstr": 2,
    "read": 1, "seek": 2, "ungetc": 0, "ungetrune": 0, "flush": 0, "print": 3, "putc": 1,
    "putrune": 1, "write": 1,
  ]

  /// The operations without what they answered (A1).
  @Sendable private static func trimOperations(_ operations: JSON) -> JSON {
    .array(
      (operations.array ?? []).map { operation in
        let parts = operation.array ?? []
        let count = argumentCounts[parts.first?.string ?? "", default: parts.count]
        return .array(Array(parts.prefix(1 + count)))
      })
  }

  private static func readAnswer(_ question: Question) throws(Unanswered) -> JSONObject {
    let content = try question.bytes("content")
    var bio = Bio(
      reading: MemoryDevice(MemoryFile(content)), bufferSize: try question.int("bsize"))
    var answers: [JSON] = []
    for operation in try question.list("ops") {
      answers.append(.array((operation.array ?? []) + (try read(operation, &bio))))
    }
    return ["ops": .array(answers), "end_offset": .int(Int(Boffset(bio)))]
  }

  /// What one operation on a reader answers.
  private static func read(_ operation: JSON, _ bio: inout Bio) throws(Unanswered) -> [JSON] {
    switch operation[0]?.string {
    case "getc": return [.int(Bgetc(&bio))]
    case "ungetc": return [.int(Bungetc(&bio))]
    case "getrune": return [.int(Bgetrune(&bio))]
    case "ungetrune": return [.int(Bungetrune(&bio))]
    case "offset": return [.int(Int(Boffset(bio)))]
    case "buffered": return [.int(Bbuffered(bio))]
    case "getd":
      var value = 0.0
      let result = Bgetd(&bio, &value)
      return [.int(result), number(value)]
    case "rdline":
      let line = copy(Brdline(&bio, try delimiter(operation)))
      return [line.map { .bytes($0) } ?? .null, .int(Blinelen(bio))]
    case "rdstr":
      let text = Brdstr(&bio, try delimiter(operation), try int(operation, 2) != 0)
      return [text.map { .bytes($0) } ?? .null, .int(text == nil ? 0 : Blinelen(bio))]
    case "read":
      var bytes = [UInt8](repeating: 0, count: try int(operation, 1))
      let count = read(&bio, &bytes)
      return [.int(count), .bytes(Array(bytes.prefix(max(0, count))))]
    case "seek":
      let origin = SeekOrigin(rawValue: CInt(try int(operation, 2))) ?? .start
      return [.int(Int(Bseek(&bio, Int64(try int(operation, 1)), origin)))]
    default: throw .field("ops")
    }
  }

  private static func copy(_ line: Span<UInt8>?) -> [UInt8]? {
    guard let line else { return nil }
    return line.indices.map { line[$0] }
  }

  private static func read(_ bio: inout Bio, _ bytes: inout [UInt8]) -> Int {
    var room = bytes.mutableSpan
    return Bread(&bio, &room)
  }

  private static func writeAnswer(_ question: Question) throws(Unanswered) -> JSONObject {
    let file = MemoryFile([])
    var bio = Bio(writing: MemoryDevice(file), bufferSize: try question.int("bsize"))
    var answers: [JSON] = []
    for operation in try question.list("ops") {
      let (arguments, answer) = try write(operation, &bio)
      answers.append(.array(arguments + answer))
    }
    return [
      "ops": .array(answers), "bterm": .int(Bterm(bio)), "file": .bytes(file.content),
    ]
  }

  /// What the operations write who say only how much.
  private static let filler = Array(
    "The quick brown fox jumps over the lazy dog. Pack my box with five dozen jugs.".utf8)

  /// One operation on a writer, and what it answers; `seek` has only one argument here.
  private static func write(
    _ operation: JSON, _ bio: inout Bio
  ) throws(Unanswered) -> (arguments: [JSON], answer: [JSON]) {
    let arguments = operation.array ?? []
    switch operation[0]?.string {
    case "putc": return (arguments, [.int(Bputc(&bio, UInt8(try int(operation, 1))))])
    case "putrune": return (arguments, [.int(Bputrune(&bio, Rune(try int(operation, 1))))])
    case "write":
      let bytes = filler.prefix(try int(operation, 1))
      return (arguments, [.int(Bwrite(&bio, bytes.span))])
    case "print":
      guard let format = operation[1]?.string, let text = operation[3]?.string else {
        throw .field("ops")
      }
      let count = Bprint(&bio, Format(format), try int(operation, 2), text)
      return (arguments, [.int(count)])
    case "flush": return (arguments, [.int(Bflush(&bio))])
    case "offset": return (arguments, [.int(Int(Boffset(bio)))])
    case "seek":
      Bseek(&bio, Int64(try int(operation, 1)), .start)
      return (arguments, [])
    default: throw .field("ops")
    }
  }

  private static func int(_ operation: JSON, _ index: Int) throws(Unanswered) -> Int {
    guard let value = operation[index]?.int else { throw .field("ops") }
    return value
  }

  private static func delimiter(_ operation: JSON) throws(Unanswered) -> UInt8 {
    guard let byte = operation[1]?.asBytes?.first else { throw .field("ops") }
    return byte
  }

  private static func number(_ value: Double) -> JSON {
    if let int = Int(exactly: value) { return .int(int) }
    return (try? JSON.parse(bytes: Array(value.description.utf8))) ?? .null
  }
}

/// A file in memory, which a device and its user share.
private final class MemoryFile {
  var content: [UInt8]

  init(_ content: [UInt8]) { self.content = content }
}

/// A file in memory as a device: reads, writes and seeks as a regular file does.
private struct MemoryDevice: BioDevice {
  private let file: MemoryFile
  private var place = 0

  init(_ file: MemoryFile) { self.file = file }

  mutating func read(into room: UnsafeMutableRawBufferPointer) -> Int {
    let piece = file.content.dropFirst(place).prefix(room.count)
    unsafe room.copyBytes(from: piece)
    place += piece.count
    return piece.count
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    let missing = place + bytes.count - file.content.count
    if missing > 0 { file.content += [UInt8](repeating: 0, count: missing) }
    unsafe file.content.replaceSubrange(place..<place + bytes.count, with: bytes)
    place += bytes.count
    return bytes.count
  }

  mutating func seek(to offset: Int64, from origin: SeekOrigin) throws(SystemError) -> Int64 {
    let base = origin == .start ? 0 : origin == .current ? place : file.content.count
    let target = Int64(base) + offset
    if target < 0 { throw SystemError(call: "seek", text: "invalid argument").noted() }
    place = Int(target)
    return target
  }
}
