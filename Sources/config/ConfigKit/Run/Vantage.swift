// Paths as the build directory sees them.

import Sys9
import SystemPackage

/// A build directory and its tree: where relative paths of outputs start and lead.
struct Vantage {
  /// The build directory, absolute, without links.
  let directory: FilePath
  /// The source tree, absolute, without links.
  let tree: FilePath

  /// The tree seen from the build directory: where that path has blanks or signs that a make
  /// minds, a link to it.
  var root: [UInt8] {
    let path = Array(Self.relative(tree, from: directory).description.utf8)
    return Quoting.isPlain(path) ? path : Array(Self.treeLink.utf8)
  }

  /// The name of the link to a tree whose path is awkward.
  static let treeLink = ".tree"

  /// Makes the link to the tree where one is needed.
  func linkTree() throws(SystemError) {
    if !root.elementsEqual(Self.treeLink.utf8) { return }
    try Files.link(
      directory.appending(Self.treeLink), to: Self.relative(tree, from: directory))
  }

  /// `path`, given as the working directory knows it, seen from the build directory: relative
  /// inside the tree, absolute outside.
  func seen(_ path: FilePath) -> FilePath {
    let folder = path.removingLastComponent()
    guard let base = path.lastComponent, base.string != "..", base.string != ".",
      let real = try? Files.real(folder.isEmpty ? "." : folder)
    else { return (try? Files.real(path)).map(seen(real:)) ?? path }
    return seen(real: real.appending(base))
  }

  /// An absolute path without links, seen from the build directory.
  func seen(real path: FilePath) -> FilePath {
    path.starts(with: tree) || path.starts(with: directory)
      ? Self.relative(path, from: directory) : path
  }

  /// `path` seen from `base`, both absolute and without links.
  static func relative(_ path: FilePath, from base: FilePath) -> FilePath {
    let there = Array(path.components)
    let here = Array(base.components)
    var common = 0
    while common < min(there.count, here.count) && there[common] == here[common] { common += 1 }
    var result = FilePath("")
    for _ in common..<here.count { result.append("..") }
    for component in there[common...] { result.append(component) }
    return result.isEmpty ? "." : result
  }

  /// `request` as lines of the record, so that it can be repeated from the build directory.
  func lines(_ request: Request) -> [String] {
    var lines = ["configuration \(seen(request.configuration))"]
    lines.append("tree \(String(decoding: root, as: UTF8.self))")
    lines += request.os.map { ["os \($0)"] } ?? []
    lines += request.arch.map { ["arch \($0)"] } ?? []
    lines += request.includeDirectories.map { "include \(seen($0))" }
    lines += request.sourceRoot == nil ? [] : ["root"]
    lines += request.buildDirectory == nil || request.isInPlace ? [] : ["directory"]
    lines += request.isDebug ? ["debug"] : []
    lines += request.toolchain.map { ["toolchain \($0)"] } ?? []
    lines += request.wantsPlatform ? ["platform"] : []
    lines += request.settings.map {
      $0.value == nil ? "off \($0.name)" : "set \($0.name) \($0.value ?? "")"
    }
    lines += request.sanitizer.map { ["sanitizer \($0)"] } ?? []
    lines += request.backEnds.map { "make \($0.rawValue)" }
    lines += request.warningsAreErrors ? ["errors"] : []
    return lines
  }

  /// The request that `lines` hold, to be run in the build directory.
  static func request(_ lines: [String]) -> Request {
    var request = Request(configuration: "")
    request.backEnds = []
    var tree = FilePath(".")
    request.isInPlace = true
    for line in lines {
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      let value = parts.count > 1 ? parts[1] : ""
      switch parts.first {
      case "configuration": request.configuration = FilePath(value)
      case "tree": tree = FilePath(value)
      case "os": request.os = value
      case "arch": request.arch = value
      case "include": request.includeDirectories.append(FilePath(value))
      case "root": request.sourceRoot = tree
      case "directory": request.isInPlace = false
      case "toolchain": request.toolchain = value
      case "platform": request.wantsPlatform = true
      case "off": request.settings.append(Override(value, nil))
      case "set":
        let pair = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        request.settings.append(Override(String(pair[0]), pair.count > 1 ? String(pair[1]) : ""))
      case "sanitizer": request.sanitizer = value
      case "debug": request.isDebug = true
      case "errors": request.warningsAreErrors = true
      case "make": request.backEnds += BackEnd(rawValue: value).map { [$0] } ?? []
      default: break
      }
    }
    request.buildDirectory = "."
    return request
  }
}
