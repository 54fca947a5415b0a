// Directories for tests: written, read, listed, and removed when the test is over.

import Glibc
public import Sys9
public import SystemPackage

/// A directory of its own for a test's files, removed with the value.
public final class Workshop: Sendable {
  /// The directory, absolute and without links.
  public let directory: FilePath

  /// Makes a new directory below `$TMPDIR` or `/tmp`.  `mkdtemp(3)`.
  public init() throws {
    let parent = Environment["TMPDIR"] ?? "/tmp"
    var template = Array("\(parent)/libaio-test-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { room in
      unsafe room.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe String(cString: $0) }
    }
    guard let made else { throw SystemError(call: "mkdtemp", errno: errno, subject: parent) }
    directory = try Files.real(FilePath(made))
  }

  deinit { try? Files.removeTree(directory) }  // a left-over harms nobody

  /// The path of the file called `name` below the directory.
  public func path(_ name: String) -> FilePath { directory.pushing(FilePath(name)) }

  /// Writes a file, making the directories that it wants.
  public func write(_ name: String, _ content: [UInt8]) throws {
    try Files.makeDirectories(path(name).removingLastComponent())
    let file = try Descriptor.open(path(name), O_WRONLY | O_CREAT | O_TRUNC)
    try unsafe content.withUnsafeBufferPointer { (bytes) throws(SystemError) in
      try unsafe file.write(all: UnsafeRawBufferPointer(bytes))
    }
    try file.close()
  }

  /// Writes a file of text, making the directories that it wants.
  public func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  /// The content of a file.
  public func read(_ name: String) throws -> String {
    String(decoding: try Files.read(path(name)), as: UTF8.self)
  }

  /// True if there is a file called `name`.
  public func exists(_ name: String) -> Bool { ((try? Files.status(path(name))) ?? nil) != nil }

  /// Every file below `name`, by its path from there, sorted; directories end in a slash.
  public func tree(_ name: String = "") throws -> [String] {
    var result: [String] = []
    for entry in try Files.list(path(name)) {
      let text = String(decoding: entry, as: UTF8.self)
      result.append(text)
      if text.hasSuffix("/") {
        let inner = name.isEmpty ? text : "\(name)/\(text)"
        result += try tree(String(inner.dropLast())).map { text + $0 }
      }
    }
    return result.sorted()
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
