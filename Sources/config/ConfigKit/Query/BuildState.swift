// A build directory as it is found: times of files, and what the last builds learned.

import Sys9
import SystemPackage

/// What lies in a build directory and around it, as its make or Ninja sees it.
///
/// A class, so that what was looked at once is not looked at again.
final class BuildState {
  let directory: FilePath
  let backEnd: BackEnd
  /// Outputs that config is about to rewrite.
  private let rewritten: Set<String>
  private var times: [String: Int64?] = [:]
  /// Prerequisites that depfiles told, by target: a stamp for what may be left untouched.
  private(set) var depends: [String: [String]] = [:]
  private(set) var ninja = NinjaLogs(log: [], deps: [])

  /// Looks at `directory`, which `backEnd` builds.
  init(
    _ directory: FilePath, _ backEnd: BackEnd, tree: FilePath, root: [UInt8], _ machine: Machine,
    rewritten: Set<String>
  ) {
    self.directory = directory
    self.backEnd = backEnd
    self.rewritten = rewritten
    if backEnd.isMake {
      readDepends(tree, root, machine)
    } else {
      readLogs(machine)
    }
  }

  /// When the file called `path` from the build directory was changed; nil if it is not there.
  func time(_ path: String) -> Int64? {
    if rewritten.contains(path) { return Int64.max }
    if let known = times[path] { return known }
    let status = (try? Files.status(directory.pushing(FilePath(path)))) ?? nil
    times[path] = .some(status?.modifiedNs)
    return status?.modifiedNs
  }

  /// True if a prerequisite changed at `input` makes a target of `output` old.
  func isNewer(_ input: Int64, than output: Int64) -> Bool {
    // BSD make compares whole seconds.
    backEnd == .bsd && input != Int64.max
      ? input / 1_000_000_000 > output / 1_000_000_000 : input > output
  }

  // MARK: make

  /// `.depend`, and the depfiles that the next make will merge into it.
  private func readDepends(_ tree: FilePath, _ root: [UInt8], _ machine: Machine) {
    let merged = (try? machine.read(directory.appending(".depend"))) ?? []
    for line in merged.split(separator: Byte.newline) {
      guard let colon = line.firstIndex(of: Byte.colon), colon + 1 < line.endIndex else { continue }
      depends[String(decoding: line[..<colon], as: UTF8.self)] =
        line[(colon + 1)...].split(separator: Byte.space).map {
          String(decoding: $0, as: UTF8.self)
        }
    }
    let files = Depfiles(
      directory: directory, absoluteDirectory: Array(directory.description.utf8),
      absoluteTree: Array(tree.description.utf8), root: root)
    let folder = directory.appending("o").appending(".d")
    for name in ((try? Files.list(folder)) ?? []) where name.suffix(2).elementsEqual(".d".utf8) {
      let path = folder.appending(String(decoding: name, as: UTF8.self))
      guard let bytes = try? machine.read(path), let rule = files.rule(name, bytes) else {
        continue
      }
      depends[String(decoding: rule.target, as: UTF8.self)] = rule.prerequisites.map {
        String(decoding: $0, as: UTF8.self)
      }
    }
  }

  // MARK: Ninja

  /// The logs of the build directory, or of the matrix beside it.
  private func readLogs(_ machine: Machine) {
    func logs(_ place: FilePath, _ prefix: String) -> NinjaLogs? {
      guard let log = try? machine.read(place.appending(".ninja_log")) else { return nil }
      let deps = (try? machine.read(place.appending(".ninja_deps"))) ?? []
      return NinjaLogs(log: log, deps: deps, prefix: prefix)
    }
    if backEnd == .ninja {
      ninja = logs(directory.appending("o"), "") ?? ninja
      return
    }
    let above = directory.removingLastComponent()
    let prefix = "../\(directory.lastComponent?.string ?? "")/"
    for entry in ((try? Files.list(above)) ?? []) {
      let name = String(decoding: entry, as: UTF8.self)
      guard name.hasSuffix(".matrix/") else { continue }
      if let found = logs(above.appending(String(name.dropLast())), prefix), !found.times.isEmpty {
        ninja = found
      }
    }
  }
}
