// A file in memory, with a script of what goes wrong.

import LibBio
import Sys9

/// What a device holds and does, shared with the test.
final class MemoryFile {
  var content: [UInt8]
  /// How much each call moves at most; the last one counts for all that follow.
  var pieces: [Int] = []
  /// The call, counted from 1, that fails with this errno.
  var failures: [Int: CInt] = [:]
  private(set) var calls = 0
  var isClosed = false

  init(_ text: String) { content = Array(text.utf8) }
  init(_ content: [UInt8]) { self.content = content }

  var text: String { String(decoding: content, as: UTF8.self) }

  func next(_ call: String, _ count: Int) throws(SystemError) -> Int {
    calls += 1
    if let code = failures[calls] { throw SystemError(call: call, errno: code).noted() }
    if pieces.isEmpty { return count }
    return min(count, pieces.count > 1 ? pieces.removeFirst() : pieces[0])
  }
}

/// The file as a device.
struct MemoryDevice: BioDevice {
  let file: MemoryFile
  private var place = 0

  init(_ file: MemoryFile) { self.file = file }

  mutating func read(into room: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    let piece = file.content.dropFirst(place).prefix(try file.next("read", room.count))
    unsafe room.copyBytes(from: piece)
    place += piece.count
    return piece.count
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    let count = try file.next("write", bytes.count)
    let missing = place + count - file.content.count
    if missing > 0 { file.content += [UInt8](repeating: 0, count: missing) }
    unsafe file.content.replaceSubrange(place..<place + count, with: bytes.prefix(count))
    place += count
    return count
  }

  mutating func seek(to offset: Int64, from origin: SeekOrigin) throws(SystemError) -> Int64 {
    let base = origin == .start ? 0 : origin == .current ? place : file.content.count
    let target = base + Int(offset)
    if target < 0 { throw SystemError(call: "seek", text: "negative offset").noted() }
    place = target
    return Int64(target)
  }

  mutating func close() { file.isClosed = true }
}

extension Span where Element == UInt8 {
  /// A copy as a string.
  var text: String {
    var bytes: [UInt8] = []
    for index in indices { bytes.append(self[index]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
