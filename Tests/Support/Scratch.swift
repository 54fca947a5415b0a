// A directory of its own for a test, gone when the test is.

import CNine
import Glibc
public import Sys9
public import SystemPackage

/// A temporary directory that is removed with its owner.
public final class Scratch {
  /// Where it lies, without links.
  public let path: FilePath

  /// Makes a new directory below `$TMPDIR` or `/tmp`.  `mkdtemp(3)`.
  public init() throws {
    let parent = Environment["TMPDIR"] ?? "/tmp"
    var template = Array("\(parent)/libaio-test.XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { room -> Bool in
      guard let start = room.baseAddress else { return false }
      return unsafe mkdtemp(start) != nil
    }
    if !made { throw SystemError(call: "mkdtemp", errno: errno, subject: parent) }
    let name = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = try Files.real(FilePath(name))
  }

  deinit { try? Files.removeTree(path) }  // what is left behind is in a temporary directory

  /// Writes `text` to the file `name`, making the directories above it.
  public func write(_ name: String, _ text: String) throws {
    let file = path.appending(FilePath(name).components)
    try Files.makeDirectories(file.removingLastComponent())
    let descriptor = try Descriptor.open(file, O_WRONLY | O_CREAT | O_TRUNC)
    try descriptor.write(text)
  }

  /// The content of the file `name`.
  public func read(_ name: String) throws -> String {
    String(decoding: try Files.read(path.appending(FilePath(name).components)), as: UTF8.self)
  }
}

extension Descriptor {
  /// Writes all of `text`.
  public borrowing func write(_ text: String) throws(SystemError) {
    let bytes = Array(text.utf8)
    try unsafe bytes.withUnsafeBufferPointer { (piece) throws(SystemError) in
      try unsafe self.write(all: UnsafeRawBufferPointer(piece))
    }
  }
}
