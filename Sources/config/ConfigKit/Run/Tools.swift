// Compilers and the like: when one of them is replaced, what it made is made again.

import Sys9
import SystemPackage

/// The programs that commands begin with, as the file system knows them.
final class Tools {
  private(set) var found: [[UInt8]: (path: FilePath, identity: String)] = [:]
  private var missing: Set<[UInt8]> = []

  /// Adds config itself, which the build directory knows by its link.
  func add(program: FilePath) {
    guard let status = (try? Files.status(program)) ?? nil else { return }
    found[Array(".configtool".utf8)] = (".configtool", RecordHead.identity(tool: status))
  }

  /// Says that the build itself makes `path`, so that it has no identity before it is built.
  func exclude(_ path: [UInt8]) {
    if path.contains(Byte.slash) { missing.insert(path) }
    missing.insert(Array("./".utf8) + path)
  }

  /// What tells this program from another: empty if it is not found.
  func identity(_ word: [UInt8], _ directory: FilePath, _ machine: Machine) -> [UInt8] {
    // What the build itself makes is a prerequisite, and make compares it.
    if word.starts(with: "./".utf8) { return [] }
    if let known = found[word] { return Array(known.identity.utf8) }
    if missing.contains(word) { return [] }
    for path in candidates(word, machine) {
      // The directory is without links, and need not exist yet: `..` is its parent by name.
      let file = directory.pushing(path).lexicallyNormalized()
      guard let status = (try? Files.status(file)) ?? nil, status.isRegular
      else { continue }
      let identity = RecordHead.identity(tool: status)
      found[word] = (path, identity)
      return Array(identity.utf8)
    }
    missing.insert(word)
    return []
  }

  private func candidates(_ word: [UInt8], _ machine: Machine) -> [FilePath] {
    let name = String(decoding: word, as: UTF8.self)
    if word.contains(Byte.slash) { return [FilePath(name)] }
    let path = machine.environment(Array("PATH".utf8)) ?? Array("/usr/bin:/bin".utf8)
    return path.split(separator: Byte.colon)
      .map { FilePath(String(decoding: $0, as: UTF8.self)).appending(name) }
  }
}
