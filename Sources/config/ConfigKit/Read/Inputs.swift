// The files of a description: where they are looked for, and what was looked at.

import Sys9
import SystemPackage

/// A file of the description that was found.
struct FoundFile {
  let path: FilePath
  /// The name for messages.
  let name: String
  let bytes: [UInt8]
}

/// Finds files and keeps a list of all that was asked, so that a later run knows what would
/// change the outcome: a file that was read, and a name that was not there.
final class Inputs {
  private let machine: Machine
  /// Where included files are looked for after the directory of the including one.
  private let directories: [FilePath]
  /// The files that were read, in order, each once.
  private(set) var read: [FilePath] = []
  /// The directories in which a name was looked for that was not there.
  private(set) var probed: [FilePath] = []
  private var known: Set<FilePath> = []

  init(_ machine: Machine, directories: [FilePath]) {
    self.machine = machine
    self.directories = directories
  }

  /// Reads the file at `path`.
  func load(_ path: FilePath) throws(SystemError) -> FoundFile {
    let bytes: [UInt8]
    do {
      bytes = try machine.read(path)
    } catch {
      if known.insert(path).inserted { probed.append(path.removingLastComponent()) }
      throw error
    }
    if known.insert(path).inserted { read.append(path) }
    return FoundFile(path: path, name: path.description, bytes: bytes)
  }

  /// Finds `name`, first in `directory`, then in the search list.
  ///
  /// - Throws: `SearchFault` with the directories that were searched.
  func find(_ name: FilePath, from directory: FilePath) throws(SearchFault) -> FoundFile {
    if name.isAbsolute {
      do { return try load(name) } catch { throw SearchFault(reason: error.reason, searched: []) }
    }
    var searched: [FilePath] = []
    for place in [directory] + directories where !searched.contains(place) {
      searched.append(place)
      do {
        return try load(place.appending(name.components).lexicallyNormalized())
      } catch {
        if error.errno != noEntry && error.errno != notDirectory {
          throw SearchFault(reason: error.reason, searched: searched)
        }
      }
    }
    throw SearchFault(
      reason: SystemError(call: "open", errno: noEntry).reason, searched: searched)
  }

  /// Reads the file at `path` if there is one; that there is none is remembered.
  func loadIfPresent(_ path: FilePath) throws(SystemError) -> FoundFile? {
    do {
      return try load(path)
    } catch {
      if error.errno == noEntry || error.errno == notDirectory { return nil }
      throw error
    }
  }
}

/// ENOENT and ENOTDIR: the same numbers on every system that we know.
let noEntry: CInt = 2
let notDirectory: CInt = 20

/// Why a file was not found.
struct SearchFault: Error {
  let reason: String
  let searched: [FilePath]

  /// `cannot open 'NAME': REASON (searched: ...)`.
  func text(_ name: String) -> String {
    let places = searched.map { $0.isEmpty ? "." : $0.description }
    let list = places.isEmpty ? "" : " (searched: \(places.joined(separator: ", ")))"
    return "cannot open '\(name)': \(reason)\(list)"
  }
}
