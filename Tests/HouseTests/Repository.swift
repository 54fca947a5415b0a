// The repository's own files, as the rules of the house read them.

import Glibc
import Sys9
import SystemPackage

/// A text file: its path from the top of the repository, and what it holds.
struct TextFile {
  let path: String
  let text: String

  /// The lines without their newlines; a carriage return before one stays.
  var lines: [Substring] {
    text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { Substring($0) }
  }

  /// True if the file's name ends in one of `suffixes`.
  func ends(in suffixes: String...) -> Bool { suffixes.contains { path.hasSuffix($0) } }

  /// True if the file lies in the folder `folder`, at any depth.
  func isUnder(_ folder: String) -> Bool { path.hasPrefix(folder + "/") }
}

/// Something that breaks a rule: where, and what to do about it.
struct Fault: Equatable, CustomStringConvertible {
  let path: String
  let line: Int
  let text: String

  /// `path:line: text`, as compilers write it, so that editors jump there.
  var description: String { "\(path):\(line): \(text)" }
}

/// The checked-out repository around this test.
enum Repository {
  /// Folders that hold what we wrote.  What lies elsewhere was built or fetched.
  static let folders = ["Sources", "Tests", "bin", "conf", "docs", "mk"]

  /// The top of the repository.
  static let root: FilePath = {
    var path = FilePath(#filePath)
    for _ in 0..<3 { path.removeLastComponent() }
    return path
  }()

  /// Every text file, in the order of their paths.
  static func files() throws -> [TextFile] { try loaded.get() }

  /// Read once: in a debug build that takes longer than most rules.
  private static let loaded = Result { try load() }

  private static func load() throws -> [TextFile] {
    var files: [TextFile] = []
    for name in try names(in: root) where !name.hasPrefix(".") {
      if folders.contains(name) {
        try collect(name, into: &files)
      } else if let file = try read(name) {
        files.append(file)
      }
    }
    return files.sorted { $0.path < $1.path }
  }

  /// The Swift files under `folder`.
  static func swift(under folder: String) throws -> [TextFile] {
    try files().filter { $0.isUnder(folder) && $0.ends(in: ".swift") }
  }

  /// The status of the file at `path`, counted from the top; nil if there is none.
  static func status(_ path: String) throws -> FileStatus? {
    try Files.status(root.pushing(FilePath(path)))
  }

  /// The text file at `path`; nil if it is a folder or no text.
  static func read(_ path: String) throws -> TextFile? {
    guard let found = try status(path), found.isRegular else { return nil }
    let bytes = try Files.read(root.pushing(FilePath(path)))
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      return nil
    }
    return TextFile(path: path, text: text)
  }

  private static func names(in folder: FilePath) throws -> [String] {
    let slash = UInt8(ascii: "/")
    return try Files.list(folder).map { name in
      String(decoding: name.last == slash ? name.dropLast() : name[...], as: UTF8.self)
    }
  }

  private static func collect(_ folder: String, into files: inout [TextFile]) throws {
    for name in try names(in: root.pushing(FilePath(folder))) where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      if let file = try read(path) {
        files.append(file)
      } else if let found = try status(path), found.isDirectory {
        try collect(path, into: &files)
      }
    }
  }
}
