// What the build calls back: `./.configtool --regenerate`, `--merge`, `--depfile`, `--begin`,
// `--clean`, `--nuke`.  The working directory is the build directory.

public import Sys9
public import SystemPackage

/// The services of config for its own build directories.
public struct BuildTool {
  private let machine: Machine
  private let head: RecordHead
  private let record: [UInt8]

  /// Opens the record in the working directory.
  ///
  /// - Throws: what reading `.config.log` reports.
  public init(_ machine: Machine) throws(SystemError) {
    self.machine = machine
    record = try machine.read(".config.log")
    guard let head = RecordHead(record) else {
      throw SystemError(call: "read", errno: 22, subject: ".config.log")
    }
    self.head = head
  }

  /// The request that made this build directory, to be run in it.
  public var request: Request { Vantage.request(head.request) }

  /// Takes the build directory for the make that asks: until it ends, others wait.
  ///
  /// - Parameter pid: make's process.
  public static func hold(for pid: Int32, tell: (String) -> Void) throws(SystemError) {
    guard let make = ProcessIdentity(pid) else { return }
    _ = try BuildLock(Files.real("."), for: make, tell: tell)
  }

  /// Who builds here; nil for a directory of a matrix, which is built from beside it.
  var backEnd: BackEnd? {
    let names = Set(head.outputs.map(\.name))
    if names.contains("build.ninja") { return .ninja }
    if names.contains("Makefile.rules") { return .bsd }
    return names.contains("Makefile") ? .gnu : nil
  }

  /// The names of everything that steps make.
  var outputs: [[UInt8]] { RecordBody(record).hashes.keys.map { Array($0) } }

  /// The names of everything that config itself has written here.
  var written: [String] { head.outputs.map(\.name) }

  /// The tree seen from the build directory.
  var root: [UInt8] {
    let line = head.request.first { $0.hasPrefix("tree ") } ?? "tree ."
    return Array(line.utf8.dropFirst(5))
  }

  /// True if nothing has changed since the record was written.
  public func isCurrent() -> Bool { head.isCurrent(in: ".", machine) }

  /// Merges the depfiles of the last build into `.depend`.
  public func merge() throws(SystemError) { try depfiles().merge() }

  /// Rewrites one depfile for Ninja.
  public func rewriteDepfile(_ path: FilePath) throws(SystemError) {
    try depfiles().rewrite(path)
  }

  /// Rewrites one depfile for a Ninja that runs beside the build directory, which is `sibling`.
  public func rewriteDepfile(_ path: FilePath, sibling: String) throws(SystemError) {
    try depfiles().rewrite(path, sibling: Array(sibling.utf8))
  }

  private func depfiles() throws(SystemError) -> Depfiles {
    let here = try Files.real(".")
    var tree = here
    var root: [UInt8] = []
    if let line = head.request.first(where: { $0.hasPrefix("tree ") }) {
      root = Array(line.utf8.dropFirst(5))
      tree = try Files.real(FilePath(String(line.dropFirst(5))))
    }
    return Depfiles(
      directory: ".", absoluteDirectory: Array(here.description.utf8),
      absoluteTree: Array(tree.description.utf8), root: root)
  }

  /// What BSD make asks before it reads its rules: depfiles, stamps, the state of the flags.
  ///
  /// - Parameter overrides: the variables of make's command line, as one text.
  public func begin(overrides: String) throws(SystemError) {
    try merge()
    for (stamp, outputs) in head.stamps {
      for output in outputs where try Files.status(FilePath(output)) == nil {
        try Files.remove(FilePath(stamp))
      }
    }
    var state = overrides
    for name in head.variables {
      guard let value = machine.environment(Array(name.utf8)) else { continue }
      state += " \(name)=\(String(decoding: value, as: UTF8.self))"
    }
    let out = try OutputFile(FilePath("o").appending(".flags"))
    out.put(text: state + "\n")
    if try out.finish() { try out.commit() }
  }

  /// Removes what the steps make.
  public func clean() throws(SystemError) {
    for name in RecordBody(record).hashes.keys {
      let path = String(decoding: name, as: UTF8.self)
      try Files.remove(FilePath(path))
      try Files.remove(FilePath("\(path).stamp"))
    }
  }

  /// Removes everything that config and the build made here.
  public func nuke() throws(SystemError) {
    try clean()
    for output in head.outputs { try Files.remove(FilePath(output.name)) }
    for name in ["o", "opt"] { try Files.removeTree(FilePath(name)) }
    if head.outputs.contains(where: { $0.name == "build.ninja" }) {
      try Files.makeDirectories("o")  // Ninja, which called us, is about to write its log there
    }
    let own = [".depend", ".config.log", ".configtool", ".config.lock", ".tree", Contents.fileName]
    for name in own {
      try Files.remove(FilePath(name))
    }
  }
}
